"""Which addresses may be connected to, and which texts may be addresses at all."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import AddressDenied
from core.net import MAX_URL, AddressPolicy, check_url, unwrap

PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2001:4860:4860::8888", "::ffff:8.8.8.8"]
FORBIDDEN = {
    "loopback": ["127.0.0.1", "127.255.255.254", "::1", "::1%lo"],
    "this network": ["0.0.0.0", "0.1.2.3", "::"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1"],
    "carrier": ["100.64.0.1", "100.127.255.255"],
    "link-local and cloud metadata": ["169.254.169.254", "fe80::1", "fe80::1%eth0"],
    "site-local of old": ["fec0::1", "feff::1"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "4000::1", "5f00::1", "100::1"],
    "documentation and tests": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "2001:db8::1"],
    "v4 mapped into v6": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1", "::ffff:169.254.169.254"],
    "v4 as v6, of old": ["::127.0.0.1", "::7f00:1"],
    "6to4": ["2002:7f00:1::", "2002:a9fe:a9fe::", "2002:0a00:0001::1"],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::7f00:1"],
    "Teredo of a private client": ["2001:0:0:0:0:0:f5ff:fffe", "2001:0:4136:e378:8000:63bf:80ff:fffe"],
    "a name, a number or nonsense": [
        "0",
        "127.1",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "localhost",
        "",
        "1.2.3.4.5",
    ],
}


@pytest.mark.parametrize("ip", PUBLIC)
def test_a_public_address_may_be_connected_to(ip: str) -> None:
    AddressPolicy().check(ip, 443)


@pytest.mark.parametrize(("what", "ip"), [(what, ip) for what, ips in FORBIDDEN.items() for ip in ips])
def test_nothing_else_may_be(what: str, ip: str) -> None:
    with pytest.raises(AddressDenied):
        AddressPolicy().check(ip, 80)


@pytest.mark.parametrize(
    ("network", "ip", "allowed"),
    [
        ("127.0.0.0/8", "127.0.0.1", True),
        ("127.0.0.0/8", "::ffff:127.0.0.1", True),
        ("127.0.0.0/8", "::1", False),
        ("127.0.0.0/8", "10.0.0.1", False),
        ("10.0.0.0/8", "10.200.0.1", True),
        ("10.0.0.0/8", "64:ff9b::10.1.1.1", True),
        ("::1/128", "::1", True),
        ("::1/128", "127.0.0.1", False),
        ("fd00::/8", "fd12::1", True),
        ("169.254.169.254/32", "169.254.169.253", False),
    ],
)
def test_an_allowed_network_opens_that_network_only(network: str, ip: str, allowed: bool) -> None:
    policy = AddressPolicy([ipaddress.ip_network(network)])
    if allowed:
        policy.check(ip, 80)
        return
    with pytest.raises(AddressDenied, match="private, local or reserved"):
        policy.check(ip, 80)


@given(st.ip_addresses(v=4))
def test_every_disguise_of_a_version_4_address_is_judged_like_the_address(ip: ipaddress.IPv4Address) -> None:
    number = int(ip)
    disguises = [
        f"::ffff:{ip}",
        str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80))),
        str(ipaddress.IPv6Address((0x64FF9B << 96) | number)),
        str(ipaddress.IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF))),
    ]
    assert [unwrap(ipaddress.ip_address(d)) for d in disguises] == [ip] * 4
    assert {_allowed(d) for d in disguises} == {_allowed(str(ip))}


def _allowed(ip: str) -> bool:
    try:
        AddressPolicy().check(ip, 80)
    except AddressDenied:
        return False
    return True


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "https://example.org:8443/a/b?c=d&e=f#g",
        "https://example.org/ni%C3%B1o",
        "https://example.org/niño",
        "https://diario.example.mx/a,b;c=(d)'e",
        "HTTPS://EXAMPLE.ORG/",
        "http://127.0.0.1:8001/",  # its address is judged when it is connected to
        "http://[2606:4700::1]/",
        "https://federalregister.example/x?conditions[agencies][]=a",
        "https://xn--espaa-rta.example/",
    ],
)
def test_an_ordinary_address_passes_as_it_is(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/a",
        "//example.org/a",
        "file:///etc/passwd",
        "ftp://example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "gopher://example.org/",
        "http://",
        "http:///path",
        "http:example.org",
        "http://:80/",
        "http://user@example.org/",
        "http://user:pass@example.org/",
        "http://@example.org/",
        "http://internal\\@example.org/",
        "http:\\\\example.org\\",
        "http://example.org/a b",
        "http://exam\tple.org/",
        "http://example.org/\r\nHost: internal",
        "http://example.org/\x00",
        "http://example.org/\x7f",
        "http://example.org/\x85",
        "http://example.org\u00a0.internal/",
        "http://example.org/\u2028x",
        "http://example.org/\ud800",
        "http://[::1/",
        "http://[nonsense]/",
        "http://example.org:port/",
        "http://example.org:99999/",
        "http://example.org:-1/",
        "http://example.org\uff0finternal/",  # a full-width slash, which other parsers fold into a real one
        " http://example.org/",
        "https://example.org/" + "a" * MAX_URL,
    ],
)
def test_an_address_two_parsers_could_read_differently_is_refused(url: str) -> None:
    with pytest.raises(AddressDenied):
        check_url(url)


@given(st.text(max_size=60) | st.text(max_size=40).map(lambda s: f"http://{s}"))
def test_any_text_is_passed_unchanged_or_refused(text: str) -> None:
    try:
        found = check_url(text)
    except AddressDenied:
        return
    assert found == text
    assert found.lower().startswith(("http://", "https://"))

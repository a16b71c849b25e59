"""Where a server, a feed or a resolver may try to send the fetcher. `{port}`: of a server that must see nothing."""

from dataclasses import dataclass

from core.errors import AddressDenied, FetchError

AWAY = "refused before anything is connected"
WRONG = "refused: two readers could read it differently"


@dataclass(frozen=True)
class Place:
    """An address, asked for at once and by way of a redirect; with the public network allowed only."""

    name: str
    url: str
    expected: str
    words: str = "not an allowed address"
    kind: type[FetchError] = AddressDenied
    also_moved: bool = True  # a redirect to it ends in the same words; else in any failure, or is not followed


LOCAL = [
    Place("loopback", "http://127.0.0.1:{port}/secret", AWAY),
    Place("loopback_other", "http://127.8.9.10:{port}/secret", AWAY),
    Place("loopback_name", "http://localhost:{port}/secret", AWAY),
    Place("loopback_name_dot", "http://localhost.:{port}/secret", AWAY, words="", kind=FetchError, also_moved=False),
    Place("loopback_v6", "http://[::1]:{port}/secret", AWAY),
    Place("loopback_v6_long", "http://[0:0:0:0:0:0:0:1]:{port}/secret", AWAY),
    Place("mapped", "http://[::ffff:127.0.0.1]:{port}/secret", AWAY),
    Place("mapped_hex", "http://[::ffff:7f00:1]:{port}/secret", AWAY),
    Place("compatible", "http://[::127.0.0.1]:{port}/secret", AWAY),
    Place("six_to_four", "http://[2002:7f00:1::]:{port}/secret", AWAY),
    Place("nat64", "http://[64:ff9b::7f00:1]:{port}/secret", AWAY),
    Place("nat64_local", "http://[64:ff9b:1::7f00:1]:{port}/secret", AWAY),
    Place("teredo", "http://[2001:0:0:0:0:0:80ff:fffe]:{port}/secret", AWAY),
    Place("unspecified", "http://0.0.0.0:{port}/secret", AWAY),
    Place("unspecified_v6", "http://[::]:{port}/secret", AWAY),
    Place("metadata", "http://169.254.169.254/latest/meta-data/", AWAY),
    Place("metadata_v6", "http://[fd00:ec2::254]/latest/meta-data/", AWAY),
    Place("metadata_mapped", "http://[::ffff:a9fe:a9fe]/latest/meta-data/", AWAY),
    Place("private_10", "http://10.0.0.1/", AWAY),
    Place("private_172", "http://172.31.255.254/", AWAY),
    Place("private_192", "http://192.168.0.1/", AWAY),
    Place("carrier", "http://100.64.0.1/", AWAY),
    Place("benchmark", "http://198.18.0.1/", AWAY),
    Place("link_local", "http://[fe80::1]/", AWAY),
    Place("unique_local", "http://[fc00::1]/", AWAY),
    Place("site_local", "http://[fec0::1]/", AWAY),
    Place("multicast", "http://224.0.0.251:5353/", AWAY),
    Place("broadcast", "http://255.255.255.255/", AWAY),
]  # fmt: skip

NUMBERS = [
    Place("decimal", "http://2130706433:{port}/secret", AWAY, "", FetchError, also_moved=False),
    Place("hex", "http://0x7f000001:{port}/secret", AWAY, "", FetchError, also_moved=False),
    Place("hex_dots", "http://0x7f.0.0.0x1:{port}/secret", AWAY, "", FetchError, also_moved=False),
    Place("octal", "http://0177.0.0.1:{port}/secret", AWAY, "", FetchError, also_moved=False),
    Place("octal_whole", "http://017700000001:{port}/secret", AWAY, "", FetchError, also_moved=False),
    Place("short", "http://127.1:{port}/secret", AWAY, "", FetchError, also_moved=False),
    Place("zero", "http://0:{port}/secret", AWAY, "", FetchError, also_moved=False),
    Place("too_many", "http://127.0.0.1.1:{port}/secret", AWAY, "", FetchError, also_moved=False),
    Place("overflow", "http://127.0.0.257:{port}/secret", AWAY, "", FetchError, also_moved=False),
]  # fmt: skip

WRITINGS = [
    Place("backslash", "http://public.example\\@127.0.0.1:{port}/secret", WRONG, also_moved=False),
    Place("backslashes", "http:\\\\127.0.0.1:{port}\\secret", WRONG, also_moved=False),
    Place("backslash_path", "http://127.0.0.1:{port}\\.public.example/", WRONG, also_moved=False),
    Place("user", "http://public.example@127.0.0.1:{port}/secret", WRONG, "user name or password"),
    Place("user_password", "http://user:secret@public.example/", WRONG, "user name or password"),
    Place("user_escaped", "http://public.example%40@127.0.0.1:{port}/", WRONG, "user name or password"),
    Place("two_ats", "http://a@b@127.0.0.1:{port}/secret", WRONG, "user name or password"),
    Place("wide_dots", "http://127\uff0e0\uff0e0\uff0e1:{port}/secret", WRONG, "stands for another", also_moved=False),
    Place("ideographic_dots", "http://127\u30020\u30020\u30021:{port}/secret", WRONG, "stands for another",
          also_moved=False),
    Place("wide_digits", "http://\uff11\uff12\uff17.0.0.1:{port}/secret", WRONG, "stands for another",
          also_moved=False),
    Place("circled_digits", "http://\u2460\u2461\u2466.0.0.1:{port}/secret", WRONG, "stands for another",
          also_moved=False),
    Place("wide_letters", "http://\uff4cocalhost:{port}/secret", WRONG, "stands for another", also_moved=False),
    Place("wide_at", "http://public.example\uff20127.0.0.1:{port}/", WRONG, "", FetchError, also_moved=False),
    Place("wide_slash", "http://public.example\uff0f@127.0.0.1:{port}/", WRONG, "", FetchError, also_moved=False),
    Place("soft_hyphen", "http://local\u00adhost:{port}/secret", WRONG, "stands for another", also_moved=False),
    Place("joiner", "http://local\u200dhost:{port}/secret", WRONG, "stands for another", also_moved=False),
    Place("escaped_host", "http://%31%32%37.0.0.1:{port}/secret", WRONG, "stands for another", also_moved=False),
    Place("escaped_dot", "http://127%2e0.0.1:{port}/secret", WRONG, "stands for another", also_moved=False),
    Place("zone", "http://[fe80::1%25eth0]/", WRONG, also_moved=False),
    Place("tab", "http://127.0.0.1:{port}/se\tcret\nX-A: b", WRONG, also_moved=False, words="", kind=FetchError),
    Place("tab_scheme", "ht\ttp://127.0.0.1:{port}/secret", WRONG, also_moved=False, words="", kind=FetchError),
    Place("split", "http://127.0.0.1:{port}/a HTTP/1.1\r\nHost: x\r\n\r\nGET /secret", WRONG, also_moved=False,
          words="", kind=FetchError),
    Place("zero_byte", "http://127.0.0.1:{port}\x00.public.example/", WRONG, also_moved=False, words="",
          kind=FetchError),
    Place("two_ports", "http://127.0.0.1:{port}:80/secret", WRONG, "", FetchError, also_moved=False),
    Place("port_words", "http://127.0.0.1:http/", WRONG, "", FetchError, also_moved=False),
    Place("port_negative", "http://127.0.0.1:-80/", WRONG, "", FetchError, also_moved=False),
    Place("port_beyond", "http://public.example:65536/", WRONG, "", FetchError, also_moved=False),
    Place("port_zero", "http://public.example:0/", WRONG, "port 0", also_moved=False),
    Place("bracket_open", "http://[::1", WRONG, "", FetchError, also_moved=False),
    Place("bracket_after", "http://[::1]127.0.0.1:{port}/secret", WRONG, "", FetchError, also_moved=False),
    Place("bracket_name", "http://[localhost]:{port}/secret", WRONG, "", FetchError, also_moved=False),
    Place("no_host", "http:///secret", WRONG, "", FetchError, also_moved=False),
    Place("one_slash", "http:/127.0.0.1:{port}/secret", WRONG, "", FetchError, also_moved=False),
    Place("long", "http://public.example/" + "a" * 3000, WRONG, "longer than"),
    Place("long_name", "http://" + "a" * 300 + ".example/", "fails: no such name can be", "", FetchError,
          also_moved=False),
    Place("empty_label", "http://public..example/", "fails: no such name can be", "", FetchError, also_moved=False),
]  # fmt: skip

SCHEMES = [
    Place(f"scheme_{name}", url, "refused: only http and https are spoken", "", FetchError, also_moved=False)
    for name, url in (
        ("file", "file:///etc/hostname"),
        ("file_host", "file://127.0.0.1/etc/hostname"),
        ("ftp", "ftp://127.0.0.1:{port}/secret"),
        ("gopher", "gopher://127.0.0.1:{port}/_GET%20/secret"),
        ("dict", "dict://127.0.0.1:{port}/d:x"),
        ("data", "data:text/html,hello"),
        ("javascript", "javascript:alert(1)"),
        ("s3", "s3://bucket/key"),
        ("ws", "ws://127.0.0.1:{port}/secret"),
        ("view_source", "view-source:http://127.0.0.1:{port}/secret"),
        ("none", "//127.0.0.1:{port}/secret"),
        ("about", "about:blank"),
    )
]

PORTS = [
    Place(f"port_{port}", f"http://public.example:{port}/", "refused: another service listens there", f"port {port}")
    for port in (22, 25, 53, 110, 143, 465, 587, 6000, 6667)
]

CASES = [*LOCAL, *NUMBERS, *WRITINGS, *SCHEMES, *PORTS]

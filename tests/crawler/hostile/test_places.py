"""The corpus of addresses: none leads where it must not, neither at once nor by a redirect nor by a resolver."""

import asyncio
import re
import socket
from ipaddress import ip_network

import pytest

from core.errors import AddressDenied, FetchError
from core.net import AddressPolicy
from tests.crawler.conftest import MakeFetcher
from tests.crawler.hostile import places
from tests.crawler.hostile.case import moved
from tests.crawler.hostile.places import Place
from tests.crawler.web import Site, answer

PUBLIC_ONLY = AddressPolicy()
FIRST_ONLY = AddressPolicy([ip_network("127.0.0.77/32")])  # where the redirecting server is; all else is forbidden


@pytest.fixture
def secret(site: Site) -> Site:
    """A server of this machine's own that must never be asked."""
    site.routes["/secret"] = answer("inside")
    return site


@pytest.mark.parametrize("place", places.CASES, ids=lambda place: place.name)
async def test_an_address_that_must_not_be_fetched(place: Place, secret: Site, make_fetcher: MakeFetcher) -> None:
    fetcher = await make_fetcher(PUBLIC_ONLY)
    with pytest.raises(FetchError) as caught:
        await fetcher.get(place.url.format(port=secret.port), source="wire")
    assert type(caught.value) is place.kind or place.kind is FetchError, caught.value
    assert re.search(place.words, str(caught.value)), caught.value
    assert caught.value.source == "wire"
    assert len(str(caught.value)) < 600
    assert secret.hits == []


@pytest.mark.parametrize("place", places.CASES, ids=lambda place: place.name)
async def test_a_redirect_to_an_address_that_must_not_be_fetched(
    place: Place, secret: Site, make_fetcher: MakeFetcher
) -> None:
    fetcher = await make_fetcher(FIRST_ONLY)
    target = place.url.format(port=secret.port).encode("utf-8")
    if b"\n" in target or b"\0" in target:
        target = target.replace(b"\r", b"%0D").replace(b"\n", b"%0A").replace(b"\0", b"%00")  # no header holds them

    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        status = b"404 No\r\n" if b"/robots.txt" in head else b"302 Found\r\nLocation: " + target + b"\r\n"
        writer.write(b"HTTP/1.1 " + status + b"Content-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(redirect, "127.0.0.77", 0)
    port = server.sockets[0].getsockname()[1]
    refused: FetchError | None = None
    try:
        got = await fetcher.get(f"http://127.0.0.77:{port}/a")
    except FetchError as raised:
        refused = raised
    if refused is not None:
        assert not place.also_moved or (type(refused) is place.kind and re.search(place.words, str(refused))), refused
        assert len(str(refused)) < 600
    else:  # what has another scheme is not followed: the redirect itself is the answer; what has no scheme is a path
        assert not place.also_moved
        assert got.response.status == 302 or got.response.url.startswith(f"http://127.0.0.77:{port}/")
    assert secret.hits == []
    server.close()


Found = list[tuple[object, ...]]


def resolver(*answers: list[str]) -> tuple[list[str], object]:
    """A `getaddrinfo` that gives one answer after the other, the last for ever; and what it was asked."""
    asked: list[str] = []

    async def look_up(host: str, port: int, **_: object) -> Found:
        addresses = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (a, port, 0, 0))
            if ":" in a
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port))
            for a in addresses
        ]

    return asked, look_up


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("the name is this machine", [["127.0.0.1"]]),
        ("the name is this machine in version 6", [["::1"]]),
        ("the name is this machine as a mapped address", [["::ffff:127.0.0.1"]]),
        ("the name is the metadata service", [["169.254.169.254"]]),
        ("all of several addresses are private", [["10.0.0.1", "127.0.0.1", "192.168.1.1"]]),
        ("the name is an address of nobody", [["0.0.0.0"]]),
    ],
)
async def test_a_resolver_that_names_this_machine(
    name: str, answers: list[list[str]], secret: Site, make_fetcher: MakeFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, look_up = resolver(*answers)
    fetcher = await make_fetcher(PUBLIC_ONLY)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
    with pytest.raises(AddressDenied):
        await fetcher.get(f"http://public.example:{secret.port}/secret")
    assert asked
    assert secret.hits == []


async def test_a_resolver_that_changes_its_mind_gains_nothing(
    secret: Site, make_fetcher: MakeFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First an allowed address, from then on a forbidden one: every connection is judged by itself."""
    other = await asyncio.start_server(_once, "127.0.0.77", secret.port)
    asked, look_up = resolver(["127.0.0.77"], ["127.0.0.1"])
    monkeypatch.setattr("crawler.guard.DNS_SECONDS", 0)
    fetcher = await make_fetcher(FIRST_ONLY)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
    with pytest.raises(AddressDenied):
        await fetcher.get(f"http://rebinding.example:{secret.port}/secret")
    assert len(asked) > 1
    assert secret.hits == []
    other.close()


async def _once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(answer("", 404))
    writer.close()


async def test_of_an_allowed_and_a_forbidden_address_only_the_allowed_is_connected_to(
    secret: Site, make_fetcher: MakeFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await asyncio.start_server(_once, "127.0.0.77", secret.port)
    _, look_up = resolver(["127.0.0.1", "127.0.0.77"])
    fetcher = await make_fetcher(FIRST_ONLY)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
    got = await fetcher.get(f"http://both.example:{secret.port}/x")
    assert got.response.status == 404
    assert secret.hits == []
    other.close()


async def test_robots_txt_that_redirects_inside_is_not_followed(secret: Site, make_fetcher: MakeFetcher) -> None:
    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(moved(f"{secret.base}/secret"))
        writer.close()

    server = await asyncio.start_server(redirect, "127.0.0.77", 0)
    fetcher = await make_fetcher(FIRST_ONLY)
    with pytest.raises(AddressDenied):
        await fetcher.get(f"http://127.0.0.77:{server.sockets[0].getsockname()[1]}/a")
    assert secret.hits == []
    server.close()

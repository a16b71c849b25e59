"""The client alerts are sent with, against real servers on loopback that drip, hang, redirect, flood and lie."""

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from core.errors import DeliveryError, Failure
from core.http import LONGEST_HINT, MAX_ANSWER, client, post, retry_after
from core.net import AddressPolicy
from tests.alerts.channels.making import loopback

NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that reads one request's head and then does what `answer` does; its address and the heads it saw."""
    seen: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            seen.append(await reader.readuntil(b"\r\n\r\n"))
            await answer(reader, writer)
        writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/secret-path", seen
    finally:
        listening.close()


def says(content: bytes) -> Answer:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(content)
        await writer.drain()

    return answer


async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()  # until the client goes


async def send(http: httpx.AsyncClient, url: str, deadline: float = 5.0) -> tuple[int, dict[str, str], bytes]:
    status, headers, body = await post(http, url, content=b"{}", headers={"X-One": "1"}, deadline=deadline)
    return status, dict(headers), body


async def refused(http: httpx.AsyncClient, url: str, deadline: float = 5.0) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await send(http, url, deadline)
    assert "secret-path" not in str(caught.value)
    return caught.value


async def test_gives_status_headers_in_lower_case_and_body() -> None:
    async with (
        loopback() as http,
        server(says(b"HTTP/1.1 418 T\r\nX-Answer: Yes\r\nContent-Length: 2\r\n\r\nno")) as (
            url,
            seen,
        ),
    ):
        status, headers, body = await send(http, url)
    assert (status, headers["x-answer"], body) == (418, "Yes", b"no")
    head = seen[0].lower()
    assert b"user-agent: borderwire (+tests@example.org)" in head
    assert b"accept-encoding: identity" in head


async def test_a_server_that_never_answers_leaves_the_message_uncertain() -> None:
    async with loopback() as http, server(hang) as (url, _):
        assert (await refused(http, url, deadline=0.2)).failure is Failure.UNCERTAIN


async def test_a_head_that_drips_is_cut_at_the_wall_deadline() -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.02)

    async with loopback() as http, server(drip) as (url, _):
        assert (await refused(http, url, deadline=0.3)).failure is Failure.UNCERTAIN


async def test_a_body_that_drips_is_cut_and_the_status_still_counts() -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 9999\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with loopback() as http, server(drip) as (url, _):
        status, headers, body = await send(http, url, deadline=0.3)
    assert (status, headers["retry-after"]) == (429, "7")
    assert 0 < len(body) < 9999


async def test_a_body_that_breaks_off_leaves_the_status() -> None:
    async with loopback() as http, server(says(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok")) as (url, _):
        assert (await send(http, url))[::2] == (200, b"ok")


async def test_a_connection_closed_without_an_answer_is_uncertain() -> None:
    async with loopback() as http, server(says(b"")) as (url, _):
        assert (await refused(http, url)).failure is Failure.UNCERTAIN


async def test_an_answer_that_is_no_http_is_uncertain() -> None:
    async with loopback() as http, server(says(b"220 mail.example ESMTP\r\n\r\n")) as (url, _):
        assert (await refused(http, url)).failure is Failure.UNCERTAIN


async def test_a_redirect_is_not_followed() -> None:
    async with loopback() as http, server(says(OK)) as (target, seen):
        there = f"HTTP/1.1 307 Go\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
        async with server(says(there)) as (url, _):
            status, headers, _ = await send(http, url)
    assert (status, headers["location"]) == (307, target)
    assert seen == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "127.1", "0"])
async def test_a_private_address_is_refused_before_anything_is_sent(host: str) -> None:
    async with client(AddressPolicy(), "tests") as http, server(says(OK)) as (url, seen):
        error = await refused(http, url.replace("127.0.0.1", host))
    assert error.failure is Failure.CONFIG
    assert "allow_networks" in str(error) or "posted to" in str(error)
    assert seen == []


async def test_a_large_body_is_cut() -> None:
    flood = b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n" + b"x" * 2_000_000
    async with loopback() as http, server(says(flood)) as (url, _):
        assert len((await send(http, url))[2]) == MAX_ANSWER


async def test_a_compressed_body_is_not_inflated() -> None:
    bomb = gzip.compress(b"x" * 20_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    async with loopback() as http, server(says(head + bomb)) as (url, _):
        assert (await send(http, url))[2] == bomb[:MAX_ANSWER]


async def test_nobody_listening_is_transient() -> None:
    async with server(says(OK)) as (url, _):
        pass
    async with loopback() as http:
        assert (await refused(http, url)).failure is Failure.TRANSIENT


@pytest.mark.parametrize("url", [f"http://{'a' * 64}.invalid/secret-path", "http://a..b.invalid/secret-path"])
async def test_a_name_that_dns_could_not_know_is_no_crash(url: str) -> None:
    async with loopback() as http:
        assert (await refused(http, url)).failure in (Failure.TRANSIENT, Failure.CONFIG)


@pytest.mark.parametrize("url", ["ftp://host.example/secret-path", "host.example/secret-path", "http:///secret-path"])
async def test_what_cannot_be_posted_to_is_a_fault_of_the_configuration(url: str) -> None:
    async with loopback() as http:
        assert (await refused(http, url)).failure is Failure.CONFIG


async def test_a_server_that_never_finishes_the_handshake_got_nothing() -> None:
    async with loopback() as http, server(hang) as (url, _):
        error = await refused(http, url.replace("http:", "https:"), deadline=0.2)
    assert error.failure is Failure.TRANSIENT


async def test_a_server_that_speaks_no_tls_is_transient() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(OK)
        writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with loopback() as http:
        url = f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}/secret-path"
        assert (await refused(http, url)).failure is Failure.TRANSIENT
    listening.close()


async def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    async with server(says(OK)) as (proxy, at_proxy), server(says(OK)) as (url, seen):
        monkeypatch.setenv("HTTP_PROXY", proxy)
        async with loopback() as http:
            assert (await send(http, url))[0] == 200
    assert (len(seen), at_proxy) == (1, [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("2", timedelta(seconds=2)),
        (" 2 ", timedelta(seconds=2)),
        ("0", timedelta()),
        ("-1", None),
        ("1.5", None),
        ("abc", None),
        ("٣", None),
        ("1000000000", LONGEST_HINT),
        ("9" * 5000, LONGEST_HINT),
        (format_datetime(NOW + timedelta(minutes=3), usegmt=True), timedelta(minutes=3)),
        (format_datetime(NOW - timedelta(minutes=3), usegmt=True), timedelta()),
        ("Wed, 05 Feb 2025 13:00:00", timedelta(hours=1)),
        ("Fri, 31 Dec 2999 23:59:59 GMT", LONGEST_HINT),
        ("Wed, 99 Feb 2025 13:00:00 GMT", None),
    ],
)
def test_retry_after_in_all_its_forms(value: str | None, expected: timedelta | None) -> None:
    assert retry_after(value, NOW) == expected

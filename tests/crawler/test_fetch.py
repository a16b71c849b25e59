"""The fetcher against servers that misbehave in every way servers do."""

import asyncio
import gzip
import time
import zlib
from datetime import timedelta

import brotli
import pytest
from backports import zstd
from scrapy.exceptions import DownloadFailedError

from core.errors import AddressDenied, FetchError
from crawler import fetch
from crawler import settings as scrapy_settings
from crawler.fetch import Fetcher
from tests.conftest import FakeClock
from tests.crawler.conftest import MakeFetcher
from tests.crawler.web import LOOPBACK, Site, answer, serve

BOMB = b"\0" * (40 * 1024 * 1024)


async def test_an_answer_comes_back_whole(site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes["/a?b=c"] = answer("ñandú", headers={"ETag": '"v1"', "X-Two": "1", "x-two": "2"})
    fetcher = await make_fetcher()
    got = await fetcher.get(f"{site.base}/a?b=c", headers={"If-None-Match": '"v0"'})
    assert got.response.url == f"{site.base}/a?b=c"
    assert got.response.body.decode() == "ñandú"
    assert got.response.headers["etag"] == '"v1"'
    assert got.response.headers["x-two"] == "1, 2"
    assert got.moved is None
    assert site.hits[-1].headers["if-none-match"] == '"v0"'


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 410, 451, 500, 502])
async def test_any_status_but_slow_down_is_a_result(status: int, site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes["/a"] = answer("", status)
    assert (await (await make_fetcher()).get(f"{site.base}/a")).response.status == status


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("hint", "wait"),
    [("120", timedelta(minutes=2)), ("Wed, 05 Feb 2025 13:00:00 GMT", timedelta(hours=1)), ("soon", None),
     (None, None), ("999999999", timedelta(hours=24)), ("Wed, 05 Feb 2025 11:00:00 GMT", timedelta(0))],
)  # fmt: skip
async def test_slow_down_carries_the_hint_in_both_forms(
    status: int, hint: str | None, wait: timedelta | None, site: Site, make_fetcher: MakeFetcher
) -> None:
    site.routes["/a"] = answer("", status, {"Retry-After": hint} if hint else None)
    with pytest.raises(FetchError, match=f"answered {status}") as caught:
        await (await make_fetcher()).get(f"{site.base}/a", source="wire")
    assert (caught.value.status, caught.value.retry_after, caught.value.source) == (status, wait, "wire")
    assert site.paths().count("/a") == 1  # never retried at once


@pytest.mark.parametrize(("kinds", "moved"), [((301,), True), ((308, 301), True), ((301, 302), False), ((307,), False)])
async def test_only_permanent_hops_move_an_address(
    kinds: tuple[int, ...], moved: bool, site: Site, make_fetcher: MakeFetcher
) -> None:
    for n, kind in enumerate(kinds):
        site.routes[f"/{n}"] = answer("", kind, {"Location": f"/{n + 1}"})
    site.routes[f"/{len(kinds)}"] = answer("here")
    got = await (await make_fetcher()).get(f"{site.base}/0")
    assert got.response.url == f"{site.base}/{len(kinds)}"
    assert got.moved == (f"{site.base}/{len(kinds)}" if moved else None)


async def test_a_circle_of_redirects_ends_after_five(site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes["/a"] = answer("", 302, {"Location": "/a"})
    with pytest.raises(FetchError, match="max redirections"):
        await (await make_fetcher()).get(f"{site.base}/a")
    assert site.paths().count("/a") == 6


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://127.0.0.1/x", "data:text/plain,x"])
async def test_a_redirect_to_another_scheme_is_not_followed(target: str, site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes["/a"] = answer("", 302, {"Location": target})
    got = await (await make_fetcher()).get(f"{site.base}/a")
    assert (got.response.status, got.response.body) == (302, b"")


async def test_a_redirect_to_nonsense_fails_in_words(site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes |= {
        "/a": answer("", 302, {"Location": "javascript:1"}),
        "/b": answer("", 302, {"Location": "http://["}),
    }
    fetcher = await make_fetcher()
    for path in ("/a", "/b"):
        with pytest.raises(FetchError, match=r"127\.0\.0\.1"):
            await fetcher.get(site.base + path)


@pytest.mark.parametrize(
    "url",
    ["", "nothing", "file:///etc/hostname", "ftp://example.org/", "data:text/html,x", "http://", "http://[::1",
     "http://user:secret@example.org/", "http://a\\@b/", "http://x.example:99999/", "javascript:alert(1)",
     "http://x.example/" + "a" * 3000, "s3://bucket/key"],
)  # fmt: skip
async def test_what_is_no_web_address_is_refused_before_anything_is_sent(url: str, make_fetcher: MakeFetcher) -> None:
    with pytest.raises(FetchError):
        await (await make_fetcher()).get(url)


async def test_a_blank_in_an_address_is_sent_escaped(site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes["/a%20b"] = answer("yes")
    assert (await (await make_fetcher()).get(f"{site.base}/a b")).response.body == b"yes"


async def test_a_name_nobody_knows_is_said_to_be_unknown(make_fetcher: MakeFetcher) -> None:
    with pytest.raises(FetchError, match=r"the name nowhere\.invalid cannot be resolved: is this machine online\?"):
        await (await make_fetcher()).get("http://nowhere.invalid/")


async def test_a_closed_port_is_said_to_be_closed(site: Site, make_fetcher: MakeFetcher) -> None:
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(FetchError, match="cannot be connected to"):
        await (await make_fetcher()).get(f"http://127.0.0.1:{port}/")


# how answers are broken --------------------------------------------------------------------------------------


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(100):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def test_the_timeout_holds_for_the_whole_answer_however_it_drips(site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes["/a"] = _drip
    fetcher = await make_fetcher(timeout=0.5)
    started = time.monotonic()
    with pytest.raises(FetchError, match="did not finish answering in time"):
        await fetcher.get(f"{site.base}/a")
    assert time.monotonic() - started < 4


async def test_the_timeout_is_shared_by_all_hops(site: Site, make_fetcher: MakeFetcher) -> None:
    async def slowly(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.8)
        writer.write(answer("", 302, {"Location": "/next"}))

    site.routes |= {"/a": slowly, "/next": slowly}
    with pytest.raises(FetchError, match="in time"):
        await (await make_fetcher(timeout=2)).get(f"{site.base}/a")
    assert site.paths().count("/next") <= 2


async def test_an_answer_cut_short_is_no_answer(site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes["/a"] = answer("half", headers={"Content-Length": "1000"})
    with pytest.raises(FetchError, match="ended its answer before it was complete"):
        await (await make_fetcher()).get(f"{site.base}/a")


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200", b"SSH-2.0-OpenSSH\r\n\r\n", b"\0\0\0\0\r\n\r\n"])
async def test_what_is_not_http_fails_in_words(said: bytes, site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes["/a"] = said
    with pytest.raises(FetchError, match=r"127\.0\.0\.1"):
        await (await make_fetcher()).get(f"{site.base}/a")


@pytest.mark.parametrize("length", ["-5", "many", "99999999999999"])
async def test_a_content_length_of_nonsense_fails_in_words(length: str, site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes["/a"] = answer("body", headers={"Content-Length": length})
    with pytest.raises(FetchError):
        await (await make_fetcher()).get(f"{site.base}/a")


async def test_long_headers_as_real_outlets_send_them_are_read(site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes["/a"] = answer("yes", headers={"Link": "<https://example.org/x>; rel=preload, " * 500})
    assert (await (await make_fetcher()).get(f"{site.base}/a")).response.body == b"yes"
    site.routes["/b"] = answer("yes", headers={"Link": "x" * 200_000})
    with pytest.raises(FetchError):
        await (await make_fetcher()).get(f"{site.base}/b")


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(2000):
        writer.write(b"x" * 65536)
        await writer.drain()


async def test_a_body_without_end_is_cut_off(site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes |= {"/a": _endless, "/b": answer("", headers={"Content-Length": str(9 << 20)})}
    fetcher = await make_fetcher()
    for path in ("/a", "/b"):
        with pytest.raises(FetchError, match="sent more than 8 MiB"):
            await fetcher.get(site.base + path)


def _deflate(data: bytes) -> bytes:
    return zlib.compress(data)


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("deflate", _deflate), ("br", brotli.compress), ("zstd", zstd.compress),
     ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data)))],
)  # fmt: skip
async def test_compressed_answers_are_read_and_bombs_are_not(
    coding: str, pack: fetch.Any, site: Site, make_fetcher: MakeFetcher
) -> None:
    site.routes |= {
        "/a": answer(pack(b"news " * 1000), headers={"Content-Encoding": coding}),
        "/bomb": answer(pack(BOMB), headers={"Content-Encoding": coding}),
    }
    fetcher = await make_fetcher()
    assert (await fetcher.get(f"{site.base}/a")).response.body == b"news " * 1000
    with pytest.raises(FetchError, match="sent more than 8 MiB"):
        await fetcher.get(f"{site.base}/bomb")


async def test_a_truncated_or_mislabelled_gzip_does_no_harm(site: Site, make_fetcher: MakeFetcher) -> None:
    whole = gzip.compress(bytes(range(256)) * 400)
    site.routes |= {
        "/part": answer(whole[: len(whole) // 2], headers={"Content-Encoding": "gzip"}),
        "/plain": answer("plain", headers={"Content-Encoding": "gzip"}),
    }
    fetcher = await make_fetcher()
    assert bytes(range(256)).startswith((await fetcher.get(f"{site.base}/part")).response.body[:100])
    with pytest.raises(FetchError, match="cannot be decompressed"):
        await fetcher.get(f"{site.base}/plain")


# many, cancelled, stopped ------------------------------------------------------------------------------------


async def test_thousands_of_gets_all_come_back(make_fetcher: MakeFetcher) -> None:
    sites = [made async for made in _several(8)]
    for made in sites:
        made.routes |= {f"/{n}": answer(f"{made.port}/{n}") for n in range(150)}
    fetcher = await make_fetcher()
    urls = [f"{made.base}/{n}" for n in range(150) for made in sites]
    found = await asyncio.gather(*(fetcher.get(url) for url in urls))
    assert [f.response.body.decode() for f in found] == [url.removeprefix("http://127.0.0.1:") for url in urls]
    assert not fetcher._pending
    assert not fetcher._hosts


async def _several(count: int) -> fetch.Any:
    for _ in range(count):
        generator = serve()
        yield await anext(generator)


async def test_slow_hosts_do_not_delay_others(site: Site, other: Site, make_fetcher: MakeFetcher) -> None:
    site.routes |= {f"/{n}": _drip for n in range(100)}
    other.routes["/quick"] = answer("yes")
    fetcher = await make_fetcher(timeout=3)
    waiting = [asyncio.create_task(fetcher.get(f"{site.base}/{n}")) for n in range(100)]
    await asyncio.sleep(0.1)
    async with asyncio.timeout(2):
        assert (await fetcher.get(f"{other.base}/quick")).response.body == b"yes"
    for task in waiting:
        task.cancel()


async def test_a_cancelled_get_leaves_room_for_the_next(site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes |= {"/slow": _drip, "/next": answer("yes")}
    fetcher = await make_fetcher(timeout=1)
    gone = [asyncio.create_task(fetcher.get(f"{site.base}/slow")) for _ in range(5)]
    await asyncio.sleep(0.2)
    for task in gone:
        task.cancel()
    await asyncio.gather(*gone, return_exceptions=True)
    assert (await fetcher.get(f"{site.base}/next")).response.body == b"yes"
    assert not fetcher._pending


async def test_stop_is_prompt_and_fails_what_still_waits(site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes |= {"/slow": _drip, "/queued": answer("yes")}
    fetcher = await make_fetcher(timeout=30, delay=0.05)
    waiting = [asyncio.create_task(fetcher.get(f"{site.base}/{path}")) for path in ["slow"] * 3 + ["queued"] * 3]
    await asyncio.sleep(0.3)
    started = time.monotonic()
    await fetcher.stop()
    assert time.monotonic() - started < fetch.STOP_GRACE
    for result in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(result, FetchError)
        assert "stopping" in str(result)
    with pytest.raises(FetchError, match="stopping"):
        await fetcher.get(f"{site.base}/queued")


async def test_a_fetcher_may_be_stopped_at_once_twice_or_without_a_start(clock: FakeClock) -> None:
    fetcher = Fetcher(scrapy_settings.service("x@example.org", 0, 5, "0"), LOOPBACK, clock)
    await fetcher.stop()
    again = Fetcher(scrapy_settings.service("x@example.org", 0, 5, "0"), LOOPBACK, clock)
    await again.start()
    await again.stop()
    await again.stop()
    assert again._task is not None
    assert again._task.done()


async def test_nothing_waits_for_an_engine_that_died(site: Site, make_fetcher: MakeFetcher) -> None:
    site.routes["/slow"] = _drip
    fetcher = await make_fetcher(timeout=30)
    waiting = asyncio.create_task(fetcher.get(f"{site.base}/slow"))
    await asyncio.sleep(0.2)
    assert fetcher._crawler is not None
    fetcher._crawler.signals.send_catch_log(fetch.guard.HALT)
    await fetcher._crawler.stop_async()
    with pytest.raises(FetchError):
        await waiting
    with pytest.raises(FetchError, match="the fetching engine has stopped"):
        await fetcher.get(f"{site.base}/slow")


def test_every_failure_has_words() -> None:
    for error in (ValueError(), DownloadFailedError("x"), OSError(5, "io"), RuntimeError("odd")):
        said = fetch._in_words(error, "example.org", "wire")
        assert isinstance(said, FetchError)
        assert str(said).startswith("example.org")
    assert isinstance(fetch._in_words(OSError("x not an allowed address: y"), "h", ""), AddressDenied)

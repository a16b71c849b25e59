"""The newsroom process: every outlet on a port of its own, serving the world as it is at this moment.

    python -m demo.newsroom --scale 1 --duration 20 --seed 7 --log FILE --ready FILE --truth FILE

request | which outlet | what is visible now | status, validators | bytes | log
"""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import signal
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web

from demo import outlets
from demo.outlets import Listed, Times
from demo.texts.press import Outlet
from demo.world import Article, World, build, truth

RETRY_AFTER = 2  # seconds, said with every 503
FRONT_PAGE, RELATED = 20, 4
SETTLED = timedelta(seconds=1)  # younger changes get no Last-Modified: it counts whole seconds (RFC 9110, 8.8.2.2)
SLOW_MIN, SLOW_SPREAD, SLOW_BEFORE = 1.5, 1.0, 0.1  # seconds; a slow server is slow when news breaks
IMAGE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36"><rect width="64" height="36" fill="#b98"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an outlet says to a request; `delay` seconds later."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0


class Room:
    """The world, its addresses and its clock."""

    def __init__(self, world: World, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.world = world
        self.now = now
        self.times = Times(now())
        self.addresses: dict[str, str] = {}
        self.articles = {a.id: a for a in world.articles}
        self.sites = {o.name: Site(self, o) for o in world.outlets}

    @property
    def elapsed(self) -> float | None:
        """Seconds since the news began, None before."""
        started = self.times.started
        return None if started is None else (self.now() - started).total_seconds()

    def start(self) -> None:
        """Begin the news; a second start changes nothing."""
        if self.times.started is None:
            self.times = replace(self.times, started=self.now())

    def state(self) -> dict[str, Any]:
        """What the control address tells."""
        elapsed = self.elapsed
        return {
            "started": elapsed is not None,
            "elapsed": round(elapsed or 0.0, 3),
            "done": elapsed is not None and elapsed >= self.world.duration,
        }

    def sources(self) -> list[dict[str, Any]]:
        """The source definitions of all outlets."""
        windows = self.world.windows
        return [outlets.source(o, self.addresses[o.name], windows[o.name]) for o in self.world.outlets]


class Site:
    """One outlet: answers a request from what is visible. Holds nothing but rendered entries."""

    def __init__(self, room: Room, house: Outlet) -> None:
        self.room = room
        self.house = house
        self.shelf = room.world.shelves[house.name]
        self.window = room.world.windows[house.name]
        self.by_path = {a.path: i for i, a in enumerate(self.shelf.articles)}
        self._fragments: dict[tuple[int, bool, bool], str] = {}

    @property
    def base(self) -> str:
        """`http://host:port`."""
        return self.room.addresses[self.house.name]

    def answer(self, target: str, headers: Mapping[str, str]) -> Answer:
        """The answer to a GET of `target` (path and query) now."""
        parts = urlsplit(target)
        elapsed = self.room.elapsed
        found = self._answer(parts.path, parse_qs(parts.query), elapsed, headers)
        if self.house.trait != "slow" or parts.path == "/robots.txt":
            return found
        wait = SLOW_MIN + SLOW_SPREAD * (zlib.crc32(target.encode()) % 1000) / 1000
        return replace(found, delay=SLOW_BEFORE if elapsed is None else wait)

    def _answer(
        self, path: str, query: Mapping[str, list[str]], elapsed: float | None, headers: Mapping[str, str]
    ) -> Answer:
        feed = outlets.PATHS[self.house.shape]
        if path == "/robots.txt":
            text = outlets.robots(self.house)
            return Answer(404) if text is None else Answer(200, text, {"Content-Type": "text/plain"})
        if path in (feed, outlets.NEWS_PART, outlets.ARCHIVE_PART):
            if self._quiet(elapsed):
                return Answer(503, b"Back in a moment", {"Content-Type": "text/plain", "Retry-After": str(RETRY_AFTER)})
            return self._conditional(headers, elapsed, lambda: self._feed(path, query, elapsed))
        if path == "/":
            newest = self.shelf.visible(elapsed)[-FRONT_PAGE:]
            shown = [self._listed(a, elapsed) for a in reversed(newest)]
            return _ok(outlets.front(self.house, self.base, shown))
        if path == "/img/lead.svg":
            return Answer(200, IMAGE, {"Content-Type": "image/svg+xml"})
        name = f"{path}?{urlencode({'id': query['id'][0]})}" if "id" in query else path
        index = self.by_path.get(name)
        if index is None or index >= self.shelf.count(elapsed):
            return Answer(404, b"<h1>Not found</h1>", {"Content-Type": "text/html"})
        return self._page(self.shelf.articles[index], elapsed, headers)

    def _quiet(self, elapsed: float | None) -> bool:
        begin, end = self.room.world.quiet
        return self.house.trait == "flaky" and elapsed is not None and begin <= elapsed < end

    def _page(self, article: Article, elapsed: float | None, headers: Mapping[str, str]) -> Answer:
        if self.house.trait == "wall":
            body, kind = outlets.wall(self.house)
            return Answer(403, body, {"Content-Type": kind})
        item = self._listed(article, elapsed)
        older = [a for a in self.shelf.articles[: RELATED + 1] if a is not article][:RELATED]
        etag = f'W/"{article.number}-{int(item.updated.timestamp())}"'

        def render() -> tuple[bytes, str]:
            return outlets.page(self.house, self.base, item, [self._listed(a, elapsed) for a in older])

        return self._validated(headers, etag, item.updated, render)

    def _conditional(
        self, headers: Mapping[str, str], elapsed: float | None, render: Callable[[], tuple[bytes, str]]
    ) -> Answer:
        changed = self._changed(elapsed)
        version = f"{self.shelf.count(elapsed)}-{self.shelf.edited(elapsed)}-{int(self._reissued(elapsed))}"
        return self._validated(headers, f'W/"{version}-{int(self.room.times.born.timestamp())}"', changed, render)

    def _validated(
        self, headers: Mapping[str, str], etag: str, changed: datetime, render: Callable[[], tuple[bytes, str]]
    ) -> Answer:
        """200 with the validators this outlet gives, or 304. A sent ETag outranks a sent date (RFC 9110, 13.2.2)."""
        gives = self.house.validators
        given: dict[str, str] = {}
        if gives in ("both", "etag"):
            given["ETag"] = etag
        if gives in ("both", "date") and self.room.now() - changed > SETTLED:
            given["Last-Modified"] = format_datetime(changed.replace(microsecond=0), usegmt=True)
        if "if-none-match" in headers:
            known = {tag.strip().removeprefix("W/") for tag in headers["if-none-match"].split(",")}
            fresh = "ETag" in given and bool({etag.removeprefix("W/"), "*"} & known)
        else:
            asked = _date(headers.get("if-modified-since", ""))
            fresh = asked is not None and "Last-Modified" in given and changed.replace(microsecond=0) <= asked
        return Answer(304, headers=given) if fresh else _ok(render(), given)

    def _feed(self, path: str, query: Mapping[str, list[str]], elapsed: float | None) -> tuple[bytes, str]:
        visible = self.shelf.visible(elapsed)
        changed = self._changed(elapsed)
        if self.house.shape == "news_sitemap":
            if path == outlets.PATHS["news_sitemap"]:
                return outlets.sitemap_index(self.base, changed, self.room.times.born - timedelta(days=1))
            visible = tuple(a for a in visible if (a.after is None) == (path == outlets.ARCHIVE_PART))
        fragments = [self._fragment(a, elapsed) for a in reversed(visible[-self.window :])]
        if self.house.shape == "json_api":
            number, size = _number(query, "page", 1), _number(query, "per_page", outlets.per_page(self.window))
            return outlets.api_page(self.base, fragments, number, size)
        return outlets.document(self.house, self.base, fragments, changed)

    def _changed(self, elapsed: float | None) -> datetime:
        """When the feed last changed."""
        started, world = self.room.times.started, self.room.world
        if started is None or elapsed is None:
            return self.room.times.born
        last = self.shelf.times[: self.shelf.count(elapsed)][-1:]
        moments = [0.0, *(t for t in last if t >= 0), *(t for t in self.shelf.edits if t <= elapsed)]
        if self._reissued(elapsed):
            moments.append(world.reissue_after)
        return started + timedelta(seconds=max(moments))

    def _reissued(self, elapsed: float | None) -> bool:
        after = self.room.world.reissue_after
        return self.house.trait == "reissue" and elapsed is not None and elapsed >= after

    def _fragment(self, article: Article, elapsed: float | None) -> str:
        key = (article.number, self._edited(article, elapsed), self._reissued(elapsed))
        found = self._fragments.get(key)
        if found is None:
            found = self._fragments[key] = outlets.fragment(self.house, self._listed(article, elapsed))
        return found

    def _listed(self, article: Article, elapsed: float | None) -> Listed:
        original = self.room.articles.get(article.copy_of or "")
        return outlets.listed(
            article,
            self.house,
            self.base,
            self.room.times,
            edited=self._edited(article, elapsed),
            reissued=self._reissued(elapsed),
            origin=self.room.addresses[original.outlet] + original.path if original else "",
        )

    @staticmethod
    def _edited(article: Article, elapsed: float | None) -> bool:
        return article.edited_after is not None and elapsed is not None and elapsed >= article.edited_after


async def serve_site(site: Site, log: IO[str]) -> web.ServerRunner:
    """The outlet on a free port of 127.0.0.1; its address is entered in the room."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        answer = Answer(405) if request.method not in ("GET", "HEAD") else site.answer(request.path_qs, request.headers)
        entry = {
            "at": site.room.now().isoformat(timespec="milliseconds"),
            "outlet": site.house.name,
            "method": request.method,
            "path": request.path_qs,
            "status": answer.status,
            "user_agent": request.headers.get("user-agent", ""),
        }
        log.write(json.dumps(entry) + "\n")
        if answer.delay:
            await asyncio.sleep(answer.delay)
        response = web.Response(status=answer.status, body=answer.body or None, headers=dict(answer.headers))
        if site.house.gzip and answer.status == 200:
            response.headers["Vary"] = "Accept-Encoding"
            if "gzip" in request.headers.get("accept-encoding", ""):
                response.enable_compression(web.ContentCoding.gzip)
        return response

    runner = await _listen(handle)
    site.room.addresses[site.house.name] = _address(runner)
    return runner


async def serve_control(room: Room) -> web.ServerRunner:
    """Where the news is started and asked for its state."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        if (request.method, request.path) == ("POST", "/__start"):
            room.start()
        elif (request.method, request.path) != ("GET", "/__state"):
            return web.json_response({"error": "POST /__start or GET /__state"}, status=404)
        return web.json_response(room.state())

    return await _listen(handle)


async def run(world: World, log: Path, ready: Path, truth_file: Path) -> None:
    """Serve until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    room = Room(world)
    with log.open("a", buffering=1) as lines:
        runners = [await serve_site(site, lines) for site in room.sites.values()]
        control = await serve_control(room)
        _write(truth_file, truth(world, room.addresses))
        _write(ready, {"control": _address(control), "sources": room.sources()})
        await ended.wait()
        await asyncio.gather(*(r.cleanup() for r in (*runners, control)))


def main(arguments: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m demo.newsroom", description="Local news sites on loopback.")
    parser.add_argument("--scale", type=int, default=1, help="how much news: 500 is tens of thousands of articles")
    parser.add_argument("--duration", type=float, default=20.0, help="seconds over which the news is published")
    parser.add_argument("--seed", type=int, default=7, help="the same seed makes the same news")
    parser.add_argument("--log", type=Path, required=True, help="request log, JSON lines")
    parser.add_argument("--ready", type=Path, required=True, help="written when all outlets listen")
    parser.add_argument("--truth", type=Path, required=True, help="what exists, what is a copy, which alerts are due")
    given = parser.parse_args(arguments)
    if given.scale < 1 or given.duration <= 0:
        parser.error("--scale must be at least 1 and --duration more than 0")
    world = build(given.seed, given.scale, given.duration)
    gc.freeze()  # the world is never garbage: at scale 500 each collection would walk it
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(world, given.log, given.ready, given.truth))


async def _listen(handle: Callable[[web.BaseRequest], Any]) -> web.ServerRunner:
    runner = web.ServerRunner(web.Server(handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


def _address(runner: web.ServerRunner) -> str:
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"


def _ok(rendered: tuple[bytes, str], headers: Mapping[str, str] | None = None) -> Answer:
    body, kind = rendered
    return Answer(200, body, {"Content-Type": kind, **(headers or {})})


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None


def _number(query: Mapping[str, list[str]], name: str, default: int) -> int:
    text = query.get(name, [""])[0]
    return max(1, int(text)) if text.isdigit() else default


def _write(path: Path, value: Any) -> None:
    """All of it or nothing: whoever waits for the file never reads half."""
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(json.dumps(value, ensure_ascii=False))
    os.replace(draft, path)


if __name__ == "__main__":
    main()

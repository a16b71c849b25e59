"""Storms: what publishers do that floods other systems, played by one wire on loopback, poll by poll.

    for storm in storms(now): show storm.first | poll | show storm.then | poll | count what was told

Each storm says what the service must make of it; tests/test_storms.py plays them to the real one.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from aiohttp import web

from core.model import EntryClass
from demo.texts.grammar import recipe, write

HOST = "127.0.0.1"
SEED = 11
WORD = "Bulletin"  # in every title: a rule for it matches everything the wire prints
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Printed:
    """One item of the wire's feed. `number` alone decides its text."""

    number: int
    id: str
    path: str
    title: str
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Storm:
    """A feed before and after; `away` passes in between. `classes` are those of what is new in the second poll."""

    name: str
    first: tuple[Printed, ...]
    then: tuple[Printed, ...]
    classes: Mapping[EntryClass, int]
    instant: int = 0  # alerts told one by one
    digests: int = 0  # messages of a rule that tell several at once
    notices: int = 0  # messages that say what the source did
    away: timedelta = HOUR


def printed(number: int, published: datetime | None, *, site: str = "", head: str = "") -> Printed:
    """The item of this number; a `site` gives it another id and address, a `head` another title."""
    title = f"{head}{WORD} {number}: {write(recipe(SEED, number, 'en')).title}"
    return Printed(number, f"{site or 'wire'}-{number}", f"{site}/news/{number}", title, published)


def storms(now: datetime) -> tuple[Storm, ...]:
    """The ten storms; whatever is dated is dated from `now`."""
    old = tuple(printed(n, now - 2 * DAY - n * HOUR) for n in range(1, 41))
    new = tuple(printed(n, now) for n in range(101, 151))
    return (
        Storm("first run", tuple(printed(n, now - n * HOUR) for n in range(1, 5001)), (), {}),
        Storm("two new", old, (*new[:2], *old), {EntryClass.LIVE: 2}, instant=2),
        Storm("new ids", old, tuple(replace(p, id=f"{{{p.id}}}") for p in old), {}),
        Storm(
            "new ids, addresses and titles, the same dates",
            old,
            tuple(printed(p.number, p.published, site="/v2", head="Wire ") for p in old),
            {EntryClass.REWRITE: 40},
            notices=1,
        ),
        Storm(
            "new ids, addresses and dates, the same titles",
            old,
            tuple(printed(p.number, now + HOUR, site="/v2") for p in old),
            {EntryClass.REWRITE: 40},
            notices=1,
        ),
        Storm(
            "everything new and nothing dated",
            old,
            tuple(printed(n + 200, None, site="/v3") for n in range(40)),
            {EntryClass.BURST: 40},
            digests=1,
        ),
        Storm("back after two days", old, (*new[:35], *old), {EntryClass.BURST: 35}, digests=1, away=2 * DAY),
        Storm("breaking news", old, (*new[:15], *old), {EntryClass.LIVE: 15}, instant=15),
        Storm(
            "back-dated",
            old,
            (*(replace(p, published=now - 30 * DAY) for p in new[:3]), *old),
            {EntryClass.LATE: 3},
            digests=1,
        ),
        Storm(
            "from the year 2040",
            old,
            (*(replace(p, published=now.replace(year=2040, day=1)) for p in new[:2]), *old),
            {EntryClass.LIVE: 2},
            instant=2,
        ),
    )


@dataclass(slots=True)
class Wire:
    """A news site at `base` whose feed lists what it was told to show, newest first."""

    base: str = ""
    shown: tuple[Printed, ...] = ()
    pages: dict[str, int] = field(default_factory=dict)
    down: bool = False

    def show(self, items: Sequence[Printed]) -> None:
        """From now on the feed lists these; pages shown before stay."""
        self.shown = tuple(items)
        self.pages |= {item.path: item.number for item in items}

    def feed(self) -> str:
        """RSS 2.0."""
        body = "".join(map(self._item, self.shown))
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Wire</title>{body}</channel></rss>'

    def page(self, path: str) -> str | None:
        """An article page, or None."""
        number = self.pages.get(path)
        if number is None:
            return None
        draft = write(recipe(SEED, number, "en"))
        title = next((p.title for p in self.shown if p.path == path), f"{WORD} {number}: {draft.title}")
        body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in draft.paragraphs)
        head = f"<title>{escape(title)}</title>"
        return f"<html><head>{head}</head><body><article><h1>{escape(title)}</h1>{body}</article></body></html>"

    def _item(self, item: Printed) -> str:
        dated = "" if item.published is None else f"<pubDate>{format_datetime(item.published)}</pubDate>"
        summary = escape(write(recipe(SEED, item.number, "en")).summary)
        return (
            f"<item><title>{escape(item.title)}</title><link>{self.base}{item.path}</link>{dated}"
            f'<guid isPermaLink="false">{escape(item.id)}</guid><description>{summary}</description></item>'
        )


@asynccontextmanager
async def running() -> AsyncIterator[Wire]:
    """A wire on a free port of loopback."""
    wire = Wire()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if wire.down:
            return web.Response(status=503, text="Back in a moment")
        if request.path == "/feed":
            return web.Response(text=wire.feed(), content_type="application/rss+xml")
        page = wire.page(request.path)
        return web.Response(status=404) if page is None else web.Response(text=page, content_type="text/html")

    runner = web.ServerRunner(web.Server(answer, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        wire.base = f"http://{HOST}:{runner.addresses[0][1]}"
        yield wire
    finally:
        await runner.cleanup()

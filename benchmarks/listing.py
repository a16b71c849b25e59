"""Listings without selectors: which of a page's links are its articles, on layouts of our own and on the demo's pages.

The layouts are six kinds of page as outlets and agencies have them, each with what a reader would call its articles.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import ParseError
from core.model import Entry, Response
from crawler.sources import listing
from demo.newsroom import FRONT_PAGE, Room
from demo.world import build

LAYOUTS = Path(__file__).parents[1] / "tests" / "data" / "listings"
SEED = 7
TARGET = 0.95  # precision and recall
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Result:
    """Links found and wanted, and of those that are both how many have the right title and date."""

    name: str
    found: int
    wanted: int
    both: int
    titles: int
    dates: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """An article of a page."""

    url: str
    title: str
    date: str | None


def layouts() -> Iterator[tuple[str, str, bytes, list[Wanted]]]:
    """Name, address, page and articles of each layout."""
    truth = json.loads((LAYOUTS / "truth.json").read_text(encoding="utf-8"))
    for name, said in truth.items():
        articles = [Wanted(a["url"], a["title"], a["date"]) for a in said["articles"]]
        yield name, said["url"], (LAYOUTS / f"{name}.html").read_bytes(), articles


def fronts() -> Iterator[tuple[str, str, bytes, list[Wanted]]]:
    """The same of every outlet of the newsroom before its news begins."""
    room = Room(build(SEED, 1, 20.0))
    room.addresses = {name: f"http://{name}.example" for name in room.sites}
    for name, site in room.sites.items():
        shown = [site._listed(a, None) for a in site.shelf.visible(None)[-FRONT_PAGE:]]
        articles = [Wanted(item.url, " ".join(item.title.split()), item.published.date().isoformat()) for item in shown]
        yield name, f"{site.base}/", site.answer("/", {}).body, articles


def judge(name: str, url: str, page: bytes, articles: list[Wanted]) -> Result:
    """How the automatic search does on one page."""
    try:
        made = listing.build("bench", url, listing.Options(limit=1000))
        entries = made.parse(Response(url, 200, {"content-type": "text/html"}, page)).entries
    except ParseError:
        entries = ()
    wanted = {a.url: a for a in articles}
    both = [(e, wanted[e.url]) for e in entries if e.url in wanted]
    return Result(
        name,
        len(entries),
        len(wanted),
        len(both),
        sum(e.title == a.title for e, a in both),
        sum(_day(e) == a.date for e, a in both),
    )


def _day(entry: Entry) -> str | None:
    return None if entry.published is None else entry.published.date().isoformat()


def run(say: Say) -> list[str]:
    """Lines of a Markdown table and whether the target is held."""
    results = [judge(*each) for each in layouts()]
    demo = [judge(*each) for each in fronts()]
    results.append(
        Result(
            f"front pages of the newsroom ({len(demo)})",
            *(sum(getattr(r, name) for r in demo) for name in ("found", "wanted", "both", "titles", "dates")),
        )
    )
    lines = [
        "## Listings without selectors",
        "",
        "| page | articles | precision | recall | titles right | dates right |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r.name} | {r.wanted} | {r.both / max(1, r.found):.3f} | {r.both / max(1, r.wanted):.3f}"
        f" | {r.titles / max(1, r.both):.3f} | {r.dates / max(1, r.both):.3f} |"
        for r in results
    ]
    held = all(r.both >= TARGET * max(r.found, r.wanted) for r in results)
    lines += ["", f"Precision and recall of {TARGET:.0%} on each {'are held' if held else 'ARE MISSED'}.", ""]
    for line in lines:
        say(line)
    return lines

"""Feeds: what ours reads of each against feedparser, and how fast.

The feeds are real ones and feedparser's own test files, which are not ours to pass on: BORDERWIRE_FEEDS names a folder
that holds them, in `wild/` and `wellformed/`. Compared are the number of entries, their titles as plain text and their
links made whole; of the test files also the titles, links, ids and dates that they state themselves.
"""

import io
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import feedparser

from core.errors import ParseError
from core.html import title_text
from core.markup import plain
from core.model import Entry, Response
from crawler.sources import feed

FOLDER = "BORDERWIRE_FEEDS"
URL = "http://127.0.0.1:8097/"  # nothing is fetched; feedparser's own tests are written for an address without a path
PASSES = 3
TARGET = {"wild": 1.0, "wellformed": 0.97}
FASTER = 80
SHOWN = 40  # disagreeing files named
STATED = re.compile(r"entries\[(\d+)\]\[u?'(title|link|id|guid|published|updated)'\] == u?(['\"])(.*)\3\s*$", re.M)
STATED_TIME = re.compile(
    r"entries\[(\d+)\]\[u?'(published|updated|created|date)_parsed'\] == \((\d+(?:, *\d+){5})", re.M
)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class File:
    """One feed as it was saved."""

    name: str
    body: bytes


@dataclass(slots=True)
class Agreement:
    """How many files of a set agree in what, and which do not."""

    files: int = 0
    same: Counter[str] = field(default_factory=Counter)
    apart: list[str] = field(default_factory=list)
    stated: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def files(folder: Path) -> list[File]:
    """Every file below a folder, in order of name."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [File(str(path.relative_to(folder)), path.read_bytes()) for path in found]


def ours(body: bytes) -> tuple[Entry, ...]:
    """What ours lists, also without an address; nothing where it refuses."""
    try:
        return feed.build("bench", URL, feed.Options()).read(Response(URL, 200, {}, body)).entries
    except ParseError:
        return ()


def theirs(body: bytes) -> list[Any]:
    """What feedparser lists."""
    try:
        return list(feedparser.parse(io.BytesIO(body), response_headers={"content-location": URL}).entries)
    except Exception:  # it has no common base of errors
        return []


def compare(found: File) -> dict[str, bool]:
    """In what ours and feedparser agree on one feed."""
    mine, other = ours(found.body), theirs(found.body)
    pairs = list(zip_longest(mine, other))
    both = all(a is not None and b is not None for a, b in pairs)
    return {
        "count": len(mine) == len(other),
        "titles": both and all(a.title == title_text(_said(b, "title")) for a, b in pairs),
        "links": both and all(a.url == _address(_said(b, "link")) for a, b in pairs),
    }


def _said(entry: Any, name: str) -> str:
    value = entry.get(name, "")
    return value if isinstance(value, str) else ""


def _address(link: str) -> str:
    """An absolute web address; anything else cannot be followed."""
    try:
        url = urljoin(URL, link.replace("\n", "").strip()) if link.strip() else ""
    except ValueError:
        return ""
    return url if url.lower().startswith(("http://", "https://")) else ""


def agreement(folder: Path) -> Agreement:
    """Over every file of a set."""
    result = Agreement()
    for each in files(folder):
        result.files += 1
        same = compare(each)
        result.same.update(name for name, agreed in same.items() if agreed)
        missed = [name for name, agreed in same.items() if not agreed]
        if missed:
            result.apart.append(f"{each.name} ({', '.join(missed)})")
        else:
            result.same["all"] += 1
        for what, held in stated(each):
            result.stated[what] += 1
            result.kept[what] += held
            if not held:
                result.broken.append(f"{each.name} ({what})")
    return result


def stated(found: File) -> Iterator[tuple[str, bool]]:
    """What the comment at the head of a test file says of its entries, and whether ours reads it so."""
    head = found.body[:2000].decode("utf-8", "replace").partition("-->")[0]
    entries = ours(found.body)
    for index, name, _, value in STATED.findall(head):
        if int(index) < len(entries) and "\\" not in value:
            entry = entries[int(index)]
            if name == "title":
                yield name, entry.title == title_text(value)
            elif name == "link":
                yield name, entry.url == _address(value)
            elif name in ("id", "guid"):
                yield "id", entry.id == value
    for index, name, numbers in STATED_TIME.findall(head):
        if int(index) < len(entries):
            moment = datetime(*map(int, numbers.split(",")), tzinfo=UTC)  # type: ignore[misc, arg-type]
            entry = entries[int(index)]
            yield "date", moment == (entry.updated if name == "updated" else entry.published or entry.updated)


def seconds(bodies: list[bytes], read: Callable[[bytes], object], passes: int) -> float:
    """Processor time of reading them all once: the best of some passes."""
    best = float("inf")
    for _ in range(passes):
        begun = time.process_time()
        for body in bodies:
            read(body)
        best = min(best, time.process_time() - begun)
    return best


def run(say: Say) -> list[str]:
    """Lines of two Markdown tables, the feeds that disagree, and whether the targets are held."""
    lines = ["## Feeds: ours against feedparser", ""]
    named = os.environ.get(FOLDER, "")
    folder = Path(named)
    if not named or not all((folder / name).is_dir() for name in TARGET):
        lines += [f"Not run: {FOLDER} names no folder with `wild/` and `wellformed/`.", ""]
    else:
        lines += _agreements(folder) + _speeds(folder / "wild")
    for line in lines:
        say(line)
    return lines


def _agreements(folder: Path) -> list[str]:
    lines = ["| set | files | count | titles | links | all three |", "|---|---|---|---|---|---|"]
    notes: list[str] = []
    for name, target in TARGET.items():
        found = agreement(folder / name)
        shares = " | ".join(f"{found.same[what] / found.files:.2%}" for what in ("count", "titles", "links", "all"))
        lines.append(f"| {name} | {found.files} | {shares} |")
        held = found.same["all"] >= target * found.files
        notes += ["", f"{name}: agreement of {target:.0%} {'is held' if held else 'IS MISSED'}."]
        if found.apart:
            notes += [f"Apart: {'; '.join(found.apart[:SHOWN])}."]
        if found.stated:
            kept = ", ".join(f"{found.kept[what]} of {n} {what}s" for what, n in sorted(found.stated.items()))
            notes += [f"Of what the files state themselves ours reads {kept} so."]
            notes += [f"Not so: {'; '.join(found.broken[:SHOWN])}."] if found.broken else []
    return [*lines, *notes, ""]


def _speeds(folder: Path) -> list[str]:
    bodies = [each.body for each in files(folder)]
    ways: dict[str, tuple[Callable[[bytes], object], int]] = {
        "ours: entries, bodies as they were written": (ours, PASSES),
        "ours: every body made text as well": (lambda body: [plain(entry) for entry in ours(body)], PASSES),
        "feedparser": (theirs, 2),
    }
    took = {name: seconds(bodies, read, passes) for name, (read, passes) in ways.items()}
    size, slow = sum(map(len, bodies)) / 1e6, took["feedparser"]
    lines = [
        f"| over the {len(bodies)} wild feeds | feeds/s | MB/s | times feedparser's speed |",
        "|---|---|---|---|",
        *(f"| {name} | {len(bodies) / s:,.0f} | {size / s:,.1f} | {slow / s:.1f} |" for name, s in took.items()),
    ]
    ratio = slow / took[next(iter(ways))]
    return [*lines, "", f"{FASTER} times feedparser's speed {'is held' if ratio >= FASTER else 'IS MISSED'}.", ""]

"""Article extraction side by side with trafilatura: text, title, authors, date, and pages a second in one run.

Pages and truths stay outside the project: BORDERWIRE_EXTRACTION names a folder that holds `aeb` and `fundus`, each with
manifest.jsonl {id, path, url} and truth.jsonl {id, body, title, authors, dates}.

Text is compared by runs of four words counted as a multiset; precision and recall are means over pages. Titles are the
same if their words are, authors if their names' words are, dates if the day is one of the truth's.
"""

import json
import os
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import trafilatura

from core.charset import decode
from core.errors import ExtractError
from core.model import Article
from crawler.extract import extract

FOLDER = "BORDERWIRE_EXTRACTION"
SETS = ("aeb", "fundus")
PASSES = 3
RUN = 4  # words
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Page:
    """A saved page and what a person or a reviewed parser says it holds."""

    url: str
    body: bytes
    truth: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What a method reads from a page; title, authors and day only where it is asked for them."""

    text: str
    title: str = ""
    authors: tuple[str, ...] = ()
    day: str = ""


@dataclass(slots=True)
class Score:
    """Shares from 0 to 1, one a page, and seconds of processor time, one a page: the best of the passes."""

    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    right: defaultdict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    seconds: list[float] = field(default_factory=list)

    @property
    def f1(self) -> float:
        p, r = statistics.mean(self.precision), statistics.mean(self.recall)
        return 2 * p * r / (p + r) if p + r else 0.0

    @property
    def rate(self) -> float:
        return len(self.seconds) / sum(self.seconds)


def pages(folder: Path) -> list[Page]:
    """The pages of one set, in the manifest's order."""
    truths = {row["id"]: row for row in map(json.loads, _lines(folder / "truth.jsonl"))}
    return [
        Page(row["url"], (folder / row["path"]).read_bytes(), truths[row["id"]])
        for row in map(json.loads, _lines(folder / "manifest.jsonl"))
    ]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _ours(page: Page, *, quick: bool = True) -> Found:
    try:
        found: Article = extract(page.body, page.url, quick=quick)
    except ExtractError:
        return Found("")
    day = found.published.date().isoformat() if found.published else ""
    return Found(found.text, found.title, found.authors, day)


def _theirs(page: Page, *, fast: bool = False) -> Found:
    return Found(trafilatura.extract(decode(page.body), url=page.url, include_comments=False, fast=fast) or "")


METHODS: dict[str, Callable[[Page], Found]] = {
    "Borderwire": _ours,
    "Borderwire, never trafilatura's fast way": partial(_ours, quick=False),
    "trafilatura": _theirs,
    "trafilatura, fast": partial(_theirs, fast=True),
}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def shares(truth: str, text: str) -> tuple[float, float]:
    """Precision and recall of the runs of words."""
    wanted, got = _runs(truth), _runs(text)
    hit = (wanted & got).total()
    return hit / (got.total() or 1), hit / (wanted.total() or 1)


def _runs(text: str) -> Counter[tuple[str, ...]]:
    said = words(text)
    length = min(RUN, len(said)) or 1
    return Counter(tuple(said[i : i + length]) for i in range(len(said) - length + 1))


def right(truth: dict[str, Any], found: Found) -> dict[str, bool]:
    """Whether title, authors and date are right, of those the truth knows."""
    kept = {}
    if truth.get("title"):
        kept["title"] = words(truth["title"].casefold()) == words(found.title.casefold())
    if truth.get("authors"):
        kept["authors"] = _names(truth["authors"]) == _names(found.authors)
    if truth.get("dates"):
        kept["date"] = found.day in truth["dates"]
    return kept


def _names(people: Sequence[str]) -> set[str]:
    return {word for person in people for word in words(person.casefold())}


def measure(given: Sequence[Page]) -> dict[str, Score]:
    """Every method on every page, in turn, so that a busy neighbour disturbs all alike."""
    scores = {name: Score() for name in METHODS}
    for method in METHODS.values():
        method(given[0])  # warm
    for page in given:
        spent: defaultdict[str, list[float]] = defaultdict(list)
        for _ in range(PASSES):
            for name, method in METHODS.items():
                begun = time.process_time()
                method(page)
                spent[name].append(time.process_time() - begun)
        for name, method in METHODS.items():
            scores[name].seconds.append(min(spent[name]))
            _settle(scores[name], page, method(page))
    return scores


def _settle(score: Score, page: Page, found: Found) -> None:
    precision, recall = shares(page.truth["body"], found.text)
    score.precision.append(precision)
    score.recall.append(recall)
    for what, ok in right(page.truth, found).items():
        score.right[what].append(ok)


def run(say: Say) -> list[str]:
    """Lines of Markdown."""
    named = os.environ.get(FOLDER)
    lines = ["## Extraction", ""]
    there = [name for name in SETS if named and (Path(named) / name / "manifest.jsonl").is_file()]
    if not there:
        where = f"{named} holds none of {', '.join(SETS)}" if named else f"{FOLDER} names no folder of pages"
        lines += [f"Not measured: {where}. The pages belong to others and are no part of this project.", ""]
    for name in there:
        given = pages(Path(str(named)) / name)
        lines += _report(name, given, measure(given))
    for line in lines:
        say(line)
    return lines


def _report(name: str, given: Sequence[Page], scores: dict[str, Score]) -> list[str]:
    base = scores["trafilatura"]
    lines = [
        f"{name}: {len(given)} pages.",
        "",
        "| method | F1 | precision | recall | pages/s on one core | of trafilatura's | slowest page, s |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {method} | {s.f1:.4f} | {statistics.mean(s.precision):.4f} | {statistics.mean(s.recall):.4f}"
            f" | {s.rate:.1f} | {s.rate / base.rate:.2f} | {max(s.seconds):.2f} |"
            for method, s in scores.items()
        ),
        "",
    ]
    ours, whole = scores["Borderwire"], scores["Borderwire, never trafilatura's fast way"]
    if ours.right:
        parts = ", ".join(f"{what} {statistics.mean(ok):.3f} of {len(ok)}" for what, ok in ours.right.items())
        lines += [f"Right by Borderwire: {parts}.", ""]
    lines += [
        f"trafilatura's fast way alone: {scores['trafilatura, fast'].f1 - base.f1:+.4f} F1 at "
        f"{scores['trafilatura, fast'].rate / base.rate:.2f} of the pages; as Borderwire takes it, only where it seems "
        f"to find the article: {ours.f1 - whole.f1:+.4f} F1 at {ours.rate / whole.rate:.2f}.",
        "",
    ]
    return lines


if __name__ == "__main__":
    run(print)

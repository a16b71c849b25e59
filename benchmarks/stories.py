"""Stories: which articles tell one event, against online TF-IDF, on labelled headlines and on whole texts.

Headlines are read from the CSV that BORDERWIRE_HEADLINES names (columns id, published_ms, title, story); whole texts
are the events of our tests and those of the YAML files that BORDERWIRE_EVENTS names, several separated as in PATH.
"""

import csv
import hashlib
import math
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from core.model import Article, EntryClass, Relation
from core.text import words
from crawler import nearest, placement
from crawler.common import STOP, stem
from store import open_store

TESTED = Path(__file__).parents[1] / "tests" / "data" / "folding" / "events.yaml"
NOON = datetime(2025, 2, 5, 12, tzinfo=UTC)
ORDERS = 5  # of arrival; figures are means over them
SWEEP = [n / 100 for n in (4, 6, 8, 10, 12, 15, 18, 21, 24, 27, 30, 35, 40, 45, 50, 55, 60)]  # a peer's best counts
APART = ("en en", "es es", "en es")  # languages of a pair


@dataclass(frozen=True, slots=True)
class Told:
    """An article and the event it tells; `at` as the service would see it printed."""

    event: str
    language: str
    title: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Score:
    """How well a grouping fits the events. `pairs`: of two languages -> (of one event, joined, both)."""

    precision: float
    recall: float
    pairs: dict[str, tuple[int, int, int]]

    @property
    def f1(self) -> float:
        return _f1(self.precision, self.recall)

    def pair_f1(self, kinds: Sequence[str] = APART) -> tuple[float, float, float]:
        """Precision, recall and F1 over pairs of these kinds."""
        due, joined, both = (sum(self.pairs[kind][i] for kind in kinds) for i in range(3))
        precision, recall = both / max(1, joined), both / max(1, due)
        return precision, recall, _f1(precision, recall)


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def score(items: Sequence[Told], groups: Sequence[int]) -> Score:
    """B-cubed over items, and counts over pairs."""
    sizes, events = Counter(groups), Counter(item.event for item in items)
    both = Counter(zip(groups, (item.event for item in items), strict=True))
    shared = [both[g, item.event] for item, g in zip(items, groups, strict=True)]
    precision = sum(s / sizes[g] for s, g in zip(shared, groups, strict=True)) / len(items)
    recall = sum(s / events[item.event] for s, item in zip(shared, items, strict=True)) / len(items)
    return Score(precision, recall, _pairs(items, groups))


def _pairs(items: Sequence[Told], groups: Sequence[int]) -> dict[str, tuple[int, int, int]]:
    of_event = _counted(items, [item.event for item in items])
    joined = _counted(items, groups)
    both = _counted(items, list(zip(groups, (item.event for item in items), strict=True)))
    return {kind: (of_event[kind], joined[kind], both[kind]) for kind in APART}


def _counted(items: Sequence[Told], groups: Sequence[Hashable]) -> Counter[str]:
    """Pairs of one group by their languages; whatever is not English counts as Spanish."""
    members: dict[Hashable, list[int]] = defaultdict(lambda: [0, 0])
    for item, group in zip(items, groups, strict=True):
        members[group][item.language != "en"] += 1
    counts: Counter[str] = Counter()
    for en, es in members.values():
        counts.update({"en en": en * (en - 1) // 2, "es es": es * (es - 1) // 2, "en es": en * es})
    return counts


@dataclass(frozen=True, slots=True)
class Placing:
    """What the service did: the story of each article, pairs of one event called copies, seconds for stories."""

    groups: list[int]
    copies: int
    seconds: float


def ours(items: Sequence[Told]) -> Placing:
    """The service's own functions on an empty database, in the order given."""
    backend = open_store(":memory:")
    groups: list[int] = []
    originals: dict[int, int] = {}
    copied = 0
    spent = _Clock()
    try:
        for n, item in enumerate(items):
            url = f"https://outlet{n}.example/{n}"
            article = Article(url, url, item.title, item.text, published=item.at, language=item.language)
            with backend.tx() as tx, spent:
                placed = placement.put(tx, article, source="bench", tags=(), entry_class=EntryClass.LIVE, now=item.at)
            originals[placed.article_id] = n
            groups.append(placed.story_id)
            of = placed.place.of
            if placed.place.relation is Relation.COPY and of is not None:
                copied += items[originals[of]].event == item.event
    finally:
        backend.close()
    return Placing(groups, copied, spent.seconds)


class _Clock:
    """Counts the processor time of the functions that find stories."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._kept: dict[str, Callable[..., Any]] = {}

    def __enter__(self) -> None:
        for name in ("weigh", "nearest", "remember"):
            self._kept[name] = getattr(nearest, name)
            setattr(nearest, name, self._timed(self._kept[name]))

    def __exit__(self, *_: object) -> None:
        for name, function in self._kept.items():
            setattr(nearest, name, function)

    def _timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            begun = time.process_time()
            try:
                return function(*given, **named)
            finally:
                self.seconds += time.process_time() - begun

        return timed


Vector = dict[str, float]
Grouper = Callable[[float], list[int]]  # threshold -> the group of each item


def vectors(items: Sequence[Told], terms: Callable[[Told], list[str]]) -> list[Vector]:
    """TF-IDF vectors of length 1, idf from what was seen so far."""
    seen: Counter[str] = Counter()
    found = []
    for n, item in enumerate(items, start=1):
        counts = Counter(terms(item))
        seen.update(counts.keys())
        weights = {t: c * (math.log((1 + n) / (1 + seen[t])) + 1) for t, c in counts.items()}
        length = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        found.append({t: w / length for t, w in weights.items()})
    return found


def nearest_article(items: Sequence[Told]) -> Grouper:
    """Each joins the group of the earlier article with the highest cosine."""
    holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
    found: list[tuple[float, int]] = []
    for n, vector in enumerate(vectors(items, lambda item: words(f"{item.title}\n{item.text}"))):
        cosines: dict[int, float] = defaultdict(float)
        for term, weight in vector.items():
            for other, theirs in holders[term]:
                cosines[other] += weight * theirs
            holders[term].append((n, weight))
        best = max(((cosine, -other) for other, cosine in cosines.items()), default=(0.0, 0))
        found.append((best[0], -best[1]))
    return lambda threshold: grouped(found, threshold)


def nearest_story(items: Sequence[Told]) -> Grouper:
    """Each joins the group with the highest cosine to the sum of its articles; our stems, without our stop words."""

    def terms(item: Told) -> list[str]:
        return [stem(w, item.language) for w in words(f"{item.title}\n{item.text}") if w not in STOP[item.language]]

    found = vectors(items, terms)
    return lambda threshold: _by_sums(found, threshold)


def _by_sums(found: Sequence[Vector], threshold: float) -> list[int]:
    sums: list[dict[str, float]] = []
    lengths: list[float] = []
    holders: dict[str, set[int]] = defaultdict(set)
    groups: list[int] = []
    for vector in found:
        dots: dict[int, float] = defaultdict(float)
        for term, weight in vector.items():
            for group in holders[term]:
                dots[group] += weight * sums[group][term]
        cosine, group = max(((dot / lengths[g], -g) for g, dot in dots.items()), default=(0.0, 0))
        group = -group
        if cosine < threshold or not sums:
            group = len(sums)
            sums.append(defaultdict(float))
            lengths.append(0.0)
        for term, weight in vector.items():
            sums[group][term] += weight
            holders[term].add(group)
        lengths[group] = math.sqrt(sum(w * w for w in sums[group].values())) or 1.0
        groups.append(group)
    return groups


def grouped(found: Iterable[tuple[float, int]], threshold: float) -> list[int]:
    """Each item joins its most similar earlier one if that is similar enough."""
    groups: list[int] = []
    for n, (cosine, other) in enumerate(found):
        groups.append(groups[other] if n and cosine >= threshold else n)
    return groups


PEERS: dict[str, Callable[[Sequence[Told]], Grouper]] = {
    "TF-IDF online, nearest article": nearest_article,
    "TF-IDF online, nearest story, our stems": nearest_story,
}


def headlines(path: Path) -> list[Told]:
    """Labelled headlines in order of time."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["published_ms"]))
    start = datetime(1970, 1, 1, tzinfo=UTC)
    return [
        Told(r["story"], "en", r["title"], "", start + timedelta(milliseconds=int(r["published_ms"]))) for r in rows
    ]


def events(path: Path) -> list[Told]:
    """Articles of labelled events, all as if printed at one moment: time must not help to tell them apart."""
    found = YAML(typ="safe").load(path)
    return [Told(e["event"], a["language"], a["title"], a["text"], NOON) for e in found for a in e["articles"]]


def digest(items: Sequence[Told]) -> str:
    """Names this corpus in a table of results."""
    joined = "\n".join(f"{item.event} {item.title} {item.text}" for item in items)
    return hashlib.sha256(joined.encode()).hexdigest()[:12]


def _mean(scores: Sequence[Score]) -> Score:
    n = len(scores)
    due, joined, both = ({k: sum(s.pairs[k][i] for s in scores) for k in APART} for i in range(3))
    pairs = {k: (due[k], joined[k], both[k]) for k in APART}
    return Score(sum(s.precision for s in scores) / n, sum(s.recall for s in scores) / n, pairs)


def compare(orders: Sequence[Sequence[Told]]) -> tuple[list[tuple[str, Score]], int, float]:
    """Rows of ours and of the peers at their best threshold; pairs of one event called copies; ms an article."""
    placings = [ours(items) for items in orders]
    rows = [("Borderwire", _mean([score(i, p.groups) for i, p in zip(orders, placings, strict=True)]))]
    for name, method in PEERS.items():
        groupers = [method(items) for items in orders]
        tried = [
            (_mean([score(items, grouper(t)) for items, grouper in zip(orders, groupers, strict=True)]), t)
            for t in SWEEP
        ]
        best, threshold = max(tried, key=lambda each: each[0].f1)
        rows.append((f"{name}, at its best threshold {threshold:.2f}", best))
    articles = sum(map(len, orders))
    return rows, sum(p.copies for p in placings), 1e3 * sum(p.seconds for p in placings) / articles


def table(name: str, orders: Sequence[Sequence[Told]]) -> list[str]:
    """Lines of a Markdown table."""
    rows, copied, milliseconds = compare(orders)
    items = orders[0]
    lines = [
        f"## Stories: {name}, {len(items)} articles of {len({i.event for i in items})} events, corpus {digest(items)}",
        "",
        "| method | B-cubed precision | recall | F1 | pairs F1 | English | Spanish | across |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for method, found in rows:
        apart = " | ".join(_apart(found, kind) for kind in APART)
        lines.append(
            f"| {method} | {found.precision:.3f} | {found.recall:.3f} | {found.f1:.3f} | {found.pair_f1()[2]:.3f}"
            f" | {apart} |"
        )
    lines += ["", "English, Spanish, across: precision and recall of pairs."]
    if any(item.text for item in items):
        lines.append(
            f"Pairs of different articles of one event called copies: {copied}; sharing a story:"
            f" {rows[0][1].pair_f1()[1]:.1%}."
        )
    return [*lines, f"Finding stories took {milliseconds:.2f} ms an article.", ""]


def _apart(found: Score, kind: str) -> str:
    if not found.pairs[kind][0]:
        return "-"
    precision, recall, _ = found.pair_f1((kind,))
    return f"{precision:.3f} {recall:.3f}"


def shuffled(items: Sequence[Told]) -> list[list[Told]]:
    """The same articles in several orders of arrival."""
    return [random.Random(seed).sample(items, len(items)) for seed in range(ORDERS)]


def run(say: Callable[[str], None]) -> list[str]:
    """Lines of Markdown tables."""
    lines: list[str] = []
    named = os.environ.get("BORDERWIRE_HEADLINES", "")
    if named:
        lines += table("headlines", [headlines(Path(named))])
    else:
        lines += ["## Stories: headlines", "", "Skipped: BORDERWIRE_HEADLINES names no file of labelled headlines.", ""]
    more = [Path(p) for p in os.environ.get("BORDERWIRE_EVENTS", "").split(os.pathsep) if p]
    if not more:
        lines += [
            "## Stories: other events",
            "",
            "Skipped: BORDERWIRE_EVENTS names no YAML files of labelled texts.",
            "",
        ]
    for number, path in enumerate([TESTED, *more]):
        lines += table("our events" if not number else f"other events {number}", shuffled(events(path)))
    for line in lines:
        say(line)
    return lines

"""Copies: our persisted containment index against datasketch's MinHash LSH, on one stream in one run."""

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.corpus import FOOTERS, Item, digest, stream
from core.model import Article, EntryClass, Relation
from core.text import words
from crawler import copies, placement
from crawler.placement import story_key
from crawler.prepared import prepare
from store import Backend, Tx, articles, open_store

START = datetime(2025, 2, 5, tzinfo=UTC)
BATCH = 16  # articles a transaction; the service's writer has up to 64
PASSES = 3  # the fastest counts
THRESHOLDS = (0.3, 0.5)  # of the peer's Jaccard; the better one counts


@dataclass(frozen=True, slots=True)
class Result:
    """How one method did. `seconds` of processor time: comparing and remembering, without storing articles."""

    name: str
    precision: float
    recall: float
    seconds: float
    articles: int
    wrong: dict[str, int]  # kind of article -> how often it was answered wrongly

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def rate(self) -> float:
        return self.articles / self.seconds


def score(name: str, items: Sequence[Item], answers: Sequence[int | None], seconds: float) -> Result:
    """Each arrival must name an earlier member of its group, or nothing."""
    groups: dict[int, int] = {}
    seen: set[int] = set()
    right = named = due = 0
    wrong: dict[str, int] = {}
    for item, answer in zip(items, answers, strict=True):
        is_due = item.group in seen
        due += is_due
        named += answer is not None
        good = answer is not None and groups[answer] == item.group
        right += good
        if good != is_due or (answer is not None and not good):
            wrong[item.how] = wrong.get(item.how, 0) + 1
        groups[item.id] = item.group
        seen.add(item.group)
    return Result(name, right / max(1, named), right / max(1, due), seconds, len(items), wrong)


def ours(items: Sequence[Item], folder: Path) -> Result:
    """The service's own functions on a database file, some articles a transaction as its writer has them."""
    backend = open_store(str(folder / "fold.db"), lock=True)
    answers: list[int | None] = []
    ids: dict[int, int] = {}
    spent = 0.0
    for start in range(0, len(items), BATCH):
        with backend.tx() as tx:
            for item in items[start : start + BATCH]:
                answer, seconds = _ours_one(tx, item, ids)
                answers.append(answer)
                spent += seconds
    backend.close()
    return score("Borderwire (SQLite file)", items, answers, spent)


def _ours_one(tx: Tx, item: Item, ids: dict[int, int]) -> tuple[int | None, float]:
    url = f"https://outlet{item.id}.example/"
    article = Article(url, url, item.title, item.text, language=item.language)
    begun = time.process_time()
    sketch, copy = copies.find(tx, prepare(article), url, START)
    seconds = time.process_time() - begun
    story = copy.story_id if copy else articles.found_story(tx, story_key(url), item.title, item.language, START)
    article_id = articles.add(
        tx,
        article,
        source="bench",
        tags=(),
        entry_class=EntryClass.LIVE,
        story_id=story,
        relation=Relation.COPY if copy else Relation.NEW,
        copy_of=copy.of if copy else None,
        score=copy.score if copy else 0.0,
        sketch_n=sketch.counted,
        text_hash=sketch.text_hash,
        words=sketch.words,
        now=START,
    )
    begun = time.process_time()
    copies.remember(tx, article_id, sketch)
    seconds += time.process_time() - begun
    ids[article_id] = item.id
    return (ids[copy.of] if copy else None), seconds


def peer(items: Sequence[Item], threshold: float) -> Result:
    """datasketch: MinHash of 128 permutations over 5-word shingles, LSH in memory, the likeliest candidate."""
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(threshold=threshold, num_perm=128)
    sketches: dict[int, MinHash] = {}
    answers: list[int | None] = []
    begun = time.process_time()
    for item in items:
        tokens = words(item.text)
        sketch = MinHash(num_perm=128)
        sketch.update_batch([" ".join(s).encode() for s in zip(*(tokens[i:] for i in range(5)), strict=False)])
        found = [(sketch.jaccard(sketches[i]), -i) for i in lsh.query(sketch)]
        found = [each for each in found if each[0] >= threshold]
        answers.append(-max(found)[1] if found else None)
        lsh.insert(item.id, sketch)
        sketches[item.id] = sketch
    return score(f"datasketch MinHash LSH {threshold}", items, answers, time.process_time() - begun)


def teasers(items: Sequence[Item]) -> list[Item]:
    """The starts of the originals, each with one of a few footers: all that two of them share is boilerplate."""
    rng = random.Random(23)
    firsts = [item for item in items if item.how == "original"]
    return [
        replace(
            item,
            sentences=(" ".join(" ".join(item.sentences).split()[: rng.randint(30, 120)]),),
            footer=rng.choice(FOOTERS),
        )
        for item in firsts
    ]


def merged(items: Sequence[Item]) -> int:
    """How many of these are called copies, though all they share with any other is a footer."""
    with tempfile.TemporaryDirectory() as folder:
        return sum(ours(items, Path(folder)).wrong.values())


def whole(items: Sequence[Item], backend: Backend) -> float:
    """Articles a second through everything folding does: copies, stories and storing, in memory."""
    begun = time.process_time()
    for number, item in enumerate(items):
        url, now = f"https://outlet{item.id}.example/", START + timedelta(minutes=number)
        article = Article(url, url, item.title, item.text, published=now, language=item.language)
        with backend.tx() as tx:
            placement.put(tx, article, source="bench", tags=(), entry_class=EntryClass.LIVE, now=now)
    return len(items) / (time.process_time() - begun)


def run(say: Callable[[str], None]) -> list[str]:
    """Lines of a Markdown table and what was found."""
    items = stream()
    runs: dict[str, list[Result]] = {}
    for _ in range(PASSES):  # in turn, so that a busy neighbour disturbs all alike
        with tempfile.TemporaryDirectory() as folder:
            runs.setdefault("", []).append(ours(items, Path(folder)))
        for threshold in THRESHOLDS:
            runs.setdefault(str(threshold), []).append(peer(items, threshold))
    mine, *peers = (min(same, key=lambda result: result.seconds) for same in runs.values())
    best = max(peers, key=lambda result: result.f1)
    backend = open_store(":memory:")
    everything = whole(items, backend)
    backend.close()
    lines = [
        f"## Copies: {len(items)} generated articles, corpus {digest(items)}",
        "",
        "| method | precision | recall | F1 | articles/s | wrong |",
        "|---|---|---|---|---|---|",
    ]
    for result in (mine, *peers):
        wrong = ", ".join(f"{n} {how}" for how, n in sorted(result.wrong.items())) or "none"
        lines.append(
            f"| {result.name} | {result.precision:.4f} | {result.recall:.4f} | {result.f1:.4f} | {result.rate:,.0f}"
            f" | {wrong} |"
        )
    error = (1 - best.f1) / max(1 - mine.f1, 1e-9)
    smaller = f"{error:.0f} times smaller" if mine.f1 < 1 else "none of ours"
    short = teasers(items)
    lines += [
        "",
        f"Merged by boilerplate alone: {merged(short)} of {len(short)} teasers that share nothing but their footers.",
        f"Error against the better peer ({best.name}): {smaller}. Throughput: {mine.rate / best.rate:.2f} times.",
        f"All of folding (copies, stories, storing, in memory): {everything:,.0f} articles/s.",
        "",
    ]
    for line in lines:
        say(line)
    return lines

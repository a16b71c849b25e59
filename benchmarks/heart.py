"""The whole heart on one core, over an index of a million articles: rules, copies and stories of every arrival.

What asks no database is done for a batch of arrivals, one part after the other, as whoever has many in hand does it
(`placement.put(prepared=...)`): between looks into the database it takes twice as long, for each finds the processor's
caches full of what the other needs.

The million is made of fingerprints and rows without text, which cost a lookup what real ones do; the last three days
are real texts, placed as the service does it. Then come the arrivals that are measured.
"""

import random
import re
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alerts.rules import RuleSet
from benchmarks import match
from core.model import Article, Document, EntryClass, Relation
from core.text import words
from crawler import copies, nearest, placement
from crawler.fingerprint import fingerprints, text_hash
from crawler.prepared import Prepared, prepare
from store import Backend, Tx, articles, open_store
from store import fingerprints as index

ARTICLES = 1_000_000
LITTLE = 0.27  # of the words of benchmarks/match.py give way to function words: then they are 41 % as in our texts
RECENT = 30_000  # articles of three days, in full
ARRIVALS = 3_000
RULES = 10_000
LOOKUPS = 10_000
PAGE = 4096  # bytes
FILLED = 5_000  # recent articles a commit
BATCH = 64  # articles a commit, as the service's writer has at most
START = datetime(2025, 2, 5, tzinfo=UTC)
# The least that Python can do with a text. A machine with neighbours is twice as fast in one second as in the next;
# beside this the heart is measured alike on any.
FLOOR = "lower() and findall"
WORDS = re.compile(r"\w+").findall
QUIET = 87 / 520  # microseconds a word that FLOOR takes on the undisturbed machine the aim was set for
EVERY = timedelta(days=3) / RECENT
Say = Callable[[str], None]


class Watch:
    """Seconds of processor time by part."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        begun = time.process_time()
        yield
        self.seconds[name] += time.process_time() - begun


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes an article."""

    fingerprints: float
    text_hash: float

    @property
    def both(self) -> float:
        return self.fingerprints + self.text_hash


# Rows as the service would have them, made by the database itself: a hundred times as fast as from outside
STORIES = """
INSERT INTO stories(key, title, first_seen_at, updated_at)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :articles)
SELECT 'story ' || i, 'Story ' || i, '2024-12-01T00:00:00.000+00:00', '2024-12-01T00:00:00.000+00:00' FROM n"""
BARE_ARTICLES = """
INSERT INTO articles(canonical_url, url, source, title, text, extraction, class, first_seen_at, updated_at, story_id,
  relation, sketch_n, text_hash)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :articles)
SELECT 'https://outlet' || i || '.example/', '', 'bench', 'Article ' || i, '', 'page', 'live',
  '2024-12-01T00:00:00.000+00:00', '2024-12-01T00:00:00.000+00:00', i, 'copy', 24,
  printf('%016x%016x', i * 2654435761 % 4294967296 * 4294967291, i) FROM n"""
BARE_FINGERPRINTS = """
INSERT INTO fingerprints(h, article_id)
WITH RECURSIVE n(i, h) AS (
  SELECT 1, 1 UNION ALL SELECT i + 1, h + 1 + i * 2654435761 % :twice FROM n WHERE i < :rows)
SELECT h, i * 7919 % :articles + 1 FROM n"""


def texts(count: int) -> list[Document]:
    """Those of the benchmark of rules, with as many function words as news has: they are no anchors and no terms."""
    rng = random.Random(19)
    made = []
    for document in match.articles(count):
        little = match.FUNCTION[document.language or "en"]
        said = [rng.choice(little) if rng.random() < LITTLE else word for word in document.text.split(" ")]
        made.append(replace(document, text=" ".join(said)))
    return made


def build(path: Path, count: int, known: Sequence[Document], say: Say) -> Size:
    """A database with so many bare articles and these of the last three days; how large its index is."""
    open_store(str(path), lock=True).close()
    backend = open_store(str(path))
    db = backend.db  # type: ignore[attr-defined]
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-64000"):
        db.execute(f"PRAGMA {pragma}")
    for name, _ in triggers:  # full-text search, which takes half as long again
        db.execute(f"DROP TRIGGER {name}")
    size = _bare(db, count, _kept(known), say)
    _fill(backend, known, say)
    for _, sql in triggers:
        db.execute(sql)
    db.execute("PRAGMA journal_mode=WAL")
    backend.close()
    return size


def _kept(documents: Sequence[Document]) -> int:
    """How many fingerprints are kept of an article of these."""
    said = [words(d.text) for d in documents[:500]]
    return round(statistics.mean(len(fingerprints(each)) for each in said))


def _bare(db: Any, count: int, hashes: int, say: Say) -> Size:
    hashed = db.execute("SELECT sql FROM sqlite_master WHERE name = 'articles_text_hash'").fetchone()[0]
    db.execute("DROP INDEX articles_text_hash")
    grown = {}
    given = {"articles": count, "rows": count * hashes, "twice": 2 * (2**63 // (count * hashes + 1))}
    steps = {"stories": STORIES, "articles": BARE_ARTICLES, "text hashes": hashed, "fingerprints": BARE_FINGERPRINTS}
    db.execute("BEGIN")
    for what, sql in steps.items():
        before = _pages(db)
        db.execute(sql, {name: value for name, value in given.items() if f":{name}" in sql})
        grown[what] = (_pages(db) - before) * PAGE / count
        say(f"… {what} of {count:,} articles: {grown[what]:,.0f} bytes each")
    db.execute("COMMIT")
    say(f"… {hashes} fingerprints an article")
    return Size(fingerprints=grown["fingerprints"], text_hash=grown["text hashes"])


def _pages(db: Any) -> int:
    return int(db.execute("PRAGMA page_count").fetchone()[0])


def _fill(backend: Backend, known: Sequence[Document], say: Say) -> None:
    """The last three days, placed as the service does it."""
    for start in range(0, len(known), FILLED):
        begun = time.process_time()
        with backend.tx() as tx:
            for n, document in enumerate(known[start : start + FILLED], start):
                now = START + n * EVERY
                placement.put(
                    tx, _article(document, now), source="bench", tags=(), entry_class=EntryClass.LIVE, now=now
                )
        say(f"… recent articles from {start:,}: {FILLED / (time.process_time() - begun):,.0f}/s")


def arrivals(fresh: Sequence[Document], known: Sequence[Document]) -> list[Document]:
    """Texts of which two in five are copies of known ones, cut or with local words, and one in ten tells one again."""
    rng = random.Random(17)
    made = []
    for n, own in enumerate(fresh):
        first = rng.choice(known)
        said, local = first.text.split(), own.text.split()
        drawn = rng.random()
        text, title = own.text, own.title
        if drawn < 0.2:
            text = " ".join(said[: int(len(said) * rng.uniform(0.4, 1))])
        elif drawn < 0.4:
            text = " ".join([*local[: rng.randint(20, 120)], *said])
        elif drawn < 0.5:
            text, title = " ".join(rng.sample(said, int(0.9 * len(said)))), first.title
        made.append(Document(f"a{n}", title, text, language=first.language if drawn < 0.5 else own.language))
    return made


def _article(document: Document, now: datetime) -> Article:
    url = f"https://outlet.example/{document.id}"
    return Article(url, url, document.title, document.text, published=now, language=document.language)


def lookups(backend: Backend, asked: Sequence[Document], count: int) -> list[float]:
    """Milliseconds of processor time of each lookup: who holds a fingerprint of this text, or the same text."""
    sketches = [(fingerprints(said), text_hash(said)) for said in (words(t.text) for t in asked)]
    spent = []
    with backend.read() as tx:
        for n in range(count):
            hashes, digest = sketches[n % len(sketches)]
            begun = time.process_time()
            index.same_text(tx, digest, None)
            index.postings(tx, hashes)
            spent.append(1000 * (time.process_time() - begun))
    return spent


def heart(
    backend: Backend, ruleset: RuleSet, coming: Sequence[Document], since: datetime
) -> tuple[Watch, Counter[str]]:
    """Everything that is done about an arrival but reading its page and telling people; time by part."""
    watch, found = Watch(), Counter[str]()
    for start in range(0, len(coming), BATCH):
        batch = coming[start : start + BATCH]
        with watch.part(FLOOR):
            for document in batch:
                WORDS(document.text.lower())
        with watch.part("rules"):
            for document in batch:
                ruleset.names(document)
        with watch.part("words, fingerprints, terms"):
            ready = [prepare(_article(document, since)) for document in batch]
            for prepared in ready:
                _ = prepared.terms
        begun = time.process_time()
        before = sum(watch.seconds.values())
        with backend.tx() as tx:
            for n, (document, prepared) in enumerate(zip(batch, ready, strict=True), start):
                found[_one(tx, document, prepared, since + n * EVERY, watch)] += 1
        inside = sum(watch.seconds.values()) - before
        watch.seconds["commit"] += time.process_time() - begun - inside
    return watch, found


def _one(tx: Tx, document: Document, prepared: Prepared, now: datetime, watch: Watch) -> str:
    article = _article(document, now)
    with watch.part("copies: find"):
        sketch, copy = copies.find(tx, prepared, article.url, now)
    weighed = near = None
    if copy is None:
        with watch.part("stories: find"):
            weighed, near = nearest.nearest(tx, nearest.weigh(tx, prepared.terms, article.published, now))
    joined = copy or near
    relation = Relation.COPY if copy else Relation.SAME_STORY if near else Relation.NEW
    with watch.part("storing"):
        story = (
            joined.story_id
            if joined
            else articles.found_story(tx, placement.story_key(article.url), article.title, article.language, now)
        )
        article_id = articles.add(
            tx, article, source="bench", tags=(), entry_class=EntryClass.LIVE, story_id=story, relation=relation,
            copy_of=copy.of if copy else None, score=joined.score if joined else 0.0, sketch_n=sketch.counted,
            text_hash=sketch.text_hash, words=sketch.words, now=now,
        )  # fmt: skip
    with watch.part("copies: keep"):
        copies.remember(tx, article_id, sketch)
    if weighed is not None:
        with watch.part("stories: keep"):
            nearest.remember(tx, article_id, story, weighed)
    return str(relation)


def resident() -> float:
    """Megabytes of memory this process has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def run(
    say: Say,
    count: int = ARTICLES,
    recent: int = RECENT,
    new: int = ARRIVALS,
    rules: int = RULES,
    asked: int = LOOKUPS,
) -> list[str]:
    """Lines of Markdown."""
    said = texts(recent + new)
    known = [replace(d, id=f"k{d.id}") for d in said[:recent]]
    coming = arrivals(said[recent:], known[-recent // 3 :])
    say(f"… {len(said):,} texts made")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "heart.db"
        size = build(path, count, known, say)
        backend = open_store(str(path), lock=True)
        lookups(backend, coming, asked // 4)
        before = resident()
        spent = sorted(lookups(backend, coming, asked))
        grown = resident() - before
        ruleset, _ = match.load(match.rules(rules, said[:600]), known)
        for document in known[-recent // 3 :]:  # most words of an article were met within a day
            ruleset.names(document)
        first, coming = coming[: new // 10], coming[new // 10 :]
        heart(backend, ruleset, first, START + recent * EVERY)  # warm
        watch, found = heart(backend, ruleset, coming, START + (recent + len(first)) * EVERY)
        backend.close()
    lines = _report(count, recent, coming, spent, grown, size, watch, found)
    for line in lines:
        say(line)
    return lines


def _report(
    count: int, recent: int, coming: Sequence[Document], spent: Sequence[float], grown: float, size: Size,
    watch: Watch, found: Counter[str],
) -> list[str]:  # fmt: skip
    new, said = len(coming), statistics.mean(len(WORDS(document.text)) for document in coming)
    parts = {name: 1000 * seconds / new for name, seconds in watch.seconds.items()}
    stored = ("storing", "commit")
    kinds = ", ".join(f"{n} {what}" for what, n in sorted(found.items()))
    alone = sum(ms for name, ms in parts.items() if name not in (*stored, FLOOR))
    floors = alone / parts[FLOOR]
    return [
        f"## The whole heart: {new:,} arrivals over {count:,} articles, {recent:,} of them of the last three days",
        "",
        "| part | ms an article |",
        "|---|---|",
        *(f"| {name} | {ms:.3f} |" for name, ms in parts.items()),
        "",
        f"Rules, copies and stories: {1000 / alone:,.0f} articles/s on one core; with storing and its commits "
        f"{1000 / (sum(parts.values()) - parts[FLOOR]):,.0f}. Arrivals: {kinds}.",
        f"That is {floors:.1f} times what `lower()` and `findall` take for the same texts ({said:.0f} words each). "
        "Where these take 87 us for 520 words, as on an undisturbed machine, it is "
        f"{1000 / (floors * said * QUIET / 1000):,.0f} articles/s.",
        f"Looking up a text's fingerprints, warm: p50 {statistics.median(spent):.2f} ms, "
        f"p99 {spent[int(0.99 * len(spent))]:.2f} ms. Memory grew by {grown:.1f} MB in {len(spent):,} lookups. "
        f"Finding copies keeps {size.both:,.0f} bytes an article (fingerprints {size.fingerprints:,.0f}, hash of the "
        f"text {size.text_hash:,.0f}).",
        "",
    ]


if __name__ == "__main__":
    run(print)

"""Back-test: one query over a large archive, near misses, wider words and a second query included."""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.backtest import backtest
from benchmarks.corpus import Item, digest, stream
from core.model import Article, EntryClass, Relation
from store import Backend, articles, open_store

ARTICLES = 100_000
TEXTS = 1_500  # originals of the corpus, about 2,700 texts with their copies; they come round again
END = datetime(2025, 3, 1, tzinfo=UTC)
QUERIES = (
    ("words that have kin, compared with another", "tariff OR arancel OR inspection", "tariff OR inspector"),
    ("phrase, closeness, exclusion", '(tariff NEAR/5 sheriff) OR (arancel AND "cerca de" NOT museo)', None),
    ("nearly everything", "the OR el OR a OR un", None),
)


def fill(backend: Backend, items: list[Item], count: int) -> None:
    """`count` articles over 30 days, a story each text."""
    step = timedelta(days=30) / count
    for start in range(0, count, 2000):
        with backend.tx() as tx:
            for number in range(start, min(start + 2000, count)):
                item = items[number % len(items)]
                url = f"https://paper{number % 60}.example/{number}"
                now = END - timedelta(days=30) + number * step
                articles.add(
                    tx,
                    Article(url, url, item.title, item.text, language=item.language, site=f"Paper {number % 60}"),
                    source=f"paper{number % 60}",
                    tags=(),
                    entry_class=EntryClass.LIVE,
                    story_id=articles.found_story(tx, f"{number // len(items)}-{item.group}", item.title, None, now),
                    relation=Relation.NEW,
                    copy_of=None,
                    score=0.0,
                    sketch_n=0,
                    text_hash=str(number),
                    words=300,
                    now=now,
                )


def measured(backend: Backend, count: int) -> Iterator[str]:
    """A line of the table for each query."""
    for name, query, against in QUERIES:
        start = time.perf_counter()
        with backend.read() as tx:
            found = backtest(tx, query, {}, END - timedelta(days=31), samples=5, against=against)
        seconds = time.perf_counter() - start
        yield (
            f"| {name} | {seconds:.1f} | {count / seconds:,.0f} | {found.matched:,} | {found.alerts:,}"
            f" | {len(found.near_misses)} and {len(found.wider)} |"
        )


def run(say: Callable[[str], None], count: int = ARTICLES, texts: int = TEXTS) -> list[str]:
    """Lines of a Markdown table."""
    items = stream(texts)
    length = sum(len(item.text.split()) for item in items) / len(items)
    with tempfile.TemporaryDirectory() as folder:
        backend = open_store(str(Path(folder) / "archive.db"), lock=True)
        fill(backend, items, count)
        before = _peak()
        lines = [
            f"## Back-test: {count:,} archived articles of {length:.0f} words, corpus {digest(items)}",
            "",
            "| query | seconds | articles/s | match | alerts | groups of near misses, wider words |",
            "|---|---|---|---|---|---|",
            *measured(backend, count),
        ]
        backend.close()
    lines += ["", f"Back-testing raised the most memory the process had used by {_peak() - before:.0f} MB.", ""]
    for line in lines:
        say(line)
    return lines


def _peak() -> float:
    """The most memory the process has used, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    run(print)

"""A crawl over real parts: fetcher, worker processes, writer and database, for tests of polls and looks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from core import config as configuration
from core.model import Stored
from crawler.context import Crawl, definitions
from crawler.fetch import Fetcher
from crawler.workers import Workers
from store import Backend, Tx, entries, sources
from store.entries import Todo
from store.sources import Source
from store.writer import Writer
from tests.conftest import FakeClock

LEASE = timedelta(minutes=5)


def rss(*items: tuple[str, str, str], base: str = "") -> bytes:
    """A feed of (path, title, description)."""
    body = "".join(
        f"<item><title>{title}</title><link>{base}{path}</link><guid>{path}</guid>"
        f"<description>{text}</description></item>"
        for path, title, text in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Wire</title>{body}</channel></rss>'.encode()


def page(title: str, text: str) -> bytes:
    """An article page."""
    paragraphs = "".join(f"<p>{p}</p>" for p in text.split("\n"))
    body = f"<article><h1>{title}</h1>{paragraphs}</article>"
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode()


@dataclass
class Crawling:
    """Polls and looks as the service would, one step at a time; `seen` are the articles handed to the evaluator."""

    crawl: Crawl
    backend: Backend
    clock: FakeClock
    seen: list[Stored] = field(default_factory=list)

    async def claim(self) -> list[Source]:
        """The sources that are due."""
        return await self.crawl.writer.run(lambda tx: sources.claim_due(tx, self.clock.now(), 50, LEASE))

    async def todos(self) -> list[Todo]:
        """The entries that wait."""
        return await self.crawl.writer.run(lambda tx: entries.claim_todo(tx, self.clock.now(), 50, LEASE))

    async def query(self, sql: str) -> list[dict[str, Any]]:
        """Rows of a query."""
        return await self.crawl.writer.run(lambda tx: [dict(r) for r in tx.all(sql)])


def build(
    folder: Path, store: Backend, clock: FakeClock, fetcher: Fetcher, workers: Workers, source: dict[str, object]
) -> tuple[Crawling, Callable[[Tx], None]]:
    """A crawl of one source; the second value puts the configuration into the store."""
    import json

    path = folder / "config.yaml"
    defaults = {"name": "wire", "kind": "feed"}
    path.write_text(json.dumps({"contact": "test@example.org", "sources": [{**defaults, **source}]}))
    config = configuration.load(path, {})
    seen: list[Stored] = []
    crawl = Crawl(
        config, fetcher, workers, Writer(store), clock, lambda tx, stored, now: seen.append(stored), Random(1)
    )
    return Crawling(crawl, store, clock, seen), lambda tx: sources.sync(tx, definitions(config), clock.now())

"""`borderwire fold`: articles in, the story and the original of each out, one JSON object a line."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

import click

from cli._jsonl import echo, lines, record
from core.dates import EARLIEST, LATEST_YEAR, parse_date
from core.model import Article, EntryClass
from core.text import words
from core.urls import host
from crawler import placement
from crawler.language import detect
from store import Backend, open_store

START = datetime(2000, 1, 1, tzinfo=UTC)  # when undated articles count as printed: at once, one after the other
UNDATED_STEP = timedelta(milliseconds=1)
SAMPLE = 4000  # characters of a text that show its language


@click.command()
@click.argument("file", metavar="ARTICLES", type=click.File("rb"))
def fold(file: BinaryIO) -> None:
    """Find copies and stories among ARTICLES (JSON Lines in time order; - for standard input) as the service would.

    \b
    In   {id, title, text, url, source, language, published}    id and a title or text are needed
    Out  {id, story, relation: new|copy|same_story, of, score}  story = id of the article that founded it
    """
    failed = False
    backend = open_store(":memory:")
    try:
        for found in placed(file, backend):
            failed = failed or "error" in found
            echo(found)
    finally:
        backend.close()
    sys.exit(1 if failed else 0)


def placed(file: BinaryIO, backend: Backend) -> Iterator[dict[str, Any]]:
    """The output object of each line that is not blank."""
    folder = Folder(backend)
    for number, (place, line) in enumerate(lines(file), 1):
        found: dict[str, Any] = {}
        try:
            found = record(line, "id")
            placed = folder.place(found["id"], read(found, number))
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            placed = {"id": found.get("id"), "error": f"{place}: {error}"}
        yield placed


def read(found: dict[str, Any], number: int) -> Article:
    """An input object as an article; `number` keeps its address unique. Raises ValueError for one without words."""
    title, text = found.get("title") or "", found.get("text") or ""
    if not words(title) and not words(text):
        raise ValueError("neither a title nor a text")
    published = parse_date(str(found.get("published") or ""))
    if published is None and found.get("published"):
        raise ValueError(f"published: {found['published']!r} is no date from {EARLIEST:%Y} to {LATEST_YEAR - 1}")
    url = str(found.get("url") or "")
    return Article(
        url=url,
        canonical_url=f"{url}#{number}",
        title=title,
        text=text,
        published=published,
        language=found.get("language") or detect(words(text[:SAMPLE])),
        site=str(found.get("source") or host(url)),
    )


class Folder:
    """Articles placed one after the other, in the names of the input."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._articles: dict[int, Any] = {}  # article id -> id in the input
        self._stories: dict[int, Any] = {}  # story id -> id in the input of the article that founded it
        self._now = START

    def place(self, name: Any, article: Article) -> dict[str, Any]:
        """Store an article as the service does; its output object."""
        self._now = article.published or self._now + UNDATED_STEP
        with self._backend.tx() as tx:
            placed = placement.put(
                tx, article, source=article.site, tags=(), entry_class=EntryClass.LIVE, now=self._now
            )
        place = placed.place
        self._articles[placed.article_id] = name
        self._stories.setdefault(placed.story_id, name)
        return {
            "id": name,
            "story": self._stories[placed.story_id],
            "relation": str(place.relation),
            "of": None if place.of is None else self._articles[place.of],
            "score": place.score,
        }

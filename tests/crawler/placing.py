"""Articles put into a store as ingest does it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from core.model import Article, EntryClass, Relation
from crawler import placement
from store import Backend

NOON = datetime(2025, 2, 5, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an article ended up."""

    article_id: int
    story_id: int
    relation: Relation
    of: int | None
    score: float


def article(url: str, title: str, text: str, language: str | None = "en", published: datetime | None = None) -> Article:
    return Article(url, url, title, text, language=language, published=published)


def place(store: Backend, found: Article, now: datetime = NOON) -> Placed:
    """Locate, store and remember, in one transaction."""
    with store.tx() as tx:
        placed = placement.put(tx, found, source="test", tags=(), entry_class=EntryClass.LIVE, now=now)
    where = placed.place
    return Placed(placed.article_id, placed.story_id, where.relation, where.of, where.score)

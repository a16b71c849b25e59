"""Articles put into a store as ingest does it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from core.model import Article, EntryClass, Relation
from crawler import placement
from crawler.ingest import story_key
from store import Backend, articles

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
        where = placement.locate(tx, found, now)
        story_id = where.story_id or articles.found_story(
            tx, story_key(found.canonical_url), found.title, found.language, now
        )
        article_id = articles.add(
            tx,
            found,
            source="test",
            tags=(),
            entry_class=EntryClass.LIVE,
            story_id=story_id,
            relation=where.relation,
            copy_of=where.of if where.relation is Relation.COPY else None,
            score=where.score,
            sketch_n=where.sketch_n,
            text_hash=where.text_hash,
            words=where.words,
            now=now,
        )
        placement.remember(tx, article_id, story_id, where, now)
    return Placed(article_id, story_id, where.relation, where.of, where.score)

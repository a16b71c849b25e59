"""One article into the store: article, revision, story, matches, alerts and deliveries in one transaction.

The evaluator is handed in by the composition root, so that this package knows nothing of rules or channels.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from core.errors import ExtractError
from core.model import Article, Document, EntryClass, Extraction, Relation, Stored
from core.urls import host
from crawler import placement
from store import Row, Tx, articles, entries
from store.entries import Todo

Evaluate = Callable[[Tx, Stored, datetime], object]


@dataclass(frozen=True, slots=True)
class Context:
    """What the source adds to its articles."""

    source: str
    title: str  # what the source calls itself
    language: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of an entry: a new article, a new revision of a known one, or nothing new."""

    article_id: int
    story_id: int
    relation: Relation
    change: str  # new | revised | known


def ingest(tx: Tx, todo: Todo, article: Article, context: Context, evaluate: Evaluate, now: datetime) -> Ingested:
    """Settle a claimed entry with the article read for it. Raises ExtractError for an article without words."""
    if not article.title and not article.text:
        raise ExtractError("neither a title nor a text", article.url)
    article = replace(
        article,
        site=article.site or context.title or outlet_name(article.url, context.source),
        language=article.language or context.language,
    )
    row = articles.find(tx, article.canonical_url)
    if row is None and todo.article_id is not None:  # its page names another canonical URL than before
        row = articles.get(tx, todo.article_id)
    done = (
        _new(tx, todo, article, context, evaluate, now)
        if row is None
        else _again(tx, todo, row, article, context, evaluate, now)
    )
    entries.done(tx, todo.id, done.article_id, article.note or None)
    return done


def _new(tx: Tx, todo: Todo, article: Article, context: Context, evaluate: Evaluate, now: datetime) -> Ingested:
    placed = placement.put(tx, article, source=context.source, tags=context.tags, entry_class=todo.entry_class, now=now)
    article_id, story_id = placed.article_id, placed.story_id
    stored = Stored(
        article_id=article_id,
        revision=1,
        document=_document(article_id, article, context, "new"),
        story_id=story_id,
        story_key=str(articles.story(tx, story_id)["key"]),
        relation=placed.place.relation,
        entry_class=todo.entry_class,
        extraction=article.extraction,
        note=article.note,
        first_seen=now,
    )
    evaluate(tx, stored, now)
    return Ingested(article_id, story_id, placed.place.relation, "new")


def _again(
    tx: Tx, todo: Todo, row: Row, article: Article, context: Context, evaluate: Evaluate, now: datetime
) -> Ingested:
    before = articles.to_article(row)
    relation = Relation(row["relation"])
    known = Ingested(row["id"], row["story_id"], relation, "known")
    if article.extraction is Extraction.SUMMARY and before.extraction is not Extraction.SUMMARY:
        return known  # the page refuses now; the text we have is better
    changed = placement.revise(tx, row["id"], article, now)
    if changed is None:
        return known
    revision = articles.revise(
        tx,
        row["id"],
        article,
        sketch_n=changed.sketch_n,
        text_hash=changed.text_hash,
        words=changed.words,
        now=now,
    )
    stored = Stored(
        article_id=row["id"],
        revision=revision,
        document=_document(row["id"], article, context, "update"),
        story_id=row["story_id"],
        story_key=str(articles.story(tx, row["story_id"])["key"]),
        relation=relation,
        entry_class=_class_of_change(before.extraction, EntryClass(row["class"]), todo.entry_class),
        extraction=article.extraction,
        note=article.note,
        first_seen=now,
        previous_text=before.text,
        previous_title=before.title,
    )
    evaluate(tx, stored, now)
    return replace(known, change="revised")


def _class_of_change(before: Extraction, first: EntryClass, entry: EntryClass) -> EntryClass:
    """A text that replaces a mere summary says nothing new: it keeps the class the article came with."""
    if before is Extraction.SUMMARY or entry in (EntryClass.BACKFILL, EntryClass.REWRITE):
        return first
    return EntryClass.UPDATE


def outlet_name(url: str, source: str) -> str:
    """Who prints an article where neither its page nor its source says so: the host, if that is a name."""
    named = host(url)
    return named if any(c.isalpha() for c in named.split(":")[0]) else source


def _document(article_id: int, article: Article, context: Context, kind: str) -> Document:
    return Document(
        id=str(article_id),
        title=article.title,
        text=article.text,
        url=article.canonical_url,
        site=host(article.url),
        source=context.source,
        language=article.language,
        tags=context.tags,
        authors=article.authors,
        published=article.published,
        kind=kind,
    )

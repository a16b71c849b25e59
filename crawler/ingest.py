"""One article into the store: article, revision, story, matches, alerts and deliveries in one transaction.

A page read again may bring an edit, a correction, a retraction, or nothing but an answer (`unread`): what is stored of
it is better than a wall or an error, and a page is called gone, or cut down to a stub, only by a second look.

The evaluator is handed in by the composition root, so that this package knows nothing of rules or channels.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from core.errors import ExtractError
from core.failpoints import hit
from core.model import Article, Document, EntryClass, Extraction, Relation, Standing, Stored
from core.urls import host
from crawler import placement, standing
from crawler.gate import FUTURE
from crawler.standing import Notice
from store import Row, Tx, articles, entries
from store.entries import Todo

Evaluate = Callable[[Tx, Stored, datetime], object]
# Kept as the entry's reason: a relook that finds the same confirms it
LOST = "the page answered 404: it is looked at again before it is called gone"
CUT = "the page holds far less text than before: it is looked at again before that is believed"


@dataclass(frozen=True, slots=True)
class Context:
    """What the source adds to its articles."""

    source: str
    title: str  # what the source calls itself
    language: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of an entry: a new article, a new revision of a known one, or nothing new.

    Of a page read before also: `unread` now, `lost` or `cut` until a second look confirms it, `gone`.
    """

    article_id: int
    story_id: int
    relation: Relation
    change: str  # new | revised | known | unread | lost | cut | gone


def ingest(tx: Tx, todo: Todo, article: Article, context: Context, evaluate: Evaluate, now: datetime) -> Ingested:
    """Settle a claimed entry with the article read for it. Raises ExtractError for an article without words."""
    if not article.title and not article.text:
        raise ExtractError("neither a title nor a text", article.url)
    article = replace(
        article,
        site=article.site or context.title or outlet_name(article.url, context.source),
        language=article.language or context.language,
    )
    article = _dated(article, now)
    row = articles.find(tx, article.canonical_url)
    if row is None and todo.article_id is not None:  # its page names another canonical URL than before
        row = articles.get(tx, todo.article_id)
    done = (
        _new(tx, todo, article, context, evaluate, now)
        if row is None
        else _again(tx, todo, row, article, context, evaluate, now)
    )
    reason = CUT if done.change == "cut" else article.note or None
    entries.done(tx, todo.id, done.article_id, reason, relook=todo.relook)
    return done


def _dated(article: Article, now: datetime) -> Article:
    """A date that lies ahead is no date; the article says so."""
    if article.published is None or article.published <= now + FUTURE:
        return article
    said = f"dated in the future ({article.published:%Y-%m-%d %H:%M} UTC)"
    return replace(article, published=None, note="; ".join(filter(None, (article.note, said))))


def read_before(tx: Tx, todo: Todo) -> Row | None:
    """The entry's article, if its text came from its page: no answer but an article is better than that."""
    row = None if todo.article_id is None or todo.look != "page" else articles.get(tx, todo.article_id)
    return row if row is not None and row["extraction"] == Extraction.PAGE else None


def unread(
    tx: Tx, todo: Todo, row: Row, cause: str, status: int | None, context: Context, evaluate: Evaluate, now: datetime
) -> Ingested:
    """Settle an entry whose page was read before and cannot be now, for `cause`. The text stays; a page may be gone."""
    known = Ingested(row["id"], row["story_id"], Relation(row["relation"]), "unread")
    if status == 404 and row["standing"] != Standing.GONE and not (todo.relook and todo.reason == LOST):
        known, cause = replace(known, change="lost"), LOST
    elif status in (404, 410) and row["standing"] != Standing.GONE:
        _gone(tx, row, f"answered {status}", context, evaluate, now)
        known = replace(known, change="gone")
    entries.done(tx, todo.id, row["id"], cause, relook=todo.relook)
    return known


def _gone(tx: Tx, row: Row, note: str, context: Context, evaluate: Evaluate, now: datetime) -> None:
    article = articles.to_article(row)
    articles.set_standing(tx, row["id"], Standing.GONE, note, now)
    stored = _stored(tx, row, row["revision"], article, context, EntryClass.UPDATE, now)
    stored = replace(stored, previous_text=article.text, previous_title=article.title)
    evaluate(tx, replace(stored, standing=Standing.GONE, standing_note=note, earlier=_earlier(tx, row)), now)


def _new(tx: Tx, todo: Todo, article: Article, context: Context, evaluate: Evaluate, now: datetime) -> Ingested:
    placed = placement.put(tx, article, source=context.source, tags=context.tags, entry_class=todo.entry_class, now=now)
    hit("in_tx_stories")
    article_id, story_id = placed.article_id, placed.story_id
    notice = standing.stated(article.title, article.text)
    if notice is not None:  # it came with it: nobody is told
        articles.set_standing(tx, article_id, notice.standing, notice.note, now)
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
    known = Ingested(row["id"], row["story_id"], Relation(row["relation"]), "known")
    if _is_worse(before.extraction, article.extraction, todo.look):
        return known
    article = replace(article, title=article.title or before.title, language=article.language or before.language)
    from_page = before.extraction is Extraction.PAGE and article.extraction is Extraction.PAGE
    confirmed = todo.relook and todo.reason == CUT
    if from_page and not confirmed and standing.is_cut(before.text, article.title, article.text):
        return replace(known, change="cut")
    if row["standing"] == Standing.GONE and from_page:
        _restore(tx, row["id"], article, now)
    changed = placement.revise(tx, row["id"], article, now)
    if changed is None:
        return known
    earlier = articles.revisions(tx, row["id"])
    notice = standing.newly([f"{r['title']}\n{r['text']}" for r in earlier], article.title, article.text)
    revision = articles.revise(
        tx,
        row["id"],
        article,
        sketch_n=changed.sketch_n,
        text_hash=changed.text_hash,
        words=changed.words,
        now=now,
        extent=changed.extent,
        of_new=changed.of_new,
        of_original=changed.of_original,
    )
    _stand(tx, row, article, notice, now)
    entry_class = _class_of_change(before.extraction, EntryClass(row["class"]), todo.entry_class)
    stored = _stored(tx, row, revision, article, context, entry_class, now)
    stored = replace(
        stored,
        previous_text=before.text,
        previous_title=before.title,
        earlier=tuple(r["text"] for r in earlier if r["number"] < row["revision"]),
        standing=Standing.PRINTED if notice is None else notice.standing,
        standing_note="" if notice is None else notice.note,
    )
    evaluate(tx, stored, now)
    return replace(known, change="revised")


def _is_worse(before: Extraction, now: Extraction, look: str) -> bool:
    """Whether a page refuses now, so that what the source said of it stands in for a text that is better."""
    if now is Extraction.SUMMARY:
        return before is not Extraction.SUMMARY
    return look == "page" and now is Extraction.FEED and before is Extraction.PAGE


def _stand(tx: Tx, row: Row, article: Article, notice: Notice | None, now: datetime) -> None:
    """What an edit says became of the article; a retraction that is taken back leaves what the text says itself."""
    if notice is not None:
        articles.set_standing(tx, row["id"], notice.standing, notice.note, now)
    elif row["standing"] == Standing.RETRACTED:
        _restore(tx, row["id"], article, now)


def _restore(tx: Tx, article_id: int, article: Article, now: datetime) -> None:
    notice = standing.stated(article.title, article.text)
    if notice is None:
        articles.set_standing(tx, article_id, Standing.PRINTED, "", now)
    else:
        articles.set_standing(tx, article_id, notice.standing, notice.note, now)


def _earlier(tx: Tx, row: Row) -> tuple[str, ...]:
    return tuple(r["text"] for r in articles.revisions(tx, row["id"]) if r["number"] < row["revision"])


def _stored(
    tx: Tx, row: Row, revision: int, article: Article, context: Context, entry_class: EntryClass, now: datetime
) -> Stored:
    return Stored(
        article_id=row["id"],
        revision=revision,
        document=_document(row["id"], article, context, "update"),
        story_id=row["story_id"],
        story_key=str(articles.story(tx, row["story_id"])["key"]),
        relation=Relation(row["relation"]),
        entry_class=entry_class,
        extraction=article.extraction,
        note=article.note,
        first_seen=now,
    )


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

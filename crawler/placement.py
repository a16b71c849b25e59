"""Where an article belongs: a copy of one we have, another article of a known story, or the first of a new story.

locate | store the article | remember, in one transaction (put); revise when its text changed, expire when it is old
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from core.model import Article, EntryClass, Extent, Relation
from core.text import words as words_of
from crawler import copies, nearest
from crawler.copies import Copy, Sketch, extent
from crawler.fingerprint import fingerprints as fingerprints_of
from crawler.nearest import Weighed
from crawler.overlap import overlap
from crawler.prepared import Prepared, prepare
from crawler.revision import is_trivial
from store import Tx, articles, fingerprints, stories

FULLER = 2  # times the words of what was known: then a changed text tells its story better


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article belongs; `story_id` is None for the first of a new story.

    `of` is the original of a copy, or the article that founded the story; `score` the containment or likeness found.
    """

    story_id: int | None
    relation: Relation
    of: int | None
    score: float
    sketch_n: int
    text_hash: str
    words: int
    sketch: Sketch
    weighed: Weighed | None  # None for a copy: the same words again tell nothing new
    extent: Extent | None = None  # of a copy; and the share of its text the original has, and the reverse
    of_new: float | None = None
    of_original: float | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A stored article, its story, and why it belongs there."""

    article_id: int
    story_id: int
    place: Place


@dataclass(frozen=True, slots=True)
class Changed:
    """What is stored anew of a changed text; of a copy also how it now stands to its original."""

    sketch_n: int
    text_hash: str
    words: int
    extent: Extent | None = None
    of_new: float | None = None
    of_original: float | None = None


def put(
    tx: Tx,
    article: Article,
    *,
    source: str,
    tags: tuple[str, ...],
    entry_class: EntryClass,
    now: datetime,
    prepared: Prepared | None = None,
) -> Placed:
    """Store a new article in its story, which it founds where there is none; `prepared` where that was done before."""
    place = locate(tx, article, now, prepared)
    story_id = place.story_id or articles.found_story(
        tx, story_key(article.canonical_url), article.title, article.language, now
    )
    article_id = articles.add(
        tx,
        article,
        source=source,
        tags=tags,
        entry_class=entry_class,
        story_id=story_id,
        relation=place.relation,
        copy_of=place.of if place.relation is Relation.COPY else None,
        score=place.score,
        sketch_n=place.sketch_n,
        text_hash=place.text_hash,
        words=place.words,
        now=now,
        extent=place.extent,
        of_new=place.of_new,
        of_original=place.of_original,
    )
    remember(tx, article_id, story_id, place)
    return Placed(article_id, story_id, place)


def story_key(canonical_url: str) -> str:
    """Name of the story an article founds; the same after a restart or a restore."""
    return hashlib.sha256(canonical_url.encode()).hexdigest()[:32]


def locate(tx: Tx, article: Article, now: datetime, prepared: Prepared | None = None) -> Place:
    """Find the article's place; nothing is written."""
    prepared = prepared or prepare(article)
    sketch, copy = copies.find(tx, prepared, article.canonical_url, now)
    if copy is not None:
        return _copied(sketch, copy)
    weighed, found = nearest.nearest(tx, nearest.weigh(tx, prepared.terms, article.published, now))
    if found is None:
        return _place(sketch, Relation.NEW, None, None, 0.0, weighed)
    first = stories.first_article(tx, found.story_id)
    return _place(sketch, Relation.SAME_STORY, found.story_id, first, found.score, weighed)


def _copied(sketch: Sketch, copy: Copy) -> Place:
    place = _place(sketch, Relation.COPY, copy.story_id, copy.of, copy.score, None)
    return replace(place, extent=copy.extent, of_new=copy.of_new, of_original=copy.of_original)


def _place(
    sketch: Sketch, relation: Relation, story_id: int | None, of: int | None, score: float, weighed: Weighed | None
) -> Place:
    return Place(story_id, relation, of, score, sketch.counted, sketch.text_hash, sketch.words, sketch, weighed)


def remember(tx: Tx, article_id: int, story_id: int, place: Place) -> None:
    """Keep what later articles are compared with; in the transaction that stored the article."""
    copies.remember(tx, article_id, place.sketch)
    if place.weighed is not None:
        nearest.remember(tx, article_id, story_id, place.weighed)


def revise(tx: Tx, article_id: int, article: Article, now: datetime) -> Changed | None:
    """Replace what is kept of an article's text; None when nothing a reader would notice has changed.

    The article keeps its story: people have been told of it there. Raises NotFound.
    """
    row = articles.get(tx, article_id)
    if is_trivial(row["title"], row["text"], article.title, article.text):
        return None
    prepared = prepare(article)
    sketch, _ = copies.find(tx, prepared, row["canonical_url"], now, own=article_id)
    forget(tx, article_id, row["text"])
    if article_id > fingerprints.expired_up_to(tx):
        copies.remember(tx, article_id, sketch)
    if len(prepared.words) >= FULLER * max(1, row["words"]):
        nearest.enrich(tx, row["story_id"], nearest.weigh(tx, prepared.terms, article.published, now))
    changed = Changed(sketch.counted, sketch.text_hash, sketch.words)
    if row["copy_of"] is None:
        return changed
    found = overlap(article.text, fingerprints.text_of(tx, row["copy_of"]))
    shares = round(found.of_new, 4), round(found.of_old, 4)
    return replace(changed, extent=extent(*shares), of_new=shares[0], of_original=shares[1])


def forget(tx: Tx, article_id: int, text: str) -> int:
    """Drop what is kept of an article's text for finding copies; how many fingerprints that were."""
    return fingerprints.forget(tx, article_id, fingerprints_of(words_of(text)))


def expire(tx: Tx, before: datetime, limit: int) -> int:
    """Forget the fingerprints of at most `limit` articles first seen before this time; how many articles.

    Later copies of them are found by equal text only.
    """
    rows = fingerprints.next_to_expire(tx, before, limit)
    for row in rows:
        forget(tx, row["id"], row["text"])
    if rows:
        fingerprints.expire_up_to(tx, rows[-1]["id"])
    return len(rows)

"""Articles and their revisions, and the stories they belong to."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from core.clock import iso_or_none, parse_iso_or_none, to_iso
from core.errors import NotFound
from core.model import Article, EntryClass, Extent, Extraction, Relation, Standing
from store.backend import Row, Tx

SEARCHED = 10_000  # hits of a full-text search that are looked at once a search asks for more than its words


def find(tx: Tx, canonical_url: str) -> Row | None:
    """The article at this canonical URL, as stored."""
    return tx.one("SELECT * FROM articles WHERE canonical_url = :url", url=canonical_url)


def found_story(tx: Tx, key: str, title: str, language: str | None, now: datetime) -> int:
    """A new story; its id. Founding the same key twice gives the same story."""
    row = tx.one(
        "INSERT INTO stories(key, title, language, first_seen_at, updated_at, articles)"
        " VALUES (:key, :title, :language, :now, :now, 0)"
        " ON CONFLICT(key) DO UPDATE SET key = excluded.key RETURNING id",
        key=key,
        title=title,
        language=language,
        now=to_iso(now),
    )
    assert row is not None
    return int(row["id"])


def add(
    tx: Tx,
    article: Article,
    *,
    source: str,
    tags: tuple[str, ...],
    entry_class: EntryClass,
    story_id: int,
    relation: Relation,
    copy_of: int | None,
    score: float,
    sketch_n: int,
    text_hash: str,
    words: int,
    now: datetime,
    extent: Extent | None = None,
    of_new: float | None = None,
    of_original: float | None = None,
) -> int:
    """Store a new article with its first revision and count it in its story. Its id.

    `extent` and the shares `of_new` and `of_original` (0 to 1) are the evidence of a copy; None for any other.
    """
    row = tx.one(
        "INSERT INTO articles(canonical_url, url, source, site, title, text, authors, published, modified,"
        " language, image, tags, extraction, note, class, first_seen_at, updated_at, words, story_id, relation,"
        " copy_of, score, sketch_n, text_hash, extent, of_new, of_original) VALUES (:canonical, :url, :source,"
        " :site, :title, :text, :authors, :published, :modified, :language, :image, :tags, :extraction, :note,"
        " :class, :now, :now, :words, :story, :relation, :copy_of, :score, :sketch_n, :text_hash, :extent,"
        " :of_new, :of_original) RETURNING id",
        canonical=article.canonical_url,
        url=article.url,
        source=source,
        site=article.site,
        title=article.title,
        text=article.text,
        authors=json.dumps(article.authors, ensure_ascii=False),
        published=iso_or_none(article.published),
        modified=iso_or_none(article.modified),
        language=article.language,
        image=article.image,
        tags=json.dumps(tags, ensure_ascii=False),
        extraction=str(article.extraction),
        note=article.note,
        now=to_iso(now),
        words=words,
        story=story_id,
        relation=str(relation),
        copy_of=copy_of,
        score=round(score, 4),
        sketch_n=sketch_n,
        text_hash=text_hash,
        extent=None if extent is None else str(extent),
        of_new=of_new,
        of_original=of_original,
        **{"class": str(entry_class)},
    )
    assert row is not None
    article_id = int(row["id"])
    _add_revision(tx, article_id, 1, article, now)
    tx.run(
        "UPDATE stories SET articles = articles + 1, updated_at = :now,"
        " first_article_id = COALESCE(first_article_id, :article) WHERE id = :story",
        now=to_iso(now),
        article=article_id,
        story=story_id,
    )
    return article_id


def revise(
    tx: Tx,
    article_id: int,
    article: Article,
    *,
    sketch_n: int,
    text_hash: str,
    words: int,
    now: datetime,
    extent: Extent | None = None,
    of_new: float | None = None,
    of_original: float | None = None,
) -> int:
    """Store a changed text as the next revision; its number. Evidence of a copy that is not given is kept."""
    row = tx.one(
        "UPDATE articles SET revision = revision + 1, title = :title, text = :text, modified = :modified,"
        " published = COALESCE(published, :published), extraction = :extraction, note = :note,"
        " updated_at = :now, words = :words, sketch_n = :sketch_n, text_hash = :text_hash,"
        " extent = COALESCE(:extent, extent), of_new = COALESCE(:of_new, of_new),"
        " of_original = COALESCE(:of_original, of_original) WHERE id = :id RETURNING revision",
        id=article_id,
        title=article.title,
        text=article.text,
        modified=iso_or_none(article.modified),
        published=iso_or_none(article.published),
        extraction=str(article.extraction),
        note=article.note,
        now=to_iso(now),
        words=words,
        sketch_n=sketch_n,
        text_hash=text_hash,
        extent=None if extent is None else str(extent),
        of_new=of_new,
        of_original=of_original,
    )
    if row is None:
        raise NotFound(f"no article {article_id}")
    number = int(row["revision"])
    _add_revision(tx, article_id, number, article, now)
    return number


def set_standing(tx: Tx, article_id: int, standing: Standing, note: str, now: datetime) -> bool:
    """Say what became of an article, with the publisher's words or the answer as `note`; whether that is new."""
    changed = tx.run(
        "UPDATE articles SET standing = :standing, standing_note = :note, standing_at = :now"
        " WHERE id = :id AND (standing <> :standing OR standing_note <> :note)",
        id=article_id,
        standing=str(standing),
        note=note,
        now=to_iso(now),
    )
    return changed > 0


def _add_revision(tx: Tx, article_id: int, number: int, article: Article, now: datetime) -> None:
    tx.run(
        "INSERT INTO revisions(article_id, number, title, text, extraction, seen_at)"
        " VALUES (:id, :number, :title, :text, :extraction, :now)",
        id=article_id,
        number=number,
        title=article.title,
        text=article.text,
        extraction=str(article.extraction),
        now=to_iso(now),
    )


def story(tx: Tx, story_id: int) -> Row:
    """One story. Raises NotFound."""
    row = tx.one("SELECT * FROM stories WHERE id = :id", id=story_id)
    if row is None:
        raise NotFound(f"no story {story_id}")
    return row


def get(tx: Tx, article_id: int) -> Row:
    """One article, whole. Raises NotFound."""
    row = tx.one("SELECT * FROM articles WHERE id = :id", id=article_id)
    if row is None:
        raise NotFound(f"no article {article_id}")
    return row


def revisions(tx: Tx, article_id: int) -> list[Row]:
    """Every stored text of an article, first to last."""
    return tx.all("SELECT * FROM revisions WHERE article_id = :id ORDER BY number", id=article_id)


def of_story(tx: Tx, story_id: int) -> list[Row]:
    """The articles of a story without their texts, first seen first."""
    return tx.all(
        "SELECT id, canonical_url, source, site, title, published, first_seen_at, language, relation, copy_of,"
        " score, extraction, note FROM articles WHERE story_id = :id ORDER BY first_seen_at, id",
        id=story_id,
    )


def latest(tx: Tx, limit: int) -> list[Row]:
    """The newest articles without their texts."""
    return tx.all(
        "SELECT id, canonical_url, source, site, title, published, first_seen_at, language, relation, story_id"
        " FROM articles ORDER BY first_seen_at DESC, id DESC LIMIT :limit",
        limit=limit,
    )


def search(tx: Tx, query: str, limit: int, since: datetime | None = None) -> list[Row]:
    """Full-text search, best first: the columns of `latest` and a `snippet` with matches between [ and ].

    With `since`, of the best SEARCHED those first seen after it.
    """
    found = tx.search(query, limit if since is None else SEARCHED)
    if not found:
        return []
    rows = {
        row["id"]: row
        for row in tx.all(
            "SELECT id, canonical_url, source, site, title, published, first_seen_at, language, relation,"
            " story_id FROM articles WHERE id IN :ids AND first_seen_at >= :since",
            ids=[f["id"] for f in found],
            since="" if since is None else to_iso(since),
        )
    }
    kept: list[Row] = [{**rows[f["id"]], "snippet": f["snippet"]} for f in found if f["id"] in rows]
    return kept[:limit]


def to_article(row: Row) -> Article:
    """A stored row as the value it came from."""
    return Article(
        url=row["url"],
        canonical_url=row["canonical_url"],
        title=row["title"],
        text=row["text"],
        authors=tuple(json.loads(row["authors"])),
        published=parse_iso_or_none(row["published"]),
        modified=parse_iso_or_none(row["modified"]),
        language=row["language"],
        site=row["site"],
        image=row["image"],
        extraction=Extraction(row["extraction"]),
        note=row["note"],
    )


def archive(tx: Tx, since: datetime | None) -> Iterator[Row]:
    """Every article first seen after `since`, newest first, a few hundred in memory at a time."""
    at, last = "9999", 0
    while True:
        page = tx.all(
            "SELECT * FROM articles WHERE first_seen_at >= :since AND first_seen_at <= :at"
            " AND (first_seen_at < :at OR id < :last) ORDER BY first_seen_at DESC, id DESC LIMIT 500",
            since="" if since is None else to_iso(since),
            at=at,
            last=last,
        )
        yield from page
        if len(page) < 500:
            return
        at, last = page[-1]["first_seen_at"], page[-1]["id"]


def count(tx: Tx, since: datetime | None) -> int:
    """How many articles `archive` gives."""
    row = tx.one(
        "SELECT COUNT(*) AS n FROM articles WHERE first_seen_at >= :since", since="" if since is None else to_iso(since)
    )
    return 0 if row is None else int(row["n"])


def by_address(tx: Tx, urls: Sequence[str]) -> Row | None:
    """The article with one of these addresses, canonical or as fetched; the first in the order given wins."""
    rows = tx.all("SELECT * FROM articles WHERE canonical_url IN :urls OR url IN :urls ORDER BY id", urls=list(urls))
    exact = {row[key]: row for key in ("url", "canonical_url") for row in reversed(rows)}
    return next((exact[url] for url in urls if url in exact), None)


def searched(tx: Tx, query: str, since: datetime | None) -> Iterator[Row]:
    """The best SEARCHED articles of a full-text search with their texts, best first, a few hundred in memory."""
    ids = [row["id"] for row in tx.search(query, SEARCHED)]
    for start in range(0, len(ids), 200):
        chunk = ids[start : start + 200]
        rows = {
            row["id"]: row
            for row in tx.all(
                "SELECT * FROM articles WHERE id IN :ids AND first_seen_at >= :since",
                ids=chunk,
                since="" if since is None else to_iso(since),
            )
        }
        yield from (rows[article_id] for article_id in chunk if article_id in rows)

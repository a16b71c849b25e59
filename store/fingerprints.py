"""Fingerprints: which articles hold a shingle, kept so that looking up a text costs one index read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import takewhile

from core.clock import to_iso
from store.backend import Row, Tx

BOILERPLATE = 0  # in place of an article: the shingle is everywhere and counts for nothing
EXPIRED = "copies_expired"  # in `meta`


def postings(tx: Tx, hashes: Sequence[int]) -> dict[int, list[int]]:
    """For each of these hashes that is known, the articles that hold it, or BOILERPLATE alone."""
    found: dict[int, list[int]] = {}
    if not hashes:
        return found
    for h, article_id in tx.tuples("SELECT h, article_id FROM fingerprints WHERE h IN :hashes", hashes=hashes):
        if h in found:
            found[h].append(article_id)
        else:
            found[h] = [article_id]
    return found


def holders(tx: Tx, ids: Sequence[int]) -> list[Row]:
    """Of these articles: id, story_id, sketch_n, words, canonical_url, pinned."""
    if not ids:
        return []
    return tx.all("SELECT id, story_id, sketch_n, words, canonical_url, pinned FROM articles WHERE id IN :ids", ids=ids)


def same_text(tx: Tx, text_hash: str, since: datetime | None) -> list[Row]:
    """Articles with this text (seen after `since`), pinned ones first, then the earliest.

    id, story_id, title, canonical_url.
    """
    return tx.all(
        "SELECT id, story_id, title, canonical_url FROM articles"
        " WHERE text_hash = :hash AND first_seen_at >= :since ORDER BY pinned DESC, id LIMIT 50",
        hash=text_hash,
        since="" if since is None else to_iso(since),
    )


def text_of(tx: Tx, article_id: int) -> str:
    """An article's text; empty for none."""
    row = tx.one("SELECT text FROM articles WHERE id = :id", id=article_id)
    return "" if row is None else str(row["text"])


def add(tx: Tx, article_id: int, hashes: Iterable[int]) -> None:
    """Keep an article's fingerprints."""
    tx.many(
        "INSERT INTO fingerprints(h, article_id) VALUES (:h, :article) ON CONFLICT(h, article_id) DO NOTHING",
        ({"h": h, "article": article_id} for h in hashes),
    )


def seal(tx: Tx, hashes: Sequence[int]) -> None:
    """Mark shingles as boilerplate: one row each, for good."""
    if hashes:
        tx.run("DELETE FROM fingerprints WHERE h IN :hashes", hashes=list(hashes))
        add(tx, BOILERPLATE, hashes)


def forget(tx: Tx, article_id: int, hashes: Sequence[int]) -> int:
    """Drop these fingerprints of an article, whose text changed or is past its time; how many were kept of them.

    What is sealed as boilerplate names no article and stays.
    """
    if not hashes:
        return 0
    return tx.run(
        "DELETE FROM fingerprints WHERE h IN :hashes AND article_id = :article", hashes=hashes, article=article_id
    )


def next_to_expire(tx: Tx, before: datetime, limit: int) -> list[Row]:
    """The first articles whose fingerprints are still kept, seen before this time: id, text."""
    until, last = to_iso(before), expired_up_to(tx)
    if not _seen_after(tx, last, until, 1):  # as nearly always: no text is read to find that nothing is due
        return []
    ids = _seen_after(tx, last, until, limit)
    return tx.all("SELECT id, text FROM articles WHERE id IN :ids ORDER BY id", ids=ids)


def _seen_after(tx: Tx, last: int, until: str, limit: int) -> list[int]:
    """The articles that follow one, up to the first that was not seen before this time."""
    rows = tx.tuples(
        "SELECT id, first_seen_at FROM articles WHERE id > :last ORDER BY id LIMIT :limit", last=last, limit=limit
    )
    return [article_id for article_id, _ in takewhile(lambda row: row[1] < until, rows)]


def expired_up_to(tx: Tx) -> int:
    """The last article whose fingerprints were dropped for its age."""
    row = tx.one("SELECT v FROM meta WHERE k = :key", key=EXPIRED)
    return 0 if row is None else int(row["v"])


def expire_up_to(tx: Tx, article_id: int) -> None:
    """Fingerprints are dropped up to this article."""
    tx.run(
        "INSERT INTO meta(k, v) VALUES (:key, :id) ON CONFLICT(k) DO UPDATE SET v = excluded.v",
        key=EXPIRED,
        id=str(article_id),
    )

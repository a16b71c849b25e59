"""Fingerprints: which articles hold a shingle, kept so that looking up a text costs one index read."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from core.clock import to_iso
from store.backend import Row, Tx

BOILERPLATE = 0  # in place of an article: the shingle is everywhere and counts for nothing


def postings(tx: Tx, hashes: Sequence[int]) -> dict[int, list[int]]:
    """For each of these hashes that is known, the articles that hold it, or BOILERPLATE alone."""
    found: dict[int, list[int]] = {}
    if hashes:
        for row in tx.all("SELECT h, article_id FROM fingerprints WHERE h IN :hashes", hashes=list(hashes)):
            found.setdefault(row["h"], []).append(row["article_id"])
    return found


def holders(tx: Tx, ids: Sequence[int]) -> dict[int, Row]:
    """Of these articles: id, story_id, sketch_n."""
    if not ids:
        return {}
    rows = tx.all("SELECT id, story_id, sketch_n FROM articles WHERE id IN :ids", ids=list(ids))
    return {row["id"]: row for row in rows}


def same_text(tx: Tx, text_hash: str, since: datetime | None) -> list[Row]:
    """Articles with this text, first seen first (seen after `since`): id, story_id, title, canonical_url."""
    return tx.all(
        "SELECT id, story_id, title, canonical_url FROM articles"
        " WHERE text_hash = :hash AND first_seen_at >= :since ORDER BY id LIMIT 50",
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


def forget(tx: Tx, article_id: int) -> None:
    """Drop an article's fingerprints: its text changed or it left the archive."""
    tx.run("DELETE FROM fingerprints WHERE article_id = :article", article=article_id)

"""Fingerprints: which articles hold a shingle, kept so that looking up a text costs one index read."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from core.clock import to_iso
from store.backend import Row, Tx


def postings(tx: Tx, hashes: Sequence[int]) -> dict[int, list[int]]:
    """For each of these hashes that is known, the articles that hold it."""
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


def add(tx: Tx, article_id: int, hashes: Iterable[int]) -> None:
    """Keep an article's fingerprints."""
    tx.many(
        "INSERT INTO fingerprints(h, article_id) VALUES (:h, :article) ON CONFLICT(h, article_id) DO NOTHING",
        ({"h": h, "article": article_id} for h in hashes),
    )


def forget(tx: Tx, article_id: int) -> None:
    """Drop an article's fingerprints: its text changed or it left the archive."""
    tx.run("DELETE FROM fingerprints WHERE article_id = :article", article=article_id)

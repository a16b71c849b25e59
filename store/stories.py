"""What stories are about: how often terms occur, which recent stories hold them, and each story's own terms."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.clock import from_iso, to_iso
from store.backend import Row, Tx


def frequencies(tx: Tx, terms: Sequence[str]) -> dict[str, int]:
    """In how many articles each of these terms was counted; terms never counted are left out."""
    if not terms:
        return {}
    rows = tx.all("SELECT term, df FROM terms WHERE term IN :terms", terms=list(terms))
    return {row["term"]: row["df"] for row in rows}


def count(tx: Tx, terms: Iterable[str]) -> None:
    """One more article holds each of these terms."""
    tx.many(
        "INSERT INTO terms(term, df) VALUES (:term, 1) ON CONFLICT(term) DO UPDATE SET df = terms.df + 1",
        ({"term": term} for term in terms),
    )


def age(tx: Tx) -> None:
    """Halve every count and drop what is left without one: the vocabulary stays bounded and follows the news."""
    tx.run("DELETE FROM terms WHERE df < 2")
    tx.run("UPDATE terms SET df = df / 2")


def holding(tx: Tx, terms: Sequence[str], since: datetime, until: datetime) -> list[Row]:
    """Stories printed in this time that hold one of these terms: term, story_id, weight, at."""
    if not terms:
        return []
    return tx.all(
        "SELECT term, story_id, weight, at FROM story_terms WHERE term IN :terms AND at >= :since AND at <= :until"
        " ORDER BY term, story_id",
        terms=list(terms),
        since=to_iso(since),
        until=to_iso(until),
    )


def centres(tx: Tx, ids: Sequence[int]) -> list[tuple[int, datetime, Mapping[str, Any]]]:
    """Of these stories: id, when the newest article was printed, and the terms. Stories without terms are left out."""
    if not ids:
        return []
    rows = tx.all(
        "SELECT id, latest_at, terms FROM stories WHERE id IN :ids AND terms IS NOT NULL AND latest_at IS NOT NULL",
        ids=list(ids),
    )
    return [(row["id"], from_iso(row["latest_at"]), json.loads(row["terms"])) for row in rows]


def save(tx: Tx, story_id: int, terms: Mapping[str, Any], at: datetime) -> None:
    """A story's terms after an article printed `at`."""
    tx.run(
        "UPDATE stories SET terms = :terms,"
        " latest_at = CASE WHEN latest_at IS NULL OR latest_at < :at THEN :at ELSE latest_at END WHERE id = :id",
        id=story_id,
        terms=json.dumps(terms, ensure_ascii=False, separators=(",", ":")),
        at=to_iso(at),
    )


def file(tx: Tx, story_id: int, weights: Mapping[str, float], at: datetime) -> None:
    """Let a story be found by these terms."""
    tx.many(
        "INSERT INTO story_terms(term, story_id, weight, at) VALUES (:term, :story, :weight, :at)"
        " ON CONFLICT(term, story_id) DO UPDATE SET weight = excluded.weight,"
        " at = CASE WHEN story_terms.at < excluded.at THEN excluded.at ELSE story_terms.at END",
        ({"term": t, "story": story_id, "weight": round(w, 4), "at": to_iso(at)} for t, w in weights.items()),
    )


def drop_until(tx: Tx, term: str, at: str, story_id: int) -> None:
    """Forget the oldest stories that hold a crowded term, up to this one."""
    tx.run(
        "DELETE FROM story_terms WHERE term = :term AND (at < :at OR (at = :at AND story_id <= :story))",
        term=term,
        at=at,
        story=story_id,
    )


def expire(tx: Tx, before: datetime) -> int:
    """Stories last printed before this time are no longer candidates; how many rows went."""
    return tx.run("DELETE FROM story_terms WHERE at < :before", before=to_iso(before))


def first_article(tx: Tx, story_id: int) -> int | None:
    """The article that founded a story."""
    row = tx.one("SELECT first_article_id FROM stories WHERE id = :id", id=story_id)
    return None if row is None else row["first_article_id"]

"""What stories are about: how often terms occur, which recent stories hold them, and each story's own terms."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from core.clock import from_iso, to_iso
from store.backend import Tx

READ = 512  # stories' terms kept as last read: what many articles are compared with, at 20 KB each
LEAST = 2  # counts below are read as none: half of all words were seen once


def frequencies(tx: Tx) -> dict[str, int]:
    """In how many of the articles counted each term occurs; terms counted once are left out."""
    return dict(tx.tuples("SELECT term, df FROM terms WHERE df >= :least", least=LEAST))


def count(tx: Tx, counts: Mapping[str, int]) -> None:
    """So many more articles hold these terms."""
    tx.many(
        "INSERT INTO terms(term, df) VALUES (:term, :df) ON CONFLICT(term) DO UPDATE SET df = terms.df + excluded.df",
        ({"term": term, "df": df} for term, df in counts.items()),
    )


def counted(tx: Tx) -> tuple[int, str]:
    """The last article of those counted, and the name of what was counted; 0 and '' before the first time."""
    row = tx.one("SELECT v FROM meta WHERE k = 'terms'")
    if row is None:
        return 0, ""
    last, name = row["v"].split()
    return int(last), name


def set_counted(tx: Tx, last: int, name: str) -> None:
    """Keep up to which article terms are counted, under a new name."""
    tx.run(
        "INSERT INTO meta(k, v) VALUES ('terms', :v) ON CONFLICT(k) DO UPDATE SET v = excluded.v", v=f"{last} {name}"
    )


def told(tx: Tx, after: int, until: int, most: int) -> list[tuple[str, str, str | None]]:
    """Title, text and language of at most so many articles that are no copies, evenly chosen by id."""
    every = max(1, -(-(until - after) // most))
    return [
        (title, text, language)
        for title, text, language in tx.tuples(
            "SELECT title, text, language FROM articles WHERE id > :after AND id <= :until AND id % :every = 0"
            " AND relation <> 'copy' ORDER BY id",
            after=after,
            until=until,
            every=every,
        )
    ]


def age(tx: Tx) -> None:
    """Halve every count and drop what is left without one: the vocabulary stays bounded and follows the news."""
    tx.run("DELETE FROM terms WHERE df < 2")
    tx.run("UPDATE terms SET df = df / 2")


def holding(tx: Tx, terms: Sequence[str], since: datetime, until: datetime) -> list[tuple[str, int, float]]:
    """Stories printed in this time that hold one of these terms: (term, story, weight)."""
    if not terms:
        return []
    return tx.tuples(
        "SELECT term, story_id, weight FROM story_terms WHERE term IN :terms AND at >= :since AND at <= :until"
        " ORDER BY term, story_id",
        terms=list(terms),
        since=to_iso(since),
        until=to_iso(until),
    )


def centres(tx: Tx, ids: Sequence[int]) -> list[tuple[int, int, datetime, Mapping[str, Any]]]:
    """Of these stories: id, the story it was merged into or itself, when its newest article was printed, its terms.

    Stories without terms are left out.
    """
    if not ids:
        return []
    rows = tx.tuples(
        "SELECT id, COALESCE(merged_into, id), latest_at, terms FROM stories"
        " WHERE id IN :ids AND terms IS NOT NULL AND latest_at IS NOT NULL",
        ids=list(ids),
    )
    return [(story, resolved, from_iso(at), _read(terms)) for story, resolved, at, terms in rows]


@lru_cache(maxsize=READ)
def _read(terms: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(terms)
    return found


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
    when = to_iso(at)
    tx.many(
        "INSERT INTO story_terms(term, story_id, weight, at) VALUES (:term, :story, :weight, :at)"
        " ON CONFLICT(term, story_id) DO UPDATE SET weight = excluded.weight,"
        " at = CASE WHEN story_terms.at < excluded.at THEN excluded.at ELSE story_terms.at END",
        [{"term": t, "story": story_id, "weight": w, "at": when} for t, w in weights.items()],
    )


def thin(tx: Tx, term: str, most: int) -> None:
    """Of the stories that hold a crowded term forget all but so many, the newest."""
    last = tx.one(
        "SELECT at, story_id FROM story_terms WHERE term = :term ORDER BY at DESC, story_id DESC LIMIT 1 OFFSET :most",
        term=term,
        most=most,
    )
    if last is not None:
        tx.run(
            "DELETE FROM story_terms WHERE term = :term AND (at < :at OR (at = :at AND story_id <= :story))",
            term=term,
            at=last["at"],
            story=last["story_id"],
        )


def expire(tx: Tx, before: datetime) -> int:
    """Stories last printed before this time are no longer candidates; how many rows went."""
    return tx.run("DELETE FROM story_terms WHERE at < :before", before=to_iso(before))


def first_article(tx: Tx, story_id: int) -> int | None:
    """The article that founded a story."""
    row = tx.one("SELECT first_article_id FROM stories WHERE id = :id", id=story_id)
    return None if row is None else row["first_article_id"]

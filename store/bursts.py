"""How many articles match a rule in a span of time, for rules that tell only of many at once."""

import json
from datetime import datetime

from core.clock import to_iso
from store import meta
from store.backend import Row, Tx

# Counted are articles that came as news; what appeared all at once or late says nothing of how much is being written
_COUNTED = (
    "FROM matches m JOIN articles r ON r.id = m.article_id WHERE m.rule = :rule AND m.matched_at > :since"
    " AND m.matched_at <= :until AND m.outcome IN ('known', 'alerted', 'joined')"
    " AND r.class NOT IN ('burst', 'late', 'backfill', 'rewrite')"
)


def roughly(tx: Tx, rule: str, since: datetime, most: int) -> int:
    """Matches of a rule after `since`, whatever they are of, counted up to `most`: an index answers."""
    row = tx.one(
        "SELECT COUNT(*) AS n FROM (SELECT id FROM matches WHERE rule = :rule AND matched_at > :since LIMIT :most)"
        " AS found",
        rule=rule,
        since=to_iso(since),
        most=most,
    )
    return 0 if row is None else int(row["n"])


def count(tx: Tx, rule: str, since: datetime, until: datetime) -> int:
    """Articles that match a rule in this span, each once."""
    row = tx.one(
        f"SELECT COUNT(DISTINCT m.article_id) AS n {_COUNTED}", rule=rule, since=to_iso(since), until=to_iso(until)
    )
    return 0 if row is None else int(row["n"])


def articles(tx: Tx, rule: str, since: datetime, until: datetime) -> list[Row]:
    """Those articles, the first to match first: `article_id`, `relation`."""
    return tx.all(
        f"SELECT m.article_id AS article_id, r.relation AS relation, MIN(m.matched_at) AS at {_COUNTED}"
        " GROUP BY m.article_id, r.relation ORDER BY 3, m.article_id",
        rule=rule,
        since=to_iso(since),
        until=to_iso(until),
    )


def told(tx: Tx, rule: str, since: datetime, until: datetime, alert_id: str, outcome: str) -> None:
    """The matches of this span that nothing was told of are told by an alert."""
    tx.run(
        "UPDATE matches SET alert_id = :alert, outcome = :outcome WHERE rule = :rule AND matched_at > :since"
        " AND matched_at <= :until AND outcome = 'known' AND alert_id IS NULL",
        rule=rule,
        since=to_iso(since),
        until=to_iso(until),
        alert=alert_id,
        outcome=outcome,
    )


def begun(tx: Tx) -> str | None:
    """When the oldest article was first seen: before that there is nothing to compare with."""
    row = tx.one("SELECT MIN(first_seen_at) AS at FROM articles")
    return None if row is None else row["at"]


def state(tx: Tx, rule: str) -> dict[str, str | None]:
    """What is kept of a rule's last burst; empty where there was none."""
    kept = meta.get(tx, f"burst {rule}")
    return {} if kept is None else dict(json.loads(kept))


def keep(tx: Tx, rule: str, kept: dict[str, str | None]) -> None:
    """Remember that."""
    meta.keep(tx, f"burst {rule}", json.dumps(kept))

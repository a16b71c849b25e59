"""Mutes: which rule or source is not told of, until when, who said so and why."""

from datetime import datetime

from core.clock import to_iso
from core.errors import NotFound
from store.backend import Row, Tx


def add(tx: Tx, *, rule: str | None, source: str | None, starts: datetime, ends: datetime, who: str, why: str) -> int:
    """A mute of a rule, of a source, or of what a rule finds in a source; its id."""
    row = tx.one(
        "INSERT INTO mutes(rule, source, starts_at, ends_at, who, why)"
        " VALUES (:rule, :source, :starts, :ends, :who, :why) RETURNING id",
        rule=rule,
        source=source,
        starts=to_iso(starts),
        ends=to_iso(ends),
        who=who,
        why=why,
    )
    assert row is not None
    return int(row["id"])


def get(tx: Tx, mute: int) -> Row:
    """One mute. Raises NotFound."""
    row = tx.one("SELECT * FROM mutes WHERE id = :id", id=mute)
    if row is None:
        raise NotFound(f"no mute {mute}")
    return row


def held(tx: Tx, rule: str, source: str, now: datetime) -> Row | None:
    """The mute that holds for this rule and source at `now`, the one that ends last, if any."""
    return tx.one(
        "SELECT * FROM mutes WHERE starts_at <= :now AND ends_at > :now AND (rule IS NULL OR rule = :rule)"
        " AND (source IS NULL OR source = :source) ORDER BY ends_at DESC LIMIT 1",
        now=to_iso(now),
        rule=rule,
        source=source,
    )


def of_rule(tx: Tx, rule: str, now: datetime) -> Row | None:
    """The mute that holds for a rule whatever the source, if any."""
    return tx.one(
        "SELECT * FROM mutes WHERE starts_at <= :now AND ends_at > :now AND source IS NULL"
        " AND (rule IS NULL OR rule = :rule) ORDER BY ends_at DESC LIMIT 1",
        now=to_iso(now),
        rule=rule,
    )


def some(tx: Tx, now: datetime) -> bool:
    """Whether any mute holds at `now`."""
    found = tx.one("SELECT id FROM mutes WHERE starts_at <= :now AND ends_at > :now LIMIT 1", now=to_iso(now))
    return found is not None


def current(tx: Tx, now: datetime) -> list[Row]:
    """The mutes that have not ended, the first to end first, with `suppressed`: the deliveries each kept back."""
    return tx.all(
        "SELECT m.*, (SELECT COUNT(*) FROM deliveries d WHERE d.state = 'suppressed' AND d.created_at >= m.starts_at"
        " AND d.reason = 'mute ' || CAST(m.id AS TEXT)) AS suppressed"
        " FROM mutes m WHERE m.ends_at > :now ORDER BY m.ends_at, m.id",
        now=to_iso(now),
    )


def end(tx: Tx, now: datetime, *, mute: int | None = None, rule: str | None = None, source: str | None = None) -> int:
    """These mutes end now: the one of that id, or all of that rule and of that source. How many held until then."""
    return tx.run(
        "UPDATE mutes SET ends_at = :now WHERE ends_at > :now AND (:id IS NULL OR id = :id)"
        " AND (:rule IS NULL OR rule = :rule) AND (:source IS NULL OR source = :source)",
        now=to_iso(now),
        id=mute,
        rule=rule,
        source=source,
    )

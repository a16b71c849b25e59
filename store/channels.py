"""Channels: which are configured, and whether each can be sent to right now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.clock import iso_or_none, parse_iso_or_none, to_iso
from core.errors import NotFound
from store.backend import Row, Tx

BROKEN = "the channel is broken"  # reason of a delivery held for it


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """How the last deliveries of a channel went.

    `fails` counts failures in a row, whichever delivery they were of. `doubted_at` is when an answer first said
    that the address itself is wrong.
    """

    fails: int = 0
    first_fail_at: datetime | None = None
    doubted_at: datetime | None = None
    blocked_until: datetime | None = None
    broken: bool = False


def sync(tx: Tx, configured: Iterable[tuple[str, str]], now: datetime) -> None:
    """Make the table say what the configuration says (name, kind).

    Runs at a start and at a reload: an operator was here, so a broken channel is tried again and what was held
    for it waits once more.
    """
    tx.run("UPDATE channels SET configured = 0")
    for name, kind in configured:
        tx.run(
            "INSERT INTO channels(name, kind, created_at) VALUES (:name, :kind, :now)"
            " ON CONFLICT(name) DO UPDATE SET kind = excluded.kind, configured = 1",
            name=name,
            kind=kind,
            now=to_iso(now),
        )
        if tx.run("UPDATE channels SET state = 'enabled' WHERE name = :name AND state = 'broken'", name=name):
            repair(tx, name, now)


def repair(tx: Tx, name: str, now: datetime) -> None:
    """Forget the channel's failures and let go of what was held because it was broken. Raises NotFound."""
    changed = tx.run(
        "UPDATE channels SET state = 'enabled', fails = 0, first_fail_at = NULL, doubted_at = NULL,"
        " blocked_until = '', last_error = NULL WHERE name = :name",
        name=name,
    )
    if not changed:
        raise NotFound(f"no channel named {name!r}")
    tx.run(
        "UPDATE deliveries SET state = 'pending', reason = NULL, next_at = :now"
        " WHERE channel = :name AND state = 'held' AND reason = :reason",
        name=name,
        now=to_iso(now),
        reason=BROKEN,
    )


def health(tx: Tx, name: str) -> ChannelHealth:
    """How the channel does. Raises NotFound."""
    row = tx.one("SELECT * FROM channels WHERE name = :name", name=name)
    if row is None:
        raise NotFound(f"no channel named {name!r}")
    return ChannelHealth(
        fails=row["fails"],
        first_fail_at=parse_iso_or_none(row["first_fail_at"]),
        doubted_at=parse_iso_or_none(row["doubted_at"]),
        blocked_until=parse_iso_or_none(row["blocked_until"] or None),
        broken=row["state"] == "broken",
    )


def settle(tx: Tx, name: str, found: ChannelHealth, now: datetime, error: str | None) -> None:
    """Keep the health after a delivery; a channel that breaks holds what waits for it."""
    tx.run(
        "UPDATE channels SET fails = :fails, first_fail_at = :first, doubted_at = :doubted, blocked_until = :blocked,"
        " state = CASE WHEN :broken = 1 THEN 'broken' ELSE state END, last_error = :error,"
        " last_ok_at = CASE WHEN :error IS NULL THEN :now ELSE last_ok_at END WHERE name = :name",
        name=name,
        fails=found.fails,
        first=iso_or_none(found.first_fail_at),
        doubted=iso_or_none(found.doubted_at),
        blocked=iso_or_none(found.blocked_until) or "",
        broken=int(found.broken),
        error=error,
        now=to_iso(now),
    )
    if found.broken:
        tx.run(
            "UPDATE deliveries SET state = 'held', reason = :reason WHERE channel = :name AND state = 'pending'",
            name=name,
            reason=BROKEN,
        )


def listing(tx: Tx) -> list[Row]:
    """Every configured channel with its state, newest trouble, and how many deliveries wait."""
    return tx.all(
        "SELECT c.name AS name, c.kind AS kind, c.state AS state, c.fails AS fails, c.blocked_until AS blocked_until,"
        " c.last_ok_at AS last_ok_at, c.last_error AS last_error, (SELECT COUNT(*) FROM deliveries d"
        " WHERE d.channel = c.name AND d.state IN ('pending', 'held', 'sending')) AS waiting"
        " FROM channels c WHERE c.configured = 1 ORDER BY c.name"
    )

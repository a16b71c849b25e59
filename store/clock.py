"""Time as the database remembers it: the latest moment it has seen, whether the clock is doubted, and what waits.

A clock that was set anew moves every time that something waits for, so that what was due in an hour still is.
"""

from datetime import datetime, timedelta

from core.clock import from_iso, parse_iso_or_none, to_iso
from store import meta
from store.backend import Tx

MAX_NOW = "max_now"  # in `meta`: the latest moment seen
DOUBTED_UNTIL = "clock_doubted_until"

DAY, HOUR, EXACTLY = timedelta(days=1), timedelta(hours=1), timedelta.resolution

# Table, key, column, which rows, and in what steps they move: what is told at a time of day still is. Mutes stay, and
# so do pages that are read again: there may be 100,000 of them, and a few hours mean nothing to them.
WAITING = (
    ("sources", "name", "next_poll_at", "configured = 1", EXACTLY),
    ("entries", "id", "next_try_at", "state = 'todo'", EXACTLY),
    ("deliveries", "id", "next_at", "state = 'pending'", EXACTLY),
    ("deliveries", "id", "next_at", "state = 'held' AND digest IN ('daily', 'quiet')", DAY),
    ("deliveries", "id", "next_at", "state = 'held' AND digest IN ('hourly', 'late')", HOUR),
    ("deliveries", "id", "next_at", "state = 'held' AND digest NOT IN ('daily', 'quiet', 'hourly', 'late')", EXACTLY),
    ("deliveries", "id", "deadline_at", "state IN ('held', 'pending', 'sending')", EXACTLY),
    ("deliveries", "id", "lease_until", "state = 'sending'", EXACTLY),
    ("channels", "name", "blocked_until", "blocked_until <> ''", EXACTLY),
)


def latest(tx: Tx) -> datetime | None:
    """The latest moment that `remember` was told."""
    return parse_iso_or_none(meta.get(tx, MAX_NOW))


def remember(tx: Tx, now: datetime, *, backwards: bool = False) -> None:
    """It has been `now`; an earlier moment than before is kept only if `backwards`."""
    before = None if backwards else latest(tx)
    if before is None or now > before:
        meta.keep(tx, MAX_NOW, to_iso(now))


def doubt(tx: Tx, until: datetime) -> None:
    """The clock is doubted until then."""
    meta.keep(tx, DOUBTED_UNTIL, to_iso(until))


def doubted(tx: Tx, now: datetime) -> bool:
    """Whether the clock is doubted: an age that depends on it proves nothing."""
    until = parse_iso_or_none(meta.get(tx, DOUBTED_UNTIL))
    return until is not None and now < until


def shift(tx: Tx, old: datetime, new: datetime) -> None:
    """It is `new` where it was `old`: what is due stays due, and what waits goes on waiting as long as it had to."""
    for table, key, column, which, step in WAITING:
        by = step * int((new - old) / step)
        later = tx.all(
            f"SELECT {key} AS k, {column} AS at FROM {table} WHERE {which} AND {column} > :old", old=to_iso(old)
        )
        if new < old:
            tx.run(
                f"UPDATE {table} SET {column} = :new WHERE {which} AND {column} > :new AND {column} <= :old",
                new=to_iso(new),
                old=to_iso(old),
            )
        tx.many(
            f"UPDATE {table} SET {column} = :at WHERE {key} = :k",
            [{"k": row["k"], "at": to_iso(_moved(from_iso(row["at"]), by))} for row in later],
        )


def _moved(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:  # a clock in the year 9999
        return moment

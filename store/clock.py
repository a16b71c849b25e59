"""Time as the database remembers it: the latest moment it has seen, whether the clock is doubted, and what waits.

A clock that was set anew moves every time that something waits for, so that what was due in an hour still is.
"""

from datetime import datetime, timedelta

from core.clock import from_iso, parse_iso_or_none, to_iso
from store.backend import Tx

# table, key, column, which rows. Times of day (digests, quiet hours, mutes) stay: they mean the clock on the wall.
# Pages that are read again stay too: there may be 100,000 of them, and a few hours mean nothing to them.
WAITING = (
    ("sources", "name", "next_poll_at", "configured = 1"),
    ("entries", "id", "next_try_at", "state = 'todo'"),
    ("deliveries", "id", "next_at", "state = 'pending'"),
    ("deliveries", "id", "deadline_at", "state IN ('held', 'pending', 'sending')"),
    ("deliveries", "id", "lease_until", "state = 'sending'"),
    ("channels", "name", "blocked_until", "blocked_until <> ''"),
)


def latest(tx: Tx) -> datetime | None:
    """The latest moment that `remember` was told."""
    return _read(tx, "max_now")


def remember(tx: Tx, now: datetime, *, backwards: bool = False) -> None:
    """It has been `now`; an earlier moment than before is kept only if `backwards`."""
    before = None if backwards else latest(tx)
    if before is None or now > before:
        _write(tx, "max_now", now)


def doubt(tx: Tx, until: datetime) -> None:
    """The clock is doubted until then."""
    _write(tx, "clock_doubted_until", until)


def doubted(tx: Tx, now: datetime) -> bool:
    """Whether the clock is doubted: an age that depends on it proves nothing."""
    until = _read(tx, "clock_doubted_until")
    return until is not None and now < until


def shift(tx: Tx, old: datetime, new: datetime) -> None:
    """It is `new` where it was `old`: what is due stays due, and what waits goes on waiting as long as it had to."""
    by = new - old
    for table, key, column, which in WAITING:
        later = tx.all(f"SELECT {key} AS k, {column} AS at FROM {table} WHERE {which} AND {column} > :old",
                       old=to_iso(old))  # fmt: skip
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


def _read(tx: Tx, key: str) -> datetime | None:
    row = tx.one("SELECT v FROM meta WHERE k = :k", k=key)
    return None if row is None else parse_iso_or_none(row["v"])


def _write(tx: Tx, key: str, moment: datetime) -> None:
    tx.run(
        "INSERT INTO meta(k, v) VALUES (:k, :v) ON CONFLICT(k) DO UPDATE SET v = excluded.v",
        k=key,
        v=to_iso(moment),
    )

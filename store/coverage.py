"""What was watched in a span of time: sources that were read, entries that came, and when nothing was watched."""

from dataclasses import dataclass
from datetime import datetime

from core.clock import from_iso, parse_iso_or_none, to_iso
from store.backend import Tx

BLIND = ("stopped", "offline")  # troubles during which no source was read


@dataclass(frozen=True, slots=True)
class Failing:
    """A source that is not read now; `since` None: the source itself is gone, or was never read."""

    name: str
    since: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nothing was watched; `cause` is the kind of trouble."""

    start: datetime
    end: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was watched from `since` to `now`. Paused sources are not counted."""

    since: datetime
    now: datetime
    sources: int
    healthy: int
    entries: int  # new ones
    failing: tuple[Failing, ...]  # longest first
    gaps: tuple[Gap, ...]  # first one first, cut to the span


def coverage(tx: Tx, since: datetime, now: datetime) -> Coverage:
    """The coverage of the time from `since` to `now`."""
    rows = tx.all(
        "SELECT name, state, failing_since, fails, last_ok_at FROM sources WHERE configured = 1 AND state <> 'paused'"
        " ORDER BY CASE WHEN failing_since IS NULL THEN 1 ELSE 0 END, failing_since, name"
    )
    failing = tuple(
        Failing(r["name"], parse_iso_or_none(r["failing_since"]), r["state"])
        for r in rows
        if r["fails"] or r["state"] == "gone" or r["last_ok_at"] is None
    )
    counted = tx.one(
        "SELECT COALESCE(SUM(new), 0) AS n FROM polls WHERE at >= :since AND at <= :now",
        since=to_iso(since),
        now=to_iso(now),
    )
    return Coverage(
        since=since,
        now=now,
        sources=len(rows),
        healthy=len(rows) - len(failing),
        entries=int(counted["n"]) if counted is not None else 0,
        failing=failing,
        gaps=_gaps(tx, since, now),
    )


def _gaps(tx: Tx, since: datetime, now: datetime) -> tuple[Gap, ...]:
    rows = tx.all(
        "SELECT kind, since_at, ended_at FROM troubles WHERE kind IN :blind AND since_at < :now"
        " AND (ended_at IS NULL OR ended_at > :since) ORDER BY since_at, id",
        blind=BLIND,
        since=to_iso(since),
        now=to_iso(now),
    )
    return tuple(
        Gap(
            max(from_iso(r["since_at"]), since),
            min(now if r["ended_at"] is None else from_iso(r["ended_at"]), now),
            r["kind"],
        )
        for r in rows
    )

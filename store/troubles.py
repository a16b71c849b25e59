"""Troubles of the service itself: from when each began, as far as is known, until it ended, and which alert told it.

A trouble that comes back before its end was told has not ended: a source that flaps is one trouble.
"""

from collections.abc import Iterable
from datetime import datetime

from core.clock import to_iso
from store.backend import Row, Tx

EVENTS = ("delivery_dead", "stopped", "clock", "reissue")  # they happen and do not last: nobody is told of their end
OF_CHANNELS = ("channel_broken", "channel_failing", "queue_lag")  # their subject is a channel that cannot be told
OF_SOURCES = ("source_failing", "source_gone", "reissue")
_END_UNTOLD = (
    "ended_at IS NOT NULL AND kind NOT IN :events"
    " AND alert_id IN (SELECT a.id FROM alerts a WHERE a.kind = 'health' AND a.parent_id IS NULL)"
)


def open(tx: Tx, kind: str, subject: str, detail: str, now: datetime, since: datetime | None = None) -> bool:
    """There is this trouble; whether it is new. One that is known keeps its beginning and gets the newer `detail`.

    `since`: when it began, where that is known to be earlier than `now`.
    """
    named = {"kind": kind, "subject": subject}
    if tx.one("SELECT id FROM troubles WHERE kind = :kind AND subject = :subject AND ended_at IS NULL", **named):
        tx.run(
            "UPDATE troubles SET detail = :detail WHERE kind = :kind AND subject = :subject AND ended_at IS NULL"
            " AND detail <> :detail",
            detail=detail,
            **named,
        )
        return False
    back = tx.run(
        "UPDATE troubles SET ended_at = NULL, detail = :detail WHERE id = (SELECT MAX(id) FROM troubles"
        f" WHERE kind = :kind AND subject = :subject AND {_END_UNTOLD})",
        detail=detail,
        events=EVENTS,
        **named,
    )
    if back:
        return False
    tx.run(
        "INSERT INTO troubles(kind, subject, since_at, detail) VALUES (:kind, :subject, :since, :detail)"
        " ON CONFLICT(kind, subject, since_at) DO UPDATE SET ended_at = NULL, detail = excluded.detail",
        since=to_iso(since or now),
        detail=detail,
        **named,
    )
    return True


def close(tx: Tx, kind: str, subject: str, now: datetime) -> bool:
    """It has ended; whether it was open."""
    return (
        tx.run(
            "UPDATE troubles SET ended_at = :now WHERE kind = :kind AND subject = :subject AND ended_at IS NULL",
            kind=kind,
            subject=subject,
            now=to_iso(now),
        )
        > 0
    )


def forget(tx: Tx, kind: str, subject: str, now: datetime) -> None:
    """It has ended because what it was about is watched or used no more: that is nothing to tell."""
    tx.run(
        "UPDATE troubles SET ended_at = :now, alert_id = NULL"
        " WHERE kind = :kind AND subject = :subject AND ended_at IS NULL",
        kind=kind,
        subject=subject,
        now=to_iso(now),
    )


def record(tx: Tx, kind: str, subject: str, detail: str, since: datetime, ended: datetime) -> None:
    """One that is over by the time it is noticed."""
    open(tx, kind, subject, detail, ended, since)
    close(tx, kind, subject, ended)


def current(tx: Tx) -> list[Row]:
    """Those that have not ended, longest first: id, kind, subject, since_at, ended_at, detail, alert_id."""
    return tx.all("SELECT * FROM troubles WHERE ended_at IS NULL ORDER BY since_at, id")


def listing(tx: Tx, limit: int) -> list[Row]:
    """Those that have not ended, then the newest of the others."""
    return tx.all(
        "SELECT * FROM troubles ORDER BY CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END, since_at DESC, id DESC"
        " LIMIT :limit",
        limit=limit,
    )


def untold(tx: Tx) -> list[Row]:
    """What nobody was told yet: beginnings of those that last, and the ends of those that were told.

    Columns of a trouble, and when an alert last spoke of this kind and subject (`last_told`), and of this kind
    (`kind_told`).
    """
    return tx.all(
        "SELECT t.*, (SELECT MAX(a.created_at) FROM troubles o JOIN alerts a ON a.id = o.alert_id"
        " WHERE o.kind = t.kind AND o.subject = t.subject) AS last_told, (SELECT MAX(a.created_at) FROM troubles o"
        " JOIN alerts a ON a.id = o.alert_id WHERE o.kind = t.kind) AS kind_told FROM troubles t"
        " WHERE (t.alert_id IS NULL AND (t.ended_at IS NULL OR t.kind IN :events))"
        f" OR t.id IN (SELECT id FROM troubles WHERE {_END_UNTOLD}) ORDER BY t.since_at, t.id",
        events=EVENTS,
    )


def told(tx: Tx, ids: Iterable[int], alert_id: str) -> None:
    """This alert tells of these troubles, of their beginning or of their end."""
    tx.run("UPDATE troubles SET alert_id = :alert WHERE id IN :ids", alert=alert_id, ids=list(ids))


def muted(tx: Tx, now: datetime) -> set[str]:
    """Sources whose troubles nobody wants to hear of now; a mute of a rule speaks of its articles only."""
    rows = tx.all(
        "SELECT DISTINCT source FROM mutes WHERE rule IS NULL AND source IS NOT NULL"
        " AND starts_at <= :now AND ends_at > :now",
        now=to_iso(now),
    )
    return {row["source"] for row in rows}

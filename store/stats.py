"""The figures that answer at a glance whether everything works."""

from datetime import datetime, timedelta
from typing import Any

from core.clock import to_iso
from store import digests, entries, mutes, troubles, views
from store.backend import Row, Tx

TROUBLE = ("kind", "subject", "since_at", "detail")  # columns of a trouble that are shown
SAID = ("source_failing", "channel_broken")  # kinds that a sentence of their own says earlier than a trouble opens
LAG = timedelta(minutes=5)  # a message due for longer than this without being sent needs a person


def overview(tx: Tx, now: datetime) -> dict[str, Any]:
    """Counts by state, the latest times, what waits or is silenced, and in `needs_attention` one sentence for each
    thing that is wrong.
    """
    open_ones = troubles.current(tx)
    return {
        "sources": _counts(tx, "SELECT state, COUNT(*) AS n FROM sources WHERE configured = 1 GROUP BY state"),
        "last_poll_at": _value(tx, "SELECT MAX(last_poll_at) AS v FROM sources"),
        "articles": _value(tx, "SELECT COUNT(*) AS v FROM articles"),
        "stories": _value(tx, "SELECT COUNT(*) AS v FROM stories"),
        "copies": _value(tx, "SELECT COUNT(*) AS v FROM articles WHERE relation = 'copy'"),
        "waiting": entries.waiting(tx, now),
        "relooks": _relooks(tx, now),
        "failed_entries": _value(tx, "SELECT COUNT(*) AS v FROM entries WHERE state = 'failed'"),
        "alerts": _value(tx, "SELECT COUNT(*) AS v FROM alerts"),
        "alerts_today": _value(
            tx,
            "SELECT COUNT(*) AS v FROM alerts WHERE created_at >= :day",
            day=to_iso(now - timedelta(days=1)),
        ),
        "deliveries": _counts(tx, "SELECT state, COUNT(*) AS n FROM deliveries GROUP BY state"),
        "troubles": [{key: row[key] for key in TROUBLE} | {"told": row["alert_id"] is not None} for row in open_ones],
        "digests": digests.waiting_by(tx),
        "mutes": mutes.current(tx, now),
        "needs_attention": _attention(tx, now) + [_trouble(row) for row in open_ones if row["kind"] not in SAID],
    }


def _trouble(row: Row) -> str:
    named = " ".join(filter(None, (row["kind"].replace("_", " "), row["subject"])))
    return f"{named} since {row['since_at']}: {row['detail']}".rstrip(": ")


def _relooks(tx: Tx, now: datetime) -> dict[str, int]:
    """Pages that will be read again, those that should have been by now, and what of today's budget (UTC) is used."""
    kept = entries.relook_budget(tx) or {"per_day": 0, "used": 0, "day": ""}
    used = kept["used"] if kept["day"] == f"{now:%Y-%m-%d}" else 0
    return {**entries.planned_relooks(tx, now), "used": used, "per_day": kept["per_day"]}


def _attention(tx: Tx, now: datetime) -> list[str]:
    said = []
    if (at := views.overdue(tx, now - LAG)) is not None:
        said.append(f"a poll has been due since {at}: the service is not running, or cannot keep up")
    said += [
        f"source {r['name']} fails since {r['failing_since']}: {r['last_error']}"
        for r in tx.all(
            "SELECT name, failing_since, last_error FROM sources WHERE configured = 1 AND fails > 0"
            " ORDER BY failing_since, name"
        )
    ]
    said += [
        f"channel {r['name']} is {r['state']}: {r['last_error'] or 'no reason kept'}"
        for r in tx.all("SELECT name, state, last_error FROM channels WHERE configured = 1 AND state <> 'enabled'")
    ]
    said += [
        f"{_counted(r['n'], 'delivery', 'deliveries')} to {r['channel']} dead:"
        f" borderwire deliveries list --state dead --channel {r['channel']}"
        for r in tx.all("SELECT channel, COUNT(*) AS n FROM deliveries WHERE state = 'dead' GROUP BY channel")
    ]
    late = _value(
        tx,
        "SELECT COUNT(*) AS v FROM deliveries WHERE state = 'pending'"
        " AND (next_at < :limit OR (attempts > 0 AND created_at < :limit))",
        limit=to_iso(now - LAG),
    )
    if late:
        said.append(f"{_counted(late, 'message', 'messages')} waiting for more than {LAG.seconds // 60} minutes")
    return said


def _counted(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _value(tx: Tx, sql: str, **params: Any) -> Any:
    row = tx.one(sql, **params)
    return None if row is None else row["v"]


def _counts(tx: Tx, sql: str) -> dict[str, int]:
    return {r["state"]: r["n"] for r in tx.all(sql)}

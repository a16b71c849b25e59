"""The outbox: deliveries, claimed with a lease, settled once, never dropped (RELIABILITY, section 4).

held -> pending <-> sending -> sent | dead        suppressed, held, dead -> pending by replay
"""

import hashlib
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import from_iso, to_iso
from core.failpoints import hit
from store.backend import Row, Tx
from store.channels import BROKEN

REPLAYABLE = ("dead", "held", "merged", "suppressed", "pending")
SOON = timedelta(seconds=5)  # wait before a delivery whose sender vanished is tried again
HEALTH, URGENT, NORMAL = 1, 2, 5  # priorities in a channel's queue, lowest first
FORGIVEN = 5  # sends in a row that our own end cut short; a message that still is not told may be what ends us
REST, LONGEST_REST = timedelta(seconds=30), timedelta(hours=1)  # from the next on: doubled, up to the longest
APART = timedelta(milliseconds=1)  # between the parts of one message: they are sent in their order


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that one dispatcher owns until `until`. `epoch` fences off whoever owned it before."""

    id: str
    alert_id: str
    channel: str
    target: str
    attempts: int  # this one included; only those that the receiver, or its silence, brought to an end
    epoch: int
    created: datetime
    deadline: datetime
    until: datetime
    degraded: bool
    part: int = 0


def delivery_id(alert_id: str, channel: str, target: str, part: int) -> str:
    """The same for ever: receivers drop repeats by it."""
    named = "\x1f".join((alert_id, channel, target, str(part)))
    return "msg_" + b32encode(hashlib.sha256(named.encode()).digest()).decode().lower()[:26]


def put(
    tx: Tx,
    alert_id: str,
    channel: str,
    target: str,
    *,
    now: datetime,
    next_at: datetime,
    deadline: datetime,
    state: str = "pending",
    reason: str | None = None,
    digest: str | None = None,
    priority: int = NORMAL,
) -> str:
    """One delivery of an alert; putting it twice changes nothing. Its id. A broken channel's is held.

    `digest` says why it waits to be told with others.
    """
    key = delivery_id(alert_id, channel, target, 0)
    broken = tx.one("SELECT 1 AS yes FROM channels WHERE name = :name AND state = 'broken'", name=channel)
    if broken is not None and state == "pending":
        state, reason = "held", BROKEN
    tx.run(
        "INSERT INTO deliveries(id, alert_id, channel, target, state, reason, digest, priority, created_at, next_at,"
        " deadline_at) VALUES (:id, :alert, :channel, :target, :state, :reason, :digest, :priority, :now, :next,"
        " :deadline) ON CONFLICT DO NOTHING",
        id=key,
        alert=alert_id,
        channel=channel,
        target=target,
        state=state,
        reason=reason,
        digest=digest,
        priority=priority,
        now=to_iso(now),
        next=to_iso(next_at),
        deadline=to_iso(deadline),
    )
    return key


def claim(tx: Tx, channel: str, owner: str, now: datetime, lease: timedelta) -> Claim | None:
    """The channel's next due delivery, or None: nothing due, the channel blocked, or one already in flight."""
    row = tx.one(
        "UPDATE deliveries SET state = 'sending', lease_owner = :owner, lease_until = :until,"
        " lease_epoch = lease_epoch + 1, attempts = attempts + 1 WHERE id = (SELECT d.id FROM deliveries d"
        " JOIN channels c ON c.name = d.channel WHERE d.channel = :channel AND d.state = 'pending'"
        " AND d.next_at <= :now AND c.state = 'enabled' AND c.configured = 1 AND c.blocked_until <= :now"
        " AND NOT EXISTS (SELECT 1 FROM deliveries x WHERE x.channel = d.channel AND x.state = 'sending')"
        " ORDER BY d.priority, d.created_at, d.id LIMIT 1) RETURNING *",
        owner=owner,
        until=to_iso(now + lease),
        channel=channel,
        now=to_iso(now),
    )
    if row is None:
        return None
    tx.run(
        "INSERT INTO attempts(delivery_id, epoch, owner, started_at) VALUES (:id, :epoch, :owner, :now)",
        id=row["id"],
        epoch=row["lease_epoch"],
        owner=owner,
        now=to_iso(now),
    )
    return Claim(
        id=row["id"],
        alert_id=row["alert_id"],
        channel=row["channel"],
        target=row["target"],
        attempts=row["attempts"],
        epoch=row["lease_epoch"],
        created=from_iso(row["created_at"]),
        deadline=from_iso(row["deadline_at"]),
        until=now + lease,
        degraded=bool(row["degraded"]),
        part=row["part"],
    )


def put_parts(tx: Tx, claimed: Claim, count: int, now: datetime, deadline: datetime) -> None:
    """The first of `count` messages arrived; each of the others is a delivery of its own. Twice changes nothing."""
    for part in range(1, count):
        tx.run(
            "INSERT INTO deliveries(id, alert_id, channel, target, part, state, priority, created_at, next_at,"
            " deadline_at) SELECT :new, alert_id, channel, target, :part, 'pending', priority, :created, :now,"
            " :deadline FROM deliveries WHERE id = :id ON CONFLICT DO NOTHING",
            new=delivery_id(claimed.alert_id, claimed.channel, claimed.target, part),
            part=part,
            created=to_iso(now + part * APART),
            now=to_iso(now),
            deadline=to_iso(deadline),
            id=claimed.id,
        )


def sent(tx: Tx, claimed: Claim, now: datetime, remote: str | None = None, shown: int = 0) -> None:
    """It arrived. True even for an owner whose lease has passed to another: a receiver has it.

    `remote` is what the receiver calls it, `shown` how many articles it names.
    """
    tx.run(
        "UPDATE deliveries SET state = 'sent', sent_at = :now, lease_owner = NULL, lease_until = NULL,"
        " last_error = NULL, reason = NULL, remote = :remote, shown = :shown WHERE id = :id AND state <> 'sent'",
        id=claimed.id,
        now=to_iso(now),
        remote=remote,
        shown=shown,
    )
    _finish(tx, claimed, now, "sent", None, "")


def told_as(tx: Tx, delivery: str) -> tuple[str, str | None]:
    """The delivery that told what this one was to tell, itself or the digest it went into, and its `remote`."""
    row = tx.one(
        "SELECT d.id AS id, d.remote AS remote, x.id AS digest, x.remote AS digest_remote FROM deliveries d"
        " LEFT JOIN deliveries x ON x.id = d.merged_into WHERE d.id = :id",
        id=delivery,
    )
    if row is None:
        return delivery, None
    return (row["id"], row["remote"]) if row["digest"] is None else (row["digest"], row["digest_remote"])


def growing(tx: Tx, channel: str, since: datetime, now: datetime, limit: int) -> list[Row]:
    """Story alerts sent after `since`, newest first, whose copies have become more than the message names.

    None of a channel that is in trouble or has to rest. Columns: those of the delivery, and `articles`, how many it
    would name now.
    """
    return tx.all(
        "SELECT * FROM (SELECT d.*, (SELECT COUNT(*) FROM alert_articles m WHERE m.alert_id = d.alert_id"
        " AND (m.relation = 'copy' OR m.told_in = d.alert_id)) AS articles FROM deliveries d"
        " JOIN alerts a ON a.id = d.alert_id JOIN channels c ON c.name = d.channel"
        " WHERE d.channel = :channel AND d.remote IS NOT NULL AND d.sent_at >= :since AND d.part = 0"
        " AND d.degraded = 0 AND a.kind = 'story' AND c.state = 'enabled' AND c.configured = 1 AND c.fails = 0"
        " AND c.blocked_until <= :now) AS g WHERE articles > shown ORDER BY sent_at DESC, id LIMIT :limit",
        channel=channel,
        since=to_iso(since),
        now=to_iso(now),
        limit=limit,
    )


def grown(tx: Tx, delivery: str, shown: int) -> None:
    """A message that was sent names so many articles now."""
    tx.run("UPDATE deliveries SET shown = :shown WHERE id = :id", id=delivery, shown=shown)


def failed(
    tx: Tx,
    claimed: Claim,
    now: datetime,
    *,
    outcome: str,
    error: str,
    status: int | None,
    next_at: datetime | None,
    counts: bool = True,
    uncertain: bool = False,
    degrade: bool = False,
) -> bool:
    """It did not arrive: tried again at `next_at`, dead where that is None. A stale owner changes nothing (False).

    `counts` False gives the attempt back: the channel, not the message, was to blame.
    """
    changed = tx.run(
        "UPDATE deliveries SET state = :state, lease_owner = NULL, lease_until = NULL, next_at = :next,"
        " attempts = attempts - :back, uncertain = uncertain + :uncertain,"
        " degraded = CASE WHEN :degrade = 1 THEN 1 ELSE degraded END, last_error = :error, reason = :reason"
        " WHERE id = :id AND state = 'sending' AND lease_epoch = :epoch",
        id=claimed.id,
        epoch=claimed.epoch,
        state="dead" if next_at is None else "pending",
        next=to_iso(now if next_at is None else next_at),
        back=int(not counts),
        uncertain=int(uncertain),
        degrade=int(degrade),
        error=error,
        reason=outcome if next_at is None else None,
    )
    _finish(tx, claimed, now, outcome, status, error)
    return changed > 0


def _finish(tx: Tx, claimed: Claim, now: datetime, outcome: str, status: int | None, detail: str) -> None:
    tx.run(
        "UPDATE attempts SET finished_at = :now, outcome = :outcome, http_status = :status, detail = :detail"
        " WHERE delivery_id = :id AND epoch = :epoch",
        id=claimed.id,
        epoch=claimed.epoch,
        now=to_iso(now),
        outcome=outcome,
        status=status,
        detail=detail,
    )


def reap(tx: Tx, channel: str, now: datetime) -> int:
    """Deliveries whose lease has run out are tried again; they may have arrived, so each is counted uncertain."""
    return _take_back(tx, "channel = :channel AND lease_until < :now", now, now + SOON, channel=channel)


def release_all(tx: Tx, now: datetime) -> int:
    """At start: whoever was sending is gone, since only one service may hold the database."""
    return _take_back(tx, "1 = 1", now, now)


def _take_back(tx: Tx, where: str, now: datetime, next_at: datetime, **params: str) -> int:
    """The attempt stays on record and is given back: our end says nothing of the receiver.

    A message that ends us again and again rests between tries, says so, and is dead after its deadline as any other.
    """
    taken = tx.all(
        "SELECT d.id AS id, d.deadline_at AS deadline_at, (SELECT COUNT(*) FROM attempts t"
        " WHERE t.delivery_id = d.id AND t.epoch > COALESCE((SELECT MAX(f.epoch) FROM attempts f"
        " WHERE f.delivery_id = d.id AND f.finished_at IS NOT NULL), 0)) AS deaths"
        f" FROM deliveries d WHERE d.state = 'sending' AND {where}",
        now=to_iso(now),
        **params,
    )
    for row in taken:
        rest = _rest(row["deaths"])
        over = bool(rest) and from_iso(row["deadline_at"]) < now + rest
        tx.run(
            "UPDATE deliveries SET state = :state, reason = COALESCE(:reason, reason), lease_owner = NULL,"
            " lease_until = NULL, attempts = attempts - 1, uncertain = uncertain + 1, next_at = :next,"
            " last_error = COALESCE(:error, last_error) WHERE id = :id",
            id=row["id"],
            state="dead" if over else "pending",
            reason="uncertain" if over else None,
            next=to_iso(max(next_at, now + rest)),
            error=f"the service ended {row['deaths']} times in a row while it was sent" if rest else None,
        )
    if taken:
        hit("in_reaper")
    return len(taken)


def _rest(deaths: int) -> timedelta:
    """How long a message waits after so many sends in a row that our own end cut short."""
    beyond = deaths - FORGIVEN
    return timedelta() if beyond <= 0 else min(REST * 2 ** min(beyond - 1, 10), LONGEST_REST)


def waiting(tx: Tx, until: datetime) -> int:
    """How many deliveries are being sent or are due by `until`."""
    row = tx.one(
        "SELECT COUNT(*) AS n FROM deliveries WHERE state = 'sending' OR (state = 'pending' AND next_at <= :until)",
        until=to_iso(until),
    )
    return 0 if row is None else int(row["n"])


def rows(tx: Tx, *, state: str | None, channel: str | None, limit: int) -> list[Row]:
    """Deliveries with the title of their alert, newest first."""
    return tx.all(
        "SELECT d.id AS id, d.channel AS channel, d.target AS target, d.state AS state, d.reason AS reason,"
        " d.attempts AS attempts, d.uncertain AS uncertain, d.created_at AS created_at, d.next_at AS next_at,"
        " d.sent_at AS sent_at, d.last_error AS last_error, d.alert_id AS alert_id, a.rule AS rule, a.kind AS kind,"
        " a.title AS title FROM deliveries d JOIN alerts a ON a.id = d.alert_id"
        " WHERE (:state IS NULL OR d.state = :state) AND (:channel IS NULL OR d.channel = :channel)"
        " ORDER BY d.created_at DESC, d.id LIMIT :limit",
        state=state,
        channel=channel,
        limit=limit,
    )


def replay(
    tx: Tx, *, now: datetime, delivery_id: str | None = None, since: datetime | None = None, channel: str | None = None
) -> list[str]:
    """Whatever was chosen and not sent is due now, under the same id, with all its tries and time again; the ids."""
    chosen = tx.all(
        "SELECT id, created_at, deadline_at FROM deliveries WHERE state IN :states AND (:id IS NULL OR id = :id)"
        " AND (:since IS NULL OR created_at >= :since) AND (:channel IS NULL OR channel = :channel)"
        " AND (state <> 'merged' OR :id IS NOT NULL)"  # a digest has told it: only who names it wants it again
        " ORDER BY created_at, id",
        states=REPLAYABLE,
        id=delivery_id,
        since=None if since is None else to_iso(since),
        channel=channel,
    )
    for row in chosen:
        time_given = from_iso(row["deadline_at"]) - from_iso(row["created_at"])
        tx.run(
            "UPDATE deliveries SET state = 'pending', reason = NULL, attempts = 0, next_at = :now,"
            " deadline_at = :deadline, merged_into = NULL, degraded = 0 WHERE id = :id",
            id=row["id"],
            now=to_iso(now),
            deadline=to_iso(now + time_given),
        )
    return [row["id"] for row in chosen]

"""Deliveries that wait to be told together: held until their time, then merged into one, or let go.

pending -> held (quiet hours)      held -> merged | pending | suppressed      merged -> pending, where its digest died
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from core.clock import from_iso, parse_iso_or_none, to_iso
from core.model import AlertKind
from store import meta, outbox
from store.backend import Row, Tx
from store.channels import BROKEN

FUSE_UNTIL = "fuse_until"  # in `meta`: until when nothing is told at once
TOLD = (str(AlertKind.STORY), str(AlertKind.UPDATE))  # the kinds of alerts that go into digests
APART = "its alerts are sent one by one"  # reason of a dead digest whose members were given back
REPLAYED = "sent again as asked"  # reason of a delivery that a person wants to be sent now
CHUNK = 500  # ids a statement
LIMIT = 20_000  # deliveries looked at in one go

# a delivery that is let go waits for its channel's repair where that is broken
_FREE = (
    "digest = NULL, merged_into = NULL, next_at = :next, deadline_at = :deadline,"
    " state = CASE WHEN EXISTS (SELECT 1 FROM channels c WHERE c.name = deliveries.channel AND c.state = 'broken')"
    " THEN 'held' ELSE 'pending' END,"
    " reason = CASE WHEN EXISTS (SELECT 1 FROM channels c WHERE c.name = deliveries.channel AND c.state = 'broken')"
    " THEN :broken ELSE NULL END"
)
_HELD = "d.state = 'held' AND d.digest IS NOT NULL AND (d.reason IS NULL OR d.reason <> :broken)"
_FIRST = "d.created_at, COALESCE(a.article_id, 0), d.id"  # of alerts made in one go the one on the older article
_COLUMNS = (
    "d.id AS id, d.alert_id AS alert_id, d.channel AS channel, d.target AS target, d.digest AS digest,"
    " d.reason AS reason, d.created_at AS created_at, d.next_at AS next_at, d.deadline_at AS deadline_at,"
    " a.rule AS rule, a.kind AS kind, a.severity AS severity, a.article_id AS article_id"
)


def latest(tx: Tx, rule: str, channel: str, since: datetime, most: int) -> list[datetime]:
    """When the newest alerts were made that a rule tells a channel at once, newest first."""
    rows = tx.all(
        "SELECT DISTINCT d.alert_id AS alert_id, d.created_at AS at FROM deliveries d JOIN alerts a"
        " ON a.id = d.alert_id WHERE d.created_at > :since AND d.channel = :channel AND d.digest IS NULL"
        " AND d.part = 0 AND d.state <> 'suppressed' AND a.rule = :rule AND a.kind IN :kinds"
        " ORDER BY d.created_at DESC LIMIT :most",
        since=to_iso(since),
        channel=channel,
        rule=rule,
        kinds=TOLD,
        most=most,
    )
    return [from_iso(row["at"]) for row in rows]


def last_told(tx: Tx, rule: str, channel: str, since: datetime) -> datetime | None:
    """When a rule last told a channel something, of what it made since then: when it was sent, else when made."""
    row = tx.one(
        "SELECT MAX(CASE WHEN d.sent_at IS NULL THEN d.created_at ELSE d.sent_at END) AS at"
        " FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE d.created_at > :since AND d.channel = :channel"
        " AND d.digest IS NULL AND d.state <> 'suppressed' AND a.rule = :rule",
        since=to_iso(since),
        rule=rule,
        channel=channel,
    )
    return None if row is None else parse_iso_or_none(row["at"])


def made(tx: Tx, since: datetime, most: int) -> int:
    """How many deliveries to be sent at once were made since then, counted up to `most`."""
    row = tx.one(
        "SELECT COUNT(*) AS n FROM (SELECT d.id FROM deliveries d JOIN alerts a ON a.id = d.alert_id"
        " WHERE d.created_at > :since AND d.digest IS NULL AND d.part = 0 AND d.state <> 'suppressed'"
        " AND a.kind IN :kinds LIMIT :most) AS found",
        since=to_iso(since),
        kinds=TOLD,
        most=most,
    )
    return 0 if row is None else int(row["n"])


def fuse_until(tx: Tx, now: datetime) -> datetime | None:
    """Until when everything is told in digests; None while it is not."""
    until = parse_iso_or_none(meta.get(tx, FUSE_UNTIL))
    return until if until is not None and until > now else None


def blow_fuse(tx: Tx, until: datetime) -> None:
    """Everything that is not urgent is told in digests until then."""
    meta.keep(tx, FUSE_UNTIL, to_iso(until))


def due(tx: Tx, now: datetime) -> list[Row]:
    """Held deliveries whose time has come: by rule, channel and target, the first one made first.

    Columns: `id`, `alert_id`, `channel`, `target`, `digest`, `reason`, `created_at`, `next_at`, `deadline_at`;
    of the alert `rule`, `kind`, `severity`, `article_id`.
    """
    return tx.all(
        f"SELECT {_COLUMNS} FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE {_HELD} AND d.next_at <= :now"
        f" ORDER BY a.rule, d.channel, d.target, {_FIRST} LIMIT :most",
        now=to_iso(now),
        broken=BROKEN,
        most=LIMIT,
    )


def held(tx: Tx) -> list[Row]:
    """Every delivery that waits for a digest; columns of `due`."""
    return tx.all(
        f"SELECT {_COLUMNS} FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE {_HELD}"
        " ORDER BY d.next_at, d.id LIMIT :most",
        broken=BROKEN,
        most=LIMIT,
    )


def gathering(tx: Tx, rule: str, channel: str, target: str, cause: str, now: datetime) -> datetime | None:
    """When the youngest delivery of a group that is held for the same cause and not yet due is told."""
    row = tx.one(
        "SELECT MAX(d.next_at) AS at FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE d.state = 'held'"
        " AND d.digest IS NOT NULL AND d.next_at > :now AND d.digest = :cause AND d.channel = :channel"
        " AND d.target = :target AND a.rule = :rule",
        now=to_iso(now),
        cause=cause,
        channel=channel,
        target=target,
        rule=rule,
    )
    return None if row is None else parse_iso_or_none(row["at"])


def hold(tx: Tx, rows: Iterable[Row], next_at: datetime, reason: str, digest: str | None = None) -> None:
    """These wait until then, with as much time for tries after it as they had; `digest` changes why they are held."""
    tx.many(
        "UPDATE deliveries SET state = 'held', next_at = :next, reason = :reason, deadline_at = :deadline,"
        " digest = COALESCE(:digest, digest) WHERE id = :id AND state IN ('held', 'pending')",
        [
            {
                "id": row["id"],
                "next": to_iso(next_at),
                "reason": reason,
                "deadline": to_iso(_later(row, next_at)),
                "digest": digest,
            }
            for row in rows
        ],
    )


def _later(row: Row, next_at: datetime) -> datetime:
    """A deadline as far from the new time as it was from the old one, and never earlier."""
    deadline = from_iso(row["deadline_at"])
    return max(deadline, deadline + (next_at - from_iso(row["next_at"])))


def release(tx: Tx, rows: Sequence[Row], at: datetime, apart: timedelta, deadline: timedelta | None = None) -> None:
    """These are sent each by itself, the first at `at`, then `apart` from each other, with all their time.

    `deadline`: how long each may be retried; as long as it was given at first where that is None.
    """
    tx.many(
        f"UPDATE deliveries SET {_FREE} WHERE id = :id AND state IN ('held', 'merged')",
        [
            {
                "id": row["id"],
                "next": to_iso(at + n * apart),
                "deadline": to_iso(at + n * apart + (deadline or _given(row))),
                "broken": BROKEN,
            }
            for n, row in enumerate(rows)
        ],
    )


def _given(row: Row) -> timedelta:
    return from_iso(row["deadline_at"]) - from_iso(row["created_at"])


def suppress(tx: Tx, ids: Iterable[str], reason: str) -> None:
    """These held ones are not sent unless a person asks for it."""
    tx.many(
        "UPDATE deliveries SET state = 'suppressed', reason = :reason WHERE id = :id AND state = 'held'",
        [{"id": key, "reason": reason} for key in ids],
    )


def heard(tx: Tx, rule: str, channel: str, target: str, since: datetime, slot: datetime) -> bool:
    """Whether a rule made an alert for a place since then, told it a digest since `slot`, or holds one for it."""
    row = tx.one(
        "SELECT 1 AS yes FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE a.rule = :rule"
        " AND d.channel = :channel AND d.target = :target AND (d.state = 'held'"
        " OR (a.kind IN :kinds AND d.created_at >= :since) OR (a.kind = 'digest' AND d.created_at >= :slot)) LIMIT 1",
        rule=rule,
        channel=channel,
        target=target,
        kinds=TOLD,
        since=to_iso(since),
        slot=to_iso(slot),
    )
    return row is not None


def contents(tx: Tx, alert_ids: Sequence[str]) -> dict[str, Row]:
    """What a digest says of these alerts, by id.

    Columns: `title`, `kind`, `lines`; of the article it leads with (None where it has none) those of
    `store.alerts.members`; `outlets`, how many articles it speaks of.
    """
    rows = tx.all(
        "SELECT a.id AS alert_id, a.kind AS alert_kind, a.title AS alert_title, a.lines AS lines,"
        " r.id AS article_id, r.relation AS relation, r.title AS title, r.canonical_url AS canonical_url,"
        " r.site AS site, r.source AS source, r.published AS published, r.first_seen_at AS first_seen_at,"
        " r.language AS language, (SELECT COUNT(*) FROM alert_articles m WHERE m.alert_id = a.id) AS outlets"
        " FROM alerts a LEFT JOIN articles r ON r.id = a.article_id WHERE a.id IN :ids",
        ids=list(alert_ids),
    )
    return {row["alert_id"]: row for row in rows}


def sources(tx: Tx, alert_ids: Iterable[str]) -> dict[str, set[str]]:
    """The sources of all articles that each of these alerts speaks of."""
    found: dict[str, set[str]] = {}
    for ids in _chunks(sorted(set(alert_ids))):
        for row in tx.tuples(
            "SELECT m.alert_id, r.source FROM alert_articles m JOIN articles r ON r.id = m.article_id"
            " WHERE m.alert_id IN :ids",
            ids=ids,
        ):
            found.setdefault(row[0], set()).add(row[1])
    return found


def speak_of(tx: Tx, digest: str, alert_ids: Sequence[str], now: datetime) -> None:
    """A digest tells of these alerts: of their leading articles, and so of all that joined them until now.

    Of an alert that leads with none it tells all articles.
    """
    for ids in _chunks(alert_ids):
        tx.run(
            "INSERT INTO alert_articles(alert_id, article_id, relation, added_at, told_in)"
            " SELECT :digest, r.id, r.relation, :now, :digest FROM articles r"
            " WHERE r.id IN (SELECT article_id FROM alerts WHERE id IN :ids)"
            " OR r.id IN (SELECT m.article_id FROM alert_articles m JOIN alerts a ON a.id = m.alert_id"
            " WHERE a.id IN :ids AND a.article_id IS NULL)"
            " ON CONFLICT(alert_id, article_id) DO NOTHING",
            digest=digest,
            now=to_iso(now),
            ids=ids,
        )
        tx.run(
            "UPDATE alert_articles SET told_in = :digest WHERE alert_id IN :ids AND told_in IS NULL",
            digest=digest,
            ids=ids,
        )
        # told from now on, though no message of its own was written: what comes later is an update
        tx.run("UPDATE alerts SET frozen_at = :now WHERE id IN :ids AND frozen_at IS NULL", now=to_iso(now), ids=ids)


def merge(tx: Tx, ids: Sequence[str], into: str) -> None:
    """These held deliveries are told by the delivery `into`."""
    for some in _chunks(ids):
        tx.run(
            "UPDATE deliveries SET state = 'merged', merged_into = :into, reason = NULL"
            " WHERE id IN :ids AND state = 'held'",
            into=into,
            ids=some,
        )


def waiting(tx: Tx, channel: str, until: datetime) -> list[Row]:
    """What a channel would send before `until` and is neither urgent nor asked for by a person; columns of `due`."""
    return tx.all(
        f"SELECT {_COLUMNS} FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE d.channel = :channel"
        " AND d.state = 'pending' AND d.next_at < :until AND d.part = 0 AND d.reason IS NULL"
        " AND a.severity <> 'urgent' AND a.kind <> 'health' ORDER BY d.created_at, d.id LIMIT :most",
        channel=channel,
        until=to_iso(until),
        most=LIMIT,
    )


def dead(tx: Tx, since: datetime) -> list[str]:
    """Deliveries of digests that died by a try begun since then, and whose members were not given back."""
    rows = tx.all(
        "SELECT d.id AS id FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE d.id IN"
        " (SELECT t.delivery_id FROM attempts t WHERE t.started_at >= :since AND t.outcome <> 'sent')"
        " AND d.state = 'dead' AND (d.reason IS NULL OR d.reason <> :apart) AND a.kind = 'digest' ORDER BY d.id",
        since=to_iso(since),
        apart=APART,
    )
    return [row["id"] for row in rows]


def members(tx: Tx, delivery: str) -> list[Row]:
    """The deliveries that a digest's delivery tells, first one first; columns of `due`."""
    return tx.all(
        f"SELECT {_COLUMNS} FROM deliveries d JOIN alerts a ON a.id = d.alert_id"
        f" WHERE d.merged_into = :id AND d.state = 'merged' ORDER BY {_FIRST}",
        id=delivery,
    )


def taken_apart(tx: Tx, delivery: str) -> None:
    """The members of a dead digest were given back."""
    tx.run("UPDATE deliveries SET reason = :apart WHERE id = :id AND state = 'dead'", id=delivery, apart=APART)


def replay(
    tx: Tx, *, now: datetime, delivery_id: str | None = None, since: datetime | None = None, channel: str | None = None
) -> list[str]:
    """As `store.outbox.replay`; what a person asks for is sent alone, in quiet hours too."""
    again = outbox.replay(tx, now=now, delivery_id=delivery_id, since=since, channel=channel)
    tx.many(
        "UPDATE deliveries SET digest = NULL, reason = :replayed WHERE id = :id AND state = 'pending'",
        [{"id": key, "replayed": REPLAYED} for key in again],
    )
    return again


def of_alert(tx: Tx, alert_id: str) -> list[Row]:
    """The deliveries of an alert, by channel.

    With `digest_id`, `digest_state` and `digest_sent_at` of the digest that tells it, and with `mute_who`, `mute_why`
    and `mute_ends` of the mute that holds it back.
    """
    return tx.all(
        "SELECT d.*, x.alert_id AS digest_id, x.state AS digest_state, x.sent_at AS digest_sent_at,"
        " m.who AS mute_who, m.why AS mute_why, m.ends_at AS mute_ends FROM deliveries d"
        " LEFT JOIN deliveries x ON x.id = d.merged_into"
        " LEFT JOIN mutes m ON d.state = 'suppressed' AND d.reason = 'mute ' || CAST(m.id AS TEXT)"
        " WHERE d.alert_id = :id ORDER BY d.channel, d.target, d.part",
        id=alert_id,
    )


def told_by(tx: Tx, digest: str, limit: int) -> list[Row]:
    """The alerts that a digest tells, first one first: `id`, `kind`, `title`, `created_at`."""
    return tx.all(
        "SELECT a.id AS id, a.kind AS kind, a.title AS title, a.created_at AS created_at FROM deliveries x"
        " JOIN deliveries d ON d.merged_into = x.id JOIN alerts a ON a.id = d.alert_id WHERE x.alert_id = :id"
        f" ORDER BY {_FIRST} LIMIT :limit",
        id=digest,
        limit=limit,
    )


def waiting_by(tx: Tx) -> list[Row]:
    """How many deliveries are held for a digest, by `rule`, `channel` and `reason`, with the next time: `n`, `next_at`.

    For `status`: what is held for a rule or channel that is no longer configured says so in its reason.
    """
    return tx.all(
        "SELECT a.rule AS rule, d.channel AS channel, d.reason AS reason, COUNT(*) AS n, MIN(d.next_at) AS next_at"
        f" FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE {_HELD}"
        " GROUP BY a.rule, d.channel, d.reason ORDER BY a.rule, d.channel, d.reason",
        broken=BROKEN,
    )


def _chunks(ids: Sequence[str]) -> Iterable[list[str]]:
    return (list(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK))

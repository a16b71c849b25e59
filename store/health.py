"""What the service knows about its own work: the facts that troubles, the heartbeat and the watchdog are judged by."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from core.clock import from_iso, parse_iso_or_none, to_iso
from core.model import SourceState
from core.urls import netloc
from store.backend import Row, Tx
from store.channels import BROKEN
from store.digests import fuse_until
from store.troubles import OF_CHANNELS

DEATHS = timedelta(hours=2)  # how far back deaths are looked for: told after one hour at the latest
LAST_TICK = "last_tick"  # in `meta`: when the service last looked around


class Disk(Protocol):
    """Bytes of a disk."""

    @property
    def total(self) -> int: ...

    @property
    def free(self) -> int: ...


Usage = Callable[[Path], Disk]  # shutil.disk_usage


@dataclass(frozen=True, slots=True)
class SourceFact:
    """A source whose last poll failed, or that is gone. `answered`: some server answered that poll."""

    name: str
    host: str
    state: SourceState
    fails: int
    since: datetime | None
    polled_at: datetime | None
    answered: bool
    error: str


@dataclass(frozen=True, slots=True)
class ChannelFact:
    """A configured channel. Health alerts are none of its `waiting` and `late_since`: they make no other ones."""

    name: str
    state: str
    fails: int
    failing_since: datetime | None
    blocked_until: datetime | None
    last_ok_at: datetime | None
    error: str
    waiting: int  # due and not sent, or held because the channel is broken
    late_since: datetime | None  # when the oldest of those that are due should have been sent
    due_since: datetime | None  # the same of every message
    settled_at: datetime | None  # when its newest attempt ended
    lease_over_since: datetime | None  # the end of the oldest lease that nobody has settled
    told: bool  # an open trouble of it was told, and the message arrived


@dataclass(frozen=True, slots=True)
class Deaths:
    """Messages to a channel that were given up since somebody was last told of such."""

    channel: str
    count: int
    first_at: datetime
    error: str
    told_at: datetime | None  # when that was


@dataclass(frozen=True, slots=True)
class Offline:
    """When nothing could be reached last: since when, and until when if that is over."""

    since: datetime
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class Machine:
    """What the disk that holds the database has left, and the size of the database's write-ahead log, in bytes."""

    free: int
    total: int
    wal: int


@dataclass(frozen=True, slots=True)
class Facts:
    """One consistent picture, and what is known of the machine."""

    sources: tuple[SourceFact, ...]  # those in trouble
    watched: int  # of so many that are neither paused nor gone
    heard_at: datetime | None  # when a poll was last answered, by whatever status
    offline: Offline | None
    channels: tuple[ChannelFact, ...]
    deaths: tuple[Deaths, ...]
    fuse_until: datetime | None
    open: frozenset[tuple[str, str]]  # kind and subject of each open trouble
    machine: Machine | None = None  # None: the database is no file


@dataclass(frozen=True, slots=True)
class PollFact:
    """How polling goes: the sources that are due or being polled, and when a poll was last settled."""

    due: tuple[str, ...]
    last_poll_at: datetime | None


def machine(database: str, usage: Usage) -> Machine | None:
    """The disk below a database that is a file; None for any other, and for a disk that cannot be asked."""
    if "://" in database.removeprefix("sqlite:///") or database == ":memory:":
        return None
    file = Path(database.removeprefix("sqlite:///"))
    log = file.with_name(f"{file.name}-wal")
    try:
        disk = usage(file.parent)
        return Machine(disk.free, disk.total, log.stat().st_size if log.exists() else 0)
    except OSError:
        return None


def facts(tx: Tx, now: datetime, machine: Machine | None = None) -> Facts:
    """Everything that troubles are judged by."""
    counted = tx.one(
        "SELECT COUNT(*) AS watched, MAX(CASE WHEN last_status IS NOT NULL THEN last_poll_at END) AS heard"
        " FROM sources WHERE configured = 1 AND state NOT IN ('gone', 'paused')"
    )
    offline = tx.one("SELECT since_at, ended_at FROM troubles WHERE kind = 'offline' ORDER BY since_at DESC, id DESC")
    opened = tx.all("SELECT kind, subject FROM troubles WHERE ended_at IS NULL")
    assert counted is not None
    return Facts(
        sources=tuple(map(_source, tx.all(
            "SELECT name, url, state, fails, failing_since, last_poll_at, last_status, last_error FROM sources"
            " WHERE configured = 1 AND state <> 'paused' AND (fails > 0 OR state = 'gone') ORDER BY name"
        ))),
        watched=counted["watched"],
        heard_at=parse_iso_or_none(counted["heard"]),
        offline=None if offline is None else Offline(
            from_iso(offline["since_at"]), parse_iso_or_none(offline["ended_at"])
        ),
        channels=channels(tx, now),
        deaths=_deaths(tx, now),
        fuse_until=fuse_until(tx, now),
        open=frozenset((r["kind"], r["subject"]) for r in opened),
        machine=machine,
    )  # fmt: skip


def channels(tx: Tx, now: datetime) -> tuple[ChannelFact, ...]:
    """Every configured channel and how its messages wait. Reads what waits, never what was sent long ago."""
    rows = tx.all(
        "SELECT c.*, EXISTS (SELECT 1 FROM troubles t JOIN deliveries d ON d.alert_id = t.alert_id"
        " WHERE t.subject = c.name AND t.ended_at IS NULL AND t.kind IN :kinds AND d.state = 'sent') AS told"
        " FROM channels c WHERE c.configured = 1 ORDER BY c.name",
        kinds=OF_CHANNELS,
    )
    waiting = {r["channel"]: r for r in tx.all(_DUE, now=to_iso(now))}
    if any(r["state"] == "broken" for r in rows):
        waiting |= {r["channel"]: {**waiting.get(r["channel"], {}), "n": r["n"]} for r in tx.all(_HELD, broken=BROKEN)}
    leases = {r["channel"]: r["until"] for r in tx.all(_LEASES, now=to_iso(now))}
    settled: dict[str, str] = {}
    for name, at in tx.tuples(f"SELECT d.channel, t.finished_at{_TRIED}", since=to_iso(now - timedelta(hours=1))):
        settled[name] = max(at, settled.get(name, ""))
    return tuple(_channel(r, waiting.get(r["name"], {}), leases.get(r["name"]), settled.get(r["name"])) for r in rows)


_DUE = (
    "SELECT d.channel AS channel, SUM(CASE WHEN a.kind <> 'health' THEN 1 ELSE 0 END) AS n,"
    " MIN(CASE WHEN a.kind <> 'health' THEN d.next_at END) AS late, MIN(d.next_at) AS due"
    " FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE d.state = 'pending' AND d.next_at <= :now"
    " GROUP BY d.channel"
)
_HELD = (
    "SELECT d.channel AS channel, SUM(CASE WHEN a.kind <> 'health' THEN 1 ELSE 0 END) AS n"
    " FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE d.state = 'held' AND d.reason = :broken"
    " GROUP BY d.channel"
)
_LEASES = (
    "SELECT channel, MIN(lease_until) AS until FROM deliveries WHERE state = 'sending' AND lease_until < :now"
    " GROUP BY channel"
)
# no GROUP BY: it would go through all deliveries in order, to look up the attempts of each
_TRIED = (
    " FROM attempts t JOIN deliveries d ON d.id = t.delivery_id"
    " WHERE t.started_at >= :since AND t.finished_at IS NOT NULL"
)


def polling(tx: Tx, now: datetime) -> PollFact:
    """How polling goes. A source that is being polled counts as due: a poll that never ends is no progress."""
    due = tx.all(
        "SELECT name FROM sources WHERE configured = 1 AND state NOT IN ('gone', 'paused')"
        " AND (next_poll_at <= :now OR claimed_at IS NOT NULL) ORDER BY name",
        now=to_iso(now),
    )
    last = tx.one("SELECT MAX(last_poll_at) AS at FROM sources WHERE configured = 1")
    return PollFact(tuple(r["name"] for r in due), parse_iso_or_none(last["at"] if last is not None else None))


def in_use(tx: Tx, noun: str, name: str) -> bool:
    """Whether the configuration names it, and nobody paused it. `noun`: `sources` or `channels`."""
    found = tx.one(
        f"SELECT 1 AS yes FROM {noun} WHERE name = :name AND configured = 1 AND state <> 'paused'", name=name
    )
    return found is not None


def poll_again(tx: Tx, names: Collection[str], now: datetime) -> int:
    """These sources are due now: what kept them from being read is over. How many."""
    return tx.run(
        "UPDATE sources SET next_poll_at = :now WHERE name IN :names AND configured = 1 AND claimed_at IS NULL"
        " AND state NOT IN ('gone', 'paused') AND next_poll_at > :now",
        names=list(names),
        now=to_iso(now),
    )


def _deaths(tx: Tx, now: datetime) -> tuple[Deaths, ...]:
    """Deaths that no trouble has told of, by channel. A health alert that dies makes no other one, and the members of
    a digest that dies are sent one by one.
    """
    told = {
        r["subject"]: from_iso(r["at"])
        for r in tx.all(
            "SELECT subject, MAX(ended_at) AS at FROM troubles WHERE kind = 'delivery_dead' AND ended_at <= :now"
            " GROUP BY subject",
            now=to_iso(now),
        )
    }
    last: dict[str, tuple[datetime, str, str]] = {}  # delivery -> when it died, channel, why
    for key, at, name, error in tx.tuples(
        f"SELECT d.id, t.finished_at, d.channel, d.last_error{_TRIED} AND d.state = 'dead'"
        " AND (SELECT a.kind FROM alerts a WHERE a.id = d.alert_id) NOT IN ('digest', 'health')",
        since=to_iso(now - DEATHS),
    ):
        last[key] = max((from_iso(at), name, error or ""), last.get(key, (from_iso(at), name, error or "")))
    found: dict[str, list[tuple[datetime, str]]] = {}
    for at, name, error in sorted(last.values()):
        if name not in told or at > told[name]:
            found.setdefault(name, []).append((at, error))
    return tuple(
        Deaths(name, len(dead), dead[0][0], dead[-1][1], told.get(name)) for name, dead in sorted(found.items())
    )


def _source(row: Row) -> SourceFact:
    return SourceFact(
        name=row["name"],
        host=netloc(row["url"]),
        state=SourceState(row["state"]),
        fails=row["fails"],
        since=parse_iso_or_none(row["failing_since"]),
        polled_at=parse_iso_or_none(row["last_poll_at"]),
        answered=row["last_status"] is not None,
        error=row["last_error"] or "",
    )


def _channel(row: Row, waiting: Row, lease: str | None, settled: str | None) -> ChannelFact:
    return ChannelFact(
        name=row["name"],
        state=row["state"],
        fails=row["fails"],
        failing_since=parse_iso_or_none(row["first_fail_at"]),
        blocked_until=parse_iso_or_none(row["blocked_until"] or None),
        last_ok_at=parse_iso_or_none(row["last_ok_at"]),
        error=row["last_error"] or "",
        waiting=waiting.get("n", 0),
        late_since=parse_iso_or_none(waiting.get("late")),
        due_since=parse_iso_or_none(waiting.get("due")),
        settled_at=parse_iso_or_none(settled),
        lease_over_since=parse_iso_or_none(lease),
        told=bool(row["told"]),
    )

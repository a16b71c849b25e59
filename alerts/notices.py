"""Health alerts: troubles that began or ended are told, once each, to channels that are not the trouble themselves.

open and close | untold, not muted, not within the hour | beginnings in one message, ends in another | outbox
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.evaluate import Target
from alerts.health import JUDGED, Trouble, at, counted, look
from alerts.message import alert_id
from core.clock import from_iso, parse_iso_or_none, to_iso
from core.model import AlertKind
from store import Row, Tx, health, meta, outbox, troubles
from store import alerts as alert_rows
from store.health import Machine
from store.troubles import EVENTS, OF_CHANNELS, OF_SOURCES

log = logging.getLogger("borderwire.health")
EACH = timedelta(hours=1)  # between two messages about one trouble: what comes and goes is no flood
TOGETHER = timedelta(minutes=10)  # between two messages about sources: those with one cause fail one after another
LINES = 20  # troubles named in one message
LONG_AGO = timedelta(hours=24)  # the last run: what came since proves nothing, as after a restore
PAUSE = timedelta(minutes=10)  # a start after longer than that is a gap in what was watched
STOPPED = timedelta(hours=1)  # a pause of the service as short as that is told by coverage lines only


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a kind of trouble: when it began, when it ended, the same of several, and what to do."""

    began: str
    ended: str
    several: str = ""
    several_ended: str = ""
    remedy: str = ""


WORDS = {
    "source_failing": Words(
        "Source {} cannot be read",
        "Source {} can be read again",
        "{} sources cannot be read",
        "{} sources can be read again",
        "It is tried again on and on. `borderwire alerts mute --source {} --for 3d --why WHY` silences this",
    ),
    "source_gone": Words(
        "Source {} is gone",
        "Source {} is back",
        "{} sources are gone",
        "{} sources are back",
        "It is read no more: give it another address in the configuration, or take it out",
    ),
    "reissue": Words(
        "Source {} re-issued what it had printed",
        "",
        "{} sources re-issued what they had printed",
        remedy="Nobody was told of what is old; `borderwire deliveries list` shows the rest",
    ),
    "offline": Words(
        "No source can be reached: this machine seems to be offline",
        "Sources can be reached again",
        remedy="What appears meanwhile is read as soon as it is online",
    ),
    "channel_broken": Words(
        "Channel {} is broken",
        "Channel {} works again",
        "{} channels are broken",
        "{} channels work again",
        "Its messages are held, none is lost: correct its address in the configuration, and they are sent",
    ),
    "channel_failing": Words(
        "Channel {} cannot be reached",
        "Channel {} works again",
        "{} channels cannot be reached",
        "{} channels work again",
        "Its messages wait and are tried again on and on",
    ),
    "queue_lag": Words(
        "Messages to {} are late",
        "Messages to {} are no longer late",
        "Messages to {} channels are late",
        "Messages to {} channels are no longer late",
    ),
    "delivery_dead": Words(
        "Messages to {} could not be delivered",
        "",
        "Messages to {} channels could not be delivered",
        remedy="`borderwire deliveries list --state dead` shows them, `borderwire deliveries replay --channel {}`"
        " sends them again",
    ),
    "disk_low": Words(
        "The disk is nearly full",
        "The disk has room again",
        remedy="Free some space: without it nothing new can be kept, and nothing is lost",
    ),
    "wal_large": Words(
        "The database's log grows",
        "The database's log is small again",
        remedy="Some program reads the database without end: close it, or start the desk anew",
    ),
    "fuse": Words("Too much at once: alerts come in digests", "Alerts are told at once again"),
    "clock": Words(
        "The clock of this machine jumped",
        "The clock of this machine is right again",
        remedy="Let it be set by the network (timedatectl set-ntp true)",
    ),
    "stopped": Words("The service was not running", ""),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A health alert that was made. `nobody`: no channel is left that it could be told to."""

    alert_id: str
    title: str
    lines: tuple[str, ...]
    nobody: bool

    def log(self) -> None:
        """Say it where the service's own words go; louder where nobody else hears of it."""
        level = logging.ERROR if self.nobody else logging.WARNING
        more = ". No channel is left to tell anyone: `borderwire status` lists it" if self.nobody else ""
        log.log(level, "%s: %s%s", self.title, " ".join(self.lines), more)


def mind(
    tx: Tx,
    wanted: Sequence[str],
    channels: Mapping[str, Target],
    steps: Mapping[str, timedelta],
    machine: Machine | None,
    now: datetime,
) -> tuple[list[Told], str]:
    """One look at the service: the alerts made, and how it does in a few words. Also remembers that it ran."""
    facts = health.facts(tx, now, machine)
    found = look(facts, steps, now)
    judge(tx, found, now)
    if ("offline", "") in facts.open and all(t.kind != "offline" for t in found):
        health.poll_again(tx, [s.name for s in facts.sources if not s.answered], now)
    told = tell(tx, wanted, channels, now)
    meta.keep(tx, health.LAST_TICK, to_iso(now))
    left = [f"{row['kind']} {row['subject']}".strip() for row in troubles.current(tx)]
    return told, f"{counted(len(left), 'trouble')}: {', '.join(left)}" if left else "no trouble"


def behind(tx: Tx, noted: str, now: datetime, *, resident: bool = True) -> bool:
    """Whether what the sources list at this start is no news: the last run was long ago, or a backup was put back."""
    restored = _put_back(tx, noted)  # first: `waking` forgets when the database was last in use
    return waking(tx, now, resident=resident) >= LONG_AGO or restored


def _put_back(tx: Tx, noted: str) -> bool:
    """Whether the database is older than what ran on it last, which `noted` beside it when that was."""
    last = meta.get(tx, health.LAST_TICK)
    if last is None or noted <= last:  # ISO 8601 of one width: text order is time order
        return False
    log.warning("the database is as it was at %s, and the service ran until %s: a backup was put back. What the "
                "sources list now is told in digests", last, noted)  # fmt: skip
    return True


def waking(tx: Tx, now: datetime, *, resident: bool = True) -> timedelta:
    """How long the service did not run before this start; nothing at the first. A long pause is kept as a trouble.

    `resident` False: pauses between single passes are as they should be.
    """
    last = parse_iso_or_none(meta.get(tx, health.LAST_TICK))
    meta.keep(tx, health.LAST_TICK, to_iso(now))
    gone = timedelta() if last is None else max(timedelta(), now - last)
    if last is None or not resident:
        return timedelta()
    if gone >= PAUSE:
        troubles.record(tx, "stopped", "", "what the sources still list is read now", last, now)
    return gone


def judge(tx: Tx, found: Iterable[Trouble], now: datetime) -> None:
    """Open what was found and close what `look` judges and no longer finds."""
    here = {(t.kind, t.subject): t for t in found}
    for trouble in here.values():
        if trouble.over:
            troubles.record(tx, trouble.kind, trouble.subject, trouble.detail, trouble.since, now)
        else:
            troubles.open(tx, trouble.kind, trouble.subject, trouble.detail, now, trouble.since)
    for row in troubles.current(tx):
        kind, subject = row["kind"], row["subject"]
        if kind not in JUDGED or (kind, subject) in here:
            continue
        noun = "sources" if kind in OF_SOURCES else "channels" if kind in OF_CHANNELS else None
        if noun is None or health.in_use(tx, noun, subject):
            troubles.close(tx, kind, subject, now)
        else:
            troubles.forget(tx, kind, subject, now)


def tell(tx: Tx, wanted: Sequence[str], channels: Mapping[str, Target], now: datetime) -> list[Told]:
    """Make alerts of what is untold. `wanted`: names of the channels that hear of troubles; none means all."""
    due = _due(troubles.untold(tx), troubles.muted(tx, now), now)
    sick = {row["subject"] for row in troubles.current(tx) if row["kind"] in OF_CHANNELS}
    names = [name for name in wanted or channels if name in channels]
    began = [row for row in due if row["kind"] in EVENTS or row["ended_at"] is None]
    ended = [row for row in due if row not in began]
    made = [_make(tx, rows, _choose(rows, names, sick), channels, now) for rows in _apart(began, names)]
    if ended:
        made.append(_make(tx, ended, _choose([], names, sick), channels, now))
    return made


def _due(rows: Iterable[Row], muted: set[str], now: datetime) -> list[Row]:
    """What may be told now: at most hourly about one thing, sources in groups, and nothing that is muted."""
    found = []
    for row in rows:
        of_source = row["kind"] in OF_SOURCES
        if of_source and (row["subject"] in muted or _recent(row["kind_told"], TOGETHER, now)):
            continue
        if row["kind"] == "stopped" and from_iso(row["ended_at"]) - from_iso(row["since_at"]) < STOPPED:
            continue
        if not _recent(row["last_told"], EACH, now):
            found.append(row)
    return found


def _recent(told: str | None, span: timedelta, now: datetime) -> bool:
    """A time that lies ahead, of a clock that went back since, silences nobody."""
    moment = parse_iso_or_none(told)
    return moment is not None and timedelta() <= now - moment < span


def _apart(rows: list[Row], names: Sequence[str]) -> list[list[Row]]:
    """One message of all; two where the troubles of channels would leave nobody to tell the others to."""
    of_channels = [row for row in rows if _channel(row)]
    others = [row for row in rows if not _channel(row)]
    if of_channels and others and {row["subject"] for row in of_channels}.issuperset(names):
        return [of_channels, others]
    return [rows] if rows else []


def _choose(rows: Iterable[Row], names: Sequence[str], sick: set[str]) -> list[str]:
    """Channels to tell: none that the message is about, and rather those that work; else it waits for one that will."""
    about = {row["subject"] for row in rows if _channel(row)}
    left = [name for name in names if name not in about]
    return [name for name in left if name not in sick] or left


def _channel(row: Row) -> bool:
    return row["kind"] in (*OF_CHANNELS, "delivery_dead")


def _make(tx: Tx, rows: list[Row], names: Sequence[str], channels: Mapping[str, Target], now: datetime) -> Told:
    """One health alert about these troubles, with a delivery for each target of the channels."""
    over = rows[0]["ended_at"] is not None and rows[0]["kind"] not in EVENTS
    parts = [f"{row['kind']} {row['subject']} {row['since_at']}" for row in rows]
    made = alert_id("", "\x1f".join(["health", "ended" if over else "began", *parts]))
    title, lines = said_ended(rows, now) if over else said_began(rows, now)
    parent = next((row["alert_id"] for row in rows), None) if over else None
    alert_rows.add(tx, made, AlertKind.HEALTH, "", title, now=now, parent_id=parent, lines=lines)
    for name in names:
        channel = channels[name]
        for target in channel.targets():
            until = now + channel.deadline
            outbox.put(tx, made, name, target, now=now, next_at=now, deadline=until, priority=outbox.HEALTH)
    troubles.told(tx, [row["id"] for row in rows], made)
    return Told(made, title, lines, nobody=not names)


def said_began(rows: Sequence[Row], now: datetime) -> tuple[str, tuple[str, ...]]:
    """Title and lines of the message that these troubles are there."""
    if len(rows) == 1:
        words, row = _words(rows[0]), rows[0]
        lines = [f"{_span(row, now)}: {row['detail']}" if row["detail"] else _span(row, now)]
        return words.began.format(row["subject"]), tuple(filter(None, (*lines, words.remedy.format(row["subject"]))))
    lines = [f"{_words(r).began.format(r['subject'])}, {_span(r, now)}: {r['detail']}".rstrip(": ") for r in rows]
    return _several(rows, "several", "troubles of the service"), _fitted(lines)


def said_ended(rows: Sequence[Row], now: datetime) -> tuple[str, tuple[str, ...]]:
    """Title and lines of the message that these troubles are over."""
    worse = {row["subject"] for row in rows if row["kind"] in ("channel_broken", "channel_failing")}
    shown = [row for row in rows if row["kind"] != "queue_lag" or row["subject"] not in worse]
    if len(shown) == 1:
        return _words(shown[0]).ended.format(shown[0]["subject"]), (_length(shown[0], now),)
    lines = [f"{_words(r).ended.format(r['subject'])}. {_length(r, now)}" for r in shown]
    return _several(shown, "several_ended", "troubles of the service ended"), _fitted(lines)


def titled(row: Row) -> str:
    """A trouble in a few words: `kind` and `subject` of one."""
    return _words(row).began.format(row["subject"])


def _words(row: Row) -> Words:
    kind = row["kind"]
    name = f"{kind.replace('_', ' ').capitalize()} {{}}" if row["subject"] else kind.replace("_", " ").capitalize()
    return WORDS.get(kind) or Words(name, f"{name} ended")


def _several(rows: Sequence[Row], form: str, otherwise: str) -> str:
    text: str = getattr(_words(rows[0]), form) if len({row["kind"] for row in rows}) == 1 else ""
    return text.format(len(rows)) if text else f"{len(rows)} {otherwise}"


def _fitted(lines: list[str]) -> tuple[str, ...]:
    if len(lines) <= LINES:
        return tuple(lines)
    return (*lines[:LINES], f"and {len(lines) - LINES} more: `borderwire status` lists them")


def _span(row: Row, now: datetime) -> str:
    """`since 09:00 UTC`, or `from 09:00 to 12:00 UTC` for what is over."""
    since = from_iso(row["since_at"])
    if row["ended_at"] is None:
        return f"since {at(since, now)}"
    if row["ended_at"] == row["since_at"]:
        return f"at {at(since, now)}"
    return f"from {at(since, now, zone=False)} to {at(from_iso(row['ended_at']), now)}"


def _length(row: Row, now: datetime) -> str:
    gone = from_iso(row["ended_at"]) - from_iso(row["since_at"])
    return f"After {lasted(gone)}, {_span(row, now)}"


def lasted(span: timedelta) -> str:
    """`40 s`, `25 min`, `3 h`, `2 days`."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 172_800 else f"{seconds // 86_400} days"

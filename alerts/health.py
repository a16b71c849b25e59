"""What is wrong with the service itself, and what it watched: pure, from facts and `now`.

facts | look | troubles          coverage | coverage_lines
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model import SourceState
from store.coverage import Coverage, Failing
from store.health import ChannelFact, Deaths, Facts, Machine, SourceFact

JUDGED = (  # kinds that `look` finds and that end when it finds them no more; others open and close theirs themselves
    "source_failing", "source_gone", "offline", "channel_broken", "channel_failing", "queue_lag", "fuse", "disk_low",
    "wal_large",
)  # fmt: skip
LEAST = timedelta(hours=1)  # a source that recovers sooner says nothing; so long, too, may a breaker be open
POLLS = 5  # and a source may miss so many polls
OFFLINE = timedelta(minutes=15)  # nothing was heard for so long while new failures came
HOSTS = 5  # so many silent hosts prove it, however many sources there are
BREAKER = 5  # failures in a row that open it (alerts/retry.py)
LAG = timedelta(minutes=5)  # how late a message may be
HOURLY = timedelta(hours=1)  # between two messages about messages to one channel that were given up
FREE_BYTES, FREE_SHARE = 500_000_000, 0.02  # of the disk, below which it counts as nearly full
WAL_BYTES = 64 << 20  # the service empties it long before, unless a reader holds it
AGAIN = 1.2  # a trouble of the machine ends only this far beyond its limit, so that it does not come and go
NAMED = 5  # failing sources named in a line
BLIND = {"stopped": "the service was not running", "offline": "no source could be reached"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong with the service itself. `over`: it was over when it was noticed."""

    kind: str
    subject: str
    detail: str
    since: datetime
    over: bool = False


def look(facts: Facts, steps: Mapping[str, timedelta], now: datetime) -> list[Trouble]:
    """Every trouble there is now. `steps`: the plain distance between two polls of each source."""
    found = [*_offline(facts, now)]
    found += [t for s in facts.sources for t in _source(s, facts, steps, bool(found), now)]
    found += [t for c in facts.channels for t in _channel(c, facts.open, now)]
    found += [t for d in facts.deaths for t in _deaths(d, now)]
    if facts.fuse_until is not None and facts.fuse_until > now:
        said = f"more was to be told at once than anyone could read: digests only until {at(facts.fuse_until, now)}"
        found.append(Trouble("fuse", "", said, now))
    if facts.machine is not None:
        found += _machine(facts.machine, facts.open, now)
    return found


def _offline(facts: Facts, now: datetime) -> Iterator[Trouble]:
    """Nothing answers any more: several hosts, all of which began to fail after the last answer of any.

    Two that share a fault, among many that are polled rarely, are no proof: half of all sources are, or many hosts.
    """
    silent = [s for s in facts.sources if _silent_since(s, facts.heard_at)]
    hosts = len({s.host for s in silent})
    if hosts < 2 or (hosts < HOSTS and 2 * len(silent) < facts.watched):
        return
    since = min(s.since for s in silent if s.since is not None)
    if now - since >= OFFLINE or ("offline", "") in facts.open:
        heard = f"; the last answer came {at(facts.heard_at, now)}" if facts.heard_at else ""
        yield Trouble("offline", "", f"no source answers{heard}: {silent[0].error}", since)


def _silent_since(source: SourceFact, heard: datetime | None) -> bool:
    if source.answered or source.since is None or source.state is SourceState.GONE:
        return False
    return heard is None or source.since > heard


def _source(
    source: SourceFact, facts: Facts, steps: Mapping[str, timedelta], offline: bool, now: datetime
) -> Iterator[Trouble]:
    if source.state is SourceState.GONE:
        yield Trouble("source_gone", source.name, source.error, source.since or now)
        return
    if source.since is None:
        return
    trouble = Trouble("source_failing", source.name, source.error, source.since)
    if _blind(source, facts, offline):  # that poll said nothing about the source: it stands where it stood
        if ("source_failing", source.name) in facts.open:
            yield trouble
    elif now - source.since > max(LEAST, POLLS * steps.get(source.name, LEAST)):
        yield trouble


def _blind(source: SourceFact, facts: Facts, offline: bool) -> bool:
    """Whether its last poll failed while nothing at all could be reached."""
    if source.answered or source.polled_at is None:
        return False
    if offline:
        return True
    span = facts.offline
    return span is not None and span.since <= source.polled_at <= (span.ended or source.polled_at)


def _channel(channel: ChannelFact, opened: frozenset[tuple[str, str]], now: datetime) -> Iterator[Trouble]:
    since = channel.failing_since or now
    worse = channel.state == "broken" or (channel.fails >= BREAKER and now - since > LEAST)
    if channel.state == "broken":
        yield Trouble("channel_broken", channel.name, _because(channel), since)
    elif channel.state == "enabled" and worse:
        yield Trouble("channel_failing", channel.name, _because(channel), since)
    late = channel.state == "enabled" and channel.late_since is not None and now - channel.late_since > LAG
    if worse and ("queue_lag", channel.name) in opened:  # what is held is no longer due, and no less late
        yield Trouble("queue_lag", channel.name, _because(channel), since)
    elif late and not worse and channel.late_since is not None:
        yield Trouble("queue_lag", channel.name, _because(channel), channel.late_since)


def _because(channel: ChannelFact) -> str:
    waiting = counted(channel.waiting, "message waits", "messages wait")
    return f"{waiting}; {channel.error}" if channel.error else waiting


def _deaths(deaths: Deaths, now: datetime) -> Iterator[Trouble]:
    """Once an hour for each channel; a clock that went back silences nobody."""
    if deaths.told_at is not None and timedelta() <= now - deaths.told_at < HOURLY:
        return
    said = f"{counted(deaths.count, 'message')} given up: {deaths.error}"
    yield Trouble("delivery_dead", deaths.channel, said, min(deaths.first_at, now), over=True)


def _machine(machine: Machine, opened: frozenset[tuple[str, str]], now: datetime) -> Iterator[Trouble]:
    def limit(kind: str, factor: float) -> float:
        return factor if (kind, "") in opened else 1

    more = limit("disk_low", AGAIN)
    if machine.free < FREE_BYTES * more or machine.free < machine.total * FREE_SHARE * more:
        share = 100 * machine.free / max(1, machine.total)
        said = f"{machine.free // 1_000_000:,} MB ({share:.1f} %) left on the disk that holds the database"
        yield Trouble("disk_low", "", said, now)
    if machine.wal > WAL_BYTES * limit("wal_large", 1 / AGAIN):
        yield Trouble("wal_large", "", f"the database's write-ahead log has {machine.wal >> 20:,} MB", now)


def coverage_lines(coverage: Coverage) -> tuple[str, ...]:
    """The last lines of a digest: sources read of all, new entries, who fails since when, when nothing was watched."""
    line = (
        f"Watched {coverage.healthy:,} of {counted(coverage.sources, 'source')},"
        f" {counted(coverage.entries, 'new entry', 'new entries')} read since {at(coverage.since, coverage.now)}"
    )
    if coverage.failing:
        line += f"; {len(coverage.failing)} failing: {_named([_failing(f, coverage.now) for f in coverage.failing])}"
    gaps = [
        f"{at(g.start, coverage.now, zone=False)} to {at(g.end, coverage.now)} ({BLIND[g.cause]})"
        for g in coverage.gaps
    ]
    return (line, f"Nothing was watched from {_named(gaps)}") if gaps else (line,)


def _failing(source: Failing, now: datetime) -> str:
    if source.state == SourceState.GONE:
        return f"{source.name} (gone)"
    if source.since is None:
        return f"{source.name} (not read yet)"
    return f"{source.name} (since {at(source.since, now, zone=False)})"


def _named(items: list[str]) -> str:
    more = f" and {len(items) - NAMED} more" if len(items) > NAMED else ""
    return ", ".join(items[:NAMED]) + more


def at(moment: datetime, now: datetime, *, zone: bool = True) -> str:
    """`09:00 UTC`, with its day where that is another: `3 Feb 09:00 UTC`."""
    day = "" if moment.date() == now.date() else f"{moment.day} {moment:%b} "
    if abs(now - moment) > timedelta(days=300):
        day = f"{moment.day} {moment:%b %Y} "
    return f"{day}{moment:%H:%M}" + (" UTC" if zone else "")


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 message`, `3,412 messages`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"

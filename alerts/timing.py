"""When a message may be sent: at once, together with others at a certain time, or not at all. Pure.

muted? | class of the entry | the rule's digest | cooldown, rate, fuse | quiet hours of the channel

Times of a day are of a time zone. Where its clocks go forward over such a time, the first moment after the gap
counts; where they go back over it, a digest is told the first time and quiet hours last until the second.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from core.model import EntryClass

GATHER = timedelta(minutes=2)  # entries that came all at once are told together after so long (RELIABILITY, L3)
FUSE = 500  # messages at once, of all rules to all channels ...
WINDOW = timedelta(minutes=10)  # ... in so long (L6)
FUSED = timedelta(hours=1)  # nothing is told at once for so long after that
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Ask:
    """What is known of a message that is about to be made. The moments are None where nothing holds it back."""

    wait: timedelta = timedelta()  # the rule's time for copies to join
    entry_class: EntryClass = EntryClass.LIVE
    urgent: bool = False
    mute: int | None = None  # id of the mute that holds
    digest: str | None = None  # the rule's: `hourly`, `daily 07:00`
    quiet: str | None = None  # the channel's: `22:00-07:00`
    zone: tzinfo = UTC
    cooled_at: datetime | None = None  # end of the rule's cooldown on the channel
    room_at: datetime | None = None  # when the rule may tell the channel at once again
    fuse_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """What becomes of it: `pending` from `next_at` on, `held` until then for a digest, or `suppressed`."""

    state: str
    digest: str | None  # why it is held, in a word; None unless it is
    next_at: datetime
    reason: str | None  # the same in words


def decide(ask: Ask, now: datetime) -> Timing:
    """When a message made at `now` may be sent, and why not earlier: the longest of what holds it back counts.

    Urgent ones pass digests, cooldown, rate, fuse and quiet hours; what cannot be proven to be new is never urgent
    enough to come alone.
    """
    if ask.mute is not None:
        return Timing("suppressed", None, now, f"mute {ask.mute}")
    at = now + ask.wait
    until, cause, reason = max(_causes(ask, now), default=(at, "", ""), key=lambda found: found[0])
    if ask.digest is not None and not ask.urgent:
        slot = next_slot(ask.digest, max(until, now) if cause else now, ask.zone)
        until, cause, reason = slot, ask.digest.split()[0], f"the rule's {ask.digest.split()[0]} digest"
    if not ask.urgent and (end := quiet_until(ask.quiet, until, ask.zone)) is not None:
        said = f"quiet hours {ask.quiet} of the channel"
        until, cause, reason = end, cause or "quiet", f"{reason}, then {said}" if reason else said
    if not cause:
        return Timing("pending", None, at, None)
    return Timing("held", cause, until, reason)


def _causes(ask: Ask, now: datetime) -> list[tuple[datetime, str, str]]:
    """What holds a message back, the rule's own digest and quiet hours aside: until when, in a word, in words."""
    found = []
    if ask.entry_class is EntryClass.BURST:
        found.append((now + GATHER, "burst", "one of many entries that appeared at once"))
    if ask.entry_class is EntryClass.LATE:
        late = "dated more than three days before it was first seen: told at the full hour"
        found.append((next_slot("hourly", now, ask.zone), "late", late))
    if ask.urgent:
        return found
    if ask.fuse_until is not None:
        found.append((ask.fuse_until, "fuse", f"more than {FUSE} messages in {WINDOW.seconds // 60} minutes"))
    if ask.digest is None:  # a digest is rarer than either
        if ask.cooled_at is not None:
            found.append((ask.cooled_at, "cooldown", "the rule's cooldown after its last message"))
        if ask.room_at is not None:
            told = "the rule told as many alerts as its `at_most` allows"
            found.append((ask.room_at, "rate", told))
    return [cause for cause in found if cause[0] > now]


def next_slot(digest: str, now: datetime, zone: tzinfo) -> datetime:
    """The next time of a digest (`hourly`, `daily 07:00`), strictly after `now`."""
    if digest == "hourly":
        return _full_hour(now, zone)
    at = time.fromisoformat(digest.removeprefix("daily "))
    day = now.astimezone(zone).date() - DAY
    while (slot := moment(day, at, zone)) <= now:
        day += DAY
    return slot


def _full_hour(now: datetime, zone: tzinfo) -> datetime:
    slot = now
    while True:
        local = slot.astimezone(zone)
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        if slot > now and not past:
            return slot
        slot = (slot + (HOUR - past)).astimezone(UTC)


def moment(day: date, at: time, zone: tzinfo, *, last: bool = False) -> datetime:
    """When clocks of the zone show a time of a day: the first moment of a time that comes twice, or the `last` one.

    Of a time that is left out, the first moment after the gap.
    """
    local = datetime.combine(day, at, zone)
    first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return second if last else first
    before, after = second, first  # in a gap the later fold is the earlier moment
    old = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + ((after - before) // 2 // SECOND or 1) * SECOND
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def quiet_until(quiet: str | None, now: datetime, zone: tzinfo) -> datetime | None:
    """When quiet hours (`22:00-07:00`) that hold at `now` end; None where they do not hold.

    From a time to the same time is never.
    """
    span = None if quiet is None else _span(quiet)
    if span is None:
        return None
    end = _end(span, now, zone)
    while end is not None and (further := _end(span, end, zone)) is not None:
        end = further  # clocks that skip a whole day can join two nights
    return end


def _span(quiet: str) -> Span | None:
    start, end = (time.fromisoformat(part) for part in quiet.split("-"))
    return None if start == end else (start, end)


def _end(span: Span, now: datetime, zone: tzinfo) -> datetime | None:
    """The end of the night that holds at `now`."""
    start, end = span
    today = now.astimezone(zone).date()
    for day in (today - DAY, today, today + DAY):
        ends = moment(day if end > start else day + DAY, end, zone, last=True)
        if moment(day, start, zone) <= now < ends:
            return ends
    return None

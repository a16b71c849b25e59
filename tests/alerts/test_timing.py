"""When a message may be sent: digests, quiet hours over midnight, clocks that change, and what comes first."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.timing import GATHER, Ask, decide, moment, next_slot, quiet_until
from core.model import EntryClass

NOON = datetime(2025, 2, 5, 12, tzinfo=UTC)
NEW_YORK, KOLKATA, LORD_HOWE, APIA = map(
    ZoneInfo, ("America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia")
)
# zones with half hours, shifts of half an hour, shifts at midnight, no shifts, and a day left out
ZONES = st.sampled_from(
    [
        UTC,
        NEW_YORK,
        KOLKATA,
        LORD_HOWE,
        APIA,
        timezone(timedelta(hours=-3, minutes=-30)),
        *map(ZoneInfo, ("America/Havana", "America/Denver", "Africa/Casablanca", "Asia/Kathmandu", "Europe/Berlin")),
    ]
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))
CLOCK = st.times().map(lambda t: f"{t:%H:%M}")
DIGESTS = st.one_of(st.just("hourly"), CLOCK.map(lambda at: f"daily {at}"))
NIGHTS = st.tuples(CLOCK, CLOCK).filter(lambda pair: pair[0] != pair[1]).map("-".join)
CLASSES = st.sampled_from([EntryClass.LIVE, EntryClass.UPDATE, EntryClass.BURST, EntryClass.LATE])
SOON = st.none() | st.timedeltas(timedelta(seconds=-60), timedelta(hours=3)).map(lambda step: NOON + step)


def local(text: str, zone: ZoneInfo, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@given(DIGESTS, MOMENTS, ZONES)
def test_the_next_time_of_a_digest_is_strictly_in_the_future_and_no_later_one_is_nearer(
    digest: str, now: datetime, zone: ZoneInfo
) -> None:
    slot = next_slot(digest, now, zone)
    assert now < slot <= now + (timedelta(hours=2) if digest == "hourly" else timedelta(days=2, hours=2))
    assert next_slot(digest, slot - timedelta(milliseconds=1), zone) == slot
    assert next_slot(digest, slot, zone) > slot


@given(MOMENTS, ZONES)
def test_an_hourly_digest_comes_when_clocks_there_show_a_full_hour(now: datetime, zone: ZoneInfo) -> None:
    shown = next_slot("hourly", now, zone).astimezone(zone)
    assert (shown.minute, shown.second, shown.microsecond) == (0, 0, 0)


@given(CLOCK, MOMENTS, ZONES)
def test_a_daily_digest_comes_once_a_day_at_its_time_unless_clocks_leave_that_out(
    at: str, now: datetime, zone: ZoneInfo
) -> None:
    slot = next_slot(f"daily {at}", now, zone)
    shown, before = slot.astimezone(zone), (slot - timedelta(seconds=1)).astimezone(zone)
    if f"{shown:%H:%M}" != at:  # the first moment after the gap
        assert shown.utcoffset() != before.utcoffset()
    assert next_slot(f"daily {at}", slot, zone).astimezone(zone).date() > shown.date()


@given(NIGHTS, MOMENTS, ZONES)
def test_quiet_hours_end_in_the_future_and_are_over_then(quiet: str, now: datetime, zone: ZoneInfo) -> None:
    end = quiet_until(quiet, now, zone)
    if end is None:
        return
    assert now < end <= now + timedelta(days=2, hours=3)
    assert quiet_until(quiet, end, zone) is None
    assert quiet_until(quiet, end - timedelta(milliseconds=1), zone) == end


@given(NIGHTS, MOMENTS, ZONES)
def test_it_is_quiet_whenever_clocks_there_show_a_quiet_time(quiet: str, now: datetime, zone: ZoneInfo) -> None:
    start, end = map(time.fromisoformat, quiet.split("-"))
    shown = now.astimezone(zone).time()
    inside = start <= shown < end if start < end else shown >= start or shown < end
    day = (now - timedelta(days=1)).astimezone(zone).utcoffset() == (now + timedelta(days=1)).astimezone(
        zone
    ).utcoffset()
    if day:
        assert (quiet_until(quiet, now, zone) is not None) == inside
    elif inside:  # around a change of the clocks an hour is rather quiet than not
        assert quiet_until(quiet, now, zone) is not None


@pytest.mark.parametrize(
    ("digest", "now", "expected"),
    [
        ("hourly", "2025-02-05T12:00:00", "2025-02-05T13:00:00"),
        ("hourly", "2025-02-05T12:59:59.999999", "2025-02-05T13:00:00"),
        ("daily 07:00", "2025-02-05T06:59:59", "2025-02-05T07:00:00"),
        ("daily 07:00", "2025-02-05T07:00:00", "2025-02-06T07:00:00"),
        ("daily 00:00", "2025-12-31T23:59:00", "2026-01-01T00:00:00"),
        ("daily 07:00", "2025-03-08T12:00:00", "2025-03-09T07:00:00"),  # 23 h after the last
        ("daily 02:30", "2025-03-08T12:00:00", "2025-03-09T03:00:00"),  # 02:30 is left out that night
    ],
)
def test_digests_come_at_the_time_that_people_there_read_on_their_clocks(digest: str, now: str, expected: str) -> None:
    assert next_slot(digest, local(now, NEW_YORK), NEW_YORK) == local(expected, NEW_YORK)


def test_a_time_that_comes_twice_is_told_once_and_quiet_until_its_second_time() -> None:
    first, second = local("2025-11-02T01:30", NEW_YORK), local("2025-11-02T01:30", NEW_YORK, fold=1)
    assert second.timestamp() - first.timestamp() == 3600
    assert next_slot("daily 01:30", local("2025-11-01T12:00", NEW_YORK), NEW_YORK) == first
    assert next_slot("daily 01:30", first, NEW_YORK) == local("2025-11-03T01:30", NEW_YORK)
    assert quiet_until("22:00-01:30", local("2025-11-01T23:00", NEW_YORK), NEW_YORK) == second
    assert quiet_until("22:00-01:30", local("2025-11-02T01:10", NEW_YORK, fold=1), NEW_YORK) == second


def test_quiet_hours_that_end_in_a_gap_end_with_it() -> None:
    end = quiet_until("22:00-02:30", local("2025-03-09T01:00", NEW_YORK), NEW_YORK)
    assert end == local("2025-03-09T03:00", NEW_YORK)


def test_a_day_that_a_country_left_out_is_passed_over() -> None:
    """Samoa had no 30 December 2011."""
    before = local("2011-12-29T20:00", APIA)
    assert moment(date(2011, 12, 30), time(7), APIA) == local("2011-12-31T00:00", APIA)
    assert next_slot("daily 07:00", before, APIA) == local("2011-12-31T00:00", APIA)
    assert quiet_until("22:00-07:00", local("2011-12-29T23:00", APIA), APIA) == local("2011-12-31T07:00", APIA)


def test_zones_with_half_hours_have_their_own_full_hours() -> None:
    assert next_slot("hourly", NOON, KOLKATA) == NOON + timedelta(minutes=30)
    assert next_slot("hourly", local("2025-10-05T01:45", LORD_HOWE), LORD_HOWE) == local("2025-10-05T03:00", LORD_HOWE)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2025-02-05T21:59:59", None),
        ("2025-02-05T22:00:00", "2025-02-06T07:00:00"),
        ("2025-02-05T23:59:59", "2025-02-06T07:00:00"),
        ("2025-02-06T00:00:00", "2025-02-06T07:00:00"),
        ("2025-02-06T06:59:59", "2025-02-06T07:00:00"),
        ("2025-02-06T07:00:00", None),
    ],
)
def test_quiet_hours_go_over_midnight(at: str, end: str | None) -> None:
    found = quiet_until("22:00-07:00", local(at, NEW_YORK), NEW_YORK)
    assert found == (None if end is None else local(end, NEW_YORK))


def test_from_a_time_to_the_same_time_is_never_quiet() -> None:
    assert quiet_until("07:00-07:00", NOON, UTC) is None
    assert quiet_until(None, NOON, UTC) is None


def said(**asked: object) -> tuple[str, str | None, str]:
    timing = decide(Ask(**asked), NOON)  # type: ignore[arg-type]
    assert (timing.state == "pending") == (timing.reason is None)
    return timing.state, timing.digest, f"{timing.next_at:%d %H:%M:%S}"


def test_nothing_in_the_way_means_after_the_rules_wait() -> None:
    assert said(wait=timedelta(seconds=10)) == ("pending", None, "05 12:00:10")


def test_a_mute_comes_first() -> None:
    assert said(mute=3, urgent=True, digest="hourly")[0] == "suppressed"
    assert decide(Ask(mute=3), NOON).reason == "mute 3"


def test_each_cause_holds_until_its_own_end() -> None:
    later = NOON + timedelta(minutes=7)
    assert said(entry_class=EntryClass.BURST) == ("held", "burst", "05 12:02:00")
    assert said(entry_class=EntryClass.LATE) == ("held", "late", "05 13:00:00")
    assert said(digest="hourly") == ("held", "hourly", "05 13:00:00")
    assert said(digest="daily 07:00") == ("held", "daily", "06 07:00:00")
    assert said(quiet="11:00-14:30") == ("held", "quiet", "05 14:30:00")
    assert said(cooled_at=later) == ("held", "cooldown", "05 12:07:00")
    assert said(room_at=later) == ("held", "rate", "05 12:07:00")
    assert said(fuse_until=later) == ("held", "fuse", "05 12:07:00")


def test_what_is_over_holds_nothing() -> None:
    assert said(cooled_at=NOON, room_at=NOON - timedelta(seconds=1), fuse_until=NOON)[0] == "pending"


def test_a_wait_that_ends_in_quiet_hours_waits_for_their_end() -> None:
    assert said(quiet="12:00-13:00", wait=timedelta(seconds=10)) == ("held", "quiet", "05 13:00:00")
    assert decide(Ask(quiet="12:01-13:00", wait=timedelta(minutes=2)), NOON).digest == "quiet"


def test_the_longest_of_several_counts_and_quiet_hours_are_said_with_it() -> None:
    timing = decide(Ask(digest="daily 06:00", quiet="22:00-07:00"), NOON)
    assert (timing.digest, f"{timing.next_at:%d %H:%M}") == ("daily", "06 07:00")
    assert timing.reason == "the rule's daily digest, then quiet hours 22:00-07:00 of the channel"
    assert said(cooled_at=NOON + timedelta(hours=2), room_at=NOON + timedelta(minutes=7))[1] == "cooldown"
    assert said(digest="hourly", cooled_at=NOON + timedelta(hours=3)) == ("held", "hourly", "05 13:00:00")


def test_a_burst_just_before_a_slot_waits_for_the_next_one() -> None:
    at = NOON - timedelta(seconds=30)
    assert decide(Ask(digest="hourly", entry_class=EntryClass.BURST), at).next_at == NOON + timedelta(hours=1)
    assert decide(Ask(digest="hourly"), at).next_at == NOON


def test_urgent_ones_pass_everything_but_what_cannot_be_proven_new() -> None:
    later = NOON + timedelta(hours=1)
    passed = {"digest": "hourly", "quiet": "11:00-14:00", "cooled_at": later, "room_at": later, "fuse_until": later}
    assert said(urgent=True, **passed) == ("pending", None, "05 12:00:00")
    assert said(urgent=True, entry_class=EntryClass.BURST, **passed) == ("held", "burst", "05 12:02:00")


@given(CLASSES, st.booleans(), st.none() | DIGESTS, st.none() | NIGHTS, ZONES, SOON, SOON, SOON)
def test_whatever_is_asked_the_answer_keeps_its_promises(
    entry_class: EntryClass,
    urgent: bool,
    digest: str | None,
    quiet: str | None,
    zone: ZoneInfo,
    cooled: datetime | None,
    room: datetime | None,
    fuse: datetime | None,
) -> None:
    ask = Ask(timedelta(seconds=10), entry_class, urgent, None, digest, quiet, zone, cooled, room, fuse)
    timing = decide(ask, NOON)
    assert NOON < timing.next_at <= NOON + timedelta(days=4)
    assert (timing.state == "held") == (timing.digest is not None) == (timing.reason is not None)
    if entry_class is EntryClass.BURST:
        assert timing.next_at >= NOON + GATHER
    if urgent and entry_class in (EntryClass.LIVE, EntryClass.UPDATE):
        assert timing.state == "pending"
    if not urgent:
        assert quiet_until(quiet, timing.next_at, zone) is None
        assert digest is None or timing.digest == digest.split()[0]
        if digest is None:
            assert all(at is None or timing.next_at >= at for at in (cooled, room, fuse))

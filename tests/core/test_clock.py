"""Times: one fixed width, so that the order of texts is the order of moments."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import (
    BACK,
    FORWARD,
    SETTLES,
    Mark,
    SteadyClock,
    SystemClock,
    from_iso,
    iso_or_none,
    jump,
    parse_iso_or_none,
    to_iso,
)

ZONES = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(
    lambda d: timezone(timedelta(minutes=d // timedelta(minutes=1)))
)
START = datetime(2025, 2, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=ZONES)


@given(MOMENTS)
def test_a_moment_reads_back_to_the_millisecond(moment: datetime) -> None:
    assert timedelta() <= moment - from_iso(to_iso(moment)) < timedelta(milliseconds=1)
    assert from_iso(to_iso(moment)).tzinfo is UTC


@given(MOMENTS, MOMENTS)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    if to_iso(one) < to_iso(other):
        assert one < other
    assert len(to_iso(one)) == len(to_iso(other)) == 29


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2025-02-05T12:00:00Z", datetime(2025, 2, 5, 12, tzinfo=UTC)),
        ("2025-02-05T05:00:00-07:00", datetime(2025, 2, 5, 12, tzinfo=UTC)),
        ("2025-02-05T12:00:00", datetime(2025, 2, 5, 12, tzinfo=UTC)),
        ("2025-02-05", datetime(2025, 2, 5, tzinfo=UTC)),
    ],
)
def test_any_iso_form_is_read_and_one_without_a_zone_as_utc(text: str, meant: datetime) -> None:
    assert from_iso(text) == meant


@pytest.mark.parametrize("text", ["", "yesterday", "2025-13-01", "05.02.2025"])
def test_anything_else_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"[Ii]nvalid|month"):
        from_iso(text)


def test_none_stays_none() -> None:
    assert iso_or_none(None) is None
    assert parse_iso_or_none(None) is None
    moment = datetime(2025, 2, 5, tzinfo=UTC)
    assert parse_iso_or_none(iso_or_none(moment)) == moment


def test_the_machine_s_clock_is_utc_and_its_counter_never_goes_back() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    counted = [clock.monotonic() for _ in range(50)]
    assert counted == sorted(counted)


class Watch:
    """A wall clock that can be set, and a monotonic one that cannot."""

    def __init__(self) -> None:
        self.wall, self.counted = START, 1000.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.counted

    def run(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.counted += seconds


@pytest.mark.parametrize(
    ("by", "doubted"),
    [
        (timedelta(), False),
        (-BACK, False),
        (-BACK - timedelta(seconds=1), True),
        (FORWARD, False),
        (FORWARD + timedelta(seconds=1), True),
        (-9000 * DAY, True),
    ],
)
def test_a_minute_back_or_an_hour_ahead_is_still_believed(by: timedelta, doubted: bool) -> None:
    found = jump(Mark(START, 50.0), START + timedelta(seconds=100) + by, 150.0)
    assert found == (by if doubted else None)


@pytest.mark.parametrize("by", [DAY, -DAY, 9000 * DAY, -9000 * DAY])
def test_time_goes_on_through_a_jump_until_it_is_believed(by: timedelta) -> None:
    inner = Watch()
    clock = SteadyClock(inner)
    assert clock.look() is None
    inner.wall += by
    inner.run(1)
    assert clock.now() == START + timedelta(seconds=1)
    found = clock.look()
    assert found is not None
    assert (found.what, found.by) == ("jumped", by)
    inner.run(SETTLES - 1)
    assert clock.look() is None
    assert clock.now() == START + timedelta(seconds=SETTLES)
    inner.run(1)
    found = clock.look()
    assert found is not None
    assert (found.what, found.by) == ("believed", by)
    assert clock.now() == inner.wall
    assert clock.look() is None


def test_a_clock_that_is_set_right_again_is_back_at_once() -> None:
    inner = Watch()
    clock = SteadyClock(inner)
    inner.wall += DAY
    found = clock.look()
    assert found is not None
    assert found.what == "jumped"
    inner.run(5)
    inner.wall -= DAY
    found = clock.look()
    assert found is not None
    assert found.what == "returned"
    assert clock.now() == inner.wall
    assert clock.look() is None


def test_a_clock_that_jumps_again_must_settle_anew() -> None:
    inner = Watch()
    clock = SteadyClock(inner)
    inner.wall += DAY
    clock.look()
    inner.run(SETTLES - 1)
    inner.wall += DAY
    found = clock.look()
    assert found is not None
    assert (found.what, found.by) == ("jumped", 2 * DAY)
    inner.run(SETTLES - 1)
    assert clock.look() is None


def test_a_start_before_the_last_moment_is_a_jump_back() -> None:
    inner = Watch()
    clock = SteadyClock(inner)
    clock.not_before(START + DAY)
    inner.run(1)
    assert clock.now() == START + DAY + timedelta(seconds=1)
    found = clock.look()
    assert found is not None
    assert (found.what, found.by) == ("jumped", -DAY)


@pytest.mark.parametrize("latest", [START - DAY, START, START + BACK])
def test_a_start_after_the_last_moment_is_a_start(latest: datetime) -> None:
    clock = SteadyClock(Watch())
    clock.not_before(latest)
    assert clock.now() == START
    assert clock.look() is None


@given(st.lists(st.tuples(st.floats(0, 300), st.integers(-300_000, 300_000)), max_size=30))
def test_time_only_moves_evenly_by_small_steps_or_as_it_is_said(steps: list[tuple[float, int]]) -> None:
    """Whatever is done to the wall clock: between two looks `now` moves by what has passed, or as `look` says."""
    inner = Watch()
    clock = SteadyClock(inner)
    for seconds, by in steps:
        before = clock.now()
        inner.run(seconds)
        inner.wall += timedelta(seconds=by)
        found = clock.look()
        moved = clock.now() - before - timedelta(seconds=seconds)
        if found is not None and found.what == "believed":
            moved -= found.by
        limit = timedelta(seconds=1e-3)
        assert -BACK - limit <= moved <= FORWARD + limit

"""Times: one fixed width, so that the order of texts is the order of moments."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import SystemClock, from_iso, iso_or_none, parse_iso_or_none, to_iso

ZONES = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(
    lambda d: timezone(timedelta(minutes=d // timedelta(minutes=1)))
)
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

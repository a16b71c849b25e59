"""The next poll: fixed cadences do not drift, failures back off, Retry-After is obeyed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.cadence import DAY, interval, next_poll

DUE = datetime(2025, 2, 5, 12, tzinfo=UTC)
STEP = timedelta(minutes=10)
seconds = st.integers(0, 200_000).map(lambda s: timedelta(seconds=s))


def test_a_fixed_cadence_counts_from_when_it_was_due() -> None:
    assert next_poll(DUE, DUE + timedelta(seconds=7), STEP, fixed=True) == DUE + STEP


def test_a_late_service_does_not_catch_up() -> None:
    late = DUE + timedelta(hours=3)
    assert next_poll(DUE, late, STEP, fixed=True) == late + STEP


def test_failures_back_off_linearly_to_a_day() -> None:
    waits = [next_poll(DUE, DUE, STEP, fixed=True, fails=n) - DUE for n in (1, 2, 3, 1000)]
    assert waits == [2 * STEP, 3 * STEP, 4 * STEP, DAY]


def test_the_budget_is_spread_and_capped() -> None:
    assert interval(None, 48, timedelta(hours=6)) == timedelta(minutes=30)
    assert interval(None, 1, timedelta(hours=6)) == timedelta(hours=6)
    assert interval(timedelta(seconds=5), 48, timedelta(hours=6)) == timedelta(seconds=5)


@given(
    late=seconds,
    step=st.integers(1, 90_000).map(lambda s: timedelta(seconds=s)),
    fails=st.integers(0, 50),
    hint=st.none() | seconds,
    random=st.floats(0, 1, exclude_max=True),
)
def test_never_in_the_past_never_given_up(
    late: timedelta, step: timedelta, fails: int, hint: timedelta | None, random: float
) -> None:
    now = DUE + late
    following = next_poll(DUE, now, step, fixed=False, fails=fails, retry_after=hint, random=random)
    assert following > now
    assert following - now <= max(DAY, step * 1.1)
    assert following - now >= min(hint or timedelta(), DAY)

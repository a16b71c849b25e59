"""When pages are read again, and how many."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.relook import AGES, CONFIRM_CUT, CONFIRM_GONE, MOST, Budget, after, next_relook

NOON = datetime(2025, 2, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_looks_follow_the_ages_since_the_last_change() -> None:
    assert next_relook(NOON, NOON) == NOON + AGES[0]
    assert next_relook(NOON, NOON + AGES[0]) == NOON + AGES[1]
    assert next_relook(NOON, NOON + timedelta(hours=30)) == NOON + AGES[4]
    assert next_relook(NOON, NOON + AGES[4]) is None


def test_an_article_is_looked_at_so_often_and_no_more() -> None:
    assert next_relook(NOON, NOON, looks=MOST - 1) is not None
    assert next_relook(NOON, NOON, looks=MOST) is None
    assert after("lost", NOON, NOON, looks=MOST) is None


def test_a_failed_look_is_made_up_for_even_after_the_last_age() -> None:
    assert next_relook(NOON, NOON + HOUR / 2, failed=True) == NOON + HOUR
    assert next_relook(NOON, NOON + AGES[4], failed=True) == NOON + AGES[4] + timedelta(days=1)
    assert next_relook(NOON, NOON + AGES[4] + timedelta(days=4), failed=True) is None


def test_a_server_that_asks_for_time_gets_it_and_what_is_doubted_is_looked_at_soon() -> None:
    assert after("unread", NOON, NOON, retry_after=2 * HOUR) == NOON + 2 * HOUR
    assert after("unread", NOON, NOON, retry_after=timedelta(seconds=5)) == NOON + AGES[0]
    assert after("lost", NOON, NOON) == NOON + CONFIRM_GONE
    assert after("cut", NOON, NOON) == NOON + CONFIRM_CUT


@given(st.lists(st.integers(0, 40_000), max_size=60))
def test_looks_end_and_each_is_later_than_the_one_before(steps: list[int]) -> None:
    now, at = NOON, next_relook(NOON, NOON)
    found = []
    for step in steps:
        if at is None:
            break
        found.append(at)
        assert at > now
        now = at + timedelta(seconds=step)
        at = next_relook(NOON, now)
    assert len(found) <= len(AGES)
    assert found == sorted(found)


def test_a_budget_begins_with_an_hours_worth_and_fills_evenly() -> None:
    budget = Budget.start(2400, NOON)
    assert budget.whole == 100
    budget = budget.spend(100)
    assert (budget.whole, budget.used) == (0, 100)
    assert budget.filled(NOON + timedelta(seconds=36)).whole == 1
    assert budget.filled(NOON + HOUR).whole == 100
    assert budget.filled(NOON + 50 * HOUR).whole == 100
    assert budget.filled(NOON + 12 * HOUR).used == 0
    assert budget.filled(NOON - HOUR).whole == 0


def test_a_small_budget_still_allows_a_look_and_none_allows_none() -> None:
    assert Budget.start(3, NOON).whole == 1
    assert Budget.start(3, NOON).spend(1).filled(NOON + 8 * HOUR).whole == 1
    assert Budget.start(0, NOON).whole == Budget.start(0, NOON).filled(NOON + 50 * HOUR).whole == 0


def test_a_budget_that_is_kept_grants_nothing_anew_at_a_restart() -> None:
    spent = Budget.start(2400, NOON).spend(100)
    again = Budget.read(spent.kept(), 2400, NOON + timedelta(seconds=72))
    assert (again.whole, again.used) == (2, 100)
    assert Budget.read(spent.kept(), 24, NOON + 9 * HOUR).whole == 1
    assert Budget.read(None, 2400, NOON) == Budget.start(2400, NOON)


@given(st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 50)), max_size=60), st.integers(0, 5000))
def test_never_more_is_spent_than_an_hours_worth_and_what_has_flowed_in(
    steps: list[tuple[int, int]], per_day: int
) -> None:
    budget, now, spent = Budget.start(per_day, NOON), NOON, 0
    for seconds, wanted in steps:
        now += timedelta(seconds=seconds)
        budget = Budget.read(budget.kept(), per_day, now)
        take = min(wanted, budget.whole)
        budget, spent = budget.spend(take), spent + take
    room = max(1.0, per_day / 24) if per_day else 0.0
    assert spent <= room + per_day * (now - NOON).total_seconds() / 86_400 + 0.01

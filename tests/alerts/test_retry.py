"""What a failure means: for the delivery, and for its channel."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.retry import BREAKER_LONGEST, DOUBT, after_failure, delay
from core.errors import DeliveryError, Failure
from store.channels import ChannelHealth
from store.outbox import Claim

NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def claim(attempts: int = 1, *, degraded: bool = False, left: timedelta = 72 * HOUR) -> Claim:
    return Claim(
        "msg_1", "al_1", "desk", "", attempts, attempts, NOW, NOW + left, NOW + timedelta(seconds=90), degraded
    )


def error(failure: Failure, hint: timedelta | None = None) -> DeliveryError:
    return DeliveryError("no", failure, retry_after=hint)


def test_waits_grow_and_are_spread_by_a_fifth() -> None:
    waits = []
    for attempts in (1, 2, 3, 9, 30):
        verdict, _ = after_failure(claim(attempts), error(Failure.TRANSIENT), ChannelHealth(), NOW, 0.5)
        assert verdict.next_at is not None
        waits.append(verdict.next_at - NOW)
    assert waits == [timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), 8 * HOUR, 8 * HOUR]
    early, _ = after_failure(claim(2), error(Failure.TRANSIENT), ChannelHealth(), NOW, 0.0)
    assert early.next_at == NOW + timedelta(seconds=24)


def test_past_the_deadline_it_is_dead() -> None:
    verdict, _ = after_failure(claim(5, left=HOUR / 60), error(Failure.TRANSIENT), ChannelHealth(), NOW, 0.5)
    assert verdict.next_at is None


def test_a_slow_down_blocks_the_channel_and_costs_no_attempt() -> None:
    verdict, health = after_failure(
        claim(), error(Failure.SLOW_DOWN, timedelta(seconds=7)), ChannelHealth(fails=2), NOW, 0.5
    )
    assert (verdict.next_at, verdict.counts) == (NOW + timedelta(seconds=7), False)
    assert (health.blocked_until, health.fails) == (NOW + timedelta(seconds=7), 2)


@pytest.mark.parametrize("hint", [None, timedelta()])
def test_a_slow_down_without_a_hint_still_waits(hint: timedelta | None) -> None:
    verdict, _ = after_failure(claim(), error(Failure.SLOW_DOWN, hint), ChannelHealth(), NOW, 0.5)
    assert verdict.next_at is not None
    assert verdict.next_at > NOW


def test_a_hint_with_a_passing_fault_is_kept_too() -> None:
    verdict, _ = after_failure(claim(), error(Failure.TRANSIENT, HOUR), ChannelHealth(), NOW, 0.5)
    assert verdict.next_at == NOW + HOUR


def test_a_refused_message_is_sent_once_more_plainly_then_dead() -> None:
    first, health = after_failure(claim(), error(Failure.REJECTED), ChannelHealth(), NOW, 0.5)
    second, _ = after_failure(claim(2, degraded=True), error(Failure.REJECTED), health, NOW, 0.5)
    assert (first.degrade, first.next_at) == (True, NOW)
    assert second.next_at is None
    assert health == ChannelHealth()


def test_five_failures_in_a_row_rest_the_channel_ever_longer() -> None:
    health, rests = ChannelHealth(), []
    for _ in range(12):
        _, health = after_failure(claim(), error(Failure.UNCERTAIN), health, NOW, 0.5)
        rests.append((health.blocked_until or NOW) - NOW)
    assert rests[:6] == [timedelta()] * 4 + [timedelta(seconds=30), timedelta(seconds=60)]
    assert rests[-1] == BREAKER_LONGEST


def test_a_wrong_address_is_believed_when_said_twice_ten_minutes_apart() -> None:
    first, health = after_failure(claim(), error(Failure.CONFIG), ChannelHealth(), NOW, 0.5)
    assert (first.next_at, first.counts, health.broken) == (NOW + DOUBT, False, False)
    _, soon = after_failure(claim(), error(Failure.CONFIG), health, NOW + DOUBT / 2, 0.5)
    assert not soon.broken
    _, later = after_failure(claim(), error(Failure.CONFIG), health, NOW + DOUBT, 0.5)
    assert later.broken


def test_another_failure_between_clears_the_doubt() -> None:
    _, doubted = after_failure(claim(), error(Failure.CONFIG), ChannelHealth(), NOW, 0.5)
    _, cleared = after_failure(claim(), error(Failure.TRANSIENT), doubted, NOW, 0.5)
    assert cleared.doubted_at is None


@given(
    st.integers(1, 60),
    st.sampled_from(list(Failure)),
    st.floats(0, 0.999),
    st.one_of(st.none(), st.timedeltas(timedelta(), timedelta(hours=24))),
)
def test_nothing_is_tried_before_its_hint_or_after_its_deadline(
    attempts: int, failure: Failure, random: float, hint: timedelta | None
) -> None:
    verdict, health = after_failure(claim(attempts), error(failure, hint), ChannelHealth(fails=attempts), NOW, random)
    if verdict.next_at is not None:
        assert verdict.next_at <= claim().deadline
        assert verdict.next_at >= NOW
        if hint is not None and failure in (Failure.SLOW_DOWN, Failure.TRANSIENT, Failure.UNCERTAIN):
            assert verdict.next_at >= NOW + hint
    assert health.blocked_until is None or health.blocked_until >= NOW


def test_delays_are_defined_for_every_attempt() -> None:
    assert [delay(n) for n in (1, 8, 9, 100)] == [timedelta(seconds=5), 4 * HOUR, 8 * HOUR, 8 * HOUR]

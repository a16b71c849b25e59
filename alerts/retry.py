"""What a failed delivery means for itself and for its channel: pure, with `now` and `random` handed in.

Schedules and classes from RELIABILITY, section 4; delays are spread by +-20 % so that nothing retries in step.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.errors import DeliveryError, Failure
from store.channels import ChannelHealth
from store.outbox import Claim

DELAYS = tuple(
    timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 7200, 14_400)
)  # then the last, doubled, to the deadline
LAST = timedelta(hours=8)
JITTER = 0.2
BREAKER_AFTER = 5  # failures in a row on one channel
BREAKER_FIRST = timedelta(seconds=30)
BREAKER_LONGEST = timedelta(minutes=15)
DOUBT = timedelta(minutes=10)  # between two answers that say the address is wrong
UNHINTED = timedelta(seconds=30)  # a slow-down without Retry-After
SHORTEST = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the delivery; `next_at` None = dead."""

    next_at: datetime | None
    counts: bool = True
    degrade: bool = False


def after_failure(
    claim: Claim, error: DeliveryError, health: ChannelHealth, now: datetime, random: float
) -> tuple[Verdict, ChannelHealth]:
    """The delivery's next try and the channel's health after one failure. `random` in [0, 1)."""
    spread = 1 + JITTER * (2 * random - 1)
    match error.failure:
        case Failure.REJECTED:
            return _rejected(claim, now), health
        case Failure.SLOW_DOWN:
            until = now + max((error.retry_after or UNHINTED), SHORTEST)
            return _before_deadline(claim, until, counts=False), replace(health, blocked_until=until)
        case Failure.CONFIG:
            return _doubted(claim, health, now)
        case _:
            wait = max(delay(claim.attempts) * spread, error.retry_after or timedelta())
            return _before_deadline(claim, now + wait), _counted(health, now, spread)


def delay(attempts: int) -> timedelta:
    """The plain wait after so many attempts (1 or more)."""
    return DELAYS[attempts - 1] if attempts <= len(DELAYS) else LAST


def _rejected(claim: Claim, now: datetime) -> Verdict:
    """The message itself is refused: once more as plain text, then it is dead. No fault of the channel's."""
    return Verdict(None) if claim.degraded else Verdict(now, degrade=True)


def _doubted(claim: Claim, health: ChannelHealth, now: datetime) -> tuple[Verdict, ChannelHealth]:
    """The address is wrong, says the server. Believed only when it says so again ten minutes later."""
    doubted = health.doubted_at or now
    again = now + DOUBT
    broken = now - doubted >= DOUBT
    found = replace(
        health,
        fails=health.fails + 1,
        first_fail_at=health.first_fail_at or now,
        doubted_at=doubted,
        blocked_until=again,
        broken=broken,
    )
    return Verdict(again, counts=False), found


def _counted(health: ChannelHealth, now: datetime, spread: float) -> ChannelHealth:
    """One more failure in a row. From the fifth on the channel rests, and one delivery at a time probes it."""
    fails = health.fails + 1
    blocked = health.blocked_until
    if fails >= BREAKER_AFTER:
        rest = min(BREAKER_FIRST * 2 ** min(fails - BREAKER_AFTER, 10), BREAKER_LONGEST)
        blocked = now + rest * spread
    return replace(
        health, fails=fails, first_fail_at=health.first_fail_at or now, doubted_at=None, blocked_until=blocked
    )


def _before_deadline(claim: Claim, next_at: datetime, *, counts: bool = True) -> Verdict:
    return Verdict(next_at if next_at <= claim.deadline else None, counts=counts)

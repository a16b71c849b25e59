"""When a page is read again in search of edits, and how many pages may be: pure decisions.

Edits cluster soon after publication, so looks follow at growing ages; an article that changed is young again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from core.clock import from_iso, to_iso

AGES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3), timedelta(days=1), timedelta(days=7))
MOST = 24  # looks of one article: a page that changes for ever stops being news
RETRY = timedelta(days=1)  # after a look that failed, where no age is left
RETRIED = timedelta(days=3)  # after the last age, that failed looks are repeated
CONFIRM_GONE = timedelta(minutes=30)  # from a first 404 to the look that believes it: sites lose pages for moments
CONFIRM_CUT = timedelta(hours=1)  # from a text that shrank to a stub to the look that believes it


def next_relook(
    changed_at: datetime,
    now: datetime,
    *,
    ages: Sequence[timedelta] = AGES,
    looks: int = 0,
    failed: bool = False,
) -> datetime | None:
    """When an article that last changed at `changed_at` is looked at next: at the first age still ahead.

    None after the last age, or after MOST `looks`. A look that `failed` is repeated a day later for some days more.
    """
    if looks >= MOST or not ages:
        return None
    ahead = [changed_at + age for age in ages if changed_at + age > now]
    if ahead:
        return min(ahead)
    return now + RETRY if failed and now < changed_at + max(ages) + RETRIED else None


def after(
    change: str,
    changed_at: datetime,
    now: datetime,
    *,
    ages: Sequence[timedelta] = AGES,
    looks: int = 0,
    retry_after: timedelta | None = None,
) -> datetime | None:
    """`next_relook` after a look that found `change`; what must be confirmed is looked at sooner, or later."""
    if change in ("lost", "cut") and looks < MOST:
        return now + (CONFIRM_GONE if change == "lost" else CONFIRM_CUT)
    at = next_relook(changed_at, now, ages=ages, looks=looks, failed=change == "unread")
    return at if at is None or retry_after is None else max(at, now + retry_after)


@dataclass(frozen=True, slots=True)
class Budget:
    """A token bucket: fills evenly over the day, holds one hour's worth, begins full. `used`: looks of `day`, UTC."""

    per_day: int
    tokens: float
    at: datetime
    day: str
    used: int = 0

    @classmethod
    def start(cls, per_day: int, now: datetime) -> Self:
        """The budget of a service that has never looked again."""
        return cls(per_day, _room(per_day), now, _day(now))

    @classmethod
    def read(cls, kept: Mapping[str, Any] | None, per_day: int, now: datetime) -> Self:
        """The budget as it was kept, filled up to now; a new one where nothing was."""
        if kept is None:
            return cls.start(per_day, now)
        found = cls(per_day, float(kept["tokens"]), from_iso(kept["at"]), str(kept["day"]), int(kept["used"]))
        return found.filled(now)

    def filled(self, now: datetime) -> Self:
        """What has flowed in until `now`; a clock that went back takes nothing away."""
        seconds = max(0.0, (now - self.at).total_seconds())
        tokens = min(_room(self.per_day), self.tokens + seconds * self.per_day / 86_400)
        return replace(self, tokens=tokens, at=now, day=_day(now), used=self.used if _day(now) == self.day else 0)

    @property
    def whole(self) -> int:
        """Looks that may begin now; a hair is forgiven, since time is counted in fractions."""
        return int(self.tokens + 1e-6)

    def spend(self, looks: int) -> Self:
        """The budget after so many looks have begun."""
        return replace(self, tokens=max(0.0, self.tokens - looks), used=self.used + looks)

    def kept(self) -> dict[str, Any]:
        """What the store keeps, so that a restart grants nothing anew."""
        return {
            "per_day": self.per_day,
            "tokens": round(self.tokens, 6),
            "at": to_iso(self.at),
            "day": self.day,
            "used": self.used,
        }


def _room(per_day: int) -> float:
    """One hour's worth, but at least one look where any is allowed."""
    return max(1.0, per_day / 24) if per_day > 0 else 0.0


def _day(now: datetime) -> str:
    return f"{now:%Y-%m-%d}"

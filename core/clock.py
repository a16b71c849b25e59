"""Time as the service sees it: injected, UTC, and written to the database in one fixed-width ISO 8601 form."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

BACK = timedelta(seconds=60)  # a wall clock may fall behind so far, or run ahead so far, before its jump is doubted
FORWARD = timedelta(hours=1)  # (RELIABILITY, 5, L8); both are what clocks that are set right again do
SETTLES = 120.0  # seconds a clock that has jumped must run evenly before it is believed


class Clock(Protocol):
    """What a clock must offer; tests hand in their own."""

    def now(self) -> datetime:
        """The wall clock, UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment at which both clocks were read; from then on they should advance together."""

    wall: datetime
    monotonic: float

    def expected(self, monotonic: float) -> datetime:
        """What the wall clock should say now."""
        return self.wall + timedelta(seconds=monotonic - self.monotonic)


def jump(mark: Mark, wall: datetime, monotonic: float) -> timedelta | None:
    """By how much the wall clock has jumped since the mark; None for one that has not, within `BACK` and `FORWARD`."""
    by = wall - mark.expected(monotonic)
    return by if by < -BACK or by > FORWARD else None


@dataclass(frozen=True, slots=True)
class Change:
    """What a look at the clock found: `what` is jumped, returned or believed; `by` how much it is off."""

    what: str
    by: timedelta


class SteadyClock:
    """A clock without jumps: where the wall clock jumps, time goes on as it went until the new time is believed.

    `look` is called at every tick. When it says that a jump is believed, `now` has moved by that much: whatever
    waits for a time must be moved as well.
    """

    def __init__(self, inner: Clock, settles: float = SETTLES) -> None:
        self._inner = inner
        self._settles = settles
        self._mark = Mark(inner.now(), inner.monotonic())
        self._stray: tuple[timedelta, float] | None = None  # how far off, and since when (monotonic)

    def now(self) -> datetime:
        mark, wall, monotonic = self._mark, self._inner.now(), self._inner.monotonic()
        return wall if jump(mark, wall, monotonic) is None else mark.expected(monotonic)

    def monotonic(self) -> float:
        return self._inner.monotonic()

    def not_before(self, moment: datetime) -> None:
        """Time has already been `moment`: a wall clock that says less by more than `BACK` has jumped meanwhile."""
        wall, monotonic = self._inner.now(), self._inner.monotonic()
        if jump(Mark(moment, monotonic), wall, monotonic) is not None and wall < moment:
            self._mark = Mark(moment, monotonic)

    def look(self) -> Change | None:
        """Compare the two clocks; what is new about it, if anything is."""
        wall, monotonic = self._inner.now(), self._inner.monotonic()
        by = jump(self._mark, wall, monotonic)
        before, self._stray = self._stray, None
        if by is None:
            self._mark = Mark(wall, monotonic)
            return None if before is None else Change("returned", before[0])
        if before is not None and abs(by - before[0]) <= BACK:
            if monotonic - before[1] >= self._settles:
                self._mark = Mark(wall, monotonic)
                return Change("believed", by)
            self._stray = before
            return None
        self._stray = by, monotonic
        return Change("jumped", by)


def to_iso(moment: datetime) -> str:
    """`2026-11-23T20:08:11.123+00:00`: fixed width, so that text order is time order in SQL."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def iso_or_none(moment: datetime | None) -> str | None:
    """`to_iso`, keeping None."""
    return None if moment is None else to_iso(moment)


def from_iso(text: str) -> datetime:
    """The inverse of `to_iso`; accepts any ISO 8601 with offset. A time without one is taken as UTC.

    Raises ValueError for anything else.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def parse_iso_or_none(text: str | None) -> datetime | None:
    """`from_iso`, keeping None."""
    return None if text is None else from_iso(text)

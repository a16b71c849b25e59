"""Time as the service sees it: injected, UTC, and written to the database in one fixed-width ISO 8601 form."""

import time
from datetime import UTC, datetime
from typing import Protocol


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

"""What every test may ask for: a store on a real file, a clock that is told the time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from store import Backend, open_store

settings.register_profile("borderwire", deadline=None)  # a loaded machine is slow, not wrong
settings.load_profile("borderwire")


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def move(self, **step: float) -> datetime:
        self.moment += timedelta(**step)
        return self.moment


@pytest.fixture
def clock() -> FakeClock:
    """Wednesday 5 February 2025, noon UTC."""
    return FakeClock(datetime(2025, 2, 5, 12, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Backend]:
    """An empty, migrated database on a real file."""
    backend = open_store(str(tmp_path / "test.db"), lock=True)
    yield backend
    backend.close()

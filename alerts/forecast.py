"""What a query would have told: one alert a story, silence for what sources held when first read, and its chart."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from alerts.evaluate import OLD
from core.clock import from_iso
from core.model import EntryClass
from store import Row

MOST_LINES = 35  # of a chart: five weeks of days, then weeks, then months
WIDTH = 40


@dataclass(slots=True)
class Forecast:
    """Matching articles, told newest first, folded into stories. Memory: one entry a story."""

    matched: int = 0
    told: dict[int, tuple[str, int]] = field(default_factory=dict)  # story -> when and by which article
    _old: set[int] = field(default_factory=set)

    def add(self, row: Row) -> None:
        """One more matching article, no newer than those before it."""
        self.matched += 1
        if EntryClass(row["class"]) in OLD:
            self._old.add(row["story_id"])
        else:
            self.told[row["story_id"]] = (row["first_seen_at"], row["id"])

    @property
    def silent(self) -> int:
        """Stories that match only by what was there when a source was first read, or was issued again."""
        return len(self._old - self.told.keys())

    @property
    def stories(self) -> int:
        return len(self._old | self.told.keys())

    def days(self) -> dict[date, int]:
        """Alerts a day (UTC), days without any left out."""
        counted = Counter(from_iso(seen).date() for seen, _ in self.told.values())
        return dict(sorted(counted.items()))


def chart(days: Mapping[date, int], first: date, last: date, *, bar: str = "█") -> list[str]:
    """A line a day from `first` to `last`; a line a week or a month where that would be too many."""
    span = (last - first).days + 1
    step = "day" if span <= MOST_LINES else "week" if span <= 7 * MOST_LINES else "month"
    counts = dict.fromkeys(_starts(first, last, step), 0)
    for day, count in days.items():
        if (start := _start(day, step)) in counts:
            counts[start] += count
    most = max(counts.values(), default=0)
    return [f"Alerts a {step} (UTC)"] + [
        f"{start:{'%Y-%m' if step == 'month' else '%Y-%m-%d'}}  {bar * _length(count, most)}{' ' * bool(count)}{count}"
        for start, count in counts.items()
    ]


def _length(count: int, most: int) -> int:
    return 0 if not count else max(1, round(WIDTH * count / max(most, WIDTH)))


def _start(day: date, step: str) -> date:
    """The first day of its week (Monday) or month."""
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day


def _starts(first: date, last: date, step: str) -> Iterator[date]:
    at = first
    while at <= last:
        yield _start(at, step)
        at += timedelta(days=1)

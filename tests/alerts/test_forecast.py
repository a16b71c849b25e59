"""Alerts a back-test foretells: one a story, none for what was there before, and their chart."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from alerts.forecast import MOST_LINES, WIDTH, Forecast, chart

DAY = "2025-02-{:02}T12:00:00.000+00:00"


def row(article: int, story: int, day: int, entry_class: str = "live") -> dict[str, object]:
    return {"id": article, "story_id": story, "first_seen_at": DAY.format(day), "class": entry_class}


def test_a_story_alerts_once_on_the_day_of_its_first_match() -> None:
    made = Forecast()
    for found in (row(3, 1, 7), row(2, 2, 5), row(1, 1, 4)):
        made.add(found)
    assert (made.matched, made.stories, made.silent) == (3, 2, 0)
    assert made.days() == {date(2025, 2, 4): 1, date(2025, 2, 5): 1}
    assert made.told[1] == (DAY.format(4), 1)


def test_what_was_there_before_is_silent_unless_something_new_of_its_story_matches() -> None:
    made = Forecast()
    for found in (row(4, 2, 8), row(3, 1, 7, "backfill"), row(2, 2, 6, "rewrite"), row(1, 3, 5, "rewrite")):
        made.add(found)
    assert (made.stories, len(made.told), made.silent) == (3, 1, 2)
    assert made.days() == {date(2025, 2, 8): 1}


def test_the_chart_has_a_line_a_day_also_for_days_without_alerts() -> None:
    lines = chart({date(2025, 2, 1): 2, date(2025, 2, 3): 80}, date(2025, 2, 1), date(2025, 2, 3), bar="#")
    assert lines == [
        "Alerts a day (UTC)",
        "2025-02-01  # 2",
        "2025-02-02  0",
        f"2025-02-03  {'#' * WIDTH} 80",
    ]


def test_a_long_period_is_told_in_weeks_and_a_longer_one_in_months() -> None:
    weeks = chart({date(2025, 2, 5): 1}, date(2025, 1, 1), date(2025, 3, 1))
    assert weeks[0] == "Alerts a week (UTC)"
    assert "2025-02-03  █ 1" in weeks
    months = chart({date(2025, 2, 5): 3}, date(2024, 1, 1), date(2025, 3, 1))
    assert months[0] == "Alerts a month (UTC)"
    assert months[-2:] == ["2025-02  ███ 3", "2025-03  0"]


@given(
    st.dictionaries(st.dates(date(2024, 1, 1), date(2025, 12, 31)), st.integers(1, 5000), max_size=30),
    st.integers(1, 700),
)
def test_the_chart_loses_no_alert_and_stays_short(days: dict[date, int], length: int) -> None:
    first, last = min(days, default=date(2025, 1, 1)), max(days, default=date(2025, 1, 1))
    lines = chart(days, first, last)[1:]
    assert sum(int(line.rsplit(maxsplit=1)[-1]) for line in lines) == sum(days.values())
    assert len(lines) <= MOST_LINES + 1
    assert all(len(line) < 80 for line in lines)

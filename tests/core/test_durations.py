"""Durations as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.durations import UNITS, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("10m", 600), ("6h", 21_600), ("3d", 259_200), ("0s", 0), (" 1.5 h ", 5_400), ("0.25s", 0.25)],
)
def test_a_number_and_a_unit(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@given(st.integers(0, 30_000), st.sampled_from(sorted(UNITS)), st.sampled_from(["", " ", "  "]))
def test_what_was_written_is_what_is_read(number: int, unit: str, gap: str) -> None:
    assert parse_duration(f"{gap}{number}{gap}{unit}{gap}") == timedelta(**{UNITS[unit]: number})


@given(st.timedeltas(timedelta(), timedelta(days=36_500)).map(lambda d: timedelta(seconds=int(d.total_seconds()))))
def test_every_unit_that_divides_a_duration_reads_back_the_same(duration: timedelta) -> None:
    for unit, word in UNITS.items():
        if not duration % timedelta(**{word: 1}):
            assert parse_duration(f"{duration // timedelta(**{word: 1})}{unit}") == duration


@pytest.mark.parametrize(
    "text", ["", "10", "s", "-5m", "1h30m", "5 min", "1e3s", "٣s", "10M", "1,5h", None, True, 10, []]
)
def test_anything_else_is_refused_with_the_form(text: object) -> None:
    with pytest.raises(ValueError, match="write a number and s, m, h or d, such as 30s, 10m, 6h, 3d"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["36501d", "99999999999d", "9" * 400 + "s"])
def test_a_duration_beyond_any_service_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="longer than 100 years"):
        parse_duration(text)


@given(st.text(max_size=20))
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    try:
        found = parse_duration(text)
    except ValueError:
        return
    assert found >= timedelta()

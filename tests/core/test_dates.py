"""Dates: what is stated is read, in the ways publishers write; what is not is not invented."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.dates import parse_date

DAY = datetime(2025, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2025-02-05", 0, 0),
        ("20250205", 0, 0),
        ("2025/02/05", 0, 0),
        ("2025-02-05T10:30:00Z", 10, 30),
        ("2025-02-05T10:30:00.123456789Z", 10, 30),
        ("2025-02-05T10:30:00-05:00", 15, 30),
        ("2025-02-05T10:30:00 -0500", 15, 30),
        ("2025-02-05T10:30-05", 15, 30),
        ("2025-02-05 10:30:00 UTC", 10, 30),
        ("2025-02-05T10:30:00Z[UTC]", 10, 30),
        ("2025-02-05T10:30:00-05:00[America/New_York]", 15, 30),
        ("2025-02-05 10:30 GMT+3", 7, 30),
        ("2025-02-05 10:30 UTC-5", 15, 30),
        ("Wed, 05 Feb 2025 10:30:00 GMT", 10, 30),
        ("Wed, 05 Feb 2025 10:30:00 +0200", 8, 30),
        ("Wed, 05 Feb 2025 10:30:00 EST", 15, 30),
        ("Wed, 05 Feb 2025 10:30:00 CET", 9, 30),
        ("Wed, 05 Feb 2025 10:30:00 XYZ", 10, 30),
        ("Wed, 05 Feb 2025 10:30:00", 10, 30),
        ("Tue, 05 Feb 2025 10:30 GMT", 10, 30),
        ("5 Feb 25 10:30 GMT", 10, 30),
        ("Wed, 5 Feb 2025 10:30 pm", 22, 30),
        ("Wed Feb  5 10:30:00 2025", 10, 30),
        ("Mié, 05 Feb 2025 10:30:00 +0000", 10, 30),
        ("February 5, 2025", 0, 0),
        ("Feb. 5, 2025 10:30 a.m. ET", 15, 30),
        ("February 5, 2025 at 10:30 PM", 22, 30),
        ("Feb 5, 2025 | 10:30", 10, 30),
        ("5th February 2025", 0, 0),
        ("05-Feb-2025", 0, 0),
        ("5 de febrero de 2025", 0, 0),
        ("5 de febrero del 2025", 0, 0),
        ("5 febrero 2025", 0, 0),
        ("miércoles, 5 de febrero de 2025, a las 10:30 h", 10, 30),
        ("mié., 5 feb. 2025 10:30 hrs", 10, 30),
        ("Febrero 5, 2025", 0, 0),
        ("quarta-feira, 5 de fevereiro de 2025", 0, 0),
        ("5 février 2025 à 10h30", 10, 30),
        ("13/2/2025", None, 0),
        ("2/13/2025", None, 0),
        ("13-02-2025", None, 0),
        ("5.2.2025", 0, 0),
        ("05.02.2025 10:30", 10, 30),
        ("  2025-02-05  ", 0, 0),
    ],
)
def test_a_stated_date_is_read(text: str, hour: int | None, minute: int) -> None:
    expected = DAY.replace(day=13) if hour is None else DAY.replace(hour=hour, minute=minute)
    found = parse_date(text)
    assert found is not None
    assert found.replace(microsecond=0) == expected
    assert found.tzinfo is UTC


def test_summer_time_is_known_where_americans_leave_it_out() -> None:
    assert parse_date("July 5, 2025 10:30 ET") == datetime(2025, 7, 5, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "soon",
        "today",
        "yesterday 10:00",
        "2 hours ago",
        "hace 2 horas",
        "hace 3 días",
        "10:30",
        "Sat 10:30",
        "Feb 5",
        "5 de febrero",
        "February 2025",
        "Monday February 2025",
        "2025",
        "2025-02",
        "05/02/2025",
        "5-2-2025",
        "Wed 05/02/2025",
        "1/2/3",
        "05/02/25",
        "31 Feb 2025 10:00",
        "2025-02-31",
        "31 de febrero de 2025",
        "5 marines 2025",
        "1738756800",
        "1738756800.5",
        "-1738756800",
        "1738756800000",
        "99999999",
        "0000-00-00 00:00:00",
        "2025-02-05T10:00:00+25:00",
        "Wed, 05 Feb 2025 10:00:00 -9999",
        "1970-01-01T00:00:00Z",
        "1989-12-31",
        "9999-12-31",
        "00010101",
        "2025-02-05" + " " * 90 + "x",
        "\ud8002025",
    ],
)
def test_what_is_no_date_stays_none(text: str | None) -> None:
    assert parse_date(text) is None


def test_a_far_but_possible_date_is_what_is_stated() -> None:
    assert parse_date("2040-01-01") == datetime(2040, 1, 1, tzinfo=UTC)


@given(st.text(max_size=90) | st.text("0123456789-/.: TZ+GMPadefgjbntlisu,", max_size=40))
@example("9" * 79)
@example("1.1e999 2025")
@example("²/2/2025")
@example("1 a. 2025 99:99")
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or (found.tzinfo is UTC and 1990 <= found.year < 2100)


@given(st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC)))
def test_iso_and_rfc_822_read_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert parse_date(moment.isoformat()) == moment
    assert parse_date(moment.strftime("%a, %d %b %Y %H:%M:%S +0000")) == moment
    assert parse_date(moment.strftime("%B %d, %Y %H:%M:%S")) == moment

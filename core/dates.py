"""Dates as publishers write them. Only what is stated: no date is invented, no absurd one believed."""

import re
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

from dateutil import parser as dateutil_parser  # type: ignore[import-untyped]
from dateutil import tz

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST_YEAR = 2100
MAX_LENGTH = 80
RFC822 = re.compile(
    r"(?:[a-z]{3},?\s+)?\d{1,2}\s+[a-z]{3}\s+\d{2,4}\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s+(?:[+-]\d{4}|GMT|UTC?|Z))?$", re.I
)
NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(\d{1,4})(?!\d)")
OFFSET_OF = re.compile(r"\b(?:GMT|UTC)\s*(?=[+-]\d)")  # GMT+3 is three hours ahead; dateutil reads it as behind
JAVA_ZONE = re.compile(r"\[[\w/+-]+\]$")
# by month: English, Spanish, Portuguese, French
MONTHS = [names.split() for names in (
    "january enero janeiro janvier", "february febrero fevereiro février fevrier", "march marzo março marco mars",
    "april abril avril", "may mayo maio mai", "june junio junho juin", "july julio julho juillet",
    "august agosto août aout", "september septiembre setiembre setembro septembre", "october octubre outubro octobre",
    "november noviembre novembro novembre", "december diciembre dezembro décembre decembre")]  # fmt: skip
LATIN = re.compile(
    r"(?:[^\W\d][\w-]*\.?,?\s+)?(?:(\d{1,2})(?:º|°|er)?\s+(?:de\s+)?([^\W\d]{3,11})\.?|([^\W\d]{3,11})\s+(\d{1,2}),?)"
    r"\s+(?:del?\s+)?(\d{4})(.*)",
    re.S,
)
CLOCK = re.compile(r"^(?:\s|[,|·–-]|a las?|às|as|à)*(\d{1,2})\s?[:h]\s?(\d{2})(:\d{2})?\s*(?:h(?:rs|oras)?\.?$)?", re.I)
NAMED = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8,
         "HST": -10, "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2,
         "EEST": 3, "MSK": 3, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11}  # fmt: skip
AMERICAN = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}


def parse_date(text: str | None) -> datetime | None:
    """RFC 822, ISO 8601, Spanish, Portuguese or French words, or what dateutil reads, as aware UTC; else None.

    A time without a zone, or in one of an unknown name, is taken as UTC. Relative words and bare numbers are not
    dates, and neither is 05/02/2025, which is a day in May or in February.
    """
    if not text or len(text) > MAX_LENGTH or not any(c.isdigit() for c in text):
        return None
    text = OFFSET_OF.sub("", JAVA_ZONE.sub("", text.strip()))
    for read in (_iso, _rfc822, _numeric, _latin, _any):
        try:
            moment = read(text)
        except (ValueError, TypeError, OverflowError, IndexError, AttributeError, ArithmeticError):
            continue
        if moment is None:
            continue
        return _believed(moment)
    return None


def _believed(moment: datetime) -> datetime | None:
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment >= EARLIEST and moment.year < LATEST_YEAR else None


def _iso(text: str) -> datetime:
    if text.isdigit() and len(text) != 8:
        raise ValueError("a bare number")
    return datetime.fromisoformat(text)


def _rfc822(text: str) -> datetime | None:
    return parsedate_to_datetime(text) if RFC822.match(text) else None


def _numeric(text: str) -> datetime | None:
    """5.2.2025, 13/2/2025 and 2/13/2025 are days in February. Which of two small numbers is the month, nobody says."""
    found = NUMERIC.search(text)
    if found is None or len(found[4]) != 4:
        return None
    first, second = int(found[1]), int(found[3])
    if found[2] == "." or first > 12 or first == second:
        day, month = first, second
    elif second > 12:
        day, month = second, first
    else:
        return None
    return _any(f"{text[: found.start()]}{found[4]}-{month:02}-{day:02}{text[found.end() :]}")


def _latin(text: str) -> datetime | None:
    """`miércoles, 5 de febrero de 2025, a las 10:30`, `Mié, 05 Feb 2025 10:00:00 +0000`, `febrero 5, 2025`."""
    found = LATIN.match(text)
    if found is None:
        return None
    day, word, rest = found[1] or found[4], (found[2] or found[3]).lower(), found[6]
    month = next((names[0] for names in MONTHS if any(name.startswith(word) for name in names)), None)
    if month is None:
        return None
    clock = CLOCK.sub(r" \1:\2\3", rest)
    return _any(f"{day} {month} {found[5]} {clock}")


def _any(text: str) -> datetime | None:
    if text.replace(".", "").isdigit() or NUMERIC.search(text):
        return None
    # two different defaults: a text that leaves day, month or year open is no date
    first = dateutil_parser.parse(text, default=datetime(2000, 1, 1), tzinfos=_zone)
    second = dateutil_parser.parse(text, default=datetime(2001, 2, 15), tzinfos=_zone)
    if not isinstance(first, datetime) or first.replace(tzinfo=None) != second.replace(tzinfo=None):
        return None
    return first


def _zone(name: str | None, offset: int | None) -> tzinfo | int | None:
    """dateutil's question: a zone's seconds east of Greenwich, or a zone with summer time; None = unknown."""
    if offset is not None or name is None:
        return offset
    if name in AMERICAN:
        found: tzinfo | None = tz.gettz(AMERICAN[name])
        return found
    return NAMED[name] * 3600 if name in NAMED else None

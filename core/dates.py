"""Dates as publishers write them. Only what is stated: no date is invented, no absurd one believed."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from dateutil import parser as dateutil_parser

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST_YEAR = 2100
RFC822 = re.compile(r"(?:[A-Za-z]{3},?\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d{2,4}\s+\d{1,2}:\d{2}(?::\d{2})?(?!.*[ap]m)", re.I)
ZONES = {"EST": -18000, "EDT": -14400, "CST": -21600, "CDT": -18000, "MST": -25200, "MDT": -21600, "PST": -28800,
         "PDT": -25200, "UT": 0, "GMT": 0, "Z": 0}  # fmt: skip


def parse_date(text: str | None) -> datetime | None:
    """RFC 822, ISO 8601 or what dateutil reads, as aware UTC; None for anything else.

    A time without a zone is taken as UTC. Relative words and bare numbers are not dates.
    """
    if not text or len(text) > 80 or not any(c.isdigit() for c in text):
        return None
    text = text.strip()
    for read in (_iso, _rfc822, _any):
        try:
            moment = read(text)
        except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
            continue
        if moment is None:
            continue
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        try:
            moment = moment.astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return moment if moment >= EARLIEST and moment.year < LATEST_YEAR else None
    return None


def _iso(text: str) -> datetime:
    if text.isdigit() and len(text) != 8:
        raise ValueError("a bare number")
    return datetime.fromisoformat(text)


def _rfc822(text: str) -> datetime | None:
    if not RFC822.match(text):
        raise ValueError("not RFC 822")
    return parsedate_to_datetime(text)


def _any(text: str) -> datetime | None:
    if text.replace(".", "").isdigit():
        raise ValueError("a bare number")
    # two different defaults: a text that leaves day, month or year open is no date
    first = dateutil_parser.parse(text, default=datetime(2000, 1, 1), tzinfos=ZONES)
    second = dateutil_parser.parse(text, default=datetime(2001, 2, 2), tzinfos=ZONES)
    if first.replace(tzinfo=None) != second.replace(tzinfo=None):
        raise ValueError("an incomplete date")
    return first

"""Durations as people write them: `30s`, `10m`, `6h`, `3d`."""

import re
from datetime import timedelta
from typing import Any

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
FORM = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", re.ASCII)
LONGEST = timedelta(days=36_500)


def parse_duration(text: Any) -> timedelta:
    """`10m` as a timedelta. Raises ValueError that shows the form, or for more than 100 years."""
    found = FORM.fullmatch(str(text))
    if found is None:
        raise ValueError(f"{text!r} is no duration: write a number and s, m, h or d, such as 30s, 10m, 6h, 3d")
    try:
        duration = timedelta(**{UNITS[found[2]]: float(found[1])})
    except OverflowError:
        duration = timedelta.max
    if duration > LONGEST:
        raise ValueError(f"{text!r} is longer than 100 years")
    return duration

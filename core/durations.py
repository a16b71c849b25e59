"""Durations as people write them: `30s`, `10m`, `6h`, `3d`."""

import re
from datetime import timedelta

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
FORM = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*")


def parse_duration(text: str) -> timedelta:
    """`10m` as a timedelta. Raises ValueError that shows the form."""
    found = FORM.fullmatch(str(text))
    if found is None:
        raise ValueError(f"{text!r} is no duration: write a number and s, m, h or d, such as 30s, 10m, 6h, 3d")
    return timedelta(**{UNITS[found[2]]: float(found[1])})

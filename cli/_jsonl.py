"""JSON Lines for the pipes: one object a line, order kept, a bad line is an object with `error`."""

import json
from datetime import datetime
from typing import Any

from core.clock import to_iso


def record(line: str, *required: str) -> dict[str, Any]:
    """One line as an object. Raises ValueError naming what is wrong with it."""
    try:
        found = json.loads(line)
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    if missing := [key for key in required if key not in found]:
        raise ValueError(f"without {', '.join(missing)}")
    return found


def times(found: dict[str, Any]) -> dict[str, Any]:
    """Datetimes as ISO 8601."""
    return {k: to_iso(v) if isinstance(v, datetime) else v for k, v in found.items()}

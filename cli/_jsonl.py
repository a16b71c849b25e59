"""JSON Lines for the pipes: one object a line, order kept, a bad line is an object with `error`."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

import click

from core.clock import to_iso


def record(line: str, *required: str) -> dict[str, Any]:
    """One line as an object. Raises ValueError naming what is wrong with it."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    if missing := [key for key in required if key not in found]:
        raise ValueError(f"without {', '.join(missing)}")
    return found


def lines(file: BinaryIO) -> Iterator[tuple[str, str]]:
    """`file:line` and text of each line that is not blank; bytes that are no UTF-8 become U+FFFD."""
    name = getattr(file, "name", "")
    name = name if isinstance(name, str) and name not in ("", "-") else "<stdin>"
    for number, line in enumerate(file, 1):
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip()
        if text:
            yield f"{name}:{number}", text


def echo(found: dict[str, Any]) -> None:
    """Print one object; characters as they are, but half surrogate pairs, which no encoding has, as escapes."""
    text = json.dumps(found, ensure_ascii=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = json.dumps(found)
    click.echo(text)


def times(found: dict[str, Any]) -> dict[str, Any]:
    """Datetimes as ISO 8601."""
    return {k: to_iso(v) if isinstance(v, datetime) else v for k, v in found.items()}

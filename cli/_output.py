"""How commands print: a table for people, JSON Lines or one JSON document for scripts."""

import getpass
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from core import config as configuration
from core.clock import SystemClock, from_iso
from core.config import Config
from core.durations import parse_duration
from core.log import remember_secrets
from store import Backend, open_store

FULL_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{12}\+00:00")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def load_config(path: Path) -> Config:
    """The configuration with this process's environment, whose secrets are masked from now on. Raises ConfigError."""
    import os

    config = configuration.load(path, dict(os.environ))
    remember_secrets(config.secrets)
    return config


@contextmanager
def opened(path: Path, *, write: bool = False) -> Any:
    """The configured database, read-only unless `write`; the service may be running meanwhile."""
    backend: Backend = open_store(load_config(path).database, read_only=not write)
    try:
        yield backend
    finally:
        backend.close()


def emit(value: Any) -> None:
    """One JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], empty: str) -> None:
    """A table of these columns (key -> heading); `empty` is said instead of an empty one.

    Wide terminals wrap; a pipe gets every row on one line, tab-separated, without styles.
    """
    if not rows:
        click.echo(empty)
        return
    console = Console()
    if not console.is_terminal:
        click.echo("\t".join(columns.values()))
        for row in rows:
            click.echo("\t".join(plain(row.get(key)).replace("\t", " ") for key in columns))
        return
    shown = Table(*columns.values(), header_style="bold", box=None, pad_edge=False)
    for row in rows:
        shown.add_row(*(Text(plain(row.get(key))) for key in columns))
    console.print(shown)


def with_times(text: str) -> str:
    """The full times inside a sentence shortened to the minute."""
    return FULL_TIME.sub(lambda found: plain(found[0]), text)


def plain(value: Any) -> str:
    """A cell's text: times shortened to the minute, nothing for None."""
    if value is None:
        return ""
    text = str(value)
    if len(text) == 29 and text[10] == "T":
        return from_iso(text).strftime("%Y-%m-%d %H:%M")
    return text


def since(text: str | None) -> datetime | None:
    """`30d` as the moment that long ago; None for None."""
    if text is None:
        return None
    try:
        return SystemClock().now() - parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def ago(iso: str | None, now: datetime) -> str:
    """`3 min ago`; empty for never."""
    if not iso:
        return "never"
    gone = now - from_iso(iso)
    for unit, name in ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min")):
        if gone >= unit:
            return f"{gone // unit} {name} ago"
    return f"{int(gone.total_seconds())} s ago"


def login(said: str | None) -> str:
    """Who does this: as said, or this user. Raises UsageError where nobody can be named."""
    if said:
        return said
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError) as error:
        raise click.UsageError("this user has no login name: say who you are with --who") from error


def names(values: Iterable[str], most: int = 5) -> str:
    """The first few names and how many more."""
    listed = list(values)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more

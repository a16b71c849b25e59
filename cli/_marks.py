"""Texts with their matched words marked: in colour on a terminal, in [brackets] in a pipe; signs for yes and no."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from alerts.backtest import bracketed
from alerts.rules.ruleset import Clause
from alerts.snippet import Runs

MOST_PARTS = 12  # of one clause on the screen; a list may have hundreds


def console() -> Console:
    """For standard output; a pipe gets its lines unbroken and without styles."""
    return Console(width=None if os.isatty(1) else 1000, highlight=False, soft_wrap=not os.isatty(1))


def marked(runs: Runs, on: Console) -> Text:
    """A snippet; what a text itself says in [brackets] stays as it is."""
    if not on.is_terminal:
        return Text(bracketed(runs))
    return Text.assemble(*((text, "black on yellow" if hit else "") for text, hit in runs))


def speaks_unicode() -> bool:
    """Whether standard output can print what is not ASCII."""
    try:
        "✓✗█".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def tree(clause: Clause, hints: Mapping[str, str], depth: int = 0) -> Iterator[str]:
    """A query part by part, each on a line with a sign: whether it holds. `hints`: clause text -> words beside it.

    Of many parts those that hold come first, and the rest is counted.
    """
    yes, no = ("✓", "✗") if speaks_unicode() else ("yes", "no ")
    hint = "" if clause.holds else hints.get(clause.text, "")
    yield f"{'  ' * depth}{yes if clause.holds else no} {clause.text}{f'  ({hint})' if hint else ''}"
    parts = clause.parts
    if len(parts) > MOST_PARTS:
        parts = tuple(sorted(parts, key=lambda part: not part.holds))
    for part in parts[:MOST_PARTS]:
        yield from tree(part, hints, depth + 1)
    if rest := parts[MOST_PARTS:]:
        yield f"{'  ' * (depth + 1)}and {len(rest)} more, of which {sum(part.holds for part in rest)} hold"


@contextmanager
def progress(total: int, what: str) -> Iterator[Any]:
    """A bar on standard error, where that is a terminal; gives what is to be called once a step."""
    shown = Console(stderr=True)
    if not shown.is_terminal or not total:
        yield lambda: None
        return
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=shown, transient=True) as bar:
        task = bar.add_task(what, total=total)
        done = 0

        def tick() -> None:
            nonlocal done
            done += 1
            if done % 100 == 0:  # ten thousand redraws a second would be most of the work
                bar.update(task, completed=done)

        yield tick

"""The console: each alert as one block on standard output, for a terminal, a pipe or a journal.

    - {name: console, kind: console}

No options. On a terminal it is wrapped and coloured (NO_COLOR=1 turns colour off); in a pipe every line stands whole,
with the matched words between asterisks. A paused or closed output delays only this channel.
"""

import asyncio
import io
import select
import shutil
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TextIO

import httpx
from pydantic import BaseModel, ConfigDict
from rich.console import Console as Screen
from rich.padding import Padding
from rich.text import Text

from alerts.channels._text import Said, outlets_line, said
from core.errors import DeliveryError, Failure
from core.model import Delivery

PATIENCE = 15.0  # seconds for a paused terminal or a full pipe; below the 90 s lease of a delivery
PIECE = 4096  # bytes a writable pipe takes at once without blocking (PIPE_BUF)
LOOK = 0.05  # seconds between looks at an output that takes nothing
MOST = 20  # articles of a digest, and lines: a screenful; the desk and the other channels show more
WIDEST = 110  # columns; longer lines are hard to read


class Options(BaseModel):
    """No options of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Console:
    """Standard output, as it is at the time of sending."""

    name: str
    patience: float = PATIENCE

    @property
    def deadline(self) -> timedelta:
        """How long a message may be retried."""
        return timedelta(hours=72)

    @property
    def pace(self) -> timedelta:
        """The least time between two messages. A terminal sets no limit."""
        return timedelta()

    def targets(self) -> tuple[str, ...]:
        """The output is one place."""
        return ("",)

    async def send(self, delivery: Delivery, http: httpx.AsyncClient, now: datetime) -> None:
        """Print the message. Raises DeliveryError of class transient when the output is closed or takes nothing."""
        stream = sys.stdout
        terminal = stream.isatty() if not stream.closed else False
        await _write(stream, rendered(said(delivery, now), terminal=terminal), self.patience)


def build(name: str, options: Options) -> Console:
    """A channel of this kind."""
    return Console(name)


def rendered(words: Said, *, terminal: bool, width: int | None = None) -> str:
    """The block that is printed, with a blank line at its end. Nothing in it moves a cursor but its own colours."""
    columns = width or min(shutil.get_terminal_size().columns, WIDEST)
    out = io.StringIO()
    screen = Screen(file=out, force_terminal=terminal, width=columns, highlight=False, markup=False, emoji=False)
    head = Text.assemble((words.label, "bold cyan"), "  ", (words.title.text, "bold"))
    if terminal:
        screen.print(head)
        for line in _body(words, terminal=True):
            folds = line.no_wrap is not True
            screen.print(Padding(line, (0, 0, 0, 2), expand=False) if folds else Text("  ") + line, soft_wrap=not folds)
    else:
        for line in (head, *(Text("  ") + line for line in _body(words, terminal=False))):
            screen.print(line, soft_wrap=True)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n")) + "\n"


def _body(words: Said, *, terminal: bool) -> list[Text]:
    snippet = Text()
    for text, matched in words.snippet:
        plain_mark = "*" if matched and not terminal else ""
        snippet.append(f"{plain_mark}{text}{plain_mark}", "bold yellow" if matched else "")
    lines = [snippet, *(Text(line) for line in words.lines[:MOST]), Text(outlets_line(words), "green")]
    if not words.listing:
        lines.append(_address(words.title.url))
    lines.append(Text(words.more))
    for item in words.items[:MOST]:
        lines += [Text(f"· {item.title.text} ({item.outlet})"), _address(item.title.url, indent=2)]
    if hidden := len(words.lines[MOST:]) + len(words.items[MOST:]):
        lines.append(Text(f"… and {hidden} more"))
    lines += [Text(line) for line in words.tail]
    lines.append(Text(" · ".join(filter(None, (words.why, words.times))), "dim"))
    lines.append(Text(f"Note: {words.note}" if words.note else "", "yellow"))
    return [line for line in lines if line.plain.strip()]


def _address(url: str, indent: int = 0) -> Text:
    # never wrapped: a terminal recognises an address only in one piece
    return Text(" " * indent + url if url else "", "blue", no_wrap=True)


async def _write(stream: TextIO, text: str, patience: float) -> None:
    """Write without ever blocking the event loop: a terminal stopped with Ctrl-S would stop the whole service."""
    try:
        binary = getattr(stream, "buffer", None)
        if binary is None:  # a stand-in without bytes below
            stream.write(text)
            return
        content = text.encode(stream.encoding or "utf-8", "replace")
        give_up = time.monotonic() + patience
        for start in range(0, len(content), PIECE):
            while not _takes(stream):
                if time.monotonic() > give_up:
                    raise DeliveryError("standard output takes no text: is the terminal paused?", Failure.TRANSIENT)
                await asyncio.sleep(LOOK)
            stream.flush()  # what others printed before comes first
            binary.write(content[start : start + PIECE])
            binary.flush()
    except (OSError, ValueError) as error:  # ValueError: the stream was closed inside this process
        raise DeliveryError(f"standard output is closed: {error}", Failure.TRANSIENT) from error


def _takes(stream: TextIO) -> bool:
    """Whether the output takes text now; one without a file behind it, or on a system without poll, always does."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):  # io.UnsupportedOperation is both
        return True
    if not hasattr(select, "poll"):
        return True
    watch = select.poll()
    watch.register(number, select.POLLOUT)
    return bool(watch.poll(0))  # a closed reader counts: the write then says so

"""Two revisions of an article compared as the desk compares them, for a terminal, a pipe or a program."""

from collections.abc import Iterator, Sequence
from typing import Any

import click
from rich.text import Text

from cli._output import plain
from core.errors import NotFound
from dashboard.compare import LONGEST, Compared, Run, compare
from store import Row

STYLES = {"same": "", "removed": "red strike", "added": "green underline"}
MARKS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}


def pair(article: Row, revisions: Sequence[Row], before: int | None, after: int | None) -> tuple[Row | None, Row]:
    """The two revisions to compare, the older one None where nothing came before. Raises NotFound, UsageError."""
    by_number = {r["number"]: r for r in revisions}
    last = revisions[-1]["number"]
    for wanted in (before, after):
        if wanted is not None and wanted not in by_number:
            have = "only revision 1" if last == 1 else f"revisions 1 to {last}"
            raise NotFound(f"article {article['id']} has no revision {wanted}: it has {have}")
    to = last if after is None else after
    start = to - 1 if before is None else before
    if start == to and last > 1:
        raise click.UsageError(f"revision {to} is compared with itself: name another with --from or --to")
    return (None if start == to else by_number.get(start)), by_number[to]


def as_document(article: Row, old: Row | None, new: Row) -> dict[str, Any]:
    """The comparison as JSON: headline and paragraphs as runs that are the same, added or removed."""
    told = {key: article[key] for key in ("id", "canonical_url", "site", "story_id")}
    if old is None:
        return {**told, "from": None, "to": _version(new), "title": [], "paragraphs": []}
    found = _compared(old, new)
    paragraphs: list[dict[str, Any]] = []
    for part in found.parts:
        paragraphs += [{"kind": "same", "runs": [{"kind": "same", "text": text}]} for text in part.same]
        if part.kind != "same":
            paragraphs.append({"kind": part.kind, "runs": _runs(part.runs)})
    return {**told, "from": _version(old), "to": _version(new), "title": _runs(found.title), "paragraphs": paragraphs}


def _compared(old: Row, new: Row) -> Compared:
    return compare((old["title"], old["text"]), (new["title"], new["text"]))


def _runs(runs: Sequence[Run]) -> list[dict[str, str]]:
    return [{"kind": kind, "text": "".join(text for text, _ in texts)} for kind, texts in runs]


def _version(row: Row) -> dict[str, Any]:
    return {key: row[key] for key in ("number", "title", "seen_at", "extraction")}


def as_lines(article: Row, old: Row | None, new: Row, colour: bool) -> Iterator[Text]:
    """The comparison line by line."""
    named = f"Article {article['id']} · {article['site'] or article['source']} · {article['canonical_url']}"
    yield Text(named, no_wrap=True, overflow="ignore")  # an address cut in two opens nothing
    if old is None:
        yield Text(f"Only revision {new['number']} is known, seen {plain(new['seen_at'])}: nothing came before it.")
        return
    yield Text(f"{_revision(old).capitalize()} → {_revision(new)} UTC")
    found = _compared(old, new)
    if found.title:
        yield Text.assemble("Headline: ", _marked(found.title, colour))
    yield Text("")
    if all(part.kind == "same" for part in found.parts):
        yield Text("The text is the same.")
        return
    for part in found.parts:
        if part.kind == "same":
            count = len(part.same)
            yield Text(f"… {count} paragraph{'' if count == 1 else 's'} unchanged …", style="dim" if colour else "")
        else:
            yield Text.assemble("(moved) " if part.kind == "moved" else "", _marked(part.runs, colour))
    if found.more:
        yield Text(f"… {found.more} more changed …")
    if found.cut:
        yield Text(f"What follows {LONGEST:,} characters was not compared.")


def _revision(row: Row) -> str:
    text = "" if row["extraction"] == "page" else f" ({row['extraction']})"
    return f"revision {row['number']}{text}, seen {plain(row['seen_at'])}"


def _marked(runs: Sequence[Run], colour: bool) -> Text:
    """Removed and added words in colour, or in [-brackets-] and {+braces+}; blanks stay outside."""
    line = Text()
    for run in _runs(runs):
        text = run["text"].rstrip()
        if line.plain and not line.plain[-1].isspace() and not run["text"][:1].isspace():
            line.append(" ")  # the word before was the last of its paragraph
        if colour:
            line.append(text, STYLES[run["kind"]])
        elif text:
            line.append(text.join(MARKS[run["kind"]]))
        line.append(run["text"][len(text) :])
    line.rstrip()
    return line

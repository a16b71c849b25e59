"""The archive: search and show articles."""

import difflib
import json
from pathlib import Path

import click

from alerts.backtest import Found, bracketed, search_archive
from cli._diff import as_document, as_lines, pair
from cli._marks import console, progress
from cli._output import as_json, emit, load_config, opened, plain, since, table
from cli.rules_test import readable
from core.config import Config
from core.errors import ConfigError, NotFound
from core.model import Standing
from store import Row, Tx
from store import articles as rows

REVISION = click.IntRange(min=1, max=2**31)
WORDS = {"full": "full", "excerpt": "an excerpt", "contains": "which it contains", "partial": "in part"}


@click.group()
def articles() -> None:
    """Search and read the archive."""


@articles.command()
@click.argument("query", required=False)
@click.option("--rule", help="Only articles for which this rule holds.")
@click.option("--match", "wanted", metavar="QUERY", help="Only articles for which this rule query holds.")
@click.option("--since", "period", help="Only articles seen in this time: 12h, 30d.")
@click.option("--limit", default=20, show_default=True, help="At most so many articles.")
@as_json
@click.pass_obj
def search(
    path: Path, query: str | None, rule: str | None, wanted: str | None, period: str | None, limit: int, as_json: bool
) -> None:
    """Articles whose title or text holds every word of QUERY, best first, or for which a rule holds, newest first.

    \b
    borderwire articles search "national guard"
    borderwire articles search arancel --json | jq '.[].canonical_url'
    borderwire articles search --rule tariffs --since 7d
    borderwire articles search --match 'tariff NEAR/5 steel' Sonora
    """
    config = load_config(path)
    asked = _asked(rule, wanted, config)
    if query is None and asked is None:
        raise click.UsageError("write words to search for, or --rule NAME, or --match QUERY")
    start = since(period)
    with opened(path) as backend, backend.read() as tx:
        if asked is None:
            found = rows.search(tx, query or "", limit, start)
        else:
            with progress(rows.count(tx, start) if query is None else 0, "reading") as tick:
                found = [_row(s) for s in search_archive(tx, asked, config.lists, query, start, limit, tick)]
    if as_json:
        emit(found)
        return
    columns = {"id": "id", "first_seen_at": "seen", "site": "site", "title": "title", "snippet": "snippet"}
    flat = [{**r, "snippet": " ".join(str(r["snippet"]).split())} for r in found]
    table(flat, columns, _none(query, asked, period))


def _asked(rule: str | None, wanted: str | None, config: Config) -> str | None:
    """The query to be matched, if one is. Raises ConfigError."""
    if rule is not None and wanted is not None:
        raise click.UsageError("--rule and --match exclude each other: choose one")
    if wanted is not None:
        return readable(wanted, config)
    if rule is None:
        return None
    found = next((r for r in config.rules if r.name == rule), None)
    if found is None:
        close = difflib.get_close_matches(rule, [r.name for r in config.rules], 1)
        hint = f": did you mean {close[0]}?" if close else "; borderwire rules list shows them"
        raise ConfigError(f"no rule is named {rule!r}{hint}")
    return found.query


def _row(found: Found) -> Row:
    keys = ("id", "canonical_url", "source", "site", "title", "published", "first_seen_at", "language", "relation",
            "story_id")  # fmt: skip
    return {**{k: found.row[k] for k in keys}, "snippet": bracketed(found.snippet)}


def _none(query: str | None, asked: str | None, period: str | None) -> str:
    what = " and ".join(filter(None, (f"holds {query!r}" if query else "", f"matches {asked!r}" if asked else "")))
    return f"No article{f' of the last {period}' if period else ''} {what}."


@articles.command()
@click.argument("article", metavar="ID|URL")
@as_json
@click.pass_obj
def show(path: Path, article: str, as_json: bool) -> None:
    """One article with its text, its story, its revisions, of what it is a copy and what became of it."""
    with opened(path) as backend, backend.read() as tx:
        row = found(tx, article)
        story = rows.of_story(tx, row["story_id"])
        revisions = [{k: r[k] for k in ("number", "title", "seen_at")} for r in rows.revisions(tx, row["id"])]
        original = None if row["copy_of"] is None else rows.get(tx, row["copy_of"])
    if as_json:
        emit({**row, "story": story, "revisions": revisions})
        return
    click.secho(row["title"], bold=True)
    for line in _head(row):
        click.echo(line)
    if row["standing"] != Standing.PRINTED:
        said = ": ".join(filter(None, (plain(row["standing_at"]), row["standing_note"])))
        click.secho(f"{str(row['standing']).capitalize()} {said}".rstrip(), fg="red")
    if original is not None:
        click.echo(_copy_of(row, original))
    if row["note"]:
        click.secho(f"Note: {row['note']}", fg="yellow")
    click.echo(f"\n{row['text']}\n")
    others = [s for s in story if s["id"] != row["id"]]
    if others:
        click.echo(f"Same story, {len(others)} more:")
        columns = {"id": "id", "first_seen_at": "seen", "site": "site", "relation": "relation", "title": "title"}
        table(others, columns, "")
    if len(revisions) > 1:
        table(revisions, {"number": "revision", "seen_at": "seen", "title": "title"}, "")


def _head(row: Row) -> list[str]:
    seen = f"published {plain(row['published']) or 'not stated'} · seen {plain(row['first_seen_at'])}"
    authors = ", ".join(json.loads(row["authors"]))
    pinned = ", pinned there" if row["pinned"] else ""
    return [
        f"{row['site'] or row['source']} · {row['canonical_url']}",
        " · ".join(filter(None, (authors, seen, row["language"]))),
        f"article {row['id']} · story {row['story_id']}{pinned}",
    ]


def _copy_of(row: Row, original: Row) -> str:
    """Of what an article is a copy, and how much of each lies in the other where that was measured."""
    said = f"Copy of article {original['id']} ({original['site'] or original['source']})"
    if original["story_id"] != row["story_id"]:
        said += f", which is in story {original['story_id']}"
    if row["extent"] is None or row["of_new"] is None:
        return said
    shares = f"{row['of_new']:.0%} of it lies in that article"
    if row["of_original"] is not None:
        shares += f", {row['of_original']:.0%} of that article in it"
    return f"{said}, {WORDS[row['extent']]}: {shares}"


def found(tx: Tx, named: str) -> Row:
    """The article with this id, or at this address. Raises NotFound."""
    if named.isdecimal() and len(named) < 19:
        return rows.get(tx, int(named))
    row = rows.find(tx, named) or rows.by_address(tx, [named])
    if row is None:
        raise NotFound(f"no article at {named}: borderwire articles search finds articles by their words")
    return row


@articles.command()
@click.argument("article", metavar="ID|URL")
@click.option("--from", "before", type=REVISION, metavar="N", help="The older revision. [default: the one before]")
@click.option("--to", "after", type=REVISION, metavar="M", help="The newer revision. [default: the last]")
@as_json
@click.pass_obj
def diff(path: Path, article: str, before: int | None, after: int | None, as_json: bool) -> None:
    """What changed between two revisions of an article, word by word; the last two unless others are named.

    In a pipe [-removed-] and {+added+}; on a terminal in colour. Paragraphs that stayed are counted, not printed.
    """
    with opened(path) as backend, backend.read() as tx:
        row = found(tx, article)
        old, new = pair(row, rows.revisions(tx, row["id"]), before, after)
    if as_json:
        emit(as_document(row, old, new))
        return
    on = console()
    for line in as_lines(row, old, new, on.is_terminal):
        on.print(line, soft_wrap=line.no_wrap)

"""The archive: search and show articles."""

import difflib
import json
from pathlib import Path

import click

from alerts.backtest import Found, bracketed, search_archive
from cli._marks import progress
from cli._output import as_json, emit, load_config, opened, plain, since, table
from cli.rules_test import readable
from core.config import Config
from core.errors import ConfigError, NotFound
from store import Row
from store import articles as rows


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
    """One article with its text, its story and its revisions."""
    with opened(path) as backend, backend.read() as tx:
        row = rows.get(tx, int(article)) if article.isdigit() else rows.find(tx, article)
        if row is None:
            raise NotFound(f"no article at {article}")
        story = rows.of_story(tx, row["story_id"])
        revisions = [{k: r[k] for k in ("number", "title", "seen_at")} for r in rows.revisions(tx, row["id"])]
    if as_json:
        emit({**row, "story": story, "revisions": revisions})
        return
    click.secho(row["title"], bold=True)
    click.echo(f"{row['site']} · {row['canonical_url']}")
    authors = ", ".join(json.loads(row["authors"]))
    click.echo(
        " · ".join(
            filter(
                None,
                [
                    authors,
                    f"published {plain(row['published']) or 'not stated'}",
                    f"seen {plain(row['first_seen_at'])}",
                    row["language"],
                ],
            )
        )
    )
    if row["note"]:
        click.secho(f"Note: {row['note']}", fg="yellow")
    click.echo(f"\n{row['text']}\n")
    others = [s for s in story if s["id"] != row["id"]]
    if others:
        click.echo(f"Same story, {len(others)} more:")
        columns = {"first_seen_at": "seen", "site": "site", "relation": "relation", "title": "title"}
        table(others, columns, "")
    if len(revisions) > 1:
        table(revisions, {"number": "revision", "seen_at": "seen", "title": "title"}, "")

"""The archive: search and show articles."""

import json
from pathlib import Path

import click

from cli._output import as_json, emit, opened, plain, table
from core.errors import NotFound
from store import articles as rows


@click.group()
def articles() -> None:
    """Search and read the archive."""


@articles.command()
@click.argument("query")
@click.option("--limit", default=20, show_default=True, help="At most so many articles.")
@as_json
@click.pass_obj
def search(path: Path, query: str, limit: int, as_json: bool) -> None:
    """Articles whose title or text holds every word of QUERY, best first; matches stand in [brackets].

    \b
    borderwire articles search "national guard"
    borderwire articles search arancel --json | jq '.[].canonical_url'
    """
    with opened(path) as backend, backend.read() as tx:
        found = rows.search(tx, query, limit)
    if as_json:
        emit(found)
        return
    columns = {"id": "id", "first_seen_at": "seen", "site": "site", "title": "title", "snippet": "snippet"}
    flat = [{**r, "snippet": " ".join(str(r["snippet"]).split())} for r in found]
    table(flat, columns, f"No article holds {query!r}.")


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

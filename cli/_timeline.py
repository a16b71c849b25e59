"""A story printed: who had it, what happened in time order, what copies added."""

import json
from typing import Any

import click
from rich.console import Console

from cli._output import plain, table
from store import Row, Tx, articles, decisions, timeline

LONGEST = 110  # characters of an added paragraph that are shown unless all is asked for
FIRST = 5  # copies whose additions are shown unless all is asked for


def story_document(tx: Tx, story_id: int) -> dict[str, Any]:
    """All that is shown of a story. `added`: article id -> paragraphs; `undo`: what takes a merge apart again."""
    summary = timeline.summary(tx, story_id)
    members = articles.of_story(tx, story_id)
    added = {m["id"]: timeline.added(tx, m["id"]) for m in members if m["copy_of"] is not None}
    return {
        **summary,
        "timeline": timeline.timeline(tx, story_id),
        "added": {article_id: paragraphs for article_id, paragraphs in added.items() if paragraphs},
        "undo": _undo(tx, summary),
    }


def _undo(tx: Tx, summary: Row) -> list[int]:
    """Of a merged story: the articles that came from it and are still where it went."""
    into = summary["merged_into"]
    merges = [d for d in decisions.of_story(tx, summary["id"]) if d["what"] == "merge"]
    sent = [d for d in merges if d["from_story_id"] == summary["id"]]
    if into is None or not sent:
        return []
    there = decisions.members(tx, into)
    came = [i for i in json.loads(sent[-1]["articles"]) if i in set(there)]
    return came if len(came) < len(there) else []


def print_story(story: dict[str, Any], *, whole: bool) -> None:
    """For people; `whole`: every paragraph that copies added, uncut."""
    click.secho(story["title"], bold=True)
    if story["merged_into"] is not None:
        _print_merged(story)
        return
    click.echo(_head(story))
    click.echo(f"First printed by {story['first_outlet']}, seen {plain(story['first_seen_at'])} UTC\n")
    if Console().is_terminal:  # the headline under the event, where it is another than the story's
        columns = {"at": "when", "article_id": "article", "outlet": "outlet", "detail": "event"}
        table([_event(e, story["title"]) for e in story["timeline"]], columns, "Nothing happened yet.")
    else:
        columns = {"at": "when", "kind": "kind", "article_id": "article", "outlet": "outlet", "detail": "event",
                   "title": "headline"}  # fmt: skip
        table(story["timeline"], columns, "Nothing happened yet.")
    _print_added(story, whole)


def _event(event: Row, title: str) -> Row:
    told = event["kind"] in ("alert", "update")
    other = event["title"] if event["title"] != title and not told else None
    return {**event, "outlet": None if told else event["outlet"],
            "detail": "\n".join(filter(None, (event["detail"], other and f"“{other}”")))}  # fmt: skip


def _head(story: dict[str, Any]) -> str:
    printed = _count(story["articles"], "article")
    if story["copies"]:
        printed += f", {story['copies']} of them {'a copy' if story['copies'] == 1 else 'copies'}"
    outlets, alerts = _count(story["outlets"], "outlet"), _count(story["alerts"], "alert")
    return " · ".join(filter(None, (f"Story {story['id']}", printed, outlets, alerts, story["language"])))


def _print_merged(story: dict[str, Any]) -> None:
    (event,) = story["timeline"]
    click.echo(f"Story {story['id']} · {plain(event['at'])} UTC {event['detail']}")
    click.echo(f"\nborderwire stories show {story['merged_into']}")
    if story["undo"]:
        ids = " ".join(map(str, story["undo"]))
        click.echo(f"borderwire stories split {ids}    takes what came from it apart again")


def _print_added(story: dict[str, Any], whole: bool) -> None:
    outlets = {e["article_id"]: e["outlet"] for e in story["timeline"] if e["kind"] == "article"}
    copies = list(story["added"].items())
    shown = copies if whole else copies[:FIRST]
    if shown:
        click.echo("\nWhat copies added:")
    for article_id, paragraphs in shown:
        click.echo(f"\n{outlets[article_id]} (article {article_id}), {_count(len(paragraphs), 'paragraph')}")
        for paragraph in paragraphs if whole else paragraphs[:1]:
            click.echo(f"  {paragraph if whole else _cut(paragraph)}")
    if not whole and (len(copies) > FIRST or any(len(p) > 1 or _cut(p[0]) != p[0] for _, p in shown)):
        more = f"{_count(len(copies) - FIRST, 'more copy', 'more copies')} added text; " if len(copies) > FIRST else ""
        click.echo(f"\n{more}--added shows all of it.")


def _cut(paragraph: str) -> str:
    return paragraph if len(paragraph) <= LONGEST else f"{paragraph[:LONGEST].rsplit(' ', 1)[0]} …"


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"

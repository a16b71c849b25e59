"""Stories: what belongs together, what happened to it, and a person's word on it, which wins for ever."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from cli._output import as_json, emit, login, opened, since, table
from cli._timeline import print_story, story_document
from cli.articles import found
from core.clock import SystemClock
from crawler import regroup
from store import timeline

ID = click.IntRange(min=1, max=2**63 - 1)


@click.group()
def stories() -> None:
    """Which articles tell one story; see them together, and put right what was put together wrongly."""


def decided(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every decision."""
    who = click.option("--who", help="Who decides this.  [default: your login name]")
    return who(click.option("--why", default="", help="The reason, kept with the decision.")(command))


@stories.command("list")
@click.option("--by", type=click.Choice(["newest", "outlets"]), default="newest", show_default=True,
              help="The latest first, or those printed by most outlets.")  # fmt: skip
@click.option("--since", "period", help="Only stories in which something happened in this time: 12h, 7d.")
@click.option("--limit", default=20, show_default=True, help="At most so many.")
@as_json
@click.pass_obj
def list_stories(path: Path, by: str, period: str | None, limit: int, as_json: bool) -> None:
    """Stories with how many outlets printed them and who was first."""
    with opened(path) as backend, backend.read() as tx:
        rows = timeline.listing(tx, since=since(period), most_outlets=by == "outlets", limit=limit)
    if as_json:
        emit(rows)
        return
    columns = {
        "id": "id",
        "updated_at": "latest",
        "outlets": "outlets",
        "articles": "articles",
        "copies": "copies",
        "alerts": "alerts",
        "first_outlet": "first",
        "title": "title",
    }
    table(rows, columns, f"No story{f' of the last {period}' if period else ''}.")


@stories.command()
@click.argument("story", type=ID)
@click.option("--added", is_flag=True, help="Print whole what copies added to their originals.")
@as_json
@click.pass_obj
def show(path: Path, story: int, added: bool, as_json: bool) -> None:
    """One story in time order: who printed it, revisions, alerts, decisions; and what copies added."""
    with opened(path) as backend, backend.read() as tx:
        told = story_document(tx, story)
    if as_json:
        emit(told)
    else:
        print_story(told, whole=added)


@stories.command()
@click.argument("story", type=ID)
@click.argument("into", type=ID)
@decided
@click.pass_obj
def merge(path: Path, story: int, into: int, who: str | None, why: str) -> None:
    """Make STORY part of the story INTO: its articles, and the alerts that told of it.

    What reads like STORY later joins INTO as well. `stories show STORY` then says how to take it apart again.
    """
    who, now = login(who), SystemClock().now()
    with opened(path, write=True) as backend, backend.tx() as tx:
        moved = regroup.merge(tx, story, into, who=who, why=why, now=now)
        total = timeline.summary(tx, into)["articles"]
    click.echo(f"Story {story} ({_articles(len(moved))}) is now part of story {into} (now {_articles(total)}).")


@stories.command()
@click.argument("article", metavar="ARTICLE...", nargs=-1, required=True)
@decided
@click.pass_obj
def split(path: Path, article: tuple[str, ...], who: str | None, why: str) -> None:
    """Put articles of one story (ids or addresses) into a new story of their own, and pin them there.

    Copies of them in the same story go along, unless they are pinned. Alerts stay with the old story: the next
    article of the new one may alert anew.
    """
    who, now = login(who), SystemClock().now()
    with opened(path, write=True) as backend, backend.tx() as tx:
        rows = [found(tx, each) for each in article]
        new = regroup.split(tx, [row["id"] for row in rows], who=who, why=why, now=now)
        made, left = timeline.summary(tx, new), timeline.summary(tx, rows[0]["story_id"])
    went = _with_copies([row["id"] for row in rows], made["articles"])
    click.echo(f"{went} now story {new}; story {left['id']} keeps {_articles(left['articles'])}.")


@stories.command()
@click.argument("article")
@click.argument("story", type=ID, required=False)
@decided
@click.pass_obj
def pin(path: Path, article: str, story: int | None, who: str | None, why: str) -> None:
    """Keep ARTICLE (id or address) in the story STORY, or where it is: its story is never changed but by you.

    It takes its copies along, unless they are pinned. A story left without an article is merged into STORY.
    """
    who, now = login(who), SystemClock().now()
    with opened(path, write=True) as backend, backend.tx() as tx:
        row = found(tx, article)
        moved = regroup.pin(tx, row["id"], story, who=who, why=why, now=now)
        left = timeline.summary(tx, row["story_id"])
    if not moved:
        click.echo(f"Article {row['id']} is pinned to story {row['story_id']}, where it is.")
    elif left["merged_into"] is not None:
        click.echo(f"Story {left['id']}, all of it, is now part of story {story}; article {row['id']} is pinned there.")
    else:
        went = _with_copies([row["id"]], len(moved))
        click.echo(f"{went} now in story {story}, pinned; story {left['id']} keeps {_articles(left['articles'])}.")


@stories.command()
@click.argument("article")
@decided
@click.pass_obj
def unpin(path: Path, article: str, who: str | None, why: str) -> None:
    """Take the pin of ARTICLE (id or address) away. It stays where it is; copies no longer prefer it."""
    who, now = login(who), SystemClock().now()
    with opened(path, write=True) as backend, backend.tx() as tx:
        row = found(tx, article)
        home = regroup.unpin(tx, row["id"], who=who, why=why, now=now)
    click.echo(f"Article {row['id']} is no longer pinned; it stays in story {home}.")


def _articles(count: int) -> str:
    return f"{count} article{'' if count == 1 else 's'}"


def _with_copies(named: list[int], total: int) -> str:
    """`Article 5 is`, `Articles 5, 6 and 2 copies of them are`."""
    ids = sorted(set(named))
    one = len(ids) == 1
    said = f"Article{'' if one else 's'} {', '.join(map(str, ids))}"
    if copies := total - len(ids):
        said += f" and {copies} cop{'y' if copies == 1 else 'ies'} of {'it' if one else 'them'}"
    return f"{said} {'is' if total == 1 else 'are'}"

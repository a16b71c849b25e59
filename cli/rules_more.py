"""Rules: check them and what they would do, convert queries of other systems, the language on one page."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from alerts.backtest import document, look
from alerts.convert import convert as converted
from alerts.convert import languages
from alerts.parts import ruleset
from alerts.rules import RuleSet, parse
from alerts.suggest import Suggestion, Survey, in_order, structural
from cli._cheatsheet import SHEET
from cli._marks import progress
from cli._output import as_json, emit, load_config, opened, since
from core.config import Config
from core.errors import RuleSyntaxError, StoreError
from store import articles


def _share(context: click.Context, parameter: click.Parameter, value: str) -> float:
    """`5%` or `5` as .05. Raises BadParameter."""
    try:
        share = float(value.strip().removesuffix("%")) / 100
    except ValueError:
        share = -1.0
    if not 0 < share <= 1:
        raise click.BadParameter("expected a percentage between 0 and 100, such as 5%")
    return share


@click.command()
@click.option("--suggest", is_flag=True, help="Also say what could be wrong with rules that are in order.")
@click.option("--most", default="5%", show_default=True, callback=_share, help="Matching more of all articles is odd.")
@click.option("--since", "period", default="30d", show_default=True, help="How far back to look: 12h, 30d.")
@as_json
@click.pass_obj
def check(path: Path, suggest: bool, most: float, period: str, as_json: bool) -> None:
    """Read every rule and run its should_match and should_not_match examples; names every fault and exits 2.

    With --suggest also what could be wrong with a rule, by itself and in the archive: it fires too often or never, a
    word of it is never seen, another rule implies it, it has no example. Suggestions do not change the exit code.
    """
    config = load_config(path)
    rules = ruleset(config)
    examples = sum(len(r.should_match) + len(r.should_not_match) for r in config.rules)
    start = since(period)
    found: list[Suggestion] = []
    count: int | None = None
    why = ""
    if suggest:
        sources = {s.name for s in config.sources}
        tags = {t for s in config.sources for t in s.tags}
        found = structural(config.rules, config.lists, sources, tags)
        try:
            survey = _survey(path, config, rules, start)
        except StoreError as error:
            why = f"By the rules alone, without the archive ({error})."
        else:
            count = survey.articles
            found += survey.suggestions(most)
            why = f"By the rules and {count} articles of the last {period}."
        found = in_order(config.rules, found)
    if as_json:
        suggestions = [s.as_json() for s in found]
        emit({"rules": len(config.rules), "examples": examples, "articles": count, "suggestions": suggestions})
        return
    click.echo(f"{len(config.rules)} rules are in order; {examples} examples hold.")
    if suggest:
        _say(config, found, why)


def _say(config: Config, found: Sequence[Suggestion], why: str) -> None:
    places = {r.name: r.place for r in config.rules}
    click.echo(why)
    click.echo(f"{len(found) or 'No'} suggestion{'' if len(found) == 1 else 's'}{':' if found else '.'}")
    for each in found:
        click.echo(f"{places[each.rule]}: rule {each.rule}: {each.text}")


def _survey(path: Path, config: Config, rules: RuleSet, start: datetime | None) -> Survey:
    """One pass over the archive. Raises StoreError."""
    survey = Survey({r.name: parse(r.query, config.lists) for r in config.rules})
    with opened(path) as backend, backend.read() as tx, progress(articles.count(tx, start), "reading") as tick:
        for row in articles.archive(tx, start):
            new = document(row)
            survey.add(new, look(rules, new, row["revision"]).names)
            tick()
    return survey


@click.command()
@click.argument("query")
@click.option("--from", "language", required=True, type=click.Choice(languages()), help="Whose language QUERY is in.")
@as_json
def convert(query: str, language: str, as_json: bool) -> None:
    """A QUERY of another system in our form; what could not be carried over is told, and then the exit code is 1.

    \b
    borderwire rules convert --from meltwater 'title:tariff* and (Mexico or Canada)'
    """
    try:
        found = converted(language, query)
    except RuleSyntaxError as error:
        raise click.ClickException(f"the query cannot be converted:\n{error.pointed()}") from error
    if as_json:
        emit({"query": found.query, "lost": list(found.lost)})
    else:
        click.echo(found.query)
        for lost in found.lost:
            click.secho(f"not carried over: {lost}", fg="yellow", err=True)
    if found.lost:
        click.get_current_context().exit(1)


@click.command("help")
def help_() -> None:
    """The rule language on one page."""
    click.echo(SHEET, nl=False)


COMMANDS = (check, convert, help_)

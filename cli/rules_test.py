"""`borderwire rules test`: what a query would have done with the archive."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from alerts.backtest import Difference, Result, Told, backtest
from alerts.forecast import chart
from alerts.rules import parse
from cli._marks import console, marked, progress, speaks_unicode
from cli._output import as_json, emit, load_config, opened, plain, since
from core.clock import SystemClock
from core.config import Config
from core.errors import ConfigError, RuleSyntaxError
from store import articles


@click.command()
@click.argument("query")
@click.option("--since", "period", default="30d", show_default=True, help="How far back to look: 12h, 30d.")
@click.option("--samples", default=5, show_default=True, help="Show so many matching articles.")
@click.option("--against", metavar="RULE|QUERY", help="Compare the alerts with those of a rule, or of another query.")
@as_json
@click.pass_obj
def test(path: Path, query: str, period: str, samples: int, against: str | None, as_json: bool) -> None:
    """What QUERY would have found in the archive, without alerting anyone.

    \b
    borderwire rules test 'tariff AND (steel OR aluminum)' --since 7d
    borderwire rules test 'tariff NOT calculator' --against tariffs
    """
    config = load_config(path)
    readable(query, config)
    if (own := named(query, config)) != query:
        click.secho(f"{query} is read as a query, not as the rule of that name ({own}).", fg="yellow", err=True)
    other = None if against is None else readable(named(against, config), config)
    start = since(period)
    with opened(path) as backend, backend.read() as tx, progress(articles.count(tx, start), "reading") as tick:
        result = backtest(tx, query, config.lists, start, samples, other, tick)
        empty = not result.articles and articles.count(tx, None) == 0
    if as_json:
        emit(result.as_json())
    elif not result.articles:
        click.echo(nothing(period, empty=empty))
    else:
        _show(result, period, against, SystemClock().now().date())


def nothing(period: str, *, empty: bool) -> str:
    """What is said of a period without articles."""
    if empty:
        return "The archive is empty: run the service first (borderwire run), or import articles."
    return f"The archive holds nothing of the last {period}: widen --since."


def readable(query: str, config: Config) -> str:
    """The query itself. Raises ConfigError that points at what cannot be read."""
    try:
        parse(query, config.lists)
    except RuleSyntaxError as error:
        raise ConfigError(f"the query cannot be read:\n{error.pointed()}") from error
    return query


def named(rule_or_query: str, config: Config) -> str:
    """The query of the rule of this name; anything else is a query."""
    return next((r.query for r in config.rules if r.name == rule_or_query), rule_or_query)


def _show(result: Result, period: str, against: str | None, today: date) -> None:
    out = console()
    for line in _summary(result, period):
        out.print(Text(line))
    if result.alerts and result.earliest is not None:
        _heading(out, "")
        bar = "█" if speaks_unicode() else "#"
        for line in chart(result.days, result.earliest, today, bar=bar):
            out.print(Text(line))
    if result.against is not None and against is not None:
        _show_difference(out, result.against, against)
    for sample in result.samples:
        _heading(out, f"{plain(sample.seen)}  {sample.site}  {sample.title}")
        out.print(marked(sample.snippet, out))
    if result.near_misses:
        _heading(out, "Near misses: articles that only one part of the query keeps out")
        for near in result.near_misses:
            how = f"; {near.said}" if near.said else ""
            fail = f"  {near.articles} {_verb(near.articles, 'fail')} only {near.clause}{how}"
            out.print(Text(f"{fail}, e.g. {near.title} ({near.url})"))
            out.print(Text("    ").append_text(marked(near.snippet, out)))
    if result.wider:
        _heading(out, "Words that would let in more")
        for wider in result.wider:
            said = f"  {_n(wider.articles, 'article')} {_verb(wider.articles, 'say')} only "
            out.print(Text(said).append(wider.form, "italic").append(f" for {wider.word}, e.g. {wider.title}"))


def _summary(result: Result, period: str) -> Iterator[str]:
    yield (
        f"{result.matched} of {_n(result.articles, 'article')} match, in {_n(result.stories, 'story', 'stories')}:"
        f" {_n(result.alerts, 'alert')} in {period}"
    )
    if result.silent:
        yield (
            f"{result.silent} of these stories would have stayed silent: what matches was there when its source was"
            " first read, or was issued again"
        )


def _show_difference(out: Console, found: Difference, against: str) -> None:
    _heading(out, f"Against {against}: +{_n(found.gained, 'alert')}, -{found.lost} (it has {found.alerts})")
    for count, word, examples in (
        (found.gained, "gained", found.gained_examples),
        (found.lost, "lost", found.lost_examples),
    ):
        if count:
            newest = f", the newest {len(examples)}" if count > len(examples) else ""
            out.print(Text(f"  {count} {word}{newest}:"))
            for told in examples:
                out.print(Text(f"    {_told(told)}"))


def _told(told: Told) -> str:
    return f"{plain(told.seen)}  {told.site}  {told.title}"


def _heading(out: Console, text: str) -> None:
    out.print(Text(f"\n{text}" if text else "", style="bold"))


def _n(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _verb(count: int, plural: str) -> str:
    return f"{plural}s" if count == 1 else plural

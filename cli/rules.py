"""Rules: list, check, and try a query on the archive."""

import os
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from alerts.backtest import backtest
from alerts.rules import parse
from cli._output import as_json, emit, load_config, opened, plain, since, table
from core.errors import ConfigError, RuleSyntaxError


@click.group()
def rules() -> None:
    """The rules in force, and what a query would do."""


@rules.command("list")
@as_json
@click.pass_obj
def list_rules(path: Path, as_json: bool) -> None:
    """Every rule with its query and channels."""
    config = load_config(path)
    found = [{"name": r.name, "query": r.query, "channels": ", ".join(r.channels)} for r in config.rules]
    if as_json:
        emit(found)
        return
    table(found, {"name": "rule", "query": "query", "channels": "channels"}, "There are no rules yet.")


@rules.command()
@click.argument("query")
@click.option("--since", "period", default="30d", show_default=True, help="How far back to look: 12h, 30d.")
@click.option("--samples", default=5, show_default=True, help="Show so many matching articles.")
@as_json
@click.pass_obj
def test(path: Path, query: str, period: str, samples: int, as_json: bool) -> None:
    """What QUERY would have found in the archive, without alerting anyone.

    \b
    borderwire rules test 'tariff AND (steel OR aluminum)' --since 7d
    """
    config = load_config(path)
    try:
        parse(query, config.lists)
    except RuleSyntaxError as error:
        raise ConfigError(f"the query cannot be read:\n{error.pointed()}") from error
    with opened(path) as backend, backend.read() as tx:
        result = backtest(tx, query, config.lists, since(period), samples)
    if as_json:
        emit(result.as_json())
        return
    click.echo(
        f"{result.matched} of {result.articles} articles match, in {result.stories} stories:"
        f" {result.stories} alerts in {period}"
    )
    console = Console(width=None if os.isatty(1) else 110, highlight=False)
    for sample in result.samples:
        console.print(Text(f"\n{plain(sample.seen)}  {sample.site}  {sample.title}", style="bold"))
        console.print(Text.assemble(*((t, "black on yellow" if hit else "") for t, hit in sample.snippet)))

"""Rules: the group, and the list of those in force."""

from pathlib import Path

import click

from cli import rules_explain, rules_more, rules_test
from cli._output import as_json, emit, load_config, table


@click.group()
def rules() -> None:
    """The rules in force, what a query would do, and why a rule fired or did not."""


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


for command in (rules_test.test, rules_explain.explain, *rules_more.COMMANDS):
    rules.add_command(command)

"""`borderwire`: the group of all commands, and what every error becomes on the way out."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

import core
from cli import alerts, articles, deliveries, demo, extract, feed, fold, match, rules, service, stories
from core.errors import BorderwireError, ConfigError, RuleError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(core.VERSION, prog_name="borderwire")
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.yaml"),
    show_default=True,
    envvar="BORDERWIRE_CONFIG",
    help="The configuration file.",
)
@click.pass_context
def borderwire(context: click.Context, path: Path) -> None:
    """Watches border-policy news and tells people, once and reliably, when something they care about is published.

    \b
    borderwire demo                      the main job on a bundled newsroom, no account, no internet
    borderwire run                       the service on config.yaml
    borderwire status                    is everything working?
    borderwire articles search "tariff"  the archive
    borderwire stories list              which articles tell one story
    borderwire alerts list               what rules told, and what is muted
    """
    context.obj = path


for command in (
    *service.COMMANDS,
    demo.demo,
    articles.articles,
    stories.stories,
    rules.rules,
    alerts.alerts,
    deliveries.deliveries,
    extract.extract,
    feed.feed,
    match.match,
    fold.fold,
):
    borderwire.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command. Exit code 0 done, 1 failed, 2 wrong usage or configuration."""
    try:
        borderwire.main(args=None if arguments is None else list(arguments), prog_name="borderwire")
    except (ConfigError, RuleError) as error:
        _fail(error, 2)
    except BorderwireError as error:
        _fail(error, 1)
    except BrokenPipeError:  # `borderwire ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _fail(error: BorderwireError, code: int) -> None:
    click.secho(f"{error}", fg="red", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()

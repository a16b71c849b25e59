"""`borderwire rules explain`: why a rule fired for an article, or why not."""

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.text import Text

from alerts import why as reasons
from alerts.why import Asked, Why, gather, said
from cli._marks import console, marked, tree
from cli._output import as_json, emit, load_config, opened, with_times
from cli.rules_test import readable
from core.clock import SystemClock
from core.config import Config, SourceConfig
from core.errors import ConfigError
from core.urls import host
from crawler import canonical
from store import Row, Tx, articles, entries


@click.command()
@click.argument("rule", metavar="RULE|QUERY")
@click.argument("article", metavar="URL|ID")
@as_json
@click.pass_obj
def explain(path: Path, rule: str, article: str, as_json: bool) -> None:
    """Why RULE fired for an article, or why not: was it read, which part of the query fails, was it delivered.

    Exit code 0 when the rule holds, 1 when it does not or the article is not known.

    \b
    borderwire rules explain tariffs https://example.org/steel-duties
    borderwire rules explain 'tariff NEAR/5 steel' 4711
    """
    config = load_config(path)
    asked = _asked(rule, config)
    with opened(path) as backend, backend.read() as tx:
        why = _why(tx, asked, article, config)
    if as_json:
        emit(reasons.as_json(why))
    else:
        _show(why)
    sys.exit(0 if why.holds else 1)


def _asked(rule: str, config: Config) -> Asked:
    """A configured rule, or else a query. A word close to a rule's name is more likely a slip than a query."""
    found = next((r for r in config.rules if r.name == rule), None)
    if found is not None:
        return Asked(found.name, found.query)
    readable(rule, config)
    close = difflib.get_close_matches(rule, [r.name for r in config.rules], 1, 0.7)
    if close:
        click.secho(
            f"No rule is named {rule}: read as a query. Did you mean the rule {close[0]}?", fg="yellow", err=True
        )
    return Asked(None, rule)


def _why(tx: Tx, asked: Asked, article: str, config: Config) -> Why:
    row, named = _found(tx, article)
    waiting, read = gather(tx, asked, config.lists, row, named, SystemClock().now())
    return Why(asked, article, waiting, _on_site(article, config.sources), read)


def _found(tx: Tx, article: str) -> tuple[Row | None, Sequence[Row]]:
    """The article of a number or an address, or what sources said of the address."""
    if article.isdigit():
        return articles.get(tx, int(article)), ()
    if "://" not in article:
        raise ConfigError(f"{article!r} is neither a number nor an address: write the whole address, https://…")
    urls = list(dict.fromkeys((article, canonical.canonical(article) or article)))
    row = articles.by_address(tx, urls)
    named = () if row is not None else entries.named(tx, urls, canonical.key(article))
    known = next((e["article_id"] for e in named if e["article_id"] is not None), None)
    return (row if known is None else articles.get(tx, known)), named


def _on_site(article: str, sources: Sequence[SourceConfig]) -> tuple[str, ...]:
    """Sources read from the address's site."""
    site = host(article)
    return tuple(s.name for s in sources if site and (host(s.url) == site or host(s.url).endswith(f".{site}")))


def _show(why: Why) -> None:
    out = console()
    if why.read is not None:
        out.print(Text(f"{why.read.article['title']}  ({why.read.article['canonical_url']})", style="bold"))
    for sentence in said(why):
        out.print(Text(with_times(sentence)))
    if why.read is None:
        return
    out.print()
    for line in tree(why.read.explanation.clause, why.read.hints):
        out.print(Text(line))
    if why.read.snippet:
        out.print()
        out.print(marked(why.read.snippet, out))

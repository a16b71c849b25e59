"""`borderwire match`: articles in, matches out, one JSON object a line."""

import json
import sys
from pathlib import Path
from typing import Any, TextIO

import click

from alerts.rules import Rule, RuleSet
from cli._jsonl import record
from core.clock import from_iso
from core.errors import ConfigError, RuleSyntaxError
from core.model import Document
from core.yamlfile import read


@click.command()
@click.option(
    "--rules",
    "path",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="YAML: a mapping with `rules:` (name, query) and perhaps `lists:`, as in config.yaml.",
)
@click.argument("articles", type=click.File("r", encoding="utf-8"))
def match(path: Path, articles: TextIO) -> None:
    """Match rules on ARTICLES (JSON Lines; - for standard input) as the service would.

    \b
    In   {id, title, text, url, source, language, published, tags}
    Out  {article, rule, spans: [[field, start, end], ...]}
    """
    rules = load_rules(path)
    failed = False
    for line in articles:
        if not line.strip():
            continue
        try:
            article = document(record(line, "id"))
        except (ValueError, TypeError, AttributeError) as error:
            failed = True
            click.echo(json.dumps({"error": str(error)}, ensure_ascii=False))
            continue
        for found in rules.match(article):
            spans = [[s.field, s.start, s.end] for s in found.spans]
            click.echo(json.dumps({"article": article.id, "rule": found.rule, "spans": spans}, ensure_ascii=False))
    sys.exit(1 if failed else 0)


def load_rules(path: Path) -> RuleSet:
    """The rules of a file. Raises ConfigError naming file and line, with the column for a query that cannot be read."""
    loaded = read(path, {})
    rules, lists = loaded.data.get("rules"), loaded.data.get("lists") or {}
    if not isinstance(rules, list):
        raise ConfigError("expected `rules:` with a list of {name, query}", f"{path}:1")
    found = RuleSet((), lists)
    for index, rule in enumerate(rules):
        place = loaded.place(("rules", index))
        if not isinstance(rule, dict) or not {"name", "query"} <= rule.keys():
            raise ConfigError("a rule needs `name` and `query`", place)
        try:
            found.add(Rule(str(rule["name"]), str(rule["query"])))
        except RuleSyntaxError as error:
            raise ConfigError(f"rule {rule['name']} cannot be read:\n{error.pointed()}", place) from error
    return found


def document(found: dict[str, Any]) -> Document:
    """An input object as rules see it."""
    published = found.get("published")
    return Document(
        id=str(found["id"]),
        title=found.get("title") or "",
        text=found.get("text") or "",
        url=found.get("url") or "",
        site=found.get("site") or "",
        source=found.get("source") or "",
        language=found.get("language"),
        tags=tuple(found.get("tags") or ()),
        authors=tuple(found.get("authors") or ()),
        published=from_iso(published) if published else None,
        kind=found.get("kind") or "new",
    )

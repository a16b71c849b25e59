"""`borderwire match`: articles in, matches out, one JSON object a line."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import click

from alerts.rules import Rule, RuleSet
from cli._jsonl import echo, lines, record
from core.clock import from_iso
from core.errors import ConfigError, RuleError, RuleSyntaxError
from core.model import Document
from core.urls import host
from core.yamlfile import Loaded, read

TEXTS = ("title", "text", "url", "site", "source", "language", "published", "kind")


@click.command()
@click.option(
    "--rules",
    "path",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="YAML: a mapping with `rules:` (name, query) and perhaps `lists:`, as in config.yaml.",
)
@click.argument("articles", type=click.File("rb"))
def match(path: Path, articles: BinaryIO) -> None:
    """Match rules on ARTICLES (JSON Lines; - for standard input) as the service would.

    \b
    In   {id, title, text, url, source, language, published, tags}
    Out  {article, rule, spans: [[field, start, end], ...]}
    A line that fails gives {article, error}; the rest goes on, and the exit code is 1.
    """
    rules = load_rules(path)
    failed = False
    for place, line in lines(articles):
        found: dict[str, Any] = {}
        try:
            found = record(line, "id")
            article = document(found)
        except ValueError as error:
            failed = True
            echo({"article": found.get("id"), "error": f"{place}: {error}"})
            continue
        for matched in rules.match(article):
            spans = [[s.field, s.start, s.end] for s in matched.spans]
            echo({"article": found["id"], "rule": matched.rule, "spans": spans})
    sys.exit(1 if failed else 0)


def load_rules(path: Path) -> RuleSet:
    """The rules of a file. Raises ConfigError naming file and line of every rule that cannot be used."""
    loaded = read(path, {})
    rules = loaded.data.get("rules")
    if not isinstance(rules, list):
        raise ConfigError("expected `rules:` with a list of {name, query}", f"{path}:1")
    found = RuleSet((), _lists(loaded))
    faults = []
    for index, rule in enumerate(rules):
        place = loaded.place(("rules", index))
        try:
            found.add(_rule(rule))
        except RuleSyntaxError as error:
            pointed = "\n".join(f"    {line}" for line in error.pointed().splitlines())
            faults.append(f"{place}: rule {rule['name']} cannot be read:\n{pointed}")
        except (RuleError, ValueError) as error:
            faults.append(f"{place}: {error}")
    if faults:
        raise ConfigError("\n".join(faults))
    return found


def _rule(rule: Any) -> Rule:
    if not isinstance(rule, dict) or not all(isinstance(rule.get(key), (str, int)) for key in ("name", "query")):
        raise ValueError("a rule needs `name` and `query`")
    return Rule(str(rule["name"]), str(rule["query"]))


def _lists(loaded: Loaded) -> Mapping[str, list[str]]:
    lists = loaded.data.get("lists") or {}
    if not isinstance(lists, dict):
        raise ConfigError("`lists:` holds names, each with a list of words", loaded.place(("lists",)))
    for name, words in lists.items():
        if not isinstance(words, list) or not all(isinstance(w, (str, int)) for w in words):
            raise ConfigError(f"the list {name} needs a list of words", loaded.place(("lists", name)))
    return {name: [str(w) for w in words] for name, words in lists.items()}


def document(found: Mapping[str, Any]) -> Document:
    """An input object as rules see it. Raises ValueError naming the key that is not as expected."""
    for key in TEXTS:
        if not isinstance(found.get(key), (str, type(None))):
            raise ValueError(f"{key}: expected a text")
    for key in ("tags", "authors"):
        listed = found.get(key)
        if listed is not None and not (isinstance(listed, list) and all(isinstance(item, str) for item in listed)):
            raise ValueError(f"{key}: expected a list of texts")
    if not isinstance(found["id"], (str, int)) or isinstance(found["id"], bool):
        raise ValueError("id: expected a text or a number")
    url, published = found.get("url") or "", found.get("published")
    return Document(
        id=str(found["id"]),
        title=found.get("title") or "",
        text=found.get("text") or "",
        url=url,
        site=found.get("site") or _host(url),
        source=found.get("source") or "",
        language=found.get("language"),
        tags=tuple(found.get("tags") or ()),
        authors=tuple(found.get("authors") or ()),
        published=from_iso(published) if published else None,
        kind=found.get("kind") or "new",
    )


def _host(url: str) -> str:
    try:
        return host(url)
    except ValueError:  # `http://[` and the like
        return ""

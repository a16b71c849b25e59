"""Queries of other systems as ours: a language is a file name, `--from google` is `alerts/convert/google.py`.

Each module reads one language with its own precedence into our syntax tree and notes what ours cannot say. What is
printed is the tree, so it can be read back; if not even that is possible nothing is printed.
"""

from dataclasses import dataclass

from alerts.rules import parse
from core.errors import RuleSyntaxError
from core.kinds import kinds, load


@dataclass(frozen=True, slots=True)
class Converted:
    """Our form, and for each thing that means less or something else in it, what and why."""

    query: str
    lost: tuple[str, ...]


def languages() -> list[str]:
    """The languages that can be converted."""
    return kinds("alerts.convert")


def convert(language: str, query: str) -> Converted:
    """`query` of `language` in our form. Raises RuleSyntaxError, pointing into `query`, where there is none."""
    reader = load("alerts.convert", language).Reader(query)
    node = reader.whole()
    if node is None:
        lost = "; ".join(reader.lost) or "it has no words"
        raise RuleSyntaxError(f"nothing of the query can be carried over: {lost}", query, 1)
    try:
        ours = str(parse(str(node)))
    except RuleSyntaxError as error:
        raise RuleSyntaxError(f"in our form it would be {str(node)!r}, which is refused: {error}", query, 1) from error
    return Converted(ours, tuple(dict.fromkeys(reader.lost)))

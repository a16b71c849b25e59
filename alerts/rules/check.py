"""A rule's own examples: texts it must match and texts it must not, tried whenever the rules are loaded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from alerts.rules.nodes import And, Meta, Node, Not, Or
from alerts.rules.parser import parse
from alerts.rules.ruleset import RuleSet
from core.model import Document


class WithExamples(Protocol):
    """A rule and its examples, as configured."""

    @property
    def name(self) -> str: ...
    @property
    def query(self) -> str: ...
    @property
    def should_match(self) -> Sequence[str]: ...
    @property
    def should_not_match(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Problem:
    """An example that does not hold."""

    rule: str
    example: str
    message: str


def check(rules: Iterable[WithExamples], lists: Mapping[str, Sequence[str]] | None = None) -> list[Problem]:
    """The examples that do not hold. Raises RuleSyntaxError.

    An example is tried as a headline and as a text; it matches where either does. It has no site, source, tag, author
    or date: what a query says of those is left out, so that `tariff source:cbp` can have examples for its words.
    """
    problems = []
    for rule in rules:
        node = words_only(parse(rule.query, lists))
        alone = RuleSet()
        if node is not None:
            alone.file(rule.name, node)
        for wanted, examples in ((True, rule.should_match), (False, rule.should_not_match)):
            for example in examples:
                tried = (Document("example", example, ""), Document("example", "", example))
                if (node is None or any(map(alone.match, tried))) is not wanted:
                    key, but = ("should_match", "does not match") if wanted else ("should_not_match", "matches")
                    problems.append(Problem(rule.name, example, f"{key}: {example!r} {but} {rule.query!r}"))
    return problems


def words_only(node: Node) -> Node | None:
    """A query without what it says of the article's facts; None where nothing is left."""
    match node:
        case Meta():
            return None
        case Not(child):
            left = words_only(child)
            return None if left is None else Not(left)
        case And(children) | Or(children):
            kept = tuple(c for child in children if (c := words_only(child)) is not None)
            return kept[0] if len(kept) == 1 else type(node)(kept) if kept else None
        case _:
            return node

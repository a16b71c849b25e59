"""A rule's own examples: texts it must match and texts it must not, tried whenever the rules are loaded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from alerts.rules.ruleset import Rule, RuleSet
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
    """The examples that fail. Each text is tried as a title. Raises RuleSyntaxError."""
    problems = []
    for rule in rules:
        alone = RuleSet([Rule(rule.name, rule.query)], lists)
        for wanted, examples in ((True, rule.should_match), (False, rule.should_not_match)):
            for example in examples:
                if bool(alone.match(Document("example", example, ""))) is not wanted:
                    key, but = ("should_match", "does not match") if wanted else ("should_not_match", "matches")
                    problems.append(Problem(rule.name, example, f"{key}: {example!r} {but} {rule.query!r}"))
    return problems

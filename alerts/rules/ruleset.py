"""All rules at once: which of them hold for a document, where, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alerts.rules.evaluate import Text, languages_of, places
from alerts.rules.index import Filed, Index
from alerts.rules.nodes import And, AtLeast, Field, Near, Node, Not, Or, Sentence
from alerts.rules.parser import parse
from core.errors import RuleError, RuleSyntaxError
from core.model import Document, Match


@dataclass(frozen=True, slots=True)
class Rule:
    """A named query."""

    name: str
    query: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a query: whether it holds, its printed form, and its parts."""

    text: str
    holds: bool
    parts: tuple["Clause", ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a rule holds for a document or does not."""

    rule: str
    holds: bool
    clause: Clause
    match: Match | None


class RuleSet:
    """Rules that can be matched all at once. Raises RuleSyntaxError (with the rule's name) for one it cannot read."""

    def __init__(self, rules: Iterable[Rule] = (), lists: Mapping[str, Sequence[str]] | None = None) -> None:
        self._lists = lists or {}
        self._rules: dict[str, Filed] = {}
        self._index = Index()
        for rule in rules:
            self.add(rule)

    def __len__(self) -> int:
        return len(self._rules)

    def add(self, rule: Rule) -> None:
        """Read and file one more rule."""
        try:
            node = parse(rule.query, self._lists)
        except RuleSyntaxError as error:
            raise RuleSyntaxError(str(error), error.query, error.column, rule.name) from None
        self.file(rule.name, node)

    def file(self, name: str, node: Node) -> None:
        """File a query that is read already. Raises RuleError for a name that is taken."""
        if name in self._rules:
            raise RuleError(f"a second rule named {name!r}", name)
        self._rules[name] = self._index.add(name, node)

    def remove(self, name: str) -> None:
        """Forget a rule. KeyError for one that is not there."""
        self._index.remove(self._rules.pop(name))

    def names(self, document: Document) -> list[str]:
        """The names of the rules that hold, in the order they were added: what `match` says without the words."""
        held = self._index.read(document, languages_of(document.language))
        return list(map(self._index.names.__getitem__, self._index.holding(held)))

    def match(self, document: Document) -> list[Match]:
        """The rules that hold, in the order they were added, with the words that make them hold."""
        held = self._index.read(document, languages_of(document.language))
        text = held.text
        rules = map(self._index.rules.__getitem__, self._index.holding(held))
        return [Match(filed.name, text.spans(places(filed.node, text) or ())) for filed in rules]

    def explain(self, name: str, document: Document) -> Explanation:
        """Part by part, why a rule holds or not. KeyError for an unknown rule."""
        node = self._rules[name].node
        text = self._index.read(document, languages_of(document.language)).text
        held = places(node, text)
        match = None if held is None else Match(name, text.spans(held))
        return Explanation(name, held is not None, _clause(node, text), match)


def _clause(node: Node, text: Text, within: tuple[int, int] | None = None) -> Clause:
    holds = places(node, text, within) is not None
    match node:
        case And(children) | Or(children):
            return Clause(str(node), holds, tuple(_clause(c, text, within) for c in children))
        case Near(left, right) | Sentence(left, right):
            return Clause(str(node), holds, (_clause(left, text, within), _clause(right, text, within)))
        case Field(name, child):
            return Clause(str(node), holds, (_clause(child, text, text.range_of(name)),))
        case Not(child) | AtLeast(_, child):
            return Clause(str(node), holds, (_clause(child, text, within),))
        case _:
            return Clause(str(node), holds)

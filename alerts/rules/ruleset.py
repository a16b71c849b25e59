"""All rules in one index: a document is looked at once, and only rules whose cheapest needed term occurs are tried.

Rules are filed under the terms one of which must occur (their anchors); a memo per language maps each word ever seen
to the terms it is a form of, so that inflection costs once per word (HEART, section 1).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alerts.rules.evaluate import GAP, Term, Text, languages_of, places, term
from alerts.rules.inflect import light, stem
from alerts.rules.nodes import And, AtLeast, Field, Mode, Near, Node, Not, Or, Phrase, Sentence, Word
from alerts.rules.parser import parse
from core.errors import RuleError, RuleSyntaxError
from core.model import Document, Match
from core.text import WORD, fold

MEMO = 300_000  # words remembered per language; a new language of a day's news has under 100,000
COMMON = frozenset(
    "the of and to in a that is was for with as on by at from el la los las de que y en un una por con para del se su"
    " new nuevo border frontera state estado president presidente government gobierno".split()
)


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
        self._nodes: dict[str, Node] = {}
        self._filed: defaultdict[Term, set[str]] = defaultdict(set)
        self._always: set[str] = set()
        self._terms: defaultdict[Mode, defaultdict[str, set[Term]]] = defaultdict(lambda: defaultdict(set))
        self._prefixes: dict[int, dict[str, Term]] = {}
        self._memo: dict[tuple[str, ...], dict[str, tuple[Term, ...]]] = {}
        self._by_key: dict[tuple[Mode, str], dict[str, set[Term]]] = {}
        for rule in rules:
            self.add(rule)

    def __len__(self) -> int:
        return len(self._nodes)

    def add(self, rule: Rule) -> None:
        """File one more rule; nothing is rebuilt but the memo."""
        if rule.name in self._nodes:
            raise RuleError(f"a second rule named {rule.name!r}", rule.name)
        try:
            node = parse(rule.query, self._lists)
        except RuleSyntaxError as error:
            raise RuleSyntaxError(str(error), error.query, error.column, rule.name) from None
        self._nodes[rule.name] = node
        anchors = _anchors(node)
        if anchors is None:
            self._always.add(rule.name)
        for anchor in anchors or ():
            self._filed[anchor].add(rule.name)
        for wanted in _terms(node):
            self._learn(wanted)
        self._memo.clear()

    def remove(self, name: str) -> None:
        """Forget a rule. KeyError for one that is not there."""
        node = self._nodes.pop(name)
        self._always.discard(name)
        for anchor in _anchors(node) or ():
            self._filed[anchor].discard(name)

    def match(self, document: Document) -> list[Match]:
        """The rules that hold, in the order they were added, with the words that make them hold."""
        text = self._text(document)
        tried = set(self._always)
        for wanted in text.places:
            tried.update(self._filed.get(wanted, ()))
        found = []
        for name in tried if len(tried) < 2 else [n for n in self._nodes if n in tried]:
            held = places(self._nodes[name], text)
            if held is not None:
                found.append(Match(name, text.spans(held)))
        return found

    def explain(self, name: str, document: Document) -> Explanation:
        """Part by part, why a rule holds or not. KeyError for an unknown rule."""
        node, text = self._nodes[name], self._text(document)
        held = places(node, text)
        match = None if held is None else Match(name, text.spans(held))
        return Explanation(name, held is not None, _clause(node, text), match)

    def _learn(self, wanted: Term) -> None:
        mode, word = wanted
        if mode is Mode.PREFIX:
            self._prefixes.setdefault(len(word), {})[word] = wanted
            return
        self._terms[mode][word].add(wanted)
        for (kept, code), table in self._by_key.items():
            if kept is mode:
                table.setdefault(_key(mode, word, code), set()).add(wanted)

    def _text(self, document: Document) -> Text:
        codes = languages_of(document.language)
        memo = self._memo.setdefault(codes, {})
        if len(memo) > MEMO:
            memo.clear()
        found: defaultdict[Term, list[int]] = defaultdict(list)
        title, body = WORD.findall(document.title), WORD.findall(document.text)
        body_start = len(title) + GAP
        for start, tokens in ((0, title), (body_start, body)):
            for position, token in enumerate(tokens, start):
                terms = memo.get(token)
                if terms is None:
                    terms = memo[token] = self._terms_of(token, codes)
                for wanted in terms:
                    found[wanted].append(position)
        return Text(document, found, len(title), len(body))

    def _terms_of(self, token: str, codes: tuple[str, ...]) -> tuple[Term, ...]:
        """Every wanted term that this word of a text is a form of."""
        folded = fold(token)
        found: set[Term] = set(self._terms[Mode.CASE].get(token, ()))
        for mode in (Mode.LIGHT, Mode.EXACT, Mode.STEM):
            found |= self._terms[mode].get(folded, set())
        for mode in (Mode.LIGHT, Mode.STEM):
            for code in codes:
                found |= self._table(mode, code).get(_key(mode, folded, code), set())
        for length, words in self._prefixes.items():
            if (wanted := words.get(folded[:length])) is not None:
                found.add(wanted)
        return tuple(sorted(found))

    def _table(self, mode: Mode, code: str) -> dict[str, set[Term]]:
        table = self._by_key.get((mode, code))
        if table is None:
            table = self._by_key[(mode, code)] = {}
            for word, wanted in self._terms[mode].items():
                table.setdefault(_key(mode, word, code), set()).update(wanted)
        return table


def _key(mode: Mode, word: str, code: str) -> str:
    return stem(word, code) if mode is Mode.STEM else light(word, code)


def _anchors(node: Node) -> set[Term] | None:
    """Terms of which one must occur wherever the node holds; None where nothing must."""
    match node:
        case Word():
            return {term(node)}
        case Phrase(words):
            return {min((term(w) for w in words), key=_cost)}
        case Near(left, right) | Sentence(left, right):
            return _cheapest([_anchors(left), _anchors(right)])
        case AtLeast(_, child) | Field(_, child):
            return _anchors(child)
        case And(children):
            return _cheapest([_anchors(c) for c in children])
        case Or(children):
            each = [_anchors(c) for c in children]
            return None if any(e is None for e in each) else {t for e in each for t in e or ()}
        case _:
            return None


def _cheapest(each: list[set[Term] | None]) -> set[Term] | None:
    known = [e for e in each if e is not None]
    return min(known, key=lambda e: sum(map(_cost, e)), default=None)


def _cost(wanted: Term) -> float:
    """How often a term is expected to occur: short, common and open-ended words are dear."""
    mode, word = wanted
    if word.lower() in COMMON:
        return 50.0
    return (12.0 if mode is Mode.PREFIX else 4.0) / max(1, len(word))


def _terms(node: Node) -> set[Term]:
    match node:
        case Word():
            return {term(node)}
        case Phrase(words):
            return {term(w) for w in words}
        case Near(left, right) | Sentence(left, right):
            return _terms(left) | _terms(right)
        case And(children) | Or(children):
            return {t for c in children for t in _terms(c)}
        case AtLeast(_, child) | Field(_, child) | Not(child):
            return _terms(child)
        case _:
            return set()


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

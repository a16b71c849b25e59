"""All rules in one index: a document is looked at once, and only rules whose cheapest needed term occurs are tried.

Rules are filed under the terms one of which must occur (their anchors); a memo per language maps each word ever seen
to the terms it is a form of, so that inflection costs once per word (HEART, section 1).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from alerts.rules.evaluate import GAP, Text, languages_of, places
from alerts.rules.inflect import light, stem
from alerts.rules.nodes import And, AtLeast, Field, Mode, Near, Node, Not, Or, Phrase, Sentence, Term, Word
from alerts.rules.parser import parse
from core.errors import RuleError, RuleSyntaxError
from core.model import Document, Match
from core.text import WORD, fold, unaccented

MEMO = 300_000  # words remembered per language; a new language of a day's news has under 100,000
COMMON = frozenset(
    "the of and to in a that is was for with as on by at from el la los las de que y en un una por con para del se su"
    " new nuevo border frontera state estado president presidente government gobierno".split()
)
COMMON_COST = 50.0


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


@dataclass(frozen=True, slots=True, eq=False)
class _Filed:
    """A rule in the index. `gates`: sets of terms of which one each must occur beside an anchor."""

    number: int  # in the order of adding
    name: str
    node: Node
    gates: tuple[frozenset[Term], ...]


class RuleSet:
    """Rules that can be matched all at once. Raises RuleSyntaxError (with the rule's name) for one it cannot read."""

    def __init__(self, rules: Iterable[Rule] = (), lists: Mapping[str, Sequence[str]] | None = None) -> None:
        self._lists = lists or {}
        self._rules: dict[str, _Filed] = {}
        self._anchored: defaultdict[Term, list[_Filed]] = defaultdict(list)
        self._always: list[_Filed] = []
        self._words = _Words()
        self._added = 0
        for rule in rules:
            self.add(rule)

    def __len__(self) -> int:
        return len(self._rules)

    def add(self, rule: Rule) -> None:
        """Read and file one more rule; nothing is rebuilt but the memo of words."""
        try:
            node = parse(rule.query, self._lists)
        except RuleSyntaxError as error:
            raise RuleSyntaxError(str(error), error.query, error.column, rule.name) from None
        self.file(rule.name, node)

    def file(self, name: str, node: Node) -> None:
        """File a query that is read already. Raises RuleError for a name that is taken."""
        if name in self._rules:
            raise RuleError(f"a second rule named {name!r}", name)
        anchors, *gates = sorted(_required(node), key=_cost) or [frozenset()]
        filed = _Filed(self._added, name, node, tuple(gates))
        self._added += 1
        self._rules[name] = filed
        if not anchors:
            self._always.append(filed)
        for anchor in anchors:
            self._anchored[anchor].append(filed)
        self._words.learn(_terms(node))

    def remove(self, name: str) -> None:
        """Forget a rule; its words stay known, which costs memory only. KeyError for one that is not there."""
        filed = self._rules.pop(name)
        for held in (self._always, *self._anchored.values()):
            if filed in held:
                held.remove(filed)

    def match(self, document: Document) -> list[Match]:
        """The rules that hold, in the order they were added, with the words that make them hold."""
        text = self._text(document)
        tried = set(self._always)
        for wanted in text.places:
            tried.update(self._anchored.get(wanted, ()))
        present = text.places.keys()
        found = []
        for filed in tried:
            if filed.gates and any(map(present.isdisjoint, filed.gates)):
                continue
            held = places(filed.node, text)
            if held is not None:
                found.append((filed.number, Match(filed.name, text.spans(held))))
        return [match for _, match in sorted(found, key=itemgetter(0))]

    def explain(self, name: str, document: Document) -> Explanation:
        """Part by part, why a rule holds or not. KeyError for an unknown rule."""
        node, text = self._rules[name].node, self._text(document)
        held = places(node, text)
        match = None if held is None else Match(name, text.spans(held))
        return Explanation(name, held is not None, _clause(node, text), match)

    def _text(self, document: Document) -> Text:
        known = self._words.memo(languages_of(document.language))
        found: defaultdict[Term, list[int]] = defaultdict(list)
        title, body = WORD.findall(document.title), WORD.findall(document.text)
        for start, tokens in ((0, title), (len(title) + GAP, body)):
            for position, token in enumerate(tokens, start):
                for wanted in known[token]:
                    found[wanted].append(position)
        return Text(document, found, len(title), len(body))


class _Words:
    """The terms all rules want, and for each word of a text those it is a form of."""

    def __init__(self) -> None:
        self._terms: set[Term] = set()
        self._by_key: dict[tuple[Mode, str], dict[str, list[Term]]] = {}  # (mode, language) -> key -> terms
        self._prefixes: dict[int, dict[str, Term]] = {}
        self._memos: dict[tuple[str, ...], _Memo] = {}

    def learn(self, terms: Iterable[Term]) -> None:
        """Terms of one more rule. What was remembered of texts no longer holds."""
        self._memos.clear()
        for wanted in terms:
            if wanted in self._terms:
                continue
            self._terms.add(wanted)
            mode, word = wanted
            if mode is Mode.PREFIX:
                self._prefixes.setdefault(len(word), {})[word] = wanted
            for (kept, code), table in self._by_key.items():
                if kept is mode:
                    table.setdefault(_key(mode, word, code), []).append(wanted)

    def memo(self, codes: tuple[str, ...]) -> Mapping[str, tuple[Term, ...]]:
        """Word as printed -> the terms it is a form of, in a text of these languages."""
        memo = self._memos.setdefault(codes, _Memo(self, codes))
        if len(memo) > MEMO:
            memo.clear()
        return memo

    def terms_of(self, token: str, codes: tuple[str, ...]) -> tuple[Term, ...]:
        """Every wanted term that a word of a text is a form of."""
        folded = fold(token)
        found = {(Mode.LIGHT, folded), (Mode.EXACT, folded), (Mode.STEM, folded), (Mode.CASE, unaccented(token))}
        found &= self._terms
        for mode in (Mode.LIGHT, Mode.STEM):
            for code in codes:
                found.update(self._table(mode, code).get(_key(mode, folded, code), ()))
        for length, words in self._prefixes.items():
            if (wanted := words.get(folded[:length])) is not None:
                found.add(wanted)
        return tuple(sorted(found))

    def _table(self, mode: Mode, code: str) -> dict[str, list[Term]]:
        table = self._by_key.get((mode, code))
        if table is None:
            table = self._by_key[(mode, code)] = {}
            for wanted in self._terms:
                if wanted[0] is mode:
                    table.setdefault(_key(mode, wanted[1], code), []).append(wanted)
        return table


class _Memo(dict[str, tuple[Term, ...]]):
    """Filled as words are met: most words of most texts were met before."""

    def __init__(self, words: _Words, codes: tuple[str, ...]) -> None:
        super().__init__()
        self._of = words, codes

    def __missing__(self, token: str) -> tuple[Term, ...]:
        words, codes = self._of
        found = self[token] = words.terms_of(token, codes)
        return found


def _key(mode: Mode, word: str, code: str) -> str:
    return stem(word, code) if mode is Mode.STEM else light(word, code)


def _required(node: Node) -> list[frozenset[Term]]:
    """Sets of terms of which one each must occur wherever the node holds; [] where nothing must."""
    match node:
        case Word():
            return [frozenset((node.term,))]
        case Phrase(words):
            return [frozenset((w.term,)) for w in words]
        case Near(left, right) | Sentence(left, right):
            return _required(left) + _required(right)
        case AtLeast(_, child) | Field(_, child):
            return _required(child)
        case And(children):
            return [r for c in children for r in _required(c)]
        case Or(children):
            each = [min(_required(c), key=_cost, default=frozenset()) for c in children]
            return [frozenset().union(*each)] if all(each) else []
        case _:
            return []


def _cost(terms: frozenset[Term]) -> float:
    """How often one of the terms is expected to occur: short, common and open-ended words are dear."""
    return sum(
        COMMON_COST if word.lower() in COMMON else (12.0 if mode is Mode.PREFIX else 4.0) / max(1, len(word))
        for mode, word in terms
    )


def _terms(node: Node) -> set[Term]:
    match node:
        case Word():
            return {node.term}
        case Phrase(words):
            return {w.term for w in words}
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

"""Which rules may hold, decided by sets: what a text holds against what each rule needs.

    words of a text -> numbers present | rules one number decides | rules whose gates are all present, then verified

A rule is filed under the cheapest set of numbers of which one must be present (HEART, section 1). Where those sets
say all there is to say, nothing is verified; positions are worked out only for what is left.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from alerts.rules.evaluate import LEAD_WORDS, Text, fact, places
from alerts.rules.nodes import And, AtLeast, Field, Meta, Mode, Near, Node, Not, Or, Phrase, Sentence, Term, Word
from alerts.rules.words import Ids, Numbers, Reading, Wanted
from core.model import Document
from core.text import find_words

FIELDS = ("", "title", "body", "lead")  # "" is title and body
COMMON = frozenset(
    "the of and to in a that is was for with as on by at from el la los las de que y en un una por con para del se su"
    " new nuevo border frontera state estado president presidente government gobierno".split()
)
COMMON_COST = 50.0
FEW_PAIRS = 64  # places of two words compared one by one; beyond, they are sorted and searched
PAIR_COST = 0.1  # of the cheaper of its words


@dataclass(frozen=True, slots=True)
class Held:
    """A document as the index sees it: the numbers of what it holds, and its words for what needs their places."""

    present: set[int]
    text: Text


Check = Callable[[Held], bool]
OneOf = tuple[int, ...]  # numbers of which one must be present
Gate = int | frozenset[int]  # the same, ready to be asked; most are a single number


@dataclass(frozen=True, slots=True)
class Needs:
    """Numbers of which one each must be present; `decided`: that is all a document must fulfil."""

    sets: tuple[OneOf, ...]
    decided: bool


NOTHING = Needs((), False)


@dataclass(slots=True, eq=False)
class Filed:
    """A rule in the index. `gates` must all be met beside its anchor; `check` is made when first needed."""

    number: int  # in the order of adding
    name: str
    node: Node
    anchors: OneOf
    gates: tuple[Gate, ...]
    decided: bool
    check: Check | None = None


class Index:
    """Files rules and finds those that hold."""

    def __init__(self) -> None:
        self._wanted = Wanted()
        self._numbers = Numbers()
        self._fields = {name: Ids(self._numbers, self._wanted) for name in FIELDS}
        self._costs: dict[int, float] = {}
        self._readings: dict[tuple[str, ...], Reading] = {}
        self.rules: dict[int, Filed] = {}
        self.names: dict[int, str] = {}
        self._sure: defaultdict[int, list[int]] = defaultdict(list)  # number -> rules that it decides
        self._maybe: defaultdict[int, list[Filed]] = defaultdict(list)
        self._always: dict[int, Filed] = {}
        self._added = 0

    def add(self, name: str, node: Node) -> Filed:
        """File a rule; nothing is rebuilt but what is remembered of words, and that only where it wants new ones."""
        before = self._numbers.last
        needs = self._needs(node, "")
        if self._numbers.last != before:
            self._readings.clear()
        anchors, *gates = sorted(needs.sets, key=self._cost) if len(needs.sets) > 1 else needs.sets or [()]
        filed = Filed(self._added, name, node, anchors, tuple(map(_gate, gates)), needs.decided)
        self._added += 1
        self.rules[filed.number] = filed
        self.names[filed.number] = name
        if not anchors:
            self._always[filed.number] = filed
        for anchor in anchors:
            if filed.decided and not gates:
                self._sure[anchor].append(filed.number)
            else:
                self._maybe[anchor].append(filed)
        return filed

    def remove(self, filed: Filed) -> None:
        """Forget a rule; its words stay known, which costs memory only."""
        del self.rules[filed.number], self.names[filed.number]
        self._always.pop(filed.number, None)
        for anchor in filed.anchors:
            if filed.decided and not filed.gates:
                self._sure[anchor].remove(filed.number)
            else:
                self._maybe[anchor].remove(filed)

    def holding(self, held: Held) -> list[int]:
        """The numbers of the rules that hold for a document, in the order they were added."""
        present = held.present
        hits: set[int] = set()
        hits.update(*map(self._sure.__getitem__, self._sure.keys() & present))
        for number in self._maybe.keys() & present:
            for filed in self._maybe[number]:
                for gate in filed.gates:
                    if gate not in present if isinstance(gate, int) else gate.isdisjoint(present):
                        break
                else:
                    if filed.number not in hits and (filed.decided or self._verified(filed, held)):
                        hits.add(filed.number)
        hits.update(n for n, filed in self._always.items() if self._verified(filed, held))
        return sorted(hits)

    def read(self, document: Document, codes: tuple[str, ...]) -> Held:
        """What a document in these languages holds."""
        reading = self._readings.get(codes)
        if reading is None:
            reading = self._readings[codes] = Reading(self._wanted, self._fields, codes)
        reading.trim()
        title, body = (
            list(map(reading.classes.__getitem__, find_words(text))) for text in (document.title, document.text)
        )
        distinct = {*title, *body}
        present = reading.present("", (title, body), distinct)
        for name, run in (("title", title), ("body", body), ("lead", body[:LEAD_WORDS])):
            if self._fields[name].any:
                present |= reading.present(name, (run,), set(run))
        return Held(present, Text(document, title, body, distinct, reading.holding))

    def _verified(self, filed: Filed, held: Held) -> bool:
        if filed.check is None:
            filed.check = self._check(filed.node, "")
        return filed.check(held)

    def _needs(self, node: Node, field: str) -> Needs:
        """What a node needs; every word and pair in it gets its number, also where it must be absent."""
        match node:
            case Word():
                return Needs(((self._term(node, field),),), True)
            case Phrase((only,)):
                return self._needs(only, field)
            case Phrase(words):
                pairs = pairwise(words)
                return Needs(tuple((self._pair(a, b, field),) for a, b in pairs), len(words) == 2)
            case Near(left, right) | Sentence(left, right):
                return Needs(self._needs(left, field).sets + self._needs(right, field).sets, False)
            case AtLeast(_, child):
                return Needs(self._needs(child, field).sets, False)
            case Field(name, child):
                return self._needs(child, name)
            case Not(child):
                self._needs(child, field)
                return NOTHING
            case And(children):
                each = [self._needs(c, field) for c in children]
                return Needs(tuple(s for n in each for s in n.sets), all(n.decided for n in each))
            case Or(children):
                each = [self._needs(c, field) for c in children]
                if not all(n.sets for n in each):
                    return NOTHING
                one = {number for n in each for number in min(n.sets, key=self._cost)}
                return Needs((tuple(one),), all(n.decided and len(n.sets) == 1 for n in each))
            case Meta():
                return NOTHING

    def _check(self, node: Node, field: str) -> Check:
        """A function that says whether a node holds, by sets where they can tell and by places elsewhere."""
        match node:
            case Meta():
                return lambda held: fact(node, held.text.document)
            case Field(name, child):
                return self._check(child, name)
            case Not(child):
                excluded = self._check(child, field)
                return lambda held: not excluded(held)
            case And() | Or() | Word() | Phrase():
                needs = self._needs(node, field)
                if needs.decided:
                    return _all_of(needs.sets)
        match node:
            case And(children):
                all_checks = [self._check(c, field) for c in children]
                return lambda held: all(check(held) for check in all_checks)
            case Or(children):
                any_checks = [self._check(c, field) for c in children]
                return lambda held: any(check(held) for check in any_checks)
            case Near(Word(), Word()) if not field:
                return lambda held: _near(node, held.text)
        if not field:
            return lambda held: places(node, held.text) is not None
        return lambda held: places(node, held.text, held.text.range_of(field)) is not None

    def _term(self, word: Word, field: str) -> int:
        number = self._fields[field].term(word.term)
        if number not in self._costs:
            self._costs[number] = _rarity(word.term)
        return number

    def _pair(self, left: Word, right: Word, field: str) -> int:
        number = self._fields[field].pair(left.term, right.term)
        if number not in self._costs:
            self._costs[number] = PAIR_COST * min(_rarity(left.term), _rarity(right.term))
        return number

    def _cost(self, numbers: OneOf) -> float:
        """How often one of these is expected to be present."""
        return sum(self._costs[n] for n in numbers)


def _near(node: Near, text: Text) -> bool:
    """Whether two words stand as near as asked; most are found in few places, which are compared one by one."""
    left, right = (text.positions(side.term) for side in (node.left, node.right) if isinstance(side, Word))
    if len(left) * len(right) > FEW_PAIRS:
        return places(node, text) is not None
    title, reach = text.title_words, node.distance + 1
    return any(
        (0 < b - a <= reach or (not node.ordered and 0 < a - b <= reach)) and (a < title) == (b < title)
        for a in left
        for b in right
    )


def _gate(numbers: OneOf) -> Gate:
    return numbers[0] if len(numbers) == 1 else frozenset(numbers)


def _all_of(sets: tuple[OneOf, ...]) -> Check:
    needed = [frozenset(s) for s in sets]
    return lambda held: not any(s.isdisjoint(held.present) for s in needed)


def _rarity(wanted: Term) -> float:
    """Short, common and open-ended words are expected often."""
    mode, word = wanted
    if word.lower() in COMMON:
        return COMMON_COST
    return (12.0 if mode is Mode.PREFIX else 4.0) / max(1, len(word))

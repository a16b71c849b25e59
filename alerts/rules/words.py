"""The words all rules want, and for each word of a text those it is a form of: inflection costs once per word ever met.

A reading is what is known for texts of one language. It is thrown away when a rule brings new words, and fills again
as words are met; most words of most texts were met before (HEART, section 1).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, pairwise
from typing import TypeVar

from alerts.rules.inflect import light, stem
from alerts.rules.nodes import Mode, Term
from core.text import fold, unaccented

T = TypeVar("T")
MEMO = 300_000  # words remembered per language; a new language of a day's news has under 100,000


class Wanted:
    """Every term of every rule. The same word of a text may be a form of several."""

    def __init__(self) -> None:
        self._terms: set[Term] = set()
        self._by_key: dict[tuple[Mode, str], dict[str, list[Term]]] = {}  # (mode, language) -> key -> terms
        self._prefixes: dict[int, dict[str, Term]] = {}

    def learn(self, wanted: Term) -> None:
        """One more term."""
        if wanted in self._terms:
            return
        self._terms.add(wanted)
        mode, word = wanted
        if mode is Mode.PREFIX:
            self._prefixes.setdefault(len(word), {})[word] = wanted
        for (kept, code), table in self._by_key.items():
            if kept is mode:
                table.setdefault(_key(mode, word, code), []).append(wanted)

    def forms_of(self, token: str, codes: tuple[str, ...]) -> tuple[Term, ...]:
        """Every wanted term that a word of a text in these languages is a form of."""
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


class Ids:
    """Small numbers for what must occur in one field: terms, and pairs of terms side by side."""

    def __init__(self, numbers: "Numbers", words: Wanted) -> None:
        self._numbers, self._words = numbers, words
        self.terms: dict[Term, int] = {}
        self.pairs: dict[Term, list[tuple[Term, int]]] = defaultdict(list)  # left term -> (right term, number)
        self.lefts: dict[Term, list[tuple[Term, int]]] = defaultdict(list)  # right term -> (left term, number)
        self._pairs: dict[tuple[Term, Term], int] = {}

    @property
    def any(self) -> bool:
        """Whether any rule wants something of this field."""
        return bool(self.terms or self._pairs)

    def term(self, wanted: Term) -> int:
        """The number of a term."""
        found = self.terms.get(wanted)
        if found is None:
            found = self.terms[wanted] = self._numbers.next()
            self._words.learn(wanted)
        return found

    def pair(self, left: Term, right: Term) -> int:
        """The number of two terms side by side."""
        found = self._pairs.get((left, right))
        if found is None:
            found = self._pairs[(left, right)] = self._numbers.next()
            self.pairs[left].append((right, found))
            self.lefts[right].append((left, found))
            self._words.learn(left)
            self._words.learn(right)
        return found


class Numbers:
    """Hands out numbers."""

    def __init__(self) -> None:
        self.last = 0

    def next(self) -> int:
        self.last += 1
        return self.last


class Reading:
    """Words met in texts of one language. Words that are forms of the same terms are one class; 0 is no rule's word."""

    def __init__(self, wanted: Wanted, fields: Mapping[str, Ids], codes: tuple[str, ...]) -> None:
        self.classes = _Memo(self._class_of)  # word as printed -> class
        self.holding: defaultdict[Term, list[int]] = defaultdict(list)  # term -> classes of words that are its forms
        self._wanted, self._fields, self._codes = wanted, fields, codes
        self._known: dict[tuple[Term, ...], int] = {(): 0}
        self._numbers: dict[str, list[tuple[int, ...]]] = {name: [()] for name in fields}  # by class
        self._adjacent: dict[str, dict[tuple[int, int], tuple[int, ...]]] = {name: {} for name in fields}

    def present(self, field: str, runs: Sequence[list[int]], distinct: set[int]) -> set[int]:
        """The numbers of all that is wanted of a field and held by these runs of classes; nothing spans two runs."""
        found = set(chain.from_iterable(map(self._numbers[field].__getitem__, distinct)))
        adjacent = self._adjacent[field]
        if adjacent:
            for run in runs:
                side_by_side = {(a, b) for a, b in pairwise(run) if a and b}
                found.update(chain.from_iterable(map(adjacent.__getitem__, adjacent.keys() & side_by_side)))
        return found

    def trim(self) -> None:
        """Forget words where too many are remembered: they cost memory, meeting them again only time."""
        if len(self.classes) > MEMO:
            self.classes.clear()

    def _class_of(self, token: str) -> int:
        terms = self._wanted.forms_of(token, self._codes)
        found = self._known.get(terms)
        if found is None:
            found = self._known[terms] = len(self._known)
            for wanted in terms:
                self.holding[wanted].append(found)
            for name, ids in self._fields.items():
                self._numbers[name].append(tuple(ids.terms[t] for t in terms if t in ids.terms))
                self._pair_up(self._adjacent[name], ids, terms, found)
        return found

    def _pair_up(
        self, adjacent: dict[tuple[int, int], tuple[int, ...]], ids: Ids, terms: tuple[Term, ...], new: int
    ) -> None:
        """Which classes beside the new one make a wanted pair."""
        for wanted in terms:
            for right, number in ids.pairs.get(wanted, ()):
                for other in self.holding.get(right, ()):
                    _join(adjacent, (new, other), number)
            for left, number in ids.lefts.get(wanted, ()):
                for other in self.holding.get(left, ()):
                    _join(adjacent, (other, new), number)


def _join(adjacent: dict[tuple[int, int], tuple[int, ...]], classes: tuple[int, int], number: int) -> None:
    held = adjacent.get(classes, ())
    if number not in held:
        adjacent[classes] = (*held, number)


class _Memo(dict[str, T]):
    """Filled as words are met."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, token: str) -> T:
        found = self[token] = self._make(token)
        return found


def _key(mode: Mode, word: str, code: str) -> str:
    return stem(word, code) if mode is Mode.STEM else light(word, code)

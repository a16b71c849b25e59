"""The words all rules want, and for each word of a text those it is a form of: inflection costs once per word ever met.

A reading is what is known for texts of one language. It is thrown away when a rule brings new words, and fills again
as words are met; most words of most texts were met before (HEART, section 1).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
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
    """Words met in texts of one language, for one field: the numbers of their terms, and their class in pairs."""

    def __init__(self, wanted: Wanted, ids: Ids, codes: tuple[str, ...]) -> None:
        self.numbers = _Memo(self._numbers_of)
        self.classes = _Memo(self._class_of)
        self.adjacent: dict[tuple[int, int], tuple[int, ...]] = {}  # classes side by side -> numbers of the pairs
        self.forms: defaultdict[Term, list[str]] = defaultdict(list)  # term -> the words met that are forms of it
        self._wanted, self._ids, self._codes = wanted, ids, codes
        self._known: dict[tuple[Term, ...], int] = {(): 0}
        self._with_term: defaultdict[Term, list[int]] = defaultdict(list)

    def present(self, distinct: set[str], runs: Sequence[list[str]]) -> set[int]:
        """The numbers of everything wanted that these runs of words hold; nothing spans two runs."""
        found = set(chain.from_iterable(map(self.numbers.__getitem__, distinct)))
        if self._ids.pairs:
            for run in runs:
                classes = map(self.classes.__getitem__, run)
                side_by_side = {(a, b) for a, b in pairwise(classes) if a and b}
                found.update(chain.from_iterable(map(self.adjacent.__getitem__, self.adjacent.keys() & side_by_side)))
        return found

    def trim(self) -> None:
        """Forget words where too many are remembered: they cost memory, meeting them again only time."""
        if len(self.numbers) > MEMO:
            self.numbers.clear()
            self.classes.clear()
            self.forms.clear()

    def _numbers_of(self, token: str) -> tuple[int, ...]:
        terms = self._wanted.forms_of(token, self._codes)
        for wanted in terms:
            self.forms[wanted].append(token)
        return tuple(self._ids.terms[t] for t in terms if t in self._ids.terms)

    def _class_of(self, token: str) -> int:
        """Words that are forms of the same terms of pairs are one class; 0 where there are none."""
        pairs, lefts = self._ids.pairs, self._ids.lefts
        terms = tuple(t for t in self._wanted.forms_of(token, self._codes) if t in pairs or t in lefts)
        found = self._known.get(terms)
        if found is None:
            found = self._known[terms] = len(self._known)
            for wanted in terms:
                self._with_term[wanted].append(found)
            for wanted in terms:
                for right, number in pairs.get(wanted, ()):
                    for other in self._with_term.get(right, ()):
                        self._join((found, other), number)
                for left, number in lefts.get(wanted, ()):
                    for other in self._with_term.get(left, ()):
                        self._join((other, found), number)
        return found

    def _join(self, classes: tuple[int, int], number: int) -> None:
        held = self.adjacent.get(classes, ())
        if number not in held:
            self.adjacent[classes] = (*held, number)


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

"""Does a query hold for a document, and where: the one evaluator behind alerts, back-tests and examples.

Positions count words: the title first, then after a gap the body, so that nothing spans the two.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from alerts.rules.inflect import LANGUAGES, UNKNOWN
from alerts.rules.nodes import And, AtLeast, Field, Meta, Near, Node, Not, Or, Phrase, Sentence, Term, Word
from core.model import Document, Span
from core.text import WORD, fold, word_pattern
from core.urls import host

Place = tuple[int, int]  # first and last position of a hit
FEW = 10  # terms looked for one by one; a look costs 4 us, the table of 400 words 30 us
GAP = 1000  # between title and body
LEAD_WORDS = 60  # of the body: the opening paragraphs
# A stop ends a sentence before a capital, a digit or a mark; not after an initial (U.S., J.) or a title (Gov.).
# The lookbehind enters a run of stops once only: a hundred thousand dots cost linear time.
TITLES = ("Mr", "Ms", "Dr", "Sr", "Jr", "St", "No", "Mrs", "Gov", "Sen", "Rep", "Gen", "Col", "Sra", "Dra", "Lic",
          "Inc", "EE", "UU", "Núm")  # fmt: skip
SENTENCE_END = re.compile(
    r"(?<![.!?…])(?!(?<=\b[A-Z])(?<!['’].)\.)"
    + "".join(rf"(?!(?<=\b{t})\.)" for t in TITLES)
    + r"[.!?…]++[\"'”’»)\]]*+\s++"
    r"(?=[^a-z])|\n"
)


def languages_of(code: str | None) -> tuple[str, ...]:
    """In which languages words of a text inflect. `es-MX` is `es`."""
    plain = (code or "").replace("_", "-").partition("-")[0].casefold()
    return (plain,) if plain in LANGUAGES else () if plain else UNKNOWN


@dataclass(slots=True)
class Text:
    """A document as positions: where each wanted term stands, worked out for the terms that are asked for.

    Its words are classes: words that are forms of the same terms are one. `holding`: the classes with a term.
    """

    document: Document
    title: list[int]
    body: list[int]
    distinct: set[int]  # of both
    holding: Mapping[Term, Sequence[int]]
    _where: dict[int, list[int]] | None = None
    _positions: dict[Term, list[int]] = field(default_factory=dict)
    _places: dict[Term, list[Place]] = field(default_factory=dict)
    _sets: dict[Term, frozenset[int]] = field(default_factory=dict)
    _starts: list[tuple[int, int]] | None = None
    _spans: dict[int, Span] = field(default_factory=dict)
    _sentences: list[int] | None = None

    @property
    def title_words(self) -> int:
        return len(self.title)

    @property
    def body_start(self) -> int:
        return len(self.title) + GAP

    def positions(self, wanted: Term) -> list[int]:
        """Where a term stands, in order."""
        found = self._positions.get(wanted)
        if found is None:
            runs = [self._standing(each) for each in self.holding.get(wanted, ()) if each in self.distinct]
            found = self._positions[wanted] = runs[0] if len(runs) == 1 else sorted(p for run in runs for p in run)
        return found

    def _standing(self, each: int) -> list[int]:
        """Positions of a class. The first few are looked for; with more a table of all pays."""
        if self._where is None:
            if len(self._positions) < FEW:
                return _found(each, self.title, 0) + _found(each, self.body, self.body_start)
            self._where = self._locate()
        return self._where[each]

    def of(self, wanted: Term) -> list[Place]:
        """The places of a term; shared by all rules that want it, not to be changed."""
        found = self._places.get(wanted)
        if found is None:
            found = self._places[wanted] = [(p, p) for p in self.positions(wanted)]
        return found

    def at(self, wanted: Term) -> frozenset[int]:
        """The positions of a term, for membership."""
        found = self._sets.get(wanted)
        if found is None:
            found = self._sets[wanted] = frozenset(self.positions(wanted))
        return found

    def _locate(self) -> dict[int, list[int]]:
        """Positions of every class but the one that no rule wants."""
        where: defaultdict[int, list[int]] = defaultdict(list)
        for start, run in ((0, self.title), (self.body_start, self.body)):
            for position, each in enumerate(run, start):
                if each:
                    where[each].append(position)
        return where

    def range_of(self, name: str) -> Place:
        """First and one past the last position of a text field."""
        if name == "title":
            return (0, self.title_words)
        words = min(len(self.body), LEAD_WORDS) if name == "lead" else len(self.body)
        return (self.body_start, self.body_start + words)

    def spans(self, places: Iterable[Place]) -> tuple[Span, ...]:
        """Character spans of word positions, one a word, sorted; body before title only by name."""
        positions: set[int] = set()
        for first, last in places:
            if first == last:
                positions.add(first)
            else:
                positions.update(range(first, last + 1))
        ordered = sorted(positions)
        split = bisect_left(ordered, self.title_words)
        return tuple([self._spans.get(p) or self._span(p) for p in ordered[split:] + ordered[:split]])

    def _span(self, position: int) -> Span:
        if self._starts is None:
            texts = (self.document.title, self.document.text)
            self._starts = [m.span(1) for text in texts for m in word_pattern(text).finditer(text)]
        title = position < self.title_words
        start, end = self._starts[position if title else position - GAP]
        found = self._spans[position] = Span("title" if title else "body", start, end)
        return found

    def sentence_of(self, position: int) -> int:
        """Number of the sentence a word stands in."""
        if self._sentences is None:
            self._sentences = self._number_sentences()
        return self._sentences[position if position < self.title_words else position - GAP]

    def _number_sentences(self) -> list[int]:
        numbers, base = [], 0
        for text in (self.document.title, self.document.text):
            ends = [m.end() for m in SENTENCE_END.finditer(text)]
            numbers += [base + bisect_right(ends, m.start(1)) for m in word_pattern(text).finditer(text)]
            base += len(ends) + 1
        return numbers


def _found(each: int, run: list[int], start: int) -> list[int]:
    found, at = [], -1
    try:
        while True:
            at = run.index(each, at + 1)
            found.append(start + at)
    except ValueError:
        return found


def places(node: Node, text: Text, within: Place | None = None) -> list[Place] | None:
    """Where a node holds; [] where it holds without a place (a NOT, a fact of the article); None where it does not.

    `within` bounds word positions (a text field).
    """
    match node:
        case Word():
            found = text.of(node.term)
            return (found if within is None else _inside(found, within)) or None
        case Phrase(words):
            return _phrase(words, text, within) or None
        case And(children):
            together: list[Place] = []
            for child in children:
                held = places(child, text, within)
                if held is None:
                    return None
                together += held
            return together
        case Or(children):
            either: list[Place] | None = None
            for child in children:
                held = places(child, text, within)
                if held is not None:
                    either = held if either is None else either + held
            return either
        case Field(name, child):
            return places(child, text, text.range_of(name))
        case Not(child):
            return [] if places(child, text, within) is None else None
        case Near() | Sentence():
            return _close(node, text, within) or None
        case AtLeast(count, child):
            held = places(child, text, within)
            return held if held is not None and len(set(held)) >= count else None
        case Meta():
            return [] if fact(node, text.document) else None


def _inside(found: list[Place], within: Place) -> list[Place]:
    return [p for p in found if within[0] <= p[0] and p[1] < within[1]]


def _phrase(words: tuple[Word, ...], text: Text, within: Place | None) -> list[Place]:
    """Tried at the places of the rarest word."""
    standing = [text.positions(w.term) for w in words]
    if not all(standing):
        return []
    rarest = min(range(len(words)), key=lambda i: len(standing[i]))
    others = [(i - rarest, text.at(w.term)) for i, w in enumerate(words) if i != rarest]
    last = len(words) - 1
    found = [
        (p - rarest, p - rarest + last)
        for p in standing[rarest]
        if all(p + step in positions for step, positions in others)
    ]
    return found if within is None else _inside(found, within)


def _close(node: Near | Sentence, text: Text, within: Place | None) -> list[Place]:
    """The places on both sides of a chain that take part in a whole one. Time: a sort and a search a place."""
    links: list[Near | Sentence] = []
    sides: list[list[Place]] = []
    first: Node = node
    while isinstance(first, (Near, Sentence)):
        links.insert(0, first)
        first = first.left
    for side in (first, *(link.right for link in links)):
        found = places(side, text, within)
        if found is None:
            return []
        sides.append(sorted(set(found)))
    for i, link in enumerate(links):
        sides[i + 1] = _partnered(sides[i + 1], sides[i], link, text, partners_first=True)
    for i, link in reversed(list(enumerate(links))):
        sides[i] = _partnered(sides[i], sides[i + 1], link, text, partners_first=False)
    return [place for side in sides for place in side] if all(sides) else []


def _partnered(
    ours: list[Place], partners: list[Place], link: Near | Sentence, text: Text, *, partners_first: bool
) -> list[Place]:
    """Those of `ours` with a partner that stands as the link asks. Only the nearest on each side need be looked at."""
    firsts, lasts = sorted(p[0] for p in partners), sorted(p[1] for p in partners)
    ordered = isinstance(link, Near) and link.ordered
    found = []
    for place in ours:
        before, after = bisect_left(lasts, place[0]), bisect_right(firsts, place[1])
        if (
            (not ordered or partners_first) and before and _joined(lasts[before - 1], place[0], link, text)
        ) or (
            (not ordered or not partners_first)
            and after < len(firsts)
            and _joined(place[1], firsts[after], link, text)
        ):  # fmt: skip
            found.append(place)
    return found


def _joined(end: int, start: int, link: Near | Sentence, text: Text) -> bool:
    """Whether what ends at one position and what starts at a later one stand as the link asks."""
    if end < text.title_words <= start:
        return False
    if isinstance(link, Sentence):
        return text.sentence_of(end) == text.sentence_of(start)
    return start - end - 1 <= link.distance


def fact(node: Meta, document: Document) -> bool:
    """Whether a fact about the article is as asked."""
    wanted = node.value.casefold()
    match node.name:
        case "url":
            return wanted in document.url.casefold()
        case "site":
            there = (document.site or host(document.url)).casefold()
            bare = wanted.removeprefix("www.")
            return any(h == bare or h.endswith("." + bare) for h in (there, there.split(":")[0].removeprefix("www.")))
        case "source":
            return document.source.casefold() == wanted
        case "lang":
            return (document.language or "").casefold().replace("_", "-").partition("-")[0] == wanted
        case "tag":
            return wanted in (t.casefold() for t in document.tags)
        case "author":
            needed = {fold(w) for w in WORD.findall(node.value)}
            return any(needed <= {fold(w) for w in WORD.findall(a)} for a in document.authors)
        case _:
            return document.kind == wanted

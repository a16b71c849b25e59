"""Does a query hold for a document, and where: the one evaluator behind alerts, back-tests and examples.

Positions count words: the title first, then after a gap the body, so that nothing spans the two.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from alerts.rules.inflect import LANGUAGES, UNKNOWN, light, stem
from alerts.rules.nodes import And, AtLeast, Field, Meta, Mode, Near, Node, Not, Or, Phrase, Sentence, Word
from core.model import Document, Span
from core.text import WORD, fold

Place = tuple[int, int]  # first and last position of a hit
Term = tuple[Mode, str]  # mode and folded word (as written for `cs:`)
GAP = 1000  # between title and body: more than any NEAR reaches by accident; NEAR checks the field anyway
LEAD_WORDS = 60  # of the body: the opening paragraphs
SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+(?=[^a-z\s])|\n")


def term(word: Word) -> Term:
    """What a text must hold for a word of a query."""
    return (word.mode, word.text if word.mode is Mode.CASE else fold(word.text))


def languages_of(code: str | None) -> tuple[str, ...]:
    """In which languages words of a text inflect."""
    return (code,) if code in LANGUAGES else UNKNOWN if code is None else ()


def same_word(wanted: Term, token: str, languages: tuple[str, ...]) -> bool:
    """Whether a word of a text is a form of the wanted one."""
    mode, text = wanted
    if mode is Mode.CASE:
        return token == text
    folded = fold(token)
    if folded == text:
        return True
    if mode is Mode.PREFIX:
        return folded.startswith(text)
    if mode is Mode.EXACT:
        return False
    key: Callable[[str, str], str] = stem if mode is Mode.STEM else light
    return any(key(folded, code) == key(text, code) for code in languages)


@dataclass(slots=True)
class Text:
    """A document as positions: where each wanted term stands."""

    document: Document
    places: Mapping[Term, list[int]]
    title_words: int
    body_words: int
    _spans: list[tuple[str, int, int]] | None = None
    _sentences: list[int] | None = None
    lead_end: int = field(init=False)

    def __post_init__(self) -> None:
        self.lead_end = self.body_start + min(self.body_words, LEAD_WORDS)

    @property
    def body_start(self) -> int:
        return self.title_words + GAP

    def range_of(self, name: str) -> Place:
        """First and one past the last position of a text field."""
        if name == "title":
            return (0, self.title_words)
        return (self.body_start, self.lead_end if name == "lead" else self.body_start + self.body_words)

    def spans(self, places: Iterable[Place]) -> tuple[Span, ...]:
        """Character spans of word positions, one a word, sorted; body before title only by name."""
        if self._spans is None:
            title = [("title", *m.span(1)) for m in WORD.finditer(self.document.title)]
            body = [("body", *m.span(1)) for m in WORD.finditer(self.document.text)]
            self._spans = title + body
        positions = sorted({p for first, last in places for p in range(first, last + 1)})
        flat = (p if p < self.title_words else p - GAP for p in positions)
        found = [Span(*self._spans[p]) for p in flat]
        return tuple(sorted(found, key=lambda s: (s.field, s.start)))

    def sentence_of(self, position: int) -> int:
        """Number of the sentence a word stands in."""
        if self._sentences is None:
            self._sentences = self._number_sentences()
        return self._sentences[position if position < self.title_words else position - GAP]

    def _number_sentences(self) -> list[int]:
        numbers, base = [], 0
        for text in (self.document.title, self.document.text):
            ends = [m.end() for m in SENTENCE_END.finditer(text)]
            numbers += [base + bisect_right(ends, m.start(1)) for m in WORD.finditer(text)]
            base += len(ends) + 1
        return numbers


def places(node: Node, text: Text, within: Place | None = None) -> list[Place] | None:
    """Where a node holds; [] where it holds without a place (a NOT, a field of the article); None where it does not.

    `within` bounds word positions (a text field).
    """
    match node:
        case Word():
            return _bounded(text.places.get(term(node), ()), within) or None
        case Phrase(words):
            return _phrase(words, text, within) or None
        case Near() | Sentence():
            return _close(node, text, within) or None
        case AtLeast(count, child):
            found = places(child, text, within)
            return found if found is not None and len(set(found)) >= count else None
        case Field(name, child):
            return places(child, text, text.range_of(name))
        case Meta():
            return [] if _meta(node, text.document) else None
        case Not(child):
            return [] if places(child, text, within) is None else None
        case And(children):
            out: list[Place] = []
            for child in children:
                found = places(child, text, within)
                if found is None:
                    return None
                out += found
            return out
        case Or(children):
            held = [f for child in children if (f := places(child, text, within)) is not None]
            return [p for f in held for p in f] if held else None


def _bounded(positions: Iterable[int], within: Place | None) -> list[Place]:
    if within is None:
        return [(p, p) for p in positions]
    return [(p, p) for p in positions if within[0] <= p < within[1]]


def _phrase(words: tuple[Word, ...], text: Text, within: Place | None) -> list[Place]:
    later = [set(text.places.get(term(w), ())) for w in words[1:]]
    last = len(words) - 1
    return [
        (p, p + last)
        for p, _ in _bounded(text.places.get(term(words[0]), ()), within)
        if all(p + i + 1 in positions for i, positions in enumerate(later)) and (within is None or p + last < within[1])
    ]


def _close(node: Near | Sentence, text: Text, within: Place | None) -> list[Place]:
    left, right = places(node.left, text, within), places(node.right, text, within)
    if not left or not right:
        return []
    ordered = sorted(set(right))
    firsts = [first for first, _ in ordered]
    reach = node.distance + 1 if isinstance(node, Near) else GAP // 2
    width = max(last - first for first, last in ordered)
    found: list[Place] = []
    for a in sorted(set(left)):
        nearby = ordered[bisect_left(firsts, a[0] - reach - width) : bisect_right(firsts, a[1] + reach)]
        found += [p for b in nearby if _joined(node, a, b, text) for p in (a, b)]
    return found


def _joined(node: Near | Sentence, a: Place, b: Place, text: Text) -> bool:
    if a == b or (a[0] <= b[1] and b[0] <= a[1]):
        return False  # one place is not two
    if (a[0] < text.title_words) != (b[0] < text.title_words):
        return False
    if isinstance(node, Sentence):
        return text.sentence_of(a[0]) == text.sentence_of(b[0])
    if b[0] > a[1]:
        return b[0] - a[1] - 1 <= node.distance
    return not node.ordered and a[0] - b[1] - 1 <= node.distance


def _meta(node: Meta, document: Document) -> bool:
    wanted = node.value.casefold()
    match node.name:
        case "url":
            return wanted in document.url.casefold()
        case "site":
            host = document.site.casefold().removeprefix("www.").split(":")[0]
            bare = wanted.removeprefix("www.").split(":")[0]
            return document.site.casefold() == wanted or host == bare or host.endswith("." + bare)
        case "source":
            return document.source.casefold() == wanted
        case "lang":
            return (document.language or "").casefold() == wanted
        case "tag":
            return wanted in (t.casefold() for t in document.tags)
        case "author":
            needed = [fold(w) for w in WORD.findall(node.value)]
            return any(set(needed) <= {fold(w) for w in WORD.findall(a)} for a in document.authors) and bool(needed)
        case _:
            return document.kind == node.value

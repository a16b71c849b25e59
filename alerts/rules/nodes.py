"""The syntax tree of a query: frozen values that print themselves as a query which reads back the same.

Words, alone or in a phrase, match in number and gender unless marked: `"National Guard"` finds *National Guards*,
`"Guardia Nacional"` finds *Guardias Nacionales*, `="National Guard"` only itself.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from core.text import fold, unaccented

RESERVED = frozenset(("and", "or", "not", "near", "onear", "sent"))  # in capitals: operators; quoted: words

CLOSENESS = re.compile(r"(?:o?near|w|pre|adj|within)/?(\d*)", re.I)  # the last four: LexisNexis, Factiva


class Mode(StrEnum):
    """How a word is compared with the words of a text."""

    LIGHT = ""  # number and gender, in the article's language
    EXACT = "="  # case and accents folded, nothing else
    STEM = "~"  # Snowball's stem: verbs too
    PREFIX = "*"
    CASE = "cs:"  # exact, with its capitals


Term = tuple[Mode, str]  # what a text must hold for a word of a query: the mode and the folded word


@lru_cache(maxsize=50_000)
def _term(text: str, mode: Mode) -> Term:
    """One value for a word however often rules name it."""
    return (mode, unaccented(text) if mode is Mode.CASE else fold(text))


@dataclass(frozen=True, slots=True)
class Word:
    """One word, as written."""

    text: str
    mode: Mode = Mode.LIGHT
    term: Term = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "term", _term(self.text, self.mode))

    def __str__(self) -> str:
        if self.mode is Mode.PREFIX:
            return f"{self.text}*"
        marked = self.mode is not Mode.LIGHT  # a plain word that reads as an operator is a phrase of one word
        reserved = self.text.lower() in RESERVED or CLOSENESS.fullmatch(self.text)
        return f'{self.mode}"{self.text}"' if marked and reserved else f"{self.mode}{self.text}"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow each other; all in one mode, or plain words and prefixes."""

    words: tuple[Word, ...]

    def __str__(self) -> str:
        mode = self.words[0].mode
        mark = mode if mode in (Mode.EXACT, Mode.STEM, Mode.CASE) else ""
        inner = " ".join(w.text + ("*" if w.mode is Mode.PREFIX else "") for w in self.words)
        return f'{mark}"{inner}"'


@dataclass(frozen=True, slots=True)
class Near:
    """At most `distance` words between the two sides; `ordered` = the left one first.

    In a chain, `a NEAR/5 b NEAR/5 c`, each side stands so to the one before it. A chain is a left spine of nodes.
    """

    left: "Node"
    right: "Node"
    distance: int
    ordered: bool = False

    def __str__(self) -> str:
        return f"{_chained(self.left)} {'O' if self.ordered else ''}NEAR/{self.distance} {_tight(self.right)}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """Both sides in one sentence; chains as Near does."""

    left: "Node"
    right: "Node"

    def __str__(self) -> str:
        return f"{_chained(self.left)} SENT {_tight(self.right)}"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The child, a word or a phrase or several joined by OR, occurs `count` times or more."""

    count: int
    child: "Node"

    def __str__(self) -> str:
        return f"atleast/{self.count}:{_tight(self.child)}"


@dataclass(frozen=True, slots=True)
class Field:
    """The child holds within a text field: title, body, or lead (the first 60 words of the body)."""

    name: str
    child: "Node"

    def __str__(self) -> str:
        return f"{self.name}:{_tight(self.child)}"


@dataclass(frozen=True, slots=True)
class Meta:
    """A fact about the article: url (contains), site (or below it), source, lang, tag, author (its words), kind."""

    name: str
    value: str

    def __str__(self) -> str:
        plain = self.value.isalnum() and self.value.lower() not in RESERVED
        return f"{self.name}:{self.value}" if plain else f'{self.name}:"{self.value}"'


@dataclass(frozen=True, slots=True)
class And:
    children: tuple["Node", ...]

    def __str__(self) -> str:
        return " AND ".join(_tight(c) for c in self.children)


@dataclass(frozen=True, slots=True)
class Or:
    children: tuple["Node", ...]

    def __str__(self) -> str:
        return " OR ".join(_tight(c) for c in self.children)


@dataclass(frozen=True, slots=True)
class Not:
    child: "Node"

    def __str__(self) -> str:
        return f"NOT {_tight(self.child)}"


Node = Word | Phrase | Near | Sentence | AtLeast | Field | Meta | And | Or | Not


def _tight(node: Node) -> str:
    """Parentheses around everything that has parts side by side."""
    return f"({node})" if isinstance(node, (And, Or, Near, Sentence, Not)) else str(node)


def _chained(node: Node) -> str:
    return str(node) if isinstance(node, (Near, Sentence)) else _tight(node)


def links(node: Node) -> int:
    """How long a chain of NEAR and SENT is."""
    count = 0
    while isinstance(node, (Near, Sentence)):
        node, count = node.left, count + 1
    return count


def countable(node: Node) -> bool:
    """Whether `atleast` can count it."""
    return all(map(countable, node.children)) if isinstance(node, Or) else isinstance(node, (Word, Phrase))


def has_place(node: Node) -> bool:
    """Whether a node stands for places in the text: what NEAR can measure."""
    if isinstance(node, Or):
        return all(map(has_place, node.children))
    return isinstance(node, (Word, Phrase, Near, Sentence))

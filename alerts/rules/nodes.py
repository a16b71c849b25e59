"""The syntax tree of a query: frozen values that print themselves as a query which reads back the same."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """How a word is compared with the words of a text."""

    LIGHT = ""  # number and gender, in the article's language
    EXACT = "="
    STEM = "~"
    PREFIX = "*"
    CASE = "cs:"


@dataclass(frozen=True, slots=True)
class Word:
    """One word, as written (folded later)."""

    text: str
    mode: Mode = Mode.LIGHT

    def __str__(self) -> str:
        if self.mode is Mode.PREFIX:
            return f"{self.text}*"
        return f"{self.mode}{self.text}"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow each other."""

    words: tuple[Word, ...]

    def __str__(self) -> str:
        mode = self.words[0].mode
        mark = mode if mode in (Mode.EXACT, Mode.STEM, Mode.CASE) else ""
        inner = " ".join(w.text + ("*" if w.mode is Mode.PREFIX else "") for w in self.words)
        return f'{mark}"{inner}"'


@dataclass(frozen=True, slots=True)
class Near:
    """At most `distance` words between the two sides; `ordered` = the left one first."""

    left: "Node"
    right: "Node"
    distance: int
    ordered: bool = False

    def __str__(self) -> str:
        return f"{_tight(self.left)} {'O' if self.ordered else ''}NEAR/{self.distance} {_tight(self.right)}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """Both sides in one sentence."""

    left: "Node"
    right: "Node"

    def __str__(self) -> str:
        return f"{_tight(self.left)} SENT {_tight(self.right)}"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The child occurs `count` times or more."""

    count: int
    child: "Node"

    def __str__(self) -> str:
        return f"atleast/{self.count}:{_tight(self.child)}"


@dataclass(frozen=True, slots=True)
class Field:
    """The child holds within a text field: title, lead or body."""

    name: str
    child: "Node"

    def __str__(self) -> str:
        return f"{self.name}:{_tight(self.child)}"


@dataclass(frozen=True, slots=True)
class Meta:
    """A fact about the article: url, site, source, lang, tag, author, kind."""

    name: str
    value: str

    def __str__(self) -> str:
        plain = all(c.isalnum() or c in "._/-" for c in self.value) and not self.value.startswith("-")
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

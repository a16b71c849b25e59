"""Looser readings of a query, each again a query: what tells how near an article came, and what would have let it in.

Nothing here judges an article: every reading is given to the one evaluator.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from alerts.rules.inflect import LANGUAGES, stem
from alerts.rules.nodes import And, AtLeast, Field, Mode, Near, Node, Not, Or, Phrase, Sentence, Word

MIN_SHARED = 4  # letters a word's other forms begin with: with three, `tax` would offer *taxi*
AS_WRITTEN = {Mode.EXACT: "it is there in another form only", Mode.CASE: "it is there with other capitals only"}
CODES = (*LANGUAGES, "")  # "" stands for every other language, whose words do not inflect


@dataclass(frozen=True, slots=True)
class Loose:
    """A clause without its condition on place or form, and what to say where only this holds."""

    node: Node
    said: str


def alternatives(node: Node) -> tuple[tuple[Node, ...], ...]:
    """The ways for a query to hold: each the clauses that must all hold."""
    ways = node.children if isinstance(node, Or) else (node,)
    return tuple(tuple(_clauses(way)) for way in ways)


def _clauses(node: Node) -> Iterator[Node]:
    if isinstance(node, And):
        for child in node.children:
            yield from _clauses(child)
    else:
        yield node


def loosened(clause: Node) -> Loose | None:
    """What an article that just misses a clause still holds; None for a clause that has no looser reading."""
    match clause:
        case Word(text, mode) if mode in AS_WRITTEN:
            return Loose(Phrase((Word(text),)), AS_WRITTEN[mode])
        case Phrase(words) if len({w.term for w in words}) > 1:
            return Loose(_all(tuple(map(_alone, words))), "its words are there, but not side by side")
        case Near(_, _, distance, ordered):
            order = ", or not in this order" if ordered else ""
            return Loose(_all(_sides(clause)), f"its words are there, but more than {distance} words apart{order}")
        case Sentence():
            return Loose(_all(_sides(clause)), "its words are there, but not in one sentence")
        case AtLeast(count, child):
            return Loose(child, f"it is there, but not {count} times")
        case Field(name, child):
            return Loose(child, f"it is in the article, but not in its {name}")
        case Or(children):
            looser = [found for child in children if (found := loosened(child)) is not None]
            if not looser:
                return None
            said = {found.said for found in looser}
            shared = said.pop() if len(said) == 1 else "its words are there, but not as asked"
            return Loose(looser[0].node if len(looser) == 1 else Or(tuple(f.node for f in looser)), shared)
        case _:
            return None


def _alone(word: Word) -> Node:
    """A word of a phrase by itself; a plain one in quotes, where `near` or `or` is a word too."""
    return Phrase((word,)) if word.mode is Mode.LIGHT else word


def _all(nodes: tuple[Node, ...]) -> Node:
    different = tuple(dict.fromkeys(nodes))
    return different[0] if len(different) == 1 else And(different)


def _sides(node: Node) -> tuple[Node, ...]:
    return (*_sides(node.left), *_sides(node.right)) if isinstance(node, (Near, Sentence)) else (node,)


def other_forms(word: Word, language: str) -> Word | None:
    """What words akin to a plain word begin with in a language: `deport*` for *deportation*.

    A word that shares a Snowball stem with another begins with the letters the two stems share. None for a word too
    short to have kin that can be told from chance.
    """
    folded = word.term[1]
    kept = stem(folded, language)
    same = next((i for i, (a, b) in enumerate(zip(folded, kept, strict=False)) if a != b), min(len(folded), len(kept)))
    shared = folded[:same]
    return Word(shared, Mode.PREFIX) if len(shared) >= MIN_SHARED and folded.isalpha() else None


def widened(node: Node, other: Callable[[Word], Word | None]) -> Iterator[tuple[Word, Node]]:
    """For each plain word that helps a query to hold: the query with `other` in its place, and only what needs it.

    Alternatives beside the word are left out: where the query itself does not hold, a widened one holds only by the
    words that `other` adds.
    """
    match node:
        case Word(_, Mode.LIGHT):
            if (akin := other(node)) is not None:
                yield node, akin
        case Phrase(words) if all(w.mode in (Mode.LIGHT, Mode.PREFIX) for w in words):
            for i, word in enumerate(words):
                if word.mode is Mode.LIGHT and (akin := other(word)) is not None:
                    yield word, Phrase((*words[:i], akin, *words[i + 1 :]))
        case And(children):
            for i, child in enumerate(children):
                for word, wider in widened(child, other):
                    yield word, And((*children[:i], wider, *children[i + 1 :]))
        case Or(children):
            for child in children:
                yield from widened(child, other)
        case Near(left, right, distance, ordered):
            yield from ((word, Near(wider, right, distance, ordered)) for word, wider in widened(left, other))
            yield from ((word, Near(left, wider, distance, ordered)) for word, wider in widened(right, other))
        case Sentence(left, right):
            yield from ((word, Sentence(wider, right)) for word, wider in widened(left, other))
            yield from ((word, Sentence(left, wider)) for word, wider in widened(right, other))
        case Field(name, child):
            yield from ((word, Field(name, wider)) for word, wider in widened(child, other))
        case AtLeast(count, child):  # what is counted is counted together: nothing may be left out
            counted = child.children if isinstance(child, Or) else (child,)
            yield from ((word, AtLeast(count, Or((*counted, wider)))) for word, wider in widened(child, other))


def words_of(node: Node) -> Iterator[Word]:
    """Every plain word that helps a query to hold."""
    return (word for word, _ in widened(node, lambda word: word))


def speaks_of_text(clause: Node) -> bool:
    """Whether a clause asks for words; facts of the article and what is excluded hold nearly everywhere."""
    match clause:
        case Not():
            return False
        case And(children) | Or(children):
            return any(map(speaks_of_text, children))
        case Word() | Phrase() | Near() | Sentence() | AtLeast() | Field():
            return True
        case _:
            return False

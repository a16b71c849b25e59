"""Whether one query can only hold where another does, by their structure. What it says is certain; it may miss some."""

from collections.abc import Iterator

from alerts.rules.nodes import And, AtLeast, Field, Meta, Mode, Near, Node, Not, Or, Phrase, Sentence, Word
from alerts.rules.parser import MIN_PREFIX

WIDER = {  # a word of the first mode is also found by the same word of these
    Mode.CASE: (Mode.EXACT, Mode.LIGHT, Mode.STEM),
    Mode.EXACT: (Mode.LIGHT, Mode.STEM),
}


def canonical(node: Node) -> Node:
    """The same query with the order and repetition of AND and OR, and spelling that does not matter, taken out."""
    match node:
        case Word():
            return Word(node.term[1], node.mode)
        case Phrase(words):
            if len(words) == 1:
                return canonical(words[0])
            return Phrase(tuple(Word(w.term[1], w.mode) for w in words))
        case And(children) | Or(children):
            kept = {str(c): c for c in map(canonical, children)}
            if len(kept) == 1:
                return next(iter(kept.values()))
            return type(node)(tuple(kept[text] for text in sorted(kept)))
        case Near(left, right, distance, ordered):
            return Near(canonical(left), canonical(right), distance, ordered)
        case Sentence(left, right):
            return Sentence(canonical(left), canonical(right))
        case AtLeast(count, child):
            return canonical(child) if count == 1 else AtLeast(count, canonical(child))
        case Field(name, child):
            return Field(name, canonical(child))
        case Not(child):
            return Not(canonical(child))
        case Meta(name, value):
            return Meta(name, value.casefold())


def implies(one: Node, other: Node) -> bool:
    """Whether `other` holds wherever `one` does. Both are canonical."""
    if one == other:
        return True
    if isinstance(one, Or):
        return all(implies(c, other) for c in one.children)
    if isinstance(other, And):
        return all(implies(one, c) for c in other.children)
    if isinstance(other, Or) and any(implies(one, c) for c in other.children):
        return True
    match one:
        case And(children):
            return any(implies(c, other) for c in children)
        case Not(child):
            return isinstance(other, Not) and implies(other.child, child)
        case Field(name, child):
            return _field(name, child, other)
        case AtLeast(count, child):
            if isinstance(other, AtLeast):
                return count >= other.count and _same_place(child, other.child)
            return implies(child, other)
        case Near() | Sentence():
            return _close(one, other)
        case Phrase(words):
            return _phrase(words, other)
        case Word():
            return isinstance(other, Word) and _word(one, other)
        case _:
            return False


def _word(one: Word, other: Word) -> bool:
    ours, theirs = one.term[1].casefold(), other.term[1].casefold()
    if other.mode is Mode.PREFIX:  # a plain word has forms that begin otherwise: woman, women
        return one.mode in (Mode.CASE, Mode.EXACT, Mode.PREFIX) and ours.startswith(theirs)
    if other.mode is Mode.CASE or one.mode is Mode.PREFIX:
        return False
    return other.mode in WIDER.get(one.mode, ()) and ours == theirs


def _phrase(words: tuple[Word, ...], other: Node) -> bool:
    """A phrase holds its words and its parts."""
    if isinstance(other, Word):
        return any(w == other or _word(w, other) for w in words)
    if not isinstance(other, Phrase):
        return False
    size = len(other.words)
    return any(
        all(a == b or _word(a, b) for a, b in zip(words[i : i + size], other.words, strict=True))
        for i in range(len(words) - size + 1)
    )


def _close(one: Near | Sentence, other: Node) -> bool:
    """Closeness holds both its sides, and what `_same_place` says."""
    return _same_place(one, other) or implies(one.left, other) or implies(one.right, other)


def _same_place(one: Node, other: Node) -> bool:
    """Whether `other` holds at each place where `one` does, so that closeness and counts carry over."""
    if one == other:
        return True
    if isinstance(one, Or):
        return all(_same_place(c, other) for c in one.children)
    if isinstance(other, Or):
        return any(_same_place(one, c) for c in other.children)
    match one, other:
        case Word(), Word():
            return _word(one, other)
        case Phrase(ours), Phrase(theirs):
            return len(ours) == len(theirs) and _phrase(ours, other)
        case Near(), Near():
            if one.distance > other.distance or (other.ordered and not one.ordered):
                return False
            turned = not other.ordered and not isinstance(one.left, (Near, Sentence))
            return _sides(one.left, one.right, other) or (turned and _sides(one.right, one.left, other))
        case Sentence(), Sentence():
            return _sides(one.left, one.right, other)
        case _:
            return False


def _sides(left: Node, right: Node, other: Near | Sentence) -> bool:
    return _same_place(left, other.left) and _same_place(right, other.right)


def _field(name: str, child: Node, other: Node) -> bool:
    """What holds in a field holds in the article, and in the body if in its lead; not so what a NOT keeps out of it."""
    if isinstance(other, Field):
        inside = name == other.name or (name == "lead" and other.name == "body" and _positive(child))
        return inside and implies(child, other.child) and (name == other.name or _positive(other.child))
    return _positive(child) and _positive(other) and implies(child, other)


def _positive(node: Node) -> bool:
    match node:
        case Not():
            return False
        case And(children) | Or(children):
            return all(map(_positive, children))
        case Field(_, child):
            return _positive(child)
        case _:
            return True


def keys(node: Node) -> set[str]:
    """What a canonical query says, also as the prefixes that would say it: what `clauses` of another may ask for."""
    found = {f"{m.name}:{m.value}" for m in _metas(node)}
    for word in words_in(node):
        text = word.term[1].casefold()
        found.add(text)
        found.update(f"{text[:n]}*" for n in range(MIN_PREFIX, len(text) + 1))
    return found


def clauses(node: Node) -> list[frozenset[str]]:
    """Sets of keys of which a query must say one each to imply this canonical one; [] where that is not known."""
    match node:
        case Word(_, mode):
            return [frozenset((node.term[1].casefold() + ("*" if mode is Mode.PREFIX else ""),))]
        case Phrase(words):
            return [c for word in words for c in clauses(word)]
        case And(children):
            return [c for child in children for c in clauses(child)]
        case Or(children):
            each = [next(iter(clauses(child)), frozenset[str]()) for child in children]
            return [frozenset().union(*each)] if all(each) else []
        case Near(left, right) | Sentence(left, right):
            return clauses(left) + clauses(right)
        case Field(_, child) | AtLeast(_, child):
            return clauses(child)
        case Meta(name, value):
            return [frozenset((f"{name}:{value}",))]
        case _:
            return []


def words_in(node: Node) -> Iterator[Word]:
    """Every word of a query, in order, also those a NOT excludes."""
    match node:
        case Word():
            yield node
        case Phrase(words):
            yield from words
        case And(children) | Or(children):
            for child in children:
                yield from words_in(child)
        case Near(left, right) | Sentence(left, right):
            yield from words_in(left)
            yield from words_in(right)
        case Not(child) | Field(_, child) | AtLeast(_, child):
            yield from words_in(child)


def meta_values(node: Node, name: str) -> Iterator[str]:
    """What a query says of one fact, such as the names after source:."""
    return (m.value for m in _metas(node) if m.name == name)


def _metas(node: Node) -> Iterator[Meta]:
    match node:
        case Meta():
            yield node
        case And(children) | Or(children):
            for child in children:
                yield from _metas(child)
        case Not(child):
            yield from _metas(child)

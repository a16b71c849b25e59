"""The rule language a second time, slowly: word lists, loops and every combination. The judge of the real one."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from alerts.rules.inflect import light, stem
from alerts.rules.nodes import And, AtLeast, Field, Meta, Mode, Near, Node, Not, Or, Phrase, Sentence, Word
from core.model import Document, Span
from core.text import INVISIBLE, UNSPACED, fold, unaccented

Hit = tuple[str, int, int]  # field, first and last word


@dataclass(frozen=True)
class Token:
    """A word as printed, where it stands, and in which sentence."""

    text: str
    start: int
    end: int
    sentence: int


def is_unspaced(c: str) -> bool:
    return re.match(f"[{UNSPACED}]", c) is not None


def is_inside(c: str) -> bool:
    return unicodedata.category(c)[0] == "M" or c in INVISIBLE


def tokenize(text: str) -> list[Token]:
    """Words of letters and digits; a possessive 's is passed over."""
    found: list[Token] = []
    at = sentence = 0
    while at < len(text):
        after = text[at + 1 :]
        if text[at] == "\n" or (text[at] in ".!?" and after[:1].isspace() and not ("a" <= after.lstrip()[:1] <= "z")):
            sentence += 1
        if not text[at].isalnum():
            at += 1
            continue
        end = at + 1
        if is_unspaced(text[at]):
            while end < len(text) and is_inside(text[end]):
                end += 1
        else:
            while end < len(text) and (is_inside(text[end]) or (text[end].isalnum() and not is_unspaced(text[end]))):
                end += 1
        found.append(Token(text[at:end], at, end, sentence))
        after = text[end : end + 3]
        possessive = len(after) > 1 and after[0] in "'’＇" and after[1] in "sS" and not after[2:].isalnum()
        at = end + 2 if possessive else end
    return found


@lru_cache(maxsize=100_000)
def same_word(word: Word, token: str, languages: tuple[str, ...]) -> bool:
    """Whether a word of a text is a form of a word of a query."""
    ours, theirs = fold(word.text), fold(token)
    if word.mode is Mode.CASE:
        return unaccented(word.text) == unaccented(token)
    if word.mode is Mode.PREFIX:
        return theirs.startswith(ours)
    if word.mode is Mode.EXACT or ours == theirs:
        return ours == theirs
    key = stem if word.mode is Mode.STEM else light
    return any(key(ours, code) == key(theirs, code) for code in languages)


class Naive:
    """One document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.fields = {"title": tokenize(document.title), "body": tokenize(document.text)}
        self.languages = {None: ("en", "es")}.get(document.language, (document.language,))

    def matches(self, node: Node) -> tuple[Span, ...] | None:
        """The spans of a query that holds."""
        held = self.hits(node, None)
        if held is None:
            return None
        found = set()
        for name, first, last in held:
            for token in self.fields[name][first : last + 1]:
                found.add((name, token.start, token.end))
        return tuple(Span(*f) for f in sorted(found))

    def hits(self, node: Node, only: str | None) -> set[Hit] | None:
        if isinstance(node, Word):
            return self.phrase([node], only) or None
        if isinstance(node, Phrase):
            return self.phrase(list(node.words), only) or None
        if isinstance(node, And):
            each = [self.hits(c, only) for c in node.children]
            return None if None in each else set().union(*each)
        if isinstance(node, Or):
            some = [h for c in node.children if (h := self.hits(c, only)) is not None]
            return set().union(*some) if some else None
        if isinstance(node, Not):
            return set() if self.hits(node.child, only) is None else None
        if isinstance(node, Field):
            return self.hits(node.child, node.name)
        if isinstance(node, AtLeast):
            found = self.hits(node.child, only) or set()
            return found if len(found) >= node.count else None
        if isinstance(node, Meta):
            return set() if self.fact(node) else None
        return self.chain(node, only) or None

    def phrase(self, words: list[Word], only: str | None) -> set[Hit]:
        found = set()
        for name, tokens in self.fields.items():
            limit = 60 if only == "lead" else len(tokens)
            if only not in (None, name) and not (only == "lead" and name == "body"):
                continue
            for first, token in enumerate(tokens):
                if not self.same(words[0], token):
                    continue
                run = tokens[first : first + len(words)]
                if len(run) == len(words) and first + len(words) <= limit and all(map(self.same, words, run)):
                    found.add((name, first, first + len(words) - 1))
        return found

    def same(self, word: Word, token: Token) -> bool:
        return same_word(word, token.text, self.languages)

    def chain(self, node: Near | Sentence, only: str | None) -> set[Hit]:
        links: list[Near | Sentence] = []
        left: Node = node
        while isinstance(left, (Near, Sentence)):
            links.insert(0, left)
            left = left.left
        sides = [self.hits(n, only) or set() for n in (left, *(link.right for link in links))]
        taking_part: set[Hit] = set()
        for combination in product(*sides):
            if all(self.joined(link, combination[i], combination[i + 1]) for i, link in enumerate(links)):
                taking_part.update(combination)
        return taking_part

    def joined(self, link: Near | Sentence, a: Hit, b: Hit) -> bool:
        if a[0] != b[0]:
            return False
        if isinstance(link, Near) and link.ordered and not a[2] < b[1]:
            return False
        first, second = (a, b) if a[2] < b[1] else (b, a)
        if first[2] >= second[1]:
            return False
        if isinstance(link, Sentence):
            tokens = self.fields[a[0]]
            return tokens[first[2]].sentence == tokens[second[1]].sentence
        return second[1] - first[2] - 1 <= link.distance

    def fact(self, node: Meta) -> bool:
        d, value = self.document, node.value.lower()
        if node.name == "url":
            return value in d.url.lower()
        if node.name == "site":
            return d.site == value or d.site.endswith("." + value)
        if node.name == "tag":
            return value in d.tags
        return value == {"source": d.source, "lang": d.language, "kind": d.kind}[node.name]

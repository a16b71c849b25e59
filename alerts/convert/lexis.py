"""LexisNexis terms and connectors.

Words side by side are a phrase. OR binds tightest, then closeness from the smallest number up, then AND, then AND NOT.
Regular plurals match by themselves, as in ours. `!` ends a stem; w/n and pre/n become NEAR/n and ONEAR/n.
"""

import re
from functools import partial

from alerts.convert._reader import BaseReader, both, either, mapped, meta, negated
from alerts.rules.lexer import Token
from alerts.rules.nodes import And, AtLeast, Mode, Node, Not, Word, countable

PARAGRAPH = 50  # words that stand in for w/p: ours knows sentences, not paragraphs
FIELDS = {"headline": "title", "title": "title", "lead": "lead", "body": "body", "text": "body"}
FACTS = {"byline": "author", "author": "author", "url": "url"}
LANGUAGES = {"english": "en", "spanish": "es", "french": "fr", "portuguese": "pt", "german": "de", "italian": "it"}
UNMARKED = ("caps", "nocaps", "singular", "plural")


class Reader(BaseReader):
    """A query of LexisNexis."""

    tokens_of = re.compile(
        r"""(?P<skip>\s+) | (?P<open>\() | (?P<close>\))
          | (?P<near>(?:not\s+)?(?:(?:w|near|onear|pre|not\s*)?/|\+)(?:\d{1,4}|s|p|sent|para|seg)(?![^\s()"]))
          | (?P<andnot>(?:(?:and|but)\s+)?not(?![^\s()"])) | (?P<and>(?:and(?![^\s()"])|&(?!\S)))
          | (?P<or>or(?![^\s()"])) | (?P<atleast>atl(?:east)?\s?\d{1,4}(?=\s*\())
          | (?P<field>[a-z]+(?:-[a-z]+)*(?=\())
          | (?P<limit>(?:date|length|publication-date)\s*(?:[<>]?=|[<>]|(?:bef|aft|is)\s)\s*[^\s()]+)
          | (?P<quote>"[^"]*(?:"|$)) | (?P<word>[^\s()"]+)""",
        re.VERBOSE | re.IGNORECASE,
    )

    def group(self) -> Node | None:
        found = self.joined("andnot", self._all)
        return both(found[0], *map(negated, found[1:]))

    def _all(self) -> Node | None:
        return both(*self.joined("and", self._closeness))

    def _closeness(self) -> Node | None:
        """Alternatives and connectors between them: the smallest number is joined first."""
        sides = [self._alternatives()]
        connectors: list[Token] = []
        while (token := self.accept("near")) is not None:
            self.need_operand(token)
            connectors.append(token)
            sides.append(self._alternatives())
        if len({c.text.lower() for c in connectors}) > 1:
            self.drop("closeness of several numbers in one chain: ours is read from left to right")
        left = sides[0]
        for connector, right in zip(connectors, sides[1:], strict=True):
            left = self._join(left, connector, right)
        return left

    def _join(self, left: Node | None, connector: Token, right: Node | None) -> Node | None:
        text = "".join(connector.text.lower().split())
        reach = text.replace("+", "/").rpartition("/")[2]
        ordered = text.startswith(("pre", "+", "onear"))
        if text.startswith("not"):
            self.drop(f"{connector.text} {right}: ours cannot exclude by closeness; the second side is left out")
            return left
        if reach in ("s", "sent"):
            return self.sentence(left, right)
        if reach == "seg":
            self.drop(f"{connector.text}: ours has no segments; read as AND")
            return both(left, right)
        if reach in ("p", "para"):
            self.drop(f"{connector.text}: ours has no paragraphs; NEAR/{PARAGRAPH} stands in")
            return self.near(left, right, PARAGRAPH, ordered)
        return self.near(left, right, int(reach), ordered)

    def _alternatives(self) -> Node | None:
        return either(*self.joined("or", self._phrase))

    def _phrase(self) -> Node | None:
        """Words that follow each other, or one thing in parentheses."""
        found = [self._one(self.next())]
        while (token := self.peek()) is not None and token.kind not in ("close", "near", "and", "andnot", "or"):
            if token.kind != "limit":
                self.drop(f"{token.text} right after something else: read as AND")
            found.append(self._one(self.next()))
        return both(*found)

    def _one(self, token: Token) -> Node | None:
        if token.kind != "word":
            return self._read(token)
        run = [token.text]
        while (word := self.accept("word")) is not None:
            run.append(word.text)
        return self._text(" ".join(run))

    def _read(self, token: Token) -> Node | None:
        match token.kind:
            case "open":
                return self.parenthesis(token)
            case "quote":
                return self._text(token.text.strip('"'))
            case "andnot":
                self.need_operand(token)
                return negated(self.deeper(token, self._alternatives))
            case "limit":
                self.drop(f"{' '.join(token.text.split())}: ours has no limits of date or length")
                return None
            case "atleast":
                return self._at_least(token)
            case "field":
                return self._field(token)
            case _:
                raise self.error(f"{token.text} needs something before it", token.column)

    def _text(self, text: str) -> Node | None:
        kept = []
        for word in text.split():
            if "*" in word or "?" in word or "!" in word.rstrip("!"):
                self.drop(f"{word}: ours has no wildcard for one letter; left out")
            else:
                kept.append(word.rstrip("!") + "*" if word.endswith("!") else word)
        return self.words(" ".join(kept)) if kept else None

    def _inside(self) -> Node | None:
        return self.parenthesis(self.next())

    def _at_least(self, token: Token) -> Node | None:
        count = int("".join(filter(str.isdigit, token.text)))
        child = self._inside()
        if child is None or count <= 1:
            return child
        if countable(child):
            return AtLeast(count, child)
        self.drop(f"{token.text}({child}): ours counts words, phrases and alternatives of them")
        return child

    def _field(self, token: Token) -> Node | None:
        name = token.text.lower()
        if name in LANGUAGES_FIELD:
            return self._language(self._raw())
        if name in FACTS:
            return meta(FACTS[name], self._raw())
        node = self._inside()
        if node is None:
            return None
        if name == "hlead":
            return self._opening(node)
        if name in FIELDS:
            return self.field(FIELDS[name], node)
        if name == "allcaps":
            return mapped(node, partial(_capitals, self))
        if name in UNMARKED:
            self.drop(f"{name}(): ours keeps capitals with cs: and exact forms with =; written plainly")
            return node
        self.drop(f"{name}() has no equal in ours")
        return None

    def _opening(self, node: Node) -> Node | None:
        """hlead is headline or opening: each part of an AND may stand in either."""
        if isinstance(node, And):
            return both(*map(self._opening, node.children))
        if isinstance(node, Not):
            return negated(self._opening(node.child))
        return either(self.field("title", node), self.field("lead", node))

    def _raw(self) -> str:
        """The text between parentheses, as it is."""
        opening = self.next()
        found = []
        while (token := self.next()).kind != "close":
            if token.kind == "open":
                raise self.error("expected a value", opening.column)
            found.append(token.text.strip('"'))
        return " ".join(found)

    def _language(self, value: str) -> Node | None:
        code = LANGUAGES.get(value.lower())
        if code is None:
            self.drop(f"language({value}): write lang: and its code of two letters")
            return None
        return meta("lang", code)


LANGUAGES_FIELD = ("language", "lang")


def _capitals(reader: Reader, word: Word) -> Word:
    if word.mode is Mode.PREFIX:
        reader.drop(f"allcaps({word}): ours has no prefix with capitals")
        return word
    return Word(word.text.upper(), Mode.CASE)

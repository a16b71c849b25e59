"""Google Alerts and Google News.

Words side by side must all occur; OR (or |) binds tighter than that: `steel tariff OR duty` is steel and one of the
two. A word in quotes is that form exactly. `-x` excludes, AROUND(n) is closeness.
"""

import re
from functools import reduce

from alerts.convert._reader import BaseReader, both, either, meta, negated
from alerts.rules.lexer import Token
from alerts.rules.nodes import Mode, Node

FIELDS = {"intitle": "title", "allintitle": "title", "intext": "body", "allintext": "body"}
FACTS = {"site": "site", "inurl": "url", "allinurl": "url"}
BETWEEN = 5  # words a star inside a phrase may stand for in ours


class Reader(BaseReader):
    """A query of Google Alerts."""

    tokens_of = re.compile(
        r"""(?P<skip>\s+) | (?P<open>\() | (?P<close>\)) | (?P<around>AROUND\s*\(\s*\d{1,4}\s*\))
          | (?P<or>OR(?![^\s()"])|\|) | (?P<and>AND(?![^\s()"])|&(?!\S)) | (?P<minus>[-–—−](?=[^\s)-]))
          | (?P<quote>"[^"]*(?:"|$)) | (?P<field>all[a-z]+:|[A-Za-z]+:(?=[^\s)])) | (?P<word>[^\s()"|]+)""",
        re.VERBOSE,
    )

    def group(self) -> Node | None:
        found: list[Node | None] = []
        while (token := self.peek()) is not None and token.kind != "close":
            if token.kind == "and":
                self.at += 1
                self.need_operand(token)
                continue
            found.append(self._alternatives())
        return both(*found)

    def _alternatives(self) -> Node | None:
        return either(*self.joined("or", self._near))

    def _near(self) -> Node | None:
        left = self._operand()
        while (token := self.accept("around")) is not None:
            self.need_operand(token)
            left = self.near(left, self._operand(), int("".join(filter(str.isdigit, token.text))))
        return left

    def _operand(self) -> Node | None:
        token = self.next()
        match token.kind:
            case "open":
                return self.parenthesis(token)
            case "minus":
                return negated(self.deeper(token, self._operand))
            case "quote":
                return self._quote(token.text.strip('"'))
            case "field":
                return self._field(token)
            case "word":
                return self._word(token.text)
            case _:
                raise self.error(f"{token.text} needs something before it", token.column)

    def _word(self, text: str) -> Node | None:
        if text[0] == "~":
            self.drop(f"{text}: ours knows no synonyms; list them with OR")
        if re.fullmatch(r"[\d$€.,]+\.\.[\d$€.,]*", text):
            self.drop(f"{text}: ours has no ranges of numbers")
            return None
        if not text.strip("*+~"):
            self.drop("* for any word")
            return None
        if "*" in text:
            self.drop(f"{text}: Google's * stands for whole words; left out")
        return self.words(text.replace("*", " "), Mode.EXACT if text[0] == "+" else Mode.LIGHT)

    def _quote(self, text: str) -> Node | None:
        if "*" not in text:
            return self.words(text, Mode.LIGHT if " " in text.strip() else Mode.EXACT)
        self.drop(f'"{text}": * is any words; in ours up to {BETWEEN} of them')
        parts = [self.words(p) for p in text.split("*") if p.strip()]
        return reduce(lambda left, right: self.near(left, right, BETWEEN, ordered=True), parts) if parts else None

    def _field(self, token: Token) -> Node | None:
        name = token.text[:-1].lower()
        if name in FACTS:
            value = self.next()
            if value.kind == "open":
                return self._facts(FACTS[name], value)
            if value.kind == "field":  # inurl:https://...
                value = Token("word", value.text + self.next().text, value.column, True)
            return self._fact(FACTS[name], value)
        if name not in FIELDS:
            following = self.peek()
            if following is not None and following.text.startswith("//"):
                self.at += 1
                return meta("url", token.text + following.text)
            self.drop(f"{token.text} has no equal in ours")
            self.deeper(token, self._operand)
            return None
        if not name.startswith("all"):
            return self.field(FIELDS[name], self.deeper(token, self._operand))
        rest: list[Node | None] = []  # allintitle: is about all words that follow
        while (following := self.peek()) is not None and following.kind not in ("close", "field"):
            rest.append(self.deeper(token, self._alternatives))
        return self.field(FIELDS[name], both(*rest))

    def _facts(self, name: str, opening: Token) -> Node | None:
        found: list[Node | None] = []
        while not self.accept("close"):
            token = self.next()
            if token.kind not in ("or", "and"):
                found.append(self._fact(name, token))
        if not any(found):
            raise self.error("empty parentheses", opening.column)
        return either(*found)

    def _fact(self, name: str, token: Token) -> Node | None:
        value = token.text.strip('"').removesuffix("*").removeprefix("*.")
        if name == "site" and "/" in value.removeprefix("https://").removeprefix("http://").rstrip("/"):
            return meta("url", value)  # site:example.org/immigration
        if name == "site":
            value = re.sub(r"^https?://|/$", "", value).lstrip(".")
        return meta(name, value)

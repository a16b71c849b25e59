"""Meltwater's advanced search.

AND OR NOT in any case, AND before OR; NEAR/n and ONEAR/n allow n words between, NEAR alone 4, as ours do; title: and
ingress: (the opening); a star at the end of a word. `^9` only picks the sentence that is shown.
"""

import re

from alerts.convert._reader import BaseReader, meta, negated
from alerts.rules.lexer import Token
from alerts.rules.nodes import Node

NEAR = 4  # words between, where no number is given (help.meltwater.com, How to Master Boolean Search 2/3)
TEXT_FIELDS = {"title": "title", "headline": "title", "ingress": "lead", "lead": "lead", "body": "body"}
FACTS = {"url": "url", "author": "author", "byline": "author", "site": "site", "domain": "site"}


class Reader(BaseReader):
    """A query of Meltwater."""

    tokens_of = re.compile(
        r"""(?P<skip>\s+) | (?P<open>\() | (?P<close>\)) | (?P<boost>\^\d*(?:\.\d+)?)
          | (?P<near>O?NEAR(?:/\d{1,4})?(?![^\s()"])) | (?P<and>AND(?![^\s()"])) | (?P<or>OR(?![^\s()"]))
          | (?P<not>NOT(?![^\s()"])|[-–−](?=[\w"(])) | (?P<quote>"[^"]*(?:"|$))
          | (?P<field>[A-Za-z]+:(?=[\w"(])) | (?P<word>[^\s()"^]+)""",
        re.VERBOSE | re.IGNORECASE,
    )

    def group(self) -> Node | None:
        return self.or_of_ands(self._near)

    def _near(self) -> Node | None:
        left = self._operand()
        while (token := self.accept("near")) is not None:
            self.need_operand(token)
            number = token.text.partition("/")[2]
            left = self.near(left, self._operand(), int(number or NEAR), token.text[0] in "oO")
        return left

    def _operand(self) -> Node | None:
        node = self._read(self.next())
        if (boost := self.accept("boost")) is not None:
            self.drop(f"{boost.text}: it picks the sentence Meltwater shows, not what matches")
        return node

    def _read(self, token: Token) -> Node | None:
        match token.kind:
            case "open":
                return self.parenthesis(token)
            case "not":
                self.need_operand(token)
                return negated(self.deeper(token, self._operand))
            case "quote":
                return self._text(token.text.strip('"'))
            case "field":
                return self._field(token)
            case "word":
                return self._text(token.text)
            case _:
                raise self.error(f"{token.text} needs something before it", token.column)

    def _text(self, text: str) -> Node | None:
        if "?" in text or re.search(r"\*(?=\w)|(?<!\w)\*", text):
            self.drop(f"{text}: ours has a star at the end of a word only; left out")
            return None
        return self.words(text)

    def _field(self, token: Token) -> Node | None:
        name = token.text[:-1].lower()
        if name in TEXT_FIELDS:
            return self.field(TEXT_FIELDS[name], self.deeper(token, self._operand))
        following = self.next()
        if name in FACTS and following.kind in ("word", "quote"):
            return meta(FACTS[name], following.text.strip('"').removesuffix("*"))
        self.drop(f"{token.text} has no equal in ours")
        self.deeper(token, lambda: self._read(following))
        return None

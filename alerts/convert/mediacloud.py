"""Media Cloud's online news archive (the query string of Elasticsearch).

AND OR NOT, also && || ! and -; words side by side must all occur; AND before OR. `"a b"~5` is closeness in either
order; a star at the end of a word; fields by the names of the archive.
"""

import re

from alerts.convert._reader import BaseReader, either, meta, negated
from alerts.rules.lexer import Token
from alerts.rules.nodes import Node, Phrase

TEXT_FIELDS = {"title": "title", "article_title": "title", "text": "body", "text_content": "body"}
FACTS = {"url": "url", "original_url": "url", "canonical_domain": "site", "domain": "site", "media_name": "site"}


class Reader(BaseReader):
    """A query of Media Cloud."""

    tokens_of = re.compile(
        r"""(?P<skip>\s+) | (?P<open>\() | (?P<close>\)) | (?P<suffix>(?:[~^]\d*(?:\.\d+)?))
          | (?P<and>AND(?![^\s()"])|&&) | (?P<or>OR(?![^\s()"])|\|\|)
          | (?P<not>NOT(?![^\s()"])|!(?=[^\s)])|-(?=[^\s)-])) | (?P<plus>\+(?=[^\s)]))
          | (?P<range>[\[{][^\]}]*[\]}]|[<>]=?\S+) | (?P<regex>/(?:[^/\\]|\\.)+/)
          | (?P<quote>"(?:[^"\\]|\\.)*(?:"|$)) | (?P<field>[A-Za-z_][\w.]*:(?=\S)(?!//))
          | (?P<word>(?:[^\s()"~^\\]|\\.)+|\\)""",
        re.VERBOSE,
    )

    def group(self) -> Node | None:
        return self.or_of_ands(self._operand)

    def _operand(self) -> Node | None:
        return self._suffixed(*self._read(self.next()))

    def _read(self, token: Token) -> tuple[Node | None, Token]:
        match token.kind:
            case "open":
                return self.parenthesis(token), token
            case "not":
                self.need_operand(token)
                return negated(self.deeper(token, self._operand)), token
            case "plus":
                return self.deeper(token, self._operand), token
            case "quote":
                return self._text(token.text.strip('"')), token
            case "field":
                return self._field(token), token
            case "range" | "regex":
                what = "ranges" if token.kind == "range" else "regular expressions"
                self.drop(f"{token.text}: ours has no {what}")
                return None, token
            case "word":
                return self._text(token.text), token
            case _:
                raise self.error(f"{token.text} needs something before it", token.column)

    def _suffixed(self, node: Node | None, of: Token) -> Node | None:
        """What ~ and ^ after a word or a quote say."""
        while (suffix := self.accept("suffix")) is not None:
            number = suffix.text[1:]
            if suffix.text[0] == "^":
                self.drop(f"{suffix.text}: it ranks; ours matches or does not")
            elif of.kind == "quote" and isinstance(node, Phrase) and len(node.words) > 1 and number.isdigit():
                if len(node.words) > 2:
                    self.drop(f"{of.text}{suffix.text}: ours measures from each word to the one before it")
                first, *rest = node.words
                node = first
                for word in rest:
                    node = self.near(node, word, int(number))
            elif of.kind != "quote":
                self.drop(f"{of.text}{suffix.text}: ours does not guess at spellings; written plainly")
        return node

    def _text(self, text: str) -> Node | None:
        plain = re.sub(r"\\(.)", r"\1", text)
        if "?" in text or re.search(r"\*(?=\w)|(?<!\w)\*", text):
            self.drop(f"{text}: ours has a star at the end of a word only; left out")
            return None
        return self.words(plain)

    def _field(self, token: Token) -> Node | None:
        name = token.text[:-1].lower()
        if name in TEXT_FIELDS:
            return self.field(TEXT_FIELDS[name], self.deeper(token, self._operand))
        if name in FACTS or name == "language":
            opening = self.accept("open")
            found = [self._fact(name, self.next())]
            while opening and not self.accept("close"):
                item = self.next()
                if item.kind != "or":
                    found.append(self._fact(name, item))
            return either(*found)
        self.drop(f"{token.text} has no equal in ours")
        self.deeper(token, self._operand)
        return None

    def _fact(self, name: str, token: Token) -> Node | None:
        value = re.sub(r"\\(.)", r"\1", token.text.strip('"'))
        if token.kind not in ("word", "quote", "field") or "*" in value.strip("*"):
            self.drop(f"{name}:{token.text} has no equal in ours")
            return None
        if name != "language":
            return meta(FACTS[name], value.strip("*"))
        if re.fullmatch("[A-Za-z]{2}", value):
            return meta("lang", value.lower())
        self.drop(f"language:{value}: ours takes a code of two letters")
        return None

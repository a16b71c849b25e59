"""Query text to syntax tree. Every refusal points at a column and says what to write instead."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.rules.nodes import And, AtLeast, Field, Meta, Mode, Near, Node, Not, Or, Phrase, Sentence, Word
from core.errors import RuleSyntaxError
from core.text import WORD

TEXT_FIELDS = ("title", "lead", "body")
META_FIELDS = ("url", "site", "source", "lang", "tag", "author", "kind")
QUOTES = {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "＂": '"', "‘": "'", "’": "'"}
MODES = {"=": Mode.EXACT, "~": Mode.STEM}
MIN_PREFIX = 3
MAX_NESTING = 50
TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*)
      | (?P<open>\() | (?P<close>\))
      | (?P<near>O?NEAR/(?P<distance>\d{1,4}))(?![^\s(])
      | (?P<operator>AND|OR|NOT|SENT)(?![^\s()])
      | (?P<atleast>atleast/(?P<count>\d{1,4}):)
      | (?P<case>cs:)
      | (?P<field>[a-z]+):(?=\S)
      | (?P<list>@[\w-]+)
      | (?P<minus>-(?=["(=~@\w]))
      | (?P<mode>[=~](?=["\w]))
      | (?P<quote>"(?P<quoted>[^"]*)")
      | (?P<word>[^\s()"]+)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    column: int  # 1-based


def parse(query: str, lists: Mapping[str, Sequence[str]] | None = None) -> Node:
    """The tree of a query. `lists` are the words behind `@name`. Raises RuleSyntaxError."""
    straight = "".join(QUOTES.get(c, c) for c in query)
    return _Parser(straight, lists or {}).whole()


class _Parser:
    def __init__(self, query: str, lists: Mapping[str, Sequence[str]]) -> None:
        self.query = query
        self.lists = lists
        self.tokens = self._lex()
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        if not self.tokens:
            raise self._error("the query is empty: write a word", 1)
        node = self._group()
        if self.at < len(self.tokens):
            raise self._error("a closing parenthesis without an opening one", self.tokens[self.at].column)
        if _only_not(node):
            raise self._error("a rule that only excludes would match nearly everything: add a word that must occur", 1)
        return node

    def _lex(self) -> list[Token]:
        found, at = [], 0
        while at < len(self.query):
            match = TOKEN.match(self.query, at)
            if match is None:
                if self.query[at] == '"':
                    raise self._error("the quote is not closed", at + 1)
                raise self._error(f"cannot read {self.query[at]!r}", at + 1)
            kind = match.lastgroup or ""
            for name in ("open", "close", "near", "operator", "atleast", "case", "field", "list", "minus", "mode",
                         "quote", "word"):  # fmt: skip
                if match[name] is not None:
                    kind = name
                    break
            if match["skip"] is None:
                found.append(Token(kind, match[0], at + 1))
            at = match.end()
        return found

    def _group(self) -> Node:
        """Operands up to a closing parenthesis or the end: all joined by AND, or all by OR."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self._error(f"parentheses nested more than {MAX_NESTING} deep", self._column())
        start = self._column()
        operands: list[Node] = [self._proximity()]
        joins: list[str] = []
        while (token := self._peek()) is not None and token.kind != "close":
            join = "AND"
            if token.kind == "operator" and token.text in ("AND", "OR"):
                join = token.text
                self.at += 1
                self._need_operand(token)
            joins.append(join)
            operands.append(self._proximity())
        self.depth -= 1
        if len(set(joins)) > 1:
            raise self._mixed(operands, joins, start)
        if not joins:
            return operands[0]
        if joins[0] == "AND":
            return And(tuple(p for o in operands for p in (o.children if isinstance(o, And) else (o,))))
        if any(isinstance(o, Not) for o in operands):
            raise self._error("NOT as an alternative of OR would match nearly everything: write a AND NOT b", start)
        return Or(tuple(p for o in operands for p in (o.children if isinstance(o, Or) else (o,))))

    def _proximity(self) -> Node:
        left = self._operand()
        while (token := self._peek()) is not None and (token.kind == "near" or token.text == "SENT"):
            self.at += 1
            self._need_operand(token)
            right = self._operand()
            for side in (left, right):
                if not _has_place(side):
                    raise self._error(
                        f"{token.text} needs words or phrases on both sides (or several in parentheses joined by OR)",
                        token.column,
                    )
            if token.text == "SENT":
                left = Sentence(left, right)
            else:
                left = Near(left, right, int(token.text.split("/")[1]), token.text.startswith("O"))
        return left

    def _operand(self) -> Node:
        token = self._next()
        if token.kind == "open":
            if (closing := self._peek()) is not None and closing.kind == "close":
                raise self._error("empty parentheses", token.column)
            node = self._group()
            if (closing := self._peek()) is None:
                raise self._error("the parenthesis is not closed", token.column)
            self.at += 1
            return node
        if token.kind == "minus" or token.text == "NOT":
            self._need_operand(token)
            inner = self._operand()
            return inner.child if isinstance(inner, Not) else Not(inner)
        if token.kind == "operator" or token.kind == "near":
            raise self._error(f"{token.text} needs something before it", token.column)
        if token.kind == "close":
            raise self._error("a closing parenthesis without an opening one", token.column)
        if token.kind == "field":
            return self._field(token)
        if token.kind == "atleast":
            return self._at_least(token)
        if token.kind == "list":
            return self._list(token)
        return self._term(token)

    def _term(self, token: Token) -> Node:
        mode = Mode.LIGHT
        if token.kind in ("mode", "case"):
            mode = Mode.CASE if token.kind == "case" else MODES[token.text]
            token = self._next(after=token)
            if token.kind not in ("word", "quote"):
                raise self._error("expected a word or a quoted phrase here", token.column)
        if token.kind == "quote":
            return self._phrase(token, mode)
        return self._word(token, mode)

    def _phrase(self, token: Token, mode: Mode) -> Node:
        inside = token.text[1:-1]
        words = tuple(
            Word(m[1], Mode.PREFIX if inside[m.end() : m.end() + 1] == "*" else mode) for m in WORD.finditer(inside)
        )
        if not words:
            raise self._error("an empty quote: write the words of the phrase between the quotes", token.column)
        return words[0] if len(words) == 1 and mode is not Mode.LIGHT else Phrase(words)

    def _word(self, token: Token, mode: Mode) -> Node:
        text = token.text
        prefix = text.endswith("*")
        pieces = WORD.findall(text.rstrip("*"))
        if not pieces or "*" in text.rstrip("*"):
            hint = "a star is allowed at the end of a word only" if "*" in text.rstrip("*") else "no word in it"
            raise self._error(f"cannot read {text!r}: {hint}", token.column)
        if text in ("and", "or", "not", "near"):
            raise self._error(
                f'operators are written in capitals: {text.upper()}, or "{text}" for the word', token.column
            )
        if prefix and len(pieces[-1]) < MIN_PREFIX:
            raise self._error(f"{text!r}: at least {MIN_PREFIX} letters before the star", token.column)
        words = [Word(p, mode) for p in pieces]
        if prefix:
            words[-1] = Word(pieces[-1], Mode.PREFIX)
        return words[0] if len(words) == 1 else Phrase(tuple(words))  # cross-border reads "cross border"

    def _field(self, token: Token) -> Node:
        name = token.text[:-1]
        if name not in TEXT_FIELDS + META_FIELDS:
            known = ", ".join(f"{f}:" for f in TEXT_FIELDS + META_FIELDS)
            raise self._error(f"unknown field {name}: expected one of {known} (or quote the word)", token.column)
        self._need_operand(token)
        if name in TEXT_FIELDS:
            return Field(name, self._operand())
        value = self._next(after=token)
        if value.kind == "open":
            alternatives: list[Node] = []
            while (item := self._next(after=value)).kind != "close":
                if item.text != "OR":
                    alternatives.append(self._meta(name, item))
            return Or(tuple(alternatives)) if len(alternatives) > 1 else alternatives[0]
        return self._meta(name, value)

    def _meta(self, name: str, token: Token) -> Node:
        if token.kind not in ("word", "quote", "field"):
            raise self._error(f"expected a value after {name}:", token.column)
        text = token.text.strip('"')
        if token.kind == "field":
            text += self._next(after=token).text
        if name == "kind" and text not in ("new", "update"):
            raise self._error("kind: is new or update", token.column)
        if not text.strip():
            raise self._error(f"expected a value after {name}:", token.column)
        return Meta(name, text)

    def _at_least(self, token: Token) -> Node:
        count = int(token.text.split("/")[1].rstrip(":"))
        self._need_operand(token)
        child = self._operand()
        if not _has_place(child):
            raise self._error("atleast counts a word, a phrase, or several joined by OR", token.column)
        if count < 1:
            raise self._error("atleast/0 would always hold: write 1 or more", token.column)
        return AtLeast(count, child)

    def _list(self, token: Token) -> Node:
        name = token.text[1:]
        if name not in self.lists:
            known = ", ".join(f"@{n}" for n in sorted(self.lists)) or "none is configured"
            raise self._error(f"unknown list {token.text}: {known}", token.column)
        nodes: list[Node] = []
        for entry in self.lists[name]:
            words = tuple(Word(w) for w in WORD.findall(entry))
            if not words:
                raise self._error(f"the list {token.text} holds {entry!r}, which has no word", token.column)
            nodes.append(words[0] if len(words) == 1 else Phrase(words))
        if not nodes:
            raise self._error(f"the list {token.text} is empty", token.column)
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def _peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _next(self, after: Token | None = None) -> Token:
        token = self._peek()
        if token is None:
            raise self._error("something is missing here", after.column if after else len(self.query) or 1)
        self.at += 1
        return token

    def _need_operand(self, token: Token) -> None:
        following = self._peek()
        if following is None or following.kind == "close":
            raise self._error(f"{token.text} needs something after it", token.column)

    def _column(self) -> int:
        token = self._peek()
        return token.column if token else len(self.query) or 1

    def _mixed(self, operands: list[Node], joins: list[str], column: int) -> RuleSyntaxError:
        """Both readings of `a AND b OR c`, for the user to choose from."""
        runs: dict[str, list[list[str]]] = {"AND": [[_shown(operands[0])]], "OR": [[_shown(operands[0])]]}
        for operand, join in zip(operands[1:], joins, strict=True):
            for tight, groups in runs.items():
                if join == tight:
                    groups[-1].append(_shown(operand))
                else:
                    groups.append([_shown(operand)])
        first, second = (
            f" {loose} ".join(f"({f' {tight} '.join(g)})" if len(g) > 1 else g[0] for g in runs[tight])
            for tight, loose in (("AND", "OR"), ("OR", "AND"))
        )
        return self._error(f"AND and OR are mixed; write parentheses: either {first} or {second}", column)

    def _error(self, message: str, column: int) -> RuleSyntaxError:
        return RuleSyntaxError(message, self.query, column)


def _shown(node: Node) -> str:
    return f"({node})" if isinstance(node, (And, Or)) else str(node)


def _has_place(node: Node) -> bool:
    """Whether a node stands for places in the text: what NEAR and atleast can measure."""
    if isinstance(node, Or):
        return all(_has_place(c) for c in node.children)
    return isinstance(node, (Word, Phrase, Near, Sentence))


def _only_not(node: Node) -> bool:
    if isinstance(node, Not):
        return True
    if isinstance(node, (And, Or)):
        return all(_only_not(c) for c in node.children)
    if isinstance(node, Field):
        return _only_not(node.child)
    return False

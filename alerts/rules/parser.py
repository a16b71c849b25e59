"""Query text to syntax tree. Every refusal points at a column and says what to write instead."""

import re
from collections.abc import Mapping, Sequence

from alerts.rules.lexer import Token, lex, pieces, straight
from alerts.rules.nodes import (
    RESERVED,
    And,
    AtLeast,
    Field,
    Meta,
    Mode,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Sentence,
    Word,
    countable,
    has_place,
    links,
)
from core.errors import RuleSyntaxError
from core.text import WORD

TEXT_FIELDS = ("title", "lead", "body")
META_FIELDS = ("url", "site", "source", "lang", "tag", "author", "kind")
MODES = {"=": Mode.EXACT, "~": Mode.STEM, "cs:": Mode.CASE}
MIN_PREFIX = 3
MAX_NESTING = 50  # of parentheses, NOTs, fields and chains of NEAR: the evaluator recurses as deep
MARKED = re.compile(r"[\"():=~@|]")  # in a list entry: part of the language, which an entry is not


def parse(query: str, lists: Mapping[str, Sequence[str]] | None = None) -> Node:
    """The tree of a query. `lists` are the words behind `@name`. Raises RuleSyntaxError."""
    return _Parser(straight(query), lists or {}).whole()


class _Parser:
    def __init__(self, query: str, lists: Mapping[str, Sequence[str]]) -> None:
        self.query = query
        self.lists = lists
        self.tokens = lex(query)
        self.at = 0
        self.depth = 0
        self.field = ""  # the text field we are inside of

    def whole(self) -> Node:
        if not self.tokens:
            raise self._error("the query is empty: write a word", 1)
        node = self._group()
        if self.at < len(self.tokens):
            raise self._error("a closing parenthesis without an opening one", self.tokens[self.at].column)
        if _only_not(node):
            raise self._error("a rule that only excludes would match nearly everything: add a word that must occur", 1)
        return node

    def _group(self) -> Node:
        """Operands up to a closing parenthesis or the end: all joined by AND, or all by OR."""
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
        if len(set(joins)) > 1:
            raise self._mixed(operands, joins, start)
        if not joins:
            return operands[0]
        if joins[0] == "AND":
            return And(tuple(p for o in operands for p in (o.children if isinstance(o, And) else (o,))))
        if any(_only_not(o) for o in operands):
            raise self._error("NOT as an alternative of OR would match nearly everything: write a AND NOT b", start)
        return Or(tuple(p for o in operands for p in (o.children if isinstance(o, Or) else (o,))))

    def _proximity(self) -> Node:
        left = self._operand()
        while (token := self._peek()) is not None and (token.kind == "near" or token.text == "SENT"):
            self.at += 1
            self._need_operand(token)
            right = self._operand()
            if not (has_place(left) and has_place(right)):
                raise self._error(
                    f"{token.text} needs words or phrases on both sides, or several in parentheses joined by OR;"
                    f" a field goes around it: title:(a {token.text} b)",
                    token.column,
                )
            if links(left) + links(right) >= MAX_NESTING:
                raise self._error(f"more than {MAX_NESTING} in one chain of {token.text}", token.column)
            left = _chain(left, token.text, right)
        return left

    def _operand(self) -> Node:
        """One word, phrase, field, list or parenthesis, or what a NOT excludes."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self._error(f"nested more than {MAX_NESTING} deep", self._column())
        node = self._read()
        self.depth -= 1
        return node

    def _read(self) -> Node:
        token = self._next()
        if token.kind == "open":
            return self._parenthesis(token)
        if token.kind == "minus" or token.text == "NOT":
            self._need_operand(token)
            inner = self._operand()
            return inner.child if isinstance(inner, Not) else Not(inner)
        if token.kind in ("operator", "near"):
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

    def _parenthesis(self, token: Token) -> Node:
        if (closing := self._peek()) is not None and closing.kind == "close":
            raise self._error("empty parentheses: write what belongs between them", token.column)
        node = self._group()
        if self._peek() is None:
            raise self._error("the parenthesis is not closed", token.column)
        self.at += 1
        return node

    def _term(self, token: Token) -> Node:
        mode = Mode.LIGHT
        if token.kind in ("mode", "case"):
            mode = MODES[token.text]
            mark, token = token, self._glued(token)
            if token.kind not in ("word", "quote"):
                raise self._error(f"expected a word or a quoted phrase after {mark.text}", token.column)
        if token.kind == "quote":
            found = self._words(token.text[1:-1], mode, token)
            return found[0] if len(found) == 1 and mode is not Mode.LIGHT else Phrase(found)
        if token.text.endswith("*"):
            pieces(token, self.query)
            found = self._words(token.text, mode, token)
        else:
            found = tuple(Word(p, mode) for p in pieces(token, self.query))
        return found[0] if len(found) == 1 else Phrase(found)  # cross-border reads "cross border"

    def _words(self, text: str, mode: Mode, token: Token) -> tuple[Word, ...]:
        """The words of a phrase, a list entry or a prefix; a star belongs to the word before it."""
        found, stars = [], 0
        for m in WORD.finditer(text):
            star = text[m.end() : m.end() + 1] == "*"
            stars += star
            if star and len(m[1]) < MIN_PREFIX:
                raise self._error(f"{m[1]}*: at least {MIN_PREFIX} letters before the star", token.column)
            if star and mode is not Mode.LIGHT:
                raise self._error(f"{mode} and a star contradict each other: write one of them", token.column)
            found.append(Word(m[1], Mode.PREFIX if star else mode))
        if not found:
            raise self._error("an empty quote: write the words of the phrase between the quotes", token.column)
        if stars != text.count("*"):
            raise self._error("a star is allowed at the end of a word only", token.column)
        return tuple(found)

    def _field(self, token: Token) -> Node:
        name = token.text[:-1]
        if name not in TEXT_FIELDS + META_FIELDS:
            known = ", ".join(f"{f}:" for f in TEXT_FIELDS + META_FIELDS)
            raise self._error(f"unknown field {name}: expected one of {known} (or quote the word)", token.column)
        if self.field:
            raise self._error(f"{token.text} inside {self.field}: write them side by side", token.column)
        value = self._glued(token)
        if name in TEXT_FIELDS:
            self.at -= 1
            self.field = token.text
            node = Field(name, self._operand())
            self.field = ""
            return node
        if value.kind != "open":
            return self._meta(name, value)
        alternatives = [self._meta(name, self._next(after=value))]
        while (item := self._next(after=value)).kind != "close":
            if item.text != "OR":
                raise self._error(f"write OR between the alternatives of {token.text}", item.column)
            alternatives.append(self._meta(name, self._next(after=value)))
        return Or(tuple(alternatives)) if len(alternatives) > 1 else alternatives[0]

    def _meta(self, name: str, token: Token) -> Node:
        if token.kind not in ("word", "quote", "field"):
            raise self._error(f"expected a value after {name}: (in quotes if it is more than a word)", token.column)
        text = token.text[1:-1] if token.kind == "quote" else token.text
        if token.kind == "field" and (rest := self._peek()) is not None and rest.glued and rest.kind == "word":
            self.at += 1
            text += rest.text  # url:https://...
        text = " ".join(text.split())
        if not text or (name == "author" and not WORD.search(text)):
            raise self._error(f"expected a value after {name}:", token.column)
        if name == "kind" and text not in ("new", "update"):
            raise self._error("kind: is new or update", token.column)
        if name == "lang" and not re.fullmatch("[A-Za-z]{2}", text):
            raise self._error("lang: takes a code of two letters, such as en or es", token.column)
        return Meta(name, text)

    def _at_least(self, token: Token) -> Node:
        count = int(token.text.split("/")[1].rstrip(":"))
        self._glued(token)
        self.at -= 1
        child = self._operand()
        if not countable(child):
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
            plain = straight(entry)
            if MARKED.search(plain) or not WORD.search(plain):
                what = "entries are plain words, phrases or prefix*"
                raise self._error(f"the list {token.text} holds {entry!r}: {what}", token.column)
            found = self._words(plain, Mode.LIGHT, token)
            nodes.append(found[0] if len(found) == 1 and found[0].text.lower() not in RESERVED else Phrase(found))
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

    def _glued(self, mark: Token) -> Token:
        """What belongs to a mark or field and must follow it without a blank."""
        token = self._peek()
        if token is None or not token.glued or token.kind == "close":
            raise self._error(f"{mark.text} needs something right after it, without a blank", mark.column)
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


def _chain(left: Node, operator: str, right: Node) -> Node:
    """A left spine, also where the right side is a chain itself."""
    if isinstance(right, Near):
        return Near(_chain(left, operator, right.left), right.right, right.distance, right.ordered)
    if isinstance(right, Sentence):
        return Sentence(_chain(left, operator, right.left), right.right)
    if operator == "SENT":
        return Sentence(left, right)
    return Near(left, right, int(operator.split("/")[1]), operator.startswith("O"))


def _shown(node: Node) -> str:
    return f"({node})" if isinstance(node, (And, Or)) else str(node)


def _only_not(node: Node) -> bool:
    if isinstance(node, Not):
        return True
    if isinstance(node, (And, Or)):
        return all(_only_not(c) for c in node.children)
    if isinstance(node, Field):
        return _only_not(node.child)
    return False

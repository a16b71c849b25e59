"""What the readers of other query languages share: tokens, precedence by levels, and building our nodes."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable

from alerts.rules import parse
from alerts.rules.lexer import QUOTES, Token
from alerts.rules.nodes import And, Field, Meta, Mode, Near, Node, Not, Or, Phrase, Sentence, Word, has_place, links
from alerts.rules.parser import MAX_NESTING, MIN_PREFIX
from core.errors import RuleSyntaxError
from core.text import WORD

STRAIGHT = str.maketrans(QUOTES)
FARTHEST = 9999  # what our NEAR takes


class BaseReader(ABC):
    """A query being read. Subclasses give `tokens_of` (a pattern with a group per kind) and `group`.

    A part that cannot be carried over is None and a line in `lost`; joining passes over it.
    """

    tokens_of: re.Pattern[str]

    def __init__(self, query: str) -> None:
        self.query = query
        self.lost: list[str] = []
        self.tokens = self._lex(query.translate(STRAIGHT))
        self.at = 0
        self.depth = 0

    def _lex(self, query: str) -> list[Token]:
        found = []
        glued = False
        for match in self.tokens_of.finditer(query):
            kind = match.lastgroup or ""
            if kind != "skip":
                found.append(Token(kind, match[0], match.start() + 1, glued))
            glued = kind != "skip"
        return found

    def whole(self) -> Node | None:
        """The query as our tree, or None where nothing of it can be carried over. Raises RuleSyntaxError."""
        if not self.tokens:
            raise self.error("the query is empty", 1)
        node = self.group()
        if (token := self.peek()) is not None:
            raise self.error("a closing parenthesis without an opening one", token.column)
        return node

    @abstractmethod
    def group(self) -> Node | None:
        """Operands up to a closing parenthesis or the end."""

    def parenthesis(self, opening: Token) -> Node | None:
        """What stands between `opening`, already taken, and its counterpart."""
        if self.accept("close"):
            raise self.error("empty parentheses", opening.column)
        node = self.deeper(opening, self.group)
        if not self.accept("close"):
            raise self.error("the parenthesis is not closed", opening.column)
        return node

    def deeper(self, token: Token, read: Callable[[], Node | None]) -> Node | None:
        """What `read` gives, one level down; levels are counted, for reading them recurses."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.error(f"nested more than {MAX_NESTING} deep", token.column)
        node = read()
        self.depth -= 1
        return node

    def joined(self, operator: str, operand: Callable[[], Node | None], *, implicit: bool = False) -> list[Node | None]:
        """Operands with `operator` (or, if `implicit`, nothing) between them."""
        found = [operand()]
        while (token := self.peek()) is not None and token.kind != "close":
            if token.kind == operator:
                self.at += 1
                self.need_operand(token)
            elif not implicit or token.kind == "or":
                break
            found.append(operand())
        return found

    def or_of_ands(self, operand: Callable[[], Node | None]) -> Node | None:
        """AND, or nothing, before OR; noted where both stand side by side, for few users know which comes first."""
        most = 0

        def together() -> Node | None:
            nonlocal most
            parts = self.joined("and", operand, implicit=True)
            most = max(most, len(parts))
            return both(*parts)

        found = self.joined("or", together)
        if most > 1 and len(found) > 1:
            self.drop("AND and OR without parentheses: read as AND first")
        return either(*found)

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def next(self) -> Token:
        token = self.peek()
        if token is None:
            raise self.error("something is missing at the end", max(1, len(self.query)))
        self.at += 1
        return token

    def accept(self, *kinds: str) -> Token | None:
        """The next token if it is one of these, taken."""
        token = self.peek()
        if token is None or token.kind not in kinds:
            return None
        self.at += 1
        return token

    def need_operand(self, token: Token) -> None:
        following = self.peek()
        if following is None or following.kind == "close":
            raise self.error(f"{token.text} needs something after it", token.column)

    def drop(self, why: str) -> None:
        """Note a part that is left out."""
        self.lost.append(why)

    def error(self, message: str, column: int) -> RuleSyntaxError:
        return RuleSyntaxError(message, self.query, column)

    def words(self, text: str, mode: Mode = Mode.LIGHT) -> Node | None:
        """A bare word or the inside of a quote: one word, or a phrase where it has several."""
        found = []
        for match in WORD.finditer(text):
            starred = text[match.end() : match.end() + 1] == "*"
            if starred and len(match[1]) < MIN_PREFIX:
                self.drop(f"{match[1]}*: a prefix needs {MIN_PREFIX} letters")
                return None
            found.append(Word(match[1], Mode.PREFIX if starred and mode is Mode.LIGHT else mode))
        if not found:
            self.drop(f"{text!r} has no word in it")
            return None
        if len(found) > 1:
            return Phrase(tuple(found))
        return found[0] if _reads_back(found[0]) else Phrase((Word(found[0].text),))

    def near(self, left: Node | None, right: Node | None, distance: int, ordered: bool = False) -> Node | None:
        """Closeness, or AND with a note where ours cannot measure the sides."""
        return self._close(left, right, lambda a, b: Near(a, b, min(distance, FARTHEST), ordered), "closeness")

    def sentence(self, left: Node | None, right: Node | None) -> Node | None:
        return self._close(left, right, Sentence, "one sentence")

    def _close(
        self, left: Node | None, right: Node | None, build: Callable[[Node, Node], Node], what: str
    ) -> Node | None:
        if left is None or right is None:
            return left if right is None else right
        if has_place(left) and has_place(right):
            if links(left) + links(right) >= MAX_NESTING:
                raise self.error(f"more than {MAX_NESTING} in one chain", 1)
            if links(right):
                self.drop(f"{what} of {left} and ({right}): ours measures from each side to the one before it")
            return build(left, right)
        self.drop(f"{what} of {left} and {right}: ours measures words, phrases and alternatives of them")
        return both(left, right)

    def field(self, name: str, node: Node | None) -> Node | None:
        """Within a text field; a field or fact inside another is left without the outer one."""
        if node is None:
            return None
        if isinstance(node, Not):
            return negated(self.field(name, node.child))
        if holds_field(node):
            self.drop(f"{name}: around {node}: ours has no field inside another")
            return node
        return Field(name, node)


def both(*nodes: Node | None) -> Node | None:
    """AND of what is there."""
    return _flat(And, nodes)


def either(*nodes: Node | None) -> Node | None:
    """OR of what is there."""
    return _flat(Or, nodes)


def negated(node: Node | None) -> Node | None:
    if node is None:
        return None
    return node.child if isinstance(node, Not) else Not(node)


def _flat(kind: type[And] | type[Or], nodes: Iterable[Node | None]) -> Node | None:
    parts: list[Node] = []
    for node in nodes:
        if node is not None:
            parts += node.children if isinstance(node, kind) else (node,)
    return None if not parts else parts[0] if len(parts) == 1 else kind(tuple(parts))


def meta(name: str, value: str) -> Node | None:
    """A fact of the article, or None for an empty value."""
    text = " ".join(value.replace('"', " ").split())
    return Meta(name, text) if text else None


def mapped(node: Node, change: Callable[[Word], Word]) -> Node:
    """The tree with every word changed."""
    match node:
        case Word():
            return change(node)
        case Phrase(words):
            return Phrase(tuple(map(change, words)))
        case And(children) | Or(children):
            return type(node)(tuple(mapped(c, change) for c in children))
        case Near(left, right, distance, ordered):
            return Near(mapped(left, change), mapped(right, change), distance, ordered)
        case Sentence(left, right):
            return Sentence(mapped(left, change), mapped(right, change))
        case Not(child):
            return Not(mapped(child, change))
        case Field(name, child):
            return Field(name, mapped(child, change))
        case _:
            return node


def holds_field(node: Node) -> bool:
    match node:
        case Field() | Meta():
            return True
        case And(children) | Or(children):
            return any(map(holds_field, children))
        case Not(child):
            return holds_field(child)
        case _:
            return False


def _reads_back(node: Word) -> bool:
    """Whether a bare word is one to our parser: `near`, `w5` and `NOT` are not."""
    try:
        return parse(str(node)) == node
    except RuleSyntaxError:
        return False

"""Query text to tokens. What is no part of the language is refused here, with what to write instead."""

import re
from dataclasses import dataclass
from itertools import pairwise

from alerts.rules.nodes import CLOSENESS, RESERVED
from core.errors import RuleSyntaxError
from core.text import INVISIBLE, WORD

QUOTES = dict.fromkeys("“”„‟«»＂", '"') | dict.fromkeys("‘’‚‛＇", "'")
STRAIGHT = str.maketrans(QUOTES | {"（": "(", "）": ")"})
DASHES = "-–—−‐‑"
JOINERS = DASHES + "'.,&/@_:" + INVISIBLE  # may stand inside a bare word
TOKEN = re.compile(
    rf"""(?P<skip>[\s{INVISIBLE}]+|\#(?=\s|$)[^\n]*)
      | (?P<open>\() | (?P<close>\))
      | (?P<near>O?NEAR/\d{{1,4}})(?![^\s("])
      | (?P<operator>AND|OR|NOT|SENT)(?![^\s()"])
      | (?P<atleast>atleast/\d{{1,4}}:)
      | (?P<case>cs:)
      | (?P<field>[A-Za-z]\w*):
      | (?P<list>@[\w-]+)
      | (?P<minus>[{DASHES}](?=["(=~@\w]))
      | (?P<mode>[=~](?=["\w]))
      | (?P<quote>"[^"]*")
      | (?P<word>[^\s()"]+)""",
    re.VERBOSE,
)
HINTS = (
    (re.compile(r".*\|"), "write OR between alternatives"),
    (re.compile(r".*&&|&$|.*\+"), "words side by side must all occur: leave it out, or write AND"),
    (re.compile(r"!"), "to exclude a word write NOT before it"),
    (re.compile(r".*\?"), "write a star at the end of a word, or alternatives with OR"),
    (
        re.compile(r"/|.*[\[\]{}^\\]"),
        "there are no regular expressions (one could stall the service on one text): write words, phrases, prefix*",
    ),
    (re.compile(r"(?!\d[\d.,]*\d$).*,"), "write a blank between words, or OR between alternatives"),
    (re.compile(r"\#"), "a comment is # and a blank"),
)


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is a group of TOKEN, `column` is 1-based; `glued`: nothing stands between it and the token before."""

    kind: str
    text: str
    column: int
    glued: bool


def straight(query: str) -> str:
    """Typographic quotes as plain ones, so that a rule may be pasted from a document; columns stay."""
    return query.translate(STRAIGHT)


def lex(query: str) -> list[Token]:
    """The tokens of a straightened query. Raises RuleSyntaxError."""
    found: list[Token] = []
    at, glued = 0, False
    while at < len(query):
        match = TOKEN.match(query, at)
        if match is None:
            raise RuleSyntaxError("the quote is not closed", query, at + 1)
        kind = match.lastgroup or ""
        if kind != "skip":
            token = Token(kind, match[0], at + 1, glued)
            if glued:
                _check_glue(token, found[-1], query)
            found.append(token)
        at, glued = match.end(), kind != "skip"
    return found


def _check_glue(token: Token, before: Token, query: str) -> None:
    """Words, quotes and groups stand apart: `"a b"~5` of other languages must not pass as `"a b" AND ~5`."""
    if before.kind in ("word", "quote", "list", "close") and token.kind != "close":
        hint = "for closeness write a NEAR/5 b" if token.kind == "mode" else "write a blank before it"
        raise RuleSyntaxError(f"{token.text} follows without a blank: {hint}", query, token.column)


def pieces(token: Token, query: str) -> list[str]:
    """The words of a bare word without its star: `cross-border` has two. Raises RuleSyntaxError for what is no word."""
    text = token.text
    plain = text.removesuffix("*")
    if plain.isascii() and plain.isalpha() and plain.lower() not in RESERVED:
        return [plain]  # nearly every word: nothing in it needs a closer look
    if (refused := _refused(plain)) is not None:
        raise RuleSyntaxError(f"cannot read {text!r}: {refused}", query, token.column)
    found = WORD.findall(text)
    alone = found[0] if len(found) == 1 and not text.endswith("*") else ""
    if alone.lower() in ("and", "or", "not") or alone == "SENT":
        raise RuleSyntaxError(
            f'operators are written in capitals: {alone.upper()}, or "{text}" for the word', query, token.column
        )
    return found


def _refused(text: str) -> str | None:
    """Why a bare word is none, or None. In quotes everything but letters, digits and a star separates words."""
    if "*" in text:
        return "a star is allowed at the end of a word only"
    closeness = CLOSENESS.fullmatch(text.rstrip("/."))
    if closeness and (closeness[1] or "near" in text.lower()):
        return f'closeness is written a NEAR/{closeness[1] or 5} b (or quote the word: "{text}")'
    for pattern, hint in HINTS:
        if pattern.match(text):
            return hint
    spans = [m.span() for m in WORD.finditer(text)]
    if not spans:
        return "no word in it"
    inner = "".join(text[end:start] for (_, end), (start, _) in pairwise(spans))
    outer = text[: spans[0][0]] + text[spans[-1][1] :].strip(".'")
    strange = outer or "".join(c for c in inner if c not in JOINERS)
    return f"put it in quotes: {strange[0]!r} cannot stand there" if strange else None

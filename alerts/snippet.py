"""The few words around a match that show why a rule fired."""

from collections.abc import Sequence
from itertools import pairwise

from core.model import Span

Runs = tuple[tuple[str, bool], ...]
WIDTH = 280  # characters: about three lines in a mail or a Slack message
LEAD = 60  # of these, before the first matched word


def snippet(title: str, text: str, spans: Sequence[Span]) -> tuple[str, Runs]:
    """The field and the runs of text (True = matched) of the window that shows most distinct matched words.

    The body is preferred over the title, which a message prints anyway.
    """
    body = sorted({(s.start, s.end) for s in spans if s.field == "body"})
    if body:
        return "body", _window(text, body)
    head = sorted({(s.start, s.end) for s in spans if s.field == "title"})
    return "title", _window(title, head)


def matched_words(title: str, text: str, spans: Sequence[Span]) -> tuple[str, ...]:
    """The distinct matched words as printed, in order of appearance; joined where they stand together."""
    found: dict[str, str] = {}
    for field, source in (("title", title), ("body", text)):
        pieces = sorted({(s.start, s.end) for s in spans if s.field == field})
        for start, end in _joined(source, pieces):
            found.setdefault(source[start:end].casefold(), source[start:end])
    return tuple(found.values())


def _joined(text: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbouring spans with only a blank between them become one: `National` `Guard` -> `National Guard`."""
    out: list[tuple[int, int]] = []
    for start, end in pieces:
        if out and start >= out[-1][0] and (start <= out[-1][1] or text[out[-1][1] : start].isspace()):
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def _window(text: str, pieces: list[tuple[int, int]]) -> Runs:
    if not pieces:
        return ((text[:WIDTH], False),) if text else ()
    joined = _joined(text, pieces)
    best = max(joined, key=lambda p: (_distinct(text, joined, p[0]), -p[0]))
    start = _word_start(text, max(0, best[0] - LEAD))
    end = _word_end(text, min(len(text), max(start + WIDTH, best[1])))
    inside = [(max(s, start), min(e, end)) for s, e in joined if s < end and e > start]
    runs: list[tuple[str, bool]] = [("… ", False)] if start else []
    edges = [start, *(x for piece in inside for x in piece), end]
    for index, (left, right) in enumerate(pairwise(edges)):
        if right > left:
            runs.append((_flat(text[left:right]), index % 2 == 1))
    if end < len(text):
        runs.append((" …", False))
    return tuple(runs)


def _distinct(text: str, pieces: list[tuple[int, int]], start: int) -> int:
    return len({text[s:e].casefold() for s, e in pieces if start <= s < start + WIDTH - LEAD})


def _word_start(text: str, at: int) -> int:
    """`at`, or the end of the sentence or word just before it, so that no word is cut."""
    if at == 0:
        return 0
    for mark in ("\n", ". ", " "):
        found = text.find(mark, at, at + LEAD // 2)
        if found >= 0:
            return found + len(mark)
    return at


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    found = text.rfind(" ", at - 40, at)
    return found if found > 0 else at


def _flat(text: str) -> str:
    return text.replace("\n", " ")

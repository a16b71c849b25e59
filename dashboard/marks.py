"""Matched words shown where they stand: texts cut into runs of (text, matched). Pure; templates escape."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

Runs = tuple[tuple[str, bool], ...]
Piece = tuple[int, int]
OPEN, CLOSE = "\x02", "\x03"  # what full-text search puts around a found word; control characters, never in a text


def joined(text: str, pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces in order, cut to the text; those that overlap, or have only a blank between them, become one."""
    found: list[Piece] = []
    for start, end in sorted((max(0, start), min(len(text), end)) for start, end in pieces):
        if start >= end:
            continue
        if found and (start <= found[-1][1] or text[found[-1][1] : start].isspace()):
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def runs(text: str, pieces: Iterable[Piece]) -> Runs:
    """The text with these `[start, end)` pieces marked; pieces may overlap, touch, or lie outside."""
    edges = [0, *(edge for piece in joined(text, pieces) for edge in piece), len(text)]
    return tuple((text[a:b], i % 2 == 1) for i, (a, b) in enumerate(pairwise(edges)) if b > a)


def paragraphs(text: str, pieces: Sequence[Piece]) -> list[Runs]:
    """The text's lines that hold anything, each as runs."""
    found = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            found.append(runs(line, [(a - start, b - start) for a, b in pieces]))
        start += len(line) + 1
    return found


def snippet(text: str) -> Runs:
    """The answer of full-text search, with found words between OPEN and CLOSE, as runs."""
    found = []
    for piece in re.split(f"({OPEN}[^{OPEN}{CLOSE}]*{CLOSE})", text):
        marked = piece.startswith(OPEN) and piece.endswith(CLOSE)
        plain = piece.replace(OPEN, "").replace(CLOSE, "")
        if plain:
            found.append((plain, marked))
    return tuple(found)


def words_again(text: str, words: Iterable[str]) -> list[Piece]:
    """Where these words stand in a later text of the article, whole words only, case aside."""
    found = []
    for word in {w for w in words if w.strip()}:
        pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
        found += [m.span() for m in re.finditer(pattern, text, re.IGNORECASE)]
    return sorted(found)

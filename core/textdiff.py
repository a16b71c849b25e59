"""What one text has that another has not: sentences for alerts, words for the eye, paragraphs for copies.

Texts are compared by folded words, so that case, accents, quotes and layout make no difference.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from core.text import words

SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+[\"'”’»)\]]*|\n|$)|[.!?…]+")
ABBREVIATED = re.compile(
    r"(?:^|[\s(\"“«])(?:[A-ZÁÉÍÓÚÑ]|mr|mrs|ms|dr|gov|sen|rep|gen|lt|col|st|jr|sr|no|vs|inc|co|sra|dra|lic|ing|art"
    r"|núm|ee|uu|[ap]\.m|[A-Z]\.[A-Z])\.$",
    re.IGNORECASE,
)
ALIKE = 0.5  # share of words two sentences have in common, in order, that makes one a new form of the other
MOST = 2000  # sentences of a text compared in order; a longer one is compared as a set
PAIRED = 80  # sentences on either side of a change that are paired; beyond, all are new
SHINGLE = 4  # words: a paragraph is somebody else's where most of its runs of so many are
OWN = 0.5  # share of its runs that may be the original's before a paragraph is no addition
SHORTEST = 5  # words of a paragraph worth naming as added


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence that changed: `before` is None for one that was added, `after` None for one that was removed."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed the `same`, was `added` or was `removed`."""

    kind: str
    text: str


def sentences(text: str) -> list[str]:
    """A text's sentences, trimmed, in order; a full stop after an initial or an abbreviation ends none."""
    found: list[str] = []
    rest = ""
    for m in SENTENCE.finditer(text):
        rest += m.group()
        following = text[m.end() : m.end() + 2]
        if not rest.endswith("\n") and (ABBREVIATED.search(rest.rstrip()[-12:]) or following[:1].isalnum()):
            continue  # "Gov. Abbott", "U.S. law", "2.5 million"
        if rest.strip():
            found.append(rest.strip())
        rest = ""
    return [*found, rest.strip()] if rest.strip() else found


def changes(old: str, new: str) -> list[Change]:
    """Sentences that changed between two texts, in the order of the new one; moved ones have not changed."""
    olds, news = sentences(old), sentences(new)
    mine, theirs = [_key(s) for s in news], [_key(s) for s in olds]
    in_old, in_new = set(theirs), set(mine)
    if max(len(mine), len(theirs)) > MOST:
        return [Change(None, s) for s, k in zip(news, mine, strict=True) if k and k not in in_old]
    found: list[Change] = []
    for op, a, b, c, d in SequenceMatcher(None, theirs, mine, autojunk=False).get_opcodes():
        if op != "equal":
            gone = [s for s, k in zip(olds[a:b], theirs[a:b], strict=True) if k and k not in in_new]
            come = [s for s, k in zip(news[c:d], mine[c:d], strict=True) if k and k not in in_old]
            found += _paired(gone, come)
    return found


def _key(sentence: str) -> str:
    return " ".join(words(sentence))


def _paired(gone: list[str], come: list[str]) -> list[Change]:
    """Each sentence that came with the one it replaces, where there is one."""
    if len(gone) > PAIRED or len(come) > PAIRED:
        return [*(Change(None, s) for s in come), *(Change(s, None) for s in gone)]
    left = list(gone)
    found = []
    for sentence in come:
        best = max(((_alike(before, sentence), -i) for i, before in enumerate(left)), default=(0.0, 0))
        found.append(Change(left.pop(-best[1]) if best[0] >= ALIKE else None, sentence))
    return found + [Change(sentence, None) for sentence in left]


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, words(one), words(other), autojunk=False).ratio()


def word_diff(old: str, new: str) -> list[Piece]:
    """Two texts word by word, as runs in reading order; joined, `same` and `added` are the new text exactly."""
    a, b = _printed(old), _printed(new)
    found: list[Piece] = []
    for op, i, j, k, m in SequenceMatcher(None, [_bare(w) for w in a], [_bare(w) for w in b], False).get_opcodes():
        if op == "equal":
            found.append(Piece("same", "".join(b[k:m])))
            continue
        if i < j:
            found.append(Piece("removed", "".join(a[i:j])))
        if k < m:
            found.append(Piece("added", "".join(b[k:m])))
    return found


def _printed(text: str) -> list[str]:
    """Words with the blanks after them, so that joining gives the text back."""
    return re.findall(r"\S+\s*|\s+", text)


def _bare(word: str) -> str:
    """What is compared: a line's end counts, other blanks do not."""
    return word.rstrip(" \t") if "\n" not in word else word.strip() + "\n"


def added_paragraphs(original: str, copy: str) -> list[str]:
    """Paragraphs of a copy that its original does not have, in order."""
    known = _runs(words(original))
    found = []
    for paragraph in copy.splitlines():
        said = words(paragraph)
        if len(said) < SHORTEST:
            continue
        runs = _runs(said)
        if len(runs & known) < OWN * len(runs):
            found.append(paragraph.strip())
    return found


def _runs(said: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(said[i:] for i in range(SHINGLE)), strict=False))

"""What one text has that another has not: sentences for alerts, words for the eye, paragraphs for copies.

Texts are compared by folded words, so that case, accents, quotes and layout make no difference.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from core.text import words

SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+[\"'”’»)\]]*|\n|$)|[.!?…]+")
ABBREVIATED = re.compile(
    r"(?:^|[\s(\"“«])(?:[A-ZÁÉÍÓÚÑ]|mr|mrs|ms|dr|gov|sen|rep|gen|lt|col|st|jr|sr|no|vs|inc|co|sra|dra|lic|ing|art"
    r"|núm|ee|uu|[ap]\.m|[A-Z]\.[A-Z])\.$",
    re.IGNORECASE,
)
ALIKE = 0.5  # share of words two sentences have in common that makes one a new form of the other
PAIRED = 80  # sentences on either side of a change that are paired; beyond, all are new
SHINGLE = 4  # words: a paragraph is somebody else's where most of its runs of so many are
OWN = 0.5  # share of its runs that may be the original's before a paragraph is no addition
SHORTEST = 5  # words with a letter of a paragraph worth naming as added


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
    """Sentences that changed between two texts, in the order of the new one; moved ones have not changed.

    A sentence replaces one that stood after the same unchanged sentence. Linear in both texts: hostile ones are
    compared inside a transaction.
    """
    olds, news = _keyed(old), _keyed(new)
    gone, _ = _after(olds, {k for k, _ in news})
    come, order = _after(news, {k for k, _ in olds})
    found = [change for anchor in order for change in _paired(gone.pop(anchor, []), come.get(anchor, []))]
    return found + [Change(sentence, None) for left in gone.values() for sentence in left]


def _keyed(text: str) -> list[tuple[str, str]]:
    return [(key, sentence) for sentence in sentences(text) if (key := " ".join(words(sentence)))]


def _after(keyed: Sequence[tuple[str, str]], kept: Collection[str]) -> tuple[dict[str, list[str]], list[str]]:
    """The sentences not kept, filed under the kept one before them, and the kept ones in order ('' first)."""
    filed: dict[str, list[str]] = {}
    anchor, order = "", [""]
    for key, sentence in keyed:
        if key in kept:
            anchor = key
            order.append(key)
        else:
            filed.setdefault(anchor, []).append(sentence)
    return filed, list(dict.fromkeys(order))


def _paired(gone: list[str], come: list[str]) -> list[Change]:
    """Each sentence that came with the one it replaces, where there is one."""
    if len(gone) > PAIRED or len(come) > PAIRED:
        return [*(Change(None, s) for s in come), *(Change(s, None) for s in gone)]
    left = [(sentence, Counter(words(sentence))) for sentence in gone]
    found = []
    for sentence in come:
        said = Counter(words(sentence))
        best = max(((_alike(before, said), -i) for i, (_, before) in enumerate(left)), default=(0.0, 0))
        found.append(Change(left.pop(-best[1])[0] if best[0] >= ALIKE else None, sentence))
    return found + [Change(sentence, None) for sentence, _ in left]


def _alike(one: Counter[str], other: Counter[str]) -> float:
    """The share of words in common. Counted and not aligned: 80 x 80 hostile sentences took minutes aligned."""
    return 2 * (one & other).total() / max(1, one.total() + other.total())


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
        if sum(any(c.isalpha() for c in w) for w in said) < SHORTEST:
            continue  # a stamp or a heading
        runs = _runs(said)
        if len(runs & known) < OWN * len(runs):
            found.append(paragraph.strip())
    return found


def _runs(said: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(said[i:] for i in range(SHINGLE)), strict=False))


def placed(text: str) -> list[tuple[str, int, int]]:
    """The sentences of `sentences`, each with its place `[start, end)` in the text."""
    printed = [i for i, character in enumerate(text) if not character.isspace()]
    found, at = [], 0
    for sentence in sentences(text):
        end = at + len("".join(sentence.split()))
        found.append((sentence, printed[at], printed[end - 1] + 1))
        at = end
    return found

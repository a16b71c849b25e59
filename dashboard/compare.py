"""Two texts of an article side by side for the eye: paragraphs that stayed, came, went, moved or changed, word by word.

Pure; templates escape. What it costs is bounded whatever the texts are: difflib takes up to the cube of the words, so
a change that is too long is shown as it was and as it is, and a text is compared up to LONGEST.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from core.textdiff import Piece, sentences, word_diff
from dashboard.marks import Runs, runs, words_again

LONGEST = 150_000  # characters of a text that are compared: about 25,000 words, ten times a long report
LONG = 3000  # characters of a paragraph that is compared sentence by sentence
WORK = 5e7  # steps a page may cost: 0.8 s for the worst texts found (a word between all others), 0.2 s for real ones
ALIKE = 0.4  # share of words in common that makes one paragraph a new form of another
NEAR = 40  # paragraphs that went, of which one that came may be a new form
PAIRS = 40_000  # of them looked at in all: the more paragraphs came, the fewer for each
MARKED = 100  # different words that are marked
SHOWN = 2000  # parts of a comparison that are shown: some texts are a word a line

Run = tuple[str, Runs]  # kind (same, added, removed), and its text as runs of (text, matched)
Change = tuple[str, str, str]  # kind, the paragraph before, the paragraph after; "" where there is none


@dataclass(frozen=True, slots=True)
class Part:
    """One `changed`, `added`, `removed` or `moved` paragraph as runs, or the paragraphs between that are the `same`."""

    kind: str
    runs: tuple[Run, ...] = ()
    same: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of a text. `title` is empty where the headline stayed."""

    title: tuple[Run, ...]
    parts: tuple[Part, ...]
    cut: bool  # a text is longer than LONGEST: what follows was not compared
    coarse: int  # paragraphs changed that are not shown word by word
    more: int  # parts beyond SHOWN


def compare(before: tuple[str, str], after: tuple[str, str], words: Iterable[str] = ()) -> Compared:
    """Compare two (title, text); `words` are those to be marked where the new text holds them."""
    marked = sorted({*words}, key=len, reverse=True)[:MARKED]
    left = _Budget(WORK)
    title = () if _key(before[0]) == _key(after[0]) else _runs(before[0], after[0], marked, left)
    old, new = before[1][:LONGEST], after[1][:LONGEST]
    grouped = [(same, list(group)) for same, group in groupby(aligned(old, new, left), lambda c: c[0] == "same")]
    parts: list[Part] = []
    for same, group in grouped:
        if same:
            parts.append(Part("same", same=tuple(now for _, _, now in group)))
        else:
            shown = group[: max(0, SHOWN - len(parts))]
            parts += [Part(kind, _runs(was, now, marked, left)) for kind, was, now in shown]
    more = sum(len(group) for same, group in grouped if not same) - sum(part.kind != "same" for part in parts)
    return Compared(title, tuple(parts[:SHOWN]), (old, new) != (before[1], after[1]), left.refused, more)


def outline(before: tuple[str, str], after: tuple[str, str]) -> str:
    """What changed between two (title, text), in a few words: `new headline, 2 paragraphs added, 1 changed`."""
    counts = Counter(kind for kind, _, _ in aligned(before[1][:LONGEST], after[1][:LONGEST], _Budget(WORK / 10)))
    said = ["new headline"] if _key(before[0]) != _key(after[0]) else []
    for kind in ("added", "removed", "changed", "moved"):
        if n := counts[kind]:
            noun = "" if any("paragraph" in s for s in said) else " paragraph" if n == 1 else " paragraphs"
            said.append(f"{n}{noun} {kind}")
    return ", ".join(said)


class _Budget:
    """How many steps of comparing a page may still take, and how often it was refused some."""

    def __init__(self, steps: float) -> None:
        self.left = steps
        self.refused = 0

    def allows(self, old: Sequence[str], new: Sequence[str]) -> bool:
        """Whether these may be compared: pairs of equal items bound one search of difflib, the shorter one how many."""
        a, b = Counter(old), Counter(new)
        cost = sum(n * b[item] for item, n in a.items()) * min(len(old), len(new))
        if cost > self.left:
            self.refused += 1
            return False
        self.left -= cost
        return True


def aligned(old: str, new: str, left: _Budget) -> list[Change]:
    """The paragraphs of two texts next to each other, in the order of the new one."""
    olds, news = _paragraphs(old), _paragraphs(new)
    theirs, mine = [_key(p) for p in olds], [_key(p) for p in news]
    lost, fresh = Counter(theirs) - Counter(mine), Counter(mine) - Counter(theirs)
    found: list[Change] = []
    gone: list[int] = []  # where in `found` a paragraph went, and
    come: list[tuple[int, int]] = []  # where one came, with the place in `gone` where it would have stood before
    for same, a, b, c, d in _opcodes(theirs, mine, left):
        if same:
            found += [("same", p, p) for p in news[c:d]]
            continue
        before = len(gone)
        for i in range(a, b):
            if _counted_off(lost, theirs[i]):
                gone.append(len(found))
                found.append(("removed", olds[i], ""))
        for k in range(c, d):
            if _counted_off(fresh, mine[k]):
                come.append((len(found), before + (k - c) * (len(gone) - before) // (d - c)))
                found.append(("added", "", news[k]))
            else:
                found.append(("moved", news[k], news[k]))
    return _paired(found, gone, come)


def _counted_off(left: Counter[str], key: str) -> bool:
    left[key] -= 1
    return left[key] >= 0


def _paired(found: list[Change], gone: Sequence[int], come: Sequence[tuple[int, int]]) -> list[Change]:
    """Each paragraph that came with the one it replaces, where one of those near it reads like it."""
    window = max(1, min(NEAR, PAIRS // max(1, len(come))))
    bags = [Counter(found[i][1].split()) for i in gone]
    taken: set[int] = set()
    for at, place in come:
        bag = Counter(found[at][2].split())
        near = range(max(0, place - window // 2), min(len(gone), place + (window + 1) // 2))
        best, i = max(((_alike(bags[i], bag), -i) for i in near if i not in taken), default=(0.0, 0))
        if best >= ALIKE:
            taken.add(-i)
            found[at] = ("changed", found[gone[-i]][1], found[at][2])
    replaced = {gone[i] for i in taken}
    return [change for at, change in enumerate(found) if at not in replaced]


def _alike(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / max(1, one.total() + other.total())


def _opcodes(old: Sequence[str], new: Sequence[str], left: _Budget) -> list[tuple[bool, int, int, int, int]]:
    """Stretches that are equal or not, as difflib gives them; equal ends are cut off first, they cost nothing."""
    head = _common(old, new, 0)
    tail = _common(old[::-1], new[::-1], head)
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    found = [(True, 0, head, 0, head)] if head else []
    if a and b and left.allows(a, b):
        for op, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            found.append((op == "equal", head + i, head + j, head + k, head + m))
    elif a or b:
        found.append((False, head, head + len(a), head, head + len(b)))
    if tail:
        found.append((True, len(old) - tail, len(old), len(new) - tail, len(new)))
    return found


def _common(old: Sequence[str], new: Sequence[str], spent: int) -> int:
    """How many items both begin with, leaving `spent` at the end of the shorter one."""
    most = min(len(old), len(new)) - spent
    return next((i for i in range(most) if old[i] != new[i]), max(0, most))


def _paragraphs(text: str) -> list[str]:
    """Lines that hold anything; one so long that no eye could follow it, sentence by sentence."""
    found: list[str] = []
    for line in text.splitlines():
        if line.strip():
            found += sentences(line) if len(line) > LONG else [line.strip()]
    return found


def _key(text: str) -> str:
    return " ".join(text.split())


def _runs(old: str, new: str, words: Sequence[str], left: _Budget) -> tuple[Run, ...]:
    """A paragraph that changed, word by word where the budget allows; matched words are marked where they now stand.

    The blanks after what came or went belong to neither, and there is one between a word and what replaced it.
    """
    if _key(old) == _key(new):
        return (("same", ((new, False),)),)
    marks = words_again(new, words)
    found: list[Run] = []
    at = 0
    for piece in _pieces(old, new, left):
        text = piece.text if piece.kind == "same" else piece.text.rstrip()
        here = [] if piece.kind == "removed" else [(a - at, b - at) for a, b in marks]
        if piece.kind == "added" and found and found[-1][0] == "removed":
            found.append(("same", ((" ", False),)))
        blanks = runs(piece.text[len(text) :], [(a - len(text), b - len(text)) for a, b in here])
        found += [(kind, shown) for kind, shown in ((piece.kind, runs(text, here)), ("same", blanks)) if shown]
        at += 0 if piece.kind == "removed" else len(piece.text)
    return tuple(found)


def _pieces(old: str, new: str, left: _Budget) -> list[Piece]:
    """What both begin and end with is cut off first: most edits are short, and difflib need not see the rest."""
    if not old or not new:
        return [Piece("added", new) if new else Piece("removed", old)]
    head, tail = _ends(old, new)
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    if a and b and left.allows(a.split(), b.split()):
        middle = word_diff(a, b)
    else:
        middle = [Piece(kind, text) for kind, text in (("removed", a), ("added", b)) if text]
    ends = [Piece("same", new[:head])], [Piece("same", new[len(new) - tail :])]
    return [piece for piece in (*ends[0], *middle, *ends[1]) if piece.text]


def _ends(old: str, new: str) -> tuple[int, int]:
    """How many characters of whole words both begin with, and end with."""
    head = _common(old, new, 0)
    while not (_between(old, head) and _between(new, head)):
        head -= 1
    tail = _common(old[::-1], new[::-1], head)
    while not (_between(old, len(old) - tail) and _between(new, len(new) - tail)):
        tail -= 1
    return head, tail


def _between(text: str, at: int) -> bool:
    """Whether this position is the beginning of a word, or an end of the text."""
    return at in (0, len(text)) or text[at - 1].isspace()

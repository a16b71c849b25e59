"""Fingerprints of a text: hashes of its anchored 5-word shingles, and exact containment where they leave a doubt.

An anchor is a word longer than 3 letters whose own hash is divisible by 4; it starts a shingle. A cut, a changed word
or added text disturbs only the shingles around it, so shared / smaller is containment (HEART, section 2).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress

WIDTH = 5  # words in a shingle
ANCHOR_MODULUS = 4  # about 46 fingerprints for 430 words
ANCHOR_LETTERS = 4
LEAD_SHARE = 0.3  # of a text's shingles: where it says what it is about


@lru_cache(maxsize=300_000)
def is_anchor(word: str) -> bool:
    """Whether a folded word starts a shingle; the same in every process, unlike hash()."""
    return len(word) >= ANCHOR_LETTERS and _hash(word) % ANCHOR_MODULUS == 0


def fingerprints(words: Sequence[str]) -> list[int]:
    """63-bit hashes of the anchored shingles of folded words, each once, in order."""
    starts = compress(range(len(words) - WIDTH + 1), map(is_anchor, words))
    return list(dict.fromkeys([_hash(" ".join(words[i : i + WIDTH])) for i in starts]))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


def text_hash(words: Sequence[str]) -> str:
    """Of folded words: equal for texts that differ in case, accents, punctuation and layout only."""
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much two texts share, 0 to 1: of the smaller, of the new one, and of the start of either."""

    of_smaller: float
    of_new: float
    lead: float


def overlap(new: Sequence[str], old: Sequence[str]) -> Overlap:
    """Every 5-word shingle of two texts compared."""
    a, b = _shingles(new), _shingles(old)
    if not a or not b:
        return Overlap(0.0, 0.0, 0.0)
    in_new, in_old = set(a), set(b)
    shared = in_new & in_old
    lead = max(sum(s in shared for s in start) / len(start) for start in (_lead(a), _lead(b)))
    return Overlap(len(shared) / min(len(in_new), len(in_old)), len(shared) / len(in_new), lead)


def _shingles(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[i:] for i in range(WIDTH)), strict=False))


def _lead(shingles: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return shingles[: max(1, int(len(shingles) * LEAD_SHARE))]

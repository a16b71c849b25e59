"""Fingerprints of a text: hashes of its anchored 5-word shingles.

An anchor is a word longer than 3 letters whose own hash is divisible by 4; it starts a shingle. A cut, a changed word
or added text disturbs only the shingles around it, so shared / smaller is containment (HEART, section 2). A long text
is sampled half as densely: of any 3 anchors that follow each other at least one starts a shingle that is taken.
"""

import hashlib
import struct
from collections.abc import Sequence
from hashlib import blake2b

WIDTH = 5  # words in a shingle
ANCHOR_MODULUS = 4  # about 46 anchors in 430 words
ANCHOR_LETTERS = 4
LONG = 200  # words, from which half the anchors count: a copy is found and kept in half the time and space
WINDOW = 3  # anchors, of which the one with the smallest hash counts
BYTES = 8  # of a hash, of which one bit is dropped: databases know no unsigned numbers
MEMO = 300_000  # words remembered


class _Anchors(dict[str, int]):
    """An anchor's hash, 0 for any other word; filled as words are met, twice as fast as a function that remembers."""

    def __missing__(self, word: str) -> int:
        if len(self) >= MEMO:
            self.clear()
        hashed = _hash(word) if len(word) >= ANCHOR_LETTERS else 1
        found = self[word] = 0 if hashed % ANCHOR_MODULUS else hashed
        return found


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=BYTES).digest(), "big") >> 1


_anchors = _Anchors()


def is_anchor(word: str) -> bool:
    """Whether a folded word starts a shingle; the same in every process, unlike hash()."""
    return _anchors[word] > 0


def fingerprints(words: Sequence[str]) -> list[int]:
    """63-bit hashes of the anchored shingles of folded words, each once, in order; of a LONG text half of them."""
    hashed = list(map(_anchors.__getitem__, words))
    starts = [i for i, h in enumerate(hashed[: len(words) - WIDTH + 1]) if h] if len(words) >= WIDTH else []
    if len(words) >= LONG and len(starts) >= WINDOW:
        starts = _thinned([(hashed[i], i) for i in starts])
    digests = [blake2b(" ".join(words[i : i + WIDTH]).encode(), digest_size=BYTES).digest() for i in starts]
    return list(dict.fromkeys([h >> 1 for h in struct.unpack(f">{len(digests)}Q", b"".join(digests))]))


def _thinned(anchors: Sequence[tuple[int, int]]) -> list[int]:
    """Where the smallest of each WINDOW neighbours stands; (hash, position) of all."""
    smallest = map(min, zip(*(anchors[i:] for i in range(WINDOW)), strict=False))
    return [position for _, position in dict.fromkeys(smallest)]


def text_hash(words: Sequence[str]) -> str:
    """Of folded words: equal for texts that differ in case, accents, punctuation and layout only."""
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:32]

"""Words: one tokenizer for rules, fingerprints and stories, so that they agree on what a word is."""

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Case and accents removed: `Juárez` -> `juarez`. Compatibility forms are unified (NFKC)."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """The folded words of a text in order."""
    return [fold(w) for w in WORD.findall(text)]


def tokens(text: str) -> list[tuple[str, int, int]]:
    """Folded words with their character positions `[start, end)` in `text`."""
    return [(fold(m.group()), m.start(), m.end()) for m in WORD.finditer(text)]

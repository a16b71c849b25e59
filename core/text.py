"""Words: one tokenizer for rules, fingerprints and stories, so that they agree on what a word is.

A word is a run of letters and digits; hyphens and dashes separate; a possessive 's belongs to no word. Scripts
without blanks (Chinese, Japanese) give one word a run: they are stored and found as phrases, not analysed.
"""

import re
import unicodedata
from functools import lru_cache

# group 1 is the word; a possessive after it is swallowed so that `Mexico's tariff` holds `Mexico tariff`
WORD = re.compile(r"([^\W_]+)(?:['’][sS](?![^\W_]))?")


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Case and accents removed: `Juárez` -> `juarez`. Compatibility forms are unified (NFKD)."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """The folded words of a text in order."""
    return [fold(w) for w in WORD.findall(text)]


def tokens(text: str) -> list[tuple[str, int, int]]:
    """Folded words with their character positions `[start, end)` in `text`."""
    return [(fold(m[1]), *m.span(1)) for m in WORD.finditer(text)]

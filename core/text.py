"""Words: one tokenizer for rules, fingerprints and stories, so that they agree on what a word is.

A word is a run of letters and digits with the marks that belong to them; hyphens and dashes separate; a possessive
's belongs to no word. Soft hyphens and zero-width characters inside a word are passed over. In Chinese and Japanese,
written without blanks, every character is a word: `関税` is found as a phrase of two.
"""

import re
import unicodedata
from functools import lru_cache

# invisible inside a word: soft hyphen, joiner and variation marks, zero-width blanks, direction marks
INVISIBLE = "\u00ad\u034f\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff" + "".join(
    map(chr, range(0xE0100, 0xE01F0))
)
UNSPACED = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
# letters that Unicode does not take apart but readers do
ALIKE = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T", "ı": "i",
     "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"} | dict.fromkeys(INVISIBLE, "")
)  # fmt: skip


def _marks() -> str:
    """Every combining mark as ranges of a character class: texts in NFD and scripts with vowel signs have them."""
    found: list[list[int]] = []
    for code in range(0x300, 0x1F000):
        if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me"):
            if found and found[-1][1] == code - 1:
                found[-1][1] = code
            else:
                found.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in found)


_LETTER = rf"[^\W_{UNSPACED}]"
_MARK = f"[{_marks()}{INVISIBLE}]"
# Group 1 is the word; a possessive after it is swallowed so that `Mexico's tariff` holds `Mexico tariff`.
# `++` never gives back: hostile runs cost linear time. The lookahead keeps plain words fast (0.7x the time without).
WORD = re.compile(
    rf"({_LETTER}++(?:(?=[^\x00-\x7f])(?:{_MARK}++{_LETTER}*+)*+)?|(?=\w)[{UNSPACED}]{_MARK}*+)(?:['’＇][sS](?![^\W_]))?"
)


# The same words where a text has none of the characters that need care; 2 times as fast
SPECIAL = re.compile(f"[{_marks()}{INVISIBLE}{UNSPACED}]")
PLAIN = re.compile(r"([^\W_]++)(?:['’＇][sS](?![^\W_]))?")
_easy: set[str] = set()  # characters met that need no care: looking each up once is 20 times as fast as SPECIAL
ASCII = re.compile(r"([A-Za-z0-9]++)(?:'[sS](?![A-Za-z0-9]))?")


def word_pattern(text: str) -> re.Pattern[str]:
    """The fastest pattern that finds the words of this text; group 1 is the word, as in WORD."""
    if text.isascii():
        return ASCII
    fresh = set(text) - _easy
    if any(map(SPECIAL.match, fresh)):
        return WORD
    _easy.update(fresh)
    return PLAIN


def find_words(text: str) -> list[str]:
    """The words of a text as printed, in order."""
    parted = _parted(text)
    return word_pattern(text).findall(text) if parted is None else parted.decode(ONE_BYTE).split()


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Case and accents removed: `Juárez` -> `juarez`. Compatibility forms are unified (NFKD): full width, ligatures."""
    if word.isascii():
        return word.lower()
    return unaccented(unaccented(word).casefold()) or word


def unaccented(word: str) -> str:
    """Accents and invisible characters removed, case kept: `Juárez` -> `Juarez`."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFKD", word).translate(ALIKE)
    return "".join(c for c in decomposed if not unicodedata.combining(c)) or word


def words(text: str) -> list[str]:
    """The folded words of a text in order."""
    parted = _parted(text)
    if parted is not None:
        folded = parted.translate(_FOLDED)
        if ASK not in folded:
            return folded.decode("ascii").split()
    return list(map(fold, find_words(text)))


def tokens(text: str) -> list[tuple[str, int, int]]:
    """Folded words with their character positions `[start, end)` in `text`."""
    return [(fold(m[1]), *m.span(1)) for m in word_pattern(text).finditer(text)]


# Nearly every western text has one byte a character in this code; translating and splitting bytes finds its words
# 3 times as fast as the fastest pattern.
ONE_BYTE = "cp1252"
ASK = b"\0"  # stands for a character that bytes cannot decide about
_CHARACTERS = [bytes([code]).decode(ONE_BYTE, "replace") for code in range(256)]
_LETTERS = bytes(code for code, c in enumerate(_CHARACTERS) if c.isalnum())


def _printed(c: str) -> bytes:
    if SPECIAL.match(c):
        return ASK
    return b"'" if c in "'’" else c.encode(ONE_BYTE) if c.isalnum() else b" "


def _folded(c: str) -> bytes:
    if not c.isalnum():
        return b" "
    folded = fold(c)
    return folded.encode() if len(folded) == 1 and folded.isascii() else ASK


_PARTED = b"".join(map(_printed, _CHARACTERS))
_FOLDED = b"".join(map(_folded, _CHARACTERS))
_POSSESSIVE = re.compile(rb"'[sS](?<=[%b]'[sS])(?![%b])" % (_LETTERS, _LETTERS))
_CHAIN = re.compile(rb"'[sS]'[sS]")  # of possessives: which of them belong to a word takes the pattern to say


def _parted(text: str) -> bytes | None:
    """A text's words in bytes with blanks between them; None where it takes a pattern to find them."""
    try:
        parted = text.encode(ONE_BYTE).translate(_PARTED)
    except UnicodeEncodeError:
        return None
    if b"'" in parted:
        if _CHAIN.search(parted):
            return None
        parted = _POSSESSIVE.sub(b"", parted).replace(b"'", b" ")
    return None if ASK in parted else parted

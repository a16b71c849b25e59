"""What a text is about, as counted terms: words of its language, and marks that survive translation: names, numbers."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.text import find_words, fold
from crawler.common import STOP, STOP_ELSEWHERE, stem
from crawler.language import MARKS, MIN_WORDS, detect

TITLE, LEAD, REST = 2.0, 1.0, 0.5  # weight of a word by its place (HEART, section 3)
LEAD_WORDS = 100
MOST_WORDS = 400  # of a text; what follows adds no event
MOST_LETTERS = 20 * MOST_WORDS  # of a text written without blanks
LONGEST = 40  # letters of a word worth keeping
SMALL = 13  # smaller numbers are everywhere
MEMO = 50_000  # words of a language remembered with their terms, and as many that were before
LANGUAGES = 20  # that have a memory of their own

SCALE = {"thousand": 10**3, "mil": 10**3, "million": 10**6, "millon": 10**6, "millones": 10**6, "billion": 10**9,
         "mil millones": 10**9}  # fmt: skip
SCALED = re.compile(r" (thousand|million|billion|mil millones|millones|millón|mil)\b", re.IGNORECASE)
DIGITS = re.compile(r"[0-9][0-9.,]*")
GROUPED = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")
DECIMAL = re.compile(r"[0-9]+(?:[.,][0-9]{1,2})?")
SENTENCE_END = frozenset(".!?…:;\"'“”‘’«»")  # last character before a capital that names nobody


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of one text, weighed by place and count: words, tagged `en:`, and marks, names `@` and numbers `#`."""

    language: str
    words: dict[str, float]
    marks: dict[str, float]


class _Memo(dict[str, str]):
    """What was asked for -> its answer. Bounded; what is asked for often stays."""

    def __init__(self, answer: Callable[[str], str]) -> None:
        super().__init__()
        self._answer = answer
        self._older: dict[str, str] = {}

    def __missing__(self, asked: str) -> str:
        if len(self) >= MEMO:
            self._older = dict(self)
            self.clear()
        answer = self._older.get(asked)
        found = self[asked] = self._answer(asked) if answer is None else answer
        return found


class _Language:
    """A word as printed -> its term, and what starts with a capital -> the name it starts with; '' for none."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.words = _Memo(self._term)
        self.names = _Memo(self._name)
        self._stop = STOP.get(code, STOP_ELSEWHERE)
        self._shortest = 2 if code in MARKS else 4  # function words of languages we have no list of

    def _term(self, word: str) -> str:
        folded = fold(word)
        return f"{self.code}:{stem(folded, self.code)}" if self._tells(folded) else ""

    def _name(self, printed: str) -> str:
        first = fold(next(iter(find_words(printed)), ""))
        return f"@{first}" if len(first) > 2 and self._tells(first) else ""

    def _tells(self, folded: str) -> bool:
        return self._shortest <= len(folded) <= LONGEST and folded not in self._stop and not folded.isdigit()


_languages: dict[str, _Language] = {}


def _language(code: str) -> _Language:
    if code not in _languages:
        if len(_languages) >= LANGUAGES:  # whatever pages claim to be written in
            _languages.clear()
        _languages[code] = _Language(code)
    return _languages[code]


def terms_of(title: str, text: str, language: str | None) -> Terms:
    """The terms of an article. `language` is believed where known, else guessed from the commonest words."""
    heads, body = title.split(None, MOST_WORDS)[:MOST_WORDS], _printed(text)
    code = (language or "")[:2].lower() or _guess(find_words(" ".join((*heads, *body))))
    known = _language(code)
    terms = Terms(code, {}, {})
    _add(terms, known, heads, TITLE, named=_sentence_case(heads))
    _add(terms, known, body[:LEAD_WORDS], LEAD)
    if len(body) > LEAD_WORDS:
        _add(terms, known, body[LEAD_WORDS - 1 :], REST, skip=1)
    return terms


def _printed(text: str) -> list[str]:
    """What stands between blanks at the start of a text; a line ends as a sentence does."""
    printed = text[: MOST_LETTERS + LONGEST].replace("\n", " . ").split(None, MOST_WORDS)
    return printed[:MOST_WORDS]


def _add(
    terms: Terms, known: _Language, printed: Sequence[str], weight: float, *, named: bool = True, skip: int = 0
) -> None:
    """Count one part of a text; the first `skip` of it only say what came before. `named`: capitals mean names."""
    text = " ".join(printed[skip:] if skip else printed)
    numbers = [*_numbers(text)]
    counts = Counter(map(known.words.__getitem__, find_words(text)))
    counts.update([f"{known.code}:{number}" for number in numbers])
    del counts[""]
    for term, count in counts.items():
        terms.words[term] = terms.words.get(term, 0.0) + count * weight
    marks = [f"#{number}" for number in numbers]
    if named:
        name = known.names
        marks += [name[b] for a, b in pairwise(printed) if b[0].isupper() and a[-1] not in SENTENCE_END]
    for mark in marks:
        if mark:
            terms.marks[mark] = terms.marks.get(mark, 0.0) + weight


def _guess(printed: Sequence[str]) -> str:
    words = [*map(fold, printed)]
    found = detect(words)
    if found is not None:
        return found
    if len(words) >= MIN_WORDS:
        return ""
    counts = {code: sum(w in MARKS[code] for w in words) for code in ("en", "es")}
    return "es" if counts["es"] > counts["en"] else "en"


def _sentence_case(heads: Sequence[str]) -> bool:
    """Whether a headline keeps capitals for names: English ones often do not."""
    longer = [w for w in find_words(" ".join(heads)) if len(w) > 3]
    return bool(longer) and 2 * sum(w[0].islower() for w in longer) >= len(longer)


def _numbers(text: str) -> Iterator[str]:
    """Numbers in digits, as one way of writing them has it; those too small to tell events apart are left out."""
    for m in DIGITS.finditer(text):
        digits = m[0].rstrip(".,")
        if m.start() and text[m.start() - 1].isalnum():  # H5N1
            continue
        scaled = SCALED.match(text, m.start() + len(digits))
        if scaled is None and len(digits) < 2:
            continue
        number = _number(digits, scaled[1] if scaled else None)
        if number is not None:
            yield number


def _number(digits: str, scale: str | None) -> str | None:
    """`10,000`, `10.000` and `10 mil` are 10000."""
    if GROUPED.fullmatch(digits):
        value = float(digits.replace(",", "").replace(".", ""))
    elif DECIMAL.fullmatch(digits):
        value = float(digits.replace(",", "."))
    else:
        return None
    value *= SCALE[fold(scale)] if scale else 1
    if value < SMALL or value > 1e15:
        return None
    return str(int(value)) if value == int(value) else f"{value:g}"

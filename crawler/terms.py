"""What a text is about, as counted terms: words of its language, and marks that survive translation: names, numbers."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from core.text import find_words, fold
from core.text import words as words_of
from crawler.common import STOP, STOP_ELSEWHERE, stem
from crawler.language import MARKS, MIN_WORDS, detect

TITLE, LEAD, REST = 4, 2, 1  # how often a word counts by its place, each time as a HALF (HEART, section 3)
HALF = 0.5
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
    """A folded word -> its term, and what starts with a capital -> the name it starts with; '' for none."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.words = _Memo(self._term)
        self.names = _Memo(self._name)
        self._stop = STOP.get(code, STOP_ELSEWHERE)
        self._shortest = 2 if code in MARKS else 4  # function words of languages we have no list of

    def _term(self, folded: str) -> str:
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


def terms_of(title: str, text: str, language: str | None, words: Sequence[str] | None = None) -> Terms:
    """The terms of an article; `words`: those of its text, folded, where they are known.

    `language` is believed where known, else guessed from the commonest words.
    """
    heads, body = title.split(None, MOST_WORDS)[:MOST_WORDS], _printed(text)
    headline = words_of(" ".join(heads))
    words = (words_of(" ".join(body)) if words is None else words)[:MOST_WORDS]
    code = (language or "")[:2].lower() or _guess([*headline, *words])
    known = _language(code)
    term_of = known.words.__getitem__
    said = [*map(term_of, words)]
    counts = Counter(chain([*map(term_of, headline)] * TITLE, said * REST, said[:LEAD_WORDS] * (LEAD - REST)))
    marks = Counter[str]()
    for printed, before, weight in (
        (heads, heads if _sentence_case(heads) else (), TITLE),
        (body[:LEAD_WORDS], body[:LEAD_WORDS], LEAD),
        (body[LEAD_WORDS:], body[LEAD_WORDS - 1 :], REST),
    ):
        if printed:
            numbers = [*_numbers(" ".join(printed))] * weight
            counts.update([f"{code}:{number}" for number in numbers])
            marks.update([f"#{number}" for number in numbers])
            marks.update(_names(before, known) * weight)
    counts.pop("", None)
    marks.pop("", None)
    return Terms(code, *({term: HALF * n for term, n in each.items()} for each in (counts, marks)))


def _printed(text: str) -> list[str]:
    """What stands between blanks at the start of a text; a line ends as a sentence does."""
    printed = text[: MOST_LETTERS + LONGEST].replace("\n", " . ").split(None, MOST_WORDS)
    return printed[:MOST_WORDS]


def _names(printed: Sequence[str], known: _Language) -> list[str]:
    """What starts with a capital within a sentence; the first word printed only says what came before."""
    return [known.names[b] for a, b in pairwise(printed) if b[0].isupper() and a[-1] not in SENTENCE_END]


def _guess(words: Sequence[str]) -> str:
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

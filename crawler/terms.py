"""What a text is about, as weighted terms, and how close two texts are: incremental TF-IDF with time decay.

Within a language the terms are words; across languages they are marks, which survive translation: names and numbers.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from core.text import WORD, fold
from crawler.common import COMMON, STOP, STOP_ELSEWHERE, stem
from crawler.language import MARKS, MIN_WORDS, detect

Vector = dict[str, float]  # term -> weight
TITLE, LEAD, REST = 2.0, 1.0, 0.5  # weight of a word by its place (HEART, section 3)
LEAD_WORDS = 100
MOST_WORDS = 400  # of a text; what follows adds no event
LONGEST = 40  # letters of a word worth keeping
KEPT = 80  # heaviest terms of a text or story (HEART, section 3)
HEADLINE, LOW = 8, 0.10  # terms of a headline, and the cosine that joins it
FULL, HIGH = 64, 0.30  # terms of a full text, and its cosine
TEASER = 16  # terms of a headline with a line below it
BESIDE = 0.16  # the least that joins a headline to longer texts: their many words are shared by chance
LONE = 0.15  # where a single term is shared
TELLING = 4.6  # idf of a mark in fewer than one article in a hundred
AGREEING = 3  # telling marks, one of them a number, that make two texts agree
ACROSS = 0.35  # cosine of marks that joins texts of two languages which agree
HELP = 0.25  # what agreeing marks add to the cosine of words
IDF_POWER = 0.7  # of words: below 1, a rare word alone decides less (headlines: B-cubed F1 .747 against .724)
PRIOR = 2000  # articles' worth of belief in COMMON before anything is counted
HALF_LIFE = timedelta(days=3)

SCALE = {"thousand": 10**3, "mil": 10**3, "million": 10**6, "millon": 10**6, "millones": 10**6, "billion": 10**9,
         "mil millones": 10**9}  # fmt: skip
TOKEN = re.compile(
    r"(?P<number>\d{1,3}(?:[.,]\d{3})+(?!\d)|\d+(?:[.,]\d{1,2}(?!\d))?)"
    r"(?:[\s\u00a0]+(?P<scale>thousand|million|billion|mil[\s\u00a0]+millones|millones|millón|mil)\b)?"
    rf"|{WORD.pattern}",
    re.IGNORECASE,
)
WORD_GROUP = 3  # of TOKEN, after number and scale
SENTENCE_START = re.compile(r"(?:^|[.!?…:;\n\r]|[\n\r.!?…:;-]\s*[\"'“”‘’«»(—–-])[\s\u00a0]*[\"'“”‘’«»(¿¡—–-]*$")
SMALL = 13  # smaller numbers are everywhere
YEARS = range(1990, 2041)


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of one text with their weight by place and count. Words are tagged `en:`, names `@`, numbers `#`."""

    language: str
    words: dict[str, float]
    marks: dict[str, float]


def terms_of(title: str, text: str, language: str | None) -> Terms:
    """The terms of an article. `language` is believed where known, else guessed from the commonest words."""
    heads = list(islice(TOKEN.finditer(title), MOST_WORDS))
    body = list(islice(TOKEN.finditer(text), MOST_WORDS))
    code = (language or "")[:2].lower() or _guess([fold(m[WORD_GROUP]) for m in (*heads, *body) if m[WORD_GROUP]])
    terms = Terms(code, {}, {})
    _collect(terms, title, heads, lambda _: TITLE, _sentence_case(heads))
    _collect(terms, text, body, lambda position: LEAD if position < LEAD_WORDS else REST, True)
    return terms


def _collect(
    terms: Terms, text: str, tokens: Sequence[re.Match[str]], weight_at: Callable[[int], float], named: bool
) -> None:
    """Add the tokens of one field; `named`: a capital inside a sentence means a name there."""
    code, words, marks = terms.language, terms.words, terms.marks
    stop = STOP.get(code, STOP_ELSEWHERE)
    shortest = 2 if code in MARKS else 4  # function words of languages we have no list of
    for position, m in enumerate(tokens):
        weight, word = weight_at(position), m[WORD_GROUP]
        if word is None:
            number = _number(m["number"], m["scale"])
            if number is not None:
                words[f"{code}:{number}"] = words.get(f"{code}:{number}", 0.0) + weight
                marks[f"#{number}"] = marks.get(f"#{number}", 0.0) + weight
            continue
        folded = fold(word)
        if folded in stop or not shortest <= len(folded) <= LONGEST:
            continue
        term = f"{code}:{stem(folded, code)}"
        words[term] = words.get(term, 0.0) + weight
        if named and word[0].isupper() and len(folded) > 2 and not _starts_sentence(text, m.start()):
            marks[f"@{folded}"] = marks.get(f"@{folded}", 0.0) + weight


def _guess(words: Sequence[str]) -> str:
    found = detect(words)
    if found is not None:
        return found
    if len(words) >= MIN_WORDS:
        return ""
    counts = {code: sum(w in MARKS[code] for w in words) for code in ("en", "es")}
    return "es" if counts["es"] > counts["en"] else "en"


def _sentence_case(heads: Iterable[re.Match[str]]) -> bool:
    """Whether a headline keeps capitals for names: English ones often do not."""
    longer = [m[WORD_GROUP] for m in heads if m[WORD_GROUP] and len(m[WORD_GROUP]) > 3]
    return bool(longer) and 2 * sum(w[0].islower() for w in longer) >= len(longer)


def _starts_sentence(text: str, position: int) -> bool:
    return SENTENCE_START.search(text[max(0, position - 6) : position]) is not None if position else True


def _number(digits: str, scale: str | None) -> str | None:
    """`10,000`, `10.000` and `10 mil` are 10000; None for numbers too small to tell events apart."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits):
        value = float(re.sub(r"[.,]", "", digits))
    else:
        value = float(digits.replace(",", "."))
    if scale:
        value *= SCALE[" ".join(fold(scale).split())]
    if value < SMALL or value > 1e15:
        return None
    return f"{value:g}" if value != int(value) else str(int(value))


def idf(term: str, frequency: Mapping[str, int], articles: int) -> float:
    """How much a term tells apart. `frequency`: in how many of the `articles` of its language it occurs."""
    seen = frequency.get(term, 0) + PRIOR * _expected(term)
    return max(0.05, math.log((articles + PRIOR) / (seen + 0.5)))


def _expected(term: str) -> float:
    """In what share of articles a term occurs, as far as we know without counting."""
    rate = COMMON.get(term)
    if rate is not None:
        return rate
    digits = term.partition(":")[2] or term[1:]
    if not digits.isdigit():
        return 0.0
    value = int(digits)
    return 0.1 if value in YEARS and len(digits) == 4 else 0.03 if value < 100 else 0.0


def weigh(counts: Mapping[str, float], weights: Mapping[str, float]) -> Vector:
    """The KEPT heaviest terms by count and idf, scaled to length 1."""
    return unit({t: (1 + math.log(c) if c > 1 else c) * weights[t] for t, c in counts.items()})


def unit(weights: Mapping[str, float]) -> Vector:
    """The KEPT heaviest terms scaled to length 1."""
    kept = heaviest(weights)
    length = math.sqrt(sum(w * w for w in kept.values()))
    return {t: w / length for t, w in kept.items()} if length else {}


def heaviest(weights: Mapping[str, float], most: int = KEPT) -> Vector:
    """The `most` heaviest terms, heaviest first."""
    return dict(sorted(weights.items(), key=lambda tw: (-tw[1], tw[0]))[:most])


def decay(gap: timedelta) -> float:
    """What likeness is worth over a gap in time: half after HALF_LIFE."""
    return float(0.5 ** (abs(gap) / HALF_LIFE))


def moment(published: datetime | None, now: datetime) -> datetime:
    """When an article counts as printed: its own date, however old, unless that lies ahead."""
    return now if published is None or published > now else published


@dataclass(frozen=True, slots=True)
class Profile:
    """An article weighed: vectors of length 1 of its words and marks; `telling` marks name few events."""

    language: str
    words: Vector
    marks: Vector
    telling: frozenset[str]


def profile(terms: Terms, frequency: Mapping[str, int], articles: int, all_articles: int) -> Profile:
    """Weigh a text. `articles` are those counted in its language, `all_articles` those in any."""
    by_word = {t: idf(t, frequency, articles) ** IDF_POWER for t in terms.words}
    by_mark = {t: idf(t, frequency, all_articles) for t in terms.marks}
    telling = frozenset(t for t, weight in by_mark.items() if weight >= TELLING)
    return Profile(terms.language, weigh(terms.words, by_word), weigh(terms.marks, by_mark), telling)


@dataclass(frozen=True, slots=True)
class Centre:
    """What a story is about: the sums of its articles' vectors, words apart by language.

    `sizes`: how many terms an article of it has, the newest counting most.
    """

    words: Mapping[str, Vector]
    sizes: Mapping[str, float]
    marks: Vector


EMPTY = Centre({}, {}, {})


def add_to(centre: Centre, article: Profile) -> Centre:
    """A story's centre with one more article."""
    code, size = article.language, float(len(article.words))
    words = _sum(centre.words.get(code, {}), article.words)
    before = centre.sizes.get(code, size)
    return Centre(
        {**centre.words, code: words},
        {**centre.sizes, code: round(0.8 * before + 0.2 * size, 1)},
        _sum(centre.marks, article.marks),
    )


def _sum(a: Vector, b: Vector) -> Vector:
    total = dict(a)
    for term, weight in b.items():
        total[term] = round(total.get(term, 0.0) + weight, 4)
    return heaviest(total)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How close an article is to a story: cosine with its evidence, 0 to 1, and how far that is above the threshold."""

    score: float
    margin: float  # score / threshold: 1 or more joins


def likeness(article: Profile, centre: Centre, gap: timedelta) -> Likeness:
    """Within a language by words, helped by shared numbers and names; across languages by those alone."""
    marks, both = _cosine(article.marks, centre.marks)
    telling = [t for t in both if t in article.telling]
    agree = len(telling) >= AGREEING and any(t.startswith("#") for t in telling)
    faded = decay(gap)
    across = marks * faded if agree else 0.0
    best = Likeness(across, across / ACROSS)
    own = centre.words.get(article.language)
    if own:
        words, shared = _cosine(article.words, own)
        score = min(1.0, words + (HELP * marks if agree else 0.0)) * faded
        needed = threshold(len(article.words), centre.sizes[article.language])
        if len(shared) < 2:
            needed = max(needed, LONE)
        best = max(best, Likeness(score, score / needed), key=lambda found: found.margin)
    return best


def _cosine(vector: Vector, total: Vector) -> tuple[float, list[str]]:
    """Of a vector of length 1 with any other, and the terms they share."""
    shared = [t for t in vector if t in total]
    if not shared:
        return 0.0, []
    return sum(vector[t] * total[t] for t in shared) / math.sqrt(sum(w * w for w in total.values())), shared


def threshold(one: float, other: float) -> float:
    """The cosine that makes one story of texts with so many terms: a headline has few words to share."""
    smaller, larger = sorted((one, other))
    share = math.log(max(HEADLINE, min(smaller, FULL)) / HEADLINE) / math.log(FULL / HEADLINE)
    cosine = LOW + (HIGH - LOW) * share
    return cosine if larger < TEASER else max(cosine, BESIDE)

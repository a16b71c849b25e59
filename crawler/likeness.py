"""How close an article is to a story: cosine of weighted terms with time decay.

Within a language the terms are words; across languages they are marks, which survive translation: names and numbers.
"""

import math
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter, mul
from typing import TypeVar

from crawler.frequency import Frequencies
from crawler.terms import Terms

Weight = TypeVar("Weight", int, float)
Vector = dict[str, float]  # term -> weight
Sum = dict[str, int]  # term -> weight in parts of UNIT: whole numbers are written and read in half the time
UNIT = 1000
KEPT = 80  # heaviest terms of a text or story (HEART, section 3)
HEADLINE, LOW = 8, 0.08  # terms of a headline, and the cosine that joins it
FULL, HIGH = 64, 0.36  # terms of a full text, and what joins it: cosine of words and NAMED times that of marks
TEASER = 16  # terms of a headline with a line below it
BESIDE = 0.16  # the least that joins a headline to longer texts: their many words are shared by chance
LONE, TWO = 0.15, 0.12  # the least where a single term is shared, or two
NAMED = 0.8  # what marks count beside words in full texts (whole texts: B-cubed F1 .95; .90 without, .95 at .6 and 1)
ACROSS = 0.16  # cosine of marks that joins texts of two languages which agree (.95 at .14 to .18, .93 at .25)
TELLING = 4.6  # idf of a mark in fewer than one article in a hundred: no other says which event is meant
AGREEING, NUMBER = 3, 2  # telling marks that make two texts agree; a number counts twice
HALF_LIFE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Profile:
    """An article weighed: vectors of length 1, heaviest first; `telling` marks name few events.

    A mark weighs the same however often it is there: cities and presidents are named most. The first are those that
    would weigh most if it did not.
    """

    language: str
    words: Vector
    marks: Vector
    telling: frozenset[str]


def profile(terms: Terms, known: Frequencies) -> Profile:
    """Weigh a text by what has been counted."""
    idf = known.marks
    telling = frozenset([t for t in terms.marks if idf[t] >= TELLING])
    first = heaviest(_weighed(terms.marks, idf))
    words = heaviest(_weighed(terms.words, known.words(terms.language)))
    return Profile(terms.language, _unit(words), _unit({t: idf[t] for t in first}), telling)


def _weighed(counts: Mapping[str, float], weights: Mapping[str, float]) -> Vector:
    damped = map(_DAMPED.__getitem__, counts.values())
    return dict(zip(counts, map(mul, damped, map(weights.__getitem__, counts)), strict=True))


class _Damped(dict[float, float]):
    """A count -> what it weighs: the tenth mention says little more than the ninth."""

    def __missing__(self, count: float) -> float:
        found = self[count] = 1 + math.log(count) if count > 1 else count
        return found


_DAMPED = _Damped()


def _unit(vector: Vector) -> Vector:
    length = math.sqrt(sum(map(mul, vector.values(), vector.values())))
    return {t: w / length for t, w in vector.items()} if length else {}


def heaviest(vector: Mapping[str, Weight], most: int = KEPT) -> dict[str, Weight]:
    """The `most` heaviest terms, heaviest first, in the order given where equal."""
    return dict(sorted(vector.items(), key=itemgetter(1), reverse=True)[:most])


def decay(gap: timedelta) -> float:
    """What likeness is worth over a gap in time: half after HALF_LIFE."""
    return float(0.5 ** (abs(gap) / HALF_LIFE))


def moment(published: datetime | None, now: datetime) -> datetime:
    """When an article counts as printed: its own date, however old, unless that lies ahead."""
    return now if published is None or published > now else published


@dataclass(frozen=True, slots=True)
class Centre:
    """What a story is about: the sums of its articles' vectors, words apart by language.

    `sizes`: how many terms an article of it has, the newest counting most.
    """

    words: Mapping[str, Sum]
    sizes: Mapping[str, float]
    marks: Sum


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


def _sum(total: Sum, more: Vector) -> Sum:
    if not total:
        return {t: int(UNIT * w) for t, w in more.items()}
    total = dict(total)
    for term, weight in more.items():
        total[term] = total.get(term, 0) + int(UNIT * weight)
    return total if len(total) <= KEPT else heaviest(total)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How close an article is to a story: cosine with its evidence, 0 to 1, and how far that is above the threshold."""

    score: float
    margin: float  # score / threshold: 1 or more joins


def likeness(article: Profile, centre: Centre, gap: timedelta) -> Likeness:
    """Within a language by words, and the more by marks the longer the texts; across languages by marks alone."""
    marks, named = _cosine(article.marks, centre.marks, article.telling)
    agreed = sum(NUMBER if t[0] == "#" else 1 for t in named)
    own = centre.words.get(article.language)
    if not own:
        score = marks * decay(gap) if agreed >= AGREEING else 0.0
        return Likeness(score, score / ACROSS)
    words, shared = _cosine(article.words, own, own)
    one, other = len(article.words), centre.sizes[article.language]
    names = NAMED * fullness(one, other) * min(1.0, agreed / AGREEING) * marks
    score = min(1.0, words + names) * decay(gap)
    fewest = LONE if len(shared) < 2 else TWO if len(shared) == 2 else 0.0
    return Likeness(score, score / max(threshold(one, other), fewest))


def _cosine(vector: Vector, total: Sum, counting: Container[str]) -> tuple[float, list[str]]:
    """Of a vector of length 1 with any other by the terms that count, and those they share.

    Shared names that everybody writes of count for nothing, however much of two short texts they make up.
    """
    shared = [t for t in vector if t in total and t in counting]
    if not shared:
        return 0.0, []
    length = math.sqrt(sum(map(mul, total.values(), total.values())))
    return sum(vector[t] * total[t] for t in shared) / length, shared


def fullness(one: float, other: float) -> float:
    """From 0, where the smaller of two texts is a headline, to 1 for full texts."""
    return math.log(max(HEADLINE, min(one, other, FULL)) / HEADLINE) / math.log(FULL / HEADLINE)


def threshold(one: float, other: float) -> float:
    """The likeness that makes one story of texts with so many terms: a headline has few words to share."""
    cosine = LOW + (HIGH - LOW) * fullness(one, other)
    return cosine if max(one, other) < TEASER else max(cosine, BESIDE)

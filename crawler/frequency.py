"""How rare a term is among the articles we have: counted from what is stored, renewed every so many articles.

Between two renewals every weight stays the same, so that it is worked out once and read from memory. What was counted
is in the database under a name of its own: a process that finds another name than the one it has read reads it anew.
"""

import math
import uuid
from collections import Counter
from collections.abc import Callable

from crawler.common import COMMON
from crawler.terms import terms_of
from store import Tx, stories

IDF_POWER = 0.7  # of words: below 1, a rare word alone decides less (headlines: B-cubed F1 .747 against .724)
PRIOR = 2000  # articles' worth of belief in COMMON before anything is counted
YEARS = range(1990, 2041)
FIRST, LAST = 64, 4096  # articles between two renewals, at first and in the end
SHARE = 4  # in between: a quarter more articles than there were
COUNTED = 128  # articles counted at a renewal, evenly chosen
AGED = 16_000  # articles counted in all before counts are halved
KNOWN = 2  # databases whose counts are kept in memory


class _Weights(dict[str, float]):
    """Term -> weight, worked out when first asked for."""

    def __init__(self, weight: Callable[[str], float]) -> None:
        super().__init__()
        self._weight = weight

    def __missing__(self, term: str) -> float:
        found = self[term] = self._weight(term)
        return found


class Frequencies:
    """In how many of the articles counted each term occurs, as weights. `en:` alone counts a language, `@` all."""

    def __init__(self, counts: dict[str, int]) -> None:
        self.counts = counts
        self.marks = _Weights(lambda term: idf(term, counts, counts.get("@", 0)))
        self._words: dict[str, _Weights] = {}

    def words(self, language: str) -> _Weights:
        """Weights of the words of one language."""
        if language not in self._words:
            of_language = self.counts.get(f"{language}:", 0)
            self._words[language] = _Weights(lambda term: idf(term, self.counts, of_language) ** IDF_POWER)
        return self._words[language]


def idf(term: str, counts: dict[str, int], articles: int) -> float:
    """How much a term tells apart. `counts`: in how many of the `articles` of its language it occurs."""
    seen = counts.get(term, 0) + PRIOR * _expected(term)
    return max(0.05, math.log((articles + PRIOR) / (seen + 0.5)))


def _expected(term: str) -> float:
    """In what share of articles a term occurs, as far as we know without counting."""
    rate = COMMON.get(term)
    if rate is not None:
        return rate
    if not term[-1:].isdigit():
        return 0.0
    digits = term.partition(":")[2] or term[1:]
    if not digits.isdecimal():
        return 0.0
    value = int(digits)
    return 0.1 if value in YEARS and len(digits) == 4 else 0.03 if value < 100 else 0.0


NOTHING = Frequencies({})  # of an empty database
_known: dict[str, Frequencies] = {}


def known(tx: Tx) -> Frequencies:
    """What has been counted so far."""
    _, name = stories.counted(tx)
    if not name:
        return NOTHING
    found = _known.get(name)
    if found is None:
        while len(_known) >= KNOWN:
            del _known[next(iter(_known))]
        found = _known[name] = Frequencies(stories.frequencies(tx))
    return found


def renew(tx: Tx, article_id: int) -> bool:
    """Count the articles stored since the last renewal, up to this one, if one is due; whether it was.

    Copies are not counted: the same words again say nothing of how common they are.
    """
    last, _ = stories.counted(tx)
    if article_id - last < max(FIRST, min(LAST, last // SHARE)):
        return False
    counts: Counter[str] = Counter()
    for title, text, language in stories.told(tx, max(last, article_id - LAST), article_id, COUNTED):
        terms = terms_of(title, text, language)
        counts.update(("@", f"{terms.language}:", *terms.words, *terms.marks))
    stories.count(tx, counts)
    if known(tx).counts.get("@", 0) + counts["@"] >= AGED:
        stories.age(tx)
    stories.set_counted(tx, article_id, uuid.uuid4().hex)
    return True

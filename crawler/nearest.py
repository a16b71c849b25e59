"""The story an article belongs to: the most alike of recent ones, found through a persisted index of heavy terms."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import chain, islice
from operator import itemgetter, mul
from typing import Any

from crawler import frequency
from crawler.likeness import EMPTY, Centre, Profile, add_to, heaviest, likeness, moment, profile
from crawler.terms import Terms
from store import Tx, stories

WINDOW = timedelta(hours=72)  # HEART, section 3; likeness has faded to half by then
FILED_WORDS, FILED_MARKS = 9, 8  # heaviest terms a story is filed and sought by: more lose no event, 6 and 5 do
CROWD = 32  # stories per term kept as candidates, the newest
LOOKS = 4  # stories compared in full at most (headlines: B-cubed F1 .814; .816 with 6, whole texts the same)
UNLIKELY = 0.05  # what the terms a story is found by must add up to: two joined had less
BEHIND = 0.25  # and so much of what those of the likeliest story do: three had less
EXPIRE_EVERY = 256  # articles between two sweeps of the index
STEP = 0.0625  # a weight is filed anew when it has changed by so much
FRESH = timedelta(hours=12)  # a story's time is filed anew once in so long


@dataclass(frozen=True, slots=True)
class Weighed:
    """An article as compared and remembered. `crowded`: terms now in too many stories."""

    profile: Profile
    at: datetime
    crowded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nearest:
    """A story that an article belongs to."""

    story_id: int
    score: float


def weigh(tx: Tx, terms: Terms, published: datetime | None, now: datetime) -> Weighed:
    """The article's terms with what has been counted so far."""
    return Weighed(profile(terms, frequency.known(tx)), moment(published, now))


def nearest(tx: Tx, weighed: Weighed) -> tuple[Weighed, Nearest | None]:
    """The story the article joins, if any; and the article with the crowded terms seen on the way."""
    at, article = weighed.at, weighed.profile
    query = dict(chain(islice(article.words.items(), FILED_WORDS), islice(article.marks.items(), FILED_MARKS)))
    rows = stories.holding(tx, list(query), at - WINDOW - FRESH, at + WINDOW)
    likely: dict[int, float] = defaultdict(float)
    for term, story, weight in rows:
        likely[story] += query[term] * weight
    sizes = Counter(map(itemgetter(0), rows))
    weighed = Weighed(article, at, tuple(t for t, n in sizes.items() if 2 * n > 3 * CROWD))
    joined = [
        (like.margin, -story, like.score, resolved)
        for story, resolved, latest, terms in stories.centres(tx, _promising(likely))
        if abs(at - latest) <= WINDOW and (like := likeness(article, _centre(terms), at - latest)).margin >= 1
    ]
    if not joined:
        return weighed, None
    _, _, score, story = max(joined)
    return weighed, Nearest(story, round(min(1.0, score), 4))


def _promising(likely: Mapping[int, float]) -> list[int]:
    """The stories worth reading, by the terms they were found with."""
    best = nlargest(LOOKS, likely.items(), key=itemgetter(1))
    return [story for story, weight in best if weight >= max(UNLIKELY, BEHIND * best[0][1])]


def remember(tx: Tx, article_id: int, story_id: int, weighed: Weighed) -> None:
    """Make an article's story findable by its terms; in the transaction that stored it."""
    enrich(tx, story_id, weighed)
    for term in weighed.crowded:
        stories.thin(tx, term, CROWD)
    if article_id % EXPIRE_EVERY == 0:
        stories.expire(tx, weighed.at - 2 * WINDOW)
    frequency.renew(tx, article_id)


def enrich(tx: Tx, story_id: int, weighed: Weighed) -> None:
    """Add an article to what its story is about."""
    article = weighed.profile
    known = next(((_centre(terms), latest) for _, _, latest, terms in stories.centres(tx, [story_id])), None)
    before = EMPTY if known is None else known[0]
    centre = add_to(before, article)
    stories.save(tx, story_id, {"words": centre.words, "sizes": centre.sizes, "marks": centre.marks}, weighed.at)
    filed = _filed(centre, article.language)
    if known is not None and _half_day(weighed.at) <= _half_day(known[1]):
        old = _filed(before, article.language)
        filed = {t: w for t, w in filed.items() if old.get(t) != w}
    stories.file(tx, story_id, filed, weighed.at)


def _filed(centre: Centre, language: str) -> dict[str, float]:
    """What a story is found by: its heaviest terms, each with its share of the whole in steps."""
    filed: dict[str, float] = {}
    for vector, most in ((centre.words.get(language, {}), FILED_WORDS), (centre.marks, FILED_MARKS)):
        length = math.sqrt(sum(map(mul, vector.values(), vector.values())))
        for term, weight in heaviest(vector, most).items():
            filed[term] = STEP * max(1, round(weight / length / STEP))
    return filed


def _half_day(at: datetime) -> int:
    return int(at.timestamp() // FRESH.total_seconds())


def _centre(terms: Mapping[str, Any]) -> Centre:
    return Centre(terms["words"], terms["sizes"], terms["marks"])

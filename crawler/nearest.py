"""The story an article belongs to: the most alike of recent ones, found through a persisted index of heavy terms."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.model import Article
from crawler.terms import EMPTY, Centre, Profile, Terms, add_to, heaviest, likeness, moment, profile, terms_of
from store import Tx, stories

WINDOW = timedelta(hours=72)  # HEART, section 3; likeness has faded to half by then
FILED_WORDS, FILED_MARKS = 20, 12  # heaviest terms a story is found by
CROWD = 128  # stories per term kept as candidates, the newest
LOOKS = 16  # stories compared in full, those with the likeliest terms
EXPIRE_EVERY = 256  # articles between two sweeps of the index
AGED = 100_000  # articles counted in all before counts are halved


@dataclass(frozen=True, slots=True)
class Weighed:
    """An article as compared and remembered. `crowded`: terms in too many stories, and the last to be forgotten."""

    terms: Terms
    profile: Profile
    at: datetime
    crowded: Mapping[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Nearest:
    """A story that an article belongs to."""

    story_id: int
    score: float


def weigh(tx: Tx, article: Article, now: datetime) -> Weighed:
    """The article's terms with what has been counted so far."""
    terms = terms_of(article.title, article.text, article.language)
    total = f"{terms.language}:"
    counted = stories.frequencies(tx, [total, "@", *terms.words, *terms.marks])
    weighed = profile(terms, counted, counted.get(total, 0), counted.get("@", 0))
    return Weighed(terms, weighed, moment(article.published, now), {})


def nearest(tx: Tx, weighed: Weighed) -> tuple[Weighed, Nearest | None]:
    """The story the article joins, if any; and the article with the crowded terms seen on the way."""
    at, article = weighed.at, weighed.profile
    query = {**heaviest(article.words, FILED_WORDS), **heaviest(article.marks, FILED_MARKS)}
    rows = stories.holding(tx, list(query), at - WINDOW, at + WINDOW)
    likely: dict[int, float] = defaultdict(float)
    held: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in rows:
        likely[row["story_id"]] += query[row["term"]] * row["weight"]
        held[row["term"]].append((row["at"], row["story_id"]))
    crowded = {t: sorted(where)[-CROWD] for t, where in held.items() if len(where) > CROWD}
    weighed = Weighed(weighed.terms, article, at, crowded)
    chosen = sorted(likely, key=lambda story: (-likely[story], story))[:LOOKS]
    found = [
        (likeness(article, _centre(terms), abs(at - latest)), story)
        for story, latest, terms in stories.centres(tx, chosen)
    ]
    joined = [(like, story) for like, story in found if like.margin >= 1]
    if not joined:
        return weighed, None
    like, story = max(joined, key=lambda each: (each[0].margin, -each[1]))
    return weighed, Nearest(story, round(min(1.0, like.score), 4))


def remember(tx: Tx, article_id: int, story_id: int, weighed: Weighed) -> None:
    """Count the article's terms and make its story findable by them."""
    counted = ["@", f"{weighed.terms.language}:", *weighed.terms.words, *weighed.terms.marks]
    stories.count(tx, counted)
    enrich(tx, story_id, weighed)
    for term, (at, last) in weighed.crowded.items():
        stories.drop_until(tx, term, at, last)
    if article_id % EXPIRE_EVERY == 0:
        stories.expire(tx, weighed.at - 2 * WINDOW)
    if article_id % AGED == 0:
        stories.age(tx)


def enrich(tx: Tx, story_id: int, weighed: Weighed) -> None:
    """Add an article to what its story is about."""
    known = next((terms for _, _, terms in stories.centres(tx, [story_id])), None)
    centre = add_to(EMPTY if known is None else _centre(known), weighed.profile)
    stories.save(tx, story_id, {"words": centre.words, "sizes": centre.sizes, "marks": centre.marks}, weighed.at)
    filed: dict[str, float] = {}
    for vector, most in ((centre.words[weighed.profile.language], FILED_WORDS), (centre.marks, FILED_MARKS)):
        length = sum(w * w for w in vector.values()) ** 0.5
        filed |= {t: w / length for t, w in heaviest(vector, most).items()}
    stories.file(tx, story_id, filed, weighed.at)


def _centre(terms: Mapping[str, Any]) -> Centre:
    return Centre(terms["words"], terms["sizes"], terms["marks"])

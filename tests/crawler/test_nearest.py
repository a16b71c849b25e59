"""The nearest story: what is found through the index, merged stories, and what keeps the index small."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from core.model import Relation
from crawler import nearest
from crawler.nearest import CROWD, FILED_MARKS, FILED_WORDS, WINDOW
from crawler.terms import terms_of
from store import Backend
from tests.crawler.placing import NOON, article, place

EVENTS: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).parents[1] / "data" / "folding" / "events.yaml")


def merge(store: Backend, story: int, into: int) -> None:
    with store.tx() as tx:
        tx.run("UPDATE stories SET merged_into = :into WHERE id = :story", into=into, story=story)
        tx.run("UPDATE articles SET story_id = :into WHERE story_id = :story", into=into, story=story)


def test_an_article_like_a_merged_story_joins_the_one_it_was_merged_into(store: Backend) -> None:
    convoy, tunnel = (EVENTS[n]["articles"] for n in (0, 1))
    kept = place(store, article("https://a.example/1", convoy[0]["title"], convoy[0]["text"]))
    gone = place(store, article("https://a.example/2", tunnel[0]["title"], tunnel[0]["text"]))
    assert kept.story_id != gone.story_id
    merge(store, gone.story_id, kept.story_id)
    later = place(store, article("https://b.example/1", tunnel[1]["title"], tunnel[1]["text"]))
    assert (later.relation, later.story_id, later.of) == (Relation.SAME_STORY, kept.story_id, kept.article_id)
    with store.read() as tx:
        terms = tx.all("SELECT id, terms FROM stories WHERE id IN :ids", ids=[kept.story_id, gone.story_id])
    assert all(row["terms"] for row in terms)
    again = place(store, article("https://c.example/1", convoy[1]["title"], convoy[1]["text"]))
    assert again.story_id == kept.story_id


def rows(store: Backend, sql: str, **params: Any) -> list[Any]:
    with store.read() as tx:
        return list(tx.tuples(sql, **params))


def test_a_story_is_filed_under_a_bounded_number_of_its_heaviest_terms(store: Backend) -> None:
    for n, told in enumerate(EVENTS[0]["articles"]):
        place(store, article(f"https://o{n}.example/", told["title"], told["text"], told["language"]))
    filed = rows(store, "SELECT term, weight FROM story_terms")
    by_tag = [sum(term.startswith(tag) for term, _ in filed) for tag in ("en:", "es:", "@", "#")]
    assert by_tag[0] >= FILED_WORDS
    assert by_tag[1] == FILED_WORDS
    assert by_tag[2] + by_tag[3] >= FILED_MARKS
    assert all(0 < weight <= 1 for _, weight in filed)


def test_an_article_that_changes_little_writes_little(store: Backend) -> None:
    told = EVENTS[0]["articles"][0]
    first = place(store, article("https://a.example/1", told["title"], told["text"]))
    with store.tx() as tx:
        tx.run("UPDATE story_terms SET at = 'untouched'")
        nearest.enrich(tx, first.story_id, nearest.weigh(tx, terms_of(told["title"], told["text"], "en"), None, NOON))
    assert {at for (at,) in rows(store, "SELECT at FROM story_terms")} == {"untouched"}


def test_a_story_told_for_days_is_still_found_by_its_first_words(store: Backend) -> None:
    rng = random.Random(1)
    words = [f"word{n}" for n in range(40)]
    step = timedelta(hours=11)
    steps = 3 * int(WINDOW / step)
    seen = set()
    for n in range(steps):
        text = f"{' '.join(rng.sample(words, 30))} only{n}."
        seen.add(place(store, article(f"https://o{n}.example/", "Lantern found", text), NOON + n * step).story_id)
    assert len(seen) == 1
    (oldest,) = rows(store, "SELECT MIN(at) FROM story_terms WHERE term = 'en:lantern'")
    assert oldest[0] > (NOON + steps * step - WINDOW).isoformat()


def test_a_word_of_every_story_keeps_a_bounded_number_of_candidates(store: Backend) -> None:
    for n in range(4 * CROWD):
        own = " ".join(f"own{n}x{i}" for i in range(5))
        place(store, article(f"https://o{n}.example/", f"Lantern {own}", own), NOON + timedelta(minutes=n))
    ((most,),) = rows(store, "SELECT COUNT(*) FROM story_terms WHERE term = 'en:lantern'")
    assert CROWD <= most <= 2 * CROWD

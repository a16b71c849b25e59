"""Placement: copies, stories and changed texts, on a real database."""

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from benchmarks.corpus import FOOTERS, stream
from core.model import Relation
from crawler import placement
from crawler.copies import POSTINGS
from store import Backend, articles, fingerprints, open_store
from tests.crawler.placing import NOON, article, place

ITEMS = [item for item in stream(60, seed=5) if item.how == "original"]
TEXTS = [" ".join(item.sentences) for item in ITEMS if sum(len(s.split()) for s in item.sentences) > 200]
EVENTS: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).parents[1] / "data" / "folding" / "events.yaml")
VOCABULARY = sorted({w for item in ITEMS for w in " ".join(item.sentences).split()})


@contextmanager
def memory() -> Iterator[Backend]:
    backend = open_store(":memory:")
    yield backend
    backend.close()


def cut(text: str, first: int, count: int) -> str:
    return " ".join(text.split()[first : first + count])


def test_the_same_text_elsewhere_is_a_copy_with_score_one(store: Backend) -> None:
    first = place(store, article("https://a.example/1", "One headline", TEXTS[0]))
    second = place(store, article("https://b.example/2", "Quite another", TEXTS[0].upper()))
    assert (first.relation, second.relation) == (Relation.NEW, Relation.COPY)
    assert (second.of, second.story_id, second.score) == (first.article_id, first.story_id, 1.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 100))
def test_any_contiguous_half_of_a_text_is_a_copy_of_it(seed: int, start: int) -> None:
    rng = random.Random(seed)
    text = " ".join(rng.choice(VOCABULARY) for _ in range(200))
    for whole_first in (True, False):
        with memory() as store:
            parts = [
                article("https://a.example/1", "Whole", text),
                article("https://b.example/2", "Half", cut(text, start, 100)),
            ]
            first, second = (place(store, part) for part in (parts if whole_first else reversed(parts)))
            assert second.relation is Relation.COPY
            assert second.of == first.article_id
            assert second.score > 0.9


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(FOOTERS))
def test_unrelated_texts_with_a_shared_footer_are_never_copies(seed: int, footer: str) -> None:
    rng = random.Random(seed)
    with memory() as store:
        for n in range(POSTINGS + 6):
            text = " ".join(rng.choice(VOCABULARY) for _ in range(rng.randint(50, 250)))
            placed = place(store, article(f"https://site{n}.example/x", f"Headline {n}", f"{text}\n\n{footer}"))
            assert placed.relation is not Relation.COPY


def test_a_longer_original_that_comes_after_its_cut_version_joins_it(store: Backend) -> None:
    short = place(store, article("https://a.example/1", "Cut", cut(TEXTS[1], 0, 60)))
    longer = place(store, article("https://b.example/1", "Whole", TEXTS[1]))
    third = place(store, article("https://c.example/1", "End", cut(TEXTS[1], 100, 120)))
    assert (longer.relation, longer.of) == (Relation.COPY, short.article_id)
    assert (third.relation, third.of) == (Relation.COPY, longer.article_id)  # the original's own words were kept
    assert third.story_id == short.story_id


def test_a_text_printed_by_many_costs_the_index_once(store: Backend) -> None:
    first = place(store, article("https://a.example/0", "Wire", TEXTS[2]))
    with store.read() as tx:
        before = tx.one("SELECT COUNT(*) AS n FROM fingerprints")
    for n in range(1, 40):
        copy = place(store, article(f"https://a{n}.example/", f"Reprint {n}", TEXTS[2] + f"\n\nPrinted in town {n}."))
        assert (copy.relation, copy.of) == (Relation.COPY, first.article_id)
    with store.read() as tx:
        assert tx.one("SELECT COUNT(*) AS n FROM fingerprints") == before


def test_a_wire_report_with_local_text_everywhere_never_becomes_boilerplate(store: Backend) -> None:
    first = place(store, article("https://a.example/0", "Wire", TEXTS[3]))
    rng = random.Random(4)
    for n in range(POSTINGS * 2):
        local = " ".join(rng.choice(VOCABULARY) for _ in range(len(TEXTS[3].split()) // 2))
        copy = place(store, article(f"https://a{n}.example/1", f"Local {n}", f"{TEXTS[3]}\n\n{local}"))
        assert copy.relation is Relation.COPY
        assert copy.story_id == first.story_id


def test_boilerplate_is_sealed_and_then_counts_for_nothing(store: Backend) -> None:
    rng = random.Random(8)
    footer = FOOTERS[0]
    for n in range(POSTINGS + 2):
        text = " ".join(rng.choice(VOCABULARY) for _ in range(120))
        place(store, article(f"https://site{n}.example/x", f"Headline {n}", f"{text}\n\n{footer}"))
    with store.read() as tx:
        sealed = tx.all("SELECT h FROM fingerprints WHERE article_id = :none", none=fingerprints.BOILERPLATE)
        assert sealed
        assert all(len(ids) == 1 for ids in fingerprints.postings(tx, [row["h"] for row in sealed]).values())
    alone = place(store, article("https://z.example/1", "Only the footer", footer))
    again = place(store, article("https://y.example/1", "A teaser", f"{cut(TEXTS[0], 0, 30)}\n\n{footer}"))
    assert alone.relation is not Relation.COPY
    assert again.relation is not Relation.COPY


def test_a_quotation_makes_no_copy(store: Backend) -> None:
    place(store, article("https://a.example/1", "Speech", TEXTS[0]))
    quoting = f"{cut(TEXTS[1], 0, 120)} “{cut(TEXTS[0], 90, 40)}” {cut(TEXTS[1], 120, 100)}"
    assert place(store, article("https://b.example/1", "Reaction", quoting)).relation is not Relation.COPY


def test_short_texts_are_copies_only_with_their_headline(store: Backend) -> None:
    line = "The bridge reopens at six in the morning."
    first = place(store, article("https://a.example/1", "Bridge to reopen", line))
    same = place(store, article("https://b.example/1", "Bridge to reopen", line))
    teaser = place(store, article("https://c.example/1", "Mayor resigns over orchids", "The full report follows."))
    other = place(store, article("https://d.example/1", "Comet seen from pier", "The full report follows."))
    later = place(store, article("https://b.example/9", "Bridge to reopen", line), NOON + timedelta(days=9))
    assert (same.relation, same.of) == (Relation.COPY, first.article_id)
    assert Relation.COPY not in (teaser.relation, other.relation)
    assert later.relation is not Relation.COPY


def test_a_pay_wall_notice_at_one_site_joins_nothing(store: Backend) -> None:
    notice = cut(TEXTS[4], 0, 45)
    first = place(store, article("https://wall.example/1", "Tariff vote splits the senate", notice))
    second = place(store, article("https://wall.example/2", "Whales seen near harbour", notice))
    reprint = place(store, article("https://open.example/2", "Vote splits upper house", notice))
    assert second.relation is not Relation.COPY
    assert (reprint.relation, reprint.of) == (Relation.COPY, first.article_id)


@pytest.mark.parametrize("seed", range(3))
def test_an_empty_database_tells_the_events_apart_in_both_languages(store: Backend, seed: int) -> None:
    told = [(e["event"], a) for e in EVENTS for a in e["articles"]]
    random.Random(seed).shuffle(told)
    stories = defaultdict(set)
    for n, (event, a) in enumerate(told):
        placed = place(store, article(f"https://o{n}.example/", a["title"], a["text"], a["language"]))
        stories[placed.story_id].add(event)
    assert len(stories) == len(EVENTS)
    assert all(len(events) == 1 for events in stories.values())


def test_a_summary_joins_the_story_its_page_would_have_joined(store: Backend) -> None:
    full = EVENTS[0]["articles"][0]
    rewrite = EVENTS[0]["articles"][1]
    first = place(store, article("https://a.example/1", full["title"], full["text"]))
    placed = place(store, article("https://b.example/1", rewrite["title"], cut(rewrite["text"], 0, 38)))
    assert (placed.relation, placed.story_id, placed.of) == (Relation.SAME_STORY, first.story_id, first.article_id)


def test_the_same_words_weeks_later_are_another_story(store: Backend) -> None:
    told = EVENTS[0]["articles"]
    first = place(store, article("https://a.example/1", told[0]["title"], told[0]["text"]))
    later = place(store, article("https://b.example/1", told[1]["title"], told[1]["text"]), NOON + timedelta(days=20))
    dated = article("https://c.example/1", told[1]["title"] + "!", told[1]["text"] + " So it ended.", published=NOON)
    assert later.story_id != first.story_id
    assert place(store, dated, NOON + timedelta(days=20)).relation is Relation.COPY


def test_a_restart_changes_no_answer(tmp_path: Path) -> None:
    items = stream(60, seed=9)
    answers: list[list[tuple[Any, ...]]] = []
    for restarts in (False, True):
        path = str(tmp_path / f"{restarts}.db")
        backend = open_store(path)
        seen = []
        for n, item in enumerate(items):
            placed = place(backend, article(f"https://e.example/{n}", item.title, item.text, item.language))
            seen.append((placed.story_id, placed.relation, placed.of, placed.score))
            if restarts and n % 10 == 0:
                backend.close()
                backend = open_store(path)
        backend.close()
        answers.append(seen)
    assert answers[0] == answers[1]
    assert {relation for _, relation, _, _ in answers[0]} >= {Relation.NEW, Relation.COPY}


def test_a_transaction_that_fails_leaves_nothing_behind(store: Backend) -> None:
    with pytest.raises(RuntimeError), store.tx() as tx:
        found = placement.locate(tx, article("https://a.example/1", "Lost", TEXTS[0]), NOON)
        story = articles.found_story(tx, "k", "Lost", "en", NOON)
        placement.remember(tx, 1, story, found)
        raise RuntimeError
    with store.read() as tx:
        for table in ("fingerprints", "terms", "story_terms", "stories"):
            assert tx.one(f"SELECT COUNT(*) AS n FROM {table}") == {"n": 0}


def test_a_changed_text_is_found_by_its_new_words_and_not_by_its_old(store: Backend) -> None:
    first = place(store, article("https://a.example/1", "Report", TEXTS[0]))
    with store.tx() as tx:
        changed = placement.revise(tx, first.article_id, article("https://a.example/1", "Report", TEXTS[1]), NOON)
        assert changed is not None
        articles.revise(
            tx,
            first.article_id,
            article("https://a.example/1", "Report", TEXTS[1]),
            sketch_n=changed.sketch_n,
            text_hash=changed.text_hash,
            words=changed.words,
            now=NOON,
        )
    old = place(store, article("https://b.example/1", "Old", TEXTS[0]))
    new = place(store, article("https://c.example/1", "New", cut(TEXTS[1], 20, 120)))
    assert old.relation is not Relation.COPY
    assert (new.relation, new.of) == (Relation.COPY, first.article_id)


def test_a_trivial_change_is_no_revision(store: Backend) -> None:
    text = f"Updated 12:40\n\n{TEXTS[0]}"
    first = place(store, article("https://a.example/1", "Report", text))
    with store.tx() as tx:
        again = article("https://a.example/1", "Report", f"{TEXTS[0]}\n\nUpdated 14:05")
        retitled = article("https://a.example/1", "Report, amended", text)
        assert placement.revise(tx, first.article_id, again, NOON) is None
        assert placement.revise(tx, first.article_id, retitled, NOON) is not None


def test_a_page_read_after_its_summary_tells_the_story_better(store: Backend) -> None:
    told = EVENTS[10]["articles"]
    first = place(store, article("https://a.example/1", "At the bridge", cut(told[0]["text"], 0, 12)))
    page = article("https://a.example/1", told[0]["title"], told[0]["text"])
    with store.tx() as tx:
        assert placement.revise(tx, first.article_id, page, NOON) is not None
    assert (
        place(store, article("https://b.example/1", told[2]["title"], told[2]["text"], "es")).story_id == first.story_id
    )


def test_what_is_kept_of_stories_stays_bounded(store: Backend) -> None:
    rng = random.Random(2)
    for n in range(600):
        text = f"Tunnel bakery lantern {' '.join(rng.choice(VOCABULARY) for _ in range(12))}"
        place(store, article(f"https://o{n}.example/", f"Tunnel {n + 100}", text), NOON + timedelta(hours=n))
    with store.read() as tx:
        oldest = tx.one("SELECT MIN(at) AS at, COUNT(*) AS n FROM story_terms")
        crowd = tx.one("SELECT MAX(n) AS n FROM (SELECT COUNT(*) AS n FROM story_terms GROUP BY term) AS counted")
    assert oldest is not None
    assert oldest["at"] > "2025-02-09"
    assert crowd is not None
    assert crowd["n"] <= 400

"""Copies in a real database: groups, evidence, what is kept and what is forgotten."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.corpus import FOOTERS, stream
from core.model import Article, Extent, Relation
from core.text import words
from crawler import placement
from crawler.fingerprint import fingerprints as fingerprints_of
from store import Backend, Row, articles, fingerprints, open_store
from tests.crawler.placing import NOON, Placed, article, place

TEXTS = [" ".join(i.sentences) for i in stream(60, seed=5) if i.how == "original"]
TEXTS = [text for text in TEXTS if len(text.split()) > 200]
VOCABULARY = sorted({word for text in TEXTS for word in text.split()})
DAY = timedelta(days=1)


@contextmanager
def memory() -> Iterator[Backend]:
    backend = open_store(":memory:")
    yield backend
    backend.close()


def kept(store: Backend) -> list[Row]:
    with store.read() as tx:
        return tx.all("SELECT h, article_id FROM fingerprints ORDER BY h, article_id")


def kept_of(text: str) -> list[int]:
    return fingerprints_of(words(text))


def stored(store: Backend, article_id: int) -> Row:
    with store.read() as tx:
        return articles.get(tx, article_id)


def revise(store: Backend, article_id: int, text: str, now: datetime = NOON) -> placement.Changed | None:
    """Read an article's page again, as ingest does."""
    with store.tx() as tx:
        row = articles.get(tx, article_id)
        new = article(row["canonical_url"], row["title"], text)
        changed = placement.revise(tx, article_id, new, now)
        if changed is not None:
            kept_of_it = {"sketch_n": changed.sketch_n, "text_hash": changed.text_hash, "words": changed.words}
            articles.revise(tx, article_id, new, **kept_of_it, now=now)  # type: ignore[arg-type]
    return changed


def invented(rng: random.Random, length: int) -> list[str]:
    return [rng.choice(VOCABULARY) for _ in range(length)]


def printings(rng: random.Random) -> list[Article]:
    """One report in full, cut, and with a town's own words before or after it."""
    wire = invented(rng, rng.randint(150, 260))
    size = len(wire)
    made = [
        wire,
        wire[: size * rng.randint(45, 95) // 100],
        [*wire, *invented(rng, size * rng.randint(5, 50) // 100)],
        [*invented(rng, size * rng.randint(5, 50) // 100), *wire],
        [*invented(rng, 30), *wire[: size * 60 // 100]],
    ]
    return [article(f"https://printer{n}.example/1", f"Printing {n}", " ".join(text)) for n, text in enumerate(made)]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9), st.permutations(range(10)))
def test_the_order_of_arrival_decides_who_is_original_and_nothing_else(seed: int, order: list[int]) -> None:
    rng = random.Random(seed)
    group = printings(rng)
    others = [article(f"https://other{n}.example/", f"Other {n}", " ".join(invented(rng, 180))) for n in range(5)]
    arrivals = [(*group, *others)[n] for n in order]
    with memory() as store:
        placed = {a.url: place(store, a) for a in arrivals}
    first = next(a for a in arrivals if a in group)
    assert {placed[a.url].story_id for a in group} == {placed[first.url].story_id}
    assert {a.url for a in arrivals if placed[a.url].relation is not Relation.COPY} == {
        first.url,
        *(a.url for a in others),
    }


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**9))
def test_reading_a_page_again_changes_nothing(seed: int) -> None:
    with memory() as store:
        placed = [place(store, a) for a in printings(random.Random(seed))]
        before = kept(store)
        for each in placed:
            assert revise(store, each.article_id, stored(store, each.article_id)["text"]) is None
        assert kept(store) == before


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_an_article_is_found_by_the_text_it_has_now_only(visits: list[int]) -> None:
    with memory() as store:
        first = place(store, article("https://a.example/1", "Report", TEXTS[0]))
        for number in visits:
            revise(store, first.article_id, TEXTS[number])
        assert {row["h"] for row in kept(store)} == set(kept_of(TEXTS[visits[-1]]))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 4))
def test_forgetting_an_article_leaves_no_fingerprint_of_it(seed: int, which: int) -> None:
    with memory() as store:
        placed = [place(store, a) for a in printings(random.Random(seed))][which]
        others = [row for row in kept(store) if row["article_id"] != placed.article_id]
        with store.tx() as tx:
            placement.forget(tx, placed.article_id, stored(store, placed.article_id)["text"])
        assert kept(store) == others


def test_what_is_sealed_survives_the_articles_that_brought_it(store: Backend) -> None:
    rng = random.Random(8)
    for n in range(20):
        text = f"{' '.join(invented(rng, 120))}\n\n{FOOTERS[0]}"
        place(store, article(f"https://site{n}.example/x", f"Headline {n}", text))
    with store.tx() as tx:
        placement.expire(tx, NOON + DAY, 100)
    left = {row["article_id"] for row in kept(store)}
    assert left == {fingerprints.BOILERPLATE}


def test_the_index_holds_no_more_than_the_time_it_is_kept_for(store: Backend) -> None:
    placed = [place(store, article(f"https://a{n}.example/", "x", TEXTS[n]), NOON + n * DAY) for n in range(6)]
    with store.tx() as tx:
        assert placement.expire(tx, NOON + 4 * DAY, 3) == 3
        assert placement.expire(tx, NOON + 4 * DAY, 3) == 1
        assert placement.expire(tx, NOON + 4 * DAY, 3) == 0
    assert {row["article_id"] for row in kept(store)} == {placed[4].article_id, placed[5].article_id}
    excerpt = " ".join(TEXTS[0].split()[:120])
    assert place(store, article("https://z.example/1", "x", excerpt)).relation is not Relation.COPY
    assert place(store, article("https://z.example/2", "x", TEXTS[1])).of == placed[1].article_id  # an equal text


def test_an_old_article_that_changes_does_not_come_back_into_the_index(store: Backend) -> None:
    first = place(store, article("https://a.example/", "x", TEXTS[0]))
    with store.tx() as tx:
        placement.expire(tx, NOON + DAY, 10)
    assert revise(store, first.article_id, TEXTS[1], NOON + DAY) is not None
    assert kept(store) == []


def evidence(store: Backend, first: str, second: str) -> tuple[Placed, Row]:
    place(store, article("https://a.example/", "x", first))
    placed = place(store, article("https://b.example/", "y", second))
    return placed, stored(store, placed.article_id)


LOCAL = " ".join(invented(random.Random(3), 200))


@pytest.mark.parametrize(
    ("first", "second", "extent"),
    [
        (TEXTS[0], TEXTS[0].upper(), Extent.FULL),
        (TEXTS[0], f"{TEXTS[0]} Printed in another town.", Extent.FULL),
        (TEXTS[0], " ".join(TEXTS[0].split()[:100]), Extent.EXCERPT),
        (" ".join(TEXTS[0].split()[:100]), TEXTS[0], Extent.CONTAINS),
        (TEXTS[0], f"{TEXTS[0]} {LOCAL}", Extent.CONTAINS),
        (TEXTS[0], f"{LOCAL} {' '.join(TEXTS[0].split()[:300])}", Extent.PARTIAL),
    ],
)
def test_a_copy_is_kept_with_how_much_of_each_other_the_two_hold(
    store: Backend, first: str, second: str, extent: Extent
) -> None:
    placed, row = evidence(store, first, second)
    a, b = len(second.split()), len(first.split())
    assert placed.relation is Relation.COPY
    assert row["extent"] == extent
    assert row["score"] == max(row["of_new"], row["of_original"])
    assert row["of_new"] == pytest.approx(min(1, b / a), abs=0.15) or extent is Extent.PARTIAL


def test_other_articles_have_no_evidence_of_a_copy(store: Backend) -> None:
    placed = place(store, article("https://a.example/", "x", TEXTS[0]))
    row = stored(store, placed.article_id)
    assert (row["extent"], row["of_new"], row["of_original"]) == (None, None, None)


def test_a_copy_that_gains_a_paragraph_is_weighed_against_its_original_again(store: Backend) -> None:
    first = place(store, article("https://a.example/", "x", TEXTS[0]))
    second = place(store, article("https://b.example/", "y", " ".join(TEXTS[0].split()[:150])))
    changed = revise(store, second.article_id, f"{TEXTS[0]}\n\n{LOCAL}")
    assert changed is not None
    assert (changed.extent, changed.of_original) == (Extent.CONTAINS, 1.0)
    of_first = revise(store, first.article_id, f"{TEXTS[0]} It rained.")
    assert of_first is not None
    assert (of_first.extent, of_first.of_new, of_first.of_original) == (None, None, None)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(70, 120))
def test_any_excerpt_of_a_long_text_is_found_in_either_order(seed: int, start: int, length: int) -> None:
    said = invented(random.Random(seed), 700)
    first = start % (len(said) - length)
    parts = [said, said[first : first + length]]
    for order in (parts, parts[::-1]):
        with memory() as store:
            one, other = (place(store, article(f"https://{len(p)}.example/", "x", " ".join(p))) for p in order)
            assert (other.relation, other.of) == (Relation.COPY, one.article_id)


@pytest.mark.parametrize("size", [10_000, 120])
def test_of_two_equally_good_originals_the_pinned_one_wins_then_the_earliest(store: Backend, size: int) -> None:
    said = TEXTS[0].split()
    first, second, third = (place(store, article(f"https://{n}.example/", "x", TEXTS[0])) for n in "abc")
    found = place(store, article("https://d.example/", "x", " ".join(said[:size])))
    assert found.of == first.article_id
    with store.tx() as tx:  # the second printing was moved to a story of its own
        tx.run(
            "UPDATE articles SET pinned = 1, story_id = :story WHERE id = :id", id=second.article_id, story=story(tx)
        )
        for each in (second, third):
            fingerprints.add(tx, each.article_id, kept_of(TEXTS[0]))
    again = place(store, article("https://e.example/", "x", " ".join(said[: size - 1])))
    assert again.of == second.article_id
    assert again.story_id != first.story_id


def story(tx: object) -> int:
    return articles.found_story(tx, "moved", "x", "en", NOON)  # type: ignore[arg-type]


def test_a_copy_is_found_after_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "restart.db")
    backend = open_store(path)
    first = place(backend, article("https://a.example/", "x", TEXTS[0]))
    backend.close()
    backend = open_store(path)
    found = place(backend, article("https://b.example/", "y", " ".join([*LOCAL.split()[:60], *TEXTS[0].split()])))
    backend.close()
    assert (found.relation, found.of) == (Relation.COPY, first.article_id)

"""Likeness: how it is measured, what joins and what must stay apart."""

import math
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crawler.frequency import NOTHING, Frequencies
from crawler.likeness import EMPTY, KEPT, Profile, add_to, decay, fullness, likeness, moment, profile, threshold
from crawler.terms import terms_of

EVENTS: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).parents[1] / "data" / "folding" / "events.yaml")
NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
NONE = timedelta()


def told(title: str, text: str, language: str | None, known: Frequencies = NOTHING) -> Profile:
    return profile(terms_of(title, text, language), known)


TOLD = [(e["event"], a["language"], told(a["title"], a["text"], a["language"])) for e in EVENTS for a in e["articles"]]


def joins(article: Profile, other: Profile, gap: timedelta = NONE) -> bool:
    return likeness(article, add_to(EMPTY, other), gap).margin >= 1


@given(st.text(max_size=400), st.text(max_size=60), st.sampled_from(["en", "es", "sv", None]))
def test_any_text_gives_vectors_of_length_one_or_nothing(text: str, title: str, language: str | None) -> None:
    found = told(title, text, language)
    for vector in (found.words, found.marks):
        assert len(vector) <= KEPT
        assert not vector or math.isclose(sum(w * w for w in vector.values()), 1.0, rel_tol=1e-6)
        assert vector is found.marks or list(vector.values()) == sorted(vector.values(), reverse=True)


@given(st.sampled_from(TOLD), st.sampled_from(TOLD), st.integers(0, 200))
def test_likeness_lies_between_none_and_all_and_fades(one: Any, other: Any, hours: int) -> None:
    near, far = (likeness(one[2], add_to(EMPTY, other[2]), gap) for gap in (NONE, timedelta(hours=hours)))
    assert 0 <= far.score <= near.score <= 1
    assert far.margin <= near.margin


@given(st.integers(1, 400), st.integers(1, 400))
def test_longer_texts_must_be_more_alike(one: int, other: int) -> None:
    assert threshold(one, other) == threshold(other, one)
    assert threshold(one, other) <= threshold(one + 10, other + 10)
    assert 0 <= fullness(one, other) <= fullness(one + 10, other + 10) <= 1


def test_likeness_halves_in_three_days() -> None:
    assert decay(NONE) == 1
    assert decay(timedelta(days=3)) == decay(timedelta(days=-3)) == 0.5


@pytest.mark.parametrize(
    ("published", "counts"),
    [
        (None, NOW),
        (NOW - timedelta(hours=5), NOW - timedelta(hours=5)),
        (NOW + timedelta(hours=5), NOW),
        (NOW - timedelta(days=4000), NOW - timedelta(days=4000)),
    ],
)
def test_a_date_ahead_is_not_believed_and_an_old_one_is(published: datetime | None, counts: datetime) -> None:
    assert moment(published, NOW) == counts


def test_two_accounts_of_one_event_join_in_one_language_and_across() -> None:
    pairs = [(a, b) for a, b in product(TOLD, TOLD) if a is not b and a[0] == b[0]]
    missed = [(a[0], a[1], b[1]) for a, b in pairs if not joins(a[2], b[2])]
    assert len(pairs) == 72
    assert missed == []


def test_other_events_at_the_same_border_with_the_same_politicians_stay_apart() -> None:
    pairs = [(a, b) for a, b in product(TOLD, TOLD) if a[0] != b[0]]
    assert len(pairs) == 1188
    assert [(a[0], b[0]) for a, b in pairs if joins(a[2], b[2])] == []


def test_headlines_of_one_beat_join_by_what_is_rare_and_not_by_what_is_common() -> None:
    one = told("Tunnel found below Nogales bakery", "", "en")
    assert joins(one, told("Nogales bakery sat on smuggling tunnel", "", "en"))
    known = Frequencies({"@": 5000, "en:": 5000, "en:tunnel": 2500})
    one, other = (
        told(t, "", "en", known) for t in ("Tunnel found below Nogales bakery", "Border tunnel bids open Monday")
    )
    assert not joins(one, other)


def test_names_that_everybody_writes_of_join_nothing_across_languages() -> None:
    counted = Frequencies({"@": 5000} | {f"@{name}": 1000 for name in ("harfuch", "rubio", "omar", "tijuana")})
    for known, joined in ((NOTHING, True), (counted, False)):
        one = told("", "An orchard flooded, Omar Harfuch and Marco Rubio heard in Tijuana over lunch.", "en", known)
        other = told("", "Ardió la bodega, supieron Omar Harfuch y Marco Rubio en Tijuana por radio.", "es", known)
        assert joins(one, other) is joined


def test_a_name_or_two_are_not_enough_across_languages_and_a_name_with_a_number_is() -> None:
    spanish = told("", "Según dijo Ledezma, la empresa de Alvarado perdió la carga.", "es")
    assert not joins(told("", "Nobody asked why Ledezma drove for Alvarado.", "en"), spanish)
    numbered = told("", "Según dijo Ledezma, la carga valía 43.700 pesos.", "es")
    assert joins(told("", "Nobody asked why Ledezma lost 43,700 pesos.", "en"), numbered)


def test_a_name_said_often_counts_once() -> None:
    once = told("", "Nobody saw Ledezma, Alvarado and Quezada.", "en")
    often = told("", "Nobody saw Ledezma, Alvarado and Quezada. " + "He is Ledezma. " * 9, "en")
    assert once.marks == often.marks


def test_a_story_remembers_each_language_apart() -> None:
    centre = EMPTY
    for event, _, article in TOLD:
        if event == "guard-convoy":
            centre = add_to(centre, article)
    assert set(centre.words) == {"en", "es"}
    assert all(len(v) <= KEPT for v in (*centre.words.values(), centre.marks))
    assert "#1949" in centre.marks

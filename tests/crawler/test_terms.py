"""Terms: what counts as a name or a number, how likeness is measured and what joins."""

import math
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crawler.terms import EMPTY, KEPT, Profile, add_to, decay, idf, likeness, moment, profile, terms_of, threshold

EVENTS: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).parents[1] / "data" / "folding" / "events.yaml")
NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
NONE = timedelta()
TOLD = [(e["event"], a["language"], profile(terms_of(a["title"], a["text"], a["language"]), {}, 0, 0))
        for e in EVENTS for a in e["articles"]]  # fmt: skip


def joins(article: Profile, other: Profile) -> bool:
    return likeness(article, add_to(EMPTY, other), NONE).margin >= 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("some 10,000 members", "#10000"),
        ("unos 10.000 elementos", "#10000"),
        ("unos 10 mil elementos", "#10000"),
        ("11.1 billion dollars", "#11100000000"),
        ("11.100 millones de dólares", "#11100000000"),
        ("6,897 million", "#6897000000"),
        ("down 41.5 percent", "#41.5"),
        ("bajaron 41,5 por ciento", "#41.5"),
        ("1,3 millones de acres-pie", "#1300000"),
    ],
)
def test_a_number_is_one_term_however_a_language_writes_it(text: str, number: str) -> None:
    assert number in terms_of("", text, "en").marks


def test_numbers_too_small_to_tell_events_apart_are_left_out() -> None:
    assert not [m for m in terms_of("", "They met 3 times and 12 stayed", "en").marks if m.startswith("#")]


def test_names_are_capitals_inside_a_sentence() -> None:
    marks = terms_of("", "Soldiers came. Nobody told Claudia Sheinbaum in Juárez. “Leave,” said Rubio.", "en").marks
    assert set(marks) == {"@claudia", "@sheinbaum", "@juarez", "@rubio"}


def test_a_headline_in_capitals_names_nobody() -> None:
    assert not terms_of("Broken Scanner Leaves Bridge With One Lane", "", "en").marks
    assert set(terms_of("Broken scanner leaves Cuevitas bridge shut", "", "en").marks) == {"@cuevitas"}


def test_the_forms_of_a_word_are_one_term() -> None:
    assert set(terms_of("tariffs tariff", "", "en").words) == {"en:tariff"}
    assert len(terms_of("aranceles arancel ciudades ciudad", "", "es").words) <= 3


def test_the_headline_weighs_twice_the_lead_and_the_rest_half() -> None:
    filler = " ".join(f"filler{n}" for n in range(100))
    words = terms_of("tunnel", f"bakery {filler} lantern", "en").words
    assert (words["en:tunnel"], words["en:bakeri"], words["en:lantern"]) == (2.0, 1.0, 0.5)


def test_an_unnamed_language_is_guessed_and_a_strange_one_left_alone() -> None:
    assert terms_of("Los aranceles de la frontera", "", None).language == "es"
    assert terms_of("Tariffs wait", "", None).language == "en"
    strange = " ".join(["kylla", "tulli", "raja", "silta", "joki", "kaupunki"] * 3)
    assert terms_of("", strange, None).language == ""


def test_common_words_weigh_little_before_anything_is_counted() -> None:
    assert idf("en:govern", {}, 0) < idf("en:tariff", {}, 0) < idf("en:papaya", {}, 0)
    assert idf("@trump", {}, 0) < idf("@paperwork", {}, 0)


def test_counted_frequency_outweighs_what_was_believed() -> None:
    assert idf("en:papaya", {"en:papaya": 20_000}, 50_000) < idf("en:tariff", {"en:tariff": 50}, 50_000)


@given(st.text(max_size=400), st.text(max_size=60), st.sampled_from(["en", "es", "sv", None]))
def test_any_text_gives_vectors_of_length_one_or_nothing(text: str, title: str, language: str | None) -> None:
    found = profile(terms_of(title, text, language), {}, 0, 0)
    for vector in (found.words, found.marks):
        assert len(vector) <= KEPT
        assert not vector or math.isclose(sum(w * w for w in vector.values()), 1.0, rel_tol=1e-6)


@given(st.text(alphabet="9.,", max_size=2000))
def test_endless_digits_are_harmless(digits: str) -> None:
    terms_of(digits, f"{digits} million {digits}", "en")


@given(st.integers(1, 400), st.integers(1, 400))
def test_longer_texts_must_be_more_alike(one: int, other: int) -> None:
    assert threshold(one, other) == threshold(other, one)
    assert threshold(one, other) <= threshold(one + 10, other + 10)


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


def test_names_alone_join_no_texts_of_two_languages() -> None:
    english = terms_of("", "We heard Donald Trump, Claudia Sheinbaum, Omar Harfuch and Marco Rubio in Tijuana.", "en")
    spanish = terms_of("", "Hablaron Donald Trump, Claudia Sheinbaum, Omar Harfuch y Marco Rubio en Tijuana.", "es")
    assert not joins(profile(english, {}, 0, 0), profile(spanish, {}, 0, 0))


def test_a_story_remembers_each_language_apart() -> None:
    centre = EMPTY
    for event, _, told in TOLD:
        if event == "guard-convoy":
            centre = add_to(centre, told)
    assert set(centre.words) == {"en", "es"}
    assert all(len(v) <= KEPT for v in (*centre.words.values(), centre.marks))
    assert "#1949" in centre.marks

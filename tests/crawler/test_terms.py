"""Terms: what counts as a word, a name or a number, and what it weighs by its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import words
from crawler.terms import LEAD_WORDS, MOST_WORDS, terms_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("some 10,000 members", "#10000"),
        ("unos 10.000 elementos", "#10000"),
        ("unos 10 mil elementos", "#10000"),
        ("11.1 billion dollars", "#11100000000"),
        ("11.100 millones de dólares", "#11100000000"),
        ("6 mil millones", "#6000000000"),
        ("6,897 million", "#6897000000"),
        ("down 41.5 percent", "#41.5"),
        ("bajaron 41,5 por ciento", "#41.5"),
        ("1,3 millones de acres-pie", "#1300000"),
        ("It cost $6,500.", "#6500"),
        ("the 10,000-strong force", "#10000"),
    ],
)
def test_a_number_is_one_term_however_a_language_writes_it(text: str, number: str) -> None:
    terms = terms_of("", text, "en")
    assert set(terms.marks) == {number}
    assert f"en:{number[1:]}" in terms.words


@pytest.mark.parametrize("text", ["They met 3 times and 12 stayed", "strain H5N1 returned", "build 1.2.3.4 failed"])
def test_numbers_too_small_or_within_a_name_are_left_out(text: str) -> None:
    assert not [mark for mark in terms_of("", text, "en").marks if mark.startswith("#")]


def test_names_are_capitals_inside_a_sentence() -> None:
    marks = terms_of("", "Soldiers came. Nobody told Claudia Sheinbaum in Juárez. “Leave,” said Rubio.", "en").marks
    assert set(marks) == {"@claudia", "@sheinbaum", "@juarez", "@rubio"}


def test_a_line_ends_as_a_sentence_does() -> None:
    assert set(terms_of("", "a heading about Tecate\nDrivers wait for Otay", "en").marks) == {"@tecate", "@otay"}


def test_a_possessive_and_accents_make_no_other_name() -> None:
    one, other = (set(terms_of("", f"near {name} today", "en").marks) for name in ("Juárez’s", "Juarez"))
    assert one == other == {"@juarez"}


def test_a_headline_in_capitals_names_nobody() -> None:
    assert not terms_of("Broken Scanner Leaves Bridge With One Lane", "", "en").marks
    assert set(terms_of("Broken scanner leaves Cuevitas bridge shut", "", "en").marks) == {"@cuevitas"}


def test_the_forms_of_a_word_are_one_term() -> None:
    assert set(terms_of("tariffs tariff", "", "en").words) == {"en:tariff"}
    assert len(terms_of("aranceles arancel ciudades ciudad", "", "es").words) <= 3


def test_the_headline_weighs_twice_the_lead_and_the_rest_half() -> None:
    filler = " ".join(f"filler{n}" for n in range(LEAD_WORDS))
    terms = terms_of("tunnel", f"bakery {filler} lantern 4,700 of Otay", "en")
    assert (terms.words["en:tunnel"], terms.words["en:bakeri"], terms.words["en:lantern"]) == (2.0, 1.0, 0.5)
    assert terms.marks == {"#4700": 0.5, "@otay": 0.5}


def test_a_name_right_after_the_lead_is_still_a_name() -> None:
    filler = " ".join(f"filler{n}" for n in range(LEAD_WORDS))
    assert terms_of("", f"{filler} Harfuch", "en").marks == {"@harfuch": 0.5}
    assert terms_of("", f"{filler}. Nobody", "en").marks == {}


def test_what_follows_the_start_of_a_long_text_counts_for_nothing() -> None:
    filler = " ".join(f"filler{n}" for n in range(MOST_WORDS))
    assert terms_of("", f"{filler} lantern in Otay", "en") == terms_of("", filler, "en")


def test_an_unnamed_language_is_guessed_and_a_strange_one_left_alone() -> None:
    assert terms_of("Los aranceles de la frontera", "", None).language == "es"
    assert terms_of("Tariffs wait", "", None).language == "en"
    strange = " ".join(["kylla", "tulli", "raja", "silta", "joki", "kaupunki"] * 3)
    assert terms_of("", strange, None).language == ""


def test_the_same_text_has_the_same_terms_whatever_was_read_before() -> None:
    first = terms_of("Convoy reaches Juárez", "Some 1,650 soldiers went to Juárez, officials said.", "en")
    for code in range(60):  # more languages than are remembered
        terms_of("Other words entirely", "in Tecate", f"{chr(97 + code // 26)}{chr(97 + code % 26)}")
    assert terms_of("Convoy reaches Juárez", "Some 1,650 soldiers went to Juárez, officials said.", "en") == first


@given(st.text(max_size=400), st.text(max_size=60), st.sampled_from(["en", "es", "sv", None]))
def test_every_word_term_comes_from_a_word_of_the_text(text: str, title: str, language: str | None) -> None:
    terms = terms_of(title, text, language)
    if not words(f"{title}\n{text}"):
        assert not terms.words
    assert all(t.startswith(f"{terms.language}:") and w > 0 for t, w in terms.words.items())
    assert all(t[0] in "@#" and len(t) > 1 and w > 0 for t, w in terms.marks.items())


@given(st.text(alphabet="9.,", max_size=2000))
def test_endless_digits_are_harmless(digits: str) -> None:
    terms_of(digits, f"{digits} million {digits}", "en")

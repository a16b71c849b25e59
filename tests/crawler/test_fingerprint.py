"""Fingerprints: stable, local, and exact containment beside them."""

import random

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.corpus import stream
from core.text import words
from crawler.fingerprint import WIDTH, fingerprints, is_anchor, overlap, text_hash

ITEMS = [item for item in stream(40, seed=3) if item.how == "original"]
WORD_LISTS = st.lists(st.sampled_from([f"word{n}" for n in range(60)]), min_size=0, max_size=120)


def test_fingerprints_are_the_same_in_every_process() -> None:
    """Stored numbers must never change: these were written down once."""
    text = words("Mexico's National Guard patrols the border between Ciudad Juárez and El Paso while tariffs wait")
    assert [w for w in text if is_anchor(w)] == ["guard", "patrols"]
    assert fingerprints(text) == [7949958813103393385, 5563647337955095676]


@given(WORD_LISTS)
def test_each_fingerprint_is_a_positive_63_bit_number_and_occurs_once(tokens: list[str]) -> None:
    found = fingerprints(tokens)
    assert len(found) == len(set(found)) <= max(0, len(tokens) - WIDTH + 1)
    assert all(0 <= h < 2**63 for h in found)


@given(WORD_LISTS, WORD_LISTS)
def test_a_text_keeps_its_fingerprints_inside_a_longer_one(before: list[str], tokens: list[str]) -> None:
    assert set(fingerprints(tokens)) <= set(fingerprints([*before, *tokens]))


@given(WORD_LISTS)
def test_a_text_lies_wholly_within_itself(tokens: list[str]) -> None:
    found = overlap(tokens, tokens)
    assert found.of_smaller == found.of_new == found.lead == (1.0 if len(tokens) >= WIDTH else 0.0)


@given(WORD_LISTS, WORD_LISTS)
def test_what_two_texts_share_does_not_depend_on_which_came_first(a: list[str], b: list[str]) -> None:
    assert overlap(a, b).of_smaller == overlap(b, a).of_smaller
    assert 0 <= overlap(a, b).of_new <= overlap(a, b).of_smaller <= 1


def test_about_one_word_in_eight_starts_a_shingle() -> None:
    tokens = [w for item in ITEMS for w in words(item.text)]
    assert 0.05 < len(fingerprints(tokens)) / len(tokens) < 0.25


def test_unrelated_texts_share_no_fingerprint() -> None:
    a, b = random.Random(1).sample([i for i in ITEMS if i.language == "en"], 2)
    assert not set(fingerprints(words(" ".join(a.sentences)))) & set(fingerprints(words(" ".join(b.sentences))))


def test_case_accents_and_layout_do_not_change_the_hash_of_a_text() -> None:
    a = text_hash(words("La Guardia Nacional llegó a Juárez.\n\nSon 1,650."))
    assert a == text_hash(words("la guardia nacional LLEGO a juarez: son 1,650"))
    assert a != text_hash(words("la guardia nacional llegó a Juárez: son 1,651"))

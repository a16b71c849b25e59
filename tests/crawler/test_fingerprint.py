"""Fingerprints: stable and local."""

import random

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.corpus import stream
from core.text import words
from crawler.fingerprint import LONG, WIDTH, WINDOW, fingerprints, is_anchor, text_hash

ITEMS = [item for item in stream(40, seed=3) if item.how == "original"]
WORD_LISTS = st.lists(st.sampled_from([f"word{n}" for n in range(60)]), min_size=0, max_size=90)  # below LONG


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


def invented(rng: random.Random, length: int) -> list[str]:
    return [f"word{rng.randrange(3000)}" for _ in range(length)]


@given(st.integers(0, 10**9), st.integers(LONG, 700), st.integers(0, 600))
def test_of_a_long_text_some_of_any_neighbouring_anchors_are_taken(seed: int, length: int, start: int) -> None:
    said = invented(random.Random(seed), length)
    excerpt = said[start % (length - 80) :][:80]
    every = fingerprints(excerpt)
    taken = set(fingerprints(said)) & set(every)
    assert len(taken) >= len(every) // WINDOW


@given(st.integers(0, 10**9), st.integers(LONG, 400), st.integers(LONG, 400))
def test_two_long_texts_take_the_same_of_what_they_share(seed: int, before: int, after: int) -> None:
    rng = random.Random(seed)
    shared = invented(rng, LONG)
    one, other = ({*fingerprints([*invented(rng, n), *shared])} for n in (before, after))
    assert len(one & other) >= len(set(fingerprints(shared))) - 2 * WINDOW


def test_of_a_long_text_half_the_anchors_are_taken() -> None:
    said = [w for item in ITEMS for w in words(item.text)]
    starts = sum(map(is_anchor, said))
    assert 0.4 < len(fingerprints(said)) / starts < 0.6


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

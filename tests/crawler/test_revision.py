"""Which changes of a text a reader would notice."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.revision import is_trivial

TEXT = "The convoy crossed at noon. Ten trucks came, and 1,650 members stayed.\n\nThe mayor said it was enough."


@pytest.mark.parametrize(
    "after",
    [
        TEXT.replace("\n\n", "\n   \n"),
        TEXT.replace(", and", " and").replace("enough.", "enough!"),
        TEXT.upper(),
        f"{TEXT}\n\nUpdated: 14:05, February 5, 2025",
        f"Última actualización: 5 de febrero de 2025, 14:05 hrs\n{TEXT}",
        f"{TEXT}\n1,204 views\n31 comments",
        f"Hace 5 minutos\n{TEXT}",
        f"3 min read\n{TEXT}\nRead more: Bridge reopens after a day",
        f"{TEXT}\nLea también: Reabren el puente",
        "The mayor said it was enough.\nTen trucks came, and 1,650 members stayed. The convoy crossed at noon.",
    ],
)
def test_layout_clocks_counters_and_order_are_no_change(after: str) -> None:
    assert is_trivial("Convoy arrives", TEXT, "Convoy arrives.", after)
    assert is_trivial("Convoy arrives", after, "Convoy arrives", TEXT)


@pytest.mark.parametrize(
    "after",
    [
        TEXT.replace("1,650", "1,949"),
        TEXT.replace("Ten", "Twelve"),
        f"{TEXT} Tariffs were put off for a month.",
        TEXT.replace("The mayor said it was enough.", ""),
        f"{TEXT}\n\nUpdated to say that the governor disagrees with the mayor about the trucks and wants 20 more",
        f"{TEXT}\nThe paper said 30 comments were removed",
        "",
    ],
)
def test_other_words_are_a_change(after: str) -> None:
    assert not is_trivial("Convoy arrives", TEXT, "Convoy arrives", after)


def test_a_new_headline_is_a_change() -> None:
    assert not is_trivial("Convoy arrives", TEXT, "Convoy leaves", TEXT)


@given(st.lists(st.sampled_from(["One came.", "Two left.", "It rained.", "A vote failed.", "Nobody knew why."])))
def test_sentences_in_any_order_say_the_same(sentences: list[str]) -> None:
    other = random.Random(len(sentences)).sample(sentences, len(sentences))
    assert is_trivial("T", " ".join(sentences), "T", "\n".join(other))


@given(st.text(max_size=200), st.text(max_size=200))
def test_whether_a_change_is_trivial_does_not_depend_on_its_direction(a: str, b: str) -> None:
    assert is_trivial("T", a, "T", b) == is_trivial("T", b, "T", a)

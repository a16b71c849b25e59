"""Snippets: the window shows the match, never cuts a word, and marks exactly what matched."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.snippet import matched_words, snippet
from core.model import Span

TEXT = (
    "A convoy reached the river on Wednesday. It was the first of ten thousand members of the National Guard"
    " sent north after a tariff threat.\nOfficials said the tariffs would wait a month."
)


def spans(word: str, text: str = TEXT, field: str = "body") -> list[Span]:
    found, at = [], text.find(word)
    while at >= 0:
        found.append(Span(field, at, at + len(word)))
        at = text.find(word, at + 1)
    return found


def test_marks_what_matched_and_nothing_else() -> None:
    _, runs = snippet("Title", TEXT, spans("tariff"))
    assert [t for t, hit in runs if hit] == ["tariff", "tariff"]


def test_neighbours_are_joined_to_a_phrase() -> None:
    found = spans("National") + spans("Guard")
    assert matched_words("Title", TEXT, found) == ("National Guard",)
    _, runs = snippet("Title", TEXT, found)
    assert [t for t, hit in runs if hit] == ["National Guard"]


def test_a_match_in_the_title_alone_shows_the_title() -> None:
    title = "Tariff talks end"
    field, runs = snippet(title, TEXT, spans("Tariff", title, "title"))
    assert (field, runs[0]) == ("title", ("Tariff", True))


def test_distinct_words_in_order_of_appearance() -> None:
    title = "TARIFF talks"
    found = spans("TARIFF", title, "title") + spans("tariff") + spans("month")
    assert matched_words(title, TEXT, found) == ("TARIFF", "month")


@given(st.lists(st.text("abc de.\n", min_size=1, max_size=9), min_size=1, max_size=120), st.data())
def test_a_window_is_made_of_the_text(pieces: list[str], data: st.DataObject) -> None:
    text = " ".join(pieces)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 12)))
    _, runs = snippet("", text, [Span("body", start, end)])
    shown = "".join(t for t, _ in runs).removeprefix("… ").removesuffix(" …")
    assert shown in text.replace("\n", " ")
    assert "".join(t for t, hit in runs if hit) == text[start:end].replace("\n", " ")

"""Matched words shown where they stand, and what a browser gets to see of other people's words."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.marks import CLOSE, OPEN, joined, paragraphs, runs, snippet, words_again

TEXT = st.text(max_size=60)
PIECES = st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=6)


def plain(pieces: tuple[tuple[str, bool], ...]) -> str:
    return "".join(text for text, _ in pieces)


@settings(deadline=None)
@given(TEXT, PIECES)
def test_runs_lose_no_character(text: str, pieces: list[tuple[int, int]]) -> None:
    found = runs(text, pieces)
    assert plain(found) == text
    assert all(piece for piece, _ in found)


@settings(deadline=None)
@given(TEXT, PIECES)
def test_every_character_of_a_piece_is_marked(text: str, pieces: list[tuple[int, int]]) -> None:
    marked: list[bool] = []
    for piece, matched in runs(text, pieces):
        marked += [matched] * len(piece)
    for start, end in pieces:
        assert all(marked[max(0, start) : max(0, end)])


@settings(deadline=None)
@given(TEXT, PIECES)
def test_joined_pieces_never_touch(text: str, pieces: list[tuple[int, int]]) -> None:
    found = joined(text, pieces)
    assert all(a < b for a, b in found)
    assert all(left[1] < right[0] for left, right in pairwise(found))


def test_a_phrase_is_marked_as_one() -> None:
    assert runs("the National Guard moved", [(4, 12), (13, 18)]) == (
        ("the ", False),
        ("National Guard", True),
        (" moved", False),
    )


def test_paragraphs_keep_positions_across_lines() -> None:
    text = "one two\n\nthree tariff four"
    start = text.index("tariff")
    assert paragraphs(text, [(start, start + 6)]) == [
        (("one two", False),),
        (("three ", False), ("tariff", True), (" four", False)),
    ]


@settings(deadline=None)
@given(st.text(max_size=40))
def test_a_snippet_keeps_all_but_the_control_characters(text: str) -> None:
    assert plain(snippet(text)) == text.replace(OPEN, "").replace(CLOSE, "")


def test_a_snippet_marks_what_search_found() -> None:
    assert snippet(f"a {OPEN}tariff{CLOSE} b") == (("a ", False), ("tariff", True), (" b", False))
    assert snippet(f"a {OPEN}open") == (("a open", False),)


def test_words_are_found_again_whole_and_in_any_case() -> None:
    text = "Tariffs rose. The TARIFF stays; a tariff (new)."
    assert [text[a:b] for a, b in words_again(text, ["tariff", ""])] == ["TARIFF", "tariff"]

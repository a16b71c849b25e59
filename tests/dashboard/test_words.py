"""What the desk says of copies, edits and standings: true to the measures, and never markup."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from core.model import Extent, Standing
from dashboard.words import extent, quiet, standing, with_links

LEDGER = Markup('<a href="/article/1">Tucson Ledger</a>')


def copy(kind: str | None, of_new: float | None = None, of_original: float | None = None) -> dict[str, Any]:
    return {"extent": kind, "of_new": of_new, "of_original": of_original}


@pytest.mark.parametrize(
    ("row", "adds", "said"),
    [
        (copy("full", 1.0, 1.0), 0, f"full copy of {LEDGER}"),
        (copy("full", 0.93, 1.0), 1, f"full copy of {LEDGER} and adds 1 paragraph"),
        (copy("excerpt", 1.0, 0.92), 0, f"excerpt of {LEDGER}: 92 % of it"),
        (copy("contains", 0.6, 1.0), 3, f"contains all of {LEDGER} and adds 3 paragraphs"),
        (copy("contains", 0.6, 0.93), 3, f"contains nearly all of {LEDGER} and adds 3 paragraphs"),
        (copy("contains", 0.8, 1.0), 0, f"contains all of {LEDGER} within a longer text"),
        (copy("partial", 0.6, 0.5), 2, f"shares 60 % of its text with {LEDGER} and adds 2 paragraphs"),
        (copy("partial"), 0, f"shares part of its text with {LEDGER}"),
        (copy(None), 0, f"copy of {LEDGER}"),
    ],
)
def test_a_copy_is_told_in_words(row: dict[str, Any], adds: int, said: str) -> None:
    assert extent(row, LEDGER, adds) == said


@pytest.mark.parametrize("kind", [*Extent, None])
def test_a_copy_whose_original_is_lost_says_so(kind: str | None) -> None:
    assert "an article that is no longer stored" in extent(copy(kind, 0.5, 0.5), None, 0)


@given(st.text(), st.sampled_from([*Extent]))
def test_no_name_of_an_outlet_becomes_markup(name: str, kind: str) -> None:
    said = extent(copy(kind, 0.5, 0.5), f"<b>{name}", 2)
    assert "<" not in said


@given(st.text())
def test_only_stories_and_articles_become_links_in_a_sentence(said: str) -> None:
    found = with_links(f"<script>{said}")
    assert "<script" not in found
    assert found.count("<") == 2 * found.count('<a href="/')


def test_stories_and_articles_named_in_a_sentence_are_links() -> None:
    assert with_links("merged from story 7 by ana: <same>") == (
        'merged from <a href="/story/7">story 7</a> by ana: &lt;same&gt;'
    )
    assert with_links("3 articles split off into story 12") == (
        '3 articles split off into <a href="/story/12">story 12</a>'
    )
    assert with_links("history 7, article x") == "history 7, article x"


def test_every_reason_and_every_standing_has_words() -> None:
    assert {quiet(reason) for reason in ("limit", "spelling", "class")}.isdisjoint({"limit", "spelling", "class"})
    assert all(standing(name)[0].isupper() for name in Standing)
    assert standing("gone") == "No longer at its address"

"""What two texts share, and whether one is a copy of the other."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from benchmarks.corpus import FOOTERS
from crawler.fingerprint import WIDTH
from crawler.overlap import is_copy, overlap

DATA = Path(__file__).parents[1] / "data" / "folding"
SHARED: list[dict[str, Any]] = YAML(typ="safe").load(DATA / "shared.yaml")
EVENTS: list[dict[str, Any]] = YAML(typ="safe").load(DATA / "events.yaml")
TEXTS = st.lists(st.sampled_from([f"word{n}" for n in range(60)]), max_size=120).map(" ".join)


@pytest.mark.parametrize("case", SHARED, ids=lambda case: case["name"])
@pytest.mark.parametrize("one_host", [True, False])
def test_reprints_are_copies_and_reports_that_share_statements_are_not(case: dict[str, Any], one_host: bool) -> None:
    for new, old in ((case["one"], case["other"]), (case["other"], case["one"])):
        assert is_copy(overlap(new, old), one_host) is case["copy"]


def test_no_two_articles_of_our_events_are_copies() -> None:
    told = [a["text"] for e in EVENTS for a in e["articles"]]
    assert not [(a, b) for n, a in enumerate(told) for b in told[:n] if is_copy(overlap(a, b), False)]


@given(TEXTS)
def test_a_text_lies_wholly_within_itself(text: str) -> None:
    found = overlap(text, text)
    assert found.of_new == found.of_old == found.own == found.lead == float(len(text.split()) >= WIDTH)


@given(TEXTS, TEXTS)
def test_what_two_texts_share_does_not_depend_on_which_came_first(a: str, b: str) -> None:
    one, other = overlap(a, b), overlap(b, a)
    assert (one.of_new, one.of_old, one.lead) == (other.of_old, other.of_new, other.lead)
    assert all(0 <= share <= 1 for share in (one.of_new, one.of_old, one.own, one.lead, one.rest))


@given(TEXTS, TEXTS, TEXTS)
def test_a_text_is_wholly_in_a_longer_one(before: str, text: str, after: str) -> None:
    found = overlap(text, f"{before} {text} {after}")
    assert found.of_new == float(len(text.split()) >= WIDTH)


@pytest.mark.parametrize("marks", ["“{}”", "«{}»", '"{}"', '"{}\n\n"and so on, down to the sea', "“{}\n\n“{}”"])
def test_quoted_words_are_not_the_articles_own(marks: str) -> None:
    said = "we shall count every post of this fence until the last of them has been found and mended"
    one = "a quiet morning on the river gave way to shouting as " + " ".join(f"alpha{n}" for n in range(30))
    other = "nobody had slept in the old depot when it began " + " ".join(f"omega{n}" for n in range(30))
    found = overlap(f"{one} {marks.replace('{}', said)}", f"{other} {marks.replace('{}', said)}")
    assert found.of_smaller > 0.25
    assert found.own == 0.0
    assert overlap(f"{one} {said}", f"{other} {said}").own > 0.25


def test_a_name_in_marks_is_no_quotation() -> None:
    text = 'The "Big Bend" bridge ' + " ".join(f"beam{n}" for n in range(40))
    assert overlap(text, text.replace("beam39", "end")).own > 0.9


def test_a_text_that_only_quotes_is_judged_by_all_its_words() -> None:
    speech = '"' + " ".join(f"word{n}" for n in range(100)) + '"'
    assert is_copy(overlap(f"He said: {speech}", f"The speech in full: {speech}"), False)


@pytest.mark.parametrize("footer", FOOTERS)
@pytest.mark.parametrize("length", [10, 20, 40])
def test_a_footer_makes_no_copy_of_two_teasers(footer: str, length: int) -> None:
    one, other = (" ".join(f"{word}{n}" for n in range(length)) for word in ("alpha", "omega"))
    for host in (True, False):
        assert not is_copy(overlap(f"{one}\n\n{footer}", f"{other}\n\n{footer}"), host)


def test_a_long_ending_elsewhere_is_a_reprint_with_a_start_of_its_own() -> None:
    one, other = (" ".join(f"{word}{n}" for n in range(40)) for word in ("alpha", "omega"))
    rest = " ".join(f"rest{n}" for n in range(80))
    found = overlap(f"{one} {rest}", f"{other} {rest}")
    assert found.ending == 80
    assert is_copy(found, one_host=False)
    assert not is_copy(found, one_host=True)


def test_hostile_texts_cost_linear_time() -> None:
    for text in ('"' * 200_000, "“" * 200_000, "«a" * 100_000, "“a ”" * 50_000, "a " * 200_000, ""):
        overlap(text, text)

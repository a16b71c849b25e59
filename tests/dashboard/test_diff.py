"""The page that compares two revisions of an article."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from dashboard.guard import HEADERS
from store import Tx
from tests.dashboard.checks import check
from tests.dashboard.newsroom import EVIL, Newsroom, fill


def many(tx: Tx, now: datetime) -> None:
    """Article 1 was edited five times; 2 is huge; 3 changed its layout only."""
    room = Newsroom(tx, now - timedelta(hours=9))
    first, story = room.print("Outlet", "Number 1", "Text 1 of the day.", 0)
    for n in range(2, 7):
        room.edit(first, f"Number {n}", f"Text {n} of the day.", n)
    huge, _ = room.print("Outlet", "Huge", "word other " * 100_000, 20, story)
    room.edit(huge, "Huge", "other word " * 100_000, 21)
    blank, _ = room.print("Outlet", "Blank", "One line.\nTwo lines.", 30, story)
    room.edit(blank, "Blank", "One line.\n\nTwo  lines.", 31)


@pytest.fixture(scope="module")
def news(desk_of: Callable[[Callable[[Tx, datetime], None]], Any]) -> Any:
    """A desk on the day of a story."""
    return desk_of(lambda tx, now: fill(tx, now - timedelta(hours=4)))


@pytest.fixture(scope="module")
def edited(desk_of: Callable[[Callable[[Tx, datetime], None]], Any]) -> Any:
    """A desk on articles that were edited often, or are huge."""
    return desk_of(many)


def text(running: Any, path: str) -> str:
    page = running.get(path)
    check(page)
    return str(page.text)


def test_the_last_two_revisions_are_compared_unless_others_are_asked_for(news: Any) -> None:
    page = text(news, "/article/1/diff")
    assert "?revision=2" in page
    assert "?revision=3" in page
    assert "<del>fourteen</del> <ins>twelve</ins> workers" in page
    assert "Correction: an earlier text" in page
    assert text(news, "/article/1/diff?from=2&to=3").split("<main")[1] == page.split("<main")[1]


def test_the_headline_comes_first_and_unchanged_paragraphs_are_folded_away(news: Any) -> None:
    page = text(news, "/article/1/diff?from=1&to=3")
    headline = page.index('<p class="headline">')
    folded = page.index('<details class="same"><summary>1 paragraph unchanged</summary><p>Federal agents')
    assert headline < folded < page.index("<del>eleven</del> <ins>twelve</ins>")
    assert ", take twelve</ins>" in page[headline:folded]


def test_words_of_rules_are_marked_in_what_was_added(news: Any) -> None:
    page = text(news, "/article/1/diff?from=1&to=2")
    assert "<ins>The <mark>National Guard</mark> kept the road closed" in page


def test_what_rules_made_of_the_edits_between_stands_below(news: Any) -> None:
    page = text(news, "/article/1/diff?from=1&to=2")
    assert 'told in <a href="/alert/up_1">an update</a>' in page
    assert "corrected" not in page
    assert "three updates of this alert told of edits already" in text(news, "/article/1/diff?from=2&to=3")


def test_revisions_named_the_wrong_way_round_are_compared_in_time_order(news: Any) -> None:
    page = text(news, "/article/1/diff?from=3&to=1")
    assert "<del>eleven</del> <ins>twelve</ins>" in page


@pytest.mark.parametrize(
    ("asked", "links"),
    [
        ("", {"4..5", "1..6"}),
        ("?from=3&to=4", {"2..3", "4..5", "1..6"}),
        ("?from=1&to=2", {"2..3", "1..6"}),
        ("?from=1&to=6", {"4..5"}),
        ("?from=2", {"4..5", "1..6"}),
        ("?to=3", {"1..2", "3..4", "1..6"}),
    ],
)
def test_neighbouring_edits_are_one_step_away(edited: Any, asked: str, links: set[str]) -> None:
    page = check(edited.get(f"/article/1/diff{asked}"))
    found = {link.split("from=")[1].replace("&to=", "..") for link in page.links if "diff?" in link}
    assert found == links


def test_an_article_of_one_revision_says_so(news: Any) -> None:
    page = text(news, "/article/2/diff")
    assert "This article has one revision" in page
    assert "<ins>" not in page


def test_a_revision_is_not_compared_with_itself(news: Any) -> None:
    assert "is compared with itself" in text(news, "/article/1/diff?from=2&to=2")


@pytest.mark.parametrize("path", ["/article/1/diff?from=9", "/article/1/diff?to=0", "/article/77/diff"])
def test_a_revision_that_is_not_there_is_said_in_words(news: Any, path: str) -> None:
    page = news.get(path)
    assert page.status_code == 404
    assert page.headers["content-security-policy"] == HEADERS["content-security-policy"]
    wanted = "no article 77" if "77" in path else "of article 1, which has revisions 1 to 3"
    assert wanted in page.text


@pytest.mark.parametrize("asked", ["from=x", "to=-1", "from=1.5", "to=99999999999", "from=%00"])
def test_what_is_no_number_is_refused_with_what_was_wanted(news: Any, asked: str) -> None:
    page = news.get(f"/article/1/diff?{asked}")
    assert page.status_code == 400
    assert "wants the number of a revision" in page.text


def test_hostile_texts_are_compared_as_words(news: Any) -> None:
    page = text(news, "/article/8/diff")
    assert "<del>Before</del> <ins>After</ins>" in page
    assert "&lt;script&gt;" in page
    assert EVIL not in page


def test_huge_texts_are_cut_and_say_so(edited: Any) -> None:
    page = text(edited, "/article/2/diff")
    assert "Only the first 150,000 characters of each text are compared." in page
    assert "too much changed to be compared word by word" in page
    assert len(page) < 1_000_000


def test_a_change_of_layout_alone_is_said(edited: Any) -> None:
    assert "No word changed, only the layout." in text(edited, "/article/3/diff")
    assert "only the layout changed" in text(edited, "/article/3")

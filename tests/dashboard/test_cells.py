"""Cells of lists: other people's words stay words, and only web addresses become links."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.cells import ago, away, badge, cell, clock, label, link, safe_url, with_times

EVIL = '"><script>alert(1)</script>'


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "https://",
        "https://a b",
        "https:\\\\evil.example",
        "http://[::1",
        "https://example.org/\njavascript:alert(1)",
        "",
        None,
    ],
)
def test_only_web_addresses_become_links(address: str | None) -> None:
    assert safe_url(address) is None
    assert "<a" not in away(address)


def test_a_web_address_becomes_a_link_that_tells_nothing() -> None:
    found = away("https://www.example.org/news/1")
    assert found == '<a href="https://www.example.org/news/1" rel="noopener noreferrer nofollow">example.org/news/1</a>'


@settings(deadline=None)
@given(
    st.text(max_size=60),
    st.sampled_from(["title", "url", "rule", "state", "snippet", "story_id", "id", "source", "note"]),
)
def test_no_text_becomes_markup(text: str, column: str) -> None:
    row = {"id": text, "article_id": text, "alert_id": text, "name": text}
    for table in ("desk_alerts", "desk_articles", "desk_sources", None):
        found = cell(row, EVIL + text, column, table)
        assert found is not None
        assert "<script" not in found
        assert found.count('"') % 2 == 0


def test_rows_link_to_their_page() -> None:
    assert cell({"id": "al_1"}, "Guard moves", "title", "desk_alerts") == '<a href="/alert/al_1">Guard moves</a>'
    assert cell({"article_id": 7}, "Guard moves", "title", "desk_matches") == '<a href="/article/7">Guard moves</a>'
    assert cell({"article_id": None}, "Not read yet", "title", "desk_entries") == "Not read yet"
    assert cell({}, 9, "story_id", "desk_articles") == '<a href="/story/9">9</a>'
    assert link("source", "a/b c") == '<a href="/source/a%2Fb%20c">a/b c</a>'


def test_numbers_and_empty_cells_are_left_to_datasette() -> None:
    assert cell({}, 3, "outlets", "desk_stories") is None
    assert cell({}, None, "note", "desk_articles") is None
    assert cell({}, "", "note", "desk_articles") is None
    assert cell({}, {"value": 1, "label": "x"}, "source", "polls") is None
    assert cell({}, b"x", "note", None) is None


def test_times_are_short_and_whole_in_the_title() -> None:
    found = clock("2025-02-05T12:00:07.123+00:00")
    assert ">2025-02-05 12:00</time>" in found
    assert 'title="Wednesday 5 February 2025, 12:00:07 UTC"' in found
    assert cell({}, "2025-02-05T12:00:07.123+00:00", "sent_at", None) == found
    assert clock("2025-99-99T12:00") == "2025-99-99T12:00"


def test_times_inside_a_sentence_are_shortened() -> None:
    found = with_times("source <b> fails since 2025-02-05T12:00:07.123+00:00: the server answered 503")
    assert found.startswith("source &lt;b&gt; fails since <time ")
    assert found.endswith("2025-02-05 12:00</time>: the server answered 503")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (timedelta(seconds=0), "0 s ago"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(hours=30), "1 d ago"),
        (timedelta(hours=-2), "in 2 h"),
    ],
)
def test_ago_names_the_largest_unit(step: timedelta, words: str) -> None:
    now = datetime(2025, 2, 5, 12, tzinfo=UTC)
    assert f">{words}<" in ago((now - step).isoformat(), now)


def test_ago_of_nothing_is_never() -> None:
    assert ago(None, datetime(2025, 2, 5, tzinfo=UTC)) == "never"


def test_badges_and_labels_are_words() -> None:
    assert badge("same_story") == '<span class="badge is-same-story">same story</span>'
    assert "<" not in badge(EVIL).removeprefix("<span ").removesuffix("</span>").replace('">', "", 1).split(">")[0]
    assert [label(n) for n in ("first_seen_at", "story_id", "last_error", "id")] == [
        "first seen",
        "story",
        "last error",
        "id",
    ]


def test_long_texts_are_cut() -> None:
    found = cell({}, "word " * 1000, "note", "desk_articles")
    assert found is not None
    assert len(found) < 700
    assert found.endswith("…")


def test_lines_of_a_message_are_read_as_one() -> None:
    assert cell({}, '["Before: <b>", "Now: x"]', "lines", "desk_edits") == "Before: &lt;b&gt; · Now: x"
    assert cell({}, '{"not": "a list"}', "lines", "desk_edits") == "{&#34;not&#34;: &#34;a list&#34;}"
    assert cell({}, "[broken", "lines", "desk_edits") == "[broken"


def test_only_what_happened_to_an_article_is_a_badge() -> None:
    assert cell({}, "printed", "standing", "desk_articles") == '<span class="quiet">printed</span>'
    assert cell({}, "gone", "standing", "desk_articles") == badge("gone")


def test_an_edit_links_to_its_article_its_alert_and_the_update_that_told_it() -> None:
    assert cell({"article_id": 4}, "Raid", "title", "desk_edits") == '<a href="/article/4">Raid</a>'
    assert cell({}, "al_1", "told_in", "desk_edits") == '<a href="/alert/al_1">al_1</a>'
    assert cell({}, 7, "from_story_id", "decisions") == '<a href="/story/7">7</a>'

"""Fragments of HTML: readable text out of whatever feeds carry, and never an exception."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html

from core.html import brief, clean, labels, letters, title_text, to_text


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("", ""),
        ("plain words", "plain words"),
        ("two\n\n  lines ", "two\nlines"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("<p>One <b>bold</b>, <i>two</i></p>", "One bold, two"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul><li>a<li>b</ul>after", "a\nb\nafter"),
        ("<table><tr><td>a<td>b<tr><th>c</table>", "a b\nc"),
        ("AT&amp;T &lt;b&gt; &hellip; &#8217; &#x2019;", "AT&T <b> … ’ ’"),
        ("&amp;amp;", "&amp;"),
        ("&#x2019;", "’"),
        ("a &nbsp; b", "a b"),
        ("<p>a</p><script>if (a < b) { x() }</script><style>p{}</style><p>b", "a\nb"),
        ("<form>" + "<div>" * 20 + "hidden" + "</div>" * 20 + "</form>shown", "shown"),
        ("<noscript><img src=x></noscript>text", "text"),
        ("<!-- hidden -->shown<!-- more --> too", "shown too"),
        ("<?php echo 1 ?><p>x", "x"),
        ("<html><head><title>T</title></head><body>B</body></html>", "B"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("</p>only closed</div>", "only closed"),
        ("<p>a\x00b\x1fc</p>", "abc"),
        ("nul\x00 and \ud800 surrogate <p>", "nul and surrogate"),
        ("&#0; &#xD800; &#x110000; ok <i>", "\ufffd \ufffd \ufffd ok"),
        ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
        ("<p>5 &lt; 6</p>", "5 < 6"),
        ("<a href='x>y'>link</a>", "link"),
    ],
)
def test_a_fragment_reads_as(fragment: str, text: str) -> None:
    assert to_text(fragment) == text


@pytest.mark.parametrize(
    ("fragment", "title"),
    [
        ("AT&T", "AT&T"),
        ("a < b", "a < b"),
        ("R&amp;D <em>up</em>", "R&D up"),
        ("<p>One</p><p>Two</p>", "One Two"),
        (" two \n lines ", "two lines"),
        ("Q&A; and more", "Q&A; and more"),
    ],
)
def test_a_title_is_one_line(fragment: str, title: str) -> None:
    assert title_text(fragment) == title


PIECES = (
    "< > </ /> <p> </p> <b <script> <!-- --> <![CDATA[ ]]> <? & &amp; &# &#x ; = \" ' a \n \x00 \ud800 \ufffe".split(
        " "
    )
)


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
@example("<")
@example("<!DOCTYPE")
@example("<p>\ufffe\uffff")
@example("<div xmlns:a='b' a:c=1><svg:x>")
def test_any_fragment_becomes_text(fragment: str) -> None:
    for found in (to_text(fragment), title_text(fragment), clean(fragment)):
        found.encode("utf-8")
        assert "\x00" not in found
        assert found == found.strip()
    assert "\n" not in title_text(fragment)


@pytest.mark.parametrize(
    "fragment",
    [
        *(
            piece * 50_000
            for piece in ("<div>", "<b>", "<p>", "</p>", "<script>", "<!--", "<![CDATA[", "<table><tr><td>")
        ),
        *(piece * 200_000 for piece in ("<", "<a", "&", "&a", "&#")),
        "<a " * 100_000 + ">",
        "<a " + "x=1 " * 50_000 + ">",
    ],
    ids=lambda f: f[:6],
)
def test_enormous_fragments_cost_linear_time(fragment: str) -> None:
    """Quadratic time took 23 s for one of these; the test's time limit catches it."""
    to_text(fragment)
    title_text(fragment)


def test_labels_part_words_at_capitals() -> None:
    node = html.fragment_fromstring('<div class="relatedLinks c-box" id="News2Day"></div>')
    assert labels(node) == "related-links c-box news2-day"


def test_letters_are_what_two_ways_to_print_a_sentence_share() -> None:
    assert letters("“Who’s there?” – É_1") == letters("Whos there É1") == "whosthereé1"


def test_a_brief_text_is_all_of_it_or_nothing() -> None:
    node = html.fragment_fromstring("<p> One <b>two</b>\n three</p>")
    assert (brief(node), brief(node, 9)) == ("One two three", "")

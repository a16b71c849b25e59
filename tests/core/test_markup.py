"""HTML of sources made plain text when it is needed."""

from hypothesis import given
from hypothesis import strategies as st

from core.markup import FULL_TEXT, OPENING, SUMMARY, bare, gist, plain
from core.model import Entry

LONG = "The convoy moved along the river before dawn and stopped. " * 20


def entry(summary: str = "", content: str = "") -> Entry:
    return Entry("https://x.example/1", summary=summary, content=content, markup=True)


def test_html_becomes_text_once() -> None:
    made = plain(entry("<p>Lanes <b>closed</b> &amp; empty</p>", f"<p>{LONG}</p><script>x()</script>"))
    assert (made.summary, made.markup) == ("Lanes closed & empty", False)
    assert made.content == LONG.strip()
    assert plain(made) is made


def test_text_that_is_no_markup_is_left_alone() -> None:
    said = Entry("https://x.example/1", summary="a <b> c")
    assert plain(said) is said
    assert bare(said) is said


def test_short_content_is_no_more_than_a_summary() -> None:
    made = plain(entry("", "<p>Short.</p>"))
    assert (made.summary, made.content) == ("Short.", "")
    made = plain(entry("", f"<p>{LONG}</p>"))
    assert made.summary == made.content[:OPENING]
    assert len(made.content) >= FULL_TEXT


def test_a_long_summary_is_the_text_where_there_is_no_other() -> None:
    made = plain(entry(f"<p>{LONG * 10}</p>"))
    assert len(made.content) > SUMMARY
    assert len(made.summary) == SUMMARY


def test_what_no_parser_survives_has_its_tags_cut_out() -> None:
    assert bare(entry("<p>Lanes <b>closed</b></p>")).summary == "Lanes closed"


def test_the_gist_changes_with_the_words_and_not_with_the_tags() -> None:
    assert gist('<p>Lanes <img src="?1">closed</p>') == gist('<p>Lanes\n<img src="?2">  closed</p>')
    assert gist("<p>Lanes closed</p>") != gist("<p>Lanes open</p>")


@given(st.text(alphabet="<>/pb&;=\"' \nné", max_size=200))
def test_any_text_is_survived(text: str) -> None:
    made = plain(entry(text, text))
    assert not made.markup
    assert "\x00" not in made.summary

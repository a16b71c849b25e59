"""A source's own selectors go before everything else."""

import pytest

from core.errors import ExtractError
from crawler.extract import extract
from crawler.selectors import Selectors

URL = "https://news.example/water"
TEXT = "".join(
    f"<p>The council of ward {n} voted on the new water main after a long evening of questions.</p>" for n in range(5)
)
PAGE = f"""<html lang="en"><head><title>Water - Desk</title><meta name="author" content="Desk Robot">
<meta property="article:published_time" content="2025-02-01"></head><body><h1>Water</h1>
<h2 class="real">A new main</h2>
<span class="who">Ana Ruiz</span> <span class="who">Jo Lund</span>
<i class="when" data-day="2025-02-05T10:00:00Z">today</i>
<div class="odd">{TEXT}<div class="offer"><p>
Our readers travel at half price to the spring fair this year.</p></div></div>
<div class="other"><p>A box of words that stands elsewhere and that only
the source's owner knows to be the text, which has to be long enough for a reader to call it one, and so it goes on
for a while yet.</p><ul><li>One</li></ul></div>
</body></html>""".encode()


def test_each_selector_replaces_what_was_found() -> None:
    chosen = Selectors(body=".other", title="h2.real", authors=".who", published=".when::attr(data-day)")
    article = extract(PAGE, URL, chosen=chosen)
    assert article.title == "A new main"
    assert article.authors == ("Ana Ruiz", "Jo Lund")
    assert article.published is not None
    assert article.published.isoformat() == "2025-02-05T10:00:00+00:00"
    assert article.text.startswith("A box of words")
    assert article.text.endswith("for a while yet.\nOne")


def test_what_matches_nothing_leaves_the_automatic_way() -> None:
    automatic = extract(PAGE, URL)
    assert "council of ward 3" in automatic.text
    nothing = Selectors(".none", ".none", ".none", ".none", ".none")
    assert extract(PAGE, URL, chosen=nothing) == automatic


def test_what_is_to_be_removed_is_no_text() -> None:
    assert "half price" in extract(PAGE, URL).text
    assert "half price" not in extract(PAGE, URL, chosen=Selectors(remove=".offer, .other")).text


def test_a_match_inside_a_match_counts_once() -> None:
    assert extract(PAGE, URL, chosen=Selectors(body=".odd, .odd p")).text.count("ward 2") == 1


def test_a_body_too_short_for_an_article_is_refused() -> None:
    with pytest.raises(ExtractError, match="too little text"):
        extract(PAGE, URL, chosen=Selectors(body=".when"))

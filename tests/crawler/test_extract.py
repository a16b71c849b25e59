"""Pages to articles: what is text, what is not, and why a page is none. All pages in our own words."""

import gzip
import json
import time
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import ExtractError
from core.model import Article, Entry, Extraction
from crawler.extract import degrade, extract, normal, refusal

URL = "https://news.example/2025/02/05/convoy"
CAPTION = (
    "Soldiers and guards in a long line of trucks drive past the border fence at Ciudad Juárez on Wednesday morning, "
    "the first of ten thousand sent north after talks between the two presidents about duties and drugs"
)
PARAGRAPHS = [
    "A convoy of the National Guard and the army drove along the river from Ciudad Juárez to El Paso on Wednesday.",
    "They are the first of 10,000 members whom Mexico sends to its northern border, the government in the city said.",
    "At least 1,650 of them go to Ciudad Juárez and 1,949 to Tijuana, where most lorries cross to California by day.",
    "In return the severe duties that Washington had announced for Mexican goods are put off for at least a month.",
    "President Claudia Sheinbaum agreed to act against fentanyl; Washington promised to look at arms that go south.",
]
TEXT = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
PAGE = f"""<!doctype html><html lang="en"><head><title>{CAPTION} - The Desk</title>
<meta property="og:title" content="{CAPTION}"><meta property="og:site_name" content="The Desk">
<meta property="og:image" content="https://news.example/convoy.jpg">
<meta property="article:published_time" content="2025-02-05T18:00:00Z"><link rel="canonical" href="{URL}">
<script type="application/ld+json">{
    json.dumps({"@type": "NewsArticle", "headline": CAPTION, "author": {"@type": "Person", "name": "By Ana Ruiz"}})
}</script></head><body>
<nav><ul><li><a href="/tools/tariff">Tariff calculator</a></li><li><a href="/world">World news</a></li></ul></nav>
<div class="menu"><a href="/tools/tariff">Tariff calculator</a> <a href="/tools/duty">Duty table</a></div>
<article><h1>{CAPTION}</h1><figure><img src="/convoy.jpg" alt="{CAPTION}"><figcaption>{CAPTION}</figcaption></figure>
<div class="wp-caption"><img src="/2.jpg" alt="{CAPTION}"><p class="wp-caption-text">{CAPTION}</p></div>
<div class="body">{TEXT}</div>
<p><a href="/other">Read also: How the Tariff calculator works for small firms at the border</a></p></article>
<aside><h3>More</h3><p>The Tariff calculator tells importers of steel what they will have to pay next month.</p></aside>
<footer><p>Use our Tariff calculator. All rights reserved by The Desk and its owners.</p></footer></body></html>"""


def read(page: str | bytes, content_type: str = "text/html", hints: Entry | None = None) -> Article:
    return extract(page.encode() if isinstance(page, str) else page, URL, content_type=content_type, hints=hints)


def page_of(body: str, head: str = "<title>Convoy at the river</title>") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def test_the_text_is_the_article_and_nothing_around_it() -> None:
    article = read(PAGE)
    assert article.text.split("\n") == PARAGRAPHS
    assert article.title == CAPTION
    assert (article.authors, article.site, article.language) == (("Ana Ruiz",), "The Desk", "en")
    assert article.image == "https://news.example/convoy.jpg"
    assert article.canonical_url == URL
    assert article.published is not None
    assert article.extraction is Extraction.PAGE


def test_a_word_of_the_menu_is_no_word_of_the_article() -> None:
    text = read(PAGE).text.lower()
    assert "tariff" not in text
    assert "calculator" not in text


def test_a_caption_repeated_as_the_headline_is_no_part_of_the_text() -> None:
    assert CAPTION not in read(PAGE).text
    assert read(PAGE).text.startswith("A convoy")


def test_the_line_under_the_headline_belongs_to_the_article() -> None:
    line = "The first trucks arrived at dawn; hundreds more are expected at the crossings before the week ends."
    head = f'<title>Convoy</title><meta name="description" content="{line}">'
    article = read(page_of(f'<h1>Convoy</h1><div class="x"><h2>{line}</h2></div><div class="t">{TEXT}</div>', head))
    assert article.text.split("\n") == [line, *PARAGRAPHS]


def test_an_article_cut_into_parts_by_advertisements_is_read_whole() -> None:
    more = [f"Part {n} tells at some length what the people at crossing {n} saw of the long convoy." for n in range(8)]
    parts = "".join(
        '<div class="row"><div class="ad">Advertisement</div></div>'
        f'<div class="grid"><div class="part">{block}</div></div>'
        for block in (TEXT, "".join(f"<p>{p}</p>" for p in more[:4]), "".join(f"<p>{p}</p>" for p in more[4:]))
    )
    text = read(page_of(f"<h1>Convoy</h1>{parts}")).text.split("\n")
    assert [line for line in text if line in PARAGRAPHS + more] == PARAGRAPHS + more
    assert "Advertisement" not in text


def test_a_sentence_that_only_begins_like_a_pointer_is_text() -> None:
    told = "Also on Wednesday, the mayor said that the bridge would stay open for lorries through the night."
    source = "Video of the convoy, which drove for two hours, was seen by half a million people by the evening."
    assert told in read(page_of(f"<article>{TEXT}<p>{told}</p><p>{source}</p></article>")).text
    assert source in read(page_of(f"<article>{TEXT}<p>{told}</p><p>{source}</p></article>")).text


def test_the_body_in_the_pages_data_serves_where_the_page_shows_none() -> None:
    data = json.dumps(
        {"@type": "NewsArticle", "articleBody": " ".join(PARAGRAPHS).replace("'", "&#8217;") + "&nbsp;End."}
    )
    article = read(
        page_of('<div id="root"></div>', f'<title>C</title><script type="application/ld+json">{data}</script>')
    )
    assert article.text.startswith("A convoy of the National Guard")
    assert "nbsp" not in article.text
    assert article.text.endswith("End.")


def test_the_body_in_the_pages_data_is_not_believed_against_the_page() -> None:
    data = json.dumps({"@type": "NewsArticle", "articleBody": "Buy our paper. " * 200})
    article = read(page_of(f"<article>{TEXT}</article>", f'<script type="application/ld+json">{data}</script>'))
    assert "Buy our paper" not in article.text


def test_hints_fill_what_the_page_does_not_say() -> None:
    from datetime import UTC, datetime

    hints = Entry(URL, title="From the feed", authors=("Luis Paz",), published=datetime(2025, 2, 5, tzinfo=UTC))
    article = read(f"<html><body><article>{TEXT}</article></body></html>", hints=hints)
    assert (article.title, article.authors, article.published) == ("From the feed", ("Luis Paz",), hints.published)
    assert read(PAGE, hints=hints).authors == ("Ana Ruiz",)


def test_a_page_behind_a_paywall_says_that_it_is_short() -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": "C", "isAccessibleForFree": False})
    article = read(page_of(f"<article>{TEXT}</article>", f'<script type="application/ld+json">{data}</script>'))
    assert "behind a paywall" in article.note
    assert read(PAGE).note == ""


def test_other_encodings_and_broken_letters() -> None:
    spanish = (
        "<p>La Guardia Nacional llegó a Ciudad Juárez el miércoles por la mañana con más de mil elementos.</p>"
        "<p>Los camiones pasaron por el río y se detuvieron en el segundo puente, según pidió la alcaldía.</p>"
    )
    page = page_of(f"<article>{spanish}</article>", '<meta charset="iso-8859-1">')
    assert "llegó a Ciudad Juárez" in read(page.encode("latin-1"), "text/html").text
    assert read(page.encode("latin-1")).language == "es"
    decomposed = page_of(f"<article>{spanish.replace('é', 'e' + chr(0x301))}</article>")
    assert "miércoles" in read(decomposed).text


def test_a_japanese_article_has_no_blanks_to_count() -> None:
    text = "<p>国境警備隊の車列が水曜日に川沿いを走り、二つ目の橋で一時間止まった。市長が求めたとおりである。</p>" * 3
    assert "車列" in read(page_of(f"<article>{text}</article>")).text


# why a page is no article ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "content_type", "words"),
    [("", "text/html", "the page is empty"), ("  \n ", "text/html", "the page is empty"),
     ("<html><body><p>Moved.</p></body></html>", "text/html", "too little text to be an article"),
     ('<html><body><div id="root"></div><script src="/app.js"></script></body></html>', "", "where JavaScript runs"),
     ("<html><body><noscript>Please enable JavaScript.</noscript></body></html>", "", "where JavaScript runs"),
     ("%PDF-1.4", "application/pdf", "leads to application/pdf, not to a page"),
     ("x", "image/png; q=1", "leads to image/png"), ("x", "audio/mpeg", "leads to audio/mpeg"),
     ("<p>" * 70_000, "text/html", "more than 10000 elements")],
)  # fmt: skip
def test_what_is_no_article_says_why(page: str, content_type: str, words: str) -> None:
    with pytest.raises(ExtractError, match=words) as caught:
        read(page, content_type)
    assert caught.value.url == URL


CHALLENGE = (
    "<html><head><title>Just a moment...</title></head><body>Checking your browser<script>x</script></body></html>"
)
GONE = "<html><head><title>Page not found | The Desk</title></head><body>Sorry</body></html>"


@pytest.mark.parametrize(
    ("status", "page", "final", "words"),
    [(403, "", URL, "refuses visitors like us (403)"), (401, "", URL, "asks for a login (401)"),
     (402, "", URL, "asks for payment"), (404, "", URL, "does not exist"), (410, "", URL, "was taken down"),
     (451, "", URL, "blocked for legal reasons"),
     (200, CHALLENGE, URL, "prove that they are human"), (503, CHALLENGE, URL, "prove that they are human"),
     (200, "x", "https://consent.news.example/collect?u=1", "behind a consent wall"),
     (200, "x", "https://news.example/privacywall?u=1", "behind a consent wall"),
     (200, "x", "https://news.example/login?next=/convoy", "behind a login"),
     (200, "x", "https://accounts.news.example/start", "behind a login"),
     (200, "x", "https://news.example/subscribe/offer", "behind a login"),
     (200, "x", "https://news.example/", "leads to the front page"), (200, "x", "https://news.example/en/",
     "front page"),
     (200, GONE, URL, "says that it does not exist")],
)  # fmt: skip
def test_a_refusal_is_told_in_words(status: int, page: str, final: str, words: str) -> None:
    assert words in str(refusal(status, page.encode(), URL, final))


@pytest.mark.parametrize(
    ("status", "page", "final"),
    [(200, PAGE, URL), (500, "", URL), (200, PAGE, "https://www.news.example/2025/02/05/convoy-at-the-river"),
     (200, PAGE.replace("<h1>", "<h1>Access denied: "), URL),
     (200, page_of(f"<p>Are you a robot? asks a play.</p>{TEXT}{TEXT}{TEXT}"), URL),
     (200, PAGE, "https://news.example/subscribers-meet-the-editor"), (200, PAGE,
     "https://news.example/accounting-scandal")],
)  # fmt: skip
def test_an_article_is_no_refusal(status: int, page: str, final: str) -> None:
    assert refusal(status, page.encode(), URL, final) is None


def test_an_address_that_was_asked_for_is_no_redirect_to_it() -> None:
    for url in ("https://news.example/", "https://news.example/login/story", "https://consent.example/a"):
        assert refusal(200, b"x", url, url) is None


# entries without their pages ---------------------------------------------------------------------------------


def test_an_entry_stands_in_for_its_page_and_says_so() -> None:
    entry = Entry(URL + "?utm_source=rss", title="Convoy", summary="Trucks at the river.", authors=("Ana Ruiz",))
    article = degrade(entry, "the page refuses visitors like us (403)")
    assert (article.title, article.text, article.extraction) == ("Convoy", "Trucks at the river.", Extraction.SUMMARY)
    assert article.note == "text from the feed summary: the page refuses visitors like us (403)"
    assert article.canonical_url == URL
    full = degrade(Entry(URL, title="Convoy", content=" ".join(PARAGRAPHS)), "")
    assert (full.extraction, full.note, full.language) == (Extraction.FEED, "", "en")


def test_text_is_one_paragraph_a_line() -> None:
    assert normal("  a\tb \r\n\n\x00 c\u0301 \n") == "a b\nć"


def test_a_line_repeated_in_decomposed_letters_is_told_once() -> None:
    decomposed = "".join(f"<p>{p}</p>" for p in PARAGRAPHS).replace("á", "a\u0301")
    assert read(page_of(f"<article><div>{decomposed}</div></article>")).text.split("\n") == PARAGRAPHS


def test_a_soft_hyphen_parts_no_word() -> None:
    soft = TEXT.replace("government", "gov&shy;ern\u00adment")
    assert read(page_of(f"<article>{soft}</article>")).text.split("\n") == PARAGRAPHS


def test_the_headline_printed_with_its_kicker_is_no_text() -> None:
    head = '<title>Convoy at the river</title><meta property="og:title" content="Convoy at the river">'
    body = f"<article><header><h2>Border Convoy at the river</h2></header>{TEXT}</article>"
    assert read(page_of(body, head)).text.split("\n") == PARAGRAPHS


def test_a_box_named_in_the_markup_is_no_text() -> None:
    box = (
        '<div class="newsletterBox"><p>Every morning the news of the river, written by people who live on it.</p></div>'
    )
    assert read(page_of(f"<article>{TEXT}{box}</article>")).text.split("\n") == PARAGRAPHS


def test_a_page_that_names_its_article_like_a_box_is_read_all_the_same() -> None:
    parts = "".join(f'<div class="modal-{n} related"><p>{p}</p></div>' for n, p in enumerate(PARAGRAPHS))
    text = read(page_of(f"<div>{parts}</div>")).text
    assert all(p in text for p in PARAGRAPHS)


# hostile pages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    ["<div>" * 100_000 + "deep" * 50, "<b><i>" * 30_000 + "x" * 500, "<table><tr><td>" * 5_000, "<p>word " * 50_000,
     "<p>word " * 14_000,
     "<p " + "".join(f'a{n}="1" ' for n in range(20_000)) + ">x</p>", "<!--" * 50_000, "<" * 200_000,
     "<title>" * 20_000,
     "<script>" * 5_000, "&" * 200_000, "<a href='x'>y</a> " * 20_000, "<p>" + "a" * 3_000_000 + "</p>",
     '<script type="application/ld+json">' + "[" * 100_000 + "</script>", "\x00\x01" * 10_000, "<svg>" * 9_000,
     "<p>" + "Read more " * 100_000 + "</p>",
     '<div class="related">' * 240 + "<p>a paragraph of some words that is no copy of any</p>" * 9_000,
     "".join(f"<p>paragraph {n} of a great many that differ in a word</p>" for n in range(9_500)),
     "".join(f'<div class="share related-{n}">box {n} of a great many words</div>' for n in range(9_500)),
     "<p>" + "".join(f'<a href="/{n}">a link of some words</a> ' for n in range(9_500)) + "</p>",
     "<h1>x</h1>" + "<span class=byline>" * 200 + "<b class=author-date>a b c d</b>" * 9_500,
     f"<div class={'a-' * 20_000}><p style='display{' ' * 20_000}'>x</p></div>" * 40],
)  # fmt: skip
def test_no_page_costs_more_cpu_than_a_worker_may_spend(page: str) -> None:
    begun = time.process_time()
    with suppress(ExtractError):
        extract(page.encode(), URL)
    refusal(200, page.encode(), URL, URL + "/x")
    assert time.process_time() - begun < 4.0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(at=st.integers(0, len(PAGE)), cut=st.integers(0, 400), noise=st.binary(max_size=40))
def test_damaged_pages_give_an_article_or_an_extract_error(at: int, cut: int, noise: bytes) -> None:
    body = PAGE.encode()
    with suppress(ExtractError):
        extract(body[:at] + noise + body[at + cut :], URL)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["", "text/html", "text/html; charset=utf-16", "text/html; charset=x"]))
def test_any_bytes_give_an_article_or_an_extract_error(body: bytes, content_type: str) -> None:
    for page in (body, gzip.compress(body)):
        with suppress(ExtractError):
            extract(page, URL, content_type=content_type)
        refusal(200, page, URL, URL)

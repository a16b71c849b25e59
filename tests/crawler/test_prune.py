"""What stands beside an article goes by its markup, and never the article itself. All pages in our own words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from crawler.prune import prune

STORY = [
    "The ferry across the sound stopped on Monday after a crack was found in the ramp on the northern shore.",
    "Lorries now drive round the bay, a detour of ninety kilometres that costs each of them most of a morning.",
    "The harbour office expects the ramp to be welded by Thursday and tested with an empty lorry on the same night.",
    "Two villages that live on day trippers have asked the county to pay for a bus until the boat sails again.",
]
TEXT = "".join(f"<p>{each}</p>" for each in STORY)
OTHER = "A bakery that burned in spring has opened again on the market square with a larger oven."


def left(body: str, *, by_name: bool = True) -> str:
    root = html.document_fromstring(f"<html><body>{body}</body></html>")
    prune(root, by_name=by_name)
    return " ".join(" ".join(root.itertext()).split())


@pytest.mark.parametrize(
    "box",
    [
        f'<div class="related-articles"><p>{OTHER}</p></div>',
        f'<section class="c-relatedLinks__list"><p>{OTHER}</p></section>',
        f'<div id="newsletter"><p>{OTHER}</p></div>',
        f'<div class="article-factbox fact-box"><p>{OTHER}</p></div>',
        f'<desk-factbox role="complementary"><p>{OTHER}</p></desk-factbox>',
        f'<div class="most-read"><p>{OTHER}</p></div>',
        f'<div class="author-bio"><p>{OTHER}</p></div>',
        f'<div class="adblock-notice" style="display: none"><p>{OTHER}</p></div>',
        f"<div hidden><p>{OTHER}</p></div>",
        f'<div class="image-description">{OTHER}</div>',
        f'<div class="comments"><p>{OTHER}</p></div>',
        f'<p class="video-heading">{OTHER}</p>',
        f'<div role="dialog"><p>{OTHER}</p></div>',
        f"<aside><p>{OTHER}</p></aside>",
        f"<figure><figcaption>{OTHER}</figcaption></figure>",
        f'<li><a href="/bakery"><div><h3>Bread again</h3><p>{OTHER}</p></div></a></li>',
    ],
)
def test_what_the_markup_calls_something_else_goes(box: str) -> None:
    assert left(f"<article><h1>No ferry</h1>{TEXT}{box}</article>") == " ".join(["No ferry", *STORY])


@pytest.mark.parametrize(
    "name", ["related", "widget newsletter", "swiper-slide", "share-article", "sidebar-right-none modal", "promo"]
)
def test_a_name_on_the_article_itself_is_not_believed(name: str) -> None:
    assert left(f'<div class="{name}"><h1>No ferry</h1>{TEXT}</div>') == " ".join(["No ferry", *STORY])


def test_a_name_on_every_paragraph_is_not_believed() -> None:
    boxes = "".join(f'<div class="share-block"><p>{each}</p></div>' for each in STORY)
    assert left(f"<main>{boxes}</main>") == " ".join(STORY)


def test_an_article_without_paragraph_marks_is_kept_under_any_name() -> None:
    text = "<br><br>".join(STORY)
    assert STORY[2] in left(f'<div class="recent-news"><h4>News</h4><div class="body">{text}</div></div>')


def test_a_much_longer_page_of_comments_does_not_save_the_comments() -> None:
    said = "".join(f'<div class="comment"><div class="says"><p>{OTHER} {n}</p></div></div>' for n in range(30))
    assert OTHER not in left(f"<article>{TEXT}</article>{said}")


def test_letters_of_a_made_up_identifier_are_no_name() -> None:
    assert OTHER in left(
        f'<article>{TEXT}<div id="block-id-n1AdVlBio" class="sc-hGAdsZ"><p>{OTHER}</p></div></article>'
    )


def test_a_quotation_in_a_figure_stays_and_its_caption_goes() -> None:
    found = left(
        f"<article>{TEXT}<figure><blockquote>{OTHER}</blockquote><figcaption>Baker</figcaption></figure></article>"
    )
    assert OTHER in found
    assert "Baker" not in found


def test_a_link_around_the_whole_page_is_its_frame() -> None:
    assert left(f'<a href="/"><div>{TEXT}</div></a>') == " ".join(STORY)


def test_a_card_over_a_word_inside_a_sentence_leaves_the_sentence() -> None:
    card = '<span class="rollover"><img src="m.jpg"><a href="/m">The mayor: all stories</a></span>'
    assert left(
        f"<article>{TEXT}<p>The mayor{card} said the bus would come on Friday at the latest.</p></article>"
    ).endswith("The mayor said the bus would come on Friday at the latest.")


def test_names_are_left_alone_where_they_have_deceived() -> None:
    assert OTHER in left(f'<article>{TEXT}<div class="related"><p>{OTHER}</p></div></article>', by_name=False)


NAMES = st.sampled_from(["related", "share", "x", "comments", "body", "modal", "hidden", "card"])


@settings(max_examples=100, deadline=None)
@given(st.lists(NAMES, max_size=8), st.lists(NAMES, max_size=4))
def test_whatever_the_names_around_it_the_longest_run_of_text_stays(around: list[str], beside: list[str]) -> None:
    opened = "".join(f'<div class="{name}">' for name in around)
    boxes = "".join(f'<div class="{name}"><p>{OTHER}</p></div>' for name in beside)
    assert " ".join(STORY) in left(f"{boxes}{opened}{TEXT}{'</div>' * len(around)}{boxes}")

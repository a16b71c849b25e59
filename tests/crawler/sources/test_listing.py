"""Pages that list articles, with selectors and without."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from core.errors import ParseError
from core.model import Parsed, Response
from crawler.sources import listing

URL = "https://agency.example/news/"
PAGE = """<!doctype html><html><head><title>News releases</title></head><body>
<header><nav><ul class="menu"><li><a href="/about/who">About the agency and its people</a></li>
<li><a href="/tools/tariff">Tariff calculator for importers and carriers</a></li></ul></nav></header>
<main><div class="list">
{cards}
</div><aside class="related"><ul><li><a href="/r/1">A related guide to crossing with your pets</a></li>
<li><a href="/r/2">A related guide to crossing with your car</a></li></ul></aside>
<div class="pager"><a href="?page=2">Go to the next page of results</a></div></main>
<footer><ul><li><a href="/legal/1">Terms of use and privacy of this site</a></li>
<li><a href="/legal/2">Freedom of information and other requests</a></li></ul></footer></body></html>"""
CARD = """<article class="card"><header><h3><a href="/news/{n}">Officers seize big shipment number {n}</a></h3></header>
<time datetime="2025-02-0{n}T10:00:00Z">Feb {n}</time><p>What was found in lane {n}.</p>
<a class="more" href="/news/{n}">Read more</a></article>"""


def read(page: str, **options: Any) -> Parsed:
    made = listing.build("agency", URL, listing.Options(**options))
    return made.parse(Response(URL, 200, {"content-type": "text/html"}, page.encode()))


@pytest.fixture
def page() -> str:
    return PAGE.format(cards="".join(CARD.format(n=n) for n in (3, 2, 1)))


def test_headlines_are_found_by_themselves(page: str) -> None:
    found = read(page)
    assert [e.url for e in found.entries] == [f"https://agency.example/news/{n}" for n in (3, 2, 1)]
    entry = found.entries[0]
    assert entry.title == "Officers seize big shipment number 3"
    assert entry.summary == "What was found in lane 3."
    assert entry.published == datetime(2025, 2, 3, 10, tzinfo=UTC)
    assert found.title == "News releases"


PAGES = Path(__file__).parents[2] / "data" / "listings"
TRUTH: dict[str, Any] = json.loads((PAGES / "truth.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_the_list_of_a_page_is_found_whatever_it_is_made_of(name: str) -> None:
    """A table, a grid of cards, headlines between farms of links, terms, a bulletin of documents, an endless river."""
    url, wanted = TRUTH[name]["url"], TRUTH[name]["articles"]
    made = listing.build("page", url, listing.Options(limit=200))
    found = made.parse(Response(url, 200, {"content-type": "text/html"}, (PAGES / f"{name}.html").read_bytes())).entries
    said = [(e.url, e.title, e.published.date().isoformat() if e.published else None) for e in found]
    assert said == [(w["url"], w["title"], w["date"]) for w in wanted]


def test_a_link_that_says_no_more_than_view_has_its_title_beside_it() -> None:
    rows = "".join(
        f"<tr><td>February {n}, 2025</td><td>Auction of seized trucks, lot {n}</td>"
        f"<td><a href='/v?id={n}'>View</a></td></tr>"
        for n in (11, 12, 13)
    )
    found = read(
        f"<body><table>{rows}</table><p><a href='/how/to/bid'>How to bid at one of our auctions</a></p></body>"
    )
    assert [e.title for e in found.entries] == [f"Auction of seized trucks, lot {n}" for n in (11, 12, 13)]


def test_a_date_may_stand_behind_the_link() -> None:
    links = "".join(f"<a href='/p/{n}.htm'>Bridge number {n} shut for repairs</a> (Feb. {n}, 2025)<br>" for n in (3, 4))
    found = read(f"<body><p>{links}</p></body>")
    assert [e.published for e in found.entries] == [datetime(2025, 2, n, tzinfo=UTC) for n in (3, 4)]


def test_more_before_the_heading_is_no_part_of_the_title() -> None:
    posts = "".join(
        f"<article><h2><a href='/2025/{n}/'>{words}</a></h2>"
        f"<a class=more href='/2025/{n}/'>Continue reading {words}</a></article>"
        for n, words in enumerate(("Storm shuts the mountain road", "Council keeps the old market"))
    )
    assert [e.title for e in read(posts).entries] == ["Storm shuts the mountain road", "Council keeps the old market"]


def test_headlines_in_a_script_without_blanks() -> None:
    titles = ("国境の橋で貨物検査が強化される", "知事が農家への支援策を発表した")
    terms = "".join(f"<dd><a href='/news/{n}.html'>{t}</a></dd>" for n, t in enumerate(titles))
    menu = "<ul class=m><li><a href='/about'>会社案内</a></li><li><a href='/r'>採用</a></li></ul>"
    assert [e.title for e in read(f"<body>{menu}<dl>{terms}</dl></body>").entries] == list(titles)


@pytest.mark.parametrize(
    "page",
    ["".join(f"<div class=c{n}><a href='/n/{n}'>Some words for link number {n}</a></div>" for n in range(3000)),
     "<div>" * 5000 + "".join(f"<a href='/n/{n}'>Some words for link number {n}</a><b>" for n in range(3000)),
     "<div><a href='/1'>A headline of five words</a>" + "<p>x" * 50_000 + "</div><div><a href='/2'>Other headline of "
     "five words</a></div>", "<a href='http://[x/'>Not an address at all</a>" * 5, "<a data-href='/1'>" * 3000],
)  # fmt: skip
def test_pages_made_to_exhaust_the_search_do_not(page: str) -> None:
    try:
        found = read(page, limit=1000)
    except ParseError:
        return
    assert len(found.entries) <= 1000


def test_selectors_say_what_is_what() -> None:
    cards = "".join(
        f'<div class="row"><b class="name">Release {n}</b><i class="when">February {n}, 2025</i>'
        f'<em>Lane {n}</em><a class="go" href="../{n}">More</a></div>'
        for n in (1, 2)
    )
    found = read(PAGE.format(cards=cards), links="a.go", title=".name", date=".when", summary="em")
    # a link that says only "More" is no headline: its card is the row that names the release
    assert [(e.url, e.title) for e in found.entries][:1] == [("https://agency.example/1", "Release 1")]
    assert found.entries[0].published == datetime(2025, 2, 1, tzinfo=UTC)


def test_a_selector_of_the_card_finds_the_link_inside(page: str) -> None:
    assert [e.url[-1] for e in read(page, links="article.card").entries] == ["3", "2", "1"]


def test_the_limit_keeps_the_first(page: str) -> None:
    assert [e.url[-1] for e in read(page, limit=2).entries] == ["3", "2"]


def test_a_page_that_lists_nothing_says_how_it_was_looked_for(page: str) -> None:
    with pytest.raises(ParseError, match="the selector 'h9 a' finds no links"):
        read(page, links="h9 a")
    with pytest.raises(ParseError, match="the automatic search finds no links"):
        read("<html><body><p>Down for maintenance</p></body></html>")


def test_a_selector_that_is_none_is_refused_when_read() -> None:
    with pytest.raises(ValidationError, match="not a CSS selector"):
        listing.Options(links="h3 >> a[")


def test_a_page_of_ten_thousand_links_is_read_in_time() -> None:
    links = "".join(f'<li><a href="/n/{n}">A headline of some words number {n}</a></li>' for n in range(10_000))
    assert len(read(f"<html><body><ul>{links}</ul></body></html>", limit=5).entries) == 5

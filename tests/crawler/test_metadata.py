"""What a page states of itself: structured data, meta tags, and only then what is printed."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from crawler.metadata import Metadata, read, without_site

DAY = datetime(2025, 2, 5, 18, tzinfo=UTC)


def page(body: str = "", head: str = "", url: str = "") -> Metadata:
    return read(html.document_fromstring(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>"), url)


def ld(**data: Any) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle"} | data
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [('<meta property="og:title" content="Bridge shut">', "", "Bridge shut"),
     ('<meta property="og:title" content="Bridge shut - Desk"><meta property="og:site_name" content="The Desk">', "",
      "Bridge shut"),
     # printed over the text and shared say the same with and without an addition: as printed
     ('<meta property="og:title" content="Bridge shut - National"><title>Bridge shut - National</title>',
      "<h1>Bridge shut</h1>", "Bridge shut"),
     ('<meta property="og:title" content="Why the bridge is shut">', "<h1>Bridge shut</h1>", "Why the bridge is shut"),
     ('<meta property="og:title" content="The Desk"><meta property="og:site_name" content="The Desk">',
      "<h1>Bridge shut</h1>", "Bridge shut"),
     (ld(headline="Bridge &amp; port"), "", "Bridge & port"),
     ("<title>Bridge shut | The Desk</title>", "<h1>The Desk</h1><h1>Bridge shut</h1>", "Bridge shut"),
     ("<title>The long wait at the bridge goes on | The Desk</title>", "", "The long wait at the bridge goes on"),
     ("", "<h1>Only printed</h1>", "Only printed"), ("", "", "")],
)  # fmt: skip
def test_titles(head: str, body: str, title: str) -> None:
    assert page(body, head).title == title


@pytest.mark.parametrize(
    ("title", "site", "left"),
    [("Bridge shut - The Desk", "The Desk", "Bridge shut"), ("Bridge shut | Desk | News", "Desk", "Bridge shut | Desk"),
     ("Juárez - El Paso bridge shut", "The Desk", "Juárez - El Paso bridge shut"),
     ("A headline of some more words | The Desk", "", "A headline of some more words"),
     ("Stay | Go", "", "Stay | Go"), ("", "The Desk", "")],
)  # fmt: skip
def test_the_outlet_is_taken_off_the_end_of_a_title(title: str, site: str, left: str) -> None:
    assert without_site(title, site) in (left, left.split(" | ")[0])


@pytest.mark.parametrize(
    ("head", "body", "authors"),
    [(ld(author={"@type": "Person", "name": "By Ana Ruiz"}), "", ("Ana Ruiz",)),
     (ld(author=[{"name": "Ana Ruiz"}, {"name": "Luis Paz"}, "Eva Gil"]), "", ("Ana Ruiz", "Luis Paz", "Eva Gil")),
     (ld(author={"name": "Ana Ruiz and Luis Paz"}), "", ("Ana Ruiz", "Luis Paz")),
     ('<meta name="author" content="Por Ana Ruiz, Luis Paz">', "", ("Ana Ruiz", "Luis Paz")),
     ('<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Ana Ruiz">', "",
      ("Ana Ruiz",)),
     ('<meta name="author" content="https://www.facebook.com/desk">', "", ()),
     ("", '<a rel="author" href="/a">Von Ana Ruiz</a>', ("Ana Ruiz",)),
     ("", '<h1>Bridge</h1><a href="/author/ana">Ana Ruiz</a><a href="/tag/b">Bridge News</a>', ("Ana Ruiz",)),
     # the outlet calls itself the author and prints who wrote it
     (ld(author={"name": "The Desk"}, publisher={"name": "The Desk"}),
      '<h1>Bridge</h1><p>von <a href="/autoren/ana">Ana Ruiz</a></p>', ("Ana Ruiz",)),
     (ld(author={"name": "The Desk"}, publisher={"name": "The Desk"}), "", ("The Desk",)), ("", "", ())],
)  # fmt: skip
def test_authors(head: str, body: str, authors: tuple[str, ...]) -> None:
    assert page(body, head).authors == authors


@pytest.mark.parametrize(
    ("head", "body", "url", "published"),
    [(ld(datePublished="2025-02-05T11:00:00-07:00"), "", "", DAY),
     ('<meta property="article:published_time" content="2025-02-05T18:00:00Z">', "", "", DAY),
     ('<meta property="article:published:time" content="2025-02-05T18:00:00Z">', "", "", DAY),
     ("", '<time itemprop="datePublished" datetime="2025-02-05T18:00Z">today</time>', "", DAY),
     ("", '<article><time datetime="2025-02-05T18:00Z"></time></article>', "", DAY),
     ("", "", "https://x.example/2025/02/05/bridge", datetime(2025, 2, 5, tzinfo=UTC)),
     # nothing is invented: two dates, none of them marked as the article's; a number; a day that is none
     ("", '<main><time datetime="2025-02-05"></time><time datetime="2025-02-06"></time></main>', "", None),
     ("", "<p>February 5, 2025</p>", "https://x.example/20250205/story-2025", None),
     ("", "", "https://x.example/2025/13/45/bridge", None), ("", "", "", None)],
)  # fmt: skip
def test_published(head: str, body: str, url: str, published: datetime | None) -> None:
    assert page(body, head, url).published == published


def test_all_of_a_page() -> None:
    head = ld(
        headline="Bridge shut", description="Why & how long", articleBody="The bridge is shut.",
        dateModified="2025-02-05T18:00Z", publisher={"name": "The Desk"}, image=["https://x.example/1.jpg"],
        isAccessibleForFree="False", inLanguage="es-MX",
    )  # fmt: skip
    found = page("", head + '<link rel="Canonical" href="/bridge">')
    assert (found.site, found.image, found.canonical) == ("The Desk", "https://x.example/1.jpg", "/bridge")
    assert (found.language, found.paywalled, found.modified) == ("es", True, DAY)
    assert (found.description, found.body) == ("Why & how long", "The bridge is shut.")


def test_the_article_is_found_inside_a_graph_and_beside_other_things() -> None:
    graph = {"@graph": [{"@type": "WebSite", "name": "x"}, {"@type": ["NewsArticle", "Thing"], "headline": "Deep",
             "author": {"name": "Ana Ruiz"}}, {"@type": "WebPage", "headline": "Shallow"}]}  # fmt: skip
    head = f'<script type="application/ld+json">{json.dumps(graph)}</script>'
    broken = '<script type="application/ld+json">{"@type": "NewsArticle", </script>'
    assert page("", broken + head).title == "Deep"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["@type", "@graph", "author", "name", "headline", "image", "url", "publisher", "datePublished",
                         "articleBody", "inLanguage", "description", "mainEntity"]), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_data_of_any_shape_is_survived(data: Any) -> None:
    head = (
        f'<script type="application/ld+json">{json.dumps([{"@type": "NewsArticle"}, data]).replace("</", "<")}</script>'
    )
    found = page("", head)
    assert isinstance(found.title, str)
    assert all(isinstance(name, str) for name in found.authors)


def test_people_are_named_before_the_outlet_wherever_they_stand() -> None:
    desk = ld(author={"name": "The Desk"}, publisher={"name": "The Desk"})
    assert page("", desk).authors == ("The Desk",)
    assert page("", f'{desk}<meta name="cXenseParse:author" content="Ana Ruiz">').authors == ("Ana Ruiz",)
    assert page('<h1>Water</h1><p class="articletag-author">By Ana Ruiz</p>', desk).authors == ("Ana Ruiz",)
    assert page('<h1>Water</h1><p class="author">4 comments</p>', desk).authors == ("The Desk",)
    short = ld(author={"name": "Desk"})
    assert page('<h1>W</h1><a href="/authors/9">Jo Lund</a>', short, "https://www.desk.example/w").authors == (
        "Jo Lund",
    )


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ('<h1>Water</h1><div class="metaInfoDateTime"><span>05.02.2025</span>, 5 min</div>', "2025-02-05"),
        ("<h1>Water</h1><time>February 5, 2025</time>", "2025-02-05"),
        ('<h1>Water</h1><p class="post-date">Posted on 5 February 2025 by Ana</p>', "2025-02-05"),
        ('<h1>Water</h1><p class="date">Updated: 5 February 2025</p>', None),  # when it changed, not when it appeared
        ('<h1>Water</h1><p class="date">5 February 2025</p><p class="date">6 February 2025</p>', None),  # of which?
        ("<h1>Water</h1><p>On 5 February 2025 the main burst.</p>", None),  # what it tells of
        ('<p class="date">5 February 2025</p><h1>Water</h1>', None),  # today, in the page's head
        ('<h1>Water</h1><footer class="copyright">© 2025</footer>', None),
        ('<h1>Water</h1><p class="date">05/02/2025</p>', None),  # May or February
        ('<h1>Water</h1><p class="date">two hours ago</p>', None),
    ],
)
def test_a_printed_date_counts_only_as_the_articles_own(body: str, day: str | None) -> None:
    found = page(body).published
    assert (found.date().isoformat() if found else None) == day

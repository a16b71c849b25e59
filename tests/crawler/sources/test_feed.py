"""Feeds as publishers write them."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.errors import ParseError
from core.markup import plain
from core.model import Parsed, Response
from crawler.sources import feed

URL = "https://news.example/section/feed.xml"
RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>Border Desk</title><link>https://news.example/</link>{}'
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="es"><title>Mesa</title><link href="https://news.example/"/>{}'
)
LONG = "The convoy moved along the river before dawn and stopped at the second bridge. " * 10


def read(text: str | bytes, content_type: str = "") -> Parsed:
    body = text if isinstance(text, bytes) else text.encode()
    made = feed.build("wire", URL, feed.Options())
    found = made.parse(Response(URL, 200, {"content-type": content_type}, body))
    return replace(found, entries=tuple(map(plain, found.entries)))


def rss(items: str) -> str:
    return RSS.format(items) + "</channel></rss>"


def atom(entries: str) -> str:
    return ATOM.format(entries) + "</feed>"


def test_rss_2() -> None:
    found = read(
        rss(
            """<ttl>15</ttl><language>en-us</language><item><title>Bridge shut</title><link>https://news.example/1</link>
            <guid isPermaLink="false">n-1</guid><author>ana@news.example (Ana Ruiz)</author>
            <pubDate>Wed, 05 Feb 2025 10:00:00 -0700</pubDate><description>Lanes closed</description></item>"""
        )
    )
    (entry,) = found.entries
    assert (found.title, found.ttl, found.skipped) == ("Border Desk", 900, 0)
    assert (entry.url, entry.id, entry.title) == ("https://news.example/1", "n-1", "Bridge shut")
    assert (entry.summary, entry.content, entry.language) == ("Lanes closed", "", "en")
    assert entry.authors == ("Ana Ruiz",)
    assert entry.published == datetime(2025, 2, 5, 17, tzinfo=UTC)
    assert entry.updated is None


def test_rss_with_the_full_text() -> None:
    found = read(
        rss(
            f"""<item><title>Bridge shut</title><link>https://news.example/1</link><description>Short</description>
            <content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/"><![CDATA[<p>{LONG}</p>
            <script>alert(1)</script><p>Last &amp; least.</p>]]></content:encoded></item>"""
        )
    )
    (entry,) = found.entries
    assert entry.summary == "Short"
    assert entry.content.startswith("The convoy moved")
    assert entry.content.endswith("\nLast & least.")
    assert "alert" not in entry.content


def test_a_long_description_is_the_text_where_there_is_no_other() -> None:
    (entry,) = read(rss(f"<item><title>T</title><link>/1</link><description>{LONG * 4}</description></item>")).entries
    assert entry.content.startswith("The convoy moved")


def test_atom() -> None:
    found = read(
        atom(
            """<entry><id>tag:news.example,2025:1</id><title type="html">Cierran &lt;b&gt;puente&lt;/b&gt;</title>
            <link rel="enclosure" href="https://news.example/1.mp3"/><link rel="alternate" href="/1"/>
            <published>2025-02-05T10:00:00Z</published><updated>2025-02-05T11:00:00Z</updated>
            <author><name>Ana Ruiz</name></author><author><name>Luis Paz</name></author>
            <summary>Carriles cerrados</summary></entry>"""
        )
    )
    (entry,) = found.entries
    assert (entry.url, entry.id) == ("https://news.example/1", "tag:news.example,2025:1")
    assert (entry.title, entry.summary, entry.language) == ("Cierran puente", "Carriles cerrados", "es")
    assert entry.authors[0] == "Ana Ruiz"
    assert (entry.published, entry.updated) == (
        datetime(2025, 2, 5, 10, tzinfo=UTC),
        datetime(2025, 2, 5, 11, tzinfo=UTC),
    )


def test_an_atom_entry_that_only_says_when_it_changed_was_published_nobody_knows_when() -> None:
    (entry,) = read(
        atom("<entry><id>1</id><title>T</title><link href='/1'/><updated>2025-02-05T11:00:00Z</updated></entry>")
    ).entries
    assert entry.published is None
    assert entry.updated == datetime(2025, 2, 5, 11, tzinfo=UTC)


def test_rdf() -> None:
    (entry,) = read(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/"><title>Desk</title></channel>
        <item rdf:about="https://news.example/1"><title>Bridge shut</title><link>https://news.example/1</link>
        <dc:date>2025-02-05T10:00:00Z</dc:date><dc:creator>Ana Ruiz</dc:creator></item></rdf:RDF>"""
    ).entries
    assert (entry.url, entry.title, entry.authors) == ("https://news.example/1", "Bridge shut", ("Ana Ruiz",))
    assert entry.published == datetime(2025, 2, 5, 10, tzinfo=UTC)


def test_json_feed() -> None:
    found = read(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "Border Desk",
                "language": "en-US",
                "items": [
                    {"id": "1", "url": "/1", "title": "Bridge shut", "content_html": f"<p>{LONG}</p>",
                     "image": "/1.jpg",
                     "authors": [{"name": "Ana Ruiz"}], "date_published": "2025-02-05T10:00:00Z"},
                    {"id": "https://news.example/2", "title": "Only an id"},
                    {"id": "3", "title": "No address"},
                    "not an item", 7, None,
                ],
            }
        )
    )  # fmt: skip
    assert [e.url for e in found.entries] == ["https://news.example/1", "https://news.example/2"]
    assert found.entries[0].content.startswith("The convoy moved")
    assert found.entries[0].image == "https://news.example/1.jpg"
    assert (found.title, found.skipped) == ("Border Desk", 4)


@pytest.mark.parametrize("items", [{"a": 1}, None, "x"])
def test_json_without_a_list_of_items_is_no_feed(items: object) -> None:
    with pytest.raises(ParseError, match="no list of items"):
        read(json.dumps({"items": items}))


@pytest.mark.parametrize(
    "items",
    [[{"url": "/1", "title": {"x": 1}, "authors": 5, "author": [], "summary": [1]}],
     [{"url": ["/1"]}, {"id": 5, "external_url": "/5"}], [[]]],
)  # fmt: skip
def test_json_items_of_odd_shapes_are_read_as_far_as_they_go(items: object) -> None:
    found = read(json.dumps({"items": items, "title": ["x"], "language": 5}))
    assert all(e.url.startswith("https://") for e in found.entries)


def test_old_encodings_and_wrong_labels() -> None:
    text = rss("<item><title>Ciudad Juárez: año nuevo</title><link>/1</link></item>")
    latin = text.replace('version="1.0"', 'version="1.0" encoding="ISO-8859-1"').encode("latin-1")
    assert read(latin).entries[0].title == "Ciudad Juárez: año nuevo"
    mislabelled = text.replace('version="1.0"', 'version="1.0" encoding="ISO-8859-1"').encode()
    assert read(mislabelled).entries[0].title == "Ciudad Juárez: año nuevo"
    assert read(text.encode("utf-16"), "text/xml").entries[0].title == "Ciudad Juárez: año nuevo"
    assert (
        read(b"\xef\xbb\xbf \n" + text.encode(), "text/xml; charset=us-ascii").entries[0].title.startswith("Ciudad J")
    )


@pytest.mark.parametrize(
    ("raw", "title"),
    [("AT&amp;T &amp; others", "AT&T & others"), ("<![CDATA[Ana & Luis <b>win</b>]]>", "Ana & Luis win"),
     ("&lt;b&gt;Bold&lt;/b&gt; move", "Bold move"), ("5 &lt; 7 says mayor", "5 < 7 says mayor"),
     ("Ju&#225;rez &#8211; El Paso", "Juárez – El Paso"), ("Record & measure", "Record & measure"),
     ("  two\n  lines ", "two lines"), ("Caf&eacute; open", "Café open")],
)  # fmt: skip
def test_titles_are_plain_text(raw: str, title: str) -> None:
    assert read(rss(f"<item><title>{raw}</title><link>/1</link></item>")).entries[0].title == title


@pytest.mark.parametrize(
    ("raw", "url"),
    [("<link>/2025/1</link>", "https://news.example/2025/1"), ("<link>2.html</link>", "https://news.example/section/2.html"),
     ("<link>//cdn.example/1</link>", "https://cdn.example/1"), ("<link> https://x.example/1 \n</link>", "https://x.example/1"),
     ("<link>https://x.example/?a=1&b=2</link>", "https://x.example/?a=1&b=2"),
     ("<link>https://x.example/?a=1&amp;b=2</link>", "https://x.example/?a=1&b=2"),
     ("<link><![CDATA[https://x.example/1]]></link>", "https://x.example/1"),
     ("<link>news.example/1</link>", "https://news.example/1"),
     ("<guid>https://x.example/g</guid>", "https://x.example/g"),
     ('<guid isPermaLink="true">https://x.example/g</guid>', "https://x.example/g")],
)  # fmt: skip
def test_addresses_are_made_whole(raw: str, url: str) -> None:
    assert read(rss(f"<item><title>T</title>{raw}</item>")).entries[0].url == url


@pytest.mark.parametrize(
    "raw",
    ["", "<link></link>", '<guid isPermaLink="false">https://x.example/g</guid>', "<guid>12345</guid>",
     "<link>javascript:alert(1)</link>", "<link>mailto:a@b.example</link>"],
)  # fmt: skip
def test_an_item_without_an_address_is_counted_not_followed(raw: str) -> None:
    found = read(rss(f"<item><title>Lost</title>{raw}</item><item><title>Kept</title><link>/2</link></item>"))
    assert [e.title for e in found.entries] == ["Kept"]
    assert (found.skipped, found.problem) == (1, "1 items without an address")


@pytest.mark.parametrize("rel", ["enclosure", "license", "related", "via", "self"])
def test_an_atom_link_that_is_not_the_page_is_no_address(rel: str) -> None:
    found = read(atom(f'<entry><id>urn:1</id><title>T</title><link rel="{rel}" href="https://x.example/1"/></entry>'))
    assert found.entries == ()
    assert found.skipped == 1


def test_xml_base_counts() -> None:
    (entry,) = read(
        atom('<entry xml:base="https://other.example/d/"><id>1</id><title>T</title><link href="1"/></entry>')
    ).entries
    assert entry.url == "https://other.example/d/1"


def test_items_with_one_guid_are_all_handed_on() -> None:
    items = "".join(f"<item><title>{n}</title><link>/{n}</link><guid>same</guid></item>" for n in range(3))
    assert [e.title for e in read(rss(items)).entries] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("page", "words"),
    [("<!DOCTYPE html><html><head><title>Sign in</title></head></html>", "an HTML page instead of a feed"),
     ("<html><body><script>var rss = '<rss>';</script></body></html>", "an HTML page instead of a feed"),
     ("Too many requests", "something else instead of a feed"), ("", "something else"), ("{}", "no list of items"),
     ('{"error": "quota"}', "no JSON Feed"), ("{", "neither JSON Feed nor XML"),
     ("<urlset><url><loc>https://x.example</loc></url></urlset>", "something else")],
)  # fmt: skip
def test_what_is_no_feed_is_said_to_be_none(page: str, words: str) -> None:
    with pytest.raises(ParseError, match=words) as caught:
        read(page)
    assert caught.value.source == "wire"


def test_a_truncated_feed_gives_what_it_still_holds() -> None:
    whole = rss("".join(f"<item><title>Number {n}</title><link>/{n}</link></item>" for n in range(20)))
    found = read(whole[: len(whole) // 2])
    assert 5 <= len(found.entries) <= 11
    assert found.entries[0].title == "Number 0"


def test_junk_before_the_feed_does_not_hide_it() -> None:
    text = "\n\nWarning: something in wp-content on line 3\n" + rss("<item><title>T</title><link>/1</link></item>")
    assert read(text).entries[0].title == "T"


def test_more_than_5000_items_are_counted_as_skipped() -> None:
    items = "".join(f"<item><title>{n}</title><link>/{n}</link></item>" for n in range(6000))
    found = read(rss(items))
    assert (len(found.entries), found.skipped) == (5000, 1000)
    assert found.problem == "1000 items beyond the first 5000"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [("<title>国境の橋が閉鎖</title>".encode("iso-2022-jp"), "text/xml; charset=iso-2022-jp"),
     ("<title>国境の橋が閉鎖</title>".encode("shift_jis"), "text/xml; charset=Shift_JIS"),
     (b"\xef\xbb\xbf" + "<title>国境の橋が閉鎖</title>".encode(), ""),
     ("<title>国境の橋が閉鎖</title>".encode(), "text/xml; charset=iso-8859-1"),
     (b"\x00<title>" + "国境の橋が閉鎖</title>\x0b".encode(), "")],
)  # fmt: skip
def test_the_encoding_is_found_whatever_is_said_of_it(body: bytes, content_type: str) -> None:
    begin, _, end = rss("<item>@<link>/1</link></item>").partition("@")
    mark = b"\xef\xbb\xbf" if body.startswith(b"\xef") else b""
    whole = mark + begin.encode() + body.removeprefix(mark) + end.encode()
    assert read(whole, content_type).entries[0].title == "国境の橋が閉鎖"


def test_json_feed_1_0_with_one_author_and_plain_text() -> None:
    item = {"id": 7, "external_url": "https://x.example/7", "title": "T", "author": {"name": "Ana Ruiz"},
            "content_text": "Use <b> for 5 < 7 & more. " * 40, "summary": "a <b> c"}  # fmt: skip
    (entry,) = read("\ufeff" + json.dumps({"version": "https://jsonfeed.org/version/1", "items": [item]})).entries
    assert (entry.url, entry.id, entry.authors) == ("https://x.example/7", "7", ("Ana Ruiz",))
    assert entry.summary == "a <b> c"
    assert entry.content.startswith("Use <b> for 5 < 7 & more.")


def test_an_address_that_is_none_does_not_stop_the_others() -> None:
    found = read(
        rss("<item><title>A</title><link>http://[x/</link></item><item><title>B</title><link>/b</link></item>")
    )
    assert [e.title for e in found.entries] == ["B"]


def test_html_stays_as_it_was_written_until_someone_needs_the_text() -> None:
    text = rss("<item><title>T</title><link>/1</link><description>&lt;p&gt;Lanes&lt;/p&gt;</description></item>")
    (entry,) = feed.build("wire", URL, feed.Options()).parse(Response(URL, 200, {}, text.encode())).entries
    assert (entry.summary, entry.markup) == ("<p>Lanes</p>", True)
    assert plain(entry).summary == "Lanes"


@pytest.mark.parametrize(
    "unit", ["<![CDATA[", "<title>", "</title>", "<item>", "<link>", "&", "<!--", "<a:title ", "]]>"]
)
def test_any_number_of_anything_is_read_in_linear_time(unit: str) -> None:
    """Not timed: in quadratic time this would take minutes."""
    try:
        found = read(rss("<item><title>T</title><link>/1</link></item>" + unit * (150_000 // len(unit))))
    except ParseError:
        return
    assert found.entries


BOMB = "<!DOCTYPE r [" + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "boom"}">' for n in range(9)
) + ' <!ENTITY x SYSTEM "file:///etc/passwd">]>'  # fmt: skip


def test_entities_neither_explode_nor_read_files() -> None:
    found = read(BOMB + rss("<item><title>A &a8; &x; Z</title><link>/1</link></item>"))
    assert len(found.entries[0].title) < 100
    assert "root:" not in found.entries[0].title


def test_a_doctype_inside_an_item_is_only_text() -> None:
    (entry,) = read(
        rss("<item><title>T</title><link>/1</link><description><![CDATA[ <!DOCTYPE ]]></description></item>")
    ).entries
    assert entry.url == "https://news.example/1"


def test_deep_nesting_is_survived() -> None:
    text = rss("<item><title>T</title><link>/1</link><description>" + "<b>" * 50_000 + "</description></item>")
    try:
        found = read(text)
    except ParseError:
        return
    assert len(found.entries) <= 1


def test_everything_a_feed_lists_can_be_read_also_what_cannot_be_followed() -> None:
    made = feed.build("wire", URL, feed.Options())
    text = rss("<item><title>Lost</title></item><item><title>Kept</title><link>/2</link></item>")
    found = made.read(Response(URL, 200, {}, text.encode()))
    assert [(e.title, e.url) for e in found.entries] == [("Lost", ""), ("Kept", "https://news.example/2")]

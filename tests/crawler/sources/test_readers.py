"""The parsers behind the feeds: the fast one is believed only where the careful one would say the same."""

from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.html import title_text
from crawler.sources import _readers
from crawler.sources._readers import Read, careful, fast, native, read

RSS = (
    '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:dcterms="http://purl.org/dc/terms/"><channel><title>Desk</title><link>https://n.example/</link>{}'
    "</channel></rss>"
)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Mesa</title><link href="https://n.example/"/>{}</feed>'
ITEM = "<item><title>Bridge shut</title><link>https://n.example/1</link></item>"


def rss(items: str) -> bytes:
    return RSS.format(items).encode()


def atom(entries: str) -> bytes:
    return ATOM.format(entries).encode()


def said(found: Read) -> list[tuple[str, str]]:
    return [(title_text(str(i.get("title") or "")), str(i.get("link") or "")) for i in found.items]


def test_the_native_reader_is_there() -> None:
    """An update of fastfeedparser that hides it would cost a tenfold of the time, and nothing else would tell."""
    found = native(rss(ITEM))
    assert found is not None
    assert said(found) == [("Bridge shut", "https://n.example/1")]


def test_without_the_native_reader_everything_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_readers, "_native", None)
    found = read(rss(ITEM * 3))
    assert found is not None
    assert said(found) == [("Bridge shut", "https://n.example/1")] * 3


@pytest.mark.parametrize(
    "data",
    [rss(f"<media:item/>{ITEM}<ITEM/>"),
     rss("<item><title>A <b>bold</b> move</title><link>https://n.example/1</link></item>"),
     rss("<item><title>Cut<!-- here --> short</title><link>https://n.example/1</link></item>"),
     rss("<item><media:title>Picture</media:title><title>Own</title><link>https://n.example/1</link></item>"),
     rss('<item><title>T</title><guid isPermaLink="false">https://n.example/g</guid></item>'),
     rss('<item xml:base="https://o.example/d/"><title>T</title><link>1</link></item>'),
     rss("<item><title>T</title><link>https://n.example/1</link><dcterms:created>2025-02-05</dcterms:created></item>"),
     rss("<item><title>T & U</title><link>https://n.example/1</link></item>"), rss(ITEM)[:-40],
     atom("<entry><id>https://n.example/1</id><title>T</title><link>https://n.example/2</link></entry>"),
     atom('<entry><title type="application/octet-stream">QnJpZGdl</title><link href="https://n.example/1"/></entry>'),
     atom('<entry><title>T</title><link rel="self" href="https://n.example/1"/></entry>')],
)  # fmt: skip
def test_where_the_native_reader_may_have_guessed_it_gives_way(data: bytes) -> None:
    assert native(data) is None


def test_the_first_title_of_another_vocabulary_is_not_the_items() -> None:
    found = read(
        rss("<item><media:title>Picture</media:title><title>Own</title><link>https://n.example/1</link></item>")
    )
    assert found is not None
    assert said(found) == [("Own", "https://n.example/1")]


def test_of_several_links_the_last_one_to_a_page_counts() -> None:
    found = native(
        atom('<entry><id>1</id><title>T</title><link rel="enclosure" href="https://n.example/1.mp3"/>'
             '<link href="https://n.example/1"/><link rel="alternate" type="application/json" href="https://n.example/j"/>'
             '<link rel="replies" href="https://n.example/r"/></entry>')
    )  # fmt: skip
    assert found is not None
    assert said(found) == [("T", "https://n.example/1")]


def test_an_atom_entry_without_a_link_is_known_by_its_address_for_an_id() -> None:
    found = native(atom("<entry><id>https://n.example/1</id><title>T</title></entry>"))
    assert found is not None
    assert said(found) == [("T", "https://n.example/1")]


def test_xhtml_in_atom_is_read_by_the_second_reader() -> None:
    data = atom(
        '<entry><id>1</id><title>T</title><link href="https://n.example/1"/><content type="xhtml">'
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>Lanes <b>closed</b></p></div></content></entry>'
    )
    assert native(data) is None
    found = fast(data)
    assert found is not None
    assert "closed" in found.items[0]["content"][0]["value"]


def test_a_feed_says_of_itself_what_it_is() -> None:
    found = native(rss(f"<image><title>Logo</title></image><language>es-mx</language><ttl>30</ttl>{ITEM}"))
    assert found is not None
    assert (found.title, found.language, found.ttl) == ("Desk", "es-mx", "30")


def test_dates_in_unusual_forms_are_read_as_everywhere_else() -> None:
    dated = "<item><title>T</title><link>https://n.example/1</link><pubDate>{}</pubDate></item>"
    for text, moment in (("5 de febrero de 2025 10:00", "2025-02-05T10:00:00+00:00"), ("05/02/2025", None)):
        found = native(rss(dated.format(text)))
        assert found is not None
        assert found.items[0].get("published") == moment


WORDS = st.text(alphabet="abc éñ国<>&\"'-—", min_size=1, max_size=30).filter(lambda t: t.strip() and "<" not in t[-2:])
LINKS = st.sampled_from(["https://n.example/a?x=1&y=2", "https://n.example/b", "/c", "d.html", "https://n.example/é"])


@st.composite
def items(draw: st.DrawFn) -> str:
    parts = [f"<link>{escape(draw(LINKS))}</link>"]
    title = draw(WORDS)
    cdata = draw(st.booleans()) and "]]>" not in title
    parts.append(f"<title><![CDATA[{title}]]></title>" if cdata else f"<title>{escape(title)}</title>")
    if draw(st.booleans()):
        parts.append(f"<description>{escape(draw(WORDS))}</description>")
    if draw(st.booleans()):
        permanent = draw(st.sampled_from(["", ' isPermaLink="false"', ' isPermaLink="true"']))
        parts.append(f"<guid{permanent}>{escape(draw(LINKS))}</guid>")
    if draw(st.booleans()):
        parts.append("<media:thumbnail url='https://n.example/1.jpg'/>")
    return f"<item>{''.join(draw(st.permutations(parts)))}</item>"


@given(st.lists(items(), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_both_readers_say_the_same_of_well_formed_feeds(listed: list[str]) -> None:
    data = rss("".join(listed))
    found = native(data)
    if found is not None:
        assert said(found) == said(careful(data))


@given(st.binary(max_size=40), st.integers(0, 400), st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_damage_of_any_kind_is_survived(junk: bytes, begin: int, length: int) -> None:
    data = rss(ITEM * 3)
    found = read(data[:begin] + junk + data[begin + length :])
    assert found is None or len(found.items) < 20

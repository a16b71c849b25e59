"""Sitemaps: news and plain, packed, indexes of them."""

import gzip
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from core.errors import ParseError
from core.model import Parsed, Response
from crawler.sources import sitemap

URL = "https://news.example/sitemap.xml"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def read(text: str | bytes, **options: Any) -> Parsed:
    body = text if isinstance(text, bytes) else text.encode()
    made = sitemap.build("wire", URL, sitemap.Options(**options))
    return made.parse(Response(URL, 200, {}, body))


def urlset(urls: str, namespaces: str = NAMESPACES) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {namespaces}>{urls}</urlset>'


NEWS = """<url><image:image><image:loc>https://x.example/1.jpg</image:loc><image:title>Picture</image:title></image:image>
<loc>https://news.example/{0}</loc><lastmod>2025-02-05T12:00:00Z</lastmod><news:news><news:publication>
<news:name>The Desk</news:name><news:language>spa</news:language></news:publication>
<news:publication_date>2025-02-0{0}T10:00:00-07:00</news:publication_date>
<news:title>Cierran el puente &amp; la garita {0}</news:title></news:news></url>"""


def test_a_news_sitemap_newest_first() -> None:
    found = read(urlset(NEWS.format(4) + NEWS.format(5)))
    assert [e.url for e in found.entries] == ["https://news.example/5", "https://news.example/4"]
    entry = found.entries[0]
    assert (entry.title, entry.language) == ("Cierran el puente & la garita 5", "es")
    assert entry.published == datetime(2025, 2, 5, 17, tzinfo=UTC)
    assert entry.updated == datetime(2025, 2, 5, 12, tzinfo=UTC)


def test_prefixes_that_were_never_declared_still_mean_what_they_say() -> None:
    found = read(urlset(NEWS.format(5), namespaces=""))
    assert found.entries[0].title == "Cierran el puente & la garita 5"


@pytest.mark.parametrize(
    ("said", "code"), [("es", "es"), ("spa", "es"), ("en-us", "en"), ("zh_CN", "zh"), ("xyz", None), ("", None)]
)
def test_languages_have_two_letters(said: str, code: str | None) -> None:
    assert read(urlset(NEWS.format(5).replace("spa", said))).entries[0].language == code


def test_a_plain_sitemap_has_no_titles_and_keeps_its_limit() -> None:
    urls = "".join(
        f"<url><loc>https://news.example/{n}</loc><lastmod>2025-01-{n + 1:02}</lastmod></url>" for n in range(30)
    )
    found = read(urlset(urls), limit=10)
    assert [e.url for e in found.entries][:2] == ["https://news.example/29", "https://news.example/28"]
    assert (len(found.entries), found.skipped, found.entries[0].title) == (10, 20, "")
    assert found.problem == "20 addresses beyond the newest 10"


def test_only_addresses_with_the_wanted_text() -> None:
    urls = "".join(f"<url><loc>https://news.example/{part}/1</loc></url>" for part in ("news", "video", "news/us"))
    assert [e.url.split("/")[3] for e in read(urlset(urls), links="/news/").entries] == ["news", "news"]


def test_an_index_leads_to_its_newest_parts() -> None:
    parts = "".join(
        f"<sitemap><loc>https://news.example/{n}.xml.gz</loc><lastmod>2025-0{n}-01</lastmod></sitemap>"
        for n in (1, 3, 2)
    )
    found = read(
        f"<sitemapindex {NAMESPACES}>{parts}<sitemap><loc>ftp://x/9.xml</loc></sitemap></sitemapindex>", parts=2
    )
    assert found.entries == ()
    assert [r.url for r in found.next] == ["https://news.example/3.xml.gz", "https://news.example/2.xml.gz"]
    assert sitemap.build("wire", URL, sitemap.Options(parts=2)).documents == 3


def test_an_index_without_dates_goes_by_the_dates_in_its_names() -> None:
    def parts(*names: str) -> list[str]:
        listed = "".join(f"<sitemap><loc>https://news.example/{n}.xml</loc></sitemap>" for n in names)
        return [r.url[21:-4] for r in read(f"<sitemapindex {NAMESPACES}>{listed}</sitemapindex>", parts=2).next]

    assert parts("2024-11", "map-2025-1", "2023-12", "map-2025-02") == ["map-2025-02", "map-2025-1"]
    assert parts("pages", "posts", "authors") == ["pages", "posts"]
    assert parts("news", "news", "posts") == ["news", "posts"]


def test_an_index_may_lead_to_an_index() -> None:
    inner = f"<sitemapindex {NAMESPACES}><sitemap><loc>/deep/1.xml</loc></sitemap></sitemapindex>"
    assert [r.url for r in read(inner).next] == ["https://news.example/deep/1.xml"]


def test_a_window_leaves_out_what_is_older_than_the_newest_by_so_much() -> None:
    urls = "".join(f"<url><loc>/{n}</loc><lastmod>2025-02-{n:02}</lastmod></url>" for n in (1, 5, 7, 8))
    assert [e.url[-1] for e in read(urlset(urls + "<url><loc>/9</loc></url>"), window="3d").entries] == ["8", "7", "5"]
    parts = "".join(f"<sitemap><loc>/{n}.xml</loc><lastmod>2025-02-{n:02}</lastmod></sitemap>" for n in (1, 7, 8))
    found = read(f"<sitemapindex {NAMESPACES}>{parts}</sitemapindex>", window="3d")
    assert [r.url[-5] for r in found.next] == ["8", "7"]
    with pytest.raises(ValidationError, match="no duration"):
        sitemap.Options(window="soon")


def test_a_date_ahead_of_the_servers_clock_does_not_move_the_window() -> None:
    urls = "".join(f"<url><loc>/{n}</loc><lastmod>{n}-02-05</lastmod></url>" for n in (2024, 2025, 2099))
    made = sitemap.build("wire", URL, sitemap.Options(window="30d"))
    answer = Response(URL, 200, {"date": "Wed, 05 Feb 2025 12:00:00 GMT"}, urlset(urls).encode())
    assert [e.url[-4:] for e in made.parse(answer).entries] == ["2099", "2025"]


def test_a_text_sitemap_has_an_address_a_line() -> None:
    text = "\ufeffhttps://news.example/a\r\nhttps://news.example/b\n\nhttps://news.example/a\nnot an address\n"
    assert [e.url[-1] for e in read(text).entries] == ["a", "b"]
    assert [e.url[-1] for e in read(gzip.compress(text.encode()), links="/b").entries] == ["b"]
    with pytest.raises(ParseError, match="not an address a line"):
        read("Too many requests, see https://news.example/help for help")


def test_pictures_and_addresses_without_a_host() -> None:
    entry = read(urlset(NEWS.format(5).replace("https://news.example/5", "/5"))).entries[0]
    assert (entry.url, entry.image) == ("https://news.example/5", "https://x.example/1.jpg")


def test_no_more_than_50_000_addresses_of_a_document_are_looked_at() -> None:
    found = read(urlset("<url><loc>/1</loc></url>" * 50_010))
    assert found.problem.endswith("10 addresses beyond the first 50000")


def test_packed_parts_are_unpacked_and_bombs_only_in_part() -> None:
    assert len(read(gzip.compress(urlset(NEWS.format(5)).encode())).entries) == 1
    with pytest.raises(ParseError, match="gzip part cannot be read"):
        read(gzip.compress(urlset(NEWS.format(5)).encode())[:60])
    with pytest.raises(ParseError):
        read(gzip.compress(b" " * (64 << 20)))


@pytest.mark.parametrize(
    ("page", "words"),
    [("<html><body>Sign in</body></html>", "its root is <html>"), ("<rss><channel/></rss>", "its root is <rss>"),
     ("", "no XML"), ("words", "no XML")],
)  # fmt: skip
def test_what_is_no_sitemap_is_said_to_be_none(page: str, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        read(page)


def test_entities_neither_explode_nor_read_files() -> None:
    dtd = '<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    text = urlset("<url><loc>https://news.example/1</loc></url><url><loc>https://news.example/&x;&b;</loc></url>")
    found = read(text.replace("?>", "?>" + dtd, 1))
    assert all("root:" not in e.url for e in found.entries)
    assert found.entries[0].url == "https://news.example/1"

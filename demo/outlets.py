"""What the outlets send: feeds, sitemaps, listings, API pages and articles, as bytes. Pure: no clock, no sockets."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from math import ceil
from typing import Any

from demo.texts import skins
from demo.texts.press import Outlet
from demo.world import FORBIDDEN, Article, Printed, printed

PATHS = {
    "rss": "/feed.xml",
    "rss_full": "/feed.xml",
    "rss_latin1": "/rss.xml",
    "rdf": "/index.rdf",
    "atom": "/atom.xml",
    "atom_full": "/atom.xml",
    "json_feed": "/feed.json",
    "news_sitemap": "/sitemap_index.xml",
    "listing": "/latest/",
    "json_api": "/api/v1/documents.json",
}
KINDS = {"news_sitemap": "sitemap", "listing": "listing", "json_api": "json_api"}  # every other shape is a feed
NEWS_PART, ARCHIVE_PART = "/sitemaps/news.xml", "/sitemaps/archive.xml"
TRACKERS = "utm_source=rss&utm_medium=feed&utm_campaign=latest"
PAGES = 5  # of the JSON API
ROBOTS = "User-agent: *\nDisallow: /search\nDisallow: {extra}\n"
NS = {
    "rss": 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"',
    "rdf": 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"',
    "map": 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"',
}


@dataclass(frozen=True, slots=True)
class Times:
    """The wall clock of a run: when the process was born and, once it has, when the news began."""

    born: datetime
    started: datetime | None = None

    def published(self, article: Article) -> datetime:
        """When an article appeared."""
        if article.after is None or self.started is None:
            return _whole(self.born - timedelta(seconds=article.age))
        return _whole(self.started + timedelta(seconds=article.after))

    def edited(self, article: Article) -> datetime:
        """When an edited article changed."""
        assert self.started is not None
        assert article.edited_after is not None
        return _whole(self.started + timedelta(seconds=article.edited_after))


@dataclass(frozen=True, slots=True)
class Listed:
    """One article as its outlet shows it at some moment."""

    title: str
    summary: str
    paragraphs: tuple[str, ...]
    author: str
    url: str
    link: str
    guid: str
    published: datetime
    updated: datetime
    language: str
    credit: str
    origin: str


def listed(
    article: Article,
    house: Outlet,
    base: str,
    times: Times,
    *,
    edited: bool = False,
    reissued: bool = False,
    origin: str = "",
) -> Listed:
    """The article as seen before or after its edit and its outlet's re-issue. `origin`: address of the original."""
    text: Printed = printed(article, edited=edited)
    url = base + article.path
    published = times.published(article)
    return Listed(
        title=text.title,
        summary=text.summary,
        paragraphs=text.paragraphs,
        author=text.author,
        url=url,
        link=url + ("&" if "?" in url else "?") + TRACKERS if house.trackers else url,
        guid=f"{house.name}-{'v2-' if reissued else ''}{article.number}",
        published=published,
        updated=times.edited(article) if edited else published,
        language=house.language,
        credit=article.credit,
        origin=origin,
    )


def source(house: Outlet, base: str, window: int) -> dict[str, Any]:
    """The source definition of an outlet, as it stands in config.yaml."""
    made: dict[str, Any] = {
        "name": house.name,
        "kind": KINDS.get(house.shape, "feed"),
        "url": base + PATHS[house.shape],
        "every": "1s",
        "language": house.language,
        "tags": list(house.tags),
    }
    if house.shape == "news_sitemap":
        made |= {"limit": window, "parts": 2}
    elif house.shape == "listing":
        made |= {"links": "main h2 a", "date": "time", "summary": "p.teaser", "limit": window}
    elif house.shape == "json_api":
        fields = {"url": "html_url", "title": "title", "summary": "abstract", "published": "publication_date"}
        made |= {
            "url": f"{made['url']}?order=newest&per_page={per_page(window)}",
            "items": "results",
            "fields": {**fields, "id": "document_number", "authors": "agencies"},
            "next": "next_page_url",
            "pages": PAGES,
        }
    return made


def per_page(window: int) -> int:
    """How many documents a page of the API holds so that its pages hold the window."""
    return ceil(window / PAGES)


def robots(house: Outlet) -> bytes | None:
    """robots.txt, or None where the outlet has none."""
    if house.name == "desert-signal":
        return None
    return ROBOTS.format(extra=f"{FORBIDDEN}/" if house.trait == "robots" else "/cart").encode()


def fragment(house: Outlet, item: Listed) -> str:
    """One entry of the outlet's feed, ready to be joined with others."""
    return FRAGMENTS[house.shape](item)


def document(house: Outlet, base: str, fragments: Sequence[str], updated: datetime) -> tuple[bytes, str]:
    """The outlet's feed of these entries, newest first: bytes and content type. Sitemap: its part with the news."""
    return DOCUMENTS[house.shape](house, base, fragments, updated)


def sitemap_index(base: str, updated: datetime, oldest: datetime) -> tuple[bytes, str]:
    """The index that names the two parts of the sitemap."""
    parts = "".join(
        f"<sitemap><loc>{base}{path}</loc><lastmod>{_iso(moment)}</lastmod></sitemap>"
        for path, moment in ((ARCHIVE_PART, oldest), (NEWS_PART, updated))
    )
    return _xml(f"<sitemapindex {NS['map']}>{parts}</sitemapindex>"), "application/xml"


def api_page(base: str, fragments: Sequence[str], number: int, size: int) -> tuple[bytes, str]:
    """One page of the JSON API, with the address of the next one while there is one."""
    shown = fragments[(number - 1) * size : number * size]
    more = number * size < len(fragments)
    following = f"{base}{PATHS['json_api']}?order=newest&per_page={size}&page={number + 1}" if more else None
    head = {"count": len(fragments), "description": "Documents, newest first", "next_page_url": following}
    text = json.dumps(head, ensure_ascii=False)[:-1] + f', "results": [{",".join(shown)}]}}'
    return text.encode(), "application/json; charset=utf-8"


def page(house: Outlet, base: str, item: Listed, related: Sequence[Listed]) -> tuple[bytes, str]:
    """The article's own page."""
    return _html(house, skins.page(house, base, item, related))


def front(house: Outlet, base: str, items: Sequence[Listed]) -> tuple[bytes, str]:
    """The front page."""
    return _html(house, skins.front(house, base, items, "iso-8859-1" if house.shape == "rss_latin1" else "utf-8"))


def wall(house: Outlet) -> tuple[bytes, str]:
    """What a page behind the subscribers' wall answers, with status 403."""
    text = f"<!DOCTYPE html><html><head><title>{escape(house.title)}</title></head><body><h1>Subscribers only</h1>"
    return f"{text}<p>Please sign in to read this bulletin.</p></body></html>".encode(), "text/html; charset=utf-8"


def _rss_item(item: Listed, *, full: bool = False) -> str:
    body = f"<content:encoded>{_cdata(_paragraphs(item))}</content:encoded>" if full else ""
    return (
        f"<item><title>{escape(item.title, quote=False)}</title><link>{escape(item.link)}</link>"
        f'<guid isPermaLink="false">{item.guid}</guid><pubDate>{format_datetime(item.published)}</pubDate>'
        f"<dc:creator>{escape(item.author, quote=False)}</dc:creator>"
        f"<description>{escape(f'<p>{escape(item.summary, quote=False)}</p>', quote=False)}</description>{body}</item>"
    )


def _rdf_item(item: Listed) -> str:
    return (
        f'<item rdf:about="{item.guid}"><title>{escape(item.title, quote=False)}</title>'
        f"<link>{escape(item.link)}</link>"
        f"<description>{escape(item.summary, quote=False)}</description><dc:date>{_iso(item.published)}</dc:date>"
        f"<dc:creator>{escape(item.author, quote=False)}</dc:creator></item>"
    )


def _atom_entry(item: Listed, *, full: bool = False) -> str:
    content = f'<content type="html">{escape(_paragraphs(item), quote=False)}</content>' if full else ""
    return (
        f"<entry><id>tag:{item.guid}</id><title>{escape(item.title, quote=False)}</title>"
        f'<link rel="alternate" type="text/html" href="{escape(item.link)}"/>'
        f"<published>{_iso(item.published)}</published><updated>{_iso(item.updated)}</updated>"
        f"<author><name>{escape(item.author, quote=False)}</name></author>"
        f"<summary>{escape(item.summary, quote=False)}</summary>{content}</entry>"
    )


def _json_item(item: Listed) -> str:
    return json.dumps(
        {
            "id": item.guid,
            "url": item.link,
            "title": item.title,
            "summary": item.summary,
            "content_html": _paragraphs(item),
            "date_published": _iso(item.published),
            "date_modified": _iso(item.updated),
            "authors": [{"name": item.author}],
            "language": item.language,
        },
        ensure_ascii=False,
    )


def _map_url(item: Listed) -> str:
    return (
        f"<url><loc>{escape(item.url)}</loc><lastmod>{_iso(item.updated)}</lastmod><news:news><news:publication>"
        f"<news:name>news</news:name><news:language>{item.language}</news:language></news:publication>"
        f"<news:publication_date>{_iso(item.published)}</news:publication_date>"
        f"<news:title>{escape(item.title, quote=False)}</news:title></news:news></url>"
    )


def _document_record(item: Listed) -> str:
    """A document as the Federal Register's API gives it; some have no abstract."""
    number = item.guid.rsplit("-", 1)[1]
    bare = item.summary == item.paragraphs[0] and int(number) % 3 == 0  # nobody wrote a summary for it
    return json.dumps(
        {
            "title": item.title,
            "type": "Notice",
            "abstract": None if bare else item.summary,
            "document_number": f"{item.published:%Y}-{int(number):05}",
            "html_url": item.url,
            "publication_date": f"{item.published:%Y-%m-%d}",
            "agencies": [{"raw_name": "OFFICE OF BORDER NOTICES", "name": "Office of Border Notices", "id": 77}],
        },
        ensure_ascii=False,
    )


def _rss(house: Outlet, base: str, fragments: Sequence[str], updated: datetime) -> tuple[bytes, str]:
    label = "ISO-8859-1" if house.shape == "rss_latin1" else "UTF-8"
    text = (
        f'<rss version="2.0" {NS["rss"]}><channel><title>{escape(house.title)}</title><link>{base}/</link>'
        f"<language>{house.language}</language><lastBuildDate>{format_datetime(updated)}</lastBuildDate>"
        f"{''.join(fragments)}</channel></rss>"
    )
    if label == "UTF-8":
        return _xml(text), "application/rss+xml; charset=utf-8"
    return _xml(text, label), "application/rss+xml"


def _rdf(house: Outlet, base: str, fragments: Sequence[str], updated: datetime) -> tuple[bytes, str]:
    channel = f'<channel rdf:about="{base}/"><title>{escape(house.title)}</title><link>{base}/</link></channel>'
    return _xml(f"<rdf:RDF {NS['rdf']}>{channel}{''.join(fragments)}</rdf:RDF>"), "application/rdf+xml; charset=utf-8"


def _atom(house: Outlet, base: str, fragments: Sequence[str], updated: datetime) -> tuple[bytes, str]:
    head = (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{house.language}"><id>{base}/</id>'
        f'<title>{escape(house.title)}</title><updated>{_iso(updated)}</updated><link href="{base}/"/>'
    )
    return _xml(f"{head}{''.join(fragments)}</feed>"), "application/atom+xml; charset=utf-8"


def _json_feed(house: Outlet, base: str, fragments: Sequence[str], updated: datetime) -> tuple[bytes, str]:
    head = {"version": "https://jsonfeed.org/version/1.1", "title": house.title, "home_page_url": f"{base}/"}
    text = json.dumps(head, ensure_ascii=False)[:-1] + f', "items": [{",".join(fragments)}]}}'
    return text.encode(), "application/feed+json; charset=utf-8"


def _map(house: Outlet, base: str, fragments: Sequence[str], updated: datetime) -> tuple[bytes, str]:
    return _xml(f"<urlset {NS['map']}>{''.join(fragments)}</urlset>"), "application/xml"


def _listing(house: Outlet, base: str, fragments: Sequence[str], updated: datetime) -> tuple[bytes, str]:
    empty = skins.front(house, base, ())
    return _html(house, empty.replace("</main>", "\n".join(fragments) + "</main>", 1))


def _api(house: Outlet, base: str, fragments: Sequence[str], updated: datetime) -> tuple[bytes, str]:
    return api_page(base, fragments, 1, len(fragments) or 1)


FRAGMENTS: dict[str, Callable[[Listed], str]] = {
    "rss": _rss_item,
    "rss_full": lambda item: _rss_item(item, full=True),
    "rss_latin1": _rss_item,
    "rdf": _rdf_item,
    "atom": _atom_entry,
    "atom_full": lambda item: _atom_entry(item, full=True),
    "json_feed": _json_item,
    "news_sitemap": _map_url,
    "listing": skins.card,
    "json_api": _document_record,
}
DOCUMENTS: dict[str, Callable[[Outlet, str, Sequence[str], datetime], tuple[bytes, str]]] = {
    "rss": _rss,
    "rss_full": _rss,
    "rss_latin1": _rss,
    "rdf": _rdf,
    "atom": _atom,
    "atom_full": _atom,
    "json_feed": _json_feed,
    "news_sitemap": _map,
    "listing": _listing,
    "json_api": _api,
}


def _html(house: Outlet, text: str) -> tuple[bytes, str]:
    if house.shape == "rss_latin1":
        return text.encode("iso-8859-1", "xmlcharrefreplace"), "text/html"
    return text.encode(), "text/html; charset=utf-8"


def _xml(text: str, label: str = "UTF-8") -> bytes:
    return f'<?xml version="1.0" encoding="{label}"?>\n{text}\n'.encode(label, "xmlcharrefreplace")


def _paragraphs(item: Listed) -> str:
    return "".join(f"<p>{escape(p, quote=False)}</p>" for p in item.paragraphs)


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)

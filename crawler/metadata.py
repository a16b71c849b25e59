"""What a page states of itself: JSON-LD, Open Graph, meta tags, microdata. Nothing is guessed from its looks."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import html as lxml_html

from core.dates import parse_date
from core.html import brief, clean, labels, letters, title_text

ARTICLE_TYPES = re.compile(r"(Article|BlogPosting|Report|LiveBlogPosting|WebPage|NewsArticle)$")
BETTER_TYPES = re.compile(r"(Article|BlogPosting|Report|LiveBlogPosting)$")
PUBLISHED = ("article:published_time", "article:published", "article:published:time", "og:published_time",
             "datepublished", "date",
             "dc.date.issued", "dcterms.created", "dc.date", "parsely-pub-date", "sailthru.date", "publishdate",
             "pubdate", "publish-date", "publication_date", "cxenseparse:recs:publishtime", "dcterms.date",
             "article.published", "displaydate", "original-publish-date")  # fmt: skip
MODIFIED = (
    "article:modified_time",
    "article:modified:time",
    "og:updated_time",
    "lastmod",
    "last-modified",
    "datemodified",
    "dcterms.modified",
)
AUTHORS = ("author", "article:author", "parsely-author", "dc.creator", "sailthru.author", "byl", "cxenseparse:author",
           "og:article:author", "articleauthor", "article:author:name", "dcterms.creator", "citation_author", "authors",
           "twitter:misc:written by")  # fmt: skip
WRITTEN = re.compile(
    r"written by|verfasst|geschrieben|author|autor|escrito|écrit|scritto|skrevet|skriven|geschreven", re.I
)
AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:es|en|i)?|auteurs?|autore|profile|people|staff|redaktion|redakteur\w*)/", re.I
)
BYLINE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:by-?lines?|authors?|autor(?:en|es)?|auteurs?|autore|writers?)(?:[\s_-]|$)", re.I
)
DATE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:date|date-?time|published|pub-?date|posted|post-?date|timestamp|datum|fecha|data)(?:[\s_-]|$)",
    re.I,
)
CHANGED = re.compile(
    r"updated?|modified|aktualisiert|actualizado|actualisé|mis à jour|aggiornato|atualizado|bijgewerkt", re.I
)
STATED = re.compile(
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b|"
    r"\b\d{1,2}\.?\s(?:de\s)?[^\W\d]{3,11}\.?,?\s(?:de\s)?\d{4}\b|\b[^\W\d]{3,11}\.?\s\d{1,2},?\s\d{4}\b"
)
DAY_IN_PATH = re.compile(r"/(20[0-3]\d)/(\d{1,2})/(\d{1,2})(?:/|$)")
SEPARATORS = (" | ", " - ", " – ", " — ", " :: ", " · ", " • ", " » ", " / ")
BYLINE = re.compile(r"^\s*(by|von|por|par|da|di|door|av|af|przez|texto|text|autor(a)?|autore|author)\b[:\s]+", re.I)
JOINED = re.compile(r"\s*(?:,|;|\s(?:and|und|y|e|et|og|och|en|&)\s)\s*", re.I)
SPOILED = re.compile(r"https?://|@|\bwww\.|\{|\}|^\d+$|^null$|^undefined$", re.I)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the page states; empty or None where it does not."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    site: str = ""
    image: str | None = None
    canonical: str | None = None
    language: str | None = None
    description: str = ""
    body: str = ""  # articleBody of JSON-LD
    paywalled: bool = False


def read(root: lxml_html.HtmlElement, url: str = "") -> Metadata:
    """Structured data first, then meta tags, then the document's own h1 and title; last the day in its address."""
    meta = _meta(root)
    nodes = list(_json_ld(root))
    best = max(nodes, key=_weight, default={})
    site = title_text(meta.get("og:site_name") or _name(best.get("publisher")) or "")
    return Metadata(
        title=_title(root, meta, best, site),
        authors=_authors(root, meta, best, {site, _name(best.get("publisher")), _domain(url)}),
        published=parse_date(_first(best, "datePublished", "dateCreated"))
        or _date(meta, PUBLISHED)
        or _time(root)
        or _printed(root)
        or _day(url),
        modified=parse_date(_first(best, "dateModified")) or _date(meta, MODIFIED),
        site=site,
        image=_image(meta, best),
        canonical=next(
            (str(n.get("href")) for n in root.iter("link") if (n.get("rel") or "").lower() == "canonical"),
            None,
        ),
        language=_language(root, meta, best),
        description=title_text(
            meta.get("og:description") or meta.get("description") or _text(best.get("description")) or ""
        ),
        body=_text(best.get("articleBody")),
        paywalled=str(best.get("isAccessibleForFree")).lower() == "false",
    )


def _meta(root: lxml_html.HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in root.iter("meta"):
        name = (
            node.get("property") or node.get("name") or node.get("itemprop") or node.get("http-equiv") or ""
        ).lower()
        content = node.get("content")
        if name and content and content.strip():
            found.setdefault(name, content.strip())
    return found


def _json_ld(root: lxml_html.HtmlElement) -> Iterator[dict[str, Any]]:
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        text = (script.text_content() or "").strip().removeprefix("<!--").removesuffix("-->").rstrip(";")
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _articles(data, 0)


def _articles(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 4:
        return
    if isinstance(data, list):
        for item in data[:50]:
            yield from _articles(item, depth + 1)
    elif isinstance(data, dict):
        kinds = data.get("@type")
        names = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(n, str) and ARTICLE_TYPES.search(n) for n in names):
            yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"):
            if isinstance(data.get(key), (list, dict)):
                yield from _articles(data[key], depth + 1)


def _weight(node: dict[str, Any]) -> tuple[int, int]:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    article = any(isinstance(n, str) and BETTER_TYPES.search(n) for n in names)
    return (int(article), sum(k in node for k in ("headline", "datePublished", "author", "articleBody")))


def _first(node: dict[str, Any], *keys: str) -> str | None:
    for key in keys:
        value = node.get(key)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def _date(meta: dict[str, str], names: tuple[str, ...]) -> datetime | None:
    return next((d for n in names if n in meta and (d := parse_date(meta[n])) is not None), None)


def _time(root: lxml_html.HtmlElement) -> datetime | None:
    """A date marked up as the article's own: microdata, or the one <time> of its head."""
    for node in root.xpath("//*[@itemprop='datePublished' or @pubdate or contains(@class, 'published')]"):
        if (
            found := parse_date(node.get("datetime") or node.get("content") or clean(node.text_content())[:60])
        ) is not None:
            return found
    times = root.xpath("//article//time[@datetime] | //header//time[@datetime] | //main//time[@datetime]")
    days = {d.date(): d for n in times if (d := parse_date(n.get("datetime"))) is not None}
    return next(iter(days.values())) if len(days) == 1 else None


def _printed(root: lxml_html.HtmlElement) -> datetime | None:
    """The one day printed beside the headline in an element that is called a date."""
    heading = next(root.iter("h1"), None)
    if heading is None:
        return None
    days: dict[date, datetime] = {}
    for node in heading.xpath("(following::*[self::time or @class or @id])[position() <= 60]"):
        if node.tag != "time" and not DATE_NAMES.search(labels(node)):
            continue
        if not (said := brief(node)) or CHANGED.search(said):
            continue
        for stated in STATED.findall(said):
            if (day := parse_date(stated)) is not None:
                days.setdefault(day.date(), day)
    return next(iter(days.values())) if len(days) == 1 else None


def _day(url: str) -> datetime | None:
    found = DAY_IN_PATH.search(url)
    return parse_date("-".join((found[1], found[2].zfill(2), found[3].zfill(2)))) if found else None


def _title(root: lxml_html.HtmlElement, meta: dict[str, str], best: dict[str, Any], site: str) -> str:
    """What the page calls itself where it is shared; as printed over the text where one holds the other."""
    headings = [t for n in root.iter("h1") if 1 < len(t := title_text(clean(n.text_content()))) < 300]
    document = title_text(clean(root.findtext(".//title") or ""))
    said = [
        without_site(title_text(s), site)
        for s in (meta.get("og:title"), _first(best, "headline"), meta.get("twitter:title"))
        if s
    ]
    stated = [t for t in said if _bare(t) and _bare(t) != _bare(site)]
    folded = [_bare(t) for t in stated]
    agreed = [h for h in headings if _bare(h) in folded or (_bare(h) and _bare(h) in _bare(document))]
    printed = max(agreed, key=len, default="")  # a site's own name may be a heading too
    if not stated:
        return printed or (headings[0] if len(headings) == 1 else without_site(document, site))
    one, other = _bare(printed), _bare(stated[0])
    return printed if printed and (one in other or other in one) else stated[0]


def without_site(title: str, site: str) -> str:
    """`Headline | Outlet` without the outlet: where the tail is the site's name, or short beside a long head."""
    for mark in SEPARATORS:
        head, found, tail = title.rpartition(mark)
        if not found:
            continue
        named = site and (_bare(tail) == _bare(site) or _bare(site) in _bare(tail) or _bare(tail) in _bare(site))
        if named or (mark == " | " and len(tail.split()) <= 4 <= len(head.split())):
            return without_site(head.strip(), site)
    return title


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _authors(
    root: lxml_html.HtmlElement, meta: dict[str, str], best: dict[str, Any], outlet: set[str]
) -> tuple[str, ...]:
    """People before the outlet: many pages name themselves as author in their data and a person in another place."""
    names_of_outlet = {letters(name) for name in outlet}
    said: list[str] = []
    for names in _named_authors(root, meta, best):
        if any(letters(n) not in names_of_outlet for n in names):
            return tuple(dict.fromkeys(names))
        said = said or names
    return tuple(dict.fromkeys(said))


def _domain(url: str) -> str:
    """The word by which a site is known: `example` of www.example.co.uk."""
    labels = (urlsplit(url).hostname or "").removeprefix("www.").split(".")
    return max(labels[:-1], key=len, default="")


def _named_authors(root: lxml_html.HtmlElement, meta: dict[str, str], best: dict[str, Any]) -> Iterator[list[str]]:
    """Authors by JSON-LD, by meta tags, by the labels of a shared link, by what is printed; surest first."""
    yield [n for person in _listed(best.get("author")) for n in _split(_name(person))]
    yield [n for key in AUTHORS if key in meta for n in _split(meta[key])][:6]
    labels = [meta.get(f"twitter:data{n}", "") for n in "1234" if WRITTEN.search(meta.get(f"twitter:label{n}", ""))]
    yield [n for label in labels for n in _split(label)]
    yield _marked(root)


def _marked(root: lxml_html.HtmlElement) -> list[str]:
    """Names marked up as the author's, or the link to an author's page that stands next to the headline."""
    marked = root.xpath(
        "//*[@rel='author' or @itemprop='author' or contains(concat(' ', @class, ' '), ' byline__name ')]"
    )
    if names := [n for node in marked[:4] for n in _split(clean(node.text_content()))]:
        return names
    for heading in root.iter("h1"):
        after = heading.xpath("(following::*[self::a[@href] or @class or @id])[position() <= 60]")
        near = [a for a in after if a.tag == "a" and AUTHOR_PAGE.search(a.get("href") or "")][:3]
        if names := [n for a in near for n in _split(brief(a)) if len(n.split()) > 1]:
            return names
        lines = [node for node in after if BYLINE_NAMES.search(labels(node))]
        for node in lines:
            if names := [n for n in _split(brief(node)) if _is_person(n)]:
                return names
        return []
    return []


def _is_person(name: str) -> bool:
    """Two to four words that begin like a name and hold no digit."""
    words = name.split()
    return (
        2 <= len(words) <= 4 and not any(c.isdigit() for c in name) and words[0][0].isupper() and words[-1][0].isupper()
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _name(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name") or ""
        value = value[0] if isinstance(value, list) and value else value
    return title_text(value) if isinstance(value, str) else ""


def _split(text: str) -> list[str]:
    text = BYLINE.sub("", clean(text))
    pieces = (BYLINE.sub("", p).strip(" .,|·-") for p in JOINED.split(text))
    return [p for p in pieces if 1 < len(p) < 60 and not SPOILED.search(p) and len(p.split()) <= 6]


def _image(meta: dict[str, str], best: dict[str, Any]) -> str | None:
    image = best.get("image")
    image = image[0] if isinstance(image, list) and image else image
    image = image.get("url") if isinstance(image, dict) else image
    found = meta.get("og:image") or image
    return found if isinstance(found, str) and found.startswith(("http://", "https://")) else None


def _language(root: lxml_html.HtmlElement, meta: dict[str, str], best: dict[str, Any]) -> str | None:
    for said in (root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), _first(best, "inLanguage"),
                 meta.get("og:locale"), meta.get("content-language"), meta.get("language")):  # fmt: skip
        code = (said or "")[:2].lower()
        if len(code) == 2 and code.isalpha():
            return code
    return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

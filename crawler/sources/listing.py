"""An HTML page that lists articles, for outlets and agencies without a feed.

- {name: dhs, kind: listing, url: "https://www.dhs.gov/news-releases/press-releases", links: "h3 a"}

links: "h3 a"     CSS selector of the links to articles; without it they are found by themselves: the largest
                  group of links of one shape whose texts read like headlines, outside navigation and footer
title: ".name"    inside the link's card, where the link's own text is not the headline
date: "time"      inside the card: its datetime attribute or text
summary: "p"      inside the card
limit: 60         the first so many
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html
from lxml.cssselect import CSSSelector, SelectorError
from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.charset import decode
from core.dates import parse_date
from core.errors import ParseError
from core.html import clean
from core.model import Entry, Parsed, Request, Response

REVISION = 1  # of the ids and addresses this reader gives: a change of them primes its sources again
ASIDE = {"nav", "footer", "header", "aside", "form"}
ASIDE_NAMES = re.compile(r"\b(nav|menu|footer|sidebar|breadcrumb|pagination|pager|social|cookie|related|tags?)\b", re.I)
HEADLINE_WORDS = 4  # a link text with fewer words is a section or a button
MIN_GROUP = 2
MAX_LINKS = 10  # links looked at for each one that may be kept: pages with 10,000 links exist


class Options(BaseModel):
    """See the module's manual."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    links: str | None = None
    title: str | None = None
    date: str | None = None
    summary: str | None = None
    limit: int = Field(60, ge=1, le=1000)

    @field_validator("links", "title", "date", "summary")
    @classmethod
    def _is_css(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                CSSSelector(value)
            except SelectorError as error:
                raise ValueError(f"not a CSS selector: {error}") from error
        return value


@dataclass(frozen=True, slots=True)
class Listing:
    """A page at `url` that lists articles."""

    name: str
    url: str
    options: Options

    @property
    def documents(self) -> int:
        """How many documents one poll may read."""
        return 1

    def requests(self, now: datetime) -> list[Request]:
        return [Request(self.url)]

    def parse(self, response: Response) -> Parsed:
        """Entries in the page's order. Raises ParseError when the page lists nothing."""
        text = decode(response.body, response.headers.get("content-type", ""))
        parser = lxml_html.HTMLParser(huge_tree=False, no_network=True)
        try:
            root = lxml_html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text) or "<p></p>", parser=parser)
        except (etree.LxmlError, ValueError) as error:
            raise ParseError(f"{self.url} cannot be read as HTML: {error}", self.name) from error
        links = root.cssselect(self.options.links) if self.options.links else _headlines(root, response.url)
        entries: dict[str, Entry] = {}
        for link in links[: MAX_LINKS * self.options.limit]:
            entry = self._entry(link, response.url)
            if entry is not None and len(entry.title) > len(entries.get(entry.url, Entry("")).title):
                entries[entry.url] = entry
        if not entries:
            how = f"the selector {self.options.links!r}" if self.options.links else "the automatic search"
            raise ParseError(f"{self.url}: {how} finds no links to articles; set `links:`", self.name)
        title = clean(root.findtext(".//title") or "")
        return Parsed(tuple(entries.values())[: self.options.limit], title=title)

    def _entry(self, link: lxml_html.HtmlElement, base: str) -> Entry | None:
        anchor = link if link.get("href") else next(iter(link.cssselect("a[href]")), None)
        if anchor is None:
            return None
        url = _absolute(anchor, base)
        if url is None:
            return None
        card = _card(anchor)
        published = parse_date(_date_text(card, self.options.date))
        return Entry(
            url=url,
            title=_part(card, self.options.title) or clean(anchor.text_content()) or clean(anchor.get("title") or ""),
            summary=_part(card, self.options.summary or "p"),
            published=published,
        )


def build(name: str, url: str, options: Options) -> Listing:
    """A source of this kind."""
    return Listing(name, url, options)


def _headlines(root: lxml_html.HtmlElement, base: str) -> list[lxml_html.HtmlElement]:
    """The links of the group (same path of tags and classes) with the most words that read like headlines."""
    groups: defaultdict[tuple[str, ...], list[lxml_html.HtmlElement]] = defaultdict(list)
    host = urlsplit(base).netloc
    for anchor in root.iter("a"):
        url = _absolute(anchor, base)
        if url is None or urlsplit(url).netloc != host or url.rstrip("/") == base.rstrip("/"):
            continue
        if len(clean(anchor.text_content()).split()) < HEADLINE_WORDS or _is_aside(anchor):
            continue
        groups[_shape(anchor)].append(anchor)
    ranked = sorted(
        (g for g in groups.values() if len({_absolute(a, base) for a in g}) >= MIN_GROUP),
        key=lambda g: sum(min(len(clean(a.text_content()).split()), 20) for a in g),
        reverse=True,
    )
    return ranked[0] if ranked else [a for g in groups.values() for a in g]


def _shape(node: lxml_html.HtmlElement) -> tuple[str, ...]:
    shape: list[str] = []
    current: lxml_html.HtmlElement | None = node
    while current is not None and len(shape) < 4:
        shape.append(f"{current.tag}.{' '.join(sorted((current.get('class') or '').split())[:1])}")
        current = current.getparent()
    return tuple(shape)


def _is_aside(node: lxml_html.HtmlElement) -> bool:
    for above in node.iterancestors():
        if above.tag in ("body", "main", "article"):
            return False
        if above.tag == "header" and next(above.iterancestors("article"), None) is not None:
            continue  # a card's own head
        if above.tag in ASIDE or ASIDE_NAMES.search(f"{above.get('class') or ''} {above.get('id') or ''}"):
            return True
    return False


def _card(anchor: lxml_html.HtmlElement) -> lxml_html.HtmlElement:
    """The smallest enclosing block that holds this link and no other headline."""
    card = anchor
    for above in anchor.iterancestors():
        if above.tag in ("body", "main", "html", "ul", "ol", "table"):
            break
        others = (a for a in above.iter("a") if a.get("href") != anchor.get("href"))
        if any(len(clean(a.text_content()).split()) >= HEADLINE_WORDS for a in others):
            break
        card = above
    return card


def _part(card: lxml_html.HtmlElement, selector: str | None) -> str:
    found = card.cssselect(selector) if selector else []
    return clean(found[0].text_content())[:1000] if found else ""


def _date_text(card: lxml_html.HtmlElement, selector: str | None) -> str:
    for node in card.cssselect(selector or "time"):
        if said := (node.get("datetime") or clean(node.text_content())):
            return str(said)
    return ""


def _absolute(anchor: lxml_html.HtmlElement, base: str) -> str | None:
    href = (anchor.get("href") or "").strip()
    if not href or href.startswith("#"):
        return None
    try:
        url = urljoin(base, href)
    except ValueError:
        return None
    return url if url.startswith(("http://", "https://")) else None

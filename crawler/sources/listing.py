"""An HTML page that lists articles, for outlets and agencies without a feed.

- {name: dhs, kind: listing, url: "https://www.dhs.gov/news-releases/press-releases", links: "h3 a"}

links: "h3 a"     CSS selector of the links to articles; without it they are found by themselves: the group of links
                  of one shape that reads most like headlines, by its words, dates, headings and addresses
title: ".name"    inside the link's card, where the link's own text is not the headline
date: "time"      inside the card: its datetime attribute or text; without it what is named or written like a date
summary: "p"      inside the card
limit: 60         the first so many
"""

import re
from dataclasses import dataclass
from datetime import datetime

from lxml import etree
from lxml import html as lxml_html
from lxml.cssselect import CSSSelector, SelectorError
from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.charset import decode
from core.dates import parse_date
from core.errors import ParseError
from core.html import clean
from core.model import Entry, Parsed, Request, Response
from crawler.sources._headlines import Found, address, automatic, date_of, records

REVISION = 2  # of the ids and addresses this reader gives: a change of them primes its sources again
MAX_LINKS = 10  # links looked at for each one that may be kept: pages with 10,000 links exist
MAX_TEXT = 1000  # characters of a title or a summary


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
        found = self._selected(root, response.url) if self.options.links else automatic(root, response.url)
        entries: dict[str, Entry] = {}
        for each in found[: MAX_LINKS * self.options.limit]:
            entry = self._entry(each)
            if len(entry.title) > len(entries.get(entry.url, Entry("")).title):
                entries[entry.url] = entry
        if not entries:
            how = f"the selector {self.options.links!r}" if self.options.links else "the automatic search"
            raise ParseError(f"{self.url}: {how} finds no links to articles; set `links:`", self.name)
        title = clean(root.findtext(".//title") or "")
        return Parsed(tuple(entries.values())[: self.options.limit], title=title)

    def _selected(self, root: lxml_html.HtmlElement, base: str) -> list[Found]:
        """What the selector finds: links, or what has one inside."""
        links = []
        for node in root.cssselect(self.options.links)[: MAX_LINKS * self.options.limit]:
            link = node if address(node, base) else next(node.iter("a"), None)
            if link is not None and (url := address(link, base)) is not None:
                links.append((link, url))
        return records(links)

    def _entry(self, found: Found) -> Entry:
        card, options = found.record, self.options
        title = _part(card, options.title) or (clean(found.link.text_content()) if options.links else found.title)
        summary = _part(card, options.summary or "p")
        return Entry(
            url=found.url,
            title=(title or found.title)[:MAX_TEXT],
            summary="" if summary == title else summary,
            published=parse_date(_date_text(card, options.date)) if options.date else date_of(card),
        )


def build(name: str, url: str, options: Options) -> Listing:
    """A source of this kind."""
    return Listing(name, url, options)


def _part(card: lxml_html.HtmlElement, selector: str | None) -> str:
    found = card.cssselect(selector) if selector else []
    return clean(found[0].text_content())[:MAX_TEXT] if found else ""


def _date_text(card: lxml_html.HtmlElement, selector: str) -> str:
    for node in card.cssselect(selector):
        if said := (node.get("datetime") or clean(node.text_content())):
            return str(said)
    return ""

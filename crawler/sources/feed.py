"""RSS, Atom, RDF and JSON Feed.

A feed is the best source there is: it says what is new, when, and often the whole text.

    - {name: border-report, kind: feed, url: "https://www.borderreport.com/feed/", language: en}

No options. Validators (ETag, Last-Modified) are kept by the service, entries beyond 5,000 are counted as skipped.
"""

import io
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from html.entities import html5
from typing import Any
from urllib.parse import urljoin, urlsplit

import fastfeedparser
import feedparser
from pydantic import BaseModel, ConfigDict

from core.charset import decode
from core.dates import parse_date
from core.errors import ParseError
from core.html import clean, title_text, to_text
from core.model import Entry, Parsed, Request, Response

REVISION = 1  # of the ids and addresses this reader gives: a change of them primes its sources again
MAX_ENTRIES = 5000
FULL_TEXT = 500  # characters: shorter content is no more than a summary
HEAD = 20_000  # characters in which a feed must show itself
PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*", re.S | re.I)
ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)(?=[\s>/])", re.I)
HTML = re.compile(r"<(?:html|head|body|meta|script|div)\b", re.I)
CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.S)
BARE = re.compile(r"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)(?:([a-zA-Z][a-zA-Z0-9]{1,31});)?")
EMAIL = re.compile(r"^\S+@\S+\s*\((?P<name>[^)]+)\)$|^\S+@\S+$")
CHANGED = ("<updated", ":updated", "<modified", ":modified")
DATED = ("<pubDate", "<pubdate", "<published", ":published>", ":date>", "<issued", ":issued>", "<created", ":created>")


class Options(BaseModel):
    """No options of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed at `url`."""

    name: str
    url: str

    @property
    def documents(self) -> int:
        """How many documents one poll may read."""
        return 1

    def requests(self, now: datetime) -> list[Request]:
        return [Request(self.url)]

    def parse(self, response: Response) -> Parsed:
        """Entries with an address, in the feed's order. Raises ParseError for what is no feed."""
        found = self.read(response)
        entries = tuple(e for e in found.entries if e.url)
        nowhere = len(found.entries) - len(entries)
        faults = [f"{nowhere} items without an address"] if nowhere else []
        faults += [found.problem] if found.problem else []
        return replace(found, entries=entries, skipped=nowhere + found.skipped, problem="; ".join(faults))

    def read(self, response: Response) -> Parsed:
        """Everything the feed lists, also what has no address (its `url` is empty) and cannot be followed."""
        text = decode(response.body, response.headers.get("content-type", ""))
        text = text[_match_end(PROLOG, text) :]
        try:
            if text.startswith("{"):
                return self._json_feed(text, response.url)
            root, page = ROOT.search(text, 0, HEAD), HTML.search(text, 0, HEAD)
            if root is None or (page is not None and page.start() < root.start()):
                what = "an HTML page" if page else "something else"
                raise ParseError(f"{self.url} answered with {what} instead of a feed", self.name)
            return self._xml(text[root.start() :], response.url)
        except RecursionError as error:
            raise ParseError(f"{self.url}: nested too deep to be a feed", self.name) from error

    def _xml(self, text: str, base: str) -> Parsed:
        """`text` begins with the root: without DTD (bombs and files live there) and encoding label."""
        text = _repaired(text)
        head, items = _fast(text) or _slow(text)
        if not items and _items_in(text):
            raise ParseError(f"{self.url}: the feed cannot be read as XML", self.name)
        language = _language(head) or _language({"language": _said(text, "language")})
        dated, changed = (any(mark in text for mark in marks) for marks in (DATED, CHANGED))
        entries = tuple(_entry(item, base, language, dated, changed) for item in items[:MAX_ENTRIES])
        ttl = _said(text, "ttl")
        seconds = int(ttl) * 60 if ttl.isdecimal() and len(ttl) < 6 else None
        return _listed(entries, len(items), title_text(_text(head.get("title"))), seconds)

    def _json_feed(self, text: str, base: str) -> Parsed:
        try:
            data = json.loads(text)
        except ValueError as error:
            raise ParseError(f"{self.url}: neither JSON Feed nor XML", self.name) from error
        items = data.get("items")
        if not isinstance(items, list):
            raise ParseError(f"{self.url}: JSON, but no JSON Feed: it has no list of items", self.name)
        language = _language(data)
        readable = (item if isinstance(item, dict) else {} for item in items[:MAX_ENTRIES])
        entries = tuple(_json_entry(item, base, language) for item in readable)
        return _listed(entries, len(items), clean(_text(data.get("title"))))


def build(name: str, url: str, options: Options) -> Feed:
    """A source of this kind."""
    return Feed(name, url)


def _listed(entries: tuple[Entry, ...], total: int, title: str, ttl: int | None = None) -> Parsed:
    beyond = total - len(entries)
    problem = f"{beyond} items beyond the first {MAX_ENTRIES}" if beyond else ""
    return Parsed(entries, title=title, ttl=ttl, skipped=beyond, problem=problem)


def _match_end(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def _repaired(text: str) -> str:
    """A bare `&` and the entities of HTML, which XML parsers drop or guess at, written as they should be."""
    if not any(BARE.search(said) for tag in ("title", "link", "guid", "description") for said in _texts(text, tag)):
        return text
    parts = CDATA.split(text)
    return "".join(part if index % 2 else BARE.sub(_spelled_out, part) for index, part in enumerate(parts))


def _spelled_out(entity: re.Match[str]) -> str:
    return html5.get(f"{entity[1]};") or f"&amp;{entity[0][1:]}"


def _texts(text: str, tag: str) -> list[str]:
    return re.findall(rf"<{tag}\b[^<]*", text)


def _items_in(text: str) -> int:
    """How many items the text seems to hold; cheap, never too few."""
    return (
        text.count("<item") - text.count("<items") + text.count("<entry") + text.count(":item>") + text.count(":entry>")
    )


def _fast(text: str) -> tuple[Any, list[Any]] | None:
    """None where the fast parser stumbles or may have guessed: the careful one decides.

    It takes any link for the address and a guid that is none, knows no xml:base, and drops what it cannot read.
    """
    try:
        found = fastfeedparser.parse(text)
    except Exception:  # its errors have no common base
        return None
    items = list(found.entries)
    guessed = len(items) < _items_in(text) or text.count("<link") <= len(items)
    atom = "<entry" in text or ":entry" in text
    guessed = guessed or not all(_is_plain(item, atom=atom) for item in items)
    based = "xml:base" in text and any("://" not in str(item.get("link")) for item in items)
    return None if not items or guessed or based else (found.feed, items)


def _is_plain(item: Any, *, atom: bool) -> bool:
    """An item with an address that is not merely an enclosure, a licence or itself."""
    rels = [link.get("rel") for link in item.get("links") or ()]
    return bool(item.get("link")) and ((not rels and not atom) or any(rel in (None, "", "alternate") for rel in rels))


def _slow(text: str) -> tuple[Any, list[Any]]:
    try:
        found = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")), response_headers={"content-type": "text/xml; charset=utf-8"}
        )
    except RecursionError:
        raise
    except Exception:  # sgmllib and date handlers fail in ways of their own
        return {}, []
    return found.feed, list(found.entries)


def _entry(item: Any, base: str, language: str | None, dated: bool, changed: bool) -> Entry:
    """`dated`, `changed`: whether the feed says at all when items were published, and when they changed."""
    identity = _text(item.get("id") or item.get("guid"))
    # feedparser says whether a guid is an address; an Atom id or rdf:about that is one serves as well
    link = _text(item.get("link")) or _alternate(item) or (identity if item.get("guidislink") is not False else "")
    if link == identity and "/" not in link and "." not in link:  # a guid that was taken for an address
        link = ""
    said = _text(item.get("summary") or item.get("description"))
    summary = to_text(said)
    bodies = [_text(c.get("value")) for c in item.get("content") or () if hasattr(c, "get")]
    body = max(bodies, key=len, default="")
    content = summary if body == said else to_text(body)
    if not content and len(summary) > 4 * FULL_TEXT:
        content = summary
    published, updated = _times(item, dated, changed)
    return Entry(
        url=_web(link, base) or "",
        id=identity[:500],
        title=title_text(_text(item.get("title"))),
        summary=summary[:5000] or content[:1000],
        content=content if len(content) >= FULL_TEXT else "",
        authors=_authors(item),
        published=published,
        updated=updated,
        language=_language(item) or language,
    )


def _times(item: Any, dated: bool, changed: bool) -> tuple[datetime | None, datetime | None]:
    """Both parsers fill one date with the other: what the feed does not say is None here."""
    published = parse_date(item.get("published") or item.get("created"))
    updated = parse_date(item.get("updated")) if "updated" in item else None
    if not changed:  # dc:date is when an item appeared
        return published or updated, None
    return (published if dated or published != updated else None), updated


def _alternate(item: Any) -> str:
    links = [x for x in item.get("links") or () if hasattr(x, "get") and x.get("href")]
    return next((_text(x.get("href")) for x in links if x.get("rel") in (None, "", "alternate")), "")


def _authors(item: Any) -> tuple[str, ...]:
    listed = [_text(a.get("name")) for a in item.get("authors") or () if hasattr(a, "get")]
    names = [_person(n) for n in listed if n] or [_person(_text(item.get("author")))]
    return tuple(dict.fromkeys(n for n in names if n))


def _person(text: str) -> str:
    """A name without the mail address that RSS wants beside it."""
    name = clean(title_text(text))
    found = EMAIL.match(name)
    return name if found is None else clean(found["name"] or "")


def _language(item: Any) -> str | None:
    code = _text(item.get("language"))[:2].lower()
    return code if code.isascii() and code.isalpha() and len(code) == 2 else None


def _json_entry(item: dict[str, Any], base: str, language: str | None) -> Entry:
    identity = _text(item.get("id"))
    url = _web(_text(item.get("url") or item.get("external_url")), base)
    content = _text(item.get("content_text")) or to_text(_text(item.get("content_html")))
    listed = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [clean(_text(a.get("name"))) for a in listed or () if isinstance(a, dict)]
    return Entry(
        url=url or (_web(identity, base) if identity.startswith("http") else None) or "",
        id=identity[:500],
        title=title_text(_text(item.get("title"))),
        summary=clean(_text(item.get("summary")))[:5000] or content[:1000],
        content=content if len(content) >= FULL_TEXT else "",
        authors=tuple(dict.fromkeys(n for n in names if n)),
        published=parse_date(_text(item.get("date_published"))),
        updated=parse_date(_text(item.get("date_modified"))),
        language=_language(item) or language,
        image=_web(_text(item.get("image")), base),
    )


def _text(value: Any) -> str:
    """A value that should be text; numbers are let through, lists and mappings are not."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _web(link: str, base: str) -> str | None:
    """An absolute address; one that only lacks its scheme begins with the feed's own host."""
    link = "".join(link.split("\n")).strip()
    if not link:
        return None
    try:
        own = urlsplit(base).netloc
        url = urljoin(base, f"//{link}" if own and link.startswith(f"{own}/") else link)
    except ValueError:
        return None
    return url if url.lower().startswith(("http://", "https://")) else None


def _said(text: str, tag: str) -> str:
    """What the channel's own `<tag>` says."""
    found = re.search(rf"<{tag}>\s*([^<]{{1,40}}?)\s*</{tag}>", text[:HEAD])
    return found[1] if found else ""

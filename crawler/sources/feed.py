"""RSS, Atom, RDF and JSON Feed.

A feed is the best source there is: it says what is new, when, and often the whole text.

    - {name: border-report, kind: feed, url: "https://www.borderreport.com/feed/", language: en}

No options. Validators (ETag, Last-Modified) are kept by the service, entries beyond 5,000 are counted as skipped.
"""

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urljoin, urlsplit

from pydantic import BaseModel, ConfigDict

from core.charset import decode
from core.dates import parse_date
from core.errors import ParseError
from core.html import clean, title_text
from core.model import Entry, Parsed, Request, Response
from crawler.sources._readers import HEAD, Read, native, read

REVISION = 1  # of the ids and addresses this reader gives: a change of them primes its sources again
MAX_ENTRIES = 5000
PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*", re.S | re.I)
ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)(?=[\s>/])", re.I)
HTML = re.compile(r"<(?:html|head|body|meta|script|div)\b", re.I)
ESCAPED = ("2022-", "hz-gb")  # encodings that write everything in ASCII: iso-2022-jp and the like
EMAIL = re.compile(r"^\S+@\S+\s*\((?P<name>[^)]+)\)$|^\S+@\S+$")


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
        kind = response.headers.get("content-type", "")
        try:
            found = _as_it_is(response.body, kind)
            return self._other(response, kind) if found is None else _parsed(found, response.url)
        except RecursionError as error:
            raise ParseError(f"{self.url}: nested too deep to be a feed", self.name) from error

    def _other(self, response: Response, kind: str) -> Parsed:
        """What is not plainly an XML feed in UTF-8."""
        text = decode(response.body, kind)
        text = text[_match_end(PROLOG, text) :]
        if text.startswith("{"):
            return self._json_feed(text, response.url)
        start = _root_at(text)
        if start is None:
            what = "an HTML page" if HTML.search(text, 0, HEAD) else "something else"
            raise ParseError(f"{self.url} answered with {what} instead of a feed", self.name)
        found = read(text[start:].encode("utf-8", "replace"))
        if found is None:
            raise ParseError(f"{self.url}: the feed cannot be read as XML", self.name)
        return _parsed(found, response.url)

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


def _as_it_is(body: bytes, content_type: str) -> Read | None:
    """A well-formed feed in UTF-8, whatever its label: bytes that are valid UTF-8 are no other encoding by chance.

    Only encodings that write everything in ASCII are another matter.
    """
    head = body[:HEAD].decode("latin-1")  # one character a byte
    labels = f"{content_type} {head[:200]}".lower()
    if any(code in labels for code in ESCAPED):
        return None
    start = _root_at(head)
    return None if start is None else native(body[start:])


def _root_at(text: str) -> int | None:
    """Where a feed's root element begins, unless the text is something else that only holds one."""
    begin = _match_end(PROLOG, text)
    root = ROOT.search(text, begin, HEAD)
    page = None if root is None else HTML.search(text, begin, root.start())
    return None if root is None or page is not None or text.startswith("{", begin) else root.start()


def _parsed(found: Read, base: str) -> Parsed:
    language = _language({"language": found.language})
    entries = tuple(_entry(item, base, language, found) for item in found.items[:MAX_ENTRIES])
    seconds = int(found.ttl) * 60 if found.ttl.isdecimal() and len(found.ttl) < 6 else None
    return _listed(entries, len(found.items), title_text(found.title), seconds)


def _listed(entries: tuple[Entry, ...], total: int, title: str, ttl: int | None = None) -> Parsed:
    beyond = total - len(entries)
    problem = f"{beyond} items beyond the first {MAX_ENTRIES}" if beyond else ""
    return Parsed(entries, title=title, ttl=ttl, skipped=beyond, problem=problem)


def _match_end(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def _entry(item: Any, base: str, language: str | None, feed: Read) -> Entry:
    identity = _text(item.get("id") or item.get("guid"))
    # feedparser says whether a guid is an address; an Atom id or rdf:about that is one serves as well
    link = _text(item.get("link")) or _alternate(item) or (identity if item.get("guidislink") is not False else "")
    if link == identity and "/" not in link and "." not in link:  # a guid that was taken for an address
        link = ""
    published, updated = _times(item, feed)
    return Entry(
        url=_web(link, base) or "",
        id=identity[:500],
        title=_title(_text(item.get("title"))),
        summary=_text(item.get("summary") or item.get("description")).strip(),
        content=_content(item.get("content")),
        authors=_authors(item),
        published=published,
        updated=updated,
        language=_language(item) or language,
        markup=True,
    )


def _title(said: str) -> str:
    """`title_text`, at once where nothing needs care: most titles."""
    return " ".join(said.split()) if said.isprintable() and "<" not in said and "&" not in said else title_text(said)


def _content(listed: Any) -> str:
    """The longest of them: others are the same in another form."""
    bodies = [_text(c.get("value")) for c in listed or () if hasattr(c, "get")]
    return max(bodies, key=len).strip() if bodies else ""


def _times(item: Any, feed: Read) -> tuple[datetime | None, datetime | None]:
    """Both parsers fill one date with the other: what the feed does not say is None here."""
    published = _moment(item.get("published") or item.get("created"))
    updated = _moment(item.get("updated")) if "updated" in item else None
    if not feed.changed:  # dc:date is when an item appeared
        return published or updated, None
    return (published if feed.dated or published != updated else None), updated


def _moment(said: str | None) -> datetime | None:
    """`parse_date`; at once where it is written as the native reader writes all dates."""
    if said is not None and len(said) == 25 and said[:2] == "20" and said[19:] == "+00:00":
        try:
            return datetime.fromisoformat(said)
        except ValueError:
            return None
    return parse_date(said)


def _alternate(item: Any) -> str:
    links = [x for x in item.get("links") or () if hasattr(x, "get") and x.get("href")]
    return next((_text(x.get("href")) for x in links if x.get("rel") in (None, "", "alternate")), "")


def _authors(item: Any) -> tuple[str, ...]:
    listed = [_text(a.get("name")) for a in item.get("authors") or () if hasattr(a, "get")]
    names = [_person(n) for n in listed if n]
    if not names and (author := _text(item.get("author"))):
        names = [_person(author)]
    return tuple(dict.fromkeys(n for n in names if n)) if names else ()


@lru_cache(maxsize=4096)
def _person(text: str) -> str:
    """A name without the mail address that RSS wants beside it."""
    name = clean(title_text(text))
    found = EMAIL.match(name)
    return name if found is None else clean(found["name"] or "")


def _language(item: Any) -> str | None:
    if "language" not in item:
        return None
    code = _text(item.get("language"))[:2].lower()
    return code if code.isascii() and code.isalpha() and len(code) == 2 else None


def _json_entry(item: dict[str, Any], base: str, language: str | None) -> Entry:
    identity = _text(item.get("id"))
    url = _web(_text(item.get("url") or item.get("external_url")), base)
    # its summary and its `content_text` are no HTML: what looks like a tag in them is text
    summary, content = escape(_text(item.get("summary"))), escape(_text(item.get("content_text")))
    listed = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [clean(_text(a.get("name"))) for a in listed or () if isinstance(a, dict)]
    return Entry(
        url=url or (_web(identity, base) if identity.startswith("http") else None) or "",
        id=identity[:500],
        title=title_text(_text(item.get("title"))),
        summary=summary,
        content=content or _text(item.get("content_html")),
        authors=tuple(dict.fromkeys(n for n in names if n)),
        published=parse_date(_text(item.get("date_published"))),
        updated=parse_date(_text(item.get("date_modified"))),
        language=_language(item) or language,
        image=_web(_text(item.get("image")), base),
        markup=True,
    )


def _text(value: Any) -> str:
    """A value that should be text; numbers are let through, lists and mappings are not."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _web(link: str, base: str) -> str | None:
    """An absolute address; one that only lacks its scheme begins with the feed's own host."""
    link = link.replace("\n", "").strip()
    if not link:
        return None
    if link.startswith(("http://", "https://")) and "[" not in link:
        return link
    try:
        own = urlsplit(base).netloc
        url = urljoin(base, f"//{link}" if own and link.startswith(f"{own}/") else link)
    except ValueError:
        return None
    return url if url.lower().startswith(("http://", "https://")) else None

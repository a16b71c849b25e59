"""RSS, Atom, RDF and JSON Feed.

A feed is the best source there is: it says what is new, when, and often the whole text.

    - {name: border-report, kind: feed, url: "https://www.borderreport.com/feed/", language: en}

No options. Validators (ETag, Last-Modified) are kept by the service, entries beyond 5,000 are counted as skipped.
"""

import io
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import fastfeedparser
import feedparser
from pydantic import BaseModel, ConfigDict

from core.charset import decode
from core.dates import parse_date
from core.errors import ParseError
from core.html import clean, title_text, to_text
from core.model import Entry, Parsed, Request, Response

MAX_ENTRIES = 5000
FULL_TEXT = 500  # characters: shorter content is no more than a summary
DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(\[.*?\])?\s*>", re.I | re.S)
XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")


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
        """Entries in the feed's order. Raises ParseError for what is no feed."""
        text = decode(response.body, response.headers.get("content-type", ""))
        start = text.lstrip("\ufeff \t\r\n")[:600].lower()
        if start.startswith("{"):
            return self._json_feed(text, response.url)
        if not any(mark in text[:20_000].lower() for mark in ("<rss", "<feed", "<rdf:rdf", "<channel", ":feed")):
            what = "an HTML page" if "<html" in start or "<!doctype html" in start else "something else"
            raise ParseError(f"{self.url} answered with {what} instead of a feed", self.name)
        return self._xml(_safe(text), response.url)

    def _xml(self, text: str, base: str) -> Parsed:
        found = _fast(text) or _slow(text)
        if found is None:
            raise ParseError(f"{self.url}: the feed cannot be read as XML", self.name)
        head, items = found
        entries, skipped = [], max(0, len(items) - MAX_ENTRIES)
        for item in items[:MAX_ENTRIES]:
            entry = _entry(item, base)
            if entry is None:
                skipped += 1
            else:
                entries.append(entry)
        problem = f"{skipped} items without a usable link, or beyond {MAX_ENTRIES}" if skipped else ""
        return Parsed(tuple(entries), title=title_text(str(head.get("title") or "")), ttl=_ttl(text), skipped=skipped,
                      problem=problem)  # fmt: skip

    def _json_feed(self, text: str, base: str) -> Parsed:
        try:
            data = json.loads(text)
            items = data["items"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ParseError(f"{self.url}: neither JSON Feed nor XML", self.name) from error
        entries = [e for item in items[:MAX_ENTRIES] if isinstance(item, dict) and (e := _json_entry(item, base))]
        skipped = len(items) - len(entries)
        return Parsed(
            tuple(entries),
            title=clean(str(data.get("title") or "")),
            skipped=skipped,
            problem=f"{skipped} items without a usable link" if skipped else "",
        )


def build(name: str, url: str, options: Options) -> Feed:
    """A source of this kind."""
    return Feed(name, url)


def _safe(text: str) -> str:
    """Without DTD (bombs and files live there) and without an encoding label that no longer holds."""
    return XML_HEAD.sub("", DOCTYPE.sub("", text[:20_000]) + text[20_000:], count=1).lstrip("\ufeff \t\r\n")


def _fast(text: str) -> tuple[Any, list[Any]] | None:
    try:
        found = fastfeedparser.parse(text)
    except Exception:  # its errors have no common base; the careful parser decides
        return None
    return (found.feed, list(found.entries)) if found.entries else None


def _slow(text: str) -> tuple[Any, list[Any]] | None:
    found = feedparser.parse(
        io.BytesIO(text.encode("utf-8")), response_headers={"content-type": "text/xml; charset=utf-8"}
    )
    if found.bozo and not found.entries and not found.feed:
        return None
    return found.feed, list(found.entries)


def _entry(item: Any, base: str) -> Entry | None:
    link = str(item.get("link") or "") or _alternate(item)
    url = _web(link, base)
    identity = str(item.get("id") or item.get("guid") or "")
    if url is None:
        url = _web(identity, base) if identity.startswith("http") else None
    if url is None:
        return None
    summary = to_text(str(item.get("summary") or item.get("description") or ""))
    bodies = [to_text(str(c.get("value") or "")) for c in item.get("content") or () if hasattr(c, "get")]
    content = max(bodies, key=len, default="")
    if not content and len(summary) > 4 * FULL_TEXT:
        content = summary
    return Entry(
        url=url,
        id=identity[:500],
        title=title_text(str(item.get("title") or "")),
        summary=summary[:5000] or content[:1000],
        content=content if len(content) >= FULL_TEXT else "",
        authors=_authors(item),
        published=parse_date(item.get("published") or item.get("created")),
        updated=parse_date(item.get("updated")),
        language=_language(item),
        image=None,
    )


def _alternate(item: Any) -> str:
    links = [x for x in item.get("links") or () if hasattr(x, "get") and x.get("href")]
    best = [x for x in links if x.get("rel") in (None, "alternate")] or links
    return str(best[0].get("href")) if best else ""


def _authors(item: Any) -> tuple[str, ...]:
    listed = [str(a.get("name") or "") for a in item.get("authors") or () if hasattr(a, "get")]
    names = [clean(title_text(n)) for n in listed if n] or [clean(title_text(str(item.get("author") or "")))]
    return tuple(dict.fromkeys(n for n in names if n))


def _language(item: Any) -> str | None:
    code = str(item.get("language") or "")[:2].lower()
    return code if code.isalpha() and len(code) == 2 else None


def _json_entry(item: dict[str, Any], base: str) -> Entry | None:
    identity = str(item.get("id") or "")
    url = _web(str(item.get("url") or item.get("external_url") or ""), base)
    url = url or (_web(identity, base) if identity.startswith("http") else None)
    if url is None:
        return None
    content = str(item.get("content_text") or "") or to_text(str(item.get("content_html") or ""))
    authors = [a for a in (item.get("authors") or [item.get("author")]) if isinstance(a, dict)]
    return Entry(
        url=url,
        id=identity[:500],
        title=clean(str(item.get("title") or "")),
        summary=clean(str(item.get("summary") or ""))[:5000] or content[:1000],
        content=content if len(content) >= FULL_TEXT else "",
        authors=tuple(n for a in authors if (n := clean(str(a.get("name") or "")))),
        published=parse_date(str(item.get("date_published") or "")),
        updated=parse_date(str(item.get("date_modified") or "")),
        language=_language(item),
        image=_web(str(item.get("image") or ""), base),
    )


def _web(link: str, base: str) -> str | None:
    try:
        url = urljoin(base, link.strip()) if link.strip() else ""
    except ValueError:
        return None
    return url if url.lower().startswith(("http://", "https://")) else None


def _ttl(text: str) -> int | None:
    found = re.search(r"<ttl>\s*(\d{1,5})\s*</ttl>", text[:20_000])
    return int(found[1]) * 60 if found else None

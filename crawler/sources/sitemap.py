"""News sitemaps (Google News) and plain ones, as XML or text, gzip or not, and their indexes.

For outlets that dropped their feeds: a news sitemap lists the last two days with titles and dates.

    - {name: milenio, kind: sitemap, url: "https://www.milenio.com/sitemap/…/sitemap-google-news.xml", language: es}

    limit: 500      the newest so many addresses of one document are read
    parts: 3        of an index, the newest so many parts are followed
    links: "/news/" only addresses that contain this text
    window: 3d      only what is dated at most so long before the newest, and the parts of an index alike

An index may lead to further indexes; one poll follows no more than `parts` of all of them together.
"""

import gzip
import io
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Annotated
from urllib.parse import urljoin

from lxml import etree
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from core.charset import decode
from core.dates import parse_date
from core.durations import parse_duration
from core.errors import ParseError
from core.html import clean, title_text
from core.model import Entry, Parsed, Request, Response

REVISION = 1  # of the ids and addresses this reader gives: a change of them primes its sources again
MAX_INFLATED = 32 * 1024 * 1024  # bytes
MAX_URLS = 50_000  # of one document: the protocol's own limit
TOLERANCE = timedelta(days=1)  # a time further ahead of the server's clock is no time
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d{3})")
THREE_LETTERS = {"eng": "en", "spa": "es", "fra": "fr", "fre": "fr", "por": "pt", "deu": "de", "ger": "de", "ita": "it"}
OLDEST = datetime(1970, 1, 1, tzinfo=UTC)


def _duration(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


class Options(BaseModel):
    """See the module's manual."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    limit: int = Field(500, ge=1, le=5000)
    parts: int = Field(3, ge=1, le=19)
    links: str = ""
    window: Annotated[timedelta | None, BeforeValidator(_duration)] = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap or sitemap index at `url`."""

    name: str
    url: str
    options: Options

    @property
    def documents(self) -> int:
        """How many documents one poll may read."""
        return 1 + self.options.parts

    def requests(self, now: datetime) -> list[Request]:
        return [Request(self.url)]

    def parse(self, response: Response) -> Parsed:
        """Newest first. Raises ParseError for what is no sitemap."""
        body = _inflated(response.body, self.name)
        now = parse_date(response.headers.get("date"))
        cut = f"only its first {MAX_INFLATED >> 20} MiB were read" if len(body) == MAX_INFLATED else ""
        if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"\0" not in body[:4]:
            return self._listed(self._lines(body, response), now, cut)
        root = self._root(body)
        kind = _local(root.tag)
        if kind == "sitemapindex":
            return Parsed((), next=self._parts(root, response.url, now), problem=cut)
        if kind != "urlset":
            raise ParseError(f"{self.url} is no sitemap: its root is <{kind}>", self.name)
        nodes = _children(root, "url")
        found = [e for node in nodes[:MAX_URLS] if (e := self._entry(node, response.url)) is not None]
        beyond = len(nodes) - MAX_URLS
        return self._listed(found, now, f"{beyond} addresses beyond the first {MAX_URLS}" if beyond > 0 else cut)

    def _listed(self, found: list[Entry], now: datetime | None, problem: str) -> Parsed:
        """What lies in the window, newest first, no more than the limit."""
        oldest = _oldest((_moment(e) for e in found), self.options.window, now)
        entries = sorted((e for e in found if _moment(e) >= oldest), key=_moment, reverse=True)
        skipped = max(0, len(entries) - self.options.limit)
        beyond = f"{skipped} addresses beyond the newest {self.options.limit}" if skipped else ""
        return Parsed(
            tuple(entries[: self.options.limit]), skipped=skipped, problem="; ".join(filter(None, (beyond, problem)))
        )

    def _parts(self, root: etree._Element, base: str, now: datetime | None) -> tuple[Request, ...]:
        """The newest by date; where an index gives none, by the date in their names, else in its order."""
        nodes = _children(root, "sitemap")[:MAX_URLS]
        parts = [(_address(n, base), parse_date(_text(n, "lastmod")) or OLDEST) for n in nodes]
        oldest = _oldest((moment for _, moment in parts), self.options.window, now)
        newest = sorted(
            (part for part in parts if part[0] and part[1] >= oldest),
            key=lambda part: (part[1], _dated_name(part[0])),
            reverse=True,
        )
        return tuple(Request(url) for url in list(dict.fromkeys(url for url, _ in newest))[: self.options.parts])

    def _lines(self, body: bytes, response: Response) -> list[Entry]:
        """A text sitemap: an address a line."""
        lines = decode(body, response.headers.get("content-type", "")).split()
        urls = [line for line in islice(lines, MAX_URLS) if line.startswith(("http://", "https://"))]
        if len(urls) < max(1, len(lines[:MAX_URLS]) / 2):
            raise ParseError(f"{self.url} is no sitemap: no XML, and not an address a line", self.name)
        return [Entry(url) for url in dict.fromkeys(urls) if self.options.links in url]

    def _root(self, body: bytes) -> etree._Element:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
        try:
            root = etree.fromstring(body, parser)
        except etree.XMLSyntaxError as error:
            raise ParseError(f"{self.url} is no XML: {error}", self.name) from error
        if root is None or not isinstance(root.tag, str):
            raise ParseError(f"{self.url} is no XML", self.name)
        return root

    def _entry(self, node: etree._Element, base: str) -> Entry | None:
        url = _address(node, base)
        if not url or self.options.links not in url:
            return None
        news = next(iter(_children(node, "news")), None)
        language = _text(next(iter(_children(news, "publication")), None), "language")
        return Entry(
            url=url,
            title=title_text(_text(news, "title")),
            published=parse_date(_text(news, "publication_date")),
            updated=parse_date(_text(node, "lastmod")),
            language=_code(language),
            image=_address(next(iter(_children(node, "image")), None), base) or None,
        )


def build(name: str, url: str, options: Options) -> Sitemap:
    """A source of this kind."""
    return Sitemap(name, url, options)


def _moment(entry: Entry) -> datetime:
    return entry.published or entry.updated or OLDEST


def _oldest(moments: Iterable[datetime], window: timedelta | None, now: datetime | None) -> datetime:
    """Where the window begins: before the newest that is not ahead of the server's own clock."""
    believed = [m for m in moments if now is None or m <= now + TOLERANCE] if window is not None else []
    newest = max(believed, default=OLDEST)
    return OLDEST if window is None or newest == OLDEST else newest - window


def _dated_name(url: str) -> tuple[int, ...]:
    """`sitemap-2025-02.xml` is newer than `sitemap-2024-11.xml`; names without a year say nothing."""
    name = url.partition("//")[2].partition("/")[2]
    found = YEAR.search(name)
    return () if found is None else tuple(int(n) for n in re.findall(r"\d{1,9}", name[found.start() :]))


def _address(node: etree._Element | None, base: str) -> str:
    """What its `loc` says, made whole; nothing where it leads nowhere."""
    said = _text(node, "loc")
    try:
        url = urljoin(base, said) if said else ""
    except ValueError:
        return ""
    return url if url.startswith(("http://", "https://")) else ""


def _code(language: str) -> str | None:
    """Two letters; Google's schema also takes three, and some add a country."""
    said = language.lower().replace("_", "-").partition("-")[0]
    code = THREE_LETTERS.get(said, said)
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def _inflated(body: bytes, name: str) -> bytes:
    """A `.xml.gz` part unpacked; at most 32 MiB of any."""
    if not body.startswith(b"\x1f\x8b"):
        return body[:MAX_INFLATED]
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            return file.read(MAX_INFLATED)
    except (OSError, EOFError, zlib.error) as error:
        raise ParseError(f"a gzip part cannot be read: {error}", name) from error


def _local(tag: str) -> str:
    """The name without namespace, or without a prefix that was never declared."""
    return tag.rpartition("}")[2].rpartition(":")[2]


def _children(node: etree._Element | None, name: str) -> list[etree._Element]:
    """The element's own children of this local name: news and image tags sit in namespaces of their own."""
    if node is None:
        return []
    return [n for n in node if isinstance(n.tag, str) and _local(n.tag) == name]


def _text(node: etree._Element | None, name: str) -> str:
    found = _children(node, name)
    return clean("".join(found[0].itertext())) if found else ""

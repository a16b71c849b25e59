"""News sitemaps (Google News) and plain ones, gzip or not, and their indexes.

For outlets that dropped their feeds: a news sitemap lists the last two days with titles and dates.

    - {name: milenio, kind: sitemap, url: "https://www.milenio.com/sitemap/…/sitemap-google-news.xml", language: es}

    limit: 500      the newest so many addresses of one document are read
    parts: 3        of an index, the newest so many parts are followed
    links: "/news/" only addresses that contain this text
"""

import gzip
import io
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree
from pydantic import BaseModel, ConfigDict, Field

from core.dates import parse_date
from core.errors import ParseError
from core.html import clean
from core.model import Entry, Parsed, Request, Response

MAX_INFLATED = 32 * 1024 * 1024
OLDEST = datetime(1970, 1, 1, tzinfo=UTC)


class Options(BaseModel):
    """See the module's manual."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    limit: int = Field(500, ge=1, le=5000)
    parts: int = Field(3, ge=1, le=19)
    links: str = ""


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
        root = self._root(_inflated(response.body, self.name))
        kind = etree.QName(root).localname
        if kind == "sitemapindex":
            parts = sorted(
                ((_text(n, "loc"), parse_date(_text(n, "lastmod"))) for n in _children(root, "sitemap")),
                key=lambda part: part[1] or OLDEST,
                reverse=True,
            )
            chosen = [url for url, _ in parts if url.startswith(("http://", "https://"))][: self.options.parts]
            return Parsed((), next=tuple(Request(url) for url in chosen))
        if kind != "urlset":
            raise ParseError(f"{self.url} is no sitemap: its root is <{kind}>", self.name)
        entries = [e for node in _children(root, "url") if (e := self._entry(node)) is not None]
        entries.sort(key=lambda e: e.published or e.updated or OLDEST, reverse=True)
        skipped = max(0, len(entries) - self.options.limit)
        problem = f"{skipped} addresses beyond the newest {self.options.limit}" if skipped else ""
        return Parsed(tuple(entries[: self.options.limit]), skipped=skipped, problem=problem)

    def _root(self, body: bytes) -> etree._Element:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
        try:
            root = etree.fromstring(body, parser)
        except etree.XMLSyntaxError as error:
            raise ParseError(f"{self.url} is no XML: {error}", self.name) from error
        if root is None or not isinstance(root.tag, str):
            raise ParseError(f"{self.url} is no XML", self.name)
        return root

    def _entry(self, node: etree._Element) -> Entry | None:
        url = _text(node, "loc")
        if not url.startswith(("http://", "https://")) or self.options.links not in url:
            return None
        language = _text(node, "language")[:2].lower()
        return Entry(
            url=url,
            title=_text(node, "title"),
            published=parse_date(_text(node, "publication_date")),
            updated=parse_date(_text(node, "lastmod")),
            language=language if language.isalpha() and len(language) == 2 else None,
        )


def build(name: str, url: str, options: Options) -> Sitemap:
    """A source of this kind."""
    return Sitemap(name, url, options)


def _inflated(body: bytes, name: str) -> bytes:
    """A `.xml.gz` part, at most 32 MiB of it."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            return file.read(MAX_INFLATED)
    except (OSError, EOFError, zlib.error) as error:
        raise ParseError(f"a gzip part cannot be read: {error}", name) from error


def _children(root: etree._Element, name: str) -> list[etree._Element]:
    return [n for n in root if isinstance(n.tag, str) and etree.QName(n).localname == name]


def _text(node: etree._Element, name: str) -> str:
    """The text of the first descendant of this local name: news tags sit in namespaces of their own."""
    for found in node.iter():
        if isinstance(found.tag, str) and etree.QName(found).localname == name and found is not node:
            return clean(found.text or "")
    return ""

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
from core.html import clean, title_text
from core.model import Entry, Parsed, Request, Response

REVISION = 1  # of the ids and addresses this reader gives: a change of them primes its sources again
MAX_INFLATED = 32 * 1024 * 1024
THREE_LETTERS = {"eng": "en", "spa": "es", "fra": "fr", "fre": "fr", "por": "pt", "deu": "de", "ger": "de", "ita": "it"}
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
        kind = _local(root.tag)
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
        news = next(iter(_children(node, "news")), None)
        language = _text(next(iter(_children(news, "publication")), None), "language")
        return Entry(
            url=url,
            title=title_text(_text(news, "title")),
            published=parse_date(_text(news, "publication_date")),
            updated=parse_date(_text(node, "lastmod")),
            language=_code(language),
        )


def build(name: str, url: str, options: Options) -> Sitemap:
    """A source of this kind."""
    return Sitemap(name, url, options)


def _code(language: str) -> str | None:
    """Two letters; Google's schema also takes three, and some add a country."""
    said = language.lower().replace("_", "-").partition("-")[0]
    code = THREE_LETTERS.get(said, said)
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def _inflated(body: bytes, name: str) -> bytes:
    """A `.xml.gz` part, at most 32 MiB of it."""
    if not body.startswith(b"\x1f\x8b"):
        return body
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

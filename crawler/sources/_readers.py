"""The XML of feeds, read by the fastest parser that can be trusted with it.

    native      fastfeedparser's own, without a tree: takes well-formed RSS and Atom only, and says so
    fast        fastfeedparser over lxml: also RDF and inline XHTML, but it drops what it cannot read
    careful     feedparser, 100 times as slow: whatever the others refuse, or may have guessed

A reader gives None where it stumbles or may have guessed: fewer items than the text has, an address that is none, a
title with elements in it, a base for relative links that it does not know.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from html.entities import html5
from typing import Any

import fastfeedparser
import feedparser
from lxml import etree

from core.dates import parse_date
from core.html import CONTROL

try:
    from fastfeedparser.main import _core as _native  # absent from the pure-Python package
except ImportError:
    _native = None

LONGEST_TITLE = 5000  # bytes
HEADER = 8 << 10  # bytes of what a feed says of itself: hundreds of categories may follow
TEMPLATE = 64 << 10  # bytes that show how the items of a feed are written
HEAD = 20_000  # bytes in which a feed says what it is
BARE = re.compile(r"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)(?:([a-zA-Z][a-zA-Z0-9]{1,31});)?")
TITLES = re.compile(rb"<(?:[\w.-]+:)?(?:(item|entry)|(title))[\s>]")
ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s/>]", re.I)
LINK_TEXT = re.compile(rb"<(?:[\w.-]+:)?link\b[^<>]*>\s*[^<\s]")
ENCODED = re.compile(rb"octet-stream|base64", re.I)
NO_ADDRESS = re.compile(rb"erma[Ll]ink\s*=\s*[\"'](?!\s*[Tt]rue)")
PAGES = ("text/html", "application/xhtml+xml", None, "")  # types of a link that leads to a page
ALTERNATE = ("alternate", None, "")
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LENIENT = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
CHANGED = (b"<updated", b":updated", b"<modified", b":modified")
DATED = (b"<published", b"<pubDate", b"<issued", b"<created", b":date>", b":published>", b":issued>", b":created>",
         b"<pubdate")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """What a feed says of itself, its items with feedparser's keys, and whether dates are said to be of changes."""

    title: str
    language: str
    ttl: str
    items: list[Any]
    dated: bool = True
    changed: bool = True


def read(data: bytes) -> Read | None:
    """`data` is UTF-8 and begins with the root: without DTD (bombs and files live there) and encoding label.

    None: no XML.
    """
    if (found := native(data) or fast(data)) is not None:
        return found
    repaired = _repaired(data)
    found = native(repaired) or fast(repaired) or careful(repaired)
    return found if found.items or not _items_in(repaired) else None


def _repaired(data: bytes) -> bytes:
    """A bare `&` and the entities of HTML written as they should be; without characters that XML does not know."""
    text = CONTROL.sub("", data.decode("utf-8", "replace"))
    parts: list[str] = []
    at = 0
    # by hand: a pattern would search the rest of the text for each section that is never closed
    while (begin := text.find("<![CDATA[", at)) >= 0 and (end := text.find("]]>", begin)) >= 0:
        parts += (BARE.sub(_spelled_out, text[at:begin]), text[begin : end + 3])
        at = end + 3
    return "".join((*parts, BARE.sub(_spelled_out, text[at:]))).encode()


def _spelled_out(entity: re.Match[str]) -> str:
    return html5.get(f"{entity[1]};") or f"&amp;{entity[0][1:]}"


def _items_in(data: bytes) -> int:
    """How many items it seems to hold; never too few."""
    return len(ITEM.findall(data))


def native(data: bytes) -> Read | None:
    """Well-formed RSS and Atom in UTF-8."""
    if _native is None:
        return None
    try:
        found = _native.parse_entries(data, dict, _date, unescape, True, False, False, False)
    except (TypeError, ValueError):  # another version of its inside
        return None
    if isinstance(found, str):
        return None
    kind, _, header, items = found
    atom = kind == "atom"
    if _items_in(header) or not _take_links(data, items, atom=atom) or _guessed(data, items, atom=atom):
        return None
    return Read(*_head(header), items, dated=not any(_one_date(item) for item in items) or _says(data, DATED))


def _says(data: bytes, marks: tuple[bytes, ...]) -> bool:
    """Whether any of its first items has one of these elements: a feed is written by one template."""
    return any(data.find(mark, 0, TEMPLATE) >= 0 for mark in marks)


def _date(said: str) -> str | None:
    """The native reader's question about a date in an unusual form."""
    moment = parse_date(said)
    return None if moment is None else moment.isoformat()


def _one_date(item: Mapping[str, Any]) -> bool:
    """An item that says only when it changed gets that as its date, too."""
    published = item.get("published")
    return published is not None and published == item.get("updated")


def _take_links(data: bytes, items: list[Any], *, atom: bool) -> bool:
    """Each item's `link` is its last one to a page, as feedparser has it; of Atom else its id. False: none can tell."""
    without = []
    for item in items:
        pages = [x["href"] for x in item["links"] if x["rel"] in ALTERNATE and x["type"] in PAGES]
        if pages:
            item["link"] = pages[-1]
        elif atom:
            if item.get("link") == item.get("id") is not None:
                return False  # it has no id and was given its first link for one
            without.append(item)
    if without and LINK_TEXT.search(data) is not None:
        return False
    for item in without:
        item["link"] = item.get("id")
    return True


def _guessed(data: bytes, items: list[Any], *, atom: bool) -> bool:
    """Whether a reader that knows no base, any guid and the first title of any vocabulary may have gone wrong."""
    if not all("://" in (item.get("link") or "") for item in items) and b"xml:base" in data:
        return True
    by_guid = not atom and any(item.get("link") in (item.get("id"), None) for item in items)
    if by_guid and _has_other_guids(data):
        return True
    if not all("published" in item for item in items) and _says(data, (b"created>",)):
        return True
    return _odd_title(data) or (_says(data, (b":title",)) and _foreign_title_first(data[:TEMPLATE]))


def _has_other_guids(data: bytes) -> bool:
    """Whether items without a link of their own may have a guid that is no address."""
    links, items = (data.count(tag, 0, TEMPLATE) for tag in (b"</link>", b"<item"))
    last = len(data) > TEMPLATE  # of the last one the link may lie beyond
    return links <= items - last and NO_ADDRESS.search(data) is not None


def _odd_title(data: bytes) -> bool:
    """Whether some title is encoded, or has elements or comments in it, before the first of which a reader stops.

    Searched by hand and from the end tags: half the time of a pattern.
    """
    end = data.find(b"</title>")
    while end >= 0:
        if _is_odd(data, end):
            return True
        end = data.find(b"</title>", end + 8)
    return False


def _is_odd(data: bytes, end: int) -> bool:
    begin = data.rfind(b"<", max(0, end - LONGEST_TITLE), end)  # a bound, for text without tags is searched again
    if data.startswith((b"<title>", b"<![CDATA["), begin):
        return False
    if data[max(0, end - 64) : end].rstrip().endswith(b"]]>"):
        return False
    opening = data[begin : data.find(b">", begin, end)]
    return begin < 0 or not opening.startswith(b"<title") or ENCODED.search(opening) is not None


def _foreign_title_first(data: bytes) -> bool:
    """Whether some item names the title of its picture or its broadcast before its own."""
    waiting = False
    for found in TITLES.finditer(data):
        if found[1]:
            waiting = True
        elif waiting:
            waiting = False
            if b":" in found[0]:
                return True
    return False


def _head(header: bytes) -> tuple[str, str, str]:
    """Title, language and ttl of the feed itself."""
    try:
        root = etree.fromstring(header[:HEADER], LENIENT)
    except etree.XMLSyntaxError:
        return "", "", ""
    if root is None:
        return "", "", ""
    channel = next((node for node in root if _local(node) == "channel"), root)
    said: dict[str, str] = {}
    space = channel.tag.rpartition("}")[0]
    for node in channel:
        if isinstance(node.tag, str) and node.tag.rpartition("}")[0] == space:  # not of another vocabulary
            said.setdefault(_local(node), (node.text or "").strip())
    return said.get("title", ""), said.get("language") or channel.get(LANG) or root.get(LANG) or "", said.get("ttl", "")


def _local(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def fast(data: bytes) -> Read | None:
    """RDF and XHTML inside of Atom, where they are well-formed."""
    try:
        etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
        found = fastfeedparser.parse(data, include_tags=False, include_media=False, include_enclosures=False)
    except Exception:  # its errors have no common base
        return None
    items = list(found.entries)
    atom = b"<entry" in data or b":entry" in data
    if len(items) < _items_in(data) or not _take_links(data, items, atom=atom) or _guessed(data, items, atom=atom):
        return None
    return _with_dates(data, found.feed, items)


def careful(data: bytes) -> Read:
    """Anything that has items at all."""
    try:
        found = feedparser.parse(io.BytesIO(data), response_headers={"content-type": "text/xml; charset=utf-8"})
    except RecursionError:
        raise
    except Exception:  # sgmllib and date handlers fail in ways of their own
        return Read("", "", "", [])
    return _with_dates(data, found.feed, list(found.entries))


def _with_dates(data: bytes, head: Mapping[str, Any], items: list[Any]) -> Read:
    """These readers fill one date with the other: whether the feed says at all when items appeared, and changed."""
    language = head.get("language") or _said(data, "language")
    return Read(
        str(head.get("title") or ""), str(language), _said(data, "ttl"), items, _says(data, DATED), _says(data, CHANGED)
    )


def _said(data: bytes, tag: str) -> str:
    """What the channel's own `<tag>` says."""
    found = re.search(rf"<{tag}>\s*([^<]{{1,40}}?)\s*</{tag}>", data[:HEAD].decode("utf-8", "replace"))
    return found[1] if found else ""

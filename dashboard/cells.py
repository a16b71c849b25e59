"""How one value looks in a list of the desk: times short, ids as links, addresses as links only if they are http(s).

Everything returned is markup whose texts are escaped; None leaves a value to Datasette.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from markupsafe import Markup, escape

from core.clock import from_iso
from dashboard.marks import OPEN, snippet

LONGEST = 600  # characters of a cell that are shown; the page of the thing has them all
LINKS = {
    "story_id": "story",
    "from_story_id": "story",
    "article_id": "article",
    "copy_of": "article",
    "alert_id": "alert",
    "parent_id": "alert",
    "told_in": "alert",
}
OWN = {  # table -> the page of its rows, and the column that holds the page's key
    "desk_alerts": ("alert", "id"),
    "desk_stories": ("story", "id"),
    "desk_articles": ("article", "id"),
    "desk_matches": ("article", "article_id"),
    "desk_entries": ("article", "article_id"),
    "desk_edits": ("article", "article_id"),
    "desk_deliveries": ("alert", "alert_id"),
    "desk_attempts": ("alert", "alert_id"),
    "desk_sources": ("source", "name"),
}
BADGES = {"state", "outcome", "relation", "extent", "standing", "kind", "class", "extraction", "quiet", "what"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d\d:\d\d|Z)?")


def cell(row: Mapping[str, Any], value: Any, column: str, table: str | None) -> Markup | None:
    """The cell of a column of a list (`table` None: of a query)."""
    if isinstance(value, int) and column in LINKS:
        return link(LINKS[column], value)
    if not isinstance(value, (str, int)) or value == "":
        return None
    page, key = OWN.get(table or "", ("", ""))
    if page and column in ("title", key) and _has(row, key):
        return link(page, row[key], str(value))
    if table is None and column == "title" and _has(row, "article_id"):
        return link("article", row["article_id"], str(value))
    if not isinstance(value, str):
        return None
    if column in LINKS:
        return link(LINKS[column], value)
    if column == "source":
        return link("source", value)
    if column == "standing" and value == "printed":
        return Markup('<span class="quiet">printed</span>')  # nearly all are: nothing to point at
    if column in BADGES:
        return badge(value)
    if column == "lines":
        return escape(shortened(lines(value)))
    if OPEN in value:
        return marked(snippet(value))
    if TIME.fullmatch(value):
        return clock(value)
    if value.startswith(("http://", "https://")):
        return away(value)
    return escape(shortened(value))


def link(page: str, key: Any, words: str | None = None) -> Markup:
    """A link to a page of the desk; its words are the key itself where none are given."""
    shown = shortened(words.strip()) if words and words.strip() else str(key)
    return Markup('<a href="/{}/{}">{}</a>').format(page, key_in_path(key), shown)


def key_in_path(value: Any) -> str:
    """An id or a name as one part of an address."""
    return quote(str(value), safe="")


def safe_url(value: str | None) -> str | None:
    """The address, if following it can only open a web page; None for `javascript:` and the like."""
    if not value or not re.fullmatch(r"https?://[^\s\x00-\x1f\x7f\\]+", value, re.IGNORECASE):
        return None
    try:
        return value if urlsplit(value).hostname else None
    except ValueError:
        return None


def away(value: str | None, words: str | None = None) -> Markup:
    """A link that leaves the desk, telling the other side nothing; plain text where the address is not safe."""
    shown = words if words is not None else _address(value or "")
    if safe_url(value) is None:
        return escape(shortened(shown))
    return Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(value, shortened(shown))


def badge(value: str) -> Markup:
    """A word of a fixed vocabulary; its class lets the style sheet colour the alarming ones."""
    kind = re.sub(r"[^a-z-]", "-", value.lower())[:20]
    return Markup('<span class="badge is-{}">{}</span>').format(kind, label(value))


def lines(value: str) -> str:
    """The lines of a message, stored as JSON, as one."""
    try:
        found = json.loads(value)
    except ValueError:
        return value
    return " · ".join(map(str, found)) if isinstance(found, list) else value


def clock(value: str) -> Markup:
    """A time to the minute, UTC, with the whole of it in the title; the text itself if it is no time."""
    try:
        moment = from_iso(value)
    except ValueError:
        return escape(value)
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
        value, f"{moment:%A %-d %B %Y, %H:%M:%S}", f"{moment:%Y-%m-%d %H:%M}"
    )


def with_times(words: str) -> Markup:
    """A sentence of the service with the times in it as people read them."""
    pieces = re.split(f"({TIME.pattern})", words)
    return Markup("").join(clock(piece) if i % 2 else escape(piece) for i, piece in enumerate(pieces))


def ago(value: str | None, now: datetime) -> Markup:
    """`3 min ago`, `in 2 h`, `never`, with the whole time in the title."""
    if not value:
        return Markup("never")
    try:
        moment = from_iso(value)
    except ValueError:
        return escape(value)
    span = span_words(abs(now - moment))
    words = f"{span} ago" if moment <= now else f"in {span}"
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
        value, f"{moment:%A %-d %B %Y, %H:%M:%S}", words
    )


def span_words(span: timedelta) -> str:
    """A span in its largest unit: `3 min`."""
    for unit, name in ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min")):
        if span >= unit:
            return f"{span // unit} {name}"
    return f"{int(span.total_seconds())} s"


def marked(pieces: Any) -> Markup:
    """Runs of (text, matched) with the matched ones marked."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(text) if matched else escape(text) for text, matched in pieces
    )


def label(name: str) -> str:
    """A column or a state in words: `first_seen_at` -> `first seen`."""
    return re.sub(r"_(at|id)$", "", name).replace("_", " ")


def shortened(text: str) -> str:
    """The text, cut where it is longer than a list should show."""
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _address(value: str) -> str:
    """An address as people read it: no scheme, no `www.`, not too long."""
    plain = re.sub(r"^https?://(www\.)?", "", value, flags=re.IGNORECASE).rstrip("/")
    return plain if len(plain) <= 60 else plain[:59] + "…"


def _has(row: Mapping[str, Any], key: str) -> bool:
    return key in row.keys() and row[key] is not None  # noqa: SIM118  sqlite3.Row iterates over values

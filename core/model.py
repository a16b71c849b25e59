"""The values that travel between packages: frozen dataclasses and enums of the glossary.

Datetimes are timezone-aware UTC. Text is NFC. Nothing here does I/O or reads a clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class SourceState(StrEnum):
    """Where a source stands; `priming` until its first good poll has committed."""

    PRIMING = "priming"
    LIVE = "live"
    FAILING = "failing"
    GONE = "gone"
    PAUSED = "paused"


class EntryClass(StrEnum):
    """What a poll could prove about an entry; only `live` and `update` page anyone at once."""

    LIVE = "live"  # provably new
    BACKFILL = "backfill"  # was already there at the source's first poll
    REWRITE = "rewrite"  # re-issued under new keys
    BURST = "burst"  # many at once without proof of age: told in one digest
    LATE = "late"  # dated more than 72 h before it was first seen
    UPDATE = "update"  # a known entry whose text changed


class Relation(StrEnum):
    """How an article stands to its story."""

    NEW = "new"
    COPY = "copy"
    SAME_STORY = "same_story"


class Extent(StrEnum):
    """How much of each other a copy and its original hold."""

    FULL = "full"  # each is nearly all of the other
    EXCERPT = "excerpt"  # the copy lies within the original
    CONTAINS = "contains"  # the original lies within the copy, which adds to it
    PARTIAL = "partial"  # both have parts of their own


class Standing(StrEnum):
    """What became of an article after its publication."""

    PRINTED = "printed"
    CORRECTED = "corrected"  # its text says so
    RETRACTED = "retracted"  # its text says so
    GONE = "gone"  # its address answers 404 or 410


class Extraction(StrEnum):
    """Where an article's text came from."""

    PAGE = "page"
    FEED = "feed"  # full text carried by the feed
    SUMMARY = "summary"  # the page refused: title and summary only


class AlertKind(StrEnum):
    STORY = "story"
    UPDATE = "update"
    DIGEST = "digest"
    STORM = "storm"
    HEALTH = "health"


class DeliveryState(StrEnum):
    """States of the outbox (RELIABILITY: outbox state machine)."""

    HELD = "held"
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    MERGED = "merged"
    SUPPRESSED = "suppressed"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP GET a source asks for; `headers` are added to the service's own."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: final `url` after redirects, lower-case header names, body already decompressed."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """What a source says of one item. Only `url` is certain to be filled; `id` is the publisher's own key.

    With `markup`, summary and content are HTML as it was written, which `core.markup.plain` makes text of.
    """

    url: str
    id: str = ""
    title: str = ""
    summary: str = ""  # plain text
    content: str = ""  # plain text, only where the source carries the full text
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None
    image: str | None = None
    markup: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """One document of a source, parsed.

    `next` are further requests of the same poll (paging, sitemap index). `ttl` is the publisher's hint in
    seconds. `skipped` counts items that could not be read, with `problem` naming the first cause.
    """

    entries: tuple[Entry, ...]
    next: tuple[Request, ...] = ()
    title: str = ""
    ttl: int | None = None
    skipped: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """Extracted content of one canonical URL. `note` says in words why `extraction` is not `page`."""

    url: str
    canonical_url: str
    title: str
    text: str
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    language: str | None = None
    site: str = ""
    image: str | None = None
    extraction: Extraction = Extraction.PAGE
    note: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What rules are matched on: one revision of an article with the fields a rule may name."""

    id: str
    title: str
    text: str
    url: str = ""
    site: str = ""
    source: str = ""
    language: str | None = None
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    kind: str = "new"  # new | update


@dataclass(frozen=True, slots=True)
class Span:
    """Character positions `[start, end)` in the named stored field (`title`, `body`, ...)."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match:
    """The fact that a rule holds for a revision; spans are sorted by field, then start."""

    rule: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """What the ingest transaction hands to the evaluator: an article as it now stands in the store."""

    article_id: int
    revision: int
    document: Document
    story_id: int
    story_key: str
    relation: Relation
    entry_class: EntryClass
    extraction: Extraction
    note: str
    first_seen: datetime
    previous_text: str | None = None  # the text of the revision before, when there was one
    previous_title: str | None = None
    earlier: tuple[str, ...] = ()  # texts of all revisions before that one: what returns is not new
    standing: Standing = Standing.PRINTED  # other than printed: what this revision (or a 404) newly says
    standing_note: str = ""  # the publisher's own words, or the answer


@dataclass(frozen=True, slots=True)
class Outlet:
    """One article inside a message: who printed it, where, when, and how it relates to the story."""

    name: str  # site or source
    url: str
    title: str
    seen: datetime
    published: datetime | None = None
    relation: Relation = Relation.NEW


@dataclass(frozen=True, slots=True)
class Receipt:
    """The part of an alert that says why it fired."""

    rule: str
    query: str
    words: tuple[str, ...]  # distinct matched words as printed
    field: str  # where the best snippet comes from: title | body
    snippet: tuple[tuple[str, bool], ...]  # runs of text; True = matched
    source: str
    published: datetime | None
    seen: datetime
    matched: datetime
    note: str = ""  # e.g. the page answered 403: matched on the summary


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered alert, channel-neutral. Plain text everywhere: each channel escapes for itself."""

    alert_id: str
    kind: AlertKind
    rule: str
    title: str
    url: str
    outlets: tuple[Outlet, ...]  # first one first
    receipt: Receipt | None
    created: datetime
    lines: tuple[str, ...] = ()  # extra plain lines: what changed, digest items, health text
    language: str | None = None
    desk_url: str | None = None
    parent: str | None = None  # of an update: the alert it updates
    severity: str = "normal"  # normal | urgent
    tail: tuple[str, ...] = ()  # plain lines at the very end: what was watched meanwhile


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message for one target of one channel, claimed by a dispatcher."""

    id: str
    alert_id: str
    channel: str
    target: str
    attempts: int
    epoch: int
    created: datetime
    deadline: datetime
    degraded: bool
    message: Message
    reply_to: str | None = None  # of an update: the delivery of its alert to the same channel and target
    thread: str | None = None  # the receiver's name for what it belongs under: for that delivery, or its own first part
    part: int = 0  # of a message too long for one, from 0
    sent: datetime | None = None  # when it was sent, where what was sent is changed in place


JSON = dict[str, Any]

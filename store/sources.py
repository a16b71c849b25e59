"""Sources: what is configured, when each is due, and how its polls went."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import from_iso, iso_or_none, parse_iso_or_none, to_iso
from core.errors import NotFound
from core.model import SourceState
from store.backend import Row, Tx


@dataclass(frozen=True, slots=True)
class Definition:
    """What the configuration says of a source, as far as the store keeps it. `digest` names its very shape."""

    name: str
    kind: str
    url: str
    digest: str
    language: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A source as the store knows it."""

    name: str
    kind: str
    url: str
    definition: str
    title: str
    state: SourceState
    language: str | None
    tags: tuple[str, ...]
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    due_at: datetime  # when this poll was due; the next one counts from here, so that ticks do not drift
    last_full_at: datetime | None
    last_ok_at: datetime | None
    failing_since: datetime | None
    last_error: str | None
    fails: int
    id_policy: str = "id"  # id | url | title: by what its entries are known again
    catching_up: bool = False  # the database was restored: what the next good poll finds may have been told


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a poll went: what is written beside its entries, in the same transaction."""

    at: datetime
    seconds: float
    next_poll_at: datetime
    status: int | None = None
    bytes: int = 0
    entries: int = 0
    new: int = 0
    skipped: int = 0  # items that could not be read; `note` says why
    note: str = ""
    error: str | None = None
    unchanged: bool = False
    full: bool = False  # asked without validators
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    title: str = ""


PAUSE = timedelta(hours=1)  # a source taken out and put back has missed nothing if no poll was due for so long
_PRIMING = (
    "etag = NULL, last_modified = NULL, body_hash = NULL, fails = 0, failing_since = NULL, id_policy = 'id',"
    " catching_up = 0, next_poll_at = :now"
)


def sync(tx: Tx, definitions: Iterable[Definition], now: datetime) -> None:
    """Make the table say what the configuration says.

    A changed definition, or one that comes back after a time without polls, starts again at priming: what another
    place holds, or what appeared meanwhile, is the past.
    """
    given = list(definitions)
    gone = [row["name"] for row in tx.all("SELECT name FROM sources WHERE configured = 0")]
    tx.run("UPDATE sources SET configured = 0")
    for d in given:
        tx.run(
            "INSERT INTO sources(name, kind, url, definition, language, tags, next_poll_at)"
            " VALUES (:name, :kind, :url, :digest, :language, :tags, :now)"
            " ON CONFLICT(name) DO UPDATE SET configured = 1, kind = excluded.kind, url = excluded.url,"
            " language = excluded.language, tags = excluded.tags",
            name=d.name,
            kind=d.kind,
            url=d.url,
            digest=d.digest,
            language=d.language,
            tags=json.dumps(d.tags),
            now=to_iso(now),
        )
        tx.run(
            "UPDATE sources SET definition = :digest,"
            f" state = CASE WHEN state = 'paused' THEN state ELSE 'priming' END, {_PRIMING}"
            " WHERE name = :name AND definition <> :digest",
            name=d.name,
            digest=d.digest,
            now=to_iso(now),
        )
    tx.run(
        f"UPDATE sources SET state = 'priming', {_PRIMING} WHERE name IN :back AND configured = 1"
        " AND state NOT IN ('paused', 'priming') AND next_poll_at < :missed",
        back=gone,
        missed=to_iso(now - PAUSE),
        now=to_iso(now),
    )


def pause(tx: Tx, name: str) -> None:
    """Poll it no more until `resume`. Raises NotFound."""
    if not tx.run("UPDATE sources SET state = 'paused' WHERE name = :name", name=name):
        raise NotFound(f"no source named {name!r}")


def resume(tx: Tx, name: str, now: datetime) -> None:
    """Poll a paused source again: it starts at priming, so that nobody is told what the pause held. Raises NotFound."""
    get(tx, name)
    tx.run(
        f"UPDATE sources SET state = 'priming', {_PRIMING} WHERE name = :name AND state = 'paused'",
        name=name,
        now=to_iso(now),
    )


def catch_up(tx: Tx) -> int:
    """The database is older than what it knows of: the next good poll of every source proves nothing new (L7)."""
    return tx.run("UPDATE sources SET catching_up = 1 WHERE state <> 'priming'")


def set_id_policy(tx: Tx, name: str, policy: str) -> None:
    """From now on its entries are known again by this: id, url or title (url and title together)."""
    tx.run("UPDATE sources SET id_policy = :policy WHERE name = :name", name=name, policy=policy)


def new_counts(tx: Tx, name: str, polls: int) -> list[int]:
    """How many new entries each of the last good polls brought, newest first.

    First polls and re-issues are left out: what a source holds says nothing about how often it prints.
    """
    rows = tx.all(
        "SELECT p.new AS new FROM polls p WHERE p.source = :name AND p.error IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM entries e WHERE e.source = p.source AND e.first_seen_at = p.at"
        " AND e.class IN ('backfill', 'rewrite')) ORDER BY p.at DESC, p.id DESC LIMIT :polls",
        name=name,
        polls=polls,
    )
    return [row["new"] for row in rows]


def release_claims(tx: Tx, now: datetime) -> int:
    """Polls that a crash cut short are due at once."""
    return tx.run(
        "UPDATE sources SET claimed_at = NULL, next_poll_at = :now WHERE claimed_at IS NOT NULL",
        now=to_iso(now),
    )


def make_due(tx: Tx, now: datetime) -> None:
    """Every configured source is due at `now`."""
    tx.run(
        "UPDATE sources SET next_poll_at = :now WHERE configured = 1 AND state NOT IN ('gone', 'paused')",
        now=to_iso(now),
    )


def claim_due(tx: Tx, now: datetime, limit: int, lease: timedelta) -> list[Source]:
    """The sources due at `now`, oldest first, each claimed so that no other worker polls it within `lease`."""
    due = tx.all(
        "SELECT name, next_poll_at FROM sources WHERE configured = 1 AND next_poll_at <= :now"
        " AND state NOT IN ('gone', 'paused') ORDER BY next_poll_at, name LIMIT :limit",
        now=to_iso(now),
        limit=limit,
    )
    claimed = []
    for row in due:
        taken = tx.one(
            "UPDATE sources SET next_poll_at = :until, claimed_at = :now"
            " WHERE name = :name AND next_poll_at = :due RETURNING *",
            until=to_iso(now + lease),
            now=to_iso(now),
            name=row["name"],
            due=row["next_poll_at"],
        )
        if taken is not None:
            claimed.append(_source({**taken, "next_poll_at": row["next_poll_at"]}))
    return claimed


def record(tx: Tx, name: str, outcome: Outcome, *, now_live: bool) -> None:
    """Settle a poll. `now_live` says that a good poll committed: priming or failing ends here."""
    ok = outcome.error is None
    tx.run(
        "INSERT INTO polls(source, at, seconds, status, bytes, entries, new, skipped, error)"
        " VALUES (:source, :at, :seconds, :status, :bytes, :entries, :new, :skipped, :error)",
        source=name,
        at=to_iso(outcome.at),
        seconds=round(outcome.seconds, 3),
        status=outcome.status,
        bytes=outcome.bytes,
        entries=outcome.entries,
        new=outcome.new,
        skipped=outcome.skipped,
        error=outcome.error,
    )
    tx.run(
        "UPDATE sources SET claimed_at = NULL, next_poll_at = :next, last_poll_at = :at, last_status = :status,"
        " polls = polls + 1, unchanged = unchanged + :unchanged, entries = entries + :new,"
        " last_error = :error" + (_OK if ok else _FAILED) + " WHERE name = :name",
        name=name,
        next=to_iso(outcome.next_poll_at),
        at=to_iso(outcome.at),
        status=outcome.status,
        unchanged=int(outcome.unchanged),
        new=outcome.new,
        error=outcome.error,
        note=outcome.note,
        full=iso_or_none(outcome.at if outcome.full else None),
        newest=iso_or_none(outcome.at if outcome.new else None),
        etag=outcome.etag,
        modified=outcome.last_modified,
        hash=outcome.body_hash,
        title=outcome.title,
        live=int(now_live),
    )


_OK = (
    ", last_ok_at = :at, fails = 0, failing_since = NULL, catching_up = 0, etag = :etag, last_modified = :modified,"
    " body_hash = :hash, note = CASE WHEN :unchanged = 1 THEN note ELSE :note END,"
    " last_full_at = COALESCE(:full, last_full_at),"
    " last_new_at = COALESCE(:newest, last_new_at),"
    " title = CASE WHEN :title = '' THEN title ELSE :title END,"
    " state = CASE WHEN :live = 1 AND state IN ('priming', 'failing') THEN 'live' ELSE state END"
)
_FAILED = (
    ", fails = fails + 1, failing_since = COALESCE(failing_since, :at),"
    # a source that never had a good poll stays priming: its first good one must not alert
    " state = CASE WHEN state = 'live' THEN 'failing' ELSE state END"
)


def get(tx: Tx, name: str) -> Source:
    """One source. Raises NotFound."""
    row = tx.one("SELECT * FROM sources WHERE name = :name", name=name)
    if row is None:
        raise NotFound(f"no source named {name!r}")
    return _source(row)


def listing(tx: Tx) -> list[Row]:
    """Every configured source with the figures people look at, failing ones first."""
    return tx.all(
        "SELECT name, kind, url, title, state, language, last_ok_at, last_new_at, next_poll_at, last_status,"
        " last_error, note, failing_since, fails, polls, unchanged, entries FROM sources WHERE configured = 1"
        " ORDER BY CASE state WHEN 'failing' THEN 0 WHEN 'gone' THEN 1 WHEN 'priming' THEN 2 ELSE 3 END,"
        " fails DESC, name"
    )


def _source(row: Row) -> Source:
    return Source(
        name=row["name"],
        kind=row["kind"],
        url=row["url"],
        definition=row["definition"],
        title=row["title"],
        state=SourceState(row["state"]),
        language=row["language"],
        tags=tuple(json.loads(row["tags"])),
        etag=row["etag"],
        last_modified=row["last_modified"],
        body_hash=row["body_hash"],
        due_at=from_iso(row["next_poll_at"]),
        last_full_at=parse_iso_or_none(row["last_full_at"]),
        last_ok_at=parse_iso_or_none(row["last_ok_at"]),
        failing_since=parse_iso_or_none(row["failing_since"]),
        last_error=row["last_error"],
        fails=row["fails"],
        id_policy=row["id_policy"],
        catching_up=bool(row["catching_up"]),
    )

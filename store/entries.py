"""Entries: what sources said, by which keys we know it again, and which still wait to become articles."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import iso_or_none, parse_iso_or_none, to_iso
from core.model import Entry, EntryClass
from core.urls import netloc
from store.backend import Row, Tx

Key = tuple[str, str]  # (kind, key); kind is id, url or title
SCAN = 5  # waiting entries looked at for each one claimed: hosts with many give way to those with few


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of an entry seen before."""

    id: int
    digest: str
    looks: int


@dataclass(frozen=True, slots=True)
class Todo:
    """An entry claimed to become an article."""

    id: int
    source: str
    entry: Entry
    entry_class: EntryClass
    look: str  # page | entry
    looks: int
    tries: int
    article_id: int | None


def known(tx: Tx, source: str, keys: Sequence[Key]) -> dict[Key, Known]:
    """Of these keys, those the source has used before."""
    found: dict[Key, Known] = {}
    for kind in {k for k, _ in keys}:
        rows = tx.all(
            "SELECT k.key AS key, e.id AS id, e.digest AS digest, e.looks AS looks"
            " FROM entry_keys k JOIN entries e ON e.id = k.entry_id"
            " WHERE k.source = :source AND k.kind = :kind AND k.key IN :keys",
            source=source,
            kind=kind,
            keys=sorted({key for k, key in keys if k == kind}),
        )
        for row in rows:
            found[(kind, row["key"])] = Known(row["id"], row["digest"], row["looks"])
    return found


def add(
    tx: Tx,
    source: str,
    entry: Entry,
    *,
    digest: str,
    entry_class: EntryClass,
    look: str,
    now: datetime,
) -> int:
    """Remember a new entry; it waits to become an article. Its id."""
    row = tx.one(
        "INSERT INTO entries(source, url, title, summary, content, authors, published, updated, language,"
        " image, digest, class, look, host, next_try_at, first_seen_at) VALUES (:source, :url, :title, :summary,"
        " :content, :authors, :published, :updated, :language, :image, :digest, :class, :look, :host, :now, :now)"
        " RETURNING id",
        source=source,
        digest=digest,
        look=look,
        host=_host(entry, look),
        now=to_iso(now),
        **{"class": str(entry_class)},
        **_fields(entry),
    )
    assert row is not None
    return int(row["id"])


def add_keys(tx: Tx, source: str, keys: Iterable[Key], entry_id: int) -> None:
    """From now on these keys mean this entry; a key already known keeps its meaning."""
    tx.many(
        "INSERT INTO entry_keys(source, kind, key, entry_id) VALUES (:source, :kind, :key, :id)"
        " ON CONFLICT(source, kind, key) DO NOTHING",
        [{"source": source, "kind": kind, "key": key, "id": entry_id} for kind, key in keys],
    )


def look_again(tx: Tx, entry_id: int, entry: Entry, *, digest: str, look: str, at: datetime) -> None:
    """The source says something new of a known entry: look at its page again, not before `at`."""
    tx.run(
        "UPDATE entries SET title = :title, summary = :summary, content = :content, authors = :authors,"
        " published = :published, updated = :updated, language = :language, image = :image, url = :url,"
        " digest = :digest, look = :look, host = :host, next_try_at = :at, tries = 0,"
        " class = CASE WHEN state = 'todo' THEN class ELSE 'update' END, state = 'todo' WHERE id = :id",
        id=entry_id,
        digest=digest,
        look=look,
        host=_host(entry, look),
        at=to_iso(at),
        **_fields(entry),
    )


def release_claims(tx: Tx, now: datetime) -> int:
    """Looks that a crash cut short are due at once."""
    return tx.run(
        "UPDATE entries SET claimed_at = NULL, next_try_at = :now WHERE state = 'todo' AND claimed_at IS NOT NULL",
        now=to_iso(now),
    )


def claim_todo(
    tx: Tx, now: datetime, limit: int, lease: timedelta, *, busy: Collection[str] = (), per_host: int = 1000
) -> list[Todo]:
    """Entries waiting to become articles, those that may page someone first; each claimed for `lease`.

    At most `per_host` of one host and none of a `busy` one, so that a slow host delays only itself.
    """
    waiting = tx.all(
        "SELECT id, host FROM entries WHERE state = 'todo' AND next_try_at <= :now AND host NOT IN :busy"
        " ORDER BY CASE class WHEN 'backfill' THEN 1 WHEN 'rewrite' THEN 1 ELSE 0 END, next_try_at, id LIMIT :scan",
        now=to_iso(now),
        busy=sorted(busy),
        scan=limit * SCAN,
    )
    taken: Counter[str] = Counter()
    ids: list[int] = []
    for row in waiting:
        taken[row["host"]] += 1
        if taken[row["host"]] <= per_host and len(ids) < limit:
            ids.append(row["id"])
    if not ids:
        return []
    rows = tx.all(
        "UPDATE entries SET next_try_at = :until, claimed_at = :now, tries = tries + 1 WHERE id IN :ids RETURNING *",
        until=to_iso(now + lease),
        now=to_iso(now),
        ids=ids,
    )
    return sorted((_todo(row) for row in rows), key=lambda t: t.id)


def done(tx: Tx, entry_id: int, article_id: int | None, reason: str | None = None) -> None:
    """The entry is settled: it is part of this article, or `reason` says why it is none."""
    tx.run(
        "UPDATE entries SET state = :state, reason = :reason, article_id = COALESCE(:article, article_id),"
        " content = '', claimed_at = NULL, looks = looks + 1 WHERE id = :id",
        id=entry_id,
        article=article_id,
        state="done" if article_id is not None else "failed",
        reason=reason,
    )


def try_later(tx: Tx, entry_id: int, at: datetime, reason: str) -> None:
    """Not now: look at the page again at `at`."""
    tx.run(
        "UPDATE entries SET next_try_at = :at, claimed_at = NULL, reason = :reason WHERE id = :id",
        id=entry_id,
        at=to_iso(at),
        reason=reason,
    )


def look_later(tx: Tx, entry_id: int, at: datetime) -> None:
    """Its page could not be read and its own words were stored meanwhile: look again at `at`."""
    tx.run(
        "UPDATE entries SET state = 'todo', next_try_at = :at, tries = 0 WHERE id = :id",
        id=entry_id,
        at=to_iso(at),
    )


def waiting(tx: Tx, until: datetime) -> int:
    """How many entries wait to become articles and are looked at by `until`, or are being looked at."""
    row = tx.one(
        "SELECT COUNT(*) AS n FROM entries WHERE state = 'todo' AND (next_try_at <= :until OR claimed_at IS NOT NULL)",
        until=to_iso(until),
    )
    assert row is not None
    return int(row["n"])


def _host(entry: Entry, look: str) -> str:
    return netloc(entry.url) if look == "page" else ""


def _fields(entry: Entry) -> Mapping[str, str | None]:
    return {
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content": entry.content,
        "authors": json.dumps(entry.authors, ensure_ascii=False),
        "published": iso_or_none(entry.published),
        "updated": iso_or_none(entry.updated),
        "language": entry.language,
        "image": entry.image,
    }


def _todo(row: Row) -> Todo:
    entry = Entry(
        url=row["url"],
        title=row["title"],
        summary=row["summary"],
        content=row["content"],
        authors=tuple(json.loads(row["authors"])),
        published=parse_iso_or_none(row["published"]),
        updated=parse_iso_or_none(row["updated"]),
        language=row["language"],
        image=row["image"],
    )
    return Todo(
        id=row["id"],
        source=row["source"],
        entry=entry,
        entry_class=EntryClass(row["class"]),
        look=row["look"],
        looks=row["looks"],
        tries=row["tries"],
        article_id=row["article_id"],
    )


def named(tx: Tx, urls: Sequence[str], key: str) -> list[Row]:
    """What sources said of an address: entries with one of these addresses or this address key, first named first."""
    return tx.all(
        "SELECT * FROM entries WHERE url IN :urls"
        " OR id IN (SELECT entry_id FROM entry_keys WHERE kind = 'url' AND key = :key) ORDER BY first_seen_at, id",
        urls=list(urls),
        key=key,
    )


def of_article(tx: Tx, article_id: int) -> list[Row]:
    """What sources said of an article, first named first."""
    return tx.all("SELECT * FROM entries WHERE article_id = :id ORDER BY first_seen_at, id", id=article_id)

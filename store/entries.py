"""Entries: what sources said, by which keys we know it again, which wait to become articles or to be read again.

An entry with a relook time whose state is `todo` is being read again; waiting for anything else clears that time.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import iso_or_none, parse_iso_or_none, to_iso
from core.model import JSON, Entry, EntryClass
from core.urls import netloc
from store.backend import Row, Tx

Key = tuple[str, str]  # (kind, key); kind is id, url or title
RANK = "(CASE WHEN class IN ('backfill','rewrite') THEN 1 ELSE 0 END)"  # 0: may page someone
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
    relook: bool = False  # its page was read before and is read again in search of edits
    reason: str | None = None  # what the last look left to be confirmed, among others


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
    reason: str | None = None,
) -> int:
    """Remember a new entry; it waits to become an article. Its id. `reason`: what is odd about it."""
    row = tx.one(
        "INSERT INTO entries(source, url, title, summary, content, authors, published, updated, language,"
        " image, digest, class, look, host, reason, next_try_at, first_seen_at) VALUES (:source, :url, :title,"
        " :summary, :content, :authors, :published, :updated, :language, :image, :digest, :class, :look, :host,"
        " :reason, :now, :now)"
        " RETURNING id",
        source=source,
        digest=digest,
        look=look,
        host=_host(entry, look),
        reason=reason,
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
        " digest = :digest, look = :look, host = :host, next_try_at = :at, tries = 0, relook_at = NULL,"
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
    waiting = [
        row
        for old in (0, 1)
        for row in tx.all(
            "SELECT id, host FROM entries WHERE state = 'todo' AND next_try_at <= :now AND host NOT IN :busy"
            f" AND {RANK} = :old ORDER BY next_try_at, id LIMIT :scan",
            now=to_iso(now),
            busy=sorted(busy),
            old=old,
            scan=limit * SCAN,
        )
    ]
    return _claim(tx, _take_turns(waiting, limit, per_host), now, lease, "tries = tries + 1")


def claim_relooks(
    tx: Tx,
    now: datetime,
    limit: int,
    lease: timedelta,
    *,
    busy: Collection[str] = (),
    per_host: int = 1,
) -> list[Todo]:
    """Entries whose page is read again, each claimed for `lease`: those a rule holds for, then what fell due last.

    Where the budget never suffices some pages are read in time so, rather than all of them too late. At most
    `per_host` of one host and none of a `busy` one; none of a source that is paused or no longer configured.
    """
    due = [
        row
        for rank in (0, 1)
        for row in tx.all(
            "SELECT id, host FROM entries WHERE relook_at <= :now AND relook_rank = :rank AND state = 'done'"
            " AND host NOT IN :busy AND source IN (SELECT name FROM sources WHERE configured = 1 AND state <> 'paused')"
            " ORDER BY relook_at DESC LIMIT :scan",
            now=to_iso(now),
            rank=rank,
            busy=sorted(busy),
            scan=limit * SCAN,
        )
    ]
    # a claim like any other: what a crash cuts short is released at the next start and looked at as all that wait
    changes = "state = 'todo', class = 'update', tries = 1, relooks = relooks + 1"
    return _claim(tx, _take_turns(due, limit, per_host), now, lease, changes)


def _take_turns(rows: Iterable[Row], limit: int, per_host: int) -> list[int]:
    taken: Counter[str] = Counter()
    ids: list[int] = []
    for row in rows:
        taken[row["host"]] += 1
        if taken[row["host"]] <= per_host and len(ids) < limit:
            ids.append(row["id"])
    return ids


def _claim(tx: Tx, ids: list[int], now: datetime, lease: timedelta, changes: str) -> list[Todo]:
    if not ids:
        return []
    rows = tx.all(
        f"UPDATE entries SET next_try_at = :until, claimed_at = :now, {changes} WHERE id IN :ids RETURNING *",
        until=to_iso(now + lease),
        now=to_iso(now),
        ids=ids,
    )
    return sorted((_todo(row) for row in rows), key=lambda t: t.id)


def done(tx: Tx, entry_id: int, article_id: int | None, reason: str | None = None, *, relook: bool = False) -> None:
    """The entry is settled: it is part of this article, or `reason` says why it is none.

    A `relook` settles nothing when the source said something new meanwhile: the look that asked for is still to come.
    """
    if relook and tx.run(
        "UPDATE entries SET claimed_at = NULL WHERE id = :id AND state = 'todo' AND relook_at IS NULL", id=entry_id
    ):
        return
    tx.run(
        "UPDATE entries SET state = :state, reason = :reason, article_id = COALESCE(:article, article_id),"
        " content = '', claimed_at = NULL, looks = looks + CASE WHEN relook_at IS NULL THEN 1 ELSE 0 END"
        " WHERE id = :id",
        id=entry_id,
        article=article_id,
        state="done" if article_id is not None else "failed",
        reason=reason,
    )


def plan_relook(tx: Tx, entry_id: int, article_id: int, at: datetime | None) -> None:
    """Read the entry's page again at `at`, or never; its article is read again by this entry alone.

    An article that some rule holds for comes first.
    """
    tx.run(
        "UPDATE entries SET relook_at = NULL"
        " WHERE article_id = :article AND id <> :id AND relook_at IS NOT NULL AND state = 'done'",
        article=article_id,
        id=entry_id,
    )
    tx.run(
        "UPDATE entries SET relook_at = :at, relook_rank = CASE WHEN EXISTS"
        " (SELECT 1 FROM matches WHERE article_id = :article) THEN 0 ELSE 1 END WHERE id = :id AND state = 'done'",
        id=entry_id,
        article=article_id,
        at=iso_or_none(at),
    )


def relooks(tx: Tx, article_id: int) -> int:
    """How often an article was read again, whichever entry led there."""
    row = tx.one("SELECT SUM(relooks) AS n FROM entries WHERE article_id = :id", id=article_id)
    return 0 if row is None or row["n"] is None else int(row["n"])


def drop_relooks(tx: Tx, before: datetime, limit: int) -> int:
    """Give up at most `limit` relooks that were due before `before` and never came to their turn."""
    dropped = 0
    for rank in (0, 1):
        ids = [
            row["id"]
            for row in tx.all(
                "SELECT id FROM entries WHERE relook_at < :before AND relook_rank = :rank AND state = 'done'"
                " ORDER BY relook_at LIMIT :limit",
                before=to_iso(before),
                rank=rank,
                limit=limit - dropped,
            )
        ]
        dropped += tx.run("UPDATE entries SET relook_at = NULL WHERE id IN :ids", ids=ids) if ids else 0
    return dropped


def relook_budget(tx: Tx) -> JSON | None:
    """What `keep_budget` kept."""
    row = tx.one("SELECT v FROM meta WHERE k = 'relook_budget'")
    return None if row is None else json.loads(row["v"])


def keep_budget(tx: Tx, budget: Mapping[str, object]) -> None:
    """Keep what is left of the day's relooks, with the claims that spent it."""
    tx.run(
        "INSERT INTO meta(k, v) VALUES ('relook_budget', :v) ON CONFLICT(k) DO UPDATE SET v = excluded.v",
        v=json.dumps(budget),
    )


def planned_relooks(tx: Tx, now: datetime) -> dict[str, int]:
    """How many pages will be read again (`planned`), and how many of them should have been by now (`overdue`)."""
    row = tx.one(
        "SELECT COUNT(*) AS planned, SUM(CASE WHEN relook_at <= :now THEN 1 ELSE 0 END) AS overdue"
        " FROM entries WHERE relook_at IS NOT NULL",
        now=to_iso(now),
    )
    assert row is not None
    return {"planned": int(row["planned"]), "overdue": int(row["overdue"] or 0)}


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
        "UPDATE entries SET state = 'todo', next_try_at = :at, tries = 0, relook_at = NULL WHERE id = :id",
        id=entry_id,
        at=to_iso(at),
    )


def waiting(tx: Tx, until: datetime) -> int:
    """How many entries wait to become articles and are looked at by `until`, or are being looked at; no relooks."""
    row = tx.one(
        "SELECT COUNT(*) AS n FROM entries WHERE state = 'todo' AND relook_at IS NULL"
        " AND (next_try_at <= :until OR claimed_at IS NOT NULL)",
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
        relook=row["relook_at"] is not None,
        reason=row["reason"],
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

"""What a poll can prove about its entries: pure storm protection, before anything is fetched or alerted.

Layers L0 to L2 of the storm rules: a first poll is all backfill; an entry is new only if no strong key of it is
known; many "new" entries whose titles or dates show them to be old are a re-issue.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import iso_or_none
from core.model import Entry, EntryClass
from core.text import words
from crawler.canonical import key as url_key
from store.entries import Key, Known

REWRITE_MIN = 5  # fewer new entries than this are never called a re-issue
REWRITE_SHARE = 0.5
REWRITE_PROOF = 0.6  # share of the new ones that must be proven old
OLD = timedelta(hours=24)
LATE = timedelta(hours=72)
MAX_LOOKS = 24  # re-looks of one entry; a feed that changes its summary every minute stops being news
AGAIN = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with one entry: remember it (`known` is None), look again, or nothing but note its keys."""

    entry: Entry
    keys: tuple[Key, ...]
    digest: str
    entry_class: EntryClass
    known: Known | None
    look_again: bool


def keys(entry: Entry) -> tuple[Key, ...]:
    """By what we know an entry again: its id and its address are strong, its title is only a hint."""
    found: list[Key] = [("url", url_key(entry.url))]
    if entry.id:
        found.append(("id", entry.id))
    title = " ".join(words(entry.title))
    if title:
        found.append(("title", title))
    return tuple(found)


def digest(entry: Entry) -> str:
    """Hash of what the source says of an entry; when it changes the page is worth another look."""
    said = "\x1f".join((entry.title, entry.summary, entry.content, iso_or_none(entry.updated) or ""))
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=12).hexdigest()


def judge(
    entries: Sequence[Entry],
    known: Mapping[Key, Known],
    *,
    priming: bool,
    alert_newest: int,
    last_ok: datetime | None,
    now: datetime,
) -> list[Verdict]:
    """One verdict per entry, in order. Two entries of one document with a shared strong key are one."""
    seen: set[Key] = set()
    fresh: list[Entry] = []
    out: list[tuple[Entry, tuple[Key, ...], Known | None]] = []
    for entry in entries:
        ks = keys(entry)
        strong = [k for k in ks if k[0] != "title"]
        if seen.intersection(strong):
            continue
        seen.update(strong)
        old = next((known[k] for k in strong if k in known), None)
        if old is None:
            fresh.append(entry)
        out.append((entry, ks, old))
    newest = _newest(fresh, alert_newest) if priming else set()
    reissue = not priming and _is_reissue(fresh, len(out), known, last_ok)
    return [_verdict(e, ks, old, priming, newest, reissue, known, last_ok, now) for e, ks, old in out]


def _verdict(
    entry: Entry,
    ks: tuple[Key, ...],
    old: Known | None,
    priming: bool,
    newest: set[str],
    reissue: bool,
    known: Mapping[Key, Known],
    last_ok: datetime | None,
    now: datetime,
) -> Verdict:
    said = digest(entry)
    if old is not None:
        again = said != old.digest and old.looks < MAX_LOOKS
        return Verdict(entry, ks, said, EntryClass.UPDATE, old, again)
    if priming:
        kind = EntryClass.LIVE if entry.url in newest else EntryClass.BACKFILL
    elif reissue:
        kind = EntryClass.REWRITE if _proven_old(entry, known, last_ok) else EntryClass.BURST
    elif entry.published is not None and now - entry.published > LATE:
        kind = EntryClass.LATE
    else:
        kind = EntryClass.LIVE
    return Verdict(entry, ks, said, kind, None, False)


def again_at(old: Known, now: datetime) -> datetime:
    """When a changed entry is looked at again: at once the first time, then ever more rarely."""
    return now if old.looks <= 1 else now + min(AGAIN * 2 ** min(old.looks, 12), timedelta(days=1))


def _newest(fresh: Sequence[Entry], n: int) -> set[str]:
    dated = sorted(
        (e for e in fresh if e.published is not None), key=lambda e: e.published or datetime.max, reverse=True
    )
    undated = [e for e in fresh if e.published is None]  # a feed's own order: newest first
    return {e.url for e in (dated + undated)[:n]}


def _is_reissue(fresh: Sequence[Entry], total: int, known: Mapping[Key, Known], last_ok: datetime | None) -> bool:
    if len(fresh) < REWRITE_MIN or len(fresh) < REWRITE_SHARE * total:
        return False
    titles = sum(("title", " ".join(words(e.title))) in known for e in fresh)
    dates = 0 if last_ok is None else sum(e.published is not None and e.published < last_ok - OLD for e in fresh)
    return max(titles, dates) >= REWRITE_PROOF * len(fresh)


def _proven_old(entry: Entry, known: Mapping[Key, Known], last_ok: datetime | None) -> bool:
    if ("title", " ".join(words(entry.title))) in known:
        return True
    return last_ok is not None and entry.published is not None and entry.published < last_ok - OLD

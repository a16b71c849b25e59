"""What a poll can prove about its entries: pure storm protection, before anything is fetched or alerted.

policy | sift: which entries are new (L1) | judge: first poll (L0), re-issue (L2), burst (L3), restore (L7), age (L4)

Only what is provably new pages anyone at once. Nothing is dropped: every new entry is stored with its class.
"""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from html import unescape

from core.clock import iso_or_none
from core.markup import gist
from core.model import Entry, EntryClass
from core.text import words
from crawler.canonical import key as url_key
from store.entries import Key, Known

BAD_SHARE = 0.05  # of a document's ids, or addresses, that are missing or shared: more, and they name nothing (L1)
REWRITE_MIN = 5  # fewer new entries than this are never called a re-issue
REWRITE_SHARE = 0.5
REWRITE_PROOF = 0.6  # share of the new ones that must be proven old
BURST_MIN = 20  # new entries of one poll that may always page at once
BURST_FACTOR = 3  # and so many times what the source's busiest polls bring
POLLS = 200  # of which the source's usual is taken
OUTAGE = timedelta(hours=24)  # after so long without a good poll what is usual says nothing
OLD = timedelta(hours=24)
LATE = timedelta(hours=72)
FUTURE = timedelta(minutes=15)  # clocks of publishers differ; a date further ahead than this is no date
MAX_LOOKS = 24  # re-looks of one entry; a feed that changes its summary every minute stops being news
AGAIN = timedelta(seconds=15)


class Policy(StrEnum):
    """By what a source's entries are known again; a source only ever moves down this list (L1)."""

    ID = "id"  # id or address
    URL = "url"  # address: its ids are missing or shared
    TITLE = "title"  # address and title together: its addresses are shared, too


@dataclass(frozen=True, slots=True)
class Named:
    """An entry with its address and its title in the form they are compared in: 40 µs an address, made once.

    `digest` tells whether the source says something else of it than before.
    """

    entry: Entry
    address: str
    title: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a document, everything it is known by, and what is known of it already."""

    named: Named
    keys: tuple[Key, ...]
    known: Known | None


@dataclass(frozen=True, slots=True)
class Past:
    """What the source's earlier polls say about this one."""

    priming: bool = False  # none of them was good
    catching_up: bool = False  # the database was restored
    last_ok: datetime | None = None
    burst_over: int = BURST_MIN  # see `burst_over`
    doubted: bool = False  # the clock has jumped: no age is judged


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with one entry: remember it (`known` is None), look again, or nothing but note its keys."""

    entry: Entry
    keys: tuple[Key, ...]
    digest: str
    entry_class: EntryClass
    known: Known | None
    look_again: bool
    note: str = ""  # what is odd about it, in words


def name(entries: Iterable[Entry]) -> list[Named]:
    """The entries as the rest of this module wants them."""
    return [Named(e, url_key(e.url), " ".join(words(e.title)), digest(e)) for e in entries]


def keys(named: Named, policy: Policy = Policy.ID) -> tuple[Key, ...]:
    """By what we know an entry again: its id and its address are strong, its title is only a hint."""
    return _strong(named, policy) + _hints(named, policy)


def asked(named: Iterable[Named], policy: Policy) -> list[Key]:
    """The keys to look up before `sift`."""
    return [key for each in named for key in keys(each, policy)]


def _strong(named: Named, policy: Policy, shared: Collection[str] = ()) -> tuple[Key, ...]:
    if policy is Policy.TITLE:
        return (("url", f"{named.address} {named.title}"),)  # no address has a blank
    if policy is Policy.ID and named.entry.id and named.entry.id not in shared:
        return (("url", named.address), ("id", named.entry.id))
    return (("url", named.address),)


def _hints(named: Named, policy: Policy) -> tuple[Key, ...]:
    title: tuple[Key, ...] = (("title", named.title),) if named.title else ()
    return (("url", named.address), *title) if policy is Policy.TITLE else title


def digest(entry: Entry) -> str:
    """Hash of what the source says of an entry, tags aside; when it changes the page is worth another look.

    The same whichever reader took the feed apart: one has a summary as the content, too, another only as a summary.
    """
    summary, content = ((gist(s) for s in (entry.summary, entry.content)) if entry.markup else
                        (entry.summary, entry.content))  # fmt: skip
    content = "" if content == summary else content
    said = "\x1f".join((entry.title, unescape(summary), unescape(content), iso_or_none(entry.updated) or ""))
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=12).hexdigest()


def settled_policy(named: Sequence[Named], policy: Policy) -> Policy:
    """The policy after this document: its ids and its addresses must name what they stand for.

    An id or an address is bad where it is missing or also stands for another entry: one of another title.
    """
    if policy is Policy.ID and _bad([(n.entry.id, n.address, n.title or n.address) for n in named]):
        policy = Policy.URL
    if policy is not Policy.TITLE and _bad([(n.address, "", n.title) for n in named]):
        policy = Policy.TITLE
    return policy


def _bad(named: Sequence[tuple[str, str, str]]) -> bool:
    """Whether too many names are missing or used again. `named`: name, address, title.

    The same address or the same title under one name is the same entry said twice.
    """
    seen: defaultdict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    bad = 0
    for called, address, title in named:
        addresses, titles = seen[called]
        again = bool(titles) and title not in titles and (not address or address not in addresses)
        bad += not called or again
        titles.add(title)
        addresses.add(address)
    return bad > BAD_SHARE * len(named)


def sift(named: Sequence[Named], known: Mapping[Key, Known], policy: Policy = Policy.ID) -> list[Item]:
    """What a document holds, in order, each entry once: those that share a strong key are one, with all their keys."""
    shared = _shared_ids(named)
    at: dict[Key, int] = {}
    found: list[tuple[Named, dict[Key, bool]]] = []  # key -> whether it is strong
    for each in named:
        strong = _strong(each, policy, shared)
        index = next((at[k] for k in strong if k in at), len(found))
        if index == len(found):
            found.append((each, {}))
        for key in strong:
            at.setdefault(key, index)
            found[index][1][key] = True
        for key in _hints(each, policy):
            found[index][1].setdefault(key, False)
    return [Item(each, tuple(ks), _known(each, ks, known, policy)) for each, ks in found]


def _shared_ids(named: Iterable[Named]) -> set[str]:
    """Ids that stand for more than one entry of a document: there they name nothing."""
    seen: defaultdict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for each in named:
        addresses, titles = seen[each.entry.id]
        addresses.add(each.address)
        titles.add(each.title or each.address)
    return {called for called, (addresses, titles) in seen.items() if len(addresses) > 1 and len(titles) > 1}


def _known(named: Named, ks: Mapping[Key, bool], known: Mapping[Key, Known], policy: Policy) -> Known | None:
    found = next((known[k] for k, strong in ks.items() if strong and k in known), None)
    if found is None and policy is Policy.TITLE:
        # seen before the source came to this policy: its address and its title led to one and the same entry
        address, title = known.get(("url", named.address)), known.get(("title", named.title))
        return address if address is not None and title is not None and address.id == title.id else None
    return found


def burst_over(counts: Sequence[int], silence: timedelta | None, step: timedelta) -> int:
    """New entries of one poll above this are a burst (L3): 20, or three times the 99th percentile of `counts`.

    After a `silence` of a day (of three polls, where they are further apart) what came together proves nothing.
    """
    if silence is None or silence > max(OUTAGE, 3 * step):
        return BURST_MIN
    ranked = sorted(counts)
    top = max(1, len(ranked) // 100)  # with fewer than 100 polls, too, one day of news makes no custom
    return max(BURST_MIN, BURST_FACTOR * max(ranked[:-top], default=0))


def judge(
    items: Sequence[Item], past: Past, known: Mapping[Key, Known], *, alert_newest: int, now: datetime
) -> list[Verdict]:
    """One verdict per item, in order."""
    dated = [_dated(item.named, past, now) for item in items]
    fresh = [n for n, item in enumerate(items) if item.known is None]
    newest = set(_newest(dated, fresh, alert_newest)) if past.priming else set()
    old = {n for n in fresh if _proven_old(dated[n], known, past, now)}
    reissue = not past.priming and _is_reissue([dated[n] for n in fresh], len(items), known, past, now)
    many = past.catching_up or reissue or len(fresh) > past.burst_over
    return [
        _verdict(
            item,
            dated[n].entry,
            past,
            EntryClass.UPDATE
            if item.known is not None
            else _class(dated[n].entry, past, newest=n in newest, old=reissue and n in old, many=many, now=now),
        )
        for n, item in enumerate(items)
    ]


def _class(entry: Entry, past: Past, *, newest: bool, old: bool, many: bool, now: datetime) -> EntryClass:
    """The class of a new entry. What is late among many is told with them, once."""
    if past.priming:
        return EntryClass.LIVE if newest else EntryClass.BACKFILL
    if old:
        return EntryClass.REWRITE
    if many:
        return EntryClass.BURST
    late = entry.published is not None and now - entry.published > LATE
    return EntryClass.LATE if late and not past.doubted else EntryClass.LIVE


def _verdict(item: Item, entry: Entry, past: Past, kind: EntryClass) -> Verdict:
    published = item.named.entry.published
    note = (
        "" if published is None or entry.published == published else f"dated in the future ({published:%Y-%m-%d %H:%M})"
    )
    return Verdict(entry, item.keys, item.named.digest, kind, item.known, _says_more(item), note)


def is_wanted(item: Item) -> bool:
    """Whether what the source says of it will be stored: it is new, or said otherwise than before."""
    return item.known is None or _says_more(item)


def _says_more(item: Item) -> bool:
    known = item.known
    return known is not None and item.named.digest != known.digest and known.looks < MAX_LOOKS


def storm(verdicts: Sequence[Verdict], past: Past) -> tuple[str, str] | None:
    """What the poll was, in a word and in plain words, where it was no ordinary one: reissue, catch_up or burst."""
    classes = Counter(v.entry_class for v in verdicts if v.known is None)
    old, many = classes[EntryClass.REWRITE], classes[EntryClass.BURST]
    if old:
        rest = f"; {_entries(many)} without proof of age told together" if many else ""
        return (
            "reissue",
            f"re-issued {_entries(old)} that were known or are older than its last poll: told nobody{rest}",
        )
    if many and past.catching_up:
        return "catch_up", f"{_entries(many)} since the database was written: told together"
    return ("burst", f"{_entries(many)} appeared at once: told together") if many else None


def _entries(n: int) -> str:
    return f"{n:,} {'entry' if n == 1 else 'entries'}"


def again_at(old: Known, now: datetime) -> datetime:
    """When a changed entry is looked at again: at once the first time, then ever more rarely."""
    return now if old.looks <= 1 else now + min(AGAIN * 2 ** min(old.looks, 12), timedelta(days=1))


def _dated(named: Named, past: Past, now: datetime) -> Named:
    """With a date that may be believed: one in the future is none, and the entry counts from when it was first seen."""
    published = named.entry.published
    if published is None or past.doubted or published <= now + FUTURE:
        return named
    return replace(named, entry=replace(named.entry, published=None))


def _newest(dated: Sequence[Named], fresh: Sequence[int], n: int) -> list[int]:
    """By date; what has none comes last, in a feed's own order: newest first."""
    return sorted(fresh, key=lambda i: -_stamp(dated[i].entry.published))[:n]


def _stamp(moment: datetime | None) -> float:
    return -math.inf if moment is None else moment.timestamp()


def _is_reissue(fresh: Sequence[Named], total: int, known: Mapping[Key, Known], past: Past, now: datetime) -> bool:
    """Whether most of a document is new by its keys, and most of that is old by its titles or by its dates (L2)."""
    if len(fresh) < REWRITE_MIN or len(fresh) < REWRITE_SHARE * total:
        return False
    titles = sum(("title", n.title) in known for n in fresh)
    dates = sum(_old_date(n.entry, past, now) for n in fresh)
    return max(titles, dates) >= REWRITE_PROOF * len(fresh)


def _proven_old(named: Named, known: Mapping[Key, Known], past: Past, now: datetime) -> bool:
    return ("title", named.title) in known or _old_date(named.entry, past, now)


def _old_date(entry: Entry, past: Past, now: datetime) -> bool:
    """Whether it was there for a day when the source was last read, as far as clocks can be trusted."""
    if past.doubted or past.last_ok is None or past.last_ok > now or entry.published is None:
        return False
    return entry.published < past.last_ok - OLD

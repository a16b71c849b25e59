"""One poll of one source: ask, parse, judge, and commit the entries together with the validators.

request | fetch | changed? | parse | known? | judge | one transaction: entries, keys, cursor, poll
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.errors import BorderwireError, FetchError, ParseError
from core.failpoints import hit
from core.kinds import load
from core.log import redact
from core.markup import bare
from core.model import Entry, Request, SourceState
from crawler import gate
from crawler.cadence import interval, next_poll
from crawler.context import Crawl
from crawler.gate import Item, Named, Past, Policy, Verdict
from store import Tx, clock, entries, sources, troubles
from store.entries import Key, Known
from store.sources import Outcome, Source

log = logging.getLogger("borderwire.crawl")
MAX_ENTRIES = 5000  # of one poll, however many documents they come from; what is beyond is counted and said
MAX_DOCUMENTS = 20  # requests of one poll: pages of an API, parts of a sitemap index
FULL_EVERY = timedelta(days=1)  # some servers keep a validator although the document changed
PRIMING_PAGES = 25  # pages looked at on a first poll; older entries are kept with their own words
FULL_TEXT_WORDS = 200  # a feed's own text of this length needs no page
TEASER_ENDS = ("…", "...", "[…]", "[...]", "read more", "leer más", "continue reading", "seguir leyendo")


@dataclass(slots=True)
class Gathered:
    """What the documents of one poll brought, before the store has seen it."""

    entries: list[Entry] = field(default_factory=list)
    status: int | None = None
    bytes: int = 0
    unchanged: bool = False
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    title: str = ""
    skipped: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a poll's transaction has to say once it is committed; `void`: the source was changed under it."""

    new: int = 0
    said: tuple[str, ...] = ()
    void: bool = False


async def poll(crawl: Crawl, source: Source) -> int:
    """Poll once and settle; the number of entries that now wait. Never raises for what a server did."""
    config = crawl.by_name[source.name]
    started, clock0 = crawl.clock.now(), crawl.clock.monotonic()
    full = _wants_full(source, started)
    step = interval(config.every, crawl.config.polls_per_day, config.max_interval or crawl.config.max_interval)
    error: BorderwireError | None = None
    got = Gathered()
    try:
        got = await _gather(crawl, source, full)
    except BorderwireError as caught:
        error = caught
    now = crawl.clock.now()
    outcome = Outcome(
        at=now,
        seconds=crawl.clock.monotonic() - clock0,
        next_poll_at=next_poll(
            source.due_at,
            now,
            step,
            fixed=config.every is not None,
            fails=source.fails + 1 if error else 0,
            retry_after=getattr(error, "retry_after", None),
            random=crawl.random.random(),
        ),
        status=got.status if error is None else getattr(error, "status", None),
        bytes=got.bytes,
        entries=len(got.entries),
        skipped=got.skipped,
        note=got.problem,
        error=None if error is None else str(error),
        unchanged=got.unchanged,
        full=full,
        etag=got.etag,
        last_modified=got.last_modified,
        body_hash=got.body_hash,
        title=got.title,
    )
    named = await asyncio.to_thread(gate.name, got.entries)  # 0.2 s for 5,000: not while the writer waits
    named = await _readable(crawl, source, named)
    hit("after_feed")
    done = await crawl.writer.run(lambda tx: _commit(tx, source, named, outcome, config.alert_newest, step))
    for line in done.said:
        log.info("source %s: %s", source.name, line)
    if not done.void:
        crawl.report_poll(source, outcome, done.new)
    return done.new


def _wants_full(source: Source, now: datetime) -> bool:
    """Without validators: on a first poll, after a failure, and once a day."""
    return source.state is SourceState.PRIMING or source.last_full_at is None or now - source.last_full_at >= FULL_EVERY


async def _gather(crawl: Crawl, source: Source, full: bool) -> Gathered:
    config = crawl.by_name[source.name]
    module = load("crawler.sources", config.kind)
    kind = module.build(source.name, config.url, module.Options.model_validate(config.options))
    waiting: list[Request] = list(kind.requests(crawl.clock.now()))
    got = Gathered(etag=source.etag, last_modified=source.last_modified, body_hash=source.body_hash)
    digest = hashlib.blake2b(digest_size=16)
    for index in range(min(kind.documents, MAX_DOCUMENTS)):
        if not waiting:
            break
        request = waiting.pop(0)
        headers = {**config.headers, **request.headers}
        if index == 0 and not full:
            headers |= _validators(source)
        answer = (
            await crawl.fetcher.get(request.url, source=source.name, headers=headers, own=tuple(config.headers))
        ).response
        got.status = answer.status
        got.bytes += len(answer.body)
        if answer.status == 304 and index == 0:
            got.unchanged = True
            return got
        if answer.status != 200:
            raise FetchError(f"{request.url} answered {answer.status}", source.name, status=answer.status)
        digest.update(answer.body)
        if index == 0:
            got.etag, got.last_modified = (_kept(answer.headers.get(v)) for v in ("etag", "last-modified"))
        if kind.documents == 1 and digest.hexdigest() == source.body_hash:
            break  # byte for byte what was read before: parsing it would cost most of the poll
        parsed = await crawl.workers.parse(config.kind, source.name, config.url, config.options, answer)
        got.entries.extend(parsed.entries)
        got.title = got.title or parsed.title
        got.skipped += parsed.skipped
        got.problem = got.problem or parsed.problem
        waiting.extend(parsed.next)
    beyond = len(got.entries) - MAX_ENTRIES
    if beyond > 0:
        del got.entries[MAX_ENTRIES:]
        got.skipped += beyond
        got.problem = got.problem or f"{beyond} entries beyond the first {MAX_ENTRIES}"
    got.body_hash = digest.hexdigest()
    got.unchanged = got.body_hash == source.body_hash
    got.title, got.problem = redact(got.title), redact(got.problem)  # as the workers wrote them, which know no secrets
    if not got.entries and got.problem:
        raise ParseError(f"{config.url}: {got.problem}", source.name)
    return got


async def _readable(crawl: Crawl, source: Source, named: list[Named]) -> list[Named]:
    """With plain text for the HTML of those entries that will be stored; most of a feed was read before."""
    if not any(each.entry.markup for each in named):
        return named
    wanted = await crawl.writer.run(lambda tx: _wanted(tx, source, named))
    texts = await crawl.workers.plain([named[index].entry for index in wanted])
    made = dict(zip(wanted, texts, strict=True))
    return [replace(each, entry=made[index]) if index in made else each for index, each in enumerate(named)]


def _wanted(tx: Tx, source: Source, named: Sequence[Named]) -> list[int]:
    """Where in the document those entries are that will be stored."""
    place = {id(each): index for index, each in enumerate(named)}
    items = _sifted(tx, sources.get(tx, source.name), named)[1]
    return [place[id(item.named)] for item in items if gate.is_wanted(item)]


def _sifted(tx: Tx, source: Source, named: Sequence[Named]) -> tuple[Policy, list[Item], dict[Key, Known]]:
    """By what this source's entries are known again, the entries, and what is known of their keys."""
    before = Policy(source.id_policy)
    policy = gate.settled_policy(named, before)
    # ids that name one entry are asked once more, so that what they knew is known by its address from now on
    used = before if policy is Policy.URL else policy
    known = entries.known(tx, source.name, gate.asked(named, used))
    return policy, gate.sift(named, known, used), known


def _kept(validator: str | None) -> str | None:
    """A validator as it is sent back; not one in which a server repeats a secret, for it is stored."""
    return validator if validator is None or redact(validator) == validator else None


def _validators(source: Source) -> dict[str, str]:
    pairs = (("If-None-Match", source.etag), ("If-Modified-Since", source.last_modified))
    return {name: value for name, value in pairs if value}


def _commit(
    tx: Tx, source: Source, named: Sequence[Named], outcome: Outcome, alert_newest: int, step: timedelta
) -> Told:
    """The transaction of a poll: what it brought and the validators, together or not at all."""
    now = outcome.at
    # read again inside the transaction: the state decides whether anyone may be paged
    current = sources.get(tx, source.name)
    if current.definition != source.definition:
        return Told(void=True)  # what was read is no longer what is configured, which is due at once
    before = Policy(current.id_policy)
    policy, items, known = _sifted(tx, current, named)
    past = _past(tx, current, sum(item.known is None for item in items), step, now)
    verdicts = gate.judge(items, past, known, alert_newest=alert_newest, now=now)
    new = _keep(tx, source.name, verdicts, past.priming, now)
    said = [_policy_words(policy)] if policy is not before else []
    if policy is not before:
        sources.set_id_policy(tx, source.name, policy)
    if (storm := gate.storm(verdicts, past)) is not None:
        said.append(storm[1])
    if storm is not None and storm[0] == "reissue":
        troubles.open(tx, "reissue", source.name, storm[1], now)
    elif named:
        troubles.close(tx, "reissue", source.name, now)
    odd = [v.note for v in verdicts if v.note]
    note = "; ".join(filter(None, (outcome.note, f"{len(odd)} of its entries {odd[0]}" if odd else "")))
    sources.record(tx, source.name, replace(outcome, new=new, note=note), now_live=outcome.error is None)
    return Told(new, tuple(said))


def _past(tx: Tx, source: Source, fresh: int, step: timedelta, now: datetime) -> Past:
    """What the gate needs to know; what is usual is looked up only where many entries are new."""
    limit = gate.BURST_MIN
    if fresh > limit and source.state is not SourceState.PRIMING:
        silence = None if source.last_ok_at is None else now - source.last_ok_at
        limit = gate.burst_over(sources.new_counts(tx, source.name, gate.POLLS), silence, step)
    return Past(
        priming=source.state is SourceState.PRIMING,
        catching_up=source.catching_up,
        last_ok=source.last_ok_at,
        burst_over=limit,
        doubted=clock.doubted(tx, now),
    )


def _keep(tx: Tx, name: str, verdicts: Sequence[Verdict], priming: bool, now: datetime) -> int:
    """Store what is new, ask for another look at what changed, note every key; how many are new."""
    new = 0
    for v in verdicts:
        said = bare(v.entry)  # plain already, unless the store changed since the poll looked
        if v.known is None:
            look = "entry" if (priming and new >= PRIMING_PAGES) or carries_full_text(said) else "page"
            entry_id = entries.add(
                tx,
                name,
                said,
                digest=v.digest,
                entry_class=v.entry_class,
                look=look,
                now=now,
                reason=v.note or None,
            )
            entries.add_keys(tx, name, v.keys, entry_id)
            new += 1
            continue
        if v.look_again:
            look = "entry" if carries_full_text(said) else "page"
            entries.look_again(tx, v.known.id, said, digest=v.digest, look=look, at=gate.again_at(v.known, now))
        entries.add_keys(tx, name, v.keys, v.known.id)
    return new


def _policy_words(policy: Policy) -> str:
    names, by = ("ids", "addresses") if policy is Policy.URL else ("addresses", "addresses and titles together")
    return f"more than {gate.BAD_SHARE:.0%} of its {names} are missing or shared: entries are known by their {by} now"


def carries_full_text(entry: Entry) -> bool:
    """Whether the feed's own text is the article: long enough and not cut short."""
    text = entry.content.rstrip()
    return len(text.split()) >= FULL_TEXT_WORDS and not text.lower().endswith(TEASER_ENDS)

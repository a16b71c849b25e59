"""The work of one host: its due polls one after the other, then the pages of entries that wait.

Knows neither what ticks nor what runs it: `scheduler.py` submits it under a lock per host.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.charset import decode
from core.clock import from_iso
from core.errors import BorderwireError, ExtractError, FetchError, RobotsDenied, StoreError
from core.failpoints import hit
from core.model import Article, EntryClass, Extraction
from crawler import relook
from crawler.canonical import canonical
from crawler.context import Crawl
from crawler.extract import degrade, refusal
from crawler.ingest import Ingested, ingest, read_before, unread
from crawler.poll import poll
from crawler.revision import last_change
from crawler.standing import withdrawn
from store import Tx, articles, entries, sources
from store.entries import Todo
from store.sources import Source

log = logging.getLogger("borderwire.crawl")
PAGE_TRIES = 3  # a page that answers 5xx or nothing is tried so often before its entry's own words must do
PAGE_WAIT = timedelta(seconds=20)
# A page that cannot be read for now: its entry's own words are stored, and the page is looked at again
LATER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
PAGE_WAIT_MAX = timedelta(minutes=5)  # of a page's Retry-After: news should not wait longer for a full text
NOTICE_BYTES = 300_000  # of a page without an article that are searched for a notice of its retraction
OLD = (EntryClass.BACKFILL, EntryClass.REWRITE)  # articles that were old when they were found are not read again
CRASH_TRIES = 10  # looks begun without an end: an entry that takes the service down is set aside


@dataclass(frozen=True, slots=True)
class Reading:
    """What an entry's page gave, or, where it gave nothing (`cause`), the entry's own words.

    `passing`: it could not be read for now. `status` and `retry_after` are the server's.
    """

    article: Article
    passing: bool = False
    cause: str = ""
    status: int | None = None
    retry_after: timedelta | None = None


async def crawl_host(crawl: Crawl, polls: Sequence[Source], todos: Sequence[Todo]) -> None:
    """Poll these sources and turn these entries into articles. What one of them does never stops another."""
    for source in polls:
        if source.name not in crawl.by_name:
            log.info("source %s is no longer configured", source.name)
            continue
        try:
            await poll(crawl, source)
            hit("after_poll")
        except StoreError:
            raise
        except Exception:
            log.exception("poll of %s failed unexpectedly", source.name)
    results = await asyncio.gather(*(look(crawl, todo) for todo in todos), return_exceptions=True)
    for todo, result in zip(todos, results, strict=True):
        if isinstance(result, StoreError):
            raise result
        if isinstance(result, Exception):  # it stays claimed and is looked at again when its lease ends
            log.error("the look at %s failed unexpectedly", todo.entry.url, exc_info=result)


async def look(crawl: Crawl, todo: Todo) -> Ingested | None:
    """Read the article of an entry and commit it; None when it is tried again later or cannot be stored."""
    try:
        reading = await read(crawl, todo)
    except FetchError as error:
        wait = min(max(error.retry_after or PAGE_WAIT, PAGE_WAIT * todo.tries), PAGE_WAIT_MAX)
        at, reason = crawl.clock.now() + wait, str(error)
        await crawl.writer.run(lambda tx: entries.try_later(tx, todo.id, at, reason))
        return None
    hit("after_fetch")
    try:
        done = await crawl.writer.run(lambda tx: _store(tx, crawl, todo, reading))
        hit("after_commit")
        return done
    except (StoreError, asyncio.CancelledError):
        raise
    except Exception as error:
        reason = str(error) or type(error).__name__
        if not isinstance(error, BorderwireError):
            log.exception("entry %d of %s could not be stored", todo.id, todo.source)
        await crawl.writer.run(lambda tx: _set_aside(tx, crawl, todo, reason))
        return None


def _store(tx: Tx, crawl: Crawl, todo: Todo, reading: Reading) -> Ingested:
    now = crawl.clock.now()
    context = crawl.context_of(todo.source, sources.get(tx, todo.source).title)
    row = read_before(tx, todo) if reading.cause else None
    if row is not None:
        done = unread(tx, todo, row, reading.cause, reading.status, context, crawl.evaluate, now)
    else:
        done = ingest(tx, todo, reading.article, context, crawl.evaluate, now)
    if reading.passing and not todo.relook and todo.looks < len(LATER):
        entries.look_later(tx, todo.id, now + LATER[todo.looks])
    elif row is not None or not reading.cause:
        _plan(tx, crawl, todo, done.article_id, done.change, now, reading.retry_after)
    hit("before_commit")
    return done


def _set_aside(tx: Tx, crawl: Crawl, todo: Todo, reason: str) -> None:
    """What was read could not be stored: an entry without an article has failed, any other keeps what it has."""
    entries.done(tx, todo.id, todo.article_id, reason, relook=todo.relook)
    if todo.article_id is not None:
        _plan(tx, crawl, todo, todo.article_id, "unread", crawl.clock.now(), None)


def _plan(
    tx: Tx, crawl: Crawl, todo: Todo, article_id: int, change: str, now: datetime, retry_after: timedelta | None
) -> None:
    """When the page is read again, by what this look found; in the transaction that stores it."""
    if todo.look != "page":
        return
    row = articles.get(tx, article_id)
    at = None
    if row["extraction"] == Extraction.PAGE and row["class"] not in OLD and crawl.config.relooks_per_day:
        changed_at = from_iso(row["first_seen_at"])
        if row["revision"] > 1:
            changed_at = last_change(articles.revisions(tx, article_id))
        at = relook.after(
            change,
            changed_at,
            now,
            ages=crawl.relook_ages,
            looks=entries.relooks(tx, article_id),
            retry_after=retry_after,
        )
    entries.plan_relook(tx, todo.id, article_id, at)


async def read(crawl: Crawl, todo: Todo) -> Reading:
    """The article of an entry: its page, or where the page refuses the entry's own words with the cause.

    Raises FetchError when the page may answer in a moment and there are tries left; a relook has none.
    """
    if todo.look == "entry":
        return Reading(degrade(todo.entry, ""))
    if todo.tries > CRASH_TRIES:
        return _refused(todo, "reading the page failed repeatedly")
    tries_left = todo.tries < PAGE_TRIES and not todo.relook
    try:
        answer = (await crawl.fetcher.get(todo.entry.url, source=todo.source)).response
    except FetchError as error:
        # a robots.txt that cannot be read now names a time; one that forbids does not
        passing = type(error) is FetchError or (isinstance(error, RobotsDenied) and error.retry_after is not None)
        if passing and tries_left:
            raise
        return replace(_refused(todo, str(error), passing), retry_after=error.retry_after)
    cause = refusal(answer.status, answer.body, todo.entry.url, answer.url)
    if cause is None and answer.status >= 500:
        if tries_left:
            raise FetchError(f"the page answered {answer.status}", todo.source, status=answer.status)
        return _refused(todo, f"the page answered {answer.status}", passing=True)
    if cause is None and answer.status != 200:
        cause = f"the page answered {answer.status}"
    if cause is not None:
        return replace(_refused(todo, cause), status=answer.status)
    kind = answer.headers.get("content-type", "")
    try:
        source = crawl.by_name.get(todo.source)
        chosen = None if source is None else source.extract
        return Reading(await crawl.workers.extract(answer.body, answer.url, kind, todo.entry, chosen))
    except ExtractError as error:
        notice = None if todo.article_id is None else withdrawn(decode(answer.body[:NOTICE_BYTES], kind))
        if notice is None:
            return _refused(todo, str(error))
        return Reading(Article(answer.url, canonical(todo.entry.url) or todo.entry.url, title="", text=notice))


def _refused(todo: Todo, cause: str, passing: bool = False) -> Reading:
    return Reading(degrade(todo.entry, cause), passing, cause)

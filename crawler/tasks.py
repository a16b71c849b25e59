"""The work of one host: its due polls one after the other, then the pages of entries that wait.

Knows neither what ticks nor what runs it: `scheduler.py` submits it under a lock per host.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.errors import BorderwireError, ExtractError, FetchError, RobotsDenied, StoreError
from core.failpoints import hit
from core.model import Article
from crawler.context import Crawl
from crawler.extract import degrade, refusal
from crawler.ingest import Ingested, ingest
from crawler.poll import poll
from store import Tx, entries, sources
from store.entries import Todo
from store.sources import Source

log = logging.getLogger("borderwire.crawl")
PAGE_TRIES = 3  # a page that answers 5xx or nothing is tried so often before its entry's own words must do
PAGE_WAIT = timedelta(seconds=20)
# A page that cannot be read for now: its entry's own words are stored, and the page is looked at again
LATER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
PAGE_WAIT_MAX = timedelta(minutes=5)  # of a page's Retry-After: news should not wait longer for a full text
CRASH_TRIES = 10  # looks begun without an end: an entry that takes the service down is set aside


@dataclass(frozen=True, slots=True)
class Reading:
    """What an entry's page gave. `passing`: the page could not be read for now, its own words stand in for it."""

    article: Article
    passing: bool = False


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
        return await crawl.writer.run(lambda tx: _store(tx, crawl, todo, reading))
    except (StoreError, asyncio.CancelledError):
        raise
    except Exception as error:
        reason = str(error) or type(error).__name__
        if not isinstance(error, BorderwireError):
            log.exception("entry %d of %s could not be stored", todo.id, todo.source)
        await crawl.writer.run(lambda tx: entries.done(tx, todo.id, None, reason))
        return None


def _store(tx: Tx, crawl: Crawl, todo: Todo, reading: Reading) -> Ingested:
    now = crawl.clock.now()
    context = crawl.context_of(todo.source, sources.get(tx, todo.source).title)
    done = ingest(tx, todo, reading.article, context, crawl.evaluate, now)
    if reading.passing and todo.looks < len(LATER):
        entries.look_later(tx, todo.id, now + LATER[todo.looks])
    hit("before_commit")
    return done


async def read(crawl: Crawl, todo: Todo) -> Reading:
    """The article of an entry: its page, or where the page refuses the entry's own words with the cause.

    Raises FetchError when the page may answer in a moment and there are tries left.
    """
    if todo.look == "entry":
        return Reading(degrade(todo.entry, ""))
    if todo.tries > CRASH_TRIES:
        return Reading(degrade(todo.entry, "reading the page failed repeatedly"))
    try:
        answer = (await crawl.fetcher.get(todo.entry.url, source=todo.source)).response
    except FetchError as error:
        # a robots.txt that cannot be read now names a time; one that forbids does not
        passing = type(error) is FetchError or (isinstance(error, RobotsDenied) and error.retry_after is not None)
        if passing and todo.tries < PAGE_TRIES:
            raise
        return Reading(degrade(todo.entry, str(error)), passing)
    cause = refusal(answer.status, answer.body, todo.entry.url, answer.url)
    if cause is None and answer.status >= 500:
        if todo.tries < PAGE_TRIES:
            raise FetchError(f"the page answered {answer.status}", todo.source, status=answer.status)
        return Reading(degrade(todo.entry, f"the page answered {answer.status}"), passing=True)
    if cause is None and answer.status != 200:
        cause = f"the page answered {answer.status}"
    if cause is not None:
        return Reading(degrade(todo.entry, cause))
    try:
        kind = answer.headers.get("content-type", "")
        return Reading(await crawl.workers.extract(answer.body, answer.url, kind, todo.entry))
    except ExtractError as error:
        return Reading(degrade(todo.entry, str(error)))

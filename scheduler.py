"""The service: builds every part, ticks, reloads, stops. The composition root: the only place that joins
`crawler` to `alerts`. `python scheduler.py` is `borderwire run`.

    build | prime | tick: due sources, waiting entries, relooks -> hosts | reload on SIGHUP or file change | stop
"""

import asyncio
import gc
import logging
import runpy
import signal
import sys
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
from apscheduler.schedulers.asyncio import AsyncIOScheduler

import core
from alerts.deliver import Deliverer
from alerts.parts import Parts, build
from alerts.updates import tell_updates
from core import config as configuration
from core.clock import Clock, SystemClock
from core.config import Config
from core.errors import BorderwireError, StoreError
from core.http import client
from core.log import remember_secrets
from core.net import AddressPolicy
from core.runner import LocalRunner
from core.urls import netloc
from crawler import placement
from crawler import settings as scrapy_settings
from crawler.context import Crawl, definitions
from crawler.fetch import Fetcher
from crawler.relook import AGES, Budget
from crawler.tasks import crawl_host
from crawler.workers import Workers
from store import Tx, entries, open_store, outbox, sources
from store import channels as channel_rows
from store.entries import Todo
from store.sources import Source
from store.writer import Writer

log = logging.getLogger("borderwire")
TICK = 1.0  # seconds between looks at what is due
LEASE = timedelta(minutes=5)  # a poll or a look that takes longer is given to someone else
POLLS_A_TICK = 200
LOOKS_A_TICK = 100
MAX_LOOKS = 200  # entries in work at once: bounds memory however many wait
LOOKS_A_HOST = 20  # of these at most so many of one host, so that its polls come in between and others get room
RELOOKS = 16  # pages being read again at once: what is new finds room whatever hangs there
SWEEP = 60.0  # seconds between looks for what is kept no longer
SWEPT = 200  # rows of each kind a sweep: a few milliseconds of the writer's time
MISSED = timedelta(days=7)  # a relook overdue for so long is given up: the budget does not suffice
STOP_GRACE = 3.0  # seconds for work in hand when the service stops; with the rest it ends within ten
DISK_PAUSE = 15.0  # seconds without new work after the database refused a write
WORKERS = 2
THREADS = 32


@dataclass(slots=True)
class Live:
    """The parts that a reload replaces, all at once."""

    config: Config
    parts: Parts
    crawl: Crawl


class Service:
    """Everything that runs. `start`, then `run` until `stop` is asked for."""

    def __init__(
        self, path: Path, environ: dict[str, str], *, clock: Clock | None = None, random: Random | None = None
    ) -> None:
        self._path = path
        self._environ = environ
        self._clock = clock or SystemClock()
        self._random = random or Random()
        self._stopping = asyncio.Event()
        self._ticks = AsyncIOScheduler()
        self._looking = 0  # entries in work
        self._relooking: set[str] = set()  # hosts of which a page is being read again, each a task of its own
        self._relook_ages = _ages(environ)
        self._busy: set[str] = set()  # hosts whose entries are in work
        self._paused_until = 0.0
        self._ticking = asyncio.Lock()
        self._wake = asyncio.Event()
        self._stamps: dict[Path, int] = {}
        self._refused = ""  # what was said of a configuration that is not in force

    async def start(self) -> None:
        """Build everything; raises ConfigError, RuleError or StoreError before anything is fetched or sent."""
        config = configuration.load(self._path, self._environ)
        remember_secrets(config.secrets)
        parts = build(config)
        # the default has few threads on a small machine, and names that do not resolve hold one each for seconds
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="pool"))
        self._backend = open_store(config.database, lock=True)
        self._writer = Writer(self._backend)
        policy = AddressPolicy(config.allow_networks)
        settings = scrapy_settings.service(
            config.contact,
            config.fetch.delay.total_seconds(),
            config.fetch.timeout.total_seconds(),
            core.VERSION,
        )
        self._fetcher = Fetcher(settings, policy, self._clock)
        self._workers = Workers(WORKERS)
        self._http: httpx.AsyncClient = client(policy, config.contact)
        self._deliverer = Deliverer(
            self._writer, parts.channels, self._clock, self._random, self._http, config.desk_url
        )
        crawl = Crawl(
            config,
            self._fetcher,
            self._workers,
            self._writer,
            self._clock,
            parts.evaluator,
            self._random,
            self._relook_ages,
        )
        self._live = Live(config, parts, crawl)
        self._runner = LocalRunner({"crawl_host": self._crawl_host, "relook": self._relook}, self._failed)
        await self._writer.run(self._prepare)
        await self._fetcher.start()
        await self._deliverer.start()
        self._stamps = _stamps(config)
        _freeze()
        self._schedule()
        log.info(
            "watching %d sources with %d rules, telling %d channels; database %s",
            len(config.sources),
            len(config.rules),
            len(config.channels),
            config.database,
        )

    async def run(self) -> None:
        """Tick until asked to stop; then stop within about ten seconds."""
        await self._stopping.wait()
        await self.stop()

    def obey_signals(self) -> None:
        """SIGINT and SIGTERM stop (a start under way is finished first), SIGHUP reloads."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stopping.set)
        # the next look at the files finds a change
        loop.add_signal_handler(signal.SIGHUP, lambda: self._stamps.clear())

    async def stop(self) -> None:
        """No new work, finish what is in hand, close. Whatever is cut short is taken up at the next start."""
        log.info("stopping")
        self._stopping.set()
        self._wake.set()
        async with self._ticking:  # a tick under way ends by itself: APScheduler would cancel it
            pass
        if self._ticks.running:
            self._ticks.shutdown(wait=False)
        await asyncio.gather(self._runner.stop(STOP_GRACE), self._deliverer.stop())
        await self._fetcher.stop()
        await self._workers.stop()
        await self._http.aclose()
        await self._writer.stop()
        self._backend.close()
        log.info("stopped")

    async def tick(self) -> int:
        """Claim what is due and hand it to the hosts it belongs to; the number of polls and looks begun."""
        if self._clock.monotonic() < self._paused_until or self._stopping.is_set():
            return 0
        now = self._clock.now()
        try:
            polls, todos, relooks, told = await self._writer.run(lambda tx: self._claim(tx, now), urgent=True)
        except StoreError as error:
            self._failed(error)
            return 0
        if told:
            self._deliverer.poke()
        for host, (host_polls, host_todos) in _by_host(polls, todos).items():
            self._looking += len(host_todos)
            if host_todos:
                self._busy.add(host)
            await self._runner.submit("crawl_host", lock=host, polls=host_polls, todos=host_todos)
        for todo in relooks:
            self._relooking.add(_host(todo))
            # a lock of its own: the fetcher sees to politeness, and what is new waits for no old page
            await self._runner.submit("relook", lock=f"relook {_host(todo)}", todo=todo)
        return len(polls) + len(todos) + len(relooks)

    def _claim(self, tx: Tx, now: datetime) -> tuple[list[Source], list[Todo], list[Todo], list[str]]:
        """What is due: polls, looks, then relooks in the room that is left, and the updates that were told."""
        busy = frozenset(self._busy)
        room = max(0, min(LOOKS_A_TICK, MAX_LOOKS - self._looking))
        polls = sources.claim_due(tx, now, POLLS_A_TICK, LEASE)
        todos = entries.claim_todo(tx, now, room, LEASE, busy=busy, per_host=LOOKS_A_HOST) if room else []
        busy |= {*self._relooking, *(_host(t) for t in todos), *(netloc(s.url) for s in polls)}
        relooks = self._claim_relooks(tx, now, room - len(todos), busy)
        return polls, todos, relooks, tell_updates(tx, self._live.parts.evaluator, now, self._live.config.desk_url)

    def _claim_relooks(self, tx: Tx, now: datetime, room: int, busy: Collection[str]) -> list[Todo]:
        """Pages to read again, one of a host at a time: its new entries find one of the fetcher's places free."""
        budget = Budget.read(entries.relook_budget(tx), self._live.config.relooks_per_day, now)
        limit = min(room, RELOOKS - len(self._relooking), budget.whole)
        if limit <= 0:
            return []
        claimed = entries.claim_relooks(tx, now, limit, LEASE, busy=busy, per_host=1)
        if claimed:
            entries.keep_budget(tx, budget.spend(len(claimed)).kept())
        return claimed

    async def _sweep(self) -> None:
        """Forget a bounded part of what is kept no longer; whatever is due goes first."""
        now = self._clock.now()
        copies, missed = now - self._live.config.retention.copies, now - MISSED
        if self._clock.monotonic() < self._paused_until or self._stopping.is_set():
            return
        try:
            await self._writer.run(lambda tx: placement.expire(tx, copies, SWEPT))
            await self._writer.run(lambda tx: entries.drop_relooks(tx, missed, SWEPT))
        except StoreError as error:
            self._failed(error)

    async def poll_all(self) -> None:
        """Make every source due now."""
        now = self._clock.now()
        await self._writer.run(lambda tx: sources.make_due(tx, now))
        await self.tick()

    async def idle(self) -> bool:
        """Nothing runs, nothing waits to be read, and no message is due within the minute. Relooks do not count."""
        if len(self._runner.running) > len(self._relooking):
            return False
        until = self._clock.now() + timedelta(minutes=1)
        return await self._writer.run(lambda tx: entries.waiting(tx, until) + outbox.waiting(tx, until)) == 0

    async def reload(self) -> None:
        """Read the configuration again. What fails is said, and the service goes on with the last good one."""
        before = self._live
        try:
            config = configuration.load(self._path, self._environ)
            parts = build(config)
            await self._writer.run(lambda tx: self._sync(tx, config))
        except BorderwireError as error:
            self._stamps = _stamps(before.config)
            if str(error) != self._refused:
                self._refused = str(error)
                log.error("the new configuration is refused, the last good one stays in force:\n%s", error)
            return
        self._refused = ""
        for key in ("database", "contact", "allow_networks", "fetch"):
            if getattr(config, key) != getattr(before.config, key):
                log.warning("%s: this change takes effect at the next start", key)
        remember_secrets(config.secrets)
        self._live = Live(config, parts, before.crawl.reconfigured(config, parts.evaluator))
        await self._deliverer.replace(parts.channels, config.desk_url)
        self._stamps = _stamps(config)
        _freeze()
        log.info("configuration reloaded: %d sources, %d rules", len(config.sources), len(config.rules))

    async def _crawl_host(self, polls: Sequence[Source], todos: Sequence[Todo]) -> None:
        try:
            await crawl_host(self._live.crawl, polls, todos)
        finally:
            self._looking -= len(todos)
            self._busy -= {_host(t) for t in todos}
            self._deliverer.poke()
            self._wake.set()

    async def _relook(self, todo: Todo) -> None:
        try:
            await crawl_host(self._live.crawl, [], [todo])
        finally:
            self._relooking.discard(_host(todo))
            self._deliverer.poke()
            self._wake.set()

    def _prepare(self, tx: Any) -> None:
        now = self._clock.now()
        self._sync(tx, self._live.config)
        sources.release_claims(tx, now)
        entries.release_claims(tx, now)
        outbox.release_all(tx, now)

    def _sync(self, tx: Any, config: Config) -> None:
        sources.sync(tx, definitions(config), self._clock.now())
        channel_rows.sync(tx, [(c.name, c.kind) for c in config.channels], self._clock.now())

    def _schedule(self) -> None:
        # APScheduler only ticks: what is due is read from the database, so a late tick drops nothing
        options: dict[str, Any] = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._ticks.add_job(self._tick_often, "interval", seconds=TICK, id="tick", **options)
        self._ticks.add_job(self._sweep, "interval", seconds=SWEEP, id="sweep", **options)
        self._ticks.add_job(self._watch_files, "interval", seconds=2, id="reload", **options)
        self._ticks.start()

    async def _tick_often(self) -> None:
        """A tick, and at once another while finished hosts have left new entries behind.

        Only the waiting is bounded: a tick cut short would leave what it claimed to nobody until the lease ends.
        """
        async with self._ticking:
            await self._tick_until_idle()

    async def _tick_until_idle(self) -> None:
        self._wake.clear()
        await self.tick()
        end = self._clock.monotonic() + TICK * 0.9
        while not self._stopping.is_set() and (left := end - self._clock.monotonic()) > 0:
            try:
                await asyncio.wait_for(self._wake.wait(), left)
            except TimeoutError:
                return
            self._wake.clear()
            await self.tick()

    async def _watch_files(self) -> None:
        """A refused configuration is tried again each time: the fault may be mended in a file it newly includes."""
        if self._refused or _stamps(self._live.config) != self._stamps:
            await self.reload()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, StoreError):
            self._paused_until = self._clock.monotonic() + DISK_PAUSE
            log.error("%s. No new work for %d s; nothing is lost", error, DISK_PAUSE)
            return
        log.error("a task failed unexpectedly", exc_info=error)


def _by_host(polls: Sequence[Source], todos: Sequence[Todo]) -> dict[str, tuple[list[Source], list[Todo]]]:
    hosts: defaultdict[str, tuple[list[Source], list[Todo]]] = defaultdict(lambda: ([], []))
    for source in polls:
        hosts[netloc(source.url)][0].append(source)
    for todo in todos:
        hosts[_host(todo)][1].append(todo)
    return dict(hosts)


def _host(todo: Todo) -> str:
    """Whom to be polite to; nobody where no page is needed."""
    return netloc(todo.entry.url) if todo.look == "page" else ""


def _ages(environ: Mapping[str, str]) -> Sequence[timedelta]:
    """When pages are read again; tests, which cannot wait a quarter of an hour, say it in seconds."""
    given = environ.get("BORDERWIRE_RELOOK_AGES")
    return AGES if given is None else tuple(timedelta(seconds=float(s)) for s in given.split(","))


def _freeze() -> None:
    """Keep the collector from going over the rules again and again: measured 1.4 times the articles a second."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _stamps(config: Config) -> dict[Path, int]:
    """When each configuration file was last changed; a file that is gone counts as a change."""
    return {f: f.stat().st_mtime_ns if f.exists() else 0 for f in config.files}


async def serve(path: Path, environ: dict[str, str]) -> None:
    """Run the service until SIGINT or SIGTERM."""
    service = Service(path, environ)
    service.obey_signals()
    await service.start()
    await service.run()


async def once(path: Path, environ: dict[str, str], timeout: float) -> bool:
    """Poll every source once, finish what that brings, stop; whether everything was finished in `timeout` s."""
    service = Service(path, environ)
    await service.start()
    try:
        async with asyncio.timeout(timeout):
            await service.poll_all()
            while not await service.idle():
                await asyncio.sleep(0.2)
        return True
    except TimeoutError:
        return False
    finally:
        await service.stop()


if __name__ == "__main__":
    sys.argv[1:1] = ["run"]
    runpy.run_module("cli", run_name="__main__")  # not imported: the command line stands above this module

"""The service: builds every part, ticks, reloads, stops. The composition root: the only place that joins
`crawler` to `alerts`. `python scheduler.py` is `borderwire run`.

    build | prime | tick: due sources, waiting entries, relooks -> hosts | reload on SIGHUP or file change | stop
"""

import asyncio
import gc
import logging
import runpy
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
from apscheduler.schedulers.asyncio import AsyncIOScheduler

import core
from alerts.deliver import Deliverer
from alerts.digests import retime
from alerts.notices import behind
from alerts.parts import Parts, build
from alerts.selfwatch import SelfWatch, State
from alerts.telling import tell_due
from core import config as configuration
from core.clock import Clock, SteadyClock, SystemClock, to_iso
from core.config import Config
from core.errors import BorderwireError, StoreError
from core.filewatch import Watch
from core.http import client
from core.log import remember_secrets
from core.net import AddressPolicy
from core.runner import LocalRunner
from core.systemd import Manager
from crawler import clockwatch
from crawler import due as due_work
from crawler import settings as scrapy_settings
from crawler.context import Crawl, definitions
from crawler.due import Due, Load, host_of
from crawler.fetch import Fetcher
from crawler.relook import AGES
from crawler.tasks import crawl_host
from crawler.workers import Workers
from store import Tx, entries, open_store, outbox, sources
from store import channels as channel_rows
from store.entries import Todo
from store.health import Usage
from store.sources import Source
from store.writer import Writer

log = logging.getLogger("borderwire")
TICK = 1.0  # seconds between looks at what is due
SWEEP = 60.0  # seconds between looks for what is kept no longer
MIND = 60.0  # seconds between looks at how the service itself does
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
    """Everything that runs. `start`, then `run` until `stop` is asked for.

    `resident` False: a single pass, which knows nothing of what happened between passes. `usage` measures a disk.
    """

    def __init__(
        self,
        path: Path,
        environ: dict[str, str],
        *,
        clock: Clock | None = None,
        random: Random | None = None,
        resident: bool = True,
        usage: Usage = shutil.disk_usage,
    ) -> None:
        self._path = path
        self._environ = environ
        self._clock = SteadyClock(clock or SystemClock())
        self._random = random or Random()
        self._resident = resident
        self._usage = usage
        self._stopping = asyncio.Event()
        self._ticks = AsyncIOScheduler()
        self._load = Load()
        self._paused_until = 0.0
        self._ticking = asyncio.Lock()
        self._ticked = 0.0  # monotonic, when the last tick ended
        self._wake = asyncio.Event()
        self._files = Watch()
        self._refused = ""  # what was said of a configuration that is not in force

    async def start(self) -> None:
        """Build everything; raises ConfigError, RuleError or StoreError before anything is fetched or sent."""
        config = configuration.load(self._path, self._environ)
        remember_secrets(config.secrets)
        parts = build(config)
        # the default has few threads on a small machine, and names that do not resolve hold one each for seconds
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="pool"))
        self._backend = backend = open_store(config.database, lock=True)
        self._writer = Writer(backend)
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
            _ages(self._environ),
        )
        self._live = Live(config, parts, crawl)
        self._selfwatch = SelfWatch(
            self._writer, self._clock, self._http, Manager.of(self._environ), self._usage, self._state, backend.note
        )
        self._runner = LocalRunner({"crawl_host": self._crawl_host, "relook": self._relook}, self._failed)
        backend.note(await self._writer.run(self._prepare))
        await self._fetcher.start()
        await self._deliverer.start()
        self._files.remember(config.files)
        _freeze()
        self._schedule()
        self._ticked = self._clock.monotonic()
        self._selfwatch.start()

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
        loop.add_signal_handler(signal.SIGHUP, self._files.forget)

    async def stop(self) -> None:
        """No new work, finish what is in hand, close. Whatever is cut short is taken up at the next start."""
        log.info("stopping")
        self._stopping.set()
        await self._selfwatch.stop()
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
        if self._idle_for_now():
            return 0
        try:
            due, told = await self._writer.run(self._claim, urgent=True)
        except StoreError as error:
            self._failed(error)
            return 0
        if told:
            self._deliverer.poke()
        for host, (polls, todos) in due.by_host().items():
            self._load.begin(host, todos)
            await self._runner.submit("crawl_host", lock=host, polls=polls, todos=todos)
        for todo in due.relooks:
            self._load.relooking.add(host_of(todo))
            # a lock of its own: the fetcher sees to politeness, and what is new waits for no old page
            await self._runner.submit("relook", lock=f"relook {host_of(todo)}", todo=todo)
        return due.count

    def _claim(self, tx: Tx) -> tuple[Due, list[str]]:
        """The transaction of a tick: what is due, and what was told because its time has come."""
        clockwatch.look(tx, self._clock)
        now, config = self._clock.now(), self._live.config
        due = self._load.claim(tx, now, config.relooks_per_day)
        return due, tell_due(tx, self._live.parts.evaluator, now, config.desk_url)

    async def _sweep(self) -> None:
        """Forget a bounded part of what is kept no longer."""
        copies, now = self._live.config.retention.copies, self._clock.now()
        await self._writer.run(lambda tx: due_work.sweep(tx, now, copies))

    async def _mind(self) -> None:
        """Look at how the service itself does, and tell of troubles that began or ended."""
        if await self._selfwatch.look():
            self._deliverer.poke()

    async def _in_passing(self, work: Callable[[], Awaitable[None]]) -> None:
        """Whatever is due goes first; not while the service stops, or waits for the database."""
        if self._idle_for_now():
            return
        try:
            await work()
        except StoreError as error:
            self._failed(error)

    def _idle_for_now(self) -> bool:
        return self._clock.monotonic() < self._paused_until or self._stopping.is_set()

    async def poll_all(self) -> None:
        """Make every source due now."""
        now = self._clock.now()
        await self._writer.run(lambda tx: sources.make_due(tx, now))
        await self.tick()

    async def idle(self) -> bool:
        """Nothing runs, nothing waits to be read, and no message is due within the minute. Relooks do not count."""
        if len(self._runner.running) > len(self._load.relooking):
            return False
        until = self._clock.now() + timedelta(minutes=1)
        return await self._writer.run(lambda tx: entries.waiting(tx, until) + outbox.waiting(tx, until)) == 0

    async def reload(self) -> None:
        """Read the configuration again. What fails is said, and the service goes on with the last good one."""
        with self._selfwatch.reloading():
            await self._replace(self._live)

    async def _replace(self, before: Live) -> None:
        try:
            config = configuration.load(self._path, self._environ)
            remember_secrets(config.secrets | before.config.secrets)  # what is on its way knows the old ones
            parts = build(config)
            await self._writer.run(lambda tx: self._sync(tx, config, parts))
        except BorderwireError as error:
            self._files.remember(before.config.files)
            if str(error) != self._refused:
                self._refused = str(error)
                log.error("the new configuration is refused, the last good one stays in force:\n%s", error)
            return
        self._refused = ""
        for key in ("database", "contact", "allow_networks", "fetch"):
            if getattr(config, key) != getattr(before.config, key):
                log.warning("%s: this change takes effect at the next start", key)
        self._live = Live(config, parts, before.crawl.reconfigured(config, parts.evaluator))
        await self._deliverer.replace(parts.channels, config.desk_url)
        self._files.remember(config.files)
        _freeze()
        log.info("configuration reloaded: %d sources, %d rules", len(config.sources), len(config.rules))

    async def _crawl_host(self, polls: Sequence[Source], todos: Sequence[Todo]) -> None:
        try:
            await crawl_host(self._live.crawl, polls, todos)
        finally:
            self._load.end(todos)
            self._came_back()

    async def _relook(self, todo: Todo) -> None:
        try:
            await crawl_host(self._live.crawl, [], [todo])
        finally:
            self._load.relooking.discard(host_of(todo))
            self._came_back()

    def _came_back(self) -> None:
        self._deliverer.poke()
        self._wake.set()

    def _prepare(self, tx: Tx) -> str:
        clockwatch.begin(tx, self._clock)
        now = self._clock.now()
        self._sync(tx, self._live.config, self._live.parts)
        if behind(tx, self._backend.noted, now, resident=self._resident):
            sources.catch_up(tx)
        sources.release_claims(tx, now)
        entries.release_claims(tx, now)
        outbox.release_all(tx, now)
        return to_iso(now)

    def _sync(self, tx: Tx, config: Config, parts: Parts) -> None:
        sources.sync(tx, definitions(config), self._clock.now())
        channel_rows.sync(tx, [(c.name, c.kind) for c in config.channels], self._clock.now())
        retime(tx, parts.evaluator, self._clock.now())

    def _schedule(self) -> None:
        # APScheduler only ticks: what is due is read from the database, so a late tick drops nothing
        options: dict[str, Any] = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._ticks.add_job(self._tick_often, "interval", seconds=TICK, id="tick", **options)
        self._ticks.add_job(self._in_passing, "interval", args=(self._sweep,), seconds=SWEEP, id="sweep", **options)
        if self._resident:
            self._ticks.add_job(self._in_passing, "interval", args=(self._mind,), seconds=MIND, id="mind", **options)
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
        await self._tick()
        end = self._clock.monotonic() + TICK * 0.9
        while not self._stopping.is_set() and (left := end - self._clock.monotonic()) > 0:
            try:
                await asyncio.wait_for(self._wake.wait(), left)
            except TimeoutError:
                return
            self._wake.clear()
            await self._tick()

    async def _tick(self) -> None:
        await self.tick()
        self._ticked = self._clock.monotonic()

    async def _watch_files(self) -> None:
        """A refused configuration is tried again each time: the fault may be mended in a file it newly includes."""
        if self._refused or self._files.changed(self._live.config.files):
            await self.reload()

    def _state(self) -> State:
        live, paused = self._live, self._clock.monotonic() < self._paused_until
        return State(live.config, live.parts.channels, due_work.steps(live.config), self._ticked, paused)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, StoreError):
            self._paused_until = self._clock.monotonic() + DISK_PAUSE
            log.error("%s. No new work for %d s; nothing is lost", error, DISK_PAUSE)
            return
        log.error("a task failed unexpectedly", exc_info=error)


def _ages(environ: Mapping[str, str]) -> Sequence[timedelta]:
    """When pages are read again; tests, which cannot wait a quarter of an hour, say it in seconds."""
    given = environ.get("BORDERWIRE_RELOOK_AGES")
    return AGES if given is None else tuple(timedelta(seconds=float(s)) for s in given.split(","))


def _freeze() -> None:
    """Keep the collector from going over the rules again and again: measured 1.4 times the articles a second."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


async def serve(path: Path, environ: dict[str, str]) -> None:
    """Run the service until SIGINT or SIGTERM."""
    service = Service(path, environ)
    service.obey_signals()
    await service.start()
    await service.run()


async def once(path: Path, environ: dict[str, str], timeout: float) -> bool:
    """Poll every source once, finish what that brings, stop; whether everything was finished in `timeout` s."""
    service = Service(path, environ, resident=False)
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

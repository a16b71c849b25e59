"""Killable worker processes for what strangers send: parsing feeds and reading pages.

A worker has no database, no secrets and little memory; one that hangs or dies fails its own task only.
"""

import asyncio
import contextlib
import ctypes
import logging
import os
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from core.errors import BorderwireError, ExtractError, ParseError
from core.kinds import load
from core.markup import bare, plain
from core.model import Article, Entry, Parsed, Response

log = logging.getLogger(__name__)
MEMORY_MB = 1024  # address space, not resident: lxml and the interpreter map some 400 MB of it
WALL_SECONDS = 30  # CPU is the limit that matters; a machine under load may give a worker a small share of a core
CPU_SECONDS = 5
CHECK_SECONDS = 0.5
PLAIN_AT_ONCE = 250  # entries made plain by one task: those of 20 kB take it 0.3 s
MAX_TASKS = 2000  # a worker is replaced after so many: whatever leaks, leaks little
KEEP_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "VIRTUAL_ENV", "HOME", "TMPDIR")
PR_SET_PDEATHSIG = 1
ENV_START, ENV_END = 47, 48  # of the fields of /proc/self/stat after the name: where the environment lies in memory


class Workers:
    """A pool of `count` processes; start-up is paid on first use (about 1 s each, measured)."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._stopped = False
        self._pool = self._new_pool()

    async def parse(self, kind: str, name: str, url: str, options: Mapping[str, Any], response: Response) -> Parsed:
        """Entries of one document of a source. Raises ParseError."""
        try:
            found: Parsed = await self._run(_parse, kind, name, url, dict(options), response)
        except _Lost as lost:
            raise ParseError(f"{url}: reading it {lost}", name) from lost
        return found

    async def plain(self, entries: Sequence[Entry]) -> list[Entry]:
        """The entries with plain text for their HTML; what no worker survives has its tags cut out instead."""
        made: list[Entry] = []
        for start in range(0, len(entries), PLAIN_AT_ONCE):
            made += await self._some_plain(entries[start : start + PLAIN_AT_ONCE])
        return made

    async def _some_plain(self, entries: Sequence[Entry]) -> list[Entry]:
        try:
            found: list[Entry] = await self._run(_plain, entries)
        except _Lost as lost:
            log.warning("making text of %d entries %s: their tags are cut out instead", len(entries), lost)
            return await asyncio.to_thread(lambda: list(map(bare, entries)))
        return found

    async def extract(
        self, body: bytes, url: str, content_type: str, hints: Entry | None, chosen: Mapping[str, str] | None = None
    ) -> Article:
        """The article of a page; `chosen`: the source's own selectors. Raises ExtractError."""
        try:
            found: Article = await self._run(_extract, body, url, content_type, hints, dict(chosen or {}))
        except _Lost as lost:
            raise ExtractError(f"reading the page {lost}", url) from lost
        return found

    async def stop(self) -> None:
        """End every worker, whatever it does; what still waits fails."""
        self._stopped = True
        self._pool.stop()  # type: ignore[no-untyped-call]
        await asyncio.get_running_loop().run_in_executor(None, self._pool.join)

    def _new_pool(self) -> ProcessPool:
        # spawn: forking a process with threads and an event loop can deadlock the child
        return ProcessPool(
            self._count,
            max_tasks=MAX_TASKS,
            initializer=_prepare,
            initargs=(os.getpid(), MEMORY_MB),
            context=get_context("spawn"),
        )

    async def _run(self, task: Any, *arguments: Any) -> Any:
        for last in (False, True):
            pool = self._pool
            try:
                return await self._once(pool, task, *arguments)
            except BrokenProcessPool as error:
                # pebble gives up for good when a worker dies between two tasks; the service must not
                if last or self._stopped:
                    raise _Lost("was given up: its workers died" if last else "ended with the service") from error
                if self._pool is pool:
                    log.warning("the workers died and are started again")
                    self._pool = self._new_pool()
                    pool.stop()  # type: ignore[no-untyped-call]
                    asyncio.get_running_loop().run_in_executor(None, pool.join)  # ends those of its workers that live
        raise AssertionError("unreachable")

    async def _once(self, pool: ProcessPool, task: Any, *arguments: Any) -> Any:
        try:
            future = pool.schedule(task, args=arguments, timeout=WALL_SECONDS)
        except RuntimeError as error:  # the pool is broken or stopped
            raise BrokenProcessPool(str(error)) from error
        found = asyncio.wrap_future(future)
        try:
            # pebble forgets what still waits when it stops or breaks: such a future would never be done
            while not (await asyncio.wait({found}, timeout=CHECK_SECONDS))[0]:
                if not pool.active:
                    raise BrokenProcessPool("the workers are gone")
            return found.result()
        except (BorderwireError, BrokenProcessPool):
            raise
        except (FutureTimeout, TimeoutError) as error:
            raise _Lost(f"took longer than {WALL_SECONDS} s") from error
        except ProcessExpired as error:
            limit = error.exitcode == -signal.SIGXCPU
            raise _Lost(f"took more than {CPU_SECONDS} s of CPU" if limit else "killed its worker") from error
        except MemoryError as error:
            raise _Lost(f"needs more than {MEMORY_MB} MB of memory") from error
        except RecursionError as error:
            raise _Lost("goes too deep") from error
        except Exception as error:
            log.exception("a worker failed unexpectedly")
            raise _Lost(f"failed unexpectedly: {type(error).__name__}") from error
        finally:
            found.cancel()  # ends the work where whoever waited has gone


class _Lost(Exception):
    """A task that did not come back, in words."""


def _prepare(parent: int, memory_mb: int) -> None:
    """In the child: no secrets, no signals of the terminal, bounded memory, no life without the parent."""
    _forget_environment()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the signal was asked for
        os._exit(1)
    import crawler.extract  # noqa: F401  the import is paid here, not by the first task's share of CPU

    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _forget_environment() -> None:
    """Out of `os.environ` and out of the memory that /proc/self/environ shows, for secrets come in there."""
    kept = {name: os.environ[name] for name in KEEP_ENVIRONMENT if name in os.environ}
    for name in list(os.environ):
        del os.environ[name]
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        start, end = int(fields[ENV_START]), int(fields[ENV_END])
        if 0 < start < end:
            ctypes.memset(start, 0, end - start)
    os.environ.update(kept)


def _bounded() -> None:
    """The CPU limit counts a process's whole life: give this task its own share."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS + 1, hard))


def _parse(kind: str, name: str, url: str, options: dict[str, Any], response: Response) -> Parsed:
    _bounded()
    module = load("crawler.sources", kind)
    found: Parsed = module.build(name, url, module.Options.model_validate(options)).parse(response)
    return found


def _plain(entries: Sequence[Entry]) -> list[Entry]:
    _bounded()
    return [plain(entry) for entry in entries]


def _extract(body: bytes, url: str, content_type: str, hints: Entry | None, chosen: Mapping[str, str]) -> Article:
    _bounded()
    from crawler.extract import extract
    from crawler.selectors import Selectors

    return extract(body, url, content_type=content_type, hints=hints, chosen=Selectors(**chosen))

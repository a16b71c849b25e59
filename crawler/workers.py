"""Killable worker processes for what strangers send: parsing feeds and reading pages.

A worker has no database, no secrets and little memory; one that hangs or dies fails its own task only.
"""

import asyncio
import contextlib
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Mapping
from concurrent.futures import TimeoutError as FutureTimeout
from multiprocessing import get_context
from typing import Any

from pebble import ProcessExpired, ProcessPool

from core.errors import ExtractError, ParseError
from core.kinds import load
from core.model import Article, Entry, Parsed, Response

MEMORY_MB = 1024  # address space, not resident: lxml and the interpreter map some 400 MB of it
WALL_SECONDS = 10  # a machine under load may give a worker less than a core
CPU_SECONDS = 5
MAX_TASKS = 2000  # a worker is replaced after so many: whatever leaks, leaks little
KEEP_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "VIRTUAL_ENV", "HOME", "TMPDIR")
PR_SET_PDEATHSIG = 1


class Workers:
    """A pool of `count` processes; start-up is paid on first use (about 1 s each, measured)."""

    def __init__(self, count: int) -> None:
        # spawn: forking a process with threads and an event loop can deadlock the child
        self._pool = ProcessPool(
            count,
            max_tasks=MAX_TASKS,
            initializer=_prepare,
            initargs=(os.getpid(),),
            context=get_context("spawn"),
        )

    async def parse(self, kind: str, name: str, url: str, options: Mapping[str, Any], response: Response) -> Parsed:
        """Entries of one document of a source. Raises ParseError."""
        try:
            found: Parsed = await self._run(_parse, kind, name, url, dict(options), response)
        except _Lost as lost:
            raise ParseError(f"{url}: reading it {lost}", name) from lost
        return found

    async def extract(self, body: bytes, url: str, content_type: str, hints: Entry | None) -> Article:
        """The article of a page. Raises ExtractError."""
        try:
            found: Article = await self._run(_extract, body, url, content_type, hints)
        except _Lost as lost:
            raise ExtractError(f"reading the page {lost}", url) from lost
        return found

    async def stop(self) -> None:
        """End every worker, whatever it does."""
        self._pool.stop()
        await asyncio.get_running_loop().run_in_executor(None, self._pool.join, 5)

    async def _run(self, task: Any, *arguments: Any) -> Any:
        future = self._pool.schedule(task, args=arguments, timeout=WALL_SECONDS)
        try:
            return await asyncio.wrap_future(future)
        except (FutureTimeout, TimeoutError) as error:
            raise _Lost(f"took longer than {WALL_SECONDS} s") from error
        except ProcessExpired as error:
            limit = error.exitcode in (-signal.SIGXCPU, -signal.SIGKILL)
            raise _Lost(f"took more than {CPU_SECONDS} s of CPU" if limit else "killed its worker") from error
        except MemoryError as error:
            raise _Lost(f"needs more than {MEMORY_MB} MB of memory") from error
        except RecursionError as error:
            raise _Lost("goes too deep") from error


class _Lost(Exception):
    """A task that did not come back, in words."""


def _prepare(parent: int) -> None:
    """In the child: no secrets, no signals of the terminal, bounded memory, no life without the parent."""
    for name in [n for n in os.environ if n not in KEEP_ENVIRONMENT]:
        del os.environ[name]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB << 20, MEMORY_MB << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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


def _extract(body: bytes, url: str, content_type: str, hints: Entry | None) -> Article:
    _bounded()
    from crawler.extract import extract

    return extract(body, url, content_type=content_type, hints=hints)

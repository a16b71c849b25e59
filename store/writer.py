"""The single writer: every write of the service runs on one thread, many in one commit.

Each job has its own savepoint, so that one failing job never takes its neighbours with it; a future resolves
only after the commit that holds its work. Urgent jobs go first: a message must not wait behind a day's articles.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from core.errors import NotFound, StoreError
from store.backend import Backend, Tx

T = TypeVar("T")
Job = Callable[[Tx], Any]
Given = tuple[Job, "asyncio.Future[Any]"]
BATCH = 64  # jobs a commit at most
BATCH_SECONDS = 0.05  # a commit takes no further job after so long: whoever is urgent waits no longer than that
STOP_LOOK = 0.005  # seconds between looks whether everything given is done


class Writer:
    """Runs functions of a transaction, one at a time, urgent ones first, each kind in the order given."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._urgent: deque[Given] = deque()
        self._jobs: deque[Given] = deque()
        self._given = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._busy = False

    async def run(self, job: Callable[[Tx], T], *, urgent: bool = False) -> T:
        """The result of `job(tx)` once it is committed. Raises what the job raised, or StoreError."""
        if self._task is None:
            self._task = asyncio.create_task(self._drain(), name="writer")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._jobs).append((job, future))
        self._given.set()
        return await future

    async def stop(self) -> None:
        """Finish what was given, then stop."""
        while self._busy or self._urgent or self._jobs:
            await asyncio.sleep(STOP_LOOK)
        if self._task is not None:
            self._task.cancel()
        self._thread.shutdown()

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._given.wait()
            urgent = [self._urgent.popleft() for _ in range(min(BATCH, len(self._urgent)))]
            others = [self._jobs.popleft() for _ in range(min(BATCH - len(urgent), len(self._jobs)))]
            batch = urgent + others
            self._busy = True
            results = await loop.run_in_executor(self._thread, self._commit, [job for job, _ in batch])
            self._put_back(urgent, others, len(results))
            for (_, future), result in zip(batch, results, strict=False):
                _settle(future, result)
            self._busy = False
            if not (self._urgent or self._jobs):
                self._given.clear()

    def _put_back(self, urgent: Sequence[Given], others: Sequence[Given], done: int) -> None:
        """What the commit had no time for is first in its line again."""
        self._urgent.extendleft(reversed(urgent[done:]))
        self._jobs.extendleft(reversed(others[max(0, done - len(urgent)) :]))

    def _commit(self, jobs: list[Job]) -> list[Any]:
        """Results of the first jobs, at least one; as many as the time allows."""
        results: list[Any] = []
        until = time.monotonic() + BATCH_SECONDS
        try:
            with self._backend.tx():
                for job in jobs:
                    results.append(self._attempt(job))
                    if time.monotonic() > until:
                        break
        except StoreError as error:  # the commit itself failed: nobody's work is there
            if len(jobs) == 1:
                return [error]
            return [self._commit([job])[0] for job in jobs]  # so that one job the database refuses fails alone
        except Exception as error:  # a commit must never take the writer with it
            return [error for _ in jobs]
        return results

    def _attempt(self, job: Job) -> Any:
        try:
            with self._backend.tx() as tx:
                return job(tx)
        except NotFound as error:
            return error
        except StoreError:  # disk full and the like: SQLite may have rolled back the whole transaction
            raise
        except Exception as error:  # handed to whoever asked
            return error


def _settle(future: "asyncio.Future[Any]", result: Any) -> None:
    if future.cancelled():
        return
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)

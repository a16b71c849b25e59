"""The single writer: every write of the service runs on one thread, many in one commit.

Each job has its own savepoint, so that one failing job never takes its neighbours with it; a future resolves
only after the commit that holds its work.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from core.errors import NotFound, StoreError
from store.backend import Backend, Tx

T = TypeVar("T")
BATCH = 64  # jobs a commit; at 1 ms a job the writer answers within about 0.1 s


class Writer:
    """Runs functions of a transaction, one at a time, in the order given."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._jobs: asyncio.Queue[tuple[Callable[[Tx], Any], asyncio.Future[Any]]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def run(self, job: Callable[[Tx], T]) -> T:
        """The result of `job(tx)` once it is committed. Raises what the job raised, or StoreError."""
        if self._task is None:
            self._task = asyncio.create_task(self._drain(), name="writer")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put_nowait((job, future))
        return await future

    async def stop(self) -> None:
        """Finish what was given, then stop."""
        await self._jobs.join()
        if self._task is not None:
            self._task.cancel()
        self._thread.shutdown()

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._jobs.get()]
            while len(batch) < BATCH and not self._jobs.empty():
                batch.append(self._jobs.get_nowait())
            results = await loop.run_in_executor(self._thread, self._commit, [job for job, _ in batch])
            for (_, future), result in zip(batch, results, strict=True):
                self._jobs.task_done()
                if future.cancelled():
                    continue
                if isinstance(result, BaseException):
                    future.set_exception(result)
                else:
                    future.set_result(result)

    def _commit(self, jobs: list[Callable[[Tx], Any]]) -> list[Any]:
        results: list[Any] = []
        try:
            with self._backend.tx():
                for job in jobs:
                    results.append(self._attempt(job))
        except StoreError as error:  # the commit itself failed: nobody's work is there
            if len(jobs) == 1:
                return [error]
            return [self._commit([job])[0] for job in jobs]  # so that one job the database refuses fails alone
        return results

    def _attempt(self, job: Callable[[Tx], Any]) -> Any:
        try:
            with self._backend.tx() as tx:
                return job(tx)
        except NotFound as error:
            return error
        except StoreError:  # disk full and the like: SQLite may have rolled back the whole transaction
            raise
        except Exception as error:  # handed to whoever asked
            return error

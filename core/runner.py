"""The seam to an engine: a named task under a lock, run here or, with another Runner, on any machine."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from weakref import WeakValueDictionary


class Runner(Protocol):
    """Runs tasks; two tasks with the same lock never run at the same time."""

    async def submit(self, task: str, *, lock: str, **arguments: Any) -> None:
        """Hand a task over. Returns when it is handed over, not when it is done."""


class LocalRunner:
    """Tasks of this process: one asyncio task each, one lock per key. `failed` is told of every exception."""

    def __init__(
        self, tasks: Mapping[str, Callable[..., Awaitable[object]]], failed: Callable[[Exception], None]
    ) -> None:
        self._tasks = tasks
        self._failed = failed
        # weak: a lock lives as long as a task holds or awaits it, so hosts seen once leave nothing behind
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.running: set[asyncio.Task[None]] = set()

    async def submit(self, task: str, *, lock: str, **arguments: Any) -> None:
        job = asyncio.create_task(self._run(task, lock, arguments), name=f"{task} {lock}")
        self.running.add(job)
        job.add_done_callback(self.running.discard)

    async def stop(self, grace: float) -> None:
        """Let what runs finish for `grace` seconds, then cancel it: its claims are released at the next start."""
        if self.running:
            await asyncio.wait(set(self.running), timeout=grace)
        left = set(self.running)
        for job in left:
            job.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _run(self, task: str, lock: str, arguments: dict[str, Any]) -> None:
        turn = self._locks.get(lock)
        if turn is None:
            turn = self._locks[lock] = asyncio.Lock()
        async with turn:
            try:
                await self._tasks[task](**arguments)
            except Exception as error:  # handed on: nobody awaits this task
                self._failed(error)

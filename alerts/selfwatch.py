"""The service watching itself: a look each minute, and the signs of life that depend on how far the work has come."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from alerts import notices
from alerts.evaluate import Target
from alerts.heartbeat import Progress, Signs
from core.clock import Clock, to_iso
from core.config import Config
from core.systemd import Manager
from store import health
from store.health import Usage
from store.writer import Writer

log = logging.getLogger("borderwire")


@dataclass(frozen=True, slots=True)
class State:
    """What only the running service knows. `steps`: the plain distance between two polls of each source."""

    config: Config
    channels: Mapping[str, Target]
    steps: Mapping[str, timedelta]
    ticked: float  # monotonic, when the last tick ended
    paused: bool  # the database refused a write, and the service waits


class SelfWatch:
    """Looks, tells and gives signs of life for as long as the service runs. `state` is asked anew each time, and `note`
    keeps beside the database when it looked last.
    """

    def __init__(
        self,
        writer: Writer,
        clock: Clock,
        http: httpx.AsyncClient,
        manager: Manager,
        usage: Usage,
        state: Callable[[], State],
        note: Callable[[str], None],
    ) -> None:
        self._writer = writer
        self._clock = clock
        self._manager = manager
        self._usage = usage
        self._state = state
        self._note = note
        self._started_at: datetime = clock.now()
        self._signs = Signs(clock, http, manager, self.progress, lambda: state().steps, lambda: state().config.health)

    def start(self) -> None:
        """The service is ready: say so, and give signs of life from now on."""
        self._signs.start()
        config = self._state().config
        self._manager.say("READY=1", status=f"watching {len(config.sources)} sources")
        log.info(
            "watching %d sources with %d rules, telling %d channels; database %s",
            len(config.sources),
            len(config.rules),
            len(config.channels),
            config.database,
        )

    @contextmanager
    def reloading(self) -> Iterator[None]:
        """Tell the service manager that a reload is under way, and when it is over, however it ended."""
        self._manager.say("RELOADING=1")
        try:
            yield
        finally:
            self._manager.say("READY=1")

    async def stop(self) -> None:
        """No more signs of life."""
        self._manager.say("STOPPING=1")
        await self._signs.stop()

    async def look(self) -> bool:
        """Look at how the service does and tell of troubles that began or ended; whether anything was told.

        Raises StoreError.
        """
        state, now = self._state(), self._clock.now()
        machine = await asyncio.to_thread(health.machine, state.config.database, self._usage)
        wanted = state.config.health.channels
        told, words = await self._writer.run(
            lambda tx: notices.mind(tx, wanted, state.channels, state.steps, machine, now)
        )
        self._note(to_iso(now))
        for alert in told:
            alert.log()
        self._manager.say(status=f"watching {len(state.config.sources)} sources; {words}")
        return bool(told)

    async def progress(self) -> Progress:
        """How far the work has come. Raises StoreError; does not return while the writer is stuck."""
        now = self._clock.now()
        polls, channels = await self._writer.run(
            lambda tx: (health.polling(tx, now), health.channels(tx, now)), urgent=True
        )
        state = self._state()
        age = timedelta(seconds=self._clock.monotonic() - state.ticked)
        return Progress(self._started_at, age, state.paused, polls, channels)

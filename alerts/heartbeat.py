"""Signs of life: a heartbeat address for a watcher elsewhere and the watchdog of systemd, only while work progresses.

tick fresh? | polls settled? | dispatchers settle? -> watchdog | and nobody waits unheard? -> heartbeat

The watchdog restarts the service, so it minds only what a restart can mend: a receiver that is down is none of that.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from core.clock import Clock
from core.errors import AddressDenied, StoreError
from core.frames import HealthFrame
from core.log import redact
from core.systemd import Manager
from store.health import ChannelFact, PollFact

log = logging.getLogger("borderwire.health")
TICK = timedelta(seconds=30)  # ticks come every second; one takes longer where the database is slow
SETTLED = timedelta(minutes=15)  # a message waits so long at most, and polls, where they are quick, end within it
LEASE_OVER = timedelta(seconds=60)  # a dispatcher that lives takes back an ended lease within seconds
NUMBERS = re.compile(r"\d+")
PING = 10.0  # seconds for the whole answer


@dataclass(frozen=True, slots=True)
class Progress:
    """What the service has got done. `paused`: the database refuses writes, and the service waits for it."""

    started_at: datetime
    tick_age: timedelta
    paused: bool
    polls: PollFact
    channels: tuple[ChannelFact, ...]


def stuck(progress: Progress, steps: Mapping[str, timedelta], now: datetime) -> str | None:
    """What no longer moves although it could, or None. `steps`: the distance between two polls of each source."""
    if progress.tick_age > TICK:
        return f"the service has not looked around for {progress.tick_age.total_seconds():.0f} s"
    if progress.paused:
        return None
    due = [steps.get(name, SETTLED) for name in progress.polls.due]
    last = max(progress.polls.last_poll_at or progress.started_at, progress.started_at)
    if due and now - last > max(2 * max(due), SETTLED):
        return f"no poll has ended since {last:%H:%M} UTC although sources are due"
    return next(filter(None, (_wedged(c, progress.started_at, now) for c in progress.channels)), None)


def silent(progress: Progress, steps: Mapping[str, timedelta], now: datetime) -> str | None:
    """Why the heartbeat must not be sent, or None: work is stuck, or messages wait and nobody could be told of it."""
    if (reason := stuck(progress, steps, now)) is not None:
        return reason
    if progress.paused:
        return "the database takes no writes"
    return next(filter(None, (_unheard(c, now) for c in progress.channels)), None)


def _wedged(channel: ChannelFact, started: datetime, now: datetime) -> str | None:
    """A dispatcher that neither sends nor fails; whatever a receiver does is settled within a lease."""
    if channel.lease_over_since is not None and now - max(channel.lease_over_since, started) > LEASE_OVER:
        return f"the dispatcher of {channel.name} does not come back from a message"
    if channel.state != "enabled" or channel.due_since is None or (channel.blocked_until or now) > now:
        return None
    last = max(channel.settled_at or started, channel.due_since, started)
    return f"the dispatcher of {channel.name} takes no message" if now - last > SETTLED else None


def _unheard(channel: ChannelFact, now: datetime) -> str | None:
    """Messages that wait too long, where none gets through and no other channel could tell that."""
    if channel.told or (channel.last_ok_at is not None and now - channel.last_ok_at < SETTLED):
        return None
    late = channel.state == "enabled" and channel.due_since is not None and now - channel.due_since > SETTLED
    if late or (channel.state == "broken" and channel.waiting):
        return f"messages to {channel.name} wait and nobody could be told"
    return None


class Signs:
    """The two tasks that give signs of life. `progress` reads the store; it may raise StoreError or never return."""

    def __init__(
        self,
        clock: Clock,
        http: httpx.AsyncClient,
        manager: Manager,
        progress: Callable[[], Awaitable[Progress]],
        steps: Callable[[], Mapping[str, timedelta]],
        frame: Callable[[], HealthFrame],
    ) -> None:
        self._clock = clock
        self._http = http
        self._manager = manager
        self._progress = progress
        self._steps = steps
        self._frame = frame
        self._said: dict[str, str] = {}  # task -> what was said last: once is enough
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin at once: a watcher hears of a start without delay."""
        self._tasks = [asyncio.create_task(self._beat(), name="heartbeat")]
        if self._manager.watchdog is not None:
            self._tasks.append(asyncio.create_task(self._feed(self._manager.watchdog / 2), name="watchdog"))

    async def stop(self) -> None:
        """At once, whatever an answer takes."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _beat(self) -> None:
        while True:
            frame = self._frame()
            if frame.heartbeat is not None:
                await self._guarded("heartbeat", self._ping(frame.heartbeat))
            await asyncio.sleep(frame.every.total_seconds())

    async def _feed(self, every: timedelta) -> None:
        while True:
            await self._guarded("watchdog", self._watch())
            await asyncio.sleep(every.total_seconds())

    async def _ping(self, url: str) -> None:
        try:
            reason = silent(await self._progress(), self._steps(), self._clock.now())
        except StoreError as error:
            reason = str(error)
        if reason is not None:
            self._say("heartbeat", f"no heartbeat is sent: {reason}")
        elif (fault := await ping(self._http, url)) is not None:
            self._say("heartbeat", f"the heartbeat address cannot be reached: {fault}. Will try again")
        elif self._said.pop("heartbeat", None) is not None:
            log.warning("the heartbeat is sent again")

    async def _watch(self) -> None:
        try:
            reason = stuck(await self._progress(), self._steps(), self._clock.now())
        except StoreError:  # a restart would not mend the disk
            reason = None
        if reason is not None:
            self._say("watchdog", f"the watchdog is not fed: {reason}")
            return
        self._said.pop("watchdog", None)
        self._manager.say("WATCHDOG=1")

    async def _guarded(self, task: str, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception:  # a sign of life that fails must not end all later ones
            log.exception("the %s stumbled and goes on", task)

    def _say(self, task: str, text: str) -> None:
        about = NUMBERS.sub("", text)  # what only takes longer is nothing new
        if self._said.get(task) != about:
            self._said[task] = about
            log.error("%s", text)


async def ping(http: httpx.AsyncClient, url: str, deadline: float = PING) -> str | None:
    """Fetch the address; why that failed, or None. Only the status counts, and the address is never named: whoever
    knows it can pretend to be this service.
    """
    try:
        async with asyncio.timeout(deadline), http.stream("GET", url) as answer:
            return None if answer.is_success else f"it answered {answer.status_code}"
    except AddressDenied as error:
        return f"not an allowed address: {error}; `allow_networks:` can allow it"
    except TimeoutError:
        return f"no answer within {deadline:.0f} s"
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"no connection: {redact(str(error), [url]) or type(error).__name__}"

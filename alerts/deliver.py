"""The dispatchers: one per channel, each sending one delivery at a time, so that no channel waits for another.

claim and freeze, one transaction | send | settle, one transaction          (at least once, same id every time)
"""

import asyncio
import contextlib
import json
import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Protocol, runtime_checkable

import httpx

from alerts import message as messages
from alerts.growth import Growing, Growth
from alerts.retry import after_failure
from core import message_json
from core.clock import Clock
from core.errors import BorderwireError, DeliveryError, Failure, StoreError
from core.failpoints import hit
from core.model import Delivery
from store import Tx, channels, outbox
from store import alerts as alert_rows
from store.channels import ChannelHealth
from store.outbox import Claim
from store.writer import Writer

log = logging.getLogger("borderwire.deliver")
LEASE = timedelta(seconds=90)  # well above the 20 s a send may take
LEAST_LEASE = timedelta(seconds=25)  # a loop that stalled for longer than this must not send on an old lease
LOOK = 0.5  # seconds between looks at the outbox when nothing pokes
GRACE = 6.0  # seconds for what is in flight when the service stops
STORE_PAUSE = 5.0  # seconds after the database refused a write


class Channel(Protocol):
    """A configured channel: `alerts/channels/<kind>.py` builds one."""

    @property
    def name(self) -> str: ...

    @property
    def deadline(self) -> timedelta:
        """How long a message may be retried."""

    @property
    def pace(self) -> timedelta:
        """The least time between two messages; nothing where the receiver sets no limit."""

    def targets(self) -> tuple[str, ...]:
        """One delivery is made for each of these."""

    async def send(self, delivery: Delivery, http: httpx.AsyncClient, now: datetime) -> str | None:
        """Deliver, or raise DeliveryError with the class of the failure.

        Returns the receiver's name for the message, where a reply or a change needs it.
        """


@runtime_checkable
class Parted(Protocol):
    """A channel whose receiver takes only so much at once."""

    def parts(self, delivery: Delivery, now: datetime) -> int:
        """How many messages it takes; `send` sends the one that `delivery.part` names."""


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed delivery and the lease it stands on."""

    claim: Claim
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery arrived: the receiver's name for it, and in how many messages the alert is told."""

    remote: str | None
    parts: int = 1


class Deliverer:
    """Drains the outbox for as long as the service runs."""

    def __init__(
        self,
        writer: Writer,
        configured: Mapping[str, Channel],
        clock: Clock,
        random: Random,
        http: httpx.AsyncClient,
        desk_url: str | None = None,
    ) -> None:
        self._writer = writer
        self._channels = dict(configured)
        self._clock = clock
        self._random = random
        self._http = http
        self._desk_url = desk_url
        self._owner = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._pokes: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopping = False
        self._growth = Growth(writer, clock, http)
        self._growing: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """One dispatcher per channel."""
        self._stopping = False
        for name in self._channels:
            self._pokes[name] = asyncio.Event()
            self._tasks[name] = asyncio.create_task(self._dispatch(name), name=f"deliver {name}")

    async def stop(self) -> None:
        """Claim nothing more; what is in flight gets `GRACE` seconds. The rest is taken up at the next start."""
        self._stopping = True
        self.poke()
        tasks, growing = list(self._tasks.values()), list(self._growing.values())
        for task in growing:  # a list that did not grow now grows after the next start
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *growing, return_exceptions=True)
        self._tasks.clear()
        self._growing.clear()

    async def replace(self, configured: Mapping[str, Channel], desk_url: str | None = None) -> None:
        """Use these channels from now on; what is in flight on the old ones ends first."""
        await self.stop()
        self._channels, self._desk_url = dict(configured), desk_url
        await self.start()

    def poke(self) -> None:
        """New deliveries may wait."""
        for event in self._pokes.values():
            event.set()

    async def deliver_one(self, name: str) -> bool:
        """Send the channel's next due delivery; whether there was one. Never raises for what a receiver did."""
        work = await self._writer.run(lambda tx: self._claim(tx, name), urgent=True)
        if work is None:
            return False
        hit("after_claim")
        found = await self._send(name, work)
        hit("after_response")
        await self._writer.run(lambda tx: self._settle(tx, work, found), urgent=True)
        hit("after_ack")
        if isinstance(found, DeliveryError):
            log.info("channel %s: %s (%s)", name, found, found.failure)
        return True

    async def _dispatch(self, name: str) -> None:
        poke = self._pokes[name]
        while not self._stopping:
            poke.clear()
            try:
                if await self.deliver_one(name):
                    continue
                self._grow(name)
                pause = LOOK
            except StoreError as error:
                log.error("channel %s: %s", name, error)
                pause = STORE_PAUSE
            except Exception:  # a dispatcher that dies silently would lose everything after it
                log.exception("the dispatcher of %s stumbled and goes on", name)
                pause = STORE_PAUSE
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(poke.wait(), pause)

    def _grow(self, name: str) -> None:
        """Let a list of outlets grow beside the dispatcher: what is to be sent does not wait for it."""
        channel, under_way = self._channels[name], self._growing.get(name)
        if isinstance(channel, Growing) and (under_way is None or under_way.done()):
            self._growing[name] = asyncio.create_task(self._growth.look(channel), name=f"grow {name}")

    def _claim(self, tx: Tx, name: str) -> Work | None:
        now = self._clock.now()
        outbox.reap(tx, name, now)
        claimed = None if self._growth.rests(name, now) else outbox.claim(tx, name, self._owner, now, LEASE)
        if claimed is None:
            return None
        return Work(claimed, self._frozen(tx, claimed, now))

    def _frozen(self, tx: Tx, claimed: Claim, now: datetime) -> Delivery:
        """The delivery with its message as first frozen; freezing names every article the alert speaks of by now."""
        alert = alert_rows.get(tx, claimed.alert_id)
        if alert["message"] is None:
            built = messages.build(alert, alert_rows.members(tx, alert["id"]), self._desk_url)
            alert_rows.freeze(tx, alert["id"], json.dumps(message_json.encode(built), ensure_ascii=False), now)
        else:
            built = message_json.decode(json.loads(alert["message"]))
        reply_to, thread = self._belongs(tx, claimed, alert["parent_id"])
        return Delivery(
            id=claimed.id,
            alert_id=claimed.alert_id,
            channel=claimed.channel,
            target=claimed.target,
            attempts=claimed.attempts,
            epoch=claimed.epoch,
            created=claimed.created,
            deadline=claimed.deadline,
            degraded=claimed.degraded,
            message=built,
            reply_to=reply_to,
            thread=thread,
            part=claimed.part,
        )

    def _belongs(self, tx: Tx, claimed: Claim, parent: str | None) -> tuple[str | None, str | None]:
        """`reply_to` and `thread`: of an update its alert's, else of a further part those of the first."""
        reply_to = thread = None
        if parent is not None:
            told = outbox.delivery_id(parent, claimed.channel, claimed.target, 0)
            reply_to, thread = outbox.told_as(tx, told)
        if thread is None and claimed.part:
            own = outbox.delivery_id(claimed.alert_id, claimed.channel, claimed.target, 0)
            thread = outbox.told_as(tx, own)[1]
        return reply_to, thread

    async def _send(self, name: str, work: Work) -> DeliveryError | Sent:
        now, channel = self._clock.now(), self._channels[name]
        if work.claim.until - now < LEAST_LEASE:
            return DeliveryError("the service stalled; nothing was sent", Failure.TRANSIENT)
        try:
            parts = channel.parts(work.delivery, now) if isinstance(channel, Parted) and not work.claim.part else 1
            return Sent(await channel.send(work.delivery, self._http, now), parts)
        except DeliveryError as error:
            return error
        except BorderwireError as error:
            return DeliveryError(str(error), Failure.TRANSIENT)
        except Exception as error:  # a fault of ours while rendering: plain text may still get through
            log.exception("channel %s could not send %s", name, work.claim.id)
            return DeliveryError(f"{type(error).__name__} while sending: {error}", Failure.REJECTED)

    def _settle(self, tx: Tx, work: Work, found: DeliveryError | Sent) -> None:
        now = self._clock.now()
        if isinstance(found, Sent):
            self._arrived(tx, work, found, now)
        else:
            self._failed(tx, work, found, now)

    def _arrived(self, tx: Tx, work: Work, found: Sent, now: datetime) -> None:
        channel = self._channels[work.claim.channel]
        outbox.sent(tx, work.claim, now, found.remote, len(work.delivery.message.outlets))
        if found.parts > 1:
            outbox.put_parts(tx, work.claim, found.parts, now, now + channel.deadline)
        health = ChannelHealth(blocked_until=now + channel.pace if channel.pace else None)
        channels.settle(tx, channel.name, health, now, None)
        hit("before_ack")

    def _failed(self, tx: Tx, work: Work, error: DeliveryError, now: datetime) -> None:
        name = work.claim.channel
        text = str(error)
        verdict, health = after_failure(work.claim, error, channels.health(tx, name), now, self._random.random())
        outbox.failed(
            tx,
            work.claim,
            now,
            outcome=str(error.failure),
            error=text,
            status=error.status,
            next_at=verdict.next_at,
            counts=verdict.counts,
            uncertain=error.failure is Failure.UNCERTAIN,
            degrade=verdict.degrade,
        )
        channels.settle(tx, name, health, now, text)
        if verdict.next_at is None:
            log.error(
                "delivery %s to %s is dead after %d attempts: %s. `borderwire deliveries replay %s` sends it again",
                work.claim.id,
                name,
                work.claim.attempts,
                text,
                work.claim.id,
            )
        elif health.broken:
            log.error("channel %s is broken: %s. Its messages are held until it is repaired", name, text)

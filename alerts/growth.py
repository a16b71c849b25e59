"""Lists of outlets that grow in messages already sent, where the receiver lets a message be changed.

at most one message a look | copies joined since? | change it in place | remember how many it names

Best effort: a failure changes no delivery and no channel. What was not changed is found again, also after a restart.
"""

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

import httpx

from alerts import message as messages
from core import message_json
from core.clock import Clock, from_iso
from core.errors import DeliveryError, Failure
from core.model import Delivery, Message, Relation
from store import Row, Tx, outbox
from store import alerts as alert_rows
from store.writer import Writer

log = logging.getLogger("borderwire.deliver")
LOOK = timedelta(seconds=10)  # between looks for what has grown on a channel
EACH = timedelta(minutes=1)  # a message changes at most so often
GROWS = timedelta(hours=24)  # after it was sent; copies come within hours
PAUSE = timedelta(minutes=5)  # for the channel's changes, after one that failed
AT_ONCE = 20  # messages looked at, of which the first that did not just change is changed
FINAL = (Failure.REJECTED, Failure.CONFIG)  # asking again would not help


@runtime_checkable
class Growing(Protocol):
    """A channel that can change what it sent."""

    @property
    def name(self) -> str: ...

    @property
    def pace(self) -> timedelta:
        """The least time between two requests."""

    async def change(self, delivery: Delivery, remote: str, http: httpx.AsyncClient, now: datetime) -> None:
        """Make the message that the receiver calls `remote` say this. Raises DeliveryError."""


class Growth:
    """Changes messages one at a time. What it remembers by itself is only when it last did something."""

    def __init__(self, writer: Writer, clock: Clock, http: httpx.AsyncClient) -> None:
        self._writer = writer
        self._clock = clock
        self._http = http
        self._next: dict[str, datetime] = {}  # channel -> when it is looked at again
        self._rests: dict[str, datetime] = {}  # channel -> until when a change keeps it busy
        self._changed: dict[str, datetime] = {}  # delivery -> when it was last changed

    def rests(self, channel: str, now: datetime) -> bool:
        """Whether the channel's pace asks that nothing is sent yet."""
        return now < self._rests.get(channel, now)

    async def look(self, channel: Growing) -> None:
        """Change one message of the channel if one has grown and a look is due. Never raises but for a stop."""
        now = self._clock.now()
        if now < self._next.get(channel.name, now):
            return
        self._next[channel.name] = now + LOOK
        try:
            await self.change_one(channel)
        except Exception:  # of a message that was sent and stands as it is
            log.exception("channel %s: a message sent could not be changed", channel.name)

    async def change_one(self, channel: Growing) -> bool:
        """Change the newest message that has grown; whether there was one."""
        now = self._clock.now()
        self._changed = {key: at for key, at in self._changed.items() if now - at < EACH}
        found = await self._writer.run(lambda tx: self._grown(tx, channel.name, now))
        if found is None:
            return False
        delivery, remote, articles = found
        self._changed[delivery.id] = now
        self._rests[channel.name] = now + channel.pace
        try:
            await channel.change(delivery, remote, self._http, now)
        except DeliveryError as error:
            log.info("channel %s: %s was not changed: %s", channel.name, delivery.id, error)
            if error.failure not in FINAL:
                self._next[channel.name] = now + max(error.retry_after or PAUSE, LOOK)
                return True
        await self._writer.run(lambda tx: outbox.grown(tx, delivery.id, articles))
        return True

    def _grown(self, tx: Tx, channel: str, now: datetime) -> tuple[Delivery, str, int] | None:
        """The delivery to change with its new message, what the receiver calls it, how many articles it names."""
        for row in outbox.growing(tx, channel, now - GROWS, now, AT_ONCE):
            if row["id"] not in self._changed:
                return _delivery(row, _longer(tx, row["alert_id"])), row["remote"], row["articles"]
        return None


def _longer(tx: Tx, alert_id: str) -> Message:
    """The message as it was frozen, and the copies that joined since."""
    alert = alert_rows.get(tx, alert_id)
    frozen = message_json.decode(json.loads(alert["message"]))
    known = {outlet.url for outlet in frozen.outlets}
    all_told = messages.build(alert, alert_rows.members(tx, alert_id), None).outlets
    joined = [o for o in all_told if o.relation is Relation.COPY and o.url not in known]
    return replace(frozen, outlets=(*frozen.outlets, *joined))


def _delivery(row: Row, message: Message) -> Delivery:
    return Delivery(
        id=row["id"],
        alert_id=row["alert_id"],
        channel=row["channel"],
        target=row["target"],
        attempts=row["attempts"],
        epoch=row["lease_epoch"],
        created=from_iso(row["created_at"]),
        deadline=from_iso(row["deadline_at"]),
        degraded=False,
        message=message,
        sent=from_iso(row["sent_at"]),
    )

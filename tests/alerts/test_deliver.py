"""The dispatchers: frozen messages, retries, pace, independence of channels, and a stop that loses nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import httpx
import pytest

from alerts.deliver import Deliverer
from core.errors import DeliveryError, Failure
from core.model import AlertKind, Delivery
from store import Backend, alerts, channels, outbox
from store.writer import Writer
from tests.conftest import FakeClock


@dataclass
class Scripted:
    """A channel that answers as told: an exception to raise, an event to wait for, or nothing."""

    name: str
    script: list[object] = field(default_factory=list)
    got: list[Delivery] = field(default_factory=list)
    pace: timedelta = timedelta()
    deadline: timedelta = timedelta(hours=72)

    def targets(self) -> tuple[str, ...]:
        return ("",)

    async def send(self, delivery: Delivery, http: httpx.AsyncClient, now: datetime) -> None:
        self.got.append(delivery)
        step = self.script.pop(0) if self.script else None
        if isinstance(step, asyncio.Event):
            await step.wait()
        elif isinstance(step, Exception):
            raise step


@pytest.fixture
async def writer(store: Backend) -> AsyncIterator[Writer]:
    made = Writer(store)
    yield made
    await made.stop()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


async def deliverer(writer: Writer, clock: FakeClock, http: httpx.AsyncClient, *made: Scripted) -> Deliverer:
    await writer.run(lambda tx: channels.sync(tx, [(c.name, "webhook") for c in made], clock.now()))
    return Deliverer(writer, {c.name: c for c in made}, clock, Random(1), http)


async def put(writer: Writer, clock: FakeClock, n: int, *names: str) -> None:
    now = clock.now()

    def job(tx):  # type: ignore[no-untyped-def]
        alerts.add(tx, f"al_{n}", AlertKind.STORY, "tariffs", f"Title {n}", now=now)
        for name in names:
            outbox.put(tx, f"al_{n}", name, "", now=now, next_at=now, deadline=now + timedelta(hours=72))

    await writer.run(job)


async def states(writer: Writer) -> list[str]:
    found = await writer.run(lambda tx: outbox.rows(tx, state=None, channel=None, limit=50))
    return sorted(r["state"] for r in found)


async def test_every_channel_sends_the_same_frozen_message(
    writer: Writer, clock: FakeClock, http: httpx.AsyncClient
) -> None:
    desk, mail = Scripted("desk"), Scripted("mail")
    made = await deliverer(writer, clock, http, desk, mail)
    await put(writer, clock, 1, "desk", "mail")
    assert await made.deliver_one("desk")
    await writer.run(lambda tx: tx.run("UPDATE alerts SET title = 'Changed since'"))
    assert await made.deliver_one("mail")
    assert desk.got[0].message == mail.got[0].message
    assert desk.got[0].message.title == "Title 1"
    assert await states(writer) == ["sent", "sent"]
    assert not await made.deliver_one("desk")


async def test_an_update_replies_to_its_alerts_delivery_on_the_same_channel(
    writer: Writer, clock: FakeClock, http: httpx.AsyncClient
) -> None:
    desk, mail = Scripted("desk"), Scripted("mail")
    made = await deliverer(writer, clock, http, desk, mail)
    await put(writer, clock, 1, "desk", "mail")
    await writer.run(
        lambda tx: alerts.add(tx, "al_2", AlertKind.UPDATE, "tariffs", "More", now=clock.now(), parent_id="al_1")
    )
    await put(writer, clock, 2, "desk", "mail")
    await writer.run(lambda tx: tx.run("UPDATE deliveries SET target = 'a@example.org' WHERE channel = 'mail'"))
    for name in ("desk", "desk", "mail", "mail"):
        assert await made.deliver_one(name)
    for channel in (desk, mail):
        story, update = sorted(channel.got, key=lambda d: d.alert_id)
        assert story.reply_to is None
        assert update.reply_to == outbox.delivery_id("al_1", channel.name, story.target, 0)
        assert update.message.parent == story.alert_id
    assert {d.target for d in mail.got} == {"a@example.org"}
    assert desk.got[0].id == desk.got[1].reply_to


async def test_a_retry_carries_the_same_id_and_text(writer: Writer, clock: FakeClock, http: httpx.AsyncClient) -> None:
    desk = Scripted("desk", [DeliveryError("500", Failure.TRANSIENT, status=500)])
    made = await deliverer(writer, clock, http, desk)
    await put(writer, clock, 1, "desk")
    await made.deliver_one("desk")
    assert not await made.deliver_one("desk")
    clock.move(seconds=7)
    assert await made.deliver_one("desk")
    assert desk.got[0].id == desk.got[1].id
    assert desk.got[0].message == desk.got[1].message
    assert [d.attempts for d in desk.got] == [1, 2]
    assert await states(writer) == ["sent"]


async def test_a_refused_message_is_degraded_then_dead_and_blocks_nobody(
    writer: Writer, clock: FakeClock, http: httpx.AsyncClient
) -> None:
    refused = [DeliveryError("400", Failure.REJECTED), DeliveryError("400", Failure.REJECTED)]
    desk = Scripted("desk", list(refused))
    made = await deliverer(writer, clock, http, desk)
    await put(writer, clock, 1, "desk")
    clock.move(seconds=1)
    await put(writer, clock, 2, "desk")
    for _ in range(3):
        assert await made.deliver_one("desk")
    assert [d.degraded for d in desk.got] == [False, True, False]
    assert await states(writer) == ["dead", "sent"]


async def test_a_fault_of_ours_while_rendering_is_no_loss(
    writer: Writer, clock: FakeClock, http: httpx.AsyncClient
) -> None:
    desk = Scripted("desk", [ZeroDivisionError("bug")])
    made = await deliverer(writer, clock, http, desk)
    await put(writer, clock, 1, "desk")
    await made.deliver_one("desk")
    assert await made.deliver_one("desk")
    assert desk.got[1].degraded
    assert await states(writer) == ["sent"]


async def test_a_slow_down_is_obeyed_by_the_whole_channel(
    writer: Writer, clock: FakeClock, http: httpx.AsyncClient
) -> None:
    desk = Scripted("desk", [DeliveryError("429", Failure.SLOW_DOWN, retry_after=timedelta(seconds=9))])
    made = await deliverer(writer, clock, http, desk)
    await put(writer, clock, 1, "desk")
    await put(writer, clock, 2, "desk")
    await made.deliver_one("desk")
    clock.move(seconds=8)
    assert not await made.deliver_one("desk")
    clock.move(seconds=1)
    assert await made.deliver_one("desk")
    assert await made.deliver_one("desk")


async def test_a_channels_pace_is_kept(writer: Writer, clock: FakeClock, http: httpx.AsyncClient) -> None:
    made = await deliverer(writer, clock, http, Scripted("desk", pace=timedelta(seconds=1)))
    await put(writer, clock, 1, "desk")
    await put(writer, clock, 2, "desk")
    assert await made.deliver_one("desk")
    assert not await made.deliver_one("desk")
    clock.move(seconds=1)
    assert await made.deliver_one("desk")


async def test_a_hanging_channel_delays_nobody_else(writer: Writer, clock: FakeClock, http: httpx.AsyncClient) -> None:
    hang = asyncio.Event()
    slow, fast = Scripted("slow", [hang]), Scripted("fast")
    made = await deliverer(writer, clock, http, slow, fast)
    await put(writer, clock, 1, "slow", "fast")
    await made.start()
    while not (fast.got and slow.got):
        await asyncio.sleep(0.01)
    hang.set()
    await made.stop()
    assert await states(writer) == ["sent", "sent"]


async def test_what_a_stop_cuts_short_is_sent_at_the_next_start(
    writer: Writer, clock: FakeClock, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.deliver.GRACE", 0.05)
    desk = Scripted("desk", [asyncio.Event()])
    made = await deliverer(writer, clock, http, desk)
    await put(writer, clock, 1, "desk")
    await made.start()
    while not desk.got:
        await asyncio.sleep(0.01)
    await made.stop()
    assert await states(writer) == ["sending"]
    await writer.run(lambda tx: outbox.release_all(tx, clock.now()))
    assert await made.deliver_one("desk")
    assert desk.got[0].id == desk.got[1].id
    assert await states(writer) == ["sent"]


async def test_a_wrong_address_said_twice_breaks_the_channel_and_holds_its_messages(
    writer: Writer, clock: FakeClock, http: httpx.AsyncClient
) -> None:
    gone = DeliveryError("404 no_service", Failure.CONFIG, status=404)
    made = await deliverer(writer, clock, http, Scripted("desk", [gone, gone]))
    await put(writer, clock, 1, "desk")
    await put(writer, clock, 2, "desk")
    await made.deliver_one("desk")
    clock.move(minutes=10)
    await made.deliver_one("desk")
    assert await states(writer) == ["held", "held"]


async def test_errors_are_kept_without_secrets(writer: Writer, clock: FakeClock, http: httpx.AsyncClient) -> None:
    leak = DeliveryError("https://hooks.slack.com/services/T1/B2/canary said no", Failure.TRANSIENT)
    made = await deliverer(writer, clock, http, Scripted("desk", [leak]))
    await put(writer, clock, 1, "desk")
    await made.deliver_one("desk")
    (row,) = await writer.run(lambda tx: tx.all("SELECT last_error FROM deliveries"))
    (kept,) = await writer.run(lambda tx: tx.all("SELECT detail FROM attempts"))
    assert "canary" not in row["last_error"] + kept["detail"]
    assert "said no" in row["last_error"]

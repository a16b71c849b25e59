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
    pages: int = 1

    def targets(self) -> tuple[str, ...]:
        return ("",)

    def parts(self, delivery: Delivery, now: datetime) -> int:
        return self.pages

    async def send(self, delivery: Delivery, http: httpx.AsyncClient, now: datetime) -> str | None:
        self.got.append(delivery)
        step = self.script.pop(0) if self.script else None
        if isinstance(step, asyncio.Event):
            await step.wait()
        elif isinstance(step, Exception):
            raise step
        return step if isinstance(step, str) else None


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


async def test_an_update_is_told_what_the_receiver_called_its_alert(
    writer: Writer, clock: FakeClock, http: httpx.AsyncClient
) -> None:
    desk = Scripted("desk", ["C1:17.1", "C1:17.2"])
    made = await deliverer(writer, clock, http, desk)
    await put(writer, clock, 1, "desk")
    assert await made.deliver_one("desk")
    for number in (2, 3):
        name = f"al_{number}"
        await writer.run(
            lambda tx, name=name: alerts.add(
                tx, name, AlertKind.UPDATE, "tariffs", "More", now=clock.now(), parent_id="al_1"
            )
        )
        await put(writer, clock, number, "desk")
        assert await made.deliver_one("desk")
    assert [d.thread for d in desk.got] == [None, "C1:17.1", "C1:17.1"]  # the alert's, not the other update's


async def test_an_update_of_an_alert_told_in_a_digest_belongs_to_the_digest(
    writer: Writer, clock: FakeClock, http: httpx.AsyncClient
) -> None:
    desk = Scripted("desk", ["C1:17.1"])
    made = await deliverer(writer, clock, http, desk)
    await put(writer, clock, 1, "desk")
    digest, member = (outbox.delivery_id(f"al_{n}", "desk", "", 0) for n in (1, 2))
    assert await made.deliver_one("desk")
    await put(writer, clock, 2, "desk")
    await writer.run(
        lambda tx: tx.run(
            "UPDATE deliveries SET state = 'merged', merged_into = :x WHERE id = :id", x=digest, id=member
        )
    )
    await writer.run(
        lambda tx: alerts.add(tx, "al_3", AlertKind.UPDATE, "tariffs", "More", now=clock.now(), parent_id="al_2")
    )
    await put(writer, clock, 3, "desk")
    assert await made.deliver_one("desk")
    assert (desk.got[1].thread, desk.got[1].reply_to) == ("C1:17.1", digest)


async def test_a_message_of_several_parts_is_several_deliveries_each_sent_once_in_order(
    writer: Writer, clock: FakeClock, http: httpx.AsyncClient
) -> None:
    script = [DeliveryError("500", Failure.TRANSIENT), "C1:17.1", "C1:17.2", DeliveryError("500", Failure.TRANSIENT)]
    desk = Scripted("desk", list(script), pages=3)
    made = await deliverer(writer, clock, http, desk)
    await put(writer, clock, 1, "desk")
    while len(await states(writer)) < 3 or set(await states(writer)) != {"sent"}:
        await made.deliver_one("desk")
        clock.move(seconds=10)
    assert [d.part for d in desk.got] == [0, 0, 1, 2, 2]
    assert [d.thread for d in desk.got] == [None, None, "C1:17.1", "C1:17.1", "C1:17.1"]
    assert len({d.id for d in desk.got}) == 3
    assert {d.message.title for d in desk.got} == {"Title 1"}
    await writer.run(lambda tx: outbox.replay(tx, now=clock.now(), since=clock.now() - timedelta(hours=1)))
    assert not await made.deliver_one("desk")


async def test_of_a_message_refused_as_a_whole_no_other_part_is_made(
    writer: Writer, clock: FakeClock, http: httpx.AsyncClient
) -> None:
    desk = Scripted("desk", [DeliveryError("400", Failure.REJECTED), DeliveryError("400", Failure.REJECTED)], pages=3)
    made = await deliverer(writer, clock, http, desk)
    await put(writer, clock, 1, "desk")
    assert await made.deliver_one("desk")
    assert await made.deliver_one("desk")
    assert await states(writer) == ["dead"]


async def test_a_late_success_of_a_sender_that_lost_its_lease_makes_the_parts_once(
    writer: Writer, clock: FakeClock, http: httpx.AsyncClient
) -> None:
    desk = Scripted("desk", [held := asyncio.Event()], pages=2)
    made = await deliverer(writer, clock, http, desk)
    await put(writer, clock, 1, "desk")
    slow = asyncio.create_task(made.deliver_one("desk"))
    while not desk.got:
        await asyncio.sleep(0.01)
    clock.move(seconds=200)
    assert not await made.deliver_one("desk")  # taken back, due a little later
    clock.move(seconds=10)
    assert await made.deliver_one("desk")
    held.set()
    await slow
    assert await made.deliver_one("desk")
    assert await states(writer) == ["sent", "sent"]
    assert [d.part for d in desk.got] == [0, 0, 1]


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

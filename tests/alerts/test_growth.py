"""Lists of outlets that grow in messages already sent: newest first, paced, best effort, and never in the way."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from random import Random

import httpx
import pytest

from alerts.channels.slack import Options, build
from alerts.deliver import Deliverer
from alerts.growth import EACH, GROWS, LOOK, PAUSE, Growth
from core.errors import DeliveryError, Failure
from core.http import client
from core.model import AlertKind, Delivery, Relation
from core.net import AddressPolicy
from demo.inbox import running
from demo.inbox_state import Inbox
from store import Backend, Tx, alerts, channels, outbox
from store.channels import ChannelHealth
from store.writer import Writer
from tests.conftest import FakeClock


@dataclass
class Changing:
    """A channel that names what it sent, and changes as told: an exception to raise, an event to wait for."""

    name: str = "desk"
    script: list[object] = field(default_factory=list)
    sent: list[Delivery] = field(default_factory=list)
    changed: list[tuple[Delivery, str]] = field(default_factory=list)
    pace: timedelta = timedelta()
    deadline: timedelta = timedelta(hours=72)

    def targets(self) -> tuple[str, ...]:
        return ("",)

    async def send(self, delivery: Delivery, http: httpx.AsyncClient, now: datetime) -> str | None:
        self.sent.append(delivery)
        return f"remote {delivery.alert_id}"

    async def change(self, delivery: Delivery, remote: str, http: httpx.AsyncClient, now: datetime) -> None:
        self.changed.append((delivery, remote))
        step = self.script.pop(0) if self.script else None
        if isinstance(step, asyncio.Event):
            await step.wait()
        elif isinstance(step, Exception):
            raise step

    def names(self) -> list[list[str]]:
        return [[outlet.name for outlet in delivery.message.outlets] for delivery, _ in self.changed]


@pytest.fixture
async def writer(store: Backend) -> AsyncIterator[Writer]:
    made = Writer(store)
    yield made
    await made.stop()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as made:
        yield made


@dataclass
class Desk:
    """A service's alerting half with one channel."""

    writer: Writer
    clock: FakeClock
    deliverer: Deliverer
    growth: Growth
    channel: Changing

    async def alert(self, number: int, kind: AlertKind = AlertKind.STORY) -> None:
        """An alert about one article, sent."""

        def job(tx: Tx) -> None:
            now = self.clock.now()
            article(tx, number * 100, now)
            alerts.add(tx, f"al_{number}", kind, "tariffs", f"Title {number}", now=now, article_id=number * 100)
            alerts.add_article(tx, f"al_{number}", number * 100, Relation.NEW, now)
            outbox.put(tx, f"al_{number}", "desk", "", now=now, next_at=now, deadline=now + timedelta(hours=72))

        await self.writer.run(job)
        assert await self.deliverer.deliver_one("desk")

    async def join(self, number: int, *articles: int, relation: Relation = Relation.COPY) -> None:
        def job(tx: Tx) -> None:
            for one in articles:
                article(tx, number * 100 + one, self.clock.now())
                alerts.add_article(tx, f"al_{number}", number * 100 + one, relation, self.clock.now())

        await self.writer.run(job)

    async def change(self) -> bool:
        return await self.growth.change_one(self.channel)

    async def row(self, number: int = 1) -> dict[str, object]:
        key = outbox.delivery_id(f"al_{number}", "desk", "", 0)
        (found,) = await self.writer.run(lambda tx: tx.all("SELECT * FROM deliveries WHERE id = :id", id=key))
        return dict(found)


def article(tx: Tx, number: int, now: datetime) -> None:
    at = now.isoformat(timespec="milliseconds")
    tx.run(
        "INSERT INTO stories(id, key, title, first_seen_at, updated_at) VALUES (:n, :key, 't', :at, :at)",
        n=number,
        key=str(number),
        at=at,
    )
    tx.run(
        "INSERT INTO articles(id, canonical_url, url, source, site, title, text, extraction, class, first_seen_at,"
        " updated_at, story_id, relation, text_hash) VALUES (:n, :url, :url, 's', :site, 't', 't', 'page', 'live',"
        " :at, :at, :n, 'new', 'h')",
        n=number,
        url=f"https://outlet{number}.example/{number}",
        site=f"Outlet {number}",
        at=at,
    )


@pytest.fixture
async def desk(writer: Writer, clock: FakeClock, http: httpx.AsyncClient) -> Desk:
    channel = Changing()
    await writer.run(lambda tx: channels.sync(tx, [("desk", "slack")], clock.now()))
    made = Deliverer(writer, {"desk": channel}, clock, Random(1), http)
    return Desk(writer, clock, made, made._growth, channel)


async def test_a_message_is_kept_under_the_receivers_name_with_how_many_it_names(desk: Desk) -> None:
    await desk.alert(1)
    row = await desk.row()
    assert (row["state"], row["remote"], row["shown"]) == ("sent", "remote al_1", 1)


async def test_copies_that_join_later_are_named_in_the_message(desk: Desk) -> None:
    await desk.alert(1)
    assert not await desk.change()
    sent_at = desk.clock.now()
    desk.clock.move(seconds=20)
    await desk.join(1, 1, 2)
    assert await desk.change()
    assert desk.channel.names() == [["Outlet 100", "Outlet 101", "Outlet 102"]]
    ((delivery, remote),) = desk.channel.changed
    assert (remote, delivery.sent, delivery.id) == ("remote al_1", sent_at, desk.channel.sent[0].id)
    assert delivery.message.title == "Title 1"
    assert (await desk.row())["shown"] == 3
    desk.clock.move(minutes=2)
    assert not await desk.change()


async def test_what_is_told_in_updates_is_not_added(desk: Desk) -> None:
    await desk.alert(1)
    await desk.join(1, 1, relation=Relation.SAME_STORY)
    assert not await desk.change()
    await desk.join(1, 2)
    assert await desk.change()
    assert desk.channel.names() == [["Outlet 100", "Outlet 102"]]


async def test_an_alert_changes_at_most_once_a_minute(desk: Desk) -> None:
    await desk.alert(1)
    await desk.join(1, 1)
    assert await desk.change()
    await desk.join(1, 2)
    desk.clock.move(seconds=EACH.total_seconds() - 1)
    assert not await desk.change()
    desk.clock.move(seconds=1)
    assert await desk.change()
    assert [len(names) for names in desk.channel.names()] == [2, 3]


async def test_one_message_a_look_and_the_newest_first(desk: Desk) -> None:
    for number in (1, 2, 3):
        await desk.alert(number)
        desk.clock.move(seconds=1)
    for number in (1, 2, 3):
        await desk.join(number, 1)
    looks = [await desk.change() for _ in range(4)]
    assert looks == [True, True, True, False]
    assert [remote for _, remote in desk.channel.changed] == ["remote al_3", "remote al_2", "remote al_1"]


async def test_looks_are_spaced(desk: Desk) -> None:
    for number in (1, 2):
        await desk.alert(number)
        await desk.join(number, 1)
    await desk.growth.look(desk.channel)
    await desk.growth.look(desk.channel)
    assert len(desk.channel.changed) == 1
    desk.clock.move(seconds=LOOK.total_seconds())
    await desk.growth.look(desk.channel)
    assert len(desk.channel.changed) == 2


async def test_after_a_day_a_message_stays_as_it_is(desk: Desk) -> None:
    await desk.alert(1)
    desk.clock.move(seconds=GROWS.total_seconds() + 1)
    await desk.join(1, 1)
    assert not await desk.change()


@pytest.mark.parametrize("kind", [k for k in AlertKind if k is not AlertKind.STORY])
async def test_only_alerts_about_stories_grow(desk: Desk, kind: AlertKind) -> None:
    await desk.alert(1, kind)
    await desk.join(1, 1)
    assert not await desk.change()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE channels SET state = 'broken'",
        "UPDATE channels SET state = 'paused'",
        "UPDATE channels SET configured = 0",
        "UPDATE channels SET fails = 1",
        "UPDATE channels SET blocked_until = '2025-02-05T12:00:00.001+00:00'",
        "UPDATE deliveries SET degraded = 1",
        "UPDATE deliveries SET remote = NULL",
    ],
)
async def test_a_channel_in_trouble_or_at_rest_is_left_alone(desk: Desk, sql: str) -> None:
    await desk.alert(1)
    await desk.join(1, 1)
    await desk.writer.run(lambda tx: tx.run(sql))
    assert not await desk.change()
    assert desk.channel.changed == []


@pytest.mark.parametrize("failure", [Failure.REJECTED, Failure.CONFIG])
async def test_a_change_that_can_never_work_is_tried_once(desk: Desk, failure: Failure) -> None:
    desk.channel.script.append(DeliveryError("message_not_found", failure))
    await desk.alert(1)
    await desk.join(1, 1)
    before = await desk.writer.run(lambda tx: channels.health(tx, "desk"))
    assert await desk.change()
    desk.clock.move(minutes=10)
    assert not await desk.change()
    row = await desk.row()
    assert (row["state"], row["last_error"], row["attempts"]) == ("sent", None, 1)
    assert await desk.writer.run(lambda tx: channels.health(tx, "desk")) == before


@pytest.mark.parametrize(
    ("failure", "hint", "wait"),
    [
        (Failure.TRANSIENT, None, PAUSE),
        (Failure.UNCERTAIN, None, PAUSE),
        (Failure.SLOW_DOWN, timedelta(seconds=90), timedelta(seconds=90)),
        (Failure.SLOW_DOWN, timedelta(), PAUSE),
    ],
)
async def test_a_change_that_may_work_later_waits_and_is_made(
    desk: Desk, failure: Failure, hint: timedelta | None, wait: timedelta
) -> None:
    desk.channel.script.append(DeliveryError("no", failure, retry_after=hint))
    await desk.alert(1)
    await desk.join(1, 1)
    await desk.growth.look(desk.channel)
    desk.clock.move(seconds=max(wait, EACH).total_seconds() - 1)
    if wait > EACH:
        await desk.growth.look(desk.channel)
    assert len(desk.channel.changed) == 1
    desk.clock.move(seconds=1)
    await desk.growth.look(desk.channel)
    assert len(desk.channel.changed) == 2
    assert (await desk.row())["shown"] == 2


async def test_a_fault_of_ours_stops_nothing(desk: Desk) -> None:
    desk.channel.script.append(ZeroDivisionError("bug"))
    await desk.alert(1)
    await desk.join(1, 1)
    await desk.growth.look(desk.channel)
    await desk.alert(2)
    assert (await desk.row(2))["state"] == "sent"


async def test_after_a_change_the_next_message_keeps_to_the_channels_pace(desk: Desk) -> None:
    await desk.alert(1)
    await desk.join(1, 1)
    desk.channel.pace = timedelta(seconds=1)
    assert await desk.change()
    assert desk.growth.rests("desk", desk.clock.now())
    assert not desk.growth.rests("other", desk.clock.now())
    with pytest.raises(AssertionError):
        await desk.alert(2)
    desk.clock.move(seconds=1)
    assert await desk.deliverer.deliver_one("desk")


async def test_a_hanging_change_holds_up_no_message_and_no_stop(desk: Desk) -> None:
    await desk.alert(1)
    await desk.join(1, 1)
    desk.channel.script.append(asyncio.Event())
    await desk.deliverer.start()
    while not desk.channel.changed:
        await asyncio.sleep(0.01)
    now = desk.clock.now()

    def job(tx: Tx) -> None:
        alerts.add(tx, "al_2", AlertKind.STORY, "tariffs", "Title 2", now=now)
        outbox.put(tx, "al_2", "desk", "", now=now, next_at=now, deadline=now + timedelta(hours=72))

    await desk.writer.run(job)
    desk.deliverer.poke()
    while len(desk.channel.sent) < 2:
        await asyncio.sleep(0.01)
    await desk.deliverer.stop()
    assert (await desk.row())["shown"] == 1  # found again after the next start
    desk.clock.move(minutes=1)
    assert await desk.change()
    assert (await desk.row())["shown"] == 2


async def test_a_channel_that_cannot_change_anything_is_not_asked(
    writer: Writer, clock: FakeClock, http: httpx.AsyncClient
) -> None:
    hook = build("desk", Options(url="https://hooks.slack.com/services/T0/B0/x"))
    await writer.run(lambda tx: channels.sync(tx, [("desk", "slack")], clock.now()))
    made = Deliverer(writer, {"desk": hook}, clock, Random(1), http)
    made._grow("desk")
    assert made._growing == {}


async def test_slacks_own_message_grows_and_its_update_goes_into_the_thread(writer: Writer, clock: FakeClock) -> None:
    inbox = Inbox()
    policy = AddressPolicy([ip_network("127.0.0.0/8")])
    async with running(inbox) as at, client(policy, "tests@example.org") as http:
        slack = build("desk", Options(token="xoxb-1", channel="newsroom", api=f"{at.http}/api"))
        await writer.run(lambda tx: channels.sync(tx, [("desk", "slack")], clock.now()))
        made = Deliverer(writer, {"desk": slack}, clock, Random(1), http)
        desk = Desk(writer, clock, made, made._growth, slack)  # type: ignore[arg-type]
        await desk.alert(1)
        clock.move(seconds=2)
        await desk.join(1, 1)
        assert await desk.change()
        await writer.run(
            lambda tx: alerts.add(tx, "al_9", AlertKind.UPDATE, "tariffs", "More", now=clock.now(), parent_id="al_1")
        )
        now = clock.move(seconds=2)
        await writer.run(
            lambda tx: outbox.put(tx, "al_9", "desk", "", now=now, next_at=now, deadline=now + timedelta(hours=72))
        )
        assert await made.deliver_one("desk")
    update, change, post = inbox.log.recent
    assert (post["via"], change["via"], update["via"]) == ("slack", "change", "slack")
    assert "Outlet 101" in str(change["body"])
    assert change["remote"] == post["remote"]
    assert update["body"]["thread_ts"] == post["remote"].partition(":")[2]
    health = await writer.run(lambda tx: channels.health(tx, "desk"))
    assert health == ChannelHealth(blocked_until=now + timedelta(seconds=1))

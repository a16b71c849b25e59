"""Networks that delay, cut, reset and fall silent: each failure is classed right, costs nothing and delays nobody."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from alerts.deliver import Deliverer
from alerts.parts import build_channel
from core.errors import FetchError
from core.http import client, post
from core.model import AlertKind
from core.net import AddressPolicy
from crawler import settings as scrapy_settings
from crawler.fetch import Fetcher
from demo.inbox import Addresses, running
from demo.inbox_state import Inbox, Log
from store import Backend, alerts, channels, outbox
from store.writer import Writer
from tests.conftest import FakeClock
from tests.crawler.crawling import page
from tests.crawler.web import LOOPBACK, answer, serve
from tests.reliability.checker import arrivals
from tests.reliability.proxy import NAMES, Proxy, Toxic, proxy

WALL = 1.0  # seconds for a whole request, for the program's 20
QUIET = 0.4  # seconds without a byte, for the program's 10
MESSAGES = 4
LATENCY = Toxic("latency", seconds=0.1)
SLOW_ANSWER = Toxic("bandwidth", size=2000)
SLICED = Toxic("slicer", size=9)
LATE_END = Toxic("slow_close", seconds=5)
SILENT = Toxic("timeout", seconds=5)
DOWN = Toxic("down")

HTTP = [
    (LATENCY, "sent"), (SLOW_ANSWER, "sent"), (SLICED, "sent"), (Toxic("slicer", "upstream", size=200), "sent"),
    (LATE_END, "sent"), (DOWN, "transient"), (SILENT, "uncertain"), (Toxic("timeout", "upstream", 5), "uncertain"),
    (Toxic("bandwidth", "upstream", size=400), "uncertain"), (Toxic("reset_peer", seconds=0.1), "uncertain"),
    (Toxic("limit_data", size=12), "uncertain"), (Toxic("limit_data", "upstream", size=300), "uncertain"),
]  # fmt: skip
MAIL = [
    (LATENCY, "sent"), (SLOW_ANSWER, "sent"), (SLICED, "sent"), (LATE_END, "sent"), (DOWN, "transient"),
    (SILENT, "transient"), (Toxic("reset_peer"), "transient"), (Toxic("limit_data", size=12), "transient"),
    (Toxic("bandwidth", "upstream", size=1500), "uncertain"), (Toxic("limit_data", "upstream", size=600), "uncertain"),
]  # fmt: skip
CASES = [("webhook", *c) for c in HTTP] + [("slack", *c) for c in HTTP] + [("email", *c) for c in MAIL]
PAGES = [
    (LATENCY, True), (SLICED, True), (Toxic("bandwidth", size=200_000), True), (LATE_END, True), (DOWN, False),
    (SILENT, False), (Toxic("reset_peer"), False), (Toxic("limit_data", size=900), False),
    (Toxic("bandwidth", size=1000), False),
]  # fmt: skip


@dataclass
class Scene:
    """A channel behind a proxy and one beside it, both with messages to send."""

    writer: Writer
    clock: FakeClock
    proxy: Proxy
    inbox: Inbox
    deliverer: Deliverer

    async def rows(self, sql: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.writer.run(lambda tx: tx.all(sql))]

    async def states(self, channel: str) -> Counter[str]:
        return Counter(
            row["state"] for row in await self.rows(f"SELECT state FROM deliveries WHERE channel = '{channel}'")
        )

    async def until(self, channel: str, state: str, number: int = MESSAGES) -> None:
        async with asyncio.timeout(20):
            while (await self.states(channel))[state] < number:
                await asyncio.sleep(0.01)

    def copies(self, channel: str) -> Counter[str]:
        found = arrivals([dict(e) for e in self.inbox.log.recent])
        return Counter(a.id for a in found if a.taken and a.channel == channel)


def configured(kind: str, at: Addresses, port: int) -> Any:
    """A channel whose receiver is behind the proxy, and patience for a test."""
    if kind == "email":
        options = {"smtp": f"smtp://127.0.0.1:{port}", "from": "wire@x.example", "to": ["desk@x.example"]}
        return replace(build_channel("spoilt", kind, options), seconds=WALL)
    path = "/slack/spoilt" if kind == "slack" else "/hook/spoilt"
    return build_channel("spoilt", kind, {"url": f"http://127.0.0.1:{port}{path}"})


def put(tx: Any, made: list[Any], clock: FakeClock) -> None:
    channels.sync(tx, [(c.name, "webhook") for c in made], clock.now())
    for n in range(MESSAGES):
        alerts.add(tx, f"al_{n}", AlertKind.STORY, "tariffs", f"Title {n}", now=clock.now())
        for c in made:
            if c.name == "clear" or n == 0:
                for target in c.targets():
                    outbox.put(tx, f"al_{n}", c.name, target, now=clock.now(), next_at=clock.now(),
                               deadline=clock.now() + timedelta(hours=72))  # fmt: skip


@pytest.fixture
async def http(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setitem(post.__kwdefaults__, "deadline", WALL)
    async with client(AddressPolicy([ip_network("127.0.0.0/8")]), "tests@example.org", timeout=QUIET) as made:
        yield made


@pytest.fixture
async def scene(
    store: Backend, clock: FakeClock, http: httpx.AsyncClient, request: pytest.FixtureRequest
) -> AsyncIterator[Scene]:
    kind = request.node.callspec.params["kind"]
    inbox, writer = Inbox(Log()), Writer(store)
    async with running(inbox) as at, proxy(urlsplit(at.smtp if kind == "email" else at.http).port or 0) as between:
        clear = build_channel("clear", "webhook", {"url": f"{at.http}/hook/clear"})
        made = [configured(kind, at, between.port), clear]
        await writer.run(lambda tx: put(tx, made, clock))
        deliverer = Deliverer(writer, {c.name: c for c in made}, clock, Random(1), http)
        yield Scene(writer, clock, between, inbox, deliverer)
        await deliverer.stop()
        await writer.stop()


@pytest.mark.parametrize(("kind", "toxic", "outcome"), CASES, ids=lambda v: getattr(v, "name", v))
async def test_a_spoilt_channel_is_judged_right_loses_nothing_and_delays_nobody(
    scene: Scene, kind: str, toxic: Toxic, outcome: str
) -> None:
    await scene.proxy.spoil(toxic)
    await scene.deliverer.start()
    await scene.until("clear", "sent")
    if toxic.name == "timeout":
        assert await scene.states("spoilt") == {"sending": 1}  # the others did not wait for it
    await scene.until("spoilt", "sent" if outcome == "sent" else "pending", 1)
    (attempt,) = await scene.rows("SELECT a.outcome FROM attempts a JOIN deliveries d ON d.id = a.delivery_id"
                                  " WHERE d.channel = 'spoilt'")  # fmt: skip
    assert attempt == {"outcome": outcome}
    await scene.proxy.spoil()
    scene.clock.move(minutes=1)
    await scene.until("spoilt", "sent", 1)
    (row,) = await scene.rows("SELECT id, uncertain FROM deliveries WHERE channel = 'spoilt'")
    name = {"webhook": "hook", "email": "mail"}.get(kind, kind)
    copies = scene.copies(name)[row["id"]]
    assert row["uncertain"] == (outcome == "uncertain")
    assert 1 <= copies <= (2 if outcome == "uncertain" else 1)


@pytest.mark.parametrize(("toxic", "whole"), PAGES, ids=lambda v: getattr(v, "name", v))
async def test_a_page_comes_whole_or_not_at_all(clock: FakeClock, toxic: Toxic, whole: bool) -> None:
    settings = {**scrapy_settings.service("tests@example.org", 0, WALL, "0")}
    fetcher = Fetcher(settings, LOOPBACK, clock)
    body = page("Convoy reaches the river", "The convoy has reached the river.\n" * 80)
    await fetcher.start()
    try:
        async for site in serve():
            site.routes["/a"] = answer(body)
            async with proxy(site.port) as between:
                url = f"http://127.0.0.1:{between.port}/a"
                assert (await fetcher.get(url)).response.body == body
                await between.spoil(toxic)
                if whole:
                    assert (await fetcher.get(url)).response.body == body
                else:
                    with pytest.raises(FetchError) as caught:
                        await fetcher.get(url)
                    assert type(caught.value) is FetchError  # it passes: the page is asked again
                await between.spoil()
                assert (await fetcher.get(url)).response.body == body
    finally:
        await fetcher.stop()


def test_every_toxic_is_met() -> None:
    assert {toxic.name for _, toxic, _ in CASES} == {toxic.name for toxic, _ in PAGES} == set(NAMES)

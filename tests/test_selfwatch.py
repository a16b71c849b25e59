"""The running service watched by itself: signs of life that stop with its work, troubles told, a start after long."""

import asyncio
import json
import signal
import socket
import sqlite3
import threading
import time
from collections import namedtuple
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.clock import SystemClock, to_iso
from core.model import AlertKind, Delivery
from scheduler import Service
from store import Tx, alerts, meta, outbox, troubles
from store.health import LAST_TICK
from tests.crawler import web as loopback
from tests.serving import Served, serving
from tests.test_service import Running, run, source, write

Disk = namedtuple("Disk", "total used free")
PLENTY = Disk(10**12, 0, 10**11)


@pytest.fixture
def web() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
async def site() -> AsyncIterator[loopback.Site]:
    async for served in loopback.serve():
        yield served


class Listening:
    """The service manager's end of the datagram socket: a thread that reads, for its queue holds ten words only."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.heard: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while (word := self.socket.recv(4096)) != b"enough":
            self.heard.append(word.decode())
        self.socket.close()

    def fed(self) -> int:
        """How often the watchdog was fed so far."""
        return self.heard.count("WATCHDOG=1")

    def close(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"enough", self.path)


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Listening]:
    listening = Listening(tmp_path)
    yield listening
    listening.close()


@asynccontextmanager
async def serviced(path: Path, environ: dict[str, str] | None = None, **given: Any) -> AsyncIterator[Service]:
    service = Service(path, environ or {}, usage=lambda _: given.get("disk", PLENTY))
    await service.start()
    try:
        yield service
    finally:
        async with asyncio.timeout(10):
            await service.stop()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.02)


async def read(service: Service, sql: str, **params: Any) -> list[Any]:
    return await service._writer.run(lambda tx: tx.all(sql, **params))


def watched(manager: Listening) -> dict[str, str]:
    return {"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "200000"}


async def test_the_service_manager_hears_of_every_step(tmp_path: Path, manager: Listening) -> None:
    path = write(tmp_path)
    async with serviced(path, watched(manager)) as service:
        await until(lambda: manager.fed() > 1)
        await service.reload()
        await service._mind()
    steps = [said for said in manager.heard if said != "WATCHDOG=1"]
    assert steps == [
        "READY=1\nSTATUS=watching 0 sources",
        "RELOADING=1",
        "READY=1",
        "STATUS=watching 0 sources; no trouble",
        "STOPPING=1",
    ]


async def test_a_wedged_tick_stops_the_feeding_and_the_heartbeat(
    tmp_path: Path, manager: Listening, site: loopback.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.heartbeat.TICK", timedelta(seconds=2))
    site.routes["/beat"] = loopback.answer("OK")
    path = write(tmp_path, health={"heartbeat": f"{site.base}/beat", "every": "1s"})
    async with serviced(path, watched(manager)) as service:
        await until(lambda: len(site.hits) > 1 and manager.fed() > 0)
        async with service._ticking:
            await asyncio.sleep(3)
            beats, fed = len(site.hits), manager.fed()
            await asyncio.sleep(1.5)
            assert (manager.fed(), len(site.hits)) == (fed, beats)
        await until(lambda: len(site.hits) > beats and manager.fed() > fed)


async def test_a_wedged_writer_stops_the_feeding(tmp_path: Path, manager: Listening) -> None:
    """Whatever waits for the database waits for ever: the thread that writes hangs for real."""
    release = threading.Event()
    async with serviced(write(tmp_path), watched(manager)) as service:
        await until(lambda: manager.fed() > 0)
        hanging = asyncio.create_task(service._writer.run(lambda tx: release.wait(20)))
        await asyncio.sleep(0.5)
        fed = manager.fed()
        await asyncio.sleep(0.7)
        assert manager.fed() == fed
        release.set()
        await hanging
        await until(lambda: manager.fed() > fed)


async def test_a_wedged_dispatcher_stops_the_feeding(
    tmp_path: Path, manager: Listening, site: loopback.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.deliver.LEASE", timedelta(seconds=1))
    monkeypatch.setattr("alerts.deliver.LEAST_LEASE", timedelta())
    monkeypatch.setattr("alerts.heartbeat.LEASE_OVER", timedelta(seconds=0.2))
    site.routes["/beat"] = loopback.answer("OK")
    path = write(tmp_path, health={"heartbeat": f"{site.base}/beat", "every": "1s"})
    release = asyncio.Event()

    class Wedged:
        name, deadline, pace = "console", timedelta(hours=72), timedelta()

        def targets(self) -> tuple[str, ...]:
            return ("",)

        async def send(self, delivery: Delivery, http: httpx.AsyncClient, now: object) -> None:
            await release.wait()  # no deadline of its own: what no channel may do

    async with serviced(path, watched(manager)) as service:
        await service._deliverer.replace({"console": Wedged()})  # type: ignore[dict-item]
        await until(lambda: manager.fed() > 0)
        await service._writer.run(lambda tx: put(tx, 1))
        service._deliverer.poke()
        await asyncio.sleep(2)
        beats, fed = len(site.hits), manager.fed()
        await asyncio.sleep(1.5)
        assert (manager.fed(), len(site.hits)) == (fed, beats)
        release.set()
        await until(lambda: len(site.hits) > beats and manager.fed() > fed)


def put(tx: Tx, number: int, *, state: str = "pending", digest: str | None = None) -> None:
    """An alert of the rule and its message to the console."""
    now = SystemClock().now()
    alerts.add(tx, f"al_{number}", AlertKind.STORY, "tariffs", f"Title {number}", now=now)
    outbox.put(
        tx, f"al_{number}", "console", "", now=now, next_at=now, deadline=now + timedelta(days=3), state=state,
        digest=digest, reason=digest,
    )  # fmt: skip


async def test_a_disk_that_fills_up_is_told_and_so_is_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.notices.EACH", timedelta())
    async with serviced(write(tmp_path), disk=Disk(10**12, 0, 10**8)) as service:
        await service._mind()
        await service._mind()
        said = ""
        async with asyncio.timeout(20):
            while "The disk is nearly full" not in said:
                said += capsys.readouterr().out
                await asyncio.sleep(0.05)
        assert "100 MB (0.0 %) left" in said
        service._selfwatch._usage = lambda _: PLENTY
        await service._mind()
        async with asyncio.timeout(20):
            while "The disk has room again" not in said:
                said += capsys.readouterr().out
                await asyncio.sleep(0.05)
        assert said.count("The disk is nearly full") == 1
        rows = await service._writer.run(lambda tx: troubles.listing(tx, 9))
        assert [(r["kind"], r["ended_at"] is None) for r in rows] == [("disk_low", False)]


async def test_after_a_long_time_off_what_came_meanwhile_is_told_together(tmp_path: Path, site: loopback.Site) -> None:
    from tests.test_service import show_feed, until_idle

    wire = {"name": "wire", "kind": "feed", "url": f"{site.base}/feed", "every": "1h"}
    path = write(tmp_path, sources=[wire])
    show_feed(site, "/old")
    async with serviced(path) as service:
        await until(lambda: "/old" in site.paths())
        await until_idle(service)
        await service._mind()
        long_ago = to_iso(service._clock.now() - timedelta(hours=30))
        await service._writer.run(lambda tx: meta.keep(tx, LAST_TICK, long_ago))
    show_feed(site, "/a", "/b", "/old")
    async with serviced(path) as service:
        await service.poll_all()
        await until(lambda: {"/a", "/b"} <= set(site.paths()))
        await until_idle(service)
        rows = await read(service, "SELECT class FROM entries WHERE url LIKE '%/a' OR url LIKE '%/b'")
        assert [r["class"] for r in rows] == ["burst", "burst"]
        rows = await read(service, "SELECT state, digest FROM deliveries WHERE channel = 'console'")
        assert [(r["state"], r["digest"]) for r in rows] == [("held", "burst")] * len(rows)
        assert rows
        await service._mind()
        rows = await read(service, "SELECT title FROM alerts WHERE kind = 'health'")
        assert [r["title"] for r in rows] == ["The service was not running"]


async def test_stopping_waits_for_no_heartbeat_and_tears_no_digest_apart(tmp_path: Path, site: loopback.Site) -> None:
    async def hang(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    site.routes["/beat"] = hang
    path = write(tmp_path, health={"heartbeat": f"{site.base}/beat"})
    service = Service(path, {}, usage=lambda _: PLENTY)
    await service.start()
    await until(lambda: len(site.hits) == 1)

    def hold(tx: Tx) -> None:
        for number in range(2000):
            put(tx, number, state="held", digest="burst")

    await service._writer.run(hold)
    tick = asyncio.create_task(service.tick())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await service.stop()
    await tick
    found = sqlite3.connect(tmp_path / "wire.db")
    states = dict(found.execute("SELECT state, COUNT(*) FROM deliveries GROUP BY state").fetchall())
    found.close()
    assert states.get("merged", 0) + states.get("held", 0) == 2000
    assert states.get("merged", 0) in (0, 2000)


def test_sigterm_ends_the_service_while_slack_and_the_heartbeat_hang(tmp_path: Path, web: Served) -> None:
    """Both receivers accept and never answer."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        deaf.settimeout(30)
        base = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        web.feed("Old tariff news")
        path = write(
            tmp_path,
            sources=[source(web)],
            health={"heartbeat": f"{base}/beat"},
            channels=[{"name": "console", "kind": "slack", "url": f"{base}/services/x"}],
        )
        with Running(path) as service:
            service.wait_for("first read, 1 entries")
            web.feed("New tariff news", "Old tariff news")
            methods = set()
            while "POST" not in methods:  # the message is under way
                peer = deaf.accept()[0]
                methods.add(peer.recv(4).decode())
                held.append(peer)
            said = service.stop()
    for peer in held:
        peer.close()
    assert "Traceback" not in said
    assert json.loads(run(path, "status", "--json").stdout)["deliveries"] in ({"sending": 1}, {"pending": 1})


def test_systemd_sees_ready_and_stopping_of_a_service_of_its_own(
    tmp_path: Path, web: Served, manager: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", manager.path)
    monkeypatch.setenv("WATCHDOG_USEC", "1000000")
    web.feed("Old tariff news")
    path = write(tmp_path, sources=[source(web)])
    with Running(path) as service:
        service.wait_for("first read, 1 entries")
        time.sleep(1.2)
        service.process.send_signal(signal.SIGHUP)
        service.wait_for("configuration reloaded")
        service.stop()
    words = manager.heard
    assert words[0] == "READY=1\nSTATUS=watching 1 sources"
    assert words[-1] == "STOPPING=1"
    assert words.count("WATCHDOG=1") >= 2
    assert words.index("RELOADING=1") < words.index("READY=1")


async def test_a_single_pass_takes_no_note_of_the_time_between_passes(tmp_path: Path) -> None:
    def age(tx: Tx) -> None:
        meta.keep(tx, LAST_TICK, to_iso(SystemClock().now() - timedelta(days=3)))

    path = write(tmp_path)
    for _ in range(2):
        service = Service(path, {}, resident=False, usage=lambda _: PLENTY)
        await service.start()
        rows = await service._writer.run(lambda tx: troubles.listing(tx, 9))
        assert rows == []
        await service._writer.run(age)
        assert {job.id for job in service._ticks.get_jobs()} == {"tick", "sweep", "reload"}
        await service.stop()

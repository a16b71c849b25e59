"""Signs of life: given while work progresses, withheld when it does not, and never in anybody's way."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from alerts.heartbeat import Progress, Signs, ping, silent, stuck
from core.clock import SystemClock
from core.errors import StoreError
from core.frames import HealthFrame
from core.http import client
from core.net import AddressPolicy
from core.net import Network as Allowed
from core.systemd import Manager
from store.health import ChannelFact, PollFact
from tests.crawler import web

NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STEPS = {"fast": MINUTE, "slow": 6 * HOUR}


def channel(**changes: Any) -> ChannelFact:
    return replace(
        ChannelFact("slack", "enabled", 0, None, None, None, "", 0, None, None, None, None, told=False), **changes
    )


def progress(*channels: ChannelFact, **changes: Any) -> Progress:
    polls = PollFact(("fast",), NOW - MINUTE)
    return replace(Progress(NOW - DAY, SECOND, False, polls, channels), **changes)


LATE = NOW - 20 * MINUTE


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (progress(), None),
        (progress(tick_age=30 * SECOND), None),
        (progress(tick_age=31 * SECOND), "has not looked around for 31 s"),
        (progress(polls=PollFact(("fast",), NOW - 15 * MINUTE)), None),
        (progress(polls=PollFact(("fast",), NOW - 16 * MINUTE)), "no poll has ended since 11:44 UTC"),
        (progress(polls=PollFact((), NOW - DAY)), None),  # nothing is due
        (progress(polls=PollFact(("fast", "slow"), NOW - 12 * HOUR)), None),
        (progress(polls=PollFact(("slow",), NOW - 13 * HOUR)), "no poll has ended"),
        (progress(polls=PollFact(("fast",), None), started_at=NOW - MINUTE), None),
        (
            progress(polls=PollFact(("fast",), NOW - DAY), started_at=NOW - MINUTE),
            None,
        ),  # what was before does not count
        (progress(polls=PollFact(("fast",), NOW - DAY), paused=True), None),  # a restart mends no disk
        (progress(channel(lease_over_since=NOW - MINUTE)), None),
        (progress(channel(lease_over_since=NOW - 61 * SECOND)), "does not come back from a message"),
        (progress(channel(lease_over_since=NOW - DAY), started_at=NOW - SECOND), None),
        (progress(channel(due_since=NOW - 15 * MINUTE)), None),
        (progress(channel(due_since=LATE)), "the dispatcher of slack takes no message"),
        (progress(channel(due_since=LATE, settled_at=NOW - MINUTE)), None),  # it works through a backlog
        (progress(channel(due_since=LATE, blocked_until=NOW + MINUTE)), None),  # the receiver asked for a rest
        (progress(channel(due_since=LATE, state="paused")), None),
        (progress(channel(due_since=LATE), started_at=NOW - MINUTE), None),
    ],
)
def test_work_is_stuck_only_where_a_restart_could_help(given: Progress, reason: str | None) -> None:
    found = stuck(given, STEPS, NOW)
    assert (found is None) == (reason is None)
    assert reason is None or reason in str(found)
    if reason is not None:
        assert silent(given, STEPS, NOW) == found


RESTING = channel(due_since=LATE, blocked_until=NOW + MINUTE)


@pytest.mark.parametrize(
    ("given", "heard"),
    [
        (progress(RESTING), False),
        (progress(replace(RESTING, told=True)), True),  # another channel has told it
        (progress(replace(RESTING, last_ok_at=NOW - MINUTE)), True),  # messages get through, one by one
        (progress(replace(RESTING, due_since=NOW - MINUTE)), True),
        (progress(channel(state="broken", waiting=3)), False),
        (progress(channel(state="broken", waiting=3, told=True)), True),
        (progress(channel(state="broken")), True),
        (progress(channel(state="paused", due_since=LATE)), True),
        (progress(paused=True), False),
    ],
)
def test_the_heartbeat_stops_where_messages_wait_and_nobody_could_be_told(given: Progress, heard: bool) -> None:
    assert stuck(given, STEPS, NOW) is None
    assert (silent(given, STEPS, NOW) is None) is heard


def loopback() -> AddressPolicy:
    import ipaddress

    allowed: list[Allowed] = [ipaddress.ip_network("127.0.0.0/8")]
    return AddressPolicy(allowed)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with client(loopback(), "test@example.org") as made:
        yield made


@pytest.fixture
async def site() -> AsyncIterator[web.Site]:
    async for served in web.serve():
        yield served


async def test_only_a_success_is_a_heartbeat(http: httpx.AsyncClient, site: web.Site) -> None:
    site.routes["/ok"] = web.answer("OK")
    site.routes["/gone"] = web.answer(status=410)
    site.routes["/moved"] = web.answer(status=302, headers={"Location": f"{site.base}/ok"})
    assert await ping(http, f"{site.base}/ok") is None
    assert await ping(http, f"{site.base}/gone") == "it answered 410"
    assert await ping(http, f"{site.base}/moved") == "it answered 302"
    assert site.paths() == ["/ok", "/gone", "/moved"]


async def test_a_heartbeat_address_that_hangs_is_left_after_its_deadline(
    http: httpx.AsyncClient, site: web.Site
) -> None:
    async def hang(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    site.routes["/hang"] = hang
    assert await ping(http, f"{site.base}/hang", deadline=0.2) == "no answer within 0 s"


async def test_private_addresses_are_refused_and_the_address_is_named_nowhere(site: web.Site) -> None:
    site.routes["/secret-1234"] = web.answer("OK")
    async with client(AddressPolicy(), "test@example.org") as guarded:
        said = await ping(guarded, f"{site.base}/secret-1234")
    assert said is not None
    assert "not an allowed address" in said
    assert site.paths() == []
    async with client(loopback(), "test@example.org") as made:
        for url in (f"{site.base}/nothing-here-1234", "http://127.0.0.1:2/secret-1234"):
            assert "1234" not in str(await ping(made, url))


def alive(**changes: Any) -> Progress:
    """Whatever the clock of this machine says."""
    return progress(polls=PollFact((), None), **changes)


class Watched:
    """Signs of life with a real socket for the service manager and progress that a test may change."""

    def __init__(self, folder: Path, http: httpx.AsyncClient, url: str | None, watchdog: timedelta | None) -> None:
        self.given: Callable[[], Progress] = alive
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(folder / "notify"))
        self.socket.setblocking(False)
        frame = HealthFrame(heartbeat=url, every=timedelta(seconds=1)).model_copy(update={"every": 0.05 * SECOND})
        manager = Manager(str(folder / "notify"), watchdog)
        self.signs = Signs(SystemClock(), http, manager, self.progress, lambda: STEPS, lambda: frame)

    async def progress(self) -> Progress:
        return self.given()

    def fed(self) -> int:
        """How often the watchdog was fed since the last question."""
        count = 0
        while True:
            try:
                count += self.socket.recv(100) == b"WATCHDOG=1"
            except BlockingIOError:
                return count

    async def __aenter__(self) -> "Watched":
        self.signs.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.signs.stop()
        self.socket.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)


async def test_both_signs_stop_with_the_work_and_come_back_with_it(
    tmp_path: Path, http: httpx.AsyncClient, site: web.Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.routes["/beat"] = web.answer("OK")
    async with Watched(tmp_path, http, f"{site.base}/beat", 0.1 * SECOND) as watched:
        await until(lambda: site.paths().count("/beat") > 2)
        await until(lambda: watched.fed() > 0)
        watched.given = lambda: alive(tick_age=MINUTE)
        await until(lambda: "watchdog is not fed" in caplog.text and "no heartbeat is sent" in caplog.text)
        watched.fed()
        beats = len(site.hits)
        await asyncio.sleep(0.5)
        assert (watched.fed(), len(site.hits)) == (0, beats)
        watched.given = alive
        await until(lambda: watched.fed() > 0 and len(site.hits) > beats)
    assert caplog.text.count("watchdog is not fed") == 1
    assert caplog.text.count("no heartbeat is sent") == 1
    assert "the heartbeat is sent again" in caplog.text


async def test_pings_that_fail_are_logged_once(
    tmp_path: Path, http: httpx.AsyncClient, site: web.Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.routes["/beat"] = web.answer(status=500)
    async with Watched(tmp_path, http, f"{site.base}/beat", None):
        await until(lambda: len(site.hits) > 4)
        site.routes["/beat"] = web.answer("OK")
        await until(lambda: "sent again" in caplog.text)
    assert [r.levelno for r in caplog.records if "cannot be reached" in r.message] == [logging.ERROR]


async def test_a_hanging_ping_delays_neither_the_watchdog_nor_the_end(
    tmp_path: Path, http: httpx.AsyncClient, site: web.Site
) -> None:
    async def hang(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    site.routes["/beat"] = hang
    async with Watched(tmp_path, http, f"{site.base}/beat", 0.1 * SECOND) as watched:
        await until(lambda: len(site.hits) == 1)
        watched.fed()
        await until(lambda: watched.fed() > 0)
        async with asyncio.timeout(2):
            await watched.signs.stop()


async def test_a_writer_that_hangs_is_no_life(tmp_path: Path, http: httpx.AsyncClient, site: web.Site) -> None:
    site.routes["/beat"] = web.answer("OK")
    watched = Watched(tmp_path, http, f"{site.base}/beat", 0.1 * SECOND)

    async def never() -> Progress:
        await asyncio.Event().wait()
        raise AssertionError

    watched.signs._progress = never
    async with watched:
        await asyncio.sleep(0.5)
        assert (watched.fed(), site.hits) == (0, [])


async def test_a_database_that_refuses_keeps_the_watchdog_fed_and_the_heartbeat_silent(
    tmp_path: Path, http: httpx.AsyncClient, site: web.Site, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> Progress:
        raise StoreError("wire.db: disk is full")

    site.routes["/beat"] = web.answer("OK")
    watched = Watched(tmp_path, http, f"{site.base}/beat", 0.1 * SECOND)
    watched.given = refuse
    async with watched:
        await until(lambda: watched.fed() > 0)
        await until(lambda: "no heartbeat is sent: wire.db: disk is full" in caplog.text)
    assert site.hits == []


async def test_a_fault_of_ours_ends_no_sign_of_life_for_ever(
    tmp_path: Path, http: httpx.AsyncClient, site: web.Site, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble() -> Progress:
        raise RuntimeError("stumbled")

    site.routes["/beat"] = web.answer("OK")
    watched = Watched(tmp_path, http, f"{site.base}/beat", None)
    watched.given = stumble
    async with watched:
        await until(lambda: "the heartbeat stumbled" in caplog.text)
        watched.given = alive
        await until(lambda: len(site.hits) > 0)

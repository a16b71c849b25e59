"""The service as its operator meets it: starting, refusing, reloading, offline, full disk, and stopping."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.model import Entry, EntryClass
from scheduler import Service
from store import Tx, entries
from store.backends.sqlite import SqliteBackend
from tests.crawler import web as loopback
from tests.crawler.crawling import page, rss
from tests.serving import ARTICLE, Served, serving

BASE: dict[str, Any] = {
    "database": "wire.db",
    "contact": "test@example.org",
    "allow_networks": ["127.0.0.0/8"],
    "fetch": {"delay": "0s"},
    "rules": [{"name": "tariffs", "query": "tariff", "channels": ["console"], "wait": "0s"}],
    "channels": [{"name": "console", "kind": "console"}],
}


@pytest.fixture
def web() -> Iterator[Served]:
    with serving() as served:
        yield served


def write(folder: Path, **changes: Any) -> Path:
    path = folder / "config.yaml"
    path.write_text(json.dumps({**BASE, **changes}))  # JSON is YAML
    return path


def source(web: Served, **changes: Any) -> dict[str, Any]:
    return {"name": "wire", "kind": "feed", "url": f"{web.base}/feed", "every": "1s", **changes}


def command(path: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "cli", "--config", str(path), *arguments]


def run(path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
    return subprocess.run(command(path, *arguments), capture_output=True, text=True, timeout=60, env=env)


class Running:
    """A service in a process of its own, whose words are read as they come."""

    def __init__(self, path: Path, *arguments: str) -> None:
        self.out = path.parent / "out.txt"
        self.file = self.out.open("w")
        self.process = subprocess.Popen(
            command(path, "run", *arguments),
            stdout=self.file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    def wait_for(self, words: str, seconds: float = 30) -> str:
        deadline = time.monotonic() + seconds
        while words not in (said := self.out.read_text()):
            assert self.process.poll() is None, said
            assert time.monotonic() < deadline, f"{words!r} was not said:\n{said}"
            time.sleep(0.05)
        return said

    def stop(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=10) == 0
        self.file.close()
        return self.out.read_text()

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def test_news_after_the_first_read_reaches_the_console(tmp_path: Path, web: Served) -> None:
    web.feed("Old tariff news")
    with Running(write(tmp_path, sources=[source(web)])) as service:
        service.wait_for("first read, 1 entries")
        web.feed("New tariff news", "Old tariff news")
        service.wait_for("New tariff news")
        said = service.stop()
    assert "Old tariff news" not in said
    assert "Traceback" not in said
    status = run(tmp_path / "config.yaml", "status", "--json")
    assert json.loads(status.stdout)["deliveries"] == {"sent": 1}
    assert json.loads(status.stdout)["relooks"]["planned"] == 1
    assert "Relooks     1 planned, 0 overdue" in run(tmp_path / "config.yaml", "status").stdout
    found = run(tmp_path / "config.yaml", "articles", "search", "tariff", "--json")
    assert len(json.loads(found.stdout)) == 2


def test_offline_is_said_once_and_the_service_keeps_running(tmp_path: Path) -> None:
    dead = [{"name": f"s{n}", "kind": "feed", "url": f"http://127.0.0.1:{n}/", "every": "1s"} for n in (2, 3, 4)]
    with Running(write(tmp_path, sources=dead)) as service:
        service.wait_for("seems to be offline")
        time.sleep(2)
        said = service.stop()
    assert said.count("seems to be offline") == 1
    assert "cannot be read" not in said


def test_one_dead_source_is_named_once(tmp_path: Path, web: Served) -> None:
    web.feed("Old tariff news")
    dead = {"name": "dead", "kind": "feed", "url": "http://127.0.0.1:2/", "every": "1s"}
    with Running(write(tmp_path, sources=[source(web), dead])) as service:
        service.wait_for("source dead cannot be read")
        time.sleep(2)
        assert service.stop().count("source dead cannot be read") == 1


def test_a_second_service_on_one_database_is_refused(tmp_path: Path, web: Served) -> None:
    web.feed("Old tariff news")
    path = write(tmp_path, sources=[source(web)])
    with Running(path) as service:
        service.wait_for("watching 1 sources")
        second = run(path, "run")
        assert second.returncode == 1
        assert "another service already runs" in second.stderr
        service.stop()


def test_edits_are_taken_up_and_a_bad_one_leaves_the_last_good_in_force(tmp_path: Path, web: Served) -> None:
    web.feed("Old tariff news")
    path = write(tmp_path, sources=[source(web)])
    with Running(path) as service:
        service.wait_for("first read")
        write(tmp_path, sources=[source(web)], rules=[{"name": "broken", "query": "(tariff", "channels": ["console"]}])
        said = service.wait_for("the last good one stays in force")
        assert "the parenthesis is not closed" in said
        web.feed("Steel tariff news", "Old tariff news")
        service.wait_for("Steel tariff news")
        steel = {"name": "votes", "query": "vote", "channels": ["console"], "wait": "0s"}
        write(tmp_path, sources=[source(web)], rules=[*BASE["rules"], steel])
        service.wait_for("configuration reloaded: 1 sources, 2 rules")
        web.feed("Vote on the river", "Steel tariff news", "Old tariff news")
        service.wait_for("votes")
        service.process.send_signal(signal.SIGHUP)
        time.sleep(3)
        assert service.stop().count("configuration reloaded") == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sources": [{"name": "a", "kind": "feed", "url": "https://a.example/", "urll": "x"}]}, "unknown key 'urll'"),
        ({"contact": "${NO_SUCH_VARIABLE}"}, "NO_SUCH_VARIABLE is not set"),
        ({"rules": [{"name": "t", "query": "title:", "channels": ["console"]}]}, "rule t cannot be read"),
        ({"rules": [{"name": "t", "query": "tariff", "channels": ["pager"]}]}, "pager"),
        ({"database": "mysql://x/y"}, "one of sqlite"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_refused_with_its_place(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    done = run(write(tmp_path, **changes), "run")
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_once_polls_reads_sends_and_ends(tmp_path: Path, web: Served) -> None:
    web.feed("First tariff news", "Second tariff news")
    path = write(tmp_path, sources=[source(web, every="10m", alert_newest=1)])
    done = run(path, "once")
    assert (done.returncode, done.stderr) == (0, "")
    assert "First tariff news" in done.stdout
    assert "Second tariff news" not in done.stdout
    assert run(path, "status").returncode == 0


async def test_a_full_disk_pauses_the_service_and_loses_nothing(
    tmp_path: Path, web: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("scheduler.DISK_PAUSE", 0.2)
    monkeypatch.setattr("alerts.deliver.STORE_PAUSE", 0.2)
    monkeypatch.setattr("crawler.due.LEASE", timedelta(seconds=1))
    web.feed("Old tariff news")
    service = Service(write(tmp_path, sources=[source(web)]), {})
    await service.start()
    try:
        backend = service._backend
        assert isinstance(backend, SqliteBackend)

        async def counted(sql: str) -> int:
            return int((await service._writer.run(lambda tx: tx.all(sql)))[0]["n"])

        while await counted("SELECT COUNT(*) AS n FROM articles") < 1:
            await asyncio.sleep(0.05)
        await service._writer.run(lambda tx: tx.all("PRAGMA max_page_count=10"))  # SQLite: not below today's size
        web.feed(*(f"Tariff number {n}" for n in range(60)), "Old tariff news")
        while "free space" not in caplog.text:
            await asyncio.sleep(0.05)
        await service._writer.run(lambda tx: tx.all("PRAGMA max_page_count=1000000"))
        while await counted("SELECT COUNT(*) AS n FROM articles") < 61:
            await asyncio.sleep(0.05)
        assert await counted("SELECT COUNT(*) AS n FROM matches WHERE outcome = 'alerted'") >= 1
    finally:
        await service.stop()


@contextlib.asynccontextmanager
async def watching(folder: Path, ages: str, **changes: Any) -> AsyncIterator[tuple[Service, loopback.Site]]:
    """A service in this process, and the site it watches, where /a is news that was just read."""
    async for site in loopback.serve():
        wire = {"name": "wire", "kind": "feed", "url": f"{site.base}/feed", "every": "1h"}
        path = write(folder, sources=[wire], **changes)
        service = Service(path, {"BORDERWIRE_RELOOK_AGES": ages})
        show_feed(site, "/old")
        await service.start()
        try:
            await service.poll_all()
            await asked(site, "/old")
            show_feed(site, "/a", "/old")
            await service.poll_all()
            await asked(site, "/a")
            yield service, site
        finally:
            await service.stop()


def show_feed(site: loopback.Site, *paths: str) -> None:
    items = [(path, f"Tariff news of {path}", "x") for path in paths]
    site.routes["/feed"] = loopback.answer(rss(*items, base=site.base), headers={"Content-Type": "text/xml"})
    for path in paths:
        site.routes.setdefault(path, loopback.answer(page(f"Tariff news of {path}", f"{path} is new.\n{ARTICLE}")))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.02)


async def asked(site: loopback.Site, path: str) -> None:
    await until(lambda: path in site.paths())


async def until_idle(service: Service) -> None:
    async with asyncio.timeout(30):
        while not await service.idle():
            await asyncio.sleep(0.02)


async def test_nothing_new_waits_for_a_page_that_is_read_again(tmp_path: Path) -> None:
    async with watching(tmp_path, "0.5,1,1.5,2,2.5,3,3.5,4,5,6,7,8") as (service, site):
        release = asyncio.Event()

        async def hang(writer: asyncio.StreamWriter) -> None:
            await release.wait()

        await until_idle(service)
        site.routes["/a"] = hang
        await until(lambda: bool(service._load.relooking))
        await until_idle(service)
        show_feed(site, "/b", "/old")
        await service.poll_all()
        await asked(site, "/b")
        await until_idle(service)
        assert service._load.relooking
        rows = await service._writer.run(lambda tx: tx.all("SELECT title FROM articles ORDER BY id"))
        assert [r["title"] for r in rows] == ["Tariff news of /old", "Tariff news of /a", "Tariff news of /b"]
        release.set()


async def test_without_a_budget_no_page_is_read_again(tmp_path: Path) -> None:
    async with watching(tmp_path, "0.1,0.2,0.3", relooks_per_day=0) as (service, site):
        await until_idle(service)
        await asyncio.sleep(1.5)
        assert site.paths().count("/a") == 1


async def test_no_more_pages_are_read_again_than_the_budget_allows(tmp_path: Path) -> None:
    async with watching(tmp_path, ",".join(str(n / 10) for n in range(1, 600)), relooks_per_day=48) as (service, site):
        await until(lambda: site.paths().count("/a") == 3)  # once for the news, twice for an hour's worth
        for _ in range(5):
            await service.tick()
        assert site.paths().count("/a") == 3


async def test_pages_read_again_take_only_the_room_that_news_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def claim(service: Service, tx: Tx, *urls: str) -> tuple[int, int]:
        now = service._clock.now()
        for url in urls:
            entries.add(tx, "wire", Entry(url=url), digest="d", entry_class=EntryClass.LIVE, look="page", now=now)
        due = service._claim(tx)[0]
        return len(due.todos), len(due.relooks)

    async with watching(tmp_path, "3600") as (service, site):
        await until_idle(service)
        service._ticks.pause()
        async with asyncio.timeout(10):
            while service._runner.running:
                await asyncio.sleep(0.02)

        def claims(tx: Tx) -> list[tuple[int, int]]:
            tx.run("UPDATE entries SET relook_at = first_seen_at WHERE relook_at IS NOT NULL")
            monkeypatch.setattr("crawler.due.LOOKS_A_TICK", 1)
            found = [claim(service, tx, "http://news.example/1")]
            monkeypatch.setattr("crawler.due.LOOKS_A_TICK", 100)
            found.append(claim(service, tx, f"{site.base}/c"))  # its own host has news
            return [*found, claim(service, tx)]

        assert await service._writer.run(claims) == [(1, 0), (1, 0), (0, 1)]

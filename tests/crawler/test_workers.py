"""Workers that pages attack: the task fails in words, the next one works, nothing is left behind."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import ExtractError, ParseError
from core.model import Response
from crawler import workers
from crawler.workers import Workers, _Lost
from tests.crawler import evil

PAGE = "<html><body><article><h1>Bridge closed</h1>" + "<p>The bridge stays closed for repairs today.</p>" * 20
FEED = "<rss version='2.0'><channel><item><title>One</title><link>https://x.org/1</link></item></channel></rss>"


@pytest.fixture
async def pool() -> AsyncIterator[Workers]:
    made = Workers(1)
    yield made
    await made.stop()


async def still_works(pool: Workers) -> bool:
    return isinstance(await pool._run(evil.pid), int)


async def test_pages_and_feeds_are_read_in_workers(pool: Workers) -> None:
    article = await pool.extract(PAGE.encode(), "https://x.org/1", "text/html", None)
    assert "repairs" in article.text
    parsed = await pool.parse("feed", "x", "https://x.org/f", {}, Response("https://x.org/f", 200, {}, FEED.encode()))
    assert [e.url for e in parsed.entries] == ["https://x.org/1"]


async def test_what_cannot_be_read_keeps_its_own_words(pool: Workers) -> None:
    with pytest.raises(ExtractError, match="too little text") as page:
        await pool.extract(b"<html><body>hi</body></html>", "https://x.org/1", "text/html", None)
    with pytest.raises(ParseError, match="instead of a feed") as feed:
        await pool.parse("feed", "wire", "https://x.org/f", {}, Response("https://x.org/f", 200, {}, b"<html></html>"))
    assert page.value.url == "https://x.org/1"
    assert feed.value.source == "wire"


@pytest.mark.parametrize(
    ("task", "arguments", "words"),
    [(evil.allocate, (4096,), "needs more than 1024 MB of memory"), (evil.crash, (), "killed its worker"),
     (evil.kill, (), "killed its worker"), (evil.recurse, (), "goes too deep"),
     (evil.unexpected, (), "failed unexpectedly: LookupError")],
)  # fmt: skip
async def test_a_task_that_breaks_its_worker_fails_in_words_and_the_next_works(
    task: Any, arguments: tuple[Any, ...], words: str, pool: Workers
) -> None:
    for _ in range(2):
        with pytest.raises(_Lost, match=words):
            await pool._run(task, *arguments)
        assert await still_works(pool)


async def test_a_task_gets_its_share_of_cpu_and_no_more(pool: Workers) -> None:
    """Seconds another task used before do not count against this one. The share is 5 s; here 1 s of it."""
    await pool._run(evil.burn, 1.5)
    with pytest.raises(_Lost, match="took more than 5 s of CPU"):
        await pool._run(evil.burn, 60.0, 1)
    assert await still_works(pool)


async def test_a_task_that_hangs_ends_with_the_clock(pool: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WALL_SECONDS", 0.5)
    assert await still_works(pool)
    with pytest.raises(_Lost, match=r"took longer than 0\.5 s"):
        await pool._run(evil.sleep, 60)
    assert await still_works(pool)


async def test_cancelling_whoever_waits_ends_the_work(pool: Workers, tmp_path: Path) -> None:
    note = tmp_path / "note"
    task = asyncio.create_task(pool._run(evil.note_then_sleep, str(note), 2))
    await _until(note.exists)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    worker = int(note.read_text())
    await _until(lambda: not _alive(worker))
    assert await still_works(pool)
    assert note.read_text() == str(worker)


async def test_a_worker_killed_between_two_tasks_is_replaced(pool: Workers) -> None:
    for _ in range(2):
        worker = await pool._run(evil.pid)
        os.kill(worker, signal.SIGKILL)
        await _until(lambda w=worker: not _alive(w))
        await asyncio.sleep(0.3)
        assert await pool._run(evil.pid) != worker


async def test_workers_know_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "https://hooks.example/canary")
    monkeypatch.setenv("TZ", "UTC")
    pool = Workers(1)
    try:
        said, raw = await pool._run(evil.environment)
    finally:
        await pool.stop()
    assert said["PATH"] == os.environ["PATH"]
    assert said["TZ"] == "UTC"
    assert set(said) <= set(workers.KEEP_ENVIRONMENT) | {"LC_CTYPE"}
    assert b"canary" not in raw


async def test_stopping_fails_what_still_waits_instead_of_cancelling_it() -> None:
    pool = Workers(1)
    assert await still_works(pool)
    waiting = [asyncio.create_task(pool._run(evil.sleep, 60)) for _ in range(3)]
    await asyncio.sleep(0.3)
    await pool.stop()
    for result in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(result, _Lost)
    with pytest.raises(ExtractError, match="ended with the service"):
        await pool.extract(b"", "https://x.org", "", None)


async def test_an_idle_pool_stops() -> None:
    await Workers(2).stop()


PARENT = """
import asyncio, sys
from crawler.workers import Workers
from tests.crawler import evil

async def main():
    pool = Workers(2)
    pids = await asyncio.gather(*(pool._run(evil.pid) for _ in range(8)))
    print(*sorted(set(pids)), flush=True)
    await pool._run(evil.burn, 60)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_no_worker_outlives_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    root = Path(workers.__file__).parent.parent
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(root)}
    )
    assert parent.stdout is not None
    pids = [int(p) for p in parent.stdout.readline().split()]
    assert pids
    assert all(_alive(p) for p in pids)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 10
    while any(_alive(p) for p in pids) and time.monotonic() < end:
        time.sleep(0.02)
    assert not [p for p in pids if _alive(p)]


def _alive(pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


async def _until(holds: Any) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.02)

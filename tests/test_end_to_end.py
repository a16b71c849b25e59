"""The real service against the newsroom, killed with SIGKILL again and again: every expected alert arrives, once."""

import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.report import arrivals_of
from demo.run import Demo

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
SETTLE = 60.0  # seconds for the last alert; a fraction of it is needed on an idle machine


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Demo]:
    run = Demo(tmp_path, seed=7, duration=12.0)
    try:
        run.start()
        yield run
    finally:
        run.stop()


def kill_service(run: Demo) -> None:
    child = run.children.pop("service")
    child.send_signal(signal.SIGKILL)
    child.wait()


def wait_for_all(run: Demo) -> None:
    deadline = time.monotonic() + SETTLE
    while time.monotonic() < deadline and (run.verdict().missing or run.report()["deliveries"]["pending"]):
        time.sleep(0.3)


def check(run: Demo, kills: int) -> None:
    """Both sides agree: nothing missing, nothing told twice, repeats only under one id and at most one a kill."""
    found = run.verdict()
    assert found.missing == ()
    assert found.extra == ()
    assert found.repeated <= kills
    mails = Counter(a["body"]["message_id"] for a in run.arrivals() if a["via"] == "mail" and a["status"] < 300)
    assert sum(n - 1 for n in mails.values()) <= kills
    with sqlite3.connect(f"file:{run.database}?mode=ro", uri=True) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        sent = {
            row[0] for row in database.execute("SELECT id FROM deliveries WHERE channel = 'hook' AND state = 'sent'")
        }
        dead = database.execute("SELECT COUNT(*) FROM deliveries WHERE state = 'dead'").fetchone()[0]
    assert sent == {a["id"] for a in arrivals_of(run.arrivals())}
    assert dead == 0


def test_a_kill_in_the_middle_loses_and_repeats_nothing(newsroom: Demo) -> None:
    deadline = time.monotonic() + SETTLE
    while not arrivals_of(newsroom.arrivals()) and time.monotonic() < deadline:
        time.sleep(0.05)
    kill_service(newsroom)
    newsroom.start_service()
    time.sleep(3)
    kill_service(newsroom)
    newsroom.start_service()
    wait_for_all(newsroom)
    check(newsroom, kills=2)


def test_kills_at_the_worst_places_lose_and_repeat_nothing(newsroom: Demo) -> None:
    kill_service(newsroom)
    places = (
        "after_poll:3",
        "after_fetch:2",
        "in_tx_alerts:2",
        "before_commit:3",
        "after_claim:2",
        "after_send",
        "before_ack:2",
        "after_ack",
    )
    for place in places:
        newsroom.start_service(BORDERWIRE_FAILPOINT=place)
        try:
            newsroom.children["service"].wait(timeout=8)
        except Exception:  # the place is not passed any more: all news is told
            kill_service(newsroom)
        else:
            assert newsroom.children.pop("service").returncode == -signal.SIGKILL
    newsroom.start_service()
    wait_for_all(newsroom)
    check(newsroom, kills=len(places) + 2)


def test_sigterm_ends_the_service_and_its_workers_in_time(newsroom: Demo) -> None:
    service = newsroom.children["service"]
    before = time.monotonic()
    service.send_signal(signal.SIGTERM)
    assert service.wait(timeout=10) == 0
    assert time.monotonic() - before < 10
    del newsroom.children["service"]
    while left := [p for p in os.listdir("/proc") if p.isdigit() and _session(p) == service.pid]:
        assert time.monotonic() - before < 12, left  # multiprocessing's own helper ends when its pipe does
        time.sleep(0.05)


def _session(pid: str) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[3])
    except (OSError, IndexError, ValueError):
        return None

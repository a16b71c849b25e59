"""The real service against the newsroom, killed with SIGKILL again and again: every expected alert arrives, once.

The same for edits: a page that changes while the service dies reading it again is told as one update.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from demo.report import arrivals_of
from demo.run import Demo
from tests.serving import ARTICLE, Served, serving

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
        "after_response",
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


AGES = ",".join(str(n) for n in range(1, 120))  # seconds: a page is read again every second
EDIT = "A second tariff on copper follows in May, the ministry added."


@dataclass
class Inbox:
    """What a webhook received, by the id that names a message for ever."""

    port: int = 0
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def kinds(self) -> list[str]:
        """Of different messages, in the order they came."""
        return [data["kind"] for data in dict(self.got).values()]


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    made = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.got.append((self.headers["webhook-id"], body["data"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@dataclass
class Editing:
    """A service that watches one feed, and the page of its one new article."""

    folder: Path
    web: Served
    inbox: Inbox
    service: subprocess.Popen[bytes] | None = None

    def configure(self) -> None:
        config = {
            "database": "wire.db",
            "contact": "test@example.org",
            "allow_networks": ["127.0.0.0/8"],
            "fetch": {"delay": "0s"},
            "relooks_per_day": 1_000_000,
            "sources": [{"name": "wire", "kind": "feed", "url": f"{self.web.base}/feed", "every": "1s"}],
            "rules": [
                {"name": "tariffs", "query": "tariff", "channels": ["hook"], "wait": "0s", "update_every": "each"}
            ],
            "channels": [{"name": "hook", "kind": "webhook", "url": f"http://127.0.0.1:{self.inbox.port}/"}],
        }
        (self.folder / "config.yaml").write_text(json.dumps(config))

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "cli", "--config", str(self.folder / "config.yaml"), "run", "--quiet"]
        self.service = subprocess.Popen(command, env={**os.environ, "BORDERWIRE_RELOOK_AGES": AGES, **environment})
        return self.service

    def kill(self) -> None:
        if self.service is not None and self.service.poll() is None:
            self.service.kill()
            self.service.wait()

    def show(self, *more: str) -> None:
        """The page of the new article with these sentences added."""
        text = f"<h1>New tariff news</h1><p>{ARTICLE}</p>" + "".join(f"<p>{m}</p>" for m in more)
        page = f"<html><head><title>New tariff news</title></head><body><article>{text}</article></body></html>"
        self.web.pages["/new-tariff-news"] = ("text/html", page)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.folder / 'wire.db'}?mode=ro", uri=True) as database:
            return database.execute(sql).fetchall()

    def until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SETTLE
        while not holds():
            assert time.monotonic() < deadline, (self.inbox.got, self.rows("SELECT * FROM revisions"))
            time.sleep(0.05)

    def relooks(self, n: int) -> None:
        """Wait until the page was read again so many times more."""
        asked = self.web.asked.count("/new-tariff-news") + n
        self.until(lambda: self.web.asked.count("/new-tariff-news") >= asked)


@pytest.fixture
def editing(tmp_path: Path, inbox: Inbox) -> Iterator[Editing]:
    """The new article is told, and the service is dead."""
    with serving() as web:
        made = Editing(tmp_path, web, inbox)
        made.configure()
        web.feed("Old news")
        try:
            made.start()
            made.until(lambda: "/old-news" in web.asked)
            web.feed("New tariff news", "Old news")
            made.show()
            made.until(lambda: inbox.kinds() == ["story"])
            made.kill()
            yield made
        finally:
            made.kill()


def test_kills_while_an_edited_page_is_read_again_lose_and_repeat_nothing(editing: Editing) -> None:
    editing.show(EDIT)
    for place in ("after_fetch", "in_tx_alerts", "before_commit"):
        assert editing.start(BORDERWIRE_FAILPOINT=place).wait(timeout=SETTLE) == -signal.SIGKILL
        assert editing.rows("SELECT COUNT(*) FROM revisions WHERE number > 1") == [(0,)]
    editing.start()
    editing.until(lambda: "update" in editing.inbox.kinds())
    editing.relooks(2)
    assert editing.inbox.kinds() == ["story", "update"]
    told = editing.inbox.got[-1][1]
    assert any(EDIT in line for line in told["lines"]), told
    assert editing.rows("SELECT revision FROM articles WHERE title = 'New tariff news'") == [(2,)]
    assert editing.rows("PRAGMA integrity_check") == [("ok",)]
    editing.show()  # A, B, A: nothing new is said
    editing.until(lambda: editing.rows("SELECT MAX(number) FROM revisions") == [(3,)])
    editing.relooks(2)
    assert editing.inbox.kinds() == ["story", "update"]

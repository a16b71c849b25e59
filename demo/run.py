"""The demo: newsroom, inbox, the real service and the desk as processes of their own, joined by one configuration.

newsroom + inbox | config.yaml | service | primed? | news begins | desk | wait | stop | report
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from core.clock import SystemClock, from_iso
from core.errors import BorderwireError
from dashboard import desk
from demo.report import Verdict, verdict
from store import open_store, stats

RULES = [
    {
        "name": "tariffs",
        "query": "tariff OR arancel",
        "should_match": ["Tariffs on steel announced", "México responde a los aranceles"],
        "should_not_match": ["The sheriff spoke"],
    },
    {
        "name": "national-guard",
        "query": '"National Guard" OR "Guardia Nacional"',
        "should_match": ["The National Guard moved north", "La Guardia Nacional llegó a Juárez"],
        "should_not_match": ["A guard at the national park"],
    },
]
READY_SECONDS = 15.0
PRIME_SECONDS = 12.0
TELL_SECONDS = 15.0  # from the last news to its last alert, retries included
STOP_SECONDS = 8.0  # for the service; the newsroom, the inbox and the desk have nothing to finish


class Stopped(BorderwireError):
    """Ctrl-C or SIGTERM came before everything was up."""


@dataclass(slots=True)
class Demo:
    """One run of the demo in a folder of its own."""

    folder: Path
    seed: int = 7
    scale: int = 1
    duration: float = 20.0
    desk_port: int = 0
    say: Callable[[str], None] = print
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    asked_to_stop: threading.Event = field(default_factory=threading.Event)
    started: float = 0.0
    started_at: datetime | None = None
    primed: float = 0.0
    news_began: float = 0.0
    truth: dict[str, Any] = field(default_factory=dict)
    room: dict[str, Any] = field(default_factory=dict)
    inbox: dict[str, Any] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.folder / "borderwire.db"

    def start(self) -> None:
        """Everything up, the sources primed, the news begun. Raises BorderwireError when a part does not come up."""
        self.room = self._launch("newsroom", "--scale", self.scale, "--duration", self.duration, "--seed", self.seed)
        self.inbox = self._launch("inbox")
        self.truth = json.loads((self.folder / "newsroom.truth").read_text())
        self.desk_port = self.desk_port or _free_port()
        self._write_config()
        self.start_service()
        self._wait_primed()
        _post(f"{self.room['control']}/__start")
        self.news_began = time.monotonic()
        self.children["desk"] = desk.start(self.database, self.desk_port)

    def start_service(self, **environment: str) -> None:
        """The very service of `borderwire run`; its console channel prints to this terminal."""
        self.started = self.started or time.monotonic()
        self.started_at = self.started_at or SystemClock().now()
        config = str(self.folder / "config.yaml")
        self._spawn("service", "-m", "cli", "--config", config, "run", "--quiet", environment=environment)

    @property
    def complete(self) -> bool:
        """Whether all news is out and has had the time to be told: only then is something missing."""
        return bool(self.news_began) and time.monotonic() - self.news_began >= self.duration + TELL_SECONDS

    def alive(self) -> str | None:
        """The name of a part that has ended by itself, or None."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def stop(self) -> None:
        """The service first, so that its last messages still find the inbox; then the rest. Within ten seconds."""
        for names in (("service",), tuple(n for n in self.children if n != "service")):
            chosen = [self.children[n] for n in names if n in self.children]
            for child in chosen:
                with contextlib.suppress(ProcessLookupError):
                    child.send_signal(signal.SIGTERM)
            deadline = time.monotonic() + (STOP_SECONDS if names == ("service",) else 1.5)
            for child in chosen:
                try:
                    child.wait(max(0.1, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
        self.children.clear()

    def arrivals(self) -> list[dict[str, Any]]:
        """Everything the inbox has received so far."""
        log = self.folder / "inbox.log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def verdict(self) -> Verdict:
        """What arrived against what had to."""
        return verdict(self.truth["expected"], self.arrivals())

    def report(self) -> dict[str, Any]:
        """The report of DESIGN, section 4, read from the database and the inbox."""
        store = open_store(str(self.database), read_only=True)
        try:
            with store.read() as tx:
                view = stats.overview(tx, SystemClock().now())
        finally:
            store.close()
        found, deliveries = self.verdict(), view["deliveries"]
        return {
            "articles": view["articles"],
            "stories": view["stories"],
            "copies": view["copies"],
            "alerts": view["alerts"],
            "deliveries": {
                "sent": deliveries.get("sent", 0),
                "pending": sum(deliveries.get(s, 0) for s in ("pending", "sending", "held")),
                "dead": deliveries.get("dead", 0),
            },
            "lost": len(found.missing),
            "seconds": round(time.monotonic() - self.started, 1),
            "expected": found.expected,
            "first_alert": self._first_alert(),
            "extra": list(found.extra),
            "missing": list(found.missing),
            "repeated": found.repeated,
        }

    def _first_alert(self) -> float | None:
        """Seconds from the service's start to the first alert in the inbox."""
        times = [from_iso(a["at"]) for a in self.arrivals() if 200 <= a["status"] < 300]
        if not times or self.started_at is None:
            return None
        return round((min(times) - self.started_at).total_seconds(), 1)

    def _write_config(self) -> None:
        channels = [
            {"name": "console", "kind": "console"},
            {"name": "slack", "kind": "slack", "url": f"{self.inbox['http']}/slack/newsroom"},
            {"name": "hook", "kind": "webhook", "url": f"{self.inbox['http']}/hook/newsroom"},
            {"name": "mail", "kind": "email", "smtp": self.inbox["smtp"], "from": "wire@borderwire.example",
             "to": ["desk@newsroom.example"]},
        ]  # fmt: skip
        names = [c["name"] for c in channels]
        rules = [
            {**r, "channels": names, "wait": "2s", "update_every": "8s", "at_most": "100000 in 10m"} for r in RULES
        ]
        config = {
            "database": str(self.database),
            "contact": "demo@borderwire.example",
            "allow_networks": ["127.0.0.0/8"],
            "desk_url": f"http://127.0.0.1:{self.desk_port}",
            "fetch": {"delay": "0s", "timeout": "20s"},
            "sources": self.room["sources"],
            "rules": rules,
            "channels": channels,
        }
        with (self.folder / "config.yaml").open("w") as file:
            YAML().dump(config, file)

    def _wait_primed(self) -> None:
        """Until every source that can be read has had its first poll: from then on what appears is news."""
        deadline = time.monotonic() + PRIME_SECONDS
        while time.monotonic() < deadline:
            self._heed_stop()
            if (dead := self.alive()) is not None:
                raise BorderwireError(f"the {dead} stopped while the demo started; its words stand above")
            with contextlib.suppress(BorderwireError):
                store = open_store(str(self.database), read_only=True)
                try:
                    with store.read() as tx:
                        view = stats.overview(tx, SystemClock().now())
                finally:
                    store.close()
                if view["sources"] and not view["sources"].get("priming"):
                    break
            time.sleep(0.1)
        self.primed = time.monotonic() - self.started

    def _launch(self, name: str, *arguments: object) -> dict[str, Any]:
        ready = self.folder / f"{name}.ready"
        paths = {"--log": f"{name}.log", "--ready": f"{name}.ready"}
        if name == "newsroom":
            paths["--truth"] = f"{name}.truth"
        options = [str(x) for pair in paths.items() for x in (pair[0], self.folder / pair[1])]
        self._spawn(name, "-m", f"demo.{name}", *map(str, arguments), *options)
        deadline = time.monotonic() + READY_SECONDS
        while not ready.exists():
            self._heed_stop()
            if self.alive() == name or time.monotonic() > deadline:
                raise BorderwireError(f"the demo's {name} did not start; its words stand above")
            time.sleep(0.05)
        found: dict[str, Any] = json.loads(ready.read_text())
        return found

    def _heed_stop(self) -> None:
        if self.asked_to_stop.is_set():
            raise Stopped("stopped while starting")

    def _spawn(self, name: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        # a session of its own: Ctrl-C reaches this process alone, which then stops the others in order
        self.children[name] = subprocess.Popen(
            [sys.executable, *arguments],
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
            start_new_session=True,
        )


@contextlib.contextmanager
def folder(keep: Path | None) -> Iterator[Path]:
    """Where the demo writes: `keep`, or a temporary folder that goes with it."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    made = Path(tempfile.mkdtemp(prefix="borderwire-demo-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _post(url: str) -> None:
    with urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=5):
        pass


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

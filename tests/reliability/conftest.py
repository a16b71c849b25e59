"""Fixtures of the proof: a nursery of services, a site, a receiver, and the three joined by a configuration."""

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.nursery import Child, Nursery, nursery
from tests.reliability.receiver import Receiver, receiving
from tests.serving import Served, serving

SETTLE = float(os.environ.get("PROOF_SETTLE", "60"))  # seconds; a fraction of it is needed on an idle machine


@dataclass(slots=True)
class Scene:
    """One feed, one rule, one receiver; the service is started and killed by the test."""

    folder: Path
    made: Nursery
    web: Served
    hook: Receiver
    rule: dict[str, Any] = field(default_factory=dict)
    life: Child | None = None

    @property
    def database(self) -> Path:
        return self.folder / "wire.db"

    def configure(self, **settings: Any) -> None:
        """Write the configuration; what the feed holds at first is news, one entry of it."""
        wire = {"name": "wire", "kind": "feed", "url": f"{self.web.base}/feed", "every": "1s", "alert_newest": 1}
        rule = {"name": "tariffs", "query": "tariff", "channels": ["hook"], "wait": "0s", "update_every": "never",
                "severity": "urgent", "fold": "none", **self.rule}  # fmt: skip
        base = {
            "database": self.database.name,
            "contact": "proof@borderwire.example",
            "allow_networks": ["127.0.0.0/8"],
            "fetch": {"delay": "0s"},
            "relooks_per_day": 0,
            "sources": [wire],
            "rules": [rule],
            "channels": [{"name": "hook", "kind": "webhook", "url": self.hook.url}],
        }
        (self.folder / "config.yaml").write_text(json.dumps({**base, **settings}))

    def start(self, failpoint: str = "", **environ: str) -> Child:
        """A life of the service."""
        self.life = self.made.start(
            self.folder / "config.yaml", self.database, BORDERWIRE_FAILPOINT=failpoint, **environ
        )
        return self.life

    def dies(self, failpoint: str) -> None:
        """A life that ends at a failpoint."""
        child = self.start(failpoint)
        code = child.wait(SETTLE)
        assert code == -9, f"{failpoint} was not passed ({code}); {self.said()}"
        child.kill()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as database:
            return database.execute(sql).fetchall()

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for it."""
        deadline = time.monotonic() + SETTLE
        while not holds():
            assert time.monotonic() < deadline, (self.hook.got, self.said())
            time.sleep(0.02)

    def states(self) -> list[str]:
        """Of all deliveries."""
        return sorted(row[0] for row in self.rows("SELECT state FROM deliveries"))

    def said(self) -> str:
        """What the service wrote."""
        log = self.folder / "service.log"
        return log.read_text() if log.exists() else ""


@pytest.fixture(scope="module")
def services() -> Iterator[Nursery]:
    with nursery() as made:
        yield made


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    with serving() as web:
        yield web


@pytest.fixture
def scene(tmp_path: Path, services: Nursery, site: Served) -> Iterator[Scene]:
    site.pages.clear()
    site.asked.clear()
    with receiving() as hook:
        made = Scene(tmp_path, services, site, hook)
        yield made
        if made.life is not None:
            made.life.kill()

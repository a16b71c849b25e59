"""The real service before a wire that storms, with a real inbox, and a clock that can be moved on."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from core.clock import SystemClock
from demo import inbox as inboxes
from demo.inbox_state import Inbox
from demo.storms import WORD, Wire, running
from scheduler import Service

RULE = {"name": "bulletins", "query": f"title:{WORD}", "channels": ["hook"], "wait": "0s", "fold": "none"}
PATIENCE = 60.0


class Moved(SystemClock):
    """The machine's clock, moved on or set as a test says."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.wrong = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead + self.wrong

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead.total_seconds()

    def move(self, by: timedelta) -> None:
        """So much time passes."""
        self.ahead += by

    def jump(self, by: timedelta) -> None:
        """The wall clock is set, and no time passes."""
        self.wrong += by


@dataclass
class Playing:
    """A service that watches the wire. `play` polls once and waits until everything that brought is settled."""

    path: Path
    wire: Wire
    inbox: Inbox
    clock: Moved
    config: dict[str, Any]
    service: Service | None = None

    @property
    def running(self) -> Service:
        assert self.service is not None
        return self.service

    async def start(self) -> None:
        self.path.write_text(json.dumps(self.config))
        self.service = Service(self.path, {}, clock=self.clock, random=Random(1))
        await self.service.start()

    async def stop(self) -> None:
        if self.service is not None:
            await self.service.stop()
            self.service = None

    async def reload(self, **changes: Any) -> None:
        self.config |= changes
        self.path.write_text(json.dumps(self.config))
        await self.running.reload()

    async def poll(self) -> None:
        before = await self.one("SELECT COUNT(*) AS n FROM polls")
        await self.running.poll_all()
        async with asyncio.timeout(PATIENCE):
            while await self.one("SELECT COUNT(*) AS n FROM polls") == before:
                await asyncio.sleep(0.02)
        await self.settle()

    async def settle(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not await self.running.idle():
                await asyncio.sleep(0.02)

    async def pass_time(self, by: timedelta) -> None:
        """So much time passes, and what was to be told by then is told."""
        self.clock.move(by)
        async with asyncio.timeout(PATIENCE):
            while await self.one(
                "SELECT COUNT(*) AS n FROM deliveries WHERE state = 'held' AND digest IS NOT NULL AND next_at <= :now",
                now=self.clock.now().isoformat(timespec="milliseconds"),
            ):
                await asyncio.sleep(0.02)
        await self.settle()

    async def rows(self, sql: str, **params: Any) -> list[Mapping[str, Any]]:
        return await self.running._writer.run(lambda tx: [dict(r) for r in tx.all(sql, **params)])

    async def one(self, sql: str, **params: Any) -> int:
        return int((await self.rows(sql, **params))[0]["n"])

    async def classes(self) -> Counter[str]:
        """Entries by class, the first poll's left out."""
        rows = await self.rows("SELECT class, COUNT(*) AS n FROM entries WHERE class <> 'backfill' GROUP BY class")
        return Counter({r["class"]: r["n"] for r in rows})

    def told(self, name: str = "hook") -> list[dict[str, Any]]:
        """What a webhook was told, first one first; the same message once however often it came."""
        arrived = [e["body"] for e in reversed(self.inbox.log.recent) if e["name"] == name and e["status"] < 300]
        return [dict(body["data"]) for body in {b["id"]: b for b in arrived}.values()]

    def kinds(self, name: str = "hook") -> Counter[str]:
        return Counter(message["kind"] for message in self.told(name))


@asynccontextmanager
async def playing(folder: Path, **changes: Any) -> AsyncIterator[Playing]:
    """A service that has been started, a wire that shows nothing yet, an inbox that has received nothing."""
    inbox = Inbox()
    async with running() as wire, inboxes.running(inbox) as addresses:
        source = {"name": "wire", "kind": "feed", "url": f"{wire.base}/feed", "every": "5h"}
        hooks = [
            {"name": n, "kind": "webhook", "url": f"{addresses.http}/hook/{n}"} for n in ("hook", "health", "later")
        ]
        config = {
            "database": str(folder / "wire.db"),
            "contact": "test@example.org",
            "allow_networks": ["127.0.0.0/8"],
            "fetch": {"delay": "0s"},
            "relooks_per_day": 0,
            "health": {"channels": ["health"]},
            "sources": [source],
            "rules": [RULE],
            "channels": hooks,
        } | changes
        play = Playing(folder / "config.yaml", wire, inbox, Moved(), config)
        try:
            await play.start()
            yield play
        finally:
            await play.stop()

"""SIGTERM while a message is on its way, again and again: the service ends by itself, and nothing is lost or doubled.

first life: every page read | start, wait for a request, SIGTERM, let the receiver answer, ended? | last life: the rest
"""

import json
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from tests.reliability.nursery import Nursery
from tests.reliability.receiver import Receiver, receiving
from tests.serving import serving

ALLOWED = 30.0  # seconds for a stop
LONGEST = 0.6  # seconds a receiver takes to answer one whose sender was told to stop
PATIENCE = 60.0


@dataclass(slots=True)
class Stops:
    """What came of it."""

    times: int
    lost: int = 0
    doubled: int = 0
    seconds: list[float] = field(default_factory=list)
    codes: set[int | None] = field(default_factory=set)

    @property
    def faults(self) -> list[str]:
        """Every promise that was not kept."""
        return [
            *([f"{self.lost} messages were lost by stops"] if self.lost else []),
            *([f"{self.doubled} messages came twice by stops"] if self.doubled else []),
            *([f"a stop took {max(self.seconds):.1f} s"] if max(self.seconds) > ALLOWED else []),
            *([f"a stop ended with {self.codes}"] if self.codes != {0} else []),
        ]


def stop_again_and_again(
    folder: Path, made: Nursery, times: int, *, seed: int = 7, least: float = 0.0, most: float = LONGEST
) -> Stops:
    """Run it in a folder of its own; the receiver answers `least` to `most` seconds after the SIGTERM."""
    found, random = Stops(times), Random(seed)
    titles = [f"Tariff news number {n}" for n in range(times + 5)]
    with serving() as web, receiving() as hook:
        web.feed(*titles)
        path, database = folder / "config.yaml", folder / "wire.db"
        path.write_text(json.dumps(_config(web.base, hook, len(titles))))
        for _ in range(times):
            hook.gate.clear()
            before = len(hook.got)
            child = made.start(path, database)
            _until(partial(_more, hook, before))
            began = time.monotonic()
            child.signal(signal.SIGTERM)
            time.sleep(random.uniform(least, most))
            hook.gate.set()
            found.codes.add(child.wait(ALLOWED + 1))
            found.seconds.append(time.monotonic() - began)
            child.kill()
        child = made.start(path, database)
        _until(lambda: len(hook.copies) == len(titles))
        child.kill()
        found.lost = sum(not hook.telling(title) for title in titles)
        found.doubled = sum(n - 1 for n in hook.copies.values())
    return found


def _more(hook: Receiver, than: int) -> bool:
    return len(hook.got) > than


def _config(base: str, hook: Receiver, count: int) -> dict[str, object]:
    return {
        "database": "wire.db",
        "contact": "proof@borderwire.example",
        "allow_networks": ["127.0.0.0/8"],
        "fetch": {"delay": "0s"},
        "relooks_per_day": 0,
        "sources": [{"name": "wire", "kind": "feed", "url": f"{base}/feed", "every": "1h", "alert_newest": count}],
        "rules": [{"name": "tariffs", "query": "tariff", "channels": ["hook"], "wait": "0s", "update_every": "never",
                   "severity": "urgent", "fold": "none"}],
        "channels": [{"name": "hook", "kind": "webhook", "url": hook.url}],
    }  # fmt: skip


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("the service did not send what it had to")
        time.sleep(0.005)

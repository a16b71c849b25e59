"""What the inbox remembers: everything that arrived, the faults it is told to have, and its rate limit."""

import asyncio
import json
import os
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from core.clock import to_iso

SHOWN = 400  # entries the page can show; the log file has them all
EVERY_REQUEST = 7  # with faults on, each 7th request of a path that would be accepted is answered 500, once
EVERY_MAIL = 9  # and each 9th mail 451
BURST, PER_SECOND = 3, 1.0  # Slack: about one message a second and webhook, short bursts allowed

Fault = int | str | Mapping[str, Any]  # a status, "drop", "hang", or {"status", "headers", "body"}


class Log:
    """Everything that arrived: one JSON object a line in `path`, and the newest in memory for the page."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.recent: deque[dict[str, Any]] = deque(maxlen=SHOWN)
        self.count = 0
        self._file = None if path is None else os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def add(
        self,
        via: str,
        name: str,
        status: int,
        headers: Mapping[str, str],
        body: Any,
        fault: str = "",
        remote: str = "",
    ) -> None:
        """Record one arrival, accepted or not. Status 0: the connection was dropped after reading.

        `remote` is the name the sender was told for it.
        """
        at = to_iso(datetime.now(UTC))
        entry = {"at": at, "via": via, "name": name, "status": status, "headers": dict(headers), "body": body}
        if fault:
            entry["fault"] = fault
        if remote:
            entry["remote"] = remote
        self.count += 1
        self.recent.appendleft({**entry, "number": self.count})
        if self._file is not None:
            # ASCII only, in one write: a reader that splits lines meanwhile sees whole ones
            os.write(self._file, json.dumps(entry).encode("ascii") + b"\n")

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


class Faults:
    """Which of the next answers go wrong: those scripted for a path first, then every n-th of its own accord."""

    def __init__(self, *, regular: bool) -> None:
        self.regular = regular
        self._scripted: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._accepted: Counter[str] = Counter()
        self._hit: set[str] = set()

    def script(self, path: str, faults: list[Fault]) -> None:
        """The next requests of `path` get these, one each."""
        self._scripted[path].extend(faults)

    def scripted(self, path: str) -> Fault | None:
        """The next scripted fault of a path, taken."""
        queue = self._scripted[path]
        return queue.popleft() if queue else None

    def due(self, path: str, every: int, identity: str) -> bool:
        """Whether this request, which would be accepted, is the n-th of its path. No message is hit twice."""
        self._accepted[path] += 1
        if not self.regular or self._accepted[path] % every or identity in self._hit:
            return False
        self._hit.add(identity)
        return True


class RateLimit:
    """A bucket of tokens per name: a burst of `BURST`, then `PER_SECOND`."""

    def __init__(self, *, enabled: bool, clock: Callable[[], float] = monotonic) -> None:
        self._enabled = enabled
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def allows(self, name: str) -> bool:
        """Take a token, or say that there is none."""
        now = self._clock()
        tokens, since = self._buckets.get(name, (float(BURST), now))
        tokens = min(float(BURST), tokens + (now - since) * PER_SECOND)
        allowed = tokens >= 1 or not self._enabled
        self._buckets[name] = (tokens - 1 if allowed else tokens, now)
        return allowed


@dataclass(slots=True)
class Inbox:
    """The state that the web and the mail server share."""

    log: Log = field(default_factory=Log)
    faults: Faults = field(default_factory=lambda: Faults(regular=False))
    limit: RateLimit = field(default_factory=lambda: RateLimit(enabled=False))
    posted: set[str] = field(default_factory=set)  # Slack's messages, `CHANNEL:TS`
    secret: str = ""  # of the webhooks, `whsec_...`; empty: signatures are not looked at
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

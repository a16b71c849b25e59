"""The demo's inbox with bad luck: refusals, lost acknowledgements and connections that break, as a process.

    python -m tests.reliability.receivers --log inbox.log --ready inbox.ready --seed 7

Its log is a history of its own, which a checker holds against the database. POST /__faults with
`{"path": "calm", "statuses": []}` ends the bad luck.
"""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from demo.inbox import running
from demo.inbox_state import Fault, Faults, Inbox, Log, RateLimit
from tests.reliability.proxy import Toxic, proxy

REFUSED, SLOW, LOST = 0.10, 0.05, 0.05  # shares of the requests: 500 or 451, 429 or 421, read and not acknowledged
BROKEN = 0.05  # share of the connections that are reset before anything is read, or within a mail
CUT = 400  # bytes of an SMTP conversation's answers: within the greeting and the envelope, or after some mails


class Luck(Faults):
    """Each request meets its fault by chance; no message is refused so often that its retries take minutes."""

    def __init__(self, random: Random) -> None:
        super().__init__(regular=False)
        self._random = random
        self.calm = False

    def script(self, path: str, faults: list[Fault]) -> None:
        """`calm` ends it; anything else is scripted as ever."""
        if path == "calm":
            self.calm = True
        else:
            super().script(path, faults)

    def scripted(self, path: str) -> Fault | None:
        if (fault := super().scripted(path)) is not None or self.calm:
            return fault
        mail = path.startswith("/mail/")
        if mail and path != "/mail/content":
            return None
        chance = self._random.random()
        if chance < REFUSED:
            return 451 if mail else 500
        if chance < REFUSED + SLOW:
            return 421 if mail else 429
        return "drop" if chance < REFUSED + SLOW + LOST else None


async def serve(log: Path, ready: Path, seed: int) -> None:
    """Run until SIGTERM."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # who asked was killed: no fault of the server's
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    inbox = Inbox(Log(log), Luck(Random(seed)), RateLimit(enabled=True))
    async with (
        running(inbox) as at,
        proxy(urlsplit(at.http).port or 0) as web,
        proxy(urlsplit(at.smtp).port or 0) as mail,
    ):
        await web.spoil(Toxic("reset_peer", "upstream", toxicity=BROKEN))
        await mail.spoil(Toxic("limit_data", "upstream", size=CUT, toxicity=BROKEN))
        part = ready.with_name(f".{ready.name}.part")
        part.write_text(
            json.dumps(
                {"http": f"http://127.0.0.1:{web.port}", "smtp": f"smtp://127.0.0.1:{mail.port}", "control": at.http}
            )
        )
        os.replace(part, ready)
        await stop.wait()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.receivers")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--ready", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(given.log, given.ready, given.seed))


if __name__ == "__main__":
    main()

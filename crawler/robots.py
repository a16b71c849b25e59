"""robots.txt exactly as RFC 9309 reads it: what one answer means, and for how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

AGENT = "Borderwire"
MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: at least this much must be parsed
FRESH = timedelta(hours=24)
ASK_AGAIN = timedelta(minutes=10)  # while it cannot be read


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host allows until `expires`. `why` is said of everything it forbids; `closed` forbids all."""

    parsed: Protego | None
    closed: bool
    expires: datetime
    why: str = ""
    read_at: datetime | None = None

    def allows(self, url: str, agent: str) -> bool:
        """Whether this address may be fetched."""
        if self.closed:
            return False
        return self.parsed is None or bool(self.parsed.can_fetch(url, agent))

    @property
    def crawl_delay(self) -> float | None:
        """Seconds the host asks for between two requests."""
        if self.parsed is None:
            return None
        found = self.parsed.crawl_delay(AGENT)
        return None if found is None else float(found)


def interpret(status: int | None, body: bytes, now: datetime, known: Rules | None = None) -> Rules:
    """RFC 9309, 2.3.1: 2xx is read, 4xx allows all but 429, everything else and silence forbid all.

    A copy read less than a day ago outlives a server that cannot answer. `status` None means unreachable.
    """
    if status is not None and 200 <= status < 300:
        text = body[:MAX_BYTES].decode("utf-8", "replace")
        return Rules(Protego.parse(text), False, now + FRESH, read_at=now)
    if status is not None and 400 <= status < 500 and status != 429:
        return Rules(None, False, now + FRESH, read_at=now)
    if known is not None and known.read_at is not None and not known.closed and now - known.read_at < FRESH:
        return Rules(known.parsed, False, now + ASK_AGAIN, read_at=known.read_at)
    said = "cannot be reached" if status is None else f"answered {status}"
    return Rules(None, True, now + ASK_AGAIN, why=f"robots.txt {said}, which means stay out (RFC 9309)")

"""robots.txt exactly as RFC 9309 reads it: what one answer means, and for how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

AGENT = "Borderwire"
MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: at least this much must be parsed
FRESH = timedelta(hours=12)  # then it is read again; half of KEPT, so that a copy can outlive a failing server
KEPT = timedelta(hours=24)  # RFC 9309, 2.4: a copy older than a day should not be used
ASK_AGAIN = timedelta(minutes=10)  # while the server answers with an error
LONGEST_DELAY = 60.0  # seconds; some hosts ask for an hour, which would hold a poll for days


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
        """Seconds the host asks for between two requests, at most a minute."""
        if self.parsed is None:
            return None
        found = self.parsed.crawl_delay(AGENT)
        return None if found is None else min(float(found), LONGEST_DELAY)


def interpret(
    status: int | None,
    body: bytes,
    now: datetime,
    known: Rules | None = None,
    wait: timedelta | None = None,
) -> Rules:
    """RFC 9309, 2.3.1: 2xx is read, 4xx allows all but 429, a redirect to nowhere too; all else forbids all.

    A copy read less than a day ago outlives a server that cannot answer. `status` None means unreachable,
    `wait` is the server's Retry-After.
    """
    if status is not None and 200 <= status < 300:
        return Rules(Protego.parse(_text(body)), False, now + FRESH, read_at=now)
    if status is not None and 300 <= status < 500 and status != 429:
        return Rules(None, False, now + FRESH, read_at=now)
    again = now + max(ASK_AGAIN, wait or ASK_AGAIN)
    if known is not None and known.read_at is not None and not known.closed and now - known.read_at < KEPT:
        return Rules(known.parsed, False, min(again, known.read_at + KEPT), read_at=known.read_at)
    said = "cannot be reached" if status is None else f"answered {status}"
    return Rules(None, True, again, why=f"robots.txt {said}, which means stay out (RFC 9309)")


def _text(body: bytes) -> str:
    """The part that is read, cut at a line: half a path would forbid or allow more than was written."""
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES].rpartition(b"\n")[0]
    return body.decode("utf-8", "replace").removeprefix("\ufeff")

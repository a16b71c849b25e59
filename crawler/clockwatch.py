"""Watching the clock (storm protection, L8): a jump of the wall clock moves no timer and judges nobody's age.

begin (at the start) | look (at every tick) | trouble told, timers moved, doubt that passes

Timers go on with the monotonic clock until a jump is believed; then they are moved with it in the same transaction.
Ages (L4, and the dates of a re-issue) are judged again an hour after the last jump. Nothing is lost meanwhile.
"""

import logging
from datetime import timedelta

from core.clock import Change, SteadyClock
from store import Tx, troubles
from store import clock as kept

log = logging.getLogger("borderwire.crawl")
DOUBT = timedelta(hours=1)  # after a jump: how long no age is judged
KEEP = timedelta(minutes=1)  # between two writes of the latest moment; a tick that writes nothing costs no fsync


def begin(tx: Tx, clock: SteadyClock) -> None:
    """At the start: time has been what the database saw last, whatever the machine says. Ask for `now` after this."""
    latest = kept.latest(tx)
    if latest is not None:
        clock.not_before(latest)
    look(tx, clock)


def look(tx: Tx, clock: SteadyClock) -> Change | None:
    """Compare the clocks and settle what was found. Ask for `now` after this: it may have moved."""
    before = clock.now()
    found = clock.look()
    now = clock.now()
    if found is None:
        latest = kept.latest(tx)
        if latest is None or now - latest >= KEEP:
            kept.remember(tx, now)
        return None
    kept.doubt(tx, now + DOUBT)
    if found.what == "jumped":
        said = words(found)
        log.warning("%s", said)
        troubles.record(tx, "clock", "", said, now, now)
    elif found.what == "believed":
        kept.shift(tx, before, now)
        kept.remember(tx, now, backwards=True)
        log.warning("the clock is taken as it is now; everything that waits was moved with it")
    return found


def words(found: Change) -> str:
    """The jump as people read it."""
    seconds = int(abs(found.by).total_seconds())
    size = next(
        f"{seconds // unit} {name}{'s' if seconds // unit > 1 else ''}"
        for unit, name in ((86_400, "day"), (3_600, "hour"), (60, "minute"))
        if seconds >= unit
    )
    way = "back" if found.by < timedelta() else "forward"
    return (
        f"this machine's clock jumped {way} by {size}. Nothing is lost: timers go on as before, and for an hour "
        "no article counts as old. If the new time is wrong, set the clock (timedatectl)"
    )

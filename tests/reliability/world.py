"""The service's transactions on a real database file, one at a time, with receivers that keep their own history.

Between two steps the process may die: what the program held in memory is gone, and what was not committed with it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, cast

from alerts.deliver import Deliverer, Sent, Work
from alerts.digests import retime, tell_digests
from core.errors import DeliveryError
from core.model import Article, Entry
from crawler import gate
from crawler.ingest import Context, ingest
from crawler.poll import _commit
from store import Backend, Tx, channels, entries, open_store, outbox, sources
from store.sources import Definition, Outcome
from tests.alerts.storm import Target, evaluator, rule
from tests.conftest import FakeClock

START = datetime(2025, 2, 5, 12, tzinfo=UTC)
LEASE = timedelta(minutes=5)
STEP = timedelta(minutes=10)
SOURCE = Definition("wire", "feed", "https://wire.example/feed", "1", "en", ())
CONTEXT = Context("wire", "The Wire", "en", ())
PACED = timedelta(seconds=1)


@dataclass(frozen=True)
class Place(Target):
    """A channel as the deliverer knows it; nothing is sent through it."""

    name: str = ""
    pace: timedelta = timedelta()


PLACES = {
    "desk": Place(name="desk", pace=PACED),
    "mail": Place(places=("a@x.example", "b@x.example"), name="mail", deadline=timedelta(hours=120)),
}
RULES = tuple(
    rule(name, *PLACES, wait=timedelta(), update_every="never", fold="none", **more)
    for name, more in (
        ("urgent", {"severity": "urgent"}),
        ("plain", {}),
        ("cooled", {"cooldown": timedelta(minutes=20)}),
        ("hourly", {"digest": "hourly"}),
    )
)


class Died(Exception):
    """The process ended here."""


@dataclass
class World:
    """One database, one clock, one life after the other."""

    path: Path
    clock: FakeClock = field(default_factory=lambda: FakeClock(START))
    published: int = 0  # entries the feed has shown; its ETag is their number
    received: list[tuple[str, str]] = field(default_factory=list)  # channel, id: every copy, in order
    works: dict[str, Work] = field(default_factory=dict)  # what a dispatcher holds
    ghosts: list[Work] = field(default_factory=list)  # sends whose end nobody has heard yet
    random: Random = field(default_factory=lambda: Random(7))
    store: Backend = field(init=False)
    deliverer: Deliverer = field(init=False)

    def __post_init__(self) -> None:
        self.made = evaluator(*RULES, channels=dict(PLACES))
        self.start()
        with self.store.tx() as tx:
            now = self.clock.now()
            _commit(tx, sources.get(tx, "wire"), [], _outcome(now, "0"), 0, STEP)  # primed with nothing

    def start(self) -> None:
        """A new life, as `scheduler.Service` begins one."""
        self.works.clear()
        self.ghosts.clear()
        self.store = open_store(str(self.path), lock=True)
        nothing = cast(Any, None)  # no loop runs here: the test calls the deliverer's transactions itself
        self.deliverer = Deliverer(nothing, cast(Any, PLACES), self.clock, self.random, nothing)
        with self.store.tx() as tx:
            now = self.clock.now()
            sources.sync(tx, [SOURCE], now)
            channels.sync(tx, [(name, "webhook") for name in PLACES], now)
            retime(tx, self.made, now)
            sources.release_claims(tx, now)
            entries.release_claims(tx, now)
            outbox.release_all(tx, now)

    def die(self) -> None:
        """The process is gone, and another begins."""
        self.store.close()
        self.start()

    @contextmanager
    def tx(self, *, dies: bool = False) -> Iterator[Tx]:
        """A transaction; one in which the process dies was never there."""
        try:
            with self.store.tx() as tx:
                yield tx
                if dies:
                    raise Died
        except Died:
            self.die()

    def rows(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        """Rows of a query."""
        with self.store.read() as tx:
            return [dict(row) for row in tx.all(sql, **params)]

    def poll(self, *, dies: bool = False) -> None:
        """The feed is asked with the validator that is stored; only what it does not cover is answered."""
        with self.tx(dies=dies) as tx:
            source, now = sources.get(tx, "wire"), self.clock.now()
            if source.etag == str(self.published):
                return  # 304
            known = int(source.etag or 0)
            found = [Entry(url(n), f"id-{n}", title(n), published=now) for n in range(known + 1, self.published + 1)]
            _commit(tx, source, gate.name(found), _outcome(now, str(self.published)), 0, STEP)

    def look(self, *, dies: bool = False) -> None:
        """One waiting entry becomes an article, with what the rules make of it."""
        with self.tx(dies=dies) as tx:
            now = self.clock.now()
            for todo in entries.claim_todo(tx, now, 1, LEASE):
                n = int(todo.entry.url.rpartition("/")[2])
                article = Article(url(n), url(n), title(n), text(n), language="en")
                ingest(tx, todo, article, CONTEXT, self.made, now)

    def tick(self, *, dies: bool = False) -> None:
        """Digests that are due."""
        with self.tx(dies=dies) as tx:
            tell_digests(tx, self.made, self.clock.now())

    def claim(self, channel: str, *, dies: bool = False) -> Work | None:
        """A dispatcher takes the channel's next delivery, unless it holds one already."""
        if channel in self.works:
            return None
        work: Work | None = None
        with self.tx(dies=dies) as tx:
            work = self.deliverer._claim(tx, channel)
        if work is None or dies:
            return None
        self.works[channel] = work
        return work

    def arrives(self, work: Work) -> None:
        """The receiver has it, whatever the sender hears of that."""
        self.received.append((work.claim.channel, work.claim.id))

    def settle(self, work: Work, found: DeliveryError | Sent, *, dies: bool = False) -> None:
        """The dispatcher writes down how it ended."""
        with self.tx(dies=dies) as tx:
            self.deliverer._settle(tx, work, found)
        self.works = {k: w for k, w in self.works.items() if w is not work}
        self.ghosts = [w for w in self.ghosts if w is not work]

    def run_out(self, until: Callable[[], bool]) -> None:
        """From now on everything works: as long as it takes, and then `until` holds."""
        with self.store.tx():  # one commit for all of it: what is asked here is only whether it ends
            for _ in range(400):
                if until():
                    return
                self.look()
                self.poll()
                self.tick()
                for channel in PLACES:
                    self.clock.move(seconds=2)
                    work = self.works.get(channel) or self.claim(channel)
                    if work is not None:
                        self.arrives(work)
                        self.settle(work, Sent(None))
                self.clock.move(minutes=5)
            left = Counter(d["state"] for d in self.rows("SELECT state FROM deliveries"))
        raise AssertionError(f"it does not end: {left}")


def url(n: int) -> str:
    return f"https://wire.example/{n}"


def title(n: int) -> str:
    return f"Tariff number {n}"


def text(n: int) -> str:
    """Words that no other article has, so that none is a copy."""
    return "A tariff. " + " ".join(f"w{n}x{k}" for k in range(40))


def _outcome(now: datetime, etag: str) -> Outcome:
    return Outcome(at=now, seconds=0.1, next_poll_at=now + STEP, status=200, etag=etag)

"""What is due: polls, entries to look at, and pages to read again in the room that is left.

due sources | waiting entries, hosts in turn | relooks within the day's budget
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.config import Config
from core.urls import netloc
from crawler import placement
from crawler.cadence import interval
from crawler.relook import Budget
from store import Tx, entries, sources
from store.entries import Todo
from store.sources import Source

LEASE = timedelta(minutes=5)  # a poll or a look that takes longer is given to someone else
POLLS_A_TICK = 200
LOOKS_A_TICK = 100
MAX_LOOKS = 200  # entries in work at once: bounds memory however many wait
LOOKS_A_HOST = 20  # of these at most so many of one host, so that its polls come in between and others get room
RELOOKS = 16  # pages being read again at once: what is new finds room whatever hangs there
SWEPT = 200  # rows of each kind a sweep: a few milliseconds of the writer's time
MISSED = timedelta(days=7)  # a relook overdue for so long is given up: the budget does not suffice


@dataclass(frozen=True, slots=True)
class Due:
    """What one tick claimed."""

    polls: Sequence[Source]
    todos: Sequence[Todo]
    relooks: Sequence[Todo]

    @property
    def count(self) -> int:
        return len(self.polls) + len(self.todos) + len(self.relooks)

    def by_host(self) -> dict[str, tuple[list[Source], list[Todo]]]:
        """Polls and looks of each host."""
        hosts: defaultdict[str, tuple[list[Source], list[Todo]]] = defaultdict(lambda: ([], []))
        for source in self.polls:
            hosts[netloc(source.url)][0].append(source)
        for todo in self.todos:
            hosts[host_of(todo)][1].append(todo)
        return dict(hosts)


@dataclass(slots=True)
class Load:
    """What is in work. A page read again is a task of its own, of which a host has one at a time."""

    looking: int = 0  # entries
    busy: set[str] = field(default_factory=set)  # hosts whose entries are in work
    relooking: set[str] = field(default_factory=set)  # hosts of which a page is being read again

    def begin(self, host: str, todos: Sequence[Todo]) -> None:
        """These entries of a host are in work."""
        self.looking += len(todos)
        if todos:
            self.busy.add(host)

    def end(self, todos: Sequence[Todo]) -> None:
        """They are done."""
        self.looking -= len(todos)
        self.busy -= {host_of(t) for t in todos}

    def claim(self, tx: Tx, now: datetime, relooks_per_day: int) -> Due:
        """What is due and finds room, claimed for `LEASE`."""
        room = max(0, min(LOOKS_A_TICK, MAX_LOOKS - self.looking))
        polls = sources.claim_due(tx, now, POLLS_A_TICK, LEASE)
        busy = frozenset(self.busy)
        todos = entries.claim_todo(tx, now, room, LEASE, busy=busy, per_host=LOOKS_A_HOST) if room else []
        busy |= {*self.relooking, *(host_of(t) for t in todos), *(netloc(s.url) for s in polls)}
        return Due(polls, todos, self._relooks(tx, now, room - len(todos), busy, relooks_per_day))

    def _relooks(self, tx: Tx, now: datetime, room: int, busy: Collection[str], per_day: int) -> list[Todo]:
        """Pages to read again, one of a host at a time: its new entries find one of the fetcher's places free."""
        budget = Budget.read(entries.relook_budget(tx), per_day, now)
        limit = min(room, RELOOKS - len(self.relooking), budget.whole)
        if limit <= 0:
            return []
        claimed = entries.claim_relooks(tx, now, limit, LEASE, busy=busy, per_host=1)
        if claimed:
            entries.keep_budget(tx, budget.spend(len(claimed)).kept())
        return claimed


def host_of(todo: Todo) -> str:
    """Whom to be polite to; nobody where no page is needed."""
    return netloc(todo.entry.url) if todo.look == "page" else ""


def sweep(tx: Tx, now: datetime, copies: timedelta) -> None:
    """Forget a bounded part of what is kept no longer. `copies`: how long texts are compared with later ones."""
    placement.expire(tx, now - copies, SWEPT)
    entries.drop_relooks(tx, now - MISSED, SWEPT)


def steps(config: Config) -> dict[str, timedelta]:
    """The plain distance between two polls of each source."""
    return {
        s.name: interval(s.every, config.polls_per_day, s.max_interval or config.max_interval) for s in config.sources
    }

"""Whatever happens in whatever order, the invariants of the outbox hold after every step (RELIABILITY, I1 to I9).

A state machine over the service's own transactions: polls, articles, claims, answers of every kind, lost ones,
stalls, kills within and between transactions, clocks, mutes, digests, repairs and replays, beside a model of what
must be true.
"""

import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from alerts.deliver import Sent, Work
from core.clock import from_iso
from core.errors import DeliveryError, Failure
from store import channels, digests, mutes
from tests.reliability.world import PLACES, RULES, World

CHANNELS = st.sampled_from(sorted(PLACES))
AHEAD = 12  # deliveries of a channel that may go before one that was taken back
MAYBE = st.sampled_from([False, False, False, True])  # one in four dies within its transaction
STEPS = st.sampled_from([timedelta(**s) for s in ({"seconds": 1}, {"seconds": 7}, {"seconds": 40}, {"minutes": 3},
                                                  {"minutes": 15}, {"hours": 1}, {"hours": 30})])  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """How a try ends: what the sender hears, and whether the receiver has it."""

    found: DeliveryError | Sent
    arrives: bool = False


def refusals() -> list[Answer]:
    """Every class of failure, with every hint; of an uncertain one the message may have arrived."""
    hints = (None, timedelta(), timedelta(seconds=9), timedelta(hours=30))
    return [
        Answer(DeliveryError("no", kind, retry_after=hint), arrived)
        for kind in Failure
        for hint in hints
        for arrived in ({False, kind is Failure.UNCERTAIN})
    ]


ANSWERS = st.one_of(st.just(Answer(Sent(None), True)), st.sampled_from(refusals()))
Rows = dict[str, dict[str, Any]]
TARGETS = {(name, target) for name, place in PLACES.items() for target in place.targets()}


class Outbox(RuleBasedStateMachine):
    """The model: ids that ever were, and when those that were sent were."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="borderwire-outbox-")
        self.world = World(Path(self.folder.name) / "wire.db")
        self.ever: set[str] = set()
        self.sent: dict[str, str] = {}

    # what happens

    @initialize(n=st.integers(1, 4))
    def there_is_news(self, n: int) -> None:
        self.news_is_read(n)

    @rule(n=st.integers(1, 2))
    def news_is_read(self, n: int) -> None:
        self.world.published += n
        self.world.poll()
        for _ in range(n):
            self.world.look()

    @rule(tries=st.lists(st.tuples(CHANNELS, ANSWERS, st.booleans()), min_size=3, max_size=10), dies=MAYBE)
    def deliveries_are_tried(self, tries: list[tuple[str, Answer, bool]], dies: bool) -> None:
        """The process dies, where it does, as it writes down how the last one ended."""
        for number, (channel, answer, waits) in enumerate(tries, 1):
            if waits:
                self.wait_for(channel)
            if channel not in self.world.works:
                self.a_dispatcher_claims(channel, False)
            if (work := self.world.works.get(channel)) is not None:
                if answer.arrives:
                    self.world.arrives(work)
                self.world.settle(work, answer.found, dies=dies and number == len(tries))

    def wait_for(self, channel: str) -> None:
        """Until its next delivery is due and the channel takes it."""
        due = self.world.rows("SELECT MIN(next_at) AS at FROM deliveries WHERE state = 'pending' AND channel = :c"
                              " UNION SELECT blocked_until FROM channels WHERE name = :c", c=channel)  # fmt: skip
        latest = max((from_iso(row["at"]) for row in due if row["at"]), default=self.world.clock.now())
        self.world.clock.moment = max(self.world.clock.now(), latest)

    @rule(n=st.integers(1, 3))
    def the_feed_publishes(self, n: int) -> None:
        self.world.published += n

    @rule(dies=MAYBE)
    def the_feed_is_polled(self, dies: bool) -> None:
        self.world.poll(dies=dies)

    @rule(dies=MAYBE)
    def an_entry_becomes_an_article(self, dies: bool) -> None:
        self.world.look(dies=dies)

    @rule(dies=MAYBE)
    def time_comes_for_digests(self, dies: bool) -> None:
        self.world.tick(dies=dies)
        if not dies:
            assert not self.world.rows(
                "SELECT m.id FROM deliveries m JOIN deliveries d ON d.id = m.merged_into"
                " WHERE m.state = 'merged' AND d.state = 'dead'"
            ), "I8: what a dead digest was to tell is told by nobody"

    @rule(channel=CHANNELS, dies=MAYBE)
    def a_dispatcher_claims(self, channel: str, dies: bool) -> None:
        before = {d["id"]: d for d in self.world.rows("SELECT * FROM deliveries WHERE channel = :c", c=channel)}
        blocked = self.world.rows("SELECT * FROM channels WHERE name = :c", c=channel)[0]
        work = self.world.claim(channel, dies=dies)
        if work is None:
            return
        now, was = self.world.clock.now(), before[work.claim.id]
        assert from_iso(was["next_at"]) <= now or was["state"] == "sending", "I6: before its time"
        assert not blocked["blocked_until"] or from_iso(blocked["blocked_until"]) <= now, "I6: the channel rests"
        assert blocked["state"] == "enabled"
        assert work.claim.until - now == timedelta(seconds=90)

    @rule(channel=CHANNELS, arrived=st.booleans(), over=st.booleans(), back=st.sampled_from([None, True, False]))
    def the_dispatcher_stalls(self, channel: str, arrived: bool, over: bool, back: bool | None) -> None:
        """Its lease runs out before it hears of its send. `over`: another has taken the delivery by then; `back`: how
        it ends when the first one hears of it at last.
        """
        if channel not in self.world.works:
            self.wait_for(channel)
            self.a_dispatcher_claims(channel, False)
        if (work := self.world.works.pop(channel, None)) is None:
            return
        if arrived:
            self.world.arrives(work)
        self.world.ghosts.append(work)
        self.world.clock.move(seconds=91)
        if over:
            self.is_taken_over(work)
        if back is not None:
            self.comes_back(work, back, False)

    def is_taken_over(self, work: Work) -> None:
        """Another dispatcher of the channel claims the same delivery; what is due before it goes first."""
        channel = work.claim.channel
        for _ in range(AHEAD):
            self.a_dispatcher_claims(channel, False)
            taken = self.world.works.get(channel)
            if taken is not None and taken.claim.id == work.claim.id:
                return
            if taken is not None:
                self.world.arrives(taken)
                self.world.settle(taken, Sent(None))
            self.wait_for(channel)

    @precondition(lambda self: self.world.ghosts)
    @rule(good=st.booleans(), dies=MAYBE)
    def a_stalled_one_comes_back(self, good: bool, dies: bool) -> None:
        self.comes_back(self.world.ghosts[0], good, dies)

    def comes_back(self, ghost: Work, good: bool, dies: bool) -> None:
        """It succeeds only where the receiver has the message: that is true whoever else holds it by now."""
        before = self._state(ghost)
        good = good and (ghost.claim.channel, ghost.claim.id) in self.world.received
        error = DeliveryError("no answer", Failure.UNCERTAIN)
        self.world.settle(ghost, Sent(None) if good else error, dies=dies)
        if dies:
            return
        if good:
            assert self._state(ghost)["state"] == "sent"
        elif before["lease_epoch"] != ghost.claim.epoch:
            assert self._state(ghost) == before, "a stale failure changes nothing"

    @rule()
    def the_process_is_killed(self) -> None:
        self.world.die()

    @rule(step=STEPS)
    def time_passes(self, step: timedelta) -> None:
        self.world.clock.move(seconds=step.total_seconds())

    @rule(name=st.sampled_from([r.name for r in RULES]), ends=st.integers(1, 90))
    def a_rule_is_muted(self, name: str, ends: int) -> None:
        now = self.world.clock.now()
        with self.world.tx() as tx:
            mutes.add(tx, rule=name, source=None, starts=now, ends=now + timedelta(minutes=ends), who="me", why="x")

    @rule()
    def mutes_end(self) -> None:
        with self.world.tx() as tx:
            mutes.end(tx, self.world.clock.now())

    @precondition(lambda self: self.ever)
    @rule(data=st.data())
    def one_is_sent_again_as_asked(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.ever)))
        before = self._row(key)
        with self.world.tx() as tx:
            again = digests.replay(tx, now=self.world.clock.now(), delivery_id=key)
        assert bool(again) == (before["state"] not in ("sent", "sending"))

    @rule(channel=CHANNELS)
    def the_channel_is_repaired(self, channel: str) -> None:
        with self.world.tx() as tx:
            channels.repair(tx, channel, self.world.clock.now())

    # what holds

    @invariant()
    def the_invariants_hold(self) -> None:
        rows = {d["id"]: d for d in self.world.rows("SELECT * FROM deliveries")}
        self.every_match_has_its_deliveries(rows)
        self.one_is_in_flight_on_a_channel(rows)
        self.sent_is_final_and_nothing_vanishes(rows)
        self.both_histories_agree(rows)
        self.what_is_merged_is_told_by_a_digest(rows)
        self.the_cursor_is_never_ahead()

    def every_match_has_its_deliveries(self, rows: Rows) -> None:
        """I1"""
        places: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for d in rows.values():
            places[d["alert_id"]].add((d["channel"], d["target"]))
        for match in self.world.rows("SELECT alert_id FROM matches WHERE outcome IN ('alerted', 'muted')"):
            assert places[match["alert_id"]] == TARGETS

    def one_is_in_flight_on_a_channel(self, rows: Rows) -> None:
        """I2"""
        flying = Counter(d["channel"] for d in rows.values() if d["state"] == "sending")
        assert all(n == 1 for n in flying.values()), flying

    def sent_is_final_and_nothing_vanishes(self, rows: Rows) -> None:
        """I3, I7"""
        self.ever |= set(rows)
        assert set(rows) == self.ever
        for key, at in self.sent.items():
            assert (rows[key]["state"], rows[key]["sent_at"]) == ("sent", at)
        self.sent = {key: d["sent_at"] for key, d in rows.items() if d["state"] == "sent"}

    def both_histories_agree(self, rows: Rows) -> None:
        """I4, I5"""
        attempts = {
            a["id"]: a["n"]
            for a in self.world.rows("SELECT delivery_id AS id, COUNT(*) AS n FROM attempts GROUP BY delivery_id")
        }
        arrived = Counter(key for _, key in self.world.received)
        assert all(attempts.get(key, 0) >= n for key, n in arrived.items()), "I4: a request without its attempt"
        assert set(self.sent) <= set(arrived), "I5: sent, but nobody has it"
        unheard = [key for key in arrived if rows[key]["state"] not in ("sent", "sending", "dead")]
        assert all(rows[key]["uncertain"] for key in unheard), "I5: an arrival that nobody counts with"

    def what_is_merged_is_told_by_a_digest(self, rows: Rows) -> None:
        """I8"""
        kinds = {a["id"]: a["kind"] for a in self.world.rows("SELECT id, kind FROM alerts")}
        for d in rows.values():
            assert (d["state"] == "merged") == (d["merged_into"] is not None)
            assert d["merged_into"] is None or kinds[rows[d["merged_into"]]["alert_id"]] == "digest"

    def the_cursor_is_never_ahead(self) -> None:
        """I9"""
        (source,) = self.world.rows("SELECT etag FROM sources")
        (stored,) = self.world.rows("SELECT COUNT(*) AS n FROM entries")
        assert stored["n"] == int(source["etag"])

    def teardown(self) -> None:
        """And where everything works again, everything ends."""
        try:
            with self.world.tx() as tx:
                mutes.end(tx, self.world.clock.now())
                for name in PLACES:
                    channels.repair(tx, name, self.world.clock.now())
            self.world.run_out(self._over)
            self.the_invariants_hold()
        finally:
            self.world.store.close()
            self.folder.cleanup()

    def _over(self) -> bool:
        open_ = self.world.rows("SELECT id FROM deliveries WHERE state IN ('held', 'pending', 'sending') LIMIT 1")
        left = self.world.rows("SELECT id FROM entries WHERE state = 'todo' LIMIT 1")
        return not open_ and not left and not self.world.works

    def _row(self, key: str) -> dict[str, object]:
        return self.world.rows("SELECT * FROM deliveries WHERE id = :id", id=key)[0]

    def _state(self, work: Work) -> dict[str, object]:
        return self._row(work.claim.id)


TestOutbox = pytest.mark.timeout(400)(Outbox.TestCase)  # where it fails, hypothesis looks for the shortest way to it
TestOutbox.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)

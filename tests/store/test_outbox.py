"""The outbox: claims, leases, fencing, and that no delivery is ever lost or sent twice knowingly."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.clock import from_iso, to_iso
from core.errors import NotFound
from core.model import AlertKind
from store import Backend, Tx, alerts, channels, open_store, outbox
from store.channels import ChannelHealth
from store.outbox import Claim
from tests.conftest import FakeClock

LEASE = timedelta(seconds=90)
DAY = timedelta(days=1)


def setup(tx: Tx, now: datetime, names: tuple[str, ...] = ("desk",)) -> None:
    channels.sync(tx, [(n, "webhook") for n in names], now)


def put(tx: Tx, n: int, now: datetime, channel: str = "desk", state: str = "pending") -> str:
    alerts.add(tx, f"al_{n}", AlertKind.STORY, "tariffs", f"Title {n}", now=now)
    return outbox.put(tx, f"al_{n}", channel, "", now=now, next_at=now, deadline=now + 3 * DAY, state=state)


def state_of(tx: Tx, key: str) -> str:
    row = tx.one("SELECT state FROM deliveries WHERE id = :id", id=key)
    assert row is not None
    return str(row["state"])


def fail(tx: Tx, claimed: Claim, now: datetime, next_at: datetime | None) -> bool:
    return outbox.failed(tx, claimed, now, outcome="transient", error="no answer", status=500, next_at=next_at)


def test_the_same_delivery_is_made_once(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock.now())
        assert put(tx, 1, clock.now()) == put(tx, 1, clock.now())
        assert len(outbox.rows(tx, state=None, channel=None, limit=10)) == 1


def test_the_id_depends_on_alert_channel_target_and_part_only() -> None:
    keys = {
        outbox.delivery_id(*x) for x in (("a", "b", "", 0), ("a", "b", "", 1), ("a", "b", "c", 0), ("a", "bc", "", 0))
    }
    assert len(keys) == 4
    assert outbox.delivery_id("a", "b", "", 0) == "msg_" + outbox.delivery_id("a", "b", "", 0)[4:]
    assert len(outbox.delivery_id("a", "b", "", 0)) == 30


def test_one_delivery_of_a_channel_is_in_flight(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock.now(), ("desk", "mail"))
        put(tx, 1, clock.now())
        put(tx, 2, clock.now())
        put(tx, 1, clock.now(), "mail")
        first = outbox.claim(tx, "desk", "me", clock.now(), LEASE)
        assert first is not None
        assert outbox.claim(tx, "desk", "other", clock.now(), LEASE) is None
        assert outbox.claim(tx, "mail", "other", clock.now(), LEASE) is not None
        outbox.sent(tx, first, clock.now())
        assert outbox.claim(tx, "desk", "other", clock.now(), LEASE) is not None


def test_the_database_itself_refuses_a_second_in_flight(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock.now())
        first, second = put(tx, 1, clock.now()), put(tx, 2, clock.now())
        sql = "UPDATE deliveries SET state = 'sending', lease_owner = 'x' WHERE id = :id"
        tx.run(sql, id=first)
    with pytest.raises(Exception, match="UNIQUE"), store.tx() as tx:
        tx.run(sql, id=second)


def test_nothing_is_claimed_before_its_time_or_while_the_channel_rests(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock.now())
        put(tx, 1, clock.now())
        rest = ChannelHealth(fails=5, blocked_until=clock.now() + timedelta(seconds=30))
        channels.settle(tx, "desk", rest, clock.now(), "no answer")
        assert outbox.claim(tx, "desk", "me", clock.now(), LEASE) is None
        clock.move(seconds=30)
        claimed = outbox.claim(tx, "desk", "me", clock.now(), LEASE)
        assert claimed is not None
        fail(tx, claimed, clock.now(), clock.now() + timedelta(minutes=2))
        clock.move(seconds=119)
        assert outbox.claim(tx, "desk", "me", clock.now(), LEASE) is None
        (row,) = outbox.rows(tx, state="pending", channel="desk", limit=5)
        assert row["next_at"] == to_iso(clock.now() + timedelta(seconds=1))


def test_a_stale_owner_cannot_fail_what_another_sends(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock.now())
        key = put(tx, 1, clock.now())
        old = outbox.claim(tx, "desk", "old", clock.now(), LEASE)
        clock.move(seconds=91)
        assert outbox.reap(tx, "desk", clock.now()) == 1
        clock.move(seconds=10)
        new = outbox.claim(tx, "desk", "new", clock.now(), LEASE)
        assert old is not None
        assert new is not None
        assert fail(tx, old, clock.now(), None) is False
        assert state_of(tx, key) == "sending"
        outbox.sent(tx, old, clock.now())  # but a success is the truth whoever brings it
        assert state_of(tx, key) == "sent"
        assert fail(tx, new, clock.now(), None) is False
        assert state_of(tx, key) == "sent"


def test_a_restart_takes_back_what_was_in_flight_and_counts_it_uncertain(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock.now())
        put(tx, 1, clock.now())
        outbox.claim(tx, "desk", "dead process", clock.now(), LEASE)
        assert outbox.release_all(tx, clock.now()) == 1
        (row,) = outbox.rows(tx, state="pending", channel=None, limit=5)
        assert (row["uncertain"], row["attempts"]) == (1, 0), "our own death says nothing of the receiver"
        assert outbox.claim(tx, "desk", "me", clock.now(), LEASE) is not None


def test_deaths_of_ours_do_not_count_for_the_time_until_the_next_try(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock.now())
        key = put(tx, 1, clock.now())
        for _ in range(outbox.FORGIVEN - 1):
            assert outbox.claim(tx, "desk", "dead process", clock.now(), LEASE) is not None
            assert outbox.release_all(tx, clock.now()) == 1
        claimed = outbox.claim(tx, "desk", "me", clock.now(), LEASE)
        assert claimed is not None
        assert claimed.attempts == 1, "the first that the receiver answers"
        fail(tx, claimed, clock.now(), clock.now())
        again = outbox.claim(tx, "desk", "me", clock.now(), LEASE)
        assert again is not None
        assert again.attempts == 2
        kept = tx.one("SELECT COUNT(*) AS n FROM attempts WHERE delivery_id = :id", id=key)
        assert kept == {"n": outbox.FORGIVEN + 1}, "every attempt is recorded"


def test_a_message_that_kills_us_again_and_again_rests_ever_longer(store: Backend, clock: FakeClock) -> None:
    rests = []
    with store.tx() as tx:
        setup(tx, clock.now())
        key = put(tx, 1, clock.now())
        for _ in range(outbox.FORGIVEN + 10):
            assert outbox.claim(tx, "desk", "dead process", clock.now(), LEASE) is not None
            outbox.release_all(tx, clock.now())
            (row,) = outbox.rows(tx, state="pending", channel=None, limit=5)
            rest = from_iso(row["next_at"]) - clock.now()
            rests.append(rest.total_seconds())
            clock.move(seconds=rest.total_seconds())
        assert row["last_error"] == f"the service ended {outbox.FORGIVEN + 10} times in a row while it was sent"
        claimed = outbox.claim(tx, "desk", "me", clock.now(), LEASE)
        assert claimed is not None
        fail(tx, claimed, clock.now(), clock.now())
        assert outbox.claim(tx, "desk", "dead process", clock.now(), LEASE) is not None
        outbox.release_all(tx, clock.now())
        assert outbox.claim(tx, "desk", "me", clock.now(), LEASE) is not None, "an answer came between: forgiven again"
        clock.move(seconds=3 * DAY.total_seconds())
        for state in (*["pending"] * (outbox.FORGIVEN - 1), "dead"):
            outbox.release_all(tx, clock.now())
            assert state_of(tx, key) == state, "within its deadline or not, it is forgiven first"
            outbox.claim(tx, "desk", "me", clock.now(), LEASE)
    assert rests[: outbox.FORGIVEN] == [0.0] * outbox.FORGIVEN
    assert rests[outbox.FORGIVEN :] == [30.0, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_every_attempt_is_kept(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock.now())
        put(tx, 1, clock.now())
        for _ in range(2):
            claimed = outbox.claim(tx, "desk", "me", clock.now(), LEASE)
            assert claimed is not None
            fail(tx, claimed, clock.now(), clock.now())
        outbox.claim(tx, "desk", "me", clock.now(), LEASE)
        found = tx.all("SELECT epoch, outcome, http_status, detail FROM attempts ORDER BY epoch")
    assert [(r["epoch"], r["outcome"]) for r in found] == [(1, "transient"), (2, "transient"), (3, None)]
    assert found[0]["http_status"] == 500


def test_replay_gives_dead_and_suppressed_their_time_again_and_leaves_sent_alone(
    store: Backend, clock: FakeClock
) -> None:
    with store.tx() as tx:
        setup(tx, clock.now())
        dead = put(tx, 1, clock.now())
        claimed = outbox.claim(tx, "desk", "me", clock.now(), LEASE)
        assert claimed is not None
        fail(tx, claimed, clock.now(), None)
        done = put(tx, 2, clock.now())
        claimed = outbox.claim(tx, "desk", "me", clock.now(), LEASE)
        assert claimed is not None
        outbox.sent(tx, claimed, clock.now())
        muted = put(tx, 3, clock.now(), state="suppressed")
        clock.move(days=5)
        assert sorted(outbox.replay(tx, now=clock.now(), channel="desk")) == sorted([dead, muted])
        assert (state_of(tx, dead), state_of(tx, done)) == ("pending", "sent")
        again = outbox.claim(tx, "desk", "me", clock.now(), LEASE)
        assert again is not None
        assert again.attempts == 1
        assert again.deadline == clock.now() + 3 * DAY
        assert outbox.replay(tx, now=clock.now(), delivery_id=done) == []


def test_a_broken_channel_holds_and_a_repair_lets_go(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock.now())
        waiting = put(tx, 1, clock.now())
        channels.settle(tx, "desk", ChannelHealth(broken=True), clock.now(), "404 no_service")
        later = put(tx, 2, clock.now())
        assert (state_of(tx, waiting), state_of(tx, later)) == ("held", "held")
        assert outbox.claim(tx, "desk", "me", clock.now(), LEASE) is None
        setup(tx, clock.now())  # the operator was here: a restart or a reload
        assert (state_of(tx, waiting), state_of(tx, later)) == ("pending", "pending")
        assert channels.health(tx, "desk") == ChannelHealth()


def test_a_channel_taken_out_of_the_configuration_sends_nothing(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock.now())
        put(tx, 1, clock.now())
        channels.sync(tx, [], clock.now())
        assert outbox.claim(tx, "desk", "me", clock.now(), LEASE) is None
        assert channels.listing(tx) == []


def test_an_unknown_channel_is_not_found(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx, pytest.raises(NotFound, match="nobody"):
        channels.repair(tx, "nobody", clock.now())


class Outbox(RuleBasedStateMachine):
    """Random claims, answers, crashes and time: what the receiver saw is compared with what the outbox believes."""

    def __init__(self) -> None:
        super().__init__()
        self.backend = open_store(":memory:")
        self.now = datetime(2025, 2, 5, tzinfo=UTC)
        self.made: set[str] = set()
        self.received: Counter[str] = Counter()
        self.uncertain = 0
        self.claims: list[Claim] = []
        with self.backend.tx() as tx:
            setup(tx, self.now, ("a", "b"))

    def teardown(self) -> None:
        """From any state, after a restart, receivers that answer get everything that is not given up."""
        with self.backend.tx() as tx:
            outbox.release_all(tx, self.now)
            outbox.replay(tx, now=self.now, since=self.now - timedelta(days=365))
            for channel in "ab":
                while (found := outbox.claim(tx, channel, "me", self.now, LEASE)) is not None:
                    outbox.sent(tx, found, self.now)
            assert {r["state"] for r in tx.all("SELECT state FROM deliveries")} <= {"sent"}
        self.backend.close()

    @rule(n=st.integers(0, 8), channel=st.sampled_from("ab"))
    def make(self, n: int, channel: str) -> None:
        with self.backend.tx() as tx:
            self.made.add(put(tx, n, self.now, channel))

    @rule(channel=st.sampled_from("ab"))
    def claim(self, channel: str) -> None:
        with self.backend.tx() as tx:
            outbox.reap(tx, channel, self.now)
            found = outbox.claim(tx, channel, "me", self.now, LEASE)
        if found is not None:
            self.claims.append(found)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), acknowledged=st.booleans())
    def arrives(self, data: st.DataObject, acknowledged: bool) -> None:
        claimed = self.claims.pop(data.draw(st.integers(0, len(self.claims) - 1)))
        self.received[claimed.id] += 1
        if acknowledged:
            with self.backend.tx() as tx:
                outbox.sent(tx, claimed, self.now)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), dead=st.booleans())
    def fails(self, data: st.DataObject, dead: bool) -> None:
        claimed = self.claims.pop(data.draw(st.integers(0, len(self.claims) - 1)))
        with self.backend.tx() as tx:
            fail(tx, claimed, self.now, None if dead else self.now + timedelta(seconds=5))

    @rule()
    def crash(self) -> None:
        self.claims.clear()
        with self.backend.tx() as tx:
            outbox.release_all(tx, self.now)

    @rule(seconds=st.sampled_from([1, 10, 100]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def replay(self) -> None:
        with self.backend.tx() as tx:
            outbox.replay(tx, now=self.now, since=self.now - timedelta(days=1))

    @invariant()
    def nothing_is_lost_and_sent_means_received(self) -> None:
        with self.backend.read() as tx:
            rows = tx.all("SELECT id, state, channel FROM deliveries")
        assert {r["id"] for r in rows} == self.made
        assert {r["id"] for r in rows if r["state"] == "sent"} <= set(self.received)
        in_flight = Counter(r["channel"] for r in rows if r["state"] == "sending")
        assert all(n <= 1 for n in in_flight.values())


TestOutboxMachine = Outbox.TestCase
TestOutboxMachine.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)

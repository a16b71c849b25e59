"""The facts that troubles and signs of life are judged by, from a real database."""

from collections import namedtuple
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.model import AlertKind, SourceState
from store import Backend, Row, Tx, alerts, channels, digests, health, outbox, sources, troubles
from store.channels import ChannelHealth
from store.health import Machine
from store.sources import Definition, Outcome
from tests.conftest import FakeClock

Disk = namedtuple("Disk", "total used free")
LEASE = timedelta(seconds=90)
DAY = timedelta(days=1)


def watch(tx: Tx, clock: FakeClock, *names: str) -> None:
    sources.sync(tx, [Definition(n, "feed", f"https://{n}.example/", "d", None, ()) for n in names], clock.now())


def polled(tx: Tx, name: str, clock: FakeClock, *, error: str | None = None, status: int | None = 200) -> None:
    outcome = Outcome(clock.now(), 0.1, clock.now() + timedelta(minutes=30), status=status, error=error)
    sources.record(tx, name, outcome, now_live=error is None)


def deliver(tx: Tx, clock: FakeClock, n: int, *, channel: str = "slack", kind: AlertKind = AlertKind.STORY) -> str:
    alerts.add(tx, f"al_{n}", kind, "tariffs", f"Title {n}", now=clock.now())
    return outbox.put(tx, f"al_{n}", channel, "", now=clock.now(), next_at=clock.now(), deadline=clock.now() + DAY)


def dies(tx: Tx, clock: FakeClock, n: int, *, error: str = "invalid", kind: AlertKind = AlertKind.STORY) -> None:
    deliver(tx, clock, n, kind=kind)
    claimed = outbox.claim(tx, "slack", "me", clock.now(), LEASE)
    assert claimed is not None
    outbox.failed(tx, claimed, clock.now(), outcome="rejected", error=error, status=400, next_at=None)


def tell_channels(tx: Tx, clock: FakeClock, *names: str) -> None:
    channels.sync(tx, [(n, "webhook") for n in names or ("slack",)], clock.now())


def test_sources_in_trouble_are_told_from_the_others(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        watch(tx, clock, "a", "b", "c", "d")
        for name in "abc":
            polled(tx, name, clock)
        failed = clock.move(minutes=30)
        polled(tx, "b", clock, error="no connection", status=None)
        tx.run("UPDATE sources SET state = 'gone' WHERE name = 'c'")
        tx.run("UPDATE sources SET state = 'paused', fails = 3 WHERE name = 'd'")
        found = health.facts(tx, clock.now())
    assert found.watched == 2
    assert found.heard_at == failed - timedelta(minutes=30)
    assert [(s.name, s.state, s.answered) for s in found.sources] == [
        ("b", SourceState.FAILING, False),
        ("c", SourceState.GONE, True),
    ]
    b = found.sources[0]
    assert (b.host, b.since, b.polled_at, b.fails, b.error) == ("b.example", failed, failed, 1, "no connection")


def test_messages_that_are_due_and_those_held_for_a_broken_channel_wait(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        tell_channels(tx, clock, "slack", "mail")
        since = clock.now()
        deliver(tx, clock, 1)
        clock.move(minutes=1)
        deliver(tx, clock, 2)
        deliver(tx, clock, 3, channel="mail")
        channels.settle(tx, "mail", ChannelHealth(broken=True, fails=2, first_fail_at=clock.now()), clock.now(), "404")
        mail, slack = health.channels(tx, clock.now())
    assert (slack.name, slack.waiting, slack.late_since, slack.due_since) == ("slack", 2, since, since)
    assert (mail.name, mail.state, mail.waiting, mail.due_since, mail.error) == ("mail", "broken", 1, None, "404")


def test_what_waits_for_a_digest_or_a_later_try_is_not_late(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        tell_channels(tx, clock)
        deliver(tx, clock, 1)
        tx.run("UPDATE deliveries SET state = 'held', digest = 'hourly'")
        deliver(tx, clock, 2)
        claimed = outbox.claim(tx, "slack", "me", clock.now(), LEASE)
        assert claimed is not None
        later = clock.now() + timedelta(hours=1)
        outbox.failed(tx, claimed, clock.now(), outcome="transient", error="", status=500, next_at=later)
        (slack,) = health.channels(tx, clock.now())
        assert (slack.waiting, slack.due_since, slack.settled_at) == (0, None, clock.now())


def test_a_health_alert_that_waits_makes_nothing_late(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        tell_channels(tx, clock)
        deliver(tx, clock, 1, kind=AlertKind.HEALTH)
        (slack,) = health.channels(tx, clock.now())
        assert (slack.waiting, slack.late_since, slack.due_since) == (0, None, clock.now())


def test_a_lease_that_nobody_settled_is_seen(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        tell_channels(tx, clock)
        deliver(tx, clock, 1)
        claimed = outbox.claim(tx, "slack", "me", clock.now(), LEASE)
        assert claimed is not None
        assert health.channels(tx, clock.now())[0].lease_over_since is None
        clock.move(minutes=3)
        assert health.channels(tx, clock.now())[0].lease_over_since == claimed.until


def test_deaths_are_counted_since_they_were_told_last(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        tell_channels(tx, clock)
        first = clock.now()
        dies(tx, clock, 1, error="first")
        clock.move(minutes=5)
        dies(tx, clock, 2, error="second")
        (found,) = health.facts(tx, clock.now()).deaths
        assert (found.channel, found.count, found.first_at, found.error, found.told_at) == (
            "slack", 2, first, "second", None,
        )  # fmt: skip
        told_at = clock.move(minutes=1)
        troubles.record(tx, "delivery_dead", "slack", "", first, told_at)
        assert health.facts(tx, clock.now()).deaths == ()
        clock.move(minutes=1)
        dies(tx, clock, 3)
        (found,) = health.facts(tx, clock.now()).deaths
        assert (found.count, found.told_at) == (1, told_at)


def test_a_health_alert_that_dies_is_no_news(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        tell_channels(tx, clock)
        dies(tx, clock, 1, kind=AlertKind.HEALTH)
        dies(tx, clock, 2, kind=AlertKind.DIGEST)  # its members are sent one by one
        assert health.facts(tx, clock.now()).deaths == ()


def test_one_that_was_replayed_is_dead_no_more(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        tell_channels(tx, clock)
        dies(tx, clock, 1)
        outbox.replay(tx, now=clock.now(), channel="slack")
        assert health.facts(tx, clock.now()).deaths == ()


def test_a_trouble_counts_as_told_once_its_alert_arrived(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        tell_channels(tx, clock, "slack", "mail")
        troubles.open(tx, "queue_lag", "slack", "", clock.now())
        deliver(tx, clock, 1, channel="mail", kind=AlertKind.HEALTH)
        troubles.told(tx, [troubles.current(tx)[0]["id"]], "al_1")
        assert [c.told for c in health.channels(tx, clock.now())] == [False, False]
        claimed = outbox.claim(tx, "mail", "me", clock.now(), LEASE)
        assert claimed is not None
        outbox.sent(tx, claimed, clock.now())
        assert [(c.name, c.told) for c in health.channels(tx, clock.now())] == [("mail", False), ("slack", True)]


def test_the_newest_offline_time_and_the_fuse_are_known(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        assert health.facts(tx, clock.now()).offline is None
        troubles.record(tx, "offline", "", "", clock.now() - 2 * DAY, clock.now() - DAY)
        troubles.open(tx, "offline", "", "", clock.now())
        digests.blow_fuse(tx, clock.now() + timedelta(hours=1))
        found = health.facts(tx, clock.now())
    assert found.offline is not None
    assert (found.offline.since, found.offline.ended) == (clock.now(), None)
    assert found.fuse_until == clock.now() + timedelta(hours=1)
    assert found.open == {("offline", "")}


def test_a_source_that_is_being_polled_counts_as_due(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        watch(tx, clock, "a", "b")
        polled(tx, "b", clock)
        sources.claim_due(tx, clock.now(), 10, timedelta(minutes=5))
        found = health.polling(tx, clock.now())
        assert (found.due, found.last_poll_at) == (("a",), clock.now())
        polled(tx, "a", clock)
        assert health.polling(tx, clock.now()).due == ()
        assert health.polling(tx, clock.move(minutes=31)).due == ("a", "b")


def test_sources_are_due_at_once_again_unless_one_is_gone_or_being_polled(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        watch(tx, clock, "a", "b", "c", "d")
        sources.claim_due(tx, clock.now(), 1, timedelta(minutes=5))
        tx.run("UPDATE sources SET next_poll_at = '2025-02-06T12:00:00.000+00:00' WHERE name <> 'a'")
        tx.run("UPDATE sources SET state = 'gone' WHERE name = 'b'")
        assert health.poll_again(tx, ["a", "b", "c"], clock.now()) == 1
        assert health.polling(tx, clock.now()).due == ("a", "c")


def test_the_disk_and_the_log_of_a_file_are_measured(tmp_path: Path) -> None:
    (tmp_path / "wire.db-wal").write_bytes(b"x" * 77)
    asked: list[Path] = []

    def usage(path: Path) -> Disk:
        asked.append(path)
        return Disk(100, 60, 40)

    assert health.machine(str(tmp_path / "wire.db"), usage) == Machine(40, 100, 77)
    assert health.machine(f"sqlite:///{tmp_path}/other.db", usage) == Machine(40, 100, 0)
    assert asked == [tmp_path, tmp_path]


def test_what_is_no_file_or_cannot_be_asked_is_not_measured() -> None:
    def refuse(path: Path) -> Disk:
        raise PermissionError(path)

    assert health.machine("postgresql://host/wire", refuse) is None
    assert health.machine(":memory:", refuse) is None
    assert health.machine("/nowhere/wire.db", refuse) is None


@pytest.mark.parametrize(
    ("noun", "name", "used"),
    [("sources", "a", True), ("sources", "b", False), ("channels", "slack", True), ("channels", "x", False)],
)
def test_what_is_in_use(store: Backend, clock: FakeClock, noun: str, name: str, used: bool) -> None:
    with store.tx() as tx:
        watch(tx, clock, "a", "b")
        watch(tx, clock, "a")
        tell_channels(tx, clock)
        assert health.in_use(tx, noun, name) is used


class Recorded:
    """A transaction that remembers what it was asked."""

    def __init__(self, tx: Tx) -> None:
        self.tx, self.asked = tx, []  # type: ignore[var-annotated]

    def all(self, sql: str, /, **params: object) -> list[Row]:
        self.asked.append((sql, params))
        return self.tx.all(sql, **params)

    def tuples(self, sql: str, /, **params: object) -> list[tuple[Any, ...]]:
        self.asked.append((sql, params))
        return self.tx.tuples(sql, **params)

    def one(self, sql: str, /, **params: object) -> Row | None:
        self.asked.append((sql, params))
        return self.tx.one(sql, **params)


def test_a_look_reads_nothing_that_grows_for_ever(store: Backend, clock: FakeClock) -> None:
    """Deliveries, attempts and alerts are found by index: of the parts that wait, or of the last two hours."""
    with store.tx() as tx:
        tell_channels(tx, clock)
        recorded = Recorded(tx)
        health.facts(recorded, clock.now())  # type: ignore[arg-type]
        health.polling(recorded, clock.now())  # type: ignore[arg-type]
        plans = [
            (sql, row["detail"])
            for sql, params in recorded.asked
            for row in tx.all(f"EXPLAIN QUERY PLAN {sql}", **params)
        ]
    waits = ("deliveries_due", "deliveries_lease", "deliveries_in_flight")  # indexes of what waits, and of nothing else
    for sql, detail in plans:
        named = detail.split()[1] if detail.startswith("SCAN") else ""
        if named in ("d", "deliveries", "attempts", "a", "alerts"):
            assert any(index in detail for index in waits), f"{detail} in {sql}"

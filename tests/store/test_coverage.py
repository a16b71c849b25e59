"""Coverage: what was watched since, counted from what the store keeps."""

from datetime import timedelta

from core.clock import to_iso
from store import Backend, Tx, sources, troubles
from store.coverage import Failing, Gap, coverage
from store.sources import Definition, Outcome
from tests.conftest import FakeClock

DAY = timedelta(days=1)


def setup(tx: Tx, clock: FakeClock, *names: str) -> None:
    sources.sync(tx, [Definition(n, "feed", f"https://{n}.example/", "d", None, ()) for n in names], clock.now())


def polled(tx: Tx, name: str, clock: FakeClock, *, new: int = 0, error: str | None = None) -> None:
    outcome = Outcome(clock.now(), 0.1, clock.now() + timedelta(minutes=30), status=200, new=new, error=error)
    sources.record(tx, name, outcome, now_live=error is None)


def test_new_entries_and_readable_sources_are_counted(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock, "a", "b", "c")
        polled(tx, "a", clock, new=7)
        clock.move(hours=2)
        for name, new in (("a", 2), ("b", 3)):
            polled(tx, name, clock, new=new)
        found = coverage(tx, clock.now() - timedelta(hours=1), clock.now())
        assert (found.sources, found.healthy, found.entries) == (3, 2, 5)
        assert found.failing == (Failing("c", None, "priming"),)
        assert coverage(tx, clock.now() - DAY, clock.now()).entries == 12


def test_failing_ones_are_named_longest_first_and_paused_ones_not_counted(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock, "a", "b", "c", "d")
        for name in "abc":
            polled(tx, name, clock)
        b_since = clock.move(minutes=30)
        polled(tx, "b", clock, error="503")
        a_since = clock.move(minutes=30)
        polled(tx, "a", clock, error="503")
        tx.run("UPDATE sources SET state = 'paused' WHERE name = 'd'")
        tx.run("UPDATE sources SET state = 'gone' WHERE name = 'c'")
        found = coverage(tx, clock.now() - DAY, clock.now())
    assert (found.sources, found.healthy) == (3, 0)
    assert [(f.name, f.since) for f in found.failing] == [("b", b_since), ("a", a_since), ("c", None)]


def test_gaps_are_cut_to_the_span(store: Backend, clock: FakeClock) -> None:
    now = clock.now()
    with store.tx() as tx:
        troubles.record(tx, "stopped", "", "", now - 2 * DAY, now - timedelta(hours=20))
        troubles.record(tx, "stopped", "", "", now - 4 * DAY, now - 3 * DAY)
        troubles.open(tx, "offline", "", "", now - timedelta(hours=1))
        troubles.open(tx, "disk_low", "", "", now - timedelta(hours=1))
        found = coverage(tx, now - DAY, now)
    assert found.gaps == (
        Gap(now - DAY, now - timedelta(hours=20), "stopped"),
        Gap(now - timedelta(hours=1), now, "offline"),
    )


def test_sources_that_are_configured_no_more_are_left_out(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock, "a", "b")
        setup(tx, clock, "a")
        assert coverage(tx, clock.now() - DAY, clock.now()).sources == 1


def test_counting_reads_only_the_polls_of_the_span(store: Backend, clock: FakeClock) -> None:
    with store.read() as tx:
        plan = tx.all(
            "EXPLAIN QUERY PLAN SELECT COALESCE(SUM(new), 0) AS n FROM polls WHERE at >= :a AND at <= :b",
            a=to_iso(clock.now()),
            b=to_iso(clock.now()),
        )
    assert "polls_desk" in plan[0]["detail"]

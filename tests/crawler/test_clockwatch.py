"""A clock that jumps is told once, moves no timer, and is believed when it has run evenly for a while."""

from datetime import timedelta

from core.clock import SETTLES, SteadyClock
from crawler import clockwatch
from store import Backend, Row, sources, troubles
from store import clock as kept_clock
from store.sources import Definition
from tests.conftest import FakeClock

HOUR = timedelta(hours=1)


class Machine(FakeClock):
    """A machine whose wall clock can be set apart from the time that passes."""

    def __init__(self, of: FakeClock) -> None:
        super().__init__(of.moment)
        self.counted = 0.0

    def monotonic(self) -> float:
        return self.counted

    def run(self, seconds: float) -> None:
        self.move(seconds=seconds)
        self.counted += seconds


def told(store: Backend) -> list[Row]:
    with store.read() as tx:
        return troubles.untold(tx)


def test_a_jump_is_told_once_and_what_is_due_stays_due(store: Backend, clock: FakeClock) -> None:
    machine = Machine(clock)
    steady = SteadyClock(machine)
    with store.tx() as tx:
        clockwatch.begin(tx, steady)
        sources.sync(tx, [Definition("wire", "feed", "https://a.example/", "d", None, ())], steady.now() + HOUR / 2)
    machine.move(days=-3)
    for _ in range(int(SETTLES) + 2):
        with store.tx() as tx:
            clockwatch.look(tx, steady)
            assert sources.claim_due(tx, steady.now(), 10, HOUR) == []
        machine.run(1)
    assert steady.now() == machine.now()
    (trouble,) = told(store)
    assert (trouble["kind"], trouble["subject"]) == ("clock", "")
    assert "jumped back by 3 days" in trouble["detail"]
    machine.run(HOUR.total_seconds() / 2)
    with store.tx() as tx:
        assert [s.name for s in sources.claim_due(tx, steady.now(), 10, HOUR)] == ["wire"]


def test_ages_are_judged_again_an_hour_after_the_last_jump(store: Backend, clock: FakeClock) -> None:
    machine = Machine(clock)
    steady = SteadyClock(machine)

    def look_and_ask() -> bool:
        with store.tx() as tx:
            clockwatch.look(tx, steady)
            return doubted(store, steady)

    assert not look_and_ask()
    machine.move(days=40)
    assert look_and_ask()
    machine.run(SETTLES)
    assert look_and_ask()
    machine.run(3599)
    assert look_and_ask()
    machine.run(2)
    assert not look_and_ask()


def doubted(store: Backend, steady: SteadyClock) -> bool:
    with store.read() as tx:
        return kept_clock.doubted(tx, steady.now())


def test_a_machine_that_starts_in_its_own_past_goes_on_from_where_it_was(store: Backend, clock: FakeClock) -> None:
    machine = Machine(clock)
    before = SteadyClock(machine)
    with store.tx() as tx:
        clockwatch.begin(tx, before)
    machine.move(days=-9000)
    machine.counted = 0.0  # it was started anew, and its battery is empty
    after = SteadyClock(machine)
    with store.tx() as tx:
        clockwatch.begin(tx, after)
    assert after.now() == clock.moment
    assert doubted(store, after)
    assert len(told(store)) == 1
    machine.run(1)
    machine.move(days=9000)  # and now it was set
    with store.tx() as tx:
        clockwatch.look(tx, after)
    assert after.now() == machine.now()
    assert len(told(store)) == 1


def test_looks_write_once_a_minute_while_nothing_happens(store: Backend, clock: FakeClock) -> None:
    steady = SteadyClock(clock)
    kept = []
    for _ in range(150):
        with store.tx() as tx:
            clockwatch.look(tx, steady)
        clock.move(seconds=1)
        with store.read() as tx:
            row = tx.one("SELECT v FROM meta WHERE k = 'max_now'")
            assert row is not None
            kept.append(row["v"])
    assert len(set(kept)) == 3

"""Health alerts: each trouble is told once, to whoever is not the trouble, and its end once more; never a flood."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from alerts import notices
from alerts.health import Trouble
from alerts.notices import Told, judge, lasted, mind, tell, waking
from core.clock import from_iso
from store import Backend, Row, Tx, alerts, channels, meta, mutes, open_store, outbox, sources, troubles
from store.channels import ChannelHealth
from store.coverage import coverage
from store.health import LAST_TICK, Machine
from store.sources import Definition, Outcome
from tests.conftest import FakeClock

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PLENTY = Machine(10**11, 10**12, 0)


@dataclass(frozen=True)
class Target:
    """A channel as far as health alerts need one."""

    addresses: tuple[str, ...] = ("",)
    deadline: timedelta = timedelta(hours=72)

    def targets(self) -> tuple[str, ...]:
        return self.addresses


CHANNELS = {"console": Target(), "mail": Target(("a@x.example", "b@x.example")), "slack": Target()}


def setup(tx: Tx, clock: FakeClock, *names: str) -> None:
    channels.sync(tx, [(n, "webhook") for n in CHANNELS], clock.now())
    watch(tx, clock, *names)


def watch(tx: Tx, clock: FakeClock, *names: str) -> None:
    sources.sync(tx, [Definition(n, "feed", f"https://{n}.example/", "d", None, ()) for n in names], clock.now())


def polled(tx: Tx, name: str, clock: FakeClock, *, error: str | None = None, status: int | None = 503) -> None:
    answer = 200 if error is None else status
    outcome = Outcome(clock.now(), 0.1, clock.now() + 30 * MINUTE, status=answer, error=error)
    sources.record(tx, name, outcome, now_live=error is None)


def said(tx: Tx, clock: FakeClock, wanted: Sequence[str] = (), machine: Machine = PLENTY) -> list[Told]:
    return mind(tx, wanted, CHANNELS, {}, machine, clock.now())[0]


def told_to(tx: Tx, alert: Told) -> list[str]:
    rows = tx.all("SELECT channel FROM deliveries WHERE alert_id = :id ORDER BY channel, target", id=alert.alert_id)
    return [r["channel"] for r in rows]


def breaks(tx: Tx, clock: FakeClock, name: str) -> None:
    broken = ChannelHealth(fails=2, first_fail_at=clock.now(), broken=True)
    channels.settle(tx, name, broken, clock.now(), "404 no_service")


def open_at(tx: Tx, clock: FakeClock, *named: tuple[str, str]) -> list[Told]:
    for kind, subject in named:
        troubles.open(tx, kind, subject, "why", clock.now())
    return tell(tx, (), CHANNELS, clock.now())


def test_a_failing_source_is_told_once_and_its_end_once(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock, "wire")
        polled(tx, "wire", clock)
        clock.move(minutes=30)
        polled(tx, "wire", clock, error="answered 503")
        assert said(tx, clock) == []
        clock.move(hours=5, minutes=1)
        (began,) = said(tx, clock)
        assert began.title == "Source wire cannot be read"
        assert began.lines[0] == "since 12:30 UTC: answered 503"
        assert "alerts mute --source wire" in began.lines[1]
        assert told_to(tx, began) == ["console", "mail", "mail", "slack"]
        assert said(tx, clock) == []
        polled(tx, "wire", clock)
        clock.move(minutes=61)
        (ended,) = said(tx, clock)
        assert (ended.title, ended.lines) == (
            "Source wire can be read again",
            ("After 6 h, from 12:30 to 18:32 UTC",),
        )
        assert alerts.get(tx, ended.alert_id)["parent_id"] == began.alert_id
        clock.move(days=1)
        assert said(tx, clock) == []


def test_health_alerts_go_before_others_and_wait_for_nothing(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        (alert,) = open_at(tx, clock, ("disk_low", ""))
        rows = tx.all("SELECT * FROM deliveries WHERE alert_id = :id", id=alert.alert_id)
        assert {(r["priority"], r["state"], from_iso(r["next_at"])) for r in rows} == {(1, "pending", clock.now())}
        kept = alerts.get(tx, alert.alert_id)
        assert (kept["kind"], kept["rule"]) == ("health", "")


def test_the_same_trouble_has_the_same_alert_on_any_database(store: Backend, clock: FakeClock) -> None:
    other = open_store(":memory:")
    made = []
    for backend in (store, other):
        with backend.tx() as tx:
            setup(tx, clock)
            made += [a.alert_id for a in open_at(tx, clock, ("disk_low", ""))]
    other.close()
    assert len(made) == 2
    assert len(set(made)) == 1


def test_only_the_named_channels_are_told(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        troubles.open(tx, "disk_low", "", "", clock.now())
        (alert,) = tell(tx, ["mail", "gone"], CHANNELS, clock.now())
        assert told_to(tx, alert) == ["mail", "mail"]


def test_a_broken_channel_is_told_to_the_others_and_its_end_to_it_too(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        breaks(tx, clock, "slack")
        (alert,) = said(tx, clock)
        assert alert.title == "Channel slack is broken"
        assert "404 no_service" in alert.lines[0]
        assert told_to(tx, alert) == ["console", "mail", "mail"]
        channels.repair(tx, "slack", clock.move(hours=2))
        (ended,) = said(tx, clock)
        assert ended.title == "Channel slack works again"
        assert told_to(tx, ended) == ["console", "mail", "mail", "slack"]


def test_where_the_only_channel_is_the_trouble_it_is_recorded_and_logged(
    store: Backend, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        breaks(tx, clock, "mail")
        (alert,) = said(tx, clock, ["mail"])
        assert alert.nobody
        assert told_to(tx, alert) == []
        assert [r["alert_id"] for r in troubles.current(tx)] == [alert.alert_id]
        assert said(tx, clock, ["mail"]) == []
    alert.log()
    (line,) = caplog.records
    assert line.levelno == logging.ERROR
    assert "borderwire status" in line.message


def test_another_trouble_waits_for_the_only_channel_and_is_not_lost(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        breaks(tx, clock, "mail")
        troubles.open(tx, "clock", "", "", clock.now())
        of_channel, other = sorted(said(tx, clock, ["mail"]), key=lambda a: not a.nobody)
        assert of_channel.title == "Channel mail is broken"
        rows = tx.all("SELECT state FROM deliveries WHERE alert_id = :id", id=other.alert_id)
        assert [r["state"] for r in rows] == ["held", "held"]


def test_a_channel_that_works_is_preferred_to_one_in_trouble(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        breaks(tx, clock, "slack")
        said(tx, clock)
        clock.move(hours=2)
        low = Machine(10**6, 10**12, 0)
        (alert,) = said(tx, clock, ["slack", "mail"], low)
        assert told_to(tx, alert) == ["mail", "mail"]


def test_troubles_that_begin_together_are_one_message(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        (alert,) = open_at(tx, clock, *(("source_failing", f"s{n}") for n in range(30)))
        assert alert.title == "30 sources cannot be read"
        assert len(alert.lines) == 21
        assert alert.lines[-1].startswith("and 10 more")
        clock.move(hours=2)
        (mixed,) = open_at(tx, clock, ("disk_low", ""), ("queue_lag", "slack"))
        assert mixed.title == "2 troubles of the service"
        assert mixed.lines[0] == "The disk is nearly full, since 14:00 UTC: why"
        assert told_to(tx, mixed) == ["console", "mail", "mail"]


def test_troubles_that_end_together_are_one_message(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock, "a", "b")
        open_at(tx, clock, ("source_failing", "a"), ("source_failing", "b"))
        clock.move(hours=2)
        (ended,) = said(tx, clock)
        assert ended.title == "2 sources can be read again"


def test_a_machine_that_is_offline_is_one_message_and_its_return_another(store: Backend, clock: FakeClock) -> None:
    names = [f"s{n}" for n in range(12)]
    with store.tx() as tx:
        setup(tx, clock, *names)
        for name in names:
            polled(tx, name, clock)
        clock.move(minutes=30)
        found: list[Told] = []
        for _ in range(40):  # ten hours, each source tried again and again
            for name in names:
                polled(tx, name, clock, error="cannot be resolved", status=None)
            found += said(tx, clock)
            clock.move(minutes=15)
        assert [a.title for a in found] == ["No source can be reached: this machine seems to be offline"]
        polled(tx, "s0", clock)
        tx.run("UPDATE sources SET next_poll_at = '2030-01-01T00:00:00.000+00:00'")
        (ended,) = said(tx, clock)
        assert ended.title == "Sources can be reached again"
        assert len(sources.claim_due(tx, clock.now(), 99, HOUR)) == 11  # nobody waits out what failed for that reason
        clock.move(minutes=1)
        assert said(tx, clock) == []  # the night's failures of the other eleven are not told one by one
        (gap,) = coverage(tx, clock.now() - DAY, clock.now()).gaps
        assert (gap.cause, gap.end) == ("offline", clock.now() - MINUTE)


def test_sources_that_fail_one_after_another_come_in_few_messages(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        made = []
        for n in range(40):
            made += open_at(tx, clock, ("source_failing", f"s{n}"))
            clock.move(minutes=1)
        assert len(made) == 4
        made += tell(tx, (), CHANNELS, clock.now())
        assert sum(len(a.lines) for a in made[1:]) == 39


def test_a_trouble_that_comes_and_goes_is_told_at_most_hourly(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        made = []
        for n in range(24 * 60):
            broken = n % 10 < 5
            if broken:
                breaks(tx, clock, "slack")
            elif n % 10 == 5:
                channels.repair(tx, "slack", clock.now())
            made += [(clock.now(), a.title) for a in said(tx, clock)]
            clock.move(minutes=1)
        times = [at for at, _ in made]
        assert all(later - earlier >= HOUR for earlier, later in pairwise(times))
        titles = [title for _, title in made]
        assert titles == (["Channel slack is broken", "Channel slack works again"] * 20)[: len(titles)]


def test_the_last_end_is_told_when_the_hour_is_over(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        breaks(tx, clock, "slack")
        said(tx, clock)
        channels.repair(tx, "slack", clock.move(minutes=5))
        assert said(tx, clock) == []
        clock.move(minutes=55)
        (ended,) = said(tx, clock)
        assert ended.lines == ("After 5 min, from 12:00 to 12:05 UTC",)


def test_a_clock_that_went_back_silences_nobody(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        assert open_at(tx, clock, ("disk_low", ""))
        troubles.close(tx, "disk_low", "", clock.now())
        clock.move(days=-30)
        assert [a.title for a in tell(tx, (), CHANNELS, clock.now())] == ["The disk has room again"]


def test_a_muted_source_is_told_when_the_mute_ends_if_it_still_fails(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        mutes.add(tx, rule=None, source="a", starts=clock.now(), ends=clock.now() + DAY, who="me", why="known")
        (alert,) = open_at(tx, clock, ("source_failing", "a"), ("source_failing", "b"))
        assert alert.title == "Source b cannot be read"
        clock.move(hours=23)
        assert tell(tx, (), CHANNELS, clock.now()) == []
        clock.move(hours=1)
        (late,) = tell(tx, (), CHANNELS, clock.now())
        assert late.title == "Source a cannot be read"


def test_messages_that_were_given_up_are_told_hourly_with_the_remedy(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        made = []
        for n in range(120):
            alerts.add(tx, f"al_{n}", notices.AlertKind.STORY, "r", f"T {n}", now=clock.now())
            outbox.put(tx, f"al_{n}", "slack", "", now=clock.now(), next_at=clock.now(), deadline=clock.now() + DAY)
            claimed = outbox.claim(tx, "slack", "me", clock.now(), MINUTE)
            assert claimed is not None
            outbox.failed(tx, claimed, clock.now(), outcome="rejected", error="invalid", status=400, next_at=None)
            made += said(tx, clock)
            clock.move(minutes=1)
        assert [a.title for a in made] == ["Messages to slack could not be delivered"] * 2
        assert made[0].lines[0] == "at 12:00 UTC: 1 message given up: invalid"
        assert made[1].lines[0] == "from 12:01 to 13:00 UTC: 60 messages given up: invalid"
        assert "deliveries replay --channel slack" in made[1].lines[1]
        assert "slack" not in told_to(tx, made[0])


def test_a_source_taken_out_of_the_configuration_is_not_said_to_work(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock, "a", "b")
        open_at(tx, clock, ("source_failing", "a"))
        watch(tx, clock, "b")
        clock.move(hours=2)
        assert said(tx, clock) == []
        assert troubles.current(tx) == []


def test_what_others_opened_is_theirs_to_close(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        (alert,) = open_at(tx, clock, ("database_moved", ""))
        assert alert.title == "Database moved"
        judge(tx, [], clock.now())
        assert [r["kind"] for r in troubles.current(tx)] == ["database_moved"]
        judge(tx, [Trouble("fuse", "", "x", clock.now())], clock.now())
        judge(tx, [], clock.now())
        assert [r["kind"] for r in troubles.current(tx)] == ["database_moved"]


def test_a_look_remembers_that_the_service_ran(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        assert waking(tx, clock.now()) == timedelta()
        said(tx, clock)
        clock.move(minutes=9)
        assert waking(tx, clock.now()) == 9 * MINUTE
        assert troubles.listing(tx, 9) == []
        assert meta.get(tx, LAST_TICK) == "2025-02-05T12:09:00.000+00:00"


@pytest.mark.parametrize(("gone", "told"), [(20 * MINUTE, 0), (3 * HOUR, 1)])
def test_a_pause_is_a_gap_and_a_long_one_is_told(store: Backend, clock: FakeClock, gone: timedelta, told: int) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        said(tx, clock)
        clock.moment += gone
        assert waking(tx, clock.now()) == gone
        assert [a.title for a in said(tx, clock)] == ["The service was not running"] * told
        assert len(coverage(tx, clock.now() - DAY, clock.now()).gaps) == 1
        clock.move(days=2)
        assert said(tx, clock) == []


def test_a_clock_behind_the_last_look_is_no_pause(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        said(tx, clock)
        clock.move(days=-3)
        assert waking(tx, clock.now()) == timedelta()


def test_the_time_between_single_passes_is_no_pause(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        assert waking(tx, clock.now(), resident=False) == timedelta()
        assert waking(tx, clock.move(days=2), resident=False) == timedelta()
        assert waking(tx, clock.move(minutes=1)) == MINUTE
        assert troubles.listing(tx, 9) == []


def test_the_status_line_names_what_is_wrong(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock)
        assert mind(tx, (), CHANNELS, {}, PLENTY, clock.now())[1] == "no trouble"
        breaks(tx, clock, "slack")
        assert mind(tx, (), CHANNELS, {}, PLENTY, clock.now())[1] == "1 trouble: channel_broken slack"


def test_a_span_is_told_in_its_largest_unit() -> None:
    spans = (timedelta(seconds=-3), 40 * MINUTE / 60, 25 * MINUTE, 3 * HOUR, 50 * HOUR)
    assert [lasted(s) for s in spans] == ["0 s", "40 s", "25 min", "3 h", "2 days"]


class Flood(RuleBasedStateMachine):
    """Whatever begins and ends whenever, no subject is told twice within an hour, and nothing open stays untold."""

    KINDS = (("disk_low", ""), ("queue_lag", "slack"), ("channel_broken", "mail"), ("fuse", ""))

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock(datetime(2025, 2, 5, 12, tzinfo=UTC))
        self.backend = open_store(":memory:")
        self.told: dict[tuple[str, str], list[datetime]] = {}
        with self.backend.tx() as tx:
            setup(tx, self.clock)

    def teardown(self) -> None:
        self.backend.close()

    @rule(which=st.sampled_from(KINDS))
    def begins(self, which: tuple[str, str]) -> None:
        with self.backend.tx() as tx:
            troubles.open(tx, *which, "", self.clock.now())

    @rule(which=st.sampled_from(KINDS))
    def ends(self, which: tuple[str, str]) -> None:
        with self.backend.tx() as tx:
            troubles.close(tx, *which, self.clock.now())

    @rule(minutes=st.integers(1, 90))
    def time_goes_on(self, minutes: int) -> None:
        self.clock.move(minutes=minutes)

    @rule()
    def somebody_tells(self) -> None:
        with self.backend.tx() as tx:
            before = {r["id"]: r["alert_id"] for r in self.rows(tx)}
            made = tell(tx, (), CHANNELS, self.clock.now())
            after = self.rows(tx)
            assert len(made) <= 3  # beginnings of channels, of others, and ends
            spoken = Counter((r["kind"], r["subject"]) for r in after if before.get(r["id"]) != r["alert_id"])
            for named, count in spoken.items():
                assert count == 1
                times = self.told.setdefault(named, [])
                assert not times or self.clock.now() - times[-1] >= HOUR
                times.append(self.clock.now())
            for row in tx.all("SELECT channel, alert_id FROM deliveries"):
                about = {r["subject"] for r in after if r["alert_id"] == row["alert_id"] and r["ended_at"] is None}
                assert row["channel"] not in about

    @invariant()
    def whatever_is_open_for_an_hour_can_be_told(self) -> None:
        with self.backend.read() as tx:
            open_ones = {(r["kind"], r["subject"]) for r in troubles.current(tx) if r["alert_id"] is None}
            assert open_ones <= {(r["kind"], r["subject"]) for r in troubles.untold(tx)}

    @staticmethod
    def rows(tx: Tx) -> list[Row]:
        return troubles.listing(tx, 1000)


TestFlood = Flood.TestCase
TestFlood.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)

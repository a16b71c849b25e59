"""What counts as a trouble and what does not, and the words of coverage: pure, on a clock that is told the time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.health import JUDGED, Trouble, at, coverage_lines, look
from core.model import SourceState
from store.coverage import Coverage, Failing, Gap
from store.health import ChannelFact, Deaths, Facts, Machine, Offline, SourceFact

NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STEPS = dict.fromkeys("abcdef", 30 * MINUTE)


def source(name: str = "a", *, ago: timedelta = 3 * HOUR, **changes: Any) -> SourceFact:
    fact = SourceFact(
        name=name,
        host=f"{name}.example",
        state=SourceState.FAILING,
        fails=4,
        since=NOW - ago,
        polled_at=NOW - 5 * MINUTE,
        answered=True,
        error="answered 503",
    )
    return replace(fact, **changes)


def channel(name: str = "slack", **changes: Any) -> ChannelFact:
    fact = ChannelFact(
        name=name,
        state="enabled",
        fails=0,
        failing_since=None,
        blocked_until=None,
        last_ok_at=None,
        error="",
        waiting=0,
        late_since=None,
        due_since=None,
        settled_at=None,
        lease_over_since=None,
        told=False,
    )
    return replace(fact, **changes)


def facts(**changes: Any) -> Facts:
    empty = Facts(
        sources=(),
        watched=10,
        heard_at=NOW - MINUTE,
        offline=None,
        channels=(),
        deaths=(),
        fuse_until=None,
        open=frozenset(),
    )
    return replace(empty, **changes)


def kinds(given: Facts, steps: dict[str, timedelta] = STEPS, now: datetime = NOW) -> list[tuple[str, str]]:
    return [(t.kind, t.subject) for t in look(given, steps, now)]


def test_where_nothing_is_wrong_nothing_is_found() -> None:
    assert look(facts(channels=(channel(),), machine=Machine(10**12, 2 * 10**12, 1 << 20)), STEPS, NOW) == []


@pytest.mark.parametrize(
    ("step", "ago", "found"),
    [
        (MINUTE, 59 * MINUTE, False),  # polled each minute: the hour counts
        (MINUTE, 61 * MINUTE, True),
        (30 * MINUTE, 149 * MINUTE, False),  # five polls of half an hour
        (30 * MINUTE, 151 * MINUTE, True),
        (DAY, 5 * DAY, False),
        (DAY, 5 * DAY + MINUTE, True),
    ],
)
def test_a_source_may_miss_an_hour_and_five_polls(step: timedelta, ago: timedelta, found: bool) -> None:
    assert bool(kinds(facts(sources=(source(ago=ago),)), {"a": step})) is found


def test_a_failing_source_says_since_when_and_why() -> None:
    (found,) = look(facts(sources=(source(),)), STEPS, NOW)
    assert found == Trouble("source_failing", "a", "answered 503", NOW - 3 * HOUR)


def test_a_source_that_is_gone_is_told_at_once() -> None:
    assert kinds(facts(sources=(source(ago=MINUTE, state=SourceState.GONE),))) == [("source_gone", "a")]


def silent(name: str, **changes: Any) -> SourceFact:
    return source(name, **{"answered": False, "ago": 20 * MINUTE, **changes})


def test_many_silent_sources_are_one_trouble() -> None:
    given = facts(sources=tuple(silent(n, ago=3 * HOUR) for n in "abcdef"), heard_at=NOW - 4 * HOUR)
    (found,) = look(given, STEPS, NOW)
    assert (found.kind, found.subject, found.since) == ("offline", "", NOW - 3 * HOUR)
    assert "the last answer came 08:00 UTC" in found.detail


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sources": tuple(silent(n, ago=5 * MINUTE) for n in "abcdef")}, "not for long"),
        ({"heard_at": NOW - MINUTE}, "somebody answered since"),
        ({"sources": tuple(silent(n, host="one.example") for n in "abcdef")}, "they share a host"),
        ({"sources": (silent("a"), silent("b"))}, "two of ten"),
        ({"sources": tuple(silent(n, answered=True) for n in "abcdef")}, "servers answer, with errors"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_looks_alike_is_not_taken_for_offline(changes: dict[str, Any], why: str) -> None:
    given = facts(sources=tuple(silent(n) for n in "abcdef"), heard_at=NOW - HOUR)
    assert kinds(given) == [("offline", "")]
    assert ("offline", "") not in kinds(replace(given, **changes)), why


def test_of_few_sources_half_are_proof_enough() -> None:
    assert kinds(facts(sources=(silent("a"), silent("b")), watched=3, heard_at=None)) == [("offline", "")]


def test_while_offline_a_source_that_failed_before_stays_what_it_was() -> None:
    given = facts(
        sources=(*(silent(n) for n in "abcde"), silent("f", ago=9 * HOUR)),
        heard_at=NOW - HOUR,
        open=frozenset({("source_failing", "f")}),
    )
    assert kinds(given) == [("offline", ""), ("source_failing", "f")]
    assert kinds(replace(given, open=frozenset())) == [("offline", "")]


def test_a_source_last_polled_while_offline_is_judged_at_its_next_poll() -> None:
    """Back online the failures of the night are not told one by one before each source was tried again."""
    night = Offline(NOW - 9 * HOUR, NOW - MINUTE)
    asleep = silent("a", ago=8 * HOUR, polled_at=NOW - HOUR)
    given = facts(sources=(asleep,), offline=night)
    assert kinds(given) == []
    assert kinds(replace(given, sources=(replace(asleep, polled_at=NOW),))) == [("source_failing", "a")]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"state": "broken", "failing_since": NOW - MINUTE}, ["channel_broken"]),
        ({"fails": 9, "failing_since": NOW - 59 * MINUTE}, []),
        ({"fails": 9, "failing_since": NOW - 61 * MINUTE}, ["channel_failing"]),
        ({"fails": 4, "failing_since": NOW - DAY}, []),  # the breaker is closed
        ({"late_since": NOW - 5 * MINUTE, "waiting": 3}, []),
        ({"late_since": NOW - 6 * MINUTE, "waiting": 3}, ["queue_lag"]),
        ({"fails": 9, "failing_since": NOW - 2 * HOUR, "late_since": NOW - 2 * HOUR}, ["channel_failing"]),
        ({"state": "paused", "fails": 9, "failing_since": NOW - DAY, "late_since": NOW - DAY}, []),
    ],
)
def test_a_channel_is_in_trouble_when(changes: dict[str, Any], found: list[str]) -> None:
    assert kinds(facts(channels=(channel(**changes),))) == [(kind, "slack") for kind in found]


def test_messages_that_were_late_stay_late_while_their_channel_is_broken() -> None:
    given = facts(channels=(channel(state="broken", waiting=3),), open=frozenset({("queue_lag", "slack")}))
    assert kinds(given) == [("channel_broken", "slack"), ("queue_lag", "slack")]


@pytest.mark.parametrize(("told_at", "found"), [(None, 1), (NOW - 59 * MINUTE, 0), (NOW - HOUR, 1), (NOW + DAY, 1)])
def test_messages_given_up_are_told_hourly(told_at: datetime | None, found: int) -> None:
    dead = look(facts(deaths=(Deaths("slack", 3, NOW - MINUTE, "invalid", told_at),)), STEPS, NOW)
    assert len(dead) == found
    assert all(t.over and t.kind not in JUDGED for t in dead)


@pytest.mark.parametrize(
    ("free", "total", "opened", "found"),
    [
        (501_000_000, 10**10, False, False),
        (499_000_000, 10**10, False, True),
        (21 * 10**9, 10**12, False, False),
        (19 * 10**9, 10**12, False, True),
        (550_000_000, 10**10, True, True),  # not yet clear of it
        (601_000_000, 10**10, True, False),
    ],
)
def test_the_disk_is_low_when(free: int, total: int, opened: bool, found: bool) -> None:
    given = facts(machine=Machine(free, total, 0), open=frozenset({("disk_low", "")} if opened else ()))
    assert (("disk_low", "") in kinds(given)) is found


def test_a_log_that_nobody_can_empty_is_a_trouble() -> None:
    assert kinds(facts(machine=Machine(10**12, 10**12, (64 << 20) + 1))) == [("wal_large", "")]
    assert kinds(facts(machine=Machine(10**12, 10**12, 64 << 20))) == []


def test_the_fuse_is_a_trouble_until_its_end() -> None:
    assert kinds(facts(fuse_until=NOW + MINUTE)) == [("fuse", "")]
    assert kinds(facts(fuse_until=NOW)) == []


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))
SOURCES = st.builds(
    SourceFact,
    name=st.sampled_from("abcdef"),
    host=st.sampled_from(["x", "y", "z"]),
    state=st.sampled_from([SourceState.FAILING, SourceState.GONE, SourceState.PRIMING]),
    fails=st.integers(0, 50),
    since=st.none() | MOMENTS,
    polled_at=st.none() | MOMENTS,
    answered=st.booleans(),
    error=st.text(max_size=5),
)
CHANNELS = st.builds(
    ChannelFact,
    name=st.sampled_from(["slack", "mail"]),
    state=st.sampled_from(["enabled", "paused", "broken"]),
    fails=st.integers(0, 9),
    failing_since=st.none() | MOMENTS,
    blocked_until=st.none() | MOMENTS,
    last_ok_at=st.none() | MOMENTS,
    error=st.text(max_size=5),
    waiting=st.integers(0, 9),
    late_since=st.none() | MOMENTS,
    due_since=st.none() | MOMENTS,
    settled_at=st.none() | MOMENTS,
    lease_over_since=st.none() | MOMENTS,
    told=st.booleans(),
)
OPEN = st.frozensets(
    st.sampled_from([("offline", ""), ("source_failing", "a"), ("queue_lag", "slack"), ("disk_low", "")])
)


@given(
    given_facts=st.builds(
        Facts,
        sources=st.lists(SOURCES, max_size=6, unique_by=lambda s: s.name).map(tuple),
        watched=st.integers(0, 10),
        heard_at=st.none() | MOMENTS,
        offline=st.none() | st.builds(Offline, since=MOMENTS, ended=st.none() | MOMENTS),
        channels=st.lists(CHANNELS, max_size=2, unique_by=lambda c: c.name).map(tuple),
        deaths=st.just(()),
        fuse_until=st.none() | MOMENTS,
        open=OPEN,
        machine=st.none() | st.builds(Machine, st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**9)),
    ),
    now=MOMENTS,
)
def test_whatever_the_facts_each_trouble_is_found_once_and_began_by_now(given_facts: Facts, now: datetime) -> None:
    found = look(given_facts, STEPS, now)
    named = [(t.kind, t.subject) for t in found]
    assert len(set(named)) == len(named)
    assert {t.kind for t in found} <= set(JUDGED)
    subjects = {s.name for s in given_facts.sources} | {c.name for c in given_facts.channels} | {""}
    assert {t.subject for t in found} <= subjects
    if ("offline", "") in named:
        fresh = [k for k in named if k[0] == "source_failing" and k not in given_facts.open]
        unanswered = {s.name for s in given_facts.sources if not s.answered and s.polled_at is not None}
        assert not unanswered & {name for _, name in fresh}


def coverage(**changes: Any) -> Coverage:
    return replace(Coverage(NOW - 5 * HOUR, NOW, 60, 60, 3412, (), ()), **changes)


def test_coverage_says_what_was_watched() -> None:
    assert coverage_lines(coverage()) == ("Watched 60 of 60 sources, 3,412 new entries read since 07:00 UTC",)


def test_coverage_names_who_fails_since_when() -> None:
    failing = (
        Failing("x", NOW - 2 * DAY - 3 * HOUR, "failing"),
        Failing("y", None, "gone"),
        Failing("z", None, "priming"),
    )
    (line,) = coverage_lines(coverage(healthy=57, failing=failing))
    assert line.startswith("Watched 57 of 60 sources,")
    assert line.endswith("; 3 failing: x (since 3 Feb 09:00), y (gone), z (not read yet)")


def test_coverage_names_five_and_counts_the_others() -> None:
    failing = tuple(Failing(f"s{n}", NOW - HOUR, "failing") for n in range(9))
    assert coverage_lines(coverage(failing=failing))[0].endswith("s4 (since 11:00) and 4 more")


def test_coverage_says_when_nothing_was_watched() -> None:
    gap = Gap(NOW - 4 * HOUR, NOW - HOUR, "stopped")
    assert coverage_lines(coverage(gaps=(gap,)))[1:] == (
        "Nothing was watched from 08:00 to 11:00 UTC (the service was not running)",
    )


def test_one_of_one_is_told_in_the_singular() -> None:
    (line,) = coverage_lines(coverage(sources=1, healthy=1, entries=1))
    assert line == "Watched 1 of 1 source, 1 new entry read since 07:00 UTC"


def test_a_time_names_its_day_and_year_where_they_are_others() -> None:
    assert at(NOW - HOUR, NOW) == "11:00 UTC"
    assert at(NOW - DAY, NOW, zone=False) == "4 Feb 12:00"
    assert at(NOW - 400 * DAY, NOW) == "2 Jan 2024 12:00 UTC"

"""Rules that tell of bursts: one alert when many match at once, and another only after it was quiet again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.bursts import Burst, needed, parse, step, tell_bursts
from core.model import EntryClass, Standing
from store import Backend, Tx, articles, channels, edits, mutes
from store import alerts as alert_rows
from tests.alerts.storm import DESK, Storm, evaluator, rule
from tests.conftest import FakeClock

HOUR = timedelta(hours=1)
NOON = datetime(2025, 2, 5, 12, tzinfo=UTC)


@pytest.fixture
def tx(store: Backend, clock: FakeClock) -> Iterator[Tx]:
    with store.tx() as open_tx:
        channels.sync(open_tx, [("desk", "console")], clock.now())
        yield open_tx


def storm(tx: Tx, clock: FakeClock, when: str = ">= 4 in 1h", **changes: object) -> Storm:
    return Storm(tx, clock, evaluator(rule(when=when, **changes)))


def looks(made: Storm, **later: float) -> list[str]:
    return tell_bursts(made.tx, made.made, made.clock.move(**later), DESK)


def test_a_burst_is_one_alert_of_all_its_articles(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock)
    for _ in range(3):
        assert made.prints() == []
        assert looks(made, minutes=5) == []
    made.prints()
    (told,) = looks(made, minutes=1)
    message = made.message(told)
    assert (message["kind"], message["title"]) == ("story", "4 articles match tariffs in 1h")
    assert message["lines"] == ["Matched from 11:16 to 12:16 UTC by tariff; the rule asks for >= 4 in 1h"]
    assert [o["title"] for o in message["outlets"]] == ["Story 1", "Story 2", "Story 3", "Story 4"]
    assert made.sends() == [told]
    assert [(r["outcome"], r["alert_id"]) for r in tx.all("SELECT * FROM matches")] == [("alerted", told)] * 4
    made.prints()
    assert looks(made, minutes=1) == []


def test_another_burst_is_told_after_it_fell_below_and_rested_for_a_window(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock)
    told = []
    for minute in range(300):
        if minute < 10 or 100 <= minute < 110 or 200 <= minute < 210:
            made.prints()
        told += looks(made, minutes=1)
    at = [alert_rows.get(tx, each)["created_at"][11:16] for each in told]
    # a wave has fallen below four in the hour 66 minutes after it began, and rests for an hour from then
    assert at == ["12:04", "14:06", "15:46"]
    assert [alert_rows.get(tx, each)["title"].split()[0] for each in told] == ["4", "10", "10"]


def test_what_was_old_or_came_all_at_once_is_not_counted(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock)
    for entry_class in (EntryClass.BACKFILL, EntryClass.REWRITE, EntryClass.BURST, EntryClass.LATE):
        for _ in range(4):
            made.prints(entry_class=entry_class)
    assert looks(made) == []
    for _ in range(3):
        made.prints()
    assert looks(made) == []


def test_above_baseline_asks_what_the_hour_usually_brings(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, "above baseline")
    for _ in range(14):
        for _ in range(3):
            made.prints()
            made.clock.move(minutes=10)
        assert looks(made) == []
        clock.move(hours=23, minutes=30)
    clock.move(minutes=30)
    for _ in range(8):
        made.prints()
        assert looks(made, minutes=3) == []
    made.prints()
    (told,) = looks(made, minutes=3)
    assert made.message(told)["title"] == "9 articles match tariffs in 1h"
    assert made.message(told)["lines"][0].endswith("by tariff; usual in this hour: 3.0")


def test_a_rare_rule_needs_five_to_be_above_its_baseline(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, "above baseline")
    for _ in range(4):
        made.prints()
    assert looks(made) == []
    made.prints()
    assert len(looks(made)) == 1


def test_a_long_burst_lists_fifty(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, ">= 60 in 30m")
    for _ in range(60):
        made.prints()
    (told,) = looks(made)
    message = made.message(told)
    assert message["title"] == "60 articles match tariffs in 30m"
    assert len(message["outlets"]) == 50
    assert message["lines"][1] == f"These are the first 50 of 60 articles; all are listed at {DESK}/alert/{told}"
    assert len(alert_rows.members(tx, told)) == 60


def test_a_muted_burst_is_kept_and_a_muted_source_does_not_count(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock)
    mutes.add(tx, rule=None, source="wire", starts=NOON, ends=NOON + HOUR, who="ana", why="test feed")
    for _ in range(4):
        made.prints(source="wire")
    assert looks(made) == []
    mutes.add(tx, rule="tariffs", source=None, starts=NOON, ends=NOON + HOUR, who="ana", why="drill")
    for _ in range(4):
        made.prints(source="agency")
    (told,) = looks(made)
    assert made.states() == {"suppressed": 1}
    assert made.message(told)["title"] == "4 articles match tariffs in 1h"


def test_bursts_obey_quiet_hours_like_any_alert(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock)
    made.made = evaluator(rule(when=">= 2 in 1h"), quiet={"desk": "11:00-14:00"})
    made.prints()
    made.prints()
    (told,) = looks(made)
    assert made.held() == [("quiet", "05 14:00:00")]
    assert made.tick(hours=2) == [told]
    assert made.sends() == [told]


def test_a_burst_in_a_digest_is_a_line_of_its_own(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, ">= 2 in 10m", digest="hourly")
    for _ in range(2):
        made.prints()
        made.prints()
        looks(made)
        looks(made, minutes=11)
        clock.move(minutes=14)
    (digest,) = made.tick(("Watched",), minutes=10)
    message = made.message(digest)
    assert message["title"] == "2 alerts of the last hour"
    assert message["lines"] == ["2 articles match tariffs in 10m", "2 articles match tariffs in 10m"]
    assert message["tail"] == ["Watched"]
    assert [o["title"] for o in message["outlets"]] == ["Story 1", "Story 2", "Story 3", "Story 4"]
    assert len(alert_rows.members(tx, digest)) == 4


def test_a_retraction_of_an_article_of_a_burst_is_told(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock)
    for _ in range(4):
        made.prints()
    (told,) = looks(made)
    stored = replace(
        made.last[2],
        revision=2,
        document=replace(made.last[2].document, text="A tariff on steel. This article was retracted.", kind="update"),
        entry_class=EntryClass.UPDATE,
        previous_text="A tariff on steel.",
        previous_title="Story 2",
        standing=Standing.RETRACTED,
        standing_note="This article was retracted.",
    )
    articles.revise(tx, stored.article_id, articles.to_article(articles.get(tx, stored.article_id)), sketch_n=0,
                    text_hash="x", words=9, now=clock.now())  # fmt: skip
    made.made(tx, stored, clock.now())
    (edit,) = edits.untold(tx, clock.move(seconds=1))
    assert (edit["alert_id"], edit["kind"]) == (told, "retracted")


def test_forms_of_when_are_read() -> None:
    assert (parse(">= 20 in 1h").needed, parse("≥20 in 90 m").window) == (20, timedelta(minutes=90))
    assert parse("above baseline").needed is None
    assert [needed(parse("above baseline"), usual) for usual in (0.0, 1.0, 2.0, 3.1)] == [5, 5, 6, 10]
    assert needed(parse(">= 20 in 1h"), 100.0) == 20


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 90)), max_size=60))
def test_between_two_bursts_there_is_at_least_a_window_below(counts: list[tuple[int, int]]) -> None:
    last, now, below_since, fired = Burst(), NOON, NOON - HOUR, 0
    for count, minutes in counts:
        begins, last = step(last, count, 5, HOUR, now)
        if begins:
            assert count >= 5
            assert fired == 0 or (below_since is not None and now - below_since >= HOUR)
            last, fired = Burst(f"al_{fired}"), fired + 1
            below_since = None
        elif count < 5 and below_since is None:
            below_since = now
        now += timedelta(minutes=minutes)

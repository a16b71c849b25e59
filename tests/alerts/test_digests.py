"""Digests: what is held comes together at its time, in one message, and nothing of it is lost or told twice."""

import json
import os
import signal
import subprocess
import sys
import tracemalloc
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from hypothesis.stateful import rule as step

from alerts.digests import retime
from alerts.message import alert_id
from alerts.timing import quiet_until
from alerts.updates import tell_updates
from core.config import RuleConfig
from core.model import AlertKind, EntryClass, Relation
from store import Backend, Tx, channels, digests, mutes, open_store, outbox
from store import alerts as alert_rows
from tests.alerts.storm import Storm, Target, evaluator, rule
from tests.conftest import FakeClock

TEN_MINUTES = timedelta(minutes=10)
WATCHED = ("Watched 3 of 3 sources, 12 new entries read since 12:00 UTC",)


@pytest.fixture
def tx(store: Backend, clock: FakeClock) -> Iterator[Tx]:
    with store.tx() as open_tx:
        channels.sync(open_tx, [("desk", "console"), ("mail", "email")], clock.now())
        yield open_tx


def storm(tx: Tx, clock: FakeClock, *rules: RuleConfig, **parts: object) -> Storm:
    return Storm(tx, clock, evaluator(*rules, **parts))  # type: ignore[arg-type]


def test_an_hourly_digest_comes_at_the_full_hour_with_its_articles_and_the_coverage_last(
    tx: Tx, clock: FakeClock
) -> None:
    made = storm(tx, clock, rule(digest="hourly"))
    told = [made.prints()[0] for _ in range(3) if clock.move(minutes=5)]
    assert made.tick(minutes=44, seconds=59) == []
    (digest,) = made.tick(WATCHED, seconds=1)
    message = made.message(digest)
    assert (message["kind"], message["rule"], message["title"]) == ("digest", "tariffs", "3 alerts of the last hour")
    assert [o["title"] for o in message["outlets"]] == ["Story 1", "Story 2", "Story 3"]
    assert message["tail"] == [*WATCHED]
    assert message["desk_url"] == f"https://desk.example/alert/{digest}"
    assert made.states() == {"merged": 3, "pending": 1}
    assert {d["merged_into"] for d in made.deliveries("merged")} == {made.deliveries("pending")[0]["id"]}
    assert made.sends() == [digest]
    assert [row["id"] for row in digests.told_by(tx, digest, 9)] == told
    assert made.tick(hours=5) == []


def test_coverage_is_asked_for_the_time_of_the_digest_and_only_for_one(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule("daily", digest="daily 18:00"), rule("quick", cooldown=timedelta(hours=3)))
    asked: list[datetime] = []

    def lines(since: datetime) -> Sequence[str]:
        asked.append(since)
        return ("Watched",)

    made.tick(lines)
    for _ in range(3):
        made.prints()
    made.tick(lines, hours=2)
    assert asked == []
    (quick,) = made.tick(lines, hours=1)
    assert asked == [clock.now() - timedelta(hours=3)]
    assert made.message(quick)["tail"] == ["Watched"]
    made.tick(lines, hours=3)
    assert asked[1:] == [clock.now() - timedelta(days=1)]


def test_a_digest_of_one_says_its_headline(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(digest="daily 18:00"))
    made.prints()
    (digest,) = made.tick(WATCHED, hours=6)
    message = made.message(digest)
    assert message["title"] == "1 alert of the day: Story 1"
    assert message["url"] == "https://wire.example/1"
    assert message["tail"] == [*WATCHED]


def test_one_that_is_held_alone_for_another_cause_is_sent_as_it_is(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(cooldown=timedelta(hours=1)))
    first, second = made.prints()[0], made.prints()[0]
    assert made.sends() == [first]
    assert made.held() == [("cooldown", "05 13:00:00")]
    assert made.tick(hours=1) == [second]
    assert made.sends() == [second]
    assert made.states() == {"sent": 2}


def test_a_cooldown_begins_again_with_what_it_held_back(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(cooldown=timedelta(hours=1)))
    made.prints()
    made.sends()
    clock.move(minutes=30)
    made.prints()
    made.tick(minutes=30)
    made.sends()
    clock.move(minutes=10)
    made.prints()
    assert made.held() == [("cooldown", "05 14:00:00")]


def test_each_recipient_gets_a_digest_of_its_own(tx: Tx, clock: FakeClock) -> None:
    both = {"mail": Target(("a@example.org", "b@example.org"))}
    made = storm(tx, clock, rule("tariffs", "mail", digest="hourly"), channels=both)
    made.prints()
    made.prints()
    assert len(made.tick(hours=1)) == 2
    assert sorted(d["target"] for d in made.deliveries("pending")) == ["a@example.org", "b@example.org"]


def test_quiet_hours_hold_what_is_sent_and_the_morning_catches_up(tx: Tx, clock: FakeClock) -> None:
    clock.moment = datetime(2025, 2, 5, 23, tzinfo=ZoneInfo("America/Denver"))
    quiet = {"desk": "22:00-07:00"}
    made = storm(tx, clock, rule(), rule("fire", severity="urgent"), quiet=quiet, zone=ZoneInfo("America/Denver"))
    for _ in range(3):
        made.prints()
    assert len(made.sends()) == 3  # the urgent ones
    assert {d["rule"] for d in made.deliveries("held")} == {"tariffs"}
    assert made.tick(hours=7, minutes=59) == []
    (digest,) = made.tick(minutes=1)
    assert made.message(digest)["title"] == "3 alerts from quiet hours"


def test_what_waits_for_a_try_when_quiet_hours_begin_waits_for_their_end(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(), rule("fire", severity="urgent"), quiet={"desk": "12:10-13:00"})
    told = made.prints()
    claimed = [made.claim()]
    made.fails(claimed[0], again=timedelta(minutes=15))  # type: ignore[arg-type]
    claimed.append(made.claim())
    made.fails(claimed[1], again=timedelta(minutes=15))  # type: ignore[arg-type]
    made.tick(minutes=10)
    assert made.held() == [("quiet", "05 13:00:00")]
    clock.move(minutes=10)
    assert made.sends() == [t for t in told if alert_rows.get(tx, t)["rule"] == "fire"]
    made.tick(minutes=40)
    assert len(made.sends()) == 1
    deadline = next(d for d in made.deliveries() if d["rule"] == "tariffs")["deadline_at"]
    assert datetime.fromisoformat(deadline) == clock.now() + timedelta(hours=72)


def test_what_a_person_sends_again_comes_in_quiet_hours_too(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, quiet={"desk": "11:00-13:00"})
    told = made.prints()
    (held,) = made.deliveries("held")
    digests.replay(tx, now=clock.now(), delivery_id=held["id"])
    made.tick(seconds=1)
    assert made.sends() == told


def test_more_than_ten_in_ten_minutes_come_as_one_at_the_end_of_the_window(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule("tariffs", "desk", "mail"))
    for _ in range(25):
        made.prints()
        clock.move(seconds=10)
    assert len(made.sends()) == 10
    assert set(made.held()) == {("rate", "05 12:10:00")}
    assert len(made.held()) == 30
    assert made.tick(minutes=5, seconds=49) == []
    assert len(made.tick(seconds=1)) == 2
    (digest,) = made.sends()
    assert made.message(digest)["title"] == "15 more alerts in a short time"
    assert len(made.prints()) == 1
    assert len(made.sends()) == 1


def test_a_rule_that_is_muted_fills_no_window(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock)
    mutes.add(tx, rule="tariffs", source=None, starts=clock.now(), ends=clock.now() + timedelta(minutes=1), who="ana",
              why="drill")  # fmt: skip
    for _ in range(12):
        made.prints()
    clock.move(minutes=2)
    made.prints()
    assert made.states() == {"suppressed": 12, "pending": 1}


def test_a_flood_over_all_rules_blows_the_fuse_for_an_hour(tx: Tx, clock: FakeClock) -> None:
    many = [rule(f"r{n}") for n in range(60)]
    made = storm(tx, clock, *many, rule("fire", severity="urgent"))
    for _ in range(9):
        made.prints()
        clock.move(seconds=1)
    states = made.states()
    urgent = sum(d["rule"] == "fire" for d in made.deliveries("pending"))
    assert (states["pending"] - urgent, states["held"]) == (492, 48)
    assert urgent == 9
    assert {d["digest"] for d in made.deliveries("held")} == {"fuse"}
    until = digests.fuse_until(tx, clock.now())
    assert until == datetime(2025, 2, 5, 13, 0, 8, tzinfo=UTC)
    made.sends()
    clock.move(minutes=30)
    made.prints()
    assert len(made.tick(minutes=29, seconds=59)) == 60
    assert digests.fuse_until(tx, clock.now()) is None


def test_many_entries_at_once_are_gathered_into_one_digest(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(), rule("fire", severity="urgent"))
    told: list[str] = []
    for _ in range(40):  # pages are read one after the other
        made.prints(entry_class=EntryClass.BURST)
        told += made.tick(seconds=10)
    assert told == []
    told = made.tick(minutes=2)
    assert [made.message(t)["title"] for t in told] == ["40 alerts on entries that appeared at once"] * 2
    assert sorted(made.sends()) == sorted(told)


def test_entries_that_go_on_to_appear_are_waited_for_half_an_hour(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock)
    told: list[str] = []
    for _ in range(45):
        made.prints(entry_class=EntryClass.BURST)
        told += made.tick(minutes=1)
    assert len(told) == 1
    assert timedelta(minutes=28) < datetime.fromisoformat(
        alert_rows.get(tx, told[0])["created_at"]
    ) - datetime(2025, 2, 5, 12, tzinfo=UTC) <= timedelta(minutes=32)  # fmt: skip


def test_an_update_of_articles_that_appeared_at_once_waits_as_they_would(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock)
    made.prints()
    told = made.last[1].story_id
    alert_rows.freeze(tx, made.sends()[0], "{}", clock.now())
    made.prints(story=told, relation=Relation.SAME_STORY, entry_class=EntryClass.BURST)
    tell_updates(tx, made.made, clock.move(minutes=31))
    assert made.held() == [("burst", "05 12:33:00")]
    made.prints(story=told, relation=Relation.SAME_STORY)
    made.prints(story=told, relation=Relation.SAME_STORY, entry_class=EntryClass.BURST)
    assert len(tell_updates(tx, made.made, clock.move(minutes=31))) == 1
    assert made.states()["pending"] == 1


def test_late_articles_wait_for_the_full_hour(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock)
    for _ in range(2):
        made.prints(entry_class=EntryClass.LATE)
    (digest,) = made.tick(hours=1)
    assert made.message(digest)["title"] == "2 alerts on articles dated days ago"


def test_a_long_digest_lists_the_first_fifty_and_says_where_all_are(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(digest="hourly"))
    for _ in range(60):
        made.prints()
    (digest,) = made.tick(WATCHED, hours=1)
    message = made.message(digest)
    assert len(message["outlets"]) == 50
    where = f"https://desk.example/alert/{digest}"
    assert message["lines"] == [f"These are the first 50 of 60 alerts; all are listed at {where}"]
    assert message["tail"] == [*WATCHED]
    assert len(alert_rows.members(tx, digest)) == 60


def test_without_a_desk_a_long_digest_names_the_command(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(digest="hourly"))
    for _ in range(51):
        made.prints()
    (digest,) = made.tick(desk_url=None, hours=1)
    assert made.message(digest)["lines"][0].endswith(f"all are listed at `borderwire alerts show {digest}`")


def test_five_thousand_members_make_one_small_message(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(digest="hourly"))
    made.prints()
    (first,) = made.tick(hours=1)
    now = clock.now()
    ids = [f"al_{n}" for n in range(5000)]
    article = made.last[1].article_id
    for each in ids:
        alert_rows.add(tx, each, AlertKind.STORY, "tariffs", each, now=now, article_id=article)
        alert_rows.add_article(tx, each, article, Relation.NEW, now)
        outbox.put(tx, each, "desk", "", now=now, next_at=now, deadline=now, state="held", digest="hourly", reason="r")
    tracemalloc.start()
    (digest,) = made.tick(WATCHED)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert digest != first
    assert len(json.dumps(made.message(digest))) < 5_000
    assert made.states()["merged"] == 5001
    assert peak < 40_000_000


def test_articles_that_joined_before_the_digest_are_counted_in_it_and_later_ones_are_an_update(
    tx: Tx, clock: FakeClock
) -> None:
    made = storm(tx, clock, rule(digest="hourly"))
    made.prints()
    story = made.last[1].story_id
    made.prints(story=story, relation=Relation.COPY)
    made.prints(story=story, relation=Relation.SAME_STORY)
    (digest,) = made.tick(hours=1)
    assert [o["name"] for o in made.message(digest)["outlets"]] == ["Paper 1 and 2 more"]
    made.prints(story=story, relation=Relation.COPY)  # copies make no message, whatever told of their story
    assert tell_updates(tx, made.made, clock.move(minutes=31)) == []
    made.prints(story=story, relation=Relation.SAME_STORY)
    (update,) = tell_updates(tx, made.made, clock.move(minutes=31))
    assert made.held() == [("hourly", "05 15:00:00")]
    (second,) = made.tick(hours=1)
    message = made.message(second)
    assert [o["title"] for o in message["outlets"]] == ["Story 5"]
    assert "you were told of" not in " ".join(message["lines"])
    assert [row["id"] for row in digests.told_by(tx, second, 9)] == [update]


def test_a_digest_that_dies_gives_its_members_back_one_by_one(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(digest="hourly"))
    told = [made.prints()[0] for _ in range(3)]
    made.tick(hours=1)
    claimed = made.claim()
    assert claimed is not None
    made.fails(claimed)
    assert made.tick(seconds=1) == []
    assert made.states() == {"dead": 1, "pending": 3}
    seen = []
    for _ in range(3):
        seen.append(made.sends())
        clock.move(minutes=1)
    assert [len(s) for s in seen] == [1, 1, 1]
    assert sorted(t for s in seen for t in s) == sorted(told)
    assert made.tick(hours=1) == []
    assert made.deliveries("dead")[0]["reason"] == digests.APART


def test_members_of_a_dead_digest_that_are_held_again_make_another_digest(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(cooldown=timedelta(hours=1)), quiet={"desk": "13:10-14:00"})
    for _ in range(4):
        made.prints()
    made.sends()
    made.tick(hours=1)
    clock.move(minutes=10)
    claimed = made.claim()
    assert claimed is not None
    made.fails(claimed)
    made.tick(seconds=1)
    assert made.states() == {"sent": 1, "dead": 1, "held": 3}
    (digest,) = made.tick(minutes=50)
    assert made.sends() == [digest]
    assert made.states() == {"sent": 2, "dead": 1, "merged": 3}


def test_a_digest_that_waits_for_a_broken_channel_is_held_for_it_and_not_merged(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(digest="hourly"))
    made.prints()
    (digest,) = made.tick(hours=1)
    tx.run("UPDATE channels SET state = 'broken' WHERE name = 'desk'")
    tx.run("UPDATE deliveries SET state = 'held', reason = :r WHERE state = 'pending'", r=channels.BROKEN)
    made.prints()
    (second,) = made.tick(hours=1)
    assert {d["reason"] for d in made.deliveries("held")} == {channels.BROKEN}
    channels.repair(tx, "desk", clock.now())
    assert sorted(made.sends()) == sorted([digest, second])


def test_what_is_let_go_for_a_broken_channel_is_held_for_its_repair(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, quiet={"desk": "11:00-13:00"})
    told = made.prints()
    tx.run("UPDATE channels SET state = 'broken' WHERE name = 'desk'")
    assert made.tick(hours=1) == told
    assert [d["reason"] for d in made.deliveries("held")] == [channels.BROKEN]
    channels.repair(tx, "desk", clock.now())
    assert made.sends() == told


KILLED = """
import sys
from datetime import UTC, datetime
sys.path.insert(0, sys.argv[2])
from alerts.digests import tell_digests
from store import open_store
from tests.alerts.storm import evaluator, rule
store = open_store(sys.argv[1])
with store.tx() as tx:
    tell_digests(tx, evaluator(rule(digest="hourly")), datetime(2025, 2, 5, 13, tzinfo=UTC))
"""


def test_a_kill_in_the_middle_of_a_merge_changes_nothing_and_the_digest_keeps_its_id(
    store: Backend, clock: FakeClock, tmp_path: Path
) -> None:
    with store.tx() as open_tx:
        channels.sync(open_tx, [("desk", "console")], clock.now())
        made = storm(open_tx, clock, rule(digest="hourly"))
        first = outbox.delivery_id(made.prints()[0], "desk", "", 0)
        made.prints()
        before = [dict(d) for d in made.deliveries()]
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    root = str(Path(__file__).parents[2])
    environ = {**os.environ, "BORDERWIRE_FAILPOINT": "in_merge"}
    done = subprocess.run([sys.executable, str(script), str(tmp_path / "test.db"), root], env=environ, cwd=root)
    assert done.returncode == -signal.SIGKILL
    with store.read() as open_tx:
        made.tx = open_tx
        assert [dict(d) for d in made.deliveries()] == before
    assert subprocess.run([sys.executable, str(script), str(tmp_path / "test.db"), root], cwd=root).returncode == 0
    with store.tx() as open_tx:
        made.tx = open_tx
        assert made.states() == {"merged": 2, "pending": 1}
        assert made.deliveries("pending")[0]["alert_id"] == alert_id("tariffs", f"digest\x1fdesk\x1f\x1f{first}")
        assert made.tick(hours=1) == []


def test_what_is_held_for_a_rule_or_channel_no_longer_configured_stays_listed_and_says_so(
    tx: Tx, clock: FakeClock
) -> None:
    made = storm(tx, clock, rule("tariffs", "desk", "mail", digest="hourly"))
    for _ in range(2):
        made.prints()
    made.made = evaluator(rule("tariffs", "desk", digest="hourly"))
    (digest,) = made.tick(hours=1)
    assert made.sends() == [digest]
    gone = "channel mail is no longer configured; was held for: the rule's hourly digest"
    assert {(d["channel"], d["reason"]) for d in made.deliveries("held")} == {("mail", gone)}
    made.made = evaluator(rule("guard"))
    made.tick(hours=3)
    (row,) = digests.waiting_by(tx)
    assert (row["rule"], row["n"]) == ("tariffs", 2)
    assert row["reason"] == "rule tariffs is no longer configured; was held for: the rule's hourly digest"
    assert made.tick(minutes=1) == []
    (first, _) = made.deliveries("held")
    assert digests.replay(tx, now=clock.now(), delivery_id=first["id"]) == [first["id"]]
    assert len(made.sends("mail")) == 1
    made.made = evaluator(rule("tariffs", "desk", "mail", digest="hourly"))
    assert len(made.tick(hours=1)) == 1
    assert made.sends("mail")


def test_a_recipient_taken_out_is_sent_no_digest(tx: Tx, clock: FakeClock) -> None:
    both = {"mail": Target(("a@example.org", "b@example.org"))}
    made = storm(tx, clock, rule("tariffs", "mail", digest="hourly"), channels=both)
    made.prints()
    made.made = evaluator(rule("tariffs", "mail", digest="hourly"), channels={"mail": Target(("a@example.org",))})
    assert len(made.tick(hours=1)) == 1
    (held,) = made.deliveries("held")
    assert held["reason"].startswith("b@example.org is no longer a recipient of mail")


def test_a_changed_configuration_tells_sooner_what_waits_and_never_later(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(digest="daily 18:00"))
    made.prints()
    for changed, at in (
        (rule(digest="daily 20:00"), "05 18:00:00"),
        (rule(digest="daily 15:00"), "05 15:00:00"),
        (rule(digest="hourly"), "05 13:00:00"),
        (rule(digest="daily 09:00"), "05 13:00:00"),
        (rule(), "05 12:00:00"),
    ):
        made.made = evaluator(changed)
        retime(tx, made.made, clock.now())
        assert [until for _, until in made.held()] == [at]
    assert len(made.tick()) == 1


def test_quiet_hours_taken_out_of_the_configuration_end_at_once(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, quiet={"desk": "11:00-23:00"})
    told = made.prints()
    made.made = evaluator()
    assert retime(tx, made.made, clock.now()) == 1
    assert made.tick() == told


def test_quiet_hours_put_into_the_configuration_hold_a_digest_that_is_due(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(digest="hourly"))
    made.prints()
    made.made = evaluator(rule(digest="hourly"), quiet={"desk": "12:30-15:00"})
    assert made.tick(hours=1) == []
    assert made.held() == [("hourly", "05 15:00:00")]


def test_a_mute_set_meanwhile_keeps_back_what_is_held_and_replay_sends_it(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(digest="hourly"))
    made.prints(source="wire")
    made.prints(source="agency")
    mutes.add(tx, rule=None, source="agency", starts=clock.now(), ends=clock.now() + timedelta(hours=9), who="ana",
              why="test feed")  # fmt: skip
    (digest,) = made.tick(hours=1)
    assert made.message(digest)["title"] == "1 alert of the last hour: Story 1"
    (kept,) = made.deliveries("suppressed")
    assert kept["reason"] == "mute 1"
    assert digests.of_alert(tx, kept["alert_id"])[0]["mute_who"] == "ana"
    outbox.replay(tx, now=clock.now(), delivery_id=kept["id"])
    assert sorted(made.sends()) == sorted([digest, kept["alert_id"]])


def test_a_mute_of_the_rule_keeps_back_the_whole_digest(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(digest="hourly"))
    for _ in range(3):
        made.prints()
    mutes.add(tx, rule="tariffs", source=None, starts=clock.now(), ends=clock.now() + timedelta(hours=2), who="ana",
              why="known")  # fmt: skip
    assert made.tick(hours=1) == []
    assert made.states() == {"suppressed": 3}
    clock.move(hours=2)
    made.prints()
    assert len(made.tick(hours=1)) == 1


def test_urgent_alerts_and_their_digests_are_marked_and_go_first(tx: Tx, clock: FakeClock) -> None:
    made = storm(tx, clock, rule(), rule("fire", severity="urgent"))
    plain, urgent = made.prints()
    assert [alert_rows.get(tx, each)["severity"] for each in (plain, urgent)] == ["normal", "urgent"]
    assert made.sends() == [urgent, plain]
    for _ in range(2):
        made.prints(entry_class=EntryClass.BURST)
    found = {alert_rows.get(tx, each)["rule"]: each for each in made.tick(minutes=2)}
    assert alert_rows.get(tx, found["fire"])["severity"] == "urgent"
    assert made.sends() == [found["fire"], found["tariffs"]]


QUIET = {"desk": "12:30-14:00"}
PLAIN = ("plain", "hourly", "cool")


class Told(RuleBasedStateMachine):
    """Alerts, time, receivers that fail, mutes and a person who sends again, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.clock = FakeClock(datetime(2025, 2, 5, 12, tzinfo=UTC))
        self.known: set[str] = set()
        self.asked: set[str] = set()
        self.at_once: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
        self.muted: list[int] = []

    @initialize()
    def begins(self) -> None:
        store = open_store(":memory:")
        self.open.callback(store.close)
        self.tx = self.open.enter_context(store.tx())
        channels.sync(self.tx, [("desk", "console"), ("mail", "email")], self.clock.now())
        rules = (
            rule("plain", "desk", "mail", query="plain"),
            rule("hourly", "mail", query="hourly", digest="hourly"),
            rule("cool", "desk", query="cool", cooldown=timedelta(minutes=20)),
            rule("fire", "desk", query="fire", severity="urgent"),
        )
        self.storm = Storm(self.tx, self.clock, evaluator(*rules, quiet=QUIET))

    def teardown(self) -> None:
        if hasattr(self, "storm"):
            self.ends()
        self.open.close()

    def ends(self) -> None:
        """When all is well again everything was told, but for what is muted or given up."""
        mutes.end(self.tx, self.clock.now())
        for name in ("desk", "mail"):
            channels.repair(self.tx, name, self.clock.now())
        for _ in range(40):
            self.moves(timedelta(hours=1))
            for name in ("desk", "mail"):
                self.sends(name, "sent", 50)
        left = self.storm.states()
        assert set(left) <= {"sent", "merged", "suppressed", "dead"}, left
        for row in self.storm.deliveries("merged"):
            (told,) = [d for d in digests.of_alert(self.tx, row["alert_id"]) if d["id"] == row["id"]]
            assert told["digest_state"] == "sent"

    @step(
        words=st.lists(st.sampled_from([*PLAIN, "fire"]), min_size=1, max_size=4, unique=True),
        entry_class=st.sampled_from([EntryClass.LIVE] * 4 + [EntryClass.BURST, EntryClass.LATE]),
        count=st.integers(1, 6),
        source=st.sampled_from(["wire", "agency"]),
    )
    def fires(self, words: list[str], entry_class: EntryClass, count: int, source: str) -> None:
        for _ in range(count):
            before = {d["id"] for d in self.storm.deliveries()}
            self.storm.prints(" ".join(words), entry_class=entry_class, source=source)
            for d in self.storm.deliveries():
                if d["id"] not in before and d["digest"] is None and d["state"] != "suppressed":
                    self.at_once[d["rule"], d["channel"]].append(self.clock.now())

    @step(time=st.one_of(st.timedeltas(timedelta(seconds=1), timedelta(minutes=3)),
                         st.timedeltas(timedelta(minutes=1), timedelta(hours=2))))  # fmt: skip
    def moves(self, time: timedelta) -> None:
        """Time passes, and the service looks around."""
        self.clock.moment += time
        self.storm.tick()
        assert digests.due(self.tx, self.clock.now()) == []

    @step(name=st.sampled_from(["desk", "mail"]), outcome=st.sampled_from(["sent", "sent", "again", "dead"]),
          count=st.integers(1, 8))  # fmt: skip
    def sends(self, name: str, outcome: str, count: int) -> None:
        self.moves(timedelta(seconds=1))
        now = self.clock.now()
        for _ in range(count):
            claimed = self.storm.claim(name)
            if claimed is None:
                break
            urgent = alert_rows.get(self.tx, claimed.alert_id)["severity"] == "urgent"
            quiet = quiet_until(QUIET.get(name), now, UTC) is not None
            assert urgent or not quiet or claimed.id in self.asked
            if outcome == "sent":
                outbox.sent(self.tx, claimed, now)
            else:
                self.storm.fails(claimed, again=timedelta(minutes=7) if outcome == "again" else None)
                self.asked.discard(claimed.id)
        self.moves(timedelta(seconds=1))

    @step(name=st.sampled_from(["desk", "mail"]))
    def breaks(self, name: str) -> None:
        channels.settle(self.tx, name, channels.ChannelHealth(broken=True), self.clock.now(), "410")

    @step(name=st.sampled_from(["desk", "mail"]))
    def mends(self, name: str) -> None:
        channels.repair(self.tx, name, self.clock.now())
        self.storm.tick()

    @step(what=st.sampled_from([*PLAIN, "fire", "wire", "agency"]), time=st.timedeltas(timedelta(minutes=1),
                                                                                      timedelta(hours=3)))  # fmt: skip
    def mutes(self, what: str, time: timedelta) -> None:
        rule, source = (None, what) if what in ("wire", "agency") else (what, None)
        now = self.clock.now()
        made = mutes.add(self.tx, rule=rule, source=source, starts=now, ends=now + time, who="ana", why="drill")
        self.muted.append(made)

    @step(last=st.booleans())
    def unmutes(self, last: bool) -> None:
        mutes.end(self.tx, self.clock.now(), mute=self.muted[-1] if last and self.muted else None)

    @step(number=st.integers(0, 500))
    def replays(self, number: int) -> None:
        rows = [d for d in self.storm.deliveries() if d["state"] in outbox.REPLAYABLE]
        if rows:
            self.asked.update(digests.replay(self.tx, now=self.clock.now(), delivery_id=rows[number % len(rows)]["id"]))

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "storm"):
            return
        rows = self.storm.deliveries()
        assert self.known <= {d["id"] for d in rows}
        self.known = {d["id"] for d in rows}
        assert sum(self.storm.states().values()) == len(rows)
        by_id = {d["id"]: d for d in rows}
        for d in rows:
            assert (d["state"] == "merged") == (d["merged_into"] is not None), dict(d)
            if d["state"] == "merged":
                assert by_id[d["merged_into"]]["state"] != "dead"
            if d["state"] in ("held", "suppressed"):
                assert d["reason"]

    @invariant()
    def no_rule_floods_a_channel(self) -> None:
        for (name, _), times in self.at_once.items():
            if name != "fire":
                assert all(sum(at - TEN_MINUTES < other <= at for other in times) <= 10 for at in times)


Told.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
test_whatever_happens_in_whatever_order_every_alert_is_told_or_listed = Told.TestCase

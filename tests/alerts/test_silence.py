"""A daily digest comes every day: a day without alerts is told as one, once, with what was watched."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.channels._mail import compose
from alerts.channels._slack import payload
from alerts.channels._text import as_text, said
from alerts.channels.email import address_of
from alerts.silence import tell_silence
from core import message_json
from core.config import RuleConfig
from core.model import AlertKind, EntryClass
from store import Backend, Tx, channels, mutes
from tests.alerts.channels.making import delivery
from tests.alerts.storm import Storm, Target, evaluator, rule
from tests.conftest import FakeClock

DAILY = rule(digest="daily 18:00")
DAY = timedelta(days=1)


@pytest.fixture
def tx(store: Backend, clock: FakeClock) -> Iterator[Tx]:
    with store.tx() as open_tx:
        channels.sync(open_tx, [("desk", "console"), ("mail", "email")], clock.now())
        yield open_tx


class Days(Storm):
    """Ticks as the service's, which tell what there is before they tell that there was nothing."""

    def day(self, **later: float) -> list[str]:
        """So much time passes, an hour at a time; the titles of what was sent."""
        end = self.clock.now() + timedelta(**later)
        told: list[str] = []
        while self.clock.now() < end:
            self.tick(lambda since: (f"Watched since {since:%d %H:%M}",), hours=1)
            self.silence()
            told += [self.message(each)["title"] for channel in ("desk", "mail") for each in self.sends(channel)]
        return told

    def silence(self) -> list[str]:
        def lines(since: datetime) -> Sequence[str]:
            return (f"Watched since {since:%d %H:%M}",)

        return tell_silence(self.tx, self.made, self.clock.now(), lines)


def days(tx: Tx, clock: FakeClock, *rules: RuleConfig, **parts: object) -> Days:
    made = Days(tx, clock, evaluator(*(rules or (DAILY,)), **parts))  # type: ignore[arg-type]
    made.silence()
    return made


def test_a_day_without_alerts_is_told_once_at_its_time_with_what_was_watched(tx: Tx, clock: FakeClock) -> None:
    made = days(tx, clock)  # it is noon
    assert made.day(hours=5) == []
    assert made.day(hours=1) == ["No alerts of the day"]
    (told,) = (d["alert_id"] for d in made.deliveries())
    message = made.message(told)
    assert (message["kind"], message["rule"], message["outlets"]) == ("digest", "tariffs", [])
    assert message["tail"] == ["Watched since 04 18:00"]
    assert made.day(hours=23) == []
    assert made.day(hours=49) == ["No alerts of the day"] * 3


def test_a_day_with_an_alert_is_told_by_its_digest_alone(tx: Tx, clock: FakeClock) -> None:
    made = days(tx, clock)
    made.prints()
    assert made.day(hours=7) == ["1 alert of the day: Story 1"]
    assert made.day(days=1) == ["No alerts of the day"]
    made.prints()
    made.prints()
    assert made.day(days=1) == ["2 alerts of the day"]


def test_what_is_held_for_longer_is_something(tx: Tx, clock: FakeClock) -> None:
    made = days(tx, clock, quiet={"desk": "17:00-20:00"})
    made.prints()
    assert made.day(hours=8) == ["1 alert of the day: Story 1"]


def test_quiet_hours_hold_it(tx: Tx, clock: FakeClock) -> None:
    made = days(tx, clock, quiet={"desk": "17:00-20:00"})
    assert made.day(hours=7) == []
    assert made.day(hours=1) == ["No alerts of the day"]
    assert made.day(hours=20) == []


def test_a_muted_rule_is_silent_altogether(tx: Tx, clock: FakeClock) -> None:
    made = days(tx, clock)
    mutes.add(tx, rule="tariffs", source=None, starts=clock.now(), ends=clock.now() + DAY, who="ana", why="known")
    assert made.day(hours=20) == []
    assert made.day(hours=20) == ["No alerts of the day"]


def test_only_daily_digests_of_rules_that_wait_for_them(tx: Tx, clock: FakeClock) -> None:
    made = days(
        tx, clock, rule(), rule("hourly", digest="hourly"), rule("fire", digest="daily 18:00", severity="urgent")
    )
    assert made.day(days=2) == []


def test_each_recipient_of_each_channel_is_told(tx: Tx, clock: FakeClock) -> None:
    both = {"mail": Target(("a@example.org", "b@example.org")), "desk": Target()}
    made = days(tx, clock, rule("tariffs", "mail", "desk", digest="daily 18:00"), channels=both)
    assert made.day(hours=7) == ["No alerts of the day"] * 3
    assert sorted((d["channel"], d["target"]) for d in made.deliveries()) == [
        ("desk", ""), ("mail", "a@example.org"), ("mail", "b@example.org")
    ]  # fmt: skip


def test_days_without_the_service_are_one_day_of_silence(tx: Tx, clock: FakeClock) -> None:
    made = days(tx, clock)
    clock.move(days=4)
    assert len(made.silence()) == 1
    assert made.silence() == []
    assert len(made.deliveries()) == 1


def test_a_new_rule_or_another_time_begins_with_its_next_time(tx: Tx, clock: FakeClock) -> None:
    made = days(tx, clock)
    made.day(hours=2)
    made.made = evaluator(rule(digest="daily 13:00"), rule("border", digest="daily 13:00"))
    assert made.day(hours=20) == []
    assert made.day(hours=4) == ["No alerts of the day"] * 2
    made.made = evaluator(rule())
    assert made.day(days=2) == []


def test_it_follows_the_clocks_of_its_time_zone(tx: Tx, clock: FakeClock) -> None:
    zone = ZoneInfo("America/Denver")
    clock.moment = datetime(2025, 3, 8, 6, tzinfo=zone).astimezone(UTC)
    made = days(tx, clock, rule(digest="daily 07:00"), zone=zone)
    assert made.day(hours=1) == ["No alerts of the day"]
    assert made.day(hours=22) == []
    assert made.day(hours=1) == ["No alerts of the day"], "23 hours later: clocks went forward"


def test_what_came_but_proves_nothing_new_is_no_alert(tx: Tx, clock: FakeClock) -> None:
    made = days(tx, clock)
    made.prints(entry_class=EntryClass.BACKFILL)
    assert made.day(hours=7) == ["No alerts of the day"]


def test_it_reads_well_on_every_channel(tx: Tx, clock: FakeClock) -> None:
    made = days(tx, clock)
    made.day(hours=7)
    message = message_json.decode(made.message(made.deliveries()[0]["alert_id"]))
    assert message.kind is AlertKind.DIGEST
    sent = delivery(message, target="desk@x.example")
    words = said(sent, clock.now())
    text = as_text(words)
    assert text.startswith("No alerts of the day\n\nWatched since 04 18:00\n\nRule tariffs")
    mail = compose(sent, address_of("wire@x.example"), "desk@x.example", clock.now())
    assert mail["Subject"] == "[tariffs · digest] No alerts of the day"
    blocks = json.dumps(payload(words))
    assert "No alerts of the day" in blocks
    assert "Watched since 04 18:00" in blocks

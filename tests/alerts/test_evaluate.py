"""From a stored article to alerts and deliveries: what fires, what joins, what stays silent, and why."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from alerts.evaluate import Evaluator
from alerts.message import alert_id
from alerts.rules import Rule, RuleSet
from alerts.updates import tell_updates
from core.config import RuleConfig
from core.message_json import decode_receipt
from core.model import Article, Document, EntryClass, Extraction, Relation, Stored
from store import Backend, Tx, articles, channels, outbox
from store import alerts as alert_rows
from tests.conftest import FakeClock

TEXT = "The government threatened a tariff on steel. The National Guard moved to the river on Wednesday."


@dataclass(frozen=True)
class Target:
    places: tuple[str, ...] = ("",)
    deadline: timedelta = timedelta(hours=72)

    def targets(self) -> tuple[str, ...]:
        return self.places


def rule(name: str, query: str, **changes: object) -> RuleConfig:
    made = RuleConfig(
        name, query, ("desk", "mail"), (), (), timedelta(seconds=10), timedelta(minutes=30), "story", "config.yaml:1"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def evaluator(*rules: RuleConfig) -> Evaluator:
    chosen = rules or (rule("tariffs", "tariff OR arancel"), rule("guard", '"National Guard"'))
    made = RuleSet([Rule(r.name, r.query) for r in chosen])
    targets = {"desk": Target(), "mail": Target(("a@example.org", "b@example.org"))}
    return Evaluator(made, {r.name: r for r in chosen}, targets)


@pytest.fixture
def tx(store: Backend, clock: FakeClock):  # type: ignore[no-untyped-def]
    with store.tx() as open_tx:
        channels.sync(open_tx, [("desk", "webhook"), ("mail", "email")], clock.now())
        yield open_tx


def stored(
    tx: Tx, clock: FakeClock, n: int = 1, *, text: str = TEXT, story: int | None = None, **changes: object
) -> Stored:
    """An article put into the store as ingest does, ready to be evaluated."""
    url = f"https://{n}.example/story"
    story_id = story or articles.found_story(tx, f"key{n}", "Convoy", "en", clock.now())
    relation = Relation(str(changes.get("relation", Relation.NEW)))
    article_id = articles.add(
        tx,
        Article(url, url, "Convoy reaches the border", text, language="en", site=f"Paper {n}"),
        source=f"source{n}",
        tags=(),
        entry_class=EntryClass.LIVE,
        story_id=story_id,
        relation=relation,
        copy_of=None,
        score=0.0,
        sketch_n=0,
        text_hash=f"h{n}",
        words=20,
        now=clock.now(),
    )
    made = Stored(
        article_id=article_id,
        revision=1,
        document=Document(str(article_id), "Convoy reaches the border", text, url, source=f"source{n}", language="en"),
        story_id=story_id,
        story_key=str(articles.story(tx, story_id)["key"]),
        relation=relation,
        entry_class=EntryClass.LIVE,
        extraction=Extraction.PAGE,
        note="",
        first_seen=clock.now(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def outcomes(tx: Tx) -> list[tuple[str, str]]:
    return [(r["rule"], r["outcome"]) for r in tx.all("SELECT rule, outcome FROM matches ORDER BY id")]


def test_each_rule_fires_once_and_each_target_gets_a_delivery(tx: Tx, clock: FakeClock) -> None:
    created = evaluator()(tx, stored(tx, clock), clock.now())
    assert created == [alert_id("tariffs", "key1"), alert_id("guard", "key1")]
    found = outbox.rows(tx, state="pending", channel=None, limit=50)
    assert sorted((d["rule"], d["channel"], d["target"]) for d in found) == [
        (r, c, t)
        for r in ("guard", "tariffs")
        for c, t in (("desk", ""), ("mail", "a@example.org"), ("mail", "b@example.org"))
    ]
    assert outbox.claim(tx, "desk", "me", clock.now(), timedelta(seconds=90)) is None  # the rule's wait
    assert outbox.claim(tx, "desk", "me", clock.move(seconds=10), timedelta(seconds=90)) is not None


def test_the_receipt_says_why(tx: Tx, clock: FakeClock) -> None:
    import json

    evaluator()(tx, stored(tx, clock, note="text from the feed summary"), clock.now())
    receipt = decode_receipt(json.loads(alert_rows.get(tx, alert_id("guard", "key1"))["receipt"]))
    assert receipt.words == ("National Guard",)
    assert (receipt.field, receipt.source, receipt.note) == ("body", "source1", "text from the feed summary")
    assert ("National Guard", True) in receipt.snippet


def test_what_was_there_before_fires_nothing_but_is_recorded(tx: Tx, clock: FakeClock) -> None:
    for n, kind in enumerate((EntryClass.BACKFILL, EntryClass.REWRITE), 1):
        assert evaluator()(tx, stored(tx, clock, n, entry_class=kind), clock.now()) == []
    assert outcomes(tx) == [
        ("tariffs", "backfill"),
        ("guard", "backfill"),
        ("tariffs", "reissued"),
        ("guard", "reissued"),
    ]
    assert outbox.rows(tx, state=None, channel=None, limit=5) == []


def test_late_and_burst_ones_are_told_with_a_note(tx: Tx, clock: FakeClock) -> None:
    evaluator()(tx, stored(tx, clock, entry_class=EntryClass.LATE), clock.now())
    assert "three days" in alert_rows.get(tx, alert_id("guard", "key1"))["receipt"]


def test_a_copy_joins_its_storys_alerts_even_without_the_words(tx: Tx, clock: FakeClock) -> None:
    first = stored(tx, clock)
    evaluator()(tx, first, clock.now())
    cut = stored(tx, clock, 2, text="Only the first lines.", story=first.story_id, relation=Relation.COPY)
    assert evaluator()(tx, cut, clock.now()) == []
    members = alert_rows.members(tx, alert_id("guard", "key1"))
    assert [m["site"] for m in members] == ["Paper 1", "Paper 2"]


def test_an_article_of_a_told_story_becomes_an_update_after_its_time(tx: Tx, clock: FakeClock) -> None:
    made = evaluator()
    first = stored(tx, clock)
    made(tx, first, clock.now())
    told = alert_id("tariffs", "key1")
    alert_rows.freeze(tx, told, "{}", clock.now())
    clock.move(minutes=5)
    later = stored(
        tx, clock, 2, story=first.story_id, relation=Relation.SAME_STORY, text="A new tariff deadline was set."
    )
    assert made(tx, later, clock.now()) == []
    assert tell_updates(tx, made, clock.now()) == []
    clock.move(minutes=25)
    (update,) = tell_updates(tx, made, clock.now())
    row = alert_rows.get(tx, update)
    assert (row["kind"], row["parent_id"], row["rule"]) == ("update", told, "tariffs")
    assert [m["site"] for m in alert_rows.members(tx, update)] == ["Paper 2"]
    assert len([d for d in outbox.rows(tx, state="pending", channel=None, limit=50) if d["alert_id"] == update]) == 3
    assert tell_updates(tx, made, clock.move(hours=3)) == []


def test_updates_can_be_told_each_or_never(tx: Tx, clock: FakeClock) -> None:
    made = evaluator(rule("each", "tariff", update_every="each"), rule("never", "tariff", update_every="never"))
    first = stored(tx, clock)
    made(tx, first, clock.now())
    for name in ("each", "never"):
        alert_rows.freeze(tx, alert_id(name, "key1"), "{}", clock.now())
    made(tx, stored(tx, clock, 2, story=first.story_id, relation=Relation.SAME_STORY), clock.move(seconds=1))
    assert [alert_rows.get(tx, u)["rule"] for u in tell_updates(tx, made, clock.move(seconds=1))] == ["each"]


def test_an_edit_that_makes_a_rule_hold_says_what_was_added(tx: Tx, clock: FakeClock) -> None:
    made = evaluator()
    before = "The government threatened a tariff on steel."
    first = stored(tx, clock, text=before)
    made(tx, first, clock.now())
    clock.move(minutes=5)
    edited = replace(
        first,
        revision=2,
        document=replace(first.document, text=TEXT, kind="update"),
        entry_class=EntryClass.UPDATE,
        previous_text=before,
        previous_title=first.document.title,
    )
    assert made(tx, edited, clock.now()) == [alert_id("guard", "key1")]
    lines = alert_rows.get(tx, alert_id("guard", "key1"))["lines"]
    assert "Now mentions National Guard, added 12:05 UTC" in lines
    assert outcomes(tx) == [("tariffs", "alerted"), ("guard", "alerted")]


def test_a_muted_rule_is_recorded_and_kept_for_replay(tx: Tx, clock: FakeClock) -> None:
    tx.run(
        "INSERT INTO mutes(rule, starts_at, ends_at, who, why)"
        " VALUES ('guard', '2025-01-01', '2026-01-01', 'ana', 'drill')"
    )
    evaluator()(tx, stored(tx, clock), clock.now())
    assert outcomes(tx) == [("tariffs", "alerted"), ("guard", "muted")]
    assert {d["rule"] for d in outbox.rows(tx, state="suppressed", channel=None, limit=9)} == {"guard"}


def test_evaluating_again_after_a_crash_changes_nothing(tx: Tx, clock: FakeClock) -> None:
    made, article = evaluator(), stored(tx, clock)
    made(tx, article, clock.now())
    made(tx, article, clock.now())
    assert len(outcomes(tx)) == 2
    assert len(outbox.rows(tx, state=None, channel=None, limit=50)) == 6

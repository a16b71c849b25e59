"""Why a rule fired or did not, from the first word of a source to the last delivery."""

from datetime import timedelta

import pytest

from alerts.bursts import tell_bursts
from alerts.digests import tell_digests
from alerts.evaluate import Evaluator
from alerts.rules import Rule, RuleSet
from alerts.why import Asked, Why, as_json, gather, said
from core.errors import NotFound
from core.model import Document, Entry, EntryClass, Extraction, Relation, Stored
from store import Backend, Tx, articles, channels, entries, outbox
from store import alerts as alert_rows
from tests.alerts.archiving import edit, keep
from tests.alerts.editing import GUARD as SENTENCE
from tests.alerts.editing import PLAIN, News, evaluator
from tests.alerts.editing import rule as plain_rule
from tests.alerts.test_evaluate import Target, rule
from tests.conftest import FakeClock

GUARD = Asked("guard", '"National Guard"')
TEXT = "The National Guard moved."


def evaluate(tx: Tx, article_id: int, clock: FakeClock, query: str = GUARD.query, **changes: object) -> None:
    """Let live matching see an article as ingest does."""
    row = articles.get(tx, article_id)
    made = Evaluator(
        RuleSet([Rule("guard", query)]), {"guard": rule("guard", query)}, {"desk": Target(), "mail": Target()}
    )
    made(
        tx,
        Stored(
            article_id=article_id,
            revision=row["revision"],
            document=Document(str(article_id), row["title"], row["text"], source="wire", language="en"),
            story_id=row["story_id"],
            story_key=articles.story(tx, row["story_id"])["key"],
            relation=Relation(row["relation"]),
            entry_class=EntryClass(row["class"]),
            extraction=Extraction.PAGE,
            note="",
            first_seen=clock.now(),
        ),
        clock.now(),
    )


@pytest.fixture
def tx(store: Backend, clock: FakeClock):  # type: ignore[no-untyped-def]
    with store.tx() as open_tx:
        channels.sync(open_tx, [("desk", "console"), ("mail", "email")], clock.now())
        open_tx.run(
            "INSERT INTO sources(name, kind, url, definition, next_poll_at) VALUES ('wire', 'feed', 'u', 'd', 'n')"
        )
        yield open_tx


def why(tx: Tx, clock: FakeClock, article_id: int, asked: Asked = GUARD) -> Why:
    waiting, read = gather(tx, asked, {}, articles.get(tx, article_id), (), clock.now())
    return Why(asked, str(article_id), waiting, (), read)


def unread(tx: Tx, clock: FakeClock, url: str, *on_site: str) -> Why:
    named, read = gather(tx, GUARD, {}, None, entries.named(tx, [url], url), clock.now())
    return Why(GUARD, url, named, on_site, read)


def story(found: Why) -> str:
    return "\n".join(said(found))


def name(tx: Tx, clock: FakeClock, url: str) -> int:
    return entries.add(
        tx, "wire", Entry(url), digest="d", entry_class=EntryClass.LIVE, look="page", now=clock.now()
    )  # fmt: skip


def test_an_address_nobody_named_is_not_known(tx: Tx, clock: FakeClock) -> None:
    found = unread(tx, clock, "https://news.example/x", "wire")
    assert not found.holds
    assert story(found).startswith("https://news.example/x is not known: no source has named it")
    assert "Of news.example these sources are read: wire." in story(found)
    assert "No configured source is of news.example." in story(unread(tx, clock, "https://news.example/x"))
    assert as_json(found)["state"] == "unknown"


def test_an_entry_that_waits_says_when_it_is_read_and_what_stopped_it(tx: Tx, clock: FakeClock) -> None:
    first = name(tx, clock, "https://news.example/x")
    assert "it waits to be read, next at 2025-02-05T12:00" in story(unread(tx, clock, "https://news.example/x"))
    entries.claim_todo(tx, clock.now(), 5, timedelta(minutes=2))
    assert "it is being read since 2025-02-05T12:00" in story(unread(tx, clock, "https://news.example/x"))
    entries.try_later(tx, first, clock.move(minutes=30), "answered 503")
    found = unread(tx, clock, "https://news.example/x")
    assert "after one try, next at 2025-02-05T12:30:00.000+00:00; last answer: answered 503" in story(found)
    assert as_json(found)["state"] == "waiting"
    assert as_json(found)["entries"][0]["reason"] == "answered 503"


def test_an_entry_that_became_no_article_says_why(tx: Tx, clock: FakeClock) -> None:
    entries.done(tx, name(tx, clock, "https://news.example/x"), None, "answered 404")
    found = unread(tx, clock, "https://news.example/x")
    assert "no article could be made of it: answered 404" in story(found)
    assert as_json(found)["state"] == "failed"


def test_an_entry_is_known_by_its_address_key_too(tx: Tx, clock: FakeClock) -> None:
    entry = name(tx, clock, "https://news.example/x?utm=1")
    entries.add_keys(tx, "wire", [("url", "news.example/x")], entry)
    assert [e["id"] for e in entries.named(tx, ["https://news.example/x"], "news.example/x")] == [entry]


def test_a_rule_that_fired_tells_its_alert_and_each_delivery(tx: Tx, clock: FakeClock) -> None:
    article = keep(tx, 1, "Convoy", TEXT, clock.now())
    evaluate(tx, article, clock)
    claimed = outbox.claim(tx, "desk", "me", clock.move(seconds=10), timedelta(seconds=90))
    assert claimed is not None
    outbox.sent(tx, claimed, clock.now())
    claimed = outbox.claim(tx, "mail", "me", clock.now(), timedelta(seconds=90))
    assert claimed is not None
    outbox.failed(tx, claimed, clock.now(), outcome="rejected", error="no such box", status=550, next_at=None)
    found = why(tx, clock, article)
    told = story(found)
    assert found.holds
    assert "Rule guard holds: National Guard." in told
    assert "It fired at 2025-02-05T12:00:00.000+00:00 and made the alert." in told
    assert "Delivery to desk: sent 2025-02-05T12:00:10" in told
    assert "Delivery to mail: dead after 1 try" in told
    assert "no such box" in told
    printed = as_json(found)
    assert printed["recorded"]["outcome"] == "alerted"
    assert [d["state"] for d in printed["deliveries"]] == ["sent", "dead"]
    assert printed["snippet"] == "The [National Guard] moved."
    assert printed["spans"] == [["body", 4, 12], ["body", 13, 18]]


def test_a_delivery_that_waits_or_is_held_says_so(tx: Tx, clock: FakeClock) -> None:
    article = keep(tx, 1, "Convoy", TEXT, clock.now())
    evaluate(tx, article, clock)
    tx.run("UPDATE deliveries SET state = 'held', reason = 'channel broken' WHERE channel = 'mail'")
    told = story(why(tx, clock, article))
    assert "Delivery to desk: pending, due 2025-02-05T12:00:10.000+00:00." in told
    assert "Delivery to mail: held: channel broken. Its channel is broken or paused." in told
    assert "The article will be named in its message, which is not written yet." in told


def test_the_clause_that_fails_is_named_with_how_it_nearly_holds(tx: Tx, clock: FakeClock) -> None:
    article = keep(tx, 1, "Convoy", "A guard of the national park.", clock.now())
    found = why(tx, clock, article, Asked("guard", '"National Guard" AND park NOT zebra'))
    assert not found.holds
    assert 'Rule guard does not hold: "National Guard" fails, its words are there, but not side by side.' in story(
        found
    )
    clause = as_json(found)["clause"]
    assert [(p["text"], p["holds"]) for p in clause["parts"]] == [
        ('"National Guard"', False), ("park", True), ("NOT zebra", True),
    ]  # fmt: skip


def test_a_rule_newer_than_the_article_is_told_from_one_that_was_changed(tx: Tx, clock: FakeClock) -> None:
    article = keep(tx, 1, "Convoy", TEXT, clock.now())
    assert "The rule holds now, and no match was recorded" in story(why(tx, clock, article))
    evaluate(tx, article, clock, "convoy")
    found = why(tx, clock, article, Asked("guard", "tariff"))
    assert not found.holds
    assert "It held when the article was read; the rule was changed since." in story(found)


def test_an_edit_that_took_the_words_away_is_told(tx: Tx, clock: FakeClock) -> None:
    article = keep(tx, 1, "Convoy", TEXT, clock.now())
    evaluate(tx, article, clock)
    edit(tx, article, "Nobody moved.", clock.move(minutes=5))
    told = story(why(tx, clock, article))
    assert "Read from wire 2025-02-05T12:00:00.000+00:00, revision 2 of 2025-02-05T12:05:00.000+00:00." in told
    assert "It held for revision 1 and does not for what the article says now." in told


def test_a_copy_names_its_original_and_joins_its_alert(tx: Tx, clock: FakeClock) -> None:
    first = keep(tx, 1, "Convoy", TEXT, clock.now(), story="a")
    evaluate(tx, first, clock)
    copy = keep(tx, 2, "Cut", "Somebody.", clock.move(minutes=1), story="a", relation=Relation.COPY, copy_of=first)
    evaluate(tx, copy, clock)
    told = story(why(tx, clock, copy))
    assert f"It is a copy of article {first}, Convoy (wire)." in told
    assert 'Rule guard does not hold: "National Guard" fails.' in told
    assert "tells its story: Convoy." in told
    alert = alert_rows.of_story(tx, articles.get(tx, copy)["story_id"])[0]["id"]
    alert_rows.freeze(tx, alert, "{}", clock.now())
    assert "The article is named in its message." in story(why(tx, clock, copy))
    late = keep(tx, 3, "Cut", "Somebody.", clock.now(), story="a", relation=Relation.COPY, copy_of=first)
    evaluate(tx, late, clock)
    assert "a copy makes no message of its own" in story(why(tx, clock, late))
    other = keep(tx, 4, "More", TEXT, clock.now(), story="a", relation=Relation.SAME_STORY)
    evaluate(tx, other, clock)
    told = story(why(tx, clock, other))
    assert "when its story had been told: it joined the alert" in told
    assert "an update will name it" in told


def test_an_edit_is_explained_from_its_revision_to_the_update_that_tells_it(tx: Tx, clock: FakeClock) -> None:
    made = News(tx, clock, evaluator())
    first = made.prints("Wire", f"{PLAIN} {SENTENCE}")
    copy = made.prints("Valley Times", PLAIN, story=made.story(first), relation=Relation.COPY)
    made.freeze()
    clock.move(minutes=5)
    made.edits(copy, f"{PLAIN} The National Guard left.")
    said_of = "Revision 2 of 2025-02-05T12:05:00.000+00:00: Now mentions National Guard, added 12:05 UTC"
    told = story(why(tx, clock, copy))
    assert "It matched at 2025-02-05T12:05:00.000+00:00, when its story had been told: it joined the alert." in told
    assert f"{said_of}; an update will tell of it." in told
    made.told(hours=1)
    assert f"{said_of}; told in update {made.updates()[0]['id']}." in story(why(tx, clock, copy))
    (printed,) = as_json(why(tx, clock, copy))["edits"]
    assert printed["lines"][1] == "Now: The National Guard left."
    assert (printed["revision"], printed["kind"], printed["quiet"]) == (2, "edited", None)
    made.edits(first, f"{PLAIN} {SENTENCE} The National Guard left.")
    assert "another outlet's edit had said the same." in story(why(tx, clock, first))
    assert as_json(why(tx, clock, first))["edits"][0]["quiet"] == "same"


def test_the_end_of_an_article_is_explained_too(tx: Tx, clock: FakeClock) -> None:
    made = News(tx, clock, evaluator(plain_rule(update_every="never")))
    first = made.prints("Wire", SENTENCE)
    made.loses(first)
    told = story(why(tx, clock, first))
    assert "Revision 1 of 2025-02-05T12:00:00.000+00:00: No longer at its address (answered 404)" in told
    assert "the rule says `update_every: never`" in told


def test_the_alert_of_a_rule_that_does_not_fold_is_the_articles_own(tx: Tx, clock: FakeClock) -> None:
    made = News(tx, clock, evaluator(plain_rule(fold="none")))
    first = made.prints("Wire", SENTENCE)
    copy = made.prints("Valley Times", SENTENCE, story=made.story(first), relation=Relation.COPY)
    told = story(why(tx, clock, copy))
    assert f"Alert {made.created[1]} of 2025-02-05T12:00:00.000+00:00 tells of it alone" in told


def test_what_was_there_before_is_told_to_be_silent(tx: Tx, clock: FakeClock) -> None:
    old = keep(tx, 1, "Convoy", TEXT, clock.now(), entry_class=EntryClass.BACKFILL)
    assert "it would have alerted nobody" in story(why(tx, clock, old))
    evaluate(tx, old, clock)
    assert "was there when wire was first read: recorded, nobody is told" in story(why(tx, clock, old))
    again = keep(tx, 2, "Convoy", TEXT, clock.now(), entry_class=EntryClass.REWRITE)
    evaluate(tx, again, clock)
    assert "wire only issued an old entry again: recorded, nobody is told" in story(why(tx, clock, again))


def test_a_mute_is_named_with_who_set_it(tx: Tx, clock: FakeClock) -> None:
    tx.run(
        "INSERT INTO mutes(rule, starts_at, ends_at, who, why)"
        " VALUES ('guard', '2025-01-01', '2026-01-01', 'ana', 'drill')"
    )
    article = keep(tx, 1, "Convoy", TEXT, clock.now())
    evaluate(tx, article, clock)
    told = story(why(tx, clock, article))
    assert "while the rule or its source was muted: the alert is kept and not sent" in told
    assert "Delivery to desk: suppressed: mute 1, set by ana until 2026-01-01: drill. `borderwire" in told
    assert "Muted until 2026-01-01 by ana: drill." in told


def test_a_summary_says_why_there_is_no_more(tx: Tx, clock: FakeClock) -> None:
    refused = keep(tx, 1, "Convoy", "Sum.", clock.now(), extraction=Extraction.SUMMARY, note="the page answered 403")
    entry = name(tx, clock, "https://www.news.example/1")
    entries.done(tx, entry, refused)
    entries.look_later(tx, entry, clock.move(hours=1))
    told = story(why(tx, clock, refused))
    assert "Not extracted: only its headline and summary are known: the page answered 403." in told
    assert "Its page will be looked at again at 2025-02-05T13:00:00.000+00:00." in told
    fed = keep(tx, 2, "Convoy", "Sum.", clock.now(), extraction=Extraction.FEED)
    assert "Its text is the feed's own." in story(why(tx, clock, fed))


def test_a_query_is_explained_without_alerts(tx: Tx, clock: FakeClock) -> None:
    article = keep(tx, 1, "Convoy", TEXT, clock.now())
    evaluate(tx, article, clock)
    told = story(why(tx, clock, article, Asked(None, "guard source:wire")))
    assert "The query holds: Guard." in told
    assert "lert" not in told
    assert "by facts of the article" in story(why(tx, clock, article, Asked(None, "source:wire")))


def test_a_rule_that_holds_only_for_a_change_is_explained_as_such(tx: Tx, clock: FakeClock) -> None:
    article = keep(tx, 1, "Convoy", "Nobody.", clock.now())
    asked = Asked(None, "guard kind:update")
    assert not why(tx, clock, article, asked).holds
    edit(tx, article, TEXT, clock.now())
    assert why(tx, clock, article, asked).holds


def test_an_unknown_number_is_refused(tx: Tx, clock: FakeClock) -> None:
    with pytest.raises(NotFound):
        why(tx, clock, 99)


def test_a_delivery_held_for_a_digest_says_until_when_and_why_and_then_which_digest_told_it(
    tx: Tx, clock: FakeClock
) -> None:
    made = News(tx, clock, evaluator(plain_rule(digest="hourly")))
    first = made.prints("Wire", SENTENCE)
    told = story(why(tx, clock, first))
    assert (
        "Delivery to desk: held until 2025-02-05T13:00:00.000+00:00, to be told with others: the rule's hourly digest."
    ) in told
    (digest,) = tell_digests(tx, made.made, clock.move(hours=1))
    told = story(why(tx, clock, first))
    assert f"The article is named in digest {digest}." in told
    assert f"Delivery to desk: told in digest {digest}, now pending." in told
    assert as_json(why(tx, clock, first))["deliveries"][0]["digest_id"] == digest


def test_a_match_that_only_counts_says_so_and_a_burst_names_its_alert(tx: Tx, clock: FakeClock) -> None:
    made = News(tx, clock, evaluator(plain_rule(when=">= 2 in 1h")))
    first = made.prints("Wire", SENTENCE)
    assert "and was counted: the rule tells only of many at once" in story(why(tx, clock, first))
    made.prints("Paper", SENTENCE)
    (burst,) = tell_bursts(tx, made.made, clock.now())
    told = story(why(tx, clock, first))
    assert f"Alert {burst} of 2025-02-05T12:00:00.000+00:00 tells of many articles at once: 2 articles match" in told
    assert "The article is named in its message." in told

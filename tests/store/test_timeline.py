"""The timeline of a story: every event in its place, said in plain words."""

import json
from datetime import timedelta
from typing import Any

import pytest

from core.clock import to_iso
from core.errors import NotFound
from core.model import AlertKind, Article, EntryClass, Extent, Extraction, Relation
from store import Backend, Tx, alerts, articles, channels, decisions, outbox, timeline
from tests.conftest import FakeClock

WIRE = "The ferry stopped at noon. Nobody was hurt, the harbour office said.\nTwo crews were called out of bed for it."
LOCAL = "In this town the school bus waited for the ferry until the evening, its driver said."


def printed(tx: Tx, clock: FakeClock, n: int, story: int, text: str = WIRE, **more: Any) -> int:
    url = f"https://paper{n}.example/ferry"
    given: dict[str, Any] = {"relation": Relation.NEW, "copy_of": None, "entry_class": EntryClass.LIVE, **more}
    extraction = given.pop("extraction", Extraction.PAGE)
    return articles.add(
        tx,
        Article(
            url, url, f"Ferry stops {n}", text, language="en", site=f"Paper {n}" if n < 9 else "", extraction=extraction
        ),
        source=f"source{n}",
        tags=(),
        story_id=story,
        score=0.0,
        sketch_n=0,
        text_hash=str(n),
        words=20,
        now=clock.now(),
        **given,
    )


def revised(tx: Tx, clock: FakeClock, article_id: int, **changes: Any) -> int:
    row = articles.to_article(articles.get(tx, article_id))
    told = {"title": row.title, "text": row.text, **changes}
    changed = Article(row.url, row.canonical_url, told["title"], told["text"])
    return articles.revise(tx, article_id, changed, sketch_n=0, text_hash="x", words=9, now=clock.now())


def founded(tx: Tx, clock: FakeClock, key: str = "k") -> int:
    return articles.found_story(tx, key, "Ferry stops 1", "en", clock.now())


def told(tx: Tx, clock: FakeClock, alert: str, story: int, kind: AlertKind = AlertKind.STORY, **states: str) -> None:
    """An alert with one delivery on each channel named, in the state named."""
    channels.sync(tx, [(name, "console") for name in states], clock.now())
    parent = "al_1" if kind is AlertKind.UPDATE else None
    alerts.add(tx, alert, kind, "ferries", "Ferry", now=clock.now(), story_id=story, article_id=1, parent_id=parent)
    for name, state in states.items():
        made = "suppressed" if state == "suppressed" else "pending"
        outbox.put(tx, alert, name, "", now=clock.now(), next_at=clock.now(), deadline=clock.now(), state=made)
        sent = to_iso(clock.now()) if state == "sent" else None
        tx.run(
            "UPDATE deliveries SET state = :state, sent_at = :sent WHERE channel = :name AND alert_id = :alert",
            state=state,
            sent=sent,
            name=name,
            alert=alert,
        )


def edit(tx: Tx, clock: FakeClock, revision: int, kind: str, **more: Any) -> None:
    given = {"told": None, "quiet": None, **more}
    tx.run(
        "INSERT INTO edits(alert_id, article_id, revision, kind, lines, added_at, told_in, quiet)"
        " VALUES ('al_1', 1, :revision, :kind, '[]', :now, :told, :quiet)",
        revision=revision,
        kind=kind,
        now=to_iso(clock.now()),
        **given,
    )


def said(tx: Tx, story: int) -> list[tuple[str, str]]:
    return [(e["kind"], e["detail"]) for e in timeline.timeline(tx, story)]


def test_articles_alerts_and_revisions_stand_in_the_order_of_time(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        story = founded(tx, clock)
        first = printed(tx, clock, 1, story)
        told(tx, clock, "al_1", story, desk="sent", mail="sent")
        clock.move(minutes=5)
        printed(tx, clock, 2, story, relation=Relation.COPY, copy_of=first, extent=Extent.EXCERPT)
        clock.move(minutes=5)
        printed(tx, clock, 3, story, relation=Relation.SAME_STORY)
        clock.move(minutes=5)
        revised(tx, clock, first, text="The ferry stopped at one.")
        clock.move(minutes=5)
        revised(tx, clock, first, title="Ferry runs again")
        told(tx, clock, "al_2", story, AlertKind.UPDATE, desk="pending")
        assert said(tx, story) == [
            ("article", "first to print it"),
            ("alert", "rule ferries told desk, mail"),
            ("article", "copy of Paper 1, excerpt"),
            ("article", "another report on it"),
            ("revision", "edited, revision 2"),
            ("revision", "edited under a new headline, revision 3"),
            ("update", "rule ferries is about to tell desk"),
        ]
        found = timeline.timeline(tx, story)
    assert [e["title"] for e in found if e["kind"] in ("article", "revision") and e["article_id"] == first] == [
        "Ferry stops 1",
        "Ferry stops 1",
        "Ferry runs again",
    ]
    keys = {"at", "kind", "article_id", "alert_id", "outlet", "title", "detail", "relation", "extent", "revision"}
    assert all(set(event) == keys for event in found)
    assert (found[2]["relation"], found[2]["extent"], found[2]["outlet"]) == ("copy", "excerpt", "Paper 2")


def test_an_alert_says_whom_it_reached_and_whom_not(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        story = founded(tx, clock)
        printed(tx, clock, 1, story)
        told(tx, clock, "al_1", story, a="sent", b="dead", c="suppressed", d="held", e="merged", f="pending")
        told(tx, clock, "al_2", story)
        assert said(tx, story)[1:] == [
            (
                "alert",
                "rule ferries told a; is about to tell f; waits for d; muted for c; told in a digest on e; could not"
                " tell b",
            ),
            ("alert", "rule ferries fired; it has no channel"),
        ]


def test_what_became_of_an_edit_is_said_with_it(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        story = founded(tx, clock)
        first = printed(tx, clock, 1, story)
        told(tx, clock, "al_1", story, desk="sent")
        for how in ({"told": "al_1"}, {}, {"quiet": "limit"}, {"quiet": "spelling"}):
            clock.move(minutes=1)
            edit(tx, clock, revised(tx, clock, first, text=f"The ferry {how}."), "edited", **how)
        assert [detail for kind, detail in said(tx, story) if kind == "revision"] == [
            "edited, revision 2; rule ferries: told",
            "edited, revision 3; rule ferries: to be told",
            "edited, revision 4; rule ferries: not told again, three edits were",
            "edited, revision 5; rule ferries: not told, only spelling changed",
        ]


def test_a_page_read_after_its_summary_is_no_edit(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        story = founded(tx, clock)
        first = printed(tx, clock, 1, story, extraction=Extraction.SUMMARY)
        clock.move(minutes=5)
        revised(tx, clock, first, text="The whole report.")
        assert said(tx, story)[1] == ("revision", "full text read, revision 2")


def test_what_became_of_an_article_is_told_with_the_publisher_s_words(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        story = founded(tx, clock)
        first = printed(tx, clock, 1, story)
        told(tx, clock, "al_1", story, desk="sent")
        edit(tx, clock, 1, "corrected", told="al_1")
        tx.run(
            "UPDATE articles SET standing = 'gone', standing_at = :at, standing_note = 'answered 404' WHERE id = :id",
            at=to_iso(clock.move(hours=1)),
            id=first,
        )
        edit(tx, clock, 1, "gone")
        assert [e for e in said(tx, story) if e[0] == "standing"] == [
            ("standing", "correction published"),
            ("standing", "gone: answered 404"),  # once, though a rule has an edit of it as well
        ]


def test_a_copy_of_an_article_elsewhere_and_one_that_was_there_before_say_so(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        one, other = founded(tx, clock), founded(tx, clock, "other")
        first = printed(tx, clock, 1, one, entry_class=EntryClass.BACKFILL)
        printed(tx, clock, 10, other, relation=Relation.COPY, copy_of=first)
        tx.run("UPDATE articles SET pinned = 1 WHERE story_id = :id", id=other)
        assert said(tx, one) == [("article", "first to print it; it was there when its source was first read")]
        (event,) = timeline.timeline(tx, other)
    assert event["detail"] == f"copy of Paper 1 (story {one}); pinned here"
    assert event["outlet"] == "source10"  # its site is not named


def test_decisions_are_told_from_either_side(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        one, other = founded(tx, clock), founded(tx, clock, "other")
        for n, story in ((1, one), (2, one), (3, other)):
            printed(tx, clock, n, story)
        who: dict[str, Any] = {"who": "ana", "why": ""}
        for what, story, origin, ids in (
            ("split", other, one, [3, 4]),
            ("pin", other, one, [3, 4, 5]),
            ("pin", one, None, [1]),
            ("unpin", one, None, [1]),
        ):
            decisions.record(tx, what, story, origin=origin, ids=ids, now=clock.move(minutes=1), **who)
        assert [detail for kind, detail in said(tx, one) if kind == "decision"] == [
            f"2 articles split off into story {other} by ana",
            f"article 3 and 2 copies of it moved to story {other} by ana",
            "article 1 pinned here by ana",
            "article 1 unpinned by ana",
        ]
        assert [detail for kind, detail in said(tx, other) if kind == "decision"] == [
            f"split from story {one} with 2 articles by ana",
            f"article 3 and 2 copies of it moved here from story {one} by ana",
        ]
        (kept,) = [d for d in decisions.of_story(tx, other) if d["what"] == "split"]
        assert json.loads(kept["articles"]) == [3, 4]


def test_a_story_that_is_not_there_has_no_events_and_no_summary(store: Backend) -> None:
    with store.read() as tx:
        assert timeline.timeline(tx, 9) == []
        with pytest.raises(NotFound, match="no story 9; borderwire stories list shows them"):
            timeline.summary(tx, 9)


def test_what_a_copy_added_is_what_its_original_had_not_printed_by_then(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        story = founded(tx, clock)
        first = printed(tx, clock, 1, story)
        copy = printed(tx, clock, 2, story, f"{WIRE}\n{LOCAL}", relation=Relation.COPY, copy_of=first)
        assert timeline.added(tx, copy) == [LOCAL]
        assert timeline.added(tx, first) == []
        assert timeline.added(tx, 99) == []
        clock.move(minutes=9)
        revised(tx, clock, first, text=f"{WIRE}\n{LOCAL}")
        assert timeline.added(tx, copy) == [LOCAL]  # the copy had it first
        later = printed(tx, clock, 3, story, f"{WIRE}\n{LOCAL}", relation=Relation.COPY, copy_of=first)
        assert timeline.added(tx, later) == []
        clock.move(minutes=9)
        revised(tx, clock, first, text=LOCAL)
        last = printed(tx, clock, 4, story, WIRE, relation=Relation.COPY, copy_of=first)
        assert timeline.added(tx, last) == []  # what the original has taken back is still the original's


def test_stories_are_listed_newest_first_or_by_outlets(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        ids = [founded(tx, clock, key) for key in "abc"]
        printed(tx, clock, 1, ids[0])
        printed(tx, clock, 2, ids[0], relation=Relation.COPY, copy_of=1)
        clock.move(hours=2)
        printed(tx, clock, 3, ids[1])
        printed(tx, clock, 4, ids[2])
        decisions.merge(tx, ids[2], ids[1], clock.now())
        decisions.settle(tx, ids[1], clock.now())

        def listed(**asked: Any) -> list[int]:
            given: dict[str, Any] = {"since": None, "most_outlets": False, "limit": 9, **asked}
            return [row["id"] for row in timeline.listing(tx, **given)]

        assert listed() == [ids[1], ids[0]]
        assert listed(limit=1) == [ids[1]]
        assert listed(since=clock.now() - timedelta(hours=1)) == [ids[1]]
        printed(tx, clock, 5, ids[0])
        assert listed(most_outlets=True) == [ids[0], ids[1]]
        row = timeline.summary(tx, ids[0])
    assert (row["outlets"], row["articles"], row["copies"], row["first_outlet"]) == (3, 3, 1, "Paper 1")


def test_the_newest_stories_are_found_without_looking_at_the_others(store: Backend) -> None:
    with store.read() as tx:
        sql: list[str] = []

        class Asked:
            def all(self, text: str, /, **params: Any) -> list[Any]:
                sql.extend(str(r["detail"]) for r in tx.all(f"EXPLAIN QUERY PLAN {text}", **params))
                return []

        asked: Any = Asked()
        timeline.listing(asked, since=None, most_outlets=False, limit=20)
    assert any("SEARCH s USING INDEX stories_" in step for step in sql)
    assert not any("ORDER BY" in step for step in sql)

"""What people decide about stories holds: merged, split, pinned, whatever arrives afterwards."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from ruamel.yaml import YAML

from alerts.evaluate import Evaluator
from alerts.rules import Rule, RuleSet
from core.config import RuleConfig
from core.errors import BorderwireError, NotFound
from core.model import AlertKind, Document, Entry, EntryClass, Extraction, Match, Relation, Span, Stored
from crawler import placement, regroup
from crawler.ingest import Context, ingest
from store import Backend, Tx, alerts, articles, channels, decisions, open_store, timeline
from store.entries import Todo
from tests.conftest import FakeClock
from tests.crawler.placing import NOON, Placed, article, place

EVENTS: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).parents[1] / "data" / "folding" / "events.yaml")
MINUTE = timedelta(minutes=1)
ANA = {"who": "ana", "why": "same raid"}


def told(event: int, version: int = 0) -> dict[str, str]:
    found: dict[str, str] = EVENTS[event]["articles"][version]
    return found


def printed(store: Backend, n: int, event: int, version: int = 0, tail: str = "", minutes: int = 0) -> Placed:
    """Outlet `n` prints a report of an event; the same version again is a copy."""
    of = told(event, version)
    found = article(f"https://o{n}.example/{event}", of["title"], of["text"] + tail, of["language"])
    return place(store, found, NOON + MINUTE * minutes)


def change(store: Backend, decide: Callable[..., Any], *named: Any) -> Any:
    with store.tx() as tx:
        return decide(tx, *named, **ANA, now=NOON + timedelta(hours=1))


def story_of(store: Backend, article_id: int) -> int:
    with store.read() as tx:
        return int(articles.get(tx, article_id)["story_id"])


def story(store: Backend, story_id: int) -> dict[str, Any]:
    with store.read() as tx:
        return dict(articles.story(tx, story_id))


def check(tx: Tx) -> None:
    """What holds of every database at any time."""
    stories = {row["id"]: row for row in tx.all("SELECT * FROM stories")}
    rows = tx.all("SELECT * FROM articles ORDER BY first_seen_at, id")
    for row in rows:
        assert stories[row["story_id"]]["merged_into"] is None, "an article is in a story that went elsewhere"
    for found in stories.values():
        members = [row for row in rows if row["story_id"] == found["id"]]
        assert found["articles"] == len(members)
        if found["merged_into"] is not None:
            assert stories[found["merged_into"]]["merged_into"] is None, "a chain of merges"
            assert not members
            continue
        assert members, "an empty story that was not merged"
        assert found["first_article_id"] == members[0]["id"]
        assert found["first_seen_at"] == members[0]["first_seen_at"]
        assert members[0]["relation"] in ("new", "copy")
        assert {m["relation"] for m in members[1:]} <= {"same_story", "copy"}
    for table in ("matches", "alerts"):
        for row in tx.all(f"SELECT story_id FROM {table}"):
            assert stories[row["story_id"]]["merged_into"] is None
    for row in tx.all(
        "SELECT m.story_id AS mine, a.story_id AS its FROM matches m JOIN articles a ON a.id = m.article_id"
    ):
        assert row["mine"] == row["its"]


def checked(store: Backend) -> None:
    with store.read() as tx:
        check(tx)


def match(tx: Tx, article_id: int) -> None:
    """A rule holds for an article and its story is told."""
    row = articles.get(tx, article_id)
    alert = f"al_{row['story_id']}"
    alerts.add(tx, alert, AlertKind.STORY, "raids", row["title"], now=NOON, story_id=row["story_id"])
    alerts.add_match(
        tx,
        Match("raids", (Span("title", 0, 3),)),
        article_id=article_id,
        revision=1,
        story_id=row["story_id"],
        snippet="",
        outcome="alerted",
        alert_id=alert,
        now=NOON,
    )


def test_a_merged_story_gives_all_it_has(store: Backend) -> None:
    first, second = printed(store, 1, 0), printed(store, 2, 1, minutes=5)
    printed(store, 3, 1, minutes=6)
    with store.tx() as tx:
        match(tx, first.article_id)
        match(tx, second.article_id)
    assert change(store, regroup.merge, first.story_id, second.story_id) == [first.article_id]
    checked(store)
    into, gone = story(store, second.story_id), story(store, first.story_id)
    assert (into["articles"], into["first_article_id"], into["first_seen_at"]) == (
        3,
        first.article_id,
        gone["first_seen_at"],
    )
    assert (gone["articles"], gone["merged_into"]) == (0, into["id"])
    assert gone["terms"] is not None
    with store.read() as tx:
        assert {row["id"] for row in alerts.of_story(tx, into["id"])} == {f"al_{gone['id']}", f"al_{into['id']}"}
        assert timeline.timeline(tx, gone["id"])[0]["detail"] == f"merged into story {into['id']} by ana: same raid"


def test_what_reads_like_a_merged_story_joins_where_it_went(store: Backend) -> None:
    first, second = printed(store, 1, 0), printed(store, 2, 1)
    change(store, regroup.merge, first.story_id, second.story_id)
    rewritten, copied = printed(store, 3, 0, version=1, minutes=2), printed(store, 4, 0, minutes=3)
    assert (rewritten.relation, rewritten.story_id) == (Relation.SAME_STORY, second.story_id)
    assert (copied.relation, copied.story_id) == (Relation.COPY, second.story_id)
    checked(store)


def test_merges_into_a_merged_story_are_pointed_on(store: Backend) -> None:
    a, b, c = (printed(store, n, n) for n in range(3))
    change(store, regroup.merge, a.story_id, b.story_id)
    change(store, regroup.merge, b.story_id, c.story_id)
    checked(store)
    assert [story(store, s.story_id)["merged_into"] for s in (a, b, c)] == [c.story_id, c.story_id, None]
    with store.read() as tx:
        (event,) = timeline.timeline(tx, a.story_id)
    assert event["detail"] == f"merged into story {b.story_id} by ana: same raid; now part of story {c.story_id}"
    assert printed(store, 9, 0, version=1).story_id == c.story_id


def test_merging_refuses_what_makes_no_sense_and_changes_nothing(store: Backend) -> None:
    a, b, c = (printed(store, n, n) for n in range(3))
    change(store, regroup.merge, a.story_id, b.story_id)
    with pytest.raises(BorderwireError, match=f"merged into story {b.story_id}: name {b.story_id} instead"):
        change(store, regroup.merge, a.story_id, c.story_id)
    with pytest.raises(BorderwireError, match=f"name {b.story_id} instead"):
        change(store, regroup.merge, c.story_id, a.story_id)
    with pytest.raises(BorderwireError, match="name two stories"):
        change(store, regroup.merge, c.story_id, c.story_id)
    for named in ((99, c.story_id), (c.story_id, 99)):
        with pytest.raises(NotFound, match="no story 99; borderwire stories list shows them"):
            change(store, regroup.merge, *named)
    with store.read() as tx:
        assert len(tx.all("SELECT * FROM decisions")) == 1
    checked(store)


def test_split_articles_found_a_story_of_their_own_and_are_pinned_there(store: Backend) -> None:
    first, other = printed(store, 1, 0), printed(store, 2, 0, version=1, minutes=3)
    assert other.story_id == first.story_id
    new = change(store, regroup.split, [other.article_id])
    checked(store)
    assert (story_of(store, first.article_id), story_of(store, other.article_id)) == (first.story_id, new)
    with store.read() as tx:
        row = articles.get(tx, other.article_id)
        made = articles.story(tx, new)
        (kept,) = tx.all("SELECT * FROM decisions")
    assert (row["relation"], row["pinned"], row["score"]) == ("new", 1, None)
    assert made["title"] == row["title"]
    assert made["key"] == placement.story_key(f"{row['canonical_url']}\x1fsplit\x1f{first.story_id}")
    assert (kept["what"], kept["story_id"], kept["from_story_id"], json.loads(kept["articles"]), kept["who"]) == (
        "split",
        new,
        first.story_id,
        [other.article_id],
        "ana",
    )


def test_a_story_whose_first_article_is_split_off_is_titled_by_the_next(store: Backend) -> None:
    first, other = printed(store, 1, 0), printed(store, 2, 0, version=1, minutes=3)
    new = change(store, regroup.split, [first.article_id])
    checked(store)
    left = story(store, first.story_id)
    assert (left["title"], left["first_article_id"]) == (told(0, 1)["title"], other.article_id)
    assert story(store, new)["title"] == told(0)["title"]


def test_copies_follow_their_original_unless_they_are_pinned(store: Backend) -> None:
    first, stays = printed(store, 1, 0), printed(store, 2, 0, version=1)
    copy, pinned, of_copy = (printed(store, n, 0) for n in (3, 4, 5))
    with store.tx() as tx:
        tx.run("UPDATE articles SET copy_of = :of WHERE id = :id", of=copy.article_id, id=of_copy.article_id)
    change(store, regroup.pin, pinned.article_id, None)
    new = change(store, regroup.split, [first.article_id])
    checked(store)
    assert [story_of(store, p.article_id) for p in (first, stays, copy, pinned, of_copy)] == [
        new,
        first.story_id,
        new,
        first.story_id,
        new,
    ]


def test_a_copy_split_off_stays_a_copy_and_later_copies_follow_it(store: Backend) -> None:
    first = printed(store, 1, 0)
    for tail in ("", " The office did not answer."):  # equal in every word, or to be found by its fingerprints
        copy = printed(store, 2 + len(tail), 0)
        new = change(store, regroup.split, [copy.article_id])
        with store.read() as tx:
            row = articles.get(tx, copy.article_id)
            assert (row["relation"], row["copy_of"]) == ("copy", first.article_id)
        later = printed(store, 3 + len(tail), 0, tail=tail, minutes=9)
        assert (later.relation, later.story_id) == (Relation.COPY, new)
        assert later.of == copy.article_id
        change(store, regroup.merge, new, first.story_id)
        change(store, regroup.unpin, copy.article_id)
    checked(store)


def test_an_edit_leaves_a_pinned_article_where_it_is(store: Backend) -> None:
    first, other = printed(store, 1, 0), printed(store, 2, 0, version=1)
    new = change(store, regroup.split, [other.article_id])
    with store.tx() as tx:
        of = told(0)  # now it reads like the story it was split from
        changed = article("https://o2.example/0", of["title"], of["text"], of["language"])
        found = placement.revise(tx, other.article_id, changed, NOON)
        assert found is not None
        articles.revise(
            tx,
            other.article_id,
            changed,
            sketch_n=found.sketch_n,
            text_hash=found.text_hash,
            words=found.words,
            now=NOON,
        )
    assert story_of(store, other.article_id) == new != first.story_id
    copy = printed(store, 7, 0, minutes=4)
    assert copy.story_id == new  # of two equal texts the pinned one
    checked(store)


def test_reading_a_pinned_article_again_leaves_it_where_it_is(store: Backend) -> None:
    first, other = printed(store, 1, 0), printed(store, 2, 0, version=1)
    new = change(store, regroup.split, [other.article_id])
    heard: list[Stored] = []
    url = "https://o2.example/0"
    todo = Todo(1, "test", Entry(url), EntryClass.LIVE, "page", 1, 1, other.article_id)
    for n, text in enumerate((told(0)["text"], told(0)["text"], told(1)["text"])):
        read = article(url, told(0)["title"], text)
        with store.tx() as tx:
            done = ingest(
                tx,
                todo,
                read,
                Context("test", "", None, ()),
                lambda _, found, at: heard.append(found),
                NOON + n * MINUTE,
            )
        assert (done.article_id, done.story_id) == (other.article_id, new)
    assert [(found.revision, found.story_id) for found in heard] == [(2, new), (3, new)]
    assert new != first.story_id
    checked(store)


def test_merging_other_stories_and_a_restart_undo_nothing(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "wire.db"))
    first, other = printed(store, 1, 0), printed(store, 2, 0, version=1)
    third = printed(store, 3, 1)
    new = change(store, regroup.split, [other.article_id])
    change(store, regroup.merge, first.story_id, third.story_id)
    store.close()
    store = open_store(str(tmp_path / "wire.db"))
    assert story_of(store, other.article_id) == new
    again = printed(store, 4, 0, version=1, minutes=2)
    assert (again.relation, again.story_id) == (Relation.COPY, new)
    checked(store)
    store.close()


def test_what_is_forgotten_of_old_texts_moves_no_pinned_article(store: Backend) -> None:
    printed(store, 1, 0)
    copy = printed(store, 2, 0)
    new = change(store, regroup.split, [copy.article_id])
    with store.tx() as tx:
        placement.expire(tx, NOON + timedelta(days=30), 100)
    assert story_of(store, copy.article_id) == new
    checked(store)


def test_splitting_refuses_what_makes_no_sense_and_changes_nothing(store: Backend) -> None:
    first, other, elsewhere = printed(store, 1, 0), printed(store, 2, 0, version=1), printed(store, 3, 1)
    copy = printed(store, 4, 0)
    with pytest.raises(BorderwireError, match="all 3 articles of story 1: leave out those that stay"):
        change(store, regroup.split, [first.article_id, other.article_id, copy.article_id])
    with pytest.raises(BorderwireError, match="with their copies these are all 3 articles of story 1: pin a copy"):
        change(store, regroup.split, [first.article_id, other.article_id])
    with pytest.raises(BorderwireError, match="is the only one of story 2"):
        change(store, regroup.split, [elsewhere.article_id])
    with pytest.raises(BorderwireError, match="article 3 is in story 2: split articles of one story at a time"):
        change(store, regroup.split, [first.article_id, elsewhere.article_id])
    with pytest.raises(BorderwireError, match="at least one"):
        change(store, regroup.split, [])
    with pytest.raises(NotFound, match="no article 98, 99; borderwire stories show lists"):
        change(store, regroup.split, [99, first.article_id, 98])
    with store.read() as tx:
        assert not tx.all("SELECT id FROM articles WHERE pinned = 1")
        assert not tx.all("SELECT id FROM decisions")
    checked(store)


def test_both_stories_are_about_what_is_in_them_after_a_split(store: Backend) -> None:
    first, second = printed(store, 1, 0), printed(store, 2, 10)
    change(store, regroup.merge, second.story_id, first.story_id)
    new = change(store, regroup.split, [second.article_id])
    assert printed(store, 3, 10, version=1, minutes=5).story_id == new
    assert printed(store, 4, 0, version=1, minutes=5).story_id == first.story_id
    with store.read() as tx:
        held = {row["story_id"] for row in tx.all("SELECT DISTINCT story_id FROM story_terms")}
        words = {s: set(json.loads(articles.story(tx, s)["terms"])["words"]["en"]) for s in (first.story_id, new)}
    assert {first.story_id, new} <= held
    only_in_second = {w for w in words[new] if w.removeprefix("en:") in told(10)["text"].lower()} - words[
        first.story_id
    ]
    assert len(only_in_second) > 10


def test_a_merge_taken_apart_sends_what_reads_like_the_merged_story_the_new_way(store: Backend) -> None:
    first, second = printed(store, 1, 0), printed(store, 2, 10)
    change(store, regroup.merge, second.story_id, first.story_id)
    new = change(store, regroup.split, [second.article_id])
    assert story(store, second.story_id)["merged_into"] == new
    with store.read() as tx:
        assert placement.story_key("https://o2.example/10") != articles.story(tx, new)["key"]
    checked(store)


def test_a_story_split_off_twice_is_told_anew_each_time(store: Backend) -> None:
    first, other = printed(store, 1, 0), printed(store, 2, 0, version=1)
    once = change(store, regroup.split, [other.article_id])
    change(store, regroup.merge, once, first.story_id)
    twice = change(store, regroup.split, [other.article_id])
    assert story(store, once)["merged_into"] == twice  # its founder is there now
    assert story(store, once)["key"] != story(store, twice)["key"]
    checked(store)


def test_a_pinned_article_moves_with_its_copies_or_stays_where_it_is(store: Backend) -> None:
    first, other, elsewhere = printed(store, 1, 0), printed(store, 2, 0, version=1), printed(store, 3, 10)
    copy = printed(store, 4, 0, version=1)
    assert change(store, regroup.pin, first.article_id, None) == []
    assert change(store, regroup.pin, elsewhere.article_id, elsewhere.story_id) == []
    assert change(store, regroup.pin, other.article_id, elsewhere.story_id) == [other.article_id, copy.article_id]
    checked(store)
    with store.read() as tx:
        pinned = {row["id"] for row in tx.all("SELECT id FROM articles WHERE pinned = 1")}
        events = [e["detail"] for e in timeline.timeline(tx, elsewhere.story_id) if e["kind"] == "decision"]
    assert pinned == {first.article_id, elsewhere.article_id, other.article_id}
    assert events == [
        f"article {elsewhere.article_id} pinned here by ana: same raid",
        f"article {other.article_id} and 1 copy of it moved here from story {first.story_id} by ana: same raid",
    ]
    assert story_of(store, copy.article_id) == elsewhere.story_id


def test_a_story_left_without_an_article_is_merged(store: Backend) -> None:
    first, elsewhere = printed(store, 1, 0), printed(store, 2, 10)
    with store.tx() as tx:
        match(tx, first.article_id)
    change(store, regroup.pin, first.article_id, elsewhere.story_id)
    checked(store)
    assert story(store, first.story_id)["merged_into"] == elsewhere.story_id
    with store.read() as tx:
        assert [row["story_id"] for row in tx.all("SELECT story_id FROM alerts")] == [elsewhere.story_id]
    with pytest.raises(BorderwireError, match=f"name {elsewhere.story_id} instead"):
        change(store, regroup.pin, elsewhere.article_id, first.story_id)


def test_an_unpinned_article_stays_and_is_followed_like_any_other(store: Backend) -> None:
    first = printed(store, 1, 0)
    copy = printed(store, 2, 0)
    new = change(store, regroup.split, [copy.article_id])
    assert change(store, regroup.unpin, copy.article_id) == new
    assert story_of(store, copy.article_id) == new
    assert printed(store, 3, 0).story_id == first.story_id  # the earliest of equals again
    with pytest.raises(BorderwireError, match="is not pinned"):
        change(store, regroup.unpin, copy.article_id)
    checked(store)


def test_what_a_large_story_is_about_is_told_by_its_newest(store: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regroup, "TOLD_BY", 2)
    first = printed(store, 1, 0)
    second, third, fourth = (printed(store, n, n, minutes=n) for n in (9, 10, 11))
    for each in (second, third, fourth):
        change(store, regroup.merge, each.story_id, first.story_id)
    change(store, regroup.split, [second.article_id])
    with store.read() as tx:
        assert [r["id"] for r in decisions.telling(tx, first.story_id, 2)] == [third.article_id, fourth.article_id]
        terms = set(json.loads(articles.story(tx, first.story_id)["terms"])["words"]["en"])
    own = set(told(0)["text"].lower().split()) - set(" ".join(told(n)["text"].lower() for n in (10, 11)).split())
    assert not terms & {f"en:{w}" for w in own if w.isalpha()}


def test_a_decision_that_fails_leaves_nothing_behind(store: Backend) -> None:
    first, other = printed(store, 1, 0), printed(store, 2, 0, version=1)
    with pytest.raises(RuntimeError), store.tx() as tx:
        regroup.split(tx, [other.article_id], **ANA, now=NOON)
        raise RuntimeError
    assert story_of(store, other.article_id) == first.story_id
    checked(store)


class Decisions(RuleBasedStateMachine):
    """Articles arrive and people decide, in any order: what holds of stories always holds."""

    @initialize()
    def start(self) -> None:
        self.store = open_store(":memory:")
        self.clock = FakeClock(NOON)
        self.printed = 0
        self.pinned: dict[int, int] = {}  # article -> the story a person gave it
        self.texts: dict[int, tuple[int, int, bool]] = {}

    def teardown(self) -> None:
        self.store.close()

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        with self.store.read() as tx:
            return [dict(row) for row in tx.all(sql)]

    def _pick(self, rows: list[dict[str, Any]], number: int) -> dict[str, Any]:
        return rows[number % len(rows)]

    def _articles(self) -> list[dict[str, Any]]:
        return self._rows("SELECT id, story_id, copy_of FROM articles ORDER BY id")

    def _stories(self) -> list[dict[str, Any]]:
        return self._rows("SELECT id, merged_into FROM stories ORDER BY id")

    @rule(event=st.integers(0, 4), version=st.integers(0, 1), tail=st.booleans(), matched=st.booleans())
    def arrive(self, event: int, version: int, tail: bool, matched: bool) -> None:
        self.printed += 1
        of = told(event, version)
        url = f"https://o{self.printed}.example/"
        found = article(url, of["title"], of["text"] + " Call the desk." * tail, of["language"])
        placed = place(self.store, found, self.clock.move(minutes=1))
        if placed.relation is Relation.COPY:
            (original,) = [a for a in self._articles() if a["id"] == placed.of]
            assert placed.story_id == original["story_id"]
        if equal := [i for i, text in self.texts.items() if text == (event, version, tail) and i in self.pinned]:
            assert placed.of == min(equal)  # of equal texts the one that a person placed
        self.texts[placed.article_id] = (event, version, tail)
        if matched:
            with self.store.tx() as tx:
                match(tx, placed.article_id)

    @rule(one=st.integers(0, 50), other=st.integers(0, 50))
    def merge(self, one: int, other: int) -> None:
        stories = self._stories()
        if not stories:
            return
        a, b = self._pick(stories, one), self._pick(stories, other)
        allowed = a["id"] != b["id"] and a["merged_into"] is None and b["merged_into"] is None
        if self._decide(allowed, regroup.merge, a["id"], b["id"]):
            self.pinned = {article: b["id"] if home == a["id"] else home for article, home in self.pinned.items()}

    @rule(one=st.integers(0, 50), more=st.sets(st.integers(0, 50), max_size=2))
    def split(self, one: int, more: set[int]) -> None:
        found = self._articles()
        if not found:
            return
        first = self._pick(found, one)
        home = [a for a in found if a["story_id"] == first["story_id"]]
        ids = {first["id"], *(self._pick(home, n)["id"] for n in more)}
        going = set(ids)
        while more_going := {a["id"] for a in home if a["copy_of"] in going and a["id"] not in {*going, *self.pinned}}:
            going |= more_going
        if self._decide(len(going) < len(home), regroup.split, sorted(ids)):
            after = {a["id"]: a["story_id"] for a in self._articles()}
            assert {after[i] for i in going} == {after[first["id"]]} != {first["story_id"]}
            assert all(after[a["id"]] == first["story_id"] for a in home if a["id"] not in going)
            self.pinned.update({i: after[i] for i in ids})

    @rule(one=st.integers(0, 50), where=st.none() | st.integers(0, 50))
    def pin(self, one: int, where: int | None) -> None:
        found = self._articles()
        if not found:
            return
        first = self._pick(found, one)
        target = None if where is None else self._pick(self._stories(), where)
        allowed = target is None or target["merged_into"] is None
        if self._decide(allowed, regroup.pin, first["id"], None if target is None else target["id"]):
            before, to = first["story_id"], first["story_id"] if target is None else target["id"]
            if not [a for a in self._articles() if a["story_id"] == before]:  # all of it is there now
                self.pinned = {a: to if home == before else home for a, home in self.pinned.items()}
            self.pinned[first["id"]] = to

    @rule(one=st.integers(0, 50))
    def unpin(self, one: int) -> None:
        if found := self._articles():
            first = self._pick(found, one)
            if self._decide(first["id"] in self.pinned, regroup.unpin, first["id"]):
                del self.pinned[first["id"]]

    def _decide(self, allowed: bool, decide: Callable[..., Any], *named: Any) -> bool:
        """Take a decision; whether it was allowed. One that is refused changes nothing."""
        before = self._rows("SELECT id, articles, merged_into, first_article_id FROM stories ORDER BY id")
        try:
            with self.store.tx() as tx:
                decide(tx, *named, **ANA, now=self.clock.move(minutes=1))
        except BorderwireError:
            assert not allowed
            assert before == self._rows("SELECT id, articles, merged_into, first_article_id FROM stories ORDER BY id")
            return False
        assert allowed
        return True

    @invariant()
    def what_holds_always_holds(self) -> None:
        with self.store.read() as tx:
            check(tx)
            for row in tx.all("SELECT id, story_id, pinned FROM articles"):
                assert bool(row["pinned"]) == (row["id"] in self.pinned)
                assert self.pinned.get(row["id"], row["story_id"]) == row["story_id"]
            for found in tx.all("SELECT id, merged_into FROM stories"):
                events = timeline.timeline(tx, found["id"])
                assert [e["at"] for e in events] == sorted(e["at"] for e in events)
                assert (len(events) == 1 and events[0]["kind"] == "decision") or found["merged_into"] is None


Decisions.TestCase.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
TestDecisions = Decisions.TestCase


def evaluator() -> Evaluator:
    """One rule that holds for every event told here, and one channel."""
    config = RuleConfig(
        "all", "the OR el", ("desk",), (), (), timedelta(seconds=10), timedelta(minutes=30), "story", "config.yaml:1"
    )
    return Evaluator(RuleSet([Rule("all", config.query)]), {"all": config}, {"desk": Desk()})


class Desk:
    deadline = timedelta(hours=72)

    def targets(self) -> tuple[str, ...]:
        return ("",)


def evaluated(store: Backend, placed: Placed, now: datetime) -> list[str]:
    """The alerts that the rule creates for an article just placed."""
    with store.tx() as tx:
        row = articles.get(tx, placed.article_id)
        found = Stored(
            article_id=placed.article_id,
            revision=1,
            document=Document(str(row["id"]), row["title"], row["text"], row["canonical_url"], source="test"),
            story_id=row["story_id"],
            story_key=str(articles.story(tx, row["story_id"])["key"]),
            relation=Relation(row["relation"]),
            entry_class=EntryClass.LIVE,
            extraction=Extraction.PAGE,
            note="",
            first_seen=now,
        )
        return evaluator()(tx, found, now)


@pytest.fixture
def desk(store: Backend) -> Backend:
    with store.tx() as tx:
        channels.sync(tx, [("desk", "console")], NOON)
    return store


def test_after_a_merge_of_two_told_stories_nothing_more_fires(desk: Backend) -> None:
    first, second = printed(desk, 1, 0), printed(desk, 2, 10)
    (alert,) = evaluated(desk, first, NOON)
    assert len(evaluated(desk, second, NOON + MINUTE)) == 1
    change(desk, regroup.merge, first.story_id, second.story_id)
    for n, event in ((3, 0), (4, 10)):
        later = printed(desk, n, event, version=1, minutes=5)
        assert later.story_id == second.story_id
        assert evaluated(desk, later, NOON + 5 * MINUTE) == []
    with desk.read() as tx:
        spoken = [row["article_id"] for row in alerts.members(tx, alert)]
    assert spoken == [first.article_id, 3, 4]  # the alert that came first goes on


def test_a_merge_into_an_untold_story_carries_what_was_told(desk: Backend) -> None:
    told_one, untold = printed(desk, 1, 0), printed(desk, 2, 10)
    assert len(evaluated(desk, told_one, NOON)) == 1
    change(desk, regroup.merge, told_one.story_id, untold.story_id)
    assert evaluated(desk, printed(desk, 3, 10, version=1), NOON + MINUTE) == []


def test_after_a_split_either_story_is_told_and_nothing_is_hidden(desk: Backend) -> None:
    first, second = printed(desk, 1, 0), printed(desk, 2, 10)
    (alert,) = evaluated(desk, first, NOON)
    change(desk, regroup.merge, second.story_id, first.story_id)
    assert evaluated(desk, second, NOON) == []
    new = change(desk, regroup.split, [second.article_id])
    same, other = printed(desk, 3, 0, version=1, minutes=5), printed(desk, 4, 10, version=1, minutes=5)
    assert (same.story_id, other.story_id) == (first.story_id, new)
    assert evaluated(desk, same, NOON + 5 * MINUTE) == []  # joins what was told
    (own,) = evaluated(desk, other, NOON + 5 * MINUTE)
    assert own != alert
    assert evaluated(desk, printed(desk, 5, 10, minutes=6), NOON + 6 * MINUTE) == []


def test_a_story_split_off_again_after_a_merge_is_told_again(desk: Backend) -> None:
    first, second = printed(desk, 1, 0), printed(desk, 2, 10)
    evaluated(desk, first, NOON)
    change(desk, regroup.merge, second.story_id, first.story_id)
    fired = []
    for n in (3, 4):
        change(desk, regroup.split, [second.article_id])
        later = printed(desk, n, 10, minutes=n)
        fired += evaluated(desk, later, NOON + n * MINUTE)
        change(desk, regroup.merge, later.story_id, first.story_id)
        change(desk, regroup.unpin, second.article_id)
    assert len(set(fired)) == 2

"""Entries: keys, claims, relooks, and what a crash leaves behind."""

from datetime import timedelta

import pytest

from core.model import Article, Entry, EntryClass, Match, Relation
from store import Backend, Tx, alerts, articles, entries, sources, stats
from tests.conftest import FakeClock

MINUTE = timedelta(minutes=1)


def source(tx: Tx, clock: FakeClock, name: str = "wire") -> None:
    sources.sync(tx, [sources.Definition(name, "feed", "https://a.example/", "d1", "en", ())], clock.now())


def add(tx: Tx, clock: FakeClock, n: int, kind: EntryClass = EntryClass.LIVE) -> int:
    entry = Entry(url=f"https://a.example/{n}", id=f"id{n}", title=f"Title {n}", authors=("Ana Ruiz",))
    entry_id = entries.add(tx, "wire", entry, digest=f"d{n}", entry_class=kind, look="page", now=clock.now())
    entries.add_keys(tx, "wire", [("id", f"id{n}"), ("url", f"a.example/{n}")], entry_id)
    return entry_id


def test_any_key_knows_an_entry_again(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        first = add(tx, clock, 1)
        known = entries.known(tx, "wire", [("id", "id1"), ("url", "a.example/1"), ("url", "a.example/2")])
    assert {k: v.id for k, v in known.items()} == {("id", "id1"): first, ("url", "a.example/1"): first}


def test_keys_belong_to_their_source(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        add(tx, clock, 1)
        assert entries.known(tx, "other", [("id", "id1")]) == {}


def test_what_may_page_someone_is_read_first(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        for n in range(5):
            add(tx, clock, n, EntryClass.BACKFILL)
        live = add(tx, clock, 9)
        assert [t.id for t in entries.claim_todo(tx, clock.now(), 1, MINUTE)] == [live]


def test_a_claim_is_nobody_elses_until_its_lease_ends(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        add(tx, clock, 1)
        assert len(entries.claim_todo(tx, clock.now(), 10, MINUTE)) == 1
        assert entries.claim_todo(tx, clock.now(), 10, MINUTE) == []
        clock.move(seconds=61)
        again = entries.claim_todo(tx, clock.now(), 10, MINUTE)
    assert [t.tries for t in again] == [2]
    assert again[0].entry.authors == ("Ana Ruiz",)


def test_a_restart_takes_up_what_a_crash_cut_short(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        add(tx, clock, 1)
        entries.claim_todo(tx, clock.now(), 10, MINUTE)
        assert entries.release_claims(tx, clock.now()) == 1
        assert len(entries.claim_todo(tx, clock.now(), 10, MINUTE)) == 1


def test_a_changed_entry_waits_again_as_an_update(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        entry_id = add(tx, clock, 1)
        entries.done(tx, entry_id, 42)
        assert entries.waiting(tx, clock.now()) == 0
        changed = Entry(url="https://a.example/1", title="Changed")
        entries.look_again(tx, entry_id, changed, digest="new", look="page", at=clock.now())
        (todo,) = entries.claim_todo(tx, clock.now(), 10, MINUTE)
    assert (todo.entry_class, todo.entry.title, todo.article_id, todo.looks) == (
        EntryClass.UPDATE,
        "Changed",
        42,
        1,
    )


def test_a_change_before_the_first_look_keeps_the_class(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        entry_id = add(tx, clock, 1, EntryClass.BACKFILL)
        entries.look_again(tx, entry_id, Entry(url="https://a.example/1"), digest="n", look="page", at=clock.now())
        (todo,) = entries.claim_todo(tx, clock.now(), 10, MINUTE)
    assert todo.entry_class is EntryClass.BACKFILL


def test_a_failed_entry_keeps_its_reason(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        entry_id = add(tx, clock, 1)
        entries.done(tx, entry_id, None, "neither a title nor a text")
        row = tx.one("SELECT state, reason FROM entries WHERE id = :id", id=entry_id)
    assert row == {"state": "failed", "reason": "neither a title nor a text"}


def test_hosts_take_turns(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        for n in range(6):
            add(tx, clock, n)
        other = entries.add(
            tx,
            "wire",
            Entry(url="https://b.example/1"),
            digest="b",
            entry_class=EntryClass.LIVE,
            look="page",
            now=clock.now(),
        )
        first = entries.claim_todo(tx, clock.now(), 3, MINUTE, per_host=2)
        assert [t.entry.url for t in first] == ["https://a.example/0", "https://a.example/1", "https://b.example/1"]
        assert entries.claim_todo(tx, clock.now(), 3, MINUTE, busy={"a.example"}) == []
        assert other == first[-1].id


def test_a_page_that_could_not_be_read_is_looked_at_again_later(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        entry_id = add(tx, clock, 1)
        entries.claim_todo(tx, clock.now(), 10, MINUTE)
        entries.done(tx, entry_id, 7)
        entries.look_later(tx, entry_id, clock.now() + MINUTE)
        assert entries.waiting(tx, clock.now()) == 0
        clock.move(seconds=60)
        (todo,) = entries.claim_todo(tx, clock.now(), 10, MINUTE)
    assert (todo.article_id, todo.entry_class, todo.tries, todo.looks) == (7, EntryClass.LIVE, 1, 1)


def article(tx: Tx, clock: FakeClock, n: int) -> int:
    url = f"https://a.example/{n}"
    return articles.add(
        tx,
        Article(url, url, f"Title {n}", "A text."),
        source="wire",
        tags=(),
        entry_class=EntryClass.LIVE,
        story_id=articles.found_story(tx, str(n), "Story", None, clock.now()),
        relation=Relation.NEW,
        copy_of=None,
        score=0.0,
        sketch_n=0,
        text_hash=str(n),
        words=2,
        now=clock.now(),
    )


def told(tx: Tx, article_id: int, clock: FakeClock) -> None:
    """Some rule holds for the article."""
    alerts.add_match(
        tx,
        Match("tariffs", ()),
        article_id=article_id,
        revision=1,
        story_id=article_id,
        snippet="",
        outcome="backfill",
        alert_id=None,
        now=clock.now(),
    )


def planned(tx: Tx, clock: FakeClock, n: int, minutes: float, *, matched: bool = False) -> int:
    """An entry whose article is read again in so many minutes."""
    entry_id, article_id = add(tx, clock, n), article(tx, clock, n)
    if matched:
        told(tx, article_id, clock)
    entries.done(tx, entry_id, article_id)
    entries.plan_relook(tx, entry_id, article_id, clock.now() + timedelta(minutes=minutes))
    return entry_id


def claim(tx: Tx, clock: FakeClock, limit: int = 10, **more: object) -> list[int]:
    found = entries.claim_relooks(tx, clock.now(), limit, MINUTE, **{"per_host": 99, **more})  # type: ignore[arg-type]
    return [t.id for t in found]


def test_what_a_rule_holds_for_is_read_again_first_and_then_what_fell_due_last(
    store: Backend, clock: FakeClock
) -> None:
    with store.tx() as tx:
        source(tx, clock)
        old, new = planned(tx, clock, 1, 1), planned(tx, clock, 2, 2)
        matched, later = planned(tx, clock, 3, 0.5, matched=True), planned(tx, clock, 4, 99, matched=True)
        clock.move(minutes=5)
        assert [claim(tx, clock, 1) for _ in range(4)] == [[matched], [new], [old], []]
        assert entries.planned_relooks(tx, clock.now())["planned"] == 4
        clock.move(minutes=99)
        assert claim(tx, clock) == [later]


def test_a_relook_is_a_look_like_any_other_that_nobody_waits_for(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        entry_id = planned(tx, clock, 1, 0)
        (todo,) = entries.claim_relooks(tx, clock.now(), 5, MINUTE)
        assert (todo.relook, todo.entry_class, todo.tries, todo.look) == (True, EntryClass.UPDATE, 1, "page")
        assert entries.waiting(tx, clock.now() + timedelta(hours=1)) == 0
        assert entries.claim_todo(tx, clock.now(), 5, MINUTE) == []
        entries.release_claims(tx, clock.now())
        (again,) = entries.claim_todo(tx, clock.now(), 5, MINUTE)
        assert (again.id, again.relook, again.tries) == (entry_id, True, 2)
        entries.done(tx, entry_id, todo.article_id)
        row = tx.one("SELECT state, looks, relooks FROM entries WHERE id = :id", id=entry_id)
    assert row == {"state": "done", "looks": 1, "relooks": 1}


def test_busy_hosts_and_sources_nobody_wants_any_more_are_left_alone(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        for n in range(3):
            planned(tx, clock, n, 0)
        assert claim(tx, clock, busy={"a.example"}) == []
        assert len(claim(tx, clock, per_host=1)) == 1
        sources.sync(tx, [], clock.now())
        assert claim(tx, clock) == []


def test_an_article_that_two_entries_lead_to_is_read_again_by_the_last(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        first = planned(tx, clock, 1, 0)
        second = add(tx, clock, 2)
        article_id = tx.all("SELECT article_id FROM entries WHERE id = :id", id=first)[0]["article_id"]
        entries.done(tx, second, article_id)
        entries.plan_relook(tx, second, article_id, clock.now())
        assert claim(tx, clock) == [second]
        entries.done(tx, second, article_id)
        entries.plan_relook(tx, second, article_id, None)
        assert claim(tx, clock) == []
        assert entries.relooks(tx, article_id) == 1
        assert entries.relooks(tx, 999) == 0


def test_a_changed_entry_is_looked_at_for_that_and_not_for_its_age(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        entry_id = planned(tx, clock, 1, 0)
        entries.look_again(
            tx, entry_id, Entry(url="https://a.example/1"), digest="n", look="page", at=clock.now() + MINUTE
        )
        assert claim(tx, clock) == []
        clock.move(minutes=1)
        (todo,) = entries.claim_todo(tx, clock.now(), 5, MINUTE)
    assert not todo.relook


def test_what_a_source_says_during_a_relook_is_looked_at_after_it(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        entry_id = planned(tx, clock, 1, 0)
        (todo,) = entries.claim_relooks(tx, clock.now(), 5, MINUTE)
        said = Entry(url="https://a.example/1", content="All of it.")
        entries.look_again(tx, entry_id, said, digest="n", look="entry", at=clock.now())
        entries.done(tx, entry_id, todo.article_id, relook=True)
        entries.plan_relook(tx, entry_id, todo.article_id or 0, clock.now())
        (again,) = entries.claim_todo(tx, clock.now(), 5, MINUTE)
    assert (again.relook, again.look, again.entry.content) == (False, "entry", "All of it.")


def test_relooks_that_never_came_to_their_turn_are_given_up_a_few_at_a_time(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        for n in range(5):
            planned(tx, clock, n, n, matched=n > 2)
        before = clock.now() + timedelta(minutes=3.5)
        assert [entries.drop_relooks(tx, before, 3) for _ in range(3)] == [3, 1, 0]
        assert entries.planned_relooks(tx, clock.now()) == {"planned": 1, "overdue": 0}


def test_the_budget_that_is_left_is_kept_with_what_spent_it(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        assert entries.relook_budget(tx) is None
        entries.keep_budget(tx, {"tokens": 1.5})
        entries.keep_budget(tx, {"tokens": 0.5, "per_day": 2000, "used": 3, "day": f"{clock.now():%Y-%m-%d}"})
        assert entries.relook_budget(tx) == {"tokens": 0.5, "per_day": 2000, "used": 3, "day": "2025-02-05"}


def test_the_status_says_how_the_relooks_stand(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        source(tx, clock)
        assert stats.overview(tx, clock.now())["relooks"] == {"planned": 0, "overdue": 0, "used": 0, "per_day": 0}
        planned(tx, clock, 1, 5)
        planned(tx, clock, 2, 0)
        entries.keep_budget(tx, {"tokens": 0.5, "per_day": 2000, "used": 3, "day": "2025-02-05"})
        expected = {"planned": 2, "overdue": 1, "used": 3, "per_day": 2000}
        assert stats.overview(tx, clock.now())["relooks"] == expected
        clock.move(days=1)
        assert stats.overview(tx, clock.now())["relooks"] == {**expected, "overdue": 2, "used": 0}


def test_relooks_are_found_by_their_index(store: Backend, clock: FakeClock) -> None:
    with store.read() as tx:
        plan = tx.all(
            "EXPLAIN QUERY PLAN SELECT id FROM entries WHERE relook_at <= '2025' AND relook_rank = 0"
            " AND state = 'done' ORDER BY relook_at DESC LIMIT 5"
        )
    assert "entries_relook" in plan[0]["detail"]
    assert not any("TEMP B-TREE" in row["detail"] for row in plan)


@pytest.mark.parametrize("kind", [EntryClass.BACKFILL, EntryClass.REWRITE])
def test_old_entries_wait_for_all_that_may_page_someone(store: Backend, clock: FakeClock, kind: EntryClass) -> None:
    with store.tx() as tx:
        source(tx, clock)
        old = [add(tx, clock, n, kind) for n in range(3)]
        clock.move(minutes=1)
        new = [add(tx, clock, n, kind_) for n, kind_ in ((7, EntryClass.LATE), (8, EntryClass.UPDATE))]
        found = [[t.id for t in entries.claim_todo(tx, clock.now(), 1, MINUTE)] for _ in range(5)]
    assert found == [[new[0]], [new[1]], [old[0]], [old[1]], [old[2]]]

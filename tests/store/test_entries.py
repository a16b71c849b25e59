"""Entries: keys, claims, re-looks, and what a crash leaves behind."""

from datetime import timedelta

from core.model import Entry, EntryClass
from store import Backend, Tx, entries, sources
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

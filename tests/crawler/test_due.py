"""What is due goes to its host, and what is in work leaves room for what is new."""

import json
from datetime import timedelta
from pathlib import Path

from core import config
from core.model import Entry, EntryClass
from crawler.due import LOOKS_A_HOST, MAX_LOOKS, Load, host_of, steps, sweep
from store import Backend, Tx, entries, sources
from store.sources import Definition
from tests.conftest import FakeClock


def setup(tx: Tx, clock: FakeClock, *urls: str) -> None:
    sources.sync(tx, [Definition("wire", "feed", "https://a.example/feed", "d", None, ())], clock.now())
    for n, url in enumerate(urls):
        look = "entry" if url.endswith("#own") else "page"
        entries.add(tx, "wire", Entry(url=url), digest=f"d{n}", entry_class=EntryClass.LIVE, look=look, now=clock.now())


def test_polls_and_looks_of_one_host_go_together(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock, "https://a.example/1", "https://b.example/1", "https://b.example/2#own")
        due = Load().claim(tx, clock.now(), 0)
    assert due.count == 4
    hosts = {host: (len(polls), len(todos)) for host, (polls, todos) in due.by_host().items()}
    assert hosts == {"a.example": (1, 1), "b.example": (0, 1), "": (0, 1)}


def test_what_is_claimed_is_not_claimed_again_and_hosts_at_work_wait(store: Backend, clock: FakeClock) -> None:
    load = Load()
    with store.tx() as tx:
        setup(tx, clock, *(f"https://b.example/{n}" for n in range(LOOKS_A_HOST + 5)))
        todos = load.claim(tx, clock.now(), 0).todos
        assert len(todos) == LOOKS_A_HOST
        load.begin("b.example", todos)
        assert load.claim(tx, clock.now(), 0).count == 0
        load.end(todos)
        assert (load.looking, load.busy) == (0, set())
        assert len(load.claim(tx, clock.now(), 0).todos) == 5


def test_no_more_is_in_work_than_there_is_room_for(store: Backend, clock: FakeClock) -> None:
    load = Load(looking=MAX_LOOKS - 1)
    with store.tx() as tx:
        setup(tx, clock, "https://b.example/1", "https://c.example/1")
        assert len(load.claim(tx, clock.now(), 0).todos) == 1
        load.looking = MAX_LOOKS + 9
        assert load.claim(tx, clock.now(), 0).todos == []


def test_an_entry_that_needs_no_page_is_polite_to_nobody(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock, "https://a.example/x#own")
        (todo,) = Load().claim(tx, clock.now(), 0).todos
    assert host_of(todo) == ""


def test_a_sweep_gives_up_what_was_missed_for_a_week(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        setup(tx, clock, "https://a.example/1")
        tx.run("UPDATE entries SET state = 'done', relook_at = :at", at="2025-01-01T00:00:00.000+00:00")
        sweep(tx, clock.now(), timedelta(days=90))
        assert tx.all("SELECT relook_at FROM entries WHERE relook_at IS NOT NULL") == []


def test_the_distance_between_polls_is_each_sources_own(tmp_path: Path) -> None:
    feeds = [
        {"name": "own", "kind": "feed", "url": "https://a.example/", "every": "5m"},
        {"name": "shared", "kind": "feed", "url": "https://b.example/"},
        {"name": "bounded", "kind": "feed", "url": "https://c.example/", "max_interval": "10m"},
    ]
    path = tmp_path / "config.yaml"
    path.write_text(json.dumps({"contact": "a@b.example", "polls_per_day": 24, "sources": feeds}))
    found = steps(config.load(path, {}))
    assert found == {"own": timedelta(minutes=5), "shared": timedelta(hours=1), "bounded": timedelta(minutes=10)}

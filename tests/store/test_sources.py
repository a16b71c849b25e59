"""Sources: configuration into the table, claims, and how polls settle."""

from datetime import timedelta

import pytest

from core.errors import NotFound
from core.model import Entry, EntryClass, SourceState
from store import Backend, Tx, entries, sources
from store.sources import Definition, Outcome
from tests.conftest import FakeClock

LEASE = timedelta(minutes=5)


def define(name: str = "wire", digest: str = "d1") -> Definition:
    return Definition(name, "feed", "https://a.example/feed", digest, "en", ("official",))


def settle(tx: Tx, clock: FakeClock, **changes: object) -> None:
    values = {
        "at": clock.now(),
        "seconds": 0.1,
        "next_poll_at": clock.now() + timedelta(minutes=30),
        **changes,
    }
    outcome = Outcome(**values)  # type: ignore[arg-type]
    sources.record(tx, "wire", outcome, now_live=outcome.error is None)


def test_a_new_source_is_due_and_priming(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        sources.sync(tx, [define()], clock.now())
        (claimed,) = sources.claim_due(tx, clock.now(), 10, LEASE)
    assert (claimed.state, claimed.due_at, claimed.tags) == (SourceState.PRIMING, clock.now(), ("official",))


def test_a_good_poll_makes_it_live_and_keeps_validators(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        sources.sync(tx, [define()], clock.now())
        sources.claim_due(tx, clock.now(), 10, LEASE)
        settle(tx, clock, etag='"1"', last_modified="Wed", new=3, title="The Wire", status=200, full=True)
        source = sources.get(tx, "wire")
    assert (source.state, source.etag, source.last_modified, source.title) == (
        SourceState.LIVE,
        '"1"',
        "Wed",
        "The Wire",
    )


def test_a_source_that_never_answered_stays_priming(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        sources.sync(tx, [define()], clock.now())
        settle(tx, clock, error="no answer")
        first = sources.get(tx, "wire")
        clock.move(hours=1)
        settle(tx, clock, error="no answer")
        second = sources.get(tx, "wire")
    assert (first.state, second.state, second.fails) == (SourceState.PRIMING, SourceState.PRIMING, 2)
    assert second.failing_since == first.failing_since


def test_failing_and_back_keeps_validators(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        sources.sync(tx, [define()], clock.now())
        settle(tx, clock, etag='"1"')
        settle(tx, clock, error="503")
        failing = sources.get(tx, "wire")
        settle(tx, clock, etag='"2"')
        well = sources.get(tx, "wire")
    assert (failing.state, failing.etag) == (SourceState.FAILING, '"1"')
    assert (well.state, well.etag, well.fails, well.failing_since) == (SourceState.LIVE, '"2"', 0, None)


def test_a_changed_definition_primes_again(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        sources.sync(tx, [define()], clock.now())
        settle(tx, clock, etag='"1"')
        sources.sync(tx, [define(digest="d2")], clock.now())
        source = sources.get(tx, "wire")
    assert (source.state, source.etag) == (SourceState.PRIMING, None)


def test_a_source_taken_out_is_kept_but_not_polled(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        sources.sync(tx, [define()], clock.now())
        sources.sync(tx, [], clock.now())
        assert sources.claim_due(tx, clock.now(), 10, LEASE) == []
        assert sources.get(tx, "wire").name == "wire"
        assert sources.listing(tx) == []


def test_claims_are_exclusive_and_released_at_start(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        sources.sync(tx, [define()], clock.now())
        assert len(sources.claim_due(tx, clock.now(), 10, LEASE)) == 1
        assert sources.claim_due(tx, clock.now(), 10, LEASE) == []
        assert sources.release_claims(tx, clock.now()) == 1
        assert len(sources.claim_due(tx, clock.now(), 10, LEASE)) == 1


def test_a_changed_definition_trusts_ids_again_and_leaves_a_pause_alone(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        sources.sync(tx, [define()], clock.now())
        settle(tx, clock)
        sources.set_id_policy(tx, "wire", "title")
        sources.pause(tx, "wire")
        sources.sync(tx, [define(digest="d2")], clock.now())
        source = sources.get(tx, "wire")
    assert (source.state, source.id_policy) == (SourceState.PAUSED, "id")


def test_a_pause_ends_in_priming(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        sources.sync(tx, [define()], clock.now())
        settle(tx, clock, etag='"1"')
        sources.pause(tx, "wire")
        clock.move(days=3)
        sources.make_due(tx, clock.now())
        assert sources.claim_due(tx, clock.now(), 10, LEASE) == []
        sources.resume(tx, "wire", clock.now())
        (source,) = sources.claim_due(tx, clock.now(), 10, LEASE)
        assert (source.state, source.etag) == (SourceState.PRIMING, None)
        settle(tx, clock)
        sources.resume(tx, "wire", clock.now())  # of one that is not paused: nothing
        assert sources.get(tx, "wire").state is SourceState.LIVE
        for change in (lambda: sources.pause(tx, "nobody"), lambda: sources.resume(tx, "nobody", clock.now())):
            with pytest.raises(NotFound, match="nobody"):
                change()


@pytest.mark.parametrize(("hours", "state"), [(1.4, SourceState.LIVE), (1.6, SourceState.PRIMING)])
def test_a_source_put_back_primes_if_it_missed_a_poll_by_an_hour(
    store: Backend, clock: FakeClock, hours: float, state: SourceState
) -> None:
    with store.tx() as tx:
        sources.sync(tx, [define()], clock.now())
        settle(tx, clock)  # the next one is due in half an hour
        sources.sync(tx, [], clock.now())
        clock.move(hours=hours)
        sources.sync(tx, [define()], clock.now())
        assert sources.get(tx, "wire").state is state


def test_a_service_that_was_down_primes_nothing(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        sources.sync(tx, [define()], clock.now())
        settle(tx, clock)
        clock.move(days=30)
        sources.sync(tx, [define()], clock.now())
        assert sources.get(tx, "wire").state is SourceState.LIVE


def test_catching_up_lasts_until_a_good_poll_and_leaves_first_polls_alone(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        sources.sync(tx, [define(), define("young")], clock.now())
        settle(tx, clock)
        assert sources.catch_up(tx) == 1
        settle(tx, clock, error="503")
        assert sources.get(tx, "wire").catching_up
        assert not sources.get(tx, "young").catching_up
        settle(tx, clock)
        assert not sources.get(tx, "wire").catching_up


def test_what_is_usual_counts_neither_first_polls_nor_failures(store: Backend, clock: FakeClock) -> None:
    def poll(tx: Tx, new: int, kind: EntryClass, error: str | None = None) -> None:
        clock.move(hours=1)
        for n in range(min(new, 3)):
            entry = Entry(f"https://a.example/{clock.now():%d%H}{n}")
            entries.add(tx, "wire", entry, digest="d", entry_class=kind, look="page", now=clock.now())
        settle(tx, clock, new=new, error=error)

    with store.tx() as tx:
        sources.sync(tx, [define()], clock.now())
        poll(tx, 5000, EntryClass.BACKFILL)
        poll(tx, 3, EntryClass.LIVE)
        poll(tx, 0, EntryClass.LIVE, "503")
        poll(tx, 0, EntryClass.LIVE)
        poll(tx, 40, EntryClass.REWRITE)
        poll(tx, 30, EntryClass.BURST)
        assert sources.new_counts(tx, "wire", 200) == [30, 0, 3]
        assert sources.new_counts(tx, "wire", 2) == [30, 0]


def test_an_unknown_source_is_not_found(store: Backend) -> None:
    with store.read() as tx, pytest.raises(NotFound, match="nobody"):
        sources.get(tx, "nobody")

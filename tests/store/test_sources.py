"""Sources: configuration into the table, claims, and how polls settle."""

from datetime import timedelta

import pytest

from core.errors import NotFound
from core.model import SourceState
from store import Backend, Tx, sources
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


def test_an_unknown_source_is_not_found(store: Backend) -> None:
    with store.read() as tx, pytest.raises(NotFound, match="nobody"):
        sources.get(tx, "nobody")

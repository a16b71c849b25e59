"""What the outbox rests on: transactions that cannot fail half way, and leases that outlast a send."""

from datetime import timedelta
from pathlib import Path

import pytest

from alerts import deliver
from alerts.channels import apprise, atom, console, email
from core import http
from core.errors import StoreError
from core.model import AlertKind
from store import Backend, alerts, channels, open_store, outbox
from tests.conftest import FakeClock

LONGEST = max(http.DEADLINE, email.DEADLINE + email.GOODBYE, apprise.DEADLINE, atom.DEADLINE, console.PATIENCE)


def test_what_was_read_in_a_transaction_can_be_written_in_it(
    store: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that begins as a reader cannot become a writer once another one has written: it fails at once."""
    monkeypatch.setattr("store.backends.sqlite.BUSY_SECONDS", 0.05)
    beside = open_store(str(tmp_path / "test.db"))
    try:
        with store.tx() as tx:
            before = tx.one("SELECT COUNT(*) AS n FROM meta")
            with pytest.raises(StoreError, match="locked"), beside.tx() as other:
                other.run("INSERT INTO meta(k, v) VALUES ('other', '1')")
            tx.run("INSERT INTO meta(k, v) VALUES ('mine', '1')")
        with store.read() as tx:
            assert before is not None
            assert tx.one("SELECT COUNT(*) AS n FROM meta") == {"n": before["n"] + 1}
    finally:
        beside.close()


def test_a_lease_outlasts_the_longest_send(store: Backend, clock: FakeClock) -> None:
    """Whoever began to send at the last moment that a lease allows still holds it when the send has to end."""
    with store.tx() as tx:
        now = clock.now()
        channels.sync(tx, [("desk", "webhook")], now)
        alerts.add(tx, "al_1", AlertKind.STORY, "tariffs", "Title", now=now)
        outbox.put(tx, "al_1", "desk", "", now=now, next_at=now, deadline=now + timedelta(hours=72))
        claimed = outbox.claim(tx, "desk", "me", now, deliver.LEASE)
        assert claimed is not None
        clock.moment = claimed.until - deliver.LEAST_LEASE
        assert clock.now() > now
        clock.move(seconds=LONGEST)
        assert outbox.reap(tx, "desk", clock.now()) == 0
        assert outbox.claim(tx, "desk", "another", clock.now(), deliver.LEASE) is None

"""What the database knows of time, and what waits when the clock is set anew."""

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import from_iso, to_iso
from core.model import AlertKind, Entry, EntryClass
from store import Backend, Tx, alerts, channels, entries, outbox, sources
from store import clock as kept
from store.sources import Definition

NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def fill(tx: Tx) -> None:
    """A source due in half an hour, one due already, a waiting entry, a message due, one in flight, a channel."""
    definitions = [Definition(name, "feed", "https://a.example/", "d", None, ()) for name in ("late", "soon")]
    sources.sync(tx, definitions, NOW - MINUTE)
    tx.run("UPDATE sources SET next_poll_at = :at WHERE name = 'late'", at=to_iso(NOW + 30 * MINUTE))
    entry = Entry("https://a.example/1")
    entries.add(tx, "late", entry, digest="d", entry_class=EntryClass.LIVE, look="page", now=NOW)
    tx.run("UPDATE entries SET next_try_at = :at", at=to_iso(NOW + MINUTE))
    channels.sync(tx, [("desk", "console")], NOW)
    tx.run("UPDATE channels SET blocked_until = :at", at=to_iso(NOW + MINUTE))
    for name in ("one", "two", "three", "four", "five"):
        alerts.add(tx, name, AlertKind.STORY, "rule", "Title", now=NOW)
        deadline = NOW + timedelta(hours=72)
        outbox.put(tx, name, "desk", "", now=NOW, next_at=NOW + 5 * MINUTE, deadline=deadline)
    tx.run(
        "UPDATE deliveries SET state = 'sending', lease_owner = 'me', lease_until = :at WHERE alert_id = 'two'",
        at=to_iso(NOW + MINUTE),
    )
    for name, cause in (("three", "daily"), ("four", "late"), ("five", "burst")):
        tx.run("UPDATE deliveries SET state = 'held', digest = :cause WHERE alert_id = :id", id=name, cause=cause)


def times(tx: Tx) -> dict[str, timedelta]:
    """Everything that waits, as the time from `NOW`."""
    found = {f"poll {r['name']}": r["next_poll_at"] for r in tx.all("SELECT * FROM sources")}
    found |= {f"entry {r['id']}": r["next_try_at"] for r in tx.all("SELECT * FROM entries")}
    found |= {f"channel {r['name']}": r["blocked_until"] for r in tx.all("SELECT * FROM channels")}
    for r in tx.all("SELECT * FROM deliveries"):
        found |= {f"{r['alert_id']} next": r["next_at"], f"{r['alert_id']} deadline": r["deadline_at"]}
        found |= {f"{r['alert_id']} lease": r["lease_until"]} if r["lease_until"] else {}
    return {name: from_iso(at) - NOW for name, at in found.items()}


@pytest.mark.parametrize("by", [timedelta(hours=30, minutes=5), timedelta(days=-3), timedelta(days=-9000, minutes=9)])
def test_what_waits_goes_on_waiting_as_long_as_it_had_to(store: Backend, by: timedelta) -> None:
    with store.tx() as tx:
        fill(tx)
        before = times(tx)
        kept.shift(tx, NOW, NOW + by)
        after = times(tx)
    steps = {"three next": timedelta(days=1), "four next": timedelta(hours=1)}  # told at a time of day
    for name, wait in before.items():
        moved = after[name] - wait
        if name == "two next":  # it is being sent
            assert moved == timedelta()
        elif name in steps:
            assert not moved % steps[name]
            assert abs(by - moved) < steps[name]
        elif wait > timedelta():
            assert moved == by, name
        else:
            assert after[name] <= by, name  # due before, due after


def test_the_latest_moment_only_moves_forward_unless_it_is_taken_back(store: Backend) -> None:
    with store.tx() as tx:
        assert kept.latest(tx) is None
        kept.remember(tx, NOW)
        kept.remember(tx, NOW - MINUTE)
        assert kept.latest(tx) == NOW
        kept.remember(tx, NOW - MINUTE, backwards=True)
        assert kept.latest(tx) == NOW - MINUTE


def test_doubt_ends(store: Backend) -> None:
    with store.tx() as tx:
        assert not kept.doubted(tx, NOW)
        kept.doubt(tx, NOW + MINUTE)
        assert kept.doubted(tx, NOW)
        assert not kept.doubted(tx, NOW + MINUTE)

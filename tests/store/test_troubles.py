"""Troubles: each is there once, is told once when it begins and once when it ends, however it comes and goes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import to_iso
from core.model import AlertKind
from store import Backend, Tx, alerts, mutes, open_store, troubles
from tests.conftest import FakeClock

HOUR = timedelta(hours=1)


def told(tx: Tx, ids: list[int], alert_id: str, clock: FakeClock, parent: str | None = None) -> None:
    alerts.add(tx, alert_id, AlertKind.HEALTH, "", "Trouble", now=clock.now(), parent_id=parent)
    troubles.told(tx, ids, alert_id)


def only(tx: Tx) -> int:
    (row,) = troubles.untold(tx)
    return int(row["id"])


def test_a_trouble_is_new_once_and_takes_the_newer_detail(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        assert troubles.open(tx, "disk_low", "", "400 MB left", clock.now())
        assert not troubles.open(tx, "disk_low", "", "300 MB left", clock.move(minutes=1))
        assert troubles.open(tx, "queue_lag", "mail", "", clock.now())
        rows = troubles.current(tx)
    assert [(r["kind"], r["subject"], r["detail"]) for r in rows] == [
        ("disk_low", "", "300 MB left"),
        ("queue_lag", "mail", ""),
    ]


def test_it_began_when_it_is_known_to_have_begun(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        troubles.open(tx, "source_failing", "wire", "", clock.now(), since=clock.now() - HOUR)
        (row,) = troubles.current(tx)
        assert row["since_at"] == to_iso(clock.now() - HOUR)


def test_closing_ends_it_once(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        assert not troubles.close(tx, "fuse", "", clock.now())
        troubles.open(tx, "fuse", "", "", clock.now())
        assert troubles.close(tx, "fuse", "", clock.move(minutes=5))
        assert not troubles.close(tx, "fuse", "", clock.now())
        assert troubles.current(tx) == []


def test_what_ended_before_it_was_told_is_told_to_nobody(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        troubles.open(tx, "queue_lag", "mail", "", clock.now())
        assert len(troubles.untold(tx)) == 1
        troubles.close(tx, "queue_lag", "mail", clock.move(minutes=5))
        assert troubles.untold(tx) == []


def test_a_beginning_and_an_end_are_each_told_once(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        troubles.open(tx, "queue_lag", "mail", "", clock.now())
        told(tx, [only(tx)], "al_began", clock)
        assert troubles.untold(tx) == []
        troubles.close(tx, "queue_lag", "mail", clock.move(hours=2))
        told(tx, [only(tx)], "al_ended", clock, parent="al_began")
        assert troubles.untold(tx) == []


def test_one_that_comes_back_before_its_end_was_told_has_not_ended(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        troubles.open(tx, "queue_lag", "mail", "", clock.now())
        began = to_iso(clock.now())
        told(tx, [only(tx)], "al_began", clock)
        troubles.close(tx, "queue_lag", "mail", clock.move(minutes=5))
        assert not troubles.open(tx, "queue_lag", "mail", "again", clock.move(minutes=5))
        assert troubles.untold(tx) == []
        (row,) = troubles.current(tx)
        assert (row["since_at"], row["detail"]) == (began, "again")


def test_one_that_comes_back_after_its_end_was_told_is_another(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        troubles.open(tx, "queue_lag", "mail", "", clock.now())
        told(tx, [only(tx)], "al_began", clock)
        troubles.close(tx, "queue_lag", "mail", clock.move(hours=2))
        told(tx, [only(tx)], "al_ended", clock, parent="al_began")
        assert troubles.open(tx, "queue_lag", "mail", "", clock.move(hours=1))
        (row,) = troubles.untold(tx)
        assert row["alert_id"] is None
        assert row["last_told"] == to_iso(clock.now() - HOUR)


def test_an_event_is_told_although_it_is_over_and_its_end_is_not(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        troubles.record(tx, "clock", "", "jumped", clock.now(), clock.now())
        told(tx, [only(tx)], "al_1", clock)
        assert troubles.untold(tx) == []
        troubles.record(tx, "clock", "", "jumped again", clock.move(minutes=1), clock.now())
        assert len(troubles.untold(tx)) == 1
        assert len(troubles.listing(tx, 9)) == 2


def test_what_is_used_no_more_ends_without_a_word(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        troubles.open(tx, "source_failing", "wire", "", clock.now())
        told(tx, [only(tx)], "al_began", clock)
        troubles.forget(tx, "source_failing", "wire", clock.move(hours=2))
        assert troubles.untold(tx) == troubles.current(tx) == []


def test_when_a_kind_was_told_last_is_known_of_every_trouble_of_it(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        troubles.open(tx, "source_failing", "a", "", clock.now())
        told(tx, [only(tx)], "al_1", clock)
        troubles.open(tx, "source_failing", "b", "", clock.move(minutes=3))
        (row,) = troubles.untold(tx)
        assert row["last_told"] is None
        assert row["kind_told"] == to_iso(clock.now() - timedelta(minutes=3))


def test_the_list_has_the_open_ones_first(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        troubles.open(tx, "disk_low", "", "", clock.now())
        troubles.record(tx, "stopped", "", "", clock.now(), clock.move(hours=1))
        troubles.open(tx, "fuse", "", "", clock.now())
        assert [r["kind"] for r in troubles.listing(tx, 9)] == ["fuse", "disk_low", "stopped"]
        assert len(troubles.listing(tx, 2)) == 2


def test_only_a_mute_of_the_source_itself_silences_its_troubles(store: Backend, clock: FakeClock) -> None:
    span = {"starts": clock.now(), "ends": clock.now() + HOUR, "who": "me", "why": "known"}
    with store.tx() as tx:
        mutes.add(tx, rule=None, source="wire", **span)  # type: ignore[arg-type]
        mutes.add(tx, rule="tariffs", source="other", **span)  # type: ignore[arg-type]
        mutes.add(tx, rule="tariffs", source=None, **span)  # type: ignore[arg-type]
        assert troubles.muted(tx, clock.now()) == {"wire"}
        assert troubles.muted(tx, clock.move(hours=1)) == set()


@pytest.mark.parametrize("kind", ["queue_lag", "clock"])
@given(steps=st.lists(st.sampled_from(["open", "close", "tell", "wait"]), max_size=30))
def test_beginnings_and_ends_alternate_whatever_happens(kind: str, steps: list[str]) -> None:
    """A reader hears began, ended, began, ...: never two beginnings of what never ended, nor an end of nothing."""
    clock = FakeClock(datetime(2025, 2, 5, 12, tzinfo=UTC))
    said: list[str] = []
    backend = open_store(":memory:")
    with backend.tx() as tx:
        for number, step in enumerate(steps):
            clock.move(seconds=1)
            if step == "open":
                troubles.open(tx, kind, "x", "", clock.now())
            elif step == "close":
                troubles.close(tx, kind, "x", clock.now())
            elif step == "tell":
                rows = troubles.untold(tx)
                assert kind in troubles.EVENTS or len(rows) <= 1
                if not rows:
                    continue
                over = rows[0]["ended_at"] is not None and kind not in troubles.EVENTS
                told(tx, [r["id"] for r in rows], f"al_{number}", clock, rows[0]["alert_id"] if over else None)
                said.append("ended" if over else "began")
                assert troubles.untold(tx) == []
            assert len(troubles.current(tx)) <= 1
    backend.close()
    if kind not in troubles.EVENTS:
        assert said == (["began", "ended"] * len(said))[: len(said)]
    else:
        assert "ended" not in said

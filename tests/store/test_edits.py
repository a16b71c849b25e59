"""Edits: kept once, told once, and found at every tick without looking through what was told."""

from collections.abc import Iterator

import pytest

from core.model import AlertKind
from store import Backend, Tx, alerts, edits
from tests.alerts.archiving import edit, keep
from tests.conftest import FakeClock
from tests.store.test_alerts import Explained


@pytest.fixture
def tx(store: Backend, clock: FakeClock) -> Iterator[Tx]:
    with store.tx() as open_tx:
        keep(open_tx, 1, "Convoy", "A text.", clock.now())
        alerts.add(open_tx, "al_1", AlertKind.STORY, "guard", "Convoy", now=clock.now(), story_id=1, lines=["first"])
        yield open_tx


def add(tx: Tx, clock: FakeClock, revision: int = 2, kind: str = "edited", quiet: str | None = None) -> None:
    edits.add(tx, "al_1", 1, revision, kind, [f"{kind} {revision}"], now=clock.now(), quiet=quiet)


def waiting(tx: Tx, clock: FakeClock) -> list[tuple[int, str]]:
    return [(row["revision"], row["kind"]) for row in edits.untold(tx, clock.now())]


def test_an_edit_is_kept_once_and_waits_for_its_alert_to_be_sent(tx: Tx, clock: FakeClock) -> None:
    add(tx, clock)
    add(tx, clock)
    assert waiting(tx, clock) == []
    alerts.freeze(tx, "al_1", "{}", clock.now())
    assert waiting(tx, clock) == [(2, "edited")]
    (row,) = edits.untold(tx, clock.now())
    assert (row["rule"], row["title"], row["parent_title"], row["lines"]) == (
        "guard", "Convoy", "Convoy", '["edited 2"]',
    )  # fmt: skip
    assert row["last_told"] == alerts.get(tx, "al_1")["frozen_at"]


def test_what_is_told_or_quiet_waits_no_more_and_only_updates_with_edits_are_counted(tx: Tx, clock: FakeClock) -> None:
    alerts.freeze(tx, "al_1", "{}", clock.now())
    for revision in (2, 3, 4, 5):
        add(tx, clock, revision)
    add(tx, clock, 6, "retracted")
    add(tx, clock, 7, "edited", "spelling")
    two, three, four, five, retracted = edits.untold(tx, clock.now())
    edits.tell(tx, [two, three], "al_u1")
    edits.tell(tx, [four], "al_u2")
    edits.tell(tx, [retracted], "al_u3")
    edits.hush(tx, [five], "limit")
    assert waiting(tx, clock) == []
    assert edits.updates(tx, "al_1") == 2
    assert edits.told_lines(tx, "al_1") == ["first", "edited 2", "edited 3", "edited 4", "retracted 6"]
    assert [(r["revision"], r["told_in"], r["quiet"]) for r in edits.of_article(tx, 1)] == [
        (2, "al_u1", None), (3, "al_u1", None), (4, "al_u2", None), (5, None, "limit"), (6, "al_u3", None),
        (7, None, "spelling"),
    ]  # fmt: skip


def test_earlier_revisions_are_those_before(tx: Tx, clock: FakeClock) -> None:
    edit(tx, 1, "Another text.", clock.now())
    edit(tx, 1, "A third text.", clock.now())
    assert [dict(row) for row in edits.earlier(tx, 1, 3)] == [{"title": "Convoy", "extraction": "page"}] * 2
    assert edits.earlier(tx, 1, 1) == []
    assert edits.texts(tx, [1, 1, 9]) == {1: "Convoy\nA third text."}


def test_a_tick_reads_only_edits_that_wait(tx: Tx, clock: FakeClock) -> None:
    explained = Explained(tx)
    edits.untold(explained, clock.now())  # type: ignore[arg-type]
    assert "SCAN e USING INDEX edits_untold" in explained.plan
    assert [s for s in explained.plan if s.startswith("SCAN")] == ["SCAN e USING INDEX edits_untold"]

"""The failpoints of a message's way, each killed at a first delivery, at a retry and with others in a digest.

What is promised: nothing is lost; a kill before a byte has left costs no copy, one while the receiver may have the
message costs one at most, under the same id and of the same content.
"""

import sqlite3
from pathlib import Path

import pytest

from store import schema
from store.backends import sqlite
from tests.reliability.conftest import Scene

READING = ("after_feed", "after_poll", "after_fetch", "in_tx_stories", "in_tx_alerts", "before_commit", "after_commit")
QUIET = ("after_claim", "after_connect")  # nothing has left yet
DOUBTFUL = ("after_body_sent", "after_response", "before_ack")  # the receiver may have it
SENDING = (*QUIET, *DOUBTFUL, "after_ack")


def check(scene: Scene, place: str, told: set[str]) -> None:
    """Everything was told, with no more copies than the place may cost, and the database agrees."""
    copies = scene.hook.copies
    assert {title: len(scene.hook.telling(title)) for title in told} == dict.fromkeys(told, 1)
    assert sum(copies.values()) - len(copies) <= (1 if place in DOUBTFUL else 0), scene.hook.got
    assert set(copies) == set().union(*map(scene.hook.telling, told))
    bodies = {(key, repr(body)) for key, _, body in scene.hook.got}
    assert len({key for key, _ in bodies}) == len(bodies), "a copy differs"
    sent = {row[0] for row in scene.rows("SELECT id FROM deliveries WHERE state = 'sent'")}
    assert sent == set(copies)
    attempts = dict(scene.rows("SELECT delivery_id, COUNT(*) FROM attempts GROUP BY 1"))
    assert all(attempts[key] >= n for key, n in copies.items())
    assert scene.rows("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("place", [*READING, *SENDING])
def test_a_kill_at_a_first_delivery(scene: Scene, place: str) -> None:
    scene.web.feed("Steel tariff news")
    scene.configure()
    scene.dies(place)
    scene.start()
    scene.until(lambda: scene.database.exists() and scene.states() == ["sent"])
    check(scene, place, {"Steel tariff news"})


@pytest.mark.parametrize("place", [*READING, *SENDING])
def test_a_kill_while_a_message_waits_to_be_tried_again(scene: Scene, place: str) -> None:
    scene.web.feed("Steel tariff news")
    scene.configure()
    scene.hook.answers.append(429)
    child = scene.start("" if place in READING else f"{place}:2")
    scene.until(lambda: bool(scene.hook.got))
    if place in READING:
        child.arm(place)
    scene.web.feed("Copper tariff news", "Steel tariff news")
    assert child.wait(30) == -9, scene.said()
    child.kill()
    scene.start()
    scene.until(lambda: scene.states() == ["sent", "sent"])
    check(scene, place, {"Steel tariff news", "Copper tariff news"})


@pytest.mark.parametrize("place", [*READING, "in_merge", *SENDING])
def test_a_kill_while_messages_wait_to_be_told_together(scene: Scene, place: str) -> None:
    scene.rule.update(severity="normal", cooldown="2s" if place in READING else "4s")
    scene.web.feed("Steel tariff news")
    scene.configure()
    child = scene.start(f"{place}:2" if place in SENDING else "")
    scene.until(lambda: bool(scene.hook.got))
    if place not in SENDING:
        child.arm(place)
    scene.web.feed("Zinc tariff news", "Copper tariff news", "Steel tariff news")
    assert child.wait(30) == -9, scene.said()
    child.kill()
    scene.start()
    scene.until(lambda: len(scene.rows("SELECT * FROM articles")) == 3 and set(scene.states()) <= {"sent", "merged"})
    check(scene, place, {"Steel tariff news", "Zinc tariff news", "Copper tariff news"})
    if place in ("in_merge", *SENDING):
        assert scene.states() == ["merged", "merged", "sent", "sent"]


def test_a_kill_while_what_was_in_flight_is_taken_back(scene: Scene) -> None:
    scene.web.feed("Steel tariff news")
    scene.configure()
    scene.dies("after_claim")
    assert scene.states() == ["sending"]
    scene.dies("in_reaper")
    assert scene.states() == ["sending"]
    scene.start()
    scene.until(lambda: scene.states() == ["sent"])
    check(scene, "in_reaper", {"Steel tariff news"})


STATEMENTS = len(schema.statements(schema.TRUST, **sqlite.DIALECT))


@pytest.mark.parametrize("passes", [1, STATEMENTS // 2, STATEMENTS])
def test_a_kill_in_the_middle_of_a_migration(
    scene: Scene, passes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.web.feed("Steel tariff news")
    scene.configure()
    older = sqlite.open_backend(str(scene.database))
    sqlite.migrations.apply(older.db, stop_before="m004_trust")
    older.close()
    before = _schema(scene.database)
    scene.dies(f"in_migration:{passes}")
    assert _schema(scene.database) == before
    scene.start()
    scene.until(lambda: "deliveries" in dict(_schema(scene.database)) and scene.states() == ["sent"])
    check(scene, "in_migration", {"Steel tariff news"})


def _schema(database: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()

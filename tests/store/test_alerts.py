"""Alerts: found by rule and story, one for each article where they do not fold, and cheap to look through."""

from collections.abc import Callable, Iterator

import pytest

from core.model import AlertKind, Match, Relation
from store import Backend, Tx, alerts, edits
from tests.alerts.archiving import keep
from tests.conftest import FakeClock


class Explained:
    """A transaction that keeps the plans of the queries it is asked."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.plan: list[str] = []

    def all(self, sql: str, /, **params: object) -> list[object]:
        self.plan += [str(r["detail"]) for r in self._tx.all(f"EXPLAIN QUERY PLAN {sql}", **params)]
        return []

    def one(self, sql: str, /, **params: object) -> None:
        self.all(sql, **params)


@pytest.fixture
def tx(store: Backend) -> Iterator[Tx]:
    with store.tx() as open_tx:
        yield open_tx


@pytest.mark.parametrize(
    "wanted",
    ["SCAN m USING INDEX alert_articles_untold", "SEARCH u USING COVERING INDEX alerts_parent (parent_id=?)"],
)
def test_looking_for_updates_reads_neither_told_articles_nor_copies_nor_other_alerts(
    tx: Tx, clock: FakeClock, wanted: str
) -> None:
    explained = Explained(tx)
    alerts.untold(explained, clock.now())  # type: ignore[arg-type]
    (index,) = tx.all("SELECT sql FROM sqlite_master WHERE name = 'alert_articles_untold'")
    assert wanted in explained.plan
    assert "relation <> 'copy'" in index["sql"]


ASKED: dict[str, Callable[[Tx], object]] = {
    "about": lambda tx: alerts.about(tx, "guard", 1),
    "own": lambda tx: alerts.own(tx, "guard", 1),
    "of_story": lambda tx: alerts.of_story(tx, 1),
    "speaking_of": lambda tx: alerts.speaking_of(tx, 1, 1),
    "edits.of_article": lambda tx: edits.of_article(tx, 1),
    "edits.updates": lambda tx: edits.updates(tx, "al_1"),
    "edits.told_lines": lambda tx: edits.told_lines(tx, "al_1"),
    "edits.earlier": lambda tx: edits.earlier(tx, 1, 2),
}


@pytest.mark.parametrize("asked", ASKED)
def test_nothing_that_is_asked_while_an_article_is_stored_looks_through_a_table(tx: Tx, asked: str) -> None:
    explained = Explained(tx)
    ASKED[asked](explained)  # type: ignore[arg-type]
    assert explained.plan
    assert [step for step in explained.plan if step.startswith("SCAN") and "SUBQUERY" not in step] == []


def add(tx: Tx, key: str, clock: FakeClock, **changes: object) -> None:
    kind = AlertKind(str(changes.pop("kind", "story")))
    alerts.add(tx, key, kind, "guard", "Convoy", now=clock.now(), **changes)  # type: ignore[arg-type]


def test_the_alert_about_a_story_is_the_first_of_those_that_fold(tx: Tx, clock: FakeClock) -> None:
    add(tx, "al_single", clock, story_id=1, fold="none")
    assert alerts.about(tx, "guard", 1) is None
    add(tx, "al_z", clock, story_id=1)
    clock.move(minutes=1)
    add(tx, "al_a", clock, story_id=1)  # of a story that was merged into this one
    add(tx, "al_update", clock, story_id=1, kind="update", parent_id="al_z")
    found = alerts.about(tx, "guard", 1)
    assert found is not None
    assert found["id"] == "al_z"
    assert alerts.about(tx, "other", 1) is None
    assert alerts.about(tx, "guard", 2) is None
    assert [row["id"] for row in alerts.of_story(tx, 1)] == ["al_z", "al_a"]


def matched(tx: Tx, article: int, told: str, clock: FakeClock) -> None:
    alerts.add_match(
        tx, Match("guard", ()), article_id=article, revision=1, story_id=1, snippet="", outcome="alerted",
        alert_id=told, now=clock.now(),
    )  # fmt: skip


def test_an_articles_own_alert_is_found_whichever_story_it_is_in(tx: Tx, clock: FakeClock) -> None:
    article = keep(tx, 1, "Convoy", "Text", clock.now())
    other = keep(tx, 2, "Convoy", "Text", clock.now())
    add(tx, "al_own", clock, story_id=77, fold="none")
    matched(tx, article, "al_own", clock)
    found = alerts.own(tx, "guard", article)
    assert found is not None
    assert found["id"] == "al_own"
    assert alerts.own(tx, "guard", other) is None
    assert alerts.own(tx, "other", article) is None


def test_alerts_that_speak_of_an_article_are_those_of_its_story_and_those_it_was_told_in(
    tx: Tx, clock: FakeClock
) -> None:
    article = keep(tx, 1, "Convoy", "Text", clock.now())
    for key, story in (("al_here", 1), ("al_silent", 1), ("al_before", 77), ("al_elsewhere", 78)):
        add(tx, key, clock, story_id=story)
        if key != "al_silent":
            alerts.add_article(tx, key, article, Relation.NEW, clock.now())
    matched(tx, article, "al_before", clock)
    assert [row["id"] for row in alerts.speaking_of(tx, article, 1)] == ["al_before", "al_here"]


def test_an_article_stays_told_where_it_was_told_first(tx: Tx, clock: FakeClock) -> None:
    article = keep(tx, 1, "Convoy", "Text", clock.now())
    add(tx, "al_1", clock, story_id=1)
    alerts.add_article(tx, "al_1", article, Relation.NEW, clock.now())
    for where in ("al_1", "al_update"):
        alerts.tell(tx, "al_1", [article], where)
    assert [m["told_in"] for m in alerts.members(tx, "al_1")] == ["al_1"]

"""A rule run over the archive finds what live matching would have found, and alerts nobody."""

from datetime import timedelta

import pytest

from alerts.backtest import backtest, search_archive
from core.errors import RuleSyntaxError
from core.model import EntryClass
from store import Backend
from tests.alerts.archiving import edit, keep
from tests.conftest import FakeClock


@pytest.fixture
def archive(store: Backend, clock: FakeClock) -> Backend:
    with store.tx() as tx:
        keep(tx, 1, "Old tariffs", "A tariff of long ago.", clock.now() - timedelta(days=40))
        keep(tx, 2, "Convoy", "The National Guard moved after a tariff threat.", clock.now(), story="convoy")
        keep(tx, 3, "Convoy rolls", "Guards of the nation; tariffs wait.", clock.now(), story="convoy")
        keep(tx, 4, "Aranceles", "Los aranceles suben y las luces se apagan.", clock.now(), language="es")
        edited = keep(tx, 5, "Sheriff", "The sheriff spoke.", clock.now())
        edit(tx, edited, "The sheriff spoke.", clock.now())
    return store


def test_counts_articles_matches_and_stories(archive: Backend, clock: FakeClock) -> None:
    with archive.read() as tx:
        result = backtest(tx, "tariff OR arancel", {}, clock.now() - timedelta(days=30), samples=2)
    assert (result.articles, result.matched, result.stories) == (4, 3, 2)
    assert [s.title for s in result.samples] == ["Aranceles", "Convoy rolls"]
    assert result.as_json()["samples"][0]["snippet"] == "Los [aranceles] suben y las luces se apagan."
    assert result.as_json()["samples"][0]["site"] == "news.example"


def test_looks_at_the_whole_archive_when_no_start_is_given(archive: Backend) -> None:
    with archive.read() as tx:
        assert backtest(tx, "tariff", {}, None, samples=0).matched == 3


def test_facts_of_stored_articles_can_be_asked_for(archive: Backend) -> None:
    with archive.read() as tx:
        asked = {
            query: backtest(tx, query, {"x": ["tariff"]}, None, samples=0).matched
            for query in ("source:wire tag:us author:ruiz site:news.example @x", "lang:es luz", "kind:update sheriff",
                          "kind:new sheriff", "kind:update tariff", "url:/4 arancel")
        }  # fmt: skip
    assert list(asked.values()) == [3, 1, 1, 1, 0, 1]


def test_a_query_that_cannot_be_read_is_refused(archive: Backend) -> None:
    with archive.read() as tx, pytest.raises(RuleSyntaxError):
        backtest(tx, "tariff OR", {}, None, samples=0)


def test_nothing_is_written(archive: Backend) -> None:
    with archive.read() as tx:
        backtest(tx, "tariff", {}, None, samples=5)
        assert tx.all("SELECT * FROM matches") == []
        assert tx.all("SELECT * FROM alerts") == []


def test_alerts_are_told_by_the_day_and_old_entries_are_silent(store: Backend, clock: FakeClock) -> None:
    first = clock.now()
    with store.tx() as tx:
        keep(tx, 1, "Tariff", "A tariff.", first, entry_class=EntryClass.BACKFILL)
        keep(tx, 2, "Tariff", "A tariff.", clock.move(days=1), story="a")
        keep(tx, 3, "Tariff", "A tariff.", clock.move(days=1), story="a")
        keep(tx, 4, "Tariff", "A tariff.", clock.now(), story="b")
    with store.read() as tx:
        found = backtest(tx, "tariff", {}, None, samples=0)
    assert (found.matched, found.stories, found.alerts, found.silent) == (4, 3, 2, 1)
    assert {day.day: count for day, count in found.days.items()} == {6: 1, 7: 1}
    assert found.earliest == first.date()
    assert found.as_json()["alerts_per_day"] == {"2025-02-06": 1, "2025-02-07": 1}


def test_two_queries_are_compared_by_their_alerts(archive: Backend) -> None:
    with archive.read() as tx:
        against = backtest(tx, "tariff OR sheriff", {}, None, samples=0, against="tariff OR arancel").against
    assert against is not None
    assert (against.alerts, against.gained, against.lost) == (3, 1, 1)
    assert [t.title for t in against.gained_examples] == ["Sheriff"]
    assert [t.title for t in against.lost_examples] == ["Aranceles"]


def test_each_article_is_counted_off(archive: Backend) -> None:
    steps: list[int] = []
    with archive.read() as tx:
        backtest(tx, "tariff", {}, None, samples=0, tick=lambda: steps.append(1))
    assert len(steps) == 5


def test_an_archive_longer_than_a_page_is_read_to_its_end(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        for number in range(1101):
            keep(tx, number, "Tariff", "A tariff.", clock.move(seconds=1) if number % 7 else clock.now())
    with store.read() as tx:
        assert backtest(tx, "tariff", {}, None, samples=0).matched == 1101


def test_the_archive_is_searched_newest_first_and_no_further_than_asked(archive: Backend) -> None:
    steps: list[int] = []
    with archive.read() as tx:
        found = search_archive(tx, "tariff", {}, None, None, 2, lambda: steps.append(1))
        assert [f.row["title"] for f in found] == ["Convoy rolls", "Convoy"]
        assert found[0].snippet == (("Guards of the nation; ", False), ("tariffs", True), (" wait.", False))
        assert len(steps) == 4


def test_a_rule_and_words_narrow_each_other(archive: Backend, clock: FakeClock) -> None:
    with archive.read() as tx:
        both = search_archive(tx, "tariff", {}, "guard", None, 9)
        assert [f.row["title"] for f in both] == ["Convoy"]
        assert search_archive(tx, "tariff", {}, "guard", clock.move(days=1), 9) == []
        assert search_archive(tx, "arancel", {}, "guard", None, 9) == []

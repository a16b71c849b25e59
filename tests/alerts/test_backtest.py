"""A rule run over the archive finds what live matching would have found, and alerts nobody."""

from datetime import datetime, timedelta

import pytest

from alerts.backtest import backtest
from core.errors import RuleSyntaxError
from core.model import Article, EntryClass, Relation
from store import Backend, Tx, articles
from tests.conftest import FakeClock


def keep(tx: Tx, number: int, title: str, text: str, now: datetime, *, story: str = "", language: str = "en") -> int:
    url = f"https://www.news.example/{number}"
    return articles.add(
        tx,
        Article(url=url, canonical_url=url, title=title, text=text, language=language, authors=("Ana Ruiz",)),
        source="wire",
        tags=("us",),
        entry_class=EntryClass.LIVE,
        story_id=articles.found_story(tx, story or f"story-{number}", title, language, now),
        relation=Relation.NEW,
        copy_of=None,
        score=0.0,
        sketch_n=0,
        text_hash=str(number),
        words=len(text.split()),
        now=now,
    )


@pytest.fixture
def archive(store: Backend, clock: FakeClock) -> Backend:
    with store.tx() as tx:
        keep(tx, 1, "Old tariffs", "A tariff of long ago.", clock.now() - timedelta(days=40))
        keep(tx, 2, "Convoy", "The National Guard moved after a tariff threat.", clock.now(), story="convoy")
        keep(tx, 3, "Convoy rolls", "Guards of the nation; tariffs wait.", clock.now(), story="convoy")
        keep(tx, 4, "Aranceles", "Los aranceles suben y las luces se apagan.", clock.now(), language="es")
        edited = keep(tx, 5, "Sheriff", "The sheriff spoke.", clock.now())
        article = articles.to_article(articles.get(tx, edited))
        articles.revise(tx, edited, article, sketch_n=0, text_hash="5b", words=3, now=clock.now())
    return store


def test_counts_articles_matches_and_stories(archive: Backend, clock: FakeClock) -> None:
    with archive.read() as tx:
        result = backtest(tx, "tariff OR arancel", {}, clock.now() - timedelta(days=30), samples=2)
    assert (result.articles, result.matched, result.stories) == (4, 3, 2)
    assert [s.title for s in result.samples] == ["Aranceles", "Convoy rolls"]
    assert result.as_json()["samples"][0]["snippet"] == "Los [aranceles] suben y las luces se apagan."
    assert result.as_json()["samples"][0]["site"] == ""


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

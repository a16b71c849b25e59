"""Articles found again: by address, by period, by the words they hold."""

from datetime import timedelta

import pytest

from core.clock import to_iso
from core.model import Article, EntryClass, Extent, Relation, Standing
from store import Backend, Tx, articles
from tests.conftest import FakeClock


@pytest.fixture
def archive(store: Backend, clock: FakeClock) -> Backend:
    """Seven articles, two of them seen at once, an hour apart otherwise; only even ones speak of a tariff."""
    with store.tx() as tx:
        for number in range(7):
            url = f"https://news.example/{number}"
            articles.add(
                tx,
                Article(f"{url}?from=feed", url, f"Title {number}", "A sheriff." if number % 2 else "A tariff."),
                source="wire",
                tags=(),
                entry_class=EntryClass.LIVE,
                story_id=articles.found_story(tx, str(number), "Story", None, clock.now()),
                relation=Relation.NEW,
                copy_of=None,
                score=0.0,
                sketch_n=0,
                text_hash=str(number),
                words=2,
                now=clock.now() if number == 3 else clock.move(hours=1),
            )
    return store


def numbers(rows: object) -> list[int]:
    return [int(row["canonical_url"][-1]) for row in rows]  # type: ignore[attr-defined]


def test_the_archive_comes_newest_first_whole_or_of_a_period(archive: Backend, clock: FakeClock) -> None:
    with archive.read() as tx:
        assert numbers(articles.archive(tx, None)) == [6, 5, 4, 3, 2, 1, 0]
        since = clock.now() - timedelta(hours=3)
        assert numbers(articles.archive(tx, since)) == [6, 5, 4, 3, 2]
        assert articles.count(tx, since) == 5
        assert articles.count(tx, None) == 7


def test_an_article_is_found_by_each_of_its_addresses(archive: Backend) -> None:
    with archive.read() as tx:
        for urls in (["https://news.example/2"], ["https://news.example/2?from=feed"], ["x", "https://news.example/2"]):
            found = articles.by_address(tx, urls)
            assert found is not None
            assert found["title"] == "Title 2"
        assert articles.by_address(tx, ["https://news.example/9"]) is None
        both = articles.by_address(tx, ["https://news.example/5?from=feed", "https://news.example/2"])
        assert both is not None
        assert both["title"] == "Title 5"


def test_a_full_text_search_gives_whole_articles_of_a_period(archive: Backend, clock: FakeClock) -> None:
    with archive.read() as tx:
        assert sorted(numbers(articles.searched(tx, "tariff", None))) == [0, 2, 4, 6]
        assert numbers(articles.searched(tx, "tariff", clock.now())) == [6]
        assert [row["text"] for row in articles.searched(tx, "tariff", clock.now())] == ["A tariff."]
        assert numbers(articles.search(tx, "tariff", 2, clock.now())) == [6]
        assert list(articles.searched(tx, "zebra", None)) == []


def test_what_became_of_an_article_is_said_once(archive: Backend, clock: FakeClock) -> None:
    with archive.tx() as tx:
        assert articles.set_standing(tx, 3, Standing.GONE, "answered 410", clock.now())
        said = clock.now()
        clock.move(hours=1)
        assert not articles.set_standing(tx, 3, Standing.GONE, "answered 410", clock.now())
        row = articles.get(tx, 3)
        assert (row["standing"], row["standing_note"], row["standing_at"]) == ("gone", "answered 410", to_iso(said))
        assert articles.set_standing(tx, 3, Standing.PRINTED, "", clock.now())
        assert not articles.set_standing(tx, 99, Standing.GONE, "", clock.now())
        assert articles.get(tx, 4)["standing"] == "printed"


def test_the_evidence_of_a_copy_is_kept_and_follows_its_text(archive: Backend, clock: FakeClock) -> None:
    with archive.tx() as tx:
        url = "https://news.example/copy"
        copy = articles.add(
            tx,
            Article(url, url, "Title", "A tariff. A vote."),
            source="wire",
            tags=(),
            entry_class=EntryClass.LIVE,
            story_id=1,
            relation=Relation.COPY,
            copy_of=1,
            score=0.9,
            sketch_n=0,
            text_hash="c",
            words=4,
            now=clock.now(),
            extent=Extent.CONTAINS,
            of_new=0.5,
            of_original=1.0,
        )
        revise(tx, copy, clock, None)
        assert evidence(tx, copy) == ("contains", 0.5, 1.0)
        revise(tx, copy, clock, Extent.PARTIAL)
        assert evidence(tx, copy) == ("partial", 0.2, 0.4)
        assert evidence(tx, 1) == (None, None, None)


def evidence(tx: Tx, article_id: int) -> tuple[object, ...]:
    row = articles.get(tx, article_id)
    return row["extent"], row["of_new"], row["of_original"]


def revise(tx: Tx, article_id: int, clock: FakeClock, extent: Extent | None) -> None:
    url = "https://news.example/copy"
    articles.revise(
        tx,
        article_id,
        Article(url, url, "Title", "A tariff."),
        sketch_n=0,
        text_hash="d",
        words=2,
        now=clock.now(),
        extent=extent,
        of_new=None if extent is None else 0.2,
        of_original=None if extent is None else 0.4,
    )

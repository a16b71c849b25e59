"""What stories are about, as stored: counts of terms, candidates and each story's own terms."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import to_iso
from core.model import Article, EntryClass, Relation
from store import Backend, Tx, articles, stories

NOON = datetime(2025, 2, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def found(tx: Tx, number: int) -> int:
    """A story of this number's own."""
    return articles.found_story(tx, f"k{number}", "Convoy", "en", NOON)


def told(tx: Tx, number: int, relation: Relation = Relation.NEW) -> None:
    url = f"https://news.example/{number}"
    articles.add(
        tx,
        Article(url, url, f"Title {number}", f"Text {number}", language="en"),
        source="wire",
        tags=(),
        entry_class=EntryClass.LIVE,
        story_id=found(tx, number),
        relation=relation,
        copy_of=None,
        score=0.0,
        sketch_n=0,
        text_hash=str(number),
        words=2,
        now=NOON,
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text("abc@:#", min_size=1, max_size=3), st.integers(1, 9), max_size=20))
def test_counts_add_up_and_those_seen_once_are_not_read(store: Backend, counts: dict[str, int]) -> None:
    with store.tx() as tx:
        tx.run("DELETE FROM terms")
        stories.count(tx, counts)
        assert stories.frequencies(tx) == {t: n for t, n in counts.items() if n > 1}
        stories.count(tx, counts)
        assert stories.frequencies(tx) == {t: 2 * n for t, n in counts.items()}


def test_ageing_halves_counts_and_drops_what_was_seen_once(store: Backend) -> None:
    with store.tx() as tx:
        stories.count(tx, {"often": 5, "once": 1})
        stories.age(tx)
        assert stories.frequencies(tx) == {"often": 2}
        assert tx.one("SELECT COUNT(*) AS n FROM terms") == {"n": 1}


def test_what_was_counted_goes_by_its_last_name(store: Backend) -> None:
    with store.tx() as tx:
        assert stories.counted(tx) == (0, "")
        stories.set_counted(tx, 64, "first")
        stories.set_counted(tx, 128, "second")
        assert stories.counted(tx) == (128, "second")


def test_articles_to_be_counted_are_chosen_evenly_and_are_no_copies(store: Backend) -> None:
    with store.tx() as tx:
        for number in range(1, 21):
            told(tx, number, Relation.COPY if number == 8 else Relation.NEW)
        assert [title for title, _, _ in stories.told(tx, 0, 20, 5)] == [f"Title {n}" for n in (4, 12, 16, 20)]
        assert [title for title, _, _ in stories.told(tx, 17, 20, 5)] == ["Title 18", "Title 19", "Title 20"]
        assert stories.told(tx, 20, 20, 5) == []


def test_candidates_lie_within_the_time_asked_for(store: Backend) -> None:
    with store.tx() as tx:
        for story in range(5):
            stories.file(tx, story, {"en:tariff": 0.5, "@juarez": 0.25}, NOON + story * HOUR)
        rows = stories.holding(tx, ["en:tariff", "en:none"], NOON + HOUR, NOON + 3 * HOUR)
        assert rows == [("en:tariff", story, 0.5) for story in (1, 2, 3)]
        assert stories.holding(tx, [], NOON, NOON) == []


def test_a_story_filed_again_takes_the_new_weight_and_the_later_time(store: Backend) -> None:
    with store.tx() as tx:
        stories.file(tx, 7, {"en:tariff": 0.5}, NOON + HOUR)
        stories.file(tx, 7, {"en:tariff": 0.75}, NOON)
        assert stories.holding(tx, ["en:tariff"], NOON, NOON + HOUR) == [("en:tariff", 7, 0.75)]
        assert stories.holding(tx, ["en:tariff"], NOON, NOON) == []


def test_the_oldest_of_a_crowded_term_go_first_and_ties_by_story(store: Backend) -> None:
    with store.tx() as tx:
        for story, at in ((1, NOON), (2, NOON + HOUR), (3, NOON + HOUR), (4, NOON + HOUR)):
            stories.file(tx, story, {"en:tariff": 0.5, "en:other": 0.5}, at)
        stories.thin(tx, "en:tariff", 4)
        assert len(stories.holding(tx, ["en:tariff"], NOON, NOON + HOUR)) == 4
        stories.thin(tx, "en:tariff", 2)
        assert [story for _, story, _ in stories.holding(tx, ["en:tariff"], NOON, NOON + HOUR)] == [3, 4]
        assert len(stories.holding(tx, ["en:other"], NOON, NOON + HOUR)) == 4
        assert stories.expire(tx, NOON + HOUR) == 1


def test_a_storys_terms_come_back_as_saved_with_the_time_of_its_newest_article(store: Backend) -> None:
    terms = {"words": {"es": {"es:arancel": 500}}, "sizes": {"es": 40.0}, "marks": {"@juárez": 1000}}
    with store.tx() as tx:
        story = found(tx, 1)
        assert stories.centres(tx, [story]) == []
        stories.save(tx, story, terms, NOON + HOUR)
        stories.save(tx, story, terms, NOON)
        assert stories.centres(tx, [story, story + 1]) == [(story, story, NOON + HOUR, terms)]
        assert stories.centres(tx, []) == []
        assert stories.first_article(tx, story + 1) is None


def test_a_merged_story_keeps_its_terms_and_names_the_one_it_is_in(store: Backend) -> None:
    with store.tx() as tx:
        story, into = found(tx, 1), found(tx, 2)
        stories.save(tx, story, {"words": {}}, NOON)
        tx.run("UPDATE stories SET merged_into = :into, updated_at = :at WHERE id = :id",
               into=into, at=to_iso(NOON), id=story)  # fmt: skip
        assert stories.centres(tx, [story]) == [(story, into, NOON, {"words": {}})]

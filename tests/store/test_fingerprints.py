"""Fingerprints, terms and candidates in the database."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import Backend, fingerprints, stories

NOON = datetime(2025, 2, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_postings_name_every_article_that_holds_a_shingle(store: Backend) -> None:
    with store.tx() as tx:
        fingerprints.add(tx, 1, [10, 2**63 - 1])
        fingerprints.add(tx, 2, [10, 11])
        fingerprints.add(tx, 2, [10])  # said twice, kept once
        assert fingerprints.postings(tx, [10, 11, 12, 2**63 - 1]) == {10: [1, 2], 11: [2], 2**63 - 1: [1]}
        assert fingerprints.postings(tx, []) == {}


def test_forgetting_an_article_leaves_the_others(store: Backend) -> None:
    with store.tx() as tx:
        fingerprints.add(tx, 1, [10, 11])
        fingerprints.add(tx, 2, [10])
        fingerprints.forget(tx, 1)
        assert fingerprints.postings(tx, [10, 11]) == {10: [2]}


def test_a_sealed_shingle_is_one_row_that_names_no_article(store: Backend) -> None:
    with store.tx() as tx:
        for article in range(1, 20):
            fingerprints.add(tx, article, [10, 11])
        fingerprints.seal(tx, [10])
        fingerprints.seal(tx, [])
        assert fingerprints.postings(tx, [10]) == {10: [fingerprints.BOILERPLATE]}
        assert len(fingerprints.postings(tx, [11])[11]) == 19


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(["en:tariff", "@juarez", "#10000", "es:arancel", "ñ 'quoted'"]), max_size=30))
def test_frequencies_count_what_was_counted(store: Backend, terms: list[str]) -> None:
    with store.tx() as tx:
        tx.run("DELETE FROM terms")
        for term in terms:
            stories.count(tx, [term])
        assert stories.frequencies(tx, sorted({*terms, "never"})) == {t: terms.count(t) for t in set(terms)}


def test_ageing_halves_counts_and_drops_what_was_seen_once(store: Backend) -> None:
    with store.tx() as tx:
        for _ in range(5):
            stories.count(tx, ["often"])
        stories.count(tx, ["once"])
        stories.age(tx)
        assert stories.frequencies(tx, ["often", "once"]) == {"often": 2}


def test_candidates_lie_within_the_time_asked_for(store: Backend) -> None:
    with store.tx() as tx:
        for story in range(5):
            stories.file(tx, story, {"en:tariff": 0.5, "@juarez": 0.25}, NOON + story * HOUR)
        found = stories.holding(tx, ["en:tariff", "en:none"], NOON + HOUR, NOON + 3 * HOUR)
        assert [row["story_id"] for row in found] == [1, 2, 3]
        assert stories.holding(tx, [], NOON, NOON) == []


def test_a_story_filed_again_takes_the_new_weight_and_the_later_time(store: Backend) -> None:
    with store.tx() as tx:
        stories.file(tx, 7, {"en:tariff": 0.5}, NOON + HOUR)
        stories.file(tx, 7, {"en:tariff": 0.75}, NOON)
        (row,) = stories.holding(tx, ["en:tariff"], NOON, NOON + HOUR)
        assert (row["weight"], row["at"]) == (0.75, "2025-02-05T13:00:00.000+00:00")


def test_the_oldest_of_a_crowded_term_go_first_and_ties_by_story(store: Backend) -> None:
    with store.tx() as tx:
        for story, at in ((1, NOON), (2, NOON + HOUR), (3, NOON + HOUR), (4, NOON + HOUR)):
            stories.file(tx, story, {"en:tariff": 0.5, "en:other": 0.5}, at)
        stories.drop_until(tx, "en:tariff", "2025-02-05T13:00:00.000+00:00", 3)
        assert [r["story_id"] for r in stories.holding(tx, ["en:tariff"], NOON, NOON + HOUR)] == [4]
        assert len(stories.holding(tx, ["en:other"], NOON, NOON + HOUR)) == 4
        assert stories.expire(tx, NOON + HOUR) == 1


def test_a_storys_terms_come_back_as_saved_with_the_time_of_its_newest_article(store: Backend) -> None:
    terms = {"words": {"es": {"es:arancel": 0.5}}, "sizes": {"es": 40.0}, "marks": {"@juárez": 1.0}}
    with store.tx() as tx:
        tx.run(
            "INSERT INTO stories(key, title, first_seen_at, updated_at) VALUES ('k', 'Convoy', :now, :now)",
            now="2025-02-05T12:00:00.000+00:00",
        )
        assert stories.centres(tx, [1]) == []
        stories.save(tx, 1, terms, NOON + HOUR)
        stories.save(tx, 1, terms, NOON)
        assert stories.centres(tx, [1, 2]) == [(1, NOON + HOUR, terms)]
        assert stories.first_article(tx, 2) is None

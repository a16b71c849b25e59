"""Fingerprints in the database."""

from datetime import UTC, datetime

from store import Backend, fingerprints

NOON = datetime(2025, 2, 5, 12, tzinfo=UTC)


def test_postings_name_every_article_that_holds_a_shingle(store: Backend) -> None:
    with store.tx() as tx:
        fingerprints.add(tx, 1, [10, 2**63 - 1])
        fingerprints.add(tx, 2, [10, 11])
        fingerprints.add(tx, 2, [10])  # said twice, kept once
        assert fingerprints.postings(tx, [10, 11, 12, 2**63 - 1]) == {10: [1, 2], 11: [2], 2**63 - 1: [1]}
        assert fingerprints.postings(tx, []) == {}


def test_forgetting_an_article_leaves_the_others_and_what_is_sealed(store: Backend) -> None:
    with store.tx() as tx:
        fingerprints.add(tx, 1, [10, 11, 12])
        fingerprints.add(tx, 2, [10])
        fingerprints.seal(tx, [12])
        assert fingerprints.forget(tx, 1, [10, 11, 12, 13]) == 2
        assert fingerprints.forget(tx, 1, []) == 0
        assert fingerprints.postings(tx, [10, 11, 12]) == {10: [2], 12: [fingerprints.BOILERPLATE]}


def test_a_sealed_shingle_is_one_row_that_names_no_article(store: Backend) -> None:
    with store.tx() as tx:
        for article in range(1, 20):
            fingerprints.add(tx, article, [10, 11])
        fingerprints.seal(tx, [10])
        fingerprints.seal(tx, [])
        assert fingerprints.postings(tx, [10]) == {10: [fingerprints.BOILERPLATE]}
        assert len(fingerprints.postings(tx, [11])[11]) == 19


def test_how_far_fingerprints_have_expired_is_kept_in_the_database(store: Backend) -> None:
    with store.tx() as tx:
        assert fingerprints.expired_up_to(tx) == 0
        fingerprints.expire_up_to(tx, 7)
        fingerprints.expire_up_to(tx, 9)
        assert fingerprints.expired_up_to(tx) == 9
        assert fingerprints.next_to_expire(tx, NOON, 10) == []

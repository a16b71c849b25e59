"""Frequencies: what is believed of words before any is counted, and what counting changes."""

from datetime import timedelta

import pytest

from crawler import frequency
from crawler.frequency import NOTHING, Frequencies, idf
from store import Backend, stories
from tests.crawler.placing import NOON, article, place


def fill(store: Backend, first: int, last: int, word: str) -> None:
    """Articles of no story in common; each holds `word`."""
    for n in range(first, last):
        text = f"unlike{n} {word} other{n} third{n} fourth{n} fifth{n} sixth{n}"
        place(store, article(f"https://o{n}.example/", f"Item{n} number{n}", text), NOON + timedelta(days=5 * n))


def test_common_words_weigh_little_before_anything_is_counted() -> None:
    assert idf("en:govern", {}, 0) < idf("en:tariff", {}, 0) < idf("en:papaya", {}, 0)
    assert idf("@trump", {}, 0) < idf("@paperwork", {}, 0)


def test_years_and_round_numbers_are_believed_common() -> None:
    assert NOTHING.marks["#2025"] < NOTHING.marks["#50"] < NOTHING.marks["#1949"]


def test_counted_frequency_outweighs_what_was_believed() -> None:
    assert idf("en:papaya", {"en:papaya": 20_000}, 50_000) < idf("en:tariff", {"en:tariff": 50}, 50_000)


def test_the_words_of_a_language_are_weighed_by_its_own_articles() -> None:
    known = Frequencies({"@": 10_000, "en:": 9_000, "es:": 1_000, "en:tunnel": 90, "es:tunel": 90})
    assert known.words("es")["es:tunel"] < known.words("en")["en:tunnel"]


def test_a_word_in_every_article_weighs_less_once_they_are_counted(store: Backend) -> None:
    with store.read() as tx:
        assert frequency.known(tx) is NOTHING
    fill(store, 0, frequency.FIRST, "lantern")
    with store.read() as tx:
        known = frequency.known(tx)
    assert known.counts["@"] == known.counts["en:lantern"] == frequency.FIRST
    assert "en:unlike3" not in known.counts
    assert known.words("en")["en:lantern"] < NOTHING.words("en")["en:lantern"]


def test_between_two_renewals_every_weight_stays_the_same(store: Backend) -> None:
    fill(store, 0, frequency.FIRST, "lantern")
    with store.read() as tx:
        before = frequency.known(tx)
    fill(store, frequency.FIRST, 2 * frequency.FIRST - 1, "lantern")
    with store.read() as tx:
        assert frequency.known(tx) is before
    fill(store, 2 * frequency.FIRST - 1, 2 * frequency.FIRST, "lantern")
    with store.read() as tx:
        assert frequency.known(tx).counts["en:lantern"] == 2 * frequency.FIRST


def test_a_renewal_undone_is_forgotten_and_done_again(store: Backend) -> None:
    fill(store, 0, frequency.FIRST - 1, "lantern")
    with pytest.raises(RuntimeError), store.tx() as tx:
        assert frequency.renew(tx, frequency.FIRST)
        assert frequency.known(tx).counts["@"] == frequency.FIRST - 1
        raise RuntimeError
    with store.tx() as tx:
        assert frequency.known(tx) is NOTHING
        assert frequency.renew(tx, frequency.FIRST)
        assert not frequency.renew(tx, frequency.FIRST)
        assert frequency.known(tx).counts["@"] == frequency.FIRST - 1


def test_copies_are_not_counted(store: Backend) -> None:
    text = " ".join(f"word{n}" for n in range(60))
    for n in range(frequency.FIRST):
        place(store, article(f"https://o{n}.example/", f"Reprint {n}", text))
    with store.tx() as tx:
        assert frequency.renew(tx, frequency.FIRST)
        assert tx.one("SELECT df FROM terms WHERE term = '@'") == {"df": 1}


def test_of_a_long_archive_only_a_part_is_counted(store: Backend) -> None:
    fill(store, 0, 2 * frequency.COUNTED - frequency.FIRST, "lantern")
    with store.tx() as tx:
        tx.run("UPDATE meta SET v = '0 never' WHERE k = 'terms'")
        tx.run("DELETE FROM terms")
        assert frequency.renew(tx, 2 * frequency.COUNTED)
        assert stories.frequencies(tx)["@"] <= frequency.COUNTED


def test_old_counts_fade(store: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frequency, "AGED", frequency.FIRST)
    fill(store, 0, frequency.FIRST, "lantern")
    with store.read() as tx:
        counts = frequency.known(tx).counts
    assert counts["@"] == counts["en:lantern"] == frequency.FIRST // 2

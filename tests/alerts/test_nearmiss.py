"""Near misses and wider words of a back-test: what kept articles out, and what would have let them in."""

from alerts.backtest import Result, backtest, bracketed
from store import Backend
from tests.alerts.archiving import keep
from tests.conftest import FakeClock


def tried(store: Backend, clock: FakeClock, query: str, *texts: str | tuple[str, str]) -> Result:
    """A query on these texts, English unless a language is given with them."""
    with store.tx() as tx:
        for number, text in enumerate(texts):
            said, language = text if isinstance(text, tuple) else (text, "en")
            keep(tx, number, f"Title {number}", said, clock.move(minutes=1), language=language)
    with store.read() as tx:
        return backtest(tx, query, {"metals": ["steel", "zinc"]}, None, samples=0)


def misses(result: Result) -> list[tuple[str, str, int]]:
    return [(n.clause, n.said, n.articles) for n in result.near_misses]


def forms(result: Result) -> list[tuple[str, str, int]]:
    return [(w.word, w.form, w.articles) for w in result.wider]


def test_an_article_one_clause_short_is_counted_under_that_clause(store: Backend, clock: FakeClock) -> None:
    result = tried(
        store, clock, "tariff AND steel NOT calculator",
        "A tariff on steel.", "A tariff on zinc.", "A tariff on wool.", "A tariff calculator for steel.", "Steel.",
        "A calculator for zinc.",
    )  # fmt: skip
    assert result.matched == 1
    assert misses(result) == [("steel", "", 2), ("tariff", "", 1), ("NOT calculator", "", 1)]
    assert bracketed(result.near_misses[0].snippet) == "A [tariff] on wool."
    assert result.near_misses[0].title == "Title 2"


def test_facts_and_exclusions_alone_make_no_near_miss(store: Backend, clock: FakeClock) -> None:
    assert misses(tried(store, clock, "tariff lang:en NOT calculator", "Wool.", "Zinc.")) == []


def test_a_fact_that_fails_is_a_near_miss(store: Backend, clock: FakeClock) -> None:
    assert misses(tried(store, clock, "tariff source:cbp", "A tariff.", "Wool.")) == [("source:cbp", "", 1)]


def test_words_that_stand_wrongly_are_told_from_words_that_are_not_there(store: Backend, clock: FakeClock) -> None:
    result = tried(
        store, clock, '"National Guard" AND border',
        "A guard at the national border.", "A border.", "The National Guard at the border.",
    )  # fmt: skip
    assert misses(result) == [
        ('"National Guard"', "", 1),
        ('"National Guard"', "its words are there, but not side by side", 1),
    ]


def test_a_phrase_alone_and_each_alternative_has_near_misses(store: Backend, clock: FakeClock) -> None:
    result = tried(
        store, clock, '"National Guard" OR tariff NEAR/1 steel OR @metals',
        "A guard at the national border.", "A tariff on imports of wool, not on any other metal.",
    )  # fmt: skip
    assert misses(result) == [('"National Guard"', "its words are there, but not side by side", 1)]


def test_words_too_far_apart_are_near_misses(store: Backend, clock: FakeClock) -> None:
    result = tried(
        store, clock, "tariff NEAR/1 steel", "A tariff on imports of steel.", "A tariff.", "Tariff on steel."
    )
    assert misses(result) == [("tariff NEAR/1 steel", "its words are there, but more than 1 words apart", 1)]
    assert bracketed(result.near_misses[0].snippet) == "A [tariff] on imports of [steel]."


def test_other_forms_of_a_word_are_offered_with_their_counts(store: Backend, clock: FakeClock) -> None:
    result = tried(
        store, clock, "tariff OR deportation",
        "Tariffs.", "Tariffed goods.", "tariffed wool", "They were deported.", "A deported man, not the tariff.",
        "Tarnished.",
    )  # fmt: skip
    assert forms(result) == [("tariff", "tariffed", 2), ("deportation", "deported", 1)]
    assert result.wider[0].title == "Title 2"


def test_only_forms_that_would_have_let_the_article_in_are_offered(store: Backend, clock: FakeClock) -> None:
    result = tried(
        store, clock, "tariff AND steel NOT wool", "Tariffed steel.", "Tariffed zinc.", "Tariffed steel and wool."
    )
    assert forms(result) == [("tariff", "tariffed", 1)]


def test_a_word_is_read_in_the_articles_language(store: Backend, clock: FakeClock) -> None:
    result = tried(
        store, clock, "arancel OR frontera OR deportation",
        ("La guerra arancelaria.", "es"), ("La vida fronteriza.", "es"), ("A deportee.", "en"), ("Deportó.", "es"),
    )  # fmt: skip
    assert forms(result) == [
        ("deportation", "deportee", 1), ("frontera", "fronteriza", 1), ("arancel", "arancelaria", 1)
    ]  # fmt: skip


def test_a_word_of_a_phrase_is_widened_in_its_place(store: Backend, clock: FakeClock) -> None:
    result = tried(store, clock, '"border guard"', "The border guardian.", "A guardian of the border.")
    assert forms(result) == [("guard", "guardian", 1)]


def test_marked_words_are_not_widened(store: Backend, clock: FakeClock) -> None:
    assert forms(tried(store, clock, "=tariff OR ~steel OR wool*", "Tariffed.", "Steeled.")) == []


def test_a_rule_of_a_thousand_words_is_tried_all_the_same(store: Backend, clock: FakeClock) -> None:
    query = " OR ".join(f'"word{n} other{n}"' for n in range(1000))
    result = tried(store, clock, query, "word7 other7", "word1 and other1")
    assert result.matched == 1
    assert misses(result) == [('"word1 other1"', "its words are there, but not side by side", 1)]

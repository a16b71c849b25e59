"""Looser readings of a query are queries again, and hold wherever the query itself does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules import Rule, RuleSet, parse
from alerts.rules.nodes import Word
from alerts.variants import alternatives, loosened, other_forms, speaks_of_text, widened
from core.model import Document

WORDS = ("guard", "tariff", "border", "steel", "or", "near")


def holds(query: str, document: Document) -> bool:
    return bool(RuleSet([Rule("q", query)]).match(document))


@pytest.mark.parametrize(
    ("query", "ways"),
    [
        ("tariff", [["tariff"]]),
        ("tariff steel NOT calculator", [["tariff", "steel", "NOT calculator"]]),
        ("(tariff AND steel) OR arancel", [["tariff", "steel"], ["arancel"]]),
        ("tariff (steel OR zinc)", [["tariff", "steel OR zinc"]]),
    ],
)
def test_a_query_is_taken_apart_into_what_must_hold_together(query: str, ways: list[list[str]]) -> None:
    assert [[str(clause) for clause in way] for way in alternatives(parse(query))] == ways


@pytest.mark.parametrize(
    ("clause", "looser", "said"),
    [
        ('"National Guard"', '"National" AND "Guard"', "not side by side"),
        ("tariff NEAR/5 steel", "tariff AND steel", "more than 5 words apart"),
        ("tariff ONEAR/2 steel NEAR/3 zinc", "tariff AND steel AND zinc", "more than 3 words apart"),
        ("tariff SENT steel", "tariff AND steel", "not in one sentence"),
        ("title:(tariff OR duty)", "tariff OR duty", "not in its title"),
        ("atleast/3:tariff", "tariff", "not 3 times"),
        ("cs:ICE", '"ICE"', "other capitals"),
        ("=tariff", '"tariff"', "another form"),
        ('"National Guard" OR arancel', '"National" AND "Guard"', "not side by side"),
    ],
)
def test_what_nearly_holds_is_a_query_and_said_in_words(clause: str, looser: str, said: str) -> None:
    found = loosened(parse(clause))
    assert found is not None
    assert str(found.node) == looser
    assert said in found.said


@pytest.mark.parametrize("clause", ["tariff", "tariff OR duty", "lang:es", "tariff steel", '"go go"', "~deport"])
def test_what_has_no_looser_reading_has_none(clause: str) -> None:
    assert loosened(parse(clause)) is None


@pytest.mark.parametrize(
    ("word", "language", "shared"),
    [("deportation", "en", "deport*"), ("tariff", "en", "tariff*"), ("frontera", "es", "fronter*"),
     ("policies", "en", "polici*"), ("tariff", "", "tariff*")],
)  # fmt: skip
def test_kin_begin_with_what_the_stem_keeps(word: str, language: str, shared: str) -> None:
    assert str(other_forms(Word(word), language)) == shared


@pytest.mark.parametrize("word", ["tax", "ice", "g20", "2025", "關税"])
def test_a_short_word_has_no_kin(word: str) -> None:
    assert other_forms(Word(word), "en") is None


def test_each_word_is_widened_alone_and_without_the_alternatives_beside_it() -> None:
    query = parse('(tariff OR duty) AND "National Guard" NOT steel')
    found = [(word.text, str(wider)) for word, wider in widened(query, lambda word: other_forms(word, "en"))]
    assert found == [
        ("tariff", 'tariff* AND "National Guard" AND (NOT steel)'),
        ("National", '(tariff OR duty) AND "nation* Guard" AND (NOT steel)'),
        ("Guard", '(tariff OR duty) AND "National guard*" AND (NOT steel)'),
    ]


def test_facts_and_exclusions_do_not_speak_of_the_text() -> None:
    asked = {q: speaks_of_text(parse(q)) for q in ("tariff", "lang:es", '"a b"', "site:(a.org OR b.org)")}
    assert list(asked.values()) == [True, False, True, False]


texts = st.lists(st.sampled_from([*WORDS, "Guards", "tariffed", "."]), max_size=14).map(" ".join)
queries = st.sampled_from(
    [
        '"guard tariff"',
        "guard NEAR/2 tariff",
        "guard ONEAR/1 steel NEAR/3 border",
        "tariff SENT steel",
        "atleast/2:guard",
        "title:(guard OR steel)",
        "=guard",
        "cs:Guards",
        '"guard or" OR "near steel"',
        'steel ("guard border" OR atleast/2:(tariff OR border))',
    ]
)


@given(queries, texts, texts)
def test_a_looser_reading_holds_wherever_the_clause_does(query: str, title: str, text: str) -> None:
    document = Document("1", title, text, language="en")
    for way in alternatives(parse(query)):
        for clause in way:
            looser = loosened(clause)
            if looser is not None and holds(str(clause), document):
                assert holds(str(looser.node), document)


@given(queries, texts, texts)
def test_what_a_query_misses_and_a_widened_one_finds_has_a_word_in_another_form(
    query: str, title: str, text: str
) -> None:
    document = Document("1", title, text, language="en")
    node = parse(query)
    for word, wider in widened(node, lambda word: word):
        assert holds(query, document) or not holds(str(wider), document), word

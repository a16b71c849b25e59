"""What is suggested of rules: by their structure, and by what an archive shows."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules import Rule, RuleSet, parse
from alerts.suggest import FEW, Survey, closest, distance, in_order, structural
from core.config import RuleConfig
from core.model import Document


def rule(name: str, query: str, *should_match: str) -> RuleConfig:
    return RuleConfig(name, query, ("console",), should_match, (), timedelta(0), "each", "story", "config.yaml:1")


def said(*queries: str) -> list[tuple[str, str, str]]:
    """Structural suggestions about rules named a, b, c, ... that have examples."""
    rules = [rule(name, query, "x") for name, query in zip("abcdef", queries, strict=False)]
    found = structural(rules, {"metals": ["steel", "iron"]}, {"cbp", "el-diario"}, {"official"})
    return [(s.rule, s.kind, s.text) for s in found]


def surveyed(rules: dict[str, str], texts: list[str], most: float = 0.05, language: str = "en") -> list[str]:
    survey = Survey({name: parse(query) for name, query in rules.items()})
    together = RuleSet([Rule(*each) for each in rules.items()])
    for number, text in enumerate(texts):
        article = Document(str(number), text, "", language=language)
        survey.add(article, {m.rule for m in together.match(article)})
    return [f"{s.rule} {s.kind}: {s.text}" for s in survey.suggestions(most)]


def test_the_same_query_in_other_words_is_a_duplicate() -> None:
    assert said("steel tariff", "tariff AND steel") == [
        ("b", "duplicate", "says the same as a: both alert for every such article")
    ]
    assert said("tariff @metals", "(iron OR Steel) tariff")[0][:2] == ("b", "duplicate")


def test_a_rule_within_another_is_named_with_the_wider_one() -> None:
    assert said("tariff steel", "tariff") == [
        ("a", "implied", "can only match where b does: b alone tells as much")
    ]  # fmt: skip
    assert [s[:2] for s in said("tariff", "duty OR tariff", "quota")] == [("a", "implied")]


def test_rules_that_share_nothing_say_nothing() -> None:
    assert said("tariff", "visa", "title:border NOT wall") == []


def test_a_rule_without_an_example_is_told_so() -> None:
    found = structural([rule("a", "tariff")], {}, (), ())
    assert [(s.rule, s.kind) for s in found] == [("a", "no-example")]


def test_an_unknown_source_or_tag_is_told_with_a_similar_one() -> None:
    assert said("tariff source:CBP", "visa tag:official") == []
    assert said("tariff source:el-diaro tag:press") == [
        ("a", "unknown", "source:el-diaro: no source has this name; did you mean el-diario?"),
        ("a", "unknown", "tag:press: no source has this tag"),
    ]


def test_a_rule_that_fires_too_often_is_counted() -> None:
    texts = ["A tariff", "Tariffs again"] + ["The river"] * 18
    assert "a too-often: matches 2 of 20 articles (10%), more than 5%: narrow it" in surveyed({"a": "tariff"}, texts)
    assert surveyed({"a": "tariff"}, texts, most=0.1) == []


def test_a_rule_that_matches_nothing_is_told_so() -> None:
    assert surveyed({"a": "river tariff"}, ["A tariff"] + ["The river"] * 30, most=1)[:1] == [
        "a never: matches none of 31 articles"
    ]


def test_few_articles_give_no_shares() -> None:
    assert surveyed({"a": "tariff"}, ["A tariff"] * (FEW - 1)) == []


def test_a_word_never_seen_is_told_with_what_was_perhaps_meant() -> None:
    texts = ["New tariffs on steel"] * 3
    assert surveyed({"a": "tarrifs OR steel"}, texts) == [
        "a unseen-word: no article holds tarrifs; did you mean tariffs?"
    ]
    assert surveyed({"a": '"national guard" OR tariff'}, texts) == [
        "a unseen-word: no article holds national",
        "a unseen-word: no article holds guard",
    ]


@pytest.mark.parametrize("query", ["arancel", "=aranceles", "aranc*", "ARANCELES", '"los aranceles"'])
def test_a_word_that_any_form_of_was_seen_counts_as_seen(query: str) -> None:
    assert surveyed({"a": query}, ["Suben los aranceles"], language="es") == []


def test_capitals_and_exact_forms_are_judged_as_the_evaluator_does() -> None:
    found = surveyed({"a": "cs:ICE OR =tariff"}, ["Ice and tariffs"])
    assert [f.split(";")[0] for f in found] == [
        "a unseen-word: no article holds cs:ICE",
        "a unseen-word: no article holds =tariff",
    ]


def test_rules_that_always_match_together_are_told() -> None:
    texts = ["Tariff on steel"] * 5 + ["Tariff"]
    rules = {"steel": "steel", "tariff": "tariff", "metal": "steel OR metal"}
    found = [f for f in surveyed(rules, texts) if "unseen" not in f]
    assert found == [
        "steel implied: all its 5 articles match tariff too",
        "metal duplicate: matched the same 5 articles as steel",
    ]


def test_four_articles_together_are_an_accident() -> None:
    assert surveyed({"steel": "steel", "tariff": "tariff"}, ["Tariff on steel"] * 4 + ["Tariff"]) == []


def test_what_structure_says_is_not_said_again_and_rules_keep_their_order() -> None:
    rules = [rule("b", "tariff steel"), rule("a", "tariff", "x")]
    survey = Survey({r.name: parse(r.query) for r in rules})
    for number in range(5):
        survey.add(Document(str(number), "Steel tariff", ""), ["a", "b"])
    survey.add(Document("6", "Tariff", ""), ["a"])
    found = in_order(rules, structural(rules, {}, (), ()) + survey.suggestions(1.0))
    assert [(s.rule, s.kind) for s in found] == [("b", "implied"), ("b", "no-example")]


def test_without_articles_nothing_is_said_of_words() -> None:
    assert Survey({"a": parse("tariff")}).suggestions(0.05) == []


def test_the_closest_word_is_the_commonest_of_the_nearest_and_seen_twice() -> None:
    counts = {"tariff": 5, "tariffs": 9, "tarifa": 3, "tarriff": 1, "sheriff": 50}
    assert closest("tarrif", counts) == "tariff"
    assert closest("guard", {"guards": 4, "card": 9}) == "guards"
    assert closest("visa", {"vida": 1, "river": 9}) is None
    assert closest("tariff", {"tariff": 9}) is None


def slow_distance(one: str, other: str) -> int:
    if not one or not other:
        return len(one) + len(other)
    best = min(
        slow_distance(one[1:], other) + 1,
        slow_distance(one, other[1:]) + 1,
        slow_distance(one[1:], other[1:]) + (one[0] != other[0]),
    )
    if len(one) > 1 and len(other) > 1 and one[0] == other[1] and one[1] == other[0]:
        best = min(best, slow_distance(one[2:], other[2:]) + 1)
    return best


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_distance_is_what_trying_every_edit_gives(one: str, other: str) -> None:
    true = slow_distance(one, other)
    assert distance(one, other, 9) == true
    assert (distance(one, other, 1) > 1) == (true > 1)


def test_two_thousand_rules_are_compared() -> None:
    rng = Random(1)
    words = [f"word{n}" for n in range(300)]
    rules = [rule(f"r{n}", " ".join(rng.sample(words, 2)), "x") for n in range(2000)]
    rules.append(rule("wide", rules[0].query.split()[0], "x"))
    found = structural(rules, {}, (), ())
    assert ("r0", "implied") in {(s.rule, s.kind) for s in found}

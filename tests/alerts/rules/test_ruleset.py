"""Many rules at once: each as if it were alone, whatever the others are; no text makes any of them slow."""

from random import Random

import pytest

from alerts.rules import Rule, RuleSet, parse
from core.errors import RuleError, RuleSyntaxError
from core.model import Document
from tests.alerts.rules.random_rules import document, positive

TEXT = Document("1", "Tariffs up", "The tariff on steel angers the National Guard.", language="en")


def names(ruleset: RuleSet, article: Document = TEXT) -> list[str]:
    return [m.rule for m in ruleset.match(article)]


def test_matches_come_in_the_order_rules_were_added() -> None:
    ruleset = RuleSet([Rule("z", "steel"), Rule("a", "tariff"), Rule("m", "copper"), Rule("b", "guard")])
    assert names(ruleset) == ["z", "a", "b"]
    assert len(ruleset) == 4


def test_a_rule_matches_alone_as_it_does_among_others() -> None:
    rng = Random(7)
    rules = [Rule(str(i), str(positive(rng, 3))) for i in range(60)]
    articles = [document(rng, i) for i in range(15)]
    together = RuleSet(rules)
    alone = [RuleSet([rule]) for rule in rules]
    for article in articles:
        assert together.match(article) == [m for one in alone for m in one.match(article)]


def test_adding_between_articles_is_seen_and_removing_is_too() -> None:
    ruleset = RuleSet([Rule("a", "steel")])
    assert names(ruleset) == ["a"]
    ruleset.add(Rule("b", "tariff"))
    ruleset.add(Rule("c", "tarif*"))
    ruleset.add(Rule("d", "~tariff"))
    ruleset.add(Rule("e", "cs:National"))
    assert names(ruleset) == ["a", "b", "c", "d", "e"]
    ruleset.remove("b")
    assert names(ruleset) == ["a", "c", "d", "e"]
    ruleset.add(Rule("b", "tariff"))
    assert names(ruleset) == ["a", "c", "d", "e", "b"]
    for name in ("a", "b", "c", "d", "e"):
        ruleset.remove(name)
    assert names(ruleset) == []
    with pytest.raises(KeyError):
        ruleset.remove("a")


def test_adding_and_removing_in_any_order_equals_a_fresh_set() -> None:
    rng = Random(11)
    rules = [Rule(str(i), str(positive(rng, 2))) for i in range(40)]
    articles = [document(rng, i) for i in range(8)]
    changed = RuleSet(rules)
    for article in articles:
        changed.match(article)
    for rule in rng.sample(rules, 20):
        changed.remove(rule.name)
        changed.add(rule)
        changed.match(rng.choice(articles))
    fresh = RuleSet(rules)
    for article in articles:
        assert sorted(changed.match(article), key=lambda m: m.rule) == sorted(
            fresh.match(article), key=lambda m: m.rule
        )


def test_two_rules_of_one_name_are_refused_and_the_first_stays() -> None:
    ruleset = RuleSet([Rule("a", "steel")])
    with pytest.raises(RuleError) as caught:
        ruleset.add(Rule("a", "copper"))
    assert caught.value.rule == "a"
    assert names(ruleset) == ["a"]


def test_a_query_that_cannot_be_read_names_its_rule_and_leaves_the_others() -> None:
    ruleset = RuleSet([Rule("a", "steel")])
    with pytest.raises(RuleSyntaxError) as caught:
        ruleset.add(Rule("b", "ab*"))
    assert (caught.value.rule, caught.value.column) == ("b", 1)
    assert names(ruleset) == ["a"]


def test_rules_of_facts_alone_and_rules_with_common_words_alone_are_tried_too() -> None:
    ruleset = RuleSet([Rule("a", "lang:en"), Rule("b", "the"), Rule("c", "kind:update"), Rule("d", "lang:en -tariff")])
    assert names(ruleset) == ["a", "b"]


def test_the_same_text_in_another_language_is_not_mixed_up() -> None:
    ruleset = RuleSet([Rule("a", "luz")])
    spanish, english = Document("1", "", "luces", language="es"), Document("2", "", "luces", language="en")
    for _ in range(2):
        assert names(ruleset, spanish) == ["a"]
        assert names(ruleset, english) == []


def test_an_empty_set_and_an_empty_article() -> None:
    assert RuleSet().match(TEXT) == []
    assert names(RuleSet([Rule("a", "steel"), Rule("b", "lang:en")]), Document("1", "", "", language="en")) == ["b"]


def test_explain_shows_part_by_part_what_holds() -> None:
    explained = RuleSet([Rule("a", "title:tariff AND (copper OR steel) AND NOT army")]).explain("a", TEXT)
    assert explained.holds
    assert [(p.text, p.holds) for p in explained.clause.parts] == [
        ("title:tariff", True), ("copper OR steel", True), ("NOT army", True)]  # fmt: skip
    assert [(p.text, p.holds) for p in explained.clause.parts[1].parts] == [("copper", False), ("steel", True)]
    missed = RuleSet([Rule("a", "tariff NEAR/1 guard")]).explain("a", TEXT)
    assert (missed.holds, missed.match) == (False, None)
    assert [p.holds for p in missed.clause.parts] == [True, True]


BIG = 16_000  # words, about 100 kB


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("tariff NEAR/9999 steel", "tariff steel " * (BIG // 2)),
        ("tariff NEAR/9999 tariff", "tariff " * BIG),
        ("tariff ONEAR/5000 steel", "steel " * (BIG // 2) + "tariff " * (BIG // 2)),
        ("(tariff OR \"tariff tariff\") NEAR/3 steel NEAR/9999 tariff", "tariff tariff steel " * (BIG // 3)),
        ('"tariff tariff tariff tariff steel"', "tariff " * BIG),
        ('atleast/2:("tariff tariff tariff" OR tariff)', "tariff " * BIG),
        ("tariff SENT steel", "tariff steel " * (BIG // 2)),
        ("tariff SENT steel", "tariff. Steel! " * (BIG // 2)),
        ("tariff SENT steel", "tariff " + "." * 100_000 + " steel" + ". " * 50_000),
        ("tariff SENT steel", "tariff." + " " * 100_000 + "\"" * 100_000),
        ("tariff", "\u0301" * 100_000 + "'s" * 50_000 + "tariff" * 20_000 + " tariff"),
        (" ".join(f"tar{'i' * n}*" for n in range(300)), "tar" + "i" * 100_000 + " tariff"),
    ],
    ids=range(12),
)  # fmt: skip
def test_no_text_is_slow_to_match(query: str, text: str) -> None:
    """Quadratic time would be 10^8 steps and more, and meet the test's time limit; these take milliseconds."""
    RuleSet([Rule("r", query)]).match(Document("1", "tariff", text, language="en"))


def test_ten_thousand_rules_are_filed_and_one_more_is_cheap() -> None:
    rng = Random(3)
    rules = [Rule(str(i), str(positive(rng, 2))) for i in range(10_000)]
    ruleset = RuleSet(rules)
    ruleset.add(Rule("last", "steel"))
    assert names(ruleset)[-1] == "last"
    assert parse(rules[0].query)

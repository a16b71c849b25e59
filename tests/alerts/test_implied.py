"""Implication by structure is certain: a random search for a text that refutes it finds none."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.implied import canonical, clauses, implies, keys
from alerts.rules import RuleSet, parse
from alerts.rules.nodes import And, Field, Node, Not, Or
from tests.alerts.rules.random_rules import document, placed, positive


def said(one: str, other: str) -> bool:
    return implies(canonical(parse(one)), canonical(parse(other)))


IMPLIED = [
    ("tariff AND steel", "tariff"),
    ("tariff steel", "steel tariff"),
    ("tariff", "tariff OR duty"),
    ("tariff OR duty", "duty OR quota OR tariff"),
    ('"border patrol agent"', '"border patrol"'),
    ('"border patrol"', "patrol"),
    ("title:tariff", "tariff"),
    ("lead:tariff", "body:tariff"),
    ("tariff NEAR/3 steel", "steel NEAR/5 tariff"),
    ("tariff ONEAR/3 steel", "tariff NEAR/3 steel"),
    ("tariff NEAR/3 steel", "tariff AND steel"),
    ("tariff SENT steel", "steel"),
    ("atleast/3:tariff", "atleast/2:tariff"),
    ("atleast/3:tariff", "tariff"),
    ("=tariff", "tariff"),
    ("cs:ICE", "=ice"),
    ("=immigrant", "immigra*"),
    ("immigran*", "immigra*"),
    ("tariff NOT (steel OR iron)", "tariff NOT iron"),
    ("tariff site:example.org", "site:example.org"),
    ("Tariff", "tariff"),
]
NOT_IMPLIED = [
    ("tariff", "tariff steel"),
    ("tariff OR duty", "tariff"),
    ("tariff", "=tariff"),
    ("tariff", "title:tariff"),
    ("title:(tariff NOT steel)", "tariff NOT steel"),
    ("tariff NEAR/5 steel", "tariff NEAR/3 steel"),
    ("tariff NEAR/5 steel", "tariff ONEAR/5 steel"),
    ('"border patrol" ONEAR/5 agent', "border ONEAR/5 agent"),
    ("atleast/2:tariff", "atleast/3:tariff"),
    ("woman", "woman*"),
    ("tariff NOT iron", "tariff NOT (steel OR iron)"),
    ("tariff site:example.org", "site:example.com"),
]


@pytest.mark.parametrize(("one", "other"), IMPLIED)
def test_what_is_implied_is_seen(one: str, other: str) -> None:
    assert said(one, other)


@pytest.mark.parametrize(("one", "other"), NOT_IMPLIED)
def test_what_is_not_implied_is_not_claimed(one: str, other: str) -> None:
    assert not said(one, other)


def narrowed(rng: Random, node: Node) -> Node:
    """Something that often implies `node`."""
    roll = rng.random()
    if roll < 0.4:
        return And((node, positive(rng, 1, inside=True)))
    if roll < 0.6 and isinstance(node, Or):
        return Or(node.children[1:]) if len(node.children) > 2 else node.children[0]
    if roll < 0.8:
        return Field(rng.choice(["title", "lead"]), placed(rng))
    return positive(rng, 2)


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_no_article_refutes_an_implication(seed: int) -> None:
    rng = Random(seed)
    other = positive(rng, 2)
    ones = [narrowed(rng, other) for _ in range(4)] + [And((other, Not(placed(rng)))), placed(rng)]
    rules = RuleSet()
    rules.file("other", other)
    rules.file("canonical", canonical(other))
    claimed = []
    for number, one in enumerate(ones):
        rules.file(str(number), one)
        if implies(canonical(one), canonical(other)):
            claimed.append(str(number))
    for number in range(12):
        held = {m.rule for m in rules.match(document(rng, number))}
        assert ("other" in held) == ("canonical" in held)
        assert "other" in held or not held.intersection(claimed), [str(o) for o in (*ones, other)]


@given(st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_a_query_says_a_key_of_each_clause_of_what_it_implies(seed: int) -> None:
    rng = Random(seed)
    other = canonical(positive(rng, 2))
    for one in (
        canonical(narrowed(rng, other)),
        canonical(placed(rng)),
        canonical(And((other, positive(rng, 1, inside=True)))),
    ):
        if implies(one, other):
            assert all(keys(one) & clause for clause in clauses(other)), (str(one), str(other))

"""A rule's own examples."""

from dataclasses import dataclass

import pytest

from alerts.rules.check import check
from core.errors import RuleSyntaxError


@dataclass(frozen=True)
class Configured:
    query: str
    should_match: tuple[str, ...] = ()
    should_not_match: tuple[str, ...] = ()
    name: str = "r"


def said(query: str, yes: tuple[str, ...] = (), no: tuple[str, ...] = ()) -> list[str]:
    return [p.message for p in check([Configured(query, yes, no)], {"metals": ("steel", "aluminum")})]


def test_examples_that_hold_are_silent() -> None:
    assert said("tariff @metals", ("Tariffs on steel announced",), ("The sheriff spoke", "Tariffs")) == []


def test_every_example_that_does_not_hold_is_named() -> None:
    assert said("tariff", ("The sheriff spoke", "Tariffs"), ("A tariff", "x")) == [
        "should_match: 'The sheriff spoke' does not match 'tariff'",
        "should_not_match: 'A tariff' matches 'tariff'",
    ]


@pytest.mark.parametrize("query", ["title:tariff", "body:tariff", "lead:tariff", "tariff"])
def test_an_example_is_tried_as_a_headline_and_as_a_text(query: str) -> None:
    assert said(query, ("Tariffs rise",), ("Copper rises",)) == []
    assert said(query, (), ("Tariffs rise",))


def test_headline_and_text_are_not_joined() -> None:
    assert said("title:tariff body:tariff", ("Tariffs rise",))


@pytest.mark.parametrize(
    "query",
    [
        "tariff source:cbp",
        "tariff NOT tag:opinion",
        "tariff (site:a.org OR site:b.org) lang:es kind:new",
        "tariff NOT (site:a.org url:/x/)",
        "tariff AND (steel OR author:Ruiz OR tariff)",
    ],
)
def test_facts_an_example_cannot_have_are_left_out(query: str) -> None:
    assert said(query, ("Tariffs rise",), ("Copper rises",)) == []


def test_a_query_of_facts_alone_matches_every_example() -> None:
    assert said("source:cbp", ("Anything",)) == []
    assert said("source:cbp", (), ("Anything",))


def test_what_is_excluded_still_counts_when_only_facts_are_asked_for() -> None:
    assert said("source:cbp NOT opinion", ("Tariffs",), ("Opinion: tariffs",)) == []


def test_a_query_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(RuleSyntaxError):
        said("tariff AND", ("x",))

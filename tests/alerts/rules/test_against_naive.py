"""The index and the evaluator find exactly what the slow, simple reading of the language finds."""

from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.rules import Rule, RuleSet, parse
from alerts.rules.nodes import And, AtLeast, Field, Mode, Near, Node, Or, Phrase, Sentence, Word
from core.model import Document
from core.text import tokens
from tests.alerts.rules.naive import Naive, tokenize
from tests.alerts.rules.random_rules import document, positive


def leaves(node: Node) -> list[Word]:
    """The words that may be marked: not those under a NOT."""
    match node:
        case Word():
            return [node]
        case Phrase(words):
            return list(words)
        case And(children) | Or(children):
            return [w for c in children for w in leaves(c)]
        case Near(left, right) | Sentence(left, right):
            return leaves(left) + leaves(right)
        case AtLeast(_, child) | Field(_, child):
            return leaves(child)
        case _:
            return []


def compare(nodes: list[Node], documents: list[Document]) -> int:
    """Matches found; every one of them judged."""
    ruleset = RuleSet([Rule(str(i), str(node)) for i, node in enumerate(nodes)])
    count = 0
    for article in documents:
        judge = Naive(article)
        wanted = [(str(i), spans) for i, n in enumerate(nodes) if (spans := judge.matches(n)) is not None]
        found = [(m.rule, m.spans) for m in ruleset.match(article)]
        assert found == wanted, article
        count += len(found)
        for rule, spans in found:
            for span in spans:
                (token,) = tokenize((article.title if span.field == "title" else article.text)[span.start : span.end])
                assert any(judge.same(w, token) for w in leaves(nodes[int(rule)]))
    return count


def test_random_rules_on_random_articles_match_alike_with_the_same_words() -> None:
    rng = Random(20250205)
    nodes = [positive(rng, 3) for _ in range(300)]
    count = compare(nodes, [document(rng, i) for i in range(60)])
    assert 2_000 < count < 300 * 60 * 0.8  # neither everything nor nothing


@given(st.randoms(use_true_random=False))
def test_any_rule_on_any_article_matches_alike(rng: Random) -> None:
    compare([positive(rng, 2) for _ in range(3)], [document(rng, 0)])


@given(st.randoms(use_true_random=False))
def test_a_printed_query_reads_back_the_same(rng: Random) -> None:
    node = positive(rng, 4)
    assert parse(str(node)) == node
    assert str(parse(str(node))) == str(node)


@pytest.mark.parametrize("mode", [Mode.EXACT, Mode.STEM, Mode.CASE])
@pytest.mark.parametrize("text", ["w5", "W5", "near", "AND", "pre", "adj3", "within", "steel"])
def test_a_marked_word_that_reads_as_an_operator_prints_in_quotes(text: str, mode: Mode) -> None:
    node = Word(text, mode)
    assert parse(str(node)) == node


@given(st.text())
@example("Mexico's 关税 tar\u00adiff Jua\u0301rez 'S x's' ＇s")
def test_words_stand_where_the_slow_reading_sees_them(text: str) -> None:
    assert [(start, end) for _, start, end in tokens(text)] == [(t.start, t.end) for t in tokenize(text)]

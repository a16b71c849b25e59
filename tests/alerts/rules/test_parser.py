"""The language is read as written down, and everything else is refused at its column with what to write."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.rules import Rule, RuleSet, parse
from core.errors import RuleSyntaxError
from core.model import Document

LISTS = {
    "states": ("Texas", "New Mexico", "Chihuahu*"),
    "one": ("Sonora",),
    "empty": (),
    "odd": ("cs:ICE",),
    "or": ("OR",),
}


@pytest.mark.parametrize(
    ("query", "printed"),
    [
        ("tariff", "tariff"),
        ("a b", "a AND b"),
        ("a AND b c", "a AND b AND c"),
        ("a (b c)", "a AND b AND c"),
        ("a OR b OR (c OR d)", "a OR b OR c OR d"),
        ("a (b OR c)", "a AND (b OR c)"),
        ("a -b", "a AND (NOT b)"),
        ("a NOT b", "a AND (NOT b)"),
        ("a AND NOT (b OR c)", "a AND (NOT (b OR c))"),
        ("a NOT NOT b", "a AND b"),
        ("-a b", "(NOT a) AND b"),
        ('"National Guard"', '"National Guard"'),
        ("“National Guard”", '"National Guard"'),
        ("«Guardia Nacional» OR „x y‟", '"Guardia Nacional" OR "x y"'),
        ("cross-border", '"cross border"'),
        ("U.S.", '"U S"'),
        ("AT&T", '"AT T"'),
        ("10,000 troops", '"10 000" AND troops'),
        ("Mexico’s tariff", "Mexico AND tariff"),
        ("10:30", '"10 30"'),
        ("=tariff", "=tariff"),
        ('="National Guard"', '="National Guard"'),
        ("~negotiate", "~negotiate"),
        ("immigra*", "immigra*"),
        ('"national guar*"', '"national guar*"'),
        ("cs:ICE", "cs:ICE"),
        ('cs:"US Border"', 'cs:"US Border"'),
        ('="AND"', '="AND"'),
        ('cs:"OR"', 'cs:"OR"'),
        ('"and"', '"and"'),
        ("a NEAR/5 b", "a NEAR/5 b"),
        ("a ONEAR/0 b", "a ONEAR/0 b"),
        ("a NEAR/5 b NEAR/2 c", "a NEAR/5 b NEAR/2 c"),
        ("a NEAR/5 (b NEAR/2 c)", "a NEAR/5 b NEAR/2 c"),
        ('a NEAR/5 ("b c" OR d)', 'a NEAR/5 ("b c" OR d)'),
        ("a SENT b OR c", "(a SENT b) OR c"),
        ("title:tariff", "title:tariff"),
        ("title:(a OR b) lead:c -body:d", "title:(a OR b) AND lead:c AND (NOT body:d)"),
        ("title:cs:ICE", "title:cs:ICE"),
        ("title:-a b", "title:(NOT a) AND b"),
        ("atleast/3:tariff", "atleast/3:tariff"),
        ("atleast/2:(a OR b)", "atleast/2:(a OR b)"),
        ("x site:cbp.gov", 'x AND site:"cbp.gov"'),
        ("x site:(a.org OR b.org)", 'x AND (site:"a.org" OR site:"b.org")'),
        ("x url:https://a.org/b?c=1", 'x AND url:"https://a.org/b?c=1"'),
        ('x author:"Ana Ruiz" kind:new lang:es', 'x AND author:"Ana Ruiz" AND kind:new AND lang:es'),
        ("@states", 'Texas OR "New Mexico" OR Chihuahu*'),
        ("x @one", "x AND Sonora"),
        ("x OR @states", 'x OR Texas OR "New Mexico" OR Chihuahu*'),
        ("@or", '"OR"'),
        ("a # what b means\nb", "a AND b"),
        ("tariff –steel", "tariff AND (NOT steel)"),
        ("关税", '"关 税"'),
        ("tar\u00adiff", "tar\u00adiff"),
        ("\u200btariff\ufeff", "tariff\ufeff"),
        ("w pre within sent", "w AND pre AND within AND sent"),
    ],
)
def test_a_query_is_read_as(query: str, printed: str) -> None:
    node = parse(query, LISTS)
    assert str(node) == printed
    assert parse(printed) == node


@pytest.mark.parametrize(
    ("query", "column", "said"),
    [
        ("", 1, "write a word"),
        ("  # only a comment", 1, "write a word"),
        ("a AND b OR c", 1, "either (a AND b) OR c or a AND (b OR c)"),
        ("a b OR c", 1, "either (a AND b) OR c or a AND (b OR c)"),
        ("x (a OR b c)", 4, "either a OR (b AND c) or (a OR b) AND c"),
        ("colour:red x", 1, "unknown field colour: expected one of title:, lead:, body:, url:"),
        ("x Title:red", 3, "unknown field Title"),
        ("title: tariff", 1, "without a blank"),
        ("title:", 1, "without a blank"),
        ("x kind:old", 8, "kind: is new or update"),
        ("x lang:spanish", 8, "two letters"),
        ("x title:(body:y)", 10, "side by side"),
        ("ab*", 1, "at least 3 letters"),
        ('x "old ab*"', 3, "at least 3 letters"),
        ("tar*iff", 1, "at the end of a word only"),
        ('"tariff * steel"', 1, "at the end of a word only"),
        ("=tariff*", 2, "contradict"),
        ('x ""', 3, "an empty quote"),
        ('x "..."', 3, "an empty quote"),
        ('x "y', 3, "the quote is not closed"),
        ("NOT a", 1, "only excludes"),
        ("-a -b", 1, "only excludes"),
        ("NOT (NOT a)  (", 14, "something is missing"),
        ("title:-a", 1, "only excludes"),
        ("a OR NOT b", 1, "write a AND NOT b"),
        ("a OR (-b -c)", 1, "write a AND NOT b"),
        ("(a", 1, "not closed"),
        ("a)", 2, "without an opening one"),
        (")", 1, "without an opening one"),
        ("a ()", 3, "empty parentheses"),
        ("AND a", 1, "needs something before it"),
        ("a AND", 3, "needs something after it"),
        ("a NOT", 3, "needs something after it"),
        ("(a OR)", 4, "needs something after it"),
        ("NEAR/5 a", 1, "needs something before it"),
        ("a NEAR/5", 3, "needs something after it"),
        ("a NEAR/5 -b", 3, "needs words or phrases on both sides"),
        ("title:a NEAR/5 b", 9, "title:(a NEAR/5 b)"),
        ("a and b", 3, 'AND, or "and" for the word'),
        ("a Or b", 3, 'OR, or "Or" for the word'),
        ("a NEAR b", 3, "a NEAR/5 b"),
        ("a near b", 3, "a NEAR/5 b"),
        ("a near/7 b", 3, "a NEAR/7 b"),
        ("a w/3 b", 3, "a NEAR/3 b"),
        ("a NEAR/99999 b", 3, "closeness is written"),
        ('"a b"~5', 6, "write a NEAR/5 b"),
        ('"a b"c', 6, "write a blank"),
        ('a"b c"', 2, "write a blank"),
        ("atleast/0:a", 1, "1 or more"),
        ("atleast/2:(a NEAR/3 b)", 1, "counts a word"),
        ("atleast/2: a", 1, "without a blank"),
        ("@nowhere", 1, "unknown list @nowhere: @empty, @odd"),
        ("@empty", 1, "is empty"),
        ("x @odd", 3, "holds 'cs:ICE'"),
        ("cs:(a b)", 4, "a word or a quoted phrase"),
        ("cs: ICE", 1, "without a blank"),
        ("= a", 1, "no word in it"),
        ("a | b", 3, "write OR"),
        ("a|b", 1, "write OR"),
        ("a && b", 3, "write AND"),
        ("+a", 1, "write AND"),
        ("x !a", 3, "write NOT"),
        ("col?r", 1, "write a star"),
        ("/tar.*f/", 1, "a star"),
        ("/tariff/", 1, "no regular expressions"),
        ("a, b", 1, "write a blank"),
        ("a $15", 3, "put it in quotes"),
        ("a -", 3, "no word in it"),
        ("x #border", 3, "a comment is # and a blank"),
        ("x site:()", 9, "expected a value"),
        ("x site:(a.org b.org)", 15, "write OR"),
        ("x author:...", 10, "expected a value"),
        ("x tag:-y", 7, "in quotes"),
    ],
)
def test_a_fault_is_pointed_at_with_its_remedy(query: str, column: int, said: str) -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        parse(query, LISTS)
    assert said in str(caught.value)
    assert caught.value.column == column, str(caught.value)
    assert "^" in caught.value.pointed()


def test_the_column_counts_over_lines() -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        parse("tariff OR\n  arancel OR\n  ab*")
    assert caught.value.pointed().splitlines()[:2] == ["  ab*", "  ^ ab*: at least 3 letters before the star"]


PIECES = """a tariff tar* "b c" " ( ) NOT - title: site: cs: = ~ @states atleast/2: * # 's https:// “ »""".split()
PIECES += [" ", " AND ", " OR ", " NEAR/3 ", " ONEAR/0 ", " SENT ", "\n"]


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=25).map("".join)))
@example("NOT (a AND NOT b)")
@example("title:(a OR title:b)")
def test_any_text_is_read_or_refused_and_what_is_read_prints_and_matches(query: str) -> None:
    fault = None
    try:
        node = parse(query, LISTS)
    except RuleSyntaxError as error:
        fault = error
    if fault is not None:
        assert 1 <= fault.column <= max(1, len(query))
        assert str(fault)
        assert "^" in fault.pointed()
        return
    assert parse(str(node)) == node
    RuleSet([Rule("r", query)], LISTS).match(Document("1", query, query))


@pytest.mark.parametrize(
    "query",
    [
        "(" * 100_000,
        "(" * 5_000 + "a" + ")" * 5_000,
        "NOT " * 50_000 + "a",
        "-" * 50_000 + "a",
        "title:" * 50_000 + "a",
        "atleast/1:" * 50_000 + "a",
        "cs:" * 50_000 + "a",
        " NEAR/1 ".join("a" * 20_000),
        "(" * 40 + " NEAR/1 ".join("a" * 40) + (") NEAR/1 (" + " NEAR/1 ".join("a" * 40)) * 40 + ")",
        '"' * 99_999,
        '"' + "a " * 100_000,
        "a" * 1_000_000,
        "*" * 100_000,
        "'" * 100_000,
        "a OR b c " * 20_000,
        "-" * 100_000,
        "\u0301" * 100_000,
    ],
    ids=lambda q: q[:12],
)
def test_enormous_queries_are_refused_or_read_without_harm(query: str) -> None:
    try:
        node = parse(query)
    except RuleSyntaxError:
        return
    RuleSet([Rule("r", str(node))]).match(Document("1", "a", "a"))


def test_a_query_of_many_words_is_no_burden() -> None:
    node = parse(" OR ".join(f"word{i}" for i in range(20_000)))
    assert parse(str(node)) == node

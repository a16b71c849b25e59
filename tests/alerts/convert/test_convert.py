"""Queries of other systems in our form: what they become, what is told to be lost, and that nothing else happens."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.convert import convert, languages
from alerts.rules import RuleSet, parse
from core.errors import ConfigError, RuleSyntaxError
from core.model import Document

WHOLE = {
    "google": [
        ("tariff steel OR aluminum", "tariff AND (steel OR aluminum)"),
        ("tariff | duty mexico", "(tariff OR duty) AND mexico"),
        ("steel AND tariff", "steel AND tariff"),
        ('"border patrol" -site:a.org -opinion', '"border patrol" AND (NOT site:"a.org") AND (NOT opinion)'),
        ('"tariff" steel', "=tariff AND steel"),
        ("“border patrol”", '"border patrol"'),
        ("intitle:tariff (canada | mexico)", "title:tariff AND (canada OR mexico)"),
        ("allintitle: border wall", "title:(border AND wall)"),
        ("intitle:(border OR frontera) intext:wall", "title:(border OR frontera) AND body:wall"),
        ("site:(cbp.gov OR ice.gov) tariff", '(site:"cbp.gov" OR site:"ice.gov") AND tariff'),
        ("site:https://www.cbp.gov/ tariff", 'site:"www.cbp.gov" AND tariff'),
        ("site:example.org/border tariff", 'url:"example.org/border" AND tariff'),
        ("inurl:immigration tariff", "url:immigration AND tariff"),
        ("tariff AROUND(5) mexico", "tariff NEAR/5 mexico"),
        ("tariff -(steel OR iron)", "tariff AND (NOT (steel OR iron))"),
        ("near and w5", '"near" AND "and" AND "w5"'),
        ("cross-border trade", '"cross border" AND trade'),
        ("or not", '"or" AND "not"'),
    ],
    "meltwater": [
        ('tariff* and (Mexico or Canada) not "tariff calculator"',
         'tariff* AND (Mexico OR Canada) AND (NOT "tariff calculator")'),
        ("apple NEAR watch", "apple NEAR/4 watch"),
        ("apple near/10 watch", "apple NEAR/10 watch"),
        ("apple ONEAR watch", "apple ONEAR/4 watch"),
        ("apple ONEAR/10 (watch OR iwatch)", "apple ONEAR/10 (watch OR iwatch)"),
        ("a NEAR/5 b NEAR/2 c", "a NEAR/5 b NEAR/2 c"),
        ('title:(tariff OR duty) AND ingress:"border wall"', 'title:(tariff OR duty) AND lead:"border wall"'),
        ("tariff AND NOT steel", "tariff AND (NOT steel)"),
        ("tariff mexico", "tariff AND mexico"),
        ('author:"Ana Ruiz" AND tariff', 'author:"Ana Ruiz" AND tariff'),
        ("(a AND b) OR c", "(a AND b) OR c"),
    ],
    "lexis": [
        ("border patrol and tariff!", '"border patrol" AND tariff*'),
        ("tariff or duty and mexico", "(tariff OR duty) AND mexico"),
        ("mexico AND tariff OR duty AND NOT steel or iron", "mexico AND (tariff OR duty) AND (NOT (steel OR iron))"),
        ("school w/25 rugby or football", "school NEAR/25 (rugby OR football)"),
        ("a and b and not c and d", "a AND b AND (NOT (c AND d))"),
        ("immigra! pre/3 judge", "immigra* ONEAR/3 judge"),
        ("tariff /5 mexico", "tariff NEAR/5 mexico"),
        ("tariff near/5 mexico", "tariff NEAR/5 mexico"),
        ("tariff onear/5 mexico", "tariff ONEAR/5 mexico"),
        ("tariff +5 mexico", "tariff ONEAR/5 mexico"),
        ("tariff /s mexico", "tariff SENT mexico"),
        ("tariff w/sent mexico", "tariff SENT mexico"),
        ("headline(tariff or duty) and mexico", "title:(tariff OR duty) AND mexico"),
        ("hlead(mexico)", "title:mexico OR lead:mexico"),
        ("hlead(mexico and canada)", "(title:mexico OR lead:mexico) AND (title:canada OR lead:canada)"),
        ("allcaps(ice or cbp) and detention", "(cs:ICE OR cs:CBP) AND detention"),
        ("atleast5(tariff)", "atleast/5:tariff"),
        ("atl5(tariff or duty)", "atleast/5:(tariff OR duty)"),
        ("language(spanish) and arancel", "lang:es AND arancel"),
        ("byline(ana ruiz) and tariff", 'author:"ana ruiz" AND tariff'),
        ("tariff but not steel", "tariff AND (NOT steel)"),
        ('"border patrol" w/5 agent', '"border patrol" NEAR/5 agent'),
    ],
    "mediacloud": [
        ('"border wall"~5 AND mexico', "(border NEAR/5 wall) AND mexico"),
        ("tariff* AND -(steel OR iron)", "tariff* AND (NOT (steel OR iron))"),
        ("tariff !steel", "tariff AND (NOT steel)"),
        ("tariff && (duty || quota)", "tariff AND (duty OR quota)"),
        ("+tariff +steel", "tariff AND steel"),
        ("tariff mexico", "tariff AND mexico"),
        ("(tariff OR duty) AND language:es", "(tariff OR duty) AND lang:es"),
        ("title:tariff AND article_title:(border wall)", "title:tariff AND title:(border AND wall)"),
        ("canonical_domain:(nytimes.com OR cnn.com) AND tariff", '(site:"nytimes.com" OR site:"cnn.com") AND tariff'),
        ("foo\\:bar", '"foo bar"'),
        ("url:https\\://x.org tariff", 'url:"https://x.org" AND tariff'),
        ("tariff and steel", 'tariff AND "and" AND steel'),
    ],
}  # fmt: skip
PARTLY = {
    "google": [
        ('"border * wall"', "border ONEAR/5 wall", "* is any words"),
        ("filetype:pdf wall", "wall", "filetype:"),
        ("border* wall", "border AND wall", "stands for whole words"),
        ("trucks 10..20", "trucks", "ranges"),
        ("~tariff", "tariff", "synonyms"),
    ],
    "meltwater": [
        ("tariff^9 AND mexico", "tariff AND mexico", "^9"),
        ("a AND b OR c", "(a AND b) OR c", "AND first"),
        ("a b OR c", "(a AND b) OR c", "AND first"),
        ("im* AND tariff", "tariff", "3 letters"),
        ("D*C* AND tariff", "tariff", "star at the end"),
        ("tariff NEAR/5 (mexico AND steel)", "tariff AND mexico AND steel", "closeness"),
        ("a NEAR/5 (b NEAR/2 c)", "a NEAR/5 b NEAR/2 c", "from each side"),
        ("country:us AND tariff", "tariff", "country:"),
    ],
    "lexis": [
        ("tariff w/p mexico", "tariff NEAR/50 mexico", "paragraphs"),
        ("wom*n and border", "border", "one letter"),
        ("rico not w/5 puerto", "rico", "exclude by closeness"),
        ("date > 2020-01-01 and tariff", "tariff", "date > 2020-01-01"),
        ("tariff and date aft 2020", "tariff", "date aft 2020"),
        ("length > 500 and tariff", "tariff", "length > 500"),
        ("section(business) and tariff", "tariff", "section()"),
        ("caps(turkey)", "turkey", "caps()"),
        ("atleast3(a and b)", "a AND b", "counts"),
        ("tariff w/5 mexico w/10 canada", "tariff NEAR/5 mexico NEAR/10 canada", "several numbers"),
        ("tariff w/seg mexico", "tariff AND mexico", "segments"),
    ],
    "mediacloud": [
        ("tarif~1", "tarif", "spellings"),
        ("a AND b OR c", "(a AND b) OR c", "AND first"),
        ("publication_date:[2020 TO 2021] AND tariff", "tariff", "ranges"),
        ("/ab.*/ tariff", "tariff", "regular expressions"),
        ('"c d e"~3', "c NEAR/3 d NEAR/3 e", "from each word"),
        ("tariff^2 OR duty", "tariff OR duty", "ranks"),
        ("te?t tariff", "tariff", "star at the end"),
        ("language:english tariff", "tariff", "two letters"),
    ],
}
NOTHING = [
    ("google", "", "empty"),
    ("google", "-tariff", "only excludes"),
    ("google", "tariff OR", "needs something after"),
    ("google", "(tariff", "not closed"),
    ("google", "tariff)", "without an opening"),
    ("google", "OR tariff", "needs something before"),
    ("google", "()", "empty parentheses"),
    ("meltwater", "D*C*", "nothing of the query"),
    ("meltwater", "tariff OR NOT steel", "alternative of OR"),
    ("meltwater", "a AND", "needs something after"),
    ("lexis", "w/5 tariff", "needs something before"),
    ("lexis", "headline(tariff", "not closed"),
    ("lexis", "(" * 60 + "a" + ")" * 60, "nested"),
    ("mediacloud", "/x.*/", "nothing of the query"),
    ("mediacloud", "NOT tariff", "only excludes"),
    ("meltwater", " NEAR ".join("abcdefgh" * 10), "in one chain"),
]


def cases(table: dict[str, list[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    return [(language, *case) for language, found in table.items() for case in found]


@pytest.mark.parametrize(("language", "theirs", "ours"), cases(WHOLE))
def test_what_can_be_said_is_carried_over_whole(language: str, theirs: str, ours: str) -> None:
    found = convert(language, theirs)
    assert (found.query, found.lost) == (ours, ())
    assert str(parse(found.query)) == ours


@pytest.mark.parametrize(("language", "theirs", "ours", "lost"), cases(PARTLY))
def test_what_cannot_be_said_is_told(language: str, theirs: str, ours: str, lost: str) -> None:
    found = convert(language, theirs)
    assert found.query == ours
    assert any(lost in each for each in found.lost), found.lost


@pytest.mark.parametrize(("language", "theirs", "why"), NOTHING)
def test_where_nothing_can_be_printed_the_reason_is_told(language: str, theirs: str, why: str) -> None:
    with pytest.raises(RuleSyntaxError, match=why) as error:
        convert(language, theirs)
    assert error.value.query == theirs
    assert error.value.pointed()


def test_a_language_is_a_file_name() -> None:
    assert languages() == ["google", "lexis", "mediacloud", "meltwater"]
    with pytest.raises(ConfigError, match="google, lexis"):
        convert("altavista", "x")


PIECES = st.sampled_from(
    """tariff steel border* im* "a" "border wall" ( ) ( ) and or not AND OR NOT -x NEAR/3 w/5 pre/2 /s w/p onear
    title: intitle: headline( hlead( allcaps( atleast3( site:a.org url:x lang:es language:es ~2 ^9 ! && || | * ?
    "a * b" "x y z"~4 [a /re/ AROUND(3) 5,000 U.S. 関税 ICE’s — « { } < > \\ : " ' near w5 date>1
    not/3 byline(a +5 .. a..b""".split()
)


@given(st.sampled_from(languages()), st.lists(PIECES, max_size=12).map(" ".join) | st.text(max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_text_is_converted_to_a_query_that_can_be_read_or_refused(language: str, text: str) -> None:
    try:
        found = convert(language, text)
    except RuleSyntaxError as error:
        column, pointed = error.column, error.pointed()
    else:
        assert str(parse(found.query)) == found.query
        return
    assert 1 <= column <= max(1, len(text)) + 1
    assert pointed


@given(st.sampled_from(languages()), st.lists(PIECES, max_size=8).map("".join))
@settings(max_examples=200, deadline=None)
def test_pieces_run_together_do_no_harm_either(language: str, text: str) -> None:
    with suppress(RuleSyntaxError):
        parse(convert(language, text).query)


@pytest.mark.parametrize("language", languages())
def test_long_and_hostile_text_is_read_in_linear_time(language: str) -> None:
    for text in (
        "a " * 5_000,
        "(" * 5_000,
        '"' * 5_001,
        "not " * 5_000,
        "a" * 50_000,
        "-" * 20_000,
        "a OR " * 3_000,
    ):
        with suppress(RuleSyntaxError):
            convert(language, text)


@pytest.mark.parametrize(
    ("text", "google", "lexis"),
    [("Mexico answers", False, False), ("A tariff", False, False), ("A duty for Mexico", True, True)],
)
def test_the_precedence_of_each_language_is_kept(text: str, google: bool, lexis: bool) -> None:
    rules = RuleSet()
    rules.file("google", parse(convert("google", "mexico tariff OR duty").query))
    rules.file("lexis", parse(convert("lexis", "mexico and tariff or duty").query))
    held = {m.rule for m in rules.match(Document("1", "", text, language="en"))}
    assert ("google" in held, "lexis" in held) == (google, lexis)

"""`rules check --suggest`, `rules convert` and `rules help`, as a user meets them."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.rules import Rule, RuleSet, parse
from cli.__main__ import main
from cli._cheatsheet import SHEET
from core.model import Article, Document, EntryClass, Relation
from store import articles, open_store

DOCS = (Path(__file__).parents[2] / "docs/rules.md").read_text(encoding="utf-8")
CONFIG = """\
database: wire.db
contact: desk@example.org
sources:
  - {name: wire, kind: feed, url: "https://news.example/feed", tags: [press]}
channels:
  - {name: console, kind: console}
rules:
  - name: tariffs
    query: tariff OR tarrifs
    channels: [console]
    should_match: ["Tariffs on steel announced"]
  - {name: metal, query: tariff steel source:wyre, channels: [console]}
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: str, config: Path | None = None) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exit_:
        main((*(("--config", str(config)) if config else ()), "rules", *arguments))
    said = capsys.readouterr()
    return int(exit_.value.code or 0), said.out, said.err


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG, encoding="utf-8")
    return file


@pytest.fixture
def archive(config: Path) -> Path:
    """Twenty articles of this month, two of which say tariffs, and one of last year that says tarrif."""
    backend = open_store(str(config.parent / "wire.db"))
    now = datetime.now(UTC)
    texts = [("The tariffs wait", 1), ("Tariffs on steel", 2)] + [("The sheriff spoke", 3)] * 18 + [("A tarrif", 300)]
    with backend.tx() as tx:
        for number, (text, age) in enumerate(texts):
            url = f"https://news.example/{number}"
            seen = now - timedelta(days=age)
            articles.add(
                tx,
                Article(url=url, canonical_url=url, title="News", text=text, language="en"),
                source="wire",
                tags=(),
                entry_class=EntryClass.LIVE,
                story_id=articles.found_story(tx, url, "News", "en", seen),
                relation=Relation.NEW,
                copy_of=None,
                score=0.0,
                sketch_n=0,
                text_hash=str(number),
                words=3,
                now=seen,
            )
    backend.close()
    return config


def test_without_suggest_only_faults_are_looked_for(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "check", config=archive)[:2] == (0, "2 rules are in order; 1 examples hold.\n")


def test_suggestions_name_place_and_rule_and_leave_the_exit_code(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "check", "--suggest", config=archive)
    first, second = f"{archive}:8: rule tariffs: ", f"{archive}:12: rule metal: "
    assert code == 0
    assert out.splitlines() == [
        "2 rules are in order; 1 examples hold.",
        "By the rules and 20 articles of the last 30d.",
        "6 suggestions:",
        first + "matches 2 of 20 articles (10%), more than 5%: narrow it",
        first + "no article holds tarrifs; did you mean tariffs?",
        second + "can only match where tariffs does: tariffs alone tells as much",
        second + "has no should_match example: add a headline that it must find",
        second + "source:wyre: no source has this name; did you mean wire?",
        second + "matches none of 20 articles",
    ]


def test_how_often_and_how_far_back_can_be_said(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "check", "--suggest", "--most", "20", "--since", "400d", config=archive)
    assert "By the rules and 21 articles of the last 400d." in out
    assert "narrow it" not in out
    assert "tarrif" not in out


@pytest.mark.parametrize("most", ["0", "101%", "-3", "often", "nan"])
def test_a_share_that_is_none_is_refused(most: str, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "check", "--suggest", "--most", most, config=config)
    assert code == 2
    assert "percentage" in err


def test_without_an_archive_the_rules_themselves_are_judged(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "check", "--suggest", config=config)
    assert code == 0
    assert "By the rules alone, without the archive (there is no database" in out
    assert "rule metal: can only match where tariffs does" in out
    assert not (config.parent / "wire.db").exists()


def test_check_prints_json(archive: Path, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(run(capsys, "check", "--suggest", "--json", config=archive)[1])
    assert (found["rules"], found["examples"], found["articles"]) == (2, 1, 20)
    assert {"rule": "metal", "kind": "never", "text": "matches none of 20 articles"} in found["suggestions"]
    (archive.parent / "wire.db").unlink()
    assert json.loads(run(capsys, "check", "--suggest", "--json", config=archive)[1])["articles"] is None
    assert json.loads(run(capsys, "check", "--json", config=archive)[1])["suggestions"] == []


def test_a_fault_comes_before_every_suggestion(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(CONFIG.replace("Tariffs on steel", "Nothing"), encoding="utf-8")
    code, out, err = run(capsys, "check", "--suggest", config=config)
    assert (code, out) == (2, "")
    assert "should_match" in err


def test_a_query_is_converted(capsys: pytest.CaptureFixture[str]) -> None:
    query = 'title:tariff* and (Mexico or Canada) not "tariff calculator"'
    ours = 'title:tariff* AND (Mexico OR Canada) AND (NOT "tariff calculator")'
    assert run(capsys, "convert", "--from", "meltwater", query) == (0, ours + "\n", "")


def test_what_is_lost_goes_to_standard_error_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "convert", "--from", "lexis", "tariff and wom*n")
    assert (code, out) == (1, "tariff\n")
    assert err == "not carried over: wom*n: ours has no wildcard for one letter; left out\n"
    code, out, _ = run(capsys, "convert", "--from", "lexis", "tariff and wom*n", "--json")
    assert code == 1
    assert json.loads(out)["query"] == "tariff"


def test_a_query_that_cannot_be_converted_prints_nothing_and_points(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "convert", "--from", "google", "(tariff OR steel")
    assert (code, out) == (1, "")
    assert err.splitlines()[-2:] == ["(tariff OR steel", "^ the parenthesis is not closed"]
    assert run(capsys, "convert", "--from", "altavista", "x")[0] == 2
    assert run(capsys, "convert", "x")[0] == 2


def test_help_is_one_screen_and_the_same_as_in_the_documents(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "help") == (0, SHEET, "")
    assert len(SHEET.splitlines()) <= 40
    assert max(map(len, SHEET.splitlines())) <= 80
    assert f"```\n{SHEET}```\n" in DOCS


def shown(heading: str) -> list[str]:
    part = re.search(rf"(?ms)^{heading} .*?(?=^$|\Z)", SHEET)
    assert part
    return [line[9:] for line in part[0].splitlines()]


def test_every_form_on_the_sheet_can_be_read() -> None:
    lists = {"border_states": ["Texas"]}
    for line in shown("EXAMPLES"):
        parse(line)
    cells = [c for h in ("WORDS", "JOINING", "FIELDS") for line in shown(h) for c in re.split(r" {2,}", line.strip())]
    forms = [
        c
        for c in cells
        if re.match(r'[=~"@(]|(title|lead|body|url|site|source|lang|tag|author|kind|cs|atleast/3):\S|a ', c)
    ]
    forms += ["tariff", "immigra*", "cross-border"]
    assert len(forms) >= 24
    for form in forms:
        assert form in SHEET
        parse(form if not form.startswith("kind:update") else "kind:update", lists)


@pytest.mark.parametrize(
    ("query", "title", "text", "holds"),
    [
        ("tariff", "New tariffs", "", True),
        ("ciudad", "Las ciudades", "", True),
        ("juarez", "Ciudad Juárez", "", True),
        ("=tariff", "New tariffs", "", False),
        ("cs:ICE", "Ice", "", False),
        ("~deport", "A deportation", "", True),
        ("immigra*", "Immigrants", "", True),
        ('"national guard"', "National Guards", "", True),
        ('="national guard"', "National Guards", "", False),
        ("a NEAR/5 b", "b 1 2 3 4 5 a", "", True),
        ("a NEAR/5 b", "b 1 2 3 4 5 6 a", "", False),
        ("a ONEAR/5 b", "b 1 a", "", False),
        ("a SENT b", "", "A is. B is.", False),
        ("atleast/3:tariff", "", "Tariff, tariffs, tariff.", True),
        ("lead:tariff", "", "word " * 60 + "tariff", False),
        ("body:tariff", "Tariff", "", False),
        ('(cs:ICE OR "border patrol") AND (detain* OR arrest)', "ICE detained ten", "", True),
        ("title:(tariff OR duty) NOT calculator", "Duties: a calculator", "", False),
        ("atleast/2:tariff lang:en site:example.org", "Tariff", "a tariff", True),
    ],
)
def test_what_the_sheet_says_is_true(query: str, title: str, text: str, holds: bool) -> None:
    language = "es" if "ciudad" in query else "en"
    article = Document("1", title, text, url="https://www.example.org/1", site="www.example.org", language=language)
    assert bool(RuleSet([Rule("sheet", query)]).match(article)) is holds


def test_the_multi_line_query_of_the_documents_can_be_read() -> None:
    block = re.search(r"(?m)^    query: \|\n((?:      .*\n)+)", DOCS)
    assert block
    assert str(parse(block[1])) == "(tariff OR arancel) NEAR/10 (steel OR acero)"

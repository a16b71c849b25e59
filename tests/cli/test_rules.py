"""`borderwire rules`: list, check, and a query tried on a real archive."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.__main__ import main
from core.model import Article, EntryClass, Relation
from store import articles, open_store

CONFIG = """\
database: wire.db
lists: {metals: [steel, aluminum]}
channels:
  - {name: console, kind: console}
rules:
  - name: tariffs
    query: tariff OR arancel
    channels: [console]
    should_match: ["Tariffs on steel announced"]
    should_not_match: ["The sheriff spoke"]
  - {name: metal, query: tariff @metals, channels: [console]}
"""


def run(capsys: pytest.CaptureFixture[str], config: Path, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exit_:
        main(("--config", str(config), "rules", *arguments))
    said = capsys.readouterr()
    return int(exit_.value.code or 0), said.out, said.err


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG, encoding="utf-8")
    return file


@pytest.fixture
def archive(config: Path) -> Path:
    """Three articles of the last days, two of them one story, and one of last year."""
    backend = open_store(str(config.parent / "wire.db"))
    now = datetime.now(UTC)
    with backend.tx() as tx:
        for number, (title, text, story, age) in enumerate(
            [
                ("Convoy", "It follows a tariff threat on [steel].", "a", 1),
                ("Convoy rolls", "Tariffs wait.", "a", 2),
                ("Sheriff", "The sheriff spoke.", "b", 3),
                ("Old", "A tariff of last year.", "c", 300),
            ]
        ):
            url = f"https://news.example/{number}"
            seen = now - timedelta(days=age)
            articles.add(
                tx,
                Article(url=url, canonical_url=url, title=title, text=text, language="en"),
                source="wire",
                tags=(),
                entry_class=EntryClass.LIVE,
                story_id=articles.found_story(tx, story, title, "en", seen),
                relation=Relation.NEW,
                copy_of=None,
                score=0.0,
                sketch_n=0,
                text_hash=str(number),
                words=5,
                now=seen,
            )
    backend.close()
    return config


def test_list_shows_each_rule_with_its_query_and_channels(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, config, "list")
    assert code == 0
    assert out.splitlines()[1:] == ["tariffs\ttariff OR arancel\tconsole", "metal\ttariff @metals\tconsole"]
    code, out, _ = run(capsys, config, "list", "--json")
    assert json.loads(out)[0] == {"name": "tariffs", "query": "tariff OR arancel", "channels": "console"}


def test_check_counts_what_is_in_order(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, config, "check")[:2] == (0, "2 rules are in order; 2 examples hold.\n")


def test_check_names_every_fault_and_ends_with_2(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(CONFIG.replace("The sheriff spoke", "A tariff").replace("@metals", "OR NEAR"), encoding="utf-8")
    code, out, err = run(capsys, config, "check")
    assert (code, out) == (2, "")
    assert f"{config}:6: rule tariffs: should_not_match: 'A tariff' matches 'tariff OR arancel'" in err
    assert f"{config}:11: rule metal cannot be read:\n    tariff OR NEAR\n              ^ " in err


def test_a_query_is_tried_on_the_archive(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, archive, "test", "tariff", "--since", "30d")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0] == "2 of 3 articles match, in 1 story: 1 alert in 30d"
    day = f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d}"
    assert lines[2] == "Alerts a day (UTC)"
    assert f"{day}  █ 1" in lines
    assert "It follows a [tariff] threat on [steel]." in out
    assert "Sheriff" not in out


def test_what_nearly_matched_is_told(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, archive, "test", '"threat tariff" OR (tariff AND spoke)', "--since", "30d")
    lines = out.splitlines()
    said = 'only "threat tariff"; its words are there, but not side by side'
    assert f"  1 fails {said}, e.g. Convoy (https://news.example/0)" in lines
    assert "    It follows a [tariff threat] on [steel]." in lines or "    It follows a [tariff] [threat] on" in out
    assert "  2 fail only spoke, e.g. Convoy (https://news.example/0)" in lines


def test_a_query_is_compared_with_a_rule_or_another_query(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, archive, "test", "sheriff", "--against", "tariffs")
    assert "Against tariffs: +1 alert, -1 (it has 1)" in out
    assert "  1 lost:\n" in out
    code, out, _ = run(capsys, archive, "test", "sheriff", "--against", "spoke OR tariff", "--json")
    found = json.loads(out)["against"]
    assert (code, found["gained"], found["lost"], found["query"]) == (0, 0, 1, "spoke OR tariff")
    assert [t["title"] for t in found["lost_examples"]] == ["Convoy rolls"]
    assert run(capsys, archive, "test", "sheriff", "--against", "a AND b OR c")[0] == 2


def test_a_period_without_articles_says_what_to_do(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, archive, "test", "tariff", "--since", "1h")
    assert (code, out) == (0, "The archive holds nothing of the last 1h: widen --since.\n")
    open_store(str(archive.parent / "empty.db")).close()
    archive.write_text(CONFIG.replace("wire.db", "empty.db"), encoding="utf-8")
    assert run(capsys, archive, "test", "tariff")[1].startswith("The archive is empty: run the service first")


def test_words_that_would_let_in_more_are_told(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, archive, "test", "tariffication OR rolled", "--since", "30d")
    assert "  2 articles say only tariff for tariffication, e.g. Convoy\n" in out
    assert "  1 article says only rolls for rolled, e.g. Convoy rolls\n" in out


def test_a_terminal_without_unicode_gets_a_chart_all_the_same(
    archive: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.rules_test.speaks_unicode", lambda: False)
    assert "  # 1" in run(capsys, archive, "test", "tariff")[1]


def test_a_query_is_tried_with_lists_and_json(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, archive, "test", "tariff NEAR/5 @metals", "--since", "400d", "--samples", "1", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["articles"], found["matched"], found["stories"], len(found["samples"])) == (4, 1, 1, 1)
    assert found["samples"][0]["url"] == "https://news.example/0"


def test_a_query_that_cannot_be_read_is_pointed_at(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, archive, "test", "tariff AND steel OR zinc")
    assert (code, out) == (2, "")
    assert err.splitlines()[1:3] == [
        "tariff AND steel OR zinc",
        "^ AND and OR are mixed; write parentheses: either (tariff AND steel) OR zinc or tariff AND (steel OR zinc)",
    ]


def test_without_an_archive_the_remedy_is_named(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, config, "test", "tariff")
    assert code == 1
    assert "there is no database" in err
    assert not (config.parent / "wire.db").exists()


def test_wrong_usage_ends_with_2(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, archive, "test")[0] == 2
    assert run(capsys, archive, "test", "tariff", "--since", "soon")[0] == 2
    assert run(capsys, archive, "explain", "tariffs")[0] == 2
    assert run(capsys, archive, "explain", "tariffs", "not-an-address")[0] == 2
    assert run(capsys, archive, "explain", "tariff AND (", "1")[0] == 2
    assert run(capsys, archive.parent / "none.yaml", "check")[0] == 2


def test_a_rule_that_holds_is_explained_and_ends_with_0(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, archive, "explain", "tariffs", "https://news.example/0")
    assert code == 0
    assert out.splitlines()[0] == "Convoy  (https://news.example/0)"
    assert "Rule tariffs holds: tariff." in out
    assert "the rule is newer, or was changed since" in out
    assert "✓ tariff OR arancel\n  ✓ tariff\n  ✗ arancel\n" in out
    assert "It follows a [tariff] threat on [steel]." in out


def test_an_article_is_found_by_number_and_by_any_form_of_its_address(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for article in ("1", "https://NEWS.example/0?utm_source=mail", "https://news.example/0#top"):
        assert run(capsys, archive, "explain", "tariffs", article)[0] == 0, article


def test_a_rule_that_does_not_hold_is_explained_and_ends_with_1(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, archive, "explain", 'tariff AND "steel threat"', "1")
    assert code == 1
    assert 'The query does not hold: "steel threat" fails, its words are there, but not side by side.' in out
    assert '  ✗ "steel threat"  (its words are there, but not side by side)' in out
    code, out, _ = run(capsys, archive, "explain", "sheriff NOT spoke", "3", "--json")
    found = json.loads(out)
    assert (code, found["holds"], found["state"]) == (1, False, "read")
    assert [p["holds"] for p in found["clause"]["parts"]] == [True, False]


def test_signs_are_plain_where_the_terminal_has_no_others(
    archive: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli._marks.speaks_unicode", lambda: False)
    assert "no  tariff OR arancel\n  no  tariff\n" in run(capsys, archive, "explain", "tariffs", "3")[1]


def test_an_address_that_was_never_named_ends_with_1(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, archive, "explain", "tariffs", "https://elsewhere.example/x")
    assert code == 1
    assert "is not known: no source has named it" in out
    assert run(capsys, archive, "explain", "tariffs", "99")[0] == 1


def test_a_name_with_a_slip_is_read_as_a_query_and_said(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, _, err = run(capsys, archive, "explain", "tarifs", "1")
    assert err == "No rule is named tarifs: read as a query. Did you mean the rule tariffs?\n"


def test_what_a_page_says_cannot_style_the_terminal(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "on [steel]." in run(capsys, archive, "explain", "tariffs", "1")[1]


def test_of_many_alternatives_the_first_that_hold_are_shown(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    query = " OR ".join([f"word{n}" for n in range(40)] + ["tariff"])
    lines = run(capsys, archive, "explain", query, "1")[1].splitlines()
    at = lines.index("  ✓ tariff")
    assert lines[at + 12] == "  and 29 more, of which 0 hold"


def test_a_query_that_is_also_a_rule_s_name_is_read_as_a_query(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, archive, "test", "tariffs")
    assert (code, out.splitlines()[0]) == (0, "2 of 3 articles match, in 1 story: 1 alert in 30d")
    assert err == "tariffs is read as a query, not as the rule of that name (tariff OR arancel).\n"

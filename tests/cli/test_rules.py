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
    code, out, _ = run(capsys, archive, "test", "tariff", "--since", "30d")
    assert code == 0
    assert out.splitlines()[0] == "2 of 3 articles match, in 1 stories: 1 alerts in 30d"
    assert "It follows a tariff threat on [steel]." in out
    assert "Sheriff" not in out


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
    assert run(capsys, archive.parent / "none.yaml", "check")[0] == 2

"""The commands a person types: what they print, as text and as JSON, and with which exit code they end."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.__main__ import borderwire, main
from core.model import AlertKind, Article, EntryClass, Relation
from store import alerts, articles, channels, open_store, outbox

NOW = datetime.now(UTC)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    said = {
        "database": "wire.db",
        "contact": "test@example.org",
        "allow_networks": ["127.0.0.0/8"],
        "rules": [{"name": "tariffs", "query": "tariff", "channels": ["desk"], "should_match": ["Tariffs rise"]}],
        "channels": [
            {"name": "desk", "kind": "console"},
            {"name": "hook", "kind": "webhook", "url": "http://127.0.0.1:2/hook/canary-path"},
        ],
    }
    path.write_text(json.dumps(said))
    return path


@pytest.fixture
def filled(config: Path) -> Path:
    """Two articles of one story, an alert about it, one delivery sent and one dead."""
    store = open_store(str(config.parent / "wire.db"))
    with store.tx() as tx:
        channels.sync(tx, [("desk", "console"), ("hook", "webhook")], NOW)
        story = articles.found_story(tx, "key", "Tariffs rise", "en", NOW)
        for n, relation in ((1, Relation.NEW), (2, Relation.COPY)):
            url = f"https://paper{n}.example/tariffs"
            article = Article(url, url, "Tariffs rise at the border", "The tariff on steel rises.", language="en")
            articles.add(
                tx,
                article,
                source=f"paper{n}",
                tags=(),
                entry_class=EntryClass.LIVE,
                story_id=story,
                relation=relation,
                copy_of=None,
                score=0,
                sketch_n=0,
                text_hash=str(n),
                words=5,
                now=NOW,
            )
        alerts.add(tx, "al_1", AlertKind.STORY, "tariffs", "Tariffs rise", now=NOW, story_id=story)
        for name in ("desk", "hook"):
            outbox.put(tx, "al_1", name, "", now=NOW, next_at=NOW, deadline=NOW + timedelta(hours=72))
            claimed = outbox.claim(tx, name, "test", NOW, timedelta(seconds=90))
            assert claimed is not None
            if name == "desk":
                outbox.sent(tx, claimed, NOW)
            else:
                outbox.failed(tx, claimed, NOW, outcome="rejected", error="400", status=400, next_at=None)
    store.close()
    return config


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(borderwire, ["--config", str(path), *arguments])


def as_json(path: Path, *arguments: str) -> Any:
    done = run(path, *arguments, "--json")
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return json.loads(done.stdout)


def ends_with(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit code and what is said of an error, as the program itself ends."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0), capsys.readouterr().err


def test_every_command_has_help_with_words() -> None:
    def walk(command: Any, path: list[str]) -> None:
        done = CliRunner().invoke(borderwire, [*path, "--help"])
        assert done.exit_code == 0
        assert len(done.stdout.split("\n\n")[1].strip()) > 20, path
        for name in getattr(command, "commands", {}):
            walk(command.commands[name], [*path, name])

    walk(borderwire, [])


def test_check_says_that_all_is_in_order(config: Path) -> None:
    assert "0 sources, 1 rules, 2 channels" in run(config, "check").stdout
    assert as_json(config, "check")["rules"] == 1


def test_check_refuses_a_broken_example(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text().replace("Tariffs rise", "The sheriff spoke"))
    code, said = ends_with(["--config", str(config), "check"], capsys)
    assert code == 2
    assert "should_match" in said


def test_without_a_database_commands_say_what_to_do(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["status"], ["articles", "search", "x"], ["deliveries", "list"]):
        code, said = ends_with(["--config", str(config), *command], capsys)
        assert code == 1
        assert "start the service first" in said


def test_a_missing_configuration_names_the_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = ends_with(["--config", str(tmp_path / "none.yaml"), "check"], capsys)
    assert code == 2
    assert "--config" in said


def test_status_fails_while_something_needs_a_person(filled: Path) -> None:
    done = run(filled, "status")
    assert done.exit_code == 1
    assert "1 delivery to hook dead" in done.stdout
    assert as_json(filled, "status")["deliveries"] == {"dead": 1, "sent": 1}


def test_articles_are_found_whatever_is_typed(filled: Path) -> None:
    assert [r["source"] for r in as_json(filled, "articles", "search", "tariff steel")] == ["paper1", "paper2"]
    assert run(filled, "articles", "search", '"unclosed AND (').exit_code == 0
    assert "No article holds" in run(filled, "articles", "search", "zebra").stdout


def test_the_archive_is_searched_with_a_rule_or_its_language(filled: Path) -> None:
    for asked in (["--rule", "tariffs"], ["--match", "title:border NOT zebra"], ["steel", "--rule", "tariffs"]):
        found = as_json(filled, "articles", "search", *asked)
        assert sorted(r["source"] for r in found) == ["paper1", "paper2"], asked
    (newest,) = as_json(filled, "articles", "search", "--rule", "tariffs", "--since", "1h", "--limit", "1")
    assert newest["snippet"] == "The [tariff] on steel rises."
    assert as_json(filled, "articles", "search", "zebra", "--rule", "tariffs") == []
    done = run(filled, "articles", "search", "--match", "zebra", "--since", "3d")
    assert done.stdout == "No article of the last 3d matches 'zebra'.\n"


def test_a_search_can_be_kept_to_a_period(filled: Path) -> None:
    assert len(as_json(filled, "articles", "search", "tariff", "--since", "1h", "--limit", "1")) == 1
    store = open_store(str(filled.parent / "wire.db"))
    with store.tx() as tx:
        tx.run("UPDATE articles SET first_seen_at = '2024-01-01T00:00:00.000+00:00' WHERE source = 'paper1'")
    store.close()
    assert [r["source"] for r in as_json(filled, "articles", "search", "tariff", "--since", "1h")] == ["paper2"]


def test_a_search_needs_words_or_one_rule(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(filled, "articles", "search").exit_code == 2
    assert run(filled, "articles", "search", "--rule", "tariffs", "--match", "x").exit_code == 2
    code, said = ends_with(["--config", str(filled), "articles", "search", "--rule", "tarifs"], capsys)
    assert (code, "did you mean tariffs?" in said) == (2, True)
    code, said = ends_with(["--config", str(filled), "articles", "search", "--match", "a AND"], capsys)
    assert (code, "the query cannot be read" in said) == (2, True)


def test_an_article_is_shown_by_number_and_by_address(filled: Path) -> None:
    shown = run(filled, "articles", "show", "1").stdout
    assert "Tariffs rise at the border" in shown
    assert "Same story, 1 more" in shown
    found = as_json(filled, "articles", "show", "https://paper2.example/tariffs")
    assert (found["id"], len(found["story"])) == (2, 2)


def test_an_article_that_is_not_there_fails(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for wanted in ("99", "https://nowhere.example/"):
        assert ends_with(["--config", str(filled), "articles", "show", wanted], capsys)[0] == 1


def test_deliveries_are_listed_and_replayed(filled: Path) -> None:
    (dead,) = as_json(filled, "deliveries", "list", "--state", "dead")
    assert (dead["channel"], dead["last_error"]) == ("hook", "400")
    assert "1 delivery will be sent again" in run(filled, "deliveries", "replay", dead["id"]).stdout
    assert [d["state"] for d in as_json(filled, "deliveries", "list", "--channel", "hook")] == ["pending"]
    assert run(filled, "deliveries", "replay", "msg_nothing").exit_code == 1
    assert run(filled, "deliveries", "replay").exit_code == 2


def test_a_test_message_says_plainly_whether_it_arrived(config: Path) -> None:
    done = run(config, "deliveries", "test")
    assert done.exit_code == 1
    assert "desk: arrived" in done.stdout
    assert "hook: failed (transient)" in done.stderr
    assert "canary-path" not in done.output
    assert run(config, "deliveries", "test", "desk").exit_code == 0


def test_a_pipe_gets_tabs_and_no_colour(filled: Path) -> None:
    printed = run(filled, "deliveries", "list").stdout
    assert "\x1b" not in printed
    assert len(printed.splitlines()[1].split("\t")) == len(printed.splitlines()[0].split("\t"))


def test_wrong_usage_ends_with_two(config: Path) -> None:
    assert run(config, "articles", "search").exit_code == 2
    assert run(config, "no-such-command").exit_code == 2

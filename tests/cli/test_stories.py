"""`borderwire stories`: what it prints, what it changes, and how it refuses."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from cli.__main__ import borderwire, main
from cli._timeline import print_story
from core.model import AlertKind, EntryClass
from crawler import placement
from store import alerts, articles, channels, open_store, outbox
from tests.crawler.placing import article

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=10)
EVENTS: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).parents[1] / "data" / "folding" / "events.yaml")
LOCAL = "The school district here sent its buses the long way round, and the children came home after dark."


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Three stories: 1 has a report, a copy of it with a paragraph of its own and another report; 2 and 3 one each."""
    path = tmp_path / "config.yaml"
    path.write_text(json.dumps({"database": "wire.db", "contact": "test@example.org"}))
    store = open_store(str(tmp_path / "wire.db"))
    printed = [(0, 0, ""), (0, 0, f"\n\n{LOCAL}"), (0, 1, ""), (9, 0, ""), (10, 0, "")]
    for n, (event, version, more) in enumerate(printed):
        told = EVENTS[event]["articles"][version]
        found = article(f"https://o{n}.example/", told["title"], told["text"] + more, told["language"])
        with store.tx() as tx:
            at = NOW + timedelta(hours=n)
            placement.put(tx, found, source=f"outlet{n}", tags=(), entry_class=EntryClass.LIVE, now=at)
    with store.tx() as tx:
        channels.sync(tx, [("desk", "console")], NOW)
        alerts.add(tx, "al_1", AlertKind.STORY, "raids", "A raid", now=NOW, story_id=1, article_id=1)
        outbox.put(tx, "al_1", "desk", "", now=NOW, next_at=NOW, deadline=NOW)
        assert [row["story_id"] for row in tx.all("SELECT story_id FROM articles ORDER BY id")] == [1, 1, 1, 2, 3]
    store.close()
    return path


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(borderwire, ["--config", str(path), "stories", *arguments])


def said(path: Path, *arguments: str) -> str:
    done = run(path, *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def document(path: Path, *arguments: str) -> Any:
    return json.loads(said(path, *arguments, "--json"))


def refused(path: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["--config", str(path), "stories", *arguments])
    return int(ended.value.code or 0), capsys.readouterr().err


def test_stories_are_listed_newest_first_or_by_outlets(config: Path) -> None:
    assert [row["id"] for row in document(config, "list")] == [3, 2, 1]
    assert [row["id"] for row in document(config, "list", "--by", "outlets", "--limit", "1")] == [1]
    assert said(config, "list").splitlines()[-1].split("\t")[2:5] == ["3", "3", "1"]
    assert [row["id"] for row in document(config, "list", "--since", "390m")] == [3]
    assert said(config, "list", "--since", "1s") == "No story of the last 1s.\n"


def test_a_story_is_shown_in_time_order_with_what_copies_added(config: Path) -> None:
    shown = said(config, "show", "1")
    lines = shown.splitlines()
    assert lines[0] == EVENTS[0]["articles"][0]["title"]
    assert lines[1] == "Story 1 · 3 articles, 1 of them a copy · 3 outlets · 1 alert · en"
    assert lines[2] == f"First printed by outlet0, seen {NOW:%Y-%m-%d %H:%M} UTC"
    events = [line.split("\t") for line in lines if re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d\t", line)]
    assert [(e[1], e[2], e[3]) for e in events] == [
        ("article", "1", "outlet0"),
        ("alert", "1", "outlet0"),
        ("article", "2", "outlet1"),
        ("article", "3", "outlet2"),
    ]
    assert events[1][4] == "rule raids is about to tell desk"
    assert events[2][4].startswith("copy of outlet0, ")
    assert f"  {LOCAL}" in lines
    assert "--added" not in shown
    told = document(config, "show", "1")
    assert (told["added"], told["undo"], len(told["timeline"])) == ({"2": [LOCAL]}, [], 4)


def test_long_additions_are_shortened_unless_all_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    event = {"at": "", "kind": "article", "outlet": "Paper", "title": "Ferry", "detail": ""}
    story = {
        "id": 1, "title": "Ferry", "merged_into": None, "articles": 9, "copies": 8, "outlets": 9, "alerts": 0,
        "language": None, "first_outlet": "Wire", "first_seen_at": "2025-02-05T12:00:00.000+00:00",
        "timeline": [{**event, "article_id": n} for n in range(1, 9)],
        "added": {n: ["The ferry stopped again. " * 9, "Nobody knows why it did."] for n in range(1, 9)},
    }  # fmt: skip
    print_story(story, whole=False)
    short = capsys.readouterr().out
    print_story(story, whole=True)
    full = capsys.readouterr().out
    assert short.endswith("\n3 more copies added text; --added shows all of it.\n")
    assert sum(line.startswith("  The ferry stopped again. ") for line in short.splitlines()) == 5
    assert "Nobody knows why" not in short
    assert max(map(len, short.splitlines())) < 130
    assert full.count("Nobody knows why") == 8
    assert "--added" not in full


def test_a_merge_says_what_changed_and_how_to_take_it_apart(config: Path) -> None:
    done = said(config, "merge", "2", "1", "--who", "ana", "--why", "same raid")
    assert done == "Story 2 (1 article) is now part of story 1 (now 4 articles).\n"
    lines = said(config, "show", "2").splitlines()
    assert lines[1].startswith("Story 2 · ")
    assert lines[1].endswith("merged into story 1 by ana: same raid")
    assert lines[3:] == [
        "borderwire stories show 1",
        "borderwire stories split 4    takes what came from it apart again",
    ]
    assert document(config, "show", "2")["undo"] == [4]
    assert "merged from story 2 by ana: same raid" in said(config, "show", "1")
    assert [row["id"] for row in document(config, "list")] == [1, 3]
    assert said(config, "split", "4") == "Article 4 is now story 4; story 1 keeps 3 articles.\n"
    gone = document(config, "show", "2")
    assert (gone["merged_into"], gone["undo"]) == (4, [])  # it is taken apart
    assert gone["timeline"][0]["detail"] == "merged into story 1 by ana: same raid; now part of story 4"


def test_a_split_tells_which_copies_went_along(config: Path) -> None:
    assert said(config, "split", "https://o0.example/", "--why", "another town") == (
        "Article 1 and 1 copy of it are now story 4; story 1 keeps 1 article.\n"
    )
    (event,) = [e for e in document(config, "show", "4")["timeline"] if e["kind"] == "decision"]
    assert event["detail"].startswith("split from story 1 with 2 articles by ")
    assert event["detail"].endswith(": another town")


def test_an_article_is_pinned_moved_and_let_go(config: Path) -> None:
    assert said(config, "pin", "2") == "Article 2 is pinned to story 1, where it is.\n"
    assert said(config, "pin", "1", "3") == "Article 1 is now in story 3, pinned; story 1 keeps 2 articles.\n"
    assert said(config, "pin", "4", "3") == "Story 2, all of it, is now part of story 3; article 4 is pinned there.\n"
    assert said(config, "unpin", "https://o0.example/") == "Article 1 is no longer pinned; it stays in story 3.\n"
    shown = CliRunner().invoke(borderwire, ["--config", str(config), "articles", "show", "2"]).stdout
    assert "article 2 · story 1, pinned there" in shown
    assert "Copy of article 1 (outlet0), which is in story 3" in shown


def test_who_decides_is_the_login_name_unless_said(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "bela")
    said(config, "merge", "2", "1")
    assert document(config, "show", "2")["timeline"][0]["detail"] == "merged into story 1 by bela"
    monkeypatch.setattr("getpass.getuser", lambda: (_ for _ in ()).throw(KeyError("uid not found")))
    done = run(config, "merge", "3", "1")
    assert done.exit_code == 2
    assert "say who you are with --who" in done.stderr
    assert said(config, "merge", "3", "1", "--who", "ana").startswith("Story 3 ")


def test_what_is_refused_says_why_and_changes_nothing(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(config, "merge", "2", "1")
    before = document(config, "list")
    for arguments, reason in (
        (["merge", "2", "3"], "story 2 was merged into story 1: name 1 instead"),
        (["merge", "3", "3"], "name two stories"),
        (["merge", "3", "77"], "no story 77; borderwire stories list shows them"),
        (["split", "5"], "there is nothing to split it from"),
        (["split", "1", "5"], "split articles of one story at a time"),
        (["split", "99"], "no article 99"),
        (["pin", "https://nowhere.example/"], "no article at https://nowhere.example/"),
        (["unpin", "1"], "article 1 is not pinned"),
        (["show", "77"], "no story 77"),
    ):
        code, words = refused(config, capsys, *arguments)
        assert (code, reason in words) == (1, True), words
    for arguments in (["merge", "1"], ["split"], ["show", "x"], ["show", "9" * 30], ["pin", "1", "0"]):
        assert run(config, *arguments).exit_code == 2
    assert document(config, "list") == before


def test_decisions_can_be_taken_while_the_service_runs(config: Path) -> None:
    service = open_store(str(config.parent / "wire.db"), lock=True)
    try:
        assert said(config, "merge", "2", "1").startswith("Story 2 ")
        with service.read() as tx:
            assert articles.story(tx, 2)["merged_into"] == 1
    finally:
        service.close()

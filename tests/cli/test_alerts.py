"""`borderwire alerts`: what was told, what it says of each delivery, and mutes that always end."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from alerts.digests import tell_digests
from cli.__main__ import borderwire, main
from store import channels, mutes, open_store
from tests.alerts.storm import Storm, evaluator, rule
from tests.conftest import FakeClock

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Rule tariffs told two articles in a digest; rule fire told one at once, one waits, one is muted."""
    path = tmp_path / "config.yaml"
    said = {
        "database": "wire.db",
        "contact": "test@example.org",
        "time_zone": "America/Denver",
        "sources": [{"name": "wire", "kind": "feed", "url": "https://wire.example/feed"}],
        "rules": [{"name": n, "query": n, "channels": ["desk"]} for n in ("tariffs", "fire")],
        "channels": [{"name": "desk", "kind": "console"}],
    }
    path.write_text(json.dumps(said))
    clock = FakeClock(NOW)
    store = open_store(str(tmp_path / "wire.db"))
    with store.tx() as tx:
        channels.sync(tx, [("desk", "console")], NOW)
        rules = (rule("tariffs", query="tariffs", digest="hourly"), rule("fire", query="fire", cooldown=timedelta(9)))
        storm = Storm(tx, clock, evaluator(*rules))
        storm.prints("New tariffs.")
        storm.prints("More tariffs.")
        storm.prints("A fire.")
        clock.moment = NOW + timedelta(hours=1, minutes=5)
        (digest,) = tell_digests(tx, storm.made, clock.now(), ("Watched 1 of 1 source",))
        assert digest in storm.sends()
        clock.move(seconds=1)
        storm.prints("Another fire.")
        clock.move(seconds=1)
        mutes.add(tx, rule="fire", source=None, starts=NOW, ends=NOW + timedelta(hours=2), who="ana", why="a drill")
        storm.prints("A third fire.")
    store.close()
    return path


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(borderwire, ["--config", str(path), *arguments])


def said(path: Path, *arguments: str) -> str:
    done = run(path, "alerts", *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def document(path: Path, *arguments: str) -> Any:
    return json.loads(said(path, *arguments, "--json"))


def refused(path: Path, *arguments: str) -> str:
    done = run(path, "alerts", *arguments)
    assert done.exit_code == 2, done.output
    return done.stderr


def named(path: Path, title: str) -> Any:
    return next(a for a in document(path, "list") if a["title"].startswith(title))


def test_alerts_are_listed_newest_first_with_how_they_stand(config: Path) -> None:
    found = document(config, "list")
    assert [a["title"] for a in found][:3] == ["Story 5", "Story 4", "2 alerts of the last hour"]
    assert [(a["sent"], a["waiting"], a["unsent"]) for a in found] == [
        (0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 0, 0), (1, 0, 0), (1, 0, 0),
    ]  # fmt: skip
    assert {a["title"] for a in document(config, "list", "--rule", "fire")} == {"Story 3", "Story 4", "Story 5"}
    assert len(document(config, "list", "--since", "2h")) == 3
    assert len(document(config, "list", "--limit", "2")) == 2
    assert said(config, "list").splitlines()[0].split("\t")[:4] == ["id", "made", "rule", "kind"]
    assert said(config, "list", "--rule", "guard") == "No alert of rule guard.\n"


def test_a_digest_is_shown_with_its_articles_its_alerts_and_the_coverage(config: Path) -> None:
    digest = named(config, "2 alerts")["id"]
    shown = said(config, "show", digest)
    assert shown.startswith("2 alerts of the last hour\ndigest of rule tariffs, made ")
    assert "Watched 1 of 1 source" in shown
    assert "Paper 1  Story 1  https://wire.example/1" in shown
    assert [a["title"] for a in document(config, "show", digest)["alerts"]] == ["Story 1", "Story 2"]
    assert "Delivery to desk: sent " in shown


def test_each_alert_says_what_became_of_it(config: Path) -> None:
    digest = named(config, "2 alerts")["id"]
    assert f"Delivery to desk: told in digest {digest}, sent " in said(config, "show", named(config, "Story 1")["id"])
    held = said(config, "show", named(config, "Story 4")["id"])
    assert "to be told with others: the rule's cooldown after its last message" in held
    muted = said(config, "show", named(config, "Story 5")["id"])
    assert "Matched fire: fire" in muted
    assert "suppressed: mute 1, set by ana until " in muted
    assert ": a drill. `borderwire deliveries replay msg_" in muted


def test_an_unknown_alert_is_refused(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--config", str(config), "alerts", "show", "al_none"])
    assert ended.value.code == 1
    assert "no alert al_none" in capsys.readouterr().err


def test_a_mute_is_set_listed_and_ended(config: Path) -> None:
    made = said(config, "mute", "--rule", "tariffs", "--for", "8h", "--why", "known today", "--who", "ben")
    assert made.startswith("Mute 2: nothing of rule tariffs is sent until ")
    assert "America/Denver" in made
    both = said(config, "mute", "--rule", "fire", "--source", "wire", "--for", "30d", "--why", "test", "--who", "ben")
    assert "nothing of rule fire from source wire is sent" in both
    found = document(config, "mutes")
    assert [(m["id"], m["who"], m["why"]) for m in found] == [(2, "ben", "known today"), (3, "ben", "test")]
    assert said(config, "unmute", "2") == "1 mute ended.\n"
    assert said(config, "unmute", "--rule", "fire") == "1 mute ended.\n"
    assert said(config, "mutes") == "Nothing is muted.\n"
    assert said(config, "unmute", "--rule", "fire") == "0 mutes ended.\n"


def test_a_mute_that_is_over_is_not_spoken_of_and_one_that_holds_counts_what_it_kept(config: Path) -> None:
    assert document(config, "mutes") == []
    store = open_store(str(config.parent / "wire.db"))
    with store.tx() as tx:
        tx.run("UPDATE mutes SET ends_at = '2999-01-01T00:00:00.000+00:00'")
    store.close()
    assert [m["suppressed"] for m in document(config, "mutes")] == [1]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--for", "8h", "--why", "x"), "say what to mute: --rule or --source"),
        (("--rule", "tarifs", "--for", "8h", "--why", "x"), "no rule 'tarifs': did you mean 'tariffs'?"),
        (("--source", "agency", "--for", "8h", "--why", "x"), "no source 'agency': configured: wire"),
        (("--rule", "fire", "--for", "8h"), "Missing option '--why'"),
        (("--rule", "fire", "--for", "8h", "--why", " "), "a mute needs a reason"),
        (("--rule", "fire", "--why", "x"), "say until when: --for 8h, or --until 07:00"),
        (("--rule", "fire", "--for", "8h", "--until", "07:00", "--why", "x"), "say until when"),
        (("--rule", "fire", "--for", "31d", "--why", "x"), "at most 30 days"),
        (("--rule", "fire", "--for", "soon", "--why", "x"), "no duration"),
        (("--rule", "fire", "--until", "2020-01-01", "--why", "x"), "that is over already"),
        (("--rule", "fire", "--until", "tomorrow", "--why", "x"), "'tomorrow' is no time: write 07:00"),
    ],
)
def test_a_mute_without_an_end_a_reason_or_a_thing_to_mute_is_refused(
    config: Path, arguments: tuple[str, ...], reason: str
) -> None:
    assert reason in " ".join(refused(config, "mute", *arguments).split())
    assert document(config, "mutes") == []


def test_until_a_time_of_day_is_the_next_one_in_the_configured_zone(config: Path) -> None:
    said(config, "mute", "--rule", "fire", "--until", "07:00", "--why", "x", "--who", "ben")
    (mute,) = document(config, "mutes")
    ends = datetime.fromisoformat(mute["ends_at"])
    assert timedelta() < ends - datetime.now(UTC) <= timedelta(hours=25)
    assert ends.hour in (13, 14)  # 07:00 in Denver


def test_unmute_needs_to_be_told_what(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "name a mute by its id, or --rule or --source" in refused(config, "unmute")
    with pytest.raises(SystemExit):
        main(["--config", str(config), "alerts", "unmute", "99"])
    assert "no mute 99" in capsys.readouterr().err


def test_what_a_mute_kept_back_is_sent_by_replay(config: Path) -> None:
    (delivery,) = document(config, "show", named(config, "Story 5")["id"])["deliveries"]
    assert "1 delivery will be sent again." in run(config, "deliveries", "replay", delivery["id"]).stdout
    (after,) = document(config, "show", named(config, "Story 5")["id"])["deliveries"]
    assert (delivery["state"], after["state"]) == ("suppressed", "pending")

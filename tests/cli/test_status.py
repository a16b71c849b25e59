"""`borderwire status`: troubles, waiting digests and mutes, for people and for scripts."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.__main__ import borderwire
from core.model import AlertKind
from store import Backend, alerts, channels, mutes, open_store, outbox, troubles

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(json.dumps({"database": "wire.db", "contact": "test@example.org"}))
    open_store(str(tmp_path / "wire.db")).close()
    return path


@pytest.fixture
def store(config: Path) -> Backend:
    return open_store(str(config.parent / "wire.db"))


def status(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(borderwire, ["--config", str(path), "status", *arguments])


def test_where_nothing_is_wrong_it_says_so_and_no_more(config: Path) -> None:
    done = status(config)
    assert done.exit_code == 0
    assert done.stdout.endswith("All is well.\n")
    assert not any(word in done.stdout for word in ("Troubles", "Digests", "Mutes"))


def test_troubles_say_since_when_and_how_a_source_is_silenced(config: Path, store: Backend) -> None:
    with store.tx() as tx:
        troubles.open(tx, "disk_low", "", "100 MB left", NOW - 3 * HOUR)
        troubles.open(tx, "source_failing", "wire", "answered 503", NOW - HOUR)
    store.close()
    done = status(config)
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("Troubles"))
    assert lines[first].split("  ", 1)[0] == "Troubles"
    assert lines[first].endswith(f"since {NOW - 3 * HOUR:%Y-%m-%d %H:%M}  The disk is nearly full: 100 MB left")
    assert lines[first + 1].endswith("Source wire cannot be read: answered 503")
    assert "alerts mute --source NAME" in lines[first + 2]
    assert f"! disk low since {NOW - 3 * HOUR:%Y-%m-%d %H:%M}: 100 MB left" in done.stdout


def test_waiting_digests_and_mutes_are_named(config: Path, store: Backend) -> None:
    with store.tx() as tx:
        channels.sync(tx, [("slack", "webhook")], NOW)
        for n in range(3):
            alerts.add(tx, f"al_{n}", AlertKind.STORY, "tariffs", f"Title {n}", now=NOW)
            outbox.put(
                tx, f"al_{n}", "slack", "", now=NOW, next_at=NOW + n * HOUR, deadline=NOW + 72 * HOUR, state="held",
                digest="hourly", reason="the rule's hourly digest",
            )  # fmt: skip
        for rule, source in (("tariffs", None), (None, "wire"), ("tariffs", "wire")):
            mutes.add(tx, rule=rule, source=source, starts=NOW, ends=NOW + HOUR, who="ana", why="known")
    store.close()
    said = status(config).stdout
    until = f"{NOW + HOUR:%Y-%m-%d %H:%M}"
    assert f"Digests     3 of tariffs to slack at {NOW:%Y-%m-%d %H:%M}" in said
    assert f"Mutes       rule tariffs until {until} (ana: known)" in said
    assert f"            source wire until {until} (ana: known)" in said
    assert f"            rule tariffs in source wire until {until} (ana: known)" in said
    view = json.loads(status(config, "--json").stdout)
    assert [d["n"] for d in view["digests"]] == [3]
    assert len(view["mutes"]) == 3

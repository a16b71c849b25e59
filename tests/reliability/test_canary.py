"""No secret is ever written anywhere: not in the database, a log, a page of the desk, a command's output, an error.

Each secret of a configuration is a canary. The service meets servers that repeat what they are told, with every
class of failure; then everything it left behind is searched.
"""

import base64
import contextlib
import re
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import httpx
import pytest
from click.testing import CliRunner

from cli.__main__ import borderwire
from dashboard import desk
from tests.reliability.conftest import SETTLE
from tests.reliability.hostile import LOCATION, Echo, echoing, parroting
from tests.reliability.nursery import Nursery
from tests.reliability.rig import Rig

STATUSES = ("200", "500", "503", "429", "400", "404", "410", "302", "drop")
SECRET = base64.b64encode(b"canary-webhook-signing-secret-24").decode()
CANARIES = {
    "SLACK_PATH": "canary-slack-path-5e1b77",
    "HOOK_PATH": "canary-hook-path-91c0de",
    "HOOK_QUERY": "canary-hook-query-77aa01",
    "HOOK_SECRET": f"whsec_{SECRET}",
    "BOT_TOKEN": "xoxb-canary-bot-token-44d2",
    "SMTP_PASSWORD": "canary-smtp-password-8f3a",
    "APPRISE_PATH": "canary-apprise-path-c3b9",
    "SOURCE_KEY": "canary-source-query-12ef",
    "SOURCE_HEADER": "canary-source-header-6a6b",
    "HEARTBEAT": "canary-heartbeat-path-0d0d",
    "DATABASE": "canary-database-password-2b2b",
}
WHOLE = {  # keys within a value of the environment, which is a whole address
    "SLACK_URL": "{base}/canary-whole-slack-9a8b/500",
    "MAIL_URL": "smtp://wrong:canary-whole-smtp-d1d2@127.0.0.1:{mail}",
    "HOOK_URL": "{base}/hooks/404?k=canary-whole-hook-55ee",
    "SOURCE_URL": "{base}/500?k=canary-whole-source-31aa&page=2",
    "APPRISE_URL": "json://wire:canary-whole-apprise-0f0f@127.0.0.1:{port}/500",
}
WRITTEN = {  # in the configuration itself
    "slack": "canary-written-slack-4b4b",
    "hook": "canary-written-hook-62d0",
    "mail": "canary-written-mail%2F-9e71",
    "source": "canary-written-source-20c4",
    "header": "canary-written-header-f00d",
}
ALL = {
    **CANARIES,
    **WRITTEN,
    "LOCATION": LOCATION,
    **{name: found[0] for name, value in WHOLE.items() if (found := re.search(r"canary-[a-z0-9-]+", value))},
}
TRIED = (
    "SELECT COUNT(DISTINCT channel) FROM deliveries d JOIN attempts t ON t.delivery_id = d.id"
    " WHERE t.finished_at IS NOT NULL"
)
PAGES = 120  # of the desk that are looked at
COMMANDS = (
    "check", "check --json", "status", "status --json", "rules list", "rules list --json", "rules check",
    "alerts list", "alerts list --json", "alerts show {alert}", "alerts show {alert} --json", "alerts mutes",
    "deliveries list --limit 500", "deliveries list --limit 500 --json", "deliveries test", "deliveries replay none",
    "articles search tariff", "articles search tariff --json", "articles show 1", "articles show 1 --json",
    "stories list", "stories list --json", "stories show 1 --json", "rules explain tariffs 1",
    "rules test tariff", "once --timeout 5",
)  # fmt: skip
WRONG = (
    ({"database": "postgresql://wire:${DATABASE}@db.example/wire"}, "check"),
    ({"database": "mysql://wire:${DATABASE}@db.example/wire"}, "run"),
    ({"sources": [{"name": "${SOURCE_KEY}!", "kind": "feed", "url": "https://x.example/"}]}, "check"),
    ({"sources": [{"name": "x", "kind": "feed", "url": "https://u:${SOURCE_KEY}@x.example/ "}]}, "check"),
    ({"channels": [{"name": "x", "kind": "slack", "url": "hooks.example/${SLACK_PATH}"}]}, "check"),
    ({"channels": [{"name": "x", "kind": "slack", "token": "${SLACK_PATH}", "channel": "C0123456"}]}, "check"),
    ({"channels": [{"name": "x", "kind": "webhook", "url": "https://x.example/", "secret": "${HOOK_PATH}"}]}, "check"),
    ({"channels": [{"name": "x", "kind": "email", "smtp": "smtp://u:${SMTP_PASSWORD}@x.example", "from": "a@x.example",
                    "to": ["a@x.example"]}]}, "check"),
    ({"channels": [{"name": "x", "kind": "apprise", "url": "nothing://${APPRISE_PATH}"}]}, "check"),
    ({"health": {"heartbeat": "ftp://${HEARTBEAT}/"}}, "check"),
)  # fmt: skip


@dataclass(slots=True)
class Left:
    """What the service left behind, by where it stands."""

    texts: dict[str, str] = field(default_factory=dict)

    def leaks(self) -> list[str]:
        """Every canary that stands somewhere, in any form it may take on its way."""
        found = []
        for name, secret in ALL.items():
            for form in {*forms(secret), *forms(secret.removeprefix("whsec_"))}:
                for where, text in self.texts.items():
                    at = text.find(form)
                    if at >= 0:
                        found.append(f"{name} in {where}: …{text[max(0, at - 80) : at + len(form) + 20]!r}…")
        return found


def forms(secret: str) -> set[str]:
    """The secret itself, percent-encoded, and in base64 however it is aligned."""
    raw = secret.encode()
    aligned = {base64.b64encode(b"\0" * n + raw).decode().rstrip("=")[4 if n else 0 : -2] for n in range(3)}
    return {secret, quote(secret, safe=""), secret[:-1] + "\\u00", *aligned}


def channels(web: Echo, mail: int) -> list[dict[str, Any]]:
    """Every kind that has a secret, with a receiver for each class of failure."""
    made: list[dict[str, Any]] = []
    for status in STATUSES:
        made += [
            {"name": f"slack-{status}", "kind": "slack", "url": f"{web.base}/${{SLACK_PATH}}/{status}"},
            {"name": f"app-{status}", "kind": "slack", "token": "${BOT_TOKEN}", "channel": "C0123456789",
             "api": f"{web.base}/{status}/.."},
            {"name": f"hook-{status}", "kind": "webhook", "secret": "${HOOK_SECRET}",
             "url": f"{web.base}/${{HOOK_PATH}}/{status}?token=${{HOOK_QUERY}}"},
            {"name": f"slack-written-{status}", "kind": "slack", "url": f"{web.base}/{WRITTEN['slack']}/{status}"},
        ]  # fmt: skip
    for name, user, port, to in (
        ("good", "wire", mail, "desk"), ("login", "wrong", mail, "desk"), ("later", "wire", mail, "451"),
        ("never", "wire", mail, "550"), ("busy", "wire", mail, "421"), ("nobody", "wire", 1, "desk"),
    ):  # fmt: skip
        made.append({"name": f"mail-{name}", "kind": "email", "from": "wire@x.example", "to": [f"{to}@x.example"],
                     "smtp": f"smtp://{user}:${{SMTP_PASSWORD}}@127.0.0.1:{port}"})  # fmt: skip
    made += [
        {"name": "slack-nobody", "kind": "slack", "url": "http://127.0.0.1:2/${SLACK_PATH}"},
        {"name": "hook-nobody", "kind": "webhook", "url": "http://127.0.0.1:2/${HOOK_PATH}",
         "secret": ["${HOOK_SECRET}"]},
        {"name": "phone", "kind": "apprise", "url": f"json://127.0.0.1:{web.port}/${{APPRISE_PATH}}/500"},
        {"name": "slack-whole", "kind": "slack", "url": "${SLACK_URL}"},
        {"name": "mail-whole", "kind": "email", "smtp": "${MAIL_URL}", "from": "wire@x.example",
         "to": ["desk@x.example"]},
        {"name": "hook-whole", "kind": "webhook", "url": "${HOOK_URL}"},
        {"name": "phone-whole", "kind": "apprise", "url": "${APPRISE_URL}"},
        {"name": "hook-written", "kind": "webhook", "url": f"{web.base}/hooks/403?a={WRITTEN['hook']}"},
        {"name": "mail-written", "kind": "email", "from": "wire@x.example", "to": ["desk@x.example"],
         "smtp": f"smtp://wrong:{WRITTEN['mail']}@127.0.0.1:{mail}"},
    ]  # fmt: skip
    return made


def sources(web: Echo) -> list[dict[str, Any]]:
    """One that works, and one for each way in which one does not."""
    headers = {"X-Key": "${SOURCE_HEADER}", "Authorization": "Bearer ${SOURCE_HEADER}"}
    return [
        {"name": f"wire-{way}", "kind": "feed", "url": f"{base}/{way}?api_key=${{SOURCE_KEY}}", "every": "1s",
         "alert_newest": 5, "headers": headers}
        for way, base in [(w, web.base) for w in ("feed", "500", "429", "302", "200", "drop", "moved")]
        + [("nobody", "http://127.0.0.1:2")]
    ] + [
        {"name": "whole", "kind": "feed", "url": "${SOURCE_URL}", "every": "1s"},
        {"name": "written", "kind": "feed", "url": f"{web.base}/500?api_key={WRITTEN['source']}", "every": "1s",
         "headers": {"Authorization": f"Bearer {WRITTEN['header']}"}},
    ]  # fmt: skip


def crawled(port: int) -> Iterator[tuple[str, str]]:
    """Every page of the desk that a link leads to, and its answers to scripts."""
    base = f"http://127.0.0.1:{port}/"
    waiting, seen = [base, f"{base}borderwire.json", f"{base}-/metadata.json", f"{base}-/settings.json"], set[str]()
    with httpx.Client(timeout=20) as http:
        while waiting and len(seen) < PAGES:
            url = waiting.pop(0).partition("#")[0]
            path, _, query = url.partition("?")
            kind = f"{path}?{sorted(pair.partition('=')[0] for pair in query.split('&'))}"
            if kind in seen or not url.startswith(base) or "_sort" in query or "_facet" in query:
                continue  # the same rows in another order
            seen.add(kind)
            answer = http.get(url, follow_redirects=True)
            yield url, answer.text + repr(answer.headers)
            if "html" in answer.headers.get("content-type", ""):
                links = (
                    urljoin(url, link.replace("&amp;", "&")) for link in re.findall(r'href="([^"]+)"', answer.text)
                )
                waiting += sorted(set(links))


def commanded(path: Path, environ: Mapping[str, str], alert: str) -> Iterator[tuple[str, str]]:
    """What commands print."""
    for words in COMMANDS:
        arguments = ["--config", str(path), *words.format(alert=alert).split()]
        done = CliRunner().invoke(borderwire, arguments, env=environ)
        yield f"borderwire {words}", done.output + done.stderr + repr(done.exception) + str(done.exception)


def refused(rig: Rig, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is said of configurations that are wrong where the secret stands."""
    for number, (wrong, command) in enumerate(WRONG):
        rig.configure(**wrong)
        done = CliRunner().invoke(borderwire, ["--config", str(rig.config), command], env=environ)
        assert done.exception is not None, wrong
        yield f"fault {number}", done.output + done.stderr + str(done.exception)


@pytest.mark.slow
def test_no_secret_is_written_anywhere(services: Nursery, tmp_path: Path) -> None:
    rig, left = Rig(tmp_path), Left()
    with echoing() as web, parroting() as mail:
        configured = channels(web, mail)
        environ = {k: v.format(base=web.base, port=web.port, mail=mail) for k, v in WHOLE.items()} | CANARIES
        rule = {"name": "tariffs", "query": "tariff", "channels": [c["name"] for c in configured], "wait": "0s",
                "severity": "urgent", "fold": "none"}  # fmt: skip
        settings = {"sources": sources(web), "channels": configured, "rules": [rule],
                    "health": {"heartbeat": f"{web.base}/${{HEARTBEAT}}/500", "every": "1s"}}  # fmt: skip
        rig.configure(**settings)
        for log in ("", "1"):
            child = services.start(rig.config, rig.database, **environ, PROOF_LEVEL="DEBUG", BORDERWIRE_LOG_JSON=log)
            if not log:
                until(rig, TRIED, len(configured))
                until(rig, "SELECT COUNT(*) FROM sources WHERE last_poll_at IS NOT NULL", len(settings["sources"]))
            until(rig, "SELECT COUNT(*) FROM deliveries WHERE state = 'sent' AND channel = 'hook-200'", len(web.titles))
            child.signal(signal.SIGTERM)
            assert child.wait(30) == 0
            left.texts[f"log {log}"] = (tmp_path / "service.log").read_text()
            web.titles.append("Copper tariff news")
        assert {path.rpartition("/")[2].partition("?")[0] for path in web.asked} >= {*STATUSES, "moved"}
        assert any(CANARIES["HEARTBEAT"] in path for path in web.asked)
        left.texts |= kept(rig)
        left.texts |= dict(commanded(rig.config, environ, _alert(rig)))
        left.texts |= shown(rig)
        left.texts |= dict(refused(rig, environ))
        left.texts |= kept(rig)
    leaks = left.leaks()
    assert not leaks, "\n".join(leaks)


def _alert(rig: Rig) -> str:
    with contextlib.closing(sqlite3.connect(f"file:{rig.database}?mode=ro", uri=True)) as db:
        return str(db.execute("SELECT id FROM alerts WHERE kind = 'story'").fetchone()[0])


def kept(rig: Rig) -> dict[str, str]:
    """Every byte of every file that the service wrote: all but the configuration."""
    files = (path for path in rig.folder.iterdir() if path.is_file() and path != rig.config)
    return {str(path.name): path.read_bytes().decode("latin-1") for path in files}


def shown(rig: Rig) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    child = desk.start(rig.database, port)
    try:
        return dict(crawled(port))
    finally:
        child.terminate()
        child.wait(10)


def asked(rig: Rig, sql: str) -> int:
    """The number that a query gives; 0 before there is a database."""
    with contextlib.suppress(sqlite3.Error):
        db = sqlite3.connect(f"file:{rig.database}?mode=ro", uri=True)
        with contextlib.closing(db):
            return int(db.execute(sql).fetchone()[0])
    return 0


def until(rig: Rig, sql: str, number: int) -> None:
    """Until a query gives at least this number."""
    deadline = time.monotonic() + SETTLE
    while asked(rig, sql) < number:
        assert time.monotonic() < deadline, (sql, asked(rig, sql), (rig.folder / "service.log").read_text())
        time.sleep(0.05)

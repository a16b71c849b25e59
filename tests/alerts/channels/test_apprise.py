"""The Apprise channel: what it hands over, in a process that cannot hang the service, and no secret in any error."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from alerts.channels import apprise
from alerts.channels._text import NOT_TEXT
from alerts.channels.apprise import JOINER, Apprise, Options, build, masked, quiet, rendered
from core.errors import DeliveryError, Failure
from core.model import AlertKind, Message
from demo.inbox import running
from demo.inbox_state import Fault, Inbox
from tests.alerts.channels.making import HOSTILE, NOW, TITLE, delivery, hostile, loopback, message, messages, outlet


def address(http: str, path: str = "/apprise/newsroom") -> str:
    return f"json://{http.partition('://')[2]}{path}"


async def sent(carried: Message | None = None, *faults: Fault, query: str = "") -> dict[str, Any]:
    inbox = Inbox()
    inbox.faults.script("/apprise/newsroom", list(faults))
    async with running(inbox) as at, loopback() as http:
        await Apprise("phone", address(at.http) + query).send(delivery(carried), http, NOW)
    assert inbox.log.count == 1
    return dict(inbox.log.recent[0]["body"])


async def failing(url: str, seconds: float = 10) -> DeliveryError:
    async with loopback() as http:
        with pytest.raises(DeliveryError) as caught:
            await Apprise("phone", url, seconds).send(delivery(), http, NOW)
    return caught.value


async def test_hands_over_title_text_and_kind() -> None:
    body = await sent()
    assert body["title"] == f"[tariffs] {TITLE}"
    assert TITLE not in body["message"]
    for part in ("https://outlet1.example/news/1?from=feed&x=1", "*tariff* threat", "also in 2 outlets",
                 "answered 403", "id msg_abcdefghijklmnopqrstuvwxyz"):  # fmt: skip
        assert part in body["message"]
    assert body["type"] == "info"
    assert (await sent(message(kind=AlertKind.HEALTH)))["type"] == "warning"


async def test_a_failure_is_transient_with_what_apprise_says() -> None:
    inbox = Inbox()
    async with running(inbox) as at:
        inbox.faults.script("/apprise/newsroom", [503, {"status": 307, "headers": {"Location": "/hook/x"}, "body": ""}])
        refused = await failing(address(at.http))
        redirected = await failing(address(at.http))
    assert refused.failure is Failure.TRANSIENT
    assert str(refused).startswith("json: ")
    assert "503" in str(refused)
    assert redirected.failure is Failure.TRANSIENT
    assert {entry["via"] for entry in inbox.log.recent} == {"apprise"}  # the redirect led nowhere


@pytest.mark.parametrize("place", ["path", "user", "query"])
async def test_no_part_of_the_address_gets_into_an_error(place: str) -> None:
    canary = "canary-0123456789"
    base = "127.0.0.1:9"
    url = {"path": f"json://{base}/{canary}", "user": f"json://{canary}:{canary}@{base}/x",
           "query": f"json://{base}/x?+X-Token={canary}"}[place]  # fmt: skip
    error = await failing(url)
    said = f"{error} {error!r} {error.__cause__!r}"
    assert canary not in said
    assert base.partition(":")[0] not in said
    assert error.failure is Failure.TRANSIENT


def test_tokens_are_masked_wherever_they_stand() -> None:
    url = "tgram://123456789:AAbbCCddEE%2Fff/-100200300?format=markdown"
    said = masked("bot 123456789:AAbbCCddEE/ff and AAbbCCddEE%2Fff to -100200300 failed", url)
    for secret in ("123456789", "AAbbCCddEE", "100200300"):
        assert secret not in said
    assert said.startswith("bot ")


@pytest.mark.parametrize("url", ["foo://host", "tgram://bad", "json://", "http://host.example/x"])
def test_an_address_apprise_does_not_know_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Options(url=url)
    assert "write one of https://github.com/caronc/apprise/wiki" in caught.value.errors()[0]["msg"]


async def test_an_address_that_a_newer_apprise_no_longer_takes_breaks_the_channel() -> None:
    error = await failing("foo://token-0123456789")
    assert error.failure is Failure.CONFIG
    assert "check `url:`" in str(error)
    assert "token-0123456789" not in str(error)


async def test_a_process_that_dies_without_a_word_leaves_the_message_uncertain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("import os; os.kill(os.getpid(), 9)", "print('no answer')", "raise SystemExit(3)"):
        (tmp_path / "child.py").write_text(text)
        monkeypatch.setattr(apprise, "CHILD", tmp_path / "child.py")
        error = await failing("json://127.0.0.1:9/x")
        assert error.failure is Failure.UNCERTAIN


async def test_a_process_that_ignores_everything_is_killed_with_its_own_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "child.py").write_text(
        "import pathlib, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "held = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(held.pid))\n"
        "time.sleep(600)\n"
    )
    monkeypatch.setattr(apprise, "CHILD", tmp_path / "child.py")
    error = await failing("json://127.0.0.1:9/x", seconds=1.5)
    assert error.failure is Failure.UNCERTAIN
    assert "no answer within" in str(error)
    assert not runs(int((tmp_path / "pid").read_text()))


def runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


async def test_other_work_goes_on_while_a_process_hangs() -> None:
    inbox = Inbox()
    inbox.faults.script("/apprise/newsroom", ["hang"])
    async with running(inbox) as at:
        hanging = asyncio.create_task(failing(address(at.http), seconds=1.5))
        ticks = 0
        while not hanging.done():
            await asyncio.sleep(0.01)
            ticks += 1
    assert ticks > 10
    assert (await hanging).failure is Failure.UNCERTAIN


def test_apprise_is_never_loaded_into_the_service() -> None:
    code = "import sys, alerts.channels.apprise as a; a.Options(url='json://h/x'); print('apprise' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[3])
    assert done.stdout.strip() == "False", done.stderr


def test_the_process_gets_none_of_the_services_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/x")
    assert "SLACK_WEBHOOK_URL" not in apprise._environ()
    assert apprise._environ()["PATH"] == os.environ["PATH"]


def test_a_message_too_long_for_its_service_is_split_unless_the_address_says_otherwise(tmp_path: Path) -> None:
    probe = tmp_path / "probe.py"
    probe.write_text(
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import _apprise_child as child, apprise\n"
        "seen = []\n"
        "apprise.Apprise.notify = lambda self, **k: seen.append(list(self)[0].overflow_mode.value) or NONE\n"
        "NONE = type('N', (), {'__bool__': lambda s: True, 'timeout_count': 0})()\n"
        "for url in ('json://127.0.0.1:9/x', 'json://127.0.0.1:9/x?overflow=truncate'):\n"
        "    child.run({'url': url, 'title': 't', 'body': 'b', 'type': 'info', 'seconds': 1})\n"
        "print(seen)\n"
    )
    lean = tmp_path / "lean"
    lean.mkdir()  # not the folder of the channels itself: its `email.py` would stand before the library's
    (lean / "_apprise_child.py").write_bytes(apprise.CHILD.read_bytes())
    done = subprocess.run([sys.executable, str(probe), str(lean)], capture_output=True, text=True)
    assert done.stdout.strip() == "['split', 'truncate']", done.stderr


@pytest.mark.parametrize(
    "text", ["@everyone run", "Convoy @here", "<!channel> now", "<@U012AB3CD>", "<#C012AB3CD>", "a @room b"]
)
def test_nothing_in_a_text_is_a_mention(text: str) -> None:
    made = quiet(text)
    assert made.replace(JOINER, "") == text
    for mention in ("@everyone", "@here", "@room", "<!", "<@", "<#"):
        assert mention not in made


def test_an_address_in_a_text_still_leads_where_it_led() -> None:
    assert (
        quiet("see https://blog.example/@ana/post\nand a@b") == f"see https://blog.example/%40ana/post\nand a@{JOINER}b"
    )


@settings(deadline=None)
@given(messages())
def test_whatever_comes_is_plain_text_with_a_title_on_one_line(carried: Message) -> None:
    for degraded in (False, True):
        title, body = rendered(delivery(carried, degraded=degraded), NOW)
        assert title
        assert "\n" not in title
        assert not NOT_TEXT.search(title + body)
        assert "msg_abcdefghijklmnopqrstuvwxyz" in body
        (title + body).encode("utf-8")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_stay_words(name: str) -> None:
    title, body = rendered(delivery(hostile(HOSTILE[name])), NOW)
    assert "<!channel>" not in title + body
    assert "@everyone" not in title + body


def test_degraded_is_short_and_names_the_alert() -> None:
    many = message(outlets=tuple(outlet(f"Outlet {n}", n) for n in range(1, 80)))
    _, body = rendered(delivery(many, degraded=True), NOW)
    assert len(body) < 400
    assert body.endswith("id msg_abcdefghijklmnopqrstuvwxyz")


def test_a_channel_of_it_shows_no_address() -> None:
    assert "newsroom" not in repr(build("phone", Options(url="json://127.0.0.1:9/newsroom")))

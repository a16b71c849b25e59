"""One contract for every channel kind on disk: a new file in alerts/channels joins by an entry in `KINDS` below."""

import asyncio
import fcntl
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest
from pydantic import ValidationError

from core.errors import DeliveryError, Failure
from core.http import post
from core.kinds import kinds, load
from core.model import AlertKind
from demo.inbox import Addresses, running
from demo.inbox_state import Fault, Inbox
from tests.alerts.channels.making import HOSTILE, NOW, TITLE, delivery, hostile, loopback, message

CANARY = "canary-secret-0123456789"
SIGNING = "whsec_Y2FuYXJ5LXNlY3JldC0wMTIzNDU2Nzg5"  # the base64 of the canary and more
TOKEN = f"xoxb-{CANARY}"
ID = "msg_abcdefghijklmnopqrstuvwxyz"
SOON = 0.4  # seconds a hurried channel waits


@dataclass(frozen=True, slots=True)
class Kind:
    """How to configure a kind against the inbox, and wrong values of each option that it must refuse.

    `path` is where its requests can be given faults; none where it sends to no server. `hurried`: the same channel
    with little patience.
    """

    options: Callable[[Addresses, Path], dict[str, Any]]
    wrong: tuple[tuple[str, Any], ...] = ()
    path: str = ""
    hurried: Callable[[Any], Any] = lambda channel: channel
    unreachable: Failure = Failure.TRANSIENT


def apprise_url(at: Addresses) -> str:
    return f"json://{at.http.partition('://')[2]}/apprise/{CANARY}"


KINDS = {
    "console": Kind(lambda at, folder: {}),
    "slack": Kind(
        lambda at, folder: {"url": f"{at.http}/slack/{CANARY}"},
        (("url", "hooks.slack.com/services/x"), ("url", "ftp://host.example/x"), ("url", "https://"), ("url", ""),
         ("token", TOKEN), ("channel", "C0123456789")),
        f"/slack/{CANARY}",
    ),
    "slack by token": Kind(
        lambda at, folder: {"token": TOKEN, "channel": "C0123456789", "api": f"{at.http}/api"},
        (("token", "abc"), ("token", "xapp-1-A0-1-a"), ("channel", "#desk now"), ("channel", None), ("token", None),
         ("api", "slack.com"), ("url", "https://hooks.slack.com/services/T0/B0/x")),
        "/api/chat.postMessage",
    ),
    "webhook": Kind(
        lambda at, folder: {"url": f"{at.http}/hook/{CANARY}", "secret": SIGNING},
        (("url", "file:///etc/passwd"), ("url", "https://user:word@host.example/"), ("secret", "short")),
        f"/hook/{CANARY}",
    ),
    "email": Kind(
        lambda at, folder: {"smtp": at.smtp, "from": "wire@borderwire.example", "to": ["a@x.example", "b@x.example"]},
        (("smtp", "mail.example.org"), ("from", "nobody"), ("to", [])),
        "/mail/content",
        lambda channel: replace(channel, seconds=SOON),
    ),
    "apprise": Kind(
        lambda at, folder: {"url": apprise_url(at)},
        (("url", "ntfy.example.org"), ("url", "nothing://host.example"), ("url", "json://a b"), ("url", "")),
        f"/apprise/{CANARY}",
        lambda channel: replace(channel, seconds=1.2),  # a process has to start within it
    ),
    "atom": Kind(
        lambda at, folder: {"folder": str(folder)},
        (("folder", "feeds"), ("folder", "~/feeds"), ("folder", "")),
        hurried=lambda channel: replace(channel, patience=SOON),
    ),
}  # fmt: skip
NOWHERE = Addresses("http://127.0.0.1:2", "smtp://127.0.0.1:2")
FOLDER = Path("/nowhere/alerts")
SENDING = [kind for kind, made in KINDS.items() if made.path]
HTTP = [kind for kind in SENDING if kind not in ("email", "apprise")]
every_kind = pytest.mark.parametrize("kind", KINDS)
sending_kinds = pytest.mark.parametrize("kind", SENDING)
http_kinds = pytest.mark.parametrize("kind", HTTP)
arriving_kinds = pytest.mark.parametrize("kind", [*SENDING, "atom"])


def module_of(kind: str) -> Any:
    return load("alerts.channels", kind.split()[0])


@dataclass(frozen=True, slots=True)
class Rig:
    """A channel of a kind, the inbox it sends to and the folder it writes to."""

    kind: str
    channel: Any
    inbox: Inbox
    http: httpx.AsyncClient
    folder: Path

    async def send(self, carried: Any = None, **changed: Any) -> None:
        for target in self.channel.targets():
            await self.channel.send(delivery(carried, target=target, **changed), self.http, NOW)

    async def failure(self, fault: Fault) -> DeliveryError:
        self.inbox.faults.script(KINDS[self.kind].path, [fault])
        with pytest.raises(DeliveryError) as caught:
            await self.send()
        return caught.value

    def hurried(self) -> "Rig":
        return replace(self, channel=KINDS[self.kind].hurried(self.channel))

    def arrived(self) -> list[dict[str, Any]]:
        """What receivers have by now, newest first."""
        if self.kind != "atom":
            return list(self.inbox.log.recent)
        return [
            {"status": 200, "body": dict(entry)}
            for file in sorted(self.folder.glob("*.atom"))
            for entry in feedparser.parse(file.read_bytes()).entries
        ]


@asynccontextmanager
async def rig(kind: str, folder: Path) -> AsyncIterator[Rig]:
    inbox = Inbox()
    async with running(inbox) as at, loopback() as http:
        yield Rig(kind, make(kind, at, folder), inbox, http, folder)


def make(kind: str, at: Addresses = NOWHERE, folder: Path = FOLDER, **changed: Any) -> Any:
    module, given = module_of(kind), {**KINDS[kind].options(at, folder), **changed}
    return module.build("desk", module.Options.model_validate({k: v for k, v in given.items() if v is not None}))


def test_every_kind_on_disk_is_under_contract() -> None:
    assert set(kinds("alerts.channels")) == {kind.split()[0] for kind in KINDS}


@every_kind
def test_unknown_options_are_refused_and_known_ones_frozen(kind: str) -> None:
    module = module_of(kind)
    good = KINDS[kind].options(NOWHERE, FOLDER)
    with pytest.raises(ValidationError):
        module.Options.model_validate({**good, "colour": "red"})
    options = module.Options.model_validate(good)
    for name in type(options).model_fields:
        with pytest.raises(ValidationError):
            setattr(options, name, "changed")


@every_kind
def test_every_option_without_a_default_is_asked_for(kind: str) -> None:
    module = module_of(kind)
    for name, field in module.Options.model_fields.items():
        given = {k: v for k, v in KINDS[kind].options(NOWHERE, FOLDER).items() if k != (field.alias or name)}
        if field.is_required():
            with pytest.raises(ValidationError):
                module.Options.model_validate(given)


@pytest.mark.parametrize(("kind", "key", "value"), [(k, *wrong) for k, made in KINDS.items() for wrong in made.wrong])
def test_a_wrong_value_is_refused_with_what_to_write(kind: str, key: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        make(kind, **{key: value})
    said = caught.value.errors()[0]["msg"]
    assert any(word in said for word in ("write", "expected", "begins with"))


@every_kind
def test_the_manual_shows_a_configuration_of_the_kind(kind: str) -> None:
    manual = module_of(kind).__doc__
    assert f"kind: {kind.split()[0]}" in manual
    for name, field in module_of(kind).Options.model_fields.items():
        assert (field.alias or name) in manual


@every_kind
def test_says_its_targets_deadline_and_pace(kind: str) -> None:
    channel = make(kind)
    assert channel.name == "desk"
    assert len(set(channel.targets())) == len(channel.targets()) >= 1
    assert channel.deadline == timedelta(hours=120 if kind == "email" else 72)
    assert timedelta() <= channel.pace <= timedelta(seconds=1)


@arriving_kinds
async def test_an_alert_arrives_once_at_each_target_with_its_id(kind: str, tmp_path: Path) -> None:
    async with rig(kind, tmp_path) as made:
        await made.send()
        arrived = made.arrived()
    assert len(arrived) == len(made.channel.targets())
    for entry in arrived:
        assert 200 <= entry["status"] < 300
        whole = json.dumps(entry, ensure_ascii=False)
        for part in (ID, TITLE, "tariff", "Border Gazette", "El Paso Post", "403"):
            assert part in whole


@every_kind
async def test_the_console_or_the_inbox_shows_why_it_fired(
    kind: str, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    async with rig(kind, tmp_path) as made:
        await made.send()
        sys.stdout.flush()
        shown = capfd.readouterr().out + json.dumps(made.arrived(), ensure_ascii=False)
    for part in ("tariffs", "tariff", "Tijuana Hoy", "answered 403", "added 12:01 UTC"):
        assert part in shown


# a process for each message of Apprise's: the worst ones must do here, tests of its own take the rest without one
APPRISE_TAKES = ("line breaks", "nul and escape", "lone surrogates", "ten thousand", "empty")
WORST = [
    (kind, name, degraded)
    for kind in KINDS
    for name in HOSTILE
    for degraded in (False, True)
    if kind != "apprise" or (name in APPRISE_TAKES and not degraded)
]


@pytest.mark.parametrize(("kind", "name", "degraded"), WORST)
async def test_hostile_words_are_delivered(kind: str, name: str, degraded: bool, tmp_path: Path) -> None:
    async with rig(kind, tmp_path) as made:
        await made.send(hostile(HOSTILE[name]), degraded=degraded)
        arrived = made.arrived()
    assert all(200 <= entry["status"] < 300 for entry in arrived)


@every_kind
@pytest.mark.parametrize("alert", AlertKind)
async def test_every_kind_of_alert_is_delivered_with_or_without_a_receipt(
    kind: str, alert: AlertKind, tmp_path: Path
) -> None:
    async with rig(kind, tmp_path) as made:
        await made.send(message(kind=alert))
        await made.send(message(kind=alert, receipt=None, outlets=(), url="", desk_url=None, language=None, lines=()))
        arrived = made.arrived()
    assert all(200 <= entry["status"] < 300 for entry in arrived)


@sending_kinds
async def test_degraded_carries_the_same_news_in_less(kind: str, tmp_path: Path) -> None:
    async with rig(kind, tmp_path) as made:
        await made.send()
        await made.send(degraded=True)
        arrived = made.arrived()
    plain, full = arrived[0]["body"], arrived[-1]["body"]
    assert len(json.dumps(plain)) < len(json.dumps(full))
    assert TITLE[:40] in json.dumps(plain)
    assert "blocks" not in plain
    assert not plain.get("html")


@arriving_kinds
async def test_a_retry_carries_the_same_id(kind: str, tmp_path: Path) -> None:
    async with rig(kind, tmp_path) as made:
        await made.send()
        await made.send(attempts=2, epoch=2)
        whole = [json.dumps(entry) for entry in made.arrived()]
        headers = [entry.get("headers", {}) for entry in made.arrived()]
    assert len(whole) == (1 if kind == "atom" else 2 * len(made.channel.targets()))
    assert all(ID in text for text in whole)
    for name in {"webhook": ("webhook-id",), "email": ("message-id",)}.get(kind, ()):
        assert {h[name].strip("<>").partition("@")[0] for h in headers} == {ID}


@sending_kinds
async def test_a_receiver_that_hangs_is_left_at_the_deadline(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(post.__kwdefaults__, "deadline", SOON)
    async with rig(kind, tmp_path) as made:
        error = await made.hurried().failure("hang")
    assert error.failure is Failure.UNCERTAIN
    assert CANARY not in str(error)


@sending_kinds
async def test_a_message_that_is_given_up_half_way_leaves_nothing_behind(kind: str, tmp_path: Path) -> None:
    before = children()  # another test of this process may have left multiprocessing's helper
    async with rig(kind, tmp_path) as made:
        made.inbox.faults.script(KINDS[kind].path, ["hang"])
        under_way = asyncio.create_task(made.send())
        while not made.inbox.log.count:
            await asyncio.sleep(0.01)
        under_way.cancel()
        with pytest.raises(asyncio.CancelledError):
            await under_way
        assert children() == before
        await made.send()
        arrived = made.arrived()
    assert {e["status"] for e in arrived[: len(made.channel.targets())]} <= {200, 204, 250}


def children() -> list[str]:
    """Processes of ours that still run."""
    return [line for line in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split() if line]


async def test_a_folder_that_another_process_writes_to_is_waited_for_and_not_for_ever(tmp_path: Path) -> None:
    async with rig("atom", tmp_path) as made:
        with (tmp_path / ".lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            with pytest.raises(DeliveryError) as caught:
                await made.hurried().send()
            assert caught.value.failure is Failure.TRANSIENT
            under_way = asyncio.create_task(made.send())
            await asyncio.sleep(0.1)
            assert made.arrived() == []
        await under_way
        assert len(made.arrived()) == 1


@pytest.mark.parametrize("kind", ["slack by token", "atom"])
async def test_what_was_sent_can_be_changed_in_place(kind: str, tmp_path: Path) -> None:
    async with rig(kind, tmp_path) as made:
        first = message(outlets=message().outlets[:1])
        remote = await made.channel.send(delivery(first), made.http, NOW)
        await made.channel.change(delivery(sent=NOW), remote, made.http, NOW + timedelta(minutes=5))
        newest = json.dumps(made.arrived()[0], ensure_ascii=False)
    for part in (ID, "El Paso Post", "Tijuana Hoy", "sent 12:02 UTC, 9 s after it was seen"):
        assert part in newest


HTTP_CLASSES = [
    (301, Failure.CONFIG), (307, Failure.CONFIG), (400, Failure.REJECTED), (401, Failure.CONFIG),
    (403, Failure.CONFIG), (404, Failure.CONFIG), (408, Failure.TRANSIENT), (410, Failure.CONFIG),
    (413, Failure.REJECTED), (418, Failure.TRANSIENT), (422, Failure.REJECTED), (425, Failure.TRANSIENT),
    (429, Failure.SLOW_DOWN), (500, Failure.TRANSIENT), (502, Failure.TRANSIENT), (503, Failure.TRANSIENT),
    (504, Failure.TRANSIENT), ("drop", Failure.UNCERTAIN),
]  # fmt: skip


@http_kinds
@pytest.mark.parametrize(("fault", "expected"), HTTP_CLASSES)
async def test_every_http_answer_has_its_class(kind: str, fault: Fault, expected: Failure, tmp_path: Path) -> None:
    async with rig(kind, tmp_path) as made:
        error = await made.failure(fault)
    assert error.failure is expected
    if isinstance(fault, int):
        assert error.status == fault
    assert str(error).startswith("127.0.0.1:")


@http_kinds
@pytest.mark.parametrize("status", [429, 503])
async def test_a_hint_to_slow_down_is_passed_on(kind: str, status: int, tmp_path: Path) -> None:
    async with rig(kind, tmp_path) as made:
        error = await made.failure({"status": status, "headers": {"Retry-After": "17"}, "body": ""})
    assert (error.failure, error.retry_after) == (Failure.SLOW_DOWN, timedelta(seconds=17))


@http_kinds
async def test_a_redirect_is_never_followed(kind: str, tmp_path: Path) -> None:
    async with rig(kind, tmp_path) as made, running(other := Inbox()) as elsewhere:
        headers = {"Location": f"{elsewhere.http}{KINDS[kind].path}"}
        error = await made.failure({"status": 307, "headers": headers, "body": ""})
    assert error.failure is Failure.CONFIG
    assert "final address" in str(error)
    assert other.log.count == 0


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_2xx_means_that_a_webhook_arrived(status: int, tmp_path: Path) -> None:
    async with rig("webhook", tmp_path) as made:
        made.inbox.faults.script(KINDS["webhook"].path, [{"status": status, "body": "" if status == 204 else "thanks"}])
        await made.send()


@http_kinds
@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
async def test_a_server_that_echoes_a_secret_gets_it_into_no_error(kind: str, status: int, tmp_path: Path) -> None:
    async with rig(kind, tmp_path) as made:
        echo = f"cannot POST {KINDS[kind].path} with {SIGNING} and {TOKEN}"
        error = await made.failure({"status": status, "headers": {"X-Echo": CANARY}, "body": echo})
    said = f"{error} {error!r} {error.__cause__}"
    assert CANARY not in said
    assert SIGNING not in said
    assert "cannot POST" in str(error)


@sending_kinds
async def test_an_unreachable_place_is_transient_and_tells_no_secret(kind: str) -> None:
    async with loopback() as http:
        channel = make(kind, NOWHERE)
        with pytest.raises(DeliveryError) as caught:
            await channel.send(delivery(target=channel.targets()[0]), http, NOW)
    assert caught.value.failure is Failure.TRANSIENT
    assert CANARY not in str(caught.value)


@sending_kinds
async def test_the_next_message_goes_after_every_failure(kind: str, tmp_path: Path) -> None:
    async with rig(kind, tmp_path) as made:
        await made.failure("drop")
        await made.failure(451 if kind == "email" else 500)
        await made.send()
        arrived = made.arrived()
    assert {e["status"] for e in arrived[: len(made.channel.targets())]} <= {200, 204, 250}


@every_kind
def test_a_channel_shows_no_secret(kind: str) -> None:
    secret = replace(NOWHERE, smtp=f"smtps://wire:{CANARY}@mail.example.org")
    assert CANARY not in repr(make(kind, secret))

"""One contract for every channel kind on disk: a new file in alerts/channels joins by an entry in `KINDS` below."""

import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from core.errors import DeliveryError, Failure
from core.kinds import kinds, load
from core.model import AlertKind
from demo.inbox import Addresses, running
from demo.inbox_state import Fault, Inbox
from tests.alerts.channels.making import HOSTILE, NOW, TITLE, delivery, hostile, loopback, message

CANARY = "canary-secret-0123456789"
SIGNING = "whsec_Y2FuYXJ5LXNlY3JldC0wMTIzNDU2Nzg5"  # the base64 of the canary and more
PLACE = {"slack": f"/slack/{CANARY}", "webhook": f"/hook/{CANARY}", "email": "/mail/content"}


@dataclass(frozen=True, slots=True)
class Kind:
    """How to configure a kind against the inbox, and wrong values of each option that it must refuse."""

    options: Callable[[Addresses], dict[str, Any]]
    wrong: tuple[tuple[str, Any], ...] = ()


KINDS = {
    "console": Kind(lambda at: {}),
    "slack": Kind(
        lambda at: {"url": at.http + PLACE["slack"]},
        (("url", "hooks.slack.com/services/x"), ("url", "ftp://host.example/x"), ("url", "https://"), ("url", "")),
    ),
    "webhook": Kind(
        lambda at: {"url": at.http + PLACE["webhook"], "secret": SIGNING},
        (("url", "file:///etc/passwd"), ("url", "https://user:word@host.example/"), ("secret", "short")),
    ),
    "email": Kind(
        lambda at: {"smtp": at.smtp, "from": "wire@borderwire.example", "to": ["a@x.example", "b@x.example"]},
        (("smtp", "mail.example.org"), ("from", "nobody"), ("to", [])),
    ),
}
NOWHERE = Addresses("http://127.0.0.1:1", "smtp://127.0.0.1:1")
SENDING = [kind for kind in KINDS if kind in PLACE]
every_kind = pytest.mark.parametrize("kind", kinds("alerts.channels"))
sending_kinds = pytest.mark.parametrize("kind", SENDING)


@dataclass(frozen=True, slots=True)
class Rig:
    """A channel of a kind and the inbox it sends to."""

    channel: Any
    inbox: Inbox
    http: httpx.AsyncClient

    async def send(self, carried: Any = None, **changed: Any) -> None:
        for target in self.channel.targets():
            await self.channel.send(delivery(carried, target=target, **changed), self.http, NOW)

    async def failure(self, fault: Fault) -> DeliveryError:
        kind = type(self.channel).__module__.rpartition(".")[2]
        self.inbox.faults.script(PLACE[kind], [fault])
        with pytest.raises(DeliveryError) as caught:
            await self.send()
        return caught.value


@asynccontextmanager
async def rig(kind: str) -> AsyncIterator[Rig]:
    inbox = Inbox()
    async with running(inbox) as at, loopback() as http:
        yield Rig(make(kind, at), inbox, http)


def make(kind: str, at: Addresses = NOWHERE, **changed: Any) -> Any:
    module = load("alerts.channels", kind)
    return module.build("desk", module.Options.model_validate({**KINDS[kind].options(at), **changed}))


def test_every_kind_on_disk_is_under_contract() -> None:
    assert kinds("alerts.channels") == sorted(KINDS)


@every_kind
def test_unknown_options_are_refused_and_known_ones_frozen(kind: str) -> None:
    module = load("alerts.channels", kind)
    good = KINDS[kind].options(NOWHERE)
    with pytest.raises(ValidationError):
        module.Options.model_validate({**good, "colour": "red"})
    options = module.Options.model_validate(good)
    for name in type(options).model_fields:
        with pytest.raises(ValidationError):
            setattr(options, name, "changed")


@every_kind
def test_every_option_without_a_default_is_asked_for(kind: str) -> None:
    module = load("alerts.channels", kind)
    for name, field in module.Options.model_fields.items():
        given = {k: v for k, v in KINDS[kind].options(NOWHERE).items() if k != (field.alias or name)}
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
    manual = load("alerts.channels", kind).__doc__
    assert f"kind: {kind}" in manual
    for name, field in load("alerts.channels", kind).Options.model_fields.items():
        assert (field.alias or name) in manual


@every_kind
def test_says_its_targets_deadline_and_pace(kind: str) -> None:
    channel = make(kind)
    assert channel.name == "desk"
    assert len(set(channel.targets())) == len(channel.targets()) >= 1
    assert channel.deadline == timedelta(hours=120 if kind == "email" else 72)
    assert timedelta() <= channel.pace <= timedelta(seconds=1)


@sending_kinds
async def test_an_alert_arrives_once_at_each_target_with_its_id(kind: str) -> None:
    async with rig(kind) as made:
        await made.send()
        arrived = list(made.inbox.log.recent)
    assert len(arrived) == len(made.channel.targets())
    for entry in arrived:
        assert 200 <= entry["status"] < 300
        whole = json.dumps(entry, ensure_ascii=False)
        for part in ("msg_abcdefghijklmnopqrstuvwxyz", TITLE, "tariff", "Border Gazette", "El Paso Post", "403"):
            assert part in whole


@every_kind
async def test_the_console_or_the_inbox_shows_why_it_fired(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    async with rig(kind) as made:
        await made.send()
        sys.stdout.flush()
        shown = capfd.readouterr().out + json.dumps(list(made.inbox.log.recent), ensure_ascii=False)
    for part in ("tariffs", "tariff", "Tijuana Hoy", "answered 403", "added 12:01 UTC"):
        assert part in shown


@every_kind
@pytest.mark.parametrize("degraded", [False, True])
@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_words_are_delivered(kind: str, name: str, degraded: bool) -> None:
    async with rig(kind) as made:
        await made.send(hostile(HOSTILE[name]), degraded=degraded)
        arrived = list(made.inbox.log.recent)
    assert all(200 <= entry["status"] < 300 for entry in arrived)


@every_kind
@pytest.mark.parametrize("alert", AlertKind)
async def test_every_kind_of_alert_is_delivered_with_or_without_a_receipt(kind: str, alert: AlertKind) -> None:
    async with rig(kind) as made:
        await made.send(message(kind=alert))
        await made.send(message(kind=alert, receipt=None, outlets=(), url="", desk_url=None, language=None, lines=()))
        arrived = list(made.inbox.log.recent)
    assert all(200 <= entry["status"] < 300 for entry in arrived)


@sending_kinds
async def test_degraded_carries_the_same_news_in_less(kind: str) -> None:
    async with rig(kind) as made:
        await made.send()
        await made.send(degraded=True)
        arrived = list(made.inbox.log.recent)
    plain, full = arrived[0]["body"], arrived[-1]["body"]
    assert len(json.dumps(plain)) < len(json.dumps(full))
    assert TITLE[:40] in json.dumps(plain)
    assert "blocks" not in plain
    assert not plain.get("html")


HTTP_CLASSES = [
    (301, Failure.CONFIG), (307, Failure.CONFIG), (400, Failure.REJECTED), (401, Failure.CONFIG),
    (403, Failure.CONFIG), (404, Failure.CONFIG), (408, Failure.TRANSIENT), (410, Failure.CONFIG),
    (413, Failure.REJECTED), (418, Failure.TRANSIENT), (422, Failure.REJECTED), (425, Failure.TRANSIENT),
    (429, Failure.SLOW_DOWN), (500, Failure.TRANSIENT), (502, Failure.TRANSIENT), (503, Failure.TRANSIENT),
    (504, Failure.TRANSIENT), ("drop", Failure.UNCERTAIN),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["slack", "webhook"])
@pytest.mark.parametrize(("fault", "expected"), HTTP_CLASSES)
async def test_every_http_answer_has_its_class(kind: str, fault: Fault, expected: Failure) -> None:
    async with rig(kind) as made:
        error = await made.failure(fault)
    assert error.failure is expected
    if isinstance(fault, int):
        assert error.status == fault
    assert str(error).startswith("127.0.0.1:")


@pytest.mark.parametrize("kind", ["slack", "webhook"])
@pytest.mark.parametrize("status", [429, 503])
async def test_a_hint_to_slow_down_is_passed_on(kind: str, status: int) -> None:
    async with rig(kind) as made:
        error = await made.failure({"status": status, "headers": {"Retry-After": "17"}, "body": ""})
    assert (error.failure, error.retry_after) == (Failure.SLOW_DOWN, timedelta(seconds=17))


@pytest.mark.parametrize("kind", ["slack", "webhook"])
async def test_a_redirect_is_never_followed(kind: str) -> None:
    async with rig(kind) as made, running(other := Inbox()) as elsewhere:
        headers = {"Location": f"{elsewhere.http}{PLACE[kind]}"}
        error = await made.failure({"status": 307, "headers": headers, "body": ""})
    assert error.failure is Failure.CONFIG
    assert "final address" in str(error)
    assert other.log.count == 0


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_2xx_means_that_a_webhook_arrived(status: int) -> None:
    async with rig("webhook") as made:
        made.inbox.faults.script(PLACE["webhook"], [{"status": status, "body": "" if status == 204 else "thanks"}])
        await made.send()


@pytest.mark.parametrize("kind", ["slack", "webhook"])
@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
async def test_a_server_that_echoes_a_secret_gets_it_into_no_error(kind: str, status: int) -> None:
    async with rig(kind) as made:
        echo = f"cannot POST {PLACE[kind]} with {SIGNING} and {CANARY}"
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
async def test_the_next_message_goes_after_every_failure(kind: str) -> None:
    async with rig(kind) as made:
        await made.failure("drop")
        await made.failure(451 if kind == "email" else 500)
        await made.send()
        arrived = list(made.inbox.log.recent)
    assert {e["status"] for e in arrived[: len(made.channel.targets())]} <= {200, 204, 250}


@every_kind
def test_a_channel_shows_no_secret(kind: str) -> None:
    secret = replace(NOWHERE, smtp=f"smtps://wire:{CANARY}@mail.example.org")
    assert CANARY not in repr(make(kind, secret))

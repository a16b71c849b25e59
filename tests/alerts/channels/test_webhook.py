"""The webhook channel: signed as Standard Webhooks asks, small enough whatever comes, the same bytes at every retry."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from alerts.channels.webhook import MOST, Options, body, build, headers
from core.message_json import decode, encode
from core.model import AlertKind, Message
from demo.inbox import running
from demo.inbox_state import Inbox
from tests.alerts.channels.making import HOSTILE, NOW, delivery, hostile, loopback, message, messages, outlet

NEW = "whsec_" + base64.b64encode(b"n" * 32).decode()
OLD = "whsec_" + base64.b64encode(b"o" * 24).decode()


def options(**changed: Any) -> Options:
    return Options.model_validate({"url": "https://intake.example/alerts", **changed})


def test_the_body_is_the_stored_message_in_its_envelope() -> None:
    found = json.loads(body(delivery()))
    assert found == {
        "id": "msg_abcdefghijklmnopqrstuvwxyz",
        "type": "alert.story",
        "timestamp": "2025-02-05T12:02:00.000+00:00",
        "data": encode(message()),
    }


def test_every_retry_sends_the_same_bytes() -> None:
    assert body(delivery()) == body(delivery(attempts=9, epoch=9))


@settings(deadline=None)
@given(messages(), st.booleans())
def test_a_body_is_small_enough_and_still_a_message(carried: Message, degraded: bool) -> None:
    content = body(delivery(carried, degraded=degraded))
    assert len(content) <= MOST
    found = json.loads(content.decode("utf-8"))
    back = decode(found["data"])
    assert (back.alert_id, back.kind, back.rule[:20]) == (carried.alert_id, carried.kind, carried.rule[:20])
    if not found["data"].get("truncated"):
        assert len(back.outlets) == len(carried.outlets)


def test_outlets_go_before_the_headline_does() -> None:
    many = tuple(outlet(f"Outlet {n}", n) for n in range(1, 300))
    found = json.loads(body(delivery(message(outlets=many))))["data"]
    assert found["truncated"] is True
    assert found["title"] == message().title
    assert found["receipt"]["words"] == ["tariff", "tariffs"]
    assert 10 <= len(found["outlets"]) < 300
    assert found["outlets"][0]["name"] == "Outlet 1"


def test_an_address_is_never_cut() -> None:
    long = "https://outlet.example/" + "x" * 40_000
    found = json.loads(body(delivery(message(url=long, outlets=(outlet(url=long),)))))["data"]
    assert (found["url"], found["outlets"][0]["url"]) == ("", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_are_valid_json(name: str) -> None:
    found = json.loads(body(delivery(hostile(HOSTILE[name]))).decode("utf-8"))
    assert found["data"]["kind"] == "story"
    assert not any("\ud800" <= c <= "\udfff" for c in found["data"]["title"])


def test_type_names_the_alerts_kind() -> None:
    for kind in AlertKind:
        assert json.loads(body(delivery(message(kind=kind))))["type"] == f"alert.{kind}"


async def test_the_standards_own_library_accepts_what_arrives_and_nothing_else() -> None:
    now = datetime.now(UTC)
    content = body(delivery())
    sent = headers("msg_1", content, (NEW,), now)
    assert Verifier(NEW).verify(content, sent) == json.loads(content)
    changed = bytearray(content)
    changed[40] ^= 1
    with pytest.raises(WebhookVerificationError):
        Verifier(NEW).verify(bytes(changed), sent)
    with pytest.raises(WebhookVerificationError):
        Verifier(NEW).verify(content, {**sent, "webhook-id": "msg_2"})
    with pytest.raises(WebhookVerificationError):
        Verifier(OLD).verify(content, sent)


def test_an_old_request_is_not_accepted_again() -> None:
    content = body(delivery())
    sent = headers("msg_1", content, (NEW,), datetime.now(UTC) - timedelta(minutes=6))
    with pytest.raises(WebhookVerificationError):
        Verifier(NEW).verify(content, sent)


def test_two_secrets_sign_while_the_receiver_changes_over() -> None:
    content = body(delivery())
    sent = headers("msg_1", content, options(secret=[NEW, OLD]).secret, datetime.now(UTC))
    assert sent["webhook-signature"].count("v1,") == 2
    for secret in (NEW, OLD):
        assert Verifier(secret).verify(content, sent)


async def test_the_bytes_that_arrive_are_the_bytes_that_were_signed() -> None:
    inbox = Inbox(secret=NEW)
    async with running(inbox) as at, loopback() as http:
        signed = build("hook", options(url=f"{at.http}/hook/newsroom", secret=NEW))
        await signed.send(delivery(hostile(HOSTILE["lone surrogates"])), http, datetime.now(UTC))
    entry = inbox.log.recent[0]
    assert (entry["status"], entry["headers"]["webhook-id"]) == (204, "msg_abcdefghijklmnopqrstuvwxyz")
    assert entry["headers"]["content-type"] == "application/json"


def test_without_a_secret_nothing_is_signed() -> None:
    assert "webhook-signature" not in headers("msg_1", b"{}", (), NOW)


@pytest.mark.parametrize(
    "secret",
    ["", "abcdef", "whsec_", "whsec_!!!", NEW.removeprefix("whsec_"), "whsec_" + base64.b64encode(b"x" * 23).decode(),
     "whsec_" + base64.b64encode(b"x" * 65).decode(), [], [NEW, OLD, NEW], [NEW, 3], {"a": 1}, 12],
)  # fmt: skip
def test_a_secret_of_another_form_is_refused_with_what_to_write(secret: object) -> None:
    with pytest.raises(ValidationError) as caught:
        options(secret=secret)
    said = caught.value.errors()[0]["msg"]
    assert "whsec_" in said or "at most two" in said
    assert not (isinstance(secret, str) and len(secret) > 8 and secret in said)


def test_a_secret_stands_in_no_repr() -> None:
    assert NEW not in repr(build("hook", options(secret=NEW)))
    assert "intake" not in repr(options())

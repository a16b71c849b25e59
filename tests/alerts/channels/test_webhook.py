"""The webhook channel: signed as Standard Webhooks asks, small enough whatever comes, the same bytes at every retry."""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from alerts.channels.webhook import MOST, Options, body, build, headers
from core.errors import DeliveryError, Failure
from core.http import MAX_ANSWER, post
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


def test_a_retry_has_the_same_id_and_bytes_and_its_own_time_and_signature() -> None:
    now = datetime.now(UTC) - timedelta(seconds=60)
    content = body(delivery())
    first, again = (headers("msg_1", content, (NEW,), now + timedelta(seconds=s)) for s in (0, 60))
    assert first["webhook-id"] == again["webhook-id"]
    assert int(again["webhook-timestamp"]) == int(first["webhook-timestamp"]) + 60
    assert first["webhook-signature"] != again["webhook-signature"]
    for sent in (first, again):
        assert Verifier(NEW).verify(content, sent)


async def test_a_receiver_that_changes_its_secret_misses_nothing() -> None:
    """Old secret; then the sender signs with both; then the receiver changes; then the old one goes."""
    for known, secrets in ((OLD, OLD), (OLD, [NEW, OLD]), (NEW, [NEW, OLD]), (NEW, NEW)):
        inbox = Inbox(secret=known)
        async with running(inbox) as at, loopback() as http:
            made = build("hook", options(url=f"{at.http}/hook/newsroom", secret=secrets))
            await made.send(delivery(), http, datetime.now(UTC))
    inbox = Inbox(secret=NEW)
    async with running(inbox) as at, loopback() as http:
        with pytest.raises(DeliveryError) as caught:
            await build("hook", options(url=f"{at.http}/hook/newsroom", secret=OLD)).send(
                delivery(), http, datetime.now(UTC)
            )
    assert caught.value.failure is Failure.CONFIG
    assert "check `url:` and `secret:`" in str(caught.value)


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[str]:
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    finally:
        server.close()


@pytest.mark.parametrize(("head", "failure"), [(b"HTTP/1.1 200 OK", Failure.UNCERTAIN), (b"", Failure.UNCERTAIN)])
async def test_a_server_that_drips_its_head_is_left_at_the_deadline(
    head: bytes, failure: Failure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(post.__kwdefaults__, "deadline", 0.3)

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            writer.write(head)
            while True:  # every byte within any timeout between two bytes
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)

    async with talking(drip) as url, loopback() as http:
        with pytest.raises(DeliveryError) as caught:
            await build("hook", options(url=url)).send(delivery(), http, NOW)
    assert caught.value.failure is failure


@pytest.mark.parametrize(("status", "failure"), [(200, None), (410, Failure.CONFIG), (500, Failure.TRANSIENT)])
async def test_of_an_answer_without_end_the_status_counts_and_64_kb_are_read(
    status: int, failure: Failure | None
) -> None:
    written = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 %d X\r\nContent-Type: text/plain\r\nContent-Length: 999999999\r\n\r\n" % status)
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b"x" * 65_536)
                written += 65_536
                await writer.drain()

    async with talking(flood) as url, loopback() as http:
        made = build("hook", options(url=url)).send(delivery(), http, NOW)
        if failure is None:
            await made
        else:
            with pytest.raises(DeliveryError) as caught:
                await made
            assert caught.value.failure is failure
            assert len(str(caught.value)) < 400
    assert written < 200 * MAX_ANSWER  # what the sockets' buffers hold, and no more


def test_what_is_dropped_first_are_outlets_and_what_stays_is_whole() -> None:
    """16 kB: outlets beyond what fits go first, from the end; the headline, its address and the receipt stay."""
    for count in (30, 100, 1000):
        many = tuple(outlet(f"Outlet {n}", n) for n in range(1, count + 1))
        data = json.loads(content := body(delivery(message(outlets=many))))["data"]
        kept = [o["name"] for o in data["outlets"]]
        assert len(content) <= MOST
        assert kept == [f"Outlet {n}" for n in range(1, len(kept) + 1)]
        assert (data["title"], data["url"]) == (message().title, message().url)
        assert data["receipt"] == encode(message())["receipt"]
        assert data.get("truncated", False) == (len(kept) < count)

"""The Slack channel as an app: threads, changes in place, every documented word in its class, the token in no error."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from alerts.channels._slack_words import BOT, CLASSES, PASSING, REFUSED, SLOW, THREAD_GONE, UNCERTAIN
from alerts.channels.slack import ONE_WAY, Bot, Hook, Options, build, classify_api
from core.errors import DeliveryError, Failure
from core.model import AlertKind, Delivery
from demo.inbox import running
from demo.inbox_slack import channel_id
from demo.inbox_state import Fault, Inbox, RateLimit
from tests.alerts.channels.making import NOW, delivery, loopback, message, outlet

TOKEN = "xoxb-11-22-canary0123456789"
POST, UPDATE = "/api/chat.postMessage", "/api/chat.update"


def app(http: str, channel: str = "newsroom", token: str = TOKEN) -> Bot:
    made = build("desk", Options(token=token, channel=channel, api=f"{http}/api"))
    assert isinstance(made, Bot)
    return made


async def send(inbox: Inbox, *deliveries: Delivery, channel: str = "newsroom", token: str = TOKEN) -> list[str | None]:
    async with running(inbox) as at, loopback() as http:
        return [await app(at.http, channel, token).send(one, http, NOW) for one in deliveries]


async def failing(fault: Fault | None = None, *, channel: str = "newsroom", token: str = TOKEN) -> DeliveryError:
    inbox = Inbox()
    inbox.faults.script(POST, [] if fault is None else [fault])
    with pytest.raises(DeliveryError) as caught:
        await send(inbox, delivery(), channel=channel, token=token)
    return caught.value


def refusal(word: str, **more: Any) -> dict[str, Any]:
    return {"status": 200, "body": json.dumps({"ok": False, "error": word, **more})}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"token": TOKEN},
        {"channel": "C0123456789"},
        {"url": "https://hooks.slack.com/services/x", "token": TOKEN, "channel": "C0123456789"},
        {"url": "https://hooks.slack.com/services/x", "channel": "C0123456789"},
        {"url": "https://hooks.slack.com/services/x", "token": TOKEN},
    ],
)
def test_exactly_one_way_is_configured(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        Options.model_validate(given)
    (fault,) = caught.value.errors()
    assert (fault["msg"].removeprefix("Value error, "), fault["loc"]) == (ONE_WAY, ("channel",))
    assert TOKEN not in repr(fault["input"])


def test_a_faulty_token_is_the_only_fault_told() -> None:
    with pytest.raises(ValidationError) as caught:
        Options(token="nonsense", channel="C0123456789")
    assert [e["loc"] for e in caught.value.errors()] == [("token",)]


def test_an_address_makes_a_webhook_and_a_token_an_app() -> None:
    assert isinstance(build("desk", Options(url="https://hooks.slack.com/services/x")), Hook)
    made = build("desk", Options(token=TOKEN, channel="#desk"))
    assert isinstance(made, Bot)
    assert made.options.api == "https://slack.com/api"
    assert TOKEN not in repr(made)


async def test_a_message_is_posted_and_its_name_returned() -> None:
    inbox = Inbox()
    (remote,) = await send(inbox, delivery())
    entry = inbox.log.recent[0]
    assert remote == entry["remote"]
    assert remote is not None
    assert remote.startswith(f"{channel_id('newsroom')}:")
    assert entry["body"]["channel"] == "newsroom"
    assert {"blocks", "text", "link_names", "parse", "unfurl_links"} <= entry["body"].keys()
    assert not {"thread_ts", "client_msg_id", "token"} & entry["body"].keys()
    assert TOKEN not in json.dumps(entry)


async def test_an_update_goes_into_the_thread_of_its_alert() -> None:
    inbox = Inbox()
    async with running(inbox) as at, loopback() as http:
        made = app(at.http)
        remote = await made.send(delivery(), http, NOW)
        await made.send(delivery(message(kind=AlertKind.UPDATE), id="msg_2", thread=remote), http, NOW)
    assert remote is not None
    assert inbox.log.recent[0]["body"]["thread_ts"] == remote.partition(":")[2]


@pytest.mark.parametrize("thread", ["", "nonsense", "C1:2", "<1@mail.example>", "urn:borderwire:msg_1"])
async def test_what_is_no_message_of_slacks_is_no_thread(thread: str) -> None:
    inbox = Inbox()
    await send(inbox, delivery(thread=thread))
    assert "thread_ts" not in inbox.log.recent[0]["body"]


async def test_an_update_of_an_alert_in_another_channel_is_posted_in_this_one() -> None:
    inbox = Inbox()
    await send(inbox, delivery(thread="C0000000001:1738756929.000001"), channel="C0000000002")
    assert "thread_ts" not in inbox.log.recent[0]["body"]
    assert inbox.log.count == 1


@pytest.mark.parametrize("word", THREAD_GONE)
async def test_where_nobody_can_reply_any_more_it_is_told_in_the_channel(word: str) -> None:
    inbox = Inbox()
    inbox.faults.script(POST, [refusal(word)])
    await send(inbox, delivery(thread=f"{channel_id('newsroom')}:1738756929.000001"))
    second, first = inbox.log.recent
    assert "thread_ts" in first["body"]
    assert "thread_ts" not in second["body"]


async def test_later_parts_of_a_long_message_go_under_the_first() -> None:
    inbox = Inbox()
    many = tuple(outlet(f"Outlet {n}", n, title=f"Convoy {n} " + "is long " * 30) for n in range(1, 101))
    digest = message(kind=AlertKind.DIGEST, outlets=many, receipt=None)
    async with running(inbox) as at, loopback() as http:
        made = app(at.http)
        count = made.parts(delivery(digest), NOW)
        remote = await made.send(delivery(digest), http, NOW)
        for part in range(1, count):
            await made.send(delivery(digest, id=f"msg_{part}", part=part, thread=remote), http, NOW)
    assert count > 1
    assert remote is not None
    bodies = [entry["body"] for entry in reversed(inbox.log.recent)]
    assert [b.get("thread_ts") for b in bodies] == [None, *[remote.partition(":")[2]] * (count - 1)]
    assert [b["blocks"][0]["text"]["text"][:5] for b in bodies] == [f"({n}/{count})" for n in range(1, count + 1)]


async def test_the_list_of_outlets_grows_in_place_and_nothing_else_changes() -> None:
    inbox = Inbox()
    first = message(outlets=message().outlets[:1])
    async with running(inbox) as at, loopback() as http:
        made = app(at.http)
        remote = await made.send(delivery(first), http, NOW)
        assert remote is not None
        await made.change(delivery(sent=NOW), remote, http, NOW + timedelta(hours=2))
    changed, posted = (entry["body"] for entry in inbox.log.recent)
    assert inbox.log.recent[0]["via"] == "change"
    assert (changed["channel"], changed["ts"]) == tuple(remote.split(":"))
    assert "also in 2 outlets" in json.dumps(changed)
    assert "El Paso Post" not in json.dumps(posted)
    assert changed["blocks"][0] == posted["blocks"][0]
    assert changed["blocks"][-1] == posted["blocks"][-1]  # the receipt with its times
    assert not any(key.startswith("unfurl") for key in changed)


async def test_what_would_no_longer_fit_is_not_changed() -> None:
    many = tuple(outlet(f"Outlet {n}", n, title=f"Convoy {n} " + "is long " * 30) for n in range(1, 101))
    inbox = Inbox()
    async with running(inbox) as at, loopback() as http:
        long = delivery(message(kind=AlertKind.DIGEST, outlets=many), sent=NOW)
        await app(at.http).change(long, "C0123456789:1.2", http, NOW)
        await app(at.http).change(delivery(sent=NOW), "no name of Slack's", http, NOW)
    assert inbox.log.count == 0


async def test_a_message_that_was_deleted_cannot_be_changed() -> None:
    inbox = Inbox()
    async with running(inbox) as at, loopback() as http:
        with pytest.raises(DeliveryError) as caught:
            await app(at.http).change(delivery(sent=NOW), "C0123456789:1.2", http, NOW)
    assert caught.value.failure is Failure.REJECTED
    assert "message_not_found" in str(caught.value)


@pytest.mark.parametrize("word", CLASSES)
async def test_every_documented_word_has_its_class_and_a_remedy_where_somebody_can_do_something(word: str) -> None:
    error = await failing(refusal(word))
    assert error.failure is CLASSES[word]
    assert word in str(error)
    assert str(error).startswith("127.0.0.1")
    if error.failure is Failure.CONFIG:
        assert f"({BOT[word]})" in str(error)
    assert (error.failure is Failure.CONFIG) == (word in BOT)


def test_each_word_is_in_one_class() -> None:
    words = [*BOT, *SLOW, *PASSING, *UNCERTAIN, *THREAD_GONE, *REFUSED]
    assert len(words) == len(set(words)) == len(CLASSES)


@pytest.mark.parametrize(
    ("status", "answer", "hint", "expected"),
    [
        (200, {"ok": True}, None, None),
        (200, {"ok": True, "error": "odd"}, None, None),
        (200, {"ok": False, "error": "a_new_word"}, None, Failure.TRANSIENT),
        (200, {"ok": False, "error": ["odd"]}, None, Failure.TRANSIENT),
        (200, {"ok": False}, None, Failure.TRANSIENT),
        (200, {"ok": "true"}, None, Failure.UNCERTAIN),
        (200, {}, None, Failure.UNCERTAIN),
        (204, {}, None, Failure.UNCERTAIN),
        (302, {}, None, Failure.CONFIG),
        (401, {}, None, Failure.CONFIG),
        (404, {"ok": False, "error": "unknown_method"}, None, Failure.CONFIG),
        (400, {"ok": False, "error": "invalid_blocks"}, None, Failure.REJECTED),
        (429, {"ok": False, "error": "ratelimited"}, timedelta(seconds=3), Failure.SLOW_DOWN),
        (429, {"ok": False, "error": "invalid_auth"}, None, Failure.SLOW_DOWN),
        (500, {"ok": False, "error": "internal_error"}, None, Failure.UNCERTAIN),
        (500, {}, None, Failure.TRANSIENT),
        (503, {"ok": False, "error": "service_unavailable"}, None, Failure.TRANSIENT),
        (503, {}, timedelta(seconds=3), Failure.SLOW_DOWN),
    ],
)
def test_every_answer_has_its_class(
    status: int, answer: dict[str, Any], hint: timedelta | None, expected: Failure | None
) -> None:
    assert classify_api(status, answer, hint) is expected


@pytest.mark.parametrize(
    "body", ["", "<html>", "[]", "7", "null", "[" * 100_000, '"ok"', '{"ok": null}', '{"ok": 1}', '{"error": "x"}']
)
async def test_a_200_that_says_nothing_may_have_arrived(body: str) -> None:
    assert (await failing({"status": 200, "body": body})).failure is Failure.UNCERTAIN


@pytest.mark.parametrize("answer", [{"ok": True}, {"ok": True, "channel": 3, "ts": None}, {"ok": True, "ts": "1.2"}])
async def test_a_message_without_a_name_was_sent_all_the_same(answer: dict[str, Any]) -> None:
    inbox = Inbox()
    inbox.faults.script(POST, [{"status": 200, "body": json.dumps(answer)}])
    assert await send(inbox, delivery()) == [None]


async def test_slow_down_comes_with_slacks_own_hint() -> None:
    inbox = Inbox(limit=RateLimit(enabled=True, clock=lambda: 5.0))
    with pytest.raises(DeliveryError) as caught:
        await send(inbox, *(delivery(id=f"msg_{n}") for n in range(5)))
    assert (caught.value.failure, caught.value.retry_after) == (Failure.SLOW_DOWN, timedelta(seconds=1))


@pytest.mark.parametrize(
    ("channel", "token", "word"),
    [
        ("gone", TOKEN, "is_archived"),
        ("missing", TOKEN, "channel_not_found"),
        ("outside", TOKEN, "not_in_channel"),
        ("newsroom", "xoxb-revoked", "token_revoked"),
        ("newsroom", "xoxb-weak", "missing_scope chat:write"),
    ],
)
async def test_what_is_wrong_is_told_with_its_remedy(channel: str, token: str, word: str) -> None:
    error = await failing(channel=channel, token=token)
    assert error.failure is Failure.CONFIG
    assert f"answered 200: {word} (" in str(error)


async def test_slack_says_which_block_it_cannot_read() -> None:
    error = await failing(refusal("invalid_blocks", response_metadata={"messages": ["must be less [/blocks/2]"]}))
    assert "invalid_blocks must be less [/blocks/2]" in str(error)


@pytest.mark.parametrize("where", ["error", "needed", "body", "messages"])
async def test_the_token_gets_into_no_error_even_where_it_is_echoed(where: str) -> None:
    fault = {
        "error": refusal(f"no {TOKEN}"),
        "needed": refusal("missing_scope", needed=TOKEN),
        "body": {"status": 500, "body": f"you sent {TOKEN}"},
        "messages": refusal("invalid_blocks", response_metadata={"messages": [f"{TOKEN}"]}),
    }[where]
    error = await failing(fault)
    assert "canary" not in f"{error} {error!r} {error.__cause__!r}"


async def test_degraded_is_plain_text_in_the_same_thread() -> None:
    inbox = Inbox()
    async with running(inbox) as at, loopback() as http:
        made = app(at.http)
        remote = await made.send(delivery(), http, NOW)
        await made.send(delivery(id="msg_2", thread=remote, degraded=True), http, NOW)
    body = inbox.log.recent[0]["body"]
    assert "blocks" not in body
    assert body["thread_ts"]
    assert body["mrkdwn"] is False

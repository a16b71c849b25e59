"""The Slack channel: within Slack's limits whatever comes, no mention possible, every answer in its class."""

import json
import re
from datetime import timedelta

import pytest
from hypothesis import given, settings

from alerts.channels._text import said, size
from alerts.channels.slack import BLOCKS, HEADER, REMEDIES, SECTION, WHOLE, Options, build, classify, dump, payload
from core.errors import DeliveryError, Failure
from core.model import AlertKind, Message
from demo.inbox import running
from demo.inbox_http import slack_fault
from demo.inbox_state import Inbox
from tests.alerts.channels.making import HOSTILE, NOW, delivery, hostile, loopback, message, messages, outlet

LINKS = re.compile(r"<([^>]*)>")


def texts(value: object) -> list[str]:
    """Every text object's text."""
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [t for v in value.values() for t in texts(v)]
    return [t for v in value for t in texts(v)] if isinstance(value, list) else []


def assert_within_limits(carried: Message, *, degraded: bool) -> None:
    built = payload(said(delivery(carried), NOW), degraded=degraded)
    assert slack_fault(built) == ""
    assert size(dump(built)) <= WHOLE
    assert len(built.get("blocks", ())) <= BLOCKS
    assert all(1 <= size(t) <= SECTION for t in texts(built))
    for block in built.get("blocks", ()):
        if block["type"] == "header":
            assert size(block["text"]["text"]) <= HEADER
    for text in texts(built):
        for inside in LINKS.findall(text):  # whatever stands between < and > is a link, never a mention
            assert inside.startswith(("http://", "https://"))
            assert inside.count("|") == 1
        assert "<" not in LINKS.sub("", text)
    dump(built).encode("utf-8")


@settings(deadline=None)
@given(messages())
def test_never_exceeds_what_slack_takes(carried: Message) -> None:
    assert_within_limits(carried, degraded=False)
    assert_within_limits(carried, degraded=True)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_stay_words(name: str) -> None:
    assert_within_limits(hostile(HOSTILE[name]), degraded=False)
    assert_within_limits(hostile(HOSTILE[name]), degraded=True)


def test_a_hundred_outlets_and_a_long_digest_are_counted_where_they_do_not_fit() -> None:
    many = tuple(outlet(f"Outlet number {n}", n) for n in range(1, 101))
    story = dump(payload(said(delivery(message(outlets=many)), NOW)))
    assert "also in 99 outlets" in story
    assert re.search(r" and \d+ more", story)
    digest = dump(payload(said(delivery(message(kind=AlertKind.DIGEST, outlets=many, receipt=None)), NOW)))
    shown = digest.count("• <https")
    assert shown >= 25
    assert f"… and {100 - shown} more" in digest or "more" in digest


def test_shows_headline_outlets_marked_words_and_receipt() -> None:
    built = payload(said(delivery(), NOW))
    kinds = [b["type"] for b in built["blocks"]]
    assert (kinds[0], kinds[-1]) == ("header", "context")
    whole = "\n".join(texts(built["blocks"]))
    for part in ("*<https://outlet1.example/news/1?from=feed&amp;x=1|Border Gazette>*", "also in 2 outlets, first: *<https://",
                 ">… sent north after a *tariff* threat", "Rule *tariffs*", "9 s after it was seen", "answered 403",
                 "added 12:01 UTC", "<http://desk.example/alert/al_convoy|Open in the desk>",
                 "id msg_abcdefghijklmnopqrstuvwxyz"):  # fmt: skip
        assert part in whole
    assert built["text"].startswith("[tariffs] Convoy")


def test_nothing_may_be_linked_previewed_or_mentioned_by_itself() -> None:
    built = payload(said(delivery(), NOW))
    assert (built["link_names"], built["parse"], built["unfurl_links"], built["unfurl_media"]) == (
        False, "none", False, False)  # fmt: skip
    for block in built["blocks"][1:]:
        for text in [block["text"]] if "text" in block else block["elements"]:
            assert text["verbatim"] is True


def test_degraded_is_plain_text_only() -> None:
    built = payload(said(delivery(), NOW), degraded=True)
    assert "blocks" not in built
    assert built["mrkdwn"] is False
    assert "msg_abcdefghijklmnopqrstuvwxyz" in built["text"]


HINT = timedelta(seconds=3)


@pytest.mark.parametrize(
    ("status", "word", "hint", "expected"),
    [
        (200, "ok", None, None),
        (200, "", None, Failure.UNCERTAIN),
        (200, "<html>ok</html>", None, Failure.UNCERTAIN),
        (204, "", None, Failure.UNCERTAIN),
        (302, "", None, Failure.CONFIG),
        (429, "rate_limited", HINT, Failure.SLOW_DOWN),
        (429, "no_service", None, Failure.SLOW_DOWN),
        (500, "rollup_error", None, Failure.TRANSIENT),
        (500, "no_service", None, Failure.TRANSIENT),
        (502, "", None, Failure.TRANSIENT),
        (503, "", None, Failure.TRANSIENT),
        (503, "", HINT, Failure.SLOW_DOWN),
        (504, "", None, Failure.TRANSIENT),
        (400, "invalid_payload", None, Failure.REJECTED),
        (400, "invalid_blocks", None, Failure.REJECTED),
        (400, "no_text", None, Failure.REJECTED),
        (400, "msg_blocks_too_long", None, Failure.REJECTED),
        (400, "user_not_found", None, Failure.CONFIG),
        (400, "invalid_token", None, Failure.CONFIG),
        (413, "", None, Failure.REJECTED),
        (401, "", None, Failure.CONFIG),
        (403, "action_prohibited", None, Failure.CONFIG),
        (404, "channel_not_found", None, Failure.CONFIG),
        (404, "no_service", None, Failure.CONFIG),
        (410, "channel_is_archived", None, Failure.CONFIG),
        (410, "", None, Failure.CONFIG),
        (408, "", None, Failure.TRANSIENT),
        (425, "", None, Failure.TRANSIENT),
    ],
)
def test_every_answer_has_its_class(status: int, word: str, hint: timedelta | None, expected: Failure | None) -> None:
    assert classify(status, word, hint) is expected


@pytest.mark.parametrize("word", REMEDIES)
async def test_a_wrong_configuration_is_told_with_its_remedy(word: str) -> None:
    inbox = Inbox()
    async with running(inbox) as at, loopback() as http:
        inbox.faults.script("/slack/newsroom", [{"status": 403, "body": f"{word}\n"}])
        with pytest.raises(DeliveryError) as caught:
            await build("desk", Options(url=f"{at.http}/slack/newsroom")).send(delivery(), http, NOW)
    assert caught.value.failure is Failure.CONFIG
    assert f"{word} ({REMEDIES[word]})" in str(caught.value)


async def test_ok_with_a_line_break_is_sent_and_anything_else_may_have_arrived() -> None:
    inbox = Inbox()
    channel_path = "/slack/newsroom"
    async with running(inbox) as at, loopback() as http:
        channel = build("desk", Options(url=f"{at.http}{channel_path}"))
        inbox.faults.script(
            channel_path, [{"status": 200, "body": "ok\n"}, {"status": 200, "body": "<html>welcome</html>"}]
        )
        await channel.send(delivery(), http, NOW)
        with pytest.raises(DeliveryError) as caught:
            await channel.send(delivery(), http, NOW)
    assert caught.value.failure is Failure.UNCERTAIN


async def test_the_body_slack_gets_is_the_payload() -> None:
    inbox = Inbox()
    async with running(inbox) as at, loopback() as http:
        await build("desk", Options(url=f"{at.http}/slack/newsroom")).send(delivery(), http, NOW)
    assert inbox.log.recent[0]["body"] == json.loads(dump(payload(said(delivery(), NOW))))


def test_asks_for_no_more_than_one_message_a_second() -> None:
    channel = build("desk", Options(url="https://hooks.example/services/x"))
    assert channel.pace == timedelta(seconds=1)

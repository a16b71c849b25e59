"""The Slack channel: within Slack's limits whatever comes, no mention possible, every answer in its class."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from alerts.channels._slack import BLOCKS, HEADER, PARTS, SECTION, WHOLE, dump, pages, payload
from alerts.channels._slack_words import HOOK
from alerts.channels._text import said, size
from alerts.channels.slack import Options, build, classify
from core.errors import DeliveryError, Failure
from core.model import AlertKind, Message
from demo.inbox import running
from demo.inbox_slack import slack_fault
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
    words = said(delivery(carried), NOW)
    assert 1 <= len(pages(words)) <= PARTS
    for part in range(len(pages(words))):
        assert_one_is_within_limits(payload(words, degraded=degraded, part=part), degraded)


def assert_one_is_within_limits(built: Any, degraded: bool) -> None:
    assert slack_fault(built) == ""
    assert degraded or size(dump(built)) <= WHOLE
    assert len(built.get("blocks", ())) <= BLOCKS
    assert all(1 <= size(t) <= (WHOLE if degraded else SECTION) for t in texts(built))
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


def test_a_hundred_outlets_are_counted_where_their_names_do_not_fit() -> None:
    many = tuple(outlet(f"Outlet number {n}", n) for n in range(1, 101))
    story = dump(payload(said(delivery(message(outlets=many)), NOW)))
    assert "also in 99 outlets" in story
    assert re.search(r" and \d+ more", story)


def digest(count: int, **changed: Any) -> Message:
    named = (outlet(f"Outlet {n}", n, title=f"Convoy number {n}. " + "It is long. " * 20) for n in range(1, count + 1))
    return message(kind=AlertKind.DIGEST, outlets=tuple(named), receipt=None, **changed)


def test_a_long_digest_is_told_on_numbered_pages_that_hold_every_article_once() -> None:
    words = said(delivery(digest(100)), NOW)
    built = [payload(words, part=part) for part in range(len(pages(words)))]
    assert 2 <= len(built) <= PARTS
    whole = [dump(page) for page in built]
    shown = [int(n) for page in whole for n in re.findall(r"Convoy number (\d+)\.", page)]
    assert shown == list(range(1, 101))
    for number, page in enumerate(built, 1):
        assert page["blocks"][0]["text"]["text"].startswith(f"({number}/{len(built)}) Convoy of")
        assert f"({number}/{len(built)})" in page["text"]
        assert "id msg_abcdefghijklmnopqrstuvwxyz" in texts(page["blocks"])[-1]
    assert "Now mentions tariff" in whole[0]
    assert not any("Now mentions tariff" in page for page in whole[1:])


def test_of_a_digest_that_never_ends_the_last_page_says_how_much_is_left() -> None:
    words = said(delivery(digest(900)), NOW)
    whole = [dump(payload(words, part=part)) for part in range(len(pages(words)))]
    assert len(whole) == PARTS
    shown = sum(page.count("Convoy number") for page in whole)
    assert f"… and {900 - shown} more" in whole[-1]
    assert not any(re.search(r"… and \d+ more\"", page) for page in whole[:-1])


def test_a_degraded_page_says_what_the_page_said() -> None:
    words = said(delivery(digest(100)), NOW)
    for part in range(len(pages(words))):
        named = re.findall(r"Convoy number (\d+)\.", dump(payload(words, part=part)))
        assert re.findall(r"Convoy number (\d+)\.", payload(words, degraded=True, part=part)["text"]) == named


def test_an_ordinary_alert_is_one_message_without_a_number() -> None:
    assert len(pages(said(delivery(), NOW))) == 1
    assert "(1/1)" not in dump(payload(said(delivery(), NOW)))


def test_a_part_that_no_longer_exists_repeats_the_last_rather_than_losing_it() -> None:
    words = said(delivery(digest(60)), NOW)
    last = len(pages(words)) - 1
    assert payload(words, part=last + 3) == payload(words, part=last)


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


@pytest.mark.parametrize("word", HOOK)
async def test_a_wrong_configuration_is_told_with_its_remedy(word: str) -> None:
    inbox = Inbox()
    async with running(inbox) as at, loopback() as http:
        inbox.faults.script("/slack/newsroom", [{"status": 403, "body": f"{word}\n"}])
        with pytest.raises(DeliveryError) as caught:
            await build("desk", Options(url=f"{at.http}/slack/newsroom")).send(delivery(), http, NOW)
    assert caught.value.failure is Failure.CONFIG
    assert f"{word} ({HOOK[word]})" in str(caught.value)


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

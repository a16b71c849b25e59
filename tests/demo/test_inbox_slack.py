"""The inbox's Slack Web API: as strict as Slack, threads and changes known by their names, and shown on the page."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from demo.inbox import Addresses, running
from demo.inbox_page import page
from demo.inbox_slack import channel_id
from demo.inbox_state import EVERY_REQUEST, Faults, Inbox, RateLimit

TOKEN = {"Authorization": "Bearer xoxb-1-canary"}


class Running:
    def __init__(self, inbox: Inbox, at: Addresses, http: httpx.AsyncClient) -> None:
        self.inbox, self.at, self.http = inbox, at, http

    async def call(self, method: str, body: Any, headers: dict[str, str] = TOKEN) -> dict[str, Any]:
        answer = await self.http.post(f"{self.at.http}/api/{method}", json=body, headers=headers)
        return {**answer.json(), "status": answer.status_code, "retry": answer.headers.get("retry-after")}

    async def post(self, **changed: Any) -> dict[str, Any]:
        return await self.call("chat.postMessage", {"channel": "desk", "text": "hello", **changed})


@pytest.fixture
async def box() -> AsyncIterator[Running]:
    inbox = Inbox()
    async with running(inbox) as at, httpx.AsyncClient(trust_env=False) as http:
        yield Running(inbox, at, http)


async def test_a_message_gets_a_name_and_the_channels_id(box: Running) -> None:
    first, second = await box.post(), await box.post(channel="C0123456789")
    assert (first["ok"], first["status"], first["channel"]) == (True, 200, channel_id("desk"))
    assert second["channel"] == "C0123456789"
    assert first["ts"] != second["ts"]
    assert first["message"]["text"] == "hello"
    assert "canary" not in str(box.inbox.log.recent)


@pytest.mark.parametrize(
    ("headers", "body", "word"),
    [
        ({}, {}, "not_authed"),
        ({"Authorization": "Bearer nonsense"}, {}, "invalid_auth"),
        ({"Authorization": "Bearer xoxb-revoked"}, {}, "token_revoked"),
        ({"Authorization": "Bearer xoxb-weak"}, {}, "missing_scope"),
        (TOKEN, {"channel": ""}, "channel_not_found"),
        (TOKEN, {"channel": "gone"}, "is_archived"),
        (TOKEN, {"channel": "#outside"}, "not_in_channel"),
        (TOKEN, {"text": ""}, "no_text"),
        (TOKEN, {"text": "x" * 40_001}, "msg_too_long"),
        (TOKEN, {"blocks": [{"type": "marquee"}]}, "invalid_blocks"),
        (TOKEN, {"thread_ts": "1.2"}, "thread_not_found"),
    ],
)
async def test_what_is_wrong_is_said_with_status_200_and_logged_as_refused(
    box: Running, headers: dict[str, str], body: dict[str, Any], word: str
) -> None:
    found = await box.call("chat.postMessage", {"channel": "desk", "text": "hello", **body}, headers)
    assert (found["ok"], found["error"], found["status"]) == (False, word, 200)
    assert (box.inbox.log.recent[0]["status"], box.inbox.log.recent[0]["fault"]) == (400, word)


async def test_what_is_no_json_is_refused(box: Running) -> None:
    answer = await box.http.post(f"{box.at.http}/api/chat.postMessage", content=b"{no json", headers=TOKEN)
    assert answer.json()["ok"] is False


async def test_only_what_was_posted_can_be_changed_or_answered(box: Running) -> None:
    posted = await box.post()
    known = {"channel": posted["channel"], "ts": posted["ts"], "text": "changed"}
    assert (await box.call("chat.update", known))["ts"] == posted["ts"]
    assert (await box.call("chat.update", {**known, "ts": "1.2"}))["error"] == "message_not_found"
    assert (await box.call("chat.update", {**known, "channel": "other"}))["error"] == "message_not_found"
    assert (await box.post(thread_ts=posted["ts"]))["ok"] is True


async def test_each_channel_takes_one_message_a_second() -> None:
    inbox = Inbox(limit=RateLimit(enabled=True, clock=lambda: 5.0))
    async with running(inbox) as at, httpx.AsyncClient(trust_env=False) as http:
        box = Running(inbox, at, http)
        found = [await box.post() for _ in range(4)]
        other = await box.post(channel="other")
    assert [f["ok"] for f in found] == [True, True, True, False]
    assert (found[3]["error"], found[3]["status"], found[3]["retry"]) == ("ratelimited", 429, "1")
    assert other["ok"]


async def test_every_seventh_message_fails_once() -> None:
    inbox = Inbox(faults=Faults(regular=True))
    async with running(inbox) as at, httpx.AsyncClient(trust_env=False) as http:
        box = Running(inbox, at, http)
        found = [await box.post(text=f"hello {n}") for n in (*range(EVERY_REQUEST), EVERY_REQUEST - 1)]
    assert [f["status"] for f in found] == [200] * (EVERY_REQUEST - 1) + [503, 200]
    assert found[EVERY_REQUEST - 1]["error"] == "service_unavailable"


async def test_the_page_shows_a_change_in_its_place_and_what_is_in_a_thread(box: Running) -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "First outlet"}}]
    more = [{"type": "header", "text": {"type": "plain_text", "text": "First and second outlet"}}]
    posted = await box.post(blocks=blocks)
    await box.post(blocks=blocks, thread_ts=posted["ts"])
    await box.call("chat.update", {"channel": posted["channel"], "ts": posted["ts"], "text": "x", "blocks": more})
    shown = page(box.inbox.log.recent, box.inbox.log.count)
    assert "Slack (2)" in shown
    assert shown.count("First and second outlet") == 1
    assert shown.count("(edited)") == 1
    assert shown.count("in the thread of an earlier alert") == 1


async def test_what_apprise_posts_has_a_column_once_something_came(box: Running) -> None:
    assert "Apprise" not in page(box.inbox.log.recent, 0)
    await box.http.post(f"{box.at.http}/apprise/phone", json={"title": "<b>Convoy", "message": "at the river"})
    shown = page(box.inbox.log.recent, 1)
    assert "Apprise (1)" in shown
    assert "&lt;b&gt;Convoy" in shown

"""The inbox's Slack, as strict as Slack: incoming webhooks, and of the Web API what an app needs to tell alerts.

The Web API answers 200 to what it refuses, too; the log tells accepted from refused by its status.
"""

import hashlib
import json
import re
import time
from typing import Any

from aiohttp import web

from demo.inbox_answers import INBOX, answer, faulty, identity, parsed
from demo.inbox_state import EVERY_REQUEST

# what Slack takes: documented limits, and the undocumented one on the whole (slackapi/bolt-js, issue 2509)
BLOCKS, SECTION, HEADER, CONTEXT, FIELDS, FIELD = 50, 3000, 150, 10, 10, 2000
TEXT, WHOLE = 40_000, 13_200
BLOCK_TYPES = {"header", "section", "context", "divider", "actions", "image", "rich_text"}
NAMED = {"gone": (410, "channel_is_archived"), "missing": (404, "no_service")}
CHANNELS = {"gone": "is_archived", "missing": "channel_not_found", "outside": "not_in_channel"}
TOKENS = {"": "not_authed", "xoxb-revoked": "token_revoked", "xoxb-weak": "missing_scope"}
ID = re.compile(r"[CGD][A-Z0-9]{6,}")
JSON = {"Content-Type": "application/json; charset=utf-8"}


async def hook(request: web.Request) -> web.StreamResponse:
    """An incoming webhook: `ok`, or Slack's status and word for what is wrong."""
    inbox, name, content = request.app[INBOX], request.match_info["name"], await request.read()
    body = parsed(content)
    if (fault := inbox.faults.scripted(request.path)) is not None:
        return await faulty(request, "slack", name, body, fault)
    status, word = NAMED.get(name, (0, ""))
    if not status and not inbox.limit.allows(request.path):
        return answer(request, "slack", name, body, 429, "rate_limited", {"Retry-After": "1"})
    if not status and (word := slack_fault(body)):
        status = 400
    if not status and inbox.faults.due(request.path, EVERY_REQUEST, identity(content)):
        return answer(request, "slack", name, body, 500, "rollup_error", fault="regular")
    return answer(request, "slack", name, body, status or 200, word or "ok")


async def post_message(request: web.Request) -> web.StreamResponse:
    """chat.postMessage: the channel's ID and the message's ts, or the word for what is wrong."""
    return await _method(request, "slack")


async def update(request: web.Request) -> web.StreamResponse:
    """chat.update of a message posted here."""
    return await _method(request, "change")


async def _method(request: web.Request, via: str) -> web.StreamResponse:
    inbox, content = request.app[INBOX], await request.read()
    body = parsed(content)
    name = str(body.get("channel", "")) if isinstance(body, dict) else ""
    if (fault := inbox.faults.scripted(request.path)) is not None:
        return await faulty(request, via, name, body, fault)
    if not inbox.limit.allows(f"{request.path} {name}"):
        return _refused(request, via, name, body, "ratelimited", 429)
    word = _token_fault(request) or _channel_fault(name) or slack_fault(body).replace("payload", "json")
    place = channel_id(name)
    known, about = inbox.posted, body.get("ts" if via == "change" else "thread_ts") if isinstance(body, dict) else None
    if not word and (about is not None or via == "change") and f"{place}:{about}" not in known:
        word = "message_not_found" if via == "change" else "thread_not_found"
    if word:
        return _refused(request, via, name, body, word, 200)
    if inbox.faults.due(request.path, EVERY_REQUEST, identity(content)):
        return _refused(request, via, name, body, "service_unavailable", 503)
    ts = str(about) if via == "change" else f"{int(time.time())}.{len(known) + 1:06d}"
    inbox.posted.add(f"{place}:{ts}")
    message = {k: body[k] for k in ("text", "blocks", "thread_ts") if k in body}
    said = {"type": "message", "user": "U0INBOX00", "bot_id": "B0INBOX00", "ts": ts, **message}
    taken = json.dumps({"ok": True, "channel": place, "ts": ts, "message": said})
    return answer(request, via, name, body, 200, taken, JSON, remote=f"{place}:{ts}")


def _refused(request: web.Request, via: str, name: str, body: Any, word: str, status: int) -> web.StreamResponse:
    said: dict[str, Any] = {"ok": False, "error": word}
    if word == "missing_scope":
        said |= {"needed": "chat:write", "provided": "channels:read"}
    if word == "invalid_blocks":
        said |= {"response_metadata": {"messages": ["[ERROR] invalid block [json-pointer:/blocks]"]}}
    headers = {**JSON, **({"Retry-After": "1"} if status == 429 else {})}
    logged = 400 if status == 200 else status
    return answer(request, via, name, body, status, json.dumps(said), headers, fault=word, logged=logged)


def _token_fault(request: web.Request) -> str:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return TOKENS.get(token, "" if token.startswith(("xoxb-", "xoxp-")) else "invalid_auth")


def _channel_fault(name: str) -> str:
    return CHANNELS.get(name.removeprefix("#"), "" if name else "channel_not_found")


def channel_id(name: str) -> str:
    """The ID of a channel that is named, or the ID itself."""
    return name if ID.fullmatch(name) else "C" + hashlib.sha256(name.lstrip("#").encode()).hexdigest()[:10].upper()


def slack_fault(body: Any) -> str:
    """Slack's word for what is wrong with a payload; empty for one it takes."""
    if not isinstance(body, dict) or "raw" in body:
        return "invalid_payload"
    text, blocks = body.get("text"), body.get("blocks")
    if not text and not blocks:
        return "no_text"
    if text is not None and (not isinstance(text, str) or len(text) > TEXT):
        return "msg_too_long" if isinstance(text, str) else "invalid_payload"
    if blocks is None:
        return ""
    if not isinstance(blocks, list) or len(blocks) > BLOCKS or not all(map(_is_block, blocks)):
        return "invalid_blocks"
    return "msg_blocks_too_long" if len(json.dumps(blocks, ensure_ascii=False)) > WHOLE else ""


def _is_block(block: Any) -> bool:
    if not isinstance(block, dict) or block.get("type") not in BLOCK_TYPES:
        return False
    if block["type"] == "header":
        return _is_text(block.get("text"), HEADER, ("plain_text",))
    if block["type"] == "section":
        fields = block.get("fields", [])
        if not isinstance(fields, list) or len(fields) > FIELDS or not all(_is_text(f, FIELD) for f in fields):
            return False
        return _is_text(block["text"], SECTION) if "text" in block else bool(fields)
    if block["type"] == "context":
        elements = block.get("elements")
        return isinstance(elements, list) and 1 <= len(elements) <= CONTEXT and all(_is_text(e) for e in elements)
    return True


def _is_text(value: Any, most: int = SECTION, kinds: tuple[str, ...] = ("mrkdwn", "plain_text")) -> bool:
    if not isinstance(value, dict) or value.get("type") not in kinds or not isinstance(value.get("text"), str):
        return False
    return 1 <= len(value["text"]) <= most

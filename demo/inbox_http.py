"""The inbox's web server: a Slack that is as strict as Slack, a webhook receiver, and the page that shows it all."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from demo.inbox_page import DETAIL_POLICY, PAGE_POLICY, detail, page
from demo.inbox_state import EVERY_REQUEST, Fault, Inbox

MOST = 1_000_000  # bytes of a request
INBOX = web.AppKey("inbox", Inbox)
DELIVERY = re.compile(rb"msg_[a-z0-9]+")
CLOCK_SKEW = 300  # seconds a webhook's timestamp may differ (Standard Webhooks: a few minutes)

# what Slack takes: documented limits, and the undocumented one on the whole (slackapi/bolt-js, issue 2509)
BLOCKS, SECTION, HEADER, CONTEXT, FIELDS, FIELD = 50, 3000, 150, 10, 10, 2000
TEXT, WHOLE = 40_000, 13_200
BLOCK_TYPES = {"header", "section", "context", "divider", "actions", "image", "rich_text"}
NAMED = {"gone": (410, "channel_is_archived"), "missing": (404, "no_service")}


def build_app(inbox: Inbox) -> web.Application:
    """The web application over this state."""
    app = web.Application(client_max_size=MOST)
    app[INBOX] = inbox
    app.router.add_post("/slack/{name}", slack)
    app.router.add_post("/hook/{name}", hook)
    app.router.add_post("/__faults", script)
    app.router.add_get("/", show)
    app.router.add_get("/arrival/{number}", show_one)
    app.router.add_get("/log", show_log)
    return app


async def slack(request: web.Request) -> web.StreamResponse:
    """An incoming webhook: `ok`, or Slack's status and word for what is wrong."""
    inbox, name, content = request.app[INBOX], request.match_info["name"], await request.read()
    body = parsed(content)
    if (fault := inbox.faults.scripted(request.path)) is not None:
        return await _faulty(request, "slack", body, fault)
    status, word = NAMED.get(name, (0, ""))
    if not status and not inbox.limit.allows(request.path):
        return _answer(request, "slack", body, 429, "rate_limited", {"Retry-After": "1"})
    if not status and (word := slack_fault(body)):
        status = 400
    if not status and inbox.faults.due(request.path, EVERY_REQUEST, identity(content)):
        return _answer(request, "slack", body, 500, "rollup_error", fault="regular")
    return _answer(request, "slack", body, status or 200, word or "ok")


async def hook(request: web.Request) -> web.StreamResponse:
    """A webhook receiver: 204 for everything, or for what is signed rightly when the inbox knows the secret."""
    inbox, content = request.app[INBOX], await request.read()
    body = parsed(content)
    if (fault := inbox.faults.scripted(request.path)) is not None:
        return await _faulty(request, "webhook", body, fault)
    if inbox.secret and not signed(request.headers, content, inbox.secret, time.time()):
        return _answer(request, "webhook", body, 401, "the signature does not hold")
    if inbox.faults.due(request.path, EVERY_REQUEST, identity(content)):
        return _answer(request, "webhook", body, 500, "try again", fault="regular")
    return _answer(request, "webhook", body, 204, "")


async def script(request: web.Request) -> web.StreamResponse:
    """Script a path's next answers: `{"path": "/hook/x", "statuses": [500, "drop", "hang", {"status": 200}]}`."""
    try:
        asked = await request.json()
        path, faults = str(asked["path"]), list(asked["statuses"])
        good = all(isinstance(f, dict) or f in ("drop", "hang") or 200 <= int(f) < 600 for f in faults)
    except (ValueError, KeyError, TypeError):
        good = False
    if not good:
        raise web.HTTPBadRequest(text='expected {"path": "/hook/NAME", "statuses": [500, 429, "drop", "hang"]}\n')
    request.app[INBOX].faults.script(path, faults)
    return web.json_response({"path": path, "scripted": len(faults)})


async def show(request: web.Request) -> web.StreamResponse:
    """The page of what arrived."""
    inbox = request.app[INBOX]
    return web.Response(text=page(inbox.log.recent, inbox.log.count), content_type="text/html", headers=PAGE_POLICY)


async def show_one(request: web.Request) -> web.StreamResponse:
    """One arrival in full."""
    for entry in request.app[INBOX].log.recent:
        if str(entry["number"]) == request.match_info["number"]:
            return web.Response(text=detail(entry), content_type="text/html", headers=DETAIL_POLICY)
    raise web.HTTPNotFound(text="no such arrival, or it came too long ago\n")


async def show_log(request: web.Request) -> web.StreamResponse:
    """Every arrival as JSON lines, oldest first."""
    log = request.app[INBOX].log
    headers = {"Content-Type": "application/x-ndjson", "X-Content-Type-Options": "nosniff"}
    if log.path is not None:
        return web.FileResponse(log.path, headers=headers)
    lines = [json.dumps({k: v for k, v in e.items() if k != "number"}) + "\n" for e in reversed(log.recent)]
    return web.Response(body="".join(lines).encode(), headers=headers)


def parsed(content: bytes) -> Any:
    """The JSON value of a request, or `{"raw": text}` for what is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return {"raw": content.decode("utf-8", "replace")}


def identity(content: bytes) -> str:
    """What a message keeps at every retry: the delivery id it carries, else all of it."""
    found = DELIVERY.search(content)
    return (found[0] if found else content).decode("utf-8", "replace")


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


def signed(headers: Mapping[str, str], content: bytes, secret: str, now: float) -> bool:
    """Whether one of the signatures is that of these very bytes, and recent (Standard Webhooks)."""
    stamp = headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(int(stamp) - now) > CLOCK_SKEW:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = b".".join((headers.get("webhook-id", "").encode(), stamp.encode(), content))
    expected = b"v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest())
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(expected, one.encode()) for one in given)


def _answer(
    request: web.Request,
    via: str,
    body: Any,
    status: int,
    text: str,
    headers: Mapping[str, str] | None = None,
    fault: str = "",
) -> web.StreamResponse:
    received = {k.lower(): v for k, v in request.headers.items()}
    request.app[INBOX].log.add(via, request.match_info["name"], status, received, body, fault)
    if status == 204:
        return web.Response(status=204)
    return web.Response(status=status, text=text, headers=headers)


async def _faulty(request: web.Request, via: str, body: Any, fault: Fault) -> web.StreamResponse:
    """A scripted answer. What is dropped or left hanging was read: to the sender it may have arrived."""
    inbox = request.app[INBOX]
    if fault in ("drop", "hang"):
        received = {k.lower(): v for k, v in request.headers.items()}
        inbox.log.add(via, request.match_info["name"], 0, received, body, str(fault))
        if fault == "hang":
            await inbox.stopping.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()  # nobody is there to read it
    told: Mapping[str, Any] = fault if isinstance(fault, Mapping) else {"status": int(fault)}
    status = int(told["status"])
    headers = dict(told.get("headers") or ({"Retry-After": "1"} if status == 429 else {}))
    text = str(told.get("body", "ok" if status == 200 and via == "slack" else "scripted"))
    return _answer(request, via, body, status, text, headers, "scripted")

"""The inbox's web server: Slack, a webhook receiver, what Apprise posts to, and the page that shows it all."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping

from aiohttp import web

from demo import inbox_slack
from demo.inbox_answers import INBOX, answer, faulty, identity, parsed
from demo.inbox_page import DETAIL_POLICY, PAGE_POLICY, detail, page
from demo.inbox_state import EVERY_REQUEST, Inbox

MOST = 1_000_000  # bytes of a request
CLOCK_SKEW = 300  # seconds a webhook's timestamp may differ (Standard Webhooks: a few minutes)


def build_app(inbox: Inbox) -> web.Application:
    """The web application over this state."""
    app = web.Application(client_max_size=MOST)
    app[INBOX] = inbox
    app.router.add_post("/slack/{name}", inbox_slack.hook)
    app.router.add_post("/api/chat.postMessage", inbox_slack.post_message)
    app.router.add_post("/api/chat.update", inbox_slack.update)
    app.router.add_post("/hook/{name}", hook)
    app.router.add_post("/apprise/{name}", apprise)
    app.router.add_post("/__faults", script)
    app.router.add_get("/", show)
    app.router.add_get("/arrival/{number}", show_one)
    app.router.add_get("/log", show_log)
    return app


async def hook(request: web.Request) -> web.StreamResponse:
    """A webhook receiver: 204 for everything, or for what is signed rightly when the inbox knows the secret."""
    inbox, name, content = request.app[INBOX], request.match_info["name"], await request.read()
    body = parsed(content)
    if (fault := inbox.faults.scripted(request.path)) is not None:
        return await faulty(request, "webhook", name, body, fault)
    if inbox.secret and not signed(request.headers, content, inbox.secret, time.time()):
        return answer(request, "webhook", name, body, 401, "the signature does not hold")
    if inbox.faults.due(request.path, EVERY_REQUEST, identity(content)):
        return answer(request, "webhook", name, body, 500, "try again", fault="regular")
    return answer(request, "webhook", name, body, 204, "")


async def apprise(request: web.Request) -> web.StreamResponse:
    """What Apprise's json:// posts: `{version, title, message, type, attachments}`."""
    inbox, name, content = request.app[INBOX], request.match_info["name"], await request.read()
    body = parsed(content)
    if (fault := inbox.faults.scripted(request.path)) is not None:
        return await faulty(request, "apprise", name, body, fault)
    if inbox.faults.due(request.path, EVERY_REQUEST, identity(content)):
        return answer(request, "apprise", name, body, 500, "try again", fault="regular")
    return answer(request, "apprise", name, body, 200, "taken")


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

"""What the inbox's web server shares: reading a request, and answering it with a line in the log."""

import json
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from demo.inbox_state import Fault, Inbox

INBOX = web.AppKey("inbox", Inbox)
DELIVERY = re.compile(rb"msg_[a-z0-9]+")


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


def answer(
    request: web.Request,
    via: str,
    name: str,
    body: Any,
    status: int,
    text: str,
    headers: Mapping[str, str] | None = None,
    *,
    fault: str = "",
    logged: int | None = None,
    remote: str = "",
) -> web.StreamResponse:
    """Record the arrival and answer it; `logged` where the status alone does not say whether it was accepted."""
    received = {k.lower(): v for k, v in request.headers.items() if k.lower() != "authorization"}
    request.app[INBOX].log.add(via, name, status if logged is None else logged, received, body, fault, remote)
    if status == 204:
        return web.Response(status=204)
    return web.Response(status=status, text=text, headers=headers)


async def faulty(request: web.Request, via: str, name: str, body: Any, fault: Fault) -> web.StreamResponse:
    """A scripted answer. What is dropped or left hanging was read: to the sender it may have arrived."""
    inbox = request.app[INBOX]
    if fault in ("drop", "hang"):
        received = {k.lower(): v for k, v in request.headers.items() if k.lower() != "authorization"}
        inbox.log.add(via, name, 0, received, body, str(fault))
        if fault == "hang":
            await inbox.stopping.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()  # nobody is there to read it
    told: Mapping[str, Any] = fault if isinstance(fault, Mapping) else {"status": int(fault)}
    status = int(told["status"])
    headers = dict(told.get("headers") or ({"Retry-After": "1"} if status == 429 else {}))
    text = str(told.get("body", "ok" if status == 200 and via == "slack" else "scripted"))
    return answer(request, via, name, body, status, text, headers, fault="scripted")

"""The desk's door: what it answers, to whom, and what a browser may do with the answer.

Pages hold other people's words. Should any of them ever come out as markup, the policy below still lets no script
run, no picture load from elsewhere and no form send anything away.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
METHODS = {"GET", "HEAD"}
NAMES = {"127.0.0.1", "localhost", "::1"}


def guarded(app: App) -> App:
    """The app behind the door; everything but HTTP passes as it is."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _headers(message.get("headers", []))}
            await send(message)

        refused = refusal(scope["method"], host_of(scope))
        if refused is None:
            await app(scope, receive, with_headers)
        else:
            await _refuse(with_headers, *refused)

    return door


def refusal(method: str, host: str) -> tuple[int, str] | None:
    """Status and words for a request that is not answered.

    The name it came by is checked because a page elsewhere can point a name of its own at this machine and then
    read the desk through a visitor's browser (DNS rebinding).
    """
    if name_of(host) not in NAMES:
        return 403, "The desk answers to 127.0.0.1 and localhost only. A proxy in front of it must pass one of these."
    if method not in METHODS:
        return 405, "The desk only reads."
    return None


def name_of(host: str) -> str:
    """The host name of a Host header, without its port; empty for one that cannot be read."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def host_of(scope: Scope) -> str:
    """The Host header of a request; empty when there is none, or more than one."""
    found = [value for key, value in scope["headers"] if key.lower() == b"host"]
    return found[0].decode("latin-1") if len(found) == 1 else ""


def _headers(given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    ours = {name.encode(): value.encode() for name, value in HEADERS.items()}
    return [(k, v) for k, v in given if k.lower() not in ours] + list(ours.items())


async def _refuse(send: Send, status: int, words: str) -> None:
    body = f"{words}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    if status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

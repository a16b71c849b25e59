"""A webhook: each alert as one signed JSON request, by the Standard Webhooks specification (standardwebhooks.com).

    - {name: hook, kind: webhook, url: "https://intake.example.org/alerts", secret: "${HOOK_SECRET}"}

url      where to POST
secret   signs every request: `whsec_` and the base64 of 24 to 64 random bytes. Make one with
         python3 -c "import base64, os; print('whsec_' + base64.b64encode(os.urandom(32)).decode())"
         A list of two, new one first, signs with both while the receiver changes over. Without it nothing is signed.

Headers: `webhook-id` (the same at every retry: a receiver that looks at it gets each alert exactly once),
`webhook-timestamp`, `webhook-signature`. The body is `{id, type, timestamp, data}`; `type` is `alert.` and the alert's
kind, `data` the alert as it is stored: rule, title, url, outlets, lines and the receipt. It is at most 16,000 bytes;
one that had to be shortened says `"truncated": true` in its data. Any 2xx answer means received.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field, field_validator

from alerts.channels._answer import advice, checked_url, failed, judge, post_to, quoted
from alerts.channels._text import clean_runs, cut
from core.clock import to_iso
from core.errors import Failure
from core.http import retry_after
from core.message_json import encode
from core.model import JSON, Delivery
from core.net import MAX_URL

MOST = 16_000  # bytes of a body; the specification asks for less than 20,000
PREFIX = "whsec_"
KEY = range(24, 65)  # bytes of a secret (Standard Webhooks, "Signature scheme")
MAKE = "write whsec_ and the base64 of 24 to 64 random bytes; the manual of this kind shows a command that makes one"
URLS = ("url", "desk_url")


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a message may stay: numbers of entries, and characters of the snippet and of any other text."""

    outlets: int
    lines: int
    snippet: int
    text: int


# outlets, snippet and lines go first: they are the long ones, and the page at `url` and the desk have them all
ROOMS = (Room(40, 60, 600, 2000), Room(15, 25, 300, 500), Room(5, 10, 200, 250), Room(1, 2, 120, 100),
         Room(1, 1, 60, 60))  # fmt: skip


class Options(BaseModel):
    """See the module's manual."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field(repr=False)
    secret: tuple[str, ...] = Field((), repr=False)

    @field_validator("url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        return checked_url(value)

    @field_validator("secret", mode="before")
    @classmethod
    def _are_keys(cls, value: Any) -> tuple[str, ...]:
        secrets = (value,) if isinstance(value, str) else () if value is None else value
        if not isinstance(secrets, (list, tuple)) or not all(isinstance(s, str) for s in secrets):
            raise ValueError(f"expected one secret, or a list of two: {MAKE}")
        if len(secrets) > 2 or (isinstance(value, list) and not secrets):
            raise ValueError("at most two secrets: the new one and the one it replaces")
        for secret in secrets:
            key_of(secret)
        return tuple(secrets)


@dataclass(frozen=True, slots=True)
class Webhook:
    """One receiver."""

    name: str
    options: Options

    @property
    def deadline(self) -> timedelta:
        """How long a message may be retried."""
        return timedelta(hours=72)

    @property
    def pace(self) -> timedelta:
        """The least time between two messages. The receiver says 429 where it sets a limit."""
        return timedelta()

    def targets(self) -> tuple[str, ...]:
        """The receiver is one place."""
        return ("",)

    async def send(self, delivery: Delivery, http: httpx.AsyncClient, now: datetime) -> None:
        """Post the message. Raises DeliveryError."""
        url, secrets = self.options.url, self.options.secret
        content = body(delivery)
        status, answered, said = await post_to(http, url, content, headers(delivery.id, content, secrets, now), secrets)
        failure = judge(status, retry_after(answered.get("retry-after"), now))
        if failure is not None:
            remedy = f"({advice(status)})" if failure is Failure.CONFIG and advice(status) else ""
            words = " ".join(filter(None, (quoted(said, url, secrets), remedy)))
            raise failed(url, status, answered, words, failure, now)


def build(name: str, options: Options) -> Webhook:
    """A channel of this kind."""
    return Webhook(name, options)


def key_of(secret: str) -> bytes:
    """The key inside `whsec_...`. Raises ValueError that says what to write and does not repeat the secret."""
    if not secret.startswith(PREFIX):
        raise ValueError(f"a secret begins with whsec_: {MAKE}")
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"what follows whsec_ is not base64: {MAKE}") from None
    if len(key) not in KEY:
        raise ValueError(f"a secret of {len(key)} bytes: {MAKE}")
    return key


def headers(identity: str, content: bytes, secrets: tuple[str, ...], now: datetime) -> dict[str, str]:
    """What identifies and signs these very bytes, sent at `now`."""
    stamp = str(int(now.timestamp()))
    found = {"Content-Type": "application/json", "webhook-id": identity, "webhook-timestamp": stamp}
    if secrets:
        signed = b".".join((identity.encode(), stamp.encode(), content))
        marks = (hmac.new(key_of(s), signed, hashlib.sha256).digest() for s in secrets)
        found["webhook-signature"] = " ".join(f"v1,{base64.b64encode(mark).decode()}" for mark in marks)
    return found


def body(delivery: Delivery) -> bytes:
    """The request's body: the frozen message, the same bytes at every retry; shortened until it is small enough.

    A degraded delivery, refused once, is sent as small as can be.
    """
    data = encode(delivery.message)
    content = _dump(delivery, data)
    if len(content) <= MOST and not delivery.degraded:
        return content
    for room in ROOMS[-1:] if delivery.degraded else ROOMS:
        content = _dump(delivery, {**_shortened(data, room), "truncated": True})
        if len(content) <= MOST:
            break
    return content


def _dump(delivery: Delivery, data: JSON) -> bytes:
    whole = {
        "id": delivery.id,
        "type": f"alert.{delivery.message.kind}",
        "timestamp": to_iso(delivery.message.created),
        "data": data,
    }
    # a lone surrogate is no text: UTF-8 cannot carry it and strict parsers refuse its escape
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _shortened(data: JSON, room: Room) -> JSON:
    """The message with at most `room`; addresses stay whole or go, for half an address leads astray."""
    short = {key: _short(key, value, room) for key, value in data.items()}
    short["outlets"] = [{k: _short(k, v, room) for k, v in o.items()} for o in data["outlets"][: room.outlets]]
    short["lines"] = [cut(line, room.text) for line in data["lines"][: room.lines]]
    if data["receipt"] is not None:
        receipt = {key: _short(key, value, room) for key, value in data["receipt"].items()}
        receipt["words"] = [cut(word, room.text) for word in data["receipt"]["words"][: room.lines]]
        receipt["snippet"] = [list(run) for run in clean_runs(data["receipt"]["snippet"], room.snippet)]
        short["receipt"] = receipt
    return short


def _short(key: str, value: Any, room: Room) -> Any:
    if not isinstance(value, str):
        return value
    if key in URLS:
        return value if len(value.encode("utf-8", "replace")) <= MAX_URL else ""
    return cut(value, room.text)

"""Slack, through an incoming webhook (docs.slack.dev/messaging) or as an app with a bot token.

    - {name: desk, kind: slack, url: "${SLACK_WEBHOOK_URL}"}
    - {name: desk, kind: slack, token: "${SLACK_BOT_TOKEN}", channel: C0123456789}

url      the address of an incoming webhook. It is a secret: whoever has it can post. Keep it in the environment.
token    or the bot token (xoxb-…) of an app with the scope chat:write, invited to the channel: with it an update
         goes into its alert's thread, and the list of outlets of an alert grows in place as copies appear
channel  where the app posts: the channel's ID, or its name
api      where Slack's Web API is: https://slack.com/api; a GovSlack workspace has it at https://slack-gov.com/api

A message is the headline, the words that matched, who else printed it, and the receipt; its last line carries the
delivery's id. One too long for Slack is told in up to five messages, (1/3) (2/3) (3/3), the app's later ones in the
thread of the first. Slack knows no repeated message: after an answer that got lost, one extra copy can appear.
Nothing a headline holds can call @channel or @here, format the message or link anywhere but http(s).
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from alerts.channels._answer import advice, checked_url, failed, judge, post_to, quoted
from alerts.channels._slack import dump, pages, payload
from alerts.channels._slack_words import BOT, CLASSES, HOOK, THREAD_GONE
from alerts.channels._text import plain, said
from core.errors import DeliveryError, Failure
from core.http import retry_after
from core.model import JSON, Delivery

API = "https://slack.com/api"
ONE_WAY = "write either `url:` of an incoming webhook, or `token:` and `channel:` of an app, and not both"
TOKEN = re.compile(r"xox[bp]-[A-Za-z0-9-]+")
PLACE = re.compile(r"#?[^\s#@&<>|:]{1,80}")
ID = re.compile(r"[CGD][A-Z0-9]{6,}")
REMOTE = re.compile(r"([A-Z0-9]+):(\d+\.\d+)")  # a channel's ID and a message's ts
PACE = timedelta(seconds=1)  # Slack takes about one message a second and channel
DEADLINE = timedelta(hours=72)
SHOWN = 160  # characters of what the Web API adds to its word


class Options(BaseModel):
    """See the module's manual."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str | None = Field(None, repr=False)
    token: str | None = Field(None, repr=False)
    api: str = API
    channel: str | None = Field(None, validate_default=True)  # last: it looks at the others

    @field_validator("url", "api")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        return None if value is None else checked_url(value)

    @field_validator("token")
    @classmethod
    def _is_token(cls, value: str | None) -> str | None:
        if value is not None and not TOKEN.fullmatch(value):
            raise ValueError("expected a bot token, which begins with xoxb-")
        return value

    @field_validator("channel")
    @classmethod
    def _is_one_way(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not PLACE.fullmatch(value):
            raise ValueError("expected a channel's ID such as C0123456789, or its name")
        if {"url", "token"} <= info.data.keys():  # else one of them has a fault of its own
            by_hook, by_token = info.data["url"] is not None, info.data["token"] is not None
            if by_hook == by_token or by_token != (value is not None):
                raise ValueError(ONE_WAY)
        return value


@dataclass(frozen=True, slots=True)
class _Slack:
    name: str
    options: Options

    @property
    def deadline(self) -> timedelta:
        """How long a message may be retried."""
        return DEADLINE

    @property
    def pace(self) -> timedelta:
        """The least time between two messages."""
        return PACE

    def targets(self) -> tuple[str, ...]:
        """The channel is one place."""
        return ("",)

    def parts(self, delivery: Delivery, now: datetime) -> int:
        """How many messages the alert takes."""
        return len(pages(said(delivery, now)))


@dataclass(frozen=True, slots=True)
class Hook(_Slack):
    """One incoming webhook."""

    async def send(self, delivery: Delivery, http: httpx.AsyncClient, now: datetime) -> None:
        """Post the message. Raises DeliveryError."""
        content = dump(payload(said(delivery, now), degraded=delivery.degraded, part=delivery.part))
        headers = {"Content-Type": "application/json; charset=utf-8"}
        url = self.options.url or ""
        status, answered, body = await post_to(http, url, content.encode(), headers)
        word = body.decode("utf-8", "replace").strip()
        failure = classify(status, word, retry_after(answered.get("retry-after"), now))
        if failure is not None:
            remedy = HOOK.get(word, advice(status, proof="") if failure is Failure.CONFIG else "")
            words = " ".join(filter(None, (quoted(body, url), f"({remedy})" if remedy else "")))
            raise failed(url, status, answered, words, failure, now)


@dataclass(frozen=True, slots=True)
class Bot(_Slack):
    """An app in one channel."""

    async def send(self, delivery: Delivery, http: httpx.AsyncClient, now: datetime) -> str | None:
        """Post the message, an update under its alert; where that thread is closed, in the channel itself."""
        message = payload(said(delivery, now), degraded=delivery.degraded, part=delivery.part)
        body = {"channel": self.options.channel, **message}
        thread = self._thread(delivery.thread)
        try:
            answer = await self._call("chat.postMessage", {**body, **thread}, http, now)
        except _ThreadGone:
            answer = await self._call("chat.postMessage", body, http, now)
        return _remote(answer)

    async def change(self, delivery: Delivery, remote: str, http: httpx.AsyncClient, now: datetime) -> None:
        """Let the message name the outlets of `delivery`, unless it would need more room. Raises DeliveryError."""
        found = pages(words := said(delivery, delivery.sent or now))
        place = REMOTE.fullmatch(remote)
        if place is None or len(found) > 1:
            return
        shown = {k: v for k, v in payload(words).items() if not k.startswith("unfurl")}
        await self._call("chat.update", {"channel": place[1], "ts": place[2], **shown}, http, now)

    def _thread(self, parent: str | None) -> JSON:
        found, own = REMOTE.fullmatch(parent or ""), self.options.channel or ""
        if found is None or (ID.fullmatch(own) and own != found[1]):  # the channel was changed since
            return {}
        return {"thread_ts": found[2]}

    async def _call(self, method: str, body: JSON, http: httpx.AsyncClient, now: datetime) -> JSON:
        """The answer of a method of the Web API. Raises DeliveryError."""
        url, token = f"{self.options.api.rstrip('/')}/{method}", self.options.token or ""
        headers = {"Content-Type": "application/json; charset=utf-8", "Authorization": f"Bearer {token}"}
        status, answered, content = await post_to(http, url, dump(body).encode(), headers, (token,))
        answer = _object(content)
        word = str(answer.get("error", "")) if answer.get("ok") is not True else ""
        failure = classify_api(status, answer, retry_after(answered.get("retry-after"), now))
        if failure is None:
            return answer
        if word in THREAD_GONE and "thread_ts" in body:
            raise _ThreadGone(word, failure)
        remedy = BOT.get(word, advice(status, "api", "token") if failure is Failure.CONFIG else "")
        words = quoted(word.encode("utf-8", "replace") or content, url, (token,))
        more = quoted(_more(answer).encode(), url, (token,))
        raise failed(
            url, status, answered, " ".join(filter(None, (words, more, remedy and f"({remedy})"))), failure, now
        )


def build(name: str, options: Options) -> Hook | Bot:
    """A channel of this kind."""
    return Hook(name, options) if options.token is None else Bot(name, options)


def classify(status: int, word: str, hint: timedelta | None) -> Failure | None:
    """What a webhook's answer means; None for sent. Only 200 with `ok` says that the message stands in the channel."""
    if status == 200 and word == "ok":
        return None
    if 200 <= status < 300:
        return Failure.UNCERTAIN
    if word in HOOK and status < 500 and status != 429:
        return Failure.CONFIG
    return judge(status, hint)


def classify_api(status: int, answer: JSON, hint: timedelta | None) -> Failure | None:
    """What the Web API's answer means; None for done. A word nobody knows is retried: it may pass."""
    if 200 <= status < 300 and answer.get("ok") is True:
        return None
    word = answer.get("error")
    if status == 429:
        return Failure.SLOW_DOWN
    if isinstance(word, str) and word in CLASSES:
        return CLASSES[word]
    if 200 <= status < 300:
        return Failure.TRANSIENT if answer.get("ok") is False else Failure.UNCERTAIN
    return judge(status, hint)


class _ThreadGone(DeliveryError):
    """Nobody can reply to that message any more."""


def _remote(answer: JSON) -> str | None:
    found = f"{answer.get('channel')}:{answer.get('ts')}"
    return found if REMOTE.fullmatch(found) else None


def _object(content: bytes) -> JSON:
    try:
        found: Any = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _more(answer: JSON) -> str:
    """What the Web API says beside its word: the scope that is needed, the block it cannot read."""
    metadata = answer.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    found = [answer.get("needed"), *(messages if isinstance(messages, list) else ())]
    return plain(" ".join(text for text in found if isinstance(text, str)), SHOWN)

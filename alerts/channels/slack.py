"""Slack, through an incoming webhook: https://api.slack.com/messaging/webhooks

    - {name: desk, kind: slack, url: "${SLACK_WEBHOOK_URL}"}

url    the webhook's address. It is a secret: whoever has it can post. Keep it in the environment or in a file.

A message is the headline, the words that matched, who else printed it, and the receipt; its last line carries the
delivery's id. Slack knows no repeated message: after an answer that got lost, one extra copy can appear.
Nothing a headline holds can call @channel or @here, format the message or link anywhere but http(s).

Limits: Slack takes 50 blocks, 3,000 characters a section, 150 a header and, measured by others, about 13,200 a
message (slackapi/bolt-js, issue 2509); we stay below 45, 2,900, 150 and 12,000.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from pydantic import BaseModel, ConfigDict, Field, field_validator

from alerts.channels._answer import advice, checked_url, failed, judge, post_to, quoted
from alerts.channels._text import Link, Said, as_text, fitted, marked, outlets_line, said, size
from core.errors import Failure
from core.http import retry_after
from core.model import JSON, Delivery

HEADER, SECTION, BLOCKS, WHOLE = 150, 2900, 45, 12_000
FALLBACK = 300  # characters of the line that notifications and screen readers use
LINK = 700  # escaped characters; a longer address is left out, its words stay
OTHERS = 1000  # for the names of further outlets and their links
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Slack has no escape for its formatting marks: look-alikes stand for those that could swallow what follows
FORMAT = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼"})
IN_LINK = str.maketrans({"|": "–"})
ITEM_STEPS = (1000, 100, 60, 40, 25, 15, 8, 4, 0)

# Slack's own words for a wrong configuration, with the remedy (api.slack.com/changelog/2016-05 and what hooks answer)
NEW_HOOK = "make a new incoming webhook and put its address in `url:`"
REMEDIES = {
    "no_service": f"the webhook was removed or disabled: {NEW_HOOK}",
    "no_service_id": f"the address is incomplete: {NEW_HOOK}",
    "no_active_hooks": f"the webhook is disabled: {NEW_HOOK}",
    "invalid_token": f"the address is not complete or no longer valid: {NEW_HOOK}",
    "no_team": f"the workspace does not exist: {NEW_HOOK}",
    "team_disabled": "the workspace is disabled: ask its owner",
    "user_not_found": f"the webhook's user no longer exists: {NEW_HOOK}",
    "channel_not_found": f"the channel no longer exists: {NEW_HOOK}",
    "channel_is_archived": f"the channel is archived: unarchive it, or {NEW_HOOK}",
    "action_prohibited": "an administrator forbids this webhook to post here: ask them, or use another channel",
    "posting_to_general_channel_denied": "an administrator forbids posting to #general: use another channel",
}


class Options(BaseModel):
    """See the module's manual."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field(repr=False)

    @field_validator("url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        return checked_url(value)


@dataclass(frozen=True, slots=True)
class Slack:
    """One incoming webhook."""

    name: str
    options: Options

    @property
    def deadline(self) -> timedelta:
        """How long a message may be retried."""
        return timedelta(hours=72)

    @property
    def pace(self) -> timedelta:
        """The least time between two messages. Slack takes about one message a second and webhook."""
        return timedelta(seconds=1)

    def targets(self) -> tuple[str, ...]:
        """The webhook is one place."""
        return ("",)

    async def send(self, delivery: Delivery, http: httpx.AsyncClient, now: datetime) -> None:
        """Post the message. Raises DeliveryError."""
        content = dump(payload(said(delivery, now), degraded=delivery.degraded))
        headers = {"Content-Type": "application/json; charset=utf-8"}
        url = self.options.url
        status, answered, body = await post_to(http, url, content.encode(), headers)
        word = body.decode("utf-8", "replace").strip()
        failure = classify(status, word, retry_after(answered.get("retry-after"), now))
        if failure is not None:
            remedy = REMEDIES.get(word, advice(status) if failure is Failure.CONFIG else "")
            words = " ".join(filter(None, (quoted(body, url), f"({remedy})" if remedy else "")))
            raise failed(url, status, answered, words, failure, now)


def build(name: str, options: Options) -> Slack:
    """A channel of this kind."""
    return Slack(name, options)


def classify(status: int, word: str, hint: timedelta | None) -> Failure | None:
    """What Slack's answer means; None for sent. Only 200 with `ok` says that the message stands in the channel."""
    if status == 200 and word == "ok":
        return None
    if 200 <= status < 300:
        return Failure.UNCERTAIN
    if word in REMEDIES and status < 500 and status != 429:
        return Failure.CONFIG
    return judge(status, hint)


def payload(words: Said, *, degraded: bool = False) -> JSON:
    """The message as Slack takes it, within its limits: as many of its articles as fit, then how many more."""
    if degraded:
        return {**_PLAIN, "mrkdwn": False, "text": fitted(as_text(words), SECTION, escape)}
    for most in ITEM_STEPS:
        built = {**_PLAIN, "text": _fallback(words), "blocks": _blocks(words, most)}
        if size(dump(built)) <= WHOLE and len(built["blocks"]) <= BLOCKS:
            break
    return built


# nothing in the text may become a mention, and no preview may push the receipt out of sight
_PLAIN: JSON = {"link_names": False, "parse": "none", "unfurl_links": False, "unfurl_media": False}


def dump(value: JSON) -> str:
    """The JSON that is sent: characters as they are, since their number is what Slack limits."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def escape(text: str) -> str:
    """Plain text for Slack: no mention, no link."""
    return text.translate(ESCAPES)


def mrkdwn(text: str) -> str:
    """As `escape`, and no formatting either."""
    return escape(text.translate(FORMAT))


def _fallback(words: Said) -> str:
    outlet = f" ({words.outlet.text})" if words.outlet else ""
    return fitted(f"[{words.label}] {words.title.text}{outlet}", FALLBACK, mrkdwn)


def _blocks(words: Said, most: int) -> list[JSON]:
    title = {"type": "plain_text", "text": fitted(words.title.text, HEADER, escape), "emoji": False}
    pieces = [_outlets(words), _quote(words), *(f"• {fitted(line, 500, mrkdwn)}" for line in words.lines[:most])]
    items = [f"• {_link(i.title, 300)} – {fitted(i.outlet, 80, mrkdwn)}" for i in words.items[:most]]
    hidden = len(words.lines[most:]) + len(words.items[most:])
    more = f"… and {hidden} more" if hidden else ""
    sections = [_text_block(text) for text in _packed([p for p in (*pieces, words.more, *items, more) if p])]
    return [{"type": "header", "text": title}, *sections, {"type": "context", "elements": _receipt(words)}]


def _outlets(words: Said) -> str:
    if words.outlet is None:
        return _link(Link("Open the article", words.title.url), 80) if words.title.url and not words.listing else ""
    own = Link(words.outlet.text, words.outlet.url or words.title.url)
    return outlets_line(words, OTHERS, lambda link: f"*{_link(own, 80)}*" if link == words.outlet else _link(link, 80))


def _quote(words: Said) -> str:
    text = marked(words.snippet, lambda run, hit: f"*{mrkdwn(run)}*" if hit and run.strip() else mrkdwn(run))
    return f">{text}" if text else ""


def _receipt(words: Said) -> list[JSON]:
    rule = f"Rule *{mrkdwn(words.rule)}*" if words.rule else ""
    why = " ".join(filter(None, (rule, fitted(words.why, 600, mrkdwn))))
    desk = f"<{escape(words.desk)}|Open in the desk> · " if words.desk and size(escape(words.desk)) <= LINK else ""
    lines = [why, mrkdwn(words.times), fitted(f"Note: {words.note}", 400, mrkdwn) if words.note else ""]
    lines.append(f"{desk}id {mrkdwn(words.id)}")
    return [{"type": "mrkdwn", "text": "\n".join(filter(None, lines)), "verbatim": True}]


def _link(link: Link, most: int) -> str:
    text = fitted(link.text.translate(IN_LINK), most, mrkdwn)
    url = escape(link.url)
    return f"<{url}|{text}>" if url and size(url) <= LINK else text


def _text_block(text: str) -> JSON:
    # verbatim: Slack must not turn a bare name or address inside the text into a link or a mention
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _packed(pieces: Sequence[str]) -> list[str]:
    """The pieces, each at most `SECTION` long, put together line by line into as few sections as hold them."""
    out: list[str] = []
    for piece in pieces:
        if out and size(out[-1]) + 1 + size(piece) <= SECTION:
            out[-1] += f"\n{piece}"
        else:
            out.append(piece)
    return out

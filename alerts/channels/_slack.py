"""An alert as Slack takes it: blocks within its limits, on as many pages as it needs, and nothing that could ping.

Slack takes 50 blocks, 3,000 characters a section, 150 a header and, measured by others, about 13,200 a message
(slackapi/bolt-js, issue 2509); we stay below 45, 2,900, 150 and 12,000.
"""

import json
from collections.abc import Sequence
from dataclasses import replace

from alerts.channels._text import Link, Said, as_text, fitted, marked, outlets_line, size
from core.model import JSON

HEADER, SECTION, BLOCKS, WHOLE = 150, 2900, 45, 12_000
NUMBERED = 60  # of a page: its number, twice, and how many lines are on none
TAIL, TAILS = 300, 3  # characters and lines of what a digest ends with
PARTS = 5  # messages that one alert may take; the last says how many articles are left
FALLBACK = 300  # characters of the line that notifications and screen readers use
LINK = 700  # escaped characters; a longer address is left out, its words stay
OTHERS = 1000  # for the names of further outlets and their links
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Slack has no escape for its formatting marks: look-alikes stand for those that could swallow what follows
FORMAT = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼"})
IN_LINK = str.maketrans({"|": "–"})

# nothing in the text may become a mention, and no preview may push the receipt out of sight
_PLAIN: JSON = {"link_names": False, "parse": "none", "unfurl_links": False, "unfurl_media": False}


def payload(words: Said, *, degraded: bool = False, part: int = 0) -> JSON:
    """One message of the alert; degraded, the same page as plain text."""
    found = pages(words)
    page = found[min(part, len(found) - 1)]  # the number of pages can shrink with a new version: repeated, not lost
    if degraded:
        return {**_PLAIN, "mrkdwn": False, "text": fitted(as_text(page), WHOLE, escape)}
    return _message(page)


def pages(words: Said) -> tuple[Said, ...]:
    """The alert in as many pages as its lines and articles need; those after the first have nothing else."""
    whole, start = len(words.lines) + len(words.items), 0
    found: list[Said] = []
    while not found or (start < whole and len(found) < PARTS):
        kept = words if not found else _rest(words)
        most = max(_most(kept, start, whole), int(bool(found)))  # one entry always fits on a page of its own
        found.append(_cut(kept, start, start + most))
        start += most
    if start < whole:
        found[-1] = replace(found[-1], rest=f"… and {whole - start} more")
    found[:-1] = [replace(page, tail=()) for page in found[:-1]]  # each had room for it
    if len(found) == 1:
        return tuple(found)
    numbered = (Link(f"({n}/{len(found)}) {words.title.text}", words.title.url) for n in range(1, len(found) + 1))
    return tuple(replace(page, title=title) for page, title in zip(found, numbered, strict=True))


def dump(value: JSON) -> str:
    """The JSON that is sent: characters as they are, since their number is what Slack limits."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def escape(text: str) -> str:
    """Plain text for Slack: no mention, no link."""
    return text.translate(ESCAPES)


def mrkdwn(text: str) -> str:
    """As `escape`, and no formatting either."""
    return escape(text.translate(FORMAT))


def _rest(words: Said) -> Said:
    """What a page after the first repeats."""
    return replace(words, snippet=(), outlet=None, first=None, others=(), why="", times="", note="")


def _cut(words: Said, start: int, end: int) -> Said:
    lines = len(words.lines)
    return replace(words, lines=words.lines[start:end], items=words.items[max(0, start - lines) : max(0, end - lines)])


def _most(words: Said, start: int, whole: int) -> int:
    """How many lines and articles from `start` fit on one page: found by halving, since more is never shorter."""
    fits, too_many = 0, whole - start + 1
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        built = _message(_cut(words, start, start + middle))
        if size(dump(built)) <= WHOLE - NUMBERED and len(built["blocks"]) <= BLOCKS:
            fits = middle
        else:
            too_many = middle
    return fits


def _message(words: Said) -> JSON:
    return {**_PLAIN, "text": _fallback(words), "blocks": _blocks(words)}


def _fallback(words: Said) -> str:
    outlet = f" ({words.outlet.text})" if words.outlet else ""
    return fitted(f"[{words.label}] {words.title.text}{outlet}", FALLBACK, mrkdwn)


def _blocks(words: Said) -> list[JSON]:
    title = {"type": "plain_text", "text": fitted(words.title.text, HEADER, escape), "emoji": False}
    lines = [f"• {fitted(line, 500, mrkdwn)}" for line in words.lines]
    tail = [fitted(line, TAIL, mrkdwn) for line in words.tail[:TAILS]]
    items = [f"• {_link(i.title, 300)} – {fitted(i.outlet, 80, mrkdwn)}" for i in words.items]
    pieces = [p for p in (_outlets(words), _quote(words), *lines, words.more, *items, words.rest, *tail) if p]
    sections = [_text_block(text) for text in _packed(pieces)]
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

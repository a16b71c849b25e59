"""What every channel says of an alert, in plain words; each channel only adds its medium's escapes and looks.

Titles, snippets and outlet names come from strangers: `plain` takes out whatever is no text.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model import AlertKind, Delivery, Message, Outlet, Receipt, Relation
from core.net import MAX_URL

# C0 and C1 controls (terminals act on them; \t to \r and \x1c to \x1f are blanks to `split`), overrides of the
# writing direction, byte order marks, annotations, non-characters and lone surrogates, which UTF-8 cannot carry
NOT_TEXT = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
BLANKS = re.compile(r"\s+")
# what ends a link in one medium or another; everything else of an address is left as it is
UNSAFE_IN_URL = {ord(c): f"%{ord(c):02X}" for c in " <>\"|`\\^{}'"}

TITLE = 300  # characters; longer than any headline, shorter than a caption printed as one
SNIPPET = 400
RUNS = 40
LINE = 600
NAME = 80
WORDS = 8  # matched words named before "and 3 more"

Runs = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Words and where they lead; an empty `url` leads nowhere."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """One article of a message that lists several."""

    title: Link
    outlet: str


@dataclass(frozen=True, slots=True)
class Said:
    """An alert in words, every one of them plain text on one line."""

    rule: str
    label: str  # the rule, and what kind of message this is where it is no first alert
    title: Link
    snippet: Runs
    lines: tuple[str, ...]
    tail: tuple[str, ...]  # what a digest ends with, below its articles: what was watched meanwhile
    outlet: Link | None  # who printed the article of the headline
    first: Link | None  # who printed its text first, and at what time
    at: str
    others: tuple[Link, ...]  # further outlets that printed it, each once
    items: tuple[Item, ...]  # other articles, each with its outlet
    listing: bool  # the items are the message, as in updates and digests; else they are more on its story
    why: str
    query: str
    times: str
    note: str
    id: str
    desk: str
    language: str
    rest: str = ""  # how much a medium left out

    @property
    def also(self) -> str:
        """`also in 2 outlets`, or nothing: others than that of the headline."""
        count = len(self.others) + (self.first != self.outlet)
        return f"also in {_count(count, 'outlet')}" if count else ""

    @property
    def more(self) -> str:
        """What stands above the other articles of the story."""
        return "More on the story:" if self.items and not self.listing else ""


def said(delivery: Delivery, now: datetime) -> Said:
    """A delivery's message in words; `now` is when it is sent."""
    message, receipt = delivery.message, delivery.message.receipt
    alone = message.kind is AlertKind.STORY and receipt is not None  # a burst has many articles and no receipt
    listing = len(message.outlets) > 1 and not alone
    fired, printers, others = _shared_out(message) if not listing else (None, (), message.outlets)
    outlet = None if fired is None else _outlet(fired)
    first = outlet if outlet is None or outlet.text == _outlet(printers[0]).text else _outlet(printers[0])
    return Said(
        rule=plain(message.rule, NAME),
        label=_label(message),
        title=Link(_headline(message), web(message.url)),
        snippet=() if receipt is None else clean_runs(receipt.snippet),
        lines=_lines(message.lines),
        tail=_lines(message.tail),
        outlet=outlet,
        first=first,
        at=_printed(printers[0], now) if printers else "",
        others=_others(printers, outlet, first),
        items=tuple(map(_item, others)),
        listing=listing,
        why="" if receipt is None else _why(receipt),
        query="" if receipt is None else plain(receipt.query, TITLE),
        times=_times(message, now),
        note="" if receipt is None else plain(receipt.note, TITLE),
        id=plain(delivery.id, NAME),
        desk=web(message.desk_url or ""),
        language=message.language if message.language and re.fullmatch("[a-z]{2}", message.language) else "",
    )


def as_text(words: Said) -> str:
    """The whole alert as plain text in short paragraphs; matched words stand between asterisks."""
    rule = f"Rule {words.rule}" if words.rule else ""
    query = f"({words.query})" if words.query else ""
    items = [f"- {i.title.text} ({i.outlet})\n  {i.title.url}".rstrip() for i in words.items]
    paragraphs = (
        (words.title.text, "" if words.listing else words.title.url),
        (marked(words.snippet, lambda text, hit: f"*{text}*" if hit else text),),
        (*words.lines, *(items if words.listing else ())),
        (outlets_line(words),),
        () if words.listing else (words.more, *items),
        (words.rest,),
        words.tail,
        (" ".join(filter(None, (rule, words.why, query))), words.times, f"Note: {words.note}" if words.note else ""),
        (f"Desk: {words.desk}" if words.desk else "", f"id {words.id}"),
    )
    return "\n\n".join(text for p in paragraphs if (text := "\n".join(filter(None, p))))


def outlets_line(words: Said, most: int = LINE, link: Callable[[Link], str] = lambda link: link.text) -> str:
    """`also in 2 outlets, first: Tucson Sentinel 09:12 UTC; then Alpha`; each name as `link` writes it."""
    if words.outlet is None or words.first is None:
        return ""
    if not words.also:
        return link(words.outlet)
    own = "" if words.first == words.outlet else f"{link(words.outlet)}, "
    then = f"; then {joined([link(o) for o in words.others], most)}" if words.others else ""
    return f"{own}{words.also}, first: {link(words.first)} {words.at}{then}"


def plain(text: str, most: int | None = None) -> str:
    """One line of what is text in `text`, cut to `most` characters."""
    line = " ".join(NOT_TEXT.sub("", text).split())
    return line if most is None else cut(line, most)


def cut(text: str, most: int) -> str:
    """`text` itself, or its first words and an ellipsis, at most `most` characters."""
    if len(text) <= most:
        return text
    end = text.rfind(" ", most - most // 4, most - 1)
    return text[: end if end > 0 else most - 1].rstrip() + "…"


def fitted(text: str, most: int, escape: Callable[[str], str]) -> str:
    """`text` escaped, cut so that it is at most `most` long afterwards and no escape is torn."""
    whole = escape(text)
    if size(whole) <= most:
        return whole
    kept, used = [], 1
    for character in text:
        piece = escape(character)
        used += size(piece)
        if used > most:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + "…"


def size(text: str) -> int:
    """Length in UTF-16 units: receivers written in JavaScript or Java count an emoji as two."""
    return len(text) + sum(c > "\uffff" for c in text)


def joined(pieces: Sequence[str], most: int) -> str:
    """`a, b and 3 more`, at most `most` long; the first piece always stands."""
    kept = list(pieces[:1])
    used = sum(map(size, kept)) + len(" and 99999 more")
    for piece in pieces[1:]:
        used += size(piece) + 2
        if used > most:
            return f"{', '.join(kept)} and {len(pieces) - len(kept)} more"
        kept.append(piece)
    return ", ".join(kept)


def clean_runs(runs: Sequence[tuple[str, bool]], most: int = SNIPPET) -> Runs:
    """A snippet's runs as plain text on one line, at most `most` characters and `RUNS` runs."""
    out: list[tuple[str, bool]] = []
    for text, matched in runs[:RUNS]:
        piece = BLANKS.sub(" ", NOT_TEXT.sub("", text))
        if piece and most > 0:
            out.append((cut(piece, most) if len(piece) > most else piece, matched))
            most -= len(piece)
    return tuple(out)


def marked(runs: Runs, mark: Callable[[str, bool], str]) -> str:
    """The runs as one text, each through `mark(text, matched)`."""
    return "".join(mark(text, matched) for text, matched in runs).strip()


def web(url: str) -> str:
    """The address if it is http(s) and safe inside a link of any medium, else nothing."""
    clean = NOT_TEXT.sub("", url).strip()
    scheme, _, rest = clean.partition("://")
    if scheme.lower() not in ("http", "https") or rest[:1] in ("", "/", "?", "#"):
        return ""
    if len(clean) > MAX_URL or BLANKS.search(clean):
        return ""
    return f"{scheme.lower()}://{rest}".translate(UNSAFE_IN_URL)


def ago(gone: timedelta) -> str:
    """`9 s`, `4 min`, `3 h`, `2 days`."""
    seconds = int(gone.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 172_800 else f"{seconds // 86_400} days"


def _lines(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for line in lines if (text := plain(line, LINE)))


def _label(message: Message) -> str:
    rule = plain(message.rule, NAME)
    if message.kind in (AlertKind.STORY, AlertKind.UPDATE):  # an update's headline says that it is one
        return f"{rule or 'alert'}{' · urgent' if message.severity == 'urgent' else ''}"
    kind = {AlertKind.STORM: "notice", AlertKind.HEALTH: "health"}.get(message.kind, str(message.kind))
    return f"{rule} · {kind}" if rule and rule != kind else kind


def _headline(message: Message) -> str:
    title = plain(message.title, TITLE) or "(no title)"
    return f"Update: {title}" if message.kind is AlertKind.UPDATE else title


def _outlet(outlet: Outlet) -> Link:
    return Link(plain(outlet.name, NAME) or "(unnamed)", web(outlet.url))


def _item(outlet: Outlet) -> Item:
    return Item(Link(plain(outlet.title, TITLE) or "(no title)", web(outlet.url)), _outlet(outlet).text)


def _shared_out(message: Message) -> tuple[Outlet | None, Sequence[Outlet], Sequence[Outlet]]:
    """The article of the headline, who printed it (first one first), and the other articles of the story."""
    if not message.outlets:
        return None, (), ()
    fired = next((o for o in message.outlets if o.url == message.url), message.outlets[0])
    printers = [o for o in message.outlets if o is fired or o.relation is Relation.COPY]
    return fired, printers, [o for o in message.outlets if o is not fired and o.relation is not Relation.COPY]


def _printed(outlet: Outlet, now: datetime) -> str:
    """When an outlet printed it: `09:12 UTC`, with the day where that is another.

    Its own date counts unless it is later than it was seen.
    """
    at = outlet.seen if outlet.published is None else min(outlet.published, outlet.seen)
    return f"{at:%H:%M} UTC" if at.date() == now.date() else f"{at.day} {at:%b %H:%M} UTC"


def _others(outlets: Sequence[Outlet], *named: Link | None) -> tuple[Link, ...]:
    """Every further outlet once, however many articles it has in the story."""
    found: dict[str, Link] = {}
    for outlet in outlets:
        link = _outlet(outlet)
        found.setdefault(link.text, link)
    for link in filter(None, named):
        found.pop(link.text, None)
    return tuple(found.values())


def _why(receipt: Receipt) -> str:
    words = [f"“{word}”" for w in receipt.words if (word := plain(w, NAME))]
    named = ", ".join(words[:WORDS]) + (f" and {len(words) - WORDS} more" if len(words) > WORDS else "")
    place = {"title": "in the headline", "body": "in the text"}.get(receipt.field, f"in {plain(receipt.field, NAME)}")
    return f"matched {named} {place}" if words else f"matched {place}"


def _times(message: Message, now: datetime) -> str:
    """`published 5 Feb 2025 11:58 → seen 12:02 → sent 12:02 UTC, 9 s after it was seen`; a day is named once."""
    update = message.kind is AlertKind.UPDATE  # of several articles none has the time; one may have been edited
    outlet = message.outlets[0] if message.outlets and not (update and len(message.outlets) > 1) else None
    known: Receipt | Outlet | None = message.receipt or outlet
    steps = [("sent", now)]
    if known is not None:
        steps.insert(0, ("seen", known.seen))
        if known.published is not None:
            steps.insert(0, ("published", known.published))
    shown, day = [], None
    for word, moment in steps:
        date = "" if moment.date() == day else f"{moment.day} {moment:%b %Y} "
        shown.append(f"{word} {date}{moment:%H:%M}")
        day = moment.date()
    text = " → ".join(shown) + " UTC"
    if known is None or update or now < known.seen:
        return text
    undated = "" if known.published else "; no publication date given"
    return f"{text}, {ago(now - known.seen)} after it was seen{undated}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

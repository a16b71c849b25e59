"""Messages for the channels' tests: an ordinary one, hostile ones, and whatever hypothesis thinks of."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import httpx
from hypothesis import strategies as st

from core.http import client
from core.model import AlertKind, Delivery, Message, Outlet, Receipt, Relation
from core.net import AddressPolicy

SEEN = datetime(2025, 2, 5, 12, 2, tzinfo=UTC)
NOW = SEEN + timedelta(seconds=9)
TITLE = "Convoy of the National Guard reaches the river"

HOSTILE = {
    "line breaks": "Convoy\r\nBcc: everyone@example.org\r\n\r\nbody",
    "nul and escape": "Con\x00voy \x1b[2J\x1b]0;owned\x07 \x9b31m at the river",
    "right to left": "Convoy \u202egnp.exe\u202c \u2067at\u2069 the river",
    "mentions": "Convoy <!channel> <@U012AB3CD> <!here|here> @everyone",
    "slack link": "Convoy <https://evil.example|Border Gazette> at the river",
    "entities": "Convoy &lt;!channel&gt; &amp;amp; &#60;b&#62;",
    "script": "Convoy <script>alert(1)</script><img src=x onerror=alert(1)> at the river",
    "quotes": "Convoy \"><svg onload=alert(1)> ' ` ``` *_~ at the river",
    "ten thousand": "Convoy " + "river " * 2000,
    "one long word": "Convoy" + "y" * 10_000,
    "wide": "Convoy \U0001f69a" + "\U0001f69a" * 400,
    "lone surrogates": "Convoy \ud83d \udc00 at the river",
    "separators": "Convoy\u2028at\u2029the\x85river\x0bnow\x0c",
    "empty": "",
    "only controls": "\x00\x01\u202e",
    "markup": "Convoy [bold red]at[/] the :truck: river",
}


def outlet(name: str = "Border Gazette", number: int = 1, **changed: Any) -> Outlet:
    values = {
        "name": name,
        "url": f"https://outlet{number}.example/news/{number}?from=feed&x=1",
        "title": TITLE,
        "seen": SEEN + timedelta(seconds=number - 1),
        "published": SEEN - timedelta(minutes=4),
        "relation": Relation.NEW if number == 1 else Relation.COPY,
    }
    return Outlet(**{**values, **changed})


def receipt(**changed: Any) -> Receipt:
    values = {
        "rule": "tariffs",
        "query": "tariff OR arancel",
        "words": ("tariff", "tariffs"),
        "field": "body",
        "snippet": (
            ("… sent north after a ", False),
            ("tariff", True),
            (" threat; the ", False),
            ("tariffs", True),
            (" wait …", False),
        ),
        "source": "gazette",
        "published": SEEN - timedelta(minutes=4),
        "seen": SEEN,
        "matched": SEEN,
        "note": "text only from the feed's summary: the page answered 403",
    }
    return Receipt(**{**values, **changed})


def message(**changed: Any) -> Message:
    values: dict[str, Any] = {
        "alert_id": "al_convoy",
        "kind": AlertKind.STORY,
        "rule": "tariffs",
        "title": TITLE,
        "url": "https://outlet1.example/news/1?from=feed&x=1",
        "outlets": (outlet(), outlet("El Paso Post", 2), outlet("Tijuana Hoy", 3)),
        "receipt": receipt(),
        "created": SEEN,
        "lines": ("Now mentions tariff, added 12:01 UTC",),
        "language": "en",
        "desk_url": "http://desk.example/alert/al_convoy",
    }
    return Message(**{**values, **changed})


def hostile(text: str) -> Message:
    """A message with `text` wherever a stranger's words can stand."""
    runs = ((text, False), (text, True), (" end", False))
    link = f"https://outlet.example/{text[:50]}"
    return message(
        title=text,
        url=link,
        outlets=(
            outlet(text, 1, title=text, url=link),
            outlet(f"Second {text}", 2, title=text, url=f"javascript:{text}"),
        ),
        receipt=receipt(words=(text, "tariff"), snippet=runs, note=text, query=text, source=text, field=text),
        lines=(text, f"New: {text}"),
    )


def delivery(carried: Message | None = None, **changed: Any) -> Delivery:
    carried = carried or message()
    values = {
        "id": "msg_abcdefghijklmnopqrstuvwxyz",
        "alert_id": carried.alert_id,
        "channel": "desk",
        "target": "",
        "attempts": 1,
        "epoch": 1,
        "created": SEEN,
        "deadline": SEEN + timedelta(hours=72),
        "degraded": False,
        "message": carried,
    }
    return Delivery(**{**values, **changed})


def loopback() -> httpx.AsyncClient:
    """The client alerts are sent with, allowed to reach this machine."""
    return client(AddressPolicy([ip_network("127.0.0.0/8")]), "tests@example.org")


def messages() -> st.SearchStrategy[Message]:
    """Any message: every text any characters, lone surrogates among them, and often very long."""
    short = st.text(st.characters(), max_size=60)
    text = st.one_of(short, st.text(st.sampled_from("&<>|*`\"\\\u202e\U0001f69aa "), max_size=80), st.builds(
        lambda piece, times: piece * times, st.text(st.characters(), min_size=1, max_size=8), st.integers(1, 300)
    ))  # fmt: skip
    web = st.one_of(text, text.map(lambda t: f"https://outlet.example/{t}"))
    times = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
    outlets = st.builds(Outlet, text, web, text, times, st.none() | times, st.sampled_from(Relation))
    receipts = st.builds(
        Receipt,
        rule=short,
        query=text,
        words=st.lists(text, max_size=12).map(tuple),
        field=st.sampled_from(["title", "body", "lead"]),
        snippet=st.lists(st.tuples(text, st.booleans()), max_size=12).map(tuple),
        source=short,
        published=st.none() | times,
        seen=times,
        matched=times,
        note=text,
    )
    many = st.lists(outlets, max_size=3).flatmap(
        lambda few: st.integers(0, 60).map(lambda more: (*few, *(few[:1] * more)))
    )
    return st.builds(
        Message,
        alert_id=st.just("al_any"),
        kind=st.sampled_from(AlertKind),
        rule=st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,63}", fullmatch=True) | st.just(""),
        title=text,
        url=web,
        outlets=many,
        receipt=st.none() | receipts,
        created=times,
        lines=st.lists(text, max_size=4).flatmap(lambda few: st.integers(1, 30).map(lambda times: tuple(few * times))),
        language=st.none() | short,
        desk_url=st.none() | web,
    )

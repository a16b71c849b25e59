"""The pages of the desk that are not lists: home, story, article, alert, source.

Each reads what it shows in one transaction and hands plain rows to its template.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from datasette import Response

from core.clock import SystemClock
from core.message_json import decode_receipt
from dashboard.database import NAME, read
from dashboard.marks import Piece, joined, paragraphs, runs, words_again
from store import Row, Tx, alerts, articles, stats, views

DAY = timedelta(days=1)
SHOWN = 12  # rows of a list on the home page
STYLE = "/static/desk.css?" + hashlib.sha256((Path(__file__).parent / "static/desk.css").read_bytes()).hexdigest()[:8]
NAV = (
    ("Alerts", f"/{NAME}/desk_alerts"),
    ("Stories", f"/{NAME}/desk_stories"),
    ("Articles", f"/{NAME}/desk_articles"),
    ("Sources", f"/{NAME}/desk_sources"),
    ("Deliveries", f"/{NAME}/desk_deliveries"),
    ("More", f"/{NAME}"),
)


def _home(tx: Tx, now: datetime) -> dict[str, Any]:
    fired = views.fired(tx, now - DAY, SHOWN)
    shown = fired or views.fired(tx, None, 5)
    ids = [row["id"] for row in shown]
    return {
        "view": stats.overview(tx, now),
        "today": bool(fired),
        "alerts": shown,
        "outlets": views.outlets(tx, ids),
        "deliveries": views.deliveries(tx, ids),
        "rising": views.rising(tx, now - DAY, 6),
        "failing": views.failing(tx, SHOWN),
        "articles": articles.latest(tx, SHOWN),
    }


def _story(tx: Tx, key: str) -> dict[str, Any]:
    story = articles.story(tx, int(key))
    told = views.of_story(tx, story["id"])
    members = articles.of_story(tx, story["id"])
    return {
        "story": story,
        "members": members,
        "outlets": len({row["site"] or row["source"] for row in members}),
        "copies": sum(row["relation"] == "copy" for row in members),
        "names": {row["id"]: row["site"] or row["source"] for row in members},
        "alerts": told,
        "deliveries": views.deliveries(tx, [row["id"] for row in told]),
    }


def _article(tx: Tx, key: str, number: int | None) -> dict[str, Any]:
    article = articles.get(tx, int(key))
    text = _text(tx, article, number or article["revision"])
    found = views.matches(tx, article["id"])
    return {
        "article": article,
        "text": text,
        "title": runs(text["title"], marks(found, text, "title")),
        "paragraphs": paragraphs(text["text"], marks(found, text, "body")),
        "matches": found,
        "authors": json.loads(article["authors"]),
        "story": articles.story(tx, article["story_id"]),
    }


def _text(tx: Tx, article: Row, number: int) -> Row:
    """One text of an article: `number`, `title`, `text`, `seen_at`. Raises NotFound."""
    if number != article["revision"]:
        return views.revision(tx, article["id"], number)
    return {
        "number": number,
        "title": article["title"],
        "text": article["text"],
        "seen_at": article["updated_at"],
    }


def marks(found: Sequence[Row], text: Row, field: str) -> list[Piece]:
    """Where the matched words of an article stand in one revision's title or body.

    A rule is matched once: in a later revision its words are looked for again, in what is printed there.
    """
    shown = text["title"] if field == "title" else text["text"]
    pieces: list[Piece] = []
    for match in found:
        if match["revision"] == text["number"]:
            pieces += [(start, end) for name, start, end in json.loads(match["spans"]) if name == field]
        else:
            pieces += words_again(shown, matched_words(match))
    return pieces


def matched_words(match: Row) -> set[str]:
    """The words a match names, as printed in the revision it holds for; those that stand together as one."""
    spans = json.loads(match["spans"])
    found: set[str] = set()
    for field, text in (("title", match["revision_title"] or ""), ("body", match["revision_text"] or "")):
        pieces = joined(text, [(start, end) for name, start, end in spans if name == field])
        found |= {text[start:end] for start, end in pieces}
    return found


def _alert(tx: Tx, key: str) -> dict[str, Any]:
    alert = alerts.get(tx, key)
    parent = alerts.find(tx, alert["parent_id"]) if alert["parent_id"] else None
    return {
        "alert": alert,
        "parent": parent,
        "receipt": decode_receipt(json.loads(alert["receipt"])) if alert["receipt"] else None,
        "lines": json.loads(alert["lines"]),
        "members": alerts.members(tx, key),
        "deliveries": views.deliveries(tx, [key]).get(key, []),
        "updates": views.updates(tx, key),
    }


def _source(tx: Tx, key: str) -> dict[str, Any]:
    return {
        "source": views.source(tx, key),
        "polls": views.polls(tx, key, 20),
        "entries": views.entries(tx, key, 20),
    }


async def home(datasette: Any, request: Any) -> Response:
    """Is everything working, what fired today, what is rising."""
    return await _page(datasette, request, "home.html", _home_now)


async def story(datasette: Any, request: Any) -> Response:
    """One story: who printed it, when, and which alerts it fired."""
    key = request.url_vars["key"]
    return await _page(datasette, request, "story.html", lambda tx: _story(tx, key))


async def article(datasette: Any, request: Any) -> Response:
    """One article with its matched words marked; `?revision=N` shows an earlier text."""
    key, asked = request.url_vars["key"], request.args.get("revision") or ""
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    return await _page(datasette, request, "article.html", lambda tx: _article(tx, key, number))


async def alert(datasette: Any, request: Any) -> Response:
    """One alert: its receipt, its outlets, its deliveries."""
    key = unquote(request.url_vars["key"])
    return await _page(datasette, request, "alert.html", lambda tx: _alert(tx, key))


async def source(datasette: Any, request: Any) -> Response:
    """One source: how its polls went and what it said last."""
    key = unquote(request.url_vars["key"])
    return await _page(datasette, request, "source.html", lambda tx: _source(tx, key))


ROUTES: list[tuple[str, Any]] = [
    (r"^/$", home),
    (r"^/story/(?P<key>\d{1,15})$", story),
    (r"^/article/(?P<key>\d{1,15})$", article),
    (r"^/alert/(?P<key>[^/]{1,200})$", alert),
    (r"^/source/(?P<key>[^/]{1,600})$", source),
]


def _home_now(tx: Tx) -> dict[str, Any]:
    return _home(tx, SystemClock().now())


async def _page(datasette: Any, request: Any, template: str, work: Callable[[Tx], dict[str, Any]]) -> Response:
    context = await read(datasette, work)
    body = await datasette.render_template(template, {**context, "now": SystemClock().now()}, request=request)
    return Response.html(body, headers={"cache-control": "no-cache"})

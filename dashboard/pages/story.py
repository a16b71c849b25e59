"""One story: who printed it and when, what each copy added, what was edited, told and decided since."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from datasette import Response

from dashboard import words
from dashboard.cells import link
from dashboard.pages._page import Context, page
from dashboard.pages.article import ADDED_WORDS
from store import Row, Tx, articles, decisions, timeline, views

EVENTS = 500  # shown of a story's timeline; more are a list of their own
COPIES = 60  # whose own paragraphs are looked for: 100 ms for long ones
HELD = 1000  # articles named of a story that was merged into another


async def story(datasette: Any, request: Any) -> Response:
    """The page of a story; of a merged one, where it went."""
    key = int(request.url_vars["key"])
    return await page(datasette, request, "story.html", lambda tx: _story(tx, key))


def _story(tx: Tx, story_id: int) -> Context:
    row = articles.story(tx, story_id)
    events = timeline.timeline(tx, story_id)
    if row["merged_into"] is not None:
        return {"story": row, "merged": _merged(tx, row), "events": events}
    members = views.members(tx, story_id)
    told = views.of_story(tx, story_id)
    outlets = list(dict.fromkeys(member["outlet"] for member in members))
    return {
        "story": row,
        "merged": None,
        "events": events[:EVENTS],
        "beyond": len(events) - EVENTS,
        "members": {member["id"]: member for member in members},
        "outlets": outlets,
        "copies": sum(member["relation"] == "copy" for member in members),
        "stood_ones": [member for member in members if member["standing"] != "printed"],
        "belongs": _belongs(members, added := _added(tx, members)),
        "added": added,
        "alerts": told,
        "deliveries": views.deliveries(tx, [alert["id"] for alert in told]),
    }


def _merged(tx: Tx, row: Row) -> Context:
    """Where a merged story went, and where its articles are now."""
    sent = [d for d in decisions.of_story(tx, row["id"]) if d["what"] == "merge" and d["from_story_id"] == row["id"]]
    ids = json.loads(sent[-1]["articles"]) if sent else []
    return {"into": articles.story(tx, row["merged_into"]), "articles": views.named(tx, ids[:HELD])}


def _added(tx: Tx, members: Iterable[Row]) -> dict[int, list[str]]:
    """The paragraphs of copies that are their own, where there are any."""
    found: dict[int, list[str]] = {}
    looked = spent = 0
    for member in members:
        if member["copy_of"] is None or member["of_new"] == 1:
            continue
        looked, spent = looked + 1, spent + member["words"]
        if looked > COPIES or spent > ADDED_WORDS:
            break
        if paragraphs := timeline.added(tx, member["id"]):
            found[member["id"]] = paragraphs
    return found


def _belongs(members: Iterable[Row], added: Mapping[int, list[str]]) -> dict[int, Any]:
    """Of each article why it is in the story, in words."""
    found: dict[int, Any] = {}
    for member in members:
        if member["relation"] == "copy":
            original = link("article", member["copy_of"], member["original"]) if member["original"] else None
            found[member["id"]] = words.extent(member, original, len(added.get(member["id"], ())))
        else:
            found[member["id"]] = "first to print it" if member["relation"] == "new" else "another report on it"
    return found

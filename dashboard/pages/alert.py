"""One alert: why it fired, its outlets, what was edited since, its deliveries and updates."""

import json
from typing import Any
from urllib.parse import unquote

from datasette import Response

from core.message_json import decode_receipt
from dashboard.pages._page import Context, page
from store import Tx, alerts, views


async def alert(datasette: Any, request: Any) -> Response:
    """The page of an alert."""
    key = unquote(request.url_vars["key"])
    return await page(datasette, request, "alert.html", lambda tx: _alert(tx, key))


def _alert(tx: Tx, key: str) -> Context:
    row = alerts.get(tx, key)
    edits = views.edits(tx, alert_id=key)
    return {
        "alert": row,
        "parent": alerts.find(tx, row["parent_id"]) if row["parent_id"] else None,
        "receipt": decode_receipt(json.loads(row["receipt"])) if row["receipt"] else None,
        "lines": [*json.loads(row["lines"]), *json.loads(row["tail"])],
        "members": alerts.members(tx, key),
        "standings": views.standings(tx, key),
        "deliveries": views.deliveries(tx, [key]).get(key, []),
        "updates": views.updates(tx, key),
        "told": [edit for edit in edits if edit["told_in"] == key],  # by this alert, an update
        "waiting": [edit for edit in edits if edit["alert_id"] == key and edit["state"] == "waiting"],
        "quiet": [edit for edit in edits if edit["alert_id"] == key and edit["state"] == "quiet"],
    }

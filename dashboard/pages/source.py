"""One source: how its polls went and what it said last."""

from typing import Any
from urllib.parse import unquote

from datasette import Response

from dashboard.pages._page import Context, page
from store import Tx, views


async def source(datasette: Any, request: Any) -> Response:
    """The page of a source."""
    key = unquote(request.url_vars["key"])
    return await page(datasette, request, "source.html", lambda tx: _source(tx, key))


def _source(tx: Tx, key: str) -> Context:
    return {
        "source": views.source(tx, key),
        "polls": views.polls(tx, key, 20),
        "entries": views.entries(tx, key, 20),
    }

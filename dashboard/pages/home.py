"""Is everything working, what fired today, what is rising."""

from datetime import datetime, timedelta
from typing import Any

from datasette import Response

from core.clock import SystemClock
from dashboard.pages._page import Context, page
from store import Tx, articles, stats, views

DAY = timedelta(days=1)
SHOWN = 12  # rows of a list on the home page


async def home(datasette: Any, request: Any) -> Response:
    """The front page."""
    return await page(datasette, request, "home.html", lambda tx: _home(tx, SystemClock().now()))


def _home(tx: Tx, now: datetime) -> Context:
    fired = views.fired(tx, now - DAY, SHOWN)
    shown = fired or views.fired(tx, None, 5)
    ids = [row["id"] for row in shown]
    latest = articles.latest(tx, SHOWN)
    return {
        "view": stats.overview(tx, now),
        "today": bool(fired),
        "alerts": shown,
        "outlets": views.outlets(tx, ids),
        "deliveries": views.deliveries(tx, ids),
        "rising": views.rising(tx, now - DAY, 6),
        "failing": views.failing(tx, SHOWN),
        "service": views.troubles(tx, now - DAY, SHOWN),
        "articles": latest,
        "standings": {row["id"]: row["standing"] for row in views.named(tx, [row["id"] for row in latest])},
    }

"""The pages of the desk that are not lists: home, story, article, its comparison, alert, source.

Each reads what it shows in one transaction and hands plain rows to its template.
"""

import hashlib
from pathlib import Path
from typing import Any

from dashboard.database import NAME
from dashboard.pages import alert, article, diff, home, source, story

STYLE_FILE = Path(__file__).parents[1] / "static/desk.css"
STYLE = "/static/desk.css?" + hashlib.sha256(STYLE_FILE.read_bytes()).hexdigest()[:8]
NAV = (
    ("Alerts", f"/{NAME}/desk_alerts"),
    ("Stories", f"/{NAME}/desk_stories"),
    ("Articles", f"/{NAME}/desk_articles"),
    ("Sources", f"/{NAME}/desk_sources"),
    ("Deliveries", f"/{NAME}/desk_deliveries"),
    ("More", f"/{NAME}"),
)
ROUTES: list[tuple[str, Any]] = [
    (r"^/$", home.home),
    (r"^/story/(?P<key>\d{1,15})$", story.story),
    (r"^/article/(?P<key>\d{1,15})$", article.article),
    (r"^/article/(?P<key>\d{1,15})/diff$", diff.diff),
    (r"^/alert/(?P<key>[^/]{1,200})$", alert.alert),
    (r"^/source/(?P<key>[^/]{1,600})$", source.source),
]

"""What changed between two revisions of an article, paragraph by paragraph and word by word."""

from typing import Any

from datasette import Response
from datasette.utils.asgi import BadRequest

from core.errors import NotFound
from dashboard.compare import LONGEST, compare
from dashboard.pages._page import Context, number, page
from dashboard.pages.article import matched_words
from store import Tx, articles, views


async def diff(datasette: Any, request: Any) -> Response:
    """`?from=N&to=M`; without them the last two revisions."""
    key = int(request.url_vars["key"])
    asked = tuple(_asked(request, name) for name in ("from", "to"))
    return await page(datasette, request, "diff.html", lambda tx: _diff(tx, key, *asked), _compared)


def _asked(request: Any, name: str) -> int | None:
    found = number(request, name)
    if found is None and request.args.get(name):
        raise BadRequest(f"{name}= wants the number of a revision, such as {name}=1.")
    return found


def _diff(tx: Tx, article_id: int, older: int | None = None, newer: int | None = None) -> Context:
    row = articles.get(tx, article_id)
    listed = views.revisions(tx, article_id)
    numbers = [r["number"] for r in reversed(listed)]
    if older is not None and newer is not None and older > newer:
        older, newer = newer, older
    if newer is None:
        newer = numbers[-1] if older is None or older < numbers[-1] else older
    if older is None:
        older = max((n for n in numbers if n < newer), default=newer)
    for wanted in (older, newer):
        if wanted not in numbers:
            held = "only revision 1" if numbers == [1] else f"revisions {numbers[0]} to {numbers[-1]}"
            raise NotFound(f"no revision {wanted} of article {article_id}, which has {held}")
    at = numbers.index(newer)
    return {
        "article": row,
        "older": views.revision(tx, article_id, older),
        "newer": views.revision(tx, article_id, newer),
        "numbers": numbers,
        "earlier": (numbers[at - 2], numbers[at - 1]) if at > 1 else None,
        "later": (numbers[at], numbers[at + 1]) if at + 1 < len(numbers) else None,
        "matches": views.matches(tx, article_id),
        "edits": [e for e in views.edits(tx, article_id=article_id) if older < e["revision"] <= newer],
        "longest": LONGEST,
    }


def _compared(context: Context) -> Context:
    """With the comparison, which may take most of a second."""
    older, newer = context["older"], context["newer"]
    found = {word for match in context["matches"] for word in matched_words(match)}
    old, new = (older["title"], older["text"]), (newer["title"], newer["text"])
    return {**context, "compared": compare(old, new, found) if older["number"] != newer["number"] else None}

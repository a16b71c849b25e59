"""What the desk says when it cannot show a page: what happened, and what to do about it."""

import sqlite3
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import Response
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, NotFound
from datasette.views.base import DatasetteError

from core import errors
from dashboard.database import NAME

TOO_LONG = "This took longer than a second, and was stopped so that the service is not held up. Ask for less."
OLDER = "The database is not up to date with this program. Start the service once (make run): it brings it up to date."


def explain(exception: Exception, path: str) -> tuple[int, str, str]:
    """Status, title and words for whatever a page at this path raised."""
    if isinstance(exception, errors.NotFound):
        return 404, "Not here", f"There is {exception}. It may have been pruned, or the address is mistyped."
    if isinstance(exception, NotFound):
        return 404, "Not here", "There is no such page."
    if _interrupted(exception):
        return 400, "Too much at once", TOO_LONG
    if isinstance(exception, sqlite3.OperationalError) and "no such" in str(exception):
        return 503, "The database is older than the desk", OLDER
    if isinstance(exception, DatasetteError):
        status = 400 if exception.status == 500 else exception.status  # its 500s are questions SQLite refused
        return status, exception.title or "That did not work", str(exception.message)
    if isinstance(exception, Base400):
        return exception.status, "That was not understood", str(exception.args[0] if exception.args else "")
    if isinstance(exception, sqlite3.Error):
        return 400, "That could not be read", str(exception)
    if isinstance(exception, ValueError) and path.startswith(f"/{NAME}"):  # e.g. ?_timelimit=x: Datasette lets it fall
        return 400, "That was not understood", str(exception)
    return 500, "The desk stumbled", "This is a fault of the program; its terminal has the details."


def _interrupted(exception: Exception) -> bool:
    return (
        isinstance(exception, QueryInterrupted)
        or (isinstance(exception, sqlite3.OperationalError) and str(exception) == "interrupted")
        or (isinstance(exception, DatasetteError) and exception.title == "SQL Interrupted")
    )


def answer(datasette: Any, request: Any, exception: Exception) -> Callable[[], Awaitable[Response]]:
    """The page (or JSON) for an exception. A fault of ours is printed to the terminal, whole."""
    status, title, words = explain(exception, request.path)
    if status == 500:
        traceback.print_exception(exception, file=sys.stderr)

    async def inner() -> Response:
        if request.path.split("?")[0].endswith(".json"):
            return Response.json({"ok": False, "error": words, "status": status, "title": title}, status=status)
        body = await datasette.render_template(
            "error.html", {"status": status, "title": title, "error": words}, request=request
        )
        return Response.html(body, status=status)

    return inner

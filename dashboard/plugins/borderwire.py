"""Borderwire's Datasette plugin: only hooks; what they do lives in the `dashboard` package."""

# mypy: disable-error-code="untyped-decorator"

import logging
from collections.abc import Mapping
from typing import Any

from datasette import hookimpl
from datasette.plugins import pm

from dashboard import cells, errors, guard, pages, search, words
from dashboard.database import NAME, ReadOnlyDatabase


@hookimpl
def startup(datasette: Any) -> None:
    """The one database gets a name that does not depend on its file, and can never be opened for writing."""
    for name in ("uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)
    pm.unregister(name="datasette.handle_exception")  # it prints every local variable; ours answers instead
    for name, database in [*datasette.databases.items()]:
        if name != "_internal":
            datasette.remove_database(name)
            datasette.add_database(ReadOnlyDatabase(datasette, database.path), name=NAME)


@hookimpl
def prepare_connection(conn: Any, database: str) -> None:
    """Nothing may write; search takes whatever people type."""
    if database == NAME:
        conn.execute("PRAGMA query_only=ON")
        conn.create_function("fts_query", 1, search.fts_query, deterministic=True)


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """The filters of our templates."""
    env.filters.update(
        key=cells.key_in_path,
        label=cells.label,
        clock=cells.clock,
        ago=cells.ago,
        badge=cells.badge,
        away=cells.away,
        marked=cells.marked,
        with_times=cells.with_times,
        with_links=words.with_links,
        standing=words.standing,
        quiet=words.quiet,
    )
    env.globals.update(style=pages.STYLE, nav=pages.NAV)


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The pages of our own, before Datasette's."""
    return pages.ROUTES


@hookimpl
def render_cell(row: Mapping[str, Any], value: Any, column: str, table: str | None) -> Any:
    """See dashboard/cells.py."""
    return cells.cell(row, value, column, table)


@hookimpl
def asgi_wrapper() -> Any:
    """See dashboard/guard.py."""
    return guard.guarded


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """See dashboard/errors.py."""
    return errors.answer(datasette, request, exception)

"""The desk's only database: opened read-only, read in one consistent picture, never for longer than a second."""

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from datasette.database import Database
from datasette.utils import sqlite_timelimit

from core.errors import StoreError
from store import Tx
from store.backends.sqlite import SqliteTx

NAME = "borderwire"  # in every address of the desk, whatever the file is called
T = TypeVar("T")


class ReadOnlyDatabase(Database):  # type: ignore[misc]
    """Datasette opens files with `mode=ro` for reading; this one refuses the other way too."""

    def connect(self, write: bool = False) -> Any:
        if write:
            raise StoreError("the desk only reads")
        return super().connect()


async def read(datasette: Any, work: Callable[[Tx], T]) -> T:
    """`work(tx)` in one transaction. Raises what it raises; sqlite3.OperationalError when it takes too long."""

    def inside(conn: sqlite3.Connection) -> T:
        conn.execute("BEGIN")
        try:
            with sqlite_timelimit(conn, datasette.sql_time_limit_ms):
                return work(SqliteTx(conn))
        finally:
            conn.execute("ROLLBACK")

    result: T = await datasette.get_database(NAME).execute_fn(inside)
    return result

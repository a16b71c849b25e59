"""What a database dialect must offer; the SQL itself is written once per noun, in the subset both dialects share."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = Mapping[str, Any]


class Tx(Protocol):
    """One open transaction. Parameters are named (`:name`); a list given for `:names` in `IN :names` is expanded."""

    def all(self, sql: str, /, **params: Any) -> list[Row]:
        """Every row of a query."""

    def tuples(self, sql: str, /, **params: Any) -> list[tuple[Any, ...]]:
        """Every row of a query as bare values: for answers of many rows, at half the cost."""

    def one(self, sql: str, /, **params: Any) -> Row | None:
        """The first row of a query, or None."""

    def run(self, sql: str, /, **params: Any) -> int:
        """Execute a statement; the number of rows it changed."""

    def many(self, sql: str, rows: Iterable[Mapping[str, Any]], /) -> None:
        """Execute a statement once for each mapping of parameters."""

    def search(self, query: str, limit: int) -> list[Row]:
        """Full-text search over articles, best first: `id`, `snippet` (matches between `[` and `]`)."""


class Backend(Protocol):
    """A database of one dialect."""

    def tx(self) -> AbstractContextManager[Tx]:
        """A transaction that may write: committed on a clean exit, rolled back on an exception.

        Nested use on the same thread opens a savepoint. Raises StoreError for what the database refuses.
        """

    def read(self) -> AbstractContextManager[Tx]:
        """A transaction that only reads a consistent picture."""

    def migrate(self) -> list[str]:
        """Bring the schema up to date; the names of the migrations applied. Raises SchemaError if it is newer."""

    @property
    def noted(self) -> str:
        """What the service that had this database last noted beside it: no backup of the database holds that."""

    def note(self, text: str) -> None:
        """Note something short beside the database for the next service, if that can be."""

    def close(self) -> None:
        """Release the database."""

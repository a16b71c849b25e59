"""SQLite through sqlite-utils: WAL, synchronous=FULL, foreign keys on, every write in BEGIN IMMEDIATE.

Limits: one service per file (a lock file says so); readers and the desk open the file read-only.
"""

import fcntl
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlite_utils
from sqlite_utils.migrations import Migrations

from core.errors import SchemaError, StoreError
from core.failpoints import hit
from store import schema, views
from store.backend import Row

MAX_PARAMS = 30_000  # SQLite refuses more than 32,766 in one statement
BUSY_SECONDS = 10.0
CACHE_KB = 32_000  # of pages in memory, of the one connection that writes
PARAMETER = re.compile(r"'(?:[^']|'')*'|:(\w+)")  # and quoted text, in which a colon is a colon

migrations = Migrations("borderwire")


DIALECT = {"pk": "INTEGER PRIMARY KEY", "clustered": " WITHOUT ROWID"}


def m001_initial(db: sqlite_utils.Database) -> None:
    """The tables of store/schema.py and full-text search over articles."""
    _make(db, schema.TABLES)
    db.table("articles").enable_fts(["title", "text"], create_triggers=True, tokenize="unicode61 remove_diacritics 2")


def m002_views(db: sqlite_utils.Database) -> None:
    """The indexes of what the desk shows; its views are made by `migrate`, after every step."""
    for statement in views.indexes():
        db.execute(statement)


def m003_stories(db: sqlite_utils.Database) -> None:
    """Evidence of copies, decisions about stories, edits and what became of articles."""
    _make(db, schema.STORIES)


def m004_trust(db: sqlite_utils.Database) -> None:
    """Digests, messages that grow, troubles of the service."""
    _make(db, schema.TRUST)


def _make(db: sqlite_utils.Database, ddl: str) -> None:
    for statement in schema.statements(ddl, **DIALECT):
        db.execute(statement)
        hit("in_migration")


STEPS = (m001_initial, m002_views, m003_stories, m004_trust)  # append only
for _step in STEPS:
    migrations()(_step)


class SqliteTx:
    """A Tx on one sqlite3 connection."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def all(self, sql: str, /, **params: Any) -> list[Row]:
        cursor = self._execute(sql, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=False)) for row in cursor]

    def tuples(self, sql: str, /, **params: Any) -> list[tuple[Any, ...]]:
        return self._execute(sql, params).fetchall()

    def one(self, sql: str, /, **params: Any) -> Row | None:
        cursor = self._execute(sql, params)
        row = cursor.fetchone()
        return None if row is None else dict(zip([column[0] for column in cursor.description], row, strict=False))

    def run(self, sql: str, /, **params: Any) -> int:
        return self._execute(sql, params).rowcount

    def many(self, sql: str, rows: Iterable[Mapping[str, Any]], /) -> None:
        self._conn.executemany(sql, rows)

    def search(self, query: str, limit: int) -> list[Row]:
        return self.all(
            "SELECT a.id AS id, snippet(articles_fts, 1, '[', ']', ' … ', 24) AS snippet"
            " FROM articles_fts JOIN articles a ON a.id = articles_fts.rowid"
            " WHERE articles_fts MATCH :query ORDER BY articles_fts.rank LIMIT :limit",
            query=sqlite_utils.Database(memory=True).quote_fts(query),
            limit=limit,
        )

    def _execute(self, sql: str, params: dict[str, Any]) -> sqlite3.Cursor:
        cursor = self._conn.cursor()
        cursor.row_factory = None  # sqlite3.Row takes 3 times as long to become a mapping as a tuple does
        sizes = [(name, len(value)) for name, value in params.items() if isinstance(value, (list, tuple))]
        if not sizes:
            return cursor.execute(sql, params)
        text, order = _expanded(sql, tuple(sizes), tuple(params))
        given: list[Any] = []
        for name in order:
            value = params[name]
            if isinstance(value, (list, tuple)):
                given += value
            else:
                given.append(value)
        return cursor.execute(text, given)


@lru_cache(maxsize=2000)
def _expanded(sql: str, sizes: tuple[tuple[str, int], ...], names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """`IN :names` with so many values becomes `IN (?, ?, ...)` and every other parameter `?`; the order they come in.

    By position: SQLite looks values up by name one by one, which takes as long as the reading itself.
    """
    listed = dict(sizes)
    for name, count in sizes:
        if count > MAX_PARAMS:
            raise StoreError(f"{count} values for :{name}; at most {MAX_PARAMS} in one statement")
    order: list[str] = []

    def mark(m: re.Match[str]) -> str:
        name = m[1]
        if name not in names:
            return m[0]
        order.append(name)
        return "?" if name not in listed else f"({', '.join('?' * listed[name])})"

    return PARAMETER.sub(mark, sql), tuple(order)


class SqliteBackend:
    """One SQLite file. `lock=True` makes this process its one service; `read_only` opens it for looking only."""

    def __init__(self, path: Path, *, read_only: bool = False, lock: bool = False) -> None:
        self.path = path
        self._lock_file: int | None = None
        self.noted = ""
        if lock:
            self._lock_file, self.noted = _take_lock(path)
        self._conn = _connect(path, read_only=read_only, checkpoints=lock)
        self.db = sqlite_utils.Database(self._conn)
        self._depth = 0

    @contextmanager
    def tx(self) -> Iterator[SqliteTx]:
        """See Backend.tx. sqlite-utils' own `atomic()` begins deferred and can fail busy at once; this cannot."""
        with _wrapped(self.path):
            begin, undo, end = (
                ("BEGIN IMMEDIATE", "ROLLBACK", "COMMIT")
                if not self._depth
                else (
                    f"SAVEPOINT s{self._depth}",
                    f"ROLLBACK TO s{self._depth}",
                    f"RELEASE s{self._depth}",
                )
            )
            self._conn.execute(begin)
            self._depth += 1
            try:
                yield SqliteTx(self._conn)
                self._depth -= 1
                self._conn.execute(end)
            except BaseException:
                self._depth = max(0, self._depth - 1) if self._conn.in_transaction else 0
                if self._conn.in_transaction:  # a full disk has already rolled everything back
                    self._conn.execute(undo)
                raise

    @contextmanager
    def read(self) -> Iterator[SqliteTx]:
        with _wrapped(self.path):
            if self._conn.in_transaction:
                yield SqliteTx(self._conn)
                return
            self._conn.execute("BEGIN")
            try:
                yield SqliteTx(self._conn)
            finally:
                self._conn.execute("ROLLBACK")

    def migrate(self) -> list[str]:
        with _wrapped(self.path):
            if newer := sorted({m.name for m in migrations.applied(self.db)} - {f.__name__ for f in STEPS}):
                raise SchemaError(
                    f"{self.path} was written by a newer Borderwire (it knows {', '.join(newer)}): "
                    "upgrade this program, or restore a backup made by this version"
                )
            pending = [m.name for m in migrations.pending(self.db)]
            if pending:
                self._drop_views()  # they name columns that a step may change
                migrations.apply(self.db)
            self._make_views()
            return pending

    def _drop_views(self) -> None:
        with self.tx() as tx:
            for row in tx.all(
                "SELECT name FROM sqlite_master WHERE type = 'view' AND name LIKE 'desk\\_%' ESCAPE '\\'"
            ):
                tx.run(f"DROP VIEW {row['name']}")

    def _make_views(self) -> None:
        """All of the desk's views anew, where one is missing or reads otherwise than this version wants it."""
        wanted = views.statements()
        with self.read() as tx:
            stored = {row["sql"] for row in tx.all("SELECT sql FROM sqlite_master WHERE type = 'view'")}
        if stored.issuperset(wanted):
            return
        self._drop_views()
        with self.tx() as tx:
            for statement in wanted:
                tx.run(statement)

    def note(self, text: str) -> None:
        if self._lock_file is not None:
            with suppress(OSError):
                _write_lock(self._lock_file, text)

    def close(self) -> None:
        self._conn.close()
        if self._lock_file is not None:
            os.close(self._lock_file)


def _connect(path: Path, *, read_only: bool, checkpoints: bool) -> sqlite3.Connection:
    if str(path) != ":memory:":
        if read_only and not path.exists():
            raise StoreError(f"there is no database at {path} yet: start the service first (make run)")
        path.parent.mkdir(parents=True, exist_ok=True)
    name = ":memory:" if str(path) == ":memory:" else f"file:{path}?mode={'ro' if read_only else 'rwc'}"
    with _wrapped(path):
        conn = sqlite3.connect(name, uri=True, check_same_thread=False, timeout=BUSY_SECONDS, isolation_level=None)
        conn.row_factory = sqlite3.Row
        conn.execute("PRAGMA foreign_keys=ON")
        if not read_only:
            conn.execute("PRAGMA journal_mode=WAL")
            conn.execute("PRAGMA synchronous=FULL")
        if checkpoints:
            # An article changes some 40 pages all over the index of copies; a batch of them fits (SQLite's own 2 MB
            # are written out before the commit: keeping what finds copies took 3 times as long).
            conn.execute(f"PRAGMA cache_size=-{CACHE_KB}")
        else:
            # Only the service checkpoints: SQLite before 3.51.3 can corrupt a WAL reset by two connections.
            conn.execute("PRAGMA wal_autocheckpoint=0")
        return conn


def _take_lock(path: Path) -> tuple[int, str]:
    """The lock file, which names our process, and what the service before noted in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner = os.read(lock, 256).decode(errors="replace").partition("\n")[0].strip() or "unknown"
        os.close(lock)
        raise StoreError(
            f"another service already runs on {path} (process {owner}): stop it first, or give this one "
            "its own `database:` in config.yaml"
        ) from error
    noted = os.read(lock, 256).decode(errors="replace").partition("\n")[2].strip()
    _write_lock(lock, noted)
    return lock, noted


def _write_lock(lock: int, text: str) -> None:
    content = f"{os.getpid()}\n{text}\n".encode()
    os.pwrite(lock, content, 0)
    os.ftruncate(lock, len(content))


@contextmanager
def _wrapped(path: Path) -> Iterator[None]:
    """Outside errors become StoreError, with the remedy where one is known."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise  # a programming fault, never a state of the world: keep the traceback
    except sqlite3.DatabaseError as error:
        text = str(error)
        remedies = {
            "full": "free space on the disk; nothing committed is lost and work resumes by itself",
            "readonly": "make the file and its folder writable for this user",
            "unable to open": "create the folder, or make it readable and writable for this user",
            "not a database": "move the file away, or restore a backup",
            "malformed": "restore a backup: the file is damaged",
            "locked": "another program holds the database; close it and try again",
        }
        remedy = next((r for key, r in remedies.items() if key in text), "")
        raise StoreError(f"{path}: {text}" + (f": {remedy}" if remedy else "")) from error


def open_backend(url: str, *, read_only: bool = False, lock: bool = False) -> SqliteBackend:
    """Open `sqlite:///path`, a plain path, or `:memory:`. Raises StoreError."""
    return SqliteBackend(Path(url.removeprefix("sqlite:///")), read_only=read_only, lock=lock)

"""The SQLite dialect: transactions, limits, locks, and what a full disk does."""

import os
import sqlite3
from pathlib import Path

import pytest

from core.errors import SchemaError, StoreError
from store import Backend, open_store
from store.backends.sqlite import SqliteBackend

INSERT = "INSERT INTO meta(k, v) VALUES (:k, :v)"


def test_settings_that_durability_rests_on(store: SqliteBackend) -> None:
    with store.tx() as tx:
        assert tx.one("PRAGMA journal_mode") == {"journal_mode": "wal"}
        assert tx.one("PRAGMA synchronous") == {"synchronous": 2}
        assert tx.one("PRAGMA foreign_keys") == {"foreign_keys": 1}


def test_an_exception_rolls_back(store: Backend) -> None:
    with pytest.raises(ValueError, match="stop"), store.tx() as tx:
        tx.run(INSERT, k="a", v="1")
        raise ValueError("stop")
    with store.read() as tx:
        assert tx.all("SELECT * FROM meta") == []


def test_a_nested_transaction_fails_alone(store: Backend) -> None:
    with store.tx() as tx:
        tx.run(INSERT, k="outer", v="1")
        with pytest.raises(ValueError, match="stop"), store.tx() as inner:
            inner.run(INSERT, k="inner", v="1")
            raise ValueError("stop")
    with store.read() as tx:
        assert [r["k"] for r in tx.all("SELECT k FROM meta")] == ["outer"]


def test_lists_expand(store: Backend) -> None:
    with store.tx() as tx:
        tx.many(INSERT, [{"k": str(i), "v": "x"} for i in range(12)])
        found = tx.all("SELECT k FROM meta WHERE k IN :keys AND v = :v ORDER BY k", keys=["1", "11", "99"], v="x")
    assert [r["k"] for r in found] == ["1", "11"]


def test_an_empty_list_matches_nothing(store: Backend) -> None:
    with store.read() as tx:
        assert tx.all("SELECT k FROM meta WHERE k IN :keys", keys=[]) == []


def test_a_list_may_stand_twice_beside_other_parameters_and_quoted_colons(store: Backend) -> None:
    with store.tx() as tx:
        tx.many(INSERT, [{"k": str(i), "v": ":keys" if i == 1 else "x"} for i in range(12)])
        found = tx.all(
            "SELECT k, v = ':keys' AS odd FROM meta WHERE (k IN :keys OR v IN :keys) AND k <> :not AND k IN :more"
            " ORDER BY k",
            keys=["1", "3", "5"],
            more=["1", "5"],
            **{"not": "5"},
        )
    assert found == [{"k": "1", "odd": 1}]


def test_a_list_too_long_for_one_statement_is_refused(store: Backend) -> None:
    with store.read() as tx, pytest.raises(StoreError, match="at most 30000"):
        tx.all("SELECT k FROM meta WHERE k IN :keys", keys=["a"] * 30_001)


def test_bare_rows_are_those_of_all(store: Backend) -> None:
    with store.tx() as tx:
        tx.many(INSERT, [{"k": str(i), "v": "x"} for i in range(3)])
        asked = "SELECT k, v FROM meta WHERE k IN :keys ORDER BY k"
        assert tx.tuples(asked, keys=["0", "2"]) == [("0", "x"), ("2", "x")]
        assert tx.tuples("SELECT k FROM meta WHERE k = :k", k="none") == []
        assert [tuple(row.values()) for row in tx.all(asked, keys=["0", "2"])] == tx.tuples(asked, keys=["0", "2"])


def test_a_second_service_is_refused(store: Backend, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="another service already runs"):
        open_store(str(tmp_path / "test.db"), lock=True)


def test_commands_may_write_beside_the_service(store: Backend, tmp_path: Path) -> None:
    beside = open_store(str(tmp_path / "test.db"))
    with beside.tx() as tx:
        assert tx.one("PRAGMA wal_autocheckpoint") == {"wal_autocheckpoint": 0}
        tx.run(INSERT, k="a", v="1")
    beside.close()
    with store.read() as tx:
        assert len(tx.all("SELECT * FROM meta")) == 1


def test_read_only_writes_nothing(store: Backend, tmp_path: Path) -> None:
    reader = open_store(str(tmp_path / "test.db"), read_only=True)
    with pytest.raises(StoreError, match="writable"), reader.tx() as tx:
        tx.run(INSERT, k="a", v="1")
    reader.close()


def test_a_missing_database_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="start the service first"):
        open_store(str(tmp_path / "none.db"), read_only=True)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    open_store(str(path)).close()
    with sqlite3.connect(path) as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations(migration_set, name, applied_at)"
            " VALUES ('borderwire', 'm999_future', '2099')"
        )
    with pytest.raises(SchemaError, match="m999_future"):
        open_store(str(path))


def test_migrating_twice_does_nothing(store: Backend) -> None:
    assert store.migrate() == []


def test_a_full_disk_loses_only_the_unfinished(store: SqliteBackend) -> None:
    with store.tx() as tx:
        tx.run(INSERT, k="kept", v="1")
        pages = int(tx.one("PRAGMA page_count")["page_count"])  # type: ignore[index]
    store.db.execute(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(StoreError, match="free space"), store.tx() as tx:
        for i in range(1000):
            tx.run(INSERT, k=f"big{i}", v="x" * 4000)
    store.db.execute("PRAGMA max_page_count=1000000")
    with store.tx() as tx:
        tx.run(INSERT, k="after", v="1")
        assert [r["k"] for r in tx.all("SELECT k FROM meta ORDER BY k")] == ["after", "kept"]
        assert tx.one("PRAGMA integrity_check") == {"integrity_check": "ok"}


def test_an_unknown_scheme_names_those_that_exist() -> None:
    with pytest.raises(Exception, match=r"expected one of .*sqlite"):
        open_store("mongodb://localhost/x")


def test_a_note_beside_the_database_is_read_at_the_next_start_and_stands_in_no_backup(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    for before, now in (("", "2025-02-05T12:00"), ("2025-02-05T12:00", "short"), ("short", "")):
        backend = open_store(str(path), lock=True)
        assert backend.noted == before
        with pytest.raises(StoreError, match=rf"already runs on .* \(process {os.getpid()}\)"):
            open_store(str(path), lock=True)
        backend.note(now)
        backend.close()
    (tmp_path / "test.db.lock").write_text("4711")  # as an earlier version wrote it
    backend = open_store(str(path), lock=True)
    assert backend.noted == ""
    backend.close()

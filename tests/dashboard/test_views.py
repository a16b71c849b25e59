"""The desk's views stay quick however long the archive grows: the plans say so, without a clock."""

import sqlite3
from pathlib import Path

import pytest
import sqlite_utils

from store import Backend, open_store, views
from store.backends.sqlite import STEPS, SqliteBackend

ORDERED = {
    "desk_alerts": "created_at",
    "desk_stories": "updated_at",
    "desk_articles": "first_seen_at",
    "desk_edits": "added_at",
    "desk_matches": "matched_at",
    "desk_deliveries": "created_at",
    "desk_attempts": "started_at",
    "desk_entries": "first_seen_at",
    "desk_troubles": "since_at",
    "polls": "at",
}
FACETS = [
    *(
        ("desk_articles", column)
        for column in ("source", "language", "relation", "extent", "standing", "extraction", "class", "pinned")
    ),
    *(("desk_edits", column) for column in ("kind", "state", "quiet")),
    *(("desk_alerts", column) for column in ("rule", "kind")),
    *(("desk_matches", column) for column in ("rule", "outcome")),
    *(("desk_deliveries", column) for column in ("state", "channel")),
    *(("desk_entries", column) for column in ("state", "class", "source")),
]


def plan(store: Backend, sql: str) -> str:
    with store.read() as tx:
        return "\n".join(row["detail"] for row in tx.all(f"EXPLAIN QUERY PLAN {sql}"))


@pytest.mark.parametrize("name", ORDERED)
def test_a_list_is_read_in_its_order_and_never_sorted(store: Backend, name: str) -> None:
    found = plan(store, f"SELECT * FROM {name} ORDER BY {ORDERED[name]} DESC LIMIT 51")
    assert "TEMP B-TREE FOR ORDER BY" not in found


@pytest.mark.parametrize("name", [n for n in ORDERED if n.startswith("desk_")])
def test_counting_a_list_reads_one_index_alone(store: Backend, name: str) -> None:
    found = plan(store, f"SELECT COUNT(*) FROM {name}")
    assert found.count("SCAN") == 1
    assert "SEARCH" not in found
    assert "COVERING INDEX" in found


@pytest.mark.parametrize(("name", "column"), FACETS)
def test_a_facet_never_reads_the_long_texts(store: Backend, name: str, column: str) -> None:
    found = plan(store, f"SELECT {column}, COUNT(*) FROM (SELECT * FROM {name}) GROUP BY {column}")
    assert "SCAN" in found
    assert "COVERING INDEX" in found
    assert "SEARCH" not in found


def test_what_was_withdrawn_is_found_without_reading_every_article(store: Backend) -> None:
    found = plan(
        store, "SELECT title FROM articles a WHERE a.standing <> 'printed' ORDER BY a.standing_at DESC LIMIT 9"
    )
    assert "articles_stood" in found
    assert "TEMP B-TREE" not in found


@pytest.mark.parametrize("column", ["article_id", "alert_id"])
def test_the_edits_of_an_article_or_an_alert_are_found_by_an_index(store: Backend, column: str) -> None:
    found = plan(store, f"SELECT * FROM desk_edits WHERE {column} = '7'")
    assert "SEARCH e USING INDEX" in found


def test_views_that_are_missing_or_older_are_made_anew(store: SqliteBackend) -> None:
    store.db.execute("DROP VIEW desk_alerts")
    store.db.execute("DROP VIEW desk_sources")
    store.db.execute("CREATE VIEW desk_sources AS SELECT 1 AS name")
    assert store.migrate() == []
    found = {row[0] for row in store.db.execute("SELECT sql FROM sqlite_master WHERE type = 'view'")}
    assert set(views.statements()) <= found


def test_a_database_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "old.db") as conn:
        old = sqlite_utils.Database(conn)
        for step in STEPS[:2]:
            step(old)
        for statement in views.statements()[:1]:
            conn.execute(statement)
        old["_sqlite_migrations"].insert_all(
            [{"id": i, "migration_set": "borderwire", "name": s.__name__, "applied_at": "2026"}
             for i, s in enumerate(STEPS[:2])], pk="id")  # fmt: skip
    store = open_store(str(tmp_path / "old.db"))
    with store.read() as tx:
        assert tx.all("SELECT extent, standing FROM desk_articles") == []
        assert tx.all("SELECT * FROM edits") == []
    store.close()

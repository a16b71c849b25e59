"""The desk's views stay quick however long the archive grows: the plans say so, without a clock."""

import pytest

from store import Backend, views
from store.backends.sqlite import SqliteBackend

ORDERED = {
    "desk_alerts": "created_at",
    "desk_stories": "updated_at",
    "desk_articles": "first_seen_at",
    "desk_matches": "matched_at",
    "desk_deliveries": "created_at",
    "desk_attempts": "started_at",
    "desk_entries": "first_seen_at",
    "polls": "at",
}
FACETS = [
    *(("desk_articles", column) for column in ("source", "language", "relation", "extraction", "class")),
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


def test_a_database_from_before_the_views_gets_them(store: SqliteBackend) -> None:
    names = [statement.split()[1:3] for statement in views.statements()]
    for kind, name in names:
        store.db.execute(f"DROP {kind} {name}")
    store.db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm002_views'")
    store.db.conn.commit()
    assert store.migrate() == ["m002_views"]
    found = {row[0] for row in store.db.execute("SELECT name FROM sqlite_master")}
    assert {name.split("(")[0] for _, name in names} <= found

"""The search box takes whatever people type: SQLite never refuses the query, and the words mean what they say."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.search import fts_query

ROWS = [
    "The National Guard moved to Ciudad Juárez",
    "A guard at the national park",
    "Los aranceles suben",
    "tariff and tariffs",
]


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    conn = sqlite3.connect(":memory:", check_same_thread=False)
    conn.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='unicode61 remove_diacritics 2')")
    conn.executemany("INSERT INTO t(text) VALUES (?)", [(row,) for row in ROWS])
    yield conn
    conn.close()


def found(index: sqlite3.Connection, typed: str) -> list[int]:
    return [r[0] - 1 for r in index.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid", (fts_query(typed),))]


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_nothing_typed_is_an_error(index: sqlite3.Connection, typed: str) -> None:
    found(index, typed)


@settings(deadline=None)
@given(st.text(alphabet="\"*:(){}^-+ \\'aN,ANDOR\x00", max_size=20))
def test_no_operator_is_an_error(index: sqlite3.Connection, typed: str) -> None:
    found(index, typed)


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("juarez ciudad", [0]),
        ("national guard", [0, 1]),
        ('"national guard"', [0]),
        ('"national guard', [0]),
        ("aranc*", [2]),
        ("tariff", [3]),
        ("aranc", []),
        ("guard OR arancel", []),
        ("guard AND national", []),
        ("NOT", []),
        ("text:guard", []),
        ("guard -park", [1]),
        ("", []),
        ("***", []),
    ],
)
def test_what_people_type_finds_what_they_mean(index: sqlite3.Connection, typed: str, rows: list[int]) -> None:
    assert found(index, typed) == rows

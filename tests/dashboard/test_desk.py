"""The real desk on a real database: every page answers, nothing it shows is markup, nothing can be written."""

import csv
import io
import os
import re
import signal
import socket
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from ruamel.yaml import YAML

from core.errors import BorderwireError
from dashboard import desk
from dashboard.guard import HEADERS
from store import views
from tests.dashboard.checks import Page, check

HOSTILE_SEARCHES = [
    '"',
    '""',
    "'",
    "NEAR(",
    "a AND",
    "-",
    "*",
    "title:x",
    "\x00",
    "{}",
    '"a" "',
    "(((",
    "ñ" * 500,
    "%",
    "\\",
]
METADATA = YAML(typ="safe").load(desk.FOLDER / "metadata.yaml")["databases"]["borderwire"]
LISTS = [name for name, about in METADATA["tables"].items() if not about.get("hidden")]


def pages_from(running: Any, start: str, most: int = 150) -> dict[str, Page]:
    """Every page of the desk that can be reached from `start` by links, each checked."""
    waiting, seen = [start], {}
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen[path] = check(running.get(path))
        base = f"http://127.0.0.1:{running.port}"
        for link in seen[path].links:
            full = urlsplit(urljoin(base + path, link))
            if full.netloc == f"127.0.0.1:{running.port}" and not re.search(r"\.(json|css|svg|csv|blob)$", full.path):
                waiting.append(full.path + (f"?{full.query}" if full.query else ""))
    return seen


def test_every_page_that_can_be_reached_answers_and_is_harmless(full: Any) -> None:
    seen = pages_from(full, "/")
    for path in (
        "/story/1",
        "/article/1",
        "/alert/al_guard",
        "/source/broken",
        "/borderwire/desk_alerts",
        "/borderwire",
    ):
        assert path in seen


def test_every_page_of_an_empty_database_answers_too(empty: Any) -> None:
    pages_from(empty, "/")
    home = empty.get("/").text
    assert "No source is watched yet" in home
    assert "No rule has fired yet" in home
    assert "No article is stored yet" in home


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_words_for_having_nothing(empty: Any, name: str) -> None:
    about = METADATA["tables"][name]
    page = empty.get(f"/borderwire/{name}")
    check(page)
    assert about["title"] in page.text
    assert about["empty"].split(".")[0] in page.text


def test_what_the_metadata_names_exists(full: Any) -> None:
    """A misspelt column in the metadata would be silently ignored."""
    conn = sqlite3.connect(f"file:{full.database}?mode=ro", uri=True)
    for name, about in METADATA["tables"].items():
        columns = {row[1] for row in conn.execute(f'PRAGMA table_info("{name}")')}
        assert columns or name == "sqlite_sequence", name
        named = {about.get("sort"), about.get("sort_desc")} | {*about.get("facets", ()), *about.get("columns", ())}
        assert named - {None} <= columns, name
    listed = {row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
    conn.close()
    assert listed <= set(LISTS)
    assert {s.split()[2] for s in views.statements() if s.startswith("CREATE VIEW")} == listed


def test_the_front_page_answers_at_a_glance(full: Any) -> None:
    page = full.get("/").text
    assert "need attention" in page
    assert "source broken fails since" in page
    assert "the server answered 503" in page
    assert "The Chronicle, Border Herald, El Diario" in page
    assert "slack: sent" in page
    assert "hook: dead" in page
    assert "3 outlets, 3 articles" in page


def test_a_story_names_its_outlets_in_order(full: Any) -> None:
    text = full.get("/story/1").text
    places = [text.index(f"<strong>{name}</strong>") for name in ("The Chronicle", "Border Herald", "El Diario")]
    assert places == sorted(places)
    assert 'copy of <a href="/article/1">The Chronicle</a>' in text
    assert '<a href="/alert/al_guard"' in text


def test_an_article_marks_its_matched_words(full: Any) -> None:
    first = full.get("/article/1?revision=1").text
    assert "The <mark>National Guard</mark> moved to the border" in first
    assert "said more would come" not in first
    latest = full.get("/article/1").text
    assert "The <mark>National Guard</mark> said more would come." in latest
    assert "<mark>Guard</mark>" not in latest
    assert "La <mark>Guardia Nacional</mark> llegó" in full.get("/article/3").text


def test_an_alert_shows_its_receipt(full: Any) -> None:
    text = full.get("/alert/al_guard").text
    assert "The <mark>National Guard</mark> moved to the border" in text
    assert "&#34;National Guard&#34; OR &#34;Guardia Nacional&#34;" in text
    assert "mail (desk@example.org)" in text
    assert "not yet told" in text
    assert '<a href="/alert/al_upd"' in text
    assert '<a href="/alert/al_guard"' in full.get("/alert/al_upd").text


def test_hostile_words_stay_words_everywhere(full: Any) -> None:
    for path in ("/", "/article/4", "/story/2", "/alert/al_odd", "/alert/al_guard", "/borderwire/desk_articles",
                 "/borderwire/desk_entries", "/borderwire/desk_deliveries", "/borderwire/articles/4",
                 "/borderwire/search?q=tariff", "/source/chronicle"):  # fmt: skip
        page = full.get(path)
        check(page)
        assert "&lt;script&gt;" in page.text, path
        assert 'href="javascript' not in page.text.lower(), path


@pytest.mark.parametrize("name", METADATA["queries"])
def test_every_question_can_be_asked(full: Any, empty: Any, name: str) -> None:
    for running in (full, empty):
        answer = running.json(f"/borderwire/{name}.json?q=guard")
        assert answer["ok"] is True
        check(running.get(f"/borderwire/{name}?q=guard"))


def test_questions_are_answered(full: Any) -> None:
    rules = full.json("/borderwire/rules.json?_shape=array")
    assert [(r["rule"], r["alerts"], r["joined"]) for r in rules] == [("national-guard", 1, 1), ("tariffs", 1, 0)]
    outlets = full.json("/borderwire/outlets.json?_shape=array")
    assert (outlets[0]["outlet"], outlets[0]["first"], outlets[0]["copies"]) == ("The Chronicle", 1, 0)
    assert [r["copies"] for r in full.json("/borderwire/copies.json?_shape=array")] == [1]
    assert [r["state"] for r in full.json("/borderwire/unsent.json?_shape=array")] == ["dead"]


def test_search_marks_what_it_finds_accents_aside(full: Any) -> None:
    page = full.get("/borderwire/search", params={"q": "llego juarez"})
    check(page)
    assert "<mark>llegó</mark>" in page.text
    assert '<a href="/article/3">' in page.text


@pytest.mark.parametrize("typed", HOSTILE_SEARCHES)
def test_no_search_is_an_error(full: Any, typed: str) -> None:
    check(full.get("/borderwire/search", params={"q": typed}))
    answer = full.get("/borderwire/desk_articles", params={"_search": typed})
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize("name", LISTS)
def test_every_list_can_be_taken_along(full: Any, name: str) -> None:
    rows = full.json(f"/borderwire/{name}.json?_shape=array&_size=max")
    table = full.get(f"/borderwire/{name}.csv")
    assert table.headers["content-type"].startswith("text/plain")
    assert len(list(csv.DictReader(io.StringIO(table.text)))) == len(rows)


def test_lists_are_counted_by_facets(full: Any) -> None:
    for name in LISTS:
        for facet in METADATA["tables"][name].get("facets", ()):
            answer = full.json(f"/borderwire/{name}.json")
            assert facet in answer["facet_results"], name
    page = full.get("/borderwire/desk_deliveries?state=dead")
    check(page)
    assert "hook" in page.text
    assert "desk@example.org" not in page.text.split("<tbody>")[1]


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/story/99", "/article/999999999999999", "/alert/none", "/source/none", "/article/1?revision=77",
     "/borderwire/nothing", "/story/1x", "/borderwire/desk_alerts/1"],
)  # fmt: skip
def test_what_is_not_there_says_so(full: Any, path: str) -> None:
    page = full.get(path)
    assert page.status_code == 404
    assert "Not here" in page.text
    assert page.headers["content-security-policy"] == HEADERS["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    ["/borderwire?sql=select+*+from+nowhere", "/borderwire/desk_alerts?_timelimit=x", "/borderwire/desk_alerts?_size=x",
     "/borderwire/desk_alerts?_sort=x", "/borderwire/desk_alerts?_next=x", "/borderwire/desk_alerts?_where=%27",
     "/borderwire/desk_articles?_searchmode=raw&_search=%22"],
)  # fmt: skip
def test_nonsense_is_refused_and_no_fault_of_the_desk(full: Any, path: str) -> None:
    assert full.get(path).status_code == 400


def test_a_question_that_takes_too_long_is_stopped(full: Any) -> None:
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    page = full.get("/borderwire", params={"sql": endless})
    assert page.status_code == 400
    assert "longer than a second" in page.text


WRITES = [
    "delete from alerts",
    "update alerts set title = 'x'",
    "insert into meta values ('a', 'b')",
    "drop table alerts",
    "pragma journal_mode=delete",
    "pragma query_only=0",
    "vacuum",
    "attach database ':memory:' as x",
    "create table x(y)",
    "with x as (select 1) delete from alerts",
]


@pytest.mark.parametrize("sql", WRITES)
def test_nothing_can_be_written_by_asking(full: Any, sql: str) -> None:
    before = full.json(
        "/borderwire.json?_shape=array&sql=select+(select+count(*)+from+alerts)+as+a,(select+count(*)+from+meta)+as+m"
    )
    assert full.get("/borderwire", params={"sql": sql}).status_code in (400, 403)
    after = full.json(
        "/borderwire.json?_shape=array&sql=select+(select+count(*)+from+alerts)+as+a,(select+count(*)+from+meta)+as+m"
    )
    assert before == after


def test_only_reading_is_answered_and_the_file_is_not_given_away(full: Any) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        assert full.http.request(method, "/borderwire/desk_alerts").status_code == 405
    assert full.http.head("/").status_code == 200
    assert full.get("/borderwire.db").status_code == 403
    assert full.get("/-/permissions").status_code == 403


def test_another_name_for_this_machine_is_refused(full: Any) -> None:
    assert full.get("/", headers={"host": f"evil.example:{full.port}"}).status_code == 403
    assert full.get("/", headers={"host": f"localhost:{full.port}"}).status_code == 200


def test_it_listens_on_loopback_only(full: Any) -> None:
    for address in ("127.0.0.2", *_own_addresses()):
        with socket.socket() as probe:
            assert probe.connect_ex((address, full.port)) != 0, address


def _own_addresses() -> list[str]:
    found = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    return [str(a) for a in found if not str(a).startswith("127.")]


def test_sigterm_ends_it_even_with_a_connection_open(tmp_path: Path, make_desk: Any) -> None:
    running = make_desk(tmp_path)
    assert running.get("/").status_code == 200  # the client keeps the connection alive
    assert os.getpgid(running.process.pid) == running.process.pid
    running.process.send_signal(signal.SIGTERM)
    running.process.wait(5)
    with pytest.raises(ProcessLookupError):
        os.killpg(running.process.pid, 0)


def test_it_sees_what_the_service_writes_meanwhile(tmp_path: Path, make_desk: Any) -> None:
    running = make_desk(tmp_path)
    assert "No source is watched yet" in running.get("/").text
    with sqlite3.connect(running.database) as conn:
        conn.execute(
            "INSERT INTO sources(name, kind, url, definition, next_poll_at)"
            " VALUES ('a', 'feed', 'https://a.example', '', '2999')"
        )
    conn.close()
    assert "All is well" in running.get("/").text


def test_it_never_keeps_the_service_from_emptying_its_log(tmp_path: Path, make_desk: Any) -> None:
    running = make_desk(tmp_path)
    for path in ("/", "/borderwire/desk_alerts", "/borderwire/search?q=x"):
        check(running.get(path))
    conn = sqlite3.connect(running.database)
    conn.execute("INSERT INTO meta(k, v) VALUES ('a', 'b')")
    conn.commit()
    busy, *_ = conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    conn.close()
    assert busy == 0


def test_an_old_database_is_explained(tmp_path: Path, make_desk: Any) -> None:
    running = make_desk(tmp_path)
    with sqlite3.connect(running.database) as conn:
        conn.execute("DROP VIEW desk_alerts")
    conn.close()
    page = running.get("/")
    assert page.status_code == 503
    assert "Start the service once" in page.text


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BorderwireError, match=r"port \d+ on 127.0.0.1 cannot be used"):
            desk.start(tmp_path / "none.db", taken.getsockname()[1])

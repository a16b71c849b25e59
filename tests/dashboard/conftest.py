"""The desk over a real database: one with a day's news in it, made by the store's own functions, and an empty one."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from core.clock import SystemClock, to_iso
from core.model import (
    AlertKind,
    Article,
    Entry,
    EntryClass,
    Extraction,
    Match,
    Receipt,
    Relation,
    Span,
)
from dashboard import desk
from store import Tx, alerts, articles, channels, entries, open_store, outbox, sources
from store.sources import Definition, Outcome

HOSTILE = '<script>alert("x")</script> & <img src=x onerror=alert(1)>'
GUARD = (
    "The National Guard moved to the border near Ciudad Juárez on Wednesday.\n"
    "Ten thousand members are to follow, after a tariff was put off for a month."
)
ESPAÑOL = "La Guardia Nacional llegó a Ciudad Juárez.\nLos aranceles quedan suspendidos por un mes."


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def article(
    tx: Tx,
    n: int,
    title: str,
    text: str,
    *,
    source: str,
    site: str,
    now: datetime,
    story_id: int | None = None,
    relation: Relation = Relation.NEW,
    copy_of: int | None = None,
    language: str = "en",
    url: str | None = None,
) -> tuple[int, int]:
    """Store one article, founding its story where none is given; (article id, story id)."""
    address = url or f"https://{source}.example.org/news/{n}"
    if story_id is None:
        story_id = articles.found_story(tx, f"key{n}", title, language, now)
    value = Article(
        url=address,
        canonical_url=address,
        title=title,
        text=text,
        authors=("A. Reporter",),
        published=now - timedelta(minutes=4),
        language=language,
        site=site,
    )
    article_id = articles.add(
        tx,
        value,
        source=source,
        tags=("border",),
        entry_class=EntryClass.LIVE,
        story_id=story_id,
        relation=relation,
        copy_of=copy_of,
        score=0.97 if copy_of else 0.0,
        sketch_n=9,
        text_hash=f"h{n}",
        words=len(text.split()),
        now=now,
    )
    return article_id, story_id


def match(tx: Tx, rule: str, article_id: int, story_id: int, text: str, words: list[str], **kind: object) -> None:
    """A match of these words of the text, as the evaluator records it."""
    spans = tuple(Span("body", text.index(w), text.index(w) + len(w)) for w in words)
    alerts.add_match(
        tx,
        Match(rule, spans),
        article_id=article_id,
        revision=1,
        story_id=story_id,
        snippet=text[:120],
        outcome=str(kind["outcome"]),
        alert_id=str(kind["alert_id"]),
        now=kind["now"],  # type: ignore[arg-type]
    )


def fill(tx: Tx, now: datetime) -> None:
    """Two good sources and a failing one; a story in three outlets, told, waiting and dead; hostile words."""
    names = ("chronicle", "diario", "broken")
    sources.sync(
        tx,
        [Definition(n, "feed", f"https://{n}.example.org/feed", f"d{n}", "en", ("border",)) for n in names],
        now - timedelta(hours=2),
    )
    soon = now + timedelta(minutes=5)
    for name in names[:2]:
        sources.record(tx, name, Outcome(now, 0.2, soon, 200, 4096, 3, 2, title=name.title()), now_live=True)
    sources.record(tx, "broken", Outcome(now, 0.2, soon, 200, 10, 0, 0), now_live=True)
    sources.record(tx, "broken", Outcome(now, 5.0, soon, 503, error="the server answered 503"), now_live=False)

    hour = now - timedelta(hours=1)
    first, story = article(
        tx, 1, "Guard moves to the border", GUARD, source="chronicle", site="The Chronicle", now=hour
    )
    copied, _ = article(
        tx, 2, "Guard moves to the border (wire)", GUARD, source="diario", site="Border Herald",
        now=hour + timedelta(minutes=3), story_id=story, relation=Relation.COPY, copy_of=first,
    )  # fmt: skip
    other, _ = article(
        tx, 3, "La Guardia Nacional llega a la frontera", ESPAÑOL, source="diario", site="El Diario",
        now=hour + timedelta(minutes=9), story_id=story, relation=Relation.SAME_STORY, language="es",
    )  # fmt: skip
    odd, odd_story = article(
        tx, 4, HOSTILE, f"{HOSTILE} tariff", source="chronicle", site=HOSTILE, now=hour,
        url="javascript:alert(document.domain)",
    )  # fmt: skip
    articles.revise(
        tx,
        first,
        Article(
            url="https://chronicle.example.org/news/1",
            canonical_url="https://chronicle.example.org/news/1",
            title="Guard moves to the border, updated",
            text=GUARD + "\nThe National Guard said more would come.",
            extraction=Extraction.PAGE,
        ),
        sketch_n=9,
        text_hash="h1b",
        words=30,
        now=now,
    )
    channels.sync(tx, [("slack", "slack"), ("mail", "email"), ("hook", "webhook")], hour)
    _alerts(tx, hour, first, copied, other, story, odd, odd_story)
    entry = entries.add(
        tx,
        "chronicle",
        Entry(url="javascript:alert(2)", title=HOSTILE),
        digest="x",
        entry_class=EntryClass.LIVE,
        look="page",
        now=hour,
    )
    tx.run("UPDATE entries SET state = 'failed', reason = 'the page answered 404' WHERE id = :id", id=entry)


def _alerts(tx: Tx, at: datetime, first: int, copied: int, other: int, story: int, odd: int, odd_story: int) -> None:
    receipt = Receipt(
        rule="national-guard",
        query='"National Guard" OR "Guardia Nacional"',
        words=("National Guard",),
        field="body",
        snippet=(("The ", False), ("National Guard", True), (" moved to the border", False)),
        source="chronicle",
        published=at,
        seen=at,
        matched=at,
    )
    told = (
        ("al_guard", "national-guard", "Guard moves to the border", story, first, receipt),
        ("al_odd", "tariffs", HOSTILE, odd_story, odd, None),
    )
    for key, rule, title, story_id, article_id, why in told:
        alerts.add(tx, key, AlertKind.STORY, rule, title, now=at, story_id=story_id, article_id=article_id, receipt=why)
        alerts.add_article(tx, key, article_id, Relation.NEW, at, told_in=key)
    alerts.add_article(tx, "al_guard", copied, Relation.COPY, at, told_in="al_guard")
    alerts.add_article(tx, "al_guard", other, Relation.SAME_STORY, at)
    alerts.add(
        tx, "al_upd", AlertKind.UPDATE, "national-guard", "Update: a third outlet", now=at + timedelta(minutes=30),
        story_id=story, article_id=other, parent_id="al_guard", lines=("El Diario joined",),
    )  # fmt: skip
    match(
        tx, "national-guard", first, story, GUARD, ["National", "Guard"], outcome="alerted", alert_id="al_guard", now=at
    )
    match(
        tx,
        "national-guard",
        other,
        story,
        ESPAÑOL,
        ["Guardia", "Nacional"],
        outcome="joined",
        alert_id="al_guard",
        now=at,
    )
    match(tx, "tariffs", odd, odd_story, f"{HOSTILE} tariff", ["tariff"], outcome="alerted", alert_id="al_odd", now=at)
    for channel, target in (("slack", ""), ("mail", "desk@example.org"), ("hook", "")):
        outbox.put(tx, "al_guard", channel, target, now=at, next_at=at, deadline=at + timedelta(hours=72))
    end = to_iso(at)
    tx.run("UPDATE deliveries SET state = 'sent', sent_at = :at, attempts = 1 WHERE channel = 'slack'", at=end)
    tx.run(
        "UPDATE deliveries SET state = 'dead', attempts = 9, reason = 'rejected', last_error = :error"
        " WHERE channel = 'hook'",
        error=HOSTILE,
    )
    for row in tx.all("SELECT id FROM deliveries WHERE channel <> 'mail'"):
        tx.run(
            "INSERT INTO attempts(delivery_id, epoch, owner, started_at, finished_at, outcome, http_status, detail)"
            " VALUES (:id, 1, 'test', :at, :at, 'sent', 200, '')",
            id=row["id"],
            at=end,
        )


class Desk:
    """A running desk and a client that talks to it as a browser on this machine would."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.port = _free_port()
        self.process = desk.start(database, self.port)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20, trust_env=False)

    def get(self, path: str, **options: object) -> httpx.Response:
        return self.http.get(path, **options)  # type: ignore[arg-type]

    def json(self, path: str) -> object:
        return json.loads(self.get(path).text)

    def stop(self) -> None:
        self.http.close()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def make_database(folder: Path, work: Callable[[Tx, datetime], None] | None = None) -> Path:
    path = folder / "any name.db"
    store = open_store(str(path), lock=True)
    if work is not None:
        with store.tx() as tx:
            work(tx, SystemClock().now().astimezone(UTC))
    store.close()
    return path


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with news."""
    running = Desk(make_database(tmp_path_factory.mktemp("full"), fill))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk on a database that was just made."""
    running = Desk(make_database(tmp_path_factory.mktemp("empty")))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def desk_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Callable[[Tx, datetime], None]], Desk]]:
    """A desk on a database that is filled by the function given."""
    started: list[Desk] = []

    def start(work: Callable[[Tx, datetime], None]) -> Desk:
        started.append(Desk(make_database(tmp_path_factory.mktemp("made"), work)))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def make_desk() -> Iterator[Callable[[Path], Desk]]:
    """A desk of one test's own, on an empty database in a folder."""
    started: list[Desk] = []

    def start(folder: Path) -> Desk:
        started.append(Desk(make_database(folder)))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def free_port() -> int:
    """A port that nothing listens on."""
    return _free_port()

"""What the desk shows: views that read like sentences, the indexes that keep them quick, and its pages' queries.

A view reads one table and looks other things up in subqueries, never in joins: counting, ordering and faceting it
then touch that table's index alone (SQLite drops a column nobody asked for, but not a join).
Views hold no data: a backend makes them anew whenever one of them differs from what is written here.
"""

import json
from collections.abc import Iterable
from datetime import datetime

from core.clock import to_iso
from core.errors import NotFound
from store.backend import Row, Tx
from store.troubles import OF_SOURCES

_OUTLET = "COALESCE(NULLIF({0}.site, ''), {0}.source)"
_WAITING = "d.state IN ('held', 'pending', 'sending')"

VIEWS = f"""
CREATE VIEW desk_alerts AS
SELECT a.created_at AS created_at, a.rule AS rule, a.title AS title,
  (SELECT COUNT(DISTINCT {_OUTLET.format("r")}) FROM alert_articles m JOIN articles r ON r.id = m.article_id
    WHERE m.alert_id = a.id) AS outlets,
  (SELECT COUNT(*) FROM alert_articles m WHERE m.alert_id = a.id) AS articles,
  (SELECT {_OUTLET.format("r")} FROM articles r WHERE r.id = a.article_id) AS fired_by,
  (SELECT r.language FROM articles r WHERE r.id = a.article_id) AS language,
  a.kind AS kind,
  (SELECT COUNT(*) FROM deliveries d WHERE d.alert_id = a.id AND d.state = 'sent') AS sent,
  (SELECT COUNT(*) FROM deliveries d WHERE d.alert_id = a.id AND {_WAITING}) AS waiting,
  (SELECT COUNT(*) FROM deliveries d WHERE d.alert_id = a.id AND d.state = 'dead') AS dead,
  a.story_id AS story_id, a.parent_id AS parent_id, a.id AS id
FROM alerts a;

CREATE VIEW desk_stories AS
SELECT s.updated_at AS updated_at, s.title AS title,
  (SELECT COUNT(DISTINCT {_OUTLET.format("r")}) FROM articles r WHERE r.story_id = s.id) AS outlets,
  s.articles AS articles,
  (SELECT COUNT(*) FROM articles r WHERE r.story_id = s.id AND r.relation = 'copy') AS copies,
  (SELECT COUNT(*) FROM articles r WHERE r.story_id = s.id AND r.revision > 1) AS edited,
  (SELECT COUNT(*) FROM articles r WHERE r.story_id = s.id AND r.standing <> 'printed') AS corrections,
  (SELECT COUNT(*) FROM alerts a WHERE a.story_id = s.id AND a.kind = 'story') AS alerts,
  (SELECT {_OUTLET.format("r")} FROM articles r WHERE r.id = s.first_article_id) AS first_outlet,
  s.first_seen_at AS first_seen_at, s.language AS language,
  (SELECT COUNT(*) FROM decisions d WHERE d.story_id = s.id AND d.what = 'merge') AS merged, s.id AS id
FROM stories s WHERE s.merged_into IS NULL;

CREATE VIEW desk_articles AS
SELECT a.first_seen_at AS first_seen_at, a.title AS title, {_OUTLET.format("a")} AS outlet, a.source AS source,
  a.language AS language, a.relation AS relation, a.extent AS extent, a.standing AS standing,
  a.standing_note AS standing_note, a.published AS published, a.words AS words, a.revision AS revision,
  a.extraction AS extraction, a.note AS note,
  a.class AS class, a.pinned AS pinned, a.story_id AS story_id, a.copy_of AS copy_of, a.canonical_url AS url, a.id AS id
FROM articles a;

CREATE VIEW desk_edits AS
SELECT e.added_at AS added_at, (SELECT r.title FROM articles r WHERE r.id = e.article_id) AS title,
  (SELECT {_OUTLET.format("r")} FROM articles r WHERE r.id = e.article_id) AS outlet, e.kind AS kind,
  (SELECT l.rule FROM alerts l WHERE l.id = e.alert_id) AS rule,
  CASE WHEN e.told_in IS NOT NULL THEN 'told' WHEN e.quiet IS NOT NULL THEN 'quiet' ELSE 'waiting' END AS state,
  e.quiet AS quiet, e.lines AS lines, e.revision AS revision,
  (SELECT r.language FROM articles r WHERE r.id = e.article_id) AS language, e.article_id AS article_id,
  (SELECT r.story_id FROM articles r WHERE r.id = e.article_id) AS story_id, e.alert_id AS alert_id,
  e.told_in AS told_in
FROM edits e;

CREATE VIEW desk_matches AS
SELECT m.matched_at AS matched_at, m.rule AS rule, m.outcome AS outcome,
  (SELECT r.title FROM articles r WHERE r.id = m.article_id) AS title, m.snippet AS snippet,
  (SELECT {_OUTLET.format("r")} FROM articles r WHERE r.id = m.article_id) AS outlet,
  (SELECT r.language FROM articles r WHERE r.id = m.article_id) AS language, m.revision AS revision,
  m.article_id AS article_id, m.story_id AS story_id, m.alert_id AS alert_id, m.id AS id
FROM matches m;

CREATE VIEW desk_deliveries AS
SELECT d.created_at AS created_at, d.state AS state, d.channel AS channel, d.target AS target,
  (SELECT a.rule FROM alerts a WHERE a.id = d.alert_id) AS rule,
  (SELECT a.title FROM alerts a WHERE a.id = d.alert_id) AS title,
  d.attempts AS attempts, d.reason AS reason, d.last_error AS last_error, d.sent_at AS sent_at,
  d.next_at AS next_at, d.deadline_at AS deadline_at, d.uncertain AS uncertain,
  (SELECT a.kind FROM alerts a WHERE a.id = d.alert_id) AS kind, d.alert_id AS alert_id, d.id AS id
FROM deliveries d;

CREATE VIEW desk_attempts AS
SELECT t.started_at AS started_at, t.outcome AS outcome,
  (SELECT d.channel FROM deliveries d WHERE d.id = t.delivery_id) AS channel,
  (SELECT d.target FROM deliveries d WHERE d.id = t.delivery_id) AS target,
  (SELECT a.title FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE d.id = t.delivery_id) AS title,
  t.http_status AS http_status, t.detail AS detail, t.finished_at AS finished_at, t.epoch AS epoch,
  (SELECT d.alert_id FROM deliveries d WHERE d.id = t.delivery_id) AS alert_id, t.delivery_id AS delivery_id
FROM attempts t;

CREATE VIEW desk_sources AS
SELECT s.name AS name, s.state AS state, s.failing_since AS failing_since, s.last_error AS last_error,
  s.last_ok_at AS last_ok_at, s.last_new_at AS last_new_at, s.next_poll_at AS next_poll_at, s.polls AS polls,
  CASE WHEN s.polls = 0 THEN NULL ELSE 100 * s.unchanged / s.polls END AS unchanged_percent,
  s.entries AS entries, s.kind AS kind, s.language AS language, s.fails AS fails, s.last_status AS last_status,
  s.tags AS tags, s.title AS title, s.configured AS configured, s.url AS url
FROM sources s;

CREATE VIEW desk_channels AS
SELECT c.name AS name, c.kind AS kind, c.state AS state,
  (SELECT COUNT(*) FROM deliveries d WHERE d.channel = c.name AND d.state = 'sent') AS sent,
  (SELECT COUNT(*) FROM deliveries d WHERE d.channel = c.name AND {_WAITING}) AS waiting,
  (SELECT COUNT(*) FROM deliveries d WHERE d.channel = c.name AND d.state = 'dead') AS dead,
  c.last_ok_at AS last_ok_at, c.blocked_until AS blocked_until, c.fails AS fails, c.first_fail_at AS first_fail_at,
  c.last_error AS last_error, c.configured AS configured
FROM channels c;

CREATE VIEW desk_troubles AS
SELECT t.since_at AS since_at, t.kind AS kind, t.subject AS subject, t.detail AS detail,
  CASE WHEN t.ended_at IS NULL THEN 'open' ELSE 'over' END AS state, t.ended_at AS ended_at,
  t.alert_id AS alert_id, t.id AS id
FROM troubles t;

CREATE VIEW desk_entries AS
SELECT e.first_seen_at AS first_seen_at, e.source AS source, e.title AS title, e.state AS state, e.class AS class,
  e.reason AS reason, e.tries AS tries, e.looks AS looks, e.published AS published, e.next_try_at AS next_try_at,
  e.article_id AS article_id, e.url AS url, e.id AS id
FROM entries e
"""

# Each serves one list of the desk in its default order and holds the columns it is faceted by, so that neither
# reads the long texts behind them.
INDEXES = """
CREATE INDEX articles_desk ON articles(
  first_seen_at, relation, language, source, site, story_id, extraction, class);
CREATE INDEX matches_desk ON matches(matched_at, rule, outcome);
CREATE INDEX alerts_desk ON alerts(created_at, kind, rule);
CREATE INDEX deliveries_desk ON deliveries(created_at, state, channel);
CREATE INDEX attempts_desk ON attempts(started_at, outcome);
CREATE INDEX entries_desk ON entries(first_seen_at, source, state, class);
CREATE INDEX entries_failed ON entries(first_seen_at) WHERE state = 'failed';
CREATE INDEX polls_desk ON polls(at)
"""


def statements() -> list[str]:
    """The views as single statements, the same in both dialects."""
    return _single(VIEWS)


def indexes() -> list[str]:
    """Their indexes as single statements, the same in both dialects."""
    return _single(INDEXES)


def _single(ddl: str) -> list[str]:
    return [s.strip() for s in ddl.split(";") if s.strip()]


def overdue(tx: Tx, before: datetime) -> str | None:
    """Since when a poll has been due, if that is before `before`: the service is not running, or cannot keep up."""
    row = tx.one(
        "SELECT MIN(next_poll_at) AS at FROM sources WHERE configured = 1 AND state NOT IN ('gone', 'paused')"
        " AND next_poll_at < :before",
        before=to_iso(before),
    )
    return None if row is None else row["at"]


def fired(tx: Tx, since: datetime | None, limit: int) -> list[Row]:
    """Rows of `desk_alerts` since then, newest first, updates aside: what rules told, story by story."""
    return tx.all(
        "SELECT * FROM desk_alerts WHERE created_at >= :since AND kind <> 'update'"
        " ORDER BY created_at DESC LIMIT :limit",
        since="" if since is None else to_iso(since),
        limit=limit,
    )


def outlets(tx: Tx, alert_ids: Iterable[str]) -> dict[str, list[Row]]:
    """For each alert its outlets, first one first; columns `outlet`, `article_id`."""
    rows = tx.all(
        f"SELECT m.alert_id AS alert_id, m.article_id AS article_id, {_OUTLET.format('r')} AS outlet"
        " FROM alert_articles m JOIN articles r ON r.id = m.article_id WHERE m.alert_id IN :ids"
        " ORDER BY r.first_seen_at, r.id",
        ids=list(alert_ids),
    )
    return _grouped(rows, "alert_id")


def deliveries(tx: Tx, alert_ids: Iterable[str]) -> dict[str, list[Row]]:
    """For each alert its rows of `desk_deliveries`, by channel."""
    rows = tx.all("SELECT * FROM desk_deliveries WHERE alert_id IN :ids ORDER BY channel, target", ids=list(alert_ids))
    return _grouped(rows, "alert_id")


def rising(tx: Tx, since: datetime, limit: int) -> list[Row]:
    """Stories that several outlets took up since then, those with most outlets first."""
    return tx.all(
        "SELECT s.id AS id, s.title AS title, s.language AS language,"
        f" COUNT(DISTINCT {_OUTLET.format('a')}) AS outlets, COUNT(*) AS articles, MAX(a.first_seen_at) AS updated_at"
        " FROM articles a JOIN stories s ON s.id = a.story_id"
        " WHERE a.first_seen_at >= :since AND a.class NOT IN ('backfill', 'rewrite')"
        f" GROUP BY s.id, s.title, s.language HAVING COUNT(DISTINCT {_OUTLET.format('a')}) > 1"
        " ORDER BY outlets DESC, updated_at DESC LIMIT :limit",
        since=to_iso(since),
        limit=limit,
    )


def failing(tx: Tx, limit: int) -> list[Row]:
    """Configured sources whose last poll failed, or that are gone; rows of `desk_sources`, longest trouble first."""
    return tx.all(
        "SELECT * FROM desk_sources WHERE configured = 1 AND (fails > 0 OR state = 'gone')"
        " ORDER BY failing_since, name LIMIT :limit",
        limit=limit,
    )


def of_story(tx: Tx, story_id: int) -> list[Row]:
    """Rows of `desk_alerts` about a story, updates aside, first one first."""
    return tx.all(
        "SELECT * FROM desk_alerts WHERE story_id = :id AND kind <> 'update' ORDER BY created_at, id", id=story_id
    )


def members(tx: Tx, story_id: int) -> list[Row]:
    """The articles of a story without their texts, first seen first; `original` is the outlet of what was copied."""
    return tx.all(
        f"SELECT a.id AS id, a.canonical_url AS canonical_url, {_OUTLET.format('a')} AS outlet, a.title AS title,"
        " a.published AS published, a.first_seen_at AS first_seen_at, a.language AS language, a.note AS note,"
        " a.class AS class, a.words AS words, a.revision AS revision, a.relation AS relation, a.copy_of AS copy_of,"
        " a.extent AS extent, a.of_new AS of_new, a.of_original AS of_original, a.score AS score,"
        " a.pinned AS pinned, a.standing AS standing, a.standing_at AS standing_at,"
        " a.standing_note AS standing_note,"
        f" (SELECT {_OUTLET.format('o')} FROM articles o WHERE o.id = a.copy_of) AS original"
        " FROM articles a WHERE a.story_id = :id ORDER BY a.first_seen_at, a.id",
        id=story_id,
    )


def troubles(tx: Tx, since: datetime, limit: int) -> list[Row]:
    """Rows of `desk_troubles` that are open or ended since then, open ones first; those of single sources aside."""
    return tx.all(
        "SELECT * FROM desk_troubles WHERE kind NOT IN :sources AND (state = 'open' OR ended_at >= :since)"
        " ORDER BY state, since_at DESC, id DESC LIMIT :limit",
        sources=OF_SOURCES,
        since=to_iso(since),
        limit=limit,
    )


def named(tx: Tx, article_ids: Iterable[int]) -> list[Row]:
    """Of these articles: id, outlet, title, language, story_id, first_seen_at, standing; first seen first."""
    return tx.all(
        f"SELECT a.id AS id, {_OUTLET.format('a')} AS outlet, a.title AS title, a.language AS language,"
        " a.story_id AS story_id, a.first_seen_at AS first_seen_at, a.standing AS standing"
        " FROM articles a WHERE a.id IN :ids ORDER BY a.first_seen_at, a.id",
        ids=list(article_ids),
    )


def updates(tx: Tx, alert_id: str) -> list[Row]:
    """What updates an alert, first one first: rows of `desk_alerts` with the `lines` of their message, a list."""
    found = tx.all(
        "SELECT d.*, a.lines AS lines FROM desk_alerts d JOIN alerts a ON a.id = d.id WHERE d.parent_id = :id"
        " ORDER BY d.created_at, d.id",
        id=alert_id,
    )
    return [{**row, "lines": json.loads(row["lines"])} for row in found]


def edits(tx: Tx, *, article_id: int | None = None, alert_id: str | None = None) -> list[Row]:
    """Rows of `desk_edits` of an article, or of an alert: those it has, and those it tells; first one first.

    `lines` is a list.
    """
    if article_id is not None:
        found = tx.all(
            "SELECT * FROM desk_edits WHERE article_id = :id ORDER BY added_at, revision, kind, rule", id=article_id
        )
    else:
        found = tx.all(
            "SELECT * FROM desk_edits WHERE alert_id = :id OR"
            " (alert_id = (SELECT parent_id FROM alerts WHERE id = :id) AND told_in = :id)"
            " ORDER BY added_at, article_id, revision, kind",
            id=alert_id,
        )
    return [{**row, "lines": json.loads(row["lines"])} for row in found]


def copies(tx: Tx, article: Row, limit: int) -> list[Row]:
    """Copies of an article within its story, first seen first: id, outlet."""
    return tx.all(
        f"SELECT a.id AS id, {_OUTLET.format('a')} AS outlet FROM articles a"
        " WHERE a.story_id = :story AND a.copy_of = :id ORDER BY a.first_seen_at, a.id LIMIT :limit",
        story=article["story_id"],
        id=article["id"],
        limit=limit,
    )


def standings(tx: Tx, alert_id: str) -> dict[int, str]:
    """What became of the articles an alert speaks of, those aside to which nothing happened."""
    rows = tx.all(
        "SELECT r.id AS id, r.standing AS standing FROM alert_articles m JOIN articles r ON r.id = m.article_id"
        " WHERE m.alert_id = :id AND r.standing <> 'printed'",
        id=alert_id,
    )
    return {row["id"]: row["standing"] for row in rows}


def revision(tx: Tx, article_id: int, number: int) -> Row:
    """One stored text of an article. Raises NotFound."""
    row = tx.one("SELECT * FROM revisions WHERE article_id = :id AND number = :number", id=article_id, number=number)
    if row is None:
        raise NotFound(f"no revision {number} of article {article_id}")
    return row


def revisions(tx: Tx, article_id: int) -> list[Row]:
    """Every stored text of an article: number, seen_at, title; last one first."""
    return tx.all(
        "SELECT number, seen_at, title FROM revisions WHERE article_id = :id ORDER BY number DESC", id=article_id
    )


def texts(tx: Tx, article_id: int, least: int, longest: int) -> dict[int, tuple[str, str]]:
    """(title, text) of the revisions from `least` on, those aside whose text has more characters than `longest`."""
    rows = tx.all(
        "SELECT number, title, text FROM revisions WHERE article_id = :id AND number >= :least"
        " AND LENGTH(text) <= :longest",
        id=article_id,
        least=least,
        longest=longest,
    )
    return {row["number"]: (row["title"], row["text"]) for row in rows}


def matches(tx: Tx, article_id: int) -> list[Row]:
    """Every match of an article, with the text it holds for (`revision_title`, `revision_text`)."""
    return tx.all(
        "SELECT m.rule AS rule, m.revision AS revision, m.spans AS spans, m.outcome AS outcome, m.alert_id AS alert_id,"
        " m.matched_at AS matched_at, r.title AS revision_title, r.text AS revision_text"
        " FROM matches m LEFT JOIN revisions r ON r.article_id = m.article_id AND r.number = m.revision"
        " WHERE m.article_id = :id ORDER BY m.matched_at, m.id",
        id=article_id,
    )


def source(tx: Tx, name: str) -> Row:
    """One row of `desk_sources`. Raises NotFound."""
    row = tx.one("SELECT * FROM desk_sources WHERE name = :name", name=name)
    if row is None:
        raise NotFound(f"no source named {name!r}")
    return row


def polls(tx: Tx, name: str, limit: int) -> list[Row]:
    """The newest polls of a source."""
    return tx.all("SELECT * FROM polls WHERE source = :name ORDER BY at DESC LIMIT :limit", name=name, limit=limit)


def entries(tx: Tx, name: str, limit: int) -> list[Row]:
    """The newest entries of a source; rows of `desk_entries`."""
    return tx.all(
        "SELECT * FROM desk_entries WHERE source = :name ORDER BY first_seen_at DESC LIMIT :limit",
        name=name,
        limit=limit,
    )


def _grouped(rows: list[Row], key: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found

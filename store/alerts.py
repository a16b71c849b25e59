"""Matches and alerts: that a rule held, what was told of it, and which articles an alert speaks of."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from core.clock import to_iso
from core.errors import NotFound
from core.message_json import encode_receipt
from core.model import AlertKind, Match, Receipt, Relation
from store.backend import Row, Tx

# What waits to be told of an alert `a` and an article `r`; {0} is the table it waits in
UNTOLD = (
    "a.id AS alert_id, a.rule AS rule, a.story_id AS story_id, a.title AS parent_title, r.id AS article_id,"
    " r.title AS title, r.site AS site, r.source AS source, r.canonical_url AS canonical_url, r.relation AS relation,"
    " r.class AS class, {0}.added_at AS added_at,"
    " COALESCE((SELECT MAX(u.created_at) FROM alerts u WHERE u.parent_id = a.id), a.frozen_at) AS last_told"
)


def matched_rules(tx: Tx, article_id: int) -> set[str]:
    """Rules that already held for some revision of this article."""
    return {r["rule"] for r in tx.all("SELECT DISTINCT rule FROM matches WHERE article_id = :id", id=article_id)}


def add_match(
    tx: Tx,
    match: Match,
    *,
    article_id: int,
    revision: int,
    story_id: int,
    snippet: str,
    outcome: str,
    alert_id: str | None,
    now: datetime,
) -> None:
    """Record that a rule holds for a revision, and what came of it."""
    tx.run(
        "INSERT INTO matches(rule, article_id, revision, story_id, spans, snippet, outcome, alert_id, matched_at)"
        " VALUES (:rule, :article, :revision, :story, :spans, :snippet, :outcome, :alert, :now)"
        " ON CONFLICT(rule, article_id, revision) DO NOTHING",
        rule=match.rule,
        article=article_id,
        revision=revision,
        story=story_id,
        spans=json.dumps([[s.field, s.start, s.end] for s in match.spans]),
        snippet=snippet,
        outcome=outcome,
        alert=alert_id,
        now=to_iso(now),
    )


def add(
    tx: Tx,
    alert_id: str,
    kind: AlertKind,
    rule: str,
    title: str,
    *,
    now: datetime,
    story_id: int | None = None,
    article_id: int | None = None,
    parent_id: str | None = None,
    lines: Iterable[str] = (),
    receipt: Receipt | None = None,
    fold: str = "story",
    severity: str = "normal",
    tail: Iterable[str] = (),
) -> bool:
    """Create an alert unless it exists; whether it was created.

    `fold`: about its story, or `none`: one article. `severity`: `urgent` ones wait for nothing.
    `tail`: lines below everything else.
    """
    return (
        tx.run(
            "INSERT INTO alerts(id, kind, rule, story_id, article_id, parent_id, title, lines, receipt, created_at,"
            " fold, severity, tail) VALUES (:id, :kind, :rule, :story, :article, :parent, :title, :lines, :receipt,"
            " :now, :fold, :severity, :tail) ON CONFLICT(id) DO NOTHING",
            id=alert_id,
            kind=str(kind),
            rule=rule,
            story=story_id,
            article=article_id,
            parent=parent_id,
            title=title,
            lines=json.dumps(list(lines), ensure_ascii=False),
            receipt=None if receipt is None else json.dumps(encode_receipt(receipt), ensure_ascii=False),
            now=to_iso(now),
            fold=fold,
            severity=severity,
            tail=json.dumps(list(tail), ensure_ascii=False),
        )
        > 0
    )


def add_article(
    tx: Tx, alert_id: str, article_id: int, relation: Relation, now: datetime, told_in: str | None = None
) -> None:
    """The alert also speaks of this article; `told_in` where a message already named it."""
    tx.run(
        "INSERT INTO alert_articles(alert_id, article_id, relation, added_at, told_in)"
        " VALUES (:alert, :article, :relation, :now, :told) ON CONFLICT(alert_id, article_id) DO NOTHING",
        alert=alert_id,
        article=article_id,
        relation=str(relation),
        now=to_iso(now),
        told=told_in,
    )


def get(tx: Tx, alert_id: str) -> Row:
    """One alert. Raises NotFound."""
    row = tx.one("SELECT * FROM alerts WHERE id = :id", id=alert_id)
    if row is None:
        raise NotFound(f"no alert {alert_id}")
    return row


def freeze(tx: Tx, alert_id: str, message: str, now: datetime) -> None:
    """Keep the message (JSON) that every retry and every channel sends; it tells all articles joined so far."""
    tx.run(
        "UPDATE alerts SET message = :message, frozen_at = :now WHERE id = :id",
        id=alert_id,
        message=message,
        now=to_iso(now),
    )
    tx.run(
        "UPDATE alert_articles SET told_in = :id WHERE alert_id = :id AND told_in IS NULL",
        id=alert_id,
    )


def find(tx: Tx, alert_id: str) -> Row | None:
    """One alert, or None."""
    return tx.one("SELECT * FROM alerts WHERE id = :id", id=alert_id)


def about(tx: Tx, rule: str, story_id: int) -> Row | None:
    """The alert in which a rule told of a story, the first where stories were merged; one per article is not meant."""
    return tx.one(
        "SELECT * FROM alerts WHERE story_id = :story AND rule = :rule AND kind = 'story' AND fold = 'story'"
        " ORDER BY created_at, id LIMIT 1",
        story=story_id,
        rule=rule,
    )


def own(tx: Tx, rule: str, article_id: int) -> Row | None:
    """The alert in which a rule that does not fold told of an article, whichever story that is in by now."""
    return tx.one(
        "SELECT a.* FROM matches m JOIN alerts a ON a.id = m.alert_id WHERE m.article_id = :article"
        " AND m.rule = :rule AND a.kind = 'story' AND a.fold = 'none' ORDER BY a.created_at, a.id LIMIT 1",
        article=article_id,
        rule=rule,
    )


def speaking_of(tx: Tx, article_id: int, story_id: int) -> list[Row]:
    """The alerts, updates aside, that speak of an article, those among them that told of it in another story."""
    return tx.all(
        "SELECT a.* FROM alerts a JOIN alert_articles m ON m.alert_id = a.id AND m.article_id = :article"
        " WHERE a.kind = 'story' AND a.id IN (SELECT id FROM alerts WHERE story_id = :story"
        " UNION SELECT alert_id FROM matches WHERE article_id = :article) ORDER BY a.created_at, a.id",
        article=article_id,
        story=story_id,
    )


def untold(tx: Tx, before: datetime, never: Sequence[str] = ()) -> list[Row]:
    """Articles that are no copies, joined an alert already sent before `before`, and were named by no message.

    Those of the rules `never`, which pile up, are passed over before anything else is read of them.
    Columns: `alert_id`, `rule`, `story_id`, `parent_title`; `article_id`, `title`, `site`, `source`, `canonical_url`,
    `relation`, `class`, `added_at`; `last_told`: when the alert's story was last told.
    """
    return tx.all(
        f"SELECT {UNTOLD.format('m')}"
        " FROM alert_articles m JOIN alerts a ON a.id = m.alert_id JOIN articles r ON r.id = m.article_id"
        " WHERE a.kind = 'story' AND m.told_in IS NULL AND m.relation <> 'copy' AND a.frozen_at IS NOT NULL"
        " AND m.added_at <= :before AND a.rule NOT IN :never"
        " ORDER BY m.alert_id, m.added_at, m.article_id",
        before=to_iso(before),
        never=["", *never],
    )


def tell(tx: Tx, alert_id: str, article_ids: list[int], told_in: str) -> None:
    """These articles of the alert are named by the message of `told_in`; those named before stay where they were."""
    tx.run(
        "UPDATE alert_articles SET told_in = :told WHERE alert_id = :alert AND article_id IN :ids AND told_in IS NULL",
        told=told_in,
        alert=alert_id,
        ids=article_ids,
    )


def members(tx: Tx, alert_id: str) -> list[Row]:
    """The articles an alert speaks of, first seen first: what a message needs to name them."""
    return tx.all(
        "SELECT m.article_id AS article_id, m.relation AS relation, m.told_in AS told_in, r.title AS title,"
        " r.canonical_url AS canonical_url, r.site AS site, r.source AS source, r.published AS published,"
        " r.first_seen_at AS first_seen_at, r.language AS language, r.note AS note"
        " FROM alert_articles m JOIN articles r ON r.id = m.article_id WHERE m.alert_id = :id"
        " ORDER BY r.first_seen_at, r.id",
        id=alert_id,
    )


def listing(tx: Tx, limit: int, *, rule: str | None = None, since: datetime | None = None) -> list[Row]:
    """The newest alerts with how many outlets and how their deliveries stand: sent, waiting, kept back.

    A delivery that a digest tells counts as that digest's does.
    """
    return tx.all(
        "SELECT a.id AS id, a.kind AS kind, a.rule AS rule, a.title AS title, a.created_at AS created_at,"
        " a.severity AS severity, (SELECT COUNT(*) FROM alert_articles m WHERE m.alert_id = a.id) AS outlets,"
        f" {_standing('sent')} AS sent, {_standing('held', 'pending', 'sending')} AS waiting,"
        f" {_standing('suppressed', 'dead')} AS unsent"
        " FROM alerts a WHERE (:rule IS NULL OR a.rule = :rule) AND (:since IS NULL OR a.created_at >= :since)"
        " ORDER BY a.created_at DESC, a.id LIMIT :limit",
        limit=limit,
        rule=rule,
        since=None if since is None else to_iso(since),
    )


def _standing(*states: str) -> str:
    """How many deliveries of the alert `a` are in one of these states, or in a digest that is."""
    names = ", ".join(f"'{state}'" for state in states)
    return (
        "(SELECT COUNT(*) FROM deliveries d LEFT JOIN deliveries x ON x.id = d.merged_into WHERE d.alert_id = a.id"
        f" AND d.part = 0 AND (CASE WHEN d.state = 'merged' THEN x.state ELSE d.state END) IN ({names}))"
    )


def of_story(tx: Tx, story_id: int) -> list[Row]:
    """The alerts about a story as a whole; neither their updates nor those about single articles of it."""
    return tx.all(
        "SELECT * FROM alerts WHERE story_id = :story AND kind = 'story' AND fold = 'story' ORDER BY created_at, id",
        story=story_id,
    )

"""Edits: what a revision, a correction or a withdrawal means for an alert already told, and whether it was told."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from core.clock import to_iso
from store.alerts import UNTOLD
from store.backend import Row, Tx


def earlier(tx: Tx, article_id: int, revision: int) -> list[Row]:
    """`title` and `extraction` of the revisions before this one, first to last."""
    return tx.all(
        "SELECT title, extraction FROM revisions WHERE article_id = :id AND number < :number ORDER BY number",
        id=article_id,
        number=revision,
    )


def add(
    tx: Tx,
    alert_id: str,
    article_id: int,
    revision: int,
    kind: str,
    lines: Iterable[str],
    *,
    now: datetime,
    quiet: str | None = None,
) -> None:
    """An edit to be told with the alert's next update, or by `quiet` to nobody. Adding it twice changes nothing."""
    tx.run(
        "INSERT INTO edits(alert_id, article_id, revision, kind, lines, added_at, quiet)"
        " VALUES (:alert, :article, :revision, :kind, :lines, :now, :quiet)"
        " ON CONFLICT(alert_id, article_id, revision, kind) DO NOTHING",
        alert=alert_id,
        article=article_id,
        revision=revision,
        kind=kind,
        lines=json.dumps(list(lines), ensure_ascii=False),
        now=to_iso(now),
        quiet=quiet,
    )


def untold(tx: Tx, before: datetime) -> list[Row]:
    """Edits that wait for an update of an alert already sent, known by `before`.

    Columns: those of `store.alerts.untold`, and `revision`, `kind`, `lines`.
    """
    return tx.all(
        f"SELECT {UNTOLD.format('e')}, e.revision AS revision, e.kind AS kind, e.lines AS lines"
        " FROM edits e JOIN alerts a ON a.id = e.alert_id JOIN articles r ON r.id = e.article_id"
        " WHERE a.kind = 'story' AND e.told_in IS NULL AND e.quiet IS NULL AND a.frozen_at IS NOT NULL"
        " AND e.added_at <= :before"
        " ORDER BY e.alert_id, e.added_at, e.article_id, e.revision, e.kind",
        before=to_iso(before),
    )


def tell(tx: Tx, rows: Sequence[Row], told_in: str) -> None:
    """These edits (rows of `untold`) are told by the message of `told_in`."""
    _set(tx, "told_in", rows, told_in)


def hush(tx: Tx, rows: Sequence[Row], reason: str) -> None:
    """These edits (rows of `untold`) are told to nobody."""
    _set(tx, "quiet", rows, reason)


def _set(tx: Tx, column: str, rows: Sequence[Row], value: str) -> None:
    keys = ("alert_id", "article_id", "revision", "kind")
    tx.many(
        f"UPDATE edits SET {column} = :value WHERE alert_id = :alert_id AND article_id = :article_id"
        " AND revision = :revision AND kind = :kind",
        [{"value": value, **{key: row[key] for key in keys}} for row in rows],
    )


def updates(tx: Tx, alert_id: str) -> int:
    """How many updates of an alert told of edits; those that told of a retraction alone do not count."""
    row = tx.one(
        "SELECT COUNT(DISTINCT told_in) AS n FROM edits"
        " WHERE alert_id = :id AND told_in IS NOT NULL AND kind <> 'retracted'",
        id=alert_id,
    )
    return 0 if row is None else int(row["n"])


def told_lines(tx: Tx, alert_id: str) -> list[str]:
    """The lines of an alert and of what its updates told of edits."""
    rows = tx.all(
        "SELECT lines FROM alerts WHERE id = :id UNION ALL"
        " SELECT lines FROM edits WHERE alert_id = :id AND told_in IS NOT NULL",
        id=alert_id,
    )
    return [line for row in rows for line in json.loads(row["lines"])]


def of_article(tx: Tx, article_id: int) -> list[Row]:
    """Every edit of an article with the rule it concerns, first one first."""
    return tx.all(
        "SELECT e.*, a.rule AS rule FROM edits e JOIN alerts a ON a.id = e.alert_id WHERE e.article_id = :id"
        " ORDER BY e.added_at, e.revision, e.kind, e.alert_id",
        id=article_id,
    )


def texts(tx: Tx, article_ids: Iterable[int]) -> dict[int, str]:
    """What these articles say now."""
    rows = tx.all("SELECT id, text, title FROM articles WHERE id IN :ids", ids=sorted(set(article_ids)))
    return {row["id"]: f"{row['title']}\n{row['text']}" for row in rows}

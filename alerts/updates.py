"""Updates: articles that joined a story already told, and are no copies, are told in one later message."""

from collections import defaultdict
from datetime import datetime, timedelta

from alerts.evaluate import Evaluator
from alerts.message import alert_id
from core.clock import from_iso
from core.config import RuleConfig
from core.model import AlertKind, Relation
from store import Row, Tx
from store import alerts as alert_rows


def due(config: RuleConfig, last_told: datetime, now: datetime) -> bool:
    """Whether a rule's story may be told again: after its `update_every`, at once for `each`, never for `never`."""
    if isinstance(config.update_every, timedelta):
        return now - last_told >= config.update_every
    return config.update_every == "each"


def tell_updates(tx: Tx, evaluator: Evaluator, now: datetime) -> list[str]:
    """Create the updates that are due, each with its deliveries; their ids. Run once a tick."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in alert_rows.untold(tx, now):
        groups[row["alert_id"]].append(row)
    created = []
    for parent, rows in groups.items():
        config = evaluator.configs.get(rows[0]["rule"])
        if config is None or not due(config, from_iso(rows[0]["last_told"]), now):
            continue
        update = alert_id(parent, str(rows[0]["article_id"]))
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        alert_rows.add(
            tx,
            update,
            AlertKind.UPDATE,
            config.name,
            f"{rows[0]['title']}{more}",
            now=now,
            story_id=rows[0]["story_id"],
            article_id=rows[0]["article_id"],
            parent_id=parent,
            lines=(f"{len(rows)} more on a story you were told of",),
        )
        for row in rows:
            alert_rows.add_article(tx, update, row["article_id"], Relation.SAME_STORY, now)
        alert_rows.tell(tx, parent, [row["article_id"] for row in rows], update)
        evaluator.enqueue(tx, update, config, now, wait=timedelta())
        created.append(update)
    return created

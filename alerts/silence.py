"""A daily digest comes every day, also when there was nothing: then it says so, and what was watched. Run once a tick.

rules with a daily digest | its time has come? | something told or waiting? muted? | one digest without alerts
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from alerts.evaluate import Evaluator
from alerts.message import alert_id, build
from alerts.timing import next_slot, quiet_until
from core import message_json
from core.clock import from_iso, to_iso
from core.config import RuleConfig
from core.model import AlertKind
from store import Tx, digests, meta, mutes, outbox
from store import alerts as alert_rows

NEXT = "daily_digests"  # in `meta`: JSON {rule: [its `digest:`, when that comes next]}
DAY = timedelta(days=1)
TITLE = "No alerts of the day"


def tell_silence(
    tx: Tx, evaluator: Evaluator, now: datetime, coverage: Callable[[datetime], Sequence[str]],
    desk_url: str | None = None,
) -> list[str]:  # fmt: skip
    """The alerts made. Run it after `tell_digests`, which tells what there is; `coverage` gives the last lines.

    A time that passed while the service did not run is made up for, once.
    """
    before = json.loads(meta.get(tx, NEXT) or "{}")
    after: dict[str, list[str]] = {}
    told: list[str] = []
    for rule, config in evaluator.configs.items():
        if config.digest is None or not config.digest.startswith("daily") or config.severity == "urgent":
            continue
        asked, at = before.get(rule, ("", ""))
        if asked == config.digest and from_iso(at) > now:
            after[rule] = [asked, at]
            continue
        after[rule] = [config.digest, to_iso(next_slot(config.digest, now, evaluator.zone))]
        if asked == config.digest and mutes.of_rule(tx, rule, now) is None:
            told += _tell(tx, evaluator, config, from_iso(at), now, coverage, desk_url)
    if after != before:
        meta.keep(tx, NEXT, json.dumps(after))
    return told


def _tell(
    tx: Tx, evaluator: Evaluator, config: RuleConfig, slot: datetime, now: datetime,
    coverage: Callable[[datetime], Sequence[str]], desk_url: str | None,
) -> list[str]:  # fmt: skip
    told = []
    for name in config.channels:
        channel = evaluator.channels[name]
        at = quiet_until(evaluator.quiet.get(name), now, evaluator.zone) or now
        for target in channel.targets():
            if digests.heard(tx, config.name, name, target, slot - DAY, slot):
                continue
            made = alert_id(config.name, f"silence\x1f{name}\x1f{target}\x1f{to_iso(slot)}")
            alert_rows.add(tx, made, AlertKind.DIGEST, config.name, TITLE, now=now, tail=coverage(slot - DAY))
            message = build(alert_rows.get(tx, made), [], desk_url)
            alert_rows.freeze(tx, made, json.dumps(message_json.encode(message), ensure_ascii=False), now)
            outbox.put(tx, made, name, target, now=now, next_at=at, deadline=at + channel.deadline)
            told.append(made)
    return told

"""Bursts: rules that tell only of many matches at once (`when:`), one alert a burst. Run once a tick.

rules with `when:` | enough in the window? | already told, or too soon after the last? | one alert of all articles
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.evaluate import Evaluator
from alerts.message import alert_id, build
from core import message_json
from core.clock import from_iso, iso_or_none, parse_iso_or_none, to_iso
from core.config import RuleConfig
from core.durations import parse_duration
from core.model import AlertKind, Relation
from store import Tx, bursts, mutes
from store import alerts as alert_rows

FORM = re.compile(r"(?:>=|≥) *(\d+) in (\d+ ?[smhd])")
HOUR = timedelta(hours=1)
DAYS = 14  # whose same hour makes the baseline
TIMES = 3  # so many times the baseline is a burst
LEAST = 5  # articles in an hour that can be above any baseline
LISTED = 50  # articles that the message lists


@dataclass(frozen=True, slots=True)
class When:
    """What a rule calls a burst: so many in a window, or more than its baseline where `needed` is None."""

    needed: int | None
    window: timedelta
    said: str  # `1h`, as the rule says it


@dataclass(frozen=True, slots=True)
class Burst:
    """What is remembered of a rule: the alert of its last burst, since when that is over, None while it goes on."""

    alert: str | None = None
    ended: datetime | None = None


def parse(when: str) -> When:
    """`>= 20 in 1h` or `above baseline`, as the configuration was checked."""
    found = FORM.fullmatch(when)
    if found is None:
        return When(None, HOUR, "1h")
    return When(int(found[1]), parse_duration(found[2]), found[2].replace(" ", ""))


def needed(when: When, baseline: float) -> int:
    """How many articles in the window are a burst."""
    return when.needed if when.needed is not None else max(LEAST, math.ceil(TIMES * baseline))


def step(last: Burst, count: int, least: int, window: timedelta, now: datetime) -> tuple[bool, Burst]:
    """Whether a burst begins, and what to remember.

    A burst goes on for as long as there are enough; another begins at the earliest a window after the last ended.
    """
    going_on = last.alert is not None and last.ended is None
    if going_on:
        return False, last if count >= least else Burst(last.alert, now)
    rested = last.ended is None or now - last.ended >= window
    return count >= least and rested, last


def tell_bursts(tx: Tx, evaluator: Evaluator, now: datetime, desk_url: str | None = None) -> list[str]:
    """Create the alerts of bursts that begin, each with its deliveries; their ids."""
    created = []
    for config in evaluator.configs.values():
        if config.when is not None:
            told = _look(tx, evaluator, config, parse(config.when), now, desk_url)
            created += [told] if told else []
    return created


def _look(
    tx: Tx, evaluator: Evaluator, config: RuleConfig, when: When, now: datetime, desk_url: str | None
) -> str | None:
    kept = bursts.state(tx, config.name)
    last = Burst(kept.get("alert"), parse_iso_or_none(kept.get("ended")))
    going_on = last.alert is not None and last.ended is None
    since = now - when.window
    floor = when.needed or LEAST
    if bursts.roughly(tx, config.name, since, floor) < floor and not going_on:
        return None  # the usual case, answered by an index
    baseline = _baseline(tx, config.name, now) if when.needed is None else 0.0
    count, least = bursts.count(tx, config.name, since, now), needed(when, baseline)
    begins, after = step(last, count, least, when.window, now)
    told = None
    if begins:
        told = _tell(tx, evaluator, config, when, baseline, now, desk_url)
        after = Burst(told)
    if after != last:
        bursts.keep(tx, config.name, {"alert": after.alert, "ended": iso_or_none(after.ended)})
    return told


def _baseline(tx: Tx, rule: str, now: datetime) -> float:
    """Articles a rule usually matches in this hour of the day: the mean of the days the archive knows, up to 14."""
    begun = bursts.begun(tx)
    known = 0 if begun is None else (now - from_iso(begun)) // timedelta(days=1)
    days = max(1, min(DAYS, known))
    hours = [now - timedelta(days=day) for day in range(1, days + 1)]
    return sum(bursts.count(tx, rule, hour - HOUR, hour) for hour in hours) / days


def _tell(
    tx: Tx, evaluator: Evaluator, config: RuleConfig, when: When, baseline: float, now: datetime, desk_url: str | None
) -> str:
    since = now - when.window
    found = bursts.articles(tx, config.name, since, now)
    made = alert_id(config.name, f"burst\x1f{to_iso(now)}")
    alert_rows.add(
        tx,
        made,
        AlertKind.STORY,
        config.name,
        f"{len(found)} articles match {config.name} in {when.said}",
        now=now,
        lines=_lines(config, when, baseline, len(found), since, now, made, desk_url),
        fold="none",
        severity=config.severity,
    )
    for row in found:
        alert_rows.add_article(tx, made, row["article_id"], Relation(row["relation"]), now, told_in=made)
    mute = mutes.of_rule(tx, config.name, now)
    bursts.told(tx, config.name, since, now, made, "alerted" if mute is None else "muted")
    message = build(alert_rows.get(tx, made), alert_rows.members(tx, made)[:LISTED], desk_url)
    alert_rows.freeze(tx, made, json.dumps(message_json.encode(message), ensure_ascii=False), now)
    muted = None if mute is None else int(mute["id"])
    evaluator.enqueue(tx, made, config, now, wait=timedelta(), muted=muted)
    return made


def _lines(
    config: RuleConfig,
    when: When,
    baseline: float,
    count: int,
    since: datetime,
    now: datetime,
    made: str,
    desk_url: str | None,
) -> Sequence[str]:
    usual = f"; usual in this hour: {baseline:.1f}" if when.needed is None else f"; the rule asks for {config.when}"
    lines = [f"Matched from {since:%H:%M} to {now:%H:%M} UTC by {config.query}{usual}"]
    if count > LISTED:
        where = f"`borderwire alerts show {made}`" if desk_url is None else f"{desk_url.rstrip('/')}/alert/{made}"
        lines.append(f"These are the first {LISTED} of {count:,} articles; all are listed at {where}")
    return lines

"""Digests: what was held is told, several in one message, and nothing held is ever forgotten. Run once a tick.

dead digests: members back | quiet hours begun: hold | due | configured? quiet? muted? | one: let go, several: merge
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from alerts.evaluate import Evaluator
from alerts.message import alert_id, build, outlet_name
from alerts.timing import Ask, decide, quiet_until
from alerts.updates import ON_STORY
from core import message_json
from core.clock import from_iso
from core.failpoints import hit
from core.model import AlertKind
from store import Row, Tx, digests, mutes, outbox
from store import alerts as alert_rows

log = logging.getLogger("borderwire.alerts")
LISTED = 50  # articles that a digest lists; of more it says how many
QUOTED = 20  # lines of what edits changed
PACE = timedelta(minutes=1)  # between members of a dead digest: ten in ten minutes, as a rule may tell at once
LOOKED_BACK = timedelta(hours=2)  # for digests that died; a tick follows each death
GATHERED = timedelta(minutes=30)  # entries that go on to appear are waited for no longer
ASK_AGAIN = timedelta(hours=1)  # what is held for nobody is looked at again
SCHEDULED = {"hourly": timedelta(hours=1), "daily": timedelta(days=1)}  # told as digests even where it is only one
SAID = {  # the title of a digest by what its alerts were held for
    "hourly": "{count} {alerts} of the last hour",
    "daily": "{count} {alerts} of the day",
    "quiet": "{count} {alerts} from quiet hours",
    "cooldown": "{count} {alerts} since the last message",
    "rate": "{count} more {alerts} in a short time",
    "burst": "{count} {alerts} on entries that appeared at once",
    "late": "{count} {alerts} on articles dated days ago",
    "fuse": "{count} {alerts} held in a flood of messages",
    "restored": "{count} {alerts} after a restore",
}
Coverage = Sequence[str] | Callable[[datetime], Sequence[str]]
Group = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a digest: an article with who printed it, or, without one, an alert's own title."""

    row: Row | None
    title: str


def tell_digests(
    tx: Tx, evaluator: Evaluator, now: datetime, coverage: Coverage = (), desk_url: str | None = None
) -> list[str]:
    """Tell what is due: the ids of the digests made and of the alerts let go.

    `coverage`: the last lines of each digest, or what gives them for the time since a moment.
    """
    told: list[str] = []
    give_back(tx, evaluator, now, now - LOOKED_BACK)
    _hush(tx, evaluator, now)
    for key, found in groupby(digests.due(tx, now), key=lambda r: (r["rule"], r["channel"], r["target"])):
        rows = _sendable(tx, evaluator, key, list(found), now)
        if rows:
            told += _tell(tx, evaluator, key, rows, now, coverage, desk_url)
    return told


def give_back(tx: Tx, evaluator: Evaluator, now: datetime, since: datetime) -> int:
    """Members of digests that died since then are sent one by one; how many."""
    count = 0
    for digest in digests.dead(tx, since):
        rows = digests.members(tx, digest)
        if rows:
            channel = evaluator.channels.get(rows[0]["channel"])
            digests.release(tx, rows, now, PACE, None if channel is None else channel.deadline)
            log.error("digest %s is dead: its %d alerts are sent one by one", digest, len(rows))
        digests.taken_apart(tx, digest)
        count += len(rows)
    return count


def retime(tx: Tx, evaluator: Evaluator, now: datetime) -> int:
    """After a start or a reload: what is held is told no later than the configuration now says; how many moved.

    Nothing is put off: what was to be told at an earlier time is told then.
    """
    moved = 0
    give_back(tx, evaluator, now, datetime.min.replace(tzinfo=now.tzinfo))
    for row in digests.held(tx):
        gone = _gone(evaluator, (row["rule"], row["channel"], row["target"]))
        if gone:
            digests.hold(tx, [row], from_iso(row["next_at"]), _stranded(row, gone))
            continue
        config = evaluator.configs[row["rule"]]
        if row["digest"] in ("burst", "late", "fuse", "rate") or (row["digest"] == "cooldown" and config.cooldown):
            continue  # these end soon by themselves
        timing = decide(_ask(evaluator, row), now)
        if timing.next_at < from_iso(row["next_at"]):
            reason = timing.reason or "told at once by the changed configuration"
            digests.hold(tx, [row], timing.next_at, reason, timing.digest)
            moved += 1
    return moved


def _ask(evaluator: Evaluator, row: Row) -> Ask:
    config = evaluator.configs[row["rule"]]
    return Ask(
        urgent=config.severity == "urgent",
        digest=config.digest,
        quiet=evaluator.quiet.get(row["channel"]),
        zone=evaluator.zone,
    )


def _hush(tx: Tx, evaluator: Evaluator, now: datetime) -> None:
    """Where quiet hours have begun, what waits for a try waits for their end."""
    for channel, quiet in evaluator.quiet.items():
        end = quiet_until(quiet, now, evaluator.zone)
        if end is not None and (rows := digests.waiting(tx, channel, end)):
            digests.hold(tx, rows, end, f"quiet hours {quiet} of the channel", "quiet")


def _sendable(tx: Tx, evaluator: Evaluator, key: Group, rows: list[Row], now: datetime) -> list[Row]:
    """Of a group's due deliveries those that may be sent now; the others are held further, or suppressed."""
    rule, channel, target = key
    if gone := _gone(evaluator, key):
        for row in rows:
            digests.hold(tx, [row], now + ASK_AGAIN, _stranded(row, gone))
        return []
    config = evaluator.configs[rule]
    quiet = evaluator.quiet.get(channel)
    if config.severity != "urgent" and (end := quiet_until(quiet, now, evaluator.zone)) is not None:
        digests.hold(tx, rows, end, f"quiet hours {quiet} of the channel")
        return []
    if all(row["digest"] == "burst" for row in rows):
        youngest = digests.gathering(tx, rule, channel, target, "burst", now)
        if youngest is not None and from_iso(rows[0]["created_at"]) + GATHERED > youngest:
            digests.hold(tx, rows, youngest, rows[0]["reason"])
            return []
    return _unmuted(tx, rule, rows, now)


def _gone(evaluator: Evaluator, key: Group) -> str:
    """For what nothing is configured any more, where that is so."""
    rule, channel, target = key
    if rule not in evaluator.configs:
        return f"rule {rule} is no longer configured"
    if channel not in evaluator.channels:
        return f"channel {channel} is no longer configured"
    if target not in evaluator.channels[channel].targets():
        return f"{target} is no longer a recipient of {channel}"
    return ""


def _stranded(row: Row, gone: str) -> str:
    """Why a delivery stays held: for whom nothing is configured any more, and what it was held for before."""
    return f"{gone}; was held for: {(row['reason'] or '').rpartition('; was held for: ')[2]}"


def _unmuted(tx: Tx, rule: str, rows: list[Row], now: datetime) -> list[Row]:
    """What no mute holds for: a mute of the rule, or of every source an alert speaks of."""
    if not mutes.some(tx, now):
        return rows
    whole = mutes.of_rule(tx, rule, now)
    if whole is not None:
        digests.suppress(tx, [row["id"] for row in rows], f"mute {whole['id']}")
        return []
    spoken = digests.sources(tx, (row["alert_id"] for row in rows))
    holding: dict[str, Row | None] = {
        source: mutes.held(tx, rule, source, now) for source in {s for some in spoken.values() for s in some}
    }
    kept = []
    for row in rows:
        found = [holding[source] for source in sorted(spoken.get(row["alert_id"], ()))]
        if found and found[0] is not None and all(found):
            digests.suppress(tx, [row["id"]], f"mute {found[0]['id']}")
        else:
            kept.append(row)
    return kept


def _tell(
    tx: Tx, evaluator: Evaluator, key: Group, rows: list[Row], now: datetime, coverage: Coverage, desk_url: str | None
) -> list[str]:
    alone = [row for row in rows if row["kind"] not in digests.TOLD]  # a digest that waited is none's member
    members = [row for row in rows if row["kind"] in digests.TOLD]
    if len(members) == 1 and members[0]["digest"] not in SCHEDULED:
        alone, members = [*alone, *members], []
    deadline = evaluator.channels[key[1]].deadline
    digests.release(tx, alone, now, timedelta(), deadline)
    told = [row["alert_id"] for row in alone]
    if members:
        told.append(_merge(tx, evaluator, key, members, now, coverage, desk_url))
    return told


def _merge(
    tx: Tx, evaluator: Evaluator, key: Group, members: list[Row], now: datetime, coverage: Coverage,
    desk_url: str | None,
) -> str:  # fmt: skip
    """One alert that tells several, with its frozen message and its delivery; its id."""
    rule, channel, target = key
    made = _free_id(tx, key, members[0]["id"])
    ids = list(dict.fromkeys(row["alert_id"] for row in members))
    found = digests.contents(tx, ids[:LISTED])
    items, changed = _items(tx, [found[each] for each in ids[:LISTED]])
    urgent = evaluator.configs[rule].severity == "urgent"
    alert_rows.add(
        tx,
        made,
        AlertKind.DIGEST,
        rule,
        headline(len(ids), {row["digest"] for row in members}, items),
        now=now,
        article_id=next((item.row["article_id"] for item in items if item.row is not None), None),
        lines=_lines(items, changed, len(ids), made, desk_url),
        tail=_covered(coverage, members, now),
        severity="urgent" if urgent else "normal",
    )
    digests.speak_of(tx, made, ids, now)
    listed = [item.row for item in items if item.row is not None][:LISTED]
    message = build(alert_rows.get(tx, made), listed, desk_url)
    alert_rows.freeze(tx, made, json.dumps(message_json.encode(message), ensure_ascii=False), now)
    delivery = outbox.put(
        tx,
        made,
        channel,
        target,
        now=now,
        next_at=now,
        deadline=now + evaluator.channels[channel].deadline,
        priority=outbox.URGENT if urgent else outbox.NORMAL,
    )
    hit("in_merge")
    digests.merge(tx, [row["id"] for row in members], delivery)
    return made


def _free_id(tx: Tx, key: Group, first: str) -> str:
    """The digest's id follows from its first member; one that died and whose members are told again gets another."""
    rule, channel, target = key
    number = 0
    while True:
        made = alert_id(rule, f"digest\x1f{channel}\x1f{target}\x1f{first}" + (f"\x1f{number}" if number else ""))
        if alert_rows.find(tx, made) is None:
            return made
        number += 1


def headline(count: int, causes: Iterable[str], items: Sequence[Item]) -> str:
    """`24 alerts of the last hour`; of one alert its own title as well."""
    known = sorted(set(causes))
    form = SAID.get(known[0], "") if len(known) == 1 else ""
    said = (form or "{count} {alerts}").format(count=f"{count:,}", alerts="alert" if count == 1 else "alerts")
    return f"{said}: {items[0].title}" if count == 1 and items else said


def _items(tx: Tx, contents: Iterable[Row]) -> tuple[list[Item], list[str]]:
    """The lines of a digest, each article once, and what edits changed. Bursts bring all their articles."""
    items: dict[object, Item] = {}
    changed: list[str] = []
    for row in contents:
        if row["alert_kind"] == AlertKind.UPDATE:
            lines = [str(line) for line in json.loads(row["lines"])]
            changed += [line for line in lines if ON_STORY not in line.lower()]
        if row["article_id"] is None:
            items.setdefault(row["alert_id"], Item(None, row["alert_title"]))
            for each in alert_rows.members(tx, row["alert_id"]):
                items.setdefault(each["article_id"], Item(each, each["title"]))
            continue
        more = row["outlets"] - 1
        named = {**row, "site": f"{outlet_name(row)} and {more} more" if more else outlet_name(row)}
        items.setdefault(row["article_id"], Item(named, row["title"]))
    return list(items.values()), changed


def _lines(items: Sequence[Item], changed: Sequence[str], count: int, made: str, desk_url: str | None) -> Iterator[str]:
    """What a digest says besides its list: alerts without an article, what edits changed, what is not listed."""
    yield from (item.title for item in items if item.row is None)
    yield from changed[:QUOTED]
    if len(changed) > QUOTED:
        yield f"{len(changed) - QUOTED} more lines on what was changed are not shown"
    if count > LISTED:
        where = f"`borderwire alerts show {made}`" if desk_url is None else f"{desk_url.rstrip('/')}/alert/{made}"
        yield f"These are the first {LISTED} of {count:,} alerts; all are listed at {where}"


def _covered(coverage: Coverage, members: Sequence[Row], now: datetime) -> Sequence[str]:
    """The coverage of the time in which the members came, and at least of what a scheduled digest stands for."""
    if not callable(coverage):
        return coverage
    periods = (SCHEDULED.get(row["digest"], timedelta()) for row in members)
    return coverage(min(from_iso(members[0]["created_at"]), now - max(periods)))

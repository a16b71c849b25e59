"""Updates: what came to a story already told, further articles and edits, in one later message.

waiting | past the limit of edits? | due? | muted? | one alert, its deliveries
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.changes import NOW, by_outlet, on_day, quotes
from alerts.evaluate import Evaluator
from alerts.message import alert_id, outlet_name
from core.clock import from_iso
from core.config import RuleConfig
from core.model import AlertKind, EntryClass, Relation
from core.textdiff import sentences
from store import Row, Tx, edits, mutes
from store import alerts as alert_rows

MOST_EDITS = 3  # updates of an alert that tell of edits; a page may change all day (RELIABILITY, case 48)
MOST_SAID = 10  # different edits quoted in one update; of more their outlets are named
WEIGHT = ("retracted", "corrected", "gone", "edited")
AFTER_TITLE = {
    "retracted": " (retracted)",
    "corrected": " (corrected)",
    "gone": " (no longer online)",
    "edited": " (edited)",
}
ON_STORY = "on a story you were told of"  # in the line that says which
CLOCK = re.compile(r"(?:\d{1,2} \w{3} )?\d\d:\d\d UTC")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an alert has not told: rows of `store.alerts.untold` and `store.edits.untold`."""

    articles: Sequence[Row]
    edits: Sequence[Row]

    @property
    def any(self) -> Row:
        return (*self.articles, *self.edits)[0]

    @property
    def key(self) -> str:
        """Names the update for ever by the first thing in it, which no other update of the alert can tell."""
        first = min(
            [(r["added_at"], 0, r["article_id"], str(r["article_id"])) for r in self.articles]
            + [
                (r["added_at"], 1, r["article_id"], f"{r['article_id']}.{r['revision']}.{r['kind']}")
                for r in self.edits
            ]
        )
        return first[3]

    @property
    def lead(self) -> Row:
        """What stands at the head: a retraction, else a further article, else the weightiest edit."""
        weighty = sorted(self.edits, key=lambda r: WEIGHT.index(r["kind"]))
        if weighty and (weighty[0]["kind"] == "retracted" or not self.articles):
            return weighty[0]
        return self.articles[0]

    @property
    def entry_class(self) -> EntryClass:
        """As news, if anything in it came so; otherwise as its articles came, all at once or late."""
        classes = {EntryClass(r["class"]) for r in self.articles}
        if self.edits or classes - {EntryClass.BURST, EntryClass.LATE}:
            return EntryClass.LIVE
        return EntryClass.BURST if EntryClass.BURST in classes else EntryClass.LATE


def due(config: RuleConfig, last_told: datetime, now: datetime) -> bool:
    """Whether a rule's story may be told again: after its `update_every`, at once for `each`, never for `never`."""
    if isinstance(config.update_every, timedelta):
        return now - last_told >= config.update_every
    return config.update_every == "each"


def tell_updates(tx: Tx, evaluator: Evaluator, now: datetime, desk_url: str | None = None) -> list[str]:
    """Create the updates that are due, each with its deliveries; their ids. Run once a tick."""
    articles: defaultdict[str, list[Row]] = defaultdict(list)
    edited: defaultdict[str, list[Row]] = defaultdict(list)
    never = [config.name for config in evaluator.configs.values() if config.update_every == "never"]
    for row in alert_rows.untold(tx, now, never):
        articles[row["alert_id"]].append(row)
    for row in edits.untold(tx, now):
        edited[row["alert_id"]].append(row)
    created = []
    for parent in sorted({*articles, *edited}):
        waiting = Waiting(articles[parent], edited[parent])
        config = evaluator.configs.get(waiting.any["rule"])
        if config is None:
            continue
        told = edits.updates(tx, parent) if waiting.edits else 0
        if told >= MOST_EDITS:
            waiting = _limited(tx, waiting)
        if (waiting.articles or waiting.edits) and due(config, from_iso(waiting.any["last_told"]), now):
            created.append(_tell(tx, evaluator, config, parent, waiting, told, now, desk_url))
    return created


def _limited(tx: Tx, waiting: Waiting) -> Waiting:
    """Without the edits that are told to nobody any more; a retraction always is."""
    quiet = [row for row in waiting.edits if row["kind"] != "retracted"]
    edits.hush(tx, quiet, "limit")
    return Waiting(waiting.articles, [row for row in waiting.edits if row["kind"] == "retracted"])


def _tell(
    tx: Tx,
    evaluator: Evaluator,
    config: RuleConfig,
    parent: str,
    waiting: Waiting,
    told: int,
    now: datetime,
    desk_url: str | None,
) -> str:
    rows = {row["article_id"]: row for row in (*waiting.edits, *waiting.articles)}
    update = alert_id(parent, waiting.key)
    lead = waiting.lead
    last = told == MOST_EDITS - 1 and any(row["kind"] != "retracted" for row in waiting.edits)
    where = _where(lead["story_id"], desk_url) if last else ""
    now_says = edits.texts(tx, (row["article_id"] for row in waiting.edits)) if waiting.edits else {}
    alert_rows.add(
        tx,
        update,
        AlertKind.UPDATE,
        config.name,
        headline(waiting),
        now=now,
        story_id=lead["story_id"],
        article_id=lead["article_id"],
        parent_id=parent,
        lines=(*said(waiting, now_says, now), *filter(None, (where,))),
        severity=config.severity,
    )
    for row in rows.values():
        alert_rows.add_article(tx, update, row["article_id"], Relation(row["relation"]), now, told_in=update)
    alert_rows.tell(tx, parent, sorted(rows), update)
    edits.tell(tx, waiting.edits, update)
    muted = _muted(tx, config.name, rows.values(), now)
    evaluator.enqueue(tx, update, config, now, wait=timedelta(), muted=muted, entry_class=waiting.entry_class)
    return update


def _muted(tx: Tx, rule: str, rows: Iterable[Row], now: datetime) -> int | None:
    """The mute under which an update falls: one that holds for the rule, or for the source of every article in it."""
    found = [mutes.held(tx, rule, source, now) for source in sorted({row["source"] for row in rows})]
    holding = [mute["id"] for mute in found if mute is not None]
    return holding[0] if len(holding) == len(found) else None


def headline(waiting: Waiting) -> str:
    """The title of what leads, what became of it, and how many more articles there are."""
    lead = waiting.lead
    others = {row["article_id"] for row in (*waiting.articles, *waiting.edits)} - {lead["article_id"]}
    more = f" and {len(others)} more" if others else ""
    return f"{lead['title']}{AFTER_TITLE.get(lead.get('kind', ''), '')}{more}"


def said(waiting: Waiting, now_says: Mapping[int, str], now: datetime) -> list[str]:
    """The lines of an update. `now_says`: what the edited articles say by now."""
    count, lead = len(waiting.articles), waiting.lead
    story = "" if lead["parent_title"] == lead["title"] else f": {lead['parent_title']}"
    first = f"{count} more {ON_STORY}{story}" if count else f"{ON_STORY.capitalize()}{story}"
    lines = [first] if count or story else []
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in sorted(waiting.edits, key=lambda r: WEIGHT.index(r["kind"])):
        groups.setdefault(_alike(row), []).append(row)
    kept = list(groups.values())
    for rows in kept[:MOST_SAID]:
        lines += _edit_said(rows, now_says, now)
    if rest := [outlet_name(row) for rows in kept[MOST_SAID:] for row in rows]:
        lines.append(f"Edited as well: {', '.join(dict.fromkeys(rest))}")
    return lines


def _alike(row: Row) -> tuple[object, ...]:
    """What edits share that are told as one: the same sentences, or the same words about an article."""
    lines = json.loads(row["lines"])
    return (row["kind"], quotes(lines) or CLOCK.sub("", lines[0], count=1))


def _edit_said(rows: Sequence[Row], now_says: Mapping[int, str], now: datetime) -> list[str]:
    """One edit, as its first outlet made it; others that made the same are named."""
    row = rows[0]
    head, *rest = json.loads(row["lines"])
    also = [name for r in rows if (name := outlet_name(r)) != outlet_name(row)]
    named = f" (also {', '.join(dict.fromkeys(also))})" if also else ""
    lines = [by_outlet(outlet_name(row), on_day(head, row["added_at"], now)) + named, *rest]
    if _taken_back(rest, now_says.get(row["article_id"], "")):
        lines.append("It no longer says so")
    return lines


def _taken_back(lines: Sequence[str], text: str) -> bool:
    """Whether none of the sentences that an edit brought stands in the article any more."""
    whole = [line for line in lines if line.startswith(NOW) and "…" not in line]
    return bool(whole) and not quotes(whole) & quotes(NOW + s for s in sentences(text))


def _where(story_id: int, desk_url: str | None) -> str:
    at = f"`borderwire stories show {story_id}`" if desk_url is None else f"{desk_url.rstrip('/')}/story/{story_id}"
    return f"This is the last update on edits of this story; later ones are listed by {at}"

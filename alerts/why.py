"""Why a rule fired for an article or did not: was it read, does the rule hold, what came of it, was it delivered.

`gather` reads what is known; `said` puts it into sentences. The texts are those of now, except where a match was
recorded for an earlier revision.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.backtest import document, held_by
from alerts.rules import Explanation, Rule, RuleSet, parse
from alerts.rules.ruleset import Clause
from alerts.snippet import Runs, matched_words, snippet
from alerts.variants import loosened
from core.errors import RuleSyntaxError
from core.model import Document
from core.urls import host
from store import Row, Tx, digests, edits, entries, mutes, views
from store import alerts as alert_rows
from store import articles as rows
from store.channels import BROKEN

RULE = " rule"
DELIVERY = ("id", "channel", "target", "state", "digest", "reason", "attempts", "next_at", "sent_at", "last_error",
            "digest_id")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A configured rule by its name, or a query without one (`name` is then None)."""

    name: str | None
    query: str


@dataclass(frozen=True, slots=True)
class Read:
    """What is known of an article that was read, and of the rule with it."""

    article: Row
    original: Row | None  # of a copy: the article it is a copy of
    explanation: Explanation
    hints: Mapping[str, str]  # failing clause -> how it nearly holds
    words: tuple[str, ...]  # matched ones as printed
    snippet: Runs
    recorded: Row | None  # the match as it was recorded when the article was read, of whichever revision
    held_then: bool  # whether the rule of now holds for the revision of that match
    alert: Row | None  # of the rule about the article's story, or about the article where the rule does not fold
    edits: tuple[Row, ...]  # what edits of the article meant for that rule's alerts
    member: Row | None  # the article as the alert speaks of it
    deliveries: tuple[Row, ...]
    mute: Row | None  # what mutes rule or source now


@dataclass(frozen=True, slots=True)
class Why:
    """The whole answer. `read` is None for an address that is no article yet."""

    asked: Asked
    address: str
    entries: tuple[Row, ...]  # what sources said of the address, while it waits or where it failed
    on_site: tuple[str, ...]  # configured sources of its site, for an address nobody named
    read: Read | None

    @property
    def holds(self) -> bool:
        return self.read is not None and self.read.explanation.holds


def gather(
    tx: Tx, asked: Asked, lists: Mapping[str, Sequence[str]], row: Row | None, named: Sequence[Row], now: datetime
) -> tuple[tuple[Row, ...], Read | None]:
    """The entries that still say something, and all about the article. Raises RuleSyntaxError."""
    if row is None:
        return tuple(named), None
    waiting = tuple(e for e in entries.of_article(tx, row["id"]) if e["state"] != "done")
    return waiting, _read(tx, asked, lists, row, now)


def _read(tx: Tx, asked: Asked, lists: Mapping[str, Sequence[str]], row: Row, now: datetime) -> Read:
    ruleset = RuleSet([Rule(RULE, asked.query)], lists)
    new = document(row)
    explanation = ruleset.explain(RULE, new)
    if not explanation.holds and row["revision"] > 1:
        as_update = ruleset.explain(RULE, document(row, "update"))
        explanation = as_update if as_update.holds else explanation
    spans = () if explanation.match is None else explanation.match.spans
    recorded = next((m for m in views.matches(tx, row["id"]) if m["rule"] == asked.name), None)
    alert = None
    if asked.name is not None:
        alert = alert_rows.own(tx, asked.name, row["id"]) or alert_rows.about(tx, asked.name, row["story_id"])
    deliveries = [] if alert is None else digests.of_alert(tx, alert["id"])
    members = [] if alert is None else alert_rows.members(tx, alert["id"])
    return Read(
        article=row,
        original=None if row["copy_of"] is None else rows.get(tx, row["copy_of"]),
        explanation=explanation,
        hints=dict(_hints(explanation.clause, new, lists)),
        words=matched_words(row["title"], row["text"], spans),
        snippet=snippet(row["title"], row["text"], spans)[1] if spans else (),
        recorded=recorded,
        held_then=recorded is not None and _held_then(ruleset, row, recorded),
        alert=alert,
        edits=tuple(e for e in edits.of_article(tx, row["id"]) if e["rule"] == asked.name),
        member=next((m for m in members if m["article_id"] == row["id"]), None),
        deliveries=tuple(deliveries),
        mute=None if asked.name is None else mutes.held(tx, asked.name, row["source"], now),
    )


def _held_then(ruleset: RuleSet, row: Row, recorded: Row) -> bool:
    """Whether the rule as it now reads holds for the text it was recorded for."""
    then = {**row, "title": recorded["revision_title"], "text": recorded["revision_text"]}
    return recorded["revision_text"] is not None and RULE in held_by(ruleset, document(then), recorded["revision"])


def _hints(clause: Clause, new: Document, lists: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Of the clauses that fail, those whose looser reading holds."""
    if clause.holds:
        return
    try:
        looser = loosened(parse(clause.text, lists))
    except RuleSyntaxError:  # what only excludes cannot stand alone
        looser = None
    if looser is not None and RuleSet([Rule(RULE, str(looser.node))]).match(new):
        yield clause.text, looser.said
    for part in clause.parts:
        yield from _hints(part, new, lists)


def as_json(why: Why) -> dict[str, Any]:
    """For `--json`."""
    found: dict[str, Any] = {
        "rule": why.asked.name,
        "query": why.asked.query,
        "address": why.address,
        "state": "unknown" if why.read is None and not why.entries else "waiting" if why.read is None else "read",
        "holds": why.holds,
        "said": list(said(why)),
        "entries": [
            {k: e[k] for k in ("source", "state", "tries", "next_try_at", "reason", "first_seen_at", "url")}
            for e in why.entries
        ],
    }
    if why.read is None:
        if why.entries and all(e["state"] == "failed" for e in why.entries):
            found["state"] = "failed"
        return found
    read = why.read
    spans = () if read.explanation.match is None else read.explanation.match.spans
    found["article"] = {
        k: read.article[k]
        for k in ("id", "canonical_url", "title", "source", "site", "first_seen_at", "revision", "extraction", "note",
                  "relation", "copy_of", "story_id", "class")
    }  # fmt: skip
    found["clause"] = _clause_as_json(read.explanation.clause, read.hints)
    found["spans"] = [[s.field, s.start, s.end] for s in spans]
    found["snippet"] = "".join(f"[{text}]" if hit else text for text, hit in read.snippet)
    recorded, alert = read.recorded, read.alert
    found["recorded"] = recorded and _some(recorded, "outcome", "revision", "matched_at", "alert_id")
    found["alert"] = alert and _some(alert, "id", "title", "created_at", "frozen_at")
    found["edits"] = [
        {**_some(e, "revision", "kind", "added_at", "alert_id", "told_in", "quiet"), "lines": json.loads(e["lines"])}
        for e in read.edits
    ]
    found["deliveries"] = [_some(d, *DELIVERY) for d in read.deliveries]
    return found


def _clause_as_json(clause: Clause, hints: Mapping[str, str]) -> dict[str, Any]:
    nearly = "" if clause.holds else hints.get(clause.text, "")
    return {
        "text": clause.text,
        "holds": clause.holds,
        "nearly": nearly,
        "parts": [_clause_as_json(part, hints) for part in clause.parts],
    }


def _some(row: Row, *keys: str) -> dict[str, Any]:
    return {key: row[key] for key in keys}


def said(why: Why) -> Iterator[str]:
    """The answer in sentences, in the order things happened."""
    if why.read is None:
        yield from map(_entry_said, why.entries) if why.entries else _unknown(why)
        return
    yield from _article_said(why.read)
    yield from _waiting_said(why.entries)
    yield from _rule_said(why.asked, why.read)
    if why.asked.name is not None:
        yield from _outcome_said(why.asked.name, why.read)
        yield from map(delivery_said, why.read.deliveries)


def _unknown(why: Why) -> Iterator[str]:
    yield f"{why.address} is not known: no source has named it, so it was never read."
    site = host(why.address)
    if why.on_site:
        yield f"Of {site} these sources are read: {', '.join(why.on_site)}. Perhaps it has another address there."
    elif site:
        yield f"No configured source is of {site}."


def _entry_said(entry: Row) -> str:
    named = f"{entry['source']} named it {entry['first_seen_at']}"
    last = f"; last answer: {entry['reason']}" if entry["reason"] else ""
    if entry["state"] == "failed":
        return f"{named}, but no article could be made of it: {entry['reason'] or 'no cause was noted'}."
    if entry["claimed_at"] is not None:
        return f"{named}; it is being read since {entry['claimed_at']}{last}."
    tries = f" after {entry['tries']} tries" if entry["tries"] > 1 else " after one try" if entry["tries"] else ""
    return f"{named}; it waits to be read{tries}, next at {entry['next_try_at']}{last}."


def _article_said(read: Read) -> Iterator[str]:
    row = read.article
    revision = f", revision {row['revision']} of {row['updated_at']}" if row["revision"] > 1 else ""
    yield f"Read from {row['source']} {row['first_seen_at']}{revision}."
    cause = f": {row['note']}" if row["note"] else ""
    if row["extraction"] == "summary":
        yield f"Not extracted: only its headline and summary are known{cause}."
    elif row["extraction"] == "feed":
        yield f"Its text is the feed's own{cause}."
    elif cause:
        yield f"Note{cause}."
    if read.original is not None:
        first = read.original
        yield f"It is a copy of article {first['id']}, {first['title']} ({first['site'] or first['source']})."


def _waiting_said(waiting: Sequence[Row]) -> Iterator[str]:
    for entry in waiting:
        if entry["state"] == "todo":
            reason = f" ({entry['reason']})" if entry["reason"] else ""
            yield f"Its page will be looked at again at {entry['next_try_at']}{reason}."


def _rule_said(asked: Asked, read: Read) -> Iterator[str]:
    what = "The query" if asked.name is None else f"Rule {asked.name}"
    if read.explanation.holds:
        yield f"{what} holds: {', '.join(read.words) or 'by facts of the article, not by its words'}."
    else:
        yield f"{what} does not hold: {'; '.join(faults(read.explanation.clause, read.hints))}."


def faults(clause: Clause, hints: Mapping[str, str]) -> list[str]:
    """What keeps a query from holding: of parts that must all hold those that fail, else the whole."""
    failing = [part for part in clause.parts if not part.holds]
    if failing and len(failing) < len(clause.parts):
        return [fault for part in failing for fault in faults(part, hints)]
    hint = f", {hints[clause.text]}" if clause.text in hints else ""
    return [f"{clause.text} fails{hint}"]


def _outcome_said(rule: str, read: Read) -> Iterator[str]:
    recorded, row = read.recorded, read.article
    if recorded is not None:
        yield OUTCOMES[recorded["outcome"]].format(at=recorded["matched_at"], source=row["source"])
        if not read.explanation.holds:
            yield (
                f"It held for revision {recorded['revision']} and does not for what the article says now."
                if read.held_then
                else "It held when the article was read; the rule was changed since."
            )
    elif read.explanation.holds:
        yield (
            "The rule holds now, and no match was recorded when the article was read: the rule is newer, or was"
            " changed since. Live matching looks at an article when it is read, and at what an edit of it adds."
        )
    if read.alert is not None:
        yield from _alert_said(read)
    yield from map(_edit_said, read.edits)
    if read.mute is not None:
        yield f"Muted until {read.mute['ends_at']} by {read.mute['who']}: {read.mute['why']}."
    if recorded is None and row["class"] in SILENT:
        yield f"{SILENT[row['class']].format(source=row['source'])}: by itself it would have alerted nobody."


OUTCOMES = {
    "alerted": "It fired at {at} and made the alert.",
    "joined": "It matched at {at}, when its story had been told: it joined the alert.",
    "backfill": "It matched at {at}, but was there when {source} was first read: recorded, nobody is told.",
    "reissued": "It matched at {at}, but {source} only issued an old entry again: recorded, nobody is told.",
    "muted": "It fired at {at} while the rule or its source was muted: the alert is kept and not sent.",
    "known": "It matched at {at} and was counted: the rule tells only of many at once, and these were not enough.",
}


SILENT = {
    "backfill": "It was there when {source} was first read",
    "rewrite": "{source} only issued an old entry again",
}


def _alert_said(read: Read) -> Iterator[str]:
    alert, member = read.alert, read.member
    assert alert is not None
    what = "tells its story" if alert["fold"] == "story" else "tells of it alone"
    if alert["story_id"] is None:
        what = "tells of many articles at once"
    yield f"Alert {alert['id']} of {alert['created_at']} {what}: {alert['title']}."
    if member is None:
        yield "The alert does not name this article."
    elif member["told_in"] is not None:
        in_digest = member["told_in"] in {d["digest_id"] for d in read.deliveries}
        other = f"{'digest' if in_digest else 'update'} {member['told_in']}"
        yield f"The article is named in {'its message' if member['told_in'] == alert['id'] else other}."
    elif alert["frozen_at"] is None:
        yield "The article will be named in its message, which is not written yet."
    elif member["relation"] == "copy":
        yield "The article joined after the message was written; a copy makes no message of its own."
    else:
        yield "The article joined after the message was written; an update will name it."


QUIET = {
    "limit": "nobody is told of it: three updates told of edits of this story before",
    "spelling": "nobody is told of it: words were only spelt otherwise",
    "class": "nobody is told of it: the source showed an old entry again",
    "same": "nobody is told of it: another outlet's edit had said the same",
    "never": "nobody is told of it: the rule says `update_every: never`",
}


def _edit_said(row: Row) -> str:
    what = json.loads(row["lines"])[0]
    became = "an update will tell of it"
    if row["told_in"] is not None:
        became = f"told in update {row['told_in']}"
    elif row["quiet"] is not None:
        became = QUIET.get(row["quiet"], f"nobody is told of it: {row['quiet']}")
    return f"Revision {row['revision']} of {row['added_at']}: {what}; {became}."


def delivery_said(row: Row) -> str:
    """What became of a delivery, in a sentence; a row of `store.digests.of_alert`."""
    to = f"Delivery to {row['channel']} {row['target']}".strip()
    again = f"`borderwire deliveries replay {row['id']}`"
    error = f": {row['last_error']}" if row["last_error"] else ""
    cause = ": " + ", ".join(filter(None, (row["reason"], row["last_error"]))) if row["reason"] else error
    tried = f"{row['attempts']} {'try' if row['attempts'] == 1 else 'tries'}"
    match row["state"]:
        case "sent":
            return f"{to}: sent {row['sent_at']}."
        case "pending":
            so_far = f" after {tried}{error}" if row["attempts"] else ""
            asked = f"; {row['reason']}" if row["reason"] else ""
            return f"{to}: pending, due {row['next_at']}{so_far}{asked}."
        case "held" if row["digest"] is not None and row["reason"] != BROKEN:
            return f"{to}: held until {row['next_at']}, to be told with others: {row['reason']}. {again} sends it now."
        case "held":
            return f"{to}: held{cause}. Its channel is broken or paused."
        case "suppressed":
            muted = f", set by {row['mute_who']} until {row['mute_ends']}: {row['mute_why']}" if row["mute_who"] else ""
            return f"{to}: suppressed{cause}{muted}. {again} sends it."
        case "dead":
            return f"{to}: dead after {tried}{cause}. {again} tries again."
        case "merged":
            state = f"sent {row['digest_sent_at']}" if row["digest_state"] == "sent" else f"now {row['digest_state']}"
            return f"{to}: told in digest {row['digest_id']}, {state}."
        case _:
            return f"{to}: being sent."

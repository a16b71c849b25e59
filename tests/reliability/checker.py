"""Both sides of the story, held against each other: what the receivers wrote down, and what the database says.

Pure but for reading the database. Every fault is a sentence; none means that what was promised was kept.
"""

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]
ID = re.compile(r"msg_[a-z2-7]{26}")
VIA = {"slack": "slack", "webhook": "hook", "mail": "mail"}  # what the inbox calls a receiver -> the channel's name
FINAL = ("sent", "merged", "suppressed")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request or mail that a receiver read. `taken`: it answered that it has it; `lost`: it did, unheard."""

    channel: str
    id: str
    taken: bool
    lost: bool
    body: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the database held at one moment."""

    deliveries: Rows
    alerts: Rows
    attempts: Mapping[str, int]  # rows of a delivery
    integrity: str

    @property
    def sending(self) -> tuple[str, ...]:
        """The channels with a delivery in flight."""
        return tuple(sorted(d["channel"] for d in self.deliveries if d["state"] == "sending"))


@dataclass(slots=True)
class Seen:
    """What the killer noted while it went: ids that ever were, and how often a channel was hit in flight."""

    deliveries: set[str] = field(default_factory=set)
    in_flight: Counter[str] = field(default_factory=Counter)

    def note(self, found: Snapshot) -> None:
        """After a kill, before the next start."""
        self.deliveries |= {d["id"] for d in found.deliveries}
        self.in_flight.update(found.sending)


def snapshot(database: Path, *, whole: bool = True) -> Snapshot:
    """Read the database; without its integrity check where `whole` is False."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:

        def rows(sql: str) -> Rows:
            return [dict(row) for row in connection.execute(sql)]

        return Snapshot(
            rows("SELECT * FROM deliveries"),
            rows("SELECT a.*, (SELECT group_concat(r.canonical_url, ' ') FROM alert_articles m JOIN articles r"
                 " ON r.id = m.article_id WHERE m.alert_id = a.id) AS urls FROM alerts a"),
            dict(connection.execute("SELECT delivery_id, COUNT(*) FROM attempts GROUP BY 1").fetchall()),
            connection.execute("PRAGMA integrity_check").fetchone()[0] if whole else "ok",
        )  # fmt: skip
    finally:
        connection.close()


def arrivals(log: Iterable[Mapping[str, Any]]) -> list[Arrival]:
    """The inbox's log as arrivals; what names no delivery is left out."""
    found = []
    for entry in log:
        named = _id(entry)
        if named:
            status = entry["status"]
            body = "" if entry["via"] != "webhook" else repr(sorted(entry["body"].items()))
            found.append(Arrival(VIA[entry["via"]], named, 200 <= status < 300, status == 0, body))
    return found


def _id(entry: Mapping[str, Any]) -> str:
    where = entry["body"].get("message_id") if entry["via"] == "mail" else entry["body"]
    match = ID.search(str(where))
    return match[0] if match else ""


def copies(found: Sequence[Arrival]) -> Counter[str]:
    """Extra copies of each channel: what arrived, heard or unheard, more than once under one id."""
    times = Counter((a.channel, a.id) for a in found if a.taken or a.lost)
    extra: Counter[str] = Counter()
    for (channel, _), n in times.items():
        extra[channel] += n - 1
    return extra


def check(
    found: Snapshot,
    received: Sequence[Arrival],
    expected: Iterable[Mapping[str, Any]],
    channels: Mapping[str, Sequence[str]],
    seen: Seen,
) -> list[str]:
    """Every promise that was not kept. `expected`: {rule, event, urls}; `channels`: rule -> names."""
    return [
        *lost(found, received, expected, channels),
        *doubled(received, seen),
        *unexplained(found, received),
        *vanished(found, seen),
        *([] if found.integrity == "ok" else [f"the database is damaged: {found.integrity}"]),
    ]


def lost(
    found: Snapshot,
    received: Sequence[Arrival],
    expected: Iterable[Mapping[str, Any]],
    channels: Mapping[str, Sequence[str]],
) -> list[str]:
    """Expected alerts that some channel of their rule did not take, alone or within a digest."""
    taken = {(a.channel, a.id) for a in received if a.taken}
    by_rule: defaultdict[str, Rows] = defaultdict(list)
    for alert in found.alerts:
        by_rule[alert["rule"]].append(alert)
    deliveries: defaultdict[tuple[str, str], Rows] = defaultdict(list)
    for d in found.deliveries:
        deliveries[d["alert_id"], d["channel"]].append(d)
    faults = []
    for want in expected:
        about = [a for a in by_rule[want["rule"]] if set((a["urls"] or "").split()) & set(want["urls"])]
        for channel in channels[want["rule"]]:
            ways = [d for a in about for d in deliveries[a["id"], channel]]
            if not any((channel, d["merged_into"] or d["id"]) in taken for d in ways):
                states = ", ".join(f"{d['state']} ({d['reason'] or d['last_error']})" for d in ways) or "no delivery"
                faults.append(f"{want['rule']}: {want['event']} did not arrive on {channel}: {states}")
    return faults


def doubled(received: Sequence[Arrival], seen: Seen) -> list[str]:
    """More copies than kills in flight and lost acknowledgements explain, and copies that differ."""
    unheard = Counter(a.channel for a in received if a.lost)
    faults = []
    for channel, extra in copies(received).items():
        explained = seen.in_flight[channel] + unheard[channel]
        if extra > explained:
            faults.append(f"{channel} has {extra} extra copies; {explained} are explained")
    bodies: defaultdict[str, set[str]] = defaultdict(set)
    for a in received:
        if a.channel == "hook":
            bodies[a.id].add(a.body)
    return faults + [f"{key} was sent with {len(found)} bodies" for key, found in bodies.items() if len(found) > 1]


def unexplained(found: Snapshot, received: Sequence[Arrival]) -> list[str]:
    """Requests without an attempt's row, what is `sent` and was never taken, and what was taken and is not `sent`."""
    requests = Counter(a.id for a in received)
    taken = {a.id for a in received if a.taken}
    heard = {a.id for a in received if a.taken or a.lost}
    sent = {d["id"] for d in found.deliveries if d["state"] == "sent" and d["channel"] in VIA.values()}
    return [
        *(f"{key}: {n} requests, {found.attempts.get(key, 0)} attempts" for key, n in requests.items()
          if n > found.attempts.get(key, 0)),
        *(f"{key} is sent, but no receiver took it" for key in sorted(sent - heard)),
        *(f"{key} was taken, but is not sent" for key in sorted(taken - sent)),
    ]  # fmt: skip


def vanished(found: Snapshot, seen: Seen) -> list[str]:
    """Deliveries that once were and are no more, and those that did not end well."""
    states = Counter(d["state"] for d in found.deliveries)
    gone = seen.deliveries - {d["id"] for d in found.deliveries}
    return [
        *(f"delivery {key} is gone" for key in sorted(gone)),
        *(f"{n} deliveries are {state}" for state, n in states.items() if state not in FINAL),
        *([] if sum(states.values()) >= len(seen.deliveries) else ["rows ever created exceed the sum over states"]),
    ]

"""From an alert's rows to its message: who printed it, why it fired, in plain text for every channel.

A message is frozen at its first claim: copies that arrived until then are named, and every retry sends the same.
"""

import hashlib
import json
from base64 import b32encode
from collections.abc import Sequence

from core.clock import from_iso, parse_iso_or_none
from core.message_json import decode_receipt
from core.model import AlertKind, Message, Outlet, Relation
from core.urls import host
from store import Row


def alert_id(rule: str, key: str) -> str:
    """The id of a rule's alert about a story (or of another alert's update): the same for ever."""
    return "al_" + b32encode(hashlib.sha256(f"{rule}\x1f{key}".encode()).digest()).decode().lower()[:26]


def build(alert: Row, members: Sequence[Row], desk_url: str | None) -> Message:
    """The message of an alert that speaks of these articles (columns of `store.alerts.members`)."""
    outlets = tuple(_outlet(row) for row in members)
    fired = next((row for row in members if row["article_id"] == alert["article_id"]), None)
    first = fired or (members[0] if members else None)
    receipt = alert["receipt"]
    return Message(
        alert_id=alert["id"],
        kind=AlertKind(alert["kind"]),
        rule=alert["rule"],
        title=alert["title"],
        url=first["canonical_url"] if first is not None else "",
        outlets=outlets,
        receipt=None if receipt is None else decode_receipt(json.loads(receipt)),
        created=from_iso(alert["created_at"]),
        lines=tuple(json.loads(alert["lines"])),
        language=first["language"] if first is not None else None,
        desk_url=None if desk_url is None else f"{desk_url.rstrip('/')}/alert/{alert['id']}",
        parent=alert["parent_id"],
        severity=alert["severity"],
        tail=tuple(json.loads(alert["tail"])),
    )


def outlet_name(row: Row) -> str:
    """Who printed an article, of its `site`, `canonical_url` and `source`."""
    return str(row["site"] or host(row["canonical_url"]) or row["source"])


def _outlet(row: Row) -> Outlet:
    return Outlet(
        name=outlet_name(row),
        url=row["canonical_url"],
        title=row["title"],
        seen=from_iso(row["first_seen_at"]),
        published=parse_iso_or_none(row["published"]),
        relation=Relation(row["relation"]),
    )

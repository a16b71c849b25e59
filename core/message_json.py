"""A message as JSON: how it is frozen in the database and how webhooks carry it. Both directions, one shape."""

from core.clock import from_iso, iso_or_none, parse_iso_or_none, to_iso
from core.model import JSON, AlertKind, Message, Outlet, Receipt, Relation


def encode(message: Message) -> JSON:
    """The message as plain JSON values."""
    return {
        "id": message.alert_id,
        "kind": str(message.kind),
        "parent": message.parent,
        "severity": message.severity,
        "rule": message.rule,
        "title": message.title,
        "url": message.url,
        "language": message.language,
        "desk_url": message.desk_url,
        "created": to_iso(message.created),
        "lines": list(message.lines),
        "tail": list(message.tail),
        "outlets": [_encode_outlet(o) for o in message.outlets],
        "receipt": None if message.receipt is None else encode_receipt(message.receipt),
    }


def decode(found: JSON) -> Message:
    """The inverse of `encode`. Raises KeyError or ValueError for another shape."""
    receipt = found["receipt"]
    return Message(
        alert_id=found["id"],
        kind=AlertKind(found["kind"]),
        rule=found["rule"],
        title=found["title"],
        url=found["url"],
        outlets=tuple(_decode_outlet(o) for o in found["outlets"]),
        receipt=None if receipt is None else decode_receipt(receipt),
        created=from_iso(found["created"]),
        lines=tuple(found["lines"]),
        language=found["language"],
        desk_url=found["desk_url"],
        parent=found.get("parent"),  # earlier versions froze messages without these
        severity=found.get("severity", "normal"),
        tail=tuple(found.get("tail", ())),
    )


def encode_receipt(receipt: Receipt) -> JSON:
    """Why an alert fired, as JSON values."""
    return {
        "rule": receipt.rule,
        "query": receipt.query,
        "words": list(receipt.words),
        "field": receipt.field,
        "snippet": [[text, matched] for text, matched in receipt.snippet],
        "source": receipt.source,
        "published": iso_or_none(receipt.published),
        "seen": to_iso(receipt.seen),
        "matched": to_iso(receipt.matched),
        "note": receipt.note,
    }


def decode_receipt(found: JSON) -> Receipt:
    """The inverse of `encode_receipt`. Raises KeyError or ValueError for another shape."""
    return Receipt(
        rule=found["rule"],
        query=found["query"],
        words=tuple(found["words"]),
        field=found["field"],
        snippet=tuple((text, bool(matched)) for text, matched in found["snippet"]),
        source=found["source"],
        published=parse_iso_or_none(found["published"]),
        seen=from_iso(found["seen"]),
        matched=from_iso(found["matched"]),
        note=found["note"],
    )


def _encode_outlet(outlet: Outlet) -> JSON:
    return {
        "name": outlet.name,
        "url": outlet.url,
        "title": outlet.title,
        "seen": to_iso(outlet.seen),
        "published": iso_or_none(outlet.published),
        "relation": str(outlet.relation),
    }


def _decode_outlet(found: JSON) -> Outlet:
    return Outlet(
        name=found["name"],
        url=found["url"],
        title=found["title"],
        seen=from_iso(found["seen"]),
        published=parse_iso_or_none(found["published"]),
        relation=Relation(found["relation"]),
    )

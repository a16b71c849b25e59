"""From rows to the message: stable ids, outlets in order, the receipt, and one frozen text."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from alerts.message import alert_id, build
from core.message_json import encode_receipt
from core.model import AlertKind, Receipt, Relation

NOW = "2025-02-05T12:00:00.000+00:00"
RECEIPT = Receipt(
    rule="tariffs",
    query="tariff",
    words=("tariffs",),
    field="body",
    snippet=(("The ", False), ("tariffs", True)),
    source="wire",
    published=None,
    seen=datetime(2025, 2, 5, 12, tzinfo=UTC),
    matched=datetime(2025, 2, 5, 12, tzinfo=UTC),
)


def row(article_id: int, site: str, relation: str = "copy", language: str = "en") -> dict[str, object]:
    return {
        "article_id": article_id,
        "relation": relation,
        "told_in": None,
        "title": f"Title {article_id}",
        "canonical_url": f"https://www.{article_id}.example/a",
        "site": site,
        "source": "wire",
        "published": None,
        "first_seen_at": NOW,
        "language": language,
        "note": "",
    }


def alert(article_id: int | None = 2, receipt: Receipt | None = RECEIPT) -> dict[str, object]:
    return {
        "id": "al_x",
        "kind": "story",
        "rule": "tariffs",
        "title": "Title",
        "article_id": article_id,
        "receipt": None if receipt is None else json.dumps(encode_receipt(receipt)),
        "created_at": NOW,
        "lines": '["Now mentions tariffs"]',
        "parent_id": None,
        "severity": "normal",
        "tail": "[]",
    }


def test_the_address_is_of_the_article_that_fired_and_outlets_keep_their_order() -> None:
    message = build(alert(), [row(1, "First Paper"), row(2, "", "new", "es")], "https://desk.example/")
    assert message.url == "https://www.2.example/a"
    assert message.language == "es"
    assert [o.name for o in message.outlets] == ["First Paper", "2.example"]
    assert [o.relation for o in message.outlets] == [Relation.COPY, Relation.NEW]
    assert message.receipt == RECEIPT
    assert (message.kind, message.lines) == (AlertKind.STORY, ("Now mentions tariffs",))
    assert message.desk_url == "https://desk.example/alert/al_x"


def test_an_alert_without_articles_still_has_a_message() -> None:
    message = build(alert(None, None), [], None)
    assert (message.url, message.outlets, message.receipt, message.desk_url) == ("", (), None, None)


@given(st.text(), st.text(), st.text(), st.text())
def test_alert_ids_are_stable_and_apart(rule: str, key: str, other_rule: str, other_key: str) -> None:
    same = (rule, key) == (other_rule, other_key)
    if "\x1f" not in rule + other_rule:
        assert (alert_id(rule, key) == alert_id(other_rule, other_key)) is same
    assert alert_id(rule, key).startswith("al_")
    assert len(alert_id(rule, key)) == 29

"""A message's JSON: what goes in comes out, and the shape that webhooks promise holds."""

import json

import pytest
from hypothesis import given, settings

from core.message_json import decode, decode_receipt, encode, encode_receipt
from core.model import AlertKind, Message
from tests.alerts.channels.making import message, messages, receipt


def to_the_millisecond(value: Message) -> Message:
    """Times are kept to the millisecond: one trip through JSON settles them."""
    return decode(encode(value))


@settings(deadline=None)
@given(messages())
def test_decoding_gives_back_what_was_encoded(value: Message) -> None:
    settled = to_the_millisecond(value)
    assert decode(json.loads(json.dumps(encode(settled)))) == settled
    assert (settled.title, settled.lines, settled.url) == (value.title, value.lines, value.url)
    assert [o.name for o in settled.outlets] == [o.name for o in value.outlets]


def test_an_ordinary_message_survives_unchanged() -> None:
    assert decode(json.loads(json.dumps(encode(message())))) == message()
    assert decode_receipt(encode_receipt(receipt())) == receipt()


def test_the_shape_is_the_one_webhooks_promise() -> None:
    found = encode(message())
    assert list(found) == [
        "id", "kind", "parent", "severity", "rule", "title", "url", "language", "desk_url", "created", "lines", "tail",
        "outlets", "receipt",
    ]  # fmt: skip
    assert list(found["outlets"][0]) == ["name", "url", "title", "seen", "published", "relation"]
    assert list(found["receipt"]) == ["rule", "query", "words", "field", "snippet", "source", "published", "seen",
                                      "matched", "note"]  # fmt: skip
    assert found["created"] == "2025-02-05T12:02:00.000+00:00"
    assert found["receipt"]["snippet"][1] == ["tariff", True]


def test_a_message_without_receipt_says_null() -> None:
    found = encode(message(receipt=None, kind=AlertKind.HEALTH, outlets=(), language=None, desk_url=None))
    assert (found["receipt"], found["language"], found["desk_url"], found["outlets"]) == (None, None, None, [])
    assert decode(found).receipt is None


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [("kind", "rumour", ValueError), ("created", "yesterday", ValueError), ("receipt", {}, KeyError)],
)
def test_another_shape_is_refused(key: str, value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        decode({**encode(message()), key: value})


def test_a_message_frozen_before_updates_named_their_alert_is_read() -> None:
    found = encode(message(parent="al_story"))
    assert decode(found).parent == "al_story"
    del found["parent"]
    assert decode(found).parent is None


def test_a_missing_key_is_refused() -> None:
    found = encode(message())
    del found["outlets"]
    with pytest.raises(KeyError):
        decode(found)

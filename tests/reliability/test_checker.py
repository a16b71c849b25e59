"""The checker notices what it is there to notice: lost, doubled, unexplained and vanished messages."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.reliability.checker import Arrival, Seen, Snapshot, arrivals, check

ID, OTHER = "msg_" + "a" * 26, "msg_" + "b" * 26
WANTED = [{"rule": "tariffs", "event": "steel", "urls": ["https://a.example/1"]}]
TOLD = {"tariffs": ["hook"]}


def delivery(key: str = ID, **changed: Any) -> dict[str, Any]:
    values = {"id": key, "alert_id": "al_1", "channel": "hook", "state": "sent", "merged_into": None, "reason": None,
              "last_error": None}  # fmt: skip
    return {**values, **changed}


def alert(key: str = "al_1") -> dict[str, Any]:
    return {"id": key, "rule": "tariffs", "urls": "https://a.example/1 https://b.example/1"}


def arrival(key: str = ID, *, taken: bool = True, body: str = "x") -> Arrival:
    return Arrival("hook", key, taken, not taken, body)


GOOD = Snapshot([delivery()], [alert()], {ID: 1}, "ok")
ARRIVED = [arrival()]


def faults(found: Snapshot = GOOD, received: list[Arrival] = ARRIVED, seen: Seen | None = None) -> list[str]:
    return check(found, received, WANTED, TOLD, seen or Seen())


def test_where_everything_arrived_nothing_is_found() -> None:
    assert faults() == []


def test_a_member_of_a_digest_that_arrived_is_not_lost() -> None:
    member = delivery(OTHER, state="merged", merged_into=ID, alert_id="al_2")
    digest = replace(GOOD, deliveries=[delivery(alert_id="al_digest"), member], alerts=[alert("al_2")])
    assert faults(digest) == []


@pytest.mark.parametrize(
    ("found", "received", "words"),
    [
        (GOOD, [], "did not arrive on hook"),
        (replace(GOOD, deliveries=[], alerts=[]), [], "did not arrive on hook: no delivery"),
        (GOOD, [], "is sent, but no receiver took it"),
        (replace(GOOD, deliveries=[delivery(state="dead")]), ARRIVED, "was taken, but is not sent"),
        (replace(GOOD, deliveries=[delivery(state="pending")]), ARRIVED, "1 deliveries are pending"),
        (replace(GOOD, attempts={}), ARRIVED, "1 requests, 0 attempts"),
        (replace(GOOD, attempts={ID: 2}), ARRIVED * 2, "1 extra copies; 0 are explained"),
        (replace(GOOD, attempts={ID: 2}), [arrival(), arrival(body="y")], "was sent with 2 bodies"),
        (replace(GOOD, integrity="row 3 missing"), ARRIVED, "the database is damaged"),
    ],
)
def test_every_broken_promise_is_found(found: Snapshot, received: list[Arrival], words: str) -> None:
    assert any(words in fault for fault in faults(found, received)), faults(found, received)


def test_copies_are_explained_by_kills_in_flight_and_by_lost_acknowledgements() -> None:
    twice = replace(GOOD, attempts={ID: 2})
    assert faults(twice, ARRIVED * 2, Seen(in_flight=Counter(hook=1))) == []
    assert faults(twice, [arrival(taken=False), arrival()]) == []


def test_a_delivery_that_vanished_is_found() -> None:
    assert any("is gone" in fault for fault in faults(seen=Seen(deliveries={ID, OTHER})))


def test_the_inbox_s_log_is_read_by_ids() -> None:
    log = [
        {"via": "webhook", "status": 204, "headers": {}, "body": {"id": ID, "data": {}}},
        {"via": "slack", "status": 0, "headers": {}, "body": {"text": f"id {ID}"}},
        {"via": "mail", "status": 451, "headers": {}, "body": {"message_id": f"<{ID}@x.example>"}},
        {"via": "webhook", "status": 200, "headers": {}, "body": {"raw": "nothing"}},
    ]
    assert [(a.channel, a.taken, a.lost) for a in arrivals(log)] == [
        ("hook", True, False), ("slack", False, True), ("mail", False, False),
    ]  # fmt: skip

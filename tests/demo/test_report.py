"""The demo's verdict: what is missing, what is too much, and what merely came twice."""

from demo.report import verdict

EXPECTED = [
    {"rule": "tariffs", "event": "convoy", "urls": ["http://a/1", "http://b/1"]},
    {"rule": "national-guard", "event": "convoy", "urls": ["http://a/1", "http://b/1"]},
]


def arrival(number: int, rule: str, url: str, kind: str = "story", status: int = 200) -> dict:  # type: ignore[type-arg]
    alert = {"kind": kind, "rule": rule, "url": url, "title": f"t{number}", "outlets": [{"url": url}]}
    return {"via": "webhook", "status": status, "body": {"id": f"msg_{number}", "data": alert}}


def test_everything_once_is_good() -> None:
    found = verdict(EXPECTED, [arrival(1, "tariffs", "http://a/1"), arrival(2, "national-guard", "http://b/1")])
    assert found.good
    assert (found.arrived, found.repeated) == (2, 0)


def test_a_missing_alert_is_named() -> None:
    found = verdict(EXPECTED, [arrival(1, "tariffs", "http://a/1")])
    assert found.missing == ("national-guard: convoy",)


def test_the_same_story_told_twice_is_too_much() -> None:
    found = verdict(EXPECTED, [arrival(1, "tariffs", "http://a/1"), arrival(2, "tariffs", "http://b/1")])
    assert len(found.extra) == 1


def test_an_unexpected_alert_is_too_much() -> None:
    assert len(verdict(EXPECTED, [arrival(1, "tariffs", "http://z/9")]).extra) == 1


def test_one_id_twice_is_a_repetition_not_an_extra() -> None:
    found = verdict(EXPECTED, [arrival(1, "tariffs", "http://a/1"), arrival(1, "tariffs", "http://a/1")])
    assert (found.extra, found.repeated) == ((), 1)


def test_updates_and_refused_requests_do_not_count() -> None:
    log = [
        arrival(1, "tariffs", "http://a/1", kind="update"),
        arrival(2, "tariffs", "http://a/1", status=500),
    ]
    assert verdict(EXPECTED, log).arrived == 0

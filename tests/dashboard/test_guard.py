"""The desk's door: who is answered, and which headers every answer carries."""

import pytest

from dashboard.guard import name_of, refusal


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8001", "localhost:8001", "LOCALHOST", "[::1]:8001"])
def test_this_machine_is_answered(host: str) -> None:
    assert refusal("GET", host) is None
    assert refusal("HEAD", host) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8001",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "",
        "[::1",
        "192.168.1.2",
    ],
)
def test_another_name_for_this_machine_is_refused(host: str) -> None:
    found = refusal("GET", host)
    assert found is not None
    assert found[0] == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get"])
def test_whatever_is_not_reading_is_refused(method: str) -> None:
    found = refusal(method, "localhost")
    assert found is not None
    assert found[0] == 405


def test_a_broken_host_has_no_name() -> None:
    assert name_of("[not an address") == ""

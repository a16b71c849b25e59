"""RFC 9309 as a pure function of one answer; against servers in test_guard.py."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler import robots
from crawler.robots import interpret

NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
URL = "https://news.example/private/x"
FORBIDS = b"User-agent: *\nDisallow: /private\nCrawl-delay: 7\n"


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(200, False), (206, False), (301, True), (304, True), (400, True), (401, True), (403, True), (404, True),
     (410, True),
     (429, False), (500, False), (503, False), (599, False), (None, False), (100, False)],
)  # fmt: skip
def test_what_an_answer_means(status: int | None, allowed: bool) -> None:
    assert interpret(status, FORBIDS, NOW).allows(URL, robots.AGENT) is allowed


def test_an_empty_or_senseless_file_allows_all() -> None:
    for body in (b"", b"<html>Not here</html>", b"\xff\xfe\x00", b"Disallow /private"):
        assert interpret(200, body, NOW).allows(URL, robots.AGENT)


def test_half_a_megabyte_is_read_and_cut_at_a_line() -> None:
    filler = b"# filler\n" * (robots.MAX_BYTES // 9)
    rest = robots.MAX_BYTES - len(filler)
    body = b"User-agent: *\nDisallow: /private\n" + filler + b"Disallow: /open" + b"x" * (rest + 99)
    rules = interpret(200, body, NOW)
    assert not rules.allows(URL, robots.AGENT)
    assert rules.allows("https://news.example/open", robots.AGENT)


def test_a_mark_before_the_first_line_is_no_part_of_it() -> None:
    assert not interpret(200, b"\xef\xbb\xbf" + FORBIDS, NOW).allows(URL, robots.AGENT)


def test_crawl_delay_is_taken_up_to_a_minute() -> None:
    assert interpret(200, FORBIDS, NOW).crawl_delay == 7.0
    assert interpret(200, b"User-agent: *\nCrawl-delay: 3600\n", NOW).crawl_delay == robots.LONGEST_DELAY
    assert interpret(200, b"User-agent: *\nCrawl-delay: soon\n", NOW).crawl_delay is None
    assert interpret(404, b"", NOW).crawl_delay is None


def test_a_copy_serves_for_a_day_while_the_server_fails() -> None:
    known = interpret(200, FORBIDS, NOW)
    assert known.expires == NOW + robots.FRESH
    later = NOW + timedelta(hours=23)
    kept = interpret(500, b"", later, known)
    assert not kept.closed
    assert not kept.allows(URL, robots.AGENT)
    assert kept.expires <= NOW + robots.KEPT
    again = interpret(None, b"", NOW + timedelta(hours=25), kept)
    assert again.closed
    assert "cannot be reached" in again.why


def test_a_server_that_says_when_to_ask_again_is_asked_then() -> None:
    assert interpret(503, b"", NOW).expires == NOW + robots.ASK_AGAIN
    assert interpret(503, b"", NOW, None, timedelta(hours=2)).expires == NOW + timedelta(hours=2)
    assert interpret(503, b"", NOW, None, timedelta(0)).expires == NOW + robots.ASK_AGAIN

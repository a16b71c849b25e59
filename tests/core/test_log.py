"""Logging: no secret gets through, no text of a stranger forges a line or moves the cursor."""

import base64
import html
import io
import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import log
from core.errors import BorderwireError, DeliveryError, Failure

SPELLINGS: tuple[Callable[[str], str], ...] = (
    quote, quote_plus, lambda s: quote(s, safe=""), lambda s: re.sub("%..", lambda found: found[0].lower(), quote(s)),
    html.escape, repr,
    json.dumps, lambda s: json.dumps(s, ensure_ascii=False),
)  # fmt: skip


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Logging is global: leave it as it was found."""
    root, ours = logging.getLogger(), logging.getLogger("borderwire")
    handlers, level, own_level, hook = root.handlers[:], root.level, ours.level, sys.excepthook
    yield
    sys.excepthook = hook
    root.handlers[:] = handlers
    root.setLevel(level)
    ours.setLevel(own_level)
    log.remember_secrets(())


def logged(monkeypatch: pytest.MonkeyPatch, *, json: bool = False, secrets: tuple[str, ...] = ()) -> io.StringIO:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    log.setup("INFO", json=json, secrets=secrets)
    return stream


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("POST https://hooks.slack.com/services/T0/B0/xyz failed", "POST https://hooks.slack.com/services/•••• failed"),
        ("https://hooks.slack.com/workflows/A/B/c/d.", "https://hooks.slack.com/workflows/••••"),
        ("smtp://user:pass@mail.example.org:25", "smtp://••••@mail.example.org:25"),
        ("smtp://user:p@ss@mail.example.org", "smtp://••••@mail.example.org"),
        ("smtp://:pass@mail.example.org", "smtp://••••@mail.example.org"),
        ("Authorization: Bearer abc.def", "Authorization: ••••"),
        ("{'Authorization': 'Basic dXNlcg==', 'X': 1}", "{'Authorization': '••••', 'X': 1}"),
        ("authorization=abcdef", "authorization=••••"),
        ("https://api.example.org/x?api_key=abc&page=2", "https://api.example.org/x?api_key=••••&page=2"),
        ("https://api.example.org/x?page=2&token=abc", "https://api.example.org/x?page=2&token=••••"),
        ("secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw is set", "secret •••• is set"),
    ],
)
def test_what_is_shaped_like_a_secret_is_masked(text: str, masked: str) -> None:
    assert log.redact(text) == masked


@pytest.mark.parametrize(
    "text",
    ["https://example.org/a:b/c@d", "mailto a@b.example", "see https://example.org/x?monkey=1", "12:30 e-mail: x@y"],
)
def test_ordinary_text_stays(text: str) -> None:
    assert log.redact(text) == text


def test_a_known_secret_is_masked_and_a_longer_one_as_a_whole() -> None:
    log.remember_secrets(["hunter2", "hunter2-and-more", "abc"])
    assert log.redact("hunter2-and-more hunter2 abc") == "•••• •••• abc", "three letters would mask words"
    assert log.redact("one-more", ["one-more"]) == "••••"
    log.remember_secrets(["other-one"])
    assert log.redact("hunter2 other-one") == "hunter2 ••••"


@given(st.text(min_size=4, max_size=30).filter(lambda s: "•" not in s), st.text(max_size=20), st.text(max_size=20))
def test_no_known_secret_survives(secret: str, before: str, after: str) -> None:
    assert secret not in log.redact(f"{before}{secret}{after}", [secret])


@given(st.text(min_size=4, max_size=30).filter(lambda s: "•" not in s), st.sampled_from(SPELLINGS))
def test_a_secret_is_masked_however_it_is_spelled(secret: str, spell: Callable[[str], str]) -> None:
    assert log.redact(f"<{spell(secret)}>", [secret]).replace('"', "'") in (f"<{log.MASK}>", f"<'{log.MASK}'>")


@given(st.binary(max_size=7), st.text("abcXYZ059-/+é", min_size=6, max_size=40), st.binary(max_size=7))
def test_a_secret_in_base64_is_masked_with_the_word_around_it(before: bytes, secret: str, after: bytes) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        login = encode(before + secret.encode() + after).decode()
        assert log.redact(f"535 {login} is wrong", [secret]) == f"535 {log.MASK} is wrong"


def test_the_keys_of_a_secret_address_are_secrets() -> None:
    address = "https://wire:pa55@api.example.org/v2/feed?topic=border&k=0123456789abcdef"
    said = log.redact("feed?k=0123456789abcdef&page=2 for wire:pa55, border v2", [address])
    assert said == f"feed?k={log.MASK}&page=2 for wire:{log.MASK}, border v2"


def test_the_time_does_not_grow_with_the_square_of_a_long_word() -> None:
    began = time.process_time()
    log.redact("QUJD" * 100_000, ["hunter2-and-more"])
    assert time.process_time() - began < 20, "it would be hours"


def test_every_error_of_ours_is_masked_when_it_is_made() -> None:
    log.remember_secrets(["hunter2-and-more"])
    assert str(BorderwireError("refused hunter2-and-more")) == f"refused {log.MASK}"
    error = DeliveryError("https://x.example/?api_key=abc refused", Failure.CONFIG, status=401)
    assert (str(error), error.status) == (f"https://x.example/?api_key={log.MASK} refused", 401)


def test_an_error_that_ends_the_program_is_masked_too() -> None:
    program = (
        "from core import log; log.setup('INFO', json=False, secrets=['hunter2-and-more'])\n"
        "raise ValueError('refused hunter2-' + 'and-more')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr.endswith(f"ValueError: refused {log.MASK}\n")
    assert "hunter2-and-more" not in done.stderr.replace("['hunter2-and-more']", "")


@pytest.mark.parametrize("as_json", [False, True])
def test_a_secret_is_masked_in_messages_arguments_and_tracebacks(
    monkeypatch: pytest.MonkeyPatch, as_json: bool
) -> None:
    secret = 'qu"ote\\slash'
    stream = logged(monkeypatch, json=as_json, secrets=(secret,))
    try:
        raise ValueError(f"refused {secret}")
    except ValueError:
        logging.getLogger("borderwire").exception("sending with %s failed", secret)
    said = stream.getvalue()
    assert secret not in said
    assert json.dumps(secret)[1:-1] not in said
    assert said.count("••••") == 2
    assert "ValueError" in said


def test_one_json_object_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = logged(monkeypatch, json=True)
    logging.getLogger("borderwire").warning("two\nlines of %s", "Juárez")
    logging.getLogger("borderwire.crawl").info("x")
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (first["level"], first["logger"], first["message"]) == ("warning", "borderwire", "two\nlines of Juárez")
    assert second["level"] == "info"


def test_a_stranger_s_text_cannot_move_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = logged(monkeypatch)
    logging.getLogger("borderwire").warning("title %s", "\x1b[2J\x07\r\x9b31m\u2028x")
    said = stream.getvalue()
    assert said.isascii()
    assert "\\x1b[2J\\x07\\x0d\\x9b31m\\x2028x" in said
    assert len(said.splitlines()) == 1


def test_libraries_speak_only_of_trouble_and_the_service_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = logged(monkeypatch)
    logging.getLogger("httpx").warning("a request")
    logging.getLogger("some.library").info("chatter")
    logging.getLogger("some.library").warning("trouble")
    logging.getLogger("borderwire.crawl").info("a poll")
    logging.getLogger("borderwire").debug("detail")
    assert [line.split()[-1] for line in stream.getvalue().splitlines()] == ["trouble", "poll"]


def test_setting_up_again_does_not_double_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    logged(monkeypatch)
    stream = logged(monkeypatch)
    logging.getLogger("borderwire").warning("once")
    assert stream.getvalue().count("once") == 1


def test_colour_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = logged(monkeypatch)
    logging.getLogger("borderwire").error("plain")
    assert "\x1b" not in stream.getvalue()
    record = logging.LogRecord("borderwire", logging.ERROR, "", 0, "red", None, None)
    assert log._Human(colour=True).format(record).startswith("\x1b[31m")

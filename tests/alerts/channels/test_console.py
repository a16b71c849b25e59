"""The console channel: a readable block, coloured on a terminal only, and never in the way of anything else."""

import asyncio
import fcntl
import io
import os
import sys
from datetime import timedelta

import pytest
from hypothesis import given, settings

from alerts.channels._text import said
from alerts.channels.console import Console, Options, build, rendered
from core.errors import DeliveryError, Failure
from core.model import AlertKind, Message
from tests.alerts.channels.making import HOSTILE, NOW, TITLE, delivery, hostile, loopback, message, messages, outlet

COLOURS = ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;36m", "\x1b[1;33m", "\x1b[32m", "\x1b[33m", "\x1b[34m")


async def send(carried: Message | None = None, patience: float = 5.0) -> None:
    async with loopback() as http:
        await Console("console", patience).send(delivery(carried), http, NOW)


async def test_prints_the_alert_and_its_receipt(capsys: pytest.CaptureFixture[str]) -> None:
    await send()
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f"tariffs  {TITLE}",
        "  … sent north after a *tariff* threat; the *tariffs* wait …",
        "  Now mentions tariff, added 12:01 UTC",
        "  also in 2 outlets, first: Border Gazette 11:58 UTC; then El Paso Post, Tijuana Hoy",
        "  https://outlet1.example/news/1?from=feed&x=1",
        "  matched “tariff”, “tariffs” in the text · published 5 Feb 2025 11:58 → seen 12:02 → sent 12:02 UTC,"
        " 9 s after it was seen",
        "  Note: text only from the feed's summary: the page answered 403",
        "",
    ]


def test_a_terminal_gets_colours_and_no_longer_lines_than_it_is_wide() -> None:
    text = rendered(said(delivery(), NOW), terminal=True, width=60)
    assert "\x1b[1;33mtariff\x1b[0m" in text
    bare = text
    for code in COLOURS:
        bare = bare.replace(code, "")
    assert "\x1b" not in bare
    assert max(map(len, bare.splitlines())) <= 60
    assert "*tariff*" not in bare


def test_an_address_is_never_wrapped() -> None:
    long = "https://outlet1.example/" + "news/" * 30
    assert long in rendered(
        said(delivery(message(url=long, outlets=(outlet(url=long),))), NOW), terminal=True, width=40
    )


def test_no_colour_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1;33m" not in rendered(said(delivery(), NOW), terminal=True, width=80)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_move_no_cursor(name: str) -> None:
    words = said(delivery(hostile(HOSTILE[name])), NOW)
    plain = rendered(words, terminal=False)
    assert not any(ord(c) < 32 and c != "\n" for c in plain)
    coloured = rendered(words, terminal=True, width=80)
    for code in COLOURS:
        coloured = coloured.replace(code, "")
    assert not any((ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 for c in coloured)


@settings(deadline=None)
@given(messages())
def test_whatever_comes_it_can_be_printed(carried: Message) -> None:
    rendered(said(delivery(carried), NOW), terminal=False).encode("utf-8")
    rendered(said(delivery(carried), NOW), terminal=True, width=80).encode("utf-8")


def test_a_long_digest_is_a_screenful() -> None:
    many = tuple(outlet(f"Outlet {n}", n) for n in range(1, 101))
    text = rendered(said(delivery(message(kind=AlertKind.DIGEST, outlets=many, receipt=None)), NOW), terminal=False)
    assert "… and 80 more" in text
    assert len(text.splitlines()) < 50


def pipe_as_stdout(monkeypatch: pytest.MonkeyPatch, encoding: str = "utf-8") -> tuple[int, io.TextIOWrapper]:
    reader, writer = os.pipe()
    stream = os.fdopen(writer, "w", encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    return reader, stream


async def test_a_pipe_that_cannot_show_a_character_still_gets_the_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, stream = pipe_as_stdout(monkeypatch, "ascii")
    await send()
    assert b"? sent north after a *tariff* threat" in os.read(reader, 65_536)
    stream.close()
    os.close(reader)


async def test_a_closed_pipe_is_a_transient_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, stream = pipe_as_stdout(monkeypatch)
    os.close(reader)
    with pytest.raises(DeliveryError) as caught:
        await send()
    assert caught.value.failure is Failure.TRANSIENT
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())  # what the stream still holds can go when it is closed
    os.close(nowhere)
    stream.close()


async def test_a_closed_stream_is_a_transient_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO())
    stream.close()
    monkeypatch.setattr(sys, "stdout", stream)
    with pytest.raises(DeliveryError) as caught:
        await send()
    assert caught.value.failure is Failure.TRANSIENT


async def test_a_full_pipe_delays_nothing_else_and_is_used_again_when_read(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, stream = pipe_as_stdout(monkeypatch)
    size = fcntl.fcntl(reader, fcntl.F_GETPIPE_SZ)
    os.write(stream.fileno(), b"." * size)
    with pytest.raises(DeliveryError) as caught:
        await send(patience=0.1)
    assert caught.value.failure is Failure.TRANSIENT
    sending = asyncio.create_task(send())
    await asyncio.sleep(0)
    assert not sending.done()  # the loop runs on while the pipe is full
    os.read(reader, size)
    await sending
    assert TITLE.encode() in os.read(reader, 65_536)
    stream.close()
    os.close(reader)


def test_is_one_place_without_a_limit() -> None:
    made = build("console", Options())
    assert (made.targets(), made.pace, made.deadline) == (("",), timedelta(), timedelta(hours=72))

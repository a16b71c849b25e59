"""Words to the service manager, through a real datagram socket."""

import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.systemd import Manager


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(tmp_path / "notify"))
        sock.settimeout(5)
        yield sock


def test_words_arrive_in_one_datagram(listening: socket.socket) -> None:
    manager = Manager.of({"NOTIFY_SOCKET": listening.getsockname()})
    assert manager.say("READY=1", status="watching 3 sources")
    assert listening.recv(4096) == b"READY=1\nSTATUS=watching 3 sources"


def test_a_status_is_one_line(listening: socket.socket) -> None:
    Manager.of({"NOTIFY_SOCKET": listening.getsockname()}).say(status="a\nWATCHDOG=1\n b")
    assert listening.recv(4096) == b"STATUS=a WATCHDOG=1 b"


def test_an_abstract_address_is_understood() -> None:
    name = f"borderwire-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(f"\0{name}")
        sock.settimeout(5)
        assert Manager.of({"NOTIFY_SOCKET": f"@{name}"}).say("STOPPING=1")
        assert sock.recv(100) == b"STOPPING=1"


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1"}])
def test_without_a_manager_nothing_is_said(environ: dict[str, str]) -> None:
    manager = Manager.of({**environ, "WATCHDOG_USEC": "60000000"})
    assert not manager.say("READY=1")
    assert manager.watchdog is None


def test_a_manager_that_is_gone_or_does_not_listen_stops_nobody(tmp_path: Path, listening: socket.socket) -> None:
    assert not Manager.of({"NOTIFY_SOCKET": str(tmp_path / "gone")}).say("READY=1")
    manager = Manager.of({"NOTIFY_SOCKET": listening.getsockname()})
    assert not all(manager.say("WATCHDOG=1") for _ in range(10_000))  # its queue is full at some time


@pytest.mark.parametrize(
    ("environ", "watchdog"),
    [
        ({"WATCHDOG_USEC": "60000000"}, timedelta(seconds=60)),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, timedelta(seconds=60)),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "-5"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_the_one_meant_for_this_process(environ: dict[str, str], watchdog: timedelta | None) -> None:
    assert Manager.of({"NOTIFY_SOCKET": "/run/notify", **environ}).watchdog == watchdog

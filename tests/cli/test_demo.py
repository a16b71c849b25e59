"""`borderwire demo` as a person runs it: Ctrl-C ends everything it started, in time, and leaves no process."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def processes(mark: str) -> list[str]:
    """Command lines that hold this text."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if entry.name.isdigit() and int(entry.name) != os.getpid() and mark in line:
            found.append(line)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything_within_ten_seconds(tmp_path: Path, number: signal.Signals) -> None:
    keep = tmp_path / "kept"
    said = tmp_path / "said"
    with said.open("w") as out:
        demo = subprocess.Popen(
            [sys.executable, "-m", "cli", "demo", "--keep", str(keep)], stdout=out, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + 60
        while "The desk" not in said.read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert re.search(r"The desk +http://127\.0\.0\.1:\d+/", said.read_text()), said.read_text()
        assert len(processes(str(keep))) >= 5  # itself, newsroom, inbox, service, desk
        demo.send_signal(number)
        before = time.monotonic()
        demo.wait(timeout=20)
        assert time.monotonic() - before < 10
    while left := processes(str(keep)):
        assert time.monotonic() - before < 12, left
        time.sleep(0.1)
    assert "alerts arrived so far" in said.read_text()
    assert "Traceback" not in said.read_text()


def test_a_signal_while_it_starts_ends_it_too(tmp_path: Path) -> None:
    keep = tmp_path / "kept"
    demo = subprocess.Popen(
        [sys.executable, "-m", "cli", "demo", "--keep", str(keep)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert demo.stderr is not None
    assert "Starting" in demo.stderr.readline()
    demo.send_signal(signal.SIGTERM)
    before = time.monotonic()
    said = demo.communicate(timeout=20)[1]
    assert time.monotonic() - before < 10
    assert "Traceback" not in said
    while left := processes(str(keep)):
        assert time.monotonic() - before < 12, left
        time.sleep(0.1)

"""What a hostile page could make a worker do; run inside workers by test_workers.py."""

import ctypes
import os
import signal
import time
from pathlib import Path

from crawler import workers


def burn(seconds: float, share: int = 5) -> None:
    """CPU without end, as a pathological page costs it; `share` seconds of it are granted."""
    workers.CPU_SECONDS = share
    workers._bounded()
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def allocate(megabytes: int) -> int:
    return len(bytearray(megabytes << 20))


def crash() -> None:
    ctypes.string_at(0)


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_with(_: object) -> None:
    kill()


def recurse() -> int:
    return 1 + recurse()


def unexpected() -> None:
    raise LookupError("a bug of ours")


def environment() -> tuple[dict[str, str], bytes]:
    """Python's view and the kernel's."""
    return dict(os.environ), Path("/proc/self/environ").read_bytes()


def pid() -> int:
    return os.getpid()


def note_then_sleep(file: str, seconds: float) -> None:
    Path(file).write_text(str(os.getpid()))
    time.sleep(seconds)
    Path(file).write_text("finished")

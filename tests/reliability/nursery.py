"""Starts the real service as a process in a tenth of a second: each is forked from one that has imported it.

    python -m tests.reliability.nursery        reads orders as JSON lines, answers each with one

A start of `borderwire run` takes 1.3 s, nearly all of it imports: too long to be repeated hundreds of times. What
runs in the child is the same `scheduler.serve`; only its workers are forked too, where the program itself spawns them.
"""

import asyncio
import contextlib
import fcntl
import gc
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TICK = 0.2  # seconds, for the program's one: the short life of a service that is killed must not be spent waiting
ARMED = "failpoint"  # file beside the configuration that names one, read at SIGUSR1
LOOK = 0.002  # seconds between looks whether a child has ended
FREE_SECONDS = 10.0  # for a dead service's workers to end, which still hold its lock on the database


@dataclass(frozen=True, slots=True)
class Child:
    """A running service."""

    nursery: "Nursery"
    pid: int
    database: Path

    def wait(self, seconds: float) -> int | None:
        """Its exit code, negative for the signal that ended it; None if it still runs after `seconds`."""
        code: int | None = self.nursery.ask(do="wait", pid=self.pid, seconds=seconds)["code"]
        return code

    def arm(self, place: str) -> None:
        """From now on it dies at this failpoint."""
        self.database.with_name(ARMED).write_text(place)
        self.signal(signal.SIGUSR1)

    def signal(self, number: int) -> None:
        """Send it a signal, if it lives."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL, and wait until the database is free for the next."""
        self.signal(signal.SIGKILL)
        self.wait(10)
        wait_free(self.database)


class Nursery:
    """The process that services are forked from."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._children: list[Child] = []

    def ask(self, **order: Any) -> dict[str, Any]:
        """Give an order; its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def start(self, config: Path, database: Path, **environ: str) -> Child:
        """A service on this configuration; what it says is appended to `service.log` beside it."""
        pid = self.ask(do="start", config=str(config), environ=environ, log=str(config.parent / "service.log"))["pid"]
        child = Child(self, pid, database)
        self._children.append(child)
        return child

    def close(self) -> None:
        """Kill whatever still runs."""
        for child in self._children:
            child.signal(signal.SIGKILL)
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)


@contextlib.contextmanager
def nursery() -> Iterator[Nursery]:
    """A nursery that ends with its block."""
    made = Nursery()
    try:
        yield made
    finally:
        made.close()


def wait_free(database: Path) -> None:
    """Until no process holds the service's lock on the database. Raises TimeoutError."""
    lock = database.with_name(f"{database.name}.lock")
    deadline = time.monotonic() + FREE_SECONDS
    while lock.exists():
        with lock.open() as file, contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"{lock} is still held")
        time.sleep(LOOK)


def main() -> None:
    """Obey orders until the input ends."""
    import crawler.extract
    import crawler.workers
    import scheduler  # noqa: F401  paid once, here
    from core.kinds import kinds, load

    for package in ("crawler.sources", "alerts.channels", "store.backends"):
        for kind in kinds(package):
            load(package, kind)
    # no certificate is looked at on loopback, and reading the machine's own takes 0.2 s of each start
    ssl.SSLContext.load_default_certs = lambda *_: None  # type: ignore[method-assign,assignment]
    crawler.workers.get_context = lambda _: get_context("fork")  # type: ignore[attr-defined,assignment]
    gc.collect()
    gc.freeze()
    ended: dict[int, int] = {}
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "start":
            answer: dict[str, Any] = {"pid": _fork(order["config"], order["environ"], order["log"])}
        else:
            answer = {"code": _wait(ended, order["pid"], order["seconds"])}
        print(json.dumps(answer), flush=True)


def _wait(ended: dict[int, int], pid: int, seconds: float) -> int | None:
    deadline = time.monotonic() + seconds
    while pid not in ended:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            ended[pid] = os.waitstatus_to_exitcode(status)
        elif time.monotonic() > deadline:
            return None
        else:
            time.sleep(LOOK)
    return ended[pid]


def _fork(config: str, environ: Mapping[str, str], log_file: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        _redirect(log_file)
        os.environ.update(environ)
        _serve(config)
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _redirect(log_file: str) -> None:
    nothing, out = os.open(os.devnull, os.O_RDONLY), os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for number, file in ((0, nothing), (1, out), (2, out)):
        os.dup2(file, number)


def _serve(config: str) -> None:
    import scheduler
    from core import failpoints, log

    scheduler.TICK = TICK
    scheduler._freeze = lambda: None  # done before the fork: going over all objects would copy every page of memory
    failpoints.arm(os.environ.get("BORDERWIRE_FAILPOINT", ""))
    signal.signal(signal.SIGUSR1, lambda *_: failpoints.arm(Path(config).with_name(ARMED).read_text()))
    log.setup(os.environ.get("PROOF_LEVEL", "INFO"), json=bool(os.environ.get("BORDERWIRE_LOG_JSON")), secrets=())
    asyncio.run(scheduler.serve(Path(config), dict(os.environ)))


if __name__ == "__main__":
    main()

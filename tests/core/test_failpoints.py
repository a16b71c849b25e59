"""A failpoint kills the process, at the asked-for pass and nowhere else."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
from core.failpoints import hit
for n in (1, 2, 3):
    print(n, flush=True)
    hit("before_commit")
    hit("after_commit")
print("end", flush=True)
"""


def run(failpoint: str | None) -> tuple[int, list[str]]:
    environ = {k: v for k, v in os.environ.items() if k != "BORDERWIRE_FAILPOINT"}
    if failpoint is not None:
        environ["BORDERWIRE_FAILPOINT"] = failpoint
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, env=environ, capture_output=True, text=True)
    return done.returncode, done.stdout.split()


@pytest.mark.parametrize(
    ("failpoint", "passes"),
    [("before_commit", ["1"]), ("after_commit:1", ["1"]), ("before_commit:3", ["1", "2", "3"])],
)
def test_it_kills_at_the_asked_for_pass(failpoint: str, passes: list[str]) -> None:
    assert run(failpoint) == (-signal.SIGKILL, passes)


@pytest.mark.parametrize("failpoint", [None, "", "elsewhere", "before_commit:9", "before"])
def test_it_kills_nowhere_else(failpoint: str | None) -> None:
    assert run(failpoint) == (0, ["1", "2", "3", "end"])

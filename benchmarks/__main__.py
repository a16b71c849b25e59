"""Run every benchmark and keep the result: `python -m benchmarks [NAME ...]`."""

import pkgutil
import platform
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import benchmarks
from benchmarks._one import lines_of

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """# Benchmarks

Written by `make bench`. Ratios of one run on one machine; read speeds with 25 % of noise.
"""


def main(names: list[str]) -> None:
    """Each module of this package with a `run`, in order of name. RESULTS.md is written when all have run."""
    found = sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_"))
    lines: list[str] = []
    # a process each: what one leaves in memory slows the next
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        for name in found:
            if not names or name in names:
                lines += pool.submit(lines_of, name).result()
    if not names:
        machine = f"Python {platform.python_version()}, {platform.machine()}.\n"
        RESULTS.write_text("\n".join([HEAD + machine, *lines]).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

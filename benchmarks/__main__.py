"""Run every benchmark, or those named, and keep the result of each: `python -m benchmarks [NAME ...]`."""

import pkgutil
import platform
import re
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import benchmarks
from benchmarks._one import lines_of

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """# Benchmarks

Written by `make bench`, each part when last run. Ratios of one run on one machine; read speeds with 25 % of noise.
"""
MARK = "<!-- {name} -->"
PART = re.compile(r"^<!-- (\w+) -->\n(.*?)(?=^<!-- |\Z)", re.M | re.S)


def main(names: list[str]) -> None:
    """Each module of this package with a `run`, in order of name. RESULTS.md is written as each has run."""
    found = sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_"))
    # a process each: what one leaves in memory slows the next
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        for name in found:
            if not names or name in names:
                keep(RESULTS, name, pool.submit(lines_of, name).result())


def keep(results: Path, name: str, lines: Sequence[str]) -> None:
    """Put one benchmark's lines in the place of those it gave before; the others stay."""
    text = results.read_text(encoding="utf-8") if results.exists() else ""
    parts = dict(PART.findall(text)) | {name: "\n".join(lines)}
    said = [f"{MARK.format(name=each)}\n{parts[each].strip()}\n" for each in sorted(parts)]
    machine = f"Python {platform.python_version()}, {platform.machine()}.\n"
    results.write_text("\n".join([HEAD + machine, *said]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

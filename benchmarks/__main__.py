"""Run every benchmark and keep the result: `python -m benchmarks [NAME ...]`."""

import importlib
import pkgutil
import platform
import sys
from pathlib import Path

import benchmarks

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """# Benchmarks

Written by `make bench`. Ratios of one run on one machine; read speeds with 25 % of noise.
"""


def main(names: list[str]) -> None:
    """Each module of this package with a `run`, in order of name. RESULTS.md is written when all have run."""
    found = sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_"))
    lines: list[str] = []
    for name in found:
        module = importlib.import_module(f"benchmarks.{name}")
        if hasattr(module, "run") and (not names or name in names):
            lines += module.run(print)
    if not names:
        machine = f"Python {platform.python_version()}, {platform.machine()}.\n"
        RESULTS.write_text("\n".join([HEAD + machine, *lines]).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

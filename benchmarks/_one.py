"""One benchmark, in the process it is given."""

import importlib


def lines_of(name: str) -> list[str]:
    """What one benchmark has to say; nothing for a module that is none."""
    module = importlib.import_module(f"benchmarks.{name}")
    return list(module.run(print)) if hasattr(module, "run") else []

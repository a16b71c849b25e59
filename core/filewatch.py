"""Whether files have changed since they were last read."""

from collections.abc import Iterable
from pathlib import Path


class Watch:
    """The files of the configuration in force, as they were when it was read."""

    def __init__(self) -> None:
        self._stamps: dict[Path, int] = {}

    def remember(self, files: Iterable[Path]) -> None:
        """They are read as they are now."""
        self._stamps = _stamps(files)

    def forget(self) -> None:
        """Whatever they hold counts as changed."""
        self._stamps = {}

    def changed(self, files: Iterable[Path]) -> bool:
        """Whether any of them differs from what was read; one that is gone differs."""
        return _stamps(files) != self._stamps


def _stamps(files: Iterable[Path]) -> dict[Path, int]:
    return {f: f.stat().st_mtime_ns if f.exists() else 0 for f in files}

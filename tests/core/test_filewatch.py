"""Whether the configuration's files have changed."""

import os
from pathlib import Path

from core.filewatch import Watch


def test_a_file_that_is_written_gone_or_new_counts_as_changed(tmp_path: Path) -> None:
    a, b = tmp_path / "a.yaml", tmp_path / "b.yaml"
    a.write_text("1")
    watch = Watch()
    assert watch.changed([a])
    watch.remember([a, b])
    assert not watch.changed([a, b])
    assert watch.changed([a])
    os.utime(a, ns=(1, 1))
    assert watch.changed([a, b])
    watch.remember([a, b])
    b.write_text("2")
    assert watch.changed([a, b])
    watch.remember([a, b])
    b.unlink()
    assert watch.changed([a, b])


def test_what_is_forgotten_counts_as_changed(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("1")
    watch = Watch()
    watch.remember([tmp_path / "a.yaml"])
    watch.forget()
    assert watch.changed([tmp_path / "a.yaml"])

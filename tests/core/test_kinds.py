"""A kind is a file name."""

import sys
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.kinds import kinds, load


@pytest.fixture
def plugs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with two kinds, a helper, and a kind whose library is not there."""
    folder = tmp_path / "plugs_for_test"
    folder.mkdir()
    for name, text in (
        ("__init__", ""),
        ("second", "x = 2"),
        ("first", "x = 1"),
        ("_helper", ""),
        ("lacking", "import a_library_nobody_has"),
    ):
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder.name
    for name in [n for n in sys.modules if n.startswith(folder.name)]:
        del sys.modules[name]


def test_every_file_is_a_kind_but_helpers(plugs: str) -> None:
    assert kinds(plugs) == ["first", "lacking", "second"]
    assert load(plugs, "first").x == 1


def test_the_kinds_of_the_service_are_found() -> None:
    assert set(kinds("crawler.sources")) >= {"feed", "sitemap", "listing", "json_api"}
    assert "sqlite" in kinds("store.backends")


@pytest.mark.parametrize("kind", ["third", "", "_helper", "first.x", "../first", "os"])
def test_an_unknown_kind_is_told_which_there_are(plugs: str, kind: str) -> None:
    with pytest.raises(ConfigError, match=r"^c\.yaml:3: unknown kind .*: expected one of first, lacking, second$"):
        load(plugs, kind, "c.yaml:3")


def test_a_kind_whose_library_is_missing_names_it(plugs: str) -> None:
    with pytest.raises(ConfigError, match=r"kind 'lacking' needs the Python package 'a_library_nobody_has'"):
        load(plugs, "lacking", "c.yaml:3")

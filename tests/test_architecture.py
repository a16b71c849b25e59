"""Imports run one way: cli -> scheduler -> {crawler, alerts} -> store -> core; plug-ins import core only."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("core", "store", "crawler", "alerts", "scheduler", "cli", "demo", "dashboard")
MAY_IMPORT = {
    "core": set(),
    "store": {"core"},
    "crawler": {"store", "core"},
    "alerts": {"store", "core"},
    "scheduler": {"crawler", "alerts", "store", "core"},
    "dashboard": {"store", "core"},
    "demo": {"core", "store", "dashboard"},
    "cli": {"scheduler", "crawler", "alerts", "store", "core", "demo", "dashboard"},
}
PLUGINS = ("crawler/sources", "alerts/channels", "store/backends")
MAX_LINES = 400


def modules() -> list[Path]:
    found = [ROOT / "scheduler.py"]
    for package in PACKAGES:
        found += (ROOT / package).rglob("*.py")
    return sorted(p for p in found if p.is_file())


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_follow_the_arrows(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    used = {name.split(".")[0] for name in imports(path)} & set(PACKAGES)
    assert used <= MAY_IMPORT[own] | {own}


@pytest.mark.parametrize("folder", PLUGINS)
def test_plugins_import_core_only(folder: str) -> None:
    package = folder.replace("/", ".")
    for path in (ROOT / folder).glob("[!_]*.py"):
        allowed = {"core", "store"} if folder.startswith("store") else {"core"}
        own_helpers = {n for n in imports(path) if n.startswith(f"{package}._")}
        used = {n.split(".")[0] for n in imports(path) - own_helpers - {package}} & set(PACKAGES)
        assert used <= allowed, path.name


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_files_stay_short(path: Path) -> None:
    assert path.read_text().count("\n") <= MAX_LINES


def test_feedparser_never_gets_a_path() -> None:
    """`feedparser.parse("/path")` opens local files: only bytes in a buffer may reach it."""
    for path in (ROOT / "crawler").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "feedparser"
                and node.func.attr == "parse"
            ):
                assert isinstance(node.args[0], ast.Call), f"{path.name}:{node.lineno}"


def test_only_the_backend_begins_transactions() -> None:
    """sqlite-utils' `atomic()` begins deferred and can fail busy at once; `tx()` cannot."""
    for path in modules():
        assert ".atomic(" not in path.read_text(), path.name

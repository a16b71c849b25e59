"""A kind is a file name: `kind: slack` is `alerts/channels/slack.py`; there is no table to keep in step."""

import importlib
import pkgutil
from types import ModuleType

from core.errors import ConfigError


def kinds(package: str) -> list[str]:
    """Names of the kinds that exist in `package`, e.g. `crawler.sources`; sorted."""
    folder = importlib.import_module(package)
    return sorted(m.name for m in pkgutil.iter_modules(folder.__path__) if not m.name.startswith("_"))


def load(package: str, kind: str, place: str = "") -> ModuleType:
    """The module of a kind. Raises ConfigError naming the kinds that exist, or the package that a kind lacks."""
    if kind not in kinds(package):
        raise ConfigError(f"unknown kind {kind!r}: expected one of {', '.join(kinds(package))}", place)
    try:
        return importlib.import_module(f"{package}.{kind}")
    except ModuleNotFoundError as error:
        raise ConfigError(f"kind {kind!r} needs the Python package {error.name!r}: install it", place) from error

"""YAML with the line of every value, `${NAME}` filled in, and nothing a file could run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from core.errors import ConfigError

REFERENCE = re.compile(r"\$\{(file:)?([^}]+)\}")
Path_ = tuple[str | int, ...]


@dataclass(slots=True)
class Loaded:
    """Plain data, where each piece of it stands, and the values that came from outside the file."""

    data: dict[str, Any]
    lines: dict[Path_, int]
    file: Path
    secrets: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def place(self, path: Path_) -> str:
        """`file:line` of the nearest enclosing thing that has a line."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.file}:{self.lines.get(path, 1)}"


def read(file: Path, environ: Mapping[str, str]) -> Loaded:
    """Read one file. Raises ConfigError for a file that is missing or no YAML mapping; other faults are collected."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError("there is no such file: name one with --config", str(file)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", str(file)) from error
    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"not valid YAML: {error.problem}", f"{file}:{line}") from error
    except Exception as error:  # duplicate keys and the like come as other classes
        raise ConfigError(f"not valid YAML: {str(error).splitlines()[0]}", str(file)) from error
    if tree is None:
        tree = CommentedMap()
    if not isinstance(tree, CommentedMap):
        raise ConfigError("expected a mapping of settings, such as `sources:` and `rules:`", f"{file}:1")
    loaded = Loaded({}, {(): 1}, file)
    loaded.data = _plain(tree, (), loaded, environ)
    return loaded


def _plain(node: Any, path: Path_, loaded: Loaded, environ: Mapping[str, str]) -> Any:
    if isinstance(node, CommentedMap):
        out = {}
        for key, value in node.items():
            loaded.lines[(*path, str(key))] = node.lc.key(key)[0] + 1 if node.lc.data else 1
            out[str(key)] = _plain(value, (*path, str(key)), loaded, environ)
        return out
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            loaded.lines[(*path, index)] = node.lc.item(index)[0] + 1 if node.lc.data else 1
        return [_plain(value, (*path, i), loaded, environ) for i, value in enumerate(node)]
    if isinstance(node, str):
        return _filled(str(node), path, loaded, environ)
    return node


def _filled(text: str, path: Path_, loaded: Loaded, environ: Mapping[str, str]) -> str:
    def fill(found: re.Match[str]) -> str:
        name = found[2].strip()
        if found[1]:
            try:
                value = Path(name).read_text(encoding="utf-8").strip()
            except OSError as error:
                loaded.faults.append(f"{loaded.place(path)}: the file {name} cannot be read: {error.strerror}")
                return ""
        elif name in environ:
            value = environ[name]
        else:
            loaded.faults.append(
                f"{loaded.place(path)}: the environment variable {name} is not set: export {name}=..., "
                f"or write ${{file:/path}} to read a file"
            )
            return ""
        loaded.secrets.add(value)
        return value

    return REFERENCE.sub(fill, text)

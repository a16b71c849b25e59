"""YAML with the line of every value, `${NAME}` filled in, and nothing a file could run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from core.errors import ConfigError

REFERENCE = re.compile(r"\$\{(file:)?([^}]+)\}")
MAX_VALUES = 200_000  # a few lines of aliases can stand for millions
PLAIN = (bool, int, float, date, datetime)
Path_ = tuple[str | int, ...]


@dataclass(slots=True)
class Loaded:
    """Plain data, where each piece of it stands, and the values that came from outside the file."""

    data: dict[str, Any]
    lines: dict[Path_, int]
    file: Path
    secrets: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    values: int = 0

    def place(self, path: Path_) -> str:
        """`file:line` of the nearest enclosing thing that has a line."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.file}:{self.lines.get(path, 1)}"


def read(file: Path, environ: Mapping[str, str], missing: str = "name one with --config") -> Loaded:
    """Read one file; `missing` is said with the news that there is none.

    Raises ConfigError for a file that is missing or no YAML mapping; other faults are collected.
    """
    tree = _tree(file, _text(file, missing))
    if tree is None:
        tree = CommentedMap()
    if not isinstance(tree, CommentedMap):
        raise ConfigError("expected a mapping of settings, such as `sources:` and `rules:`", f"{file}:1")
    loaded = Loaded({}, {(): 1}, file)
    try:
        loaded.data = _plain(tree, (), loaded, environ)
    except RecursionError as error:
        raise ConfigError("an alias that holds itself, or nesting without end", f"{file}:1") from error
    return loaded


def _text(file: Path, missing: str) -> str:
    try:
        body = file.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(f"there is no such file: {missing}", str(file)) from error
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", str(file)) from error
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"byte 0x{body[error.start]:02x} is not UTF-8: save the file in UTF-8", f"{file}:{line}"
        ) from error


def _tree(file: Path, text: str) -> Any:
    try:
        return YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        said = str(error.problem or error.context).split(" with value ")[0]  # the value may be a secret
        raise ConfigError(f"not valid YAML: {said}", f"{file}:{line}") from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError(f"not valid YAML: a control character (0x{error.character:02x})", f"{file}:{line}") from error
    except RecursionError as error:
        raise ConfigError("not valid YAML: nested too deeply", f"{file}:1") from error
    except Exception as error:  # what is left comes as classes without a common base
        first = next(iter(str(error).splitlines()), type(error).__name__)
        raise ConfigError(f"not valid YAML: {first}", str(file)) from error


def _plain(node: Any, path: Path_, loaded: Loaded, environ: Mapping[str, str]) -> Any:
    loaded.values += 1
    if loaded.values > MAX_VALUES:
        raise ConfigError(f"more than {MAX_VALUES:,} values: aliases that multiply?", f"{loaded.file}:1")
    if isinstance(node, CommentedMap):
        own = node.lc.data or {}
        out: dict[str, Any] = {}
        for key, value in node.items():
            if key in own:  # a key merged in by `<<` has no line here: the mapping's own stands for it
                loaded.lines[(*path, str(key))] = own[key][0] + 1
            out[str(key)] = _plain(value, (*path, str(key)), loaded, environ)
        return out
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            if node.lc.data and index in node.lc.data:
                loaded.lines[(*path, index)] = node.lc.item(index)[0] + 1
        return [_plain(value, (*path, i), loaded, environ) for i, value in enumerate(node)]
    if isinstance(node, str):
        return _filled(str(node), path, loaded, environ)
    if node is None or isinstance(node, PLAIN):
        return node
    loaded.faults.append(f"{loaded.place(path)}: {path[-1] if path else 'the file'}: a YAML tag or type nobody reads")
    return None


def _filled(text: str, path: Path_, loaded: Loaded, environ: Mapping[str, str]) -> str:
    def fill(found: re.Match[str]) -> str:
        name = found[2].strip()
        try:
            value = _from_file(loaded.file, name) if found[1] else _from_environment(environ, name)
        except ValueError as error:
            loaded.faults.append(f"{loaded.place(path)}: {error}")
            return found[0]
        loaded.secrets.add(value)
        return value

    return REFERENCE.sub(fill, text)


def _from_environment(environ: Mapping[str, str], name: str) -> str:
    if value := environ.get(name, ""):
        return value
    said = "is empty" if name in environ else "is not set"
    raise ValueError(
        f"the environment variable {name} {said}: export {name}=..., or write ${{file:/path}} to read a file"
    )


def _from_file(beside: Path, name: str) -> str:
    """A relative path starts beside the configuration."""
    try:
        value = (beside.parent / name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"the file {name} cannot be read: {error.strerror}") from error
    except ValueError as error:  # no UTF-8, or a NUL in the name
        raise ValueError(f"the file {name} cannot be read as UTF-8 text") from error
    if not value:
        raise ValueError(f"the file {name} is empty")
    return value

"""The configuration: read strictly, every fault at once with its line, into frozen values.

A kind's own options are checked by the `Options` model beside the kind; this file only knows the frame.
"""

import difflib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from core.durations import parse_duration
from core.errors import ConfigError
from core.kinds import load as load_kind
from core.net import Network
from core.yamlfile import Loaded, read

Duration = Annotated[timedelta, BeforeValidator(lambda v: parse_duration(v) if isinstance(v, (str, int, float)) else v)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=64)]


class Strict(BaseModel):
    """Unknown keys are faults, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Open(BaseModel):
    """As Strict, but what is not known here belongs to the kind."""

    model_config = ConfigDict(extra="allow", frozen=True)


class FetchFrame(Strict):
    delay: Duration = timedelta(seconds=1)  # pause between two requests to one host
    timeout: Duration = timedelta(seconds=30)  # for a whole answer


class DeskFrame(Strict):
    port: int = Field(8001, ge=1, le=65535)


class SourceFrame(Open):
    name: Name
    kind: str
    url: str
    tags: list[str] = []
    language: str | None = Field(None, pattern=r"^[a-z]{2}$")
    every: Duration | None = None
    max_interval: Duration | None = None
    alert_newest: int = Field(0, ge=0)
    headers: dict[str, str] = {}
    checked: date | None = None
    unverified: bool = False
    evidence: str = ""


class RuleFrame(Strict):
    name: Name
    query: str
    channels: list[str] = Field(min_length=1)
    should_match: list[str] = []
    should_not_match: list[str] = []
    wait: Duration = timedelta(seconds=10)
    update_every: Literal["each", "never"] | Duration = timedelta(minutes=30)


class ChannelFrame(Open):
    name: Name
    kind: str


class Frame(Strict):
    database: str = "data/borderwire.db"
    contact: str = ""
    polls_per_day: int = Field(48, ge=1, le=86_400)
    max_interval: Duration = timedelta(hours=6)
    allow_networks: list[str] = []
    include: list[str] = []
    desk_url: str | None = None
    desk: DeskFrame = DeskFrame()
    fetch: FetchFrame = FetchFrame()
    sources: list[SourceFrame] = []
    rules: list[RuleFrame] = []
    channels: list[ChannelFrame] = []
    lists: dict[str, list[str]] = {}


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """A configured source. `options` are the keys of its kind, `place` is where it is configured."""

    name: str
    kind: str
    url: str
    tags: tuple[str, ...]
    language: str | None
    every: timedelta | None
    max_interval: timedelta | None
    alert_newest: int
    headers: Mapping[str, str]
    options: Mapping[str, Any]
    unverified: bool
    place: str


@dataclass(frozen=True, slots=True)
class RuleConfig:
    """A configured rule. `wait`: time for copies to join before its message is frozen."""

    name: str
    query: str
    channels: tuple[str, ...]
    should_match: tuple[str, ...]
    should_not_match: tuple[str, ...]
    wait: timedelta
    update_every: timedelta | Literal["each", "never"]
    place: str


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """A configured channel with the options of its kind."""

    name: str
    kind: str
    options: Mapping[str, Any]
    place: str


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the service is told. `files` are all files read; `secrets` every value from outside them."""

    database: str
    contact: str
    polls_per_day: int
    max_interval: timedelta
    allow_networks: tuple[Network, ...]
    desk_url: str | None
    desk: DeskFrame
    fetch: FetchFrame
    sources: tuple[SourceConfig, ...]
    rules: tuple[RuleConfig, ...]
    channels: tuple[ChannelConfig, ...]
    lists: Mapping[str, tuple[str, ...]]
    files: tuple[Path, ...]
    secrets: frozenset[str]


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """Read `path` and what it includes. Raises ConfigError holding one line `file:line: ...` for each fault."""
    main = read(path, environ)
    loaded = [main, *(read(path.parent / name, environ) for name in _includes(main))]
    faults = [fault for part in loaded for fault in part.faults]
    frames = [frame for part in loaded if (frame := _frame(part, faults)) is not None]
    if faults:
        raise ConfigError("\n".join(faults))
    config = _joined(path, loaded, frames, faults)
    if faults:
        raise ConfigError("\n".join(faults))
    return config


def _includes(main: Loaded) -> list[str]:
    names = main.data.get("include", [])
    return [n for n in names if isinstance(n, str)] if isinstance(names, list) else []


def _frame(part: Loaded, faults: list[str]) -> Frame | None:
    try:
        return Frame.model_validate(part.data)
    except ValidationError as error:
        faults.extend(_said(part, fault, ()) for fault in error.errors())
        return None


def _joined(path: Path, parts: list[Loaded], frames: list[Frame], faults: list[str]) -> Config:
    main = frames[0]
    sources, rules, channels = [], [], []
    lists: dict[str, tuple[str, ...]] = {}
    for part, frame in zip(parts, frames, strict=True):
        sources += [_source(part, i, s, faults) for i, s in enumerate(frame.sources)]
        rules += [_rule(part, i, r) for i, r in enumerate(frame.rules)]
        channels += [_channel(part, i, c, faults) for i, c in enumerate(frame.channels)]
        lists |= {name: tuple(words) for name, words in frame.lists.items()}
    for what, things in (("source", sources), ("rule", rules), ("channel", channels)):
        _unique(what, things, faults)
    known = {c.name for c in channels}
    for rule in rules:
        for name in rule.channels:
            if name not in known:
                faults.append(f"{rule.place}: rule {rule.name} names the channel {name!r}, {_hint(name, known)}")
    if not main.contact and any(s.kind for s in sources):
        faults.append(f"{path}:1: `contact:` is missing: an address or page that sites can reach you at")
    return Config(
        database=_database(main.database, path),
        contact=main.contact,
        polls_per_day=main.polls_per_day,
        max_interval=main.max_interval,
        allow_networks=_networks(parts[0], main.allow_networks, faults),
        desk_url=main.desk_url,
        desk=main.desk,
        fetch=main.fetch,
        sources=tuple(sources),
        rules=tuple(rules),
        channels=tuple(channels),
        lists=lists,
        files=tuple(part.file for part in parts),
        secrets=frozenset().union(*(part.secrets for part in parts)),
    )


def _source(part: Loaded, index: int, s: SourceFrame, faults: list[str]) -> SourceConfig:
    place = part.place(("sources", index))
    if s.every is not None and s.every < timedelta(seconds=1):
        faults.append(f"{part.place(('sources', index, 'every'))}: every: at least 1s")
    if not s.url.startswith(("http://", "https://")):
        faults.append(f"{part.place(('sources', index, 'url'))}: url: expected http:// or https://, got {s.url!r}")
    options = _options(part, ("sources", index), "crawler.sources", s.kind, s.model_extra or {}, faults)
    return SourceConfig(
        name=s.name,
        kind=s.kind,
        url=s.url,
        tags=tuple(s.tags),
        language=s.language,
        every=s.every,
        max_interval=s.max_interval,
        alert_newest=s.alert_newest,
        headers=dict(s.headers),
        options=options,
        unverified=s.unverified,
        place=place,
    )


def _rule(part: Loaded, index: int, r: RuleFrame) -> RuleConfig:
    return RuleConfig(
        name=r.name,
        query=r.query,
        channels=tuple(r.channels),
        should_match=tuple(r.should_match),
        should_not_match=tuple(r.should_not_match),
        wait=r.wait,
        update_every=r.update_every,
        place=part.place(("rules", index)),
    )


def _channel(part: Loaded, index: int, c: ChannelFrame, faults: list[str]) -> ChannelConfig:
    options = _options(part, ("channels", index), "alerts.channels", c.kind, c.model_extra or {}, faults)
    return ChannelConfig(c.name, c.kind, options, part.place(("channels", index)))


def _options(
    part: Loaded,
    path: tuple[str | int, ...],
    package: str,
    kind: str,
    given: Mapping[str, Any],
    faults: list[str],
) -> dict[str, Any]:
    try:
        module = load_kind(package, kind, part.place((*path, "kind")))
        module.Options.model_validate(given)
    except ConfigError as error:
        faults.append(str(error))
    except ValidationError as error:
        faults.extend(_said(part, fault, path, tuple(module.Options.model_fields)) for fault in error.errors())
    return dict(given)


def _said(part: Loaded, fault: Any, prefix: tuple[str | int, ...], fields: tuple[str, ...] = ()) -> str:
    """One pydantic fault in a line: where, which key, what was expected, what to write."""
    path = (*prefix, *(p for p in fault["loc"]))
    key = next((str(p) for p in reversed(path) if isinstance(p, str)), "")
    place = part.place(path)
    if fault["type"] == "extra_forbidden":
        return f"{place}: unknown key {key!r}{_nearest(key, fields or _fields(path))}"
    if fault["type"] == "missing":
        return f"{place}: {key!r} is missing"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{place}: {key}: {message} (got {fault['input']!r})"


def _fields(path: tuple[str | int, ...]) -> tuple[str, ...]:
    frames = {"sources": SourceFrame, "rules": RuleFrame, "channels": ChannelFrame, "fetch": FetchFrame}
    model = frames.get(str(path[0]), Frame) if len(path) > 1 else Frame
    return tuple(model.model_fields)


def _nearest(key: str, fields: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(key, fields, 1)
    return f": did you mean {close[0]!r}?" if close else f": expected one of {', '.join(sorted(fields))}"


def _hint(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"which is not configured; configured: {', '.join(sorted(known)) or 'none'}"


def _unique(what: str, things: list[Any], faults: list[str]) -> None:
    seen: dict[str, str] = {}
    for thing in things:
        if thing.name in seen:
            faults.append(f"{thing.place}: a second {what} named {thing.name!r}; the first is at {seen[thing.name]}")
        seen.setdefault(thing.name, thing.place)


def _networks(part: Loaded, texts: list[str], faults: list[str]) -> tuple[Network, ...]:
    found = []
    for index, text in enumerate(texts):
        try:
            found.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            place = part.place(("allow_networks", index))
            faults.append(f"{place}: {text!r} is no network: write one such as 10.0.0.0/8")
    return tuple(found)


def _database(text: str, path: Path) -> str:
    """A relative file belongs beside the configuration, wherever the program is started from."""
    if "://" in text and not text.startswith("sqlite:///"):
        return text
    file = Path(text.removeprefix("sqlite:///"))
    return str(file if file.is_absolute() or text == ":memory:" else path.parent / file)

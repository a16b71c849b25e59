"""The configuration: read strictly, every fault at once with its line, into frozen values.

A kind's own options are checked by the `Options` model beside the kind; the frame
is `core/frames.py`.
"""

import difflib
import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from core.errors import ConfigError
from core.frames import ChannelFrame, DeskFrame, FetchFrame, Frame, HealthFrame, RetentionFrame, RuleFrame, SourceFrame
from core.kinds import kinds
from core.kinds import load as load_kind
from core.log import redact
from core.net import Network
from core.yamlfile import REFERENCE, Loaded, read

SHARED = ("sources", "rules", "channels", "lists")  # what an included file may hold
KINDS = {"sources": "crawler.sources", "channels": "alerts.channels"}
SAID = {  # pydantic's words for a wrong type, in ours
    "model_type": "expected a mapping of keys",
    "dict_type": "expected a mapping of keys",
    "list_type": "expected a list",
    "string_type": "expected text",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "too_short": "name at least one",
}
FORMS = {
    "name": "expected lower-case letters, digits, - _ and . (up to 64, the first a letter or digit)",
    "language": "expected two letters such as en or es",
}


MODELS: Mapping[str, type[BaseModel]] = {
    "sources": SourceFrame, "rules": RuleFrame, "channels": ChannelFrame, "fetch": FetchFrame, "desk": DeskFrame,
    "retention": RetentionFrame, "health": HealthFrame,
}  # fmt: skip


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
    extract: Mapping[str, str]  # CSS by what it finds
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
    fold: Literal["story", "none"]
    place: str
    severity: Literal["normal", "urgent"] = "normal"
    digest: str | None = None
    cooldown: timedelta = timedelta()
    at_most: tuple[int, timedelta] = (10, timedelta(minutes=10))
    when: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """A configured channel with the options of its kind."""

    name: str
    kind: str
    options: Mapping[str, Any]
    place: str
    quiet_hours: str | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the service is told. `files` are all files read; `secrets` every value from outside them."""

    database: str
    contact: str
    polls_per_day: int
    relooks_per_day: int
    max_interval: timedelta
    allow_networks: tuple[Network, ...]
    desk_url: str | None
    desk: DeskFrame
    fetch: FetchFrame
    retention: RetentionFrame
    time_zone: ZoneInfo
    health: HealthFrame
    sources: tuple[SourceConfig, ...]
    rules: tuple[RuleConfig, ...]
    channels: tuple[ChannelConfig, ...]
    lists: Mapping[str, tuple[str, ...]]
    files: tuple[Path, ...]
    secrets: frozenset[str]


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """Read `path` and what it includes. Raises ConfigError holding one line `file:line: ...` for each fault."""
    main = read(path, environ)
    if not main.data:
        raise ConfigError("the file is empty: it needs `sources:`, `rules:` and `channels:`", f"{path}:1")
    faults: list[str] = []
    head = _frame(main, faults)
    parts = [main, *_included(main, head, environ, faults)]
    frames = [head, *(_frame(part, faults, included=main.file) for part in parts[1:])]
    faults += [fault for part in parts for fault in part.faults]
    secrets = frozenset[str]().union(*(part.secrets for part in parts))
    pairs = list(zip(parts, frames, strict=True))
    sources = tuple(_source(part, i, s) for part, i, s in _items(pairs, "sources", faults))
    rules = tuple(_rule(part, i, r) for part, i, r in _items(pairs, "rules", faults))
    channels = tuple(_channel(part, i, c) for part, i, c in _items(pairs, "channels", faults))
    _cross_check(pairs, faults)
    config = Config(
        database=_database(main, head.database, faults),
        contact=head.contact,
        polls_per_day=head.polls_per_day,
        relooks_per_day=head.relooks_per_day,
        max_interval=head.max_interval,
        allow_networks=_networks(main, head.allow_networks, faults),
        desk_url=head.desk_url,
        desk=head.desk,
        fetch=head.fetch,
        retention=head.retention,
        time_zone=ZoneInfo(head.time_zone),
        health=head.health,
        sources=sources,
        rules=rules,
        channels=channels,
        lists={name: tuple(words) for frame in frames for name, words in frame.lists.items()},
        files=tuple(part.file for part in parts),
        secrets=secrets,
    )
    if faults:
        raise ConfigError(redact("\n".join(dict.fromkeys(sorted(faults, key=_position))), secrets))
    return config


def _position(fault: str) -> tuple[str, int]:
    found = re.match(r"(.*?):(\d+): ", fault)
    return (found[1], int(found[2])) if found else ("", 0)


def _included(main: Loaded, head: Frame, environ: Mapping[str, str], faults: list[str]) -> list[Loaded]:
    found = []
    for index, name in enumerate(head.include):
        place = main.place(("include", index))
        try:
            found.append(read(main.file.parent / name, environ, f"{place} includes it"))
        except ConfigError as error:
            faults.append(str(error))
    return found


def _frame(part: Loaded, faults: list[str], included: Path | None = None) -> Frame:
    """The file's settings; those with a fault keep their defaults. A key with nothing after it is not given."""
    given = {key: value for key, value in part.data.items() if value is not None}
    if included is not None:
        for key in [k for k in given if k not in SHARED and k in Frame.model_fields]:
            faults.append(f"{part.place((key,))}: {key!r} belongs in {included}, not in an included file")
            del given[key]
    try:
        return Frame.model_validate(given)
    except ValidationError as error:
        faults += _said(part, error, ())
        broken = {fault["loc"][0] for fault in error.errors()}
        return Frame.model_validate({key: value for key, value in given.items() if key not in broken})


def _items(pairs: list[tuple[Loaded, Frame]], key: str, faults: list[str]) -> Iterator[tuple[Loaded, int, Any]]:
    """The valid sources, rules or channels of all files, each checked by itself."""
    for part, frame in pairs:
        for index, item in enumerate(getattr(frame, key)):
            if isinstance(item, dict) and key in KINDS:
                _check_kind(part, key, index, item, faults)
            try:
                yield part, index, MODELS[key].model_validate(item)
            except ValidationError as error:
                faults += _said(part, error, (key, index))


def _check_kind(part: Loaded, key: str, index: int, item: Mapping[str, Any], faults: list[str]) -> None:
    kind = item.get("kind")
    if not isinstance(kind, str) or REFERENCE.search(kind):
        return
    try:
        module = load_kind(KINDS[key], kind, part.place((key, index, "kind")))
    except ConfigError as error:
        faults.append(str(error))
        return
    try:
        module.Options.model_validate(_extra(part, key, index))
    except ValidationError as error:
        faults += _said(part, error, (key, index), module.Options)


def _extra(part: Loaded, key: str, index: int) -> dict[str, Any]:
    """The keys that belong to the kind."""
    item: dict[str, Any] = part.data[key][index]
    return {k: v for k, v in item.items() if k not in MODELS[key].model_fields}


def _source(part: Loaded, index: int, s: SourceFrame) -> SourceConfig:
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
        extract=s.extract.model_dump(exclude_none=True),
        options=_extra(part, "sources", index),
        unverified=s.unverified,
        place=part.place(("sources", index)),
    )


def _rule(part: Loaded, index: int, r: RuleFrame) -> RuleConfig:
    return RuleConfig(
        name=r.name,
        query=r.query,
        channels=tuple(dict.fromkeys(r.channels)),
        should_match=tuple(r.should_match),
        should_not_match=tuple(r.should_not_match),
        wait=r.wait,
        update_every=r.update_every,
        fold=r.fold,
        severity=r.severity,
        digest=r.digest,
        cooldown=r.cooldown,
        at_most=r.at_most,
        when=r.when,
        place=part.place(("rules", index)),
    )


def _channel(part: Loaded, index: int, c: ChannelFrame) -> ChannelConfig:
    return ChannelConfig(
        c.name, c.kind, _extra(part, "channels", index), part.place(("channels", index)), c.quiet_hours
    )


def _cross_check(pairs: list[tuple[Loaded, Frame]], faults: list[str]) -> None:
    """What only all files together can tell: names used twice, rules that tell a channel nobody configured."""
    named = {key: _named(pairs, key) for key in ("sources", "rules", "channels")}
    named["lists"] = [(name, part.place(("lists", name))) for part, frame in pairs for name in frame.lists]
    for key, found in named.items():
        first: dict[str, str] = {}
        for name, place in found:
            if name in first:
                faults.append(
                    f"{place}: a second {key.removesuffix('s')} named {name!r}; the first is at {first[name]}"
                )
            first.setdefault(name, place)
    known = {name for name, _ in named["channels"]}
    for part, frame in pairs:
        for index, rule in enumerate(frame.rules):
            wanted = rule.get("channels") if isinstance(rule, dict) else None
            for at, name in enumerate(wanted if isinstance(wanted, list) else ()):
                if isinstance(name, str) and name not in known:
                    place = part.place(("rules", index, "channels", at))
                    said = f"rule {rule.get('name', '?')} names the channel {name!r}"
                    faults.append(f"{place}: {said}, {_hint(name, known)}")
    main, head = pairs[0]
    for at, name in enumerate(head.health.channels):
        if name not in known:
            said = f"health names the channel {name!r}"
            faults.append(f"{main.place(('health', 'channels', at))}: {said}, {_hint(name, known)}")
    if not main.data.get("contact") and named["sources"]:
        faults.append(
            f"{main.place(('contact',))}: `contact:` is missing: an address or page that sites can reach you at"
        )


def _named(pairs: list[tuple[Loaded, Frame]], key: str) -> list[tuple[str, str]]:
    return [
        (item["name"], part.place((key, index)))
        for part, frame in pairs
        for index, item in enumerate(getattr(frame, key))
        if isinstance(item, dict) and isinstance(item.get("name"), str)
    ]


def _said(
    part: Loaded, error: ValidationError, prefix: tuple[str | int, ...], options: type[BaseModel] | None = None
) -> Iterator[str]:
    """Each pydantic fault in a line: where, which key, what was expected, what was given unless it is a secret."""
    known = {f.alias or name: f for name, f in options.model_fields.items()} if options else {}
    for fault in error.errors():
        path = tuple(step for step in (*prefix, *fault["loc"]) if step != "[key]")
        key = next((str(p) for p in reversed(path) if isinstance(p, str)), "")
        place, given = part.place(path), fault.get("input")
        if isinstance(given, str) and REFERENCE.search(given):
            continue  # already told: its variable is not set
        if fault["type"] == "extra_forbidden":
            yield f"{place}: unknown key {key!r}{_nearest(key, (*known, *_fields(path)))}"
        elif fault["type"] == "missing":
            yield f"{place}: {key!r} is missing"
        else:
            words = fault["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
            message = SAID.get(fault["type"], words)
            if fault["type"] in ("string_pattern_mismatch", "string_too_long"):
                message = FORMS.get(key, message)
            shown = key not in known or known[key].repr
            got = f" (got {_short(given)})" if shown and repr(given) not in message else ""
            yield f"{place}: {key if key.isprintable() else repr(key)}: {message}{got}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}..."


def _fields(path: tuple[str | int, ...]) -> tuple[str, ...]:
    model = MODELS.get(str(path[0]), Frame) if len(path) > 1 else Frame
    for step in path[1:-1]:
        inner = model.model_fields[step].annotation if step in model.model_fields else None
        model = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else model
    return tuple(model.model_fields)


def _nearest(key: str, fields: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(key, fields, 1)
    return f": did you mean {close[0]!r}?" if close else f": expected one of {', '.join(sorted(set(fields)))}"


def _hint(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"which is not configured; configured: {', '.join(sorted(known)) or 'none'}"


def _networks(part: Loaded, texts: list[str], faults: list[str]) -> tuple[Network, ...]:
    found = []
    for index, text in enumerate(texts):
        try:
            found.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            place = part.place(("allow_networks", index))
            faults.append(f"{place}: {text!r} is no network: write one such as 10.0.0.0/8")
    return tuple(found)


def _database(part: Loaded, text: str, faults: list[str]) -> str:
    """A relative file belongs beside the configuration, wherever the program is started from."""
    scheme = text.partition("://")[0] if "://" in text else "sqlite"
    if scheme not in (known := kinds("store.backends")):
        faults.append(
            f"{part.place(('database',))}: unknown scheme {scheme!r}: expected a file, or one of {', '.join(known)}"
        )
    if scheme != "sqlite" or text == ":memory:":
        return text
    file = Path(text.removeprefix("sqlite:///")).expanduser()
    return str(file if file.is_absolute() else part.file.parent / file)

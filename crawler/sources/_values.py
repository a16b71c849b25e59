"""Values out of a JSON document of any shape, by dotted paths, as the text, dates, names and addresses they are."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus, urljoin, urlsplit

from core.dates import EARLIEST, LATEST_YEAR, parse_date
from core.html import CONTROL, clean

MOST = 5000  # values a path through lists may lead to
LONG = 2000  # characters of a value that is to be one line
HOLE = re.compile(r"\{([^{}]+)\}")
PARTED = re.compile(r"\s*(?:;|\||\n)\s*")  # names in one text; a comma may be part of one
MILLISECONDS = 10**11  # a larger number counts milliseconds: as seconds it would lie in the year 5138
LANGUAGES = {"english": "en", "spanish": "es", "french": "fr", "portuguese": "pt"}


def at(data: Any, path: str | None) -> Any:
    """What a dotted path leads to: keys of mappings, numbers for places in a list (-1 the last); None for nothing.

    A key asked of a list is asked of each of its mappings: `agencies.name` is the list of all names.
    """
    for step in filter(None, (path or "").split(".")):
        if isinstance(data, dict):
            data = data.get(step)
        elif not isinstance(data, list):
            return None
        elif step.removeprefix("-").isdecimal():
            place = int(step[:10])
            data = data[place] if -len(data) <= place < len(data) else None
        else:
            data = _of_each(data, step)
    return data


def _of_each(values: list[Any], key: str) -> list[Any] | None:
    """The values under a key, lists among them as one list."""
    found: list[Any] = []
    for value in values:
        inner = value.get(key) if isinstance(value, dict) else None
        found += inner if isinstance(inner, list) else [] if inner is None else [inner]
        if len(found) > MOST:
            return found[:MOST]
    return found or None


def filled(item: dict[str, Any], path: str) -> Any:
    """What a path leads to; or a template with its {paths} filled in, or None if one of them leads to nothing."""
    if "{" not in path:
        return at(item, path)
    parts = {name: text(at(item, name))[:LONG] for name in HOLE.findall(path)}
    if not all(parts.values()):
        return None  # an address with a hole leads somewhere else
    return HOLE.sub(lambda m: quote(parts[m[1]], safe="/:?&=%~,+"), path)


def text(value: Any) -> str:
    """A value that should be text; numbers are let through, the first of a list stands for it, mappings are not text.

    `{"rendered": "..."}` and `{"#text": "..."}` are how WordPress and converted XML wrap a text.
    """
    if isinstance(value, list):
        value = value[0] if value and not isinstance(value[0], list) else None
    if isinstance(value, dict):
        value = value.get("rendered", value.get("#text", value.get("$t")))
    if isinstance(value, bool):
        return ""
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def line(value: Any) -> str:
    """The same on one line, without what no line may hold."""
    return clean(text(value)[:LONG])


def joined(base: str, link: Any) -> str | None:
    """An address of the web other than the document's own, or None."""
    link = text(link).strip()
    if not link or len(link) > LONG or CONTROL.search(link):
        return None
    try:
        url = urljoin(base, link)
        good = url != base and urlsplit(url).hostname and url.lower().startswith(("http://", "https://"))
        return url if good else None
    except ValueError:
        return None


def date(value: Any) -> datetime | None:
    """A date as text, or as the seconds or milliseconds since 1970 that machines count."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            moment = datetime.fromtimestamp(value / 1000 if abs(value) >= MILLISECONDS else value, UTC)
        except (ValueError, OverflowError, OSError):
            return None
        return moment if moment >= EARLIEST and moment.year < LATEST_YEAR else None
    return parse_date(text(value))


def names(value: Any) -> tuple[str, ...]:
    """Authors, as one text, a list of texts, or a list of mappings with a name."""
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, str):
        value = PARTED.split(value[:LONG])
    if not isinstance(value, list):
        return ()
    each = (_name(v) if isinstance(v, dict) else v for v in value[:50])
    return tuple(dict.fromkeys(name for v in each if isinstance(v, str) and (name := clean(v[:200]))))


def _name(value: dict[str, Any]) -> Any:
    return next((value[key] for key in ("name", "raw_name", "title", "display_name") if value.get(key)), None)


def language(value: Any) -> str | None:
    """`es`, `es-MX` or `Spanish` as two letters."""
    said = text(value).strip().lower()
    code = LANGUAGES.get(said, re.split(r"[-_]", said)[0])
    return code if code.isascii() and code.isalpha() and len(code) == 2 else None


def with_parameter(url: str, name: str, value: str) -> str:
    """The address with a query parameter set; whatever else is in its query stays as it is written."""
    bare, _, fragment = url.partition("#")
    base, _, query = bare.partition("?")
    kept = [part for part in query.split("&") if part and unquote_plus(part.partition("=")[0]) != name]
    said = "&".join([*kept, f"{quote_plus(name)}={quote_plus(value)}"])
    return f"{base}?{said}" + (f"#{fragment}" if fragment else "")


def parameter(url: str, name: str) -> str | None:
    """The value of a query parameter, or None."""
    for part in urlsplit(url).query.split("&"):
        key, _, value = part.partition("=")
        if unquote_plus(key) == name:
            return unquote_plus(value)
    return None


def same_site(own: str, other: str) -> bool:
    """Whether an address is of the same origin, or the encrypted one of the same host."""
    try:
        mine, theirs = urlsplit(own), urlsplit(other)
        ports = [p.port or {"http": 80, "https": 443}.get(p.scheme) for p in (mine, theirs)]
    except ValueError:
        return False
    if mine.hostname != theirs.hostname:
        return False
    return (mine.scheme == theirs.scheme and ports[0] == ports[1]) or (theirs.scheme == "https" and ports == [80, 443])

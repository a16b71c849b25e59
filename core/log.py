"""Logging for people and for machines, and the one place where secrets are masked, however they are written."""

import base64
import html
import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable
from functools import lru_cache
from types import TracebackType
from urllib.parse import quote

MASK = "••••"
SHORTEST = 4  # characters; a shorter secret would mask ordinary words
LONG = 16  # characters; of the parts of an address such long ones are keys, shorter ones mostly words
BASE64 = "A-Za-z0-9+/_-"
_secrets: frozenset[str] = frozenset()
_PATTERNS = (  # group 1 stays
    re.compile(r"(hooks\.slack\.com/(?:services|workflows|triggers)/)[^\s\"'<>]+"),
    re.compile(r"(://)[^/\s:@\"'<>]*:[^/\s\"'<>]+(?=@)"),
    re.compile(r"(?i)(authorization[\"']?\s*[:=]\s*[\"']?)(?:(?:basic|bearer|token)\s+)?[^\s\"',}]+"),
    re.compile(r"(?i)([?&](?:access_token|api_?key|auth|key|password|secret|signature|sig|token)=)[^&\s\"'<>]+"),
    re.compile(r"()whsec_[A-Za-z0-9+/=_-]+"),
    re.compile(r"()xox[a-z]-[A-Za-z0-9-]{8,}"),
)
# What would move the cursor, clear the screen or forge a line; a traceback's line breaks and tabs stay.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
QUIET = (
    "scrapy",
    "httpx",
    "httpcore",
    "apscheduler",
    "trafilatura",
    "asyncio",
    "htmldate",
    "charset_normalizer",
)
COLOURS = {logging.WARNING: "33", logging.ERROR: "31", logging.CRITICAL: "31;1"}


def redact(text: str, more: Iterable[str] = ()) -> str:
    """The text with every known secret, `more` of them, and everything shaped like one, masked.

    A secret is found as it is, in base64 (of a login it is a part of, too), and as it is written in an address, in
    JSON, in HTML or in Python.
    """
    for secrets in (_secrets, frozenset(more)):
        for pattern in _spellings(secrets):
            text = pattern.sub(MASK, text)
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\1{MASK}", text)
    return text


def remember_secrets(secrets: Iterable[str]) -> None:
    """From now on these values, and no others, are masked wherever text passes."""
    global _secrets
    _secrets = frozenset(secrets)


@lru_cache(maxsize=64)  # each channel masks the parts of its own address besides
def _spellings(secrets: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    """What finds these secrets; one that holds another is found as a whole."""
    named = {part for secret in secrets for part in (secret, *_parts(secret)) if len(part) >= SHORTEST}
    if not named:
        return ()
    ordered = sorted(named, key=lambda s: (-len(s), s))
    plain = "|".join("".join(map(_spelled, secret)) for secret in ordered)
    cores = "|".join(sorted({re.escape(c) for s in ordered for c in _in_base64(s)}, key=len, reverse=True))
    # from the beginning of a word only: else the time would be the square of a long word's length
    word = rf"(?<![{BASE64}])[{BASE64}]*(?:{cores})[{BASE64}]*={{0,2}}"
    return re.compile(plain), re.compile(word)


def _parts(secret: str) -> Iterable[str]:
    """What of a secret is still one: the key after its prefix, the keys in an address."""
    yield secret.removeprefix("whsec_")
    if "://" in secret:
        beyond = secret.partition("://")[2]
        yield from (part for part in re.split(r"[/?&=#,;]+", beyond.rpartition("@")[2]) if len(part) >= LONG)
        if "@" in beyond:
            yield beyond.rpartition("@")[0].partition(":")[2]


@lru_cache(maxsize=512)
def _spelled(char: str) -> str:
    """A pattern for one character in any of the ways in which it is written."""
    if char.isascii() and char.isalnum():
        return char
    coded = quote(char, safe="", errors="surrogatepass")
    ways = {char, coded, coded.lower(), json.dumps(char)[1:-1], repr(char)[1:-1], html.escape(char), f"&#{ord(char)};"}
    ways |= {f"\\{char}", *(("+",) if char == " " else ())}
    return f"(?:{'|'.join(re.escape(way) for way in sorted(ways, key=lambda w: (-len(w), w)))})"


def _in_base64(secret: str) -> Iterable[str]:
    """The characters that stand for the secret alone, after 0, 1 or 2 bytes of something else."""
    raw = secret.encode("utf-8", "surrogatepass")
    for before, touched in enumerate((0, 2, 3)):
        core = base64.b64encode(bytes(before) + raw).decode()[touched : (before + len(raw)) * 8 // 6]
        yield core
        yield core.replace("+", "-").replace("/", "_")


def setup(level: str, *, json: bool, secrets: Iterable[str]) -> None:
    """Log to standard error: short lines (coloured on a terminal), or one JSON object a line."""
    remember_secrets(secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if json else _Human(colour=sys.stderr.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    sys.excepthook = _last_words
    logging.getLogger("borderwire").setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


def _last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What Python prints of an error that ends the program, masked as well."""
    sys.stderr.write(redact("".join(traceback.format_exception(kind, error, trace))))


class _Human(logging.Formatter):
    def __init__(self, *, colour: bool) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")
        self._colour = colour

    def format(self, record: logging.LogRecord) -> str:
        text = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", redact(super().format(record)))
        code = COLOURS.get(record.levelno) if self._colour else None
        return f"\x1b[{code}m{text}\x1b[0m" if code else text


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),  # before JSON escapes a quote inside a secret
        }
        if record.exc_info:
            said["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)

"""Logging for people and for machines, through one choke point where secrets are masked."""

import json
import logging
import re
import sys
from collections.abc import Iterable

MASK = "••••"
SHORTEST = 4  # characters; a shorter secret would mask ordinary words
_secrets: tuple[str, ...] = ()
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
    """The text with every known secret, `more` of them, and everything shaped like one, masked."""
    for secret in (*_secrets, *_longest_first(more)):
        text = text.replace(secret, MASK)
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\1{MASK}", text)
    return text


def remember_secrets(secrets: Iterable[str]) -> None:
    """From now on these values, and no others, are masked wherever text passes."""
    global _secrets
    _secrets = _longest_first(secrets)


def _longest_first(secrets: Iterable[str]) -> tuple[str, ...]:
    """A secret that holds another one is masked as a whole."""
    return tuple(sorted({s for s in secrets if len(s) >= SHORTEST}, key=lambda s: (-len(s), s)))


def setup(level: str, *, json: bool, secrets: Iterable[str]) -> None:
    """Log to standard error: short lines (coloured on a terminal), or one JSON object a line."""
    remember_secrets(secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if json else _Human(colour=sys.stderr.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("borderwire").setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


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

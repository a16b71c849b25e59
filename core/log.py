"""Logging for people and for machines, through one choke point where secrets are masked."""

import json
import logging
import re
import sys
from collections.abc import Iterable

MASK = "••••"
_secrets: tuple[str, ...] = ()
_PATTERNS = (
    re.compile(r"(?<=hooks\.slack\.com/services/)[^\s\"'<>]+"),
    re.compile(r"(?<=://)[^/\s:@\"']+:[^/\s@\"']+(?=@)"),
    re.compile(r"(?i)(?<=authorization: )\S+(?: \S+)?"),
    re.compile(r"(?i)(?<=[?&]token=)[^&\s\"']+"),
    re.compile(r"(?i)(?<=[?&]api_key=)[^&\s\"']+"),
    re.compile(r"whsec_[A-Za-z0-9+/=]+"),
)
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


def redact(text: str) -> str:
    """The text with every known secret, and everything shaped like one, masked."""
    for secret in _secrets:
        text = text.replace(secret, MASK)
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    return text


def remember_secrets(secrets: Iterable[str]) -> None:
    """From now on these values are masked wherever text passes; very short ones would mask ordinary words."""
    global _secrets
    _secrets = tuple(sorted({s for s in secrets if len(s) >= 4}, key=len, reverse=True))


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
        text = redact(super().format(record))
        code = COLOURS.get(record.levelno) if self._colour else None
        return f"\x1b[{code}m{text}\x1b[0m" if code else text


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return redact(json.dumps(said, ensure_ascii=False))

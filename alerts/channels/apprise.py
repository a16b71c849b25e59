"""Everything else that Apprise knows: Telegram, Matrix, Discord, Signal, ntfy, Pushover and some 170 more services.

    - {name: phone, kind: apprise, url: "${APPRISE_URL}"}

url  an address as Apprise writes it, such as ntfys://ntfy.example.org/border or tgram://TOKEN/CHAT; it mostly is a
     secret. Its forms: https://github.com/caronc/apprise/wiki. A message too long for a service comes in several;
     with `?overflow=truncate`, for text messages, it is cut. With several targets in one address, a failure of one
     sends to all of them again: configure them as channels of their own.

Apprise runs in a process of its own, which is killed where it takes longer than 20 s; it says only whether it sent,
so every failure is tried again. It makes its own connections: `allow_networks` is not applied to them, for the
address is your own configuration, and redirects are not followed. A headline cannot call @everyone.
"""

import asyncio
import contextlib
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
from pydantic import BaseModel, ConfigDict, Field, field_validator

from alerts.channels._text import as_text, cut, plain, said
from core.errors import DeliveryError, Failure
from core.log import redact
from core.model import AlertKind, Delivery

if importlib.util.find_spec("apprise") is None:  # never imported here: what it loads and starts stays in its process
    raise ModuleNotFoundError("No module named 'apprise'", name="apprise")

CHILD = Path(__file__).with_name("_apprise_child.py")
DEADLINE = 20.0  # seconds for a whole message; well below the 90 s lease of a delivery
STARTS = 3.0  # of these for the process to start: measured 0.5
QUOTED = 200  # characters of what Apprise says that an error repeats
SHORT = 300  # characters of a degraded message
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,30}(?=://)", re.IGNORECASE)
MENTION = re.compile(r"@(?=\w)|<(?=[@!#&])")
JOINER = "\u2060"  # takes no room and is no letter: what stands around it is no mention
WARNS = (AlertKind.HEALTH, AlertKind.STORM)
FORMS = "write one of https://github.com/caronc/apprise/wiki, such as ntfys://ntfy.example.org/border"


class Options(BaseModel):
    """See the module's manual."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field(repr=False)

    @field_validator("url")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if SCHEME.match(value) is None or any(c.isspace() or not c.isprintable() for c in value):
            raise ValueError(f"no address of Apprise's: {FORMS}")
        if (wrong := fault(value)) is not None:
            raise ValueError(f"Apprise cannot use this address: {FORMS}{f' ({wrong})' if wrong else ''}")
        return value


@dataclass(frozen=True, slots=True)
class Apprise:
    """One address of Apprise's."""

    name: str
    url: str = field(repr=False)
    seconds: float = DEADLINE

    @property
    def deadline(self) -> timedelta:
        """How long a message may be retried."""
        return timedelta(hours=72)

    @property
    def pace(self) -> timedelta:
        """The least time between two messages; most services take one a second."""
        return timedelta(seconds=1)

    def targets(self) -> tuple[str, ...]:
        """The address is one place, however many it names."""
        return ("",)

    async def send(self, delivery: Delivery, http: httpx.AsyncClient, now: datetime) -> None:
        """Hand the message to Apprise. Raises DeliveryError."""
        title, body = rendered(delivery, now)
        kind = "warning" if delivery.message.kind in WARNS else "info"
        asked = {"title": title, "body": body, "type": kind, "seconds": max(1.0, self.seconds - STARTS)}
        answer = await self._answer({"url": self.url, **asked})
        words = _words(answer, self.url)
        if answer["ok"] is None:
            raise DeliveryError(self._failed(f"Apprise cannot use this address: check `url:` {words}"), Failure.CONFIG)
        if not answer["ok"]:
            failure = Failure.UNCERTAIN if answer["late"] else Failure.TRANSIENT
            raise DeliveryError(self._failed(words or "not sent, and Apprise does not say why"), failure)

    async def _answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What the process says. Raises DeliveryError where it ended or was killed without a word."""
        process = await asyncio.create_subprocess_exec(
            *_command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environ(),
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self.seconds):
                out, _ = await process.communicate(json.dumps(asked).encode())
        except TimeoutError as error:
            words = f"no answer within {self.seconds:.0f} s, it may have arrived"
            raise DeliveryError(self._failed(words), Failure.UNCERTAIN) from error
        finally:  # also when the service stops meanwhile
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        found = _read(out)
        if found is None:
            words = f"Apprise ended with status {process.returncode} and no answer, it may have arrived"
            raise DeliveryError(self._failed(words), Failure.UNCERTAIN)
        return found

    def _failed(self, words: str) -> str:
        return f"{scheme(self.url)}: {words}".strip()


def build(name: str, options: Options) -> Apprise:
    """A channel of this kind."""
    return Apprise(name, options.url)


def rendered(delivery: Delivery, now: datetime) -> tuple[str, str]:
    """Title and body as plain text in which nothing is a mention."""
    words = said(delivery, now)
    text = as_text(words).partition("\n")[2].strip()
    if delivery.degraded:
        text = f"{cut(' '.join(text.split()), SHORT)}\nid {words.id}"
    return quiet(f"[{words.label}] {words.title.text}"), quiet(text)


def quiet(text: str) -> str:
    """The text without @everyone, <!channel> and the like; an address keeps leading where it led."""
    return "".join(
        piece.replace("@", "%40")
        if piece.startswith(("http://", "https://"))
        else MENTION.sub(rf"\g<0>{JOINER}", piece)
        for piece in re.split(r"(\s+)", text)
    )


def scheme(url: str) -> str:
    """The service an address names: the only part of it that is never secret."""
    found = SCHEME.match(url)
    return "apprise" if found is None else found[0].lower()


@lru_cache(maxsize=64)
def fault(url: str) -> str | None:
    """What Apprise says against an address, perhaps nothing; None where it has no objection."""
    asked = json.dumps({"url": url}).encode()
    try:
        done = subprocess.run(_command(), input=asked, capture_output=True, env=_environ(), timeout=DEADLINE)
    except subprocess.TimeoutExpired:
        return "it did not answer"
    answer = _read(done.stdout) or {"ok": None, "said": []}
    return None if answer["ok"] else _words(answer, url)


def masked(text: str, url: str) -> str:
    """The text without any part of the address but its scheme: tokens can stand at every place of it."""
    parts = re.split(r"[/@:?&=#,;]+", url.partition("://")[2])
    return redact(text, (url, *parts, *map(unquote, parts)))


def _words(answer: Mapping[str, Any], url: str) -> str:
    # masked before it is cut: half a secret is still one
    return plain(masked(" ".join(map(str, answer["said"])), url), QUOTED)


def _read(out: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(out)
    except ValueError:
        return None
    return found if isinstance(found, dict) and {"ok", "late", "said"} <= found.keys() else None


def _command() -> tuple[str, ...]:
    return sys.executable, "-P", str(CHILD)  # -P: beside it lies a file named as the library's `email`


def _environ() -> dict[str, str]:
    return {name: value for name in KEPT if (value := os.environ.get(name)) is not None}

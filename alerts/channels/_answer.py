"""Posting to an address that is itself a secret, and what its answer means: shared by the channels that use HTTP."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx

from alerts.channels._text import plain
from core.errors import AddressDenied, DeliveryError, Failure
from core.http import post, retry_after
from core.log import redact
from core.net import check_url
from core.urls import host

REJECTED = (400, 413, 422)
WRONG_PLACE = (401, 403, 404, 410)
QUOTED = 120  # characters of an answer's text that an error repeats


def checked_url(url: str) -> str:
    """The address, or ValueError saying what to write."""
    if not url.lower().startswith(("http://", "https://")):
        raise ValueError("expected an address that begins with https:// or http://")
    try:
        return check_url(url)
    except AddressDenied as error:
        raise ValueError(f"not an address that can be posted to ({error}): write https://host/path") from error


def judge(status: int, hint: timedelta | None) -> Failure | None:
    """The class of an answer by its status; None for 2xx. Where a channel differs, it looks before asking here."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400 or status in WRONG_PLACE:
        return Failure.CONFIG
    if status == 429 or (status == 503 and hint is not None):
        return Failure.SLOW_DOWN
    return Failure.REJECTED if status in REJECTED else Failure.TRANSIENT


def advice(status: int, place: str = "url", proof: str = "secret") -> str:
    """What the operator can do about an answer that means the configuration is wrong; options by name."""
    if 300 <= status < 400:
        return f"it redirects, which is never followed: write the final address in `{place}:`"
    both = f"check `{place}:`" + (f" and `{proof}:`" if proof else "")
    return {
        401: f"it asks for credentials: {both}",
        403: f"it refuses this sender: {both}",
        404: f"nothing is there: check `{place}:`",
        410: f"it is gone for good: write the new address in `{place}:`, or remove the channel",
    }.get(status, "")


async def post_to(
    http: httpx.AsyncClient, url: str, content: bytes, headers: Mapping[str, str], secrets: Iterable[str] = ()
) -> tuple[int, Mapping[str, str], bytes]:
    """`core.http.post`, its errors beginning with the host and holding nothing else of the address."""
    try:
        return await post(http, url, content=content, headers=headers)
    except DeliveryError as error:
        text = f"{host(url)}: {masked(str(error), url, secrets)}"
        raise DeliveryError(text, error.failure, retry_after=error.retry_after) from error


def failed(
    url: str, status: int, headers: Mapping[str, str], words: str, failure: Failure, now: datetime
) -> DeliveryError:
    """The error for an answer: host, status and `words`, which must be masked already."""
    text = f"{host(url)} answered {status}{': ' if words else ''}{words}"
    hint = retry_after(headers.get("retry-after"), now) if failure is Failure.SLOW_DOWN else None
    return DeliveryError(text, failure, retry_after=hint, status=status)


def quoted(body: bytes, url: str, secrets: Iterable[str] = ()) -> str:
    """The beginning of an answer's text, fit to be shown: a server may echo what it was sent."""
    # masked before it is cut: half a secret is still one
    return plain(masked(body.decode("utf-8", "replace"), url, secrets), QUOTED)


def masked(text: str, url: str, secrets: Iterable[str] = ()) -> str:
    """The text without the address's path and query, any of `secrets`, and anything shaped like a secret."""
    parts = urlsplit(url)
    # short segments are ordinary words (`hook`, `services`), long ones are keys
    segments = [s for s in parts.path.split("/") if len(s) >= 8]
    return redact(text, (url, parts.path, parts.query, *segments, *secrets))

"""The httpx client that alerts are sent with: guarded addresses, no redirects, a wall deadline, a small answer.

Measured: httpx's own `timeout=2` let a dripping server hold a request for 31 s, and it inflated a 300 MB bomb.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpcore
import httpx

from core.errors import AddressDenied, DeliveryError, Failure
from core.failpoints import hit
from core.net import AddressPolicy

DEADLINE = 20.0  # seconds for a whole request; well below the 90 s lease of a delivery
MAX_ANSWER = 65_536  # bytes read of an answer
LONGEST_HINT = timedelta(hours=24)
STEPS = {"send_request_headers.started": "after_connect", "send_request_body.complete": "after_body_sent"}


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves, checks every address, and connects to the checked one."""

    def __init__(self, policy: AddressPolicy) -> None:
        self._policy = policy
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} was not resolved within {timeout:.0f} s") from error
        except (OSError, UnicodeError) as error:  # UnicodeError: no name DNS could know
            raise httpcore.ConnectError(f"{host} cannot be resolved") from error
        addresses = list(dict.fromkeys(info[4][0] for info in found))
        last: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            self._policy.check(str(address), port)
            try:
                return await self._inner.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise AddressDenied("unix sockets are not addresses")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def client(policy: AddressPolicy, contact: str, timeout: float = 10.0) -> httpx.AsyncClient:
    """A client for alerts. Ignores proxies of the environment: they would hide the address that is checked."""
    transport = httpx.AsyncHTTPTransport(verify=True, retries=0)
    transport._pool = httpcore.AsyncConnectionPool(
        ssl_context=ssl.create_default_context(),
        max_connections=100,
        keepalive_expiry=15,
        network_backend=_GuardedBackend(policy),
    )
    return httpx.AsyncClient(
        transport=transport,
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": f"Borderwire (+{contact})", "Accept-Encoding": "identity"},
    )


async def post(
    http: httpx.AsyncClient,
    url: str,
    *,
    content: bytes,
    headers: Mapping[str, str],
    deadline: float = DEADLINE,
) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers (lower case) and the first 64 kB of the answer.

    Once the status has come it is returned, however little of the body follows in time: it alone says what became of
    the message. Raises DeliveryError: CONFIG for a forbidden address or a bad certificate, TRANSIENT before the
    request was written, UNCERTAIN after.
    """
    head: tuple[int, Mapping[str, str]] | None = None
    body = bytearray()
    written = False

    async def watch(event: str, _: Any) -> None:
        nonlocal written
        written = written or event.endswith("send_request_headers.started")
        if (step := event.partition(".")[2]) in STEPS:
            hit(STEPS[step])

    try:
        async with (
            asyncio.timeout(deadline),
            http.stream("POST", url, content=content, headers=headers, extensions={"trace": watch}) as answer,
        ):
            head = answer.status_code, {k.lower(): v for k, v in answer.headers.items()}
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) >= MAX_ANSWER:
                    break
            return *head, bytes(body[:MAX_ANSWER])
    except AddressDenied as error:
        raise DeliveryError(
            f"not an allowed address: {error}; `allow_networks:` can allow it", Failure.CONFIG
        ) from error
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        certificate = "CERTIFICATE" in str(error).upper()
        kind = Failure.CONFIG if certificate else Failure.TRANSIENT
        raise DeliveryError(f"no connection: {str(error) or type(error).__name__}", kind) from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError) as error:
        raise DeliveryError(f"not an address that can be posted to: {error}", Failure.CONFIG) from error
    except (httpx.HTTPError, TimeoutError) as error:
        if head is not None:
            return *head, bytes(body)
        if not written:
            raise DeliveryError(f"no connection: {type(error).__name__}", Failure.TRANSIENT) from error
        raise DeliveryError(f"sent, but no answer came: {type(error).__name__}", Failure.UNCERTAIN) from error


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """A Retry-After header in either form (RFC 9110, 10.2.3), between 0 and 24 h; None for none or nonsense."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        # ten digits say enough: int() itself refuses more than 4,300 of them
        return min(timedelta(seconds=int(text.lstrip("0")[:10] or "0")), LONGEST_HINT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta()), LONGEST_HINT)

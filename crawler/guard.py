"""What stands between the service and the network: allowed addresses, robots.txt, one slot per host.

The address is checked on the very connection that is made, so that a name which resolves differently the second
time gains nothing, and every redirect hop is checked like the first request.
"""

import asyncio
import errno
import socket
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohappyeyeballs import AddrInfoType
from scrapy import Request as ScrapyRequest
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response as ScrapyResponse

from core.clock import Clock, SystemClock
from core.errors import AddressDenied
from core.net import AddressPolicy, check_url
from crawler import robots

DENIED = "not an allowed address"
ROBOTS_MAX = 512 * 1024
OWN_HEADERS = "own_headers"  # meta: header names a source configured; they stay with its origin
ORIGIN = "own_origin"


class GuardedHandler(AiohttpDownloadHandler):
    """Scrapy's aiohttp handler, connecting only where the address policy allows."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        policy: AddressPolicy = crawler.settings["ADDRESS_POLICY"]
        # The session was made without a loop turn in between: nothing is connected yet.
        self._session._connector = aiohttp.TCPConnector(
            limit=self._pool_size_total,
            limit_per_host=self._pool_size_per_host,
            socket_factory=lambda info: _checked_socket(policy, info),
        )


def _checked_socket(policy: AddressPolicy, info: AddrInfoType) -> socket.socket:
    family, kind, proto, _, address = info
    try:
        policy.check(str(address[0]), int(address[1]))
    except AddressDenied as error:
        # aiohappyeyeballs only understands OSError; the errno survives its merging of several failures
        raise OSError(errno.EACCES, f"{DENIED}: {error}") from error
    return socket.socket(family=family, type=kind, proto=proto)


class RobotsRefusal(IgnoreRequest):
    """robots.txt says no; carries why in words."""


class PolitenessMiddleware:
    """One download slot per host and port, robots.txt by RFC 9309, configured headers bound to their origin."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._clock: Clock = crawler.settings.get("CLOCK") or SystemClock()
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._rules: dict[str, robots.Rules] = {}
        self._asking: dict[str, asyncio.Task[robots.Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "PolitenessMiddleware":
        return cls(crawler)

    async def process_request(self, request: ScrapyRequest) -> None:
        """Raises IgnoreRequest where robots.txt forbids the address or the address itself is malformed."""
        try:
            check_url(request.url)
        except AddressDenied as error:
            raise IgnoreRequest(f"{DENIED}: {error}") from error
        parts = urlsplit(request.url)
        request.meta["download_slot"] = parts.netloc
        self._bind_headers(request, f"{parts.scheme}://{parts.netloc}")
        if request.meta.get("robots"):
            return
        rules = await self._rules_of(f"{parts.scheme}://{parts.netloc}")
        if not rules.allows(request.url, robots.AGENT):
            raise RobotsRefusal(rules.why or f"robots.txt of {parts.netloc} forbids {parts.path or '/'}")
        if rules.crawl_delay and rules.crawl_delay > self._delay:
            _, slot = self._crawler.engine.downloader._get_slot(request)  # type: ignore[union-attr]
            slot.delay = max(slot.delay, rules.crawl_delay)

    @staticmethod
    def _bind_headers(request: ScrapyRequest, origin: str) -> None:
        if request.meta.setdefault(ORIGIN, origin) != origin:
            for name in request.meta.get(OWN_HEADERS, ()):
                request.headers.pop(name, None)

    async def _rules_of(self, origin: str) -> robots.Rules:
        known = self._rules.get(origin)
        if known is not None and self._clock.now() < known.expires:
            return known
        if origin not in self._asking:
            self._asking[origin] = asyncio.ensure_future(self._ask(origin, known))
        try:
            return await asyncio.shield(self._asking[origin])
        finally:
            self._asking.pop(origin, None)

    async def _ask(self, origin: str, known: robots.Rules | None) -> robots.Rules:
        request = ScrapyRequest(
            f"{origin}/robots.txt", meta={"robots": True, "download_maxsize": ROBOTS_MAX}, dont_filter=True
        )
        status, body = None, b""
        try:
            engine = self._crawler.engine
            assert engine is not None
            response: ScrapyResponse = await engine.download_async(request)
            status, body = response.status, response.body
        except Exception:  # every failure to reach it means the same: unreachable
            status = None
        rules = robots.interpret(status, body, self._clock.now(), known)
        self._rules[origin] = rules
        return rules


def denied(error: BaseException | None) -> str | None:
    """The address policy's own words somewhere in an error's chain of causes, or None."""
    while error is not None:
        text = str(error)
        if DENIED in text:
            return text[text.index(DENIED) :]
        error = error.__cause__ or error.__context__
    return None


def settings(policy: AddressPolicy, clock: Clock) -> dict[str, Any]:
    """The objects the guard needs, as Scrapy settings."""
    return {"ADDRESS_POLICY": policy, "CLOCK": clock}

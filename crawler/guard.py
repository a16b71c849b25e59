"""What stands between the service and the network: allowed addresses, robots.txt, one slot per host.

The address is checked on the very connection that is made, so that a name which resolves differently the second
time gains nothing, and every redirect hop is checked like the first request.
"""

import asyncio
import errno
import socket
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohappyeyeballs import AddrInfoType
from scrapy import Request as ScrapyRequest
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from scrapy.http import Headers
from scrapy.http import Response as ScrapyResponse

from core.clock import Clock, SystemClock
from core.errors import AddressDenied
from core.http import retry_after
from core.net import AddressPolicy, check_url
from crawler import robots

DENIED = "not an allowed address"
OWN_HEADERS = "own_headers"  # meta: header names a source configured; they stay with its origin
ORIGIN = "own_origin"
FOLLOWED = (301, 302, 303, 307, 308)
HALT = object()  # signal: drop every download
MAX_HEADER = 64 * 1024  # bytes of one header; aiohttp's 8 kB refuses outlets with long Link or CSP headers
DNS_SECONDS = 60  # a resolved name is kept so long; the address is checked on every connection all the same
MAX_ORIGINS = 5000  # robots.txt files kept in memory
UNREACHABLE = timedelta(seconds=15)  # a host that could not be asked is not asked again for so long


class GuardedHandler(AiohttpDownloadHandler):
    """Scrapy's aiohttp handler, connecting only where the address policy allows, within one time for all hops."""

    experimental = False  # measured and pinned (SCALE, section 1): no warning at every start

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        policy: AddressPolicy = crawler.settings.get("ADDRESS_POLICY") or AddressPolicy()
        guarded = aiohttp.TCPConnector(
            limit=self._pool_size_total,
            limit_per_host=self._pool_size_per_host,
            ttl_dns_cache=DNS_SECONDS,
            socket_factory=lambda info: _checked_socket(policy, info),
        )
        # Nothing is connected yet: the connector that is dropped holds no sockets and needs no closing.
        self._session._connector = guarded
        if self._session.connector is not guarded:  # the attribute's name is private and may change
            raise RuntimeError("this aiohttp does not take the guarded connector: addresses would go unchecked")
        self._session._max_line_size = self._session._max_field_size = MAX_HEADER
        self._halted = False
        self._running: set[asyncio.Task[ScrapyResponse]] = set()
        crawler.signals.connect(self._halt, signal=HALT)

    async def download_request(self, request: ScrapyRequest) -> ScrapyResponse:
        """The timeout is spent over all hops of a redirect: what one uses, the next has no more."""
        if self._halted:
            raise DownloadFailedError("the service is stopping")
        started = time.monotonic()
        work = asyncio.ensure_future(super().download_request(request))
        self._running.add(work)
        try:
            answer = await work
            _check_location(answer)
            return answer
        except asyncio.CancelledError as error:
            if self._halted:
                raise DownloadFailedError("the service is stopping") from error
            work.cancel()
            raise
        finally:
            self._running.discard(work)
            left = float(request.meta.get("download_timeout", 0)) - (time.monotonic() - started)
            request.meta["download_timeout"] = max(0.01, left)  # 0 would mean no limit

    @staticmethod
    def _extract_headers(response: aiohttp.ClientResponse) -> Headers:
        """As bytes: aiohttp's text of a header in Latin-1 holds characters that cannot be encoded again."""
        return Headers([(name, value) for name, value in response.raw_headers])

    def _halt(self) -> None:
        self._halted = True
        for work in self._running:
            work.cancel()


def _check_location(answer: ScrapyResponse) -> None:
    """A redirect's target as it is written: Scrapy folds what stands for something else before we see it again."""
    said = answer.headers.get("Location") if answer.status in FOLLOWED else None
    if said is None:
        return
    try:
        target = urljoin(answer.url, said.decode("utf-8", "replace").strip().replace(" ", "%20"))
        if urlsplit(target).scheme in ("http", "https"):  # any other is not followed
            check_url(target)
    except ValueError as error:
        raise IgnoreRequest(f"a redirect to what is no address: {error}") from error
    except AddressDenied as error:
        raise IgnoreRequest(f"{DENIED}: {error}") from error


def _checked_socket(policy: AddressPolicy, info: AddrInfoType) -> socket.socket:
    family, kind, proto, _, address = info
    try:
        policy.check(str(address[0]), int(address[1]))
    except AddressDenied as error:
        # aiohappyeyeballs only understands OSError; the errno survives its merging of several failures
        raise OSError(errno.EACCES, f"{DENIED}: {error}") from error
    return socket.socket(family=family, type=kind, proto=proto)


class RobotsRefusal(IgnoreRequest):
    """robots.txt says no; carries why in words and, where that may soon change, until when."""

    def __init__(self, why: str, until: datetime | None = None) -> None:
        super().__init__(why)
        self.until = until


class Unreachable(IgnoreRequest):
    """robots.txt could not be asked for: `reason` is what the request for the page would have met."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


class PolitenessMiddleware:
    """One download slot per host and port, robots.txt by RFC 9309, configured headers bound to their origin."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._clock: Clock = crawler.settings.get("CLOCK") or SystemClock()
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._rules: dict[str, robots.Rules] = {}
        self._asking: dict[str, asyncio.Task[robots.Rules]] = {}
        self._unreachable: dict[str, tuple[Exception, datetime]] = {}

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
        origin = f"{parts.scheme}://{parts.netloc.lower()}"
        request.meta["download_slot"] = parts.netloc.lower()
        self._bind_headers(request, origin)
        if request.meta.get("robots"):
            return
        rules = await self._rules_of(origin)
        if not rules.allows(request.url, robots.AGENT):
            why = rules.why or f"robots.txt of {parts.netloc} forbids {parts.path or '/'}"
            raise RobotsRefusal(why, rules.expires if rules.closed else None)
        if rules.crawl_delay and rules.crawl_delay > self._delay:
            _, slot = self._crawler.engine.downloader._get_slot(request)
            slot.delay = max(slot.delay, rules.crawl_delay)

    @staticmethod
    def _bind_headers(request: ScrapyRequest, origin: str) -> None:
        if request.meta.setdefault(ORIGIN, origin) != origin:
            for name in request.meta.get(OWN_HEADERS, ()):
                request.headers.pop(name, None)

    async def _rules_of(self, origin: str) -> robots.Rules:
        """One request however many ask at once. Raises Unreachable where it could not even be asked for."""
        now = self._clock.now()
        known = self._rules.get(origin)
        if known is not None and now < known.expires:
            return known
        reason, until = self._unreachable.get(origin, (None, now))
        if reason is not None and now < until:
            raise Unreachable(reason)
        if origin not in self._asking:
            task = asyncio.ensure_future(self._ask(origin, known))
            self._asking[origin] = task
            task.add_done_callback(lambda done: self._asked(origin, done))
        return await asyncio.shield(self._asking[origin])

    def _asked(self, origin: str, task: asyncio.Task[robots.Rules]) -> None:
        self._asking.pop(origin, None)
        if not task.cancelled():
            task.exception()  # seen, even where everyone who waited for it has gone

    async def _ask(self, origin: str, known: robots.Rules | None) -> robots.Rules:
        request = ScrapyRequest(f"{origin}/robots.txt", meta={"robots": True}, dont_filter=True)
        status: int | None = None
        body, wait, reason = b"", None, None
        try:
            response: ScrapyResponse = await self._crawler.engine.download_async(request)
            status, body, now = response.status, response.body, self._clock.now()
            wait = retry_after((response.headers.get("Retry-After") or b"").decode("latin-1"), now)
        except Exception as error:  # every failure to reach it means the same
            reason = error
            if isinstance(error, IgnoreRequest) and "max redirections" in str(error):
                status = 404  # RFC 9309, 2.3.1.2: five redirects without an end mean there is none
        now = self._clock.now()
        rules = robots.interpret(status, body, now, known, wait)
        if rules.closed and status is None and reason is not None:
            self._unreachable[origin] = (reason, now + UNREACHABLE)
            _forget_oldest(self._unreachable)
            raise Unreachable(reason)
        self._unreachable.pop(origin, None)
        self._rules.pop(origin, None)
        self._rules[origin] = rules
        _forget_oldest(self._rules)
        return rules


def _forget_oldest(kept: dict[str, Any]) -> None:
    while len(kept) > MAX_ORIGINS:
        del kept[next(iter(kept))]


def denied(error: BaseException | None) -> str | None:
    """The address policy's own words somewhere in an error's chain of causes, or None."""
    while error is not None:
        text = str(error)
        if DENIED in text:
            return text[text.index(DENIED) :].split("]")[0].split("'")[0]
        error = error.__cause__ or error.__context__
    return None


def settings(policy: AddressPolicy, clock: Clock) -> dict[str, Any]:
    """The objects the guard needs, as Scrapy settings."""
    return {"ADDRESS_POLICY": policy, "CLOCK": clock}

"""The only door to the web: `Fetcher.get` hands a request to the long-lived spider and awaits the answer."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request as ScrapyRequest
from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response as ScrapyResponse

from core.clock import Clock
from core.errors import AddressDenied, FetchError, RobotsDenied
from core.http import retry_after
from core.model import Response
from core.net import AddressPolicy
from crawler import guard
from crawler import settings as scrapy_settings
from crawler.spiders.service import ServiceSpider

log = logging.getLogger(__name__)
PER_HOST = 2  # requests of one host in Scrapy's hands; the rest wait here, so that no host can fill its 64 places
STOP_GRACE = 5.0  # seconds for downloads in flight when the service stops


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer of any status but a redirect. `moved` is the new address when every hop was permanent."""

    response: Response
    seconds: float
    moved: str | None = None


class Fetcher:
    """Fetches politely and safely: one instance for the whole service."""

    def __init__(self, settings: Mapping[str, Any], policy: AddressPolicy, clock: Clock) -> None:
        self._settings = {**settings, **guard.settings(policy, clock)}
        self._clock = clock
        self._jobs: asyncio.Queue[ScrapyRequest] = asyncio.Queue()
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(PER_HOST))
        self._pending: set[asyncio.Future[ScrapyResponse]] = set()
        self._crawler: Crawler | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Ready to fetch when it returns: a stop before `engine_started` would be lost."""
        runner = AsyncCrawlerRunner(dict(self._settings))
        self._crawler = runner.create_crawler(ServiceSpider)
        started = asyncio.Event()
        self._crawler.signals.connect(lambda: started.set(), signal=signals.spider_opened, weak=False)
        self._task = runner.crawl(self._crawler, jobs=self._jobs)
        ready = asyncio.create_task(started.wait())
        done, _ = await asyncio.wait({self._task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if self._task in done:
            ready.cancel()
            self._task.result()
            raise FetchError("the fetching engine stopped while it started")

    async def stop(self) -> None:
        """Bounded: what is still in flight after the grace is dropped and fails with FetchError."""
        for future in self._pending:
            if not future.done():
                future.set_exception(FetchError("the service is stopping"))
        if self._crawler is None or self._task is None:
            return
        stopping = asyncio.create_task(self._crawler.stop_async())
        await asyncio.wait({self._task, stopping}, timeout=STOP_GRACE)
        for task in (self._task, stopping):
            if not task.done():
                task.cancel()
        await asyncio.gather(self._task, stopping, return_exceptions=True)

    async def get(
        self,
        url: str,
        *,
        source: str = "",
        headers: Mapping[str, str] | None = None,
        own: tuple[str, ...] = (),
    ) -> Fetched:
        """Fetch one address, following redirects. `own` names those headers that must not leave its origin.

        Raises RobotsDenied, AddressDenied or FetchError (with the server's status and Retry-After if it answered
        429 or 503). Any other status is a result.
        """
        started = time.monotonic()
        async with self._hosts[urlsplit(url).netloc]:
            answer = await self._ask(url, source, dict(headers or {}), own)
        response = Response(
            url=answer.url,
            status=answer.status,
            headers={k.decode("latin-1").lower(): b", ".join(v).decode("latin-1") for k, v in answer.headers.items()},
            body=answer.body,
        )
        if response.status in (429, 503):
            raise FetchError(
                f"{urlsplit(url).netloc} answered {response.status}",
                source,
                status=response.status,
                retry_after=retry_after(response.headers.get("retry-after"), self._clock.now()),
            )
        return Fetched(response, time.monotonic() - started, _moved(answer))

    async def _ask(self, url: str, source: str, headers: dict[str, str], own: tuple[str, ...]) -> ScrapyResponse:
        future: asyncio.Future[ScrapyResponse] = asyncio.get_running_loop().create_future()
        try:
            request = ScrapyRequest(
                url, headers=headers, meta={"future": future, guard.OWN_HEADERS: own}, dont_filter=True
            )
        except ValueError as error:
            raise FetchError(f"not an address that can be fetched: {error}", source) from error
        self._pending.add(future)
        self._jobs.put_nowait(request)
        try:
            return await future
        except FetchError:
            raise
        except Exception as error:
            raise _in_our_words(error, url, source) from error
        finally:
            self._pending.discard(future)


def _moved(answer: ScrapyResponse) -> str | None:
    reasons = answer.meta.get("redirect_reasons", [])
    return answer.url if reasons and all(r in (301, 308) for r in reasons) else None


def _in_our_words(error: Exception, url: str, source: str) -> FetchError:
    host = urlsplit(url).netloc
    if (refused := guard.denied(error)) is not None:
        return AddressDenied(f"{host}: {refused}; add the network to allow_networks if it is yours", source)
    if isinstance(error, guard.RobotsRefusal):
        return RobotsDenied(str(error), source)
    if isinstance(error, DownloadTimeoutError):
        return FetchError(f"{host} did not finish answering in time", source)
    if isinstance(error, CannotResolveHostError):
        return FetchError(f"the name {host} cannot be resolved: is this machine online?", source)
    if isinstance(error, DownloadCancelledError):
        return FetchError(f"{host} sent more than {scrapy_settings.DOWNLOAD_MAXSIZE >> 20} MiB", source)
    if isinstance(error, IgnoreRequest):
        return FetchError(f"{host}: {error}", source)
    return FetchError(f"{host}: {error}" if str(error) else f"{host}: {type(error).__name__}", source)

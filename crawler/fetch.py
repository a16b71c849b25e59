"""The only door to the web: `Fetcher.get` hands a request to the long-lived spider and awaits the answer."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from scrapy import Request as ScrapyRequest
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response as ScrapyResponse

from core.clock import Clock
from core.errors import AddressDenied, FetchError, RobotsDenied
from core.http import retry_after
from core.model import Response
from core.net import AddressPolicy, check_url
from crawler import guard
from crawler import settings as scrapy_settings
from crawler.spiders.service import ServiceSpider

log = logging.getLogger(__name__)
PER_HOST = 2  # requests of one host in Scrapy's hands; the rest wait here, so that no host can fill its 64 places
STOP_GRACE = 5.0  # seconds for the engine to close its connections when the service stops
WORDS = 200  # characters of a library's own words
STOPPING = "the service is stopping"


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
        # a host's places vanish with the last request that wants one
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._pending: set[asyncio.Future[ScrapyResponse]] = set()
        self._crawler: Crawler | None = None
        self._task: asyncio.Task[None] | None = None
        self._over = ""  # why nothing can be fetched any more

    async def start(self) -> None:
        """Ready to fetch when it returns: a stop before the engine runs would be lost."""
        runner = AsyncCrawlerRunner(dict(self._settings))
        self._crawler = runner.create_crawler(ServiceSpider)
        self._task = runner.crawl(self._crawler, jobs=self._jobs)
        self._task.add_done_callback(self._ended)
        while not (self._crawler.crawling and _running(self._crawler)):
            if self._task.done():
                self._task.result()
                raise FetchError("the fetching engine stopped while it started")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Bounded: whatever still waits or is in flight fails with FetchError."""
        self._fail(STOPPING)
        if self._crawler is None or self._task is None:
            return
        self._crawler.signals.send_catch_log(guard.HALT)
        stopping = asyncio.create_task(self._crawler.stop_async())
        await asyncio.wait({self._task, stopping}, timeout=STOP_GRACE, return_when=asyncio.ALL_COMPLETED)
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
        request = _request(url, source, dict(headers or {}), own)
        host = urlsplit(request.url).netloc.lower()
        places = self._hosts.get(host)
        if places is None:
            places = self._hosts[host] = asyncio.Semaphore(PER_HOST)
        async with places:
            answer = await self._ask(request, source)
        response = Response(
            url=answer.url,
            status=answer.status,
            headers={k.decode("latin-1").lower(): b", ".join(v).decode("latin-1") for k, v in answer.headers.items()},
            body=answer.body,
        )
        if not 200 <= response.status <= 999 or (response.status == 304 and not _conditional(request)):
            raise FetchError(_senseless(response), source, status=response.status)
        if response.status in (429, 503):
            raise FetchError(
                f"{urlsplit(answer.url).netloc} answered {response.status}",
                source,
                status=response.status,
                retry_after=retry_after(response.headers.get("retry-after"), self._clock.now()),
            )
        return Fetched(response, time.monotonic() - started, _moved(answer))

    async def _ask(self, request: ScrapyRequest, source: str) -> ScrapyResponse:
        if self._over:
            raise FetchError(self._over, source)
        future: asyncio.Future[ScrapyResponse] = asyncio.get_running_loop().create_future()
        request.meta["future"] = future
        self._pending.add(future)
        self._jobs.put_nowait(request)
        try:
            return await future
        except FetchError:
            raise
        except Exception as error:
            raise self._in_our_words(error, request.url, source) from error
        finally:
            self._pending.discard(future)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """The engine is gone: nothing may wait for it for ever."""
        if not task.cancelled() and task.exception() is not None:
            log.error("the fetching engine failed", exc_info=task.exception())
        self._fail(self._over or "the fetching engine has stopped")

    def _fail(self, why: str) -> None:
        self._over = why
        for future in self._pending:
            if not future.done():
                future.set_exception(FetchError(why))

    def _in_our_words(self, error: Exception, url: str, source: str) -> FetchError:
        if isinstance(error, guard.Unreachable):
            return self._in_our_words(error.reason, url, source)
        if isinstance(error, guard.RobotsRefusal) and guard.denied(error) is None:
            wait = None if error.until is None else error.until - self._clock.now()
            return RobotsDenied(str(error), source, retry_after=wait)
        return _in_words(error, urlsplit(url).netloc, source)


def _running(crawler: Crawler) -> bool:
    try:
        return crawler.engine is not None and crawler.engine.running
    except RuntimeError:  # Scrapy's way to say: not yet
        return False


def _request(url: str, source: str, headers: dict[str, str], own: tuple[str, ...]) -> ScrapyRequest:
    """Raises AddressDenied or FetchError for what is no address of the web."""
    try:
        check_url(url.replace(" ", "%20"))  # as it is written: Scrapy folds what stands for something else
        request = ScrapyRequest(url, headers=headers, meta={guard.OWN_HEADERS: own}, dont_filter=True)
        check_url(request.url)
    except AddressDenied as error:
        raise AddressDenied(f"{url[:200]}: {guard.DENIED}: {error}", source) from error
    except (ValueError, TypeError) as error:
        raise FetchError(f"not an address that can be fetched: {error}", source) from error
    return request


def _conditional(request: ScrapyRequest) -> bool:
    return any(name in request.headers for name in ("If-None-Match", "If-Modified-Since"))


def _senseless(answer: Response) -> str:
    why = "nothing it could stand for is known here" if answer.status == 304 else "that ends no exchange"
    return f"{urlsplit(answer.url).netloc} answered {answer.status}, but {why}"


def _moved(answer: ScrapyResponse) -> str | None:
    reasons = answer.meta.get("redirect_reasons", [])
    return answer.url if reasons and all(r in (301, 308) for r in reasons) else None


def _in_words(error: Exception, host: str, source: str) -> FetchError:
    if (refused := guard.denied(error)) is not None:
        remedy = "; add the network to allow_networks if it is yours" if "private" in refused else ""
        return AddressDenied(f"{host}: {refused}{remedy}", source)
    if isinstance(error, DownloadTimeoutError):
        return FetchError(f"{host} did not finish answering in time", source)
    if isinstance(error, CannotResolveHostError):
        return FetchError(f"the name {host} cannot be resolved: is this machine online?", source)
    if isinstance(error, DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in str(error):
        return FetchError(f"{host} sent more than {scrapy_settings.DOWNLOAD_MAXSIZE >> 20} MiB", source)
    if isinstance(error, DownloadConnectionRefusedError):
        fault = "has no valid certificate" if "certificate" in str(error).lower() else "cannot be connected to"
        return FetchError(f"{host} {fault}: {error}", source)
    if isinstance(error, ResponseDataLossError):
        return FetchError(f"{host} ended its answer before it was complete", source)
    if isinstance(error, IgnoreRequest):
        return FetchError(f"{host}: {error}", source)
    if isinstance(error, (OSError, EOFError)):
        return FetchError(f"{host} sent an answer that cannot be decompressed: {error}", source)
    return FetchError(f"{host}: {_first_words(error)}", source)


def _first_words(error: Exception) -> str:
    """One short line: the libraries quote whole headers and bodies, which are a stranger's words."""
    said = str(error).removeprefix("400, message=").strip("\"'").replace("\\n", "\n")
    line = said.strip().split("\n")[0].rstrip(":,'\" ")
    return (line[:WORDS] + "…" if len(line) > WORDS else line) or type(error).__name__

"""The one long-lived spider: it takes requests from a queue for as long as the service runs.

Measured against a crawl per poll: 1.2 ms CPU a fetch instead of 8 to 11 ms, and connections are kept alive.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request as ScrapyRequest
from scrapy import Spider
from scrapy.http import Response as ScrapyResponse
from twisted.python.failure import Failure


class ServiceSpider(Spider):
    """Yields what `jobs` brings; the answer or the failure settles the request's future."""

    name = "service"

    def __init__(self, jobs: "asyncio.Queue[ScrapyRequest] | None" = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.jobs: asyncio.Queue[ScrapyRequest] | None = jobs

    async def start(self) -> AsyncIterator[ScrapyRequest]:
        """Endless with a queue; by hand (`scrapy crawl service`) there is nothing to do."""
        while self.jobs is not None:
            request = await self.jobs.get()
            if not request.meta["future"].done():  # whoever asked may have gone
                yield request.replace(callback=self.settle, errback=self.fail, dont_filter=True)

    def settle(self, response: ScrapyResponse) -> None:
        future: asyncio.Future[ScrapyResponse] = response.meta["future"]
        if not future.done():
            future.set_result(response)

    def fail(self, failure: Failure) -> None:
        future: asyncio.Future[ScrapyResponse] = failure.request.meta["future"]  # type: ignore[attr-defined]
        if not future.done():
            future.set_exception(failure.value or RuntimeError("a failure without a cause"))

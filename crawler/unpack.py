"""Decompression that a server cannot turn against the service: bounded, in a thread, and not over and over.

Scrapy's own undoes as many codings as a header names, each up to the size limit, in the event loop: 8 MiB that are
packed 2,000 times over would hold everything for half a minute.
"""

import asyncio

from scrapy import Request as ScrapyRequest
from scrapy import Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response as ScrapyResponse

MAX_CODINGS = 2  # one is usual, two happen by mistake
AT_ONCE = 2  # answers being unpacked: each may take up to the size limit before it is known to be too large
MOST_OF_NOTHING = 64  # bytes an empty body may take when it is packed


class UnpackMiddleware(HttpCompressionMiddleware):
    """Scrapy's middleware within our bounds. Raises IgnoreRequest in words."""

    _places: asyncio.Semaphore | None = None

    async def process_response(  # type: ignore[override]
        self, request: ScrapyRequest, response: ScrapyResponse, spider: Spider | None = None
    ) -> ScrapyRequest | ScrapyResponse:
        """The answer as it was before it was packed."""
        said = b",".join(response.headers.getlist("Content-Encoding"))
        if not said:
            return response
        if said.count(b",") >= MAX_CODINGS:
            raise IgnoreRequest(f"the answer is packed {said.count(b',') + 1} times over")
        if self._places is None:
            self._places = asyncio.Semaphore(AT_ONCE)
        async with self._places:
            made = await asyncio.to_thread(super().process_response, request, response)
        if isinstance(made, ScrapyResponse) and not made.body and len(response.body) > MOST_OF_NOTHING:
            raise IgnoreRequest("the answer cannot be decompressed: nothing comes of it")
        return made

"""`scrapy crawl source -a name=NAME [-a config=config.yaml] -O out.jsonl`: one configured source, polled by hand.

Yields its entries as items. Same manners as the service: robots.txt, the pause between requests, allowed networks.
"""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from scrapy import Request as ScrapyRequest
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response as ScrapyResponse
from twisted.python.failure import Failure

import core
from core import config as configuration
from core.config import Config, SourceConfig
from core.errors import BorderwireError, ParseError
from core.kinds import load
from core.markup import plain
from core.model import Entry, Request, Response
from core.net import AddressPolicy
from crawler import guard
from crawler import settings as scrapy_settings


class SourceSpider(Spider):
    """Polls the source `name` of the configuration file `config` once."""

    name = "source"

    def __init__(self, name: str = "", config: str = "config.yaml") -> None:
        super().__init__("source")
        self.asked = name
        self.settled: Config | None = None
        self.fault = ""
        try:
            self.settled = configuration.load(Path(config), os.environ)
        except BorderwireError as error:
            self.fault = str(error)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """The configuration decides who we say we are, how long we wait and which networks are allowed."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if (config := spider.settled) is not None:
            made = scrapy_settings.service(
                config.contact, config.fetch.delay.total_seconds(), config.fetch.timeout.total_seconds(), core.VERSION
            )
            made = {key: made[key] for key in ("USER_AGENT", "DOWNLOAD_DELAY", "DOWNLOAD_TIMEOUT")}
            made |= {"ADDRESS_POLICY": AddressPolicy(config.allow_networks)}
            for key, value in made.items():
                crawler.settings.set(key, value, priority="spider")
        return spider

    async def start(self) -> AsyncIterator[ScrapyRequest]:
        """The first request; says plainly when the configuration or the source does not exist."""
        if self.settled is None:
            raise CloseSpider(self._failed(self.fault))
        config = next((s for s in self.settled.sources if s.name == self.asked), None)
        if config is None:
            known = ", ".join(s.name for s in self.settled.sources) or "none"
            raise CloseSpider(self._failed(f"no source is named {self.asked!r}; -a name= takes one of: {known}"))
        self.config, self.left = config, kind_of(config).documents
        for request in kind_of(config).requests(datetime.now(UTC)):
            yield self._request(request)

    def _request(self, request: Request) -> ScrapyRequest:
        self.left -= 1
        own = dict(self.config.headers)
        meta = {guard.OWN_HEADERS: tuple(own)}
        headers = {**own, **request.headers}
        return ScrapyRequest(request.url, self.read, headers=headers, meta=meta, errback=self.broken, dont_filter=True)

    def read(self, response: ScrapyResponse) -> Iterator[dict[str, Any] | ScrapyRequest]:
        """Entries as items, then the source's next documents as far as one poll reads them."""
        if response.status != 200:
            self._failed(f"{response.url} answered {response.status}")
            return
        headers = {k.decode("latin-1").lower(): v[-1].decode("latin-1") for k, v in response.headers.items()}
        try:
            parsed = kind_of(self.config).parse(Response(response.url, response.status, headers, response.body))
        except ParseError as error:
            self._failed(str(error))
            return
        if parsed.problem:
            self.logger.warning("%s: %s", self.config.name, parsed.problem)
        yield from (item(entry) for entry in parsed.entries)
        for request in parsed.next[: self.left]:
            yield self._request(request)

    def broken(self, failure: Failure) -> None:
        """What kept the answer away, in one line instead of a traceback."""
        self._failed(str(failure.value) or type(failure.value).__name__)

    def _failed(self, why: str) -> str:
        self.logger.error("%s", why)
        return "failed"


def kind_of(config: SourceConfig) -> Any:
    """The source of a configuration."""
    module = load("crawler.sources", config.kind)
    return module.build(config.name, config.url, module.Options.model_validate(config.options))


def item(entry: Entry) -> dict[str, Any]:
    """An entry as an item: plain text, times as ISO 8601, tuples as lists."""
    fields = asdict(plain(entry))
    del fields["markup"]
    said = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in fields.items()}
    return said | {"authors": list(entry.authors)}

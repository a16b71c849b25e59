"""Real web servers on loopback, and fetchers that may reach them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from core.clock import Clock
from core.net import AddressPolicy
from crawler import settings as scrapy_settings
from crawler.fetch import Fetcher
from tests.crawler.web import LOOPBACK, Site, serve

MakeFetcher = Callable[..., Awaitable[Fetcher]]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A server that says what a test tells it to."""
    async for made in serve():
        yield made


@pytest.fixture
async def other() -> AsyncIterator[Site]:
    """A second origin."""
    async for made in serve():
        yield made


@pytest.fixture
async def make_fetcher(clock: Clock) -> AsyncIterator[MakeFetcher]:
    """Starts fetchers that may reach loopback, or whatever `policy` says, and stops them after the test."""
    made: list[Fetcher] = []

    async def start(policy: AddressPolicy = LOOPBACK, delay: float = 0, timeout: float = 5, **more: Any) -> Fetcher:
        settings = {**scrapy_settings.service("test@example.org", delay, timeout, "0"), **more}
        fetcher = Fetcher(settings, policy, clock)
        await fetcher.start()
        made.append(fetcher)
        return fetcher

    yield start
    for fetcher in made:
        await fetcher.stop()

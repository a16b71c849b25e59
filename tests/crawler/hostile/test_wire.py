"""The corpus of what a server can do with HTTP: each case ends as it says, and the next fetch works."""

import pytest

from core.errors import BorderwireError
from tests.crawler.conftest import MakeFetcher
from tests.crawler.hostile import hops, volume, wire
from tests.crawler.hostile.case import Case, settled
from tests.crawler.web import Site, answer


@pytest.mark.parametrize("case", [*wire.CASES, *volume.CASES, *hops.CASES], ids=lambda case: case.name)
async def test_http_as_servers_break_it(case: Case, site: Site, other: Site, make_fetcher: MakeFetcher) -> None:
    site.routes |= case.routes(site.base)
    other.routes["/good"] = answer("good")
    fetcher = await make_fetcher(timeout=case.timeout)
    found: tuple[int, bytes] | BorderwireError
    try:
        got = (await fetcher.get(f"{site.base}/a", source="wire", headers=case.headers)).response
        found = got.status, got.body
    except BorderwireError as error:
        found = error
    settled(case, found)
    if case.asked is not None:
        assert site.paths().count("/a") == case.asked
    assert all("cookie" not in hit.headers for hit in site.hits)
    assert (await fetcher.get(f"{other.base}/good")).response.body == b"good"

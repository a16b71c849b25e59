"""The newsroom served: validators, refusals and changes at their time, over real HTTP and with an injected clock."""

import asyncio
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from demo import outlets
from demo.newsroom import Answer, Room, Site, serve_control, serve_site
from demo.world import Kind, World, build
from tests.conftest import FakeClock

DURATION = 20.0
NOTHING: dict[str, str] = {}


@cache
def world() -> World:
    return build(7, 1, DURATION)


@pytest.fixture
def hands() -> FakeClock:
    return FakeClock(datetime(2026, 3, 4, 15, 30, tzinfo=UTC))


@pytest.fixture
def room(hands: FakeClock) -> Room:
    made = Room(world(), hands.now)
    made.addresses = {o.name: f"http://127.0.0.1:{20_000 + i}" for i, o in enumerate(world().outlets)}
    return made


def site_with(room: Room, **traits: str) -> Site:
    return next(s for s in room.sites.values() if all(getattr(s.house, k) == v for k, v in traits.items()))


def feed(site: Site, headers: dict[str, str] | None = None) -> Answer:
    return site.answer(outlets.PATHS[site.house.shape], headers or NOTHING)


def path(site: Site, event: str) -> str:
    return next(a.path for a in site.shelf.articles if a.event == event)


def test_before_the_start_only_the_back_catalogue_is_there(room: Room, hands: FakeClock) -> None:
    site = site_with(room, name="meridian-wire")
    hands.move(seconds=500)
    assert feed(site).body.count(b"<item>") == sum(a.after is None for a in site.shelf.articles)
    assert site.answer(path(site, "convoy"), NOTHING).status == 404
    room.start()
    assert site.answer(path(site, "convoy"), NOTHING).status == 404
    hands.move(seconds=2)
    assert site.answer(path(site, "convoy"), NOTHING).status == 200
    assert b"convoy" in feed(site).body


def test_a_second_start_changes_nothing(room: Room, hands: FakeClock) -> None:
    assert room.state() == {"started": False, "elapsed": 0.0, "done": False}
    room.start()
    hands.move(seconds=5)
    room.start()
    assert room.state() == {"started": True, "elapsed": 5.0, "done": False}
    hands.move(seconds=DURATION)
    assert room.state()["done"]


def test_an_unchanged_feed_answers_304_and_a_changed_one_200(room: Room, hands: FakeClock) -> None:
    site = site_with(room, validators="both", trait="")
    room.start()
    hands.move(seconds=1.95)
    first = feed(site)
    again = feed(site, {"if-none-match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    hands.move(seconds=DURATION)
    assert feed(site, {"if-none-match": first.headers["ETag"]}).status == 200


def test_a_date_alone_never_hides_a_change(room: Room, hands: FakeClock) -> None:
    """Whatever the moment of two polls, a 304 to the first one's date means that nothing was added."""
    site = site_with(room, validators="date", language="es")
    room.start()
    known, date = b"", None
    refused = 0
    for _ in range(90):
        hands.move(seconds=0.31)
        now = feed(site, {"if-modified-since": date} if date else {})
        if now.status == 304:
            refused += 1
            assert known == feed(site).body
            continue
        known, date = now.body, now.headers.get("Last-Modified")
    assert refused > 20


def test_a_validator_not_given_is_not_honoured(room: Room, hands: FakeClock) -> None:
    hands.move(seconds=10)
    for site in room.sites.values():
        if site.house.validators == "none":
            answer = feed(site, {"if-none-match": "*", "if-modified-since": "Wed, 04 Mar 2036 00:00:00 GMT"})
            assert answer.status == 200
            assert not {"ETag", "Last-Modified"} & set(answer.headers)


def test_the_flaky_outlet_is_down_in_the_middle_and_tells_later_what_it_printed(room: Room, hands: FakeClock) -> None:
    site = site_with(room, trait="flaky")
    begin, end = world().quiet
    assert feed(site).status == 200
    room.start()
    hands.move(seconds=begin - 0.1)
    assert feed(site).status == 200
    hands.move(seconds=0.2)
    down = feed(site)
    assert (down.status, down.headers["Retry-After"]) == (503, "2")
    assert site.answer("/robots.txt", NOTHING).status == 200
    hands.move(seconds=end - begin)
    assert b"Nogales Wash" in feed(site).body


def test_the_reissuing_outlet_changes_its_guids_and_no_address(room: Room, hands: FakeClock) -> None:
    site = site_with(room, trait="reissue")
    room.start()
    hands.move(seconds=world().reissue_after - 0.01)
    before = feed(site)
    hands.move(seconds=0.02)
    after = feed(site, {"if-none-match": before.headers.get("ETag", "")})
    assert after.status == 200
    assert b"<guid" in before.body
    assert (
        before.body.replace(b">semanario-frontera-", b">semanario-frontera-v2-").split(b"<item>")[1:]
        == (after.body.split(b"<item>")[1:])
    )


def test_an_edit_appears_at_its_time_in_feed_and_page(room: Room, hands: FakeClock) -> None:
    (article,) = (a for a in world().articles if a.kind is Kind.EDIT)
    site = room.sites[article.outlet]
    assert article.edited_after is not None
    room.start()
    hands.move(seconds=article.edited_after - 0.01)
    before, old_page = feed(site), site.answer(article.path, NOTHING)
    assert b"National Guard" not in old_page.body
    hands.move(seconds=1.1)
    after, new_page = feed(site, {"if-none-match": before.headers.get("ETag", "")}), site.answer(article.path, NOTHING)
    assert b"National Guard" in new_page.body
    assert after.status == 200
    assert after.body != before.body
    assert site.answer(article.path, {"if-none-match": old_page.headers["ETag"]}).status == 200


def test_the_slow_outlet_is_slow_once_news_breaks_and_never_for_robots(room: Room, hands: FakeClock) -> None:
    site = site_with(room, trait="slow")
    assert feed(site).delay < 0.5
    room.start()
    hands.move(seconds=3)
    assert 1.5 <= feed(site).delay <= 2.5
    assert 1.5 <= site.answer(path(site, "convoy"), NOTHING).delay <= 2.5
    assert site.answer("/robots.txt", NOTHING).delay == 0
    assert all(feed(s).delay == 0 for s in room.sites.values() if s is not site)


def test_pages_behind_the_wall_are_refused(room: Room, hands: FakeClock) -> None:
    site = site_with(room, trait="wall")
    assert {site.answer(a.path, NOTHING).status for a in site.shelf.articles if a.after is None} == {403}


def test_unknown_places_are_not_found_and_queries_do_not_matter(room: Room, hands: FakeClock) -> None:
    room.start()
    hands.move(seconds=DURATION)
    for site in room.sites.values():
        article = site.shelf.articles[-1]
        mark = "&" if "?" in article.path else "?"
        assert site.answer("/nothing/here", NOTHING).status == 404
        assert site.answer("/", NOTHING).status == 200
        status = site.answer(f"{article.path}{mark}utm_source=rss", NOTHING).status
        assert status == (403 if site.house.trait == "wall" else 200)


@pytest.fixture
async def served(room: Room) -> AsyncIterator[tuple[Room, io.StringIO, str]]:
    log = io.StringIO()
    runners = [await serve_site(site, log) for site in room.sites.values()]
    control = await serve_control(room)
    runners.append(control)
    host, port = control.addresses[0][:2]
    yield room, log, f"http://{host}:{port}"
    await asyncio.gather(*(r.cleanup() for r in runners))


async def test_every_outlet_answers_on_a_port_of_its_own(served: tuple[Room, io.StringIO, str]) -> None:
    room, log, _ = served
    ports = {urlsplit(a).port for a in room.addresses.values()}
    assert len(ports) == len(room.sites)
    async with httpx.AsyncClient(headers={"user-agent": "Test/1"}) as http:
        for definition in room.sources():
            answer = await http.get(definition["url"])
            assert answer.status_code == 200
            allowed = await http.get(f"{room.addresses[definition['name']]}/robots.txt")
            assert allowed.status_code == (404 if definition["name"] == "desert-signal" else 200)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert len(lines) == 2 * len(room.sites)
    assert lines[0].keys() == {"at", "outlet", "method", "path", "status", "user_agent"}
    assert {line["user_agent"] for line in lines} == {"Test/1"}


async def test_pages_are_compressed_only_for_who_asks(served: tuple[Room, io.StringIO, str]) -> None:
    room, _, _ = served
    site = next(s for s in room.sites.values() if s.house.gzip)
    url = site.base + site.shelf.articles[0].path
    async with httpx.AsyncClient() as http:
        packed = await http.get(url, headers={"accept-encoding": "gzip, deflate"})
        plain = await http.get(url, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text


async def test_the_control_address_starts_the_news(served: tuple[Room, io.StringIO, str], hands: FakeClock) -> None:
    _, _, control = served
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"{control}/__state")).json()["started"] is False
        assert (await http.get(f"{control}/__start")).status_code == 404
        assert (await http.post(f"{control}/__start")).json()["started"] is True
        hands.move(seconds=4)
        assert (await http.get(f"{control}/__state")).json() == {"started": True, "elapsed": 4.0, "done": False}


async def test_an_outlet_takes_no_orders(served: tuple[Room, io.StringIO, str]) -> None:
    room, _, _ = served
    base = room.addresses["meridian-wire"]
    async with httpx.AsyncClient() as http:
        assert (await http.post(f"{base}/feed.xml")).status_code == 405
        head = await http.head(f"{base}/feed.xml")
    assert (head.status_code, head.content) == (200, b"")


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    names = [f"--{name}={tmp_path / name}" for name in ("log", "ready", "truth")]
    child = subprocess.Popen([sys.executable, "-m", "demo.newsroom", "--duration=4", *names])
    deadline = time.monotonic() + 30
    while not (tmp_path / "ready").exists():
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield child
    child.kill()
    child.wait()


def test_the_process_writes_its_files_and_ends_at_sigterm(process: subprocess.Popen[bytes], tmp_path: Path) -> None:
    ready = json.loads((tmp_path / "ready").read_text())
    told = json.loads((tmp_path / "truth").read_text())
    assert len(ready["sources"]) == len(world().outlets)
    # an article of the back catalogue is served where the truth says
    old = next(a for a in told["articles"] if a["published_after"] is None and a["outlet"] == "meridian-wire")
    assert httpx.get(old["url"]).status_code == 200
    assert httpx.post(f"{ready['control']}/__start").json()["started"] is True
    assert "meridian-wire" in (tmp_path / "log").read_text()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0


def test_dates_are_fresh_for_news_and_old_for_the_back_catalogue(room: Room, hands: FakeClock) -> None:
    hands.move(seconds=60)
    room.start()
    assert room.times.started == hands.now()
    for article in world().articles:
        published = room.times.published(article)
        if article.after is None:
            assert timedelta(days=1) < hands.now() - published < timedelta(days=21)
        else:
            assert abs(published - hands.now() - timedelta(seconds=article.after)) < timedelta(seconds=1)

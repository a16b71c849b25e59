"""Polls and looks against a real server: cursor and entries together, refusals without loss, news after priming."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from core.model import Entry, EntryClass, Extraction, SourceState
from crawler.poll import poll
from crawler.tasks import LATER, crawl_host
from crawler.workers import Workers
from store import Backend, Tx, sources
from store.sources import Definition
from tests.conftest import FakeClock
from tests.crawler import evil
from tests.crawler.conftest import MakeFetcher
from tests.crawler.crawling import Crawling, build, page, rss
from tests.crawler.web import Site, answer

TEXT = "\n".join(
    f"Officials of district {n} said on Wednesday that the convoy had reached the river and would stay for a month."
    for n in range(6)
)


@pytest.fixture
async def crawling(
    tmp_path: Path, store: Backend, clock: FakeClock, make_fetcher: MakeFetcher, site: Site
) -> AsyncIterator[Crawling]:
    workers = Workers(1)
    fetcher = await make_fetcher()
    made, sync = build(tmp_path, store, clock, fetcher, workers, {"url": f"{site.base}/feed", "every": "10m"})
    await made.crawl.writer.run(sync)
    yield made
    await workers.stop()
    await made.crawl.writer.stop()


def feed(site: Site, *items: tuple[str, str, str], etag: str = '"1"') -> None:
    site.routes["/feed"] = answer(rss(*items, base=site.base), headers={"ETag": etag, "Content-Type": "text/xml"})


async def poll_once(crawling: Crawling) -> int:
    (source,) = await crawling.claim()
    return await poll(crawling.crawl, source)


async def look_all(crawling: Crawling) -> None:
    await crawl_host(crawling.crawl, [], await crawling.todos())


async def test_a_first_poll_is_backfill_and_the_next_finds_news(crawling: Crawling, site: Site) -> None:
    feed(site, ("/a", "Old", "x"))
    assert await poll_once(crawling) == 1
    feed(site, ("/b", "New", "y"), ("/a", "Old", "x"), etag='"2"')
    assert await crawling.claim() == []
    crawling.clock.move(minutes=11)
    assert await poll_once(crawling) == 1
    rows = await crawling.query("SELECT title, class FROM entries ORDER BY id")
    assert [(r["title"], r["class"]) for r in rows] == [("Old", "backfill"), ("New", "live")]


def numbered(*numbers: int) -> list[tuple[str, str, str]]:
    return [(f"/{n}", f"Headline number {n}", "x") for n in numbers]


async def classes(crawling: Crawling) -> dict[str, int]:
    rows = await crawling.query("SELECT class, COUNT(*) AS n FROM entries GROUP BY class")
    return {r["class"]: r["n"] for r in rows}


async def test_a_burst_is_measured_by_what_the_source_usually_brings(crawling: Crawling, site: Site) -> None:
    feed(site, *numbered(*range(500)))  # a first poll is nothing usual
    await poll_once(crawling)
    feed(site, *numbered(*range(500, 530)), etag='"2"')
    crawling.clock.move(minutes=11)
    await poll_once(crawling)
    assert await classes(crawling) == {"backfill": 500, "burst": 30}
    for day in range(1, 12):
        feed(site, *numbered(*range(1000 * day, 1000 * day + 15)), etag=f'"n{day}"')
        crawling.clock.move(minutes=11)
        await poll_once(crawling)
    feed(site, *numbered(*range(90_000, 90_040)), etag='"3"')
    crawling.clock.move(minutes=11)
    await poll_once(crawling)
    assert await classes(crawling) == {"backfill": 500, "burst": 30, "live": 11 * 15 + 40}


async def test_a_reissue_is_one_trouble_however_many_polls_it_takes(crawling: Crawling, site: Site) -> None:
    async def show(prefix: str, etag: str) -> list[dict[str, object]]:
        items = [(f"{prefix}{path}", title, text) for path, title, text in numbered(*range(20))]
        feed(site, *items, etag=etag)
        await poll_once(crawling)
        crawling.clock.move(minutes=11)
        return await crawling.query("SELECT subject, ended_at IS NULL AS open FROM troubles WHERE kind = 'reissue'")

    assert await show("", '"1"') == []
    assert await show("/b", '"2"') == [{"subject": "wire", "open": 1}]
    assert await show("/c", '"3"') == [{"subject": "wire", "open": 1}]
    feed(site, ("/new", "News", "x"), *((f"/c{p}", t, x) for p, t, x in numbered(*range(20))), etag='"4"')
    await poll_once(crawling)
    rows = await crawling.query("SELECT ended_at IS NULL AS open FROM troubles WHERE kind = 'reissue'")
    assert rows == [{"open": 0}]
    assert (await classes(crawling))["live"] == 1


async def test_ids_once_found_bad_are_never_trusted_again_and_it_is_said_once(
    crawling: Crawling, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "borderwire")
    shared = [
        f"<item><title>Headline {n}</title><link>{site.base}/{n}</link><guid>same</guid></item>" for n in range(9)
    ]
    good = [item.replace("same", f"good{n}") for n, item in enumerate(shared)]
    for items in (shared, good, shared):
        body = f'<rss version="2.0"><channel><title>W</title>{"".join(items)}</channel></rss>'
        site.routes["/feed"] = answer(body, headers={"Content-Type": "text/xml"})
        await poll_once(crawling)
        crawling.clock.move(minutes=11)
        assert await crawling.query("SELECT id_policy FROM sources") == [{"id_policy": "url"}]
    assert await classes(crawling) == {"backfill": 9}
    assert caplog.text.count("entries are known by their addresses now") == 1


async def test_a_date_in_the_future_is_left_out_and_said(crawling: Crawling, site: Site) -> None:
    feed(site, ("/a", "Old", "x"))
    await poll_once(crawling)
    body = rss(("/b", "New", "y"), base=site.base)
    dated = body.replace(b"<guid>", b"<pubDate>Wed, 01 Feb 2040 12:00:00 GMT</pubDate><guid>")
    site.routes["/feed"] = answer(dated, headers={"Content-Type": "text/xml"})
    crawling.clock.move(minutes=11)
    await poll_once(crawling)
    (row,) = await crawling.query("SELECT class, published FROM entries WHERE title = 'New'")
    assert row == {"class": "live", "published": None}
    (source,) = await crawling.query("SELECT note FROM sources")
    assert source["note"] == "1 of its entries dated in the future (2040-02-01 12:00)"


async def test_what_is_read_while_the_source_is_changed_counts_for_nothing(crawling: Crawling, site: Site) -> None:
    feed(site, ("/a", "Old", "x"))
    await poll_once(crawling)
    feed(site, ("/b", "Of the old address", "y"), ("/a", "Old", "x"), etag='"2"')
    crawling.clock.move(minutes=11)
    (claimed,) = await crawling.claim()

    def change(tx: Tx) -> None:
        moved = Definition("wire", "feed", f"{site.base}/elsewhere", "other", None, ())
        sources.sync(tx, [moved], crawling.clock.now())

    await crawling.crawl.writer.run(change)
    assert await poll(crawling.crawl, claimed) == 0
    assert await classes(crawling) == {"backfill": 1}
    (source,) = await crawling.claim()
    assert (source.state, source.etag) == (SourceState.PRIMING, None)


async def test_no_more_than_five_thousand_entries_of_a_poll_are_kept_and_the_rest_is_counted(
    crawling: Crawling, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.poll.MAX_ENTRIES", 5)
    feed(site, *numbered(*range(8)))
    assert await poll_once(crawling) == 5
    assert await crawling.query("SELECT entries, skipped, new FROM polls") == [{"entries": 5, "skipped": 3, "new": 5}]
    assert (await crawling.query("SELECT note FROM sources"))[0]["note"] == "3 entries beyond the first 5"


async def test_validators_are_sent_and_a_304_brings_nothing(crawling: Crawling, site: Site) -> None:
    feed(site, ("/a", "Old", "x"))
    await poll_once(crawling)
    site.routes["/feed"] = answer(status=304)
    crawling.clock.move(minutes=11)
    assert await poll_once(crawling) == 0
    assert site.hits[-1].headers["if-none-match"] == '"1"'
    source = await crawling.crawl.writer.run(lambda tx: sources.get(tx, "wire"))
    assert (source.state, source.etag, source.fails) == (SourceState.LIVE, '"1"', 0)


async def test_once_a_day_validators_are_left_out(crawling: Crawling, site: Site) -> None:
    feed(site, ("/a", "Old", "x"))
    await poll_once(crawling)
    crawling.clock.move(hours=25)
    await poll_once(crawling)
    assert "if-none-match" not in site.hits[-1].headers


async def test_html_instead_of_a_feed_is_a_failure_that_keeps_the_cursor(crawling: Crawling, site: Site) -> None:
    feed(site, ("/a", "Old", "x"))
    await poll_once(crawling)
    site.routes["/feed"] = answer("<!doctype html><html><body>Log in</body></html>", headers={"ETag": '"9"'})
    crawling.clock.move(minutes=11)
    await poll_once(crawling)
    source = await crawling.crawl.writer.run(lambda tx: sources.get(tx, "wire"))
    assert (source.state, source.etag) == (SourceState.FAILING, '"1"')
    assert "instead of a feed" in (source.last_error or "")


async def test_retry_after_is_obeyed_and_the_source_never_given_up(crawling: Crawling, site: Site) -> None:
    feed(site, ("/a", "Old", "x"))
    await poll_once(crawling)
    site.routes["/feed"] = answer("later", 503, {"Retry-After": "7200"})
    crawling.clock.move(minutes=11)
    await poll_once(crawling)
    crawling.clock.move(minutes=119)
    assert await crawling.claim() == []
    crawling.clock.move(minutes=2)
    assert len(await crawling.claim()) == 1


async def test_a_page_becomes_an_article_and_reaches_the_evaluator(crawling: Crawling, site: Site) -> None:
    feed(site, ("/a", "Convoy", "x"))
    site.routes["/a"] = answer(page("Convoy reaches the river", TEXT))
    await poll_once(crawling)
    await look_all(crawling)
    (stored,) = crawling.seen
    assert (stored.document.title, stored.extraction) == ("Convoy reaches the river", Extraction.PAGE)
    assert "district 3" in stored.document.text
    assert stored.entry_class is EntryClass.BACKFILL


@pytest.mark.parametrize(
    ("status", "words"), [(403, "refuses visitors"), (404, "does not exist"), (451, "legal reasons")]
)
async def test_a_page_that_refuses_does_not_lose_the_story(
    crawling: Crawling, site: Site, status: int, words: str
) -> None:
    feed(site, ("/a", "Tariff on steel", "The summary tells of a tariff."))
    site.routes["/a"] = answer("no", status)
    await poll_once(crawling)
    await look_all(crawling)
    (stored,) = crawling.seen
    assert stored.extraction is Extraction.SUMMARY
    assert stored.document.text == "The summary tells of a tariff."
    assert words in stored.note


async def test_robots_txt_forbids_a_page_and_the_summary_stands_in(crawling: Crawling, site: Site) -> None:
    feed(site, ("/private/a", "Tariff", "The summary."))
    site.routes["/robots.txt"] = answer("User-agent: *\nDisallow: /private/", headers={"Content-Type": "text/plain"})
    site.routes["/private/a"] = answer(page("Secret", TEXT))
    await poll_once(crawling)
    await look_all(crawling)
    (stored,) = crawling.seen
    assert "robots.txt" in stored.note
    assert "/private/a" not in site.paths()


async def test_a_page_down_for_a_while_is_told_from_the_summary_and_read_when_it_is_back(
    crawling: Crawling, site: Site
) -> None:
    feed(site, ("/a", "Convoy", "The summary."))
    site.routes["/a"] = answer("down", 500)
    await poll_once(crawling)
    for _ in range(3):
        await look_all(crawling)
        crawling.clock.move(minutes=2)
    (stored,) = crawling.seen
    assert stored.note.endswith("the page answered 500")
    site.routes["/a"] = answer(page("Convoy reaches the river", TEXT))
    crawling.clock.move(seconds=LATER[0].total_seconds())
    await look_all(crawling)
    again = crawling.seen[-1]
    assert (again.article_id, again.revision, again.extraction) == (stored.article_id, 2, Extraction.PAGE)
    assert again.entry_class is stored.entry_class
    assert await crawling.todos() == []


async def test_a_page_that_stays_down_is_let_go_after_the_last_look(crawling: Crawling, site: Site) -> None:
    feed(site, ("/a", "Convoy", "The summary."))
    site.routes["/a"] = answer("down", 500)
    await poll_once(crawling)
    for _ in range(20):
        await look_all(crawling)
        crawling.clock.move(days=2)
    assert await crawling.query("SELECT state, looks FROM entries") == [{"state": "done", "looks": len(LATER) + 1}]
    assert len(crawling.seen) == 1


async def test_a_changed_entry_brings_a_revision(crawling: Crawling, site: Site) -> None:
    feed(site, ("/a", "Convoy", "x"))
    site.routes["/a"] = answer(page("Convoy reaches the river", TEXT))
    await poll_once(crawling)
    await look_all(crawling)
    feed(site, ("/a", "Convoy", "x, updated"), etag='"2"')
    site.routes["/a"] = answer(page("Convoy reaches the river", TEXT + "\nThe National Guard confirmed it at noon."))
    crawling.clock.move(minutes=11)
    await poll_once(crawling)
    await look_all(crawling)
    assert [s.revision for s in crawling.seen] == [1, 2]
    assert crawling.seen[1].entry_class is EntryClass.UPDATE
    assert "National Guard" in crawling.seen[1].document.text
    assert "National Guard" not in (crawling.seen[1].previous_text or "")


async def test_a_teaser_does_not_replace_a_page_that_refuses_now(crawling: Crawling, site: Site) -> None:
    def teaser(words: str) -> None:
        item = f"<item><title>Convoy</title><link>{site.base}/a</link><guid>a</guid><content:encoded>{words}"
        head = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>W</title>'
        body = f"{head}{item}</content:encoded></item></channel></rss>"
        site.routes["/feed"] = answer(body, headers={"Content-Type": "text/xml"})

    teaser("A convoy.")
    site.routes["/a"] = answer(page("Convoy reaches the river", TEXT))
    await poll_once(crawling)
    await look_all(crawling)
    teaser("A long convoy.")
    site.routes["/a"] = answer("no", 403)
    crawling.clock.move(minutes=11)
    await poll_once(crawling)
    await look_all(crawling)
    assert [s.extraction for s in crawling.seen] == [Extraction.PAGE]
    assert await crawling.query("SELECT revision, extraction, text FROM articles") == [
        {"revision": 1, "extraction": "page", "text": TEXT}
    ]
    rows = await crawling.query("SELECT state, reason FROM entries")
    assert rows == [{"state": "done", "reason": "the page refuses visitors like us (403)"}]


async def test_items_that_cannot_be_read_are_counted(crawling: Crawling, site: Site) -> None:
    feed(site, ("/a", "Good", "x"))
    broken = b"<item><title>No link</title></item></channel>"
    body = rss(("/a", "Good", "x"), base=site.base).replace(b"</channel>", broken)
    site.routes["/feed"] = answer(body, headers={"Content-Type": "text/xml"})
    await poll_once(crawling)
    assert await crawling.query("SELECT entries, skipped FROM polls") == [{"entries": 1, "skipped": 1}]
    assert "without an address" in (await crawling.query("SELECT note FROM sources"))[0]["note"]


async def test_one_bad_page_does_not_stop_the_others(crawling: Crawling, site: Site) -> None:
    feed(site, ("/bad", "Bad", "b"), ("/good", "Good", "g"))
    site.routes["/bad"] = answer(b"\x00\xff" * 2000)
    site.routes["/good"] = answer(page("Good news", TEXT))
    await poll_once(crawling)
    await look_all(crawling)
    assert sorted(s.extraction for s in crawling.seen) == [Extraction.PAGE, Extraction.SUMMARY]


def test_looks_again_are_spread_over_more_than_a_day() -> None:
    assert timedelta(days=1) <= sum(LATER, timedelta()) <= timedelta(days=2)


async def test_the_same_bytes_again_are_not_read_again(crawling: Crawling, site: Site) -> None:
    feed(site, ("/a", "Old", "x"), etag='"1"')
    await poll_once(crawling)
    feed(site, ("/a", "Old", "x"), etag='"2"')  # a server that changes the validator and not the document
    crawling.clock.move(minutes=11)
    assert await poll_once(crawling) == 0
    source = await crawling.crawl.writer.run(lambda tx: sources.get(tx, "wire"))
    assert (source.etag, source.state, source.title) == ('"2"', SourceState.LIVE, "The Wire")
    assert await crawling.query("SELECT unchanged FROM sources") == [{"unchanged": 1}]


async def test_a_robots_txt_that_cannot_be_read_now_is_waited_for(crawling: Crawling, site: Site) -> None:
    feed(site, ("/a", "Convoy", "The summary."))
    await poll_once(crawling)
    crawling.clock.move(days=2)
    site.routes["/robots.txt"] = answer("down", 503)
    site.routes["/a"] = answer(page("Convoy reaches the river", TEXT))
    await look_all(crawling)
    assert crawling.seen == []
    site.routes["/robots.txt"] = answer("none", 404)
    crawling.clock.move(minutes=15)
    await look_all(crawling)
    assert [s.extraction for s in crawling.seen] == [Extraction.PAGE]


def html(word: str, nonce: int = 1) -> str:
    return f"&lt;p&gt;Lanes &lt;b&gt;{word}&lt;/b&gt;&lt;img src='?{nonce}'&gt;&lt;/p&gt;"


async def test_html_is_made_text_of_what_is_new_or_says_something_else_but_not_for_another_picture(
    crawling: Crawling, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    made = crawling.crawl.workers.plain

    async def plain(entries: Sequence[Entry]) -> list[Entry]:
        asked.append([e.title for e in entries])
        return await made(entries)

    monkeypatch.setattr(crawling.crawl.workers, "plain", plain)
    feed(site, ("/a", "Old", html("closed")), ("/b", "Older", html("open")))
    await poll_once(crawling)
    await look_all(crawling)
    feed(site, ("/c", "New", html("shut")), ("/a", "Old", html("empty")), ("/b", "Older", html("open", 2)), etag='"2"')
    crawling.clock.move(minutes=11)
    assert await poll_once(crawling) == 1
    assert asked == [["Old", "Older"], ["New", "Old"]]
    rows = await crawling.query("SELECT title, summary FROM entries ORDER BY id")
    assert [r["summary"] for r in rows] == ["Lanes empty", "Lanes open", "Lanes shut"]


async def test_a_feed_whose_markup_kills_the_workers_is_stored_without_its_tags(
    crawling: Crawling, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.workers._plain", evil.kill_with)
    feed(site, ("/a", "Old", html("closed")))
    assert await poll_once(crawling) == 1
    assert await crawling.query("SELECT summary FROM entries") == [{"summary": "Lanes closed"}]

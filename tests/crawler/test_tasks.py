"""What a look at a page that was read before finds: an edit, a wall, an outage, a lost page, a notice."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.model import EntryClass, Standing
from crawler.ingest import CUT, LOST
from crawler.poll import poll
from crawler.relook import AGES, CONFIRM_CUT, CONFIRM_GONE, MOST
from crawler.tasks import crawl_host
from crawler.workers import Workers
from store import Backend, entries
from tests.conftest import FakeClock
from tests.crawler.conftest import MakeFetcher
from tests.crawler.crawling import LEASE, Crawling, build, page, rss
from tests.crawler.web import Site, answer

TEXT = "\n".join(
    f"Officials of district {n} said on Wednesday that the convoy had reached the river and would stay for a month."
    for n in range(8)
)
GUARD = "The National Guard confirmed at noon that it would send two companies."


@pytest.fixture
async def crawling(
    tmp_path: Path, store: Backend, clock: FakeClock, make_fetcher: MakeFetcher, site: Site
) -> AsyncIterator[Crawling]:
    """A live article at /a, read once and planned to be read again."""
    workers = Workers(1)
    fetcher = await make_fetcher()
    made, sync = build(tmp_path, store, clock, fetcher, workers, {"url": f"{site.base}/feed", "every": "10m"})
    await made.crawl.writer.run(sync)
    feed(site)
    await poll_due(made)
    feed(site, "/a")
    clock.move(minutes=11)
    await poll_due(made)
    show(site, TEXT)
    await crawl_host(made.crawl, [], await made.todos())
    yield made
    await workers.stop()
    await made.crawl.writer.stop()


def feed(site: Site, *paths: str, summary: str = "x") -> None:
    items = [(path, "Convoy reaches the river", summary) for path in paths]
    site.routes["/feed"] = answer(
        rss(("/old", "Old", "o"), *items, base=site.base), headers={"Content-Type": "text/xml"}
    )
    site.routes["/old"] = answer(page("Old news of the harbour", TEXT.replace("convoy", "harbour")))


def show(site: Site, text: str, title: str = "Convoy reaches the river", path: str = "/a") -> None:
    site.routes[path] = answer(page(title, text))


async def poll_due(crawling: Crawling) -> None:
    for source in await crawling.claim():
        await poll(crawling.crawl, source)


async def relook(crawling: Crawling, **step: float) -> int:
    """Time passes, then every page that is due is read again; how many were."""
    now = crawling.clock.move(**step)
    claimed = await crawling.crawl.writer.run(lambda tx: entries.claim_relooks(tx, now, 50, LEASE, per_host=50))
    await crawl_host(crawling.crawl, [], claimed)
    return len(claimed)


async def entry(crawling: Crawling) -> dict[str, object]:
    (row,) = await crawling.query(
        "SELECT state, reason, looks, relooks, relook_at, relook_rank, claimed_at FROM entries WHERE url LIKE '%/a'"
    )
    return row


async def article(crawling: Crawling) -> dict[str, object]:
    (row,) = await crawling.query(
        "SELECT id, text, revision, standing, standing_note, extraction FROM articles WHERE url LIKE '%/a'"
    )
    return row


def due_in(crawling: Crawling, row: dict[str, object]) -> timedelta:
    return datetime.fromisoformat(str(row["relook_at"])) - crawling.clock.now()


async def test_only_what_was_new_is_read_again(crawling: Crawling) -> None:
    rows = await crawling.query("SELECT class, relook_at IS NULL AS never FROM entries ORDER BY id")
    assert [(r["class"], r["never"]) for r in rows] == [("backfill", 1), ("live", 0)]
    assert due_in(crawling, await entry(crawling)) == AGES[0]


async def test_an_edit_is_found_and_the_article_is_young_again(crawling: Crawling, site: Site) -> None:
    assert await relook(crawling, minutes=14) == 0
    show(site, f"{TEXT}\n{GUARD}")
    assert await relook(crawling, minutes=1) == 1
    stored = crawling.seen[-1]
    assert (stored.revision, stored.entry_class, stored.earlier) == (2, EntryClass.UPDATE, ())
    assert GUARD in stored.document.text
    assert stored.previous_text == TEXT
    row = await entry(crawling)
    assert (row["state"], row["looks"], row["relooks"], row["reason"]) == ("done", 1, 1, None)
    assert due_in(crawling, row) == AGES[0]


async def test_an_unchanged_page_is_read_at_each_age_and_then_no_more(crawling: Crawling) -> None:
    known = len(crawling.seen)
    found = []
    while (row := await entry(crawling))["relook_at"] is not None:
        found.append(due_in(crawling, row))
        assert await relook(crawling, seconds=found[-1].total_seconds()) == 1
    assert len(found) == len(AGES)
    assert sum(found, timedelta()) == AGES[-1]
    assert len(crawling.seen) == known


async def test_a_text_that_returns_is_a_revision_and_does_not_make_the_article_young(
    crawling: Crawling, site: Site
) -> None:
    show(site, f"{TEXT}\n{GUARD}")
    await relook(crawling, minutes=15)
    show(site, TEXT)
    await relook(crawling, minutes=15)
    stored = crawling.seen[-1]
    assert (stored.revision, stored.earlier, stored.previous_text) == (3, (TEXT,), f"{TEXT}\n{GUARD}")
    assert due_in(crawling, await entry(crawling)) == AGES[1] - AGES[0]


async def test_a_page_that_flaps_for_ever_is_let_go(crawling: Crawling, site: Site) -> None:
    for n in range(40):
        row = await entry(crawling)
        if row["relook_at"] is None:
            break
        show(site, f"{TEXT}\n{GUARD} This is form {n}.")
        await relook(crawling, seconds=due_in(crawling, row).total_seconds())
    assert (await entry(crawling))["relooks"] == MOST


@pytest.mark.parametrize("status", [403, 429, 451, 500, 503])
async def test_a_refusal_takes_nothing_away_and_is_made_up_for(crawling: Crawling, site: Site, status: int) -> None:
    known = len(crawling.seen)
    site.routes["/a"] = answer("no", status)
    await relook(crawling, minutes=15)
    row = await entry(crawling)
    assert (row["state"], row["relooks"], row["looks"]) == ("done", 1, 1)
    assert str(status) in str(row["reason"])
    assert due_in(crawling, row) == AGES[1] - AGES[0]
    assert len(crawling.seen) == known
    assert (await article(crawling))["text"] == TEXT
    show(site, f"{TEXT}\n{GUARD}")
    await relook(crawling, minutes=45)
    assert crawling.seen[-1].revision == 2
    assert (await entry(crawling))["reason"] is None


async def test_a_server_that_cannot_be_reached_takes_nothing_away(crawling: Crawling, site: Site) -> None:
    async def hang_up(writer: object) -> None:
        writer.close()  # type: ignore[attr-defined]

    site.routes["/a"] = hang_up
    await relook(crawling, minutes=15)
    assert (await article(crawling))["extraction"] == "page"
    assert due_in(crawling, await entry(crawling)) == AGES[1] - AGES[0]
    assert await crawling.query("SELECT COUNT(*) AS n FROM entries WHERE state = 'failed'") == [{"n": 0}]


async def test_a_robots_txt_that_now_forbids_is_obeyed(crawling: Crawling, site: Site) -> None:
    site.routes["/robots.txt"] = answer("User-agent: *\nDisallow: /", headers={"Content-Type": "text/plain"})
    crawling.clock.move(days=2)
    hits = site.paths().count("/a")
    await relook(crawling)
    assert site.paths().count("/a") == hits
    assert (await article(crawling))["text"] == TEXT


BOT = "<html><head><title>Just a moment...</title></head><body><p>Verify you are human</p></body></html>"
LOGIN = page("Sign in", "Please sign in to your account to go on reading this page and all others. " * 2)


@pytest.mark.parametrize("wall", [BOT.encode(), page("Page not found", TEXT), page("x", "Too short to be read.")])
async def test_a_wall_that_answers_200_is_no_revision(crawling: Crawling, site: Site, wall: bytes) -> None:
    site.routes["/a"] = answer(wall)
    await relook(crawling, minutes=15)
    row = await article(crawling)
    assert (row["text"], row["revision"], row["standing"]) == (TEXT, 1, "printed")
    assert (await entry(crawling))["reason"]


async def test_a_text_cut_to_a_stub_is_believed_at_the_second_look(crawling: Crawling, site: Site) -> None:
    site.routes["/a"] = answer(LOGIN)
    await relook(crawling, minutes=15)
    row = await entry(crawling)
    assert (row["reason"], due_in(crawling, row)) == (CUT, CONFIRM_CUT)
    assert (await article(crawling))["revision"] == 1
    await relook(crawling, minutes=60)
    assert (await article(crawling))["revision"] == 2


async def test_a_text_that_was_cut_for_a_moment_is_as_before(crawling: Crawling, site: Site) -> None:
    site.routes["/a"] = answer(LOGIN)
    await relook(crawling, minutes=15)
    show(site, TEXT)
    await relook(crawling, minutes=60)
    assert (await article(crawling))["revision"] == 1
    assert (await entry(crawling))["reason"] is None
    site.routes["/a"] = answer(LOGIN)
    await relook(crawling, hours=2)
    assert (await entry(crawling))["reason"] == CUT


async def test_a_410_is_gone_at_once_and_a_page_that_comes_back_is_printed_again(
    crawling: Crawling, site: Site
) -> None:
    site.routes["/a"] = answer("gone", 410)
    await relook(crawling, minutes=15)
    stored = crawling.seen[-1]
    assert (stored.standing, stored.standing_note, stored.revision) == (Standing.GONE, "answered 410", 1)
    assert (stored.previous_text, stored.document.text) == (TEXT, TEXT)
    row = await article(crawling)
    assert (row["standing"], row["text"]) == ("gone", TEXT)
    known = len(crawling.seen)
    await relook(crawling, minutes=45)
    assert len(crawling.seen) == known
    show(site, TEXT)
    await relook(crawling, hours=2)
    row = await article(crawling)
    assert (row["standing"], row["standing_note"], row["revision"]) == ("printed", "", 1)
    assert len(crawling.seen) == known


async def test_a_404_is_believed_half_an_hour_later(crawling: Crawling, site: Site) -> None:
    known = len(crawling.seen)
    del site.routes["/a"]
    await relook(crawling, minutes=15)
    row = await entry(crawling)
    assert (row["reason"], due_in(crawling, row)) == (LOST, CONFIRM_GONE)
    assert (await article(crawling))["standing"] == "printed"
    assert len(crawling.seen) == known
    await relook(crawling, minutes=30)
    assert (await article(crawling))["standing"] == "gone"
    assert crawling.seen[-1].standing_note == "answered 404"


async def test_a_404_for_a_moment_is_nothing(crawling: Crawling, site: Site) -> None:
    known = len(crawling.seen)
    del site.routes["/a"]
    await relook(crawling, minutes=15)
    show(site, TEXT)
    await relook(crawling, minutes=30)
    del site.routes["/a"]
    await relook(crawling, minutes=15)
    assert (await entry(crawling))["reason"] == LOST
    assert len(crawling.seen) == known


async def test_a_correction_is_marked_and_told_with_its_words(crawling: Crawling, site: Site) -> None:
    note = "Correction: An earlier version of this article misstated the number of trucks."
    show(site, f"{TEXT}\n{note}")
    await relook(crawling, minutes=15)
    stored = crawling.seen[-1]
    assert (stored.standing, stored.standing_note) == (Standing.CORRECTED, note)
    assert (await article(crawling))["standing_note"] == note
    show(site, f"{TEXT}\n{GUARD}\n{note}")
    await relook(crawling, minutes=15)
    assert crawling.seen[-1].standing is Standing.PRINTED
    assert (await article(crawling))["standing"] == "corrected"


async def test_a_notice_in_place_of_the_article_is_a_retraction_and_the_text_stays_as_a_revision(
    crawling: Crawling, site: Site
) -> None:
    site.routes["/a"] = answer(page("Convoy reaches the river", "This article has been retracted."))
    await relook(crawling, minutes=15)
    stored = crawling.seen[-1]
    assert (stored.standing, stored.document.text) == (Standing.RETRACTED, "This article has been retracted.")
    assert stored.document.title == "Convoy reaches the river"
    rows = await crawling.query("SELECT text FROM revisions WHERE article_id = 2 ORDER BY number")
    assert [r["text"] for r in rows] == [TEXT, "This article has been retracted."]
    show(site, TEXT)
    await relook(crawling, minutes=15)
    row = await article(crawling)
    assert (row["text"], row["standing"], row["standing_note"]) == (TEXT, "printed", "")


async def test_an_article_that_came_with_its_correction_is_marked_and_nobody_told(
    crawling: Crawling, site: Site
) -> None:
    feed(site, "/a", "/b")
    note = "Clarification: This story has been updated to correct the mayor's name."
    show(site, f"{TEXT.replace('convoy', 'tunnel')}\n{note}", "Tunnel is found", "/b")
    crawling.clock.move(minutes=11)
    await poll_due(crawling)
    await crawl_host(crawling.crawl, [], await crawling.todos())
    assert (crawling.seen[-1].revision, crawling.seen[-1].standing) == (1, Standing.PRINTED)
    rows = await crawling.query("SELECT standing, standing_note FROM articles WHERE url LIKE '%/b'")
    assert rows == [{"standing": "corrected", "standing_note": note}]


async def test_a_look_cut_short_by_a_crash_is_taken_up_at_the_start(crawling: Crawling, site: Site) -> None:
    show(site, f"{TEXT}\n{GUARD}")
    now = crawling.clock.move(minutes=15)
    await crawling.crawl.writer.run(lambda tx: entries.claim_relooks(tx, now, 1, LEASE))
    assert (await entry(crawling))["state"] == "todo"
    await crawling.crawl.writer.run(lambda tx: entries.release_claims(tx, now))
    await crawl_host(crawling.crawl, [], await crawling.todos())
    assert crawling.seen[-1].revision == 2
    row = await entry(crawling)
    assert (row["state"], row["claimed_at"], row["relooks"]) == ("done", None, 1)
    assert due_in(crawling, row) == AGES[0]


async def test_what_cannot_be_stored_is_looked_at_again_later(crawling: Crawling, site: Site) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("no rule holds")

    evaluate, crawling.crawl.evaluate = crawling.crawl.evaluate, refuse
    show(site, f"{TEXT}\n{GUARD}")
    await relook(crawling, minutes=15)
    row = await entry(crawling)
    assert (row["state"], row["reason"]) == ("done", "no rule holds")
    assert due_in(crawling, row) == AGES[1] - AGES[0]
    crawling.crawl.evaluate = evaluate
    await relook(crawling, minutes=45)
    assert crawling.seen[-1].revision == 2


async def test_an_article_named_twice_is_read_again_once(crawling: Crawling, site: Site) -> None:
    feed(site, "/a", "/a2")
    canonical = f'<link rel="canonical" href="{site.base}/a">'.encode()
    site.routes["/a2"] = answer(page("Convoy reaches the river", TEXT).replace(b"<head>", b"<head>" + canonical))
    crawling.clock.move(minutes=11)
    await poll_due(crawling)
    await crawl_host(crawling.crawl, [], await crawling.todos())
    rows = await crawling.query("SELECT article_id FROM entries WHERE relook_at IS NOT NULL")
    assert rows == [{"article_id": 2}]
    assert await relook(crawling, minutes=5) == 1


async def test_an_entry_that_changed_is_looked_at_for_that_and_planned_anew(crawling: Crawling, site: Site) -> None:
    feed(site, "/a", summary="changed")
    crawling.clock.move(minutes=11)
    await poll_due(crawling)
    assert (await entry(crawling))["relook_at"] is None
    show(site, f"{TEXT}\n{GUARD}")
    await crawl_host(crawling.crawl, [], await crawling.todos())
    row = await entry(crawling)
    assert (row["looks"], row["relooks"]) == (2, 0)
    assert due_in(crawling, row) == AGES[0]


async def test_a_404_seen_because_the_entry_changed_does_not_confirm_itself(crawling: Crawling, site: Site) -> None:
    del site.routes["/a"]
    for summary in ("one", "two"):
        feed(site, "/a", summary=summary)
        crawling.clock.move(minutes=11)
        await poll_due(crawling)
        crawling.clock.move(minutes=2)  # entries that change again wait a little
        await crawl_host(crawling.crawl, [], await crawling.todos())
    assert (await entry(crawling))["looks"] == 3
    assert (await article(crawling))["standing"] == "printed"
    await relook(crawling, minutes=31)
    assert (await article(crawling))["standing"] == "gone"


async def test_no_budget_plans_nothing(crawling: Crawling, site: Site) -> None:
    object.__setattr__(crawling.crawl.config, "relooks_per_day", 0)
    await relook(crawling, minutes=15)
    assert (await entry(crawling))["relook_at"] is None


async def test_a_sources_own_selectors_say_what_of_a_page_is_its_article(crawling: Crawling, site: Site) -> None:
    (source,) = crawling.crawl.config.sources
    crawling.crawl.by_name[source.name] = replace(source, extract={"title": "h1 ~ p", "remove": "p:last-child"})
    feed(site, "/b")
    show(site, TEXT, path="/b")
    crawling.clock.move(minutes=11)
    await poll_due(crawling)
    await crawl_host(crawling.crawl, [], await crawling.todos())
    (row,) = await crawling.query("SELECT title, text FROM articles WHERE url LIKE '%/b'")
    assert row["title"].startswith("Officials of district 0")
    assert "district 6" in row["text"]
    assert "district 7" not in row["text"]

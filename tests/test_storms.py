"""The newsroom plays storms to the real service: what is old pages nobody, what is new is told, nothing is lost."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.storms import DAY, HOUR, WORD, Printed, Storm, printed, storms
from tests.storming import RULE, Playing, playing

pytestmark = pytest.mark.slow
NOW = datetime.now(UTC).replace(microsecond=0)
ALL = {storm.name: storm for storm in storms(NOW)}
URGENT = {**RULE, "severity": "urgent"}
OLD = tuple(printed(n, NOW - 2 * DAY - n * HOUR) for n in range(1, 9))
NEW = tuple(printed(n, NOW) for n in range(101, 131))


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Playing]:
    """A service whose source was read once: it held eight articles."""
    async with playing(tmp_path) as made:
        await first_read(made, OLD)
        yield made


async def first_read(play: Playing, items: tuple[Printed, ...]) -> None:
    play.wire.show(items)
    await play.poll()
    assert play.told() == []


async def notices(play: Playing) -> list[dict[str, Any]]:
    """What the service has to say of itself by now."""
    await play.running._mind()
    await play.settle()
    return play.told("health")


@pytest.mark.parametrize("name", [n for n in ALL if n != "first run"])
async def test_a_storm_is_told_as_what_it_is(name: str, tmp_path: Path) -> None:
    storm = ALL[name]
    async with playing(tmp_path, rules=[URGENT] if storm.instant else [RULE]) as play:
        await first_read(play, storm.first)
        play.clock.move(storm.away)
        play.wire.show(storm.then)
        await play.poll()
        assert await play.classes() == storm.classes
        assert play.kinds() == ({"story": storm.instant} if storm.instant else {})
        said = [n for n in await notices(play) if "re-issued" in str(n)]
        assert len(said) == storm.notices
        await play.pass_time(HOUR)
        assert play.kinds() == Counter(told_in_the_end(storm))
        assert await play.one("SELECT COUNT(*) AS n FROM entries WHERE state <> 'done'") == 0
        await play.poll()  # and the same feed once more is nothing at all
        assert play.kinds() == Counter(told_in_the_end(storm))


def told_in_the_end(storm: Storm) -> dict[str, int]:
    kinds = {"story": storm.instant, "digest": storm.digests}
    return {kind: n for kind, n in kinds.items() if n}


async def test_a_digest_names_every_article_it_stands_for(play: Playing) -> None:
    play.wire.show((*NEW, *OLD))
    await play.poll()
    assert play.told() == []
    await play.pass_time(timedelta(minutes=3))
    (digest,) = play.told()
    assert [p.title for p in NEW if p.title not in str(digest)] == []


async def test_fifteen_that_break_under_an_ordinary_rule_are_ten_messages_and_one_digest(play: Playing) -> None:
    play.wire.show((*NEW[:15], *OLD))
    await play.poll()
    assert await play.classes() == {"live": 15}
    assert play.kinds() == {"story": 10}
    await play.pass_time(timedelta(minutes=11))
    assert play.kinds() == {"story": 10, "digest": 1}


async def test_five_thousand_entries_of_a_first_run_page_nobody(tmp_path: Path) -> None:
    """They become articles one by one, which takes a minute: the first three hundred show what becomes of all."""
    async with playing(tmp_path) as play:
        play.wire.show(ALL["first run"].first)
        await play.running.poll_all()
        async with asyncio.timeout(60):
            while await play.one("SELECT COUNT(*) AS n FROM matches") < 300:
                await asyncio.sleep(0.1)
        assert await play.rows("SELECT class, COUNT(*) AS n FROM entries GROUP BY class") == [
            {"class": "backfill", "n": 5000}
        ]
        assert await play.rows("SELECT DISTINCT outcome FROM matches") == [{"outcome": "backfill"}]
        assert await play.one("SELECT COUNT(*) AS n FROM alerts") == 0
        pages = await play.one("SELECT COUNT(*) AS n FROM entries WHERE look = 'page'")
        assert pages == 25  # the publisher is not asked for 5,000 pages


async def test_a_feed_that_was_down_for_two_days_comes_back_as_one_digest(play: Playing) -> None:
    play.wire.down = True
    await play.poll()
    play.clock.move(2 * DAY)
    play.wire.down = False
    play.wire.show((*NEW[:25], *OLD))
    await play.poll()
    assert await play.classes() == {"burst": 25}
    await play.pass_time(timedelta(minutes=3))
    assert play.kinds() == {"digest": 1}


@pytest.mark.parametrize("running", [False, True])
async def test_a_restored_backup_tells_what_it_does_not_know_in_one_digest_a_rule(
    tmp_path: Path, running: bool
) -> None:
    """A backup of an hour ago, made while the service ran or while it did not: nobody has to say that it is one."""
    rules = [RULE, {**RULE, "name": "again"}]
    async with playing(tmp_path, rules=rules) as play:
        await first_read(play, OLD)
        backup = tmp_path / "backup.db"
        if running:
            copy(tmp_path / "wire.db", backup)
            play.clock.move(HOUR)
            await play.running._mind()  # as every minute
        else:
            await play.stop()
            shutil.copy(tmp_path / "wire.db", backup)
            await play.start()
        for known in (3, 6):
            play.wire.show((*NEW[:known], *OLD))
            await play.poll()
        assert play.kinds() == {"story": 12}
        await play.stop()
        put_back(tmp_path, backup)
        await play.start()
        await play.poll()
        assert await play.classes() == {"burst": 6}
        await play.pass_time(timedelta(minutes=3))
        assert play.kinds() == {"story": 12, "digest": 2}
        play.wire.show((*NEW[:7], *OLD))
        await play.poll()
        assert play.kinds() == {"story": 14, "digest": 2}  # from then on news is news
        await play.stop()
        await play.start()
        play.wire.show((*NEW[:8], *OLD))
        await play.poll()
        assert play.kinds() == {"story": 16, "digest": 2}  # after the next start as well


async def test_a_database_that_has_not_run_for_days_catches_up_by_itself(tmp_path: Path) -> None:
    async with playing(tmp_path) as play:
        await first_read(play, OLD)
        await play.stop()
        play.clock.move(2 * DAY)
        await play.start()
        play.wire.show((*NEW[:3], *OLD))
        await play.poll()
        assert await play.classes() == {"burst": 3}
        await play.pass_time(timedelta(minutes=3))
        assert play.kinds() == {"digest": 1}


def copy(database: Path, backup: Path) -> None:
    """As `sqlite3 wire.db ".backup backup.db"`, beside the running service."""
    with contextlib.closing(sqlite3.connect(database)) as db, contextlib.closing(sqlite3.connect(backup)) as to:
        db.backup(to)


def put_back(folder: Path, backup: Path) -> None:
    for left in ("wire.db-wal", "wire.db-shm"):
        (folder / left).unlink(missing_ok=True)
    shutil.copy(backup, folder / "wire.db")


async def test_a_new_rule_tells_nothing_of_the_past(play: Playing) -> None:
    await play.reload(rules=[RULE, {**RULE, "name": "younger"}])
    await play.poll()
    assert await play.one("SELECT COUNT(*) AS n FROM alerts") == 0
    play.wire.show((NEW[0], *OLD))
    await play.poll()
    assert sorted(m["rule"] for m in play.told()) == ["bulletins", "younger"]


async def test_a_new_channel_is_told_nothing_of_the_past(play: Playing) -> None:
    play.wire.show((NEW[0], *OLD))
    await play.poll()
    await play.reload(rules=[{**RULE, "channels": ["hook", "later"]}])
    await play.poll()
    assert (play.kinds(), play.kinds("later")) == ({"story": 1}, {})
    play.wire.show((*NEW[:2], *OLD))
    await play.poll()
    assert (play.kinds(), play.kinds("later")) == ({"story": 2}, {"story": 1})


async def test_another_address_is_a_first_poll(play: Playing) -> None:
    (source,) = play.config["sources"]
    play.wire.show((*NEW[:5], *OLD))
    await play.reload(sources=[{**source, "url": f"{play.wire.base}/feed?all=1"}])
    await play.poll()
    assert await play.classes() == {}
    assert play.told() == []
    play.wire.show((*NEW[:6], *OLD))
    await play.poll()
    assert play.kinds() == {"story": 1}


async def test_a_source_taken_out_for_a_day_and_put_back_tells_nothing_of_that_day(play: Playing) -> None:
    (source,) = play.config["sources"]
    await play.reload(sources=[])
    play.clock.move(DAY)
    play.wire.show((*NEW[:5], *OLD))
    await play.reload(sources=[source])
    await play.poll()
    assert play.told() == []
    play.wire.show((*NEW[:6], *OLD))
    await play.poll()
    assert play.kinds() == {"story": 1}


async def test_a_source_taken_out_for_a_moment_misses_nothing(play: Playing) -> None:
    (source,) = play.config["sources"]
    await play.reload(sources=[])
    play.wire.show((NEW[0], *OLD))
    await play.reload(sources=[source])
    await play.poll()
    assert play.kinds() == {"story": 1}


async def test_a_feed_that_loses_its_ids_and_then_shares_them_swallows_nothing(play: Playing) -> None:
    nameless = tuple(Printed(p.number, "", p.path, p.title, p.published) for p in (*NEW[:2], *OLD))
    play.wire.show(nameless)
    await play.poll()
    assert await play.rows("SELECT id_policy FROM sources") == [{"id_policy": "url"}]
    assert play.kinds() == {"story": 2}
    shared = tuple(Printed(p.number, "0", p.path, p.title, p.published) for p in (*NEW[:4], *OLD))
    play.wire.show(shared)
    await play.poll()
    assert play.kinds() == {"story": 4}


async def test_a_clock_that_jumps_stops_no_poll_and_makes_nothing_old(play: Playing) -> None:
    play.clock.jump(40 * DAY)
    await until_looked(play)
    play.wire.show((*NEW[:6], *OLD))  # all dated forty days ago, says the clock
    await play.poll()
    assert await play.classes() == {"live": 6}
    assert play.kinds() == {"story": 6}
    assert any("clock" in str(n) for n in await notices(play))


async def until_looked(play: Playing) -> None:
    async with asyncio.timeout(10):
        while not await play.one("SELECT COUNT(*) AS n FROM troubles WHERE kind = 'clock'"):
            await asyncio.sleep(0.02)


def test_the_storms_are_what_they_are_called() -> None:
    """Every storm is matched by the rule, and one second poll differs from its first as its name says."""
    assert len(ALL) == 10
    for storm in ALL.values():
        assert all(WORD in p.title for p in (*storm.first, *storm.then))
        assert len({p.id for p in storm.then}) == len({p.path for p in storm.then}) == len(storm.then)
        ids, paths = {p.id for p in storm.first}, {p.path for p in storm.first}
        new = sum(p.id not in ids and p.path not in paths for p in storm.then)
        assert new == sum(storm.classes.values())

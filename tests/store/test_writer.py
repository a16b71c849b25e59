"""The single writer: order, isolation of jobs, and commits that fail as a whole."""

import asyncio

import pytest

from core.errors import NotFound, StoreError
from store import Backend, Tx
from store.backends.sqlite import SqliteBackend
from store.writer import Writer

INSERT = "INSERT INTO meta(k, v) VALUES (:k, :v)"


def put(key: str, value: str = "1"):  # type: ignore[no-untyped-def]
    return lambda tx: tx.run(INSERT, k=key, v=value)


def keys(tx: Tx) -> list[str]:
    return [r["k"] for r in tx.all("SELECT k FROM meta ORDER BY rowid")]


async def test_jobs_run_in_order(store: Backend) -> None:
    writer = Writer(store)
    await asyncio.gather(*(writer.run(put(f"{i:03}")) for i in range(200)))
    assert await writer.run(keys) == [f"{i:03}" for i in range(200)]
    await writer.stop()


async def test_a_failing_job_takes_nobody_with_it(store: Backend) -> None:
    def fails(tx: Tx) -> None:
        tx.run(INSERT, k="undone", v="1")
        raise NotFound("nothing there")

    writer = Writer(store)
    results = await asyncio.gather(
        writer.run(put("a")),
        writer.run(fails),
        writer.run(put("a")),
        writer.run(put("b")),
        return_exceptions=True,
    )
    assert [type(r).__name__ for r in results] == ["int", "NotFound", "IntegrityError", "int"]
    assert await writer.run(keys) == ["a", "b"]
    await writer.stop()


async def test_a_full_disk_fails_what_does_not_fit_and_is_survived(store: SqliteBackend) -> None:
    writer = Writer(store)
    await writer.run(put("kept"))
    pages = store.db.execute("PRAGMA page_count").fetchone()[0]
    store.db.execute(f"PRAGMA max_page_count={pages + 1}")
    results = await asyncio.gather(*(writer.run(put(f"big{i}", "x" * 5000)) for i in range(20)), return_exceptions=True)
    fitted = [f"big{i}" for i, r in enumerate(results) if not isinstance(r, StoreError)]
    assert len(fitted) < 20
    store.db.execute("PRAGMA max_page_count=1000000")
    await writer.run(put("after"))
    assert await writer.run(keys) == ["kept", *fitted, "after"]
    await writer.stop()


async def test_stop_finishes_what_was_given(store: Backend) -> None:
    writer = Writer(store)
    waiting = [asyncio.create_task(writer.run(put(str(i)))) for i in range(50)]
    await asyncio.sleep(0)
    await writer.stop()
    assert len(await asyncio.gather(*waiting)) == 50


async def test_a_cancelled_caller_does_not_stop_the_writer(store: Backend) -> None:
    writer = Writer(store)
    task = asyncio.create_task(writer.run(put("a")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await writer.run(keys) == ["a"]
    await writer.stop()


async def test_one_job_the_database_refuses_fails_alone(store: Backend) -> None:
    def refused(tx: Tx) -> None:
        tx.run("INSERT INTO no_such_table VALUES (1)")

    writer = Writer(store)
    results = await asyncio.gather(
        writer.run(put("a")), writer.run(refused), writer.run(put("b")), return_exceptions=True
    )
    assert [type(r).__name__ for r in results] == ["int", "StoreError", "int"]
    assert await writer.run(keys) == ["a", "b"]
    await writer.stop()


async def test_urgent_jobs_overtake_the_others_and_nothing_is_forgotten(
    store: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.writer.BATCH_SECONDS", 0.0)  # one job a commit
    writer = Writer(store)
    slow = [asyncio.create_task(writer.run(put(f"slow{i:02}"))) for i in range(20)]
    await asyncio.sleep(0)
    urgent = [asyncio.create_task(writer.run(put(f"urgent{i}"), urgent=True)) for i in range(3)]
    await asyncio.gather(*urgent)
    assert sum(task.done() for task in slow) < 20
    await asyncio.gather(*slow)
    order = await writer.run(keys)
    assert [k for k in order if k.startswith("urgent")] == ["urgent0", "urgent1", "urgent2"]
    assert [k for k in order if k.startswith("slow")] == [f"slow{i:02}" for i in range(20)]
    assert order.index("urgent2") < order.index("slow19")
    await writer.stop()

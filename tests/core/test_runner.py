"""Tasks under locks: order within one lock, independence between them, and an end that is bounded."""

import asyncio
import gc

import pytest

from core.runner import LocalRunner


class Work:
    """A task that notes when it begins and ends, and waits until it is let go."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.go = asyncio.Event()
        self.failed: list[Exception] = []
        self.active: dict[str, int] = {}
        self.most = 0

    async def run(self, name: str, key: str) -> None:
        self.active[key] = self.active.get(key, 0) + 1
        self.most = max(self.most, self.active[key])
        self.said.append(f"begin {name}")
        try:
            await self.go.wait()
            await asyncio.sleep(0)
        finally:
            self.active[key] -= 1
        self.said.append(f"end {name}")

    async def fail(self) -> None:
        raise ValueError("no")

    def runner(self) -> LocalRunner:
        return LocalRunner({"run": self.run, "fail": self.fail}, self.failed.append)


async def settle(runner: LocalRunner) -> None:
    while runner.running:
        await asyncio.sleep(0)


async def test_handing_over_does_not_wait_for_the_work() -> None:
    work = Work()
    runner = work.runner()
    await runner.submit("run", lock="host", name="a", key="host")
    assert work.said == []
    assert len(runner.running) == 1
    work.go.set()
    await settle(runner)
    assert work.said == ["begin a", "end a"]


async def test_tasks_of_one_lock_run_one_after_the_other_in_order() -> None:
    work = Work()
    runner = work.runner()
    for name in "abcde":
        await runner.submit("run", lock="host", name=name, key="host")
    work.go.set()
    await settle(runner)
    assert work.said == [f"{verb} {name}" for name in "abcde" for verb in ("begin", "end")]
    assert work.most == 1


async def test_a_lock_holds_up_nobody_else() -> None:
    work = Work()
    runner = work.runner()
    for name in "abc":
        await runner.submit("run", lock=f"host {name}", name=name, key=name)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert work.said == ["begin a", "begin b", "begin c"]
    work.go.set()
    await settle(runner)


async def test_a_failing_task_is_told_of_and_frees_its_lock() -> None:
    work = Work()
    runner = work.runner()
    await runner.submit("fail", lock="host")
    await runner.submit("unknown task", lock="host")
    await runner.submit("run", lock="host", name="a", key="host")
    work.go.set()
    await settle(runner)
    assert [type(e) for e in work.failed] == [ValueError, KeyError]
    assert work.said == ["begin a", "end a"]


async def test_stop_lets_work_in_hand_finish() -> None:
    work = Work()
    runner = work.runner()
    await runner.submit("run", lock="host", name="a", key="host")
    stopping = asyncio.create_task(runner.stop(grace=30))
    await asyncio.sleep(0)
    work.go.set()
    await stopping
    assert work.said == ["begin a", "end a"]
    assert not runner.running


async def test_stop_cancels_what_does_not_end_and_what_has_not_begun() -> None:
    work = Work()
    runner = work.runner()
    for name in "ab":
        await runner.submit("run", lock="host", name=name, key="host")
    await asyncio.sleep(0)
    await runner.stop(grace=0)
    assert work.said == ["begin a"]
    assert work.active == {"host": 0}
    assert not runner.running
    assert work.failed == [], "being cancelled is no failure"


async def test_stop_with_nothing_to_do_returns() -> None:
    await Work().runner().stop(grace=30)


async def test_locks_nobody_uses_are_forgotten() -> None:
    work = Work()
    runner = work.runner()
    work.go.set()
    for n in range(200):
        await runner.submit("run", lock=f"host{n}", name=str(n), key=str(n))
    await settle(runner)
    gc.collect()
    assert len(runner._locks) == 0


@pytest.mark.parametrize("locks", [1, 3])
async def test_no_two_tasks_of_a_lock_ever_overlap(locks: int) -> None:
    work = Work()
    runner = work.runner()
    work.go.set()
    for n in range(60):
        key = f"host{n % locks}"
        await runner.submit("run", lock=key, name=str(n), key=key)
        if n % 7 == 0:
            await asyncio.sleep(0)
    await settle(runner)
    assert work.most == 1
    assert len(work.said) == 120

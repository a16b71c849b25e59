"""Load: every alert to ten receivers of which nine refuse and slow down often and one never answers.

What a receiver asks for (Retry-After) is the time that its messages take at least; what is beyond is ours.
"""

import asyncio
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import web

from alerts.channels import webhook
from alerts.deliver import Deliverer
from core.clock import Clock, SystemClock
from core.http import client
from core.model import AlertKind
from core.net import AddressPolicy
from store import Backend, alerts, channels, open_store, outbox
from store.writer import Writer

ALERTS = 10_000
HEALTHY = tuple(f"hook{n}" for n in range(9))
HANGING = "hanging"
REFUSED, SLOWED = 0.10, 0.05  # shares of the requests that are answered 500 and 429
ASKED = 1  # seconds of Retry-After
PUT_AT_ONCE = 500  # alerts a transaction
LONGEST, SLOWEST = 120.0, 5.0  # seconds, and alerts a second, after which it is given up
LOOK = 0.5  # seconds between looks at how far it is
ARTICLE = "A convoy reached the river on Wednesday, where the tariff on steel had been announced. " * 20


def serve(ready: Connection) -> None:
    """The receivers, in a process of their own. Sends its port; answers each request with its channels' counts."""
    random, counts, never = Random(7), dict[str, list[int]](), asyncio.Event()
    hit: set[tuple[str, str]] = set()  # no message is refused twice: its third try would come minutes later

    async def hook(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        await request.read()
        if name == HANGING:
            await never.wait()
        count = counts.setdefault(name, [0, 0, 0])
        chance = random.random()
        if chance < REFUSED and (name, request.headers["webhook-id"]) not in hit:
            hit.add((name, request.headers["webhook-id"]))
            count[1] += 1
            return web.Response(status=500)
        if REFUSED <= chance < REFUSED + SLOWED:
            count[2] += 1
            return web.Response(status=429, headers={"Retry-After": str(ASKED)})
        count[0] += 1
        return web.Response(status=204)

    async def main() -> None:
        app = web.Application()
        app.router.add_post("/{name}", hook)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ready.send(runner.addresses[0][1])
        while await asyncio.to_thread(ready.recv):
            ready.send(counts)

    asyncio.run(main())


@contextmanager
def receivers() -> Iterator[tuple[int, Callable[[], dict[str, list[int]]]]]:
    """Their port, and what they have counted by channel: taken, refused, slowed down."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    process.start()

    def counted() -> dict[str, list[int]]:
        ours.send(True)
        found: dict[str, list[int]] = ours.recv()
        return found

    try:
        yield int(ours.recv()), counted
    finally:
        process.kill()
        process.join()


def fill(backend: Backend, made: dict[str, Any], count: int, clock: Clock) -> None:
    """The alerts, each with a delivery to every channel, due now."""
    now = clock.now()
    with backend.tx() as tx:
        channels.sync(tx, [(name, "webhook") for name in made], now)
    for start in range(0, count, PUT_AT_ONCE):
        with backend.tx() as tx:
            for n in range(start, min(count, start + PUT_AT_ONCE)):
                alerts.add(tx, f"al_{n}", AlertKind.STORY, "tariffs", f"Title {n}", now=now, lines=[ARTICLE])
                for name, channel in made.items():
                    outbox.put(tx, f"al_{n}", name, "", now=now, next_at=now, deadline=now + channel.deadline)


async def drain(
    backend: Backend, made: dict[str, Any], clock: Clock, wanted: int
) -> tuple[dict[str, float], list[float]]:
    """Run the dispatchers until the healthy ones are done: when each was, and the memory in MB on the way."""
    writer = Writer(backend)
    done: dict[str, float] = {}
    memory: list[float] = []
    began = time.monotonic()
    async with client(AddressPolicy([ip_network("127.0.0.0/8")]), "load@example.org") as http:
        deliverer = Deliverer(writer, made, clock, Random(1), http)
        await deliverer.start()
        while len(done) < len(HEALTHY):
            if time.monotonic() - began > LONGEST + wanted / SLOWEST:
                raise TimeoutError(f"only {sorted(done)} are done")
            await asyncio.sleep(LOOK)
            left = await writer.run(_left)
            memory.append(_resident())
            for name in HEALTHY:
                if not left.get(name):
                    done.setdefault(name, time.monotonic() - began)
        for task in deliverer._tasks.values():  # the one that hangs would be waited for
            task.cancel()
        await deliverer.stop()
    await writer.stop()
    return done, memory


def _left(tx: Any) -> dict[str, int]:
    rows = tx.all(
        "SELECT channel, COUNT(*) AS n FROM deliveries WHERE state IN ('pending', 'sending') GROUP BY channel"
    )
    return {row["channel"]: row["n"] for row in rows}


def run(say: Callable[[str], None], count: int = ALERTS) -> list[str]:
    """Lines of a Markdown table."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder, receivers() as (port, counted):
        made = {
            name: webhook.build(name, webhook.Options(url=f"http://127.0.0.1:{port}/{name}"))
            for name in (*HEALTHY, HANGING)
        }
        backend = open_store(str(Path(folder) / "load.db"), lock=True)
        fill(backend, made, count, clock)
        used = resource.getrusage(resource.RUSAGE_SELF)
        done, memory = asyncio.run(drain(backend, made, clock, count))
        spent = resource.getrusage(resource.RUSAGE_SELF)
        with backend.read() as tx:
            states = {r["s"]: r["n"] for r in tx.all("SELECT state AS s, COUNT(*) AS n FROM deliveries GROUP BY state")}
        backend.close()
        heard = counted()
    lines = [
        f"## Load: {count:,} alerts to each of ten receivers; 10 % of the answers 500, 5 % 429, one receiver hangs",
        "",
        *_table(count, heard, done, spent.ru_utime + spent.ru_stime - used.ru_utime - used.ru_stime, memory),
        "",
        f"Deliveries by state at the end: {', '.join(f'{n:,} {state}' for state, n in sorted(states.items()))}.",
        "",
    ]
    for line in lines:
        say(line)
    return lines


def _table(
    count: int, heard: dict[str, list[int]], done: dict[str, float], cpu: float, memory: list[float]
) -> Iterator[str]:
    taken, refused, slowed = (sum(heard[name][n] for name in HEALTHY) for n in range(3))
    requests, end = taken + refused + slowed, max(done.values())
    asked = heard[max(HEALTHY, key=lambda name: done[name])][2] * ASKED
    yield "| | |"
    yield "|---|---|"
    yield f"| messages taken by the healthy nine | {taken:,} of {count * len(HEALTHY):,} |"
    yield f"| refused with 500, slowed down with 429 | {refused:,}, {slowed:,} |"
    yield f"| seconds until the first and the last of them was done | {min(done.values()):.0f}, {end:.0f} |"
    yield f"| of these, seconds that the last one's receiver asked for (Retry-After) | {asked} |"
    yield f"| requests a second, ms of CPU a request | {requests / end:.0f}, {cpu / requests * 1000:.1f} |"
    told = f"{memory[len(memory) // 10]:.0f}, {max(memory):.0f}, {memory[-1]:.0f}"
    yield f"| memory (MB) after a tenth of the time, at most, at the end | {told} |"


def _resident() -> float:
    """Memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    run(print)

"""A TCP proxy on loopback that spoils what passes: latency, down, bandwidth, slow_close, timeout, reset_peer, slicer,
limit_data, under the names that toxiproxy gives them. A toxic works on one direction; `down` refuses connections.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Literal

HOST = "127.0.0.1"
CHUNK = 65_536
NEVER = 3600.0  # seconds
NAMES = ("latency", "down", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer", "limit_data")


@dataclass(frozen=True, slots=True)
class Toxic:
    """One way to spoil a stream; `upstream` is what the client sends, `downstream` what it is answered.

    latency: `seconds` before each piece · bandwidth: `size` bytes a second · slow_close: the end comes `seconds` late
    · timeout: nothing passes, closed after `seconds` (0: never) · reset_peer: RST after `seconds` · slicer: pieces of
    `size` bytes, `seconds` apart · limit_data: closed after `size` bytes of a connection
    `toxicity` is the share of connections that it meets.
    """

    name: str
    stream: Literal["upstream", "downstream"] = "downstream"
    seconds: float = 0.0
    size: int = 0
    toxicity: float = 1.0


@dataclass(slots=True)
class Link:
    """One connection: both ends, and its luck: a toxic whose toxicity is greater meets it."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    luck: float  # from 0 to 1

    def reset(self) -> None:
        """End both ends with RST: whoever reads gets an error, not an end."""
        for end in (self.client, self.server):
            made = end.get_extra_info("socket")
            if made is not None and not end.is_closing():
                made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()


@dataclass(slots=True)
class Proxy:
    """Listens on `port`, passes to `to`. `spoil` changes the toxics for connections already open too."""

    to: int
    port: int = 0
    connections: int = 0
    toxics: tuple[Toxic, ...] = ()
    random: Random = field(default_factory=lambda: Random(1))
    _server: asyncio.Server | None = None
    _links: list[Link] = field(default_factory=list)

    async def spoil(self, *toxics: Toxic) -> None:
        """These toxics from now on, and no others; `down` also ends what is open."""
        self.toxics = toxics
        if any(t.name == "down" for t in toxics):
            self.close()
        elif self._server is None:
            await self.listen()

    async def listen(self) -> None:
        """Take connections, on the same port as before."""
        self._server = await asyncio.start_server(self._serve, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Refuse connections and end those that are open."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for link in self._links:
            link.reset()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            there, back = await asyncio.open_connection(HOST, self.to)
        except OSError:
            writer.close()
            return
        link = Link(writer, back, self.random.random())
        self._links.append(link)
        pumps = [
            asyncio.create_task(self._pump(link, reader, back, "upstream")),
            asyncio.create_task(self._pump(link, there, writer, "downstream")),
        ]
        try:
            await asyncio.wait(pumps)
        finally:
            for pump in pumps:
                pump.cancel()
            writer.close()
            back.close()
            self._links.remove(link)

    async def _pump(self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stream: str) -> None:
        """From one side to the other until it ends, or until a toxic ends it."""

        def on(name: str) -> Toxic | None:
            return next(
                (t for t in self.toxics if (t.name, t.stream) == (name, stream) and link.luck < t.toxicity), None
            )

        passed = 0
        with contextlib.suppress(OSError):
            if (toxic := on("reset_peer")) is not None:
                await asyncio.sleep(toxic.seconds)
                link.reset()
            while data := await reader.read(CHUNK):
                if (toxic := on("timeout")) is not None:
                    await asyncio.sleep(toxic.seconds or NEVER)
                    break
                if (toxic := on("latency")) is not None:
                    await asyncio.sleep(toxic.seconds)
                limit = on("limit_data")
                data = data if limit is None else data[: limit.size - passed]
                await _pass(data, writer, on("slicer"), on("bandwidth"))
                passed += len(data)
                if limit is not None and passed >= limit.size:
                    break
            if (toxic := on("slow_close")) is not None:
                await asyncio.sleep(toxic.seconds)
            writer.close()


async def _pass(data: bytes, writer: asyncio.StreamWriter, slicer: Toxic | None, pace: Toxic | None) -> None:
    """Whole, in slices, or at a pace of twenty pieces a second."""
    size = slicer.size if slicer else max(1, pace.size // 20) if pace else len(data)
    wait = slicer.seconds if slicer else size / pace.size if pace else 0.0
    for start in range(0, len(data), max(1, size)):
        writer.write(data[start : start + size])
        await writer.drain()
        if wait:
            await asyncio.sleep(wait)


@asynccontextmanager
async def proxy(to: int) -> AsyncIterator[Proxy]:
    """A proxy to a port of this machine, without toxics at first."""
    made = Proxy(to)
    await made.listen()
    try:
        yield made
    finally:
        made.close()

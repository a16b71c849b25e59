"""A real web server on loopback that says, byte for byte, what a test tells it to."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network

from core.net import AddressPolicy

Handler = Callable[[asyncio.StreamWriter], Awaitable[None]]
LOOPBACK = AddressPolicy([ip_network("127.0.0.0/8"), ip_network("::1/128")])


def answer(body: bytes | str = b"", status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """A whole HTTP answer; a Content-Length of the caller's wins."""
    data = body.encode() if isinstance(body, str) else body
    lines = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(data)), **(headers or {})}
    head = f"HTTP/1.1 {status} Because\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
    return head.encode("latin-1") + b"Connection: close\r\n\r\n" + data


@dataclass(frozen=True)
class Hit:
    at: float
    path: str
    headers: dict[str, str]


@dataclass
class Site:
    """`routes` maps a path to the bytes to send or to a coroutine that writes; anything else is a 404."""

    port: int = 0
    routes: dict[str, bytes | Handler] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    host: str = "127.0.0.1"

    @property
    def base(self) -> str:
        return f"http://{self.host}:{self.port}"

    def paths(self) -> list[str]:
        return [hit.path for hit in self.hits]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1]
            named = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
            self.hits.append(Hit(time.monotonic(), path, {k.lower(): v for k, v in named.items()}))
            route = self.routes.get(path, answer("none", 404))
            if isinstance(route, bytes):
                writer.write(route)
                await writer.drain()
            else:
                await route(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def serve() -> AsyncIterator[Site]:
    """A site on a free port for as long as the generator is open."""
    made = Site()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()

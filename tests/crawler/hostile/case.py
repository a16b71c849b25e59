"""The form of the corpus: what a server does, what becomes of it in words, and how that is checked."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from core.errors import AddressDenied, BorderwireError, FetchError, RobotsDenied
from tests.crawler.web import answer

Route = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Case:
    """`does` and `expected` are for people; `outcome` decides.

    bytes: the body that is read. A status: it is handed on with its body left aside. An error's class and a pattern:
    it is raised with such words.
    """

    name: str
    does: str
    expected: str
    outcome: bytes | int | tuple[type[BorderwireError], str]
    says: Route | Mapping[str, Route] = b""  # for the path /a, or for several
    timeout: float = 4.0  # seconds; short where the deadline itself is what ends the matter
    asked: int | None = 1  # how often the first path is asked for; None: any number
    headers: Mapping[str, str] = field(default_factory=dict)

    def routes(self, base: str) -> dict[str, Route]:
        """What the server says on each path; `{base}` in bytes is the server's own address."""
        given = {"/a": self.says} if isinstance(self.says, bytes) or callable(self.says) else dict(self.says)
        return {
            path: said.replace(b"{base}", base.encode()) if isinstance(said, bytes) else said
            for path, said in given.items()
        }


def failing(words: str = r"127\.0\.0\.1") -> tuple[type[BorderwireError], str]:
    """A failed fetch that names the host, or says these words."""
    return FetchError, words


def refused(words: str = "not an allowed address") -> tuple[type[BorderwireError], str]:
    """An address that is not fetched."""
    return AddressDenied, words


def forbidden(words: str) -> tuple[type[BorderwireError], str]:
    """robots.txt says no, or may."""
    return RobotsDenied, words


def raw(text: str, body: bytes = b"") -> bytes:
    """Bytes as they go over the wire; line ends are CRLF."""
    return text.replace("\n", "\r\n").encode("latin-1") + body


def chunked(*pieces: bytes, last: bytes = b"0\r\n\r\n") -> bytes:
    """A body in pieces as they should be."""
    return b"".join(f"{len(p):x}\r\n".encode() + p + b"\r\n" for p in pieces) + last


def sent(*pieces: bytes, times: int = 1, pause: float = 0.0) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    """A server that writes the first piece once, then the others again and again, until the other side has gone."""

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(pieces[0])
        for _ in range(times):
            for piece in pieces[1:]:
                writer.write(piece)
                await writer.drain()
            if pause:
                await asyncio.sleep(pause)

    return write


def moved(target: str, status: int = 302) -> bytes:
    """A redirect."""
    return answer("", status, {"Location": target})


def settled(case: Case, found: tuple[int, bytes] | BorderwireError) -> None:
    """Raises AssertionError unless this is what the case expects."""
    if isinstance(case.outcome, tuple):
        kind, words = case.outcome
        assert type(found) is kind, found
        assert re.search(words, str(found)), f"{found} does not say {words!r}"
        assert len(str(found)) < 1000, "an error's words are for people"
        return
    assert not isinstance(found, BorderwireError), found
    assert case.outcome in found, (found[0], found[1][:200])

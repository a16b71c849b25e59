"""Servers that repeat every secret they are told, whatever they answer: a web server and a mail server, in threads."""

import asyncio
import base64
import html
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.serving import ARTICLE


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SPELLINGS: tuple[Callable[[str], str], ...] = (str, in_base64, quote, json.dumps, html.escape)
SENT_TO = ("feed", "500")
LOCATION = "canary-location-token-7b3c"  # that a server puts into the address it redirects to


@dataclass
class Echo:
    """The last part of a path names the answer: a status, `drop`, `moved` or `feed`. Requests are counted."""

    port: int = 0
    titles: list[str] = field(default_factory=lambda: ["Steel tariff news"])
    asked: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def feed(self, told: str) -> str:
        items = "".join(
            f"<item><title>{t}</title><link>{self.base}/a/{n}</link><guid>{n}</guid></item>"
            for n, t in enumerate(self.titles)
        )
        return f"<rss version='2.0'><channel><title>The Wire for {html.escape(told)}</title>{items}</channel></rss>"

    def page(self, number: str) -> str:
        title = self.titles[int(number)]
        return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{ARTICLE}</p></article>"


@contextmanager
def echoing() -> Iterator[Echo]:
    """A web server that repeats paths and headers in its answers."""
    made = Echo()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            made.asked.append(self.path)
            path = self.path.partition("?")[0]
            if path.endswith("/feed"):
                self.say(200, made.feed(self.path), "text/xml")
            elif path.endswith("/moved"):
                self.say(308, "", "text/html", to=f"{made.base}/{SENT_TO[len(made.asked) % 2]}?token={LOCATION}")
            elif path.startswith("/a/"):
                self.say(200, made.page(path.rpartition("/")[2]), "text/html")
            elif path == "/robots.txt":
                self.say(404, "", "text/plain")
            else:
                self.answer(path)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            made.asked.append(self.path)
            self.answer(self.path.partition("?")[0])

        def answer(self, path: str) -> None:
            wanted = path.rpartition("/")[2]
            if wanted == "drop":
                self.close_connection = True
                return
            said = SPELLINGS[len(made.asked) % len(SPELLINGS)](f"{self.path} {dict(self.headers)}")
            status = int(wanted) if wanted.isdigit() else 200
            self.say(status, "ok" if status == 200 else said, "text/html", said)

        def say(self, status: int, text: str, kind: str, told: str = "", to: str = "") -> None:
            body = text.encode()
            self.send_response(status, told[:200] or None)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            if 300 <= status < 400:
                self.send_header("Location", to or f"{made.base}{self.path}")
            self.send_header("ETag", f'"{self.path}"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128  # every channel asks at once

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


class Parrot:
    """A mail server's hooks: users named `wrong` are refused, recipients named by a code get that code."""

    def __init__(self) -> None:
        self.password = ""

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.password = data.password.decode()
        if data.login == b"wrong":
            said = f"535 {self.password} {in_base64(self.password)} is wrong"
            return AuthResult(success=False, handled=False, message=said)
        return AuthResult(success=True)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        code = address.partition("@")[0]
        if code.isdigit():
            login = in_base64(f"\0wire\0{self.password}")
            return f"{code} {self.password} of {login} is no password for {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 OK"


@contextmanager
def parroting() -> Iterator[int]:
    """A mail server that repeats passwords; its port."""
    parrot, loop = Parrot(), asyncio.new_event_loop()

    def speak() -> SMTP:
        return SMTP(parrot, loop=loop, auth_require_tls=False, authenticator=parrot.authenticate)

    server = loop.run_until_complete(loop.create_server(speak, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

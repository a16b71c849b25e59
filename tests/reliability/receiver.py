"""A webhook receiver in a thread that keeps its own history and answers as it is told."""

import json
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True)
class Receiver:
    """`answers` are the next statuses, then `status`; `gate` is waited for before each answer."""

    port: int = 0
    status: int = 204
    answers: deque[int] = field(default_factory=deque)
    gate: threading.Event = field(default_factory=threading.Event)
    got: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)  # id, status, body

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def copies(self) -> Counter[str]:
        """How often each message was taken, by its id."""
        return Counter(key for key, status, _ in self.got if status < 300)

    def telling(self, title: str) -> set[str]:
        """The ids of the messages taken that tell of an article, alone or in a digest."""
        return {
            key
            for key, status, body in self.got
            if status < 300 and title in (body["data"]["title"], *(o["title"] for o in body["data"]["outlets"]))
        }


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port."""
    made = Receiver()
    made.gate.set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = made.answers.popleft() if made.answers else made.status
            made.got.append((self.headers["webhook-id"], status, body))
            made.gate.wait(30)
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "1")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:  # whoever asked was killed
            pass

    server = Server(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield made
    finally:
        made.gate.set()
        server.shutdown()
        server.server_close()

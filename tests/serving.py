"""A plain web server in a thread, for tests that run the service as a process of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ARTICLE = " ".join(
    f"Officials of district {n} said on Wednesday that the tariff on steel would start within {n} weeks of the vote."
    for n in range(12)
)


@dataclass
class Served:
    """`pages` maps paths to (content type, body); what is not there answers 404. `asked` are the paths requested."""

    port: int = 0
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def feed(self, *titles: str) -> None:
        """A feed at /feed whose items lead to article pages about a tariff on steel."""
        items = ""
        for title in titles:
            path = "/" + title.lower().replace(" ", "-")
            items += f"<item><title>{title}</title><link>{self.base}{path}</link><guid>{path}</guid></item>"
            text = f"<h1>{title}</h1><p>{title}.</p><p>{ARTICLE}</p>"
            self.pages[path] = (
                "text/html",
                f"<html><head><title>{title}</title></head><body><article>{text}</article>",
            )
        rss = f"<rss version='2.0'><channel><title>The Wire</title>{items}</channel></rss>"
        self.pages["/feed"] = ("text/xml", rss)


@contextmanager
def serving() -> Iterator[Served]:
    """A server on a free port of 127.0.0.1."""
    served = Served()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            kind, text = served.pages.get(self.path, ("text/plain", ""))
            body = text.encode()
            self.send_response(200 if self.path in served.pages else 404)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()

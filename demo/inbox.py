"""The demo's inbox: a Slack, a webhook receiver and a mail server on loopback, and a page of what they received.

    python -m demo.inbox --log inbox.log --ready inbox.ready

Once it listens, the ready file holds {"http": "http://127.0.0.1:PORT", "smtp": "smtp://127.0.0.1:PORT"}.
POST /slack/NAME (webhooks), /api/chat.postMessage and /api/chat.update (Slack's Web API), /hook/NAME, /apprise/NAME,
mail to anyone; GET / for people, GET /log for scripts; POST /__faults for tests.
"""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from aiohttp import web

from demo.inbox_http import build_app
from demo.inbox_mail import build_smtp
from demo.inbox_state import Faults, Inbox, Log, RateLimit

HOST = "127.0.0.1"
LAST_WORDS = 0.2  # seconds an answer under way may still take when the inbox is stopped


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a running inbox listens."""

    http: str
    smtp: str


@asynccontextmanager
async def running(inbox: Inbox, *, http_port: int = 0, smtp_port: int = 0) -> AsyncIterator[Addresses]:
    """Both servers over one state; 0 picks a free port. Leaving cuts off what is still under way."""
    runner = web.AppRunner(build_app(inbox), access_log=None, shutdown_timeout=LAST_WORDS)
    await runner.setup()
    await web.TCPSite(runner, HOST, http_port).start()
    mail = await asyncio.get_running_loop().create_server(build_smtp(inbox), HOST, smtp_port)
    try:
        http, smtp = runner.addresses[0][1], mail.sockets[0].getsockname()[1]
        yield Addresses(f"http://{HOST}:{http}", f"smtp://{HOST}:{smtp}")
    finally:
        inbox.stopping.set()
        mail.close()
        await runner.cleanup()


async def serve(inbox: Inbox, ready: Path | None, http_port: int = 0) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(inbox, http_port=http_port) as addresses:
        if ready is None:
            click.echo(f"{addresses.http}/   {addresses.smtp}")
        else:
            part = ready.with_name(f".{ready.name}.part")
            part.write_text(json.dumps({"http": addresses.http, "smtp": addresses.smtp}))
            os.replace(part, ready)  # whoever waits for the file never reads half of it
        await stop.wait()
    inbox.log.close()


@click.command()
@click.option("--log", type=click.Path(path_type=Path, dir_okay=False), help="Append every arrival here, one a line.")
@click.option("--ready", type=click.Path(path_type=Path, dir_okay=False), help="Write the addresses here.")
@click.option("--rate-limit/--no-rate-limit", default=True, show_default=True, help="One Slack message a second.")
@click.option("--faults", type=click.Choice(["on", "off"]), default="on", show_default=True,
              help="Refuse every 7th request of a path and every 9th mail once.")  # fmt: skip
@click.option("--secret", default="", help="Verify the webhooks' signatures with this whsec_ secret.")
@click.option("--port", default=0, help="The page's port.  [default: a free one]")
def main(log: Path | None, ready: Path | None, rate_limit: bool, faults: str, secret: str, port: int) -> None:
    """Receive what the service sends, on this machine only."""
    asyncio.run(_main(log, ready, rate_limit, faults == "on", secret, port))


async def _main(log: Path | None, ready: Path | None, limited: bool, faulty: bool, secret: str, port: int) -> None:
    inbox = Inbox(Log(log), Faults(regular=faulty), RateLimit(enabled=limited), secret=secret)
    await serve(inbox, ready, port)


if __name__ == "__main__":
    main()

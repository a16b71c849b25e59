"""Starting the desk: Datasette as a process of its own, on 127.0.0.1, reading the service's database.

It never writes: SQLite opens the file read-only, the connection is `query_only`, and only GET is answered.
"""

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from core.errors import BorderwireError

HOST = "127.0.0.1"  # the desk knows no users: whoever reaches it reads everything
FOLDER = Path(__file__).parent
START_SECONDS = 20.0  # it takes about one; more on a machine that is busy with the first polls
SETTINGS = {
    "allow_download": "off",
    "default_cache_ttl": "0",  # a reload shows what is true now
    "default_facet_size": "8",
    "default_page_size": "50",
    "facet_time_limit_ms": "400",
    "sql_time_limit_ms": "1000",  # a long read keeps the write-ahead log from being emptied
    "suggest_facets": "off",  # trying every column costs 50 ms each on a large archive
    "truncate_cells_html": "600",
}


def command(database: Path, port: int) -> list[str]:
    """The desk's argv; the first element is this Python, absolute. SIGTERM or Ctrl-C ends it."""
    settings = [word for pair in SETTINGS.items() for word in ("--setting", *pair)]
    return [
        *(sys.executable, "-m", "datasette", "serve", str(database.resolve())),
        *("--host", HOST, "--port", str(port)),
        *("--metadata", str(FOLDER / "metadata.yaml")),
        *("--template-dir", str(FOLDER / "templates")),
        *("--plugins-dir", str(FOLDER / "plugins")),
        *("--static", f"static:{FOLDER / 'static'}"),
        *settings,
    ]


def check_port(port: int) -> None:
    """Raises BorderwireError when another program already listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise BorderwireError(
                f"port {port} on {HOST} cannot be used ({error.strerror}): stop the program that listens there, "
                "or choose another with --port"
            ) from error


def start(database: Path, port: int) -> "subprocess.Popen[bytes]":
    """Start the desk in a session of its own and wait until it answers. Only its errors are printed.

    Raises BorderwireError when the port is taken or it does not come up.
    """
    check_port(port)
    child = subprocess.Popen(
        command(database, port), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        if _answers(port):
            return child
        time.sleep(0.05)
    if child.poll() is None:
        child.kill()
    child.wait()
    raise BorderwireError(f"the desk did not start on {HOST}:{port}; its words stand above")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/static/desk.css", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:  # refused, reset, or an HTTP error: all of them are OSErrors
        return False

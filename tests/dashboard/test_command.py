"""`borderwire dashboard` is the desk on the configured database."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from dashboard import desk
from store import open_store

ROOT = Path(__file__).parents[2]


def test_the_command_is_absolute_on_loopback_and_without_root(tmp_path: Path) -> None:
    found = desk.command(tmp_path / "x.db", 8001)
    assert found[:4] == [sys.executable, "-m", "datasette", "serve"]
    assert Path(found[0]).is_absolute()
    assert found[4] == str(tmp_path / "x.db")
    assert found[found.index("--host") + 1] == "127.0.0.1"
    assert not {"--root", "--immutable", "-i", "--cors", "--create", "--memory"} & set(found)
    settings = {found[i + 1]: found[i + 2] for i, word in enumerate(found) if word == "--setting"}
    assert settings["allow_download"] == "off"
    assert settings["sql_time_limit_ms"] == "1000"


def test_the_dashboard_command_serves_the_desk(tmp_path: Path, free_port: int) -> None:
    open_store(str(tmp_path / "news.db")).close()
    config = tmp_path / "config.yaml"
    config.write_text(f"database: {tmp_path / 'news.db'}\ncontact: you@example.org\n")
    child = subprocess.Popen(
        [sys.executable, "-m", "cli", "--config", str(config), "dashboard", "--port", str(free_port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        page = _first_answer(child, f"http://127.0.0.1:{free_port}/")
        assert "Borderwire" in page.text
        child.send_signal(signal.SIGTERM)
        said = child.communicate(timeout=10)[0].decode()
        assert f"The desk: http://127.0.0.1:{free_port}/" in said
        assert "Traceback" not in said
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def _first_answer(child: "subprocess.Popen[bytes]", url: str) -> httpx.Response:
    for _ in range(400):
        assert child.poll() is None, child.communicate()[0].decode()
        try:
            return httpx.get(url, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the desk did not answer")

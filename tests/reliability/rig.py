"""Processes around the service under test: each writes a ready file, all end with the rig."""

import json
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
READY_SECONDS = 30.0


@dataclass(slots=True)
class Rig:
    """A folder, and what runs in it."""

    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.folder / "borderwire.db"

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    def launch(self, name: str, module: str, *arguments: object) -> dict[str, Any]:
        """Start `python -m module --log NAME.log --ready NAME.ready`; what its ready file holds."""
        ready = self.folder / f"{name}.ready"
        paths = ("--log", self.folder / f"{name}.log", "--ready", ready)
        command = [sys.executable, "-m", module, *map(str, (*arguments, *paths))]
        self.processes[name] = subprocess.Popen(command, cwd=ROOT)
        deadline = time.monotonic() + READY_SECONDS
        while not ready.exists():
            if self.processes[name].poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} did not start")
            time.sleep(0.02)
        found: dict[str, Any] = json.loads(ready.read_text())
        return found

    def configure(self, **settings: Any) -> None:
        """Write the service's configuration; JSON is YAML."""
        base = {
            "database": self.database.name,
            "contact": "proof@borderwire.example",
            "allow_networks": ["127.0.0.0/8"],
            "fetch": {"delay": "0s"},
        }
        self.config.write_text(json.dumps({**base, **settings}))

    def log(self, name: str) -> list[dict[str, Any]]:
        """The JSON lines that a process has written so far."""
        path = self.folder / f"{name}.log"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def truth(self) -> dict[str, Any]:
        """What the newsroom knows to be true."""
        found: dict[str, Any] = json.loads((self.folder / "newsroom.truth").read_text())
        return found

    def stop(self) -> None:
        """End every process."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()


def post(url: str, value: object = None) -> None:
    """POST a JSON value."""
    content = b"" if value is None else json.dumps(value).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data=content, method="POST"), timeout=5):
        pass

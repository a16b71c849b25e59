"""Words to systemd (sd_notify): ready, reloading, stopping, alive. Without a service manager nothing is said."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

MOST = 2000  # characters of a status line


@dataclass(frozen=True, slots=True)
class Manager:
    """The datagram socket of the service manager; `watchdog` is the time in which it wants a sign of life, or None."""

    address: str | None
    watchdog: timedelta | None = None

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Manager":
        """What the environment of this process says; a watchdog meant for another process is none."""
        path = environ.get("NOTIFY_SOCKET", "")
        address = "\0" + path[1:] if path.startswith("@") else path if path.startswith("/") else None
        meant = environ.get("WATCHDOG_PID") in (None, "", str(os.getpid()))
        wanted = environ.get("WATCHDOG_USEC", "")
        number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 16 else 0
        return cls(address, timedelta(microseconds=number) if address and meant and number else None)

    def say(self, *words: str, status: str = "") -> bool:
        """`READY=1` and the like, with a line for `systemctl status`; whether it was taken. Never blocks or raises."""
        if self.address is None:
            return False
        lines = [*words, *([f"STATUS={' '.join(status.split())[:MOST]}"] if status else [])]
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
                manager.setblocking(False)
                manager.sendto("\n".join(lines).encode(), self.address)
        except OSError:  # gone, or it reads nothing: its own affair
            return False
        return True

"""A process of its own for one message through Apprise: started by `apprise.py`, killed where it hangs.

stdin   {"url", "title", "body", "type", "seconds"}; without a title the address is only looked at
stdout  {"ok": true | false | null, "late": bool, "said": [lines of Apprise's log]}
        null: no address that Apprise knows; late: it gave up waiting, and the message may have arrived
"""

import json
import logging
import os
import sys
from typing import Any

import apprise

MOST = 20  # log lines
LONGEST = 500  # characters of a line


class Lines(logging.Handler):
    """Keeps what Apprise says; it goes nowhere else."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if len(self.lines) < MOST:
            self.lines.append(record.getMessage()[:LONGEST])


def run(asked: dict[str, Any]) -> tuple[bool | None, bool]:
    """Send, or look at the address: `ok` and `late`."""
    # redirects: the address is what the configuration says, and leads nowhere else
    asset = apprise.AppriseAsset(
        app_id="Borderwire", app_desc="Borderwire alerts", app_url="", http_redirects=False, async_mode=False
    )
    service = apprise.Apprise.instantiate(asked["url"], asset=asset)
    if service is None:
        return None, False
    if "title" not in asked:
        return True, False
    if "overflow=" not in asked["url"]:  # nothing of a long message is lost, unless the address wants it cut
        service.overflow_mode = apprise.OverflowMode.SPLIT
    sender = apprise.Apprise(asset=asset)
    sender.add(service)
    found = sender.notify(
        body=asked["body"],
        title=asked["title"],
        notify_type=apprise.NotifyType(asked["type"]),
        body_format=apprise.NotifyFormat.TEXT,
        timeout=asked["seconds"],
    )
    return bool(found), found.timeout_count > 0


def main() -> None:
    """Answer on the real standard output; whatever a plug-in prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    kept = Lines()
    logger = logging.getLogger("apprise")
    logger.handlers[:] = [kept]
    logger.propagate = False
    ok, late = run(json.load(sys.stdin))
    answers.write(json.dumps({"ok": ok, "late": late, "said": kept.lines}))
    answers.flush()
    os._exit(0)  # threads that Apprise left behind wait for nobody


if __name__ == "__main__":
    main()

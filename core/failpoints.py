"""Places where a test may kill the process: `BORDERWIRE_FAILPOINT=name[:count]` kills at the count-th pass.

A SIGKILL, so that nothing is tidied up: what survives is what was committed.
"""

import os
import signal

_name = ""
_left = 0


def arm(asked: str) -> None:
    """From now on die at `name[:count]`; nowhere for an empty text."""
    global _name, _left
    _name, _, count = asked.partition(":")
    _left = int(count or 1)


def hit(name: str) -> None:
    """Die here if this is the place that was asked for."""
    global _left
    if name != _name:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get("BORDERWIRE_FAILPOINT", ""))

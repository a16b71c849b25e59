"""Places where a test may kill the process: `BORDERWIRE_FAILPOINT=name[:count]` kills at the count-th pass.

A SIGKILL, so that nothing is tidied up: what survives is what was committed.
"""

import os
import signal

_name, _, _count = os.environ.get("BORDERWIRE_FAILPOINT", "").partition(":")
_left = int(_count or 1)


def hit(name: str) -> None:
    """Die here if this is the place that was asked for."""
    global _left
    if name != _name:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

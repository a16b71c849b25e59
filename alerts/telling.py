"""What is told because its time has come rather than because an article came: in the transaction of each tick.

updates of stories | bursts | digests, which end with what was watched | daily ones of days without alerts
"""

from datetime import datetime

from alerts.bursts import tell_bursts
from alerts.digests import tell_digests
from alerts.evaluate import Evaluator
from alerts.health import coverage_lines
from alerts.silence import tell_silence
from alerts.updates import tell_updates
from store import Tx
from store.coverage import coverage


def tell_due(tx: Tx, evaluator: Evaluator, now: datetime, desk_url: str | None) -> list[str]:
    """Tell it; the ids of the alerts made or let go."""

    def watched(since: datetime) -> tuple[str, ...]:
        return coverage_lines(coverage(tx, since, now))

    return [
        *tell_updates(tx, evaluator, now, desk_url),
        *tell_bursts(tx, evaluator, now, desk_url),
        *tell_digests(tx, evaluator, now, watched, desk_url),
        *tell_silence(tx, evaluator, now, watched, desk_url),
    ]

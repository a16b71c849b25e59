"""Alerts: what every tick asks must cost the same after years as on the first day."""

import pytest

from store import Backend, Tx, alerts
from tests.conftest import FakeClock


class Explained:
    """A transaction that keeps the plans of the queries it is asked."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.plan: list[str] = []

    def all(self, sql: str, /, **params: object) -> list[object]:
        self.plan += [str(r["detail"]) for r in self._tx.all(f"EXPLAIN QUERY PLAN {sql}", **params)]
        return []


@pytest.mark.parametrize(
    "wanted",
    ["SCAN m USING INDEX alert_articles_untold", "SEARCH u USING COVERING INDEX alerts_parent (parent_id=?)"],
)
def test_looking_for_updates_reads_neither_told_articles_nor_copies_nor_other_alerts(
    store: Backend, clock: FakeClock, wanted: str
) -> None:
    with store.read() as tx:
        explained = Explained(tx)
        alerts.untold(explained, clock.now())  # type: ignore[arg-type]
        (index,) = tx.all("SELECT sql FROM sqlite_master WHERE name = 'alert_articles_untold'")
    assert wanted in explained.plan
    assert "relation <> 'copy'" in index["sql"]

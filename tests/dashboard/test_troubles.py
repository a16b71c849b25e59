"""The desk shows what was wrong with the service itself: at a glance on the front page, and all of it in a list."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from core.clock import SystemClock
from core.model import AlertKind
from store import Backend, alerts, open_store, troubles, views
from tests.conftest import FakeClock
from tests.dashboard.checks import check

HOUR = timedelta(hours=1)
HOSTILE = '<script>alert("x")</script>'


def test_open_ones_come_first_and_those_of_single_sources_have_their_own_place(
    store: Backend, clock: FakeClock
) -> None:
    now = clock.now()
    with store.tx() as tx:
        troubles.open(tx, "disk_low", "", "", now - 30 * HOUR)
        troubles.open(tx, "source_failing", "wire", "", now)
        troubles.record(tx, "stopped", "", "", now - 3 * HOUR, now - HOUR)
        troubles.record(tx, "stopped", "", "", now - 90 * HOUR, now - 80 * HOUR)
        found = views.troubles(tx, now - 24 * HOUR, 9)
        assert [(r["kind"], r["state"]) for r in found] == [("disk_low", "open"), ("stopped", "over")]
        assert len(views.troubles(tx, now - 24 * HOUR, 1)) == 1


def test_the_front_page_and_the_list_name_them_and_their_words_stay_words(tmp_path: Path, make_desk: Any) -> None:
    running = make_desk(tmp_path)
    assert "Troubles of the service" not in running.get("/").text
    now = SystemClock().now()
    store = open_store(str(running.database))
    with store.tx() as tx:
        troubles.open(tx, "channel_broken", "slack", f"404 {HOSTILE}", now - HOUR)
        alerts.add(tx, "al_health", AlertKind.HEALTH, "", "Channel slack is broken", now=now)
        troubles.told(tx, [troubles.current(tx)[0]["id"]], "al_health")
    store.close()
    for path in ("/", "/borderwire/desk_troubles"):
        answer = running.get(path)
        check(answer)
        assert "channel broken" in answer.text
        assert 'href="/alert/al_health"' in answer.text
        assert HOSTILE not in answer.text
    assert "Troubles of the service" in running.get("/").text

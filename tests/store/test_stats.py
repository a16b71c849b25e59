"""What `status` answers with: counts, what waits, what is silenced, and one sentence for each thing that is wrong."""

from datetime import timedelta

from core.model import AlertKind
from store import Backend, Tx, alerts, channels, mutes, outbox, stats, troubles
from store.outbox import claim, failed
from tests.conftest import FakeClock

HOUR = timedelta(hours=1)


def put(tx: Tx, clock: FakeClock, n: int, **given: object) -> str:
    alerts.add(tx, f"al_{n}", AlertKind.STORY, "tariffs", f"Title {n}", now=clock.now())
    options = {"state": "pending", "digest": None, "reason": None, "next_at": clock.now(), **given}
    return outbox.put(tx, f"al_{n}", "slack", "", now=clock.now(), deadline=clock.now() + 72 * HOUR, **options)  # type: ignore[arg-type]


def test_an_empty_database_needs_nobody(store: Backend, clock: FakeClock) -> None:
    with store.read() as tx:
        view = stats.overview(tx, clock.now())
    assert view["needs_attention"] == view["troubles"] == view["digests"] == view["mutes"] == []


def test_open_troubles_are_listed_and_those_nothing_else_names_need_attention(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        troubles.open(tx, "disk_low", "", "100 MB left", clock.now())
        troubles.open(tx, "source_failing", "wire", "503", clock.now())
        troubles.record(tx, "stopped", "", "", clock.now() - HOUR, clock.now())
        view = stats.overview(tx, clock.now())
    assert [(t["kind"], t["subject"], t["detail"], t["told"]) for t in view["troubles"]] == [
        ("disk_low", "", "100 MB left", False),
        ("source_failing", "wire", "503", False),
    ]
    assert view["needs_attention"] == ["disk low since 2025-02-05T12:00:00.000+00:00: 100 MB left"]


def test_what_waits_for_a_digest_and_who_silenced_what_is_listed(store: Backend, clock: FakeClock) -> None:
    with store.tx() as tx:
        channels.sync(tx, [("slack", "webhook")], clock.now())
        for n in range(3):
            put(
                tx,
                clock,
                n,
                state="held",
                digest="hourly",
                reason="the rule's hourly digest",
                next_at=clock.now() + HOUR,
            )
        mutes.add(tx, rule=None, source="wire", starts=clock.now(), ends=clock.now() + HOUR, who="ana", why="known")
        view = stats.overview(tx, clock.now())
    assert [(d["rule"], d["channel"], d["n"]) for d in view["digests"]] == [("tariffs", "slack", 3)]
    assert [(m["source"], m["who"]) for m in view["mutes"]] == [("wire", "ana")]
    assert view["needs_attention"] == []


def test_only_what_should_have_been_sent_is_late(store: Backend, clock: FakeClock) -> None:
    """A message let go after hours in a digest is not late; one that is tried again and again is."""
    with store.tx() as tx:
        channels.sync(tx, [("slack", "webhook")], clock.now())
        put(tx, clock, 1, next_at=clock.now() + 3 * HOUR)
        clock.move(hours=3)
        assert stats.overview(tx, clock.now())["needs_attention"] == []
        clock.move(minutes=6)
        late = ["1 message waiting for more than 5 minutes"]
        assert stats.overview(tx, clock.now())["needs_attention"] == late
        claimed = claim(tx, "slack", "me", clock.now(), HOUR)
        assert claimed is not None
        failed(tx, claimed, clock.now(), outcome="transient", error="", status=500, next_at=clock.now() + HOUR)
        assert stats.overview(tx, clock.now())["needs_attention"] == late
        assert outbox.waiting(tx, clock.now()) == 0

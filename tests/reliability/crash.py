"""`make crash`: the real service killed with SIGKILL again and again, at random moments and at failpoints in turn.

    python -m tests.reliability.crash [KILLS] [--stops N] [--seed N] [--keep FOLDER]

A run of all its kills and stops writes its figures into RELIABILITY.md, whatever they are.

newsroom + unlucky receivers | prime | news | live, die, look (KILLS times) | calm | settle | stop N times | compare
"""

import argparse
import contextlib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

from demo.run import RULES
from store import open_store, outbox
from tests.reliability import checker, report
from tests.reliability.checker import Seen, Snapshot, arrivals, snapshot
from tests.reliability.nursery import Nursery, nursery
from tests.reliability.rig import Rig, post
from tests.reliability.stops import Stops, stop_again_and_again

KILLS, STOPS = 150, 50
KILLS_A_SCALE = 25  # of the newsroom: at 150 kills some 45 events that must be told by each rule
PLACES = (
    "after_feed", "after_poll", "after_fetch", "in_tx_stories", "in_tx_alerts", "before_commit", "after_commit",
    "after_claim", "after_connect", "after_body_sent", "after_response", "before_ack", "after_ack", "in_reaper",
    "in_merge",
)  # fmt: skip
LONGEST, SHORTEST = 1.0, 0.05  # seconds of a life
PATIENCE = 1.0  # seconds for a failpoint to be passed; then the kill is one at random
SETTLE = 150.0  # seconds for the last alert
LATER = 2.0  # seconds: what waits longer than this at the end is sent again by the operator's own door
PRIME = 30.0
CHANNELS = ("slack", "hook", "mail")


@dataclass(slots=True)
class Figures:
    """What one run found."""

    kills: int = 0
    at_failpoints: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0  # kills while some message was on its way
    expected: int = 0  # (rule, event) pairs, each on every channel
    alerts: int = 0
    deliveries: int = 0
    requests: int = 0
    refused: int = 0
    unheard: int = 0
    lost: int = 0
    copies: int = 0
    seconds: float = 0.0
    stops: Stops | None = None
    faults: list[str] = field(default_factory=list)

    def table(self) -> dict[str, str]:
        """The figures in words."""
        told = {
            "kills (SIGKILL)": f"{self.kills}, of these {self.at_failpoints.total()} at {len(self.at_failpoints)}"
            f" failpoints and {self.in_flight} with a message on its way",
            "alerts expected by the newsroom, on each of three channels": f"{self.expected}",
            "alerts made, deliveries": f"{self.alerts}, {self.deliveries}",
            "requests and mails seen by the receivers": f"{self.requests}, of these {self.refused} refused"
            f" and {self.unheard} acknowledged unheard",
            "lost": f"{self.lost}",
            "extra copies, each under its first id": f"{self.copies}",
            "other promises not kept": f"{len(self.faults) - self.lost}",
        }
        if self.stops is not None:
            told["stops (SIGTERM) with a message on its way"] = (
                f"{self.stops.times}: {self.stops.lost} lost, {self.stops.doubled} doubled,"
                f" {max(self.stops.seconds):.1f} s at most"
            )
        return {**told, "seconds": f"{self.seconds:.0f}"}


@dataclass(slots=True)
class Crash:
    """One run."""

    rig: Rig
    nursery: Nursery
    kills: int
    seed: int
    say: Callable[[str], None] = print
    seen: Seen = field(default_factory=Seen)
    figures: Figures = field(default_factory=Figures)
    room: dict[str, Any] = field(default_factory=dict)
    inbox: dict[str, Any] = field(default_factory=dict)

    def run(self) -> Figures:
        """Everything, in order; the figures."""
        self.prepare()
        self.prime()
        post(f"{self.room['control']}/__start")
        self.kill_again_and_again()
        post(f"{self.inbox['control']}/__faults", {"path": "calm", "statuses": []})
        found = self.settle()
        self.compare(found)
        return self.figures

    def prepare(self) -> None:
        """Newsroom, receivers and configuration."""
        duration = max(8.0, self.kills * 0.6)
        truth = self.rig.folder / "newsroom.truth"
        self.room = self.rig.launch(
            "newsroom",
            "demo.newsroom",
            "--scale",
            max(1, self.kills // KILLS_A_SCALE),
            "--duration",
            duration,
            "--seed",
            self.seed,
            "--truth",
            truth,
        )
        self.inbox = self.rig.launch("inbox", "tests.reliability.receivers", "--seed", self.seed)
        self.rig.configure(sources=self.room["sources"], rules=rules(), channels=channels(self.inbox))

    def prime(self) -> None:
        """One undisturbed life until every source was read: what comes later is news."""
        child = self.nursery.start(self.rig.config, self.rig.database)
        deadline = time.monotonic() + PRIME
        while "priming" in self.states() or not self.states():
            if time.monotonic() > deadline:
                raise TimeoutError(f"the sources were not read in {PRIME:.0f} s: {self.states()}")
            time.sleep(0.1)
        child.kill()

    def states(self) -> set[str]:
        """The states of the sources; none before there is a database."""
        with contextlib.suppress(Exception):
            store = open_store(str(self.rig.database), read_only=True)
            try:
                with store.read() as tx:
                    return {row["state"] for row in tx.all("SELECT DISTINCT state FROM sources")}
            finally:
                store.close()
        return set()

    def kill_again_and_again(self) -> None:
        """In turn at a failpoint and at random."""
        random, places = Random(self.seed), cycle(PLACES)
        for number in range(self.kills):
            place = f"{next(places)}:{random.randint(1, 3)}" if number % 2 else ""
            child = self.nursery.start(self.rig.config, self.rig.database, BORDERWIRE_FAILPOINT=place)
            code = child.wait(PATIENCE if place else random.uniform(SHORTEST, LONGEST))
            child.kill()
            if code is not None and (code != -9 or not place):
                raise RuntimeError(f"the service ended by itself ({code}): see {self.rig.folder}/service.log")
            if code is not None:
                self.figures.at_failpoints[place.partition(":")[0]] += 1
            self.figures.kills += 1
            self.look()
            if (number + 1) % 25 == 0:
                self.say(f"{number + 1} kills, {len(self.seen.deliveries)} deliveries so far")

    def look(self) -> None:
        """Between two lives."""
        found = snapshot(self.rig.database, whole=False)
        self.seen.note(found)
        self.figures.in_flight += bool(found.sending)

    def settle(self) -> Snapshot:
        """One undisturbed life until nothing is left; what waits for long is sent again by hand."""
        child = self.nursery.start(self.rig.config, self.rig.database)
        deadline = time.monotonic() + SETTLE
        while time.monotonic() < deadline:
            found = snapshot(self.rig.database, whole=False)
            open_ = [d for d in found.deliveries if d["state"] in ("pending", "sending", "held")]
            if not open_ and not self.missing(found):
                break
            self.replay([d["id"] for d in open_ if d["state"] in ("pending", "held") and _waits(d)])
            time.sleep(0.5)
        child.kill()
        return snapshot(self.rig.database)

    def replay(self, ids: list[str]) -> None:
        """`borderwire deliveries replay`, beside the running service."""
        if not ids:
            return
        store = open_store(str(self.rig.database))
        try:
            with store.tx() as tx:
                for key in ids:
                    outbox.replay(tx, now=datetime.now(UTC), delivery_id=key)
        finally:
            store.close()

    def missing(self, found: Snapshot) -> list[str]:
        """What has not arrived yet."""
        received = arrivals(self.rig.log("inbox"))
        return checker.lost(found, received, self.expected(), {r["name"]: r["channels"] for r in rules()})

    def expected(self) -> list[dict[str, Any]]:
        """What the newsroom knows must be told, for each rule with the same query."""
        truth = self.rig.truth()
        return [
            {**want, "rule": rule["name"]}
            for want in truth["expected"]
            for rule in rules()
            if rule["name"].startswith(want["rule"])
        ]

    def compare(self, found: Snapshot) -> None:
        """Hold both sides against each other."""
        log = self.rig.log("inbox")
        received, wanted, figures = arrivals(log), self.expected(), self.figures
        told = {r["name"]: r["channels"] for r in rules()}
        figures.faults = checker.check(found, received, wanted, told, self.seen)
        figures.lost = len(checker.lost(found, received, wanted, told))
        figures.copies = sum(checker.copies(received).values())
        figures.expected = len(wanted)
        figures.alerts = len(found.alerts)
        figures.deliveries = len(found.deliveries)
        figures.requests = len(log)
        figures.refused = sum(entry["status"] >= 400 for entry in log)
        figures.unheard = sum(a.lost for a in received)


def rules() -> list[dict[str, Any]]:
    """The demo's rules, told at once; and again by a rule whose alerts wait to be told together."""
    queries = [{"name": r["name"], "query": r["query"]} for r in RULES]
    shared = {"channels": list(CHANNELS), "wait": "0s", "update_every": "10s", "severity": "urgent"}
    return [
        *({**q, **shared} for q in queries),
        *({**q, **shared, "name": f"{q['name']}-digest", "severity": "normal", "cooldown": "6s"} for q in queries),
    ]


def channels(inbox: dict[str, Any]) -> list[dict[str, Any]]:
    """The receivers as channels."""
    return [
        {"name": "slack", "kind": "slack", "url": f"{inbox['http']}/slack/proof"},
        {"name": "hook", "kind": "webhook", "url": f"{inbox['http']}/hook/proof"},
        {"name": "mail", "kind": "email", "smtp": inbox["smtp"], "from": "wire@borderwire.example",
         "to": ["desk@newsroom.example"]},
    ]  # fmt: skip


def _waits(delivery: dict[str, Any]) -> bool:
    return datetime.fromisoformat(delivery["next_at"]).timestamp() > time.time() + LATER


@contextlib.contextmanager
def folder(keep: Path | None) -> Iterator[Path]:
    """Where a run writes: `keep`, or a temporary folder that goes with it."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="borderwire-crash-") as made:
        yield Path(made)


def crash(place: Path, kills: int, stops: int, seed: int, say: Callable[[str], None] = print) -> Figures:
    """A run in a folder of its own."""
    rig, began = Rig(place), time.monotonic()
    with nursery() as made:
        try:
            found = Crash(rig, made, kills, seed, say).run()
        finally:
            rig.stop()
        if stops:
            (place / "stops").mkdir()
            found.stops = stop_again_and_again(place / "stops", made, stops, seed=seed)
            found.faults += found.stops.faults
    found.seconds = time.monotonic() - began
    return found


def main() -> int:
    """The command line; 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.crash")
    parser.add_argument("kills", type=int, nargs="?", default=KILLS)
    parser.add_argument("--stops", type=int, default=STOPS)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with folder(given.keep) as place:
        found = crash(place, given.kills, given.stops, given.seed)
    for name, value in found.table().items():
        print(f"{name:<60} {value}")
    if given.kills >= KILLS and given.stops >= STOPS:
        report.write(found.table())
    for fault in found.faults:
        print(f"! {fault}")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())

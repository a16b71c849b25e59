"""Rules that fire on articles of their own, and a receiver that answers as told: for digests and bursts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from alerts.digests import Coverage, tell_digests
from alerts.evaluate import Evaluator
from alerts.rules import Rule, RuleSet
from core.config import RuleConfig
from core.model import Article, Document, EntryClass, Extraction, Relation, Stored
from store import Row, Tx, articles, outbox
from tests.conftest import FakeClock

LEASE = timedelta(seconds=90)
DESK = "https://desk.example"


@dataclass(frozen=True)
class Target:
    """One place that takes every message, or several."""

    places: tuple[str, ...] = ("",)
    deadline: timedelta = timedelta(hours=72)

    def targets(self) -> tuple[str, ...]:
        return self.places


def rule(name: str = "tariffs", *told: str, query: str = "tariff", **changes: object) -> RuleConfig:
    made = RuleConfig(
        name, query, told or ("desk",), (), (), timedelta(), timedelta(minutes=30), "story", "config.yaml:1"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def evaluator(
    *rules: RuleConfig,
    quiet: Mapping[str, str] | None = None,
    zone: tzinfo = UTC,
    channels: Mapping[str, Target] | None = None,
) -> Evaluator:
    chosen = rules or (rule(),)
    targets = channels or {name: Target() for r in chosen for name in r.channels}
    return Evaluator(
        RuleSet([Rule(r.name, r.query) for r in chosen]), {r.name: r for r in chosen}, targets, quiet or {}, zone
    )


@dataclass
class Storm:
    """Articles that are printed one after the other, each a story of its own unless one is named."""

    tx: Tx
    clock: FakeClock
    made: Evaluator
    count: int = 0
    last: dict[int, Stored] = field(default_factory=dict)

    def prints(
        self,
        text: str = "A tariff on steel.",
        *,
        entry_class: EntryClass = EntryClass.LIVE,
        source: str = "wire",
        story: int | None = None,
        relation: Relation = Relation.NEW,
    ) -> list[str]:
        """A new article; the alerts it made."""
        self.count += 1
        now, number = self.clock.now(), self.count
        url, title = f"https://{source}.example/{number}", f"Story {number}"
        story_id = story or articles.found_story(self.tx, url, title, "en", now)
        article_id = articles.add(
            self.tx,
            Article(url, url, title, text, language="en", site=f"Paper {number}"),
            source=source,
            tags=(),
            entry_class=entry_class,
            story_id=story_id,
            relation=relation,
            copy_of=None,
            score=0.0,
            sketch_n=0,
            text_hash=url,
            words=len(text.split()),
            now=now,
        )
        stored = Stored(
            article_id=article_id,
            revision=1,
            document=Document(str(article_id), title, text, url, source=source, language="en"),
            story_id=story_id,
            story_key=str(articles.story(self.tx, story_id)["key"]),
            relation=relation,
            entry_class=entry_class,
            extraction=Extraction.PAGE,
            note="",
            first_seen=now,
        )
        self.last[number] = stored
        return self.made(self.tx, stored, now)

    def tick(self, coverage: Coverage = (), desk_url: str | None = DESK, **later: float) -> list[str]:
        """The digests of a tick, and what it let go."""
        return tell_digests(self.tx, self.made, self.clock.move(**later), coverage, desk_url)

    def claim(self, channel: str = "desk") -> outbox.Claim | None:
        return outbox.claim(self.tx, channel, "me", self.clock.now(), LEASE)

    def sends(self, channel: str = "desk") -> list[str]:
        """Everything that is due arrives: the ids of its alerts."""
        told = []
        while (claimed := self.claim(channel)) is not None:
            outbox.sent(self.tx, claimed, self.clock.now())
            told.append(claimed.alert_id)
        return told

    def fails(self, claimed: outbox.Claim, *, again: timedelta | None = None) -> None:
        """A try that failed: dead unless it is tried `again` after a time."""
        now = self.clock.now()
        next_at = None if again is None else now + again
        outbox.failed(self.tx, claimed, now, outcome="rejected", error="400", status=400, next_at=next_at, counts=True)

    def deliveries(self, state: str | None = None) -> list[Row]:
        return self.tx.all(
            "SELECT d.*, a.rule AS rule, a.kind AS kind, a.severity AS severity FROM deliveries d"
            " JOIN alerts a ON a.id = d.alert_id WHERE (:state IS NULL OR d.state = :state)"
            " ORDER BY d.created_at, d.id",
            state=state,
        )

    def states(self) -> dict[str, int]:
        return {r["state"]: r["n"] for r in self.tx.all("SELECT state, COUNT(*) AS n FROM deliveries GROUP BY state")}

    def held(self) -> list[tuple[str, str]]:
        """Why each held one is, and until when."""
        return [(r["digest"], f"{datetime.fromisoformat(r['next_at']):%d %H:%M:%S}") for r in self.deliveries("held")]

    def message(self, alert_id: str) -> Any:
        row = self.tx.one("SELECT message FROM alerts WHERE id = :id", id=alert_id)
        assert row is not None
        return json.loads(row["message"])

"""Rules over one stored article: matches, alerts and deliveries, inside the ingest transaction.

match | new for this article? | provably new? | muted? | its story told already? | alert, outbox
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from alerts.changes import what_changed
from alerts.message import alert_id
from alerts.rules import RuleSet
from alerts.snippet import matched_words, snippet
from core.config import RuleConfig
from core.failpoints import hit
from core.model import AlertKind, EntryClass, Match, Receipt, Relation, Stored
from store import Tx, outbox
from store import alerts as alert_rows

OLD = {EntryClass.BACKFILL: "backfill", EntryClass.REWRITE: "reissued"}
NOTES = {
    EntryClass.LATE: "dated more than three days before it was first seen",
    EntryClass.BURST: "one of many entries that appeared at once",
}


class Target(Protocol):
    """What the outbox needs to know of a channel."""

    @property
    def deadline(self) -> timedelta:
        """How long a message may be retried."""

    def targets(self) -> tuple[str, ...]:
        """One delivery is made for each of these."""


@dataclass(frozen=True, slots=True)
class Evaluator:
    """The rules in force and where they tell. Replaced as a whole on a reload."""

    rules: RuleSet
    configs: Mapping[str, RuleConfig]
    channels: Mapping[str, Target]

    def __call__(self, tx: Tx, stored: Stored, now: datetime) -> list[str]:
        """Record every match of a new revision; the ids of the alerts it created."""
        already = alert_rows.matched_rules(tx, stored.article_id) if stored.revision > 1 else set()
        created = []
        for match in self.rules.match(stored.document):
            if match.rule not in already and self._matched(tx, stored, match, now):
                created.append(alert_id(match.rule, stored.story_key))
        if stored.relation is Relation.COPY and stored.entry_class not in OLD:
            self._name_copy(tx, stored, now)
        hit("in_tx_alerts")
        return created

    def _matched(self, tx: Tx, stored: Stored, match: Match, now: datetime) -> bool:
        config = self.configs[match.rule]
        told = alert_id(match.rule, stored.story_key)
        mute = alert_rows.muted(tx, match.rule, stored.document.source, now)
        exists = alert_rows.find(tx, told) is not None
        if stored.entry_class in OLD:
            outcome = OLD[stored.entry_class]
        elif exists:
            outcome = "joined"
        else:
            outcome = "alerted" if mute is None else "muted"
        field, runs = snippet(stored.document.title, stored.document.text, match.spans)
        alert_rows.add_match(
            tx,
            match,
            article_id=stored.article_id,
            revision=stored.revision,
            story_id=stored.story_id,
            snippet="".join(text for text, _ in runs),
            outcome=outcome,
            alert_id=None if outcome in OLD.values() else told,
            now=now,
        )
        if outcome in OLD.values():
            return False
        if exists:
            alert_rows.add_article(tx, told, stored.article_id, stored.relation, now)
            return False
        receipt = Receipt(
            rule=match.rule,
            query=config.query,
            words=matched_words(stored.document.title, stored.document.text, match.spans),
            field=field,
            snippet=runs,
            source=stored.document.source,
            published=stored.document.published,
            seen=stored.first_seen,
            matched=now,
            note="; ".join(filter(None, (stored.note, NOTES.get(stored.entry_class, "")))),
        )
        alert_rows.add(
            tx,
            told,
            AlertKind.STORY,
            match.rule,
            stored.document.title,
            now=now,
            story_id=stored.story_id,
            article_id=stored.article_id,
            lines=what_changed(stored, match, now),
            receipt=receipt,
        )
        alert_rows.add_article(tx, told, stored.article_id, stored.relation, now)
        self.enqueue(tx, told, config, now, wait=config.wait, muted=None if mute is None else mute["id"])
        return True

    def enqueue(
        self,
        tx: Tx,
        told: str,
        config: RuleConfig,
        now: datetime,
        *,
        wait: timedelta,
        muted: int | None = None,
    ) -> None:
        """One delivery per target of each of the rule's channels; a muted one is kept, suppressed and replayable."""
        for name in config.channels:
            channel = self.channels[name]
            for target in channel.targets():
                outbox.put(
                    tx,
                    told,
                    name,
                    target,
                    now=now,
                    next_at=now + wait,
                    deadline=now + channel.deadline,
                    state="pending" if muted is None else "suppressed",
                    reason=None if muted is None else f"mute {muted}",
                )

    @staticmethod
    def _name_copy(tx: Tx, stored: Stored, now: datetime) -> None:
        """A copy joins every alert of its story, even where the part it printed lacks the matched words."""
        for row in alert_rows.of_story(tx, stored.story_id):
            alert_rows.add_article(tx, row["id"], stored.article_id, Relation.COPY, now)

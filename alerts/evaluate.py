"""Rules over one stored article: matches, alerts and deliveries, inside the ingest transaction.

match | new for this article, or in what an edit added? | provably new? | told already? | muted? | alert | outbox
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from alerts.changes import QUOTED, Edit, edit_lines, edit_of, key, quotes, respelt, standing_line
from alerts.message import alert_id
from alerts.rules import RuleSet
from alerts.snippet import Runs, matched_words, snippet
from alerts.timing import FUSE, FUSED, WINDOW, Ask, decide
from core.config import RuleConfig
from core.failpoints import hit
from core.model import AlertKind, EntryClass, Extraction, Match, Receipt, Relation, Standing, Stored
from store import Row, Tx, digests, edits, mutes, outbox
from store import alerts as alert_rows

log = logging.getLogger("borderwire.alerts")
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
class Change:
    """What an edit means for one rule: the lines that say it, and why it need not be told, where that is so."""

    lines: tuple[str, ...]
    touched: int  # different sentences that hold a matched word
    trivial: bool  # the rule held before, and words were only spelt otherwise


@dataclass(frozen=True, slots=True)
class Evaluator:
    """The rules in force, where they tell and when they must not. Replaced as a whole on a reload."""

    rules: RuleSet
    configs: Mapping[str, RuleConfig]
    channels: Mapping[str, Target]
    quiet: Mapping[str, str] = field(default_factory=dict)  # of channels that have them: `22:00-07:00`
    zone: tzinfo = UTC

    def __call__(self, tx: Tx, stored: Stored, now: datetime) -> list[str]:
        """Record what a new revision, or the end of an article, means for every rule; ids of the alerts created."""
        created = []
        if stored.standing is not Standing.GONE:  # the text of one that is gone has not changed
            created = self._matched(tx, stored, now)
            if stored.relation is Relation.COPY and stored.entry_class not in OLD:
                self._name_copy(tx, stored, now)
        if stored.standing is not Standing.PRINTED and stored.previous_text is not None:
            self._stood(tx, stored, created, now)
        hit("in_tx_alerts")
        return created

    def _matched(self, tx: Tx, stored: Stored, now: datetime) -> list[str]:
        matches = self.rules.match(stored.document)
        if not matches:
            return []
        already = alert_rows.matched_rules(tx, stored.article_id) if stored.revision > 1 else set()
        edit = _edit(tx, stored)
        if edit is not None and not already.issuperset(m.rule for m in matches):
            already |= self._held(stored)
        created = []
        for match in matches:
            change = None if edit is None else _change(edit, match, match.rule in already, now)
            if match.rule in already and (change is None or not change.touched):
                continue  # it was told or passed over when it came to hold
            told = self._told(tx, stored, match, change, now)
            created += [told] if told else []
        return created

    def _held(self, stored: Stored) -> set[str]:
        """Rules that hold for earlier texts: one newer than the article fires for what an edit adds and no more."""
        texts = (*stored.earlier, stored.previous_text or "")
        held: set[str] = set()
        for number, text in enumerate(texts, stored.revision - len(texts)):
            kind = "new" if number == 1 else "update"
            before = replace(stored.document, title=stored.previous_title or "", text=text, kind=kind)
            held.update(self.rules.names(before))
        return held

    def _told(self, tx: Tx, stored: Stored, match: Match, change: Change | None, now: datetime) -> str | None:
        """Record a match and what comes of it; the id of the alert it created."""
        config = self.configs[match.rule]
        mute = mutes.held(tx, match.rule, stored.document.source, now)
        old = OLD.get(stored.entry_class)
        if config.when is not None:
            of_source = mute is not None and mute["source"] is not None
            _record(tx, stored, match, old or ("muted" if of_source else "known"), None, now)
            return None  # `alerts.bursts` tells of many
        known, row = _alert(tx, config, stored)
        if row is None and change is not None and change.trivial:
            return None
        outcome = old or ("joined" if row is not None else "alerted" if mute is None else "muted")
        runs = _record(tx, stored, match, outcome, None if old else known, now)
        if row is not None and change is not None:
            quiet = _quiet(tx, stored, config, row, change)
            edits.add(tx, known, stored.article_id, stored.revision, "edited", change.lines, now=now, quiet=quiet)
        if old:
            return None
        if row is None:
            _create(tx, known, config, stored, match, runs, change, now)
            muted = None if mute is None else int(mute["id"])
            self.enqueue(tx, known, config, now, wait=config.wait, muted=muted, entry_class=stored.entry_class)
        alert_rows.add_article(tx, known, stored.article_id, stored.relation, now)
        return known if row is None else None

    def _stood(self, tx: Tx, stored: Stored, created: Sequence[str], now: datetime) -> None:
        """A correction, a retraction or the end of an article concerns every alert that speaks of it."""
        line = standing_line(stored.standing, stored.standing_note, now)
        for row in alert_rows.speaking_of(tx, stored.article_id, stored.story_id):
            if row["id"] in created:  # its first message says so
                continue
            config = self.configs.get(row["rule"])
            quiet = None
            if config is not None and config.update_every == "never":
                quiet = "never"
            elif stored.entry_class in OLD and stored.standing is not Standing.RETRACTED:
                quiet = "class"
            edits.add(
                tx, row["id"], stored.article_id, stored.revision, str(stored.standing), (line,), now=now, quiet=quiet
            )

    def enqueue(
        self,
        tx: Tx,
        told: str,
        config: RuleConfig,
        now: datetime,
        *,
        wait: timedelta,
        muted: int | None = None,
        entry_class: EntryClass = EntryClass.LIVE,
    ) -> None:
        """One delivery per target of each of the rule's channels, to be sent at once or with others, or kept.

        A muted one is suppressed and replayable. What an alert speaks of decides with `entry_class` whether it may
        come alone.
        """
        urgent = config.severity == "urgent"
        fuse_until = None if urgent or muted is not None else self._fuse(tx, now)
        for name in config.channels:
            channel = self.channels[name]
            ask = Ask(
                wait=wait,
                entry_class=entry_class,
                urgent=urgent,
                mute=muted,
                digest=config.digest,
                quiet=self.quiet.get(name),
                zone=self.zone,
                cooled_at=_cooled_at(tx, config, name, now),
                room_at=_room_at(tx, config, name, now),
                fuse_until=fuse_until,
            )
            timing = decide(ask, now)
            for target in channel.targets():
                outbox.put(
                    tx,
                    told,
                    name,
                    target,
                    now=now,
                    next_at=timing.next_at,
                    deadline=timing.next_at + channel.deadline,
                    state=timing.state,
                    digest=timing.digest,
                    reason=timing.reason,
                    priority=outbox.URGENT if urgent else outbox.NORMAL,
                )

    @staticmethod
    def _fuse(tx: Tx, now: datetime) -> datetime | None:
        """Until when nothing is told at once; too many messages in too short a time begin that."""
        until = digests.fuse_until(tx, now)
        if until is None and digests.made(tx, now - WINDOW, FUSE) >= FUSE:
            until = now + FUSED
            digests.blow_fuse(tx, until)
            log.warning("%d messages in %d minutes: digests only until %s", FUSE, WINDOW.seconds // 60, until)
        return until

    @staticmethod
    def _name_copy(tx: Tx, stored: Stored, now: datetime) -> None:
        """A copy joins every alert of its story, even where the part it printed lacks the matched words."""
        for row in alert_rows.of_story(tx, stored.story_id):
            alert_rows.add_article(tx, row["id"], stored.article_id, Relation.COPY, now)


def _room_at(tx: Tx, config: RuleConfig, channel: str, now: datetime) -> datetime | None:
    """When a rule that told a channel its fill may tell it at once again."""
    if config.severity == "urgent" or config.digest is not None:
        return None
    most, window = config.at_most
    times = digests.latest(tx, config.name, channel, now - window, most)
    return times[-1] + window if len(times) == most else None


def _cooled_at(tx: Tx, config: RuleConfig, channel: str, now: datetime) -> datetime | None:
    """When the rule's cooldown on a channel ends."""
    if config.severity == "urgent" or not config.cooldown:
        return None
    last = digests.last_told(tx, config.name, channel, now - 2 * config.cooldown)  # made then, sent since
    return None if last is None else last + config.cooldown


def _record(tx: Tx, stored: Stored, match: Match, outcome: str, alert: str | None, now: datetime) -> tuple[str, Runs]:
    """Keep that a rule holds for a revision, and what came of it; where it does in words, as `snippet` gives them."""
    runs = snippet(stored.document.title, stored.document.text, match.spans)
    alert_rows.add_match(
        tx,
        match,
        article_id=stored.article_id,
        revision=stored.revision,
        story_id=stored.story_id,
        snippet="".join(text for text, _ in runs[1]),
        outcome=outcome,
        alert_id=alert,
        now=now,
    )
    return runs


def _alert(tx: Tx, config: RuleConfig, stored: Stored) -> tuple[str, Row | None]:
    """The alert in which a rule tells of an article: its id, and the row where it has been told already."""
    if config.fold == "none":
        made = alert_id(config.name, stored.story_key + stored.document.url)
        row = alert_rows.own(tx, config.name, stored.article_id)
    else:
        made = alert_id(config.name, stored.story_key)
        row = alert_rows.about(tx, config.name, stored.story_id)
    row = row or alert_rows.find(tx, made)  # an id that is taken must not swallow the article
    return made if row is None else row["id"], row


def _edit(tx: Tx, stored: Stored) -> Edit | None:
    """What the revision is beside earlier ones; None for a new article and for the first text after a mere summary."""
    if stored.previous_text is None:
        return None
    rows = edits.earlier(tx, stored.article_id, stored.revision)
    if rows and rows[-1]["extraction"] == Extraction.SUMMARY and stored.extraction is not Extraction.SUMMARY:
        return None
    return edit_of(stored, [row["title"] for row in rows])


def _change(edit: Edit, match: Match, held: bool, now: datetime) -> Change:
    touched = edit.touched(match)
    return Change(
        lines=edit_lines(edit, match, touched, now) if touched or not held else (),
        touched=len({key(s.text) for s in touched}),
        trivial=held and all(map(respelt, touched)),
    )


def _quiet(tx: Tx, stored: Stored, config: RuleConfig, row: Row, change: Change) -> str | None:
    """Why nobody is told of an edit, where nobody is."""
    if stored.entry_class in OLD:
        return "class"
    if change.trivial:
        return "spelling"
    said = quotes(change.lines)
    if said and change.touched <= QUOTED and said <= quotes(edits.told_lines(tx, row["id"])):
        return "same"  # an agency's edit arrives in every paper that prints its text
    return "never" if config.update_every == "never" else None


def _create(
    tx: Tx,
    made: str,
    config: RuleConfig,
    stored: Stored,
    match: Match,
    found: tuple[str, Runs],
    change: Change | None,
    now: datetime,
) -> None:
    """The rule's first alert about the story, with its receipt."""
    lines = () if change is None else change.lines
    if change is not None and stored.standing is not Standing.PRINTED:
        lines = (standing_line(stored.standing, stored.standing_note, now), *lines)
    alert_rows.add(
        tx,
        made,
        AlertKind.STORY,
        match.rule,
        stored.document.title,
        now=now,
        story_id=stored.story_id,
        article_id=stored.article_id,
        lines=lines,
        receipt=Receipt(
            rule=match.rule,
            query=config.query,
            words=matched_words(stored.document.title, stored.document.text, match.spans),
            field=found[0],
            snippet=found[1],
            source=stored.document.source,
            published=stored.document.published,
            seen=stored.first_seen,
            matched=now,
            note="; ".join(filter(None, (stored.note, NOTES.get(stored.entry_class, "")))),
        ),
        fold=config.fold,
        severity=config.severity,
    )

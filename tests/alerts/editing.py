"""A story told in several outlets and edited, put into a real store and evaluated as ingest does."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

from alerts.evaluate import Evaluator
from alerts.rules import Rule, RuleSet
from alerts.updates import tell_updates
from core.config import RuleConfig
from core.model import Article, Document, EntryClass, Extraction, Relation, Standing, Stored
from store import Row, Tx, articles, edits
from store import alerts as alert_rows
from tests.conftest import FakeClock

PLAIN = "A convoy left at dawn. Nobody said why."
GUARD = "The National Guard confirmed it."


@dataclass(frozen=True)
class Target:
    """One place that takes every message."""

    deadline: timedelta = timedelta(hours=72)

    def targets(self) -> tuple[str, ...]:
        return ("",)


def rule(name: str = "guard", query: str = '"National Guard"', **changes: object) -> RuleConfig:
    made = RuleConfig(name, query, ("desk",), (), (), timedelta(), timedelta(minutes=30), "story", "config.yaml:1")
    return replace(made, **changes)  # type: ignore[arg-type]


def evaluator(*rules: RuleConfig) -> Evaluator:
    chosen = rules or (rule(),)
    return Evaluator(RuleSet([Rule(r.name, r.query) for r in chosen]), {r.name: r for r in chosen}, {"desk": Target()})


@dataclass
class News:
    """Outlets that print and edit; every step is evaluated at once."""

    tx: Tx
    clock: FakeClock
    made: Evaluator
    last: dict[int, Stored] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)

    def prints(
        self,
        outlet: str,
        text: str,
        *,
        story: int | None = None,
        relation: Relation = Relation.NEW,
        entry_class: EntryClass = EntryClass.LIVE,
        extraction: Extraction = Extraction.PAGE,
        title: str = "Convoy reaches the border",
    ) -> int:
        """A new article of an outlet, in a story of its own unless one is named; its id."""
        url = f"https://{outlet.lower().replace(' ', '-')}.example/{len(self.last)}"
        story_id = story or articles.found_story(self.tx, url, title, "en", self.clock.now())
        article = Article(url, url, title, text, language="en", site=outlet, extraction=extraction)
        article_id = articles.add(
            self.tx,
            article,
            source=outlet.lower(),
            tags=(),
            entry_class=entry_class,
            story_id=story_id,
            relation=relation,
            copy_of=None,
            score=0.0,
            sketch_n=0,
            text_hash=url,
            words=len(text.split()),
            now=self.clock.now(),
        )
        self._see(
            Stored(
                article_id=article_id,
                revision=1,
                document=Document(str(article_id), title, text, url, source=outlet.lower(), language="en"),
                story_id=story_id,
                story_key=str(articles.story(self.tx, story_id)["key"]),
                relation=relation,
                entry_class=entry_class,
                extraction=extraction,
                note="",
                first_seen=self.clock.now(),
            )
        )
        return article_id

    def edits(self, article_id: int, text: str, *, title: str | None = None, **changes: object) -> None:
        """The outlet prints another text at the same address."""
        before = self.last[article_id]
        row = articles.get(self.tx, article_id)
        article = replace(articles.to_article(row), text=text, title=title or row["title"], extraction=Extraction.PAGE)
        revision = articles.revise(
            self.tx, article_id, article, sketch_n=0, text_hash=f"{article_id}.{row['revision']}", words=9,
            now=self.clock.now(),
        )  # fmt: skip
        earlier = before.earlier if before.previous_text is None else (*before.earlier, before.previous_text)
        made = replace(
            before,
            revision=revision,
            document=replace(before.document, text=text, title=article.title, kind="update"),
            entry_class=EntryClass.UPDATE,
            extraction=Extraction.PAGE,
            first_seen=self.clock.now(),
            previous_text=before.document.text,
            previous_title=before.document.title,
            earlier=earlier,
            standing=Standing.PRINTED,
            standing_note="",
        )
        self._see(replace(made, **changes))  # type: ignore[arg-type]

    def loses(self, article_id: int, note: str = "answered 404") -> None:
        """The page is gone: the article as stored."""
        before = self.last[article_id]
        made = replace(
            before,
            entry_class=EntryClass.UPDATE,
            previous_text=before.document.text,
            previous_title=before.document.title,
            standing=Standing.GONE,
            standing_note=note,
        )
        self.created += self.made(self.tx, made, self.clock.now())

    def _see(self, stored: Stored) -> None:
        self.last[stored.article_id] = stored
        self.created += self.made(self.tx, stored, self.clock.now())

    def story(self, article_id: int) -> int:
        return self.last[article_id].story_id

    def alert(self, name: str = "guard", number: int = 0) -> Row:
        """The rule's alerts, updates aside, first one first."""
        found = self.tx.all("SELECT * FROM alerts WHERE rule = :r AND kind = 'story' ORDER BY created_at, id", r=name)
        return found[number]

    def freeze(self) -> None:
        """Every message waiting is written."""
        for row in self.tx.all("SELECT id FROM alerts WHERE frozen_at IS NULL"):
            alert_rows.freeze(self.tx, row["id"], "{}", self.clock.now())

    def told(self, **later: float) -> list[list[str]]:
        """The lines of each update that is told after that time, written at once."""
        made = tell_updates(self.tx, self.made, self.clock.move(**later))
        self.freeze()
        return [self.lines(update) for update in made]

    def lines(self, alert_id: str) -> list[str]:
        found: list[str] = json.loads(alert_rows.get(self.tx, alert_id)["lines"])
        return found

    def updates(self) -> list[Row]:
        return self.tx.all("SELECT * FROM alerts WHERE kind = 'update' ORDER BY created_at, id")

    def outlets(self, alert_id: str) -> list[str]:
        return [str(m["site"]) for m in alert_rows.members(self.tx, alert_id)]

    def recorded(self) -> list[tuple[int, int, str]]:
        """Each match: article, revision, outcome."""
        rows = self.tx.all("SELECT article_id, revision, outcome FROM matches ORDER BY id")
        return [(r["article_id"], r["revision"], r["outcome"]) for r in rows]

    def quiet(self, article_id: int) -> list[tuple[int, str, str | None]]:
        """Each edit of an article: revision, kind, why nobody is told."""
        return [(r["revision"], r["kind"], r["quiet"]) for r in edits.of_article(self.tx, article_id)]

"""A rule run over the archive without alerting anyone: the same evaluator, so it tells the truth.

An article is judged by its latest text, and as new as well as (if it was ever changed) as an update. A story that
was told before the period began counts as told in it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from alerts.forecast import Forecast
from alerts.nearmiss import Looked, NearMiss, NearMisses, Widening, Wider
from alerts.rules import Rule, RuleSet, parse
from alerts.snippet import Runs, snippet
from core.clock import from_iso, parse_iso_or_none
from core.model import Document, Match, Span
from core.urls import host
from store import Row, Tx
from store import articles as rows

QUERY, AGAINST = " query", " against"
GROUPS = 5  # of near misses and of wider words that are told
EXAMPLES = 10  # of alerts gained and lost


@dataclass(frozen=True, slots=True)
class Sample:
    """One matching article with the words that matched."""

    article_id: int
    seen: str
    site: str
    title: str
    url: str
    snippet: Runs


@dataclass(frozen=True, slots=True)
class Told:
    """The first article of a story that one of two queries alerts of, and the other does not."""

    seen: str
    site: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Alerts of the query against those of another: counts, and the newest of each side."""

    query: str
    alerts: int
    gained: int
    lost: int
    gained_examples: tuple[Told, ...]
    lost_examples: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a query would have done in a period. `silent`: stories of which live matching would have told nobody."""

    articles: int
    earliest: date | None  # day of the oldest article that was looked at
    matched: int
    stories: int
    alerts: int
    silent: int
    days: Mapping[date, int]
    samples: tuple[Sample, ...]
    near_misses: tuple[NearMiss, ...]
    wider: tuple[Wider, ...]
    against: Difference | None = None

    def as_json(self) -> dict[str, Any]:
        """For `--json`; snippets with the matched words in [brackets]."""
        return {
            "articles": self.articles,
            "matched": self.matched,
            "stories": self.stories,
            "alerts": self.alerts,
            "silent": self.silent,
            "alerts_per_day": {day.isoformat(): count for day, count in self.days.items()},
            "samples": [
                {"id": s.article_id, "seen": s.seen, "site": s.site, "title": s.title, "url": s.url,
                 "snippet": bracketed(s.snippet)}
                for s in self.samples
            ],
            "near_misses": [
                {"clause": n.clause, "nearly": n.said, "articles": n.articles, "title": n.title, "url": n.url,
                 "snippet": bracketed(n.snippet)}
                for n in self.near_misses
            ],
            "wider": [
                {"word": w.word, "form": w.form, "articles": w.articles, "title": w.title, "url": w.url}
                for w in self.wider
            ],
            "against": None if self.against is None else _difference_as_json(self.against),
        }  # fmt: skip


def bracketed(runs: Runs) -> str:
    """Runs of text as one, the matched ones in [brackets]."""
    return "".join(f"[{text}]" if hit else text for text, hit in runs)


def _difference_as_json(found: Difference) -> dict[str, Any]:
    def told(examples: tuple[Told, ...]) -> list[dict[str, str]]:
        return [{"seen": t.seen, "site": t.site, "title": t.title, "url": t.url} for t in examples]

    return {
        "query": found.query,
        "alerts": found.alerts,
        "gained": found.gained,
        "lost": found.lost,
        "gained_examples": told(found.gained_examples),
        "lost_examples": told(found.lost_examples),
    }


def backtest(
    tx: Tx,
    query: str,
    lists: Mapping[str, Sequence[str]],
    since: datetime | None,
    samples: int,
    against: str | None = None,
    tick: Callable[[], object] = lambda: None,
) -> Result:
    """Match `query` on every archived article first seen after `since`; `tick` is called once an article.

    Memory is bounded by the number of matching stories. Raises RuleSyntaxError.
    """
    node = parse(query, lists)
    near, wider = NearMisses(node), Widening(node)
    asked = {r.name: r for r in (Rule(QUERY, query), *([Rule(AGAINST, against)] if against is not None else []))}
    ruleset = RuleSet([*asked.values(), *near.rules.values(), *wider.rules.values()], lists)
    forecasts = {name: Forecast() for name in asked}
    shown: list[Sample] = []
    seen, earliest = 0, None
    for row in rows.archive(tx, since):
        seen, earliest = seen + 1, row["first_seen_at"]
        looked = look(ruleset, document(row), row["revision"])
        for name in asked:
            if name in looked.names:
                forecasts[name].add(row)
        if QUERY not in looked.names:
            near.see(looked)
            wider.see(looked)
        elif len(shown) < samples:
            shown.append(sample(row, looked.spans(QUERY)))
        tick()
    done = forecasts[QUERY]
    return Result(
        articles=seen,
        earliest=None if earliest is None else from_iso(earliest).date(),
        matched=done.matched,
        stories=done.stories,
        alerts=len(done.told),
        silent=done.silent,
        days=done.days(),
        samples=tuple(shown),
        near_misses=near.found(GROUPS),
        wider=wider.found(GROUPS),
        against=None if against is None else _difference(tx, against, done, forecasts[AGAINST]),
    )


def look(ruleset: RuleSet, new: Document, revision: int) -> Looked:
    """What holds for an archived article; one that was ever changed is also tried as an update."""
    names = frozenset(ruleset.names(new))
    if revision > 1:
        names |= frozenset(ruleset.names(replace(new, kind="update")))
    return Looked(new, names, partial(held_by, ruleset, new, revision))


def held_by(ruleset: RuleSet, new: Document, revision: int) -> dict[str, Match]:
    """What `look` finds, with the words, by name."""
    held = {m.rule: m for m in ruleset.match(new)}
    if revision > 1:
        held = {m.rule: m for m in ruleset.match(replace(new, kind="update"))} | held
    return held


def _difference(tx: Tx, query: str, ours: Forecast, theirs: Forecast) -> Difference:
    gained = sorted((ours.told[s] for s in ours.told.keys() - theirs.told.keys()), reverse=True)
    lost = sorted((theirs.told[s] for s in theirs.told.keys() - ours.told.keys()), reverse=True)

    def told(firsts: list[tuple[str, int]]) -> tuple[Told, ...]:
        found = (rows.get(tx, article_id) for _, article_id in firsts[:EXAMPLES])
        return tuple(Told(r["first_seen_at"], _outlet(r), r["title"], r["canonical_url"]) for r in found)

    return Difference(query, len(theirs.told), len(gained), len(lost), told(gained), told(lost))


@dataclass(frozen=True, slots=True)
class Found:
    """An article a query holds for, as stored."""

    row: Row
    snippet: Runs


def search_archive(
    tx: Tx,
    query: str,
    lists: Mapping[str, Sequence[str]],
    words: str | None,
    since: datetime | None,
    limit: int,
    tick: Callable[[], object] = lambda: None,
) -> list[Found]:
    """The newest articles for which `query` holds; with `words`, the best hits of a full-text search for which it does.

    Full-text search decides nothing about the query: it only gives the articles that hold `words`. Stops at `limit`.
    Raises RuleSyntaxError.
    """
    ruleset = RuleSet([Rule(QUERY, query)], lists)
    candidates = rows.archive(tx, since) if words is None else rows.searched(tx, words, since)
    found: list[Found] = []
    for row in candidates:
        if len(found) == limit:
            break
        tick()
        looked = look(ruleset, document(row), row["revision"])
        if QUERY in looked.names:
            found.append(Found(row, snippet(row["title"], row["text"], looked.spans(QUERY))[1]))
    return found


def sample(row: Row, spans: Sequence[Span]) -> Sample:
    """A matching article with the words around what matched."""
    _, runs = snippet(row["title"], row["text"], spans)
    return Sample(row["id"], row["first_seen_at"], _outlet(row), row["title"], row["canonical_url"], runs)


def _outlet(row: Row) -> str:
    return str(row["site"]) or host(row["canonical_url"])


def document(row: Row, kind: str = "new") -> Document:
    """An archived article, as it now stands, as rules see it."""
    return Document(
        id=str(row["id"]),
        title=row["title"],
        text=row["text"],
        url=row["canonical_url"],
        site=host(row["url"]),
        source=row["source"],
        language=row["language"],
        tags=tuple(json.loads(row["tags"])),
        authors=tuple(json.loads(row["authors"])),
        published=parse_iso_or_none(row["published"]),
        kind=kind,
    )

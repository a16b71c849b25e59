"""A rule run over the archive without alerting anyone: the same evaluator, so it tells the truth."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.rules import Rule, RuleSet
from alerts.snippet import Runs, snippet
from core.clock import parse_iso_or_none
from core.model import Document
from core.urls import host
from store import Row, Tx
from store import articles as rows


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
class Result:
    """Counts over the archive; one alert per story, as live matching would send."""

    articles: int
    matched: int
    stories: int
    samples: tuple[Sample, ...]

    def as_json(self) -> dict[str, Any]:
        """For `--json`; snippets with the matched words in [brackets]."""
        return {
            "articles": self.articles,
            "matched": self.matched,
            "stories": self.stories,
            "samples": [
                {
                    "id": s.article_id,
                    "seen": s.seen,
                    "site": s.site,
                    "title": s.title,
                    "url": s.url,
                    "snippet": "".join(f"[{t}]" if hit else t for t, hit in s.snippet),
                }
                for s in self.samples
            ],
        }


def backtest(tx: Tx, query: str, lists: Mapping[str, Sequence[str]], since: datetime | None, samples: int) -> Result:
    """Match `query` on every archived article first seen after `since`; an edited one also as `kind:update`.

    Raises RuleSyntaxError.
    """
    ruleset = RuleSet([Rule("query", query)], lists)
    seen = matched = 0
    stories: set[int] = set()
    shown: list[Sample] = []
    for row in rows.archive(tx, since):
        seen += 1
        hits = ruleset.match(document(row)) or (row["revision"] > 1 and ruleset.match(document(row, "update")))
        if not hits:
            continue
        matched += 1
        stories.add(row["story_id"])
        if len(shown) < samples:
            _, runs = snippet(row["title"], row["text"], hits[0].spans)
            shown.append(Sample(row["id"], row["first_seen_at"], row["site"], row["title"], row["canonical_url"], runs))
    return Result(seen, matched, len(stories), tuple(shown))


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

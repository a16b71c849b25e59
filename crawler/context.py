"""What the crawl's tasks share: made once by the composition root, replaced as a whole on a reload."""

import hashlib
import json
import logging
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit

from core.clock import Clock
from core.config import Config, SourceConfig
from crawler.fetch import Fetcher
from crawler.ingest import Context, Evaluate
from crawler.workers import Workers
from store.sources import Definition, Outcome, Source
from store.writer import Writer

log = logging.getLogger("borderwire.crawl")


@dataclass(slots=True)
class Crawl:
    """The parts a poll or a look needs, and what it tells the world."""

    config: Config
    fetcher: Fetcher
    workers: Workers
    writer: Writer
    clock: Clock
    evaluate: Evaluate
    random: Random
    by_name: dict[str, SourceConfig] = field(default_factory=dict)
    failing: dict[str, str] = field(default_factory=dict)  # source -> what was said of it, so that it is said once
    offline: bool = False

    def __post_init__(self) -> None:
        self.by_name = {s.name: s for s in self.config.sources}

    def config_of(self, name: str) -> SourceConfig:
        """The configuration of a source. KeyError when a reload has just taken it away."""
        return self.by_name[name]

    def context_of(self, name: str, title: str) -> Context:
        """What a source adds to its articles; of one no longer configured only its name is left."""
        config = self.by_name.get(name)
        if config is None:
            return Context(name, title, None, ())
        return Context(name, title, config.language, tuple(config.tags))

    def report_poll(self, source: Source, outcome: Outcome, new: int) -> None:
        """Say a failure once and its end once; say once that the whole machine seems offline."""
        host = urlsplit(source.url).netloc
        if outcome.error is None:
            if self.offline:
                self.offline = False
                log.warning("online again: %s answered", host)
            if self.failing.pop(source.name, None) is not None:
                log.warning("source %s works again", source.name)
            if new:
                log.info("source %s: %d new of %d entries", source.name, new, outcome.entries)
            return
        first = source.name not in self.failing
        self.failing[source.name] = outcome.error
        if not self.offline and len(self.failing) == len(self.by_name) and len(self.by_name) > 1:
            self.offline = True
            log.warning(
                "none of the %d sources can be reached: this machine seems to be offline. "
                "The service keeps running and keeps trying",
                len(self.by_name),
            )
        elif first:
            log.warning("source %s cannot be read: %s. Will try again", source.name, outcome.error)


def definitions(config: Config) -> list[Definition]:
    """The configured sources as the store keeps them; the digest changes when another place would be read."""
    return [
        Definition(
            name=s.name,
            kind=s.kind,
            url=s.url,
            digest=_digest(s),
            language=s.language,
            tags=tuple(s.tags),
        )
        for s in config.sources
    ]


def _digest(source: SourceConfig) -> str:
    shape = json.dumps([source.kind, source.url, source.options], sort_keys=True, default=str)
    return hashlib.sha256(shape.encode()).hexdigest()[:16]

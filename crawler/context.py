"""What the crawl's tasks share: made once by the composition root, replaced as a whole on a reload."""

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from core.clock import Clock
from core.config import Config, SourceConfig
from core.kinds import load
from core.log import redact
from core.model import SourceState
from core.urls import netloc
from crawler import relook
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
    relook_ages: Sequence[timedelta] = relook.AGES
    by_name: dict[str, SourceConfig] = field(default_factory=dict)
    failing: dict[str, str] = field(default_factory=dict)  # source -> why
    said: set[str] = field(default_factory=set)  # sources whose failure was said: once is enough
    reached: bool = False  # some server has answered since the start
    offline: bool = False

    def __post_init__(self) -> None:
        self.by_name = {s.name: s for s in self.config.sources}

    def reconfigured(self, config: Config, evaluate: Evaluate) -> "Crawl":
        """The same crawl with another configuration; what was said of sources that stay is not said again."""
        names = {s.name for s in config.sources}
        failing = {name: error for name, error in self.failing.items() if name in names}
        return replace(self, config=config, evaluate=evaluate, failing=failing)

    def context_of(self, name: str, title: str) -> Context:
        """What a source adds to its articles; of one no longer configured only its name is left."""
        config = self.by_name.get(name)
        if config is None:
            return Context(name, title, None, ())
        return Context(name, title, config.language, tuple(config.tags))

    def report_poll(self, source: Source, outcome: Outcome, new: int) -> None:
        """Say a failure once and its end once; where nothing can be reached at all, say just that, once."""
        host = netloc(source.url)
        if outcome.error is None:
            self._heard_from(host)
            if self.failing.pop(source.name, None) is not None and source.name in self.said:
                self.said.discard(source.name)
                log.warning("source %s works again", source.name)
            if source.state is SourceState.PRIMING:
                log.info("source %s: first read, %d entries; what it held already alerts nobody", source.name, new)
            elif new:
                log.debug("source %s: %d new of %d entries", source.name, new, outcome.entries)
            return
        self.failing[source.name] = outcome.error
        if outcome.status is not None:
            self._heard_from(host)
        elif len(self.by_name) > 1 and len(self.failing) == len(self.by_name):
            self._say_offline(outcome.error)
            return
        elif len(self.by_name) > 1 and not self.reached:
            return  # one by one only once it is known that not everything is unreachable
        self._say_failing(source.name)

    def _say_offline(self, error: str) -> None:
        if not self.offline:
            self.offline = True
            log.warning(
                "none of the %d sources can be reached (%s): this machine seems to be offline. "
                "The service keeps running and keeps trying",
                len(self.by_name),
                error,
            )

    def _heard_from(self, host: str) -> None:
        """A server answered, so this machine is online: name the sources that stayed silent meanwhile."""
        if self.offline:
            self.offline = False
            log.warning("online again: %s answered", host)
        if not self.reached:
            self.reached = True
            for name in self.failing:
                self._say_failing(name)

    def _say_failing(self, name: str) -> None:
        if name not in self.said:
            self.said.add(name)
            log.warning("source %s cannot be read: %s. Will try again", name, self.failing[name])


def definitions(config: Config) -> list[Definition]:
    """The configured sources as the store keeps them; the digest changes when another place would be read."""
    return [
        Definition(
            name=s.name,
            kind=s.kind,
            url=redact(s.url),  # the desk shows it
            digest=_digest(s),
            language=s.language,
            tags=tuple(s.tags),
        )
        for s in config.sources
    ]


def _digest(source: SourceConfig) -> str:
    """Of what is read and how: a kind that reads otherwise than before has another REVISION."""
    shape: list[object] = [source.kind, source.url, source.options]
    if (
        revision := getattr(load("crawler.sources", source.kind), "REVISION", 1)
    ) > 1:  # 1 came after databases were in use
        shape.append(revision)
    return hashlib.sha256(json.dumps(shape, sort_keys=True, default=str).encode()).hexdigest()[:16]

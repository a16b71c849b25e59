"""The newsroom's world: what is published where and when, what is a copy of what, and which rule must fire once.

Built from three numbers (seed, scale, duration) and nothing else: no clock, no network, no ports. What is visible
at a moment is a function of the seconds since the start.
"""

import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil
from random import Random
from typing import Any

from demo.texts import Draft
from demo.texts.grammar import Recipe, recipe, write
from demo.texts.plan import AGENCIA, CONVOY, LIVE, WIRE, Plan, Print, back_catalogue
from demo.texts.press import PRESS, Outlet, town_papers

SPACE = 2.2  # seconds the first event has for itself
LAST = 0.85  # share of the duration by which every event has broken; the rest is for late reprints
NORMAL = 20.0  # seconds: the duration the gaps between reprints are written for
MORE = 90  # generated live articles for each further unit of scale
TOWNS_FROM, TOWNS_MAX = 8, 48  # a town paper joins for every so many units of scale
WINDOW_SECONDS, WINDOW_MIN, WINDOW_SPARE = 15.0, 50, 10  # what a feed keeps: a poll a second misses nothing
WINDOW_MAX = {"listing": 1000, "json_api": 2000}  # what the source kinds can be told to read
FEED_MAX = 4900
EDIT_MOST = 9.0  # seconds from an article to its edit
REISSUE_AT, EDIT_AT, QUIET_AT, QUIET_SHARE, QUIET_MAX = 0.5, 0.62, 0.42, 0.2, 8.0
FORBIDDEN = "/subscribers"
DAY = 86_400.0


class Kind(StrEnum):
    """What an article is to the truth."""

    ORIGINAL = "original"
    COPY = "copy"
    REWRITE = "rewrite"  # written by the outlet itself about an event another one broke
    EDIT = "edit"  # holds its rule's words only after it was edited
    REISSUE = "reissue"  # comes again under a new GUID
    TRAP = "trap"


@dataclass(frozen=True, slots=True)
class Article:
    """One text in one outlet. `after` is seconds from the start, None for the back catalogue (`age` seconds old)."""

    outlet: str
    number: int
    event: str
    text: Draft | Recipe
    path: str
    kind: Kind
    after: float | None = None
    age: float = 0.0
    copy_of: str | None = None  # id of the original
    edited_after: float | None = None
    cut: bool = False
    retitled: bool = False
    local: str = ""
    credit: str = ""  # title of the outlet it was taken from

    @property
    def id(self) -> str:
        return f"{self.outlet}/{self.number}"

    @property
    def language(self) -> str:
        return self.text.language

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules whose words it holds in its end state."""
        edited = self.text.edit_rules if isinstance(self.text, Draft) and self.edited_after is not None else ()
        return (*self.text.rules, *edited)


@dataclass(frozen=True, slots=True)
class Printed:
    """An article as a reader sees it."""

    title: str
    summary: str
    paragraphs: tuple[str, ...]
    author: str


@dataclass(frozen=True, slots=True)
class World:
    """All outlets and articles. `windows`: how many entries each outlet's feed keeps."""

    seed: int
    scale: int
    duration: float
    outlets: tuple[Outlet, ...]
    articles: tuple[Article, ...]
    windows: Mapping[str, int]
    quiet: tuple[float, float]  # when the flaky outlet's feed answers 503
    reissue_after: float
    shelves: Mapping[str, "Shelf"] = field(repr=False, compare=False)

    def outlet(self, name: str) -> Outlet:
        """An outlet by its name."""
        return next(o for o in self.outlets if o.name == name)


@dataclass(frozen=True, slots=True)
class Shelf:
    """One outlet's articles, oldest first, and when each appears."""

    articles: tuple[Article, ...]
    times: tuple[float, ...]
    edits: tuple[float, ...]

    def visible(self, elapsed: float | None) -> tuple[Article, ...]:
        """What can be read `elapsed` seconds after the start, oldest first; None: before the start."""
        return self.articles[: self.count(elapsed)]

    def count(self, elapsed: float | None) -> int:
        """How many articles can be read."""
        return bisect_right(self.times, -1.0 if elapsed is None else elapsed)

    def edited(self, elapsed: float | None) -> int:
        """How many edits have happened."""
        return bisect_right(self.edits, -1.0 if elapsed is None else elapsed)


def build(seed: int = 7, scale: int = 1, duration: float = NORMAL) -> World:
    """The world of these numbers; the same numbers make the same world."""
    rng = Random(f"world {seed} {scale} {duration}")
    outlets = PRESS + town_papers(min(TOWNS_MAX, scale // TOWNS_FROM))
    desk = _Desk(seed, duration, outlets)
    _print_back_catalogue(desk, rng)
    desk.publish(CONVOY, 0.0)
    quiet = (QUIET_AT * duration, QUIET_AT * duration + min(QUIET_SHARE * duration, QUIET_MAX))
    _print_handwritten(desk, rng, quiet)
    _print_generated(desk, rng, (scale - 1) * MORE)
    articles = tuple(sorted(desk.articles, key=lambda a: (_time(a), a.id)))
    shelves = _shelves(outlets, articles)
    windows = {o.name: _window(shelves[o.name], o.shape) for o in outlets}
    return World(seed, scale, duration, outlets, articles, windows, quiet, REISSUE_AT * duration, shelves)


def printed(article: Article, *, edited: bool = False) -> Printed:
    """What an outlet makes of its text: whole or cut, under which headline, with which paragraphs of its own."""
    text = write(article.text) if isinstance(article.text, Recipe) else article.text
    paragraphs = list(text.paragraphs)
    if article.cut:
        paragraphs = paragraphs[: max(2, ceil(len(paragraphs) * 0.6))]
    if article.local:
        paragraphs.append(article.local)
    summary = text.summary
    if edited and text.edit:
        paragraphs.insert(0, text.edit)
        summary = text.edit.split(". ")[0].removeprefix("Update: ") + ". " + summary
    return Printed(
        text.other if article.retitled and text.other else text.title, summary, tuple(paragraphs), text.author
    )


def truth(world: World, addresses: Mapping[str, str]) -> dict[str, Any]:
    """The ground truth as the truth file holds it. `addresses`: outlet -> `http://host:port`."""
    url = {a.id: addresses[a.outlet] + a.path for a in world.articles}
    events: defaultdict[str, list[Article]] = defaultdict(list)
    for article in world.articles:
        if article.after is not None:
            events[article.event].append(article)
    return {
        "seed": world.seed,
        "scale": world.scale,
        "duration": world.duration,
        "articles": [
            {
                "url": url[a.id],
                "outlet": a.outlet,
                "event": a.event,
                "language": a.language,
                "published_after": a.after,
                "copy_of": url[a.copy_of] if a.copy_of else None,
                "kind": str(a.kind),
                "rules": list(a.rules),
            }
            for a in world.articles
        ],
        "expected": [
            {"rule": rule, "event": event, "urls": [url[a.id] for a in told]}
            for event, told in events.items()
            for rule in sorted({r for a in told for r in a.rules})
        ],
    }


def slug(title: str) -> str:
    """A title as it stands in an address: `Juárez: 10,000` -> `juarez-10-000`, at most 60 characters."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_only.replace("'", "")).strip("-")
    return words[:60].rsplit("-", 1)[0] if len(words) > 60 else words


class _Desk:
    """Collects articles while a world is built and numbers them outlet by outlet."""

    def __init__(self, seed: int, duration: float, outlets: tuple[Outlet, ...]) -> None:
        self.seed = seed
        self.duration = duration
        self.unit = min(1.0, duration / NORMAL)  # gaps shrink with a short duration, they never grow
        self.outlets = {o.name: o for o in outlets}
        self.articles: list[Article] = []
        self.events = 0
        self._numbers: defaultdict[str, int] = defaultdict(lambda: 1000 + seed % 89)

    def recipe(self, language: str) -> Recipe:
        """The next event of the grammar."""
        self.events += 1
        return recipe(self.seed, self.events, language)

    def publish(self, plan: Plan, start: float) -> None:
        """The prints of an event, the first at `start`, the others shortly after."""
        first: dict[str, str] = {}
        for index, p in enumerate(plan.prints):
            gap = p.at or (0.0 if index == 0 else 0.3 + 0.35 * index)
            after = start + gap * self.unit
            # before a busy outlet's feed has moved on: an edit of what is no longer listed shows in no feed
            edited = min(EDIT_AT * self.duration, after + EDIT_MOST) if p.draft.edit else None
            kind = Kind.TRAP if plan.trap else Kind.EDIT if p.draft.edit else Kind.REWRITE if first else Kind.ORIGINAL
            made = self._add(p, plan.key, first, kind, after=after, edited_after=edited)
            first.setdefault(p.draft.key, made.id)

    def shelve(self, plan: Plan, age: float) -> None:
        """The prints of an event of the back catalogue: the first `age` seconds old, reprints an hour younger each."""
        first: dict[str, str] = {}
        for index, p in enumerate(plan.prints):
            made = self._add(p, plan.key, first, Kind.ORIGINAL, age=age - 3600.0 * index)
            first.setdefault(p.draft.key, made.id)

    def add(self, outlet: str, event: str, text: Draft | Recipe, name: str, **rest: Any) -> Article:
        """One article, numbered, at its outlet's kind of address."""
        house = self.outlets[outlet]
        self._numbers[outlet] += 1
        number = self._numbers[outlet]
        prefix = FORBIDDEN if rest.pop("forbidden", False) else ""
        path = prefix + house.address.format(slug=name, number=number)
        kind = rest.pop("kind")
        if house.trait == "reissue" and rest.get("after") is None:
            kind = Kind.REISSUE
        made = Article(outlet, number, event, text, path, kind, **rest)
        self.articles.append(made)
        return made

    def _add(self, p: Print, event: str, first: Mapping[str, str], kind: Kind, **rest: Any) -> Article:
        house, origin = self.outlets[p.outlet], first.get(p.draft.key)
        title = p.draft.other if p.retitled and p.draft.other else p.draft.title
        return self.add(
            p.outlet,
            event,
            p.draft,
            slug(title),
            kind=Kind.COPY if origin else kind,
            copy_of=origin,
            cut=p.cut,
            retitled=p.retitled,
            local=(p.draft.local or house.local) if p.local else "",
            credit=self.outlets[origin.split("/")[0]].title if origin else "",
            forbidden=p.forbidden,
            **rest,
        )


def _print_back_catalogue(desk: _Desk, rng: Random) -> None:
    for plan in back_catalogue():
        desk.shelve(plan, DAY * rng.uniform(1.5, 19.5))
    for house in desk.outlets.values():
        have = sum(a.outlet == house.name for a in desk.articles)
        for _ in range(max(0, rng.randint(8, 11) - have)):
            text = desk.recipe(house.language)
            desk.add(house.name, text.key, text, text.key, kind=Kind.ORIGINAL, age=DAY * rng.uniform(1.1, 20.0))


def _print_handwritten(desk: _Desk, rng: Random, quiet: tuple[float, float]) -> None:
    """Spread over the duration in the plan's order, a little unevenly; one in the midst of the flaky outlet's 503s."""
    begin, end = SPACE * desk.unit, LAST * desk.duration
    step = (end - begin) / len(LIVE)
    for index, plan in enumerate(LIVE):
        start = begin + step * (index + 0.6 * rng.random())
        if plan.key == "drain":
            start = quiet[0] + 0.4 * (quiet[1] - quiet[0])
        desk.publish(plan, start)


def _print_generated(desk: _Desk, rng: Random, count: int) -> None:
    """About `count` articles of the grammar: two in five events come from a wire and are reprinted."""
    begin, end = SPACE * desk.unit, LAST * desk.duration
    houses = [o for o in desk.outlets.values() if not o.limited]
    wires = {"en": WIRE, "es": AGENCIA}
    papers = {code: [o for o in houses if o.language == code and o.name not in wires.values()] for code in wires}
    left = count
    while left > 0:
        start = begin + (end - begin) * (1 - left / count) + 0.4 * desk.unit * rng.random()
        language = "es" if rng.random() < 0.2 else "en"
        wired = rng.random() < 0.4
        home = wires[language] if wired else rng.choice(papers[language]).name
        text = desk.recipe(language)
        original = desk.add(home, text.key, text, text.key, kind=Kind.ORIGINAL, after=start)
        left -= 1
        most = min(rng.randint(1, 4), len(papers[language]))
        reprints = rng.sample(papers[language], most) if wired else []
        for turn, house in enumerate(reprints):
            desk.add(
                house.name,
                text.key,
                text,
                text.key,
                kind=Kind.COPY,
                after=start + desk.unit * (0.3 + 0.4 * turn + 0.3 * rng.random()),
                copy_of=original.id,
                cut=rng.random() < 0.3,
                retitled=rng.random() < 0.4,
                local=house.local if rng.random() < 0.3 else "",
                credit=desk.outlets[home].title,
            )
            left -= 1


def _time(article: Article) -> float:
    return -article.age - 2.0 if article.after is None else article.after


def _shelves(outlets: Iterable[Outlet], articles: tuple[Article, ...]) -> dict[str, Shelf]:
    by_outlet: defaultdict[str, list[Article]] = defaultdict(list)
    for article in articles:
        by_outlet[article.outlet].append(article)
    return {
        o.name: Shelf(
            tuple(by_outlet[o.name]),
            tuple(map(_time, by_outlet[o.name])),
            tuple(sorted(a.edited_after for a in by_outlet[o.name] if a.edited_after is not None)),
        )
        for o in outlets
    }


def _window(shelf: Shelf, shape: str) -> int:
    """The most that an outlet publishes in any fifteen seconds, and some; never less than a usual feed keeps."""
    most = max(
        (bisect_right(shelf.times, t + WINDOW_SECONDS) - i for i, t in enumerate(shelf.times) if t >= 0), default=0
    )
    return min(max(WINDOW_MIN, most + WINDOW_SPARE), WINDOW_MAX.get(shape, FEED_MAX))

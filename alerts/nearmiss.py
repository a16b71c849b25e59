"""Near misses of a query: articles one clause short of matching, and words that would have let more in.

Both are collected while the archive passes by. Their looser queries are filed in the same RuleSet as the query, so
that an article is read once; names of theirs begin with a blank, which no configured rule's does.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from alerts.rules import Rule, RuleSet, parse
from alerts.rules.inflect import light
from alerts.rules.nodes import Node, Not, Phrase, Word
from alerts.snippet import Runs, snippet
from alerts.variants import CODES, Loose, alternatives, loosened, other_forms, speaks_of_text, widened
from core.errors import RuleSyntaxError
from core.model import Document, Match, Span
from core.text import fold

MAX_CLAUSES = 60  # looked at one by one; a list of a thousand names would make a thousand queries
MAX_WORDS = 24


class Looked:
    """An article, the names of what holds for it, and the words of each where somebody asks: that costs more."""

    def __init__(self, document: Document, names: frozenset[str], match: Callable[[], Mapping[str, Match]]) -> None:
        self.document = document
        self.names = names
        self._match = match
        self._matches: Mapping[str, Match] | None = None

    def spans(self, name: str) -> tuple[Span, ...]:
        """Where what is filed under a name holds; () where it does not."""
        if self._matches is None:
            self._matches = self._match()
        found = self._matches.get(name)
        return () if found is None else found.spans


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Articles for which only one clause failed. `said`: how it nearly held; "" where nothing of it was there."""

    clause: str
    said: str
    articles: int
    title: str  # of one of them, with its address and the words that were there
    url: str
    snippet: Runs


@dataclass(frozen=True, slots=True)
class Wider:
    """Articles that would have matched if `form` were a form of the query's `word`."""

    word: str
    form: str
    articles: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class _Clause:
    """One clause and the names its positive part and its looser reading are filed under."""

    node: Node
    name: str
    excluded: bool
    loose: Loose | None
    loose_name: str

    def holds(self, names: frozenset[str]) -> bool:
        return (self.name in names) is not self.excluded

    def nearly(self, names: frozenset[str]) -> bool:
        return self.loose is not None and self.loose_name in names


class NearMisses:
    """Counts, per failing clause, the articles that miss a query by that clause alone."""

    def __init__(self, query: Node) -> None:
        self.rules: dict[str, Rule] = {}
        self._ways = [way for parts in alternatives(query) if (way := self._way(parts)) is not None]
        self._counts: Counter[tuple[str, str]] = Counter()
        self._first: dict[tuple[str, str], tuple[Document, tuple[Span, ...]]] = {}

    def _way(self, parts: Sequence[Node]) -> tuple[_Clause, ...] | None:
        """The clauses of one alternative, filed; None where it cannot be missed by one."""
        if len(parts) == 1 and loosened(parts[0]) is None:
            return None
        if len(self.rules) + len(parts) > MAX_CLAUSES:
            return None
        try:
            return tuple(map(self._clause, parts))
        except RuleSyntaxError:  # a clause that cannot stand alone, such as one that only excludes
            return None

    def _clause(self, node: Node) -> _Clause:
        excluded = isinstance(node, Not)
        loose = loosened(node)
        return _Clause(
            node=node,
            name=self._filed(node.child if isinstance(node, Not) else node),
            excluded=excluded,
            loose=loose,
            loose_name="" if loose is None else self._filed(loose.node),
        )

    def _filed(self, node: Node) -> str:
        name = f" clause {node}"
        parse(str(node))
        self.rules[name] = Rule(name, str(node))
        return name

    def see(self, looked: Looked) -> None:
        """One article for which the query does not hold."""
        found: dict[tuple[str, str], list[str]] = {}
        for way in self._ways:
            failing = [clause for clause in way if not clause.holds(looked.names)]
            if len(failing) != 1:
                continue
            (failed,) = failing
            nearly = failed.nearly(looked.names)
            if nearly or any(speaks_of_text(c.node) for c in way if c is not failed):
                said = failed.loose.said if nearly and failed.loose is not None else ""
                found[(str(failed.node), said)] = [c.name for c in way] + ([failed.loose_name] if nearly else [])
        for key, names in found.items():
            self._counts[key] += 1
            if key not in self._first:
                spans = tuple(span for name in names for span in looked.spans(name))
                self._first[key] = (looked.document, spans)

    def found(self, most: int) -> tuple[NearMiss, ...]:
        """The clauses that kept most articles out."""
        return tuple(self._told(key, count) for key, count in self._counts.most_common(most))

    def _told(self, key: tuple[str, str], count: int) -> NearMiss:
        document, spans = self._first[key]
        _, runs = snippet(document.title, document.text, spans)
        return NearMiss(*key, count, document.title, document.url, runs)


class Widening:
    """Counts, per word and other form of it, the articles that this form alone keeps out."""

    def __init__(self, query: Node) -> None:
        self.rules: dict[str, Rule] = {}
        self._asked: dict[str, list[tuple[str, Word]]] = {code: list(self._filed(query, code)) for code in CODES}
        self._plain: dict[str, RuleSet] = {}
        self._known: dict[tuple[str, str, str], bool] = {}
        self._counts: Counter[tuple[str, str]] = Counter()  # by word and the key its form shares with its plural
        self._printed: dict[tuple[str, str], Counter[str]] = {}
        self._first: dict[tuple[str, str], Document] = {}

    def _filed(self, query: Node, code: str) -> Iterator[tuple[str, Word]]:
        for number, (word, wider) in enumerate(widened(query, partial(other_forms, language=code))):
            if number == MAX_WORDS:
                return
            name = f" wider {word} {wider}"
            self.rules[name] = Rule(name, str(wider))
            yield name, word

    def see(self, looked: Looked) -> None:
        """One article for which the query does not hold."""
        code = _code(looked.document.language)
        found = {
            (word.text, light(fold(form), code)): form
            for name, word in self._asked[code]
            if name in looked.names
            for form in self._forms(word, looked.spans(name), looked.document, code)
        }
        for key, form in found.items():
            self._counts[key] += 1
            self._printed.setdefault(key, Counter())[form] += 1
            self._first.setdefault(key, looked.document)

    def _forms(self, word: Word, spans: tuple[Span, ...], document: Document, code: str) -> Iterator[str]:
        """The words of a widened match that are kin to a word of the query and no form of it."""
        for span in spans:
            printed = (document.title if span.field == "title" else document.text)[span.start : span.end]
            key = (word.text, printed, code)
            if key not in self._known:
                self._known[key] = self._is_kin(word, printed, document.language, code)
            if self._known[key]:
                yield printed.lower()

    def _is_kin(self, word: Word, printed: str, language: str | None, code: str) -> bool:
        akin = other_forms(word, code)
        if akin is None or not fold(printed).startswith(akin.term[1]):
            return False
        plain = self._plain.setdefault(word.text, RuleSet([Rule("plain", str(Phrase((word,))))]))
        return not plain.match(Document("", printed, "", language=language))

    def found(self, most: int) -> tuple[Wider, ...]:
        """The forms that would have let in most articles."""
        told: dict[tuple[str, str], Wider] = {}
        for key, count in self._counts.most_common():
            form = self._printed[key].most_common(1)[0][0]
            same = told.get((key[0], form))  # of a form whose key differs in another language
            first = self._first[key]
            told[(key[0], form)] = (
                Wider(key[0], form, count, first.title, first.url)
                if same is None
                else replace(same, articles=same.articles + count)
            )
        return tuple(sorted(told.values(), key=lambda wider: -wider.articles)[:most])


def _code(language: str | None) -> str:
    """Which of CODES an article's words are read in; an unknown one as English."""
    plain = (language or "en").replace("_", "-").partition("-")[0].casefold()
    return plain if plain in CODES else ""

"""What could be wrong with rules that can be read: by their structure, and by what they do to an archive. Pure.

The archive is passed article by article to `Survey.add`; one pass answers everything, with the evaluator of alerts.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerts.implied import canonical, clauses, implies, keys, meta_values, words_in
from alerts.rules import RuleSet, parse
from alerts.rules.nodes import Node, Word
from core.config import RuleConfig
from core.model import Document
from core.text import WORD, fold

FEW = 20  # articles, under which shares of an archive say nothing
TOGETHER = 5  # matches of a rule from which "all of them match the other too" is no accident
CORRECTED = 50  # words at most for which a similar one is looked for: a fifth of a second each in a large archive
LISTED = 3  # other rules named in one warning


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to look at. `kind`: too-often, never, unseen-word, implied, duplicate, no-example, unknown."""

    rule: str
    kind: str
    text: str

    def as_json(self) -> dict[str, str]:
        """For `--json`."""
        return {"rule": self.rule, "kind": self.kind, "text": self.text}


def structural(
    rules: Sequence[RuleConfig],
    lists: Mapping[str, Sequence[str]],
    sources: Collection[str],
    tags: Collection[str],
) -> list[Suggestion]:
    """What the rules themselves show: duplicates, one implied by another, no example, an unknown source or tag."""
    nodes = {r.name: parse(r.query, lists) for r in rules}
    found = list(_doubled(nodes))
    for rule in rules:
        if not rule.should_match:
            text = "has no should_match example: add a headline that it must find"
            found.append(Suggestion(rule.name, "no-example", text))
        for name, known in (("source", sources), ("tag", tags)):
            for value in meta_values(nodes[rule.name], name):
                if value.casefold() not in {k.casefold() for k in known}:
                    hint = _hint(closest(value.casefold(), Counter({k.casefold(): 2 for k in known})))
                    found.append(
                        Suggestion(rule.name, "unknown", f"{name}:{value}: no source has this {_of(name)}{hint}")
                    )
    return found


def _of(name: str) -> str:
    return "name" if name == "source" else name


def _doubled(nodes: Mapping[str, Node]) -> Iterator[Suggestion]:
    """Rules that are the same, or of which one implies the other.

    A rule is filed under the rarest thing that all rules which imply it must say, so that few pairs are compared.
    """
    canon = {name: canonical(node) for name, node in nodes.items()}
    order = {name: i for i, name in enumerate(nodes)}
    says = {name: keys(node) for name, node in canon.items()}
    common = Counter(key for each in says.values() for key in each)
    filed: defaultdict[str, list[str]] = defaultdict(list)
    for name, node in canon.items():
        for key in min(clauses(node), key=lambda clause: sum(common[k] for k in clause), default=frozenset()):
            filed[key].append(name)
    for name in nodes:
        for other in sorted({o for key in says[name] for o in filed[key]} - {name}, key=order.__getitem__):
            if canon[name] == canon[other]:
                if order[other] < order[name]:
                    yield Suggestion(name, "duplicate", f"says the same as {other}: both alert for every such article")
            elif implies(canon[name], canon[other]):
                yield Suggestion(name, "implied", f"can only match where {other} does: {other} alone tells as much")


class Survey:
    """One pass over an archive."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self.nodes = nodes
        self.articles = 0
        self.matched: Counter[str] = Counter()
        self._with: dict[str, set[str]] = {}  # rule -> the rules that matched whenever it did
        self._words: defaultdict[str | None, set[str]] = defaultdict(set)  # language -> words as printed
        self._counts: Counter[str] = Counter()

    def add(self, document: Document, held: Collection[str]) -> None:
        """An article and the names of the rules that hold for it, as new or as an update."""
        self.articles += 1
        self.matched.update(held)
        for name in held:
            before = self._with.get(name)
            self._with[name] = set(held) if before is None else before.intersection(held)
        printed = set(WORD.findall(document.title)) | set(WORD.findall(document.text))
        self._words[document.language] |= printed
        self._counts.update({fold(w) for w in printed})

    def suggestions(self, most: float) -> list[Suggestion]:
        """What the archive shows. `most`: the share of all articles from which a rule fires too often."""
        found = list(self._frequencies(most)) if self.articles >= FEW else []
        return found + list(self._always_together()) + list(self._unseen())

    def _frequencies(self, most: float) -> Iterator[Suggestion]:
        for name in self.nodes:
            count = self.matched[name]
            if count > most * self.articles:
                share = f"{count} of {self.articles} articles ({count / self.articles:.0%})"
                yield Suggestion(name, "too-often", f"matches {share}, more than {100 * most:.3g}%: narrow it")
            elif not count:
                yield Suggestion(name, "never", f"matches none of {self.articles} articles")

    def _always_together(self) -> Iterator[Suggestion]:
        order = {name: i for i, name in enumerate(self.nodes)}
        for name in self.nodes:
            if self.matched[name] < TOGETHER:
                continue
            others = sorted(self._with[name] - {name}, key=order.__getitem__)
            same = [o for o in others if self.matched[o] == self.matched[name]]
            wider = [o for o in others if self.matched[o] > self.matched[name]]
            if earlier := [o for o in same if order[o] < order[name]]:
                text = f"matched the same {self.matched[name]} articles as {_names(earlier)}"
                yield Suggestion(name, "duplicate", text)
            elif wider:
                text = f"all its {self.matched[name]} articles match {_names(wider)} too"
                yield Suggestion(name, "implied", text)

    def _unseen(self) -> Iterator[Suggestion]:
        """Words no article holds in any form. The evaluator itself decides, on each language's words."""
        wanted: dict[str, Word] = {}
        by_rule: dict[str, list[str]] = {}
        for name, node in self.nodes.items():
            by_rule[name] = list(dict.fromkeys(str(word) for word in words_in(node)))
            wanted.update((str(word), word) for word in words_in(node))
        single = RuleSet()
        for text, word in wanted.items():
            single.file(text, word)
        seen: set[str] = set()
        for language, printed in self._words.items():
            seen |= {m.rule for m in single.match(Document("words", "", " ".join(printed), language=language))}
        hints: dict[str, str] = {}
        for text in wanted.keys() - seen if self.articles else ():
            if len(hints) < CORRECTED:
                hints[text] = _hint(closest(fold(wanted[text].text), self._counts))
        for name, texts in by_rule.items():
            for text in texts if self.articles else ():
                if text not in seen:
                    yield Suggestion(name, "unseen-word", f"no article holds {text}{hints.get(text, '')}")


def closest(word: str, counts: Mapping[str, int]) -> str | None:
    """The commonest word, seen twice or more, with the fewest letters changed: one, or two in a word of six or more."""
    most = 2 if len(word) >= 6 else 1
    letters = set(word)
    best: tuple[int, int, str] | None = None
    for other, count in counts.items():
        if count < 2 or abs(len(other) - len(word)) > most or len(letters.symmetric_difference(other)) > 2 * most:
            continue
        if other[0] != word[0] and other[-2:] != word[-2:]:
            continue
        changed = distance(word, other, most)
        if 0 < changed <= most and (best is None or (changed, -count, other) < best):
            best = (changed, -count, other)
    return None if best is None else best[2]


def distance(one: str, other: str, most: int) -> int:
    """Letters put in, left out, changed or swapped with a neighbour; something over `most` where there are more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _hint(similar: str | None) -> str:
    return f"; did you mean {similar}?" if similar else ""


def _names(names: Sequence[str]) -> str:
    more = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {more} more" if more > 0 else "")


def in_order(rules: Iterable[RuleConfig], suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """By rule as configured; what structure says already is not said again from the archive."""
    order = {r.name: i for i, r in enumerate(rules)}
    kept: dict[tuple[str, str], list[Suggestion]] = defaultdict(list)
    for each in suggestions:
        known = kept[(each.rule, each.kind)]
        if each.kind not in ("implied", "duplicate") or not (
            kept[(each.rule, "implied")] or kept[(each.rule, "duplicate")]
        ):
            known.append(each)
    return sorted((s for found in kept.values() for s in found), key=lambda s: order[s.rule])

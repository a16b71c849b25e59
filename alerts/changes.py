"""What a revision changed that a rule looks at, in the words of a message.

Added is what no earlier revision said: a text that returns to what it was has added nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from alerts.rules.evaluate import languages_of
from alerts.rules.inflect import light
from alerts.snippet import matched_words
from core.clock import from_iso
from core.model import Document, Match, Span, Standing, Stored
from core.text import words
from core.textdiff import changes, sentences
from core.textdiff import placed as sentences_placed

QUOTED = 3  # changed sentences that are told; the page has the others
LONGEST = 400  # characters of a quoted sentence
NAMED = 8  # matched words named
LOOKED = 50  # of these words looked for in earlier texts: a prefix may find thousands
TYPO = 5  # letters of the shortest word that can be a misspelling: shorter ones are other words (dead, deal)
# one letter apart and no misspellings of each other
NO_TYPOS = frozenset("fifty fifth sixty sixth eight eighth sesenta setenta junio julio".split())
LABEL = re.compile(  # of a note, where the line says the same
    r"^\W*(?:correc|clarif|aclara|rectif|retract|fe de err|editor|nota\b|note\b)[^:.]{0,40}:\s*", re.IGNORECASE
)
BEFORE, NOW = "Before: ", "Now: "
BY = (  # a line of an edit, and how it goes on where its outlet is named
    ("Edited, ", "{} edited its article, "),
    ("Corrected, ", "{} corrected its article, "),
    ("Retracted, ", "{} retracted its article, "),
    ("No longer ", "{}: no longer "),
    ("Now mentions ", "{} now mentions "),
    ("Changed ", "{} changed "),
    ("Says more ", "{} says more "),
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that no earlier revision had: where it stands, and the one it replaced, if any."""

    field: str  # title | body
    start: int
    end: int
    text: str
    before: str | None


@dataclass(frozen=True)
class Edit:
    """A revision beside all earlier ones. What is costly is worked out only for a rule that asks."""

    document: Document
    previous: str  # the text of the revision before
    previous_title: str
    titles: tuple[str, ...]  # of all earlier revisions
    texts: tuple[str, ...]
    notice: str  # what it newly says of itself (corrected, retracted), told by itself

    @cached_property
    def added(self) -> tuple[Sentence, ...]:
        """The sentences that no earlier revision had, the headline among them."""
        known = {key(s) for text in self.texts for s in sentences(text)} | {key(t) for t in self.titles}
        replaced = None
        found = []
        title = self.document.title
        if key(title) not in known:
            found.append(Sentence("title", 0, len(title), title, self.previous_title))
        for text, start, end in sentences_placed(self.document.text):
            said = key(text)
            if not said or said in known or self._is_notice(said):
                continue
            if replaced is None:
                replaced = {c.after: c.before for c in changes(self.previous, self.document.text) if c.after}
            found.append(Sentence("body", start, end, text, replaced.get(text)))
        return tuple(found)

    def touched(self, match: Match) -> tuple[Sentence, ...]:
        """The added sentences that hold a matched word."""
        return tuple(dict.fromkeys(sentence for sentence, _ in self.placed(match.spans)))

    def mentions(self, match: Match) -> tuple[tuple[str, ...], bool]:
        """The matched words of added sentences as printed, and whether they are new to the article.

        Where some are, only those. A plural of a word that was there is not new.
        """
        spans = [span for _, span in self.placed(match.spans)]
        said = matched_words(self.document.title, self.document.text, spans)[:LOOKED]
        new = tuple(w for w in said if f" {self._forms(w)} " not in self._known)
        return (new or said)[:NAMED], bool(new)

    def placed(self, spans: Iterable[Span]) -> list[tuple[Sentence, Span]]:
        """Each of these that lies in an added sentence, with it, in the order of `added`."""
        found = []
        for span in sorted(spans, key=_place):
            at = bisect_right(self.added, _place(span), key=_place) - 1
            if at >= 0 and self.added[at].field == span.field and span.start < self.added[at].end:
                found.append((self.added[at], span))
        return found

    @cached_property
    def _known(self) -> str:
        return f" {' | '.join(map(self._forms, (*self.texts, *self.titles)))} "

    def _forms(self, text: str) -> str:
        language = next(iter(languages_of(self.document.language)), "")
        return " ".join(light(w, language) for w in words(text))

    @cached_property
    def _notice(self) -> str:
        return key(self.notice)

    def _is_notice(self, said: str) -> bool:
        return bool(self._notice) and (said in self._notice or self._notice in said)


def edit_of(stored: Stored, titles: Iterable[str]) -> Edit:
    """A revision (`previous_text` is set) beside earlier ones. `titles`: the headlines the store has of those."""
    previous, title = stored.previous_text or "", stored.previous_title or ""
    return Edit(
        document=stored.document,
        previous=previous,
        previous_title=title,
        titles=(title, *titles),
        texts=(previous, *stored.earlier),
        notice=stored.standing_note,
    )


def edit_lines(edit: Edit, match: Match, touched: Sequence[Sentence], now: datetime) -> tuple[str, ...]:
    """`Now mentions National Guard, added 14:20 UTC` and the changed sentences, before and after."""
    named, new = edit.mentions(match)
    at, said = f"{now:%H:%M} UTC", ", ".join(named)
    if not named:
        head = f"Edited, seen {at}"
    elif new:
        head = f"Now mentions {said}, added {at}"
    elif any(s.before for s in touched):
        head = f"Changed what it says of {said}, seen {at}"
    else:
        head = f"Says more of {said}, added {at}"
    lines = [head]
    for sentence in _distinct(touched):
        first = next(span.start for holding, span in edit.placed(match.spans) if holding == sentence) - sentence.start
        if sentence.before:
            lines.append(BEFORE + _quote(sentence.before, first))
        lines.append(NOW + _quote(sentence.text, first))
    return tuple(lines)


def standing_line(standing: Standing, note: str, now: datetime) -> str:
    """What became of an article: `Corrected, seen 14:20 UTC: the publisher's note`."""
    at = f"seen {now:%H:%M} UTC"
    note = LABEL.sub("", note)
    if standing is Standing.GONE:
        return f"No longer at its address{f' ({note})' if note else ''}, {at}"
    return f"{str(standing).capitalize()}, {at}{f': {note}' if note else ''}"


def by_outlet(outlet: str, line: str) -> str:
    """The first line of an edit with the outlet's name: `Tucson Sentinel now mentions National Guard, ...`."""
    for start, named in BY:
        if line.startswith(start):
            return named.format(outlet) + line.removeprefix(start)
    return f"{outlet}: {line}"


def on_day(line: str, added_at: str, now: datetime) -> str:
    """The first line of an edit, with the day where it is told on a later one than it was seen."""
    at = from_iso(added_at)
    return line if at.date() == now.date() else line.replace(f" {at:%H:%M} UTC", f" {at.day} {at:%b %H:%M} UTC", 1)


def quotes(lines: Iterable[str]) -> frozenset[str]:
    """The changed sentences among the lines of messages, as `key` gives them."""
    return frozenset(key(line.removeprefix(NOW)) for line in lines if line.startswith(NOW))


def key(sentence: str) -> str:
    """What two sentences share that differ in case, accents, quotes or layout only."""
    return " ".join(words(sentence))


def respelt(sentence: Sentence) -> bool:
    """Whether a sentence says what the one it replaced said, with words spelt otherwise."""
    if not sentence.before:
        return False
    old, new = words(sentence.before), words(sentence.text)
    return len(old) == len(new) and all(a == b or _one_letter(a, b) for a, b in zip(old, new, strict=True))


def _one_letter(one: str, other: str) -> bool:
    """Whether two words are one misspelt: one letter more, fewer or other, or two changed places; not the first.

    Four of five misspellings are of this kind (Damerau 1964); of two words further apart one may be a correction.
    """
    if one[:1] != other[:1] or min(len(one), len(other)) < TYPO or {one, other} & NO_TYPOS:
        return False
    if re.search(r"\d", one + other):
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _place(of: Span | Sentence) -> tuple[bool, int]:
    """The headline comes before the text."""
    return (of.field != "title", of.start)


def _distinct(touched: Iterable[Sentence]) -> list[Sentence]:
    """The first few that say different things: a headline is often the first sentence as well."""
    found: dict[str, Sentence] = {}
    for sentence in touched:
        found.setdefault(key(sentence.text), sentence)
    return list(found.values())[:QUOTED]


def _quote(text: str, at: int) -> str:
    """A sentence on one line; of a very long one the words around `at`."""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    start = text.find(" ", max(0, min(at - LONGEST // 3, len(text) - LONGEST))) + 1 if at > LONGEST // 2 else 0
    end = text.rfind(" ", start, start + LONGEST)
    end = end if end > start else start + LONGEST
    return f"{'… ' if start else ''}{text[start:end].strip()}{' …' if end < len(text) else ''}"

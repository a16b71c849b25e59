"""Is a text a copy of one we have: an equal text, or one that shares most of itself with the other.

Candidates come from stored fingerprints; a fingerprint held by articles of many stories is boilerplate and counts for
nothing. Where the sample leaves a doubt the texts themselves are compared.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from core.model import Extent
from core.text import words as words_of
from core.urls import host
from crawler.fingerprint import LONG, text_hash
from crawler.overlap import is_copy, overlap
from crawler.prepared import Prepared
from store import Row, Tx
from store import fingerprints as index

SURE = 0.9  # share of the smaller text's fingerprints that decides by itself, where it has so many:
AMPLE = 12  # a sample of about 110 words
LIKELY = 0.22  # share of the smaller text's fingerprints worth comparing the texts for: half of it needs .45, sampled
WHOLE = 0.9  # of a new text within one earlier article: its fingerprints are there already
POSTINGS = 16  # articles per fingerprint; never more are stored
BOILERPLATE = 4  # stories among them: a wire report has its copies in one story, a footer is everywhere
CANDIDATES = 16  # articles scored, those that share most
LOOKS = 3  # of them, whose texts are compared
SHORT = 30  # words: below, only equal words with equal headline are a copy
LEAST = 6  # words of headline and text together that can be told from chance
NOTICE = 60  # words: an equal text this short under another headline at the same host is a notice
DULL = [index.BOILERPLATE]  # what is known of a sealed shingle
RECENT = timedelta(days=3)  # how long short texts stay comparable: headlines come back every week


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text for later comparisons. `counted`: fingerprints kept of it that are no boilerplate."""

    text_hash: str
    words: int
    counted: int
    hashes: tuple[int, ...] = ()  # to be stored
    sealed: tuple[int, ...] = ()  # found to be boilerplate


@dataclass(frozen=True, slots=True)
class Copy:
    """The article a text is a copy of: what share of the new text that has, and what share of that the new text."""

    of: int
    story_id: int
    of_new: float = 1.0
    of_original: float = 1.0

    @property
    def score(self) -> float:
        """The share of the smaller that lies within the other."""
        return max(self.of_new, self.of_original)

    @property
    def extent(self) -> Extent:
        return extent(self.of_new, self.of_original)


@dataclass(frozen=True, slots=True)
class _Sampled:
    """An article that shares fingerprints; `sure`: enough of them to need no look at its text."""

    row: Row
    copy: Copy
    sure: bool


def extent(of_new: float, of_original: float) -> Extent:
    """What a copy is to its original: `of_new`, the share of the copy that the original has, and the reverse."""
    if of_new >= WHOLE:
        return Extent.FULL if of_original >= WHOLE else Extent.EXCERPT
    return Extent.CONTAINS if of_original >= WHOLE else Extent.PARTIAL


def find(tx: Tx, prepared: Prepared, url: str, now: datetime, *, own: int | None = None) -> tuple[Sketch, Copy | None]:
    """The sketch of a text and what it is a copy of. `own`: the article itself, when it is compared anew."""
    title, words, hashes, digest = prepared.article.title, prepared.words, prepared.hashes, prepared.text_hash
    if len(words) < SHORT:
        return _short(tx, [*words_of(title), *words], len(words), now, own)
    equals = [r for r in index.same_text(tx, digest, None) if r["id"] != own]
    notices = {r["id"] for r in equals if _is_notice(r, title, url)} if len(words) < NOTICE else set()
    equal = next((r for r in equals if r["id"] not in notices), None)
    if equal is not None:
        return Sketch(digest, len(words), len(hashes)), Copy(equal["id"], equal["story_id"])
    known = index.postings(tx, hashes)
    if notices or own is not None:
        known = {h: [a for a in ids if a != own and a not in notices] for h, ids in known.items()}
    crowded = {h: ids for h, ids in known.items() if len(ids) >= POSTINGS}
    sealed = _boilerplate(tx, crowded) if crowded else ()
    dull = {*sealed, *(h for h, ids in known.items() if ids == DULL)}
    shared = [ids for h, ids in known.items() if h not in dull]
    sketch = Sketch(digest, len(words), len(hashes) - len(dull), (), sealed)
    copy = _best(tx, prepared.article.text, url, shared, sketch) if shared else None
    if copy is not None and copy.of_new >= WHOLE and own is None:
        return sketch, copy
    return replace(sketch, hashes=tuple(h for h in hashes if h not in dull and h not in crowded)), copy


def _short(tx: Tx, words: Sequence[str], of_text: int, now: datetime, own: int | None) -> tuple[Sketch, Copy | None]:
    """Headline and text together, so that a teaser under many headlines joins nothing."""
    digest = text_hash(("short", *words))
    sketch = Sketch(digest, of_text, 0)
    if len(words) < LEAST:
        return sketch, None
    equal = next((r for r in index.same_text(tx, digest, now - RECENT) if r["id"] != own), None)
    return sketch, None if equal is None else Copy(equal["id"], equal["story_id"])


def _is_notice(row: Row, title: str, url: str) -> bool:
    """A pay wall's or error page's words instead of the article's: one host, one short text, another headline."""
    if not host(url) or host(row["canonical_url"]) != host(url):
        return False
    mine, theirs = set(words_of(title)), set(words_of(row["title"]))
    return 2 * len(mine & theirs) < len(mine | theirs)


def _boilerplate(tx: Tx, crowded: Mapping[int, list[int]]) -> tuple[int, ...]:
    """Of shingles that many articles hold, those of too many stories."""
    stories = {row["id"]: row["story_id"] for row in index.holders(tx, sorted({*chain(*crowded.values())}))}
    return tuple(sorted(h for h, ids in crowded.items() if len({stories.get(i) for i in ids}) >= BOILERPLATE))


def _best(tx: Tx, text: str, url: str, shared: Sequence[list[int]], sketch: Sketch) -> Copy | None:
    """The best copy; of equals a pinned article, then the earliest."""
    counts = Counter(chain.from_iterable(shared))
    least = 1 if sketch.counted < AMPLE else 2  # one run of 5 words is chance
    likely = sorted((i for i, n in counts.items() if n >= least), key=lambda i: (-counts[i], i))[:CANDIDATES]
    sampled = [_sampled(row, counts[row["id"]], sketch) for row in index.holders(tx, likely)]
    sampled = [each for each in sampled if each.copy.score >= LIKELY]
    sampled.sort(key=lambda each: (-each.copy.score, -each.row["pinned"], each.copy.of))
    best: Copy | None = None
    for each in sampled[:LOOKS]:
        if best is not None and each.copy.score <= best.score:
            break
        found = each.copy if each.sure else _compared(tx, text, url, each.row)
        if found is not None and (best is None or found.score > best.score):
            best = found
    return best


def _sampled(row: Row, shared: int, sketch: Sketch) -> _Sampled:
    """What shared fingerprints say; of a short text half can be found in a LONG one."""
    long, row_long = sketch.words >= LONG, row["words"] >= LONG
    mine = sketch.counted / 2 if row_long and not long else sketch.counted
    theirs = row["sketch_n"] / 2 if long and not row_long else row["sketch_n"]
    of_new, of_original = (min(1.0, round(shared / max(1, n), 4)) for n in (mine, theirs))
    copy = Copy(row["id"], row["story_id"], of_new, of_original)
    return _Sampled(row, copy, copy.score >= SURE and min(mine, theirs) >= AMPLE)


def _compared(tx: Tx, text: str, url: str, row: Row) -> Copy | None:
    exact = overlap(text, index.text_of(tx, row["id"]))
    if not is_copy(exact, host(url) == host(row["canonical_url"]) != ""):
        return None
    return Copy(row["id"], row["story_id"], round(exact.of_new, 4), round(exact.of_old, 4))


def remember(tx: Tx, article_id: int, sketch: Sketch) -> None:
    """Keep a text for later comparisons."""
    index.add(tx, article_id, sketch.hashes)
    index.seal(tx, sketch.sealed)

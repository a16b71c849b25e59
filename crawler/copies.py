"""Is a text a copy of one we have: an equal text, or one that lies mostly within the other.

Candidates come from stored fingerprints; a fingerprint held by articles of many stories is boilerplate and counts for
nothing. Where the sample leaves a doubt the texts themselves are compared.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.text import words as words_of
from core.urls import host
from crawler.fingerprint import fingerprints, overlap, text_hash
from store import Row, Tx
from store import fingerprints as index

SAME = 0.45  # share of the smaller text (HEART, section 2: .993 F1 on generated, .973 on real syndication)
FEW = 3  # shared fingerprints below which only the texts themselves can prove a copy
SURE = 0.7  # from here the sample needs no second look: measured, no wrong copy above
THIN = 12  # fingerprints of a text of about 110 words: a sample too small to trust
WHOLE = 0.9  # of a new text within one earlier article: its fingerprints are there already
INCLUDED = 0.65  # a text held by another to this degree is a copy wherever the shared part stands
LEAD = 0.25  # else so much of the start of either must be shared: a footer or a quotation is not
POSTINGS = 16  # articles per fingerprint; never more are stored
BOILERPLATE = 4  # stories among them: a wire report has its copies in one story, a footer is everywhere
CANDIDATES = 16  # articles scored, those that share most
LOOKS = 3  # of them, whose texts are compared
SHORT = 30  # words: below, only equal words with equal headline are a copy
LEAST = 6  # words of headline and text together that can be told from chance
NOTICE = 60  # words: an equal text this short under another headline at the same host is a notice
RECENT = timedelta(days=3)  # how long short texts stay comparable: headlines come back every week


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text for later comparisons. `counted`: fingerprints that are not boilerplate."""

    text_hash: str
    words: int
    counted: int
    hashes: tuple[int, ...] = ()  # to be stored
    sealed: tuple[int, ...] = ()  # found to be boilerplate


@dataclass(frozen=True, slots=True)
class Copy:
    """The article a text is a copy of, and how much of the smaller lies within the other."""

    of: int
    story_id: int
    score: float


def find(
    tx: Tx, title: str, text: str, url: str, now: datetime, *, own: int | None = None
) -> tuple[Sketch, Copy | None]:
    """The sketch of a text and what it is a copy of. `own`: the article itself, when it is compared anew."""
    words = words_of(text)
    if len(words) < SHORT:
        return _short(tx, [*words_of(title), *words], len(words), now, own)
    digest = text_hash(words)
    equals = [r for r in index.same_text(tx, digest, None) if r["id"] != own]
    notices = {r["id"] for r in equals if _is_notice(r, title, url, words)}
    equal = next((r for r in equals if r["id"] not in notices), None)
    hashes = fingerprints(words)
    if equal is not None:
        return Sketch(digest, len(words), len(hashes)), Copy(equal["id"], equal["story_id"], 1.0)
    postings = index.postings(tx, hashes)
    if notices or own is not None:
        postings = {h: [a for a in ids if a != own and a not in notices] for h, ids in postings.items()}
    dull = {h for h, ids in postings.items() if ids == [index.BOILERPLATE]}
    sealed = _boilerplate(tx, postings)
    shared = {h: ids for h, ids in postings.items() if h not in dull and h not in sealed}
    counted = len(hashes) - len(dull) - len(sealed)
    copy, of_new = _best(tx, words, shared, counted)
    keep = () if of_new >= WHOLE and own is None else _to_store(hashes, postings, dull | sealed)
    return Sketch(digest, len(words), counted, keep, tuple(sorted(sealed))), copy


def _to_store(hashes: Sequence[int], postings: Mapping[int, list[int]], dull: set[int]) -> tuple[int, ...]:
    return tuple(h for h in hashes if h not in dull and len(postings.get(h, ())) < POSTINGS)


def _short(tx: Tx, words: Sequence[str], of_text: int, now: datetime, own: int | None) -> tuple[Sketch, Copy | None]:
    """Headline and text together, so that a teaser under many headlines joins nothing."""
    digest = text_hash(("short", *words))
    sketch = Sketch(digest, of_text, 0)
    if len(words) < LEAST:
        return sketch, None
    equal = next((r for r in index.same_text(tx, digest, now - RECENT) if r["id"] != own), None)
    return sketch, None if equal is None else Copy(equal["id"], equal["story_id"], 1.0)


def _is_notice(row: Row, title: str, url: str, words: Sequence[str]) -> bool:
    """A pay wall's or error page's words instead of the article's: one host, one short text, another headline."""
    if len(words) >= NOTICE or not host(url) or host(row["canonical_url"]) != host(url):
        return False
    mine, theirs = set(words_of(title)), set(words_of(row["title"]))
    return 2 * len(mine & theirs) < len(mine | theirs)


def _boilerplate(tx: Tx, postings: Mapping[int, list[int]]) -> set[int]:
    """Shingles now found to be in too many stories."""
    full = {h: ids for h, ids in postings.items() if len(ids) >= POSTINGS}
    rows = index.holders(tx, sorted({i for ids in full.values() for i in ids}))
    return {h for h, ids in full.items() if len({rows[i]["story_id"] for i in ids if i in rows}) >= BOILERPLATE}


def _best(tx: Tx, words: Sequence[str], shared: Mapping[int, list[int]], counted: int) -> tuple[Copy | None, float]:
    """The best copy with the share of the new text it holds; the earliest of equals."""
    counts = Counter(i for ids in shared.values() for i in ids)
    likely = sorted(counts, key=lambda i: (-counts[i], i))[:CANDIDATES]
    rows = index.holders(tx, likely)
    scores = {i: counts[i] / max(1, min(counted, rows[i]["sketch_n"])) for i in likely if i in rows}
    best: tuple[Copy | None, float] = (None, 0.0)
    looks = 0
    for i in sorted(scores, key=lambda i: (-min(1.0, scores[i]), i)):
        score, of_new = min(1.0, scores[i]), counts[i] / max(1, counted)
        if best[0] is not None and score <= best[0].score:
            break
        if counts[i] < FEW or score < SURE or min(counted, rows[i]["sketch_n"]) < THIN:
            if looks == LOOKS or score < SAME / 2:
                break
            looks += 1
            exact = overlap(words, words_of(index.text_of(tx, i)))
            score, of_new = exact.of_smaller, exact.of_new
            if score < SAME or (score < INCLUDED and exact.lead < LEAD):
                continue
        if best[0] is None or score > best[0].score:
            best = (Copy(i, rows[i]["story_id"], round(score, 4)), of_new)
    return best


def remember(tx: Tx, article_id: int, sketch: Sketch) -> None:
    """Keep a text for later comparisons."""
    index.add(tx, article_id, sketch.hashes)
    index.seal(tx, sketch.sealed)

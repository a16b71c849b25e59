"""What people decide about stories: merge two, split articles off one, pin an article to one.

refuse | move | settle both stories | tell what they are about anew | record, in one transaction

A decision is never undone by what is computed. An article keeps its story for good once it is stored; later copies of
it follow it there, a pinned article first among equals. Only another decision that names the article or its story
moves it again. What was told of a story stays with it when articles are split off: the next article of the new story
may alert anew, so that nothing is hidden.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import count

from core.clock import from_iso
from core.errors import BorderwireError
from core.text import words as words_of
from crawler import nearest
from crawler.copies import SHORT
from crawler.fingerprint import fingerprints
from crawler.placement import story_key
from crawler.terms import terms_of
from store import Row, Tx, articles, decisions
from store import fingerprints as index

TOLD_BY = 200  # the newest articles of a story that say what it is about after a change by hand


def merge(tx: Tx, story_id: int, into: int, *, who: str, why: str, now: datetime) -> list[int]:
    """Put all of one story into another, with what was told of it; the articles moved.

    Raises NotFound for a story that is not there, BorderwireError for one merged already or the story itself.
    """
    if story_id == into:
        raise BorderwireError(f"story {into} cannot be merged with itself: name two stories")
    _open(tx, story_id)
    _open(tx, into)
    moved = decisions.members(tx, story_id)
    decisions.merge(tx, story_id, into, now)
    decisions.settle(tx, into, now)
    decisions.record(tx, "merge", into, origin=story_id, ids=moved, who=who, why=why, now=now)
    return moved


def split(tx: Tx, ids: Sequence[int], *, who: str, why: str, now: datetime) -> int:
    """Put these articles of one story, with their unpinned copies in it, into a new story; its id.

    Raises NotFound for an article that is not there, BorderwireError for articles of several stories or all of one.
    """
    named = decisions.articles(tx, ids)
    homes = sorted({row["story_id"] for row in named})
    if not homes:
        raise BorderwireError("name at least one article to split off")
    if len(homes) > 1:
        where = "; ".join(f"article {row['id']} is in story {row['story_id']}" for row in named)
        raise BorderwireError(f"{where}: split articles of one story at a time")
    home = decisions.story(tx, homes[0])
    moved = _with_copies(tx, home["id"], [row["id"] for row in named])
    if len(moved) == home["articles"]:
        raise BorderwireError(_nothing_left(home, named))
    first = named[0]
    key = _new_key(tx, first["canonical_url"], home["id"])
    new = articles.found_story(tx, key, first["title"], first["language"], now)
    _move(tx, moved, home["id"], new, now)
    _pin(tx, [row["id"] for row in named])
    decisions.record(tx, "split", new, origin=home["id"], ids=moved, who=who, why=why, now=now)
    return new


def pin(tx: Tx, article_id: int, story_id: int | None, *, who: str, why: str, now: datetime) -> list[int]:
    """Keep an article in a story, where it is unless one is named; the articles that moved there for it.

    Its unpinned copies of the same story go along. A story left without an article is merged into the other.
    Raises NotFound, or BorderwireError for a story that was merged into another.
    """
    (article,) = decisions.articles(tx, [article_id])
    home = article["story_id"]
    target = home if story_id is None else _open(tx, story_id)["id"]
    moved: list[int] = []
    if target != home:
        moved = _with_copies(tx, home, [article_id])
        if len(moved) == decisions.story(tx, home)["articles"]:
            merge(tx, home, target, who=who, why=why, now=now)
        else:
            _move(tx, moved, home, target, now)
    _pin(tx, [article_id])
    origin = None if target == home else home
    decisions.record(tx, "pin", target, origin=origin, ids=moved or [article_id], who=who, why=why, now=now)
    return moved


def unpin(tx: Tx, article_id: int, *, who: str, why: str, now: datetime) -> int:
    """Take the mark of an article away; it stays in its story, whose id this gives.

    Raises NotFound, or BorderwireError for an article that is not pinned.
    """
    (article,) = decisions.articles(tx, [article_id])
    home = int(article["story_id"])
    if not article["pinned"]:
        raise BorderwireError(f"article {article_id} is not pinned; it is in story {home}")
    decisions.pin(tx, [article_id], False)
    decisions.record(tx, "unpin", home, origin=None, ids=[article_id], who=who, why=why, now=now)
    return home


def _open(tx: Tx, story_id: int) -> Row:
    """A story that was not merged into another."""
    row = decisions.story(tx, story_id)
    if (into := row["merged_into"]) is not None:
        raise BorderwireError(f"story {story_id} was merged into story {into}: name {into} instead")
    return row


def _with_copies(tx: Tx, story_id: int, named: Sequence[int]) -> list[int]:
    """These articles, then the copies of them in their story, the copies of those, and so on."""
    found = list(named)
    latest: Sequence[int] = named
    while latest:
        latest = [i for i in decisions.copies(tx, story_id, latest) if i not in found]
        found += latest
    return found


def _nothing_left(home: Row, named: Sequence[Row]) -> str:
    story, total = home["id"], home["articles"]
    if total == 1:
        return f"article {named[0]['id']} is the only one of story {story}: there is nothing to split it from"
    if len(named) == total:
        return f"these are all {total} articles of story {story}: leave out those that stay"
    return (
        f"with their copies these are all {total} articles of story {story}: pin a copy that is to stay "
        "(borderwire stories pin ID), then split again"
    )


def _new_key(tx: Tx, url: str, home: int) -> str:
    """Name of a story split off: the same for the same decisions, so that alert ids are.

    Each time an article is split off a story again it is another: what was told the time before went with the merge.
    """
    for time in count(1):
        key = story_key(f"{url}\x1fsplit\x1f{home}" + (f"\x1f{time}" if time > 1 else ""))
        if not decisions.has_key(tx, key):
            return key
    raise AssertionError("unreachable")


def _move(tx: Tx, ids: Sequence[int], origin: int, into: int, now: datetime) -> None:
    decisions.move(tx, ids, origin, into)
    for story in (origin, into):
        decisions.settle(tx, story, now)
        _tell_anew(tx, story)


def _pin(tx: Tx, ids: Sequence[int]) -> None:
    """Mark articles, and make each findable by all of its text.

    Of a full copy nothing is kept at first, for its original is found by the same words. Now they may be in two
    stories, and what copies both is to find the pinned one.
    """
    decisions.pin(tx, ids, True)
    for article_id in ids:
        words = words_of(articles.get(tx, article_id)["text"])
        if len(words) >= SHORT:
            hashes = fingerprints(words)
            known = index.postings(tx, hashes)
            index.add(tx, article_id, [h for h in hashes if index.BOILERPLATE not in known.get(h, ())])


def _tell_anew(tx: Tx, story_id: int) -> None:
    """What a story is about, from its articles as they now are."""
    decisions.forget_terms(tx, story_id)
    for row in decisions.telling(tx, story_id, TOLD_BY):
        seen = from_iso(row["first_seen_at"])
        article = articles.to_article(row)
        terms = terms_of(article.title, article.text, article.language)
        nearest.enrich(tx, story_id, nearest.weigh(tx, terms, article.published, seen))

"""What people said about stories: which belong together, which articles lie elsewhere, and that it stays so."""

import json
from collections.abc import Sequence
from datetime import datetime

from core.clock import to_iso
from core.errors import NotFound
from store.backend import Row, Tx


def story(tx: Tx, story_id: int) -> Row:
    """A story without its terms. Raises NotFound."""
    row = tx.one("SELECT id, key, title, language, articles, merged_into FROM stories WHERE id = :id", id=story_id)
    if row is None:
        raise NotFound(f"no story {story_id}; borderwire stories list shows them")
    return row


def articles(tx: Tx, ids: Sequence[int]) -> list[Row]:
    """These articles without their texts, first seen first. Raises NotFound where one is not there."""
    rows = tx.all(
        "SELECT id, canonical_url, title, language, story_id, copy_of, pinned FROM articles WHERE id IN :ids"
        " ORDER BY first_seen_at, id",
        ids=sorted(set(ids)),
    )
    if missing := sorted(set(ids) - {row["id"] for row in rows}):
        named = ", ".join(map(str, missing))
        raise NotFound(f"no article {named}; borderwire stories show lists the articles of a story with their ids")
    return rows


def copies(tx: Tx, story_id: int, of: Sequence[int]) -> list[int]:
    """Copies in this story of these articles, but those that a person has placed."""
    rows = tx.all(
        "SELECT id FROM articles WHERE story_id = :story AND copy_of IN :of AND pinned = 0 ORDER BY id",
        story=story_id,
        of=list(of),
    )
    return [row["id"] for row in rows]


def telling(tx: Tx, story_id: int, limit: int) -> list[Row]:
    """The newest articles of a story, oldest first, that say something in words of their own.

    A copy tells nothing that its original in the same story has not told.
    """
    rows = tx.all(
        "SELECT a.* FROM articles a WHERE a.story_id = :id AND (a.copy_of IS NULL OR NOT EXISTS (SELECT 1"
        " FROM articles o WHERE o.id = a.copy_of AND o.story_id = a.story_id))"
        " ORDER BY a.first_seen_at DESC, a.id DESC LIMIT :limit",
        id=story_id,
        limit=limit,
    )
    return rows[::-1]


def members(tx: Tx, story_id: int) -> list[int]:
    """The articles of a story."""
    rows = tx.all("SELECT id FROM articles WHERE story_id = :id ORDER BY first_seen_at, id", id=story_id)
    return [row["id"] for row in rows]


def move(tx: Tx, ids: Sequence[int], origin: int, into: int) -> None:
    """Put articles of one story, with their matches, into another.

    A story once merged into the first follows the article that founded it: what reads like it still finds its articles.
    """
    tx.run("UPDATE matches SET story_id = :into WHERE article_id IN :ids", into=into, ids=list(ids))
    tx.run("UPDATE articles SET story_id = :into WHERE id IN :ids", into=into, ids=list(ids))
    tx.run(
        "UPDATE stories SET merged_into = :into WHERE merged_into = :origin AND first_article_id IN :ids",
        into=into,
        origin=origin,
        ids=list(ids),
    )


def merge(tx: Tx, story_id: int, into: int, now: datetime) -> None:
    """Everything of a story, what was merged into it and what was told of it belongs to another from now on."""
    moved = {"story": story_id, "into": into}
    tx.run(
        "UPDATE matches SET story_id = :into WHERE article_id IN (SELECT id FROM articles WHERE story_id = :story)",
        **moved,
    )
    tx.run("UPDATE articles SET story_id = :into WHERE story_id = :story", **moved)
    tx.run("UPDATE alerts SET story_id = :into WHERE story_id = :story", **moved)
    tx.run("UPDATE stories SET merged_into = :into WHERE merged_into = :story", **moved)
    tx.run(
        "UPDATE stories SET merged_into = :into, articles = 0, updated_at = :now WHERE id = :story",
        now=to_iso(now),
        **moved,
    )


def settle(tx: Tx, story_id: int, now: datetime) -> None:
    """Make a story's counts, its first article and what each article is to it true after articles came or went.

    A story whose first article left is titled by the first of the others. A copy stays a copy: that is a fact of
    texts, whichever story they are in. A place that a person gave has no score.
    """
    first = tx.one(
        "SELECT id, title, language, first_seen_at,"
        " (SELECT COUNT(*) FROM articles a WHERE a.story_id = :id) AS articles"
        " FROM articles WHERE story_id = :id ORDER BY first_seen_at, id LIMIT 1",
        id=story_id,
    )
    assert first is not None
    left = tx.one(
        "SELECT 1 AS yes FROM stories s WHERE s.id = :id AND NOT EXISTS"
        " (SELECT 1 FROM articles a WHERE a.id = s.first_article_id AND a.story_id = s.id)",
        id=story_id,
    )
    tx.run(
        "UPDATE stories SET articles = :articles, first_article_id = :first, first_seen_at = :seen, updated_at = :now"
        " WHERE id = :id",
        articles=first["articles"],
        first=first["id"],
        seen=first["first_seen_at"],
        now=to_iso(now),
        id=story_id,
    )
    if left is not None:
        tx.run(
            "UPDATE stories SET title = :title, language = :language WHERE id = :id",
            title=first["title"],
            language=first["language"],
            id=story_id,
        )
    tx.run(
        "UPDATE articles SET relation = 'same_story', score = NULL"
        " WHERE story_id = :id AND relation = 'new' AND id <> :first",
        id=story_id,
        first=first["id"],
    )
    tx.run(
        "UPDATE articles SET relation = 'new', score = NULL WHERE id = :first AND relation = 'same_story'",
        first=first["id"],
    )


def pin(tx: Tx, ids: Sequence[int], pinned: bool) -> None:
    """Say of articles whether a person placed them."""
    tx.run("UPDATE articles SET pinned = :pinned WHERE id IN :ids", pinned=int(pinned), ids=list(ids))


def has_key(tx: Tx, key: str) -> bool:
    """Whether some story has this key."""
    return tx.one("SELECT id FROM stories WHERE key = :key", key=key) is not None


def forget_terms(tx: Tx, story_id: int) -> None:
    """What a story is about, before it is told anew from its articles."""
    tx.run("UPDATE stories SET terms = NULL, latest_at = NULL WHERE id = :id", id=story_id)
    tx.run("DELETE FROM story_terms WHERE story_id = :id", id=story_id)


def record(
    tx: Tx,
    what: str,
    story_id: int,
    *,
    origin: int | None,
    ids: Sequence[int],
    who: str,
    why: str,
    now: datetime,
) -> int:
    """Keep a decision (merge, split, pin, unpin) about these articles, now in `story_id`; its id."""
    row = tx.one(
        "INSERT INTO decisions(at, what, story_id, from_story_id, articles, who, why)"
        " VALUES (:now, :what, :story, :origin, :articles, :who, :why) RETURNING id",
        now=to_iso(now),
        what=what,
        story=story_id,
        origin=origin,
        articles=json.dumps(list(ids)),
        who=who,
        why=why,
    )
    assert row is not None
    return int(row["id"])


def of_story(tx: Tx, story_id: int) -> list[Row]:
    """Decisions that name a story, in order."""
    return tx.all("SELECT * FROM decisions WHERE story_id = :id OR from_story_id = :id ORDER BY id", id=story_id)

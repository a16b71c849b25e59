"""Stories as people read them: the list of them, and what happened to each, in time order.

Who printed it, what was edited, what became of articles, what was told, what people decided.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.clock import to_iso
from core.errors import NotFound
from core.textdiff import added_paragraphs
from store.backend import Row, Tx

OUTLET = "COALESCE(NULLIF({0}.site, ''), {0}.source)"
SUMMARY = (  # of a story s
    "s.id AS id, s.title AS title, s.language AS language, s.articles AS articles,"
    f" (SELECT COUNT(DISTINCT {OUTLET.format('a')}) FROM articles a WHERE a.story_id = s.id) AS outlets,"
    " (SELECT COUNT(*) FROM articles a WHERE a.story_id = s.id AND a.relation = 'copy') AS copies,"
    " (SELECT COUNT(*) FROM alerts l WHERE l.story_id = s.id AND l.kind = 'story') AS alerts,"
    f" (SELECT {OUTLET.format('a')} FROM articles a WHERE a.id = s.first_article_id) AS first_outlet,"
    " s.first_article_id AS first_article_id, s.first_seen_at AS first_seen_at, s.updated_at AS updated_at,"
    " s.merged_into AS merged_into"
)
ORDER = ("article", "revision", "standing", "decision", "alert", "update")  # of what happened at one moment
EXTENTS = {
    "full": "full",
    "excerpt": "excerpt",
    "contains": "with text of its own",
    "partial": "in part",
}
STANDINGS = {"corrected": "correction published", "retracted": "retracted", "gone": "gone"}
QUIET = {
    "limit": "not told again, three edits were",
    "spelling": "not told, only spelling changed",
    "same": "not told, the same was told before",
    "never": "not told, it wants no updates",
    "class": "not told, the article was there before",
}
TOLD = (  # states of deliveries in the order they are spoken of
    (("sent",), "told {}"),
    (("pending", "sending"), "is about to tell {}"),
    (("held",), "waits for {}"),
    (("suppressed",), "muted for {}"),
    (("merged",), "told in a digest on {}"),
    (("dead",), "could not tell {}"),
)


def listing(tx: Tx, *, since: datetime | None, most_outlets: bool, limit: int) -> list[Row]:
    """Stories in which something happened since then, the newest or those in most outlets first."""
    order = "outlets DESC, s.updated_at DESC" if most_outlets else "s.updated_at DESC, s.id DESC"
    return tx.all(
        f"SELECT {SUMMARY} FROM stories s WHERE s.merged_into IS NULL AND s.updated_at >= :since"
        f" ORDER BY {order} LIMIT :limit",
        since="" if since is None else to_iso(since),
        limit=limit,
    )


def summary(tx: Tx, story_id: int) -> Row:
    """One story: how many outlets and articles, who printed it first and when, where it went. Raises NotFound."""
    row = tx.one(f"SELECT {SUMMARY} FROM stories s WHERE s.id = :id", id=story_id)
    if row is None:
        raise NotFound(f"no story {story_id}; borderwire stories list shows them")
    return row


def timeline(tx: Tx, story_id: int) -> list[Row]:
    """The events of a story; of a merged one a single event that says where it went.

    Keys: at, kind (article, revision, standing, alert, update, decision), article_id, alert_id, outlet, title,
    detail (a plain sentence), relation, extent, revision; None where a key does not apply.
    """
    story = tx.one("SELECT id, first_article_id, updated_at, merged_into FROM stories WHERE id = :id", id=story_id)
    if story is None:
        return []
    decided = _decisions(tx, story_id)
    if story["merged_into"] is not None:
        return [_went(story, decided)]
    found = [
        *_articles(tx, story),
        *_standings(tx, story_id),
        *_alerts(tx, story_id),
        *(_decision(row, story_id) for row in decided),
    ]
    return sorted(found, key=lambda e: (e["at"], ORDER.index(e["kind"])))


def added(tx: Tx, article_id: int) -> list[str]:
    """Paragraphs that a copy has and no text of its original had by then; none for what is no copy."""
    row = tx.one("SELECT text, copy_of, updated_at FROM articles WHERE id = :id", id=article_id)
    if row is None or row["copy_of"] is None:
        return []
    known = tx.all(
        "SELECT text FROM revisions WHERE article_id = :of AND (number = 1 OR seen_at <= :at) ORDER BY number",
        of=row["copy_of"],
        at=row["updated_at"],
    )
    return added_paragraphs("\n".join(r["text"] for r in known), row["text"]) if known else []


def _event(at: str, kind: str, detail: str, **more: Any) -> Row:
    keys = ("article_id", "alert_id", "outlet", "title", "relation", "extent", "revision")
    return {"at": at, "kind": kind, "detail": detail, **dict.fromkeys(keys), **more}


def _articles(tx: Tx, story: Row) -> Iterator[Row]:
    """Each text of each article: its printing, then its revisions."""
    rows = tx.all(
        f"SELECT a.id AS id, {OUTLET.format('a')} AS outlet, a.relation AS relation, a.extent AS extent,"
        " a.copy_of AS copy_of, a.class AS class, a.pinned AS pinned, r.number AS number, r.title AS title,"
        " r.extraction AS extraction, r.seen_at AS seen_at"
        " FROM articles a JOIN revisions r ON r.article_id = a.id WHERE a.story_id = :id ORDER BY a.id, r.number",
        id=story["id"],
    )
    originals = _named(tx, {r["copy_of"] for r in rows if r["copy_of"] is not None})
    edits = _edits(tx, story["id"])
    before: Row = {}
    for row in rows:
        own = {"article_id": row["id"], "outlet": row["outlet"], "title": row["title"], "revision": row["number"]}
        if row["number"] == 1:
            detail = _printed(row, story, originals.get(row["copy_of"]))
            yield _event(row["seen_at"], "article", detail, relation=row["relation"], extent=row["extent"], **own)
        else:
            detail = "; ".join([_revised(before, row), *edits.get((row["id"], row["number"]), ())])
            yield _event(row["seen_at"], "revision", detail, **own)
        before = row


def _printed(row: Row, story: Row, original: Row | None) -> str:
    if row["relation"] == "copy":
        where = "" if original is None or original["story_id"] == story["id"] else f" (story {original['story_id']})"
        said = f"copy of {'a lost article' if original is None else original['outlet']}{where}"
        said += f", {EXTENTS[row['extent']]}" if row["extent"] else ""
    else:
        said = "first to print it" if row["id"] == story["first_article_id"] else "another report on it"
    if row["class"] == "backfill":
        said += "; it was there when its source was first read"
    return said + ("; pinned here" if row["pinned"] else "")


def _revised(before: Row, row: Row) -> str:
    if before["extraction"] == "summary" and row["extraction"] != "summary":
        return f"full text read, revision {row['number']}"
    new = "edited under a new headline" if before["title"] != row["title"] else "edited"
    return f"{new}, revision {row['number']}"


def _edits(tx: Tx, story_id: int) -> Mapping[tuple[int, int], Sequence[str]]:
    """What became of each edit that concerned a rule: (article, revision) -> a phrase per rule."""
    rows = tx.all(
        "SELECT e.article_id AS article_id, e.revision AS revision, e.told_in AS told_in, e.quiet AS quiet,"
        " l.rule AS rule FROM edits e JOIN articles a ON a.id = e.article_id JOIN alerts l ON l.id = e.alert_id"
        " WHERE a.story_id = :id AND e.kind = 'edited' ORDER BY e.article_id, e.revision, l.rule",
        id=story_id,
    )
    found: dict[tuple[int, int], list[str]] = {}
    for row in rows:
        became = QUIET.get(row["quiet"], "not told") if row["quiet"] else "told" if row["told_in"] else "to be told"
        phrases = found.setdefault((row["article_id"], row["revision"]), [])
        if (phrase := f"rule {row['rule']}: {became}") not in phrases:
            phrases.append(phrase)
    return found


def _standings(tx: Tx, story_id: int) -> Iterator[Row]:
    """What became of articles; an earlier standing is known where a rule had told of the article."""
    columns = f"a.id AS article_id, {OUTLET.format('a')} AS outlet, a.title AS title"
    now = tx.all(
        f"SELECT {columns}, a.standing AS standing, COALESCE(a.standing_at, a.updated_at) AS at,"
        " a.standing_note AS note, a.revision AS revision FROM articles a"
        " WHERE a.story_id = :id AND a.standing <> 'printed'",
        id=story_id,
    )
    earlier = tx.all(
        f"SELECT {columns}, e.kind AS standing, MIN(e.added_at) AS at, '' AS note, MIN(e.revision) AS revision"
        " FROM edits e JOIN articles a ON a.id = e.article_id"
        " WHERE a.story_id = :id AND e.kind <> 'edited' AND e.kind <> a.standing"
        " GROUP BY a.id, a.site, a.source, a.title, e.kind",
        id=story_id,
    )
    for row in [*now, *earlier]:
        own = {key: row[key] for key in ("article_id", "outlet", "title", "revision")}
        yield _event(row["at"], "standing", ": ".join(filter(None, (STANDINGS[row["standing"]], row["note"]))), **own)


def _alerts(tx: Tx, story_id: int) -> Iterator[Row]:
    rows = tx.all(
        f"SELECT l.id AS id, l.kind AS kind, l.rule AS rule, l.title AS title, l.created_at AS created_at,"
        f" l.article_id AS article_id, (SELECT {OUTLET.format('a')} FROM articles a WHERE a.id = l.article_id)"
        " AS outlet FROM alerts l WHERE l.story_id = :id ORDER BY l.created_at, l.id",
        id=story_id,
    )
    states: dict[str, dict[str, set[str]]] = {}
    if rows:
        sent = "SELECT alert_id, channel, state FROM deliveries WHERE alert_id IN :ids"
        for row in tx.all(sent, ids=[r["id"] for r in rows]):
            states.setdefault(row["alert_id"], {}).setdefault(row["state"], set()).add(row["channel"])
    for row in rows:
        yield _event(
            row["created_at"],
            "update" if row["kind"] == "update" else "alert",
            f"rule {row['rule']} {_told(states.get(row['id'], {}))}",
            article_id=row["article_id"],
            alert_id=row["id"],
            outlet=row["outlet"],
            title=row["title"],
        )


def _told(channels: Mapping[str, set[str]]) -> str:
    said = []
    for states, phrase in TOLD:
        if names := sorted({name for state in states for name in channels.get(state, ())}):
            said.append(phrase.format(", ".join(names)))
    return "; ".join(said) or "fired; it has no channel"


def _decisions(tx: Tx, story_id: int) -> list[Row]:
    return tx.all("SELECT * FROM decisions WHERE story_id = :id OR from_story_id = :id ORDER BY id", id=story_id)


def _decision(row: Row, story_id: int) -> Row:
    """A decision as seen from one of the stories it names."""
    ids = json.loads(row["articles"])
    which = f"article {ids[0]}" if len(ids) == 1 else f"{len(ids)} articles"
    here = row["story_id"] == story_id
    match row["what"]:
        case "merge":
            said = f"merged from story {row['from_story_id']}" if here else f"merged into story {row['story_id']}"
        case "split":
            origin = f"split from story {row['from_story_id']} with {which}"
            said = origin if here else f"{which} split off into story {row['story_id']}"
        case "pin" if row["from_story_id"] in (None, row["story_id"]):
            said = f"{which} pinned here"
        case "pin":
            copies = f" and {len(ids) - 1} cop{'y' if len(ids) == 2 else 'ies'} of it" if len(ids) > 1 else ""
            which = f"article {ids[0]}{copies}"
            origin = f"{which} moved here from story {row['from_story_id']}"
            said = origin if here else f"{which} moved to story {row['story_id']}"
        case _:
            said = f"{which} unpinned"
    return _event(
        row["at"], "decision", said + _by(row), article_id=ids[0] if len(ids) == 1 or row["what"] == "pin" else None
    )


def _went(story: Row, decided: Sequence[Row]) -> Row:
    """Where a merged story is now, which may be further than where it was sent."""
    sent = [row for row in decided if row["what"] == "merge" and row["from_story_id"] == story["id"]]
    into = story["merged_into"]
    if not sent:
        return _event(story["updated_at"], "decision", f"merged into story {into}")
    row = sent[-1]
    now = "" if row["story_id"] == into else f"; now part of story {into}"
    return _event(row["at"], "decision", f"merged into story {row['story_id']}{_by(row)}{now}")


def _by(row: Row) -> str:
    return f" by {row['who']}" + (f": {row['why']}" if row["why"] else "")


def _named(tx: Tx, ids: Iterable[int]) -> Mapping[int, Row]:
    """Outlet and story of each of these articles."""
    wanted = sorted(ids)
    if not wanted:
        return {}
    sql = (
        f"SELECT a.id AS id, {OUTLET.format('a')} AS outlet, a.story_id AS story_id FROM articles a WHERE a.id IN :ids"
    )
    return {row["id"]: row for row in tx.all(sql, ids=wanted)}

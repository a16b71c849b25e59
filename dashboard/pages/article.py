"""One article with its matched words marked: what it is a copy of, what became of it, how it was edited."""

import json
from collections.abc import Sequence
from typing import Any

from datasette import Response

from dashboard import words
from dashboard.cells import link
from dashboard.compare import outline
from dashboard.marks import Piece, joined, paragraphs, runs, words_again
from dashboard.pages._page import Context, number, page
from store import Row, Tx, articles, timeline, views

OUTLINED = 8  # newest revisions whose changes are put in words on the page
LONGEST = 60_000  # characters of a revision, for that
COPIES = 12  # named on the page
ADDED_WORDS = 60_000  # of copies whose own paragraphs a page looks for: 40 ms


async def article(datasette: Any, request: Any) -> Response:
    """The page of an article; `?revision=N` shows an earlier text."""
    key, asked = int(request.url_vars["key"]), number(request, "revision")
    return await page(datasette, request, "article.html", lambda tx: _article(tx, key, asked), _outlined)


def _article(tx: Tx, article_id: int, asked: int | None = None) -> Context:
    row = articles.get(tx, article_id)
    text = _text(tx, row, asked or row["revision"])
    found = views.matches(tx, article_id)
    original = next(iter(views.named(tx, [row["copy_of"]])), None) if row["copy_of"] else None
    added = timeline.added(tx, article_id) if row["words"] <= ADDED_WORDS else []
    edited = row["revision"] > 1
    return {
        "article": row,
        "text": text,
        "title": runs(text["title"], marks(found, text, "title")),
        "paragraphs": paragraphs(text["text"], marks(found, text, "body")),
        "matches": found,
        "authors": json.loads(row["authors"]),
        "story": articles.story(tx, row["story_id"]),
        "original": original,
        "belongs": _belongs(row, original, added),
        "added": added,
        "copies": views.copies(tx, row, COPIES + 1),
        "edits": views.edits(tx, article_id=article_id),
        "revisions": views.revisions(tx, article_id) if edited else [],
        "texts": views.texts(tx, article_id, row["revision"] - OUTLINED, LONGEST) if edited else {},
    }


def _belongs(row: Row, original: Row | None, added: Sequence[str]) -> Any:
    if row["relation"] != "copy":
        return None
    named = link("article", row["copy_of"], original["outlet"]) if original else None
    return words.extent(row, named, len(added))


def _outlined(context: Context) -> Context:
    """With a few words on what each of the newest revisions changed."""
    texts = context.pop("texts")
    changed = {n: outline(texts[n - 1], texts[n]) for n in texts if n - 1 in texts}
    return {**context, "changed": changed}


def _text(tx: Tx, article: Row, number: int) -> Row:
    """One text of an article: `number`, `title`, `text`, `seen_at`. Raises NotFound."""
    if number != article["revision"]:
        return views.revision(tx, article["id"], number)
    return {
        "number": number,
        "title": article["title"],
        "text": article["text"],
        "seen_at": article["updated_at"],
    }


def marks(found: Sequence[Row], text: Row, field: str) -> list[Piece]:
    """Where the matched words of an article stand in one revision's title or body.

    A rule is matched once: in a later revision its words are looked for again, in what is printed there.
    """
    shown = text["title"] if field == "title" else text["text"]
    pieces: list[Piece] = []
    for match in found:
        if match["revision"] == text["number"]:
            pieces += [(start, end) for name, start, end in json.loads(match["spans"]) if name == field]
        else:
            pieces += words_again(shown, matched_words(match))
    return pieces


def matched_words(match: Row) -> set[str]:
    """The words a match names, as printed in the revision it holds for; those that stand together as one."""
    spans = json.loads(match["spans"])
    found: set[str] = set()
    for field, text in (("title", match["revision_title"] or ""), ("body", match["revision_text"] or "")):
        pieces = joined(text, [(start, end) for name, start, end in spans if name == field])
        found |= {text[start:end] for start, end in pieces}
    return found

"""The HTML that sources carry becomes plain text when someone needs it, which of most entries nobody ever does.

A feed repeats what it said at the last poll; making text of it again would cost seven times what reading the feed does.
"""

from dataclasses import replace

from core.html import TAG, clean, to_text
from core.model import Entry

FULL_TEXT = 500  # characters: shorter content is no more than a summary
SUMMARY = 5000  # characters kept of a summary
OPENING = 1000  # characters of a content that stand in for a missing summary


def plain(entry: Entry) -> Entry:
    """The entry with plain text for its HTML; `content` only where it is more than a summary."""
    if not entry.markup:
        return entry
    summary = to_text(entry.summary)
    content = summary if entry.content == entry.summary else to_text(entry.content)
    return _told(entry, summary, content)


def bare(entry: Entry) -> Entry:
    """The same without a parser, tags cut out and entities left: for what no parser survives."""
    if not entry.markup:
        return entry
    return _told(entry, gist(entry.summary), gist(entry.content))


def gist(fragment: str) -> str:
    """What a fragment says, without its tags, on one line: tells whether it says something else than before."""
    return clean(TAG.sub(" ", fragment) if "<" in fragment else fragment)


def _told(entry: Entry, summary: str, content: str) -> Entry:
    if not content and len(summary) > 4 * FULL_TEXT:
        content = summary
    return replace(
        entry,
        summary=summary[:SUMMARY] or content[:OPENING],
        content=content if len(content) >= FULL_TEXT else "",
        markup=False,
    )

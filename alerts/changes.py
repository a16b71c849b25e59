"""What an edit added that makes a rule hold: the line of an alert about a changed article."""

import re
from datetime import datetime

from alerts.snippet import matched_words
from core.model import Match, Stored
from core.text import WORD, fold
from core.text import words as folded

SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+[\"'”’»)]*|\n|$)")


def what_changed(stored: Stored, match: Match, now: datetime) -> tuple[str, ...]:
    """Lines such as `Now mentions National Guard, added 14:20 UTC` and the new sentence; () for a new article."""
    if stored.previous_text is None:
        return ()
    document = stored.document
    added = _added(matched_words(document.title, document.text, match.spans), stored)
    lines = [f"Now mentions {', '.join(added)}, added {now:%H:%M} UTC" if added else f"Edited, seen {now:%H:%M} UTC"]
    before = {_bare(s) for s in sentences(stored.previous_text)}
    marks = [s.start for s in match.spans if s.field == "body"]
    for found in SENTENCE.finditer(document.text):
        sentence = found.group().strip()
        if _bare(sentence) not in before and any(found.start() <= at < found.end() for at in marks):
            lines.append(f"New: {sentence}")
            break
    return tuple(lines)


def _added(matched: tuple[str, ...], stored: Stored) -> tuple[str, ...]:
    """Of the matched words those the article did not have before; all where it had each (closeness, counts)."""
    before = set(folded(f"{stored.previous_title or ''} {stored.previous_text}"))
    new = tuple(w for w in matched if not before.issuperset(fold(part) for part in WORD.findall(w)))
    return new or matched


def sentences(text: str) -> list[str]:
    """A text's sentences, trimmed; good enough to quote one, not to count them."""
    return [s for m in SENTENCE.finditer(text) if (s := m.group().strip())]


def _bare(sentence: str) -> str:
    return " ".join(sentence.split()).casefold()

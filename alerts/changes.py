"""What an edit added that makes a rule hold: the line of an alert about a changed article."""

import re
from datetime import datetime

from alerts.snippet import matched_words
from core.model import Match, Stored

SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+[\"'”’»)]*|\n|$)")


def what_changed(stored: Stored, match: Match, now: datetime) -> tuple[str, ...]:
    """Lines such as `Now mentions National Guard, added 14:20 UTC` and the new sentence; () for a new article."""
    if stored.previous_text is None:
        return ()
    document = stored.document
    words = matched_words(document.title, document.text, match.spans)
    lines = [f"Now mentions {', '.join(words)}, added {now:%H:%M} UTC"]
    before = {_bare(s) for s in sentences(stored.previous_text)}
    for sentence in sentences(document.text):
        if _bare(sentence) not in before and any(w.casefold() in sentence.casefold() for w in words):
            lines.append(f"New: {sentence}")
            break
    return tuple(lines)


def sentences(text: str) -> list[str]:
    """A text's sentences, trimmed; good enough to quote one, not to count them."""
    return [s for m in SENTENCE.finditer(text) if (s := m.group().strip())]


def _bare(sentence: str) -> str:
    return " ".join(sentence.split()).casefold()

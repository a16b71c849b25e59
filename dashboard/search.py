"""What a person types into the search box, as a full-text query that SQLite always accepts. Pure."""

import re

_ATOM = re.compile(r'"([^"]*)"?(\*?)|(\S+)')
NOTHING = '""'  # accepted, finds nothing


def fts_query(typed: str) -> str:
    """Every word must occur; `"a phrase"` together, `tarif*` the beginning of a word; all else is taken as text."""
    atoms = []
    for match in _ATOM.finditer(typed.replace("\x00", " ")):
        phrase, star, word = match.groups()
        if word is not None:
            for part in word.split('"'):
                atoms.append(_atom(part.rstrip("*"), part.endswith("*")))
        else:
            atoms.append(_atom(phrase, bool(star)))
    return " ".join(a for a in atoms if a) or NOTHING


def _atom(text: str, beginning: bool) -> str:
    if not re.search(r"\w", text):
        return ""
    return f'"{text}"{" *" if beginning else ""}'

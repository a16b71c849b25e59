"""What the desk says of copies, edits and standings in words. Pure; markup whose texts are escaped."""

import re
from typing import Any

from markupsafe import Markup, escape

from store import Row

STANDINGS = {"corrected": "Corrected", "retracted": "Retracted", "gone": "No longer at its address"}
QUIET = {
    "limit": "three updates of this alert told of edits already",
    "spelling": "only the spelling of a word changed",
    "same": "another outlet's edit, told before, said the same",
    "never": "the rule wants no updates",
    "class": "it was old when it was first seen, so no rule told of it",
}
ALL = 0.995  # of a text, rounded: `all of it`; below it, `nearly all`
NAMED = re.compile(r"\b(story|article) (\d{1,15})\b")


def extent(copy: Row, original: Any, adds: int) -> Markup:
    """How much of each other a copy and its original hold. `original` names it (None: lost), `adds` are paragraphs."""
    of = original if original is not None else "an article that is no longer stored"
    more = f"{adds} {'paragraph' if adds == 1 else 'paragraphs'}"
    match copy["extent"]:
        case "full":
            said = Markup("full copy of {}").format(of)
        case "excerpt":
            said = Markup("excerpt of {}: {} of it").format(of, percent(copy["of_original"]))
        case "contains":
            some = "all" if (copy["of_original"] or 0) >= ALL else "nearly all"
            said = Markup("contains {} of {}").format(some, of)
            said += "" if adds else " within a longer text"
        case "partial":
            said = Markup("shares {} of its text with {}").format(percent(copy["of_new"]), of)
        case _:
            said = Markup("copy of {}").format(of)
    return said + (f" and adds {more}" if adds else "")


def percent(share: float | None) -> str:
    """A share of a text: `92 %`; `part` where it was not measured."""
    return "part" if share is None else f"{100 * share:.0f} %"


def quiet(reason: str) -> str:
    """Why nobody was told of an edit."""
    return QUIET.get(reason, reason)


def standing(name: str) -> str:
    """What became of an article, as a sentence begins."""
    return STANDINGS.get(name, name.capitalize())


def with_links(said: str) -> Markup:
    """A sentence of the timeline with the stories and articles it names as links."""
    return Markup(NAMED.sub(r'<a href="/\1/\2">\1 \2</a>', str(escape(said))))

"""What the newsroom's outlets print, written for this project: news in English and Spanish, and a grammar for more."""

from collections.abc import Mapping
from dataclasses import dataclass

RULES = ("tariffs", "national-guard")  # what an event may be about, by the names of the demo's rules
TARIFFS, GUARD, BOTH = (RULES[0],), (RULES[1],), RULES


@dataclass(frozen=True, slots=True)
class Draft:
    """One written article. `other` is the headline a reprint may give it, `local` a paragraph it may add.

    `rules` names the rules whose words stand in title or first paragraphs; `edit` is a paragraph added later,
    which then holds the words of `edit_rules`.
    """

    key: str
    language: str
    title: str
    summary: str
    paragraphs: tuple[str, ...]
    author: str = ""
    rules: tuple[str, ...] = ()
    other: str = ""
    local: str = ""
    edit: str = ""
    edit_rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """What the grammar's events of one sort are about: `things` (between bars) are what tells two of them apart.

    The words of `rules` stand in every lead, so that headline or first paragraph always hold them.
    """

    weight: float
    rules: tuple[str, ...]
    things: str
    heads: tuple[str, ...]
    leads: tuple[str, ...]
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What the grammar knows of one language. `{}` in places, roads and firms takes a made-up name."""

    firsts: tuple[str, ...]
    ends: tuple[str, ...]
    places: tuple[str, ...]
    roads: tuple[str, ...]
    firms: tuple[str, ...]
    offices: tuple[str, ...]
    quotes: tuple[str, ...]
    general: tuple[str, ...]
    topics: Mapping[str, Topic]


def draft(
    key: str,
    language: str,
    title: str,
    summary: str,
    body: str,
    *,
    author: str = "",
    rules: tuple[str, ...] = (),
    other: str = "",
    local: str = "",
    edit: str = "",
    edit_rules: tuple[str, ...] = (),
) -> Draft:
    """A draft from text as one writes it: paragraphs between blank lines, lines broken anywhere."""
    paragraphs = tuple(" ".join(p.split()) for p in body.strip().split("\n\n"))
    return Draft(
        key,
        language,
        title,
        " ".join(summary.split()) or paragraphs[0],
        paragraphs,
        author,
        rules,
        other,
        " ".join(local.split()),
        " ".join(edit.split()),
        edit_rules,
    )

"""Fragments of HTML to plain text, for the summaries and bodies that feeds carry."""

import html
import re
from functools import lru_cache

from lxml import etree
from lxml import html as lxml_html

BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "section", "article", "ul",
          "ol", "table", "figure", "pre", "hr", "dd", "dt"}  # fmt: skip
CELLS = {"td", "th"}
HIDDEN = {"script", "style", "noscript", "iframe", "svg", "template", "form", "button"}
# `[^<>]`, not `[^>]`: a hundred thousand opened and never closed tags must cost linear time
LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z!/][^<>]*>|&[a-zA-Z]{2,8};|&#\d+;|&#[xX][0-9a-fA-F]+;")
TAG = re.compile(r"<[^<>]*>")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
NO_LETTER = re.compile(r"[\W_]+")
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\ud800-\udfff]"
)  # and soft hyphens, which part words that are one


def clean(text: str) -> str:
    """One line without control characters, soft hyphens or double blanks."""
    return " ".join(CONTROL.sub("", text).split())


@lru_cache(16384)
def parted(text: str) -> str:
    """Lower case, with - where capitals part words: `relatedLinks` is related-links."""
    return CAMEL.sub("-", text).lower()


def labels(node: etree._Element) -> str:
    """Class and id of an element in lower case, their words parted by blanks, - or _."""
    return parted(f"{node.get('class', '')} {node.get('id', '')}"[:300])


def letters(text: str) -> str:
    """Letters and digits alone, in lower case: what two ways to print one sentence share."""
    return NO_LETTER.sub("", text).lower()


def brief(node: etree._Element, most: int = 100) -> str:
    """The text of an element on one line, or nothing if it is longer than `most` characters; never reads on beyond."""
    parts, length = [], 0
    for part in node.itertext():
        parts.append(part)
        length += len(part.strip())
        if length > most:
            return ""
    return clean("".join(parts))


def to_text(fragment: str) -> str:
    """Plain text of a fragment: blocks on lines of their own, entities decoded once, scripts dropped.

    What stands deeper than the parser follows (256 elements) is left out.
    """
    if not fragment:
        return ""
    if not LOOKS_LIKE_HTML.search(fragment):
        return _lines(fragment)
    try:
        root = lxml_html.fragment_fromstring(CONTROL.sub("", fragment), create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return clean(html.unescape(TAG.sub(" ", fragment)))
    return _lines("".join(_pieces(root)))


def _pieces(root: etree._Element) -> list[str]:
    """The texts of a tree in document order, with a line end or a blank where elements part them."""
    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        if event in ("comment", "pi"):
            pieces.append(node.tail or "")
        elif event == "start" and node.tag in HIDDEN:
            walk.skip_subtree()
        elif event == "start":
            pieces += ("\n" if node.tag in BLOCKS else " " if node.tag in CELLS else "", node.text or "")
        elif node is not root:
            pieces += ("\n" if node.tag in BLOCKS else "", node.tail or "")
    return pieces


def _lines(text: str) -> str:
    return "\n".join(filter(None, (clean(line) for line in text.splitlines())))


def title_text(fragment: str) -> str:
    """A title as plain text on one line. `AT&T` and `a < b` stay as they are."""
    if LOOKS_LIKE_HTML.search(fragment):
        return to_text(fragment).replace("\n", " ")
    return clean(fragment)

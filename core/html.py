"""Fragments of HTML to plain text, for the summaries and bodies that feeds carry."""

import html
import re

from lxml import etree
from lxml import html as lxml_html

BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "section", "article", "ul",
          "ol", "table", "figure", "pre", "hr", "dd", "dt"}  # fmt: skip
HIDDEN = {"script", "style", "noscript", "iframe", "svg", "template", "form", "button"}
LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z!/][^>]*>|&[a-zA-Z]{2,8};|&#\d+;")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
NESTED = 200  # deeper trees than this are read as text: lxml's recursion is finite, an attacker's nesting is not


def clean(text: str) -> str:
    """One line without control characters or double blanks."""
    return " ".join(CONTROL.sub("", text).split())


def to_text(fragment: str) -> str:
    """Plain text of a fragment: blocks on lines of their own, entities decoded once, scripts dropped."""
    if not fragment:
        return ""
    if not LOOKS_LIKE_HTML.search(fragment):
        return "\n".join(filter(None, (clean(line) for line in fragment.splitlines())))
    try:
        root = lxml_html.fragment_fromstring(CONTROL.sub("", fragment), create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return clean(html.unescape(re.sub(r"<[^>]*>", " ", fragment)))
    pieces: list[str] = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(node.tag, str) or node.tag in HIDDEN:
            if event == "end":
                pieces.append(node.tail or "")
            continue
        if any(a.tag in HIDDEN for a in _near(node)):
            continue
        if node.tag in BLOCKS:
            pieces.append("\n")
        pieces.append((node.text if event == "start" else node.tail if node is not root else "") or "")
    return "\n".join(filter(None, (clean(line) for line in "".join(pieces).split("\n"))))


def _near(node: etree._Element) -> list[etree._Element]:
    found, parent = [], node.getparent()
    while parent is not None and len(found) < 8:
        found.append(parent)
        parent = parent.getparent()
    return found


def title_text(fragment: str) -> str:
    """A title as plain text on one line. `AT&T` and `a < b` stay as they are."""
    if LOOKS_LIKE_HTML.search(fragment):
        return to_text(fragment).replace("\n", " ")
    return clean(fragment)

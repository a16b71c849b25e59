"""The text of a page: what trafilatura finds, completed with what it overlooks and without what is no text.

Measured on the development pages (97 and 124; shingle F1): trafilatura alone .964 and .949, this .979 and .960.
The classes of fault: an article cut into several containers of one shape loses all but one; the line under the
headline is left out; the headline, captions and "read also" links are left in.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import trafilatura
from lxml import etree
from lxml import html as lxml_html
from trafilatura.settings import Extractor

from core.html import clean

USELESS = (etree.Comment, etree.ProcessingInstruction, "nav", "footer", "aside", "script", "style", "svg", "noscript",
           "template", "iframe", "object", "embed", "video", "audio", "canvas", "link", "meta", "input", "select",
           "textarea")  # fmt: skip
UNITS = ("p", "h2", "h3", "h4", "blockquote")
ASIDE = {"aside", "nav", "footer", "form", "figure", "figcaption", "header", "button", "table"}
ASIDE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|promo\w*|related|recirc\w*|newsletter|sign-?up|subscri\w*|share|social|comments?|"
    r"footer|footnotes?|nav|menu|sidebar|aside|caption|credit|byline|authors?|bio|tags?|teasers?|recommend\w*|more|"
    r"popular|trending|widget|cookie|consent|disclaimer|copyright|correction|read-?more|outbrain|taboola|card)"
    r"(?:[\s_-]|$)",
    re.I,
)
CAPTION_NAMES = re.compile(
    r"caption|(?:^|[\s_-])(?:img|image|photo|picture|media)-?_?(?:desc\w*|credits?|legend)", re.I
)
CAPTIONS = etree.XPath(
    "//figcaption | //p[@class] | //*[self::div or self::span]"
    "[contains(@class, 'aption') or contains(@class, 'desc') or contains(@class, 'credit')"
    " or contains(@class, 'legend')]"
)
LINES = (*UNITS, "li", "h5", "h6")
# Lines that point elsewhere, in the languages outlets use most; a whole sentence that begins so is text.
POINTERS = re.compile(
    r"(?:read (?:also|more|next)|also read|also on [\w-]+\.\w{2,4}\b|see also|watch(?: now)?:|"
    r"more (?:on|from) [^.]{3,40}:|click here|"
    r"czytaj (?:więcej|też|również|także)|les (?:også|mer)|læs også|läs (?:också|mer)|lue (?:myös|lisää)|"
    r"lees (?:ook|meer|verder)|lesen sie (?:auch|mehr)|lies auch|mehr zum thema|auch interessant|"
    r"lire (?:aussi|également|la suite)|à lire|voir aussi|le[ae] (?:también|más)|leer más|te puede interesar|"
    r"ver también|mira también|también (?:lee|puedes leer)|leggi (?:anche|tutto)|leia (?:também|mais)|"
    r"veja também|saiba mais|(?:fotos?|photos?|photo credit|image|bild|pictures?|video|credits?|source|quelle|"
    r"fuente)\s?[:/|]|getty images|advertisement|anzeige|publicidad|werbung)(?!\w)",
    re.I,
)
OURS = re.compile(  # what the outlet says of itself
    r"(?:sign up (?:for|to)|subscribe to|follow us|share this|like this story|copyright|©|\(c\)|all rights reserved|"
    r"this slideshow requires|to view this video)(?!\w)",
    re.I,
)
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*$")
POINTER_WORDS = 30  # a longer line says more than where to click
SHORTEST = 30  # characters of a unit worth completing with
KNOWN = 0.5  # share of a unit's word triples in the text from which the unit counts as found
MAIN = 0.25  # share of the found text in containers of one shape from which that shape is the article's
RISES = 3  # levels between a unit and its container: what opens on "read more" lies one deeper


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph, heading or list item: its element, text, folded letters, and whether the text holds it."""

    node: lxml_html.HtmlElement
    text: str
    key: str
    found: bool


def read(root: lxml_html.HtmlElement, title: str, description: str) -> str:
    """The article's paragraphs, one a line. Changes `root`. Whatever lxml or trafilatura raise goes through."""
    etree.strip_elements(root, *USELESS, with_tail=False)
    lines = _lines(_extracted(root, fast=True))
    units = _units(root, lines)
    if _is_poor(units, lines):
        lines = _lines(_extracted(root, fast=False))
        units = _units(root, lines)
    lines = _placed(lines, units, _missing(units))
    lines = _without(lines, title, _not_text(root))
    first = _standfirst(units, description)
    if first and _key(first) not in {_key(line) for line in lines[:5]}:
        lines.insert(0, first)
    return "\n".join(lines)


def _extracted(root: lxml_html.HtmlElement, *, fast: bool) -> str:
    options = Extractor(output_format="txt", formatting=False, comments=False, tables=True, dedup=False, fast=fast)
    return trafilatura.extract(root, options=options) or ""


def _lines(text: str) -> list[str]:
    return [line for line in (clean(part) for part in text.split("\n")) if line]


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def _triples(text: str) -> list[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return list(zip(words, words[1:], words[2:], strict=False)) if len(words) > 2 else [tuple(words)]


def _units(root: lxml_html.HtmlElement, lines: Sequence[str]) -> list[Unit]:
    whole = "".join(map(_key, lines))
    keys = set(map(_key, lines))
    triples = set(_triples(" ".join(lines)))
    units = []
    for node in root.iter(*UNITS):
        if node.tag == "blockquote" and next(node.iter("p"), None) is not None:
            continue
        text = clean(" ".join(node.itertext())) if len(node) else clean(node.text or "")
        if text:
            key = _key(text)
            found = (len(key) >= 25 and key in whole) or key in keys or _is_known(text, triples)
            units.append(Unit(node, text, key, found))
    return units


def _is_known(text: str, triples: set[tuple[str, ...]]) -> bool:
    own = _triples(text)
    return sum(t in triples for t in own) >= KNOWN * len(own)


def _is_poor(units: Sequence[Unit], lines: Sequence[str]) -> bool:
    """Whether the quick way may have missed the article: little text, or most of it in no paragraph."""
    length = sum(map(len, lines))
    in_units = sum(len(u.text) for u in units if u.found)
    return length < 600 or in_units < 0.4 * length


def _shape(node: lxml_html.HtmlElement) -> tuple[str, str]:
    return str(node.tag), node.get("class") or ""


def _missing(units: Sequence[Unit]) -> set[int]:
    """Units that stand in containers of the article's own shape and are no aside."""
    weight: Counter[tuple[str, str]] = Counter()
    count: Counter[tuple[str, str]] = Counter()
    for unit in units:
        if unit.found and unit.node.tag == "p" and len(unit.text) >= 40:
            shape = _shape(unit.node.getparent())
            weight[shape] += len(unit.text)
            count[shape] += 1
    total = weight.total()
    main = {s for s in weight if (weight[s] >= MAIN * total and count[s] > 1) or weight[s] >= 0.6 * total}
    return {
        index
        for index, unit in enumerate(units)
        if not unit.found and len(unit.text) >= SHORTEST and _belongs(unit, main)
    }


def _belongs(unit: Unit, main: set[tuple[str, str]]) -> bool:
    node: lxml_html.HtmlElement | None = unit.node
    for _ in range(RISES + 1):
        if node is None or node.tag in ASIDE or ASIDE_NAMES.search(f"{node.get('class') or ''} {node.get('id') or ''}"):
            return False
        node = node.getparent()
        if node is not None and _shape(node) in main:
            return _linked(unit) <= 0.5
    return False


def _linked(unit: Unit) -> float:
    """Share of a unit's text that is link."""
    return sum(len(clean(a.text_content())) for a in unit.node.iter("a")) / len(unit.text)


def _placed(lines: list[str], units: Sequence[Unit], missing: set[int]) -> list[str]:
    """The lines with the missing units where they stand on the page."""
    if not missing:
        return lines
    keys = [_key(line) for line in lines]
    after: defaultdict[int, list[str]] = defaultdict(list)
    last = -1
    for index, unit in enumerate(units):
        if index in missing:
            after[last].append(unit.text)
        elif unit.found:
            head = unit.key[:40]
            last = next((at for at, key in enumerate(keys) if key == unit.key or (head and head in key)), last)
    made = after[-1]
    for index, line in enumerate(lines):
        made += [line, *after[index]]
    return made


def _not_text(root: lxml_html.HtmlElement) -> set[str]:
    """Keys of captions, of pictures' descriptions, and of lines that are nothing but a link."""
    found = {_key(alt) for n in root.iter("img") if len(alt := n.get("alt") or "") > 20}
    for node in CAPTIONS(root):
        if node.tag == "figcaption" or CAPTION_NAMES.search(node.get("class")):
            text = clean(" ".join(node.itertext()))
            if 0 < len(text) < 600:
                found.add(_key(text))
    for link in root.iter("a"):
        around = link.getparent()
        while around is not None and around.tag in ("strong", "em", "b", "i", "span", "u"):
            around = around.getparent()
        if around is not None and around.tag in LINES:
            own, whole = clean(link.text_content()), clean(around.text_content())
            if len(own) > 0.8 * len(whole):
                found.add(_key(whole))
    return found


def _without(lines: Iterable[str], title: str, not_text: set[str]) -> list[str]:
    headline = _key(title)
    kept = []
    for index, line in enumerate(lines):
        key = _key(line)
        if not key or key in not_text or _points(line.lstrip("- ")) or (index < 3 and key == headline):
            continue
        kept.append(line)
    return kept


def _points(line: str) -> bool:
    if len(line.split()) > POINTER_WORDS:
        return False
    return bool(OURS.match(line) or (POINTERS.match(line) and not SENTENCE_END.search(line)))


def _standfirst(units: Sequence[Unit], description: str) -> str:
    """The line between headline and text, where the page describes itself with it."""
    said = _key(description)[:60]
    for unit in units:
        if unit.found and len(unit.text) > 80:
            return ""
        if not 40 <= len(unit.text) <= 600 or _linked(unit) > 0.3:
            continue
        if len(said) > 30 and unit.key.startswith(said):
            return unit.text
    return ""

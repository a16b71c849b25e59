"""Which lines of an extracted text are no text: captions, links, bylines, dates, what an outlet says of itself."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lxml import etree
from lxml import html as lxml_html

from core.html import clean, letters

LINES = ("p", "h2", "h3", "h4", "h5", "h6", "blockquote", "li")
CAPTION_NAMES = re.compile(
    r"caption|(?:^|[\s_-])(?:img|image|photo|picture|media)-?_?(?:desc\w*|credits?|legend)", re.I
)
CAPTIONS = etree.XPath(
    "//figcaption | //p[@class] | //*[self::div or self::span]"
    "[contains(@class, 'aption') or contains(@class, 'desc') or contains(@class, 'credit')"
    " or contains(@class, 'legend')]"
)
# Lines that point elsewhere, in the languages outlets use most; a whole sentence that begins so is text.
POINTERS = re.compile(
    r"(?:read (?:also|more|next)|also read|also on [\w-]+\.\w{2,4}\b|see also|watch(?: now)?:|don[’']?t miss|"
    r"more (?:on|from) [^.]{3,40}:|click here|related(?: (?:articles?|stories|links|topics?|content))?:?$|"
    r"(?:most (?:read|popular)|trending|popular|recommended)"
    r"(?: (?:in|on|now|today|stories|videos|articles?|for)\b.*)?:?$|"
    r"czytaj (?:więcej|też|również|także)|les (?:også|mer)|læs også|läs (?:också|mer)|lue (?:myös|lisää)|"
    r"lees (?:ook|meer|verder)|lesen sie (?:auch|mehr)|lies auch|mehr zum thema|auch interessant|"
    r"lire (?:aussi|également|la suite)|à lire|voir aussi|le[ae] (?:también|más)|leer más|te puede interesar|"
    r"ver también|mira también|también (?:lee|puedes leer)|noticias? relacionadas?|leggi (?:anche|tutto)|"
    r"leia (?:também|mais)|"
    r"veja também|saiba mais|(?:fotos?|photos?|photo credit|image|bild|pictures?|video|credits?|source|quelle|"
    r"fuente)\s?[:/|]|getty images|advertisement|anzeige|publicidad|werbung|passer la publicité)(?!\w)",
    re.I,
)
OURS = re.compile(  # what the outlet says of itself
    r"(?:sign up (?:for|to)|sign up:|subscribe to|follow (?:us|me)\b|share this|like this story|copyright|©|\(c\)|"
    r"all rights reserved|this slideshow requires|to view this video|"
    r"get the (?:day|latest|best)\b.*\b(?:inbox|newsletter)|"
    r"(?:follow|like|find|join) [^.]{2,60}? on (?:facebook|twitter|instagram|google news|telegram|whatsapp|youtube)|"
    r"(?:an dieser stelle (?:findest|finden|befindet|steht)|ich bin (?:damit )?einverstanden, dass mir|"
    r"personenbezogene daten können|empfohlener redaktioneller inhalt|link zum youtube)|"
    r"filed under|tags?:|topics?:|lesedauer|reading time|lesezeit|temps de lecture|tiempo de lectura|tempo di lettura)"
    r"(?!\w)",
    re.I,
)
SENTENCE_END = re.compile(r"[.!?…。！？।][\"'”’»)]*$")
POINTER_WORDS = 30  # a longer line says more than where to click
STAMP = re.compile(
    r"(?<![\d.,:$€£-])(?:[01]?\d|2[0-3])[:.][0-5]\d(?![\d.,%])|\b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b|\b\d{4}-\d{2}-\d{2}\b"
)
HEAD = 6  # lines among which headline, byline and date stand
# Who else wrote, where to write to: what stands under an article
CREDITS = re.compile(
    r"\W*(?:(?:additional |with |further )?report(?:ing|s|ed) (?:by|from)|"
    r"(?:\S+ ){0,12}contributed (?:reporting|to this)|"
    r"(?:writing|editing|compiled|translated|produced) by|"
    r"(?:e-?mail|reach) [^.]{2,60} (?:at|on) \S*[@/]|reach the (?:reporters?|authors?|writers?)|"
    r"follow [^.]{2,60} (?:on (?:twitter|facebook|instagram|x)\b|at @|@|at http)|"
    r"(?:https?://|www\.)\S+$|[\w.+-]+@[\w-]+\.\w[\w.]*$|(?:twitter|x)\.com/|"
    r"(?:quelle|fonte|kilde|källa|source|fuente|bron)n?\s?:)",
    re.I,
)
CREDIT_WORDS = 60


@dataclass(frozen=True, slots=True)
class Furniture:
    """What of a page's lines is no text, as letters only."""

    headlines: Collection[str]
    authors: Collection[str]
    captions: Collection[str]


def furniture(root: lxml_html.HtmlElement, headlines: Collection[str], authors: Collection[str]) -> Furniture:
    """Of a pruned page."""
    captions = {letters(alt) for n in root.iter("img") if len(alt := n.get("alt") or "") > 20}
    for node in CAPTIONS(root):
        if node.tag == "figcaption" or CAPTION_NAMES.search(node.get("class")):
            text = clean(" ".join(node.itertext()))
            if 0 < len(text) < 600:
                captions.add(letters(text))
    linked: defaultdict[lxml_html.HtmlElement, int] = defaultdict(int)
    for link in root.iter("a"):
        around = link.getparent()
        while around is not None and around.tag in ("strong", "em", "b", "i", "span", "u"):
            around = around.getparent()
        if around is not None and around.tag in LINES and not (link.get("href") or "").startswith("#"):
            linked[around] = max(linked[around], len(clean(link.text_content())))
    for around, length in linked.items():
        whole = clean(around.text_content())
        if length > 0.8 * len(whole) and not (len(whole) > length + 4 and SENTENCE_END.search(whole)):
            captions.add(letters(whole))
    return Furniture(headlines, [a for a in map(letters, authors) if len(a) > 4], captions)


def text_of(lines: Sequence[str], page: Furniture) -> list[str]:
    """The lines that are text."""
    kept = []
    for index, line in enumerate(lines):
        key = letters(line)
        if not key or key in page.captions or _points(line.lstrip("- ")):
            continue
        if index < HEAD and (key in page.headlines or _is_byline(line, key, page.authors)):
            continue
        kept.append(line)
    while len(kept) > HEAD and len(kept[-1].split()) <= CREDIT_WORDS and CREDITS.match(kept[-1]):
        kept.pop()
    return kept


def _is_byline(line: str, key: str, authors: Collection[str]) -> bool:
    words = len(line.split())
    if words > 14 or SENTENCE_END.search(line):
        return False
    if not line.startswith("|") and STAMP.search(line) and sum(map(str.isalpha, line)) < 32:
        return True
    return any(a in key and len(key) < 2.5 * len(a) for a in authors)


def _points(line: str) -> bool:
    if len(line.split()) > POINTER_WORDS:
        return False
    return bool(OURS.match(line) or (POINTERS.match(line) and not SENTENCE_END.search(line)))

"""What a publisher says became of its article: a correction, a retraction, in the words of the notice. Pure.

A notice counts only where the article speaks of itself: at the start of a line or sentence, never in the middle of one,
so that news about somebody's retraction is no retraction. What earlier revisions already said is not said anew.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from core.model import Standing
from core.text import words
from core.textdiff import sentences

NOTE = 300  # characters of a notice that are kept
BARE = 4  # words: `Correction` or `Retraction` alone needs the sentence after it
SHRUNK = 0.5  # share of its words that a text may keep for `has withdrawn its story` to be about itself
CUT = 0.25  # share of its words below which a text is rather a wall or a stub than an edit
LONG = 120  # words of a text that can be cut: a short one may well be rewritten shorter
NOTICE_WORDS = 400  # visible words of a page that is nothing but a notice, its menus included

_PIECE = r"(?:article|story|report|post|piece|column|item|interview|obituary|press release|headline|caption|dispatch)"
_OWN = r"(?:article|story|column|item|op-ed|obituary|press release)"  # a report or a post is withdrawn in the news too
_NOTA = r"(?:nota|noticia|art[ií]culo|texto|historia|informaci[oó]n|publicaci[oó]n|reportaje|columna)"
_SUYA = r"(?:nota|noticia|art[ií]culo|reportaje|columna)"
_DATED = (
    r"(?:[\s,.()\[\]/-]*(?:\d{1,4}|appended|issued|added|published|note|notice|on|of|de|del|el|la|a|al|lector|lectores|"
    r"jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|january|february|march|april|june|july|august|september|"
    r"october|november|december|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|"
    r"diciembre|[ap]\.?m|et|utc)\b)*[.,]?"
)
_BOX = r"[)\]]?\s*(?:[:—–]|-\s|$)"

# At the start of a line: the label of a box
CORRECTION = re.compile(
    rf"^[\W_]*(?:corrections?(?: (?:and|&) clarifications?)?|clarifications?|corrigend(?:um|a)|errat(?:um|a)|"
    rf"correcci[oó]n(?:es)?|aclaraci[oó]n(?:es)?|rectificaci[oó]n(?:es)?|fe de (?:erratas|errores)|"
    rf"nota aclaratoria){_DATED}{_BOX}",
    re.IGNORECASE,
)
EDITOR = re.compile(
    r"^[\W_]*(?:editor[’']?s?[’']? note|note (?:to|from) (?:readers|the editors?)|"
    r"nota (?:del|de la|al) (?:editor|editora|redacci[oó]n|lector))\b",
    re.IGNORECASE,
)
FAULT = re.compile(
    r"\b(?:incorrect(?:ly)?|misstated|misidentified|misspell?ed|misquoted|misattributed|mistaken(?:ly)?|"
    r"erroneous(?:ly)?|wrong(?:ly)?|in error|inaccura(?:te|tely|cy)|corrected|clarified|correct the|"
    r"err[oó]nea(?:mente)?|err[oó]neo|incorrect[oa]s?|incorrectamente|equivocad[oa]s?|equivocadamente|por error|"
    r"imprecis(?:o|a|i[oó]n)|corrig\w+|se ha corregido|inexact\w+)",
    re.IGNORECASE,
)
# At the start of a sentence: an article speaking of itself
CORRECTED = re.compile(
    rf"^[\W_]*(?:(?:an|the|a)? ?(?:earlier|previous|prior|original) versions? of this {_PIECE}\b"
    rf"(?! (?:was |is |were )?(?:first |originally )?(?:published|available|posted|appeared|ran|printed|filed)\b)|"
    rf"an earlier version (?:misstated|misidentified|incorrectly)|"
    rf"this {_PIECE} (?:has been|was|is) (?:corrected|amended|clarified|(?:updated|revised|changed|edited) to "
    rf"(?:correct|fix|clarify))|this {_PIECE} (?:misstated|misidentified|misspelled|misquoted|"
    rf"(?:incorrectly|mistakenly|erroneously|wrongly) \w+|"
    rf"(?:originally|previously|initially) (?:misstated|misidentified|misspelled|said|stated|listed|gave|named|"
    rf"identified|referred|attributed|described))|"
    rf"(?:en )?(?:una|la) versi[oó]n (?:anterior|previa|original) de est[ea] {_NOTA}|"
    rf"est[ea] {_NOTA} (?:ha sido|fue|se ha|se) (?:corregid[oa]|corrigi[oó]|rectificad[oa]|"
    rf"(?:actualizad[oa]|modificad[oa]|editad[oa]) para (?:corregir|aclarar|precisar)))",
    re.IGNORECASE,
)
RETRACTED = re.compile(
    rf"^[\W_]*(?:(?:this|the following) {_OWN} (?:has been|was|is|is being) (?:retracted|withdrawn|removed|taken down|"
    rf"unpublished|deleted|pulled)\b|"
    rf"we (?:have |are )?(?:retract(?:ed|ing)?|withdrawn?|withdrew|removed) this {_OWN}\b|"
    rf"(?:[^\s.]+\s){{1,6}}(?:has|have) (?:retracted|withdrawn|removed) this {_OWN}\b|"
    rf"(?:story|article) (?:removed|retracted|withdrawn|killed)\s*[:.—–]?\s*$|"
    rf"est[ea] {_SUYA} (?:ha sido|fue|se ha) (?:retirad[oa]|retractad[oa]|eliminad[oa]|dad[oa] de baja)|"
    rf"(?:hemos|se) (?:retirado|retir[oó]|retractado) est[ea] {_SUYA}|"
    rf"{_SUYA} (?:retirad[oa]|retractad[oa])\s*(?:[:.—–]|$)|"
    rf"(?:[^\s.]+\s){{1,6}}(?:ha|han) retirado est[ea] {_SUYA}\b)",
    re.IGNORECASE,
)
RETRACTION = re.compile(  # the label of a box or of a headline
    rf"^[\W_]*(?:retractions?|retractaci[oó]n|retracci[oó]n){_DATED}{_BOX}", re.IGNORECASE
)
CAPITALS = re.compile(  # of an agency's advisory or a headline: in capitals only, `Retracted study` is news
    r"^[\W_]*(?:(?:RETRACTED|WITHDRAWN|RETRACTAD[OA]|RETIRAD[OA])\b\s*(?:[:—–|\])-]|$)|"
    r"STORY (?:REMOVED|KILLED|WITHDRAWN)\b|"
    r"(?:MANDATORY )?(?:STORY )?KILL(?: ADVISORY| NOTICE)?\s*(?:[:—–]|$)|BC-.{0,80}(?:,|/|\()\s*(?:KILL|WITHDRAWN)\b|"
    r"(?:EDITORS|ADVISORY)\b.{0,60}\b(?:KILL|WITHDRAW(?:N|S)?)\b)"
)
ITS_OWN = re.compile(
    r"\b(?:has|have|ha|han) (?:retracted|withdrawn|removed|killed|retirado|retractado) (?:its|their|the|su|la|el) "
    r"(?:story|article|report|nota|art[ií]culo|informaci[oó]n)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What an article says of itself: `corrected` or `retracted`, and the sentence that says so."""

    standing: Standing
    note: str


def newly(earlier: Sequence[str], title: str, text: str) -> Notice | None:
    """The notice in what none of the `earlier` texts (the last one last, headlines included) said; a retraction first.

    Raises nothing; an article without earlier texts says everything newly.
    """
    known = {_key(s) for t in earlier for line in t.splitlines() for s in sentences(line)}
    before = len(words(earlier[-1])) if earlier else 0
    shrunk = bool(earlier) and len(words(text)) < SHRUNK * before
    found = list(_notices((title, *text.splitlines()), known, shrunk))
    return min(found, key=lambda n: n.standing is not Standing.RETRACTED, default=None)


def stated(title: str, text: str) -> Notice | None:
    """The notice an article carries when it is first seen: nobody needs to be told."""
    return newly((), title, text)


def is_cut(old_text: str, title: str, text: str) -> bool:
    """Whether a text has shrunk to a stub that is no retraction: more likely a wall than an edit."""
    before = len(words(old_text))
    if before <= LONG or len(words(text)) >= CUT * before:
        return False
    notice = newly((old_text,), title, text)
    return notice is None or notice.standing is not Standing.RETRACTED


def withdrawn(page: str) -> str | None:
    """The notice on a page (HTML) that holds no article any more; None where it says nothing of the kind."""
    lines = list(_visible(page))
    if sum(len(words(line)) for line in lines) > NOTICE_WORDS:
        return None
    found = (s for line in lines for s in sentences(line) if RETRACTED.match(s) or RETRACTION.match(s))
    return next((_short(s) for s in found), None)


def _visible(page: str) -> Iterator[str]:
    """The texts between tags; linear in the page, since this runs in the service and not in a worker."""
    hidden = False
    for part in page.split("<"):
        tag, _, text = part.partition(">")
        name = tag[:9].lower()
        if name.startswith(("script", "style", "noscript", "title")):
            hidden = True
        elif name.startswith(("/script", "/style", "/noscript", "/title")):
            hidden = False
        if not hidden and text.strip():
            yield " ".join(unescape(text).split())


def _notices(lines: Iterable[str], known: set[str], shrunk: bool) -> Iterator[Notice]:
    waiting: tuple[Standing, str] | None = None  # a label that stands alone, and its words where they are new
    for line in lines:
        said = sentences(line)
        fresh = [s for s in said if _key(s) not in known]
        if waiting is not None and (fresh or waiting[1]):
            yield Notice(waiting[0], _short(fresh[0] if fresh else waiting[1]))
        standing = _label(line)
        alone = standing is not None and len(words(line)) <= BARE
        waiting = (standing, line if fresh else "") if standing is not None and alone else None
        if standing is not None and not alone and fresh:
            yield Notice(standing, _short(" ".join(said) if len(words(said[0])) <= BARE else fresh[0]))
        for sentence in () if alone else fresh:
            if RETRACTED.match(sentence) or CAPITALS.match(sentence) or (shrunk and ITS_OWN.search(sentence)):
                yield Notice(Standing.RETRACTED, _short(sentence))
            elif CORRECTED.match(sentence):
                yield Notice(Standing.CORRECTED, _short(sentence))
    if waiting is not None and waiting[1]:
        yield Notice(waiting[0], _short(waiting[1]))


def _label(line: str) -> Standing | None:
    """What the label at the start of a line says; a whole line may be no more than such a label."""
    if RETRACTION.match(line) or CAPITALS.match(line):
        return Standing.RETRACTED
    if CORRECTION.match(line) or (EDITOR.match(line) and FAULT.search(line)):
        return Standing.CORRECTED
    return None


def _key(sentence: str) -> str:
    return " ".join(words(sentence))


def _short(sentence: str) -> str:
    sentence = " ".join(sentence.split())
    return sentence if len(sentence) <= NOTE else sentence[:NOTE].rsplit(" ", 1)[0] + " …"

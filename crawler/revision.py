"""Has a text changed in a way a reader would notice: in its words, not in its clock, counters, links or order of parts.

lines | what changes by itself is left out, links under "Related" may come and go | the sentences left are compared
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import from_iso
from core.model import Extraction
from core.text import words
from core.textdiff import sentences

PARTS = re.compile(r"(?:^|\s)[|•·](?=\s|$)")  # `Ana Ruiz | 5 min read` is two things in one line
ENDED = re.compile(r"\.[\"'”’»)\]]*\s*$")  # a sentence ends so; a headline or a link does not
CLOCK = re.compile(r"\d+(?:st|nd|rd|th|am|pm|hs?|hrs|min|h\d\d)?")
TIME_WORDS = frozenset(
    """january february march april may june july august september october november december jan feb mar apr jun jul
    aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs
    fri sat sun enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre ene
    abr ago dic lunes martes miercoles jueves viernes sabado domingo am pm a p m at on of the de del el la las los est
    edt et ct cst cdt mt mst mdt pt pst pdt utc gmt h hs hrs hora horas local time tiempo centro central eastern
    pacific mountain hace ago just now ahora mismo today hoy yesterday ayer an un una second seconds segundo segundos
    sec secs seg min mins minute minutes minuto minutos hour hours hr day days dia dias week weeks semana
    semanas""".split()
)
CLOCKS = re.compile(r"\d{1,2}[:h]\d\d|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}")  # a time or a date in figures
STAMP = re.compile(
    r"(?:(?:last|first|ultima|primera) )?(?:updated|update|actualizad[oa]s?|actualizacion|published|publicad[oa]s?|"
    r"publicacion|posted|modified|modificad[oa]s?|created|creado|edited|editado|fecha|date)\b"
)
STAMPS = frozenset("last first ultima primera y and".split())
RELATIVE = frozenset("ago hace now ahora today hoy yesterday ayer".split())
NUMBER = r"(?:\d+[km]?(?: \d+[km]?)*(?: (?:k|m|mil|thousand))?|un[ao]?|an?|no|sin)"
COUNTED = (
    r"(?:(?:page ?)?views?|reads|readers?|comments?|shares?|likes?|reactions?|followers|vistas?|visitas?|lecturas?|"
    r"lectores|comentarios?|(?:veces )?compartid[oa]s?|reacciones|me gusta|visualizaciones|reproducciones|seguidores)"
)
COUNTER = re.compile(
    rf"{NUMBER} {COUNTED}|{COUNTED} {NUMBER}|(?:shared|viewed|read|compartid[oa]|vist[oa]|leid[oa]) {NUMBER} "
    rf"(?:times?|veces|vez)|{NUMBER} (?:people|personas)(?: are| estan)? (?:reading|leyendo|like|recommend)"
    r"(?: (?:this|now|ahora|esto))*"
)
READING = frozenset("min mins minute minutes minuto minutos read reading time tiempo de lectura lee leer se en".split())
SHARING = frozenset(
    """share shares compartir comparte comparta this article story on en por via esta este nota articulo facebook
    twitter x whatsapp telegram linkedin reddit flipboard pinterest instagram email correo mail e copy link copiar
    enlace print imprimir save guardar tweet tuitear follow us siguenos google news noticias leave add a comment
    comentar deja un comentario comments comentarios""".split()
)
SHARE = frozenset(
    """share compartir comparte comparta print imprimir follow siguenos comment comentar comentario comments
    comentarios""".split()
)
LABEL = re.compile(
    r"advertisements?|advertising|ads?|sponsored(?: content)?|promoted|publicidad|anuncios?|patrocinad[oa]s?|"
    r"contenido (?:patrocinado|de marca)|paid (?:post|content)|skip (?:advertisement|ad|to content)|"
    r"(?:advertisement )?scroll to (?:continue|keep reading)|continues? reading(?: below)?|"
    r"(?:article|story) continues (?:below|after)(?: (?:this )?(?:advertisement|ad|video|photo))?|"
    r"(?:la )?nota (?:continua|sigue)(?: (?:abajo|debajo|despues)(?: de(?:l| la) (?:anuncio|publicidad|video))?)?|"
    r"(?:sigue|continua|seguir|continuar) leyendo(?: (?:abajo|debajo))?|"
    r"(?:sign up (?:for|to)|subscribe to|suscribete a|registrate (?:a|en|para))(?: \w+){0,10} "
    r"(?:newsletters?|boletin(?:es)?)"
)
CREDIT = re.compile(
    r"^[(\[]?\s*(?:(?:ap|afp|efe|reuters|file|archive)\s+)?(?:photos?|photographs?|images?|pictures?|fotos?|"
    r"fotograf[ií]as?|im[aá]gen(?:es)?|cr[eé]ditos?|credits?|cortes[ií]a|courtesy)(?:\s+(?:credits?|cr[eé]ditos?|by|de|"
    r"de archivo))?\s*[:/]\s*\S.{0,90}$|^[(\[](?:photos?|images?|fotos?|foto de|fotograf[ií]a)\s.{1,90}[)\]]$|"
    r"^(?:[^\s./]+\s){0,4}[^\s./]*\s?/\s?(?:AP|AFP|EFE|Reuters|Getty Images|Cuartoscuro|Notimex|"
    r"Bloomberg)\b.{0,40}$|"
    r"^(?:Getty Images|AP Photo|Cuartoscuro|Shutterstock)$",
    re.IGNORECASE,
)
CREDIT_WORDS = 12
HEADING = re.compile(
    r"related(?: (?:articles?|stor(?:y|ies)|coverage|content|links?|news|posts?|reading|topics?))?|"
    r"(?P<vague>more (?:on|from|about)(?: \w+){1,5}|mas sobre(?: \w+){1,5})|more (?:stories|news|coverage|headlines)|"
    r"read (?:more|also|next|this next|the full story)|see (?:also|more)|also (?:read|see)|"
    r"you (?:may|might) also (?:like|be interested in)|recommended(?: (?:for you|stories|reading))?|"
    r"most (?:read|popular|viewed|shared)|trending(?: now)?|up next|don t miss|dont miss|top stories|"
    r"latest (?:news|stories|headlines)|in other news|what to read next|editors? picks?|popular (?:stories|now)|"
    r"(?:tambien )?te puede(?:n)? (?:tambien )?interesar|te (?:recomendamos|sugerimos)(?: leer)?|"
    r"(?:notas?|noticias?|articulos?|temas?|contenidos?) relacionad[oa]s?|relacionad[oa]s?|"
    r"(?:lo |las |los )?mas (?:leid[oa]s?|vist[oa]s?|popular(?:es)?)|mas (?:noticias|informacion|notas)|"
    r"le(?:e|a|er) (?:tambien|mas|ademas)|tambien (?:lee|lea|puedes leer)|(?:ver|vea|mira) (?:tambien|mas)|"
    r"no te (?:lo )?pierdas|recomendad[oa]s|ultimas noticias|en otras noticias"
)
# an invitation and the headline it leads to, in one line; without a colon only the unmistakable ones
INVITED = re.compile(r"^\W*(?P<says>[^:>»–—]{3,60}?)\s*(?::|>|»|–|—|\s-\s)\s*(?P<link>\S.*)$")
INVITING = re.compile(
    r"(?:read (?:more|also|next)|see also|le(?:e|a|er) (?:tambien|mas|ademas)|tambien (?:lee|lea)|"
    r"(?:tambien )?te puede(?:n)? (?:tambien )?interesar|no te pierdas) .+"
)
LINK_WORDS = 20  # of a headline; a longer line is a paragraph
LINKED = 12  # lines of one block of links


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says: its sentences in order, as folded words, and lines that may be no more than links."""

    kept: tuple[str, ...]
    linked: frozenset[str]


def is_trivial(old_title: str, old_text: str, title: str, text: str) -> bool:
    """Whether the second version says what the first said. A changed headline always counts."""
    if words(old_title) != words(title):
        return False
    return words(old_text) == words(text) or _same(said(old_text), said(text))


def last_change(revisions: Sequence[Mapping[str, Any]]) -> datetime:
    """When an article last said something it had not said before; `revisions` are stored rows, the first one first.

    A text that returns to an earlier one is no change, nor is the page that replaces its own summary.
    """
    at = from_iso(revisions[0]["seen_at"])
    before: list[tuple[list[str], Said]] = []
    summary = False
    for row in revisions:
        title, now = words(row["title"]), said(row["text"])
        if before and not summary and not any(title == t and _same(s, now) for t, s in before):
            at = from_iso(row["seen_at"])
        before.append((title, now))
        summary = row["extraction"] == Extraction.SUMMARY
    return at


def _same(old: Said, new: Said) -> bool:
    if " ".join(old.kept) == " ".join(new.kept):
        return True  # sentences joined or parted by other punctuation
    mine, theirs = frozenset(old.kept), frozenset(new.kept)
    return mine <= theirs | new.linked and theirs <= mine | old.linked


def said(text: str) -> Said:
    """The sentences of a text without what changes by itself."""
    kept: list[str] = []
    linked: list[str] = []
    links = 0  # lines that may still belong to a block of links
    for line in _lines(text):
        folded = " ".join(words(line))
        if HEADING.fullmatch(folded) and not ENDED.search(line):
            links = LINKED
        elif links and _is_link(line, folded):
            links -= 1
            linked.append(folded)
        elif not _is_furniture(line, folded):
            links = 0
            kept += _sentences(line)
    return Said(tuple(kept), frozenset(linked))


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for part in PARTS.split(line):
            if words(part):
                yield part.strip()


def _sentences(line: str) -> Iterator[str]:
    stamped = False
    for sentence in sentences(line):
        folded = " ".join(words(sentence))
        if stamped and _is_time(folded.split()):  # `Updated 7 Feb. 2025` is two sentences to the splitter
            continue
        stamped = _is_stamp(folded)
        if folded and not stamped and not _is_aside(sentence, folded):
            yield folded


def _is_link(line: str, folded: str) -> bool:
    return not ENDED.search(line) and folded.count(" ") < LINK_WORDS


def _is_furniture(line: str, folded: str) -> bool:
    """Of a whole line: what also may stand for itself. A bare time within a paragraph is news, and so is a number."""
    found = folded.split()
    if _is_stamp(folded) or _is_aside(line, folded):
        return True
    if _is_time(found) and (CLOCKS.search(line) or any(w[0].isdigit() or w in RELATIVE for w in found)):
        return CLOCKS.search(line) is not None or not all(w.isdigit() for w in found)
    return bool(SHARING.issuperset(found) and SHARE.intersection(found))


def _is_aside(sentence: str, folded: str) -> bool:
    """A counter, a reading time, the label of an advertisement, a photo's credit, an invitation to read on."""
    if COUNTER.fullmatch(folded) or LABEL.fullmatch(folded) or _is_reading_time(folded.split()):
        return True
    n = folded.count(" ") + 1
    if n <= CREDIT_WORDS and CREDIT.match(sentence.strip()) and (n <= 4 or not ENDED.search(sentence)):
        return True
    return _is_invitation(sentence, folded)


def _is_invitation(sentence: str, folded: str) -> bool:
    if folded.count(" ") >= LINK_WORDS:
        return False
    ended = ENDED.search(sentence) is not None
    invited = INVITED.match(sentence)
    heading = HEADING.fullmatch(" ".join(words(invited["says"]))) if invited else None
    if heading is not None:
        return not (ended and heading["vague"])  # `More on the convoy: it reached the river.`
    return not ended and INVITING.fullmatch(folded) is not None


def _is_stamp(folded: str) -> bool:
    """`Updated 3 hours ago`, `Actualizado a las 14:20 h`: nothing but words of time after a word that says so."""
    if not STAMP.match(folded):
        return False
    return _is_time([w for w in STAMP.sub("", folded).split() if w not in STAMPS])


def _is_time(said: Sequence[str]) -> bool:
    return all(w in TIME_WORDS or CLOCK.fullmatch(w) for w in said)


def _is_reading_time(said: Sequence[str]) -> bool:
    return (
        any(w.isdigit() for w in said)
        and any(w.startswith(("read", "lectura", "lee")) for w in said)
        and all(w in READING or w.isdigit() for w in said)
    )

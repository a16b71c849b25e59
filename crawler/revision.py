"""Has a text changed in a way a reader would notice: in its words, not in its clock, counters or order of parts."""

import re
from collections import Counter

from core.text import words

SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+|\s*[\r\n]+\s*")
STAMP = re.compile(
    r"(?:(?:last|ultima) )?(?:updated|actualizad[oa]s?|actualizacion|published|publicad[oa]s?|posted|modified)\b"
)
COUNTER = re.compile(
    r"(?:hace )?(?:un[ao]?|an?|\d[\d ]*)(?: (?:k|m|mil))? (?:views?|reads?|comments?|shares?|likes?|vistas?|visitas?|"
    r"lecturas?|comentarios?|compartid[oa]s?|min(?:utes?|utos?)?|hours?|horas?|days?|dias?)"
    r"(?: (?:ago|read|de lectura))?"
    r"|(?:views?|reads?|comments?|shares?|likes?|vistas?|visitas?|lecturas?|comentarios?|compartid[oa]s?) \d[\d ]*"
)
RELATED = re.compile(
    r"(?:read (?:more|also|next|the full)|related|see also|more on|lee? tambien|lea (?:tambien|mas)|te puede interesar|"
    r"mas informacion|relacionad[oa]s?|no te pierdas)\b"
)
DATE_WORDS = frozenset(
    """january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun enero
    febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes miercoles jueves
    viernes sabado domingo am pm a p m at de del las et est edt ct cst cdt mt mst mdt pt pst pdt utc gmt h
    hrs""".split()
)
STAMP_WORDS = 12  # a stamp with a date, a time and a zone; a longer sentence says more than when


def is_trivial(old_title: str, old_text: str, title: str, text: str) -> bool:
    """Whether the second version says what the first said. A changed headline always counts."""
    if words(old_title) != words(title):
        return False
    return words(old_text) == words(text) or _said(old_text) == _said(text)


def _said(text: str) -> Counter[str]:
    """The sentences of a text, without order and without what changes by itself."""
    folded = (words(sentence) for sentence in SENTENCE_END.split(text))
    return Counter(" ".join(s) for s in folded if s and not _is_furniture(s))


def _is_furniture(sentence: list[str]) -> bool:
    if len(sentence) > STAMP_WORDS:
        return False
    joined = " ".join(sentence)
    if STAMP.match(joined) and any(w.isdigit() or w in ("ago", "hace") for w in sentence):
        return True
    if COUNTER.fullmatch(joined) or RELATED.match(joined):
        return True
    return all(w.isdigit() or w in DATE_WORDS for w in sentence) and any(w.isdigit() for w in sentence)

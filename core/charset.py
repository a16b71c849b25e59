"""Bytes to text although servers and pages lie about their encoding."""

import codecs
import re

from charset_normalizer import from_bytes

DECLARED = re.compile(rb"""<(?:\?xml[^>]*?encoding|meta[^>]*?charset)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.I)
HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.I)
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# what browsers do: these labels mean their Windows superset
WIDER = {"iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252",
         "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}  # fmt: skip


def decode(body: bytes, content_type: str = "") -> str:
    """BOM, then the header, then what the document declares, then a detector; nothing is dropped, U+FFFD stays.

    A declared encoding that does not fit is not believed where the bytes are valid UTF-8.
    """
    for mark, name in BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    header = HEADER.search(content_type)
    declared = DECLARED.search(body[:4096])
    for label in (header[1] if header else None, declared[1].decode("ascii") if declared else None, "utf-8"):
        if label and (text := _strict(body, label)) is not None:
            if _is_multibyte_text(body) and label.lower().replace("_", "-") not in ("utf-8", "utf8"):
                return body.decode("utf-8")
            return text
    best = from_bytes(body[:100_000]).best()
    return body.decode(best.encoding if best is not None else "utf-8", "replace")


def _strict(body: bytes, label: str) -> str | None:
    try:
        return body.decode(WIDER.get(label.lower(), label))
    except (UnicodeDecodeError, LookupError, UnicodeError):
        return None


def _is_multibyte_text(body: bytes) -> bool:
    """Valid UTF-8 with characters beyond ASCII is UTF-8, whatever a label says: chance makes it very unlikely."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not body.isascii()

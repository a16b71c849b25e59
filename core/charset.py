"""Bytes to text although servers and pages lie about their encoding."""

import codecs
import re

from charset_normalizer import from_bytes

DECLARED = re.compile(rb"""<(?:\?xml[^<>]*?encoding|meta[^<>]*?charset)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.I)
HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.I)
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# what browsers do: these labels mean their Windows superset
WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874", "gb2312": "gb18030",
         "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949"}  # fmt: skip
# Python decodes these too, but no publisher writes them: punycode takes quadratic time, escapes rewrite the page
NO_TEXT = ("punycode", "idna", "unicode", "raw", "undefined", "utf-7", "mbcs", "oem", "utf-16", "utf-32")
APART = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
SAMPLE = 100_000  # bytes shown to the detector, which reads about 1 MB/s
TOLERATED = 0.002  # of the characters may be broken under a declared label before another encoding is sought
TOLERATED_UTF8 = 0.1  # of those beyond ASCII, or one: a byte pasted in, a cut end. Of another encoding nearly all break


def decode(body: bytes, content_type: str = "") -> str:
    """BOM, then the header, then what the document declares, then a detector; nothing is dropped, U+FFFD stays.

    A declared encoding that does not fit is not believed where the bytes are valid UTF-8.
    """
    for mark, name in BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    if (wide := _utf16(body)) is not None:
        return body.decode(wide, "replace")
    header = HEADER.search(content_type)
    declared = DECLARED.search(body[:4096])
    labels = [header[1] if header else "", declared[1].decode("ascii") if declared else "", "utf-8"]
    names = list(dict.fromkeys(known for label in labels if (known := _known(label)) is not None))
    for name in names:
        if (text := _strict(body, name)) is not None:
            # chance makes bytes beyond ASCII that are valid UTF-8 very unlikely, whatever a label says
            return text if body.isascii() or name == "utf-8" else _strict(body, "utf-8") or text
    for name in names:
        text = body.decode(name, "replace")
        broken = text.count("\ufffd")
        if name == "utf-8":
            sound = len(text) - len(text.encode("ascii", "ignore")) - broken
            if sound and broken <= max(1, TOLERATED_UTF8 * sound):
                return text
        elif broken <= TOLERATED * len(text):
            return text
    return body.decode(_guessed(body[:SAMPLE]), "replace")


def _guessed(sample: bytes) -> str:
    """Bytes beyond ASCII that stand alone between letters are accents of a Western text: no detector is as sure."""
    beyond = sum(byte > 127 for byte in sample)
    if len(APART.findall(sample)) > 0.7 * beyond:
        return "cp1252"
    best = from_bytes(sample).best()
    return best.encoding if best is not None else "utf-8"


def _utf16(body: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its markup and Latin letters is zero."""
    head = body[:400]
    if len(head) < 4 or 0 not in head:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 0.4 * len(head[1::2]) and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * len(head[::2]) and odd == 0 else None


def _known(label: str) -> str | None:
    """The name of the codec a label means; None for no label, an unknown one, and what no page is written in."""
    try:
        name = codecs.lookup(label).name
        b"a".decode(name)
    except (LookupError, ValueError):  # unknown, empty, or from bytes to bytes, such as base64
        return None
    return None if name.startswith(NO_TEXT) else WIDER.get(name, name)  # real UTF-16 was recognised by now


def _strict(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except UnicodeError:
        return None

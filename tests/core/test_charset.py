"""Bytes to text although labels lie: the words can be found again, and nothing raises."""

import codecs
from encodings.aliases import aliases

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.charset import decode

SPANISH = "<html><title>Aranceles</title><body><p>La Guardia Nacional llegó a Ciudad Juárez.</p></body></html>"
CHINESE = "<html><body><p>美国总统宣布推迟对墨西哥加征关税，墨西哥国民警卫队开始向边境部署。</p></body></html>"
LABELS = (
    "utf-16 utf-16le utf-32 x-unknown base64 rot13 hex punycode idna unicode_escape undefined utf-7 gb2312 iso-8859-1"
    " ascii windows-1251 ..."
).split()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso-8859-1"])
@pytest.mark.parametrize(
    "label", ["", "text/html", "text/html; charset={}", 'text/html; charset="{}"', "x;charset=utf-8"]
)
def test_a_page_in_spanish_is_read_whatever_the_header_says(encoding: str, label: str) -> None:
    assert decode(SPANISH.encode(encoding), label.format(encoding)) == SPANISH


@pytest.mark.parametrize("label", [*LABELS, "", "a" * 500])
def test_utf_8_is_recognised_behind_any_wrong_label(label: str) -> None:
    assert decode(SPANISH.encode(), f"text/html; charset={label}") == SPANISH
    page = SPANISH.replace("<head>", f'<head><meta charset="{label}">')
    assert decode(page.encode()) == page


def test_escapes_in_a_page_stay_as_written() -> None:
    assert decode(b"C:\\x41 and \\u0041", "text/plain; charset=unicode_escape") == "C:\\x41 and \\u0041"


@pytest.mark.parametrize(
    "label", ["", "text/html; charset=utf-8", "text/html; charset=gb18030", "text/html; charset=gb2312"]
)
def test_gb18030_is_read_also_when_labelled_utf_8(label: str) -> None:
    assert "关税" in decode(CHINESE.encode("gb18030"), label)


def test_a_document_may_declare_its_own_encoding() -> None:
    for head in ('<?xml version="1.0" encoding="ISO-8859-1"?>', "<meta charset=iso-8859-1>",
                 '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">'):  # fmt: skip
        page = f"{head}<p>“Juárez” – 5 €</p>"
        assert decode(page.encode("cp1252")) == page


def test_labels_mean_what_browsers_take_them_for() -> None:
    assert decode("“tariff”".encode("cp1252"), "text/html; charset=ISO-8859-1") == "“tariff”"
    assert decode("€".encode("cp1252"), "text/html; charset=us-ascii") == "€"


def test_one_broken_byte_or_a_cut_end_does_not_change_the_encoding_of_all() -> None:
    text = SPANISH * 20
    assert decode(text.encode() + "á".encode()[:1]) == text + "\ufffd"
    broken = text.encode().replace(b"Nacional", b"Naci\xf3nal", 1)
    assert decode(broken, "text/html; charset=utf-8") == text.replace("Nacional", "Naci\ufffdnal", 1)
    latin = text.encode("cp1252").replace(b"Nacional", b"Nac\x81ional", 1)
    assert decode(latin, "text/html; charset=iso-8859-1") == text.replace("Nacional", "Nac\ufffdional", 1)


def test_one_accent_alone_is_read_in_the_western_way() -> None:
    for label in ("", "text/html; charset=iso-8859-1", "text/html; charset=utf-8"):
        assert decode("café".encode("cp1252"), label) == "café"


def test_text_spoiled_before_it_came_keeps_its_plain_words() -> None:
    spoiled = SPANISH.encode().decode("cp1252")
    assert "Guardia Nacional" in decode(spoiled.encode())


def test_zeros_alone_do_not_make_utf_16() -> None:
    assert decode(b"\x00\x00\x00\x00 words") == "\x00\x00\x00\x00 words"
    assert decode(b"") == ""


@given(st.binary(max_size=600), st.sampled_from(["", *sorted(set(aliases.values()))]) | st.text(max_size=20))
@example(b"\xff\xfe\x00", "")
@example(b"<\x00", "utf-16")
@example(codecs.BOM_UTF8, "utf-8")
def test_any_bytes_become_text_under_any_label(body: bytes, label: str) -> None:
    assert isinstance(decode(body, f"text/html; charset={label}"), str)


def test_enormous_bodies_cost_linear_time() -> None:
    for label in ("punycode", "idna", "utf-8", "utf-7", "gb18030", ""):
        decode(b"a-" * 500_000, f"text/html; charset={label}")
        decode(b"<meta " * 200_000, f"text/html; charset={label}")

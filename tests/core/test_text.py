"""Words: what one is, and how two are compared."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.text import WORD, find_words, fold, tokens, unaccented, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tariffs, on steel.", ["tariffs", "on", "steel"]),
        ("Mexico's and Mexico’s MEXICO'S", ["mexico", "and", "mexico", "mexico"]),
        ("the Guards' march", ["the", "guards", "march"]),
        ("cross-border cross‑border cross–border", ["cross", "border"] * 3),
        ("border—and more", ["border", "and", "more"]),
        ("snake_case", ["snake", "case"]),
        ("U.S. and 10,000", ["u", "s", "and", "10", "000"]),
        ("'s", ["s"]),
        ("its sister's", ["its", "sister"]),
        ("O'Rourke don't", ["o", "rourke", "don", "t"]),
        ("", []),
        (" \n\t—", []),
    ],
)
def test_words_are_runs_of_letters_and_digits(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Juárez", "juarez"),
        ("Jua\u0301rez", "juarez"),
        ("ＴＡＲＩＦＦ", "tariff"),
        ("𝐓ariff", "tariff"),
        ("o\ufb03ce", "office"),
        ("tar\u00adiff", "tariff"),
        ("tar\u200biff\u200d", "tariff"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("Diyarbakır", "diyarbakir"),
        ("Łódź", "lodz"),
        ("ŒUVRE", "oeuvre"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
    ],
)
def test_case_accents_and_typography_fold(word: str, expected: str) -> None:
    assert fold(word) == expected


def test_one_word_stays_one_word_whatever_stands_inside_it() -> None:
    for text in ("Jua\u0301rez", "tar\u00adiff", "tar\u200biff", "tar\u2060iff", "مَدِينَة", "हिन्दी", "שָׁלוֹם"):
        assert len(words(text)) == 1, text


def test_unaccented_keeps_case() -> None:
    assert unaccented("JUÁREZ Łódź") == "JUAREZ Lodz"


def test_scripts_without_blanks_give_one_word_a_character() -> None:
    assert words("米国が関税") == ["米", "国", "か", "関", "税"]
    assert words("关税 tariff关税") == ["关", "税", "tariff", "关", "税"]


def test_scripts_from_right_to_left_are_words() -> None:
    assert words("تعريفة جمركية, מכס") == ["تعريفة", "جمركية", "מכס"]


WESTERN = [bytes([code]).decode("cp1252", "replace") for code in range(256)]


@given(st.text(st.one_of(st.sampled_from("'’sS a"), st.sampled_from(WESTERN), st.characters())))
@example("a's's b's'S’s c's9 '’s")
@example("ª²½µßæ\xad\x00ˆƒ")
def test_the_fast_way_to_find_words_finds_the_same(text: str) -> None:
    assert find_words(text) == [m[1] for m in WORD.finditer(text)]
    assert words(text) == [fold(m[1]) for m in WORD.finditer(text)]


@given(st.text())
@example("\uff9e")
@example("ﷺ½ǅ")
def test_positions_point_at_the_words_as_printed(text: str) -> None:
    for word, start, end in tokens(text):
        assert word
        assert fold(text[start:end]) == word


@given(st.text(), st.text())
def test_positions_never_overlap_and_letters_are_never_skipped(text: str, more: str) -> None:
    at = 0
    for match in WORD.finditer(text):
        start, end = match.span(1)
        between = text[at:start]
        assert at <= start < end
        assert not any(c.isalnum() for c in between.removeprefix("'s").removeprefix("’s").lower() if c != "s")
        at = end


@given(st.text(st.characters(categories=["L", "N", "M"])))
def test_folding_twice_is_folding_once(word: str) -> None:
    assert fold(fold(word)) == fold(word)


@given(st.text(st.characters(max_codepoint=0x24F, categories=["L"]), min_size=1))
def test_composed_and_decomposed_text_have_the_same_words(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


def test_long_runs_cost_linear_time() -> None:
    for text in ("a" * 200_000, "a\u0301" * 100_000, "\u0301" * 200_000, "'s" * 100_000, "a's" * 70_000, "_" * 200_000):
        WORD.findall(text)

"""Which lines of an extracted text are text."""

import pytest
from lxml import html

from crawler.lines import furniture, text_of

TEXT = [f"The council of ward {n} voted on the new water main after a long evening of questions." for n in range(8)]


def kept(
    lines: list[str], page: str = "<p>x</p>", headlines: tuple[str, ...] = (), authors: tuple[str, ...] = ()
) -> list[str]:
    return text_of(lines, furniture(html.document_fromstring(page), headlines, authors))


@pytest.mark.parametrize(
    "line",
    [
        "Read also: The pipe that burst twice",
        "DON'T MISS",
        "Most read in Local news",
        "Related articles",
        "Lesen Sie auch: Das Wasser wird teurer",
        "Noticia relacionada",
        "An dieser Stelle findest du einen externen Inhalt, der den Artikel ergänzt.",
        "Sign up for the morning letter",
        "Lesedauer: 4 Minuten",
        "Photo: The Desk",
        "Quelle: dpa",
    ],
)
def test_lines_that_point_elsewhere_are_no_text(line: str) -> None:
    assert kept([*TEXT[:4], line, *TEXT[4:]]) == TEXT


@pytest.mark.parametrize(
    "line",
    ["Updated 15.59 | Published 14.14", "By Ana Ruiz, Harbour", "05.02.2025 17:59", "Harbour, 5:45 AM PST", "Water"],
)
def test_dates_bylines_and_the_headline_over_the_text_are_no_text(line: str) -> None:
    assert kept([line, *TEXT], headlines=("water",), authors=("Ana Ruiz",)) == TEXT


@pytest.mark.parametrize(
    "line",
    [
        "Ana Ruiz said at 15:30 that the main would hold.",
        "| steel | 225.86 | -12.99 |",
        "A white from the north (14.99, bin 559)",
        "Read also the fine print, the mayor told the crowd on the steps of the hall.",
    ],
)
def test_what_only_looks_like_that_is_text(line: str) -> None:
    assert kept([line, *TEXT], authors=("Ana Ruiz",)) == [line, *TEXT]


@pytest.mark.parametrize(
    "line",
    [
        "Reporting by Ana Ruiz; editing by Jo Lund",
        "(Additional reporting by Jo Lund)",
        "—Desk writer Jo Lund in Harbour contributed to this report.",
        "With reporting by Jo Lund",
        "ana.ruiz@desk.example",
        "https://desk.example/water",
        "Email Ana Ruiz at ana@desk.example or follow her @anaruiz.",
    ],
)
def test_who_else_wrote_stands_under_the_text_and_is_none(line: str) -> None:
    assert kept([*TEXT, line]) == TEXT
    assert kept([*TEXT[:3], line, *TEXT[3:]]) == [*TEXT[:3], line, *TEXT[3:]]


def test_a_line_of_text_under_the_text_is_text() -> None:
    last = "Follow the money, one of them said, and left the hall by the back door."
    assert kept([*TEXT, last]) == [*TEXT, last]


def test_a_paragraph_that_is_one_link_is_none_but_a_sentence_around_a_link_is_text() -> None:
    alone = "The pipe that burst twice in one winter"
    sentence = "It also runs the old pumps by the weir."
    page = f'<p><strong><a href="/p">{alone}</a></strong></p>'
    page += '<p>It also <a href="/w">runs the old pumps by the weir</a>.</p>'
    assert kept([*TEXT[:4], alone, sentence], page) == [*TEXT[:4], sentence]


def test_a_heading_that_the_list_of_contents_links_to_is_text() -> None:
    heading = "How the water was tested"
    page = f'<ul><li><a href="#tested">{heading}</a></li></ul><h2 id="tested">{heading}</h2>'
    assert kept([*TEXT[:4], heading, *TEXT[4:]], page) == [*TEXT[:4], heading, *TEXT[4:]]

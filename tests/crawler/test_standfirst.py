"""The line between headline and text is found by its name or by what the page says of itself."""

import pytest
from lxml import html

from core.html import letters
from crawler.standfirst import standfirst

LINE = "Ninety kilometres more for every lorry: how a crack in a ramp stops a county."
TEXT = "The ferry across the sound stopped on Monday after a crack was found in the ramp on the northern shore of it."


def found(head: str, description: str = "", headline: str = "No ferry") -> list[str]:
    root = html.document_fromstring(f"<html><body>{head}<div><p id='text'>{TEXT}</p></div></body></html>")
    return standfirst(root, {letters(headline)}, [letters(description)], {root.get_element_by_id("text")})


@pytest.mark.parametrize(
    "markup",
    [
        f'<header><h1>No ferry</h1><p class="standfirst">{LINE}</p></header>',
        f'<h1>No ferry</h1><div class="ContentHeaderDek-bIq"><span>{LINE}</span></div>',
        f'<h1>No ferry</h1><h2 class="subtitle">{LINE}</h2>',
        f'<h1>No ferry</h1><div itemprop="description">{LINE}</div>',
        f'<h1>No ferry</h1><div class="article__lead"><p>{LINE}</p></div>',
    ],
)
def test_by_the_name_outlets_give_it(markup: str) -> None:
    assert found(markup) == [LINE]


def test_by_the_pages_own_description_whatever_it_is_called() -> None:
    assert found(f"<h1>No ferry</h1><span class='sc-x'>{LINE}</span>", f"News: {LINE} | The Desk") == [LINE]


def test_where_the_page_prints_another_headline_than_it_shares() -> None:
    assert found(f'<h2>Stuck</h2><p class="intro">{LINE}</p>') == [LINE]


def test_several_lines_where_the_outlet_leads_with_a_list() -> None:
    second = "The county is asked for a bus until then."
    assert found(f'<h1>No ferry</h1><p class="_lead_16k">{LINE}</p><p class="_lead_16k">{second}</p>') == [LINE, second]


@pytest.mark.parametrize(
    "markup",
    [
        f'<p class="lead">{LINE}</p><h1>No ferry</h1>',  # before the headline
        f"<h1>No ferry</h1><p>{LINE}</p>",  # neither named nor described
        f'<h1>No ferry</h1><p class="lead"><a href="/other">{LINE}</a></p>',
        '<h1>No ferry</h1><p class="lead">Harbour</p>',
        f'<h1>No ferry</h1><p class="lead">{LINE * 12}</p>',
    ],
)
def test_anything_else_is_none(markup: str) -> None:
    assert found(markup) == []

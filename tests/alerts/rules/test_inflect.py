"""Number and gender: which forms are one word, and which words stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.inflect import LANGUAGES, light, stem
from core.text import fold

TOGETHER = {
    "en": "tariff tariffs, city cities, policy policies, child children, woman women, crisis crises, bus buses,"
    " church churches, tax taxes, movie movies, tomato tomatoes, shoe shoes, law laws, guardsman guardsmen, base bases,"
    " prize prizes, size sizes, virus viruses, census censuses, surplus surpluses, house houses, cause causes,"
    " use uses, tie ties, toe toes, cache caches, axe axes, loss losses, gas gases, bias biases, hypothesis hypotheses",
    "es": "arancel aranceles, ciudad ciudades, luz luces, juez jueces, ley leyes, frontera fronteras, mes meses,"
    " nación naciones, cártel carteles, mexicano mexicana mexicanos mexicanas, agente agentes, país países,"
    " inglés ingleses inglesa inglesas, interés intereses, clase clases, autobús autobuses,"
    " empresa empresas, remesa remesas, francés franceses francesa francesas, danés daneses danesa danesas,"
    " romance romances, avance avances, voz voces, paz paces, español española españoles españolas,"
    " alemán alemana alemanes alemanas, senador senadora senadores senadoras, director directora,"
    " presidente presidenta presidentes presidentas, campeón campeona campeones, bailarín bailarina, jefe jefa jefas,"
    " juez jueza jueces juezas, señor señora señores señoras, primer primero primera, buen bueno buena, gris grises,"
    " corte cortes, parte partes, café cafés, líder líderes, plan planes, hijo hija hijos hijas",
    "fr": "frontière frontières, national nationaux nationale nationales, bateau bateaux, travail travaux,"
    " positif positifs positive positives, réel réels réelle réelles, européen européenne européennes,"
    " généreux généreuse généreuses, portugais portugaise portugaises, expulsé expulsée expulsés expulsées,"
    " premier première, loi lois",
    "pt": "nação nações, fronteira fronteiras, comercial comerciais, país países, lei leis, civil civis, fácil fáceis,"
    " papel papéis, azul azuis, irmão irmãos, alemão alemães, inglês inglesa ingleses inglesas, homem homens,"
    " presidente presidenta, senador senadora senadores, luz luzes, mês meses, chefe chefes",
}
APART = {
    "en": "final finally, us use, port porter, man main, policy police, specimen speciman, news new, use us",
    "es": "ley leal, luz lujo, caro carne, final finanza, remesa remo, corte corta, parte parto, mes mesa, pan paño,"
    " base basa, forma forme, sede seda, plan plano",
    "fr": "lois loin, actif action",
    "pt": "parte parto, sede seda",
}


def groups(table: dict[str, str]) -> list[tuple[str, list[str]]]:
    return [(language, group.split()) for language, text in table.items() for group in text.split(", ")]


@pytest.mark.parametrize(("language", "forms"), groups(TOGETHER))
def test_forms_of_one_word_share_a_key(language: str, forms: list[str]) -> None:
    assert len({light(fold(f), language) for f in forms}) == 1


@pytest.mark.parametrize(("language", "apart"), groups(APART))
def test_other_words_do_not(language: str, apart: list[str]) -> None:
    assert len({light(fold(word), language) for word in apart}) == 2


def test_an_unknown_language_leaves_words_alone() -> None:
    assert light("tariffs", "de") == "tariffs"
    assert stem("tariffs", "de") == "tariffs"


@given(st.text(), st.sampled_from(LANGUAGES))
def test_any_word_has_a_key(word: str, language: str) -> None:
    assert bool(light(fold(word), language)) == bool(word)
    stem(fold(word), language)

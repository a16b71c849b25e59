"""Languages told by their commonest words."""

import pytest

from core.text import WORD
from crawler.language import detect, settle

TEXTS = {
    "en": "The convoy moved along the river and was stopped at the second bridge, as the mayor had asked for.",
    "es": "El convoy avanzó por la orilla del río y fue detenido en el segundo puente, como había pedido el alcalde.",
    "fr": "Le convoi a longé le fleuve et a été arrêté sur le pont, ce que le maire avait demandé dans la nuit.",
    "pt": "O comboio seguiu pela margem do rio e foi parado na segunda ponte, como o prefeito tinha pedido ao governo.",
    "de": "Der Konvoi fuhr am Fluss entlang und wurde auf der Brücke angehalten, wie es der Bürgermeister wollte.",
    "it": "Il convoglio ha seguito la riva del fiume ed è stato fermato sul ponte, come il sindaco aveva chiesto.",
}
POLISH = "Konwój przejechał wzdłuż rzeki i został zatrzymany na drugim moście przez godzinę, jak prosił burmistrz."


def words(text: str) -> list[str]:
    return WORD.findall(text.lower())


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_is_enough(code: str) -> None:
    assert detect(words(TEXTS[code])) == code


def test_too_little_or_another_language_is_nobodys() -> None:
    assert detect(words("Bridge shut")) is None
    assert detect(words(POLISH)) is None
    assert detect([]) is None


def test_a_page_that_declares_another_language_than_it_is_written_in_is_not_believed() -> None:
    assert settle("en", words(TEXTS["es"])) == "es"
    assert settle("pl", words(POLISH)) == "pl"
    assert settle(None, words(TEXTS["en"])) == "en"
    assert settle("en", words("Bridge shut")) == "en"
    assert settle(None, []) is None

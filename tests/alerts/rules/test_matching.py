"""What the rule language promises, statement by statement, and that every span is the word as printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules import Rule, RuleSet
from core.model import Document


def found(query: str, text: str, title: str = "", language: str | None = "en", **more: object) -> list[str] | None:
    """The matched words as printed, title last; None where the query does not hold."""
    article = Document("1", title, text, language=language, **more)  # type: ignore[arg-type]
    matches = RuleSet([Rule("r", query)], {"states": ("Texas", "New Mexico", "Chihuahu*")}).match(article)
    if not matches:
        return None
    return [(title if s.field == "title" else text)[s.start : s.end] for s in matches[0].spans]


def holds(query: str, text: str, title: str = "", language: str | None = "en", **more: object) -> bool:
    return found(query, text, title, language, **more) is not None


@pytest.mark.parametrize(
    ("language", "query", "word"),
    [
        ("en", "tariff", "tariffs"),
        ("en", "tariffs", "tariff"),
        ("en", "woman", "women"),
        ("en", "company", "companies"),
        ("en", "tax", "taxes"),
        ("es", "arancel", "aranceles"),
        ("es", "ciudad", "ciudades"),
        ("es", "luz", "luces"),
        ("es", "juez", "jueces"),
        ("es", "ley", "leyes"),
        ("es", "migrante", "migrantes"),
        ("es", "diputado", "diputadas"),
        ("es", "nación", "naciones"),
        ("fr", "frontière", "frontières"),
        ("pt", "nação", "nações"),
    ],
)
def test_words_match_in_number_and_gender_in_the_articles_language(language: str, query: str, word: str) -> None:
    assert found(query, f"– {word}.", language=language) == [word]
    assert found(word, f"– {query}.", language=language) == [query]


def test_only_the_articles_language_inflects() -> None:
    assert holds("luz", "luces", language="es")
    assert not holds("luz", "luces", language="en")
    assert holds("luz", "luces", language="es-MX")
    assert not holds("tariff", "tariffs", language="de")
    assert holds("tariff", "tariff", language="de")


def test_an_unknown_language_is_tried_as_english_and_spanish() -> None:
    for language in (None, ""):
        assert holds("woman", "women", language=language)
        assert holds("luz", "luces", language=language)


def test_case_and_accents_fold_both_ways() -> None:
    assert found("juarez", "Ciudad JUÁREZ, Jua\u0301rez") == ["JUÁREZ", "Jua\u0301rez"]
    assert found("JUÁREZ", "Juarez") == ["Juarez"]


def test_whole_words_never_parts_of_words() -> None:
    assert not holds("ICE", "The police in Nice noticed a device.")
    assert not holds("port", "A report of support, ports-of-call excepted", language="de")
    assert holds("port", "the port-of-entry")


def test_words_side_by_side_must_all_occur() -> None:
    assert holds("tariff steel", "Steel, and then tariffs")
    assert not holds("tariff steel", "Tariffs")
    assert found("tariff AND steel", "on steel a tariff") == ["steel", "tariff"]


def test_either_of_two() -> None:
    assert found("tariff OR steel", "a tariff on steel") == ["tariff", "steel"]
    assert holds("tariff OR steel", "steel")
    assert not holds("tariff OR steel", "copper")


def test_what_must_not_occur() -> None:
    for query in ("tariff NOT steel", "tariff -steel", "tariff AND NOT steel"):
        assert found(query, "A tariff on copper") == ["tariff"]
        assert not holds(query, "A tariff on steel")
    assert not holds("tariff -(steel OR copper)", "tariffs, copper")
    assert holds('tariff -"steel pipe"', "tariffs on steel and pipe")


def test_a_phrase_is_words_that_follow_each_other_in_number_and_gender() -> None:
    assert found('"National Guard"', "Mexico's National Guard's convoy") == ["National", "Guard"]
    assert holds('"National Guard"', "the National Guards")
    assert holds('"Guardia Nacional"', "las Guardias Nacionales", language="es")
    assert holds('"Guardia Nacional"', "la guardia\nnacional", language="es")
    assert not holds('"National Guard"', "a guard, national")
    assert not holds('"National Guard"', "the national border guard")
    assert not holds('"National Guard"', "guard.", title="National")
    assert holds('"cross border"', "cross‑border traffic")
    assert holds("cross-border", "Cross border traffic")


def test_an_exact_word_or_phrase_only_as_written_but_for_case_and_accents() -> None:
    assert holds("=tariff", "TARIFF")
    assert not holds("=tariff", "tariffs")
    assert holds('="National Guard"', "national guard")
    assert not holds('="National Guard"', "National Guards")


def test_a_stem_takes_verbs_too() -> None:
    assert holds("~negotiate", "negotiating, negotiated", language="en")
    assert not holds("negotiate", "negotiating")
    assert holds("~negociar", "negociaron", language="es")
    assert holds('~"impose tariff"', "imposing tariffs")


def test_a_prefix() -> None:
    assert found("immigra*", "immigration, immigrants, migrant") == ["immigration", "immigrants"]
    assert found("inmigra*", "Inmigración") == ["Inmigración"]
    assert found('"national guar*"', "the national guardsmen") == ["national", "guardsmen"]
    assert found('"immigra* court"', "immigration courts") == ["immigration", "courts"]


def test_closeness_counts_the_words_between_either_order() -> None:
    assert found("tariff NEAR/2 steel", "tariff one two steel") == ["tariff", "steel"]
    assert not holds("tariff NEAR/2 steel", "tariff one two three steel")
    assert holds("tariff NEAR/2 steel", "steel one two tariff")
    assert holds("tariff NEAR/0 steel", "steel tariff")
    assert not holds("tariff NEAR/9999 steel", "tariff", title="steel")
    assert not holds("tariff NEAR/5 tariff", "one tariff")
    assert holds("tariff NEAR/5 tariff", "tariffs and tariffs")


def test_closeness_in_order() -> None:
    assert holds("tariff ONEAR/2 steel", "tariff one two steel")
    assert not holds("tariff ONEAR/2 steel", "steel one two tariff")


def test_closeness_takes_phrases_and_alternatives() -> None:
    assert found('"National Guard" NEAR/3 border', "National Guard at the border") == ["National", "Guard", "border"]
    assert not holds('"National Guard" NEAR/1 border', "National Guard at the border")
    assert holds("(tariff OR arancel) NEAR/1 steel", "arancel steel")
    assert found("a1 NEAR/1 b1", "a1 x b1 x x x a1 x x b1") == ["a1", "b1"]  # only what takes part is marked


def test_in_a_chain_each_stands_so_to_the_one_before() -> None:
    assert holds("a1 ONEAR/1 b1 ONEAR/1 c1", "a1 x b1 x c1")
    assert not holds("a1 ONEAR/1 b1 ONEAR/1 c1", "a1 c1 b1")
    assert not holds("a1 NEAR/0 b1 NEAR/0 c1", "b1 a1 c1")
    assert holds("a1 NEAR/0 b1 NEAR/0 c1", "c1 b1 a1")
    assert holds("a1 SENT b1 SENT c1", "Then c1, a1 and b1.")
    assert not holds("a1 SENT b1 SENT c1", "Then a1 and b1. Then b1 and c1.")


def test_one_sentence() -> None:
    assert holds("tariff SENT steel", "A tariff, they said, on imported steel. Fine.")
    assert not holds("tariff SENT steel", "A tariff. Steel rose.")
    assert not holds("tariff SENT steel", "A tariff\nsteel rose")
    assert not holds("tariff SENT steel", "steel", title="tariff")
    assert holds("tariff SENT Guard", "A U.S. tariff angered Gov. Ruiz and J. Guard today.")
    assert not holds("tariff SENT Guard", "He asked: “A tariff?” Guard laughed.")


def test_fields_of_the_text() -> None:
    assert found("title:tariff", "steel", title="Tariffs up") == ["Tariffs"]
    assert not holds("title:tariff", "tariff", title="Steel")
    assert not holds("body:tariff", "steel", title="Tariff")
    assert holds("title:tariff body:steel", "steel", title="Tariff")
    assert holds("title:(tariff OR steel)", "", title="Steel")
    assert not holds("title:(tariff steel)", "steel", title="Tariff")
    assert not holds("tariff -title:opinion", "tariff", title="Opinion")
    assert holds("tariff -title:opinion", "tariff opinion", title="Tariff")


def test_lead_is_the_first_sixty_words_of_the_body() -> None:
    filler = "word " * 59
    assert holds("lead:tariff", f"{filler}tariff")
    assert not holds("lead:tariff", f"{filler}word tariff")
    assert not holds('lead:"tariff war"', f"{filler}tariff war")
    assert not holds("lead:tariff", "nothing", title="tariff")


def test_facts_of_the_article() -> None:
    facts = {"url": "https://www.News.example.org/Border/1", "site": "news.example.org:8080", "source": "wire",
             "tags": ("us", "Official"), "authors": ("Ana María Ruiz", "Li Wei"), "kind": "update"}  # fmt: skip
    for yes in ("url:/border/", "site:example.org", "site:news.example.org", "site:www.example.org", "source:WIRE",
                "site:news.example.org:8080", "lang:en", "tag:official", 'author:"ana ruiz"', "author:Wei",
                "kind:update"):  # fmt: skip
        assert holds(f"tariff {yes}", "tariff", **facts), yes
    for no in ("url:/sport/", "site:ample.org", "site:org.example", "source:wir", "lang:es", "tag:off", "author:mar",
               'author:"ana wei"', "kind:new"):  # fmt: skip
        assert not holds(f"tariff {no}", "tariff", **facts), no
    assert holds("source:wire", "anything", **facts)
    assert found("tariff source:wire", "tariff", **facts) == ["tariff"]


def test_the_site_is_taken_from_the_address_where_none_is_given() -> None:
    assert holds("x site:cbp.gov", "x", url="https://www.cbp.gov/news")


def test_case_kept() -> None:
    assert found("cs:ICE", "ice and Ice and ICE") == ["ICE"]
    assert holds('cs:"US Border"', "the US Border")
    assert not holds('cs:"US Border"', "tell us border")
    assert holds("cs:ICE", "I\u00adCE")
    assert holds("cs:Juarez", "Juárez")
    assert not holds("cs:juarez", "Juárez")


def test_at_least_so_often() -> None:
    assert holds("atleast/3:tariff", "tariff, tariffs", title="Tariff")
    assert not holds("atleast/3:tariff", "tariff, tariffs")
    assert holds("atleast/2:(tariff OR arancel)", "tariff arancel")
    assert not holds("atleast/2:(tariff OR tariffs)", "tariff")
    assert not holds("title:atleast/2:tariff", "tariff", title="tariff")
    assert holds('atleast/2:"National Guard"', "National Guard, National Guards")


def test_shared_lists() -> None:
    assert found("tariff @states", "tariff in New Mexico and Chihuahuan towns") == [
        "tariff", "New", "Mexico", "Chihuahuan"]  # fmt: skip
    assert not holds("tariff @states", "tariff in Mexico")


def test_typography_of_texts_does_not_matter() -> None:
    for text in (
        "ＴＡＲＩＦＦ",
        "tar\u00adiffs",
        "tari\ufb00",
        "ta\u200briff",
        "“tariff”—",
        "tariff’s",
        "‘Tariffs’",
        "x–tariff–y",
    ):
        assert holds("tariff", text), text
    for asked, text in (
        ("Diyarbakir", "Diyarbakır"),
        ("istanbul", "İSTANBUL"),
        ("strasse", "Straße"),
        ("Lodz", "Łódź"),
    ):
        assert holds(asked, text), text


def test_other_scripts() -> None:
    assert found("关税", "美国对华关税上涨", language="zh") == ["关", "税"]
    assert found("مكس", "قال: مكس.", language="ar") == ["مكس"]
    assert found("таможня", "Таможня", language="ru") == ["Таможня"]


def test_the_worked_example_fires_and_a_menu_does_not() -> None:
    english = "A convoy of Mexico’s National Guard rolled along the river after a tariff threat."
    spanish = "Un convoy de la Guardia Nacional recorrió la frontera tras la amenaza de aranceles."
    for text, language in ((english, "en"), (spanish, "es")):
        assert holds("tariff OR arancel", text, language=language)
        assert holds('"National Guard" OR "Guardia Nacional"', text, language=language)
    assert not holds("tariff OR arancel", "The sheriff spoke.")


@given(st.text(), st.text(min_size=1), st.integers(0, 50))
def test_spans_are_positions_in_the_stored_text_whatever_stands_around(before: str, after: str, cut: int) -> None:
    text = f"{before} Tariffs {after}"
    for match in RuleSet([Rule("r", "tariff OR the OR aaa*")]).match(Document("1", text[:cut], text)):
        for span in match.spans:
            word = (text[:cut] if span.field == "title" else text)[span.start : span.end]
            assert word
            assert word[0].isalnum()
    spans = RuleSet([Rule("r", "=tariffs")]).match(Document("1", "", text))[0].spans
    assert any(text[s.start : s.end] == "Tariffs" for s in spans)

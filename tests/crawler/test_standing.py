"""What a publisher says became of its article, told from news about what became of other people's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model import Standing
from crawler.standing import NOTE, Notice, is_cut, newly, stated, withdrawn

STORY = """The convoy crossed the river at noon on Wednesday. Ten trucks came, and 1,650 members stayed.
The mayor said it was enough, and the union called for a vote before the month is over.
"We will count them," Gov. Ana Ruiz said."""
CORRECTIONS = """Correction: The number of trucks was wrong in the first report.
CORRECTION — The mayor's name is Ana Ruiz.
Correction, Feb. 5, 2025: Ten trucks came, not twelve.
Correction (February 5): Ten trucks came, not twelve.
Corrections and clarifications: Ten trucks came, not twelve.
Clarification: The vote is on Friday.
An earlier version of this article misstated the number of trucks.
A previous version of this story misidentified the mayor.
An earlier version of this headline said twelve.
This story has been corrected to show that ten trucks came.
This story has been updated to correct the number of trucks.
This article originally misstated the mayor's name.
This post incorrectly said that the bridge was closed.
Editor's note: This report incorrectly gave the number of trucks.
Editor’s Note: The number of trucks was misstated.
Corrección: Llegaron diez camiones y no doce.
Corrección (5 de febrero de 2025): Llegaron diez camiones.
Fe de erratas: El nombre correcto es Ana Ruiz.
Aclaración: La votación es el viernes.
Nota aclaratoria: La votación es el viernes.
Una versión anterior de esta nota señalaba que llegaron doce camiones.
En una versión previa de este artículo se dijo que eran doce.
Esta nota fue corregida para precisar el número de camiones.
Este artículo ha sido actualizado para corregir el nombre de la alcaldesa.
Nota de la redacción: por error se publicó otra cifra.""".splitlines()
RETRACTIONS = """RETRACTED: Twelve trucks cross the river
Retraction: We cannot stand by this report.
This article has been retracted.
This story has been withdrawn because its source could not be confirmed.
This article was removed after publication.
The Tucson Sentinel has retracted this story.
We have retracted this article.
Story removed
STORY REMOVED: US--Convoy
BC-US--Border Convoy, KILL
KILL: Border Convoy
EDITORS: The agency has sent a KILL for Border Convoy.
Retractación: No pudimos confirmar lo dicho.
Nota retirada
Esta nota ha sido retirada.
Este artículo fue eliminado a petición de la fuente.
El Diario ha retirado esta nota.
Hemos retirado este artículo.""".splitlines()
NEWS = """The journal has retracted the study on the river.
Retracted study on the river is still cited, the union said.
The Times ran a correction: ten trucks came.
The paper wrote that "this article has been removed" from its site.
Correction officers went on strike on Tuesday.
Corrections department chief resigned.
Clarification of the rules came on Friday.
The law was corrected to include trucks.
This story originally appeared in the Tucson Sentinel.
An earlier version of this article was published by the Tucson Sentinel.
This post has been deleted.
This report was withdrawn by the ministry.
The governor has withdrawn her story about the trucks.
The Senate may kill the bill: leaders say it lacks votes.
KILL THE BILL, protesters wrote on the wall
Editor's note: Ana Ruiz reported from the border.
La corrección de la ley tardó años.
Aclaraciones pidió la alcaldesa al sindicato.
La revista ha retirado el estudio sobre el río.
Texto retirado del acuerdo enfrenta a los partidos.
La noticia retirada por la agencia causó revuelo.
Esta nota se publicó primero en El Diario.
Se corrigió el rumbo de la política.""".splitlines()


@pytest.mark.parametrize("notice", CORRECTIONS)
@pytest.mark.parametrize("put", ["{story}\n{notice}", "{notice}\n{story}"])
def test_a_correction_that_is_added_is_found_with_its_words(notice: str, put: str) -> None:
    found = newly([f"T\n{STORY}"], "T", put.format(story=STORY, notice=notice))
    assert found is not None
    assert found.standing is Standing.CORRECTED
    assert found.note in notice
    assert len(found.note) > 20


@pytest.mark.parametrize("notice", RETRACTIONS)
def test_a_retraction_is_found_beside_the_text_in_place_of_it_and_as_its_headline(notice: str) -> None:
    for title, text in (("T", f"{notice}\n{STORY}"), ("T", notice), (notice, STORY)):
        found = newly([f"T\n{STORY}"], title, text)
        assert found is not None, (title, text)
        assert found.standing is Standing.RETRACTED


@pytest.mark.parametrize("sentence", NEWS)
def test_news_about_corrections_and_retractions_is_none(sentence: str) -> None:
    assert newly([f"T\n{STORY}"], "T", f"{STORY}\n{sentence}") is None
    assert newly([f"T\n{STORY}"], "T", f"{sentence}\n{STORY}") is None
    assert newly([f"T\n{STORY}"], "T", f"{STORY} {sentence}") is None
    assert stated(sentence.rstrip("."), STORY) is None


@pytest.mark.parametrize("notice", CORRECTIONS + RETRACTIONS)
def test_what_any_earlier_revision_said_is_not_said_anew(notice: str) -> None:
    with_it, without = f"T\n{STORY}\n{notice}", f"T\n{STORY}"
    assert newly([with_it], "T", f"{notice}\n{STORY}\nAnother truck came at night.") is None
    assert newly([without, with_it, without], "T", f"{STORY}\n{notice}") is None


def test_a_label_on_a_line_of_its_own_takes_the_words_after_it() -> None:
    text = f"{STORY}\nCorrection\nTen trucks came, not twelve."
    assert newly([STORY], "T", text) == Notice(Standing.CORRECTED, "Ten trucks came, not twelve.")
    assert newly([text], "T", f"{text}\nThe mayor's name is Ana Ruiz.") is None
    more = text.replace("Ten trucks came, not twelve.", "Eleven trucks came, and not ten.")
    assert newly([text], "T", more) == Notice(Standing.CORRECTED, "Eleven trucks came, and not ten.")
    assert newly([STORY], "T", f"{STORY}\nCorrection") == Notice(Standing.CORRECTED, "Correction")


def test_a_retraction_weighs_more_than_a_correction() -> None:
    found = newly([STORY], "T", f"Correction: Ten trucks came.\n{STORY}\nThis article has been retracted.")
    assert found == Notice(Standing.RETRACTED, "This article has been retracted.")


def test_an_agency_withdraws_its_story_by_a_short_text_in_its_place() -> None:
    notice = "The Border Agency has withdrawn its story about the convoy. Its source could not be confirmed."
    found = newly([STORY], "T", notice)
    assert found is not None
    assert found.standing is Standing.RETRACTED
    assert newly([STORY], "T", f"{STORY}\n{notice}") is None


def test_an_article_is_read_for_what_it_says_of_itself_when_first_seen() -> None:
    assert stated("T", STORY) is None
    assert stated("T", f"{STORY}\n{CORRECTIONS[0]}") == Notice(Standing.CORRECTED, CORRECTIONS[0])


def test_a_long_notice_is_kept_in_part() -> None:
    found = stated("T", "Correction: " + "the number of trucks was wrong " * 60)
    assert found is not None
    assert len(found.note) <= NOTE + 2
    assert found.note.endswith("…")


LONG = "\n".join(f"{STORY} Part {n}." for n in range(5))


def test_a_long_text_that_shrinks_to_a_stub_is_cut() -> None:
    assert is_cut(LONG, "T", "Please sign in to read on.")
    assert not is_cut(LONG, "T", f"{STORY}\n{STORY}")
    assert not is_cut(STORY, "T", "Please sign in to read on.")
    assert not is_cut(LONG, "T", "This article has been retracted.")
    assert not is_cut(LONG, "RETRACTED: Convoy", "See the note.")


def test_a_page_that_is_nothing_but_a_notice_is_read() -> None:
    notice = "This article has been withdrawn &amp; will not return."
    page = f"<html><title>X</title><nav><a>Home</a></nav><script>var a='x'</script><p>{notice}</p></html>"
    assert withdrawn(page) == "This article has been withdrawn & will not return."
    assert withdrawn("<p>This video has been removed.</p>") is None
    assert withdrawn(f"<p>{notice}</p><p>{'word ' * 500}</p>") is None
    assert withdrawn("<script>This article has been retracted.</script>") is None


@given(st.lists(st.sampled_from(NEWS + STORY.splitlines()), min_size=1), st.lists(st.sampled_from(NEWS)))
def test_no_edit_of_plain_news_is_a_notice(before: list[str], after: list[str]) -> None:
    assert newly(["\n".join(before)], "T", "\n".join([*before, *after])) is None


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=60))
def test_any_text_is_judged_and_its_own_words_again_say_nothing_new(old: str, new: str, title: str) -> None:
    newly([old], title, new)
    assert newly([f"{title}\n{new}"], title, new) is None
    assert not is_cut(old, title, old)


def test_a_hostile_text_is_judged_in_no_time() -> None:
    for line in (
        "Correction " + "1." * 50_000,
        "Correction " + "feb " * 50_000 + "x",
        "word " * 50_000,
        "<p>" * 90_000,
    ):
        newly(["x"], line, line)
        withdrawn(line)

"""Which changes of a text a reader would notice."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import to_iso
from crawler.revision import is_trivial, last_change

TEXT = "The convoy crossed at noon. Ten trucks came, and 1,650 members stayed.\n\nThe mayor said it was enough."


@pytest.mark.parametrize(
    "after",
    [
        TEXT.replace("\n\n", "\n   \n"),
        TEXT.replace(", and", " and").replace("enough.", "enough!"),
        TEXT.upper(),
        f"{TEXT}\n\nUpdated: 14:05, February 5, 2025",
        f"Última actualización: 5 de febrero de 2025, 14:05 hrs\n{TEXT}",
        f"{TEXT}\n1,204 views\n31 comments",
        f"Hace 5 minutos\n{TEXT}",
        f"3 min read\n{TEXT}\nRead more: Bridge reopens after a day",
        f"{TEXT}\nLea también: Reabren el puente",
        "The mayor said it was enough.\nTen trucks came, and 1,650 members stayed. The convoy crossed at noon.",
    ],
)
def test_layout_clocks_counters_and_order_are_no_change(after: str) -> None:
    assert is_trivial("Convoy arrives", TEXT, "Convoy arrives.", after)
    assert is_trivial("Convoy arrives", after, "Convoy arrives", TEXT)


@pytest.mark.parametrize(
    "after",
    [
        TEXT.replace("1,650", "1,949"),
        TEXT.replace("Ten", "Twelve"),
        f"{TEXT} Tariffs were put off for a month.",
        TEXT.replace("The mayor said it was enough.", ""),
        f"{TEXT}\n\nUpdated to say that the governor disagrees with the mayor about the trucks and wants 20 more",
        f"{TEXT}\nThe paper said 30 comments were removed",
        "",
    ],
)
def test_other_words_are_a_change(after: str) -> None:
    assert not is_trivial("Convoy arrives", TEXT, "Convoy arrives", after)


def test_a_new_headline_is_a_change() -> None:
    assert not is_trivial("Convoy arrives", TEXT, "Convoy leaves", TEXT)


@given(st.lists(st.sampled_from(["One came.", "Two left.", "It rained.", "A vote failed.", "Nobody knew why."])))
def test_sentences_in_any_order_say_the_same(sentences: list[str]) -> None:
    other = random.Random(len(sentences)).sample(sentences, len(sentences))
    assert is_trivial("T", " ".join(sentences), "T", "\n".join(other))


@given(st.text(max_size=200), st.text(max_size=200))
def test_whether_a_change_is_trivial_does_not_depend_on_its_direction(a: str, b: str) -> None:
    assert is_trivial("T", a, "T", b) == is_trivial("T", b, "T", a)


STORY = """The convoy crossed the river at noon on Wednesday. Ten trucks came, and 1,650 members stayed.
The mayor said it was enough. "We will count them on Feb. 7. Nobody else will," Gov. Ana Ruiz said.
What happens next
Comments by the union were read at 3 p.m. in the square. More than 300 people listened for 20 minutes.
The vote is expected within 12 days."""
NOTA = """El convoy cruzó el río el miércoles a mediodía. Llegaron diez camiones y 1,650 elementos.
La alcaldesa dijo que era suficiente. «Los contaremos el 7 de febrero», agregó la gobernadora Ana Ruiz.
Qué sigue
Más de 300 personas escucharon los comentarios del sindicato a las 15:00 horas. Hace 5 años nadie fue.
La votación se espera en 12 días."""
FURNITURE = """Updated 3 hours ago
Updated: Feb. 5, 2025 at 2:05 p.m. ET
Last updated on Wednesday, February 5th, 2025, 14:05 GMT
Published 5 Feb 2025, 14:05 | Updated 6 Feb 2025, 15:00
An hour ago
Just now
02/05/2025 14:05
Actualizado a las 14:20 h
Actualizado hace 3 horas
Última actualización: 5 de febrero de 2025, 14:05 hrs.
Publicado el miércoles 5 de febrero de 2025 a las 14:05 horas
Hace 5 minutos
1,204 views
1.2K shares
31 comments
Comments (31)
Shared 300 times
12 people are reading
1,204 vistas
31 comentarios
Sin comentarios
Compartido 300 veces
5 min read
Reading time: 4 minutes
Lectura de 4 minutos
Tiempo de lectura: 5 min
Share this article
Share on Facebook
Compartir en WhatsApp
Síguenos en Google News
Leave a comment
Advertisement
ADVERTISEMENT - SCROLL TO CONTINUE
Story continues below advertisement
Publicidad
La nota continúa debajo de la publicidad
Sigue leyendo
Sign up for our morning newsletter
Suscríbete a nuestro boletín
Photo: Ana Ruiz / EFE
Foto: Cuartoscuro
Foto: Cuartoscuro.
(Photo by Ana Ruiz/Getty Images)
Crédito: Secretaría de Seguridad
Ana Ruiz/AP
Read more: Bridge reopens after a day
RELATED: Bridge reopens after a day
Related | Bridge reopens after a day
See also Bridge reopens after a day
Lee también: Reabren el puente tras un día
Te puede interesar: ¿Quién paga el puente?
LEA TAMBIÉN Reabren el puente tras un día""".splitlines()
HEADINGS = """Related
Related stories
More on this story
Read more:
You may also like
Most read
Te puede interesar
También te puede interesar:
Notas relacionadas
Lo más leído
Lee también
Más noticias""".splitlines()
LINKS = """Bridge reopens after a day
Who pays for the bridge?
Mayor and governor at odds over trucks, again
Reabren el puente tras un día
¿Quién paga el puente?
Chocan alcaldesa y gobernadora por los camiones
"It was enough," mayor says""".splitlines()
REAL = """The National Guard confirmed it.
Three trucks turned back on Tuesday.
Published reports put the toll at 12.
Updated figures show 300 dead.
Related charges were filed against two men.
More on Friday, when the court meets.
Read more books, the mayor told pupils.
The paper said 30 comments were removed.
Photos show three men on the roof.
Image rights were sold for 12 dollars.
Advertising fell by a third.
Comments close on Friday, the agency said.
The story continues to change.
It took 5 minutes to read the bill.
More on the convoy: it reached the town on Monday.
Correction: the mayor's name is Ana Ruiz.
La Guardia Nacional lo confirmó.
Tres camiones regresaron el martes.
Más de cien detenidos: el saldo fue alto.
Publicado el informe, la alcaldesa renunció.
Hace 5 minutos salió el tren.
Relacionada con el caso, una mujer fue detenida.
Compartir el agua será obligatorio.
Recomendaciones: usar cubrebocas y no salir.
La foto es de 2019.
Comentarios de la alcaldesa molestaron a 300 vecinos.
Lee más de un millón de personas el diario.""".splitlines()


def put(text: str, at: int, *lines: str) -> str:
    """The lines between two lines of a text."""
    parts = text.splitlines()
    at %= len(parts) + 1
    return "\n".join([*parts[:at], *lines, *parts[at:]])


AT = st.integers(0, 5)
TEXTS = st.sampled_from((STORY, NOTA))


@pytest.mark.parametrize("furniture", FURNITURE)
def test_what_changes_by_itself_is_no_change_wherever_it_stands(furniture: str) -> None:
    for text in (STORY, NOTA):
        for at in range(6):
            assert is_trivial("T", text, "T", put(text, at, furniture)), at
            assert is_trivial("T", put(text, at, furniture), "T", text), at


@pytest.mark.parametrize("sentence", REAL)
def test_a_sentence_more_is_a_change_wherever_it_stands(sentence: str) -> None:
    for text in (STORY, NOTA):
        for at in range(6):
            assert not is_trivial("T", text, "T", put(text, at, sentence)), at
            assert not is_trivial("T", put(text, at, sentence), "T", text), at
        joined = text.replace(". ", f". {sentence} ", 1)
        assert not is_trivial("T", text, "T", joined)


@given(TEXTS, st.lists(st.tuples(AT, st.sampled_from(FURNITURE))), st.lists(st.tuples(AT, st.sampled_from(FURNITURE))))
def test_any_furniture_may_be_added_dropped_and_changed(
    text: str, before: list[tuple[int, str]], after: list[tuple[int, str]]
) -> None:
    old = new = text
    for at, line in before:
        old = put(old, at, line)
    for at, line in after:
        new = put(new, at, line)
    assert is_trivial("T", old, "T", new)


BLOCK = st.tuples(AT, st.sampled_from(HEADINGS), st.lists(st.sampled_from(LINKS), min_size=1, max_size=8))


@given(TEXTS, BLOCK, BLOCK)
def test_links_under_a_heading_may_change(
    text: str, one: tuple[int, str, list[str]], other: tuple[int, str, list[str]]
) -> None:
    old, new = put(text, one[0], one[1], *one[2]), put(text, other[0], other[1], *other[2])
    assert is_trivial("T", old, "T", new)
    assert is_trivial("T", text, "T", new)


@given(
    TEXTS,
    BLOCK,
    st.lists(st.tuples(AT, st.sampled_from(FURNITURE))),
    st.integers(0, 30),
    st.sampled_from(REAL),
    st.data(),
)
def test_no_furniture_hides_a_new_sentence(
    text: str,
    block: tuple[int, str, list[str]],
    furniture: list[tuple[int, str]],
    at: int,
    sentence: str,
    data: st.DataObject,
) -> None:
    old = put(text, block[0], block[1], *block[2])
    new = old
    for place, line in furniture:
        new = put(new, place, line)
    assert not is_trivial("T", old, "T", put(new, at, sentence))
    removed = data.draw(st.sampled_from([s for line in text.splitlines() for s in line.split(". ") if len(s) > 30]))
    assert not is_trivial("T", old, "T", new.replace(removed, "", 1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Feb. 7", "Feb. 8"),
        ("1,650", "1,949"),
        ("3 p.m.", "5 p.m."),
        ("within 12 days", "within 14 days"),
        ("300 people", "400 people"),
        ("20 minutes", "25 minutes"),
    ],
)
def test_a_number_within_a_sentence_is_a_change(before: str, after: str) -> None:
    assert before in STORY
    assert not is_trivial("T", STORY, "T", STORY.replace(before, after))


def test_a_figure_in_a_table_is_a_change() -> None:
    assert not is_trivial("T", "Deaths | 12 | 3", "T", "Deaths | 14 | 3")
    assert not is_trivial("T", f"{STORY}\n1,650", "T", f"{STORY}\n1,949")


def test_a_caption_that_moves_or_stands_twice_is_no_change() -> None:
    caption = "Trucks at the bridge on Wednesday"
    assert is_trivial("T", f"{caption}\n{STORY}", "T", f"{STORY}\n{caption}")
    assert is_trivial("T", f"{caption}\n{STORY}", "T", f"{caption}\n{STORY}\n{caption}")


def test_a_hostile_text_is_judged_in_no_time() -> None:
    for line in (
        "1 " * 40_000,
        "a" * 200_000,
        "Related: " * 20_000,
        "| " * 50_000,
        "more on a " * 20_000,
        "(photo " * 9000,
    ):
        assert is_trivial("T", line, "T", line + "\n3 comments") in (True, False)


NOON = datetime(2025, 2, 5, 12, tzinfo=UTC)


def revision(hour: int, text: str, title: str = "T", extraction: str = "page") -> dict[str, object]:
    return {"title": title, "text": text, "extraction": extraction, "seen_at": to_iso(NOON + timedelta(hours=hour))}


def test_an_article_last_changed_when_it_said_something_new() -> None:
    more = f"{STORY} Tariffs were put off."
    assert last_change([revision(0, STORY)]) == NOON
    assert last_change([revision(0, STORY), revision(1, more)]) == NOON + timedelta(hours=1)
    flap = [revision(0, STORY), revision(1, more), revision(2, f"{STORY}\n3 comments"), revision(3, more)]
    assert last_change(flap) == NOON + timedelta(hours=1)
    assert last_change([*flap, revision(4, STORY, "Another headline")]) == NOON + timedelta(hours=4)


def test_a_page_read_after_its_summary_is_no_change() -> None:
    assert last_change([revision(0, "In short.", extraction="summary"), revision(6, STORY)]) == NOON

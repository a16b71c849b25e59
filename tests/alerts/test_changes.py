"""What an edit changed that a rule looks at, in the words of the message."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.changes import Edit, Sentence, by_outlet, edit_lines, edit_of, key, on_day, quotes, respelt, standing_line
from alerts.rules import Rule, RuleSet
from core.clock import to_iso
from core.model import Document, EntryClass, Extraction, Match, Relation, Span, Standing, Stored
from core.textdiff import placed, sentences

NOW = datetime(2025, 2, 5, 14, 20, tzinfo=UTC)
BEFORE = "The convoy left at dawn. Nobody said why."
AFTER = "The convoy left at dawn. The National Guard confirmed it later. Nobody said why."
GUARD = '"National Guard"'


def stored(text: str, previous: str = BEFORE, *earlier: str, **changes: object) -> Stored:
    made = Stored(
        article_id=1,
        revision=2 + len(earlier),
        document=Document(id="1", title="Convoy", text=text, language="en"),
        story_id=1,
        story_key="k",
        relation=Relation.NEW,
        entry_class=EntryClass.UPDATE,
        extraction=Extraction.PAGE,
        note="",
        first_seen=NOW,
        previous_text=previous,
        previous_title="Convoy",
        earlier=earlier,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def match(made: Stored, query: str = GUARD) -> Match:
    (found,) = RuleSet([Rule("rule", query)]).match(made.document)
    return found


def lines(made: Stored, query: str = GUARD, titles: tuple[str, ...] = ()) -> tuple[str, ...]:
    edit = edit_of(made, titles)
    return edit_lines(edit, match(made, query), edit.touched(match(made, query)), NOW)


def touched(made: Stored, query: str = GUARD) -> list[str]:
    return [s.text for s in edit_of(made, ()).touched(match(made, query))]


def test_an_edit_names_the_words_and_the_new_sentence() -> None:
    assert lines(stored(AFTER)) == (
        "Now mentions National Guard, added 14:20 UTC",
        "Now: The National Guard confirmed it later.",
    )


def test_a_sentence_that_replaced_another_comes_with_it() -> None:
    assert lines(stored("The convoy of the National Guard left at dawn. Nobody said why.")) == (
        "Now mentions National Guard, added 14:20 UTC",
        "Before: The convoy left at dawn.",
        "Now: The convoy of the National Guard left at dawn.",
    )


def test_words_that_were_there_before_are_not_called_new() -> None:
    before = "The National Guard sent 1,500 troops. Nobody said why."
    assert lines(stored(before.replace("1,500", "2,500"), before)) == (
        "Changed what it says of National Guard, seen 14:20 UTC",
        "Before: The National Guard sent 1,500 troops.",
        "Now: The National Guard sent 2,500 troops.",
    )
    assert lines(stored(f"{before} Later the National Guard left.", before))[0] == (
        "Says more of National Guard, added 14:20 UTC"
    )


def test_a_plural_of_a_word_that_was_there_is_not_new_and_a_phrase_of_known_words_is() -> None:
    before = "A tariff was set. The guard of the national park spoke."
    assert lines(stored(f"{before} Tariffs follow.", before), "tariff")[0].startswith("Says more of Tariffs")
    assert lines(stored(f"{before} The National Guard came.", before))[0].startswith("Now mentions National Guard")


def test_only_words_that_were_not_there_before_are_called_new() -> None:
    made = stored("The convoy left at dawn. The National Guard led the convoy. Nobody said why.")
    assert lines(made, f"convoy AND {GUARD}")[0] == "Now mentions National Guard, added 14:20 UTC"


def test_a_rule_whose_words_stand_in_nothing_new_says_that_the_article_was_edited() -> None:
    made = stored("The National Guard left. Nobody said why.", "The National Guard left. A calculator spoke.")
    assert lines(made, f"{GUARD} NOT calculator") == ("Edited, seen 14:20 UTC",)
    assert edit_lines(edit_of(stored(AFTER), ()), Match("facts", ()), (), NOW) == ("Edited, seen 14:20 UTC",)


def test_the_new_sentence_is_the_one_with_the_word_not_one_with_its_letters() -> None:
    made = stored("Notice was given. ICE came.", "Nothing.")
    assert lines(made, "cs:ICE")[1:] == ("Now: ICE came.",)


def test_what_any_earlier_revision_said_is_not_added() -> None:
    assert touched(stored(AFTER, BEFORE, AFTER)) == []
    assert touched(stored(f"{AFTER} The National Guard left.", BEFORE, AFTER)) == ["The National Guard left."]


def test_moved_sentences_and_other_quotes_or_accents_are_not_added() -> None:
    moved = "Nobody said “why”.\nThe NATIONAL GUARD confirmed it later. The convoy left at dawn."
    assert touched(stored(moved, AFTER.replace("why", '"why"'))) == []


def test_a_headline_that_changed_counts_until_it_is_one_that_was_there_before() -> None:
    made = stored(BEFORE, document=Document("1", "National Guard convoy", BEFORE, language="en"))
    assert lines(made) == (
        "Now mentions National Guard, added 14:20 UTC",
        "Before: Convoy",
        "Now: National Guard convoy",
    )
    back = edit_of(made, ["National Guard convoy"])
    assert back.touched(match(made)) == ()


def test_a_headline_repeated_as_the_first_sentence_is_told_once() -> None:
    text = f"National Guard convoy. {BEFORE}"
    made = stored(text, document=Document("1", "National Guard convoy", text, language="en"))
    assert [line for line in lines(made) if line.startswith("Now: ")] == ["Now: National Guard convoy"]


def test_a_notice_of_correction_is_no_edit_of_its_own() -> None:
    notice = "Correction: an earlier version misnamed the National Guard."
    made = stored(f"{BEFORE} {notice}", standing=Standing.CORRECTED, standing_note=notice)
    assert touched(made) == []


def test_a_very_long_sentence_is_cut_around_the_word() -> None:
    long = f"{'river ' * 200}National Guard {'water ' * 200}came."
    quoted = lines(stored(long, "Nothing."))[1]
    assert len(quoted) < 420
    assert "National Guard" in quoted
    assert quoted.startswith("Now: … river")
    assert quoted.endswith(" …")


def test_no_more_than_three_sentences_are_quoted() -> None:
    text = " ".join(f"The National Guard went to place {n}." for n in range(9))
    assert len(lines(stored(text, "Nothing."))) == 4


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The National Gaurd came.", "The National Guard came."),
        ("The goverment of Sheinbuam spoke.", "The government of Sheinbaum spoke."),
        ("Fentanil was seized.", "Fentanyl was seized."),
        ("It occured on Monday.", "It occurred on Monday."),
        ("Dijeron en Ciudad Juares que no.", "Dijeron en Ciudad Juárez que no."),
    ],
)
def test_a_misspelling_put_right_says_nothing_new(before: str, after: str) -> None:
    assert respelt(Sentence("body", 0, 1, after, before))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1,500 troops came.", "2,500 troops came."),
        ("It cost 15000 pesos.", "It cost 15001 pesos."),
        ("A million was paid.", "A billion was paid."),
        ("He is guilty.", "He is not guilty."),
        ("He is legal.", "He is illegal."),
        ("Four dead were found.", "Four deal were found."),
        ("Austria said so.", "Australia said so."),
        ("On Tuesday they left.", "On Thursday they left."),
        ("En junio llegan.", "En julio llegan."),
        ("Unos sesenta guardias.", "Unos setenta guardias."),
        ("They went north.", "They went south."),
        ("The Guard came.", "The Guard came today."),
        ("Thousands left the town.", "Nobody stayed."),
    ],
)
def test_another_fact_is_no_spelling(before: str, after: str) -> None:
    assert not respelt(Sentence("body", 0, 1, after, before))


def test_a_sentence_that_replaced_none_is_no_spelling() -> None:
    assert not respelt(Sentence("body", 0, 1, "It came.", None))


def test_what_became_of_an_article_is_one_line_with_the_outlets_name_where_it_is_needed() -> None:
    corrected = standing_line(Standing.CORRECTED, "it was 1,650.", NOW)
    retracted = standing_line(Standing.RETRACTED, "", NOW)
    gone = standing_line(Standing.GONE, "answered 404", NOW)
    assert [corrected, retracted, gone] == [
        "Corrected, seen 14:20 UTC: it was 1,650.",
        "Retracted, seen 14:20 UTC",
        "No longer at its address (answered 404), seen 14:20 UTC",
    ]
    assert [by_outlet("Tucson Sentinel", line) for line in (corrected, retracted, gone)] == [
        "Tucson Sentinel corrected its article, seen 14:20 UTC: it was 1,650.",
        "Tucson Sentinel retracted its article, seen 14:20 UTC",
        "Tucson Sentinel: no longer at its address (answered 404), seen 14:20 UTC",
    ]


@pytest.mark.parametrize(
    "note",
    ["Correction: it was 1,650.", "CORRECTION (Feb. 5): it was 1,650.", "Editor's note: it was 1,650.",
     "Fe de erratas: it was 1,650.", "Aclaración del 5 de febrero: it was 1,650."],
)  # fmt: skip
def test_a_note_does_not_repeat_that_it_is_one(note: str) -> None:
    assert standing_line(Standing.CORRECTED, note, NOW) in (
        "Corrected, seen 14:20 UTC: it was 1,650.",
        f"Corrected, seen 14:20 UTC: {note}" if "." in note.split(":")[0] else "",
    )


def test_every_line_of_an_edit_goes_on_after_the_outlets_name() -> None:
    assert by_outlet("Alpha", lines(stored(AFTER))[0]) == "Alpha now mentions National Guard, added 14:20 UTC"
    assert by_outlet("Alpha", "Edited, seen 14:20 UTC") == "Alpha edited its article, seen 14:20 UTC"
    assert by_outlet("Alpha", "Says more of x, added 14:20 UTC") == "Alpha says more of x, added 14:20 UTC"
    assert by_outlet("Alpha", "Changed what it says of x, seen 1") == "Alpha changed what it says of x, seen 1"


def test_an_edit_told_on_a_later_day_names_its_own() -> None:
    line = "Now mentions x, added 14:20 UTC"
    assert on_day(line, to_iso(NOW), NOW + timedelta(hours=2)) == line
    assert on_day(line, to_iso(NOW), NOW + timedelta(days=1)) == "Now mentions x, added 5 Feb 14:20 UTC"


def test_quotes_are_compared_by_their_words() -> None:
    assert quotes(["Now: The “Guard” came.", "Before: x", "Now mentions y"]) == {"the guard came"}


WORDS = st.sampled_from(["Guard", "guard.", "dawn", "Gov. Ruiz", "U.S.", "\n", "no!", "«Sí»", "1,500", "  "])
TEXTS = st.lists(WORDS, max_size=30).map(" ".join)


@given(TEXTS)
def test_every_sentence_stands_where_it_is_said_to(text: str) -> None:
    found = placed(text)
    assert [s for s, _, _ in found] == sentences(text)
    for sentence, start, end in found:
        assert "".join(text[start:end].split()) == "".join(sentence.split())
    assert all(a[2] <= b[1] for a, b in pairwise(found))


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=3))
def test_nothing_of_an_earlier_text_is_ever_added_and_all_else_is(text: str, previous: str, earlier: list[str]) -> None:
    edit = edit_of(stored(text, previous, *earlier), ())
    known = {key(s) for t in (previous, *earlier) for s in sentences(t)} | {"convoy"}
    assert [key(s.text) for s in edit.added] == [key(s) for s in sentences(text) if key(s) and key(s) not in known]
    assert edit_of(stored(text, previous, *earlier, text), ()).added == ()


@given(TEXTS, st.text(max_size=40))
def test_lines_of_whatever_edit_are_made_without_error(text: str, title: str) -> None:
    made = stored(text, BEFORE, document=Document("1", title, text))
    edit: Edit = edit_of(made, ())
    spans = tuple(Span("body", s.start, s.start + 1) for s in edit.added if s.field == "body")
    assert edit_lines(edit, Match("r", spans), edit.touched(Match("r", spans)), NOW)

"""What an edit added, in the words of the alert."""

from dataclasses import replace
from datetime import UTC, datetime

from alerts.changes import sentences, what_changed
from core.model import Document, EntryClass, Extraction, Match, Relation, Span, Stored

NOW = datetime(2025, 2, 5, 14, 20, tzinfo=UTC)
BEFORE = "The convoy left at dawn. Nobody said why."
AFTER = "The convoy left at dawn. The National Guard confirmed it later. Nobody said why."


def stored(previous: str | None) -> Stored:
    return Stored(
        article_id=1,
        revision=2,
        document=Document(id="1", title="Convoy", text=AFTER),
        story_id=1,
        story_key="k",
        relation=Relation.NEW,
        entry_class=EntryClass.UPDATE,
        extraction=Extraction.PAGE,
        note="",
        first_seen=NOW,
        previous_text=previous,
        previous_title="Convoy",
    )


def match() -> Match:
    at = AFTER.index("National Guard")
    return Match("guard", (Span("body", at, at + 8), Span("body", at + 9, at + 14)))


def test_an_edit_names_the_words_and_the_new_sentence() -> None:
    assert what_changed(stored(BEFORE), match(), NOW) == (
        "Now mentions National Guard, added 14:20 UTC",
        "New: The National Guard confirmed it later.",
    )


def test_a_new_article_has_changed_nothing() -> None:
    assert what_changed(stored(None), match(), NOW) == ()


def test_sentences_end_at_lines_too() -> None:
    assert sentences("One.\nTwo three\nFour? Yes!") == ["One.", "Two three", "Four?", "Yes!"]


def test_only_words_that_were_not_there_before_are_called_new() -> None:
    convoy = AFTER.index("convoy")
    both = Match("both", (Span("body", convoy, convoy + 6), *match().spans))
    assert what_changed(stored(BEFORE), both, NOW)[0] == "Now mentions National Guard, added 14:20 UTC"


def test_words_that_were_all_there_before_are_named_when_their_place_made_the_match() -> None:
    before = "The National Guard was silent. The convoy left at dawn. Nobody said why."
    assert what_changed(stored(before), match(), NOW)[0] == "Now mentions National Guard, added 14:20 UTC"


def test_a_rule_without_words_says_that_the_article_was_edited() -> None:
    assert what_changed(stored(BEFORE), Match("facts", ()), NOW) == ("Edited, seen 14:20 UTC",)


def test_the_new_sentence_is_the_one_with_the_word_not_one_with_its_letters() -> None:
    text = "Notice was given. ICE came."
    changed = replace(stored("Nothing."), document=Document(id="1", title="x", text=text))
    assert what_changed(changed, Match("ice", (Span("body", 18, 21),)), NOW)[1] == "New: ICE came."

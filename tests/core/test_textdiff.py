"""What one text has that another has not."""

from hypothesis import given
from hypothesis import strategies as st

from core.textdiff import Change, added_paragraphs, changes, sentences, word_diff

TEXTS = st.lists(
    st.sampled_from(["The fence", "5 Feb.", "U.S.", "arancel", "«Sí»", "\n", " ", "! ", "… ", "a.m. ", "2,500"])
).map("".join)
BEFORE = "Gov. Ana Ruiz sent 1,500 troops to the river. The U.S. Army has 2.5 million men! Nobody spoke."
AFTER = "Gov. Ana Ruiz sent 2,500 National Guard troops to the river. The U.S. Army has 2.5 million men! Nobody spoke."


def test_initials_abbreviations_and_numbers_end_no_sentence() -> None:
    assert sentences(BEFORE) == [
        "Gov. Ana Ruiz sent 1,500 troops to the river.",
        "The U.S. Army has 2.5 million men!",
        "Nobody spoke.",
    ]


@given(TEXTS)
def test_no_word_is_lost_between_sentences(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_a_changed_sentence_comes_with_what_it_was() -> None:
    first, second = sentences(BEFORE)[0], sentences(AFTER)[0]
    assert changes(BEFORE, AFTER) == [Change(first, second)]


def test_added_and_removed_sentences_stand_alone() -> None:
    assert changes("One was here. Two came.", "Two came. A convoy left Tijuana.") == [
        Change("One was here.", None),
        Change(None, "A convoy left Tijuana."),
    ]


def test_moved_sentences_and_other_quotes_are_no_change() -> None:
    assert changes('He said "go". She stayed.', "SHE STAYED.\nHe said “go”.") == []


@given(TEXTS)
def test_a_text_has_no_changes_against_itself(text: str) -> None:
    assert changes(text, text) == []


@given(TEXTS, TEXTS)
def test_a_word_diff_gives_the_new_text_back(old: str, new: str) -> None:
    assert "".join(p.text for p in word_diff(old, new) if p.kind != "removed") == new


def test_a_word_diff_shows_what_was_replaced() -> None:
    assert [(p.kind, p.text) for p in word_diff("sent 1,500 troops", "sent 2,500 troops")] == [
        ("same", "sent "),
        ("removed", "1,500 "),
        ("added", "2,500 "),
        ("same", "troops"),
    ]


def test_the_local_paragraphs_of_a_copy_are_named_and_the_shared_ones_not() -> None:
    shared = "A line of army and Guard pickups rolled along the fence between the two cities on Wednesday."
    local = "In Nogales the mayor said nobody had told her about any convoy, and shops stayed open."
    assert added_paragraphs(shared, f"{shared}\n{local}\nBy our staff") == [local]


@given(TEXTS)
def test_a_text_adds_nothing_to_itself(text: str) -> None:
    assert added_paragraphs(text, text) == []

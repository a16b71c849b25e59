"""Two texts side by side: nothing of either is lost, what stayed is told from what changed, and it never takes long."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.compare import LONG, LONGEST, SHOWN, WORK, Compared, Part, _Budget, aligned, compare, outline

WORDS = st.sampled_from(["guard", "tariff", "border", "the", "ten,", "Juárez.", "of"])
PARAGRAPHS = st.lists(st.lists(WORDS, min_size=1, max_size=8).map(" ".join), max_size=8).map("\n".join)


def plain(part: Part, *kinds: str) -> str:
    return "".join(text for kind, runs in part.runs if kind in kinds for text, _ in runs)


def lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.strip()]


def new_text(found: Compared) -> list[list[str]]:
    """The new text as the comparison shows it."""
    shown: list[list[str]] = []
    for part in found.parts:
        shown += [p.split() for p in part.same]
        if part.kind in ("added", "changed", "moved"):
            shown.append(plain(part, "same", "added").split())
    return shown


@given(PARAGRAPHS, PARAGRAPHS)
def test_the_new_text_is_shown_whole_and_in_order(old: str, new: str) -> None:
    assert new_text(compare(("t", old), ("t", new))) == lines(new)


@given(PARAGRAPHS, PARAGRAPHS)
def test_every_paragraph_of_the_old_text_is_accounted_for(old: str, new: str) -> None:
    found = aligned(old, new, _Budget(WORK))
    shown = Counter(tuple(before.split()) for kind, before, _ in found if kind != "added")
    assert shown == Counter(tuple(line) for line in lines(old))


@given(PARAGRAPHS)
def test_a_text_compared_with_itself_is_the_same(text: str) -> None:
    found = compare(("t", text), ("t", text))
    assert [part.kind for part in found.parts] == (["same"] if text.split() else [])
    assert (found.title, outline(("t", text), ("t", text))) == ((), "")


def kinds(old: str, new: str) -> list[str]:
    return [part.kind for part in compare(("t", old), ("t", new)).parts]


def test_a_changed_paragraph_is_shown_word_by_word_beside_those_that_stayed() -> None:
    old = "A first one.\nThe Guard has ten men.\nA last one."
    found = compare(("t", old), ("t", old.replace("ten men", "ten thousand men")))
    assert [part.kind for part in found.parts] == ["same", "changed", "same"]
    assert plain(found.parts[1], "added") == "thousand"
    assert plain(found.parts[1], "removed") == ""


def test_a_word_and_what_replaced_it_stand_apart_and_blanks_belong_to_neither() -> None:
    runs = compare(("Guard moves", ""), ("Guard stays", "")).title
    assert runs == (
        ("same", (("Guard ", False),)),
        ("removed", (("moves", False),)),
        ("same", ((" ", False),)),
        ("added", (("stays", False),)),
    )


def test_a_paragraph_that_only_moved_is_neither_added_nor_removed() -> None:
    assert kinds("a b c\nd e f\ng h i", "d e f\ng h i\na b c") == ["same", "moved"]


def test_a_paragraph_that_moved_and_changed_is_shown_where_it_is_now() -> None:
    old = "The Guard has ten men at the bridge.\none two three\nfour five six"
    new = "one two three\nfour five six\nThe Guard has twenty men at the bridge."
    assert kinds(old, new) == ["same", "changed"]


def test_a_paragraph_that_came_again_is_added() -> None:
    assert kinds("Advertisement\nText of the day.", "Advertisement\nText of the day.\nAdvertisement") == [
        "same",
        "added",
    ]


def test_two_paragraphs_that_have_nothing_in_common_are_no_change_of_one() -> None:
    assert kinds("alpha beta gamma delta", "one two three four") == ["removed", "added"]


def test_blanks_alone_are_no_change() -> None:
    assert kinds("The Guard  moved.\n\nNow.", " The Guard moved.\nNow.  ") == ["same"]


def test_matched_words_are_marked_in_the_new_text_only_also_across_what_stayed() -> None:
    old, new = "The Guard went home.", "The National Guard went home."
    (part,) = compare(("t", old), ("t", new), ["National Guard"]).parts
    marked = "".join(text for _, runs in part.runs for text, yes in runs if yes)
    assert marked == "National Guard"
    (gone,) = compare(
        ("t", new + " Ten men left it."), ("t", "The went home. Ten men left it."), ["National Guard"]
    ).parts
    assert not any(yes for kind, runs in gone.runs for _, yes in runs if kind == "removed")


def test_an_outline_counts_what_changed() -> None:
    old = ("Guard moves", "One stays here.\nTwo is ten men strong.\nThree goes.")
    new = (
        "Guard has moved",
        "One stays here.\nTwo is twenty men strong.\nA fourth paragraph came.\nAnd a fifth one too.",
    )
    assert outline(old, new) == "new headline, 2 paragraphs added, 1 removed, 1 changed"


def zipf(chance: random.Random, count: int) -> list[str]:
    vocabulary = [f"w{i}" for i in range(8000)]
    return chance.choices(vocabulary, weights=[1 / (i + 1) for i in range(8000)], k=count)


def paragraphs(words: list[str], each: int) -> str:
    return "\n".join(" ".join(words[i : i + each]) for i in range(0, len(words), each))


def test_twenty_thousand_words_are_compared_word_by_word() -> None:
    words = zipf(random.Random(1), 20_000)
    edited = ["X" if i % 50 == 0 else word for i, word in enumerate(words)]
    found = compare(("t", paragraphs(words, 60)), ("t", paragraphs(edited, 60)))
    assert (found.coarse, found.cut, found.more) == (0, False, 0)
    assert [part.kind for part in found.parts] == ["changed"] * 333 + ["same"]
    assert sum(plain(part, "added").count("X") for part in found.parts) == 400


@pytest.mark.parametrize("each", [1, 40, 100_000])
def test_hostile_texts_cost_a_bounded_number_of_steps(each: int) -> None:
    """difflib is cubic in texts of one word between all others: those are shown whole, and counted."""
    old = paragraphs([word for i in range(10_000) for word in ("the", f"a{i}")], each)
    new = paragraphs([word for i in range(10_000) for word in ("the", f"b{i}")], each)
    found = compare(("t", old), ("t", new))
    assert found.coarse + found.more > 0 or each == 40
    assert len(found.parts) <= SHOWN


def test_the_budget_is_spent_once_for_the_whole_page() -> None:
    left = _Budget(1000)
    assert left.allows(["a"] * 9, ["a"] * 9)  # 81 pairs of equals, at most 9 searches
    assert not left.allows(["a"] * 9, ["a"] * 9)
    assert (left.left, left.refused) == (271, 1)


def test_a_text_longer_than_the_limit_is_cut_and_says_so() -> None:
    old = "x y z. " * (LONGEST // 6)
    found = compare(("t", old), ("t", old + "more"))
    assert found.cut
    assert len(found.parts) == 1


def test_a_very_long_paragraph_is_compared_sentence_by_sentence() -> None:
    old = " ".join(f"Sentence number {i} stands here." for i in range(200))
    assert len(old) > LONG
    found = compare(("t", old), ("t", old.replace("number 100", "number one hundred")))
    assert [part.kind for part in found.parts] == ["same", "changed", "same"]


def test_of_very_many_changed_paragraphs_the_first_are_shown_and_the_rest_counted() -> None:
    new = "\n".join(f"line {i} of many" for i in range(SHOWN + 300))
    found = compare(("t", ""), ("t", new))
    assert (len(found.parts), found.more) == (SHOWN, 300)

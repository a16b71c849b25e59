"""Updates: what comes to a story already told, articles and edits, in one message at a time, and never too many."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.message import alert_id, build
from alerts.updates import tell_updates
from core.config import RuleConfig
from core.model import EntryClass, Extraction, Relation, Standing
from store import Backend, Tx, channels, open_store, outbox
from store import alerts as alert_rows
from tests.alerts.editing import GUARD, PLAIN, News, evaluator, rule
from tests.conftest import FakeClock

TOLD = f"{PLAIN} {GUARD}"
NOON = datetime(2025, 2, 5, 12, tzinfo=UTC)


@pytest.fixture
def tx(store: Backend, clock: FakeClock) -> Iterator[Tx]:
    with store.tx() as open_tx:
        channels.sync(open_tx, [("desk", "console")], clock.now())
        yield open_tx


def news(tx: Tx, clock: FakeClock, *rules: RuleConfig) -> News:
    return News(tx, clock, evaluator(*rules))


def told_story(made: News) -> int:
    """A story that rule guard told by Tucson Sentinel's article; the article's id."""
    first = made.prints("Tucson Sentinel", TOLD)
    made.freeze()
    return first


def test_an_edit_of_an_article_that_was_told_is_told_with_what_it_changed(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    clock.move(minutes=10)
    made.edits(first, f"{TOLD} The National Guard has 2,500 troops there.")
    assert made.told(minutes=10) == []
    assert made.told(minutes=10) == [
        [
            "Tucson Sentinel says more of National Guard, added 12:10 UTC",
            "Now: The National Guard has 2,500 troops there.",
        ]
    ]
    (update,) = made.updates()
    assert (update["title"], update["parent_id"], update["article_id"]) == (
        "Convoy reaches the border (edited)", made.alert()["id"], first,
    )  # fmt: skip
    assert made.outlets(update["id"]) == ["Tucson Sentinel"]
    assert made.recorded() == [(first, 1, "alerted"), (first, 2, "joined")]
    assert made.told(hours=3) == []


def test_an_edit_elsewhere_in_the_article_is_neither_told_nor_recorded(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    made.edits(first, f"{TOLD} The weather was fine.")
    assert made.told(hours=1) == []
    assert made.quiet(first) == []
    assert made.recorded() == [(first, 1, "alerted")]


def test_a_rule_that_comes_to_hold_fires_once_and_says_what_changed(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = made.prints("Tucson Sentinel", PLAIN)
    assert made.created == []
    made.edits(first, PLAIN.replace("A convoy", "A National Guard convoy"))
    assert made.lines(made.alert()["id"]) == [
        "Now mentions National Guard, added 12:00 UTC",
        "Before: A convoy left at dawn.",
        "Now: A National Guard convoy left at dawn.",
    ]
    made.freeze()
    assert made.told(hours=1) == []
    assert made.recorded() == [(first, 2, "alerted")]


def test_a_text_that_comes_and_goes_is_told_once(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    for number in range(6):
        made.edits(first, TOLD if number % 2 else f"{TOLD} The National Guard left.")
    assert len(made.told(hours=1)) == 1
    assert made.told(hours=1) == []
    assert len(made.quiet(first)) == 1


def test_what_was_taken_back_before_it_was_told_is_said_to_be(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    made.edits(first, f"{TOLD} The National Guard left.")
    made.edits(first, TOLD)
    assert made.told(hours=1)[0][-1] == "It no longer says so"


def test_a_copy_that_comes_to_match_is_told_with_its_outlet_though_it_had_joined_quietly(
    tx: Tx, clock: FakeClock
) -> None:
    made = news(tx, clock)
    first = told_story(made)
    copy = made.prints("El Paso Post", PLAIN, story=made.story(first), relation=Relation.COPY)
    assert made.told(hours=1) == []
    made.edits(copy, f"{PLAIN} Soldiers of the National Guard wait in Nogales.")
    assert made.told(hours=1) == [
        [
            "El Paso Post now mentions National Guard, added 13:00 UTC",
            "Now: Soldiers of the National Guard wait in Nogales.",
        ]
    ]
    assert made.outlets(made.updates()[0]["id"]) == ["El Paso Post"]
    (member,) = [m for m in alert_rows.members(tx, made.alert()["id"]) if m["article_id"] == copy]
    assert member["told_in"] == made.updates()[0]["id"]


def test_an_article_of_the_story_that_comes_to_match_joins_with_its_edit(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    other = made.prints(
        "Tijuana Hoy", "Trucks were seen.", story=made.story(first), relation=Relation.SAME_STORY, title="Trucks"
    )
    assert made.told(hours=1) == []
    made.edits(other, "Trucks were seen. They are the National Guard's.")
    assert made.told(hours=1) == [
        [
            "1 more on a story you were told of: Convoy reaches the border",
            "Tijuana Hoy now mentions National Guard, added 13:00 UTC",
            "Now: They are the National Guard's.",
        ]
    ]
    assert made.updates()[0]["title"] == "Trucks"
    assert made.told(hours=1) == []


def test_articles_and_edits_of_one_window_become_one_update(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    story = made.story(first)
    several = [
        made.prints(f"Paper {n}", f"Report {n}. {GUARD}", story=story, relation=Relation.SAME_STORY, title=f"T{n}")
        for n in range(4)
    ]
    made.told(hours=1)
    for n, article in enumerate(several):
        made.edits(article, f"Report {n}. {GUARD} The National Guard went to town {n}.")
    made.prints("Late Paper", f"At last. {GUARD}", story=story, relation=Relation.SAME_STORY, title="At last")
    (lines,) = made.told(hours=1)
    assert lines[0] == "1 more on a story you were told of: Convoy reaches the border"
    assert [line for line in lines if line.startswith("Paper")] == [
        f"Paper {n} says more of National Guard, added 13:00 UTC" for n in range(4)
    ]
    update = made.updates()[-1]
    assert made.outlets(update["id"]) == ["Paper 0", "Paper 1", "Paper 2", "Paper 3", "Late Paper"]
    assert update["title"] == "At last and 4 more"
    assert len([d for d in outbox.rows(tx, state=None, channel=None, limit=9) if d["alert_id"] == update["id"]]) == 1


def test_the_same_edit_in_several_papers_is_said_once_and_later_ones_stay_quiet(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    copies = [made.prints(f"Paper {n}", TOLD, story=made.story(first), relation=Relation.COPY) for n in range(4)]
    wired = f"{TOLD} The National Guard has 2,500 troops there."
    for article in (first, *copies[:3]):
        made.edits(article, wired)
    assert made.told(hours=1) == [
        [
            "Tucson Sentinel says more of National Guard, added 12:00 UTC (also Paper 0, Paper 1, Paper 2)",
            "Now: The National Guard has 2,500 troops there.",
        ]
    ]
    made.edits(copies[3], wired)
    assert made.told(hours=1) == []
    assert made.quiet(copies[3]) == [(2, "edited", "same")]


def test_a_mere_respelling_is_quiet(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = made.prints("Tucson Sentinel", f"{PLAIN} The National Guard of Sheinbuam came.")
    made.freeze()
    made.edits(first, f"{PLAIN} The National Guard of Sheinbaum came.")
    assert made.told(hours=1) == []
    assert made.quiet(first) == [(2, "edited", "spelling")]
    assert made.recorded() == [(first, 1, "alerted"), (first, 2, "joined")]


def test_a_rule_that_wants_no_updates_gets_none_of_edits(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock, rule(update_every="never"))
    first = told_story(made)
    made.edits(first, f"{TOLD} The National Guard left.")
    made.loses(first)
    assert made.told(days=3) == []
    assert made.quiet(first) == [(2, "edited", "never"), (2, "gone", "never")]


def test_a_rule_that_wants_each_gets_each(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock, rule(update_every="each"))
    first = told_story(made)
    for place in ("Nogales", "Tijuana"):
        made.edits(first, f"{TOLD} The National Guard went to {place}.")
        assert len(made.told(seconds=1)) == 1


def test_at_most_three_updates_tell_of_edits_and_the_third_says_so(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    seen = []
    for number in range(6):
        made.edits(first, f"{TOLD} The National Guard has {number},000 troops.")
        seen += made.told(hours=1)
    assert len(seen) == 3
    where = f"`borderwire stories show {made.story(first)}`"
    last = f"This is the last update on edits of this story; later ones are listed by {where}"
    assert [last in lines for lines in seen] == [False, False, True]
    assert [q for _, _, q in made.quiet(first)] == [None] * 3 + ["limit"] * 3
    other = made.prints("Tijuana Hoy", TOLD, story=made.story(first), relation=Relation.SAME_STORY, title="Trucks")
    assert made.told(hours=1) == [["1 more on a story you were told of: Convoy reaches the border"]]
    made.edits(other, "This article was retracted.", standing=Standing.RETRACTED, standing_note="it was false")
    assert made.told(hours=1)[0] == [
        "On a story you were told of: Convoy reaches the border",
        "Tijuana Hoy retracted its article, seen 19:00 UTC: it was false",
    ]
    assert made.updates()[-1]["title"] == "Trucks (retracted)"
    assert made.quiet(other) == [(2, "retracted", None)]


def test_the_last_update_on_edits_names_the_page_of_a_desk(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    for number in range(3):
        made.edits(first, f"{TOLD} The National Guard has {number},000 troops.")
        (update,) = tell_updates(tx, made.made, clock.move(hours=1), "https://desk.example/")
        made.freeze()
    assert made.lines(update)[-1].endswith(f"are listed by https://desk.example/story/{made.story(first)}")


def test_a_correction_comes_with_the_sentence_it_changed(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    note = "Correction: there were 1,650 troops."
    changed = f"{PLAIN} The National Guard did not confirm it. {note}"
    made.edits(first, changed, standing=Standing.CORRECTED, standing_note=note)
    assert made.told(hours=1) == [
        [
            "Tucson Sentinel corrected its article, seen 12:00 UTC: there were 1,650 troops.",
            "Tucson Sentinel changed what it says of National Guard, seen 12:00 UTC",
            f"Before: {GUARD}",
            "Now: The National Guard did not confirm it.",
        ]
    ]
    assert made.updates()[0]["title"] == "Convoy reaches the border (corrected)"


def test_an_article_that_is_gone_is_told_to_every_rule_that_spoke_of_it(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock, rule(), rule("convoy", "convoy"), rule("other", "zebra"))
    first = told_story(made)
    copy = made.prints("El Paso Post", "A cut text.", story=made.story(first), relation=Relation.COPY)
    made.loses(first)
    made.loses(copy)
    made.loses(first)
    said = "Tucson Sentinel: no longer at its address (answered 404), seen 12:00 UTC (also El Paso Post)"
    assert made.told(hours=1) == [[said], [said]]
    assert made.updates()[0]["title"] == "Convoy reaches the border (no longer online) and 1 more"
    assert made.created == [made.alert()["id"], made.alert("convoy")["id"]]


def test_a_first_message_that_an_edit_makes_says_the_correction_once(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = made.prints("Tucson Sentinel", PLAIN)
    made.edits(first, TOLD, standing=Standing.CORRECTED, standing_note="names were missing")
    assert made.lines(made.alert()["id"])[:2] == [
        "Corrected, seen 12:00 UTC: names were missing",
        "Now mentions National Guard, added 12:00 UTC",
    ]
    made.freeze()
    assert made.told(hours=1) == []


def test_an_edit_waits_for_the_first_message(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock, rule(update_every="each"))
    first = made.prints("Tucson Sentinel", TOLD)
    made.edits(first, f"{TOLD} The National Guard left.")
    assert made.told(hours=5) == []
    assert len(made.told(seconds=1)) == 1


def test_an_old_entry_shown_again_is_recorded_and_not_told(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    made.edits(first, f"{TOLD} The National Guard left.", entry_class=EntryClass.REWRITE)
    assert made.told(hours=1) == []
    assert made.quiet(first) == [(2, "edited", "class")]
    assert made.recorded() == [(first, 1, "alerted"), (first, 2, "reissued")]


def test_an_article_from_before_the_first_poll_alerts_only_for_what_an_edit_adds(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = made.prints("Tucson Sentinel", TOLD, entry_class=EntryClass.BACKFILL)
    made.edits(first, f"{TOLD} The weather was fine.")
    assert made.created == []
    made.edits(first, f"{TOLD} The weather was fine. The National Guard left.")
    assert made.lines(made.alert()["id"])[0] == "Says more of National Guard, added 12:00 UTC"


def test_a_rule_newer_than_an_article_does_not_fire_for_an_edit_elsewhere(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock, rule("zebra", "zebra"))
    first = made.prints("Tucson Sentinel", TOLD)
    made.made = evaluator(rule())
    made.edits(first, f"{TOLD} The weather was fine.")
    made.edits(first, TOLD)
    assert made.created == []
    made.edits(first, f"{TOLD} The National Guard left.")
    assert made.created == [made.alert()["id"]]


def test_the_page_behind_a_summary_is_no_edit(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock, rule(), rule("convoy", "convoy"))
    first = made.prints("Tucson Sentinel", "A convoy left.", extraction=Extraction.SUMMARY)
    made.freeze()
    made.edits(first, f"{TOLD} The convoy is long.", entry_class=EntryClass.LIVE)
    assert made.created == [made.alert("convoy")["id"], made.alert()["id"]]
    assert made.lines(made.alert()["id"]) == []
    assert made.quiet(first) == []


def test_a_rule_that_does_not_fold_tells_every_article_and_its_edits_by_themselves(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock, rule(fold="none"))
    first = told_story(made)
    story = made.story(first)
    copy = made.prints("El Paso Post", TOLD, story=story, relation=Relation.COPY)
    cut = made.prints("Valley Times", PLAIN, story=story, relation=Relation.COPY)
    other = made.prints("Tijuana Hoy", f"Trucks. {GUARD}", story=story, relation=Relation.SAME_STORY)
    made.freeze()
    assert len(set(made.created)) == 3
    row = alert_rows.get(tx, made.created[1])
    assert (row["fold"], row["article_id"]) == ("none", copy)
    assert row["id"] == alert_id("guard", made.last[copy].story_key + made.last[copy].document.url)
    assert [made.outlets(a) for a in made.created] == [["Tucson Sentinel"], ["El Paso Post"], ["Tijuana Hoy"]]
    assert made.told(hours=1) == []
    made.edits(copy, f"{TOLD} The National Guard left.")
    made.edits(cut, TOLD)
    made.loses(other)
    assert made.created[3] == made.alert(number=3)["id"]
    assert sorted(lines[0] for lines in made.told(hours=1)) == [
        "El Paso Post says more of National Guard, added 13:00 UTC",
        "Tijuana Hoy: no longer at its address (answered 404), seen 13:00 UTC",
    ]
    assert alert_rows.about(tx, "guard", story) is None
    assert alert_rows.of_story(tx, story) == []


def test_an_update_of_a_muted_rule_is_kept_for_replay(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    made.edits(first, f"{TOLD} The National Guard left.")
    mute(tx, rule="guard")
    assert len(made.told(hours=1)) == 1
    (row,) = outbox.rows(tx, state="suppressed", channel=None, limit=9)
    assert (row["alert_id"], row["reason"]) == (made.updates()[0]["id"], "mute 1")


def test_a_mute_of_a_source_holds_for_updates_of_nothing_else(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    mute(tx, source="tijuana hoy")
    story = made.story(first)
    made.prints("Tijuana Hoy", f"One. {GUARD}", story=story, relation=Relation.SAME_STORY)
    made.told(hours=1)
    made.prints("Tijuana Hoy", f"Two. {GUARD}", story=story, relation=Relation.SAME_STORY)
    made.edits(first, f"{TOLD} The National Guard left.")
    made.told(hours=1)
    states = {d["alert_id"]: d["state"] for d in outbox.rows(tx, state=None, channel=None, limit=9)}
    assert [states[u["id"]] for u in made.updates()] == ["suppressed", "pending"]


def mute(tx: Tx, **what: str) -> None:
    tx.run(
        "INSERT INTO mutes(rule, source, starts_at, ends_at, who, why)"
        " VALUES (:rule, :source, '2025-01-01', '2026-01-01', 'ana', 'drill')",
        **{"rule": None, "source": None, **what},
    )


def test_a_retraction_of_an_article_that_a_person_moved_reaches_those_who_were_told(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    elsewhere = made.prints("Valley Times", "Another story.")
    made.last[first] = replace(made.last[first], story_id=made.story(elsewhere))
    made.edits(first, "This article was retracted.", standing=Standing.RETRACTED, standing_note="")
    assert made.told(hours=1) == [["Tucson Sentinel retracted its article, seen 12:00 UTC"]]


def test_the_id_of_an_update_follows_from_the_first_thing_in_it(tx: Tx, clock: FakeClock, store: Backend) -> None:
    made = news(tx, clock)
    first = told_story(made)
    story = made.story(first)
    made.edits(first, f"{TOLD} The National Guard left.")
    undone: list[str] = []
    with pytest.raises(RuntimeError), store.tx() as inner:
        undone += tell_updates(inner, made.made, clock.move(hours=1))
        raise RuntimeError("the service was killed before it was committed")
    clock.move(minutes=1)
    made.prints("Tijuana Hoy", f"Trucks. {GUARD}", story=story, relation=Relation.SAME_STORY, title="Trucks")
    assert len(made.told(hours=1)) == 1
    assert [u["id"] for u in made.updates()] == undone == [alert_id(made.alert()["id"], f"{first}.2.edited")]


def test_the_message_of_an_update_names_its_alert_and_lists_the_edited_articles(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    copy = made.prints("El Paso Post", TOLD, story=made.story(first), relation=Relation.COPY)
    made.edits(first, f"{TOLD} The National Guard left.")
    made.edits(copy, f"{TOLD} The National Guard stayed.")
    made.told(hours=1)
    (update,) = made.updates()
    message = build(update, alert_rows.members(tx, update["id"]), None)
    assert message.parent == made.alert()["id"]
    assert [(o.name, o.relation) for o in message.outlets] == [
        ("Tucson Sentinel", Relation.NEW), ("El Paso Post", Relation.COPY),
    ]  # fmt: skip
    assert message.url == made.last[first].document.url


def test_a_retraction_leads_whatever_else_came(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    other = made.prints("Tijuana Hoy", TOLD, story=made.story(first), relation=Relation.SAME_STORY, title="Trucks")
    made.edits(first, f"{TOLD} The National Guard left.")
    clock.move(minutes=1)
    made.edits(other, "This article was retracted.", standing=Standing.RETRACTED, standing_note="it was false")
    (lines,) = made.told(hours=1)
    assert lines[1:3] == [
        "Tijuana Hoy retracted its article, seen 12:01 UTC: it was false",
        "Tucson Sentinel says more of National Guard, added 12:00 UTC",
    ]
    assert made.updates()[0]["title"] == "Trucks (retracted) and 1 more"


def test_an_alert_whose_story_was_moved_away_swallows_no_article(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    tx.run("UPDATE alerts SET story_id = 77")
    other = made.prints("Tijuana Hoy", TOLD, story=made.story(first), relation=Relation.SAME_STORY, title="Trucks")
    assert made.created == [made.alert()["id"]]
    assert len(made.told(hours=1)) == 1
    assert made.recorded() == [(first, 1, "alerted"), (other, 1, "joined")]


def test_a_page_that_changes_all_day_makes_no_endless_message(tx: Tx, clock: FakeClock) -> None:
    made = news(tx, clock)
    first = told_story(made)
    story = made.story(first)
    several = [made.prints(f"Paper {n}", TOLD, story=story, relation=Relation.COPY) for n in range(30)]
    for n, article in enumerate(several):
        made.edits(article, f"{TOLD} The National Guard went to town {n}.")
    (lines,) = made.told(hours=1)
    assert len(lines) < 30
    assert lines[-1].startswith("Edited as well: Paper 10, Paper 11")
    assert len(made.outlets(made.updates()[0]["id"])) == 30


SENTENCES = ("A convoy left.", "The National Guard came.", "The National Guard went.", "Trucks wait.", "Guard 5.")
STEP = st.tuples(
    st.sampled_from(["edit", "edit", "edit", "print", "copy", "retract", "correct", "lose", "tell", "wait"]),
    st.integers(0, 2),
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4).map(" ".join),
)


def step(made: News, articles: list[int], what: str, which: int, text: str) -> None:
    article = articles[which % len(articles)]
    story = made.story(articles[0])
    match what:
        case "print" | "copy":
            relation = Relation.COPY if what == "copy" else Relation.SAME_STORY
            articles.append(made.prints(f"Paper {len(articles)}", text, story=story, relation=relation))
        case "edit":
            made.edits(article, text)
        case "retract" | "correct":
            standing = Standing.RETRACTED if what == "retract" else Standing.CORRECTED
            made.edits(article, text, standing=standing, standing_note=f"note {made.last[article].revision}")
        case "lose":
            made.loses(article)
        case "tell":
            made.told(minutes=31)
        case _:
            made.told(minutes=5)


@settings(max_examples=25)
@given(st.lists(STEP, max_size=25))
def test_whatever_happens_each_thing_is_told_once_and_edits_at_most_three_times(
    steps: list[tuple[str, int, str]],
) -> None:
    with TemporaryDirectory() as folder:
        backend = open_store(str(Path(folder) / "test.db"))
        clock = FakeClock(NOON)
        with backend.tx() as tx:
            channels.sync(tx, [("desk", "console")], clock.now())
            made = news(tx, clock, rule(), rule("single", "guard", fold="none"))
            articles = [made.prints("Tucson Sentinel", "The National Guard came.")]
            made.freeze()
            for what, which, text in steps:
                step(made, articles, what, which, text)
            made.freeze()
            made.told(hours=1)
            assert_each_once(tx)
        backend.close()


def assert_each_once(tx: Tx) -> None:
    waiting = tx.one(
        "SELECT COUNT(*) AS n FROM edits e JOIN alerts a ON a.id = e.alert_id"
        " WHERE e.told_in IS NULL AND e.quiet IS NULL"
    )
    unnamed = tx.one("SELECT COUNT(*) AS n FROM alert_articles WHERE told_in IS NULL AND relation <> 'copy'")
    assert (waiting, unnamed) == ({"n": 0}, {"n": 0})
    for alert in tx.all("SELECT id FROM alerts WHERE kind = 'story'"):
        own = tx.all("SELECT id, lines FROM alerts WHERE parent_id = :id", id=alert["id"])
        edited = tx.all("SELECT told_in, kind FROM edits WHERE alert_id = :id AND told_in IS NOT NULL", id=alert["id"])
        assert {e["told_in"] for e in edited} <= {u["id"] for u in own}
        assert len({e["told_in"] for e in edited if e["kind"] != "retracted"}) <= 3
        named = tx.all("SELECT told_in FROM alert_articles WHERE alert_id = :id", id=alert["id"])
        spoken = {n["told_in"] for n in named} | {e["told_in"] for e in edited}
        assert {u["id"] for u in own} <= spoken  # no update without something of its own
        assert sum("the last update on edits" in u["lines"] for u in own) <= 1
        for update in own:
            members = {m["article_id"] for m in alert_rows.members(tx, update["id"])}
            assert members
            assert all(json.loads(update["lines"]))


@settings(max_examples=25)
@given(st.lists(st.booleans(), min_size=1, max_size=12), st.sampled_from(SENTENCES), st.sampled_from(SENTENCES))
def test_two_texts_that_take_turns_are_told_of_once_at_most(turns: list[bool], one: str, other: str) -> None:
    with TemporaryDirectory() as folder:
        backend = open_store(str(Path(folder) / "test.db"))
        clock = FakeClock(NOON)
        with backend.tx() as tx:
            channels.sync(tx, [("desk", "console")], clock.now())
            made = news(tx, clock)
            first = made.prints("Tucson Sentinel", one)
            made.freeze()
            for turn in turns:
                text = other if turn else one
                if text != made.last[first].document.text:
                    made.edits(first, text)
                made.told(minutes=31)
            assert len(made.quiet(first)) + len(made.created) <= 2
            assert len(made.updates()) <= 1
        backend.close()

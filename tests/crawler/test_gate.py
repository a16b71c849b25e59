"""Storm protection at the poll: what is provably new, what was there already, what is merely re-issued."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.model import Entry, EntryClass
from crawler import gate
from store.entries import Key, Known

NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entry(n: int, *, days: float | None = 0, guid: str | None = None, url: str | None = None) -> Entry:
    return Entry(
        url=url or f"https://a.example/{n}",
        id=f"id{n}" if guid is None else guid,
        title=f"Headline number {n}",
        published=None if days is None else NOW - timedelta(days=days),
    )


def judge(
    entries: list[Entry], seen: list[Entry] | None = None, *, priming: bool = False, alert_newest: int = 0
) -> list[gate.Verdict]:
    known: dict[Key, Known] = {}
    for index, e in enumerate(seen or []):
        known |= {k: Known(index, gate.digest(e), 1) for k in gate.keys(e)}
    return gate.judge(entries, known, priming=priming, alert_newest=alert_newest, last_ok=NOW - HOUR, now=NOW)


def classes(verdicts: list[gate.Verdict]) -> list[EntryClass]:
    return [v.entry_class for v in verdicts if v.known is None]


def test_a_first_poll_of_five_thousand_pages_nobody() -> None:
    assert set(classes(judge([entry(n) for n in range(5000)], priming=True))) == {EntryClass.BACKFILL}


def test_the_newest_of_a_first_poll_may_be_asked_for() -> None:
    verdicts = judge([entry(n, days=n) for n in range(10)], priming=True, alert_newest=3)
    assert classes(verdicts) == [EntryClass.LIVE] * 3 + [EntryClass.BACKFILL] * 7


def test_two_new_ones_are_live() -> None:
    old = [entry(n) for n in range(40)]
    assert classes(judge([entry(98), entry(99), *old], old)) == [EntryClass.LIVE] * 2


def test_fifteen_breaking_ones_are_live() -> None:
    old = [entry(n) for n in range(5)]
    assert classes(judge([entry(n) for n in range(50, 65)], old)) == [EntryClass.LIVE] * 15


def test_new_ids_on_old_addresses_are_nothing_new() -> None:
    old = [entry(n) for n in range(40)]
    verdicts = judge([entry(n, guid=f"other{n}") for n in range(40)], old)
    assert classes(verdicts) == []
    assert not any(v.look_again for v in verdicts)


def test_new_ids_and_addresses_with_the_old_titles_are_a_reissue() -> None:
    old = [entry(n) for n in range(40)]
    moved = [entry(n, guid=f"x{n}", url=f"https://new.example/{n}") for n in range(40)]
    assert set(classes(judge(moved, old))) == {EntryClass.REWRITE}


def test_what_a_reissue_does_not_prove_old_is_never_suppressed() -> None:
    old = [entry(n) for n in range(40)]
    moved = [entry(n, guid=f"x{n}", url=f"https://new.example/{n}") for n in range(40)]
    fresh = entry(777)
    verdicts = judge([fresh, *moved], old)
    assert classes(verdicts)[0] is EntryClass.BURST


def test_many_back_dated_ones_are_a_reissue() -> None:
    assert set(classes(judge([entry(n, days=30) for n in range(20)], [entry(99)]))) == {EntryClass.REWRITE}


def test_one_back_dated_one_is_late_and_still_told() -> None:
    old = [entry(n) for n in range(10)]
    assert classes(judge([entry(50, days=30), *old], old)) == [EntryClass.LATE]


def test_a_future_date_is_live() -> None:
    assert classes(judge([entry(50, days=-365)], [entry(1)])) == [EntryClass.LIVE]


def test_an_entry_without_id_is_known_by_its_address_in_any_form() -> None:
    old = entry(1, guid="", url="https://www.a.example/story/?utm_source=x")
    again = entry(1, guid="", url="http://a.example/story")
    assert classes(judge([again], [old])) == []


def test_two_entries_with_one_address_in_a_document_are_one() -> None:
    assert len(judge([entry(1), entry(2, url="https://a.example/1")])) == 1


def test_a_changed_summary_asks_for_another_look_and_a_changed_id_does_not() -> None:
    old = entry(1)
    changed = Entry(url=old.url, id=old.id, title=old.title, summary="Now with the Guard", published=old.published)
    assert [v.look_again for v in judge([changed], [old])] == [True]
    assert [v.look_again for v in judge([old], [old])] == [False]


def test_re_looks_are_spaced_ever_wider_and_bounded() -> None:
    known = [Known(1, "d", looks) for looks in range(gate.MAX_LOOKS + 1)]
    waits = [gate.again_at(k, NOW) - NOW for k in known]
    assert waits == sorted(waits)
    assert waits[0] == waits[1] == timedelta()
    assert waits[-1] <= timedelta(days=1)


@given(st.lists(st.integers(0, 30), max_size=40), st.lists(st.integers(0, 30), max_size=40), st.booleans())
def test_known_entries_are_never_new_and_new_ones_never_vanish(
    now: list[int], before: list[int], priming: bool
) -> None:
    verdicts = judge([entry(n) for n in now], [entry(n) for n in before], priming=priming)
    assert {v.entry.url for v in verdicts} == {entry(n).url for n in now}
    for v in verdicts:
        seen = int(v.entry.url.rsplit("/", 1)[1]) in before
        assert (v.known is not None) is seen

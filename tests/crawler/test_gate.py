"""Storm protection at the poll: what is provably new, what was there already, what is merely re-issued."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model import Entry, EntryClass
from crawler import gate
from crawler.gate import Past, Policy
from store.entries import Key, Known

NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIVE = Past(last_ok=NOW - HOUR)
STEP = timedelta(minutes=30)


def entry(
    n: int, *, days: float | None = 0, guid: str | None = None, url: str | None = None, title: str | None = None
) -> Entry:
    return Entry(
        url=url or f"https://a.example/{n}",
        id=f"id{n}" if guid is None else guid,
        title=f"Headline number {n}" if title is None else title,
        published=None if days is None else NOW - timedelta(days=days),
    )


def known_of(seen: Sequence[Entry], policy: Policy = Policy.ID) -> dict[Key, Known]:
    """What a store knows of these entries, in the order they came: a key keeps its first meaning."""
    known: dict[Key, Known] = {}
    for index, named in enumerate(gate.name(seen)):
        for key in gate.keys(named, policy):
            known.setdefault(key, Known(index, gate.digest(named.entry), 1))
    return known


def judge(
    entries: Sequence[Entry],
    seen: Sequence[Entry] = (),
    past: Past = LIVE,
    *,
    policy: Policy = Policy.ID,
    alert_newest: int = 0,
) -> list[gate.Verdict]:
    known = known_of(seen, policy)
    items = gate.sift(gate.name(entries), known, policy)
    return gate.judge(items, past, known, alert_newest=alert_newest, now=NOW)


def classes(verdicts: list[gate.Verdict]) -> list[EntryClass]:
    return [v.entry_class for v in verdicts if v.known is None]


def reissued(entries: Sequence[Entry]) -> list[Entry]:
    """The same entries under new ids and addresses."""
    return [replace(e, id=f"x{e.id}", url=e.url.replace("a.example", "new.example")) for e in entries]


# L0: the first poll


def test_a_first_poll_of_five_thousand_pages_nobody() -> None:
    assert set(classes(judge([entry(n) for n in range(5000)], past=Past(priming=True)))) == {EntryClass.BACKFILL}


def test_the_newest_of_a_first_poll_may_be_asked_for() -> None:
    verdicts = judge([entry(n, days=n) for n in range(10)], past=Past(priming=True), alert_newest=3)
    assert classes(verdicts) == [EntryClass.LIVE] * 3 + [EntryClass.BACKFILL] * 7


def test_the_newest_that_is_asked_for_is_none_that_claims_to_come_from_the_future() -> None:
    entries = [entry(0, days=-5000), entry(1, days=2), entry(2, days=1)]
    assert classes(judge(entries, past=Past(priming=True), alert_newest=1)) == [
        EntryClass.BACKFILL,
        EntryClass.BACKFILL,
        EntryClass.LIVE,
    ]


# L1: by what an entry is known again


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


def test_an_entry_without_id_is_known_by_its_address_in_any_form() -> None:
    old = entry(1, guid="", url="https://www.a.example/story/?utm_source=x")
    again = entry(1, guid="", url="http://a.example/story")
    assert classes(judge([again], [old])) == []


def test_two_entries_with_one_address_in_a_document_are_one_and_known_by_both_ids() -> None:
    (verdict,) = judge([entry(1), entry(2, url="https://a.example/1")])
    assert {("id", "id1"), ("id", "id2")} <= set(verdict.keys)


def test_entries_that_share_one_id_are_known_by_their_addresses_and_none_is_swallowed() -> None:
    same = [entry(n, guid="0") for n in range(2)]
    verdicts = judge([*same, *(entry(n) for n in range(2, 60))])
    assert len(verdicts) == 60
    assert not any(("id", "0") in v.keys for v in verdicts)


def test_an_entry_listed_twice_under_one_id_is_one_entry() -> None:
    assert len(judge([entry(1), entry(1, url="https://a.example/1/amp")])) == 1
    assert len(judge([entry(1), entry(1, url="https://a.example/elsewhere")])) == 1


@pytest.mark.parametrize(
    ("bad", "of", "policy"),
    [(0, 40, Policy.ID), (2, 40, Policy.ID), (3, 40, Policy.URL), (1, 10, Policy.URL), (40, 40, Policy.URL)],
)
@pytest.mark.parametrize("guid", ["", "same"])
def test_ids_name_nothing_once_more_than_one_in_twenty_is_missing_or_shared(
    bad: int, of: int, policy: Policy, guid: str
) -> None:
    more = 1 if guid and bad else 0  # the first with a shared id does nothing wrong
    entries = [entry(n, guid=guid) for n in range(bad + more)] + [entry(n) for n in range(bad + more, of)]
    assert gate.settled_policy(gate.name(entries), Policy.ID) is policy


def test_addresses_that_are_shared_by_different_titles_name_nothing_either() -> None:
    front = [entry(n, guid="", url="https://a.example/") for n in range(20)]
    assert gate.settled_policy(gate.name(front), Policy.ID) is Policy.TITLE
    assert gate.settled_policy(gate.name([entry(n) for n in range(20)]), Policy.TITLE) is Policy.TITLE
    assert len(judge(front, policy=Policy.TITLE)) == 20


def test_the_same_entry_said_twice_is_no_fault_of_its_source() -> None:
    entries = [entry(n) for n in range(20)]
    assert gate.settled_policy(gate.name([*entries, *entries]), Policy.ID) is Policy.ID


@pytest.mark.parametrize("before", [Policy.ID, Policy.URL])
@pytest.mark.parametrize("after", [Policy.URL, Policy.TITLE])
def test_a_new_policy_makes_nothing_new(before: Policy, after: Policy) -> None:
    old = [entry(n) for n in range(40)]
    known = known_of(old, before)
    items = gate.sift(gate.name([*old, entry(99)]), known, after)
    assert [item.named.entry for item in items if item.known is None] == [entry(99)]


def test_a_known_title_at_a_known_address_is_new_where_they_were_never_together() -> None:
    old = [entry(1, title="Morning briefing"), entry(2, title="Bridge shut")]
    items = gate.sift(gate.name([entry(2, title="Morning briefing")]), known_of(old), Policy.TITLE)
    assert [item.known for item in items] == [None]


def test_under_one_address_only_title_and_address_together_are_known_again() -> None:
    board = [entry(n, guid="", url="https://a.example/waits", title=f"Lane {n}: 30 minutes") for n in range(9)]
    fresh = entry(9, guid="", url="https://a.example/waits", title="Lane 9: closed")
    verdicts = judge([fresh, *board], board, policy=Policy.TITLE)
    assert [v.entry for v in verdicts if v.known is None] == [fresh]


# L2: re-issues


def test_new_ids_and_addresses_with_the_old_titles_are_a_reissue() -> None:
    old = [entry(n) for n in range(40)]
    assert set(classes(judge(reissued(old), old))) == {EntryClass.REWRITE}


def test_new_ids_addresses_and_dates_with_the_old_titles_are_a_reissue() -> None:
    old = [entry(n, days=9) for n in range(40)]
    rebuilt = [replace(e, published=NOW) for e in reissued(old)]
    assert set(classes(judge(rebuilt, old))) == {EntryClass.REWRITE}


def test_what_a_reissue_does_not_prove_old_is_never_suppressed() -> None:
    old = [entry(n) for n in range(40)]
    assert classes(judge([entry(777), *reissued(old)], old))[0] is EntryClass.BURST


def test_of_a_small_reissue_what_is_new_is_not_told_at_once_either() -> None:
    old = [entry(n) for n in range(8)]
    assert Counter(classes(judge([entry(777), *reissued(old)], old))) == {EntryClass.REWRITE: 8, EntryClass.BURST: 1}


def test_many_back_dated_ones_are_a_reissue() -> None:
    assert set(classes(judge([entry(n, days=30) for n in range(20)], [entry(99)]))) == {EntryClass.REWRITE}


def test_everything_changed_and_no_dates_is_a_burst() -> None:
    old = [entry(n, days=None) for n in range(40)]
    other = [replace(e, title=f"Quite another headline {n}") for n, e in enumerate(reissued(old))]
    assert set(classes(judge(other, old))) == {EntryClass.BURST}


def test_a_reissue_is_said_in_one_sentence_and_an_ordinary_poll_is_not() -> None:
    old = [entry(n) for n in range(40)]
    told = gate.storm(judge([entry(777), *reissued(old)], old), LIVE)
    assert told is not None
    assert told[0] == "reissue"
    assert "re-issued 40 entries" in told[1]
    assert "1 entry without proof of age told together" in told[1]
    assert gate.storm(judge([entry(777), *old], old), LIVE) is None


# L3 and L7: bursts


def test_thirty_five_at_once_after_two_days_of_silence_are_a_burst() -> None:
    limit = gate.burst_over([40] * 200, timedelta(days=2), STEP)
    verdicts = judge([entry(n) for n in range(35)], past=Past(last_ok=NOW - timedelta(days=2), burst_over=limit))
    assert set(classes(verdicts)) == {EntryClass.BURST}


@pytest.mark.parametrize(
    ("counts", "limit"),
    [
        ([], 20),
        ([6] * 200, 20),
        ([10] * 200, 30),
        ([40, *[12] * 50], 36),
        ([5000, *[0] * 50], 20),  # one day of news, or a first poll, is no custom
        ([5000, 5000, *[12] * 198], 36),
        ([5000, 5000, 40, *[12] * 197], 120),
    ],
)
def test_what_is_usual_for_a_source_is_no_burst(counts: list[int], limit: int) -> None:
    assert gate.burst_over(counts, HOUR, STEP) == limit


def test_a_source_that_is_polled_once_a_day_is_not_always_silent() -> None:
    day = timedelta(days=1)
    assert gate.burst_over([40] * 200, day + HOUR, day) == 120
    assert gate.burst_over([40] * 200, 4 * day, day) == 20


def test_exactly_the_limit_still_pages_and_one_more_is_a_burst() -> None:
    assert set(classes(judge([entry(n) for n in range(20)]))) == {EntryClass.LIVE}
    assert set(classes(judge([entry(n) for n in range(21)]))) == {EntryClass.BURST}


def test_after_a_restore_whatever_is_new_is_a_burst_even_one() -> None:
    old = [entry(n) for n in range(40)]
    past = replace(LIVE, catching_up=True)
    verdicts = judge([entry(99), *old], old, past)
    assert classes(verdicts) == [EntryClass.BURST]
    assert gate.storm(verdicts, past) == ("catch_up", "1 entry since the database was written: told together")


# L4 and L8: dates


def test_one_back_dated_one_is_late_and_still_told() -> None:
    old = [entry(n) for n in range(10)]
    assert classes(judge([entry(50, days=30), *old], old)) == [EntryClass.LATE]


@pytest.mark.parametrize(("days", "kind"), [(2.99, EntryClass.LIVE), (3.01, EntryClass.LATE), (None, EntryClass.LIVE)])
def test_seventy_two_hours_make_late_and_no_date_does_not(days: float | None, kind: EntryClass) -> None:
    assert classes(judge([entry(50, days=days)])) == [kind]


def test_a_date_in_the_future_is_none_and_is_said() -> None:
    (verdict,) = judge([entry(50, days=-5500)], [entry(1)])
    assert verdict.entry_class is EntryClass.LIVE
    assert verdict.entry.published is None
    assert verdict.note == "dated in the future (2040-02-27 12:00)"


def test_a_publisher_s_clock_may_be_a_few_minutes_fast() -> None:
    (verdict,) = judge([entry(50, days=-10 / 1440)])
    assert verdict.entry.published == NOW + timedelta(minutes=10)
    assert verdict.note == ""


def test_while_the_clock_is_doubted_no_age_is_judged() -> None:
    past = replace(LIVE, doubted=True)
    assert classes(judge([entry(50, days=30)], past=past)) == [EntryClass.LIVE]
    assert set(classes(judge([entry(n, days=30) for n in range(20)], past=past))) == {EntryClass.LIVE}
    assert judge([entry(50, days=-5500)], past=past)[0].entry.published is not None
    old = [entry(n) for n in range(40)]
    assert set(classes(judge(reissued(old), old, past))) == {EntryClass.REWRITE}


def test_a_last_poll_in_the_future_proves_nothing_old() -> None:
    past = Past(last_ok=NOW + timedelta(days=30))  # written while the clock was a month ahead
    assert set(classes(judge([entry(n) for n in range(20)], past=past))) == {EntryClass.LIVE}


# Looks


def test_a_changed_summary_asks_for_another_look_and_a_changed_id_does_not() -> None:
    old = entry(1)
    changed = replace(old, summary="Now with the Guard")
    assert [v.look_again for v in judge([changed], [old])] == [True]
    assert [v.look_again for v in judge([old], [old])] == [False]


def test_re_looks_are_spaced_ever_wider_and_bounded() -> None:
    known = [Known(1, "d", looks) for looks in range(gate.MAX_LOOKS + 1)]
    waits = [gate.again_at(k, NOW) - NOW for k in known]
    assert waits == sorted(waits)
    assert waits[0] == waits[1] == timedelta()
    assert waits[-1] <= timedelta(days=1)


# Whatever a feed does

NUMBERS = st.lists(st.integers(0, 60), max_size=60, unique=True)
PASTS = st.builds(
    Past,
    priming=st.booleans(),
    catching_up=st.booleans(),
    last_ok=st.sampled_from([None, NOW - HOUR, NOW - timedelta(days=3), NOW + HOUR]),
    burst_over=st.integers(20, 100),
    doubted=st.booleans(),
)
ANYTHING = st.lists(
    st.builds(
        Entry,
        url=st.sampled_from([f"https://a.example/{n}" for n in range(6)]),
        id=st.sampled_from(["", "a", "b", "c", "d"]),
        title=st.sampled_from(["", "Bridge shut", "Bridge open", "Tariff on steel", "Morning briefing"]),
        published=st.sampled_from([None, NOW, NOW - timedelta(days=9), NOW + timedelta(days=9000)]),
    ),
    max_size=40,
)


@given(st.permutations(range(40)), PASTS, st.sampled_from(Policy))
def test_a_known_document_in_any_order_holds_nothing_new(order: list[int], past: Past, policy: Policy) -> None:
    old = [entry(n) for n in range(40)]
    assert classes(judge([old[n] for n in order], old, past, policy=policy)) == []


@given(NUMBERS, st.integers(0, 60), PASTS, st.sampled_from(Policy), st.randoms(use_true_random=False))
def test_of_n_that_were_added_anywhere_exactly_n_are_new(
    before: list[int], n: int, past: Past, policy: Policy, random: object
) -> None:
    old, added = [entry(i) for i in before], [entry(i) for i in range(100, 100 + n)]
    document = [*old, *added]
    random.shuffle(document)  # type: ignore[attr-defined]
    assert {v.entry.id for v in judge(document, old, past, policy=policy) if v.known is None} == {e.id for e in added}


@given(NUMBERS, st.text(min_size=1, max_size=5), PASTS)
def test_new_ids_alone_are_never_new(before: list[int], prefix: str, past: Past) -> None:
    old = [entry(n) for n in before]
    assert classes(judge([replace(e, id=f"{prefix}{e.id}") for e in old], old, past)) == []


@given(NUMBERS, NUMBERS, PASTS)
def test_known_entries_are_never_new_and_new_ones_never_vanish(now: list[int], before: list[int], past: Past) -> None:
    verdicts = judge([entry(n) for n in now], [entry(n) for n in before], past)
    assert {v.entry.url for v in verdicts} == {entry(n).url for n in now}
    for v in verdicts:
        seen = int(v.entry.url.rsplit("/", 1)[1]) in before
        assert (v.known is not None) is seen


@given(st.lists(ANYTHING, max_size=5), PASTS)
def test_no_sequence_of_documents_makes_an_entry_disappear(documents: list[list[Entry]], past: Past) -> None:
    """Played as polls do it: every entry is stored under one of its own strong keys, or was already."""
    known: dict[Key, Known] = {}
    stored = 0
    policy = Policy.ID
    for document in documents:
        named = gate.name(document)
        after = gate.settled_policy(named, policy)
        assert list(Policy).index(after) >= list(Policy).index(policy)
        used = policy if after is Policy.URL else after
        items = gate.sift(named, known, used)
        verdicts = gate.judge(items, past, known, alert_newest=0, now=NOW)
        assert len(verdicts) == len(items)
        noted = {key for v in verdicts for key in v.keys}
        for each in named:
            by = ("url", f"{each.address} {each.title}") if used is Policy.TITLE else ("url", each.address)
            assert by in noted
        for v in verdicts:
            if v.known is None:
                stored += 1
                assert v.entry_class is not EntryClass.UPDATE
            for key in v.keys:
                known.setdefault(key, v.known or Known(stored, v.digest, 1))
        again = gate.sift(named, known, used)
        assert all(item.known is not None for item in again)
        policy = after


@given(ANYTHING, PASTS)
def test_what_is_silent_was_there_at_the_first_poll_or_is_proven_old(entries: list[Entry], past: Past) -> None:
    old = [entry(n, title="Bridge shut") for n in range(3)]
    for v in judge(entries, old, past):
        if v.entry_class is EntryClass.REWRITE:
            dated = past.last_ok and v.entry.published and v.entry.published < past.last_ok - gate.OLD
            assert not past.priming
            assert v.entry.title == "Bridge shut" or (dated and not past.doubted)
        if v.entry_class is EntryClass.BACKFILL:
            assert past.priming


def test_what_a_source_says_is_the_same_whichever_reader_took_its_feed_apart() -> None:
    whole = Entry("https://a.example/1", title="T", summary="<p>One &amp; two</p>", markup=True)
    twice = replace(whole, content=whole.summary)
    other = replace(whole, summary="<p>One & two</p>")
    assert gate.digest(whole) == gate.digest(twice) == gate.digest(other)
    assert gate.digest(whole) != gate.digest(replace(whole, content="<p>Three</p>"))

"""The newsroom's world: the same numbers make the same world, and its truth holds against the texts themselves."""

import re
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.text import words
from crawler.canonical import canonical
from demo.texts import Draft
from demo.texts.grammar import LANGUAGES, SLOT, recipe, write
from demo.world import WINDOW_SECONDS, Article, Kind, World, build, printed, slug, truth

WORDS = {
    "tariffs": re.compile(r"\b(tariffs?|arancel(es)?)\b", re.I),
    "national-guard": re.compile(r"\b(national guard|guardia nacional)\b", re.I),
}


@cache
def world(scale: int = 1) -> World:
    return build(7, scale, 20.0 * scale)


def addresses(w: World) -> dict[str, str]:
    return {o.name: f"http://127.0.0.1:{10_000 + i}" for i, o in enumerate(w.outlets)}


def readable(w: World, article: Article, *, edited: bool) -> str:
    """What a polite stranger can read of an article: nothing but the entry where its page refuses."""
    text = printed(article, edited=edited)
    closed = w.outlet(article.outlet).trait == "wall" or article.path.startswith("/subscribers/")
    return "\n".join((text.title, text.summary) if closed else (text.title, *text.paragraphs))


def shingles(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return set(zip(*(found[i:] for i in range(5)), strict=False))


def test_the_same_numbers_make_the_same_world() -> None:
    again = build(7, 3, 60.0)
    assert again == world(3)
    assert [printed(a) for a in again.articles] == [printed(a) for a in world(3).articles]
    assert truth(again, addresses(again)) == truth(world(3), addresses(world(3)))
    assert build(8, 3, 60.0) != again


def test_the_unscaled_world_has_many_shapes_and_vices() -> None:
    outlets = world().outlets
    assert len(outlets) >= 14
    assert len({o.shape for o in outlets}) == 10
    assert {o.trait for o in outlets} >= {"slow", "flaky", "robots", "reissue", "wall", "edits"}
    assert Counter(o.language for o in outlets)["es"] >= 3
    assert any("Tariff calculator" in o.sections for o in outlets)
    live = [a for a in world().articles if a.after is not None]
    assert 60 <= len(live) <= 90
    assert 120 <= len(world().articles) - len(live) <= 180
    assert all(isinstance(a.text, Draft) for a in live)


def test_every_outlet_tells_the_convoy_and_at_once() -> None:
    told = [a for a in world().articles if a.event == "convoy"]
    assert Counter(a.outlet for a in told) == Counter(o.name for o in world().outlets)
    assert all(a.after is not None and a.after <= 2 for a in told)
    assert {a.language for a in told} == {"en", "es"}
    assert sum(a.kind is Kind.COPY for a in told) >= 6


@pytest.mark.parametrize("scale", [1, 4])
def test_an_article_holds_the_words_of_its_rules_and_of_no_other(scale: int) -> None:
    for article in world(scale).articles:
        text = readable(world(scale), article, edited=article.edited_after is not None)
        held = {rule for rule, pattern in WORDS.items() if pattern.search(text)}
        assert held == set(article.rules), (article.id, article.event)


def test_the_edited_article_holds_its_words_only_after_the_edit() -> None:
    (article,) = (a for a in world().articles if a.kind is Kind.EDIT)
    assert article.after is not None
    assert article.edited_after is not None
    assert article.after + 2 < article.edited_after < world().duration
    before, after = printed(article), printed(article, edited=True)
    assert not WORDS["national-guard"].search(readable(world(), article, edited=False))
    assert WORDS["national-guard"].search(readable(world(), article, edited=True))
    assert before.summary != after.summary
    assert set(before.paragraphs) < set(after.paragraphs)


def test_traps_are_near_misses() -> None:
    traps = [a for a in world().articles if a.kind is Kind.TRAP]
    text = " ".join(readable(world(), a, edited=True).lower() for a in traps)
    assert all(near in text for near in ("sheriff", "guards at the national park", "tarifa", "color guard"))
    assert not any(a.rules for a in traps)


@pytest.mark.parametrize("scale", [1, 4])
def test_copies_hold_their_originals_text(scale: int) -> None:
    by_id = {a.id: a for a in world(scale).articles}
    copies = [a for a in by_id.values() if a.copy_of]
    assert len(copies) >= 50
    for copy in copies:
        original = by_id[copy.copy_of or ""]
        theirs, ours = printed(original).paragraphs, printed(copy).paragraphs
        assert original.event == copy.event
        assert original.language == copy.language
        assert sum(p in theirs for p in ours) >= len(ours) - 1
        assert sum(p in ours for p in theirs) >= 0.5 * len(theirs)
        assert copy.after is None or original.after is None or copy.after > original.after


def test_events_share_hardly_any_five_words_in_a_row() -> None:
    """Nothing but copies may look like copies: those start at 45 in a hundred."""
    originals = [a for a in world(8).articles if not a.copy_of and (isinstance(a.text, Draft) or a.after is not None)]
    sets = {a.id: (a, shingles("\n".join(printed(a).paragraphs))) for a in originals}
    holders = defaultdict(list)
    for name, (_, found) in sets.items():
        for shingle in found:
            holders[shingle].append(name)
    shared = Counter(pair for names in holders.values() for pair in combinations(names, 2))
    for (one, other), count in shared.items():
        (a, ours), (b, theirs) = sets[one], sets[other]
        if a.event != b.event:
            assert count <= 0.1 * min(len(ours), len(theirs)), (a.event, b.event)


def test_the_grammar_has_no_long_runs_of_fixed_words() -> None:
    for language in LANGUAGES.values():
        sentences = [*language.quotes, *language.general]
        for topic in language.topics.values():
            sentences += [*topic.heads, *topic.leads, *topic.details]
        for sentence in sentences:
            assert max(len(re.findall(r"\w+", part)) for part in SLOT.sub("|", sentence).split("|")) <= 4, sentence


@given(seed=st.integers(0, 10**6), number=st.integers(0, 10**6), language=st.sampled_from(["en", "es"]))
@settings(max_examples=60, deadline=None)
def test_a_generated_event_is_whole(seed: int, number: int, language: str) -> None:
    made = write(recipe(seed, number, language))
    text = "\n".join((made.title, made.other, *made.paragraphs))
    assert not re.search(r"[{}\[\]|]|  ", text)
    assert 100 <= sum(len(p.split()) for p in made.paragraphs) <= 500
    lead = f"{made.summary}"
    assert {rule for rule, pattern in WORDS.items() if pattern.search(lead)} == set(made.rules)
    assert all(paragraph[0].isupper() or not paragraph[0].isalpha() for paragraph in made.paragraphs)


@pytest.mark.parametrize("scale", [1, 4])
def test_the_truth_agrees_with_itself(scale: int) -> None:
    w = world(scale)
    told = truth(w, addresses(w))
    by_url = {a["url"]: a for a in told["articles"]}
    assert len(by_url) == len(w.articles)
    assert all(canonical(url) == url for url in by_url)
    pairs = [(row["rule"], row["event"]) for row in told["expected"]]
    assert len(pairs) == len(set(pairs))
    for row in told["expected"]:
        members = [by_url[url] for url in row["urls"]]
        assert all(m["event"] == row["event"] and m["published_after"] is not None for m in members)
        assert any(row["rule"] in m["rules"] for m in members)
        assert sum(a["event"] == row["event"] for a in told["articles"]) == len(members)
    live = {(rule, a["event"]) for a in told["articles"] if a["published_after"] is not None for rule in a["rules"]}
    assert live == set(pairs)
    assert all(a["copy_of"] in by_url for a in told["articles"] if a["copy_of"])
    assert ("tariffs", "convoy") in pairs
    assert ("national-guard", "convoy") in pairs


def test_events_match_one_rule_both_or_none() -> None:
    events: defaultdict[str, set[str]] = defaultdict(set)
    for article in world().articles:
        if article.after is not None:
            events[article.event] |= set(article.rules)
    kinds = Counter(frozenset(rules) for rules in events.values())
    assert kinds[frozenset({"tariffs"})] >= 5
    assert kinds[frozenset({"national-guard"})] >= 3
    assert kinds[frozenset({"tariffs", "national-guard"})] >= 2
    assert kinds[frozenset()] >= 10


def test_the_back_catalogue_holds_rule_words_too() -> None:
    old = [a for a in world().articles if a.after is None]
    assert sum(bool(a.rules) for a in old) >= 15
    assert all(8 <= n <= 15 for n in Counter(a.outlet for a in old).values())
    assert all(86_400 < a.age < 20.5 * 86_400 for a in old)


@pytest.mark.parametrize("duration", [2.0, 20.0, 300.0])
def test_all_news_is_published_within_the_duration(duration: float) -> None:
    w = build(7, 2, duration)
    assert all(0 < a.after < duration for a in w.articles if a.after is not None)
    begin, end = w.quiet
    hidden = [a for a in w.articles if a.event == "drain" and a.after is not None and begin <= a.after < end]
    assert hidden
    assert end < duration
    assert end - begin <= 8


@given(st.floats(0, 25), st.floats(0, 25))
def test_what_was_visible_stays_visible(one: float, other: float) -> None:
    early, late = sorted((one, other))
    for shelf in world().shelves.values():
        assert set(shelf.visible(None)) <= set(shelf.visible(early)) <= set(shelf.visible(late))
        assert all(a.after is None or a.after <= late for a in shelf.visible(late))


def test_a_feeds_window_outlasts_fifteen_seconds_of_news() -> None:
    w = build(7, 60, 60.0)
    for name, shelf in w.shelves.items():
        for moment in range(0, 60, 5):
            new = shelf.visible(moment + WINDOW_SECONDS)[len(shelf.visible(moment)) :]
            assert len(new) <= w.windows[name]


def test_scale_multiplies_the_news() -> None:
    w = build(7, 40, 120.0)
    live = sum(a.after is not None for a in w.articles)
    assert 0.9 * 40 * 90 <= live <= 1.1 * 40 * 90
    assert len(w.outlets) == 16 + 5
    expected = truth(w, addresses(w))["expected"]
    assert 0.02 * live <= len(expected) <= 0.2 * live
    # a slow server could not serve more
    assert sum(a.outlet == "copper-hills-lantern" for a in w.articles) < 20


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Juárez: 10,000 troops", "juarez-10-000-troops"),
        ("Mexico's tariff", "mexicos-tariff"),
        ("¿Qué pasa?", "que-pasa"),
    ],
)
def test_a_slug_is_plain_ascii(title: str, expected: str) -> None:
    assert slug(title) == expected

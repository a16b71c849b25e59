"""What all channels say: plain words, nothing that acts, cut where it must be."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.channels._text import (
    NOT_TEXT,
    as_text,
    clean_runs,
    cut,
    fitted,
    joined,
    outlets_line,
    plain,
    said,
    size,
    web,
)
from core.model import AlertKind, Relation
from tests.alerts.channels.making import HOSTILE, NOW, SEEN, delivery, hostile, message, outlet, receipt


def test_names_the_first_outlet_and_every_other_once() -> None:
    outlets = (outlet(), outlet("El Paso Post", 2), outlet("El Paso Post", 3), outlet("Border Gazette", 4))
    words = said(delivery(message(outlets=outlets)), NOW)
    assert words.first is not None
    assert words.first.text == "Border Gazette"
    assert [o.text for o in words.others] == ["El Paso Post"]
    assert words.also == "also in 1 outlet"


def test_says_when_it_was_published_seen_and_sent() -> None:
    assert said(delivery(), NOW).times == (
        "published 5 Feb 2025 11:58 → seen 12:02 → sent 12:02 UTC, 9 s after it was seen"
    )


def test_names_the_day_again_when_it_changes() -> None:
    later = NOW + timedelta(days=3)
    assert "seen 12:02 → sent 8 Feb 2025 12:02 UTC, 3 days after" in said(delivery(), later).times


def test_invents_no_publication_date() -> None:
    words = said(delivery(message(receipt=receipt(published=None))), NOW)
    assert words.times.startswith("seen 5 Feb 2025 12:02 → sent")
    assert "no publication date given" in words.times


def test_an_update_does_not_count_from_when_its_articles_were_first_seen() -> None:
    one = message(kind=AlertKind.UPDATE, outlets=(outlet(),), receipt=None)
    several = message(kind=AlertKind.UPDATE, receipt=None)
    assert said(delivery(one), NOW).times == "published 5 Feb 2025 11:58 → seen 12:02 → sent 12:02 UTC"
    assert said(delivery(several), NOW).times == "sent 5 Feb 2025 12:02 UTC"


def test_a_clock_that_went_back_makes_no_negative_delay() -> None:
    assert said(delivery(), SEEN - timedelta(hours=1)).times.endswith("sent 11:02 UTC")


def test_an_update_names_each_article_with_its_outlet() -> None:
    outlets = (
        outlet(title="One answer", relation=Relation.SAME_STORY),
        outlet("El Paso Post", 2, title="Another answer", relation=Relation.SAME_STORY),
    )
    words = said(delivery(message(kind=AlertKind.UPDATE, outlets=outlets, receipt=None)), NOW)
    assert words.title.text.startswith("Update: ")
    assert [(i.title.text, i.outlet) for i in words.items] == [
        ("One answer", "Border Gazette"),
        ("Another answer", "El Paso Post"),
    ]
    assert (words.first, words.others) == (None, ())


def test_the_outlet_of_the_headline_is_named_beside_the_one_that_printed_first() -> None:
    early = outlet("Tucson Sentinel", 5, seen=SEEN - timedelta(hours=2), published=SEEN - timedelta(hours=3))
    outlets = (early, outlet(), outlet("El Paso Post", 2))
    assert outlets_line(said(delivery(message(outlets=outlets)), NOW)) == (
        "Border Gazette, also in 2 outlets, first: Tucson Sentinel 09:02 UTC; then El Paso Post"
    )
    assert outlets_line(said(delivery(message(outlets=outlets)), NOW + timedelta(days=1))) == (
        "Border Gazette, also in 2 outlets, first: Tucson Sentinel 5 Feb 09:02 UTC; then El Paso Post"
    )


def test_a_date_later_than_it_was_seen_is_not_when_it_was_printed() -> None:
    outlets = (outlet(published=SEEN + timedelta(hours=3)), outlet("El Paso Post", 2))
    assert outlets_line(said(delivery(message(outlets=outlets)), NOW)) == (
        "also in 1 outlet, first: Border Gazette 12:02 UTC; then El Paso Post"
    )


def test_another_article_of_the_story_is_no_copy_and_keeps_its_title() -> None:
    other = outlet("Tijuana Hoy", 3, title="La Guardia llega", relation=Relation.SAME_STORY)
    words = said(delivery(message(outlets=(outlet(), outlet("El Paso Post", 2), other))), NOW)
    assert outlets_line(words) == "also in 1 outlet, first: Border Gazette 11:58 UTC; then El Paso Post"
    assert [(i.title.text, i.outlet) for i in words.items] == [("La Guardia llega", "Tijuana Hoy")]
    text = as_text(words)
    assert "More on the story:\n- La Guardia llega (Tijuana Hoy)\n  https://outlet3.example/news/3" in text
    assert message().url in text


def test_an_update_of_one_article_reads_like_an_alert() -> None:
    words = said(delivery(message(kind=AlertKind.UPDATE, outlets=(outlet(),))), NOW)
    assert words.first is not None
    assert words.items == ()


def test_a_health_message_needs_neither_outlet_nor_receipt() -> None:
    carried = message(kind=AlertKind.HEALTH, rule="", outlets=(), receipt=None, title="slack is broken", url="")
    words = said(delivery(carried), NOW)
    assert (words.label, words.first, words.snippet) == ("health", None, ())
    assert "slack is broken" in as_text(words)


def test_plain_text_marks_the_matched_words_and_tells_all() -> None:
    text = as_text(said(delivery(), NOW))
    for part in ("*tariff* threat", "Rule tariffs",
                 "also in 2 outlets, first: Border Gazette 11:58 UTC; then El Paso Post, Tijuana Hoy",
                 "“tariff”, “tariffs” in the text", "tariff OR arancel", "answered 403", "added 12:01 UTC",
                 "msg_abcdefghijklmnopqrstuvwxyz", "http://desk.example/alert/al_convoy"):  # fmt: skip
        assert part in text
    assert "\n\n\n" not in text


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_become_one_line_each(name: str) -> None:
    words = said(delivery(hostile(HOSTILE[name])), NOW)
    for text in (words.title.text, words.note, words.why, *words.lines, *(run for run, _ in words.snippet)):
        assert not NOT_TEXT.search(text)
        assert "\n" not in text
        assert len(text) < 2000
    assert words.others[0].url == ""
    as_text(words).encode()


@settings(deadline=None)
@given(st.text(st.characters()))
def test_plain_is_one_line_that_any_encoding_of_unicode_carries(text: str) -> None:
    line = plain(text)
    assert line.encode("utf-8").decode() == line
    assert len(line.splitlines()) <= 1
    assert plain(line) == line


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8")), st.integers(2, 80))
def test_cut_is_a_beginning_of_the_text(text: str, most: int) -> None:
    short = cut(text, most)
    assert len(short) <= most
    assert short == text or text.startswith(short.removesuffix("…"))


@settings(deadline=None)
@given(st.text("&<>a \U0001f69a"), st.integers(6, 60))
def test_fitted_never_tears_an_escape(text: str, most: int) -> None:
    def escape(piece: str) -> str:
        return piece.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    short = fitted(text, most, escape)
    assert size(short) <= most
    kept = short.removesuffix("…").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert text.startswith(kept)
    assert escape(kept) == short.removesuffix("…")


def test_joined_says_how_many_are_left_out() -> None:
    names = [f"outlet {n}" for n in range(30)]
    text = joined(names, 60)
    shown = text.count("outlet ")
    assert size(text) <= 60
    assert text.endswith(f" and {30 - shown} more")
    assert joined(["one"], 1) == "one"


@pytest.mark.parametrize(
    ("given_url", "kept"),
    [
        ("https://a.example/x?y=1&z=é", "https://a.example/x?y=1&z=é"),
        ('http://a.example/"><b>|', "http://a.example/%22%3E%3Cb%3E%7C"),
        ("HTTPS://A.example/X", "https://A.example/X"),
        ("https://", ""),
        ("https:///path", ""),
        ("javascript:alert(1)", ""),
        ("java\x00script:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//a.example", ""),
        ("https://a.example/a b", ""),
        ("https://a.example/" + "x" * 3000, ""),
        ("", ""),
    ],
)
def test_only_web_addresses_lead_anywhere(given_url: str, kept: str) -> None:
    assert web(given_url) == kept


def test_a_snippet_is_cut_but_keeps_its_marks() -> None:
    runs = clean_runs([("a" * 300, False), ("hit", True), ("b" * 300, False)], 320)
    assert runs[1] == ("hit", True)
    assert sum(len(t) for t, _ in runs) <= 320

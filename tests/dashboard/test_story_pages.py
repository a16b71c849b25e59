"""The pages of a story that was copied, edited, corrected, told of and put right by people."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.model import Relation
from dashboard.pages import alert, article, diff, story
from store import Tx, alerts, channels, edits
from store.backends.sqlite import SqliteBackend
from tests.dashboard.checks import check
from tests.dashboard.newsroom import EVIL, Newsroom, fill


@pytest.fixture(scope="module")
def news(desk_of: Callable[[Callable[[Tx, datetime], None]], Any]) -> Any:
    """A desk on the day of the story."""
    return desk_of(lambda tx, now: fill(tx, now - timedelta(hours=4)))


def text(running: Any, path: str) -> str:
    page = running.get(path)
    check(page)
    return str(page.text)


def in_order(page: str, *pieces: str) -> None:
    places = [page.index(piece) for piece in pieces]
    assert places == sorted(places), pieces


def test_a_story_says_who_was_first_and_where_else_it_is(news: Any) -> None:
    page = text(news, "/story/1")
    assert "First printed by <strong>Tucson Ledger</strong>" in page
    assert "also in 6 outlets" in page
    assert "7 articles, 4 of them copies" in page


def test_a_story_says_how_much_of_the_original_each_copy_is(news: Any) -> None:
    page = text(news, "/story/1")
    ledger = '<a href="/article/1">Tucson Ledger</a>'
    assert f"full copy of {ledger}" in page
    assert f"excerpt of {ledger}: 53 % of it" in page
    assert f"contains all of {ledger} and adds 2 paragraphs" in page
    assert f"shares 34 % of its text with {ledger} and adds 2 paragraphs" in page


def test_what_a_copy_added_is_folded_away_and_only_that(news: Any) -> None:
    page = text(news, "/story/1")
    own = page[page.index("<blockquote") : page.index("</blockquote>")]
    assert "the school bus came forty minutes late" in own
    assert "Federal agents entered" not in own
    before = page[: page.index("<blockquote")]
    assert before.rindex("<details>") > before.rindex("Raid delays school buses")


def test_a_story_tells_prints_edits_alerts_and_decisions_in_time_order(news: Any) -> None:
    page = text(news, "/story/1")
    in_order(
        page[page.index("What happened") :],
        "Tucson Ledger</strong> · first to print it",
        'Alert · <a href="/alert/al_raid">rule raids told mail, slack</a>',
        "Phoenix Minute",
        '<a href="/article/1/diff?from=1&amp;to=2">',
        '<a href="/alert/al_guard">',
        '<a href="/alert/up_1">',
        "/article/1/diff?from=2&amp;to=3",
        "gone: answered 404",
        'merged from <a href="/story/2">story 2</a> by ana: same raid',
        '<a href="/article/2">article 2</a> pinned here by ana',
    )


def test_a_story_marks_what_was_corrected_gone_and_pinned(news: Any) -> None:
    page = text(news, "/story/1")
    assert '<strong>Corrected</strong>: <a href="/article/1">Tucson Ledger</a>' in page
    assert '<strong>No longer at its address</strong>: <a href="/article/4">Santa Cruz Courier</a>' in page
    herald = page[page.index("Border Herald") : page.index("Phoenix Minute")]
    assert ">pinned</span>" in herald
    assert page.count(">pinned</span>") == 1


def test_a_story_lists_its_alerts_and_leaves_updates_to_the_timeline(news: Any) -> None:
    page = text(news, "/story/1")
    cards = page[page.index('<ul class="cards">') : page.index("What happened")]
    assert cards.count('<li class="card">') == 2
    assert "up_1" not in cards


def test_a_story_names_the_commands_that_change_it_with_its_ids(news: Any) -> None:
    page = text(news, "/story/1")
    for command in ("borderwire stories merge 1 OTHER", "borderwire stories split 7", "borderwire stories pin 7 OTHER"):
        assert f"<code>{command}</code>" in page
    assert "<code>borderwire stories split 7</code>" in text(news, "/story/2")
    assert "<code>borderwire stories pin 4</code>" in text(news, "/article/4")
    assert "<code>borderwire stories unpin 2</code>" in text(news, "/article/2")


def test_a_merged_story_says_where_it_went_and_what_it_held(news: Any) -> None:
    page = text(news, "/story/2")
    assert '<a href="/story/1" lang="en">Agents enter Nogales warehouse</a> (story 1)' in page
    assert "by ana: same raid" in page
    assert '<a href="/article/7" lang="es">Se llevan a once' in page


def test_an_article_says_what_it_is_a_copy_of_and_what_became_of_it(news: Any) -> None:
    page = text(news, "/article/4")
    assert '<a href="/article/1">Tucson Ledger</a> and adds 2 paragraphs' in page
    assert "58 % of this text is in it, 100 % of it is here" in page
    assert "<strong>No longer at its address</strong>, seen <time" in page
    assert "answered 404" in page
    assert 'its original: <span class="badge is-corrected">corrected</span>' in page
    assert 'Border Herald</a>, <a href="/article/3">Phoenix Minute' in text(news, "/article/1")


def test_an_article_lists_its_revisions_with_what_changed(news: Any) -> None:
    page = text(news, "/article/1")
    in_order(
        page,
        "<strong>revision 3</strong> (shown below)",
        '<a href="/article/1/diff?from=2&amp;to=3">new headline, 1 paragraph added, 1 changed</a>',
        '<a href="/article/1?revision=2">revision 2</a>',
        '<a href="/article/1?revision=1">revision 1</a>',
        '<a href="/article/1/diff?from=1&amp;to=3">All that changed',
    )
    early = text(news, "/article/1?revision=1")
    assert "This is an earlier text" in early
    assert "/article/1/diff?from=1&amp;to=3" in early


def test_an_article_says_which_edits_were_told_and_why_others_were_not(news: Any) -> None:
    page = text(news, "/article/1")
    assert 'told in <a href="/alert/up_1">an update</a>' in page
    assert "not told: three updates of this alert told of edits already" in page
    assert "waits for the next update" in page
    assert "not told: only the spelling of a word changed" in text(news, "/article/5")


def test_an_alert_shows_its_updates_and_what_was_not_told(news: Any) -> None:
    page = text(news, "/alert/al_raid")
    in_order(page, "Why it fired", "<h2>Updates</h2>", '<a href="/alert/up_1" lang="en">Tomato',
             "1 more on a story you were told of", "Edits that wait for the next update",
             "Tucson Ledger corrected its report", "Edits nobody was told of", "only the spelling")  # fmt: skip
    assert page.count("joined quietly") == 3
    assert "is-corrected" in page


def test_an_update_shows_the_edits_it_tells(news: Any) -> None:
    page = text(news, "/alert/up_1")
    in_order(
        page, "The edits it tells", "told here", "They left with eleven workers", "They left with fourteen workers"
    )
    assert "Tucson Ledger corrected its report" not in page


def test_the_front_page_marks_what_was_withdrawn(news: Any) -> None:
    assert "is-retracted" in text(news, "/")


def test_edits_can_be_filtered_by_what_became_of_them(news: Any) -> None:
    rows = news.json("/borderwire/desk_edits.json?_shape=array&state=quiet&_sort=added_at")
    assert [(r["rule"], r["quiet"], r["article_id"]) for r in rows] == [
        ("national-guard", "limit", 1),
        ("raids", "spelling", 5),
    ]
    assert [r["told_in"] for r in news.json("/borderwire/desk_edits.json?_shape=array&state=told")] == ["up_1"]
    page = text(news, "/borderwire/desk_edits?kind=edited")
    assert "Before: They left with eleven workers, the county said. · Now:" in page


def test_lists_leave_merged_stories_out_and_count_what_happened(news: Any) -> None:
    rows = {r["id"]: r for r in news.json("/borderwire/desk_stories.json?_shape=array")}
    assert set(rows) == {1, 3}
    assert (rows[1]["edited"], rows[1]["corrections"], rows[1]["merged"]) == (2, 2, 1)
    gone = news.json("/borderwire/desk_articles.json?_shape=array&standing=gone")
    assert [(r["id"], r["extent"], r["standing_note"]) for r in gone] == [(4, "contains", "answered 404")]
    assert [r["pinned"] for r in news.json("/borderwire/desk_articles.json?_shape=array&id=2")] == [1]
    answer = news.json("/borderwire/withdrawn.json?_shape=array")
    assert [r["standing"] for r in answer] == ["retracted", "gone", "corrected"]


def test_decisions_are_a_list(news: Any) -> None:
    page = text(news, "/borderwire/decisions")
    assert "same raid" in page
    assert '<a href="/story/2">2</a>' in page


@pytest.mark.parametrize(
    "path",
    ["/story/3", "/article/8", "/article/8?revision=1", "/article/9", "/article/8/diff", "/article/8/diff?from=1&to=2",
     "/alert/al_odd", "/borderwire/desk_edits", "/borderwire/decisions", "/borderwire/withdrawn", "/"],
)  # fmt: skip
def test_hostile_words_stay_words(news: Any, path: str) -> None:
    page = text(news, path)
    assert "&lt;script&gt;" in page or "&lt;b" in page
    assert EVIL not in page


def test_a_story_of_very_many_articles_is_shown_in_part_and_says_so(desk_of: Any) -> None:
    def many(tx: Tx, now: datetime) -> None:
        room = Newsroom(tx, now - timedelta(hours=30))
        first, story = room.print("Outlet 0", "One of many", "A text of some words.\nAnd more of them.", 0)
        for n in range(1, 620):
            room.print(
                f"Outlet {n % 50}", f"Number {n}", "A text of some words.\nAnd more of them.", n, story, of=first
            )

    page = text(desk_of(many), "/story/1")
    assert "also in 49 outlets" in page
    assert "120 more events" in page
    assert '<a href="/borderwire/desk_articles?story_id=1">' in page


def questions(folder: Path, size: int) -> list[int]:
    """How often each page asks a database of a story of so many articles, revisions and alerts."""
    asked: list[str] = []
    store = SqliteBackend(folder / f"{size}.db", lock=True)
    store.migrate()
    with store.tx() as tx:
        room = Newsroom(tx, datetime(2025, 2, 5, 6, tzinfo=UTC))
        channels.sync(tx, [("slack", "slack"), ("mail", "email")], room.at(0))
        first, home = room.print("Outlet", "First", "A text.", 0)
        for n in range(size):
            other, _ = room.print(f"Outlet {n}", f"Other {n}", f"Another text {n}.", n + 1, home)
            room.edit(first, "First", f"A text, edited {n} times.", n + 1.5)
            room.tell(f"al_{n}", f"rule{n}", "First", n + 2, home, first)
            alerts.add_article(tx, "al_0", other, Relation.SAME_STORY, room.at(n + 2))
            edits.add(tx, "al_0", first, n + 2, "edited", ["Now: more"], now=room.at(n + 2))
    counts = []
    store.db.conn.set_trace_callback(asked.append)
    with store.read() as tx:
        for work, key in ((story._story, home), (article._article, first), (alert._alert, "al_0"), (diff._diff, first)):
            asked.clear()
            work(tx, key)
            counts.append(len(asked))
    store.close()
    return counts


def test_a_page_of_a_large_story_asks_no_more_questions_than_that_of_a_small_one(tmp_path: Path) -> None:
    small = questions(tmp_path, 2)
    assert min(small) >= 4
    assert questions(tmp_path, 20) == small


def test_an_article_never_copied_and_never_edited_has_neither_heading(news: Any) -> None:
    page = text(news, "/article/7")
    assert "Revisions" not in page
    assert "<dt>Copy</dt>" not in page
    assert "Edits that rules" not in page

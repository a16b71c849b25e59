"""What ingest decides: the name of an outlet that nobody names, and what becomes of texts that come again."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model import Article, Entry, EntryClass, Standing, Stored
from crawler.ingest import Context, Ingested, ingest, outlet_name
from store import articles, entries, open_store, sources


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.register.example/documents/1", "register.example"),
        ("http://localhost:8000/a", "localhost:8000"),
        ("http://127.0.0.1:8000/a", "register"),
        ("http://[::1]/a", "register"),
    ],
)
def test_an_outlet_is_its_host_or_its_source_where_the_host_is_a_number(url: str, name: str) -> None:
    assert outlet_name(url, "register") == name


NOON = datetime(2025, 2, 5, 12, tzinfo=UTC)
STORY = "\n".join(
    f"Officials of district {n} said on Wednesday that the convoy had reached the river." for n in range(4)
)
NOTICE = "Correction: An earlier version of this article misstated the number of trucks."
VERSIONS = (
    STORY,
    f"{STORY}\nThe National Guard confirmed it at noon.",
    f"{STORY}\nTariffs were put off for a month.",
    f"{STORY}\n{NOTICE}",
)
FURNITURE = ("", "\nUpdated 3 hours ago", "\n31 comments", "\nRelated\nBridge reopens after a day")


def versions(texts: Sequence[str]) -> tuple[list[Ingested], list[Stored], list[str], str]:
    """These texts of one page, read one after the other; what was told of them, the revisions, the standing."""
    seen: list[Stored] = []
    url = "https://news.example/convoy"
    context = Context("wire", "The Wire", "en", ())
    store = open_store(":memory:")
    with store.tx() as tx:
        sources.sync(tx, [sources.Definition("wire", "feed", "https://news.example/", "d", "en", ())], NOON)
        entry = Entry(url=url, title="Convoy")
        added = entries.add(tx, "wire", entry, digest="d", entry_class=EntryClass.LIVE, look="page", now=NOON)
        done = []
        for n, text in enumerate(texts):
            now = NOON + timedelta(minutes=20 * n)
            if n:
                entries.plan_relook(tx, added, 1, now)
                (todo,) = entries.claim_relooks(tx, now, 1, timedelta(minutes=5))
            else:
                (todo,) = entries.claim_todo(tx, now, 1, timedelta(minutes=5))
            article = Article(url, url, "Convoy", text, language="en")
            done.append(ingest(tx, todo, article, context, lambda tx, stored, now: seen.append(stored), now))
        stored = [r["text"] for r in articles.revisions(tx, 1)]
        standing = articles.get(tx, 1)["standing"]
    store.close()
    return done, seen, stored, standing


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=8))
def test_each_text_that_differs_from_the_last_is_a_revision_and_no_other_is(found: list[tuple[int, int]]) -> None:
    done, seen, stored, standing = versions([VERSIONS[v] + FURNITURE[f] for v, f in found])
    expected = [v for n, (v, _) in enumerate(found) if not n or found[n - 1][0] != v]
    assert [_version(text) for text in stored] == expected
    assert [s.revision for s in seen] == list(range(1, len(expected) + 1))
    assert [d.change for d in done] == [
        "new" if not n else "revised" if found[n - 1][0] != v else "known" for n, (v, _) in enumerate(found)
    ]
    for n, told in enumerate(seen[1:], 1):
        assert told.previous_text == stored[n - 1]
        assert list(told.earlier) == stored[: n - 1]
    newly = [s.revision for s in seen if s.standing is Standing.CORRECTED]
    assert newly == [n + 1 for n, v in enumerate(expected) if v == 3 and n and 3 not in expected[:n]]
    assert standing == ("corrected" if 3 in expected else "printed")


def _version(text: str) -> int:
    return next((n for n, added in ((1, "Guard"), (2, "Tariffs"), (3, "Correction")) if added in text), 0)


def test_the_same_text_again_changes_nothing() -> None:
    done, seen, stored, _ = versions([STORY] * 5)
    assert [d.change for d in done] == ["new"] + ["known"] * 4
    assert (len(seen), len(stored)) == (1, 1)


def test_a_date_that_lies_ahead_is_no_date_and_the_article_says_so() -> None:
    url = "https://news.example/convoy"
    store = open_store(":memory:")
    with store.tx() as tx:
        sources.sync(tx, [sources.Definition("wire", "feed", "https://news.example/", "d", "en", ())], NOON)
        entry = Entry(url=url, title="Convoy")
        entries.add(tx, "wire", entry, digest="d", entry_class=EntryClass.LIVE, look="page", now=NOON, reason="odd")
        (todo,) = entries.claim_todo(tx, NOON, 1, timedelta(minutes=5))
        article = Article(url, url, "Convoy", STORY, published=NOON + timedelta(days=5000))
        ingest(tx, todo, article, Context("wire", "The Wire", "en", ()), lambda *_: None, NOON)
        found = articles.get(tx, 1)
    store.close()
    assert found["published"] is None
    assert found["note"].startswith("dated in the future (2038-")

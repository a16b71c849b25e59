"""`borderwire articles diff` and what `show` tells of copies, standing and pins."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.__main__ import borderwire, main
from cli._diff import as_lines
from core.clock import to_iso
from core.model import Article, EntryClass, Extent, Relation
from store import articles, open_store

NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
URL = "https://paper.example/ferry"
TEXTS = [
    (
        "Ferry stops",
        "The ferry stopped at noon.\n\nNobody was hurt.\nThe harbour office is looking into it.\nMore soon.",
    ),
    (
        "Ferry stops again",
        "The ferry stopped at one.\n\nNobody was hurt.\nThe harbour office is looking into it.\nMore soon.\nCall us.",
    ),
    ("Ferry stops again", "The ferry stopped at one.\n\nNobody was hurt.\nCall us."),
]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Article 1 with three revisions, an hour apart, and article 2, an excerpt of it that was retracted."""
    path = tmp_path / "config.yaml"
    path.write_text(json.dumps({"database": "wire.db", "contact": "test@example.org"}))
    store = open_store(str(tmp_path / "wire.db"))
    with store.tx() as tx:
        story = articles.found_story(tx, "key", "Ferry stops", "en", NOW)
        add: dict[str, Any] = {"tags": (), "entry_class": EntryClass.LIVE, "story_id": story, "sketch_n": 0, "words": 9}
        first = articles.add(
            tx, Article(f"{URL}?from=feed", URL, *TEXTS[0], site="Harbour Times"), source="harbour",
            relation=Relation.NEW, copy_of=None, score=0, text_hash="1", now=NOW, **add,
        )  # fmt: skip
        for hours, (title, text) in enumerate(TEXTS[1:], 1):
            changed, at = Article(URL, URL, title, text), NOW + timedelta(hours=hours)
            articles.revise(tx, first, changed, sketch_n=0, text_hash="1", words=9, now=at)
        other = "https://other.example/ferry"
        articles.add(
            tx, Article(other, other, "Ferry", "The ferry stopped."), source="other", relation=Relation.COPY,
            copy_of=first, score=1, text_hash="2", now=NOW, extent=Extent.EXCERPT, of_new=0.98, of_original=0.4, **add,
        )  # fmt: skip
        tx.run(
            "UPDATE articles SET standing = 'retracted', standing_at = :at, standing_note = 'It was a drill.',"
            " pinned = 1 WHERE id = 2",
            at=to_iso(NOW),
        )
    store.close()
    return path


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(borderwire, ["--config", str(path), "articles", *arguments])


def test_the_last_two_revisions_are_compared_word_by_word(config: Path) -> None:
    done = run(config, "diff", "1")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"Article 1 · Harbour Times · {URL}",
        "Revision 2, seen 2025-02-05 13:00 → revision 3, seen 2025-02-05 14:00 UTC",
        "",
        "… 2 paragraphs unchanged …",
        "[-The harbour office is looking into it.-]",
        "[-More soon.-]",
        "… 1 paragraph unchanged …",
    ]


def test_any_two_revisions_are_compared_headline_first(config: Path) -> None:
    wanted = [
        "Headline: Ferry stops {+again+}",
        "",
        "The ferry stopped at [-noon.-] {+one.+}",
        "… 3 paragraphs unchanged …",
        "{+Call us.+}",
    ]
    for arguments in (["--from", "1", "--to", "2"], ["--to", "2"]):
        assert run(config, "diff", URL, *arguments).stdout.splitlines()[2:] == wanted
    whole = run(config, "diff", f"{URL}?from=feed", "--from", "1").stdout
    assert "Revision 1, seen 2025-02-05 12:00 → revision 3" in whole
    back = run(config, "diff", "1", "--from", "2", "--to", "1").stdout
    assert "Headline: Ferry stops [-again-]" in back


def test_the_comparison_as_json_gives_the_texts_back(config: Path) -> None:
    told = json.loads(run(config, "diff", "1", "--from", "1", "--to", "2", "--json").stdout)
    assert (told["from"]["number"], told["to"]["number"], told["to"]["title"]) == (1, 2, "Ferry stops again")
    for version, other in ((0, "added"), (1, "removed")):
        title, *lines = (
            " ".join("".join(run["text"] for run in runs if run["kind"] != other).split())
            for runs in (told["title"], *(p["runs"] for p in told["paragraphs"]))
        )
        assert (title, [line for line in lines if line]) == (
            TEXTS[version][0],
            [line for line in TEXTS[version][1].splitlines() if line],
        )
    assert [p["kind"] for p in told["paragraphs"]] == ["changed", "same", "same", "same", "added"]


def test_one_revision_alone_is_said_in_words(config: Path) -> None:
    done = run(config, "diff", "2")
    assert done.exit_code == 0
    assert "Only revision 1 is known, seen 2025-02-05 12:00: nothing came before it." in done.stdout
    told = json.loads(run(config, "diff", "2", "--json").stdout)
    assert (told["from"], told["to"]["number"], told["paragraphs"]) == (None, 1, [])
    assert "Only revision 1 is known" not in run(config, "diff", "1", "--to", "2").stdout


def test_a_revision_that_is_not_there_is_refused_with_those_that_are(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, words in (
        (["1", "--from", "7"], "article 1 has no revision 7: it has revisions 1 to 3"),
        (["2", "--to", "2"], "article 2 has no revision 2: it has only revision 1"),
        (["9"], "no article 9"),
        (["https://nowhere.example/"], "borderwire articles search finds articles by their words"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["--config", str(config), "articles", "diff", *arguments])
        assert ended.value.code == 1
        assert words in capsys.readouterr().err
    assert run(config, "diff", "1", "--from", "2", "--to", "2").exit_code == 2
    assert run(config, "diff", "1", "--from", "0").exit_code == 2


def test_on_a_terminal_colour_stands_for_the_marks() -> None:
    old = {
        "number": 1,
        "title": "Ferry",
        "text": "It stopped at noon today.",
        "seen_at": to_iso(NOW),
        "extraction": "page",
    }
    new = {**old, "number": 2, "text": "It stopped at one today."}
    article = {"id": 1, "site": "", "source": "harbour", "canonical_url": URL}
    *_, line = as_lines(article, old, new, colour=True)
    assert line.plain == "It stopped at noon one today."
    styled = {line.plain[s.start : s.end]: str(s.style) for s in line.spans}
    assert styled == {"noon": "red strike", "one": "green underline"}


def test_a_text_that_only_got_another_headline_says_so() -> None:
    old = {"number": 1, "title": "Ferry", "text": "It stopped.", "seen_at": to_iso(NOW), "extraction": "summary"}
    new = {**old, "number": 2, "title": "Boat", "extraction": "page"}
    article = {"id": 1, "site": "", "source": "harbour", "canonical_url": URL}
    lines = [line.plain for line in as_lines(article, old, new, colour=False)]
    assert lines[1].startswith("Revision 1 (summary), seen")
    assert lines[2:] == ["Headline: [-Ferry-] {+Boat+}", "", "The text is the same."]


def test_an_article_shows_of_what_it_is_a_copy_and_what_became_of_it(config: Path) -> None:
    shown = run(config, "show", "2").stdout
    assert (
        "Copy of article 1 (Harbour Times), an excerpt: 98% of it lies in that article, 40% of that article in it"
        in shown
    )
    assert "Retracted 2025-02-05 12:00: It was a drill." in shown
    assert "article 2 · story 1, pinned there" in shown
    plain = run(config, "show", "1").stdout
    assert "article 1 · story 1\n" in plain
    assert "Printed" not in plain
    told = json.loads(run(config, "show", "2", "--json").stdout)
    assert (told["standing"], told["extent"], told["of_new"], told["pinned"]) == ("retracted", "excerpt", 0.98, 1)

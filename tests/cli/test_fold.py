"""`borderwire fold`: the pipe."""

import json
import random
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from benchmarks.corpus import stream
from cli.fold import fold

EVENTS: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).parents[1] / "data" / "folding" / "events.yaml")
TEXT = " ".join(next(i for i in stream(5, seed=2) if len(i.text.split()) > 200).sentences)


def run(lines: list[Any]) -> tuple[Result, list[dict[str, Any]]]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    result = CliRunner().invoke(fold, ["-"], input=text)
    return result, [json.loads(line) for line in result.stdout.splitlines()]


def test_each_article_gets_a_line_in_input_order_with_its_story() -> None:
    result, found = run(
        [
            {"id": "a", "title": "One", "text": TEXT, "url": "https://a.example/", "published": "2025-02-05T12:00:00Z"},
            {"id": 7, "title": "Owl nests in bell tower of San Elizario", "text": ""},
            {"id": "b", "title": "Two", "text": TEXT, "url": "https://b.example/", "published": "2025-02-05T13:00:00Z"},
        ]
    )
    assert result.exit_code == 0
    assert found == [
        {"id": "a", "story": "a", "relation": "new", "of": None, "score": 0.0},
        {"id": 7, "story": 7, "relation": "new", "of": None, "score": 0.0},
        {"id": "b", "story": "a", "relation": "copy", "of": "a", "score": 1.0},
    ]


def test_both_languages_of_an_event_are_one_story_without_being_told_the_language() -> None:
    told = [(e["event"], a) for e in EVENTS for a in e["articles"]]
    random.Random(1).shuffle(told)
    _, found = run([{"id": n, "title": a["title"], "text": a["text"]} for n, (_, a) in enumerate(told)])
    named = {f["story"]: told[f["story"]][0] for f in found}
    assert [named[f["story"]] for f in found] == [event for event, _ in told]
    assert len(named) == len(EVENTS)
    assert all(f["of"] == f["story"] for f in found if f["relation"] == "same_story")


def test_headlines_alone_find_their_story() -> None:
    titles = [
        "Sbarro pizza chain files for bankruptcy again",
        "Elephants tell human voices apart, study finds",
        "Pizza chain Sbarro seeks bankruptcy protection",
        "Study: elephants recognise dangerous human voices",
    ]
    _, found = run([{"id": n, "title": title} for n, title in enumerate(titles)])
    assert [f["story"] for f in found] == [0, 1, 0, 1]


def test_dates_drive_the_clock() -> None:
    told = EVENTS[0]["articles"]
    lines = [{"id": n, "title": a["title"], "text": a["text"], "language": a["language"]} for n, a in enumerate(told)]
    lines[1]["published"] = "2025-02-05T12:00:00+00:00"
    lines[2]["published"] = "2025-03-25T12:00:00+00:00"
    _, found = run(lines)
    assert [f["story"] for f in found] == [0, 1, 2]


def test_a_line_that_cannot_be_read_carries_its_error_and_the_rest_goes_on() -> None:
    good = {"id": "good", "title": "Owl nests in bell tower"}
    result, found = run(
        [
            "{not json",
            "[1]",
            {"title": "no id"},
            {"id": "empty", "title": " ", "text": "…"},
            {"id": "wrong", "title": {"a": 1}},
            {"id": "date", "title": "Owl", "published": "yesterday"},
            "",
            good,
        ]
    )
    assert result.exit_code == 1
    assert [("error" in f, f["id"]) for f in found] == [
        (True, None),
        (True, None),
        (True, None),
        (True, "empty"),
        (True, "wrong"),
        (True, "date"),
        (False, "good"),
    ]


def test_one_address_may_come_twice() -> None:
    line = {"id": 1, "title": "Owl nests in the old bell tower", "url": "https://a.example/1"}
    result, found = run([line, line])
    assert result.exit_code == 0
    assert [f["relation"] for f in found] == ["new", "copy"]


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"id": st.integers()},
            optional={
                "title": st.one_of(st.text(max_size=80), st.none(), st.integers()),
                "text": st.one_of(st.text(max_size=300), st.lists(st.integers(), max_size=2)),
                "language": st.sampled_from(["en", "es", "xx", "", None]),
                "published": st.sampled_from(
                    ["2025-02-05T12:00:00Z", "2025-02-05", "0001-01-01", "9999-12-31T23:59:59-11:00", 5]
                ),
            },
        ),
        max_size=5,
    )
)
def test_any_objects_give_one_line_each(lines: list[dict[str, Any]]) -> None:
    result, found = run(lines)
    assert [f["id"] for f in found] == [line["id"] for line in lines]
    assert result.exit_code == int(any("error" in f for f in found))

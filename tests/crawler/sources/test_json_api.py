"""JSON APIs by a map of fields; the shapes of those the seeds use."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from core.errors import ParseError
from core.model import Parsed, Response
from crawler.sources import json_api

URL = "https://api.example/v1/documents.json"


def read(data: object, **options: Any) -> Parsed:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    made = json_api.build("api", URL, json_api.Options(**options))
    return made.parse(Response(URL, 200, {"content-type": "application/json"}, body))


def test_the_shape_of_the_federal_register() -> None:
    found = read(
        {
            "count": 2,
            "next_page_url": "https://api.example/v1/documents.json?page=2",
            "results": [
                {"title": "Notice of a <em>new</em> crossing fee", "abstract": "The agency &amp; its partners say so.",
                 "html_url": "https://register.example/d/2025-1", "publication_date": "2025-02-05",
                 "document_number": "2025-1", "agencies": [{"name": "Border Office", "raw_name": "BORDER OFFICE"},
                                                           {"raw_name": "TRADE OFFICE"}]},
                {"title": "No address", "html_url": None},
            ],
        },
        items="results", next="next_page_url", pages=2,
        fields={"url": "html_url", "title": "title", "summary": "abstract", "published": "publication_date",
                "id": "document_number", "authors": "agencies"},
    )  # fmt: skip
    (entry,) = found.entries
    assert (entry.url, entry.id) == ("https://register.example/d/2025-1", "2025-1")
    assert (entry.title, entry.summary) == ("Notice of a new crossing fee", "The agency & its partners say so.")
    assert entry.published == datetime(2025, 2, 5, tzinfo=UTC)
    assert entry.authors == ("Border Office", "TRADE OFFICE")
    assert [r.url for r in found.next] == ["https://api.example/v1/documents.json?page=2"]
    assert (found.skipped, found.problem) == (1, "1 items without a usable address")


GDELT = {"items": "articles", "fields": {"url": "url", "title": "title", "published": "seendate",
                                         "language": "language",
                                         "image": "socialimage"}}  # fmt: skip


def test_the_shape_of_gdelt() -> None:
    found = read(
        {"articles": [{"url": "https://news.example/1", "title": "Mexico , border and \" trade \" : what is next ?",
                       "seendate": "20250205T101500Z", "socialimage": "", "language": "Spanish"}]}, **GDELT
    )  # fmt: skip
    (entry,) = found.entries
    assert entry.title.startswith("Mexico, border and")
    assert entry.title.endswith(": what is next?")
    assert entry.published == datetime(2025, 2, 5, 10, 15, tzinfo=UTC)
    assert (entry.language, entry.image) == ("es", None)


def test_gdelt_answers_nothing_where_nothing_matches_and_words_where_it_is_asked_too_often() -> None:
    assert read({}, **GDELT).entries == ()
    with pytest.raises(ParseError, match="no JSON but: Please ask less often"):
        read(b"Please ask less often, once in some seconds will do.", **GDELT)
    with pytest.raises(ParseError, match="no JSON but: nothing"):
        read(b"", **GDELT)


def test_the_shape_of_canada() -> None:
    fields = {"url": "link", "title": "title", "summary": "teaser", "published": "publishedDate"}
    one = {
        "link": "/en/news/1",
        "title": "Crossing hours",
        "teaser": "<p>New hours</p>",
        "publishedDate": "2025-02-05 09:30",
    }
    for entries in ([one], one):
        found = read({"feed": {"title": "News", "entry": entries}}, items="feed.entry", fields=fields)
        assert [(e.url, e.summary) for e in found.entries] == [("https://api.example/en/news/1", "New hours")]


def test_a_list_at_the_top_and_an_address_made_of_fields() -> None:
    found = read([{"n": {"id": 7}, "t": "A"}, {"t": "B"}], fields={"url": "https://x.example/d/{n.id}", "title": "t"})
    assert [e.url for e in found.entries] == ["https://x.example/d/7"]
    assert found.skipped == 1


@pytest.mark.parametrize("data", [{"results": "none"}, {"error": "quota"}, "words", 5, None, {"results": None}])
def test_another_shape_is_said_to_be_one(data: object) -> None:
    with pytest.raises(ParseError, match="no list at 'results'"):
        read(data, items="results", fields={"url": "url"})


def test_odd_values_are_let_out_not_printed() -> None:
    found = read(
        [{"url": "https://x.example/1", "title": ["a"], "summary": {"x": 1}, "published": 5, "id": 9,
          "authors": {"a": 1}},
         {"url": ["https://x.example/2"]}, {"url": "http://["}, 7, None],
        fields={k: k for k in ("url", "title", "summary", "published", "id", "authors")},
    )  # fmt: skip
    (entry,) = found.entries
    assert (entry.title, entry.summary, entry.id, entry.authors, entry.published) == ("", "", "9", (), None)
    assert found.skipped == 4


def test_a_field_we_do_not_have_is_refused() -> None:
    with pytest.raises(ValidationError, match="unknown field 'headline'"):
        json_api.Options(fields={"url": "url", "headline": "title"})
    with pytest.raises(ValidationError, match="`url` is needed"):
        json_api.Options(fields={"title": "title"})

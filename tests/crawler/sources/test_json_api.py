"""JSON APIs by a map of fields; the shapes of those the seeds use."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.errors import ParseError
from core.markup import plain
from core.model import Parsed, Request, Response
from crawler.sources import _values, json_api

URL = "https://api.example/v1/documents.json"


def read(data: object, url: str = URL, **options: Any) -> Parsed:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    made = json_api.build("api", URL, json_api.Options(**options))
    found = made.parse(Response(url, 200, {"content-type": "application/json"}, body))
    return replace(found, entries=tuple(map(plain, found.entries)))


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
        [{"url": "https://x.example/1", "title": {"a": 1}, "summary": {"x": 1}, "published": 5, "id": 9, "authors": 7},
         {"url": {"x": "https://x.example/2"}}, {"url": "http://["}, {"url": "https://"}, {"url": "https://x.example/\ud800"},
         {"url": True}, 7, None],
        fields={k: k for k in ("url", "title", "summary", "published", "id", "authors")},
    )  # fmt: skip
    (entry,) = found.entries
    assert (entry.title, entry.summary, entry.id, entry.authors, entry.published) == ("", "", "9", (), None)
    assert found.skipped == 7


def test_what_is_wrapped_is_unwrapped() -> None:
    """As WordPress, converted XML and search engines give their values."""
    fields = {"url": "link", "title": "title", "summary": "excerpt", "authors": "by", "language": "lang",
              "published": "at", "image": "media.-1.src", "id": "ids"}  # fmt: skip
    (entry,) = read(
        [{"link": ["https://x.example/1", "https://x.example/amp"], "title": {"rendered": "Bridge &amp; road"},
          "excerpt": {"#text": "<p>One</p><p>Two</p>"}, "by": "Ana Ruiz; Luis Gil|Ana Ruiz", "lang": "es-MX",
          "at": 1738749600, "media": [{"src": "/a.jpg"}, {"src": "/b.jpg"}], "ids": [7]}],
        fields=fields,
    ).entries  # fmt: skip
    assert (entry.url, entry.title, entry.summary) == ("https://x.example/1", "Bridge & road", "One\nTwo")
    assert (entry.authors, entry.language, entry.id) == (("Ana Ruiz", "Luis Gil"), "es", "7")
    assert entry.published == datetime(2025, 2, 5, 10, tzinfo=UTC)
    assert entry.image == "https://api.example/b.jpg"


def test_a_path_through_a_list_asks_each_of_its_items() -> None:
    day = {"morning": [{"notes": [{"u": "/1"}, {"u": "/2"}]}, {"notes": {"u": "/3"}}, {}, 5]}
    found = read(day, items="morning.notes", fields={"url": "u"})
    assert [e.url[-1] for e in found.entries] == ["1", "2", "3"]
    (entry,) = read(
        [{"u": "/1", "a": [{"name": "X"}, {"name": "Y"}, {"raw": "Z"}]}], fields={"url": "u", "authors": "a.name"}
    ).entries
    assert entry.authors == ("X", "Y")


@pytest.mark.parametrize(
    ("said", "moment"),
    [(1738749600, 10), (1738749600000, 10), ("2025-02-05T10:00:00Z", 10), ("20250205T101500Z", 10), (True, None),
     (10**30, None), (-5, None), (float("nan"), None), (float("inf"), None), (99, None), ("1738749600", None)],
)  # fmt: skip
def test_dates_are_text_or_what_machines_count(said: object, moment: int | None) -> None:
    found = _values.date(said)
    assert (found and found.hour) == moment


def test_an_address_made_of_fields_leads_where_it_says() -> None:
    made = read([{"id": "a b/../c#d", "t": "A"}], fields={"url": "https://x.example/d/{id}", "title": "t"})
    assert [e.url for e in made.entries] == ["https://x.example/d/a%20b/../c%23d"]


# -- paging ----------------------------------------------------------------------------------------------------
ITEMS = {"items": "r", "fields": {"url": "u"}, "pages": 3}
PAGE = {"r": [{"u": "/1"}, {"u": "/2"}]}


def following(data: object, url: str = URL, **options: Any) -> list[str]:
    return [r.url for r in read(data, url, **{**ITEMS, **options}).next]


def test_pages_are_counted_from_where_the_address_says() -> None:
    assert following(PAGE, page="p") == [f"{URL}?p=2"]
    assert following(PAGE, f"{URL}?q=a%20b&p=2&x=%5B1%5D", page="p") == [f"{URL}?q=a%20b&x=%5B1%5D&p=3"]
    assert following(PAGE, f"{URL}?p=0", page="p") == [f"{URL}?p=1"]
    assert following({"r": []}, f"{URL}?p=2", page="p") == []
    assert following(PAGE, f"{URL}?p=1000001", page="p") == []
    assert following(PAGE, f"{URL}?p=soon", page="p") == [f"{URL}?p=2"]


def test_an_offset_grows_by_what_came() -> None:
    assert following(PAGE, offset="skip") == [f"{URL}?skip=2"]
    assert following({"r": [{"u": "/1"}, {}, 5]}, f"{URL}?skip=40", offset="skip") == [f"{URL}?skip=43"]
    assert following({"r": []}, f"{URL}?skip=40", offset="skip") == []


def test_a_cursor_goes_into_its_parameter_until_there_is_none() -> None:
    how = {"next": "meta.after", "cursor": "after"}
    assert following({**PAGE, "meta": {"after": "a+b="}}, **how) == [f"{URL}?after=a%2Bb%3D"]
    assert following({**PAGE, "meta": {"after": 17}}, f"{URL}?after=16", **how) == [f"{URL}?after=17"]
    for last in (None, "", {}, [], "same"):
        assert following({**PAGE, "meta": {"after": last}}, f"{URL}?after=same", **how) == []
    assert following({"r": [], "meta": {"after": "x"}}, **how) == []


def test_a_next_page_on_another_site_is_refused_in_words() -> None:
    """A key in the headers must not follow where a document points."""
    for link in ("https://evil.example/2", "http://api.example/2", "https://api.example:8443/2", "//evil.example/2"):
        found = read({**PAGE, "next": link}, **{**ITEMS, "next": "next"})
        assert found.next == ()
        assert "another site" in found.problem
    assert following({**PAGE, "next": "/v1/documents.json?page=2"}, next="next") == [f"{URL}?page=2"]
    assert following({**PAGE, "next": URL}, next="next") == [], "a page that names itself"
    assert following({**PAGE, "next": "javascript:alert(1)"}, next="next") == []


def test_an_api_by_http_may_lead_to_its_encrypted_self() -> None:
    assert _values.same_site("http://a.example/1", "https://a.example/2")
    assert not _values.same_site("http://a.example:8080/1", "https://a.example/2")
    assert not _values.same_site("https://a.example/1", "http://a.example/2")
    assert not _values.same_site("https://a.example/1", "https://a.example:x/2")


def test_two_ways_to_the_next_page_are_refused() -> None:
    with pytest.raises(ValidationError, match="two ways to find the next page"):
        json_api.Options(fields={"url": "u"}, next="n", page="p")
    with pytest.raises(ValidationError, match="name that path too"):
        json_api.Options(fields={"url": "u"}, cursor="c")


# -- asking by date --------------------------------------------------------------------------------------------
NOON = datetime(2025, 2, 5, 12, tzinfo=UTC)


def asked(**options: Any) -> list[Request]:
    options = {"fields": {"url": "u"}, "since": "conditions[date][gte]", **options}
    return json_api.build("api", f"{URL}?order=newest", json_api.Options.model_validate(options)).requests(NOON)


def test_what_is_asked_for_begins_a_window_ago() -> None:
    first = "order=newest&conditions%5Bdate%5D%5Bgte%5D"
    assert asked() == [Request(f"{URL}?{first}=2025-01-29")]
    assert asked(window="1d") == [Request(f"{URL}?{first}=2025-02-04")]


def test_a_date_is_written_as_the_api_wants_it() -> None:
    assert asked(since="from", window="2h", since_format="%Y%m%d%H%M%S")[0].url.endswith("&from=20250205100000")
    assert asked(since="publishedDate>", since_format="unix", window="0s")[0].url.endswith(
        f"&publishedDate%3E={int(NOON.timestamp())}"
    )


def test_the_pages_after_it_keep_the_date() -> None:
    (first,) = asked()
    assert following(PAGE, first.url, page="page")[0].endswith("=2025-01-29&page=2")


# -- hostile documents -----------------------------------------------------------------------------------------
def test_what_an_api_says_instead_of_its_list_is_passed_on() -> None:
    for said in ({"error": {"message": "Quota spent"}}, {"errors": ["Quota spent"]}, {"message": "Quota\nspent"}):
        with pytest.raises(ParseError, match="no list at 'r'; it says: Quota spent"):
            read(said, **ITEMS)


def test_json_that_is_nested_broken_or_endless_is_refused() -> None:
    with pytest.raises(ParseError, match="nested too deep"):
        read(b"[" * 200_000, fields={"url": "u"})
    with pytest.raises(ParseError, match="broken JSON"):
        read(b'{"r": [{"u": "/1"}', **ITEMS)
    with pytest.raises(ParseError, match="broken JSON"):
        read(b'{"r": ' + b"9" * 10_000 + b"}", **ITEMS)


def test_more_items_than_one_reading_takes_are_counted() -> None:
    found = read({"r": [{"u": f"/{n}"} for n in range(5003)]}, **ITEMS)
    assert (len(found.entries), found.skipped) == (5000, 3)


def test_long_values_are_cut_where_a_line_is_wanted() -> None:
    (entry,) = read(
        [
            {"u": "/1", "t": "x" * 9000, "i": "y" * 9000, "a": ["z" * 9000] * 9000, "s": "w " * 9000},
            {"u": "/" + "v" * 9000},
        ],
        fields={"url": "u", "title": "t", "id": "i", "authors": "a", "summary": "s"},
    ).entries
    assert (len(entry.title), len(entry.id), len(entry.authors), len(entry.summary)) == (2000, 500, 1, 5000)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["r", "u", "next", "a"]), inner, max_size=4)
    ),
    max_leaves=25,
)


@given(JSON, st.sampled_from(["r", "r.u", "", "r.0.a", "a.-1"]), st.sampled_from([{"page": "p"}, {"next": "next"},
       {"next": "next", "cursor": "c"}, {"offset": "o"}, {}]))  # fmt: skip
def test_any_document_gives_entries_or_a_parse_error(data: object, items: str, how: dict[str, str]) -> None:
    fields = dict.fromkeys(json_api.OURS, "u") | {"title": "a.u"}
    try:
        found = read(data, items=items, fields=fields, pages=2, **how)
    except ParseError:
        return
    for entry in found.entries:
        assert entry.url.startswith(("http://", "https://"))
        for value in (entry.url, entry.id, entry.title, entry.summary, entry.content, *entry.authors):
            value.encode()
    assert all(r.url.startswith("https://api.example") for r in found.next)


def test_a_field_we_do_not_have_is_refused() -> None:
    with pytest.raises(ValidationError, match="unknown field 'headline'"):
        json_api.Options(fields={"url": "url", "headline": "title"})
    with pytest.raises(ValidationError, match="`url` is needed"):
        json_api.Options(fields={"title": "title"})

"""A JSON API, by a map from its fields to ours. The Federal Register and GDELT fit without code.

- name: federal-register-cbp
  kind: json_api
  url: "https://www.federalregister.gov/api/v1/documents.json?order=newest&per_page=20"
  items: results
  fields: {url: html_url, title: title, summary: abstract, published: publication_date, id: document_number}
  next: next_page_url
  pages: 2

items: results    dotted path to the list; without it the document itself is the list
fields:           ours -> dotted path in an item (`agencies.name`, `links.0.href`); ours are url, title, summary,
                  content, published, updated, id, authors, language, image. HTML becomes plain text.
                  A url may be a template: "https://x.org/doc/{document_number}"

One poll reads up to `pages` documents (1), each found from the one before by one of these:
next: path        dotted path to the next page's address, on the same site; with `cursor`, to a token
cursor: name      the query parameter that takes the token
page: name        the query parameter that counts pages; it starts where the url says, or at 1
offset: name      the query parameter that counts the items to leave out; it starts where the url says, or at 0
                  A page without items, or the last by its own word (a next that is empty), ends the reading.

since: name       a query parameter that takes a date: the API is asked only for what is newer than that
window: 7d        how long before now that is: longer than any pause of the service or delay of the API
since_format      how the date is written, by strftime ("%Y-%m-%d"), or `unix` for seconds since 1970
headers           as for every source, e.g. an API key; they are sent to no other site
"""

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from core.charset import decode
from core.durations import parse_duration
from core.errors import ParseError
from core.html import CONTROL, clean, title_text
from core.model import Entry, Parsed, Request, Response
from crawler.sources._values import (
    LONG,
    at,
    date,
    filled,
    joined,
    language,
    line,
    names,
    parameter,
    same_site,
    text,
    with_parameter,
)

REVISION = 1  # of the ids and addresses this reader gives: a change of them primes its sources again
OURS = ("url", "title", "summary", "content", "published", "updated", "id", "authors", "language", "image")
PAGING = ("next", "page", "offset")
MAX_ITEMS = 5000
FURTHEST = 1_000_000  # page or item: an API that is asked for more is asked in a loop
SPACED = re.compile(r"\s+([,.;:!?])(?=\s|$)")
ERRORS = ("error", "message", "errors", "detail", "error_description", "msg")  # where APIs say what is wrong


def _duration(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


class Options(BaseModel):
    """See the module's manual."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    items: str = ""
    fields: dict[str, str]
    next: str | None = None
    cursor: str | None = Field(None, min_length=1)
    page: str | None = Field(None, min_length=1)
    offset: str | None = Field(None, min_length=1)
    pages: int = Field(1, ge=1, le=20)
    since: str | None = Field(None, min_length=1)
    since_format: str = Field("%Y-%m-%d", min_length=1)
    window: Annotated[timedelta, BeforeValidator(_duration)] = Field(timedelta(days=7), ge=timedelta(0))

    @field_validator("fields")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(value) - set(OURS)):
            raise ValueError(f"unknown field {unknown[0]!r}: expected some of {', '.join(OURS)}")
        if "url" not in value:
            raise ValueError("`url` is needed: which field holds an item's address?")
        return value

    @model_validator(mode="after")
    def _one_way(self) -> "Options":
        given = [key for key in PAGING if getattr(self, key) is not None]
        if len(given) > 1:
            raise ValueError(f"`{given[0]}` and `{given[1]}` are two ways to find the next page: choose one")
        if self.cursor is not None and self.next is None:
            raise ValueError("`cursor` takes what `next` leads to: name that path too")
        return self


@dataclass(frozen=True, slots=True)
class JsonApi:
    """A JSON document at `url` and its next pages."""

    name: str
    url: str
    options: Options

    @property
    def documents(self) -> int:
        """How many documents one poll may read."""
        return self.options.pages

    def requests(self, now: datetime) -> list[Request]:
        """The first page."""
        if self.options.since is None:
            return [Request(self.url)]
        moment = now - self.options.window
        said = str(int(moment.timestamp())) if self.options.since_format == "unix" else ""
        return [
            Request(with_parameter(self.url, self.options.since, said or moment.strftime(self.options.since_format)))
        ]

    def parse(self, response: Response) -> Parsed:
        """Entries in the API's order. Raises ParseError for text, HTML or a document of another shape."""
        data = self._read(response)
        items = at(data, self.options.items)
        if items is None and isinstance(data, dict) and not data:
            items = []  # GDELT says nothing at all when nothing matches
        if isinstance(items, dict) and self.options.items:
            items = [items]  # XML turned into JSON: one item is no list
        if not isinstance(items, list):
            said = _complaint(data)
            raise ParseError(
                f"{self.url}: no list at {self.options.items or 'the top'!r}" + (f"; it says: {said}" if said else ""),
                self.name,
            )
        entries = [e for i in items[:MAX_ITEMS] if isinstance(i, dict) and (e := self._entry(i, response.url))]
        skipped = len(items) - len(entries)
        parsed = Parsed(
            tuple(entries),
            skipped=skipped,
            problem=f"{skipped} items without a usable address" if skipped else "",
        )
        return self._followed(parsed, data, len(items), response.url)

    def _read(self, response: Response) -> Any:
        said = decode(response.body, response.headers.get("content-type", ""))
        try:
            return json.loads(said)
        except RecursionError as error:
            raise ParseError(f"{self.url} answered with JSON that is nested too deep", self.name) from error
        except ValueError as error:
            shown = clean(said[:LONG])[:120]
            if said.lstrip()[:1] in ("{", "["):
                raise ParseError(f"{self.url} answered with broken JSON ({error}): {shown}", self.name) from error
            raise ParseError(f"{self.url} answered with no JSON but: {shown or 'nothing'}", self.name) from error

    def _entry(self, item: dict[str, Any], base: str) -> Entry | None:
        said = {ours: filled(item, path) for ours, path in self.options.fields.items()}
        url = joined(base, said.get("url"))
        if url is None:
            return None
        return Entry(
            url=url,
            id=line(said.get("id"))[:500],
            title=_untokenised(title_text(text(said.get("title"))[:LONG])),
            summary=CONTROL.sub("", text(said.get("summary"))),
            content=CONTROL.sub("", text(said.get("content"))),
            authors=names(said.get("authors")),
            published=date(said.get("published")),
            updated=date(said.get("updated")),
            language=language(said.get("language")),
            image=joined(base, said.get("image")),
            markup=True,
        )

    def _followed(self, parsed: Parsed, data: Any, items: int, url: str) -> Parsed:
        """With the request for the next page, if there is one to be asked for."""
        if self.options.pages == 1 and self.options.next is None:
            return parsed
        following, problem = self._next(data, items, url)
        if problem:
            return replace(parsed, problem="; ".join(filter(None, (parsed.problem, problem))))
        return replace(parsed, next=(Request(following),)) if following else parsed

    def _next(self, data: Any, items: int, url: str) -> tuple[str | None, str]:
        """The next page's address, or what is wrong with it."""
        options = self.options
        if options.page is not None or options.offset is not None:
            count, step, first = (options.page, 1, 1) if options.page is not None else (options.offset, items, 0)
            assert count is not None
            now = _number(parameter(url, count), _number(parameter(self.url, count), first))
            return (with_parameter(url, count, str(now + step)) if items and now < FURTHEST else None), ""
        found = at(data, options.next) if options.next else None
        if options.cursor is not None:
            token = text(found)[:LONG]
            more = token and items and token != parameter(url, options.cursor)
            return (with_parameter(url, options.cursor, token) if more else None), ""
        following = joined(url, found)
        if following is None:
            return None, ""
        if not same_site(self.url, following):
            return None, f"the next page is on another site ({following[:100]}) and is not asked for"
        return following, ""


def build(name: str, url: str, options: Options) -> JsonApi:
    """A source of this kind."""
    return JsonApi(name, url, options)


def _number(said: str | None, otherwise: int) -> int:
    return int(said) if said and said.isdecimal() and len(said) < 10 else otherwise


def _complaint(data: Any) -> str:
    """What an API says is wrong, where it answers with that instead of its list."""
    if not isinstance(data, dict):
        return ""
    for key in ERRORS:
        found = data.get(key)
        found = found.get("message", found.get("info")) if isinstance(found, dict) else found
        if said := line(found):
            return said[:120]
    return ""


def _untokenised(title: str) -> str:
    """GDELT separates punctuation from words: `Mexico , the border` reads `Mexico, the border` again."""
    return SPACED.sub(r"\1", title)

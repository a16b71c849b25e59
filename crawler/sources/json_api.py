"""A JSON API, by a map from its fields to ours. The Federal Register and GDELT fit without code.

- name: federal-register-cbp
  kind: json_api
  url: "https://www.federalregister.gov/api/v1/documents.json?order=newest&per_page=20"
  items: results
  fields: {url: html_url, title: title, summary: abstract, published: publication_date, id: document_number}
  next: next_page_url
  pages: 2

items: results    dotted path to the list; without it the document itself is the list
fields:           ours -> dotted path in an item; ours are url, title, summary, content, published, updated, id,
                  authors, language, image. A url may be a template: "https://x.org/doc/{document_number}"
next: path        dotted path to the next page's address; `pages` bounds how many are read (1)
headers           as for every source, e.g. an API key
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.charset import decode
from core.dates import parse_date
from core.errors import ParseError
from core.html import clean, title_text, to_text
from core.model import Entry, Parsed, Request, Response

REVISION = 1  # of the ids and addresses this reader gives: a change of them primes its sources again
OURS = ("url", "title", "summary", "content", "published", "updated", "id", "authors", "language", "image")
MAX_ITEMS = 5000
LANGUAGES = {"english": "en", "spanish": "es", "french": "fr", "portuguese": "pt"}


class Options(BaseModel):
    """See the module's manual."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    items: str = ""
    fields: dict[str, str]
    next: str | None = None
    pages: int = Field(1, ge=1, le=20)

    @field_validator("fields")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(value) - set(OURS)):
            raise ValueError(f"unknown field {unknown[0]!r}: expected some of {', '.join(OURS)}")
        if "url" not in value:
            raise ValueError("`url` is needed: which field holds an item's address?")
        return value


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
        return [Request(self.url)]

    def parse(self, response: Response) -> Parsed:
        """Entries in the API's order. Raises ParseError for text, HTML or a document of another shape."""
        text = decode(response.body, response.headers.get("content-type", ""))
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            said = clean(text)[:120]
            raise ParseError(f"{self.url} answered with no JSON but: {said or 'nothing'}", self.name) from error
        items = _at(data, self.options.items)
        if items is None and isinstance(data, dict) and not data:
            items = []  # GDELT says nothing at all when nothing matches
        if isinstance(items, dict) and self.options.items:
            items = [items]  # XML turned into JSON: one item is no list
        if not isinstance(items, list):
            raise ParseError(f"{self.url}: no list at {self.options.items or 'the top'!r}", self.name)
        entries = [e for i in items[:MAX_ITEMS] if isinstance(i, dict) and (e := self._entry(i, response.url))]
        skipped = len(items) - len(entries)
        return Parsed(
            tuple(entries),
            next=self._next(data, response),
            skipped=skipped,
            problem=f"{skipped} items without a usable address" if skipped else "",
        )

    def _entry(self, item: dict[str, Any], base: str) -> Entry | None:
        said = {ours: _filled(item, path) for ours, path in self.options.fields.items()}
        url = _joined(base, said.get("url"))
        if url is None:
            return None
        return Entry(
            url=url,
            id=_text(said.get("id"))[:500],
            title=_untokenised(title_text(_text(said.get("title")))),
            summary=to_text(_text(said.get("summary")))[:5000],
            content=to_text(_text(said.get("content"))),
            authors=_names(said.get("authors")),
            published=parse_date(_text(said.get("published"))),
            updated=parse_date(_text(said.get("updated"))),
            language=_language(_text(said.get("language"))),
            image=_joined(base, said.get("image")),
        )

    def _next(self, data: Any, response: Response) -> tuple[Request, ...]:
        found = _at(data, self.options.next) if self.options.next else None
        url = _joined(response.url, found)
        return (Request(url),) if url else ()


def build(name: str, url: str, options: Options) -> JsonApi:
    """A source of this kind."""
    return JsonApi(name, url, options)


def _text(value: Any) -> str:
    """A value that should be text; numbers are let through, lists and mappings are not."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _joined(base: str, link: Any) -> str | None:
    try:
        url = urljoin(base, link.strip()) if isinstance(link, str) and link.strip() else ""
    except ValueError:
        return None
    return url if url.lower().startswith(("http://", "https://")) else None


def _at(data: Any, path: str | None) -> Any:
    for step in (path or "").split("."):
        if not step:
            continue
        if isinstance(data, list):
            data = data[int(step)] if step.isdecimal() and int(step) < len(data) else None
        elif isinstance(data, dict):
            data = data.get(step)
        else:
            return None
    return data


def _filled(item: dict[str, Any], path: str) -> Any:
    if "{" not in path:
        return _at(item, path)
    parts = {name: _text(_at(item, name)) for name in re.findall(r"\{([^}]+)\}", path)}
    if not all(parts.values()):
        return None  # an address with a hole leads somewhere else
    return re.sub(r"\{([^}]+)\}", lambda m: parts[m[1]], path)


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (clean(value),) if clean(value) else ()
    if isinstance(value, list):
        each = (v.get("name") or v.get("raw_name") if isinstance(v, dict) else v for v in value)
        return tuple(clean(str(v)) for v in each if v)
    return ()


def _language(text: str) -> str | None:
    code = LANGUAGES.get(text.lower(), text[:2].lower())
    return code if code.isascii() and code.isalpha() and len(code) == 2 else None


def _untokenised(title: str) -> str:
    """GDELT separates punctuation from words: `Mexico , the border` reads `Mexico, the border` again."""
    return re.sub(r"\s+([,.;:!?])(?=\s|$)", r"\1", title)

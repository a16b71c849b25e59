"""Articles put into a store with the facts a back-test and an explanation look at."""

from datetime import datetime

from core.model import Article, EntryClass, Extraction, Relation
from store import Tx, articles


def keep(
    tx: Tx,
    number: int,
    title: str,
    text: str,
    now: datetime,
    *,
    story: str = "",
    language: str | None = "en",
    entry_class: EntryClass = EntryClass.LIVE,
    relation: Relation = Relation.NEW,
    copy_of: int | None = None,
    extraction: Extraction = Extraction.PAGE,
    note: str = "",
) -> int:
    """Store an article of `www.news.example`, alone in its story unless one is named; its id."""
    url = f"https://www.news.example/{number}"
    return articles.add(
        tx,
        Article(
            url=url,
            canonical_url=url,
            title=title,
            text=text,
            language=language,
            authors=("Ana Ruiz",),
            extraction=extraction,
            note=note,
        ),
        source="wire",
        tags=("us",),
        entry_class=entry_class,
        story_id=articles.found_story(tx, story or f"story-{number}", title, language, now),
        relation=relation,
        copy_of=copy_of,
        score=0.0,
        sketch_n=0,
        text_hash=str(number),
        words=len(text.split()),
        now=now,
    )


def edit(tx: Tx, article_id: int, text: str, now: datetime) -> None:
    """Store a changed text of an article."""
    article = articles.to_article(articles.get(tx, article_id))
    changed = Article(
        article.url, article.canonical_url, article.title, text, article.authors, language=article.language
    )
    articles.revise(tx, article_id, changed, sketch_n=0, text_hash=f"{article_id}e", words=3, now=now)

"""What can be worked out of an article before the database is asked: its words once, for copies and for stories."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.model import Article
from core.text import words as words_of
from crawler.fingerprint import fingerprints, text_hash
from crawler.terms import Terms, terms_of


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article's folded words, the fingerprints and hash of its text, and its terms."""

    title: str
    text: str
    words: Sequence[str]
    hashes: Sequence[int]
    text_hash: str
    terms: Terms


def prepare(article: Article) -> Prepared:
    """Pure; of many articles it is done 2 times as fast one after the other as between looks into the database."""
    words = words_of(article.text)
    return Prepared(
        article.title,
        article.text,
        words,
        fingerprints(words),
        text_hash(words),
        terms_of(article.title, article.text, article.language, words),
    )

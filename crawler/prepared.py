"""What can be worked out of an article before the database is asked: its words once, for copies and for stories."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from core.model import Article
from core.text import words as words_of
from crawler.fingerprint import fingerprints, text_hash
from crawler.terms import Terms, terms_of


@dataclass(frozen=True)
class Prepared:
    """An article with its folded words, the fingerprints and hash of its text, and, when first asked for, its terms."""

    article: Article
    words: Sequence[str]
    hashes: Sequence[int]
    text_hash: str

    @cached_property
    def terms(self) -> Terms:
        """What it is about; a copy is never asked."""
        return terms_of(self.article.title, self.article.text, self.article.language, self.words)


def prepare(article: Article) -> Prepared:
    """Pure; of many articles it is done 2 times as fast one after the other as between looks into the database."""
    words = words_of(article.text)
    return Prepared(article, words, fingerprints(words), text_hash(words))

"""An article is worked out once for copies and stories, and that changes nothing of where it belongs."""

from hypothesis import given
from hypothesis import strategies as st

from core.model import Relation
from core.text import words
from crawler import placement
from crawler.fingerprint import fingerprints, text_hash
from crawler.prepared import prepare
from crawler.terms import terms_of
from store import Backend
from tests.crawler.placing import NOON, article, place

TEXT = (
    "The bridge at Tecate closed for nine hours on Monday after a lorry spilled 4,700 litres of milk, the mayor said. "
    "Drivers were sent to Otay, where queues reached Juárez Street by noon and customs staff opened two more lanes. "
    "Nobody was hurt, and the lorry's owner promised to pay for the cleaning of the road before the week is out."
)


@given(st.text(max_size=500), st.text(max_size=60), st.sampled_from(["en", "es", "ja", None]))
def test_words_known_already_give_the_terms_of_the_text_itself(text: str, title: str, language: str | None) -> None:
    prepared = prepare(article("https://a.example/1", title, text, language))
    assert prepared.words == words(text)
    assert prepared.hashes == fingerprints(words(text))
    assert prepared.text_hash == text_hash(words(text))
    assert prepared.terms.marks == terms_of(title, text, language).marks
    if len(text.split()) == len(words(text)):
        assert prepared.terms == terms_of(title, text, language)


def test_an_article_prepared_before_goes_where_it_would_have_gone(store: Backend) -> None:
    first = place(store, article("https://a.example/1", "Bridge closed by milk", TEXT))
    for own, expected in ((TEXT, Relation.COPY), (TEXT.replace("The bridge", "A bridge"), Relation.COPY)):
        later = article("https://b.example/2", "Bridge closed", own)
        with store.read() as tx:
            alone = placement.locate(tx, later, NOON)
            ahead = placement.locate(tx, later, NOON, prepare(later))
        assert alone == ahead
        assert (ahead.relation, ahead.of) == (expected, first.article_id)

"""Number and gender: which forms of a word are joined, against Snowball and against folding accents alone.

The judge is simplemma's dictionary, the vocabulary the most common words of each language (wordfreq: subtitles, books,
news, the web). Two different words are a pair; a pair that shares a lemma should be joined. Recall counts pairs of
nouns and adjectives that differ in number or gender; precision counts every joined pair, verbs among them.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

from alerts.rules.inflect import light
from core.text import fold

VOCABULARY = 30_000
LANGUAGES = {"es": "Spanish", "en": "English", "fr": "French", "pt": "Portuguese"}
PARADIGM = 8  # a lemma with more forms than this and an infinitive's ending is a verb
INFINITIVES = {"es": ("ar", "er", "ir", "ír", "rse"), "fr": ("er", "ir", "re"), "pt": ("ar", "er", "ir", "or", "ôr")}
VERB_FORMS = (
    "ing",
    "ed",
    "er",
    "est",
)  # an English lemma with one of these is a verb, or an adjective: it has no plural
PRONOUNS = frozenset("él yo tú el uno este ese aquel mucho se alguno ninguno cualquiera tuyo suyo mío vuestro".split())
ENDING = 3  # letters in which two forms of one word may differ: luz, luces; more is a diminutive or an abbreviation
TARGET = (0.95, 0.72)  # Spanish recall and precision

Pair = tuple[str, str]


@dataclass(frozen=True)
class Vocabulary:
    """Words with their lemmas, and the pairs of nouns and adjectives that should be joined."""

    lemmas: dict[str, str]
    wanted: frozenset[Pair]


@dataclass(frozen=True)
class Result:
    """Shares of what should be joined that is, and of what is joined that should be."""

    recall: float
    precision: float
    joined: int


def vocabulary(language: str, size: int = VOCABULARY) -> Vocabulary:
    """The most common words that the dictionary knows."""
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory
    from wordfreq import top_n_list

    known = dict(DefaultDictionaryFactory().get_dictionary(language).items())
    lemmas = {w: known[w] for w in top_n_list(language, size) if w.isalpha() and len(w) > 1 and w in known}
    verbs = _verbs(language, known)
    nouns = {w: lemma for w, lemma in lemmas.items() if lemma not in verbs and lemma not in PRONOUNS}
    return Vocabulary(lemmas, frozenset(p for p in pairs(nouns, nouns.__getitem__) if _differ_in_ending(*p)))


def _verbs(language: str, known: dict[str, str]) -> set[str]:
    if language == "en":
        return {lemma for form, lemma in known.items() if form != lemma and form.endswith(VERB_FORMS)}
    forms = Counter(known.values())
    return {lemma for lemma, n in forms.items() if n > PARADIGM and lemma.endswith(INFINITIVES[language])}


def _differ_in_ending(one: str, other: str) -> bool:
    one, other = fold(one), fold(other)
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return same > 1 and max(len(one), len(other)) - same <= ENDING


def pairs(words: Iterable[str], key: Callable[[str], str]) -> set[Pair]:
    """Every two words with one key, in alphabetical order."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        groups[key(word)].append(word)
    return {pair for group in groups.values() for pair in combinations(group, 2)}


def judge(words: Vocabulary, key: Callable[[str], str]) -> Result:
    """How well a key joins."""
    joined = pairs(words.lemmas, key)
    right = sum(words.lemmas[a] == words.lemmas[b] for a, b in joined)
    return Result(len(joined & words.wanted) / len(words.wanted), right / max(1, len(joined)), len(joined))


def run(say: Callable[[str], None]) -> list[str]:
    """Lines of a Markdown table and whether Spanish holds its target."""
    import snowballstemmer

    lines = [
        f"## Inflection: the {VOCABULARY:,} most common words of each language",
        "",
        "| language | method | recall of nouns and adjectives | precision | pairs joined | vocabulary |",
        "|---|---|---|---|---|---|",
    ]
    verdict = ""
    for code, name in LANGUAGES.items():
        words = vocabulary(code)
        stem = snowballstemmer.stemmer(name.lower()).stemWord
        digest = hashlib.sha256(repr(sorted(words.lemmas.items())).encode()).hexdigest()[:8]
        methods = (
            ("light key", lambda w, c=code: light(fold(w), c)),
            ("Snowball", stem),
            ("accents folded only", fold),
        )
        results = [(method, judge(words, key)) for method, key in methods]
        lines += [
            f"| {name} | {method} | {r.recall:.3f} | {r.precision:.3f} | {r.joined:,} | {len(words.lemmas):,} words,"
            f" {len(words.wanted):,} pairs wanted, {digest} |"
            for method, r in results
        ]
        if code == "es":
            ours, peer = results[0][1], results[1][1]
            held = ours.recall >= max(TARGET[0], peer.recall) and ours.precision >= max(TARGET[1], peer.precision)
            verdict = f"Spanish: recall {TARGET[0]} at precision {TARGET[1]} {'is held' if held else 'IS MISSED'}."
    lines += ["", verdict, ""]
    for line in lines:
        say(line)
    return lines

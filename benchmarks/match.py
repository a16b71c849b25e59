"""Rule matching: our index against SQLite FTS5 used as a percolator and against one regular expression a rule.

Articles arrive one at a time, as they do in the service. Texts and rules are made here of invented words whose
frequencies fall as in real languages; rules take their words from the texts, so that they hit often.
"""

import gc
import hashlib
import random
import re
import sqlite3
import statistics
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from alerts.rules import Rule, RuleSet
from core.model import Document

WORDS = 400  # a text
TYPES = 12_000  # different words a language
COMMON = 1_500  # the most frequent words of a language, which no rule asks for: 1.4 % of the rules hit an article
FUNCTION = {
    "en": "the of and to in a that is was for with as on by at from it he said which have has will".split(),
    "es": "de la que el en y a los se del las un por con una para su al lo como más pero fue".split(),
}
SYLLABLES = {
    "en": "tar bor con guard mil sher pol har ble ton wick der ing mar ket ness tion lor fen gate ster low".split(),
    "es": "fron te ra guar dia con vo aran cel ciu dad mon ter car ga cion ven to ri na lle jo pue blo".split(),
}
# rules: articles for us, FTS5, regular expressions
KEEPS_UP = {100: (600, 600, 60), 1_000: (600, 200, 10), 10_000: (600, 60, 2), 50_000: (300, 10, 1)}
PASSES = 3
ADDED = 200  # rules added one by one to the largest set but one


@dataclass(frozen=True, slots=True)
class Made:
    """One rule in the three languages."""

    query: str
    fts: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds of processor time of each article, and how many rules held in all."""

    seconds: list[float]
    hits: int

    @property
    def rate(self) -> float:
        return len(self.seconds) / sum(self.seconds)

    def percentile(self, share: float) -> float:
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


def vocabulary(language: str) -> list[str]:
    """Invented words, most frequent first; a third of them also with a plural."""
    rng = random.Random(language)
    found = dict.fromkeys(FUNCTION[language])
    while len(found) < TYPES:
        word = "".join(rng.choice(SYLLABLES[language]) for _ in range(rng.randint(2, 4)))
        found[word] = None
        if rng.random() < 0.33:
            found[word + ("es" if language == "es" and word[-1] not in "aeo" else "s")] = None
    return list(found)[:TYPES]


def articles(count: int) -> list[Document]:
    """English and Spanish texts in turn, two thirds English; frequency falls with rank (Zipf, exponent .9)."""
    rng = random.Random(11)
    known = {code: vocabulary(code) for code in FUNCTION}
    weights = [1 / (rank + 3) ** 0.9 for rank in range(TYPES)]
    made = []
    for number in range(count):
        language = "es" if number % 3 == 2 else "en"
        drawn = rng.choices(known[language], weights, k=WORDS + 10)
        text = " ".join(f"{word.capitalize()}" if n % 17 == 0 else word for n, word in enumerate(drawn[10:]))
        text = re.sub(r" (?=[A-Z])", ". ", text)
        made.append(Document(str(number), " ".join(drawn[:10]).capitalize(), text, language=language))
    return made


def rules(count: int, texts: Sequence[Document]) -> list[Made]:
    """The mix of HEART, section 1: words, phrases, combinations, lists, NEAR, prefixes, titles, exclusions."""
    rng = random.Random(13)
    common = {word for code in FUNCTION for word in vocabulary(code)[:COMMON]}
    tokens = [[w for w in re.findall(r"\w+", d.text.lower()) if w not in common] for d in texts]
    kinds = [
        ("word", 20),
        ("phrase", 20),
        ("both", 18),
        ("list", 10),
        ("near", 10),
        ("prefix", 8),
        ("title", 7),
        ("not", 7),
    ]
    makers = {"word": _word, "phrase": _phrase, "both": _both, "list": _list, "near": _near, "prefix": _prefix,
              "title": _title, "not": _not}  # fmt: skip
    chosen = rng.choices([k for k, _ in kinds], [w for _, w in kinds], k=count)
    return [makers[kind](rng, rng.choice(tokens)) for kind in chosen]


def _plain(word: str) -> Made:
    return Made(word, f'"{word}"', rf"\b{word}(?:e?s)?\b")


def _any(parts: Sequence[Made]) -> Made:
    return Made(
        f"({' OR '.join(p.query for p in parts)})",
        f"({' OR '.join(p.fts for p in parts)})",
        f"(?:{'|'.join(p.pattern for p in parts)})",
    )


def _run(rng: random.Random, tokens: list[str], most: int) -> Made:
    """A phrase. Common words were left out of `tokens`, so that some phrases are nowhere."""
    length = rng.randint(2, most)
    at = rng.randrange(len(tokens) - length)
    words = tokens[at : at + length]
    return Made(f'"{" ".join(words)}"', f'"{" ".join(words)}"', r"\W+".join(rf"\b{w}(?:e?s)?\b" for w in words))


def _word(rng: random.Random, tokens: list[str]) -> Made:
    return _plain(rng.choice(tokens))


def _phrase(rng: random.Random, tokens: list[str]) -> Made:
    return _run(rng, tokens, 4)


def _both(rng: random.Random, tokens: list[str]) -> Made:
    left = _any([_plain(w) for w in rng.sample(tokens, 3)])
    right = _any([_plain(rng.choice(tokens)), _run(rng, tokens, 2)])
    return Made(
        f"{left.query} AND {right.query}",
        f"{left.fts} AND {right.fts}",
        rf"\A(?=.*{left.pattern})(?=.*{right.pattern})",
    )


def _list(rng: random.Random, tokens: list[str]) -> Made:
    return _any([_plain(w) for w in rng.sample(tokens, rng.randint(3, 8))])


def _near(rng: random.Random, tokens: list[str]) -> Made:
    left, right = (_plain(w) for w in rng.sample(tokens, 2))
    gap = r"\W+(?:\w+\W+){0,10}?"
    return Made(
        f"{left.query} NEAR/10 {right.query}",
        f"NEAR({left.fts} {right.fts}, 10)",
        f"{left.pattern}{gap}{right.pattern}|{right.pattern}{gap}{left.pattern}",
    )


def _prefix(rng: random.Random, tokens: list[str]) -> Made:
    stem = rng.choice([t for t in tokens if len(t) > 7])[:-1]  # `tarif*`: open for endings, not for other words
    return Made(f"{stem}*", f'"{stem}" *', rf"\b{stem}")


def _title(rng: random.Random, tokens: list[str]) -> Made:
    word = _word(rng, tokens)
    return Made(f"title:{word.query}", f"title : {word.fts}", rf"\A[^\n]*{word.pattern}")


def _not(rng: random.Random, tokens: list[str]) -> Made:
    a, b, c, d = (_plain(w) for w in rng.sample(tokens, 4))
    return Made(
        f"{a.query} {b.query} -({c.query} OR {d.query})",
        f"({a.fts} AND {b.fts}) NOT ({c.fts} OR {d.fts})",
        rf"\A(?=.*{a.pattern})(?=.*{b.pattern})(?!.*(?:{c.pattern}|{d.pattern}))",
    )


def load(made: Sequence[Made], texts: Sequence[Document]) -> tuple[RuleSet, float]:
    """The rules with a warm memo of words, frozen for the collector as the service does; and the seconds of loading."""
    read = [Rule(str(i), m.query) for i, m in enumerate(made)]
    seconds = []
    for _ in range(PASSES):
        start = time.process_time()
        ruleset = RuleSet(read)
        seconds.append(time.process_time() - start)
    loaded = min(seconds)
    for text in texts:
        ruleset.names(text)
    gc.collect()
    gc.freeze()
    return ruleset, loaded


def megabytes(made: Sequence[Made]) -> float:
    """What the rules take in memory."""
    rules = [Rule(str(i), m.query) for i, m in enumerate(made)]
    tracemalloc.start()
    kept = RuleSet(rules)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return size / 1e6


def added(ruleset: RuleSet) -> float:
    """Milliseconds to add one more rule with new words, the median of many."""
    seconds = []
    for number in range(ADDED):
        start = time.process_time()
        ruleset.add(Rule(f"added {number}", f'zebra{number} AND ("new okapi{number}" OR gnu{number})'))
        seconds.append(time.process_time() - start)
    return 1000 * statistics.median(seconds)


def fts5(made: Sequence[Made], texts: Sequence[Document]) -> Timed:
    """One article in a table in memory, one query a rule; rolled back after, 13 times as fast as deleting it."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.execute("CREATE VIRTUAL TABLE t USING fts5(title, body, tokenize='porter unicode61 remove_diacritics 2')")

    def match(text: Document) -> int:
        db.execute("BEGIN")
        db.execute("INSERT INTO t VALUES (?, ?)", (text.title, text.text))
        hits = sum(db.execute("SELECT 1 FROM t WHERE t MATCH ?", (m.fts,)).fetchone() is not None for m in made)
        db.execute("ROLLBACK")
        return hits

    return _timed(match, texts)


def regex(made: Sequence[Made], texts: Sequence[Document]) -> Timed:
    """One compiled expression a rule, tried on title and text."""
    compiled = [re.compile(m.pattern, re.I | re.S) for m in made]
    return _timed(lambda text: sum(p.search(f"{text.title}\n{text.text}") is not None for p in compiled), texts)


def best(passes: Sequence[Timed]) -> Timed:
    """The fastest: whatever slows a pass is a neighbour's doing."""
    return max(passes, key=lambda timed: timed.rate)


def _matched(ruleset: RuleSet, text: Document) -> int:
    return len(ruleset.names(text))


def _timed(match: Callable[[Document], int], texts: Sequence[Document]) -> Timed:
    seconds, hits = [], 0
    for text in texts:
        start = time.process_time()
        hits += match(text)
        seconds.append(time.process_time() - start)
    return Timed(seconds, hits)


def run(say: Callable[[str], None]) -> list[str]:
    """Lines of a Markdown table."""
    texts = articles(max(most for most, _, _ in KEEPS_UP.values()))
    corpus = hashlib.sha256("\n".join(t.title + t.text for t in texts).encode()).hexdigest()[:12]
    length = statistics.mean(len(t.text.split()) for t in texts)
    lines = [
        f"## Rules: {len(texts)} generated articles of {length:.0f} words, English and Spanish, corpus {corpus}",
        "",
        "| rules | method | articles/s | p50 ms | p99 ms | hits an article | ours is |",
        "|---|---|---|---|---|---|---|",
    ]
    loads, extra = [], ""
    for count, most in KEEPS_UP.items():
        made = rules(count, texts)
        ruleset, loaded = load(made, texts[: most[0]])
        loads.append(f"{count:,} in {loaded:.2f} s")
        matching = partial(_matched, ruleset)
        passes: dict[str, list[Timed]] = defaultdict(list)
        for _ in range(PASSES):  # in turn, so that a busy neighbour disturbs all alike
            passes["borderwire"].append(_timed(matching, texts[: most[0]]))
            passes["SQLite FTS5, one query a rule"].append(fts5(made, texts[: most[1]]))
            passes["one regular expression a rule"].append(regex(made, texts[: most[2]]))
        if count == 10_000:
            extra = f"10,000 rules take {megabytes(made):.0f} MB; one more is live in {added(ruleset):.2f} ms."
        mine = best(passes["borderwire"])
        for name, same in passes.items():
            timed = best(same)
            ratio = "" if name == "borderwire" else f"{mine.rate / timed.rate:,.1f} times as fast"
            lines.append(
                f"| {count:,} | {name} | {timed.rate:,.1f} | {1000 * timed.percentile(0.5):.2f}"
                f" | {1000 * timed.percentile(0.99):.2f} | {timed.hits / len(timed.seconds):.1f} | {ratio} |"
            )
    lines += ["", f"Loading rules: {', '.join(loads)}. {extra}", ""]
    for line in lines:
        say(line)
    return lines


if __name__ == "__main__":
    run(print)

"""More news than anyone writes by hand: distinct events from facts and sentences, the same for the same numbers.

In a sentence `{name}` is a fact or an expansion and `[a|b]` a choice. No run of fixed words is longer than four, so
that two events hardly ever share five words in a row and are never taken for copies.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from demo.texts import Draft, Words
from demo.texts import grammar_en as english
from demo.texts import grammar_es as spanish

SLOT = re.compile(r"\{(\w+)\}|\[([^\[\]]*)\]")
SENTENCE = re.compile(r"((?:^|[.!?][\"”]?\s+|:\s+(?=[\"“]))[\"“¿¡]*)([a-záéíóúñ])")
NUMBERS = {"n": (21, 980), "m": (1_010, 98_900), "k": (3, 97), "pct": (4, 39), "usd": (1, 60), "days": (11, 89)}
LANGUAGES = {"en": english.WORDS, "es": spanish.WORDS}
ONSETS = """Al Bar Bel Cal Car Cor Dar Del Dom Er Fal Fer Gal Gar Hal Har Jor Kel Lan Lor Mar Mel Mon Nar Nor Or Pal
Per Quin Ral Ros Sal San Ser Tal Tor Ul Val Ver Zam""".split()
MIDDLES = "a e i o ami ele ido ona ari uve esta ibo ume anda".split()


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an event of the grammar is made of; `write` turns it into a draft whenever that is needed."""

    seed: int
    number: int
    language: str
    topic: str

    @property
    def key(self) -> str:
        return f"{self.topic}-{self.number}"

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules whose words title and first paragraph hold."""
        return rules_of(self.language, self.topic)


def recipe(seed: int, number: int, language: str) -> Recipe:
    """The event of this number: its topic is drawn by the topics' weights."""
    topics = LANGUAGES[language].topics
    names = list(topics)
    chosen = Random(f"topic {seed} {number}").choices(names, [topics[n].weight for n in names])[0]
    return Recipe(seed, number, language, chosen)


def rules_of(language: str, topic: str) -> tuple[str, ...]:
    """What a topic is about, by the names of the demo's rules."""
    return LANGUAGES[language].topics[topic].rules


@lru_cache(maxsize=8192)
def write(made_of: Recipe) -> Draft:
    """The text of an event: title, another headline, summary and seven paragraphs of about 200 words."""
    rng = Random(f"text {made_of.seed} {made_of.number} {made_of.language}")
    words = LANGUAGES[made_of.language]
    topic = words.topics[made_of.topic]
    facts = _facts(rng, made_of, topic.things.split("|"))
    told = facts | {name: _number(rng, name) for name in NUMBERS}  # headlines and lead agree; the rest counts anew
    heads = [_say(rng, head, told) for head in rng.sample(topic.heads, 2)]
    lead = _say(rng, rng.choice(topic.leads), told)
    inside = rng.sample(topic.details, min(4, len(topic.details)))
    around = rng.sample(words.general, 6)
    quotes = rng.sample(words.quotes, 2)
    plan = (
        (inside[0], around[0]),
        (quotes[0],),
        (inside[1], around[1], around[2]),
        (inside[2], around[3]),
        (quotes[1], around[4]),
        (*inside[3:], around[5]),
    )
    # further down the thing goes by its name alone: two events about levees should share little more than the word
    short = facts | {"thing": facts["short"]}
    body = tuple(" ".join(_say(rng, sentence, short) for sentence in part) for part in plan)
    return Draft(
        key=made_of.key,
        language=made_of.language,
        title=heads[0],
        summary=lead,
        paragraphs=(lead, *body),
        author=_name(rng, words),
        rules=topic.rules,
        other=heads[1],
    )


def _facts(rng: Random, made_of: Recipe, things: list[str]) -> dict[str, str]:
    words = LANGUAGES[made_of.language]
    who, other = _name(rng, words), _name(rng, words)
    thing, short = _named(rng, rng.choice(things), _root(rng, words), made_of.language)
    return {
        "who": who,
        "last": who.split(" ", 1)[1],
        "who2": other,
        "last2": other.split(" ", 1)[1],
        "office": rng.choice(words.offices),
        "place": _place(rng, words, made_of.number),
        "place2": _place(rng, words, rng.randrange(1_000_000)),
        "firm": rng.choice(words.firms).format(_root(rng, words)),
        "road": rng.choice(words.roads).format(_root(rng, words)),
        "thing": thing,
        "short": short,
    }


def _named(rng: Random, thing: str, name: str, language: str) -> tuple[str, str]:
    """A thing of its own name, in full and in short: `a levee` -> `the Bardale levee`, `the Bardale project`."""
    if language == "es":
        return f"{thing} de {name}", f"lo de {name}"
    article, _, rest = thing.partition(" ")
    if article in ("a", "an", "the"):
        return f"the {name} {rest}", f"the {name} {rng.choice(('project', 'affair', 'business', 'matter', 'venture'))}"
    return f"{name} {thing}", f"the {name} {rng.choice(('lot', 'batch', 'supply', 'consignment', 'order'))}"


def _say(rng: Random, sentence: str, facts: dict[str, str]) -> str:
    def fill(found: re.Match[str]) -> str:
        name, choice = str(found[1] or ""), str(found[2] or "")
        if name:
            return facts[name] if name in facts else _number(rng, name)
        return rng.choice(choice.split("|"))

    while SLOT.search(sentence):
        sentence = SLOT.sub(fill, sentence)
    sentence = sentence.replace(" de el ", " del ").replace(" a el ", " al ")
    return SENTENCE.sub(lambda m: f"{m[1]}{m[2].upper()}", sentence)


def _number(rng: Random, name: str) -> str:
    low, high = NUMBERS[name]
    if name in ("pct", "usd"):
        return f"{rng.randrange(low, high)}.{rng.randrange(1, 10)}"
    return f"{rng.randrange(low, high):,}"


def _root(rng: Random, words: Words) -> str:
    return rng.choice(ONSETS) + rng.choice(MIDDLES) + rng.choice(words.ends)


def _name(rng: Random, words: Words) -> str:
    return f"{rng.choice(words.firsts)} {_root(rng, words)}"


def _place(rng: Random, words: Words, number: int) -> str:
    """A place no event with a neighbouring number shares: its name is counted out, not drawn."""
    total = len(ONSETS) * len(MIDDLES) * len(words.ends)
    index, onset = divmod(number * 7919 % total, len(ONSETS))
    end, middle = divmod(index, len(MIDDLES))
    return rng.choice(words.places).format(ONSETS[onset] + MIDDLES[middle] + words.ends[end])

"""Random queries and random English and Spanish articles made of the same few words, so that much matches."""

from random import Random

from alerts.rules.nodes import And, AtLeast, Field, Meta, Mode, Near, Node, Not, Or, Phrase, Sentence, Word
from core.model import Document

WORDS = """tariff tariffs arancel aranceles ciudad ciudades luz luces juez jueces ley leyes National Guard Guards
 Guardia Nacional Nacionales border frontera fronteras ICE ice police port report Juárez JUAREZ Mexico Mexico's the de
 convoy army ejército members miembros negotiating negotiated""".split()
ENDS = ["", "", "", "", "", ",", " –", "’s", ".", ".", "!", "\n", ";", ")", " («", "-"]
MODES = [Mode.LIGHT] * 5 + [Mode.EXACT, Mode.STEM, Mode.CASE]


def word(rng: Random) -> Word:
    text = rng.choice(WORDS).removesuffix("'s")
    if rng.random() < 0.1 and len(text) > 2:
        return Word(text[: max(3, len(text) - 2)], Mode.PREFIX)
    return Word(text, rng.choice(MODES))


def phrase(rng: Random) -> Phrase:
    mode = rng.choice(MODES)
    words = [Word(rng.choice(WORDS).removesuffix("'s"), mode) for _ in range(rng.randint(2, 3))]
    if mode is Mode.LIGHT and len(words[-1].text) > 2 and rng.random() < 0.2:
        words[-1] = Word(words[-1].text[:3], Mode.PREFIX)
    return Phrase(tuple(words))


def placed(rng: Random) -> Node:
    """Something with a place in the text."""
    roll = rng.random()
    if roll < 0.5:
        return word(rng)
    return phrase(rng) if roll < 0.8 else Or((word(rng), phrase(rng)))


def close(rng: Random) -> Node:
    node = placed(rng)
    for _ in range(rng.choice([1, 1, 2])):
        other = placed(rng)
        node = Sentence(node, other) if rng.random() < 0.3 else Near(node, other, rng.randint(0, 6), rng.random() < 0.5)
    return node


def fact(rng: Random) -> Meta:
    return rng.choice(
        [
            Meta("lang", "es"),
            Meta("site", "example.org"),
            Meta("source", "wire"),
            Meta("tag", "us"),
            Meta("url", "/border/"),
            Meta("kind", "new"),
        ]
    )


def positive(rng: Random, depth: int, inside: bool = False) -> Node:
    """A query that needs something to be there; `inside` a field, where no other field may be."""
    roll = rng.random()
    if depth == 0 or roll < 0.25:
        return placed(rng)
    if roll < 0.4:
        return close(rng)
    if roll < 0.5:
        return AtLeast(rng.randint(1, 4), rng.choice([word(rng), phrase(rng), Or((word(rng), phrase(rng)))]))
    if roll < 0.6 and not inside:
        return Field(rng.choice(["title", "lead", "body"]), positive(rng, depth - 1, True))
    children: list[Node] = [positive(rng, depth - 1, inside) for _ in range(rng.randint(2, 3))]
    if roll < 0.8:
        return Or(tuple(part for c in children for part in (c.children if isinstance(c, Or) else (c,))))
    if rng.random() < 0.5:
        children.append(Not(positive(rng, depth - 1, inside)))
    if not inside and rng.random() < 0.3:
        children.append(Not(fact(rng)) if rng.random() < 0.3 else fact(rng))
    return And(tuple(part for c in children for part in (c.children if isinstance(c, And) else (c,))))


def text(rng: Random, words: int) -> str:
    out = []
    for _ in range(words):
        out.append(rng.choice(WORDS) + rng.choice(ENDS))
        out.append(rng.choice([" "] * 9 + [" \N{NO-BREAK SPACE}"]))
    return "".join(out)


def document(rng: Random, number: int) -> Document:
    return Document(
        str(number),
        text(rng, rng.randint(0, 8)).replace("\n", " "),
        text(rng, rng.randint(0, 90)),
        url=rng.choice(["https://example.org/border/1", "https://news.example.com/2"]),
        site=rng.choice(["example.org", "news.example.org", "example.com"]),
        source=rng.choice(["wire", "daily"]),
        language=rng.choice(["en", "es", None]),
        tags=rng.choice([(), ("us",), ("mx", "us")]),
        kind=rng.choice(["new", "update"]),
    )

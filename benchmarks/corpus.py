"""A stream of generated articles, English and Spanish, with every kind of copy and what must not pass for one.

Pure Python and a seed: the same texts on every machine. The sentences have a grammar and no meaning, which is enough
for what compares words.
"""

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

_EN: dict[str, tuple[str, ...]] = {
    "noun": tuple(
        """inspector farmer broker mayor clerk teacher driver senator lawyer pilot nurse engineer carpenter shopkeeper
        ranger sheriff importer judge fisherman student baker gardener musician reporter surveyor soldier banker priest
        translator mechanic electrician librarian veterinarian grower rancher dispatcher auditor delegate councillor
        trustee warden pharmacist plumber tailor porter foreman juror commissioner ambassador veteran weaver""".split()
    ),
    "thing": tuple(
        """bridge warehouse ledger tariff canal harvest clinic depot orchard fence railway permit contract budget ferry
        turbine archive market furnace pipeline library tunnel hangar cannery stadium reservoir convoy greenhouse quarry
        shipment treaty petition sawmill lighthouse pension statute barracks checkpoint refinery granary invoice patent
        highway boiler vineyard museum dairy foundry courthouse parade telescope inventory subsidy barge kiln mortgage
        ballot embargo aqueduct seminary bakery windmill ration curfew auction levee""".split()
    ),
    "adjective": tuple(
        """northern retired municipal rusty seasonal quiet federal narrow crowded reluctant temporary stubborn ancient
        provisional dusty elected anonymous fragile costly improvised distant southern private rural muddy disputed
        famous modest solar empty brick frozen hasty lawful bitter polished vacant swollen generous silent""".split()
    ),
    "verb": tuple(
        """inspected refused repaired measured postponed defended described photographed abandoned purchased audited
        blocked welcomed painted counted sold guarded questioned closed reopened insured mapped donated flooded rented
        replaced criticised approved visited rebuilt inherited surveyed cancelled supplied weighed borrowed praised
        emptied registered examined""".split()
    ),
    "place": tuple(
        """Anselmo Brackwater Corvina Dunmore Esperanza Fallbrook Garnet Hollowell Ironwood Juniper Kestrel Larkspur
        Mesquite Norwood Ocotillo Palisade Quarryville Redstone Saltillo Thornton Umber Verdugo Westmark Yarrow Zephyr
        Alamosa Bellflower Candelaria Driftwood Elkhorn""".split()
    ),
    "time": (
        "on Monday", "before dawn", "after the holiday", "last spring", "during the storm", "within a month",
        "at noon", "for the third year", "since the election", "until further notice", "by a single vote",
        "without any notice", "in the first week of March", "twice in a decade", "on the eve of the fair",
    ),
    "link": ("while", "although", "because", "after", "before", "even as", "whereas", "since"),
}  # fmt: skip
_ES: dict[str, tuple[str, ...]] = {
    "noun": tuple(
        """inspector agricultor corredor alcalde oficinista maestro chofer senador abogado piloto enfermero ingeniero
        carpintero tendero guardabosques alguacil importador juez pescador estudiante panadero jardinero cantante
        reportero topografo soldado banquero sacerdote traductor mecanico electricista bibliotecario veterinario
        productor ganadero despachador auditor delegado regidor custodio boticario plomero sastre cargador
        capataz jurado comisario embajador veterano tejedor""".split()
    ),
    "thing": tuple(
        """puente almacén registro arancel canal cultivo hospital depósito huerto cerco ferrocarril permiso contrato
        presupuesto transbordador molino archivo mercado horno ducto museo túnel hangar taller estadio embalse convoy
        invernadero yacimiento cargamento tratado pliego aserradero faro subsidio estatuto cuartel retén silo recibo
        sello camino tanque viñedo establo tribunal desfile telescopio inventario crédito bote ladrillo padrón embargo
        acueducto seminario granero reglamento remate dique muelle andén""".split()
    ),
    "adjective": tuple(
        """norteño jubilado municipal oxidado ajeno callado federal estrecho repleto renuente pasajero terco antiguo
        provisional polvoso electo anónimo frágil costoso improvisado lejano sureño privado rural lodoso disputado
        famoso modesto solar vacío rojizo helado apurado lícito amargo pulido baldío crecido generoso mudo""".split()
    ),
    "verb": tuple(
        """inspeccionó rechazó reparó midió aplazó defendió describió fotografió abandonó compró auditó bloqueó recibió
        pintó contó vendió vigiló cuestionó cerró reabrió aseguró trazó donó inundó rentó reemplazó criticó aprobó
        visitó reconstruyó heredó recorrió canceló surtió pesó pidió elogió vació inscribió examinó""".split()
    ),
    "place": _EN["place"],
    "time": (
        "el lunes", "antes del alba", "después de la fiesta", "la primavera pasada", "durante la tormenta",
        "en menos de un mes", "al mediodía", "por tercer año", "desde la elección", "hasta nuevo aviso",
        "por un solo voto", "sin aviso alguno", "en la primera semana de marzo", "dos veces en una década",
        "en vísperas de la feria",
    ),
    "link": ("mientras", "aunque", "porque", "después de que", "antes de que", "aun cuando", "en tanto que", "pues"),
}  # fmt: skip
FOOTERS = (
    "This report is made possible by readers of the newsroom. Subscribe to our morning letter and follow us wherever "
    "you listen. All rights reserved; this material may not be published, broadcast or redistributed without consent.",
    "Have a tip for our desk? Write to the editors at any hour. The opinions of outside contributors are their own and "
    "do not reflect those of the publisher, its owners or its advertisers. Read our standards before you comment.",
    "Suscríbase a nuestro boletín de la mañana y reciba lo más importante en su correo. Prohibida la reproducción "
    "total o parcial de este material sin la autorización por escrito de la casa editora y de sus colaboradores.",
    "Download the app to get breaking alerts on your phone. We use cookies to remember your choices and to measure how "
    "our pages are read; by staying on this page you accept our terms of service and the policy on personal data.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One arrival. `group` names the text it belongs to: an original and its copies share it. `how`: its making."""

    id: int
    group: int
    how: str
    language: str
    title: str
    sentences: tuple[str, ...]
    footer: str = ""

    @property
    def text(self) -> str:
        """Paragraphs of three sentences and the footer."""
        rows = [" ".join(self.sentences[i : i + 3]) for i in range(0, len(self.sentences), 3)]
        return "\n\n".join([*rows, *([self.footer] if self.footer else [])])


def stream(originals: int = 600, seed: int = 7) -> list[Item]:
    """Originals, about seven copies for ten of them, and articles that only quote another; copies come later."""
    rng = random.Random(seed)
    placed: list[tuple[float, Item]] = []
    ids = iter(range(1, 10 * originals))
    firsts = []
    for group in range(originals):
        item = _original(rng, next(ids), group)
        firsts.append(item)
        placed.append((float(group), item))
    makers = list(COPIES.items())
    for n in range(int(originals * 0.7)):
        first = rng.choice(firsts)
        how, make = makers[n % len(makers)]
        placed.append((first.group + rng.uniform(0.1, 120), _copy(rng, next(ids), first, how, make)))
    for n in range(originals // 8):
        quoted = rng.choice(firsts)
        placed.append((quoted.group + rng.uniform(0.1, 120), _quoting(rng, next(ids), originals + n, quoted)))
    return [item for _, item in sorted(placed, key=lambda each: each[0])]


def digest(items: list[Item]) -> str:
    """Names this corpus in a table of results."""
    joined = "\n".join(f"{i.id} {i.group} {i.title} {i.text}" for i in items)
    return hashlib.sha256(joined.encode()).hexdigest()[:12]


def _original(rng: random.Random, number: int, group: int) -> Item:
    language = "es" if rng.random() < 0.37 else "en"
    return Item(
        id=number,
        group=group,
        how="original",
        language=language,
        title=_headline(rng, language),
        sentences=tuple(
            _sentences(rng, language, rng.randint(70, 180) if rng.random() < 0.2 else rng.randint(180, 600))
        ),
        footer=rng.choice(FOOTERS) if rng.random() < 0.35 else "",
    )


def _copy(
    rng: random.Random, number: int, first: Item, how: str, make: Callable[[random.Random, Item], tuple[str, ...]]
) -> Item:
    return replace(
        first,
        id=number,
        how=how,
        title=_headline(rng, first.language) if rng.random() < 0.5 else first.title,
        sentences=make(rng, first),
        footer=rng.choice(FOOTERS) if how == "footer" or rng.random() < 0.35 else "",
    )


def _quoting(rng: random.Random, number: int, group: int, quoted: Item) -> Item:
    """An article of its own around 20 to 45 words of another."""
    own = _original(rng, number, group)
    start = rng.randrange(len(quoted.sentences))
    words = " ".join(quoted.sentences[start : start + 4]).split()[: rng.randint(20, 45)]
    at = rng.randrange(len(own.sentences))
    return replace(own, how="quote", sentences=(*own.sentences[:at], f"“{' '.join(words)}”", *own.sentences[at:]))


def _cut(share: float) -> Callable[[random.Random, Item], tuple[str, ...]]:
    def make(rng: random.Random, first: Item) -> tuple[str, ...]:
        keep = max(40, int(share * sum(len(s.split()) for s in first.sentences)))
        words = " ".join(first.sentences).split()[:keep]
        return tuple(_joined(words))

    return make


def _joined(words: list[str]) -> Iterator[str]:
    start = 0
    for i, word in enumerate(words):
        if word.endswith(".") or i == len(words) - 1:
            yield " ".join(words[start : i + 1])
            start = i + 1


def _with_local(share: float) -> Callable[[random.Random, Item], tuple[str, ...]]:
    def make(rng: random.Random, first: Item) -> tuple[str, ...]:
        length = int(share * sum(len(s.split()) for s in first.sentences))
        local = tuple(_sentences(rng, first.language, length))
        return (*local, *first.sentences) if rng.random() < 0.5 else (*first.sentences, *local)

    return make


def _changed(share: float) -> Callable[[random.Random, Item], tuple[str, ...]]:
    def make(rng: random.Random, first: Item) -> tuple[str, ...]:
        grammar = _grammar(first.language)
        return tuple(
            " ".join(rng.choice(grammar["thing"]) if rng.random() < share else w for w in s.split())
            for s in first.sentences
        )

    return make


def _reordered(rng: random.Random, first: Item) -> tuple[str, ...]:
    """Seven sentences of ten in another order; the rest left out."""
    kept = rng.sample(first.sentences, max(3, int(0.7 * len(first.sentences))))
    return tuple(kept)


def _cut_with_local(rng: random.Random, first: Item) -> tuple[str, ...]:
    cut = replace(first, sentences=_cut(0.5)(rng, first))
    return _with_local(0.4)(rng, cut)


COPIES: dict[str, Callable[[random.Random, Item], tuple[str, ...]]] = {
    "same": lambda rng, first: first.sentences,
    "footer": lambda rng, first: first.sentences,
    "cut to 60 %": _cut(0.60),
    "cut to 30 %": _cut(0.30),
    "cut to 15 %": _cut(0.15),
    "30 % local": _with_local(0.30),
    "60 % local": _with_local(0.60),
    "3 % changed": _changed(0.03),
    "8 % changed": _changed(0.08),
    "reordered": _reordered,
    "cut and local": _cut_with_local,
}


def _grammar(language: str) -> dict[str, tuple[str, ...]]:
    return _ES if language == "es" else _EN


def _headline(rng: random.Random, language: str) -> str:
    g = _grammar(language)
    noun, verb, thing = rng.choice(g["noun"]), rng.choice(g["verb"]), rng.choice(g["thing"])
    if language == "es":
        return f"Un {noun} {rng.choice(g['adjective'])} {verb} el {thing} de {rng.choice(g['place'])}"
    return f"{rng.choice(g['adjective']).title()} {noun} {verb} {thing} in {rng.choice(g['place'])}"


def _sentences(rng: random.Random, language: str, words: int) -> Iterator[str]:
    made = 0
    while made < words:
        clause = _clause(rng, language)
        if rng.random() < 0.6:
            clause = f"{clause}, {rng.choice(_grammar(language)['link'])} {_clause(rng, language)}"
        if rng.random() < 0.35:
            clause = f"{clause} {rng.choice(_grammar(language)['time'])}"
        sentence = clause[0].upper() + clause[1:] + "."
        made += len(sentence.split())
        yield sentence


def _clause(rng: random.Random, language: str) -> str:
    g: dict[str, Any] = _grammar(language)
    noun, other, verb = rng.choice(g["noun"]), rng.choice(g["noun"]), rng.choice(g["verb"])
    thing, second = rng.choice(g["thing"]), rng.choice(g["thing"])
    adjective, place, count = rng.choice(g["adjective"]), rng.choice(g["place"]), rng.randint(2, 990)
    if language == "es":
        return rng.choice(
            (
                f"el {noun} {adjective} de {place} {verb} el {thing} del {other}",
                f"un {noun} {verb} cada {thing} {adjective} junto al {second} de {place}",
                f"cerca de {place} el {other} {verb} {count} veces el {thing} {adjective}",
                f"el {thing} que un {noun} {verb} ocultaba el {second} {adjective}",
            )
        )
    return rng.choice(
        (
            f"the {adjective} {noun} from {place} {verb} the {thing} of every {other}",
            f"a {noun} {verb} {count} documents about the {thing} beside the {adjective} {second}",
            f"near {place} one {other} {verb} the {adjective} {thing} and its {second}",
            f"the {thing} that a {noun} {verb} stood behind the {adjective} {second}",
        )
    )

"""Who prints what: every handwritten event with its originals and reprints, in the order in which they break."""

from dataclasses import dataclass

from demo.texts import Draft, border_en, border_es, border_local, convoy, town
from demo.texts.archive import OLD


@dataclass(frozen=True, slots=True)
class Print:
    """A draft in one outlet: `cut` to its first paragraphs, under the other headline, with a local paragraph."""

    outlet: str
    draft: Draft
    cut: bool = False
    retitled: bool = False
    local: bool = False
    at: float = 0.0  # seconds after the event breaks; 0 lets the world space them
    forbidden: bool = False  # under the path that robots.txt closes


@dataclass(frozen=True, slots=True)
class Plan:
    """One event. `trap` marks words close to a rule's that must not fire it."""

    key: str
    prints: tuple[Print, ...]
    trap: bool = False


WIRE, AGENCIA = "meridian-wire", "agencia-ocotillo"
LEDGER, COURIER, SIGNAL, VADO = "sonoran-ledger", "paso-del-norte-courier", "desert-signal", "el-vado"
VOZ, REGISTER, NOTICES, BULLETIN = "voz-de-la-mesa", "rio-valley-register", "border-notices", "brokers-bulletin"
LANTERN, HERALD, GAZETTE = "copper-hills-lantern", "ambos-nogales-herald", "imperial-canal-gazette"
SEMANARIO, RADIO, TRIBUNE = "semanario-frontera", "kqmr-radio", "gulf-gate-tribune"

CONVOY = Plan(
    "convoy",
    (
        Print(WIRE, convoy.WIRE, at=0.1),
        Print(AGENCIA, convoy.AGENCIA, at=0.2),
        Print(LANTERN, convoy.WIRE, at=0.4),
        Print(LEDGER, convoy.WIRE, local=True, at=0.5),
        Print(COURIER, convoy.COURIER, at=0.6),
        Print(VADO, convoy.VADO, at=0.7),
        Print(VOZ, convoy.VOZ, at=0.8),
        Print(SIGNAL, convoy.SIGNAL, at=0.9),
        Print(BULLETIN, convoy.BULLETIN, at=1.0),
        Print(REGISTER, convoy.WIRE, cut=True, at=1.1),
        Print(SEMANARIO, convoy.AGENCIA, retitled=True, local=True, at=1.2),
        Print(HERALD, convoy.WIRE, retitled=True, at=1.3),
        Print(NOTICES, convoy.NOTICE, at=1.4),
        Print(GAZETTE, convoy.WIRE, retitled=True, local=True, at=1.5),
        Print(RADIO, convoy.WIRE, cut=True, local=True, at=1.6),
        Print(TRIBUNE, convoy.WIRE, at=1.7),
    ),
)

LIVE = (
    Plan(
        "steel",
        (
            Print(WIRE, border_en.STEEL),
            Print(REGISTER, border_en.STEEL, local=True),
            Print(TRIBUNE, border_en.STEEL),
            Print(HERALD, border_en.STEEL, cut=True),
            Print(GAZETTE, border_en.STEEL, retitled=True),
        ),
    ),
    Plan("sheriff", (Print(LEDGER, town.SHERIFF),), trap=True),
    Plan(
        "reten",
        (
            Print(AGENCIA, border_es.RETEN),
            Print(VADO, border_es.RETEN, retitled=True, local=True),
            Print(SEMANARIO, border_es.RETEN),
        ),
    ),
    Plan("shelter", (Print(RADIO, border_local.SHELTER),)),
    Plan("ports", (Print(LEDGER, border_local.GUARD_PORTS), Print(RADIO, border_local.GUARD_PORTS, retitled=True))),
    Plan("whale", (Print(VOZ, town.BALLENA),)),
    Plan(
        "tomato",
        (
            Print(WIRE, border_en.TOMATO),
            Print(LEDGER, border_en.TOMATO_LEDGER),
            Print(HERALD, border_en.TOMATO, retitled=True, local=True),
            Print(TRIBUNE, border_en.TOMATO, cut=True),
        ),
    ),
    Plan("park", (Print(SIGNAL, town.PARK),), trap=True),
    Plan("copper", (Print(LANTERN, border_local.COPPER),)),
    Plan(
        "court",
        (
            Print(WIRE, border_en.COURT),
            Print(SIGNAL, border_en.COURT_SIGNAL),
            Print(GAZETTE, border_en.COURT, local=True),
            Print(LANTERN, border_en.COURT, retitled=True),
        ),
    ),
    Plan("tarifa", (Print(VADO, town.TARIFA),), trap=True),
    Plan("cans", (Print(NOTICES, border_local.CANS),)),
    Plan("drain", (Print(HERALD, border_local.DRAIN),)),
    Plan(
        "onion",
        (
            Print(WIRE, border_local.ONION),
            Print(COURIER, border_local.ONION, retitled=True, local=True),
            Print(LEDGER, border_local.ONION, cut=True),
            Print(RADIO, border_local.ONION, cut=True, retitled=True),
            Print(TRIBUNE, border_local.ONION),
        ),
    ),
    Plan("bakery", (Print(COURIER, town.BAKERY),)),
    Plan("alfalfa", (Print(GAZETTE, border_local.ALFALFA, forbidden=True),)),
    Plan("point-guard", (Print(REGISTER, town.POINT_GUARD),), trap=True),
    Plan("muebles", (Print(VOZ, border_es.MUEBLES), Print(SEMANARIO, border_es.MUEBLES, retitled=True, local=True))),
    Plan("library", (Print(LEDGER, town.LIBRARY),)),
    Plan(
        "seizure",
        (
            Print(WIRE, border_en.SEIZURE),
            Print(LEDGER, border_en.SEIZURE, retitled=True),
            Print(REGISTER, border_en.SEIZURE, cut=True),
            Print(RADIO, border_en.SEIZURE),
            Print(TRIBUNE, border_en.SEIZURE, local=True),
        ),
    ),
    Plan("bicycle", (Print(BULLETIN, border_local.BICYCLE),)),
    Plan("kites", (Print(VADO, town.COMETA),)),
    Plan(
        "bridge",
        (
            Print(REGISTER, border_en.BRIDGE),
            Print(COURIER, border_en.BRIDGE_COURIER),
            Print(TRIBUNE, border_en.BRIDGE, cut=True),
        ),
    ),
    Plan("owls", (Print(GAZETTE, town.OWL),)),
    Plan("sentri", (Print(AGENCIA, border_es.SENTRI), Print(VOZ, border_es.SENTRI, retitled=True, local=True))),
    Plan("naco", (Print(NOTICES, border_local.NACO),)),
    Plan("color-guard", (Print(LANTERN, town.COLOR_GUARD),), trap=True),
    Plan("visa", (Print(WIRE, border_en.VISA), Print(GAZETTE, border_en.VISA, retitled=True, local=True))),
    Plan("clock", (Print(AGENCIA, town.RELOJ), Print(SEMANARIO, town.RELOJ))),
    Plan("choir", (Print(REGISTER, town.CHOIR),)),
    Plan("albergue", (Print(VADO, border_es.ALBERGUE),)),
    Plan("well", (Print(RADIO, town.WELL),)),
)

OLD_PRINTERS = {
    "old-avocado": (WIRE, LEDGER, TRIBUNE, REGISTER),
    "old-horses": (WIRE, HERALD, RADIO, LEDGER),
    "old-carriers": (WIRE, TRIBUNE, GAZETTE),
    "old-drone": (WIRE, COURIER, REGISTER, SIGNAL),
    "old-whistle": (REGISTER, TRIBUNE),
    "old-ranch-road": (LEDGER, RADIO, LANTERN),
    "old-washer": (REGISTER, COURIER),
    "old-facelane": (GAZETTE, SIGNAL),
    "old-cheese": (COURIER, HERALD),
    "old-objects": (LANTERN, HERALD),
    "viejo-limon": (AGENCIA, VADO, SEMANARIO, VOZ),
    "viejo-guardia-playa": (VOZ, SEMANARIO),
    "viejo-tren": (AGENCIA, SEMANARIO),
    "viejo-llantas": (VADO, VOZ),
    "viejo-biblioteca": (AGENCIA, VOZ),
    "viejo-cuartel": (AGENCIA, SEMANARIO, VADO),
}


def back_catalogue() -> tuple[Plan, ...]:
    """The handwritten part of what stood in the outlets before; reprints differ as those of live news do."""
    made = []
    for index, old in enumerate(OLD):
        home, *others = OLD_PRINTERS[old.key]
        prints = [Print(home, old)]
        for turn, outlet in enumerate(others, index):
            prints.append(Print(outlet, old, retitled=turn % 2 == 0, local=turn % 3 == 0))
        made.append(Plan(old.key, tuple(prints)))
    return tuple(made)

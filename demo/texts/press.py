"""The outlets: who they are, how they speak, what their sites look like and how they misbehave."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outlet:
    """One news site. `shape` is how it tells what is new, `skin` how its pages are built, `trait` its vice."""

    name: str
    title: str
    language: str
    shape: str  # rss rss_full rss_latin1 rdf atom atom_full json_feed news_sitemap listing json_api
    skin: str = "classic"  # classic modern plain portal bare
    trait: str = ""  # slow flaky robots reissue wall edits
    tags: tuple[str, ...] = ()
    sections: tuple[str, ...] = ("News", "Opinion", "Sports", "Obituaries", "Weather")
    address: str = "/news/{slug}"  # also {number}
    trackers: bool = False  # feed links carry utm parameters
    validators: str = "both"  # both etag date none
    gzip: bool = False
    local: str = ""  # what a reprint adds where the text itself offers nothing local
    caption: str = ""  # said under every picture, beside what all captions say
    limited: bool = False  # no generated news: slow to serve, or too little shown to tell invented events apart


SECCIONES = ("Portada", "Ciudad", "Frontera", "Deportes", "Opinión", "Clasificados")

PRESS = (
    Outlet(
        "meridian-wire",
        "Meridian Wire",
        "en",
        "rss",
        skin="plain",
        tags=("wire",),
        sections=("Latest", "Border", "Trade", "Courts", "About the wire"),
        address="/story/{slug}",
    ),
    Outlet(
        "sonoran-ledger",
        "The Sonoran Ledger",
        "en",
        "rss",
        tags=("local", "arizona"),
        sections=("News", "Tariff calculator", "Opinion", "Wildcats", "Puzzles", "Obituaries"),
        address="/local/{slug}/article_{number}.html",
        trackers=True,
        gzip=True,
        local="A reader line for questions about this report is open on weekdays until six at the Ledger's Congress "
        "Street office.",
    ),
    Outlet(
        "paso-del-norte-courier",
        "Paso del Norte Courier",
        "en",
        "atom_full",
        skin="modern",
        tags=("local", "texas"),
        address="/{slug}/",
        validators="etag",
        local="The Courier's Saturday edition will look at what the matter means for El Paso's bridges and schools.",
    ),
    Outlet(
        "desert-signal",
        "Desert Signal",
        "en",
        "json_feed",
        skin="bare",
        tags=("nonprofit",),
        sections=("Stories", "Data", "Podcast", "Members"),
        address="/stories/{slug}",
        validators="etag",
        caption="The same picture ran with our series on the National Guard and with last year's tariff primer.",
    ),
    Outlet(
        "el-vado",
        "El Vado de Juárez",
        "es",
        "rss_latin1",
        skin="portal",
        tags=("local", "chihuahua"),
        sections=SECCIONES,
        address="/nota.php?id={number}",
        validators="date",
        local="Esta casa editorial seguirá el asunto en su edición impresa del domingo.",
    ),
    Outlet(
        "voz-de-la-mesa",
        "La Voz de la Mesa",
        "es",
        "news_sitemap",
        skin="modern",
        tags=("local", "baja-california"),
        sections=SECCIONES,
        address="/{number}/{slug}.html",
        gzip=True,
        local="La Voz buscó a las autoridades de Tijuana, que ofrecieron una respuesta para el viernes.",
    ),
    Outlet(
        "rio-valley-register",
        "Rio Valley Register",
        "en",
        "listing",
        skin="classic",
        tags=("local", "texas"),
        address="/article/{slug}",
        validators="none",
        local="Valley residents can find office hours and telephone numbers on the Register's community page.",
    ),
    Outlet(
        "border-notices",
        "Office of Border Notices",
        "en",
        "json_api",
        skin="plain",
        tags=("official",),
        sections=("Documents", "Ports", "Comment", "Reader aids"),
        address="/documents/{number}/{slug}",
        validators="none",
    ),
    Outlet(
        "brokers-bulletin",
        "Customs Brokers' Bulletin",
        "en",
        "rss",
        trait="wall",
        tags=("trade",),
        sections=("Rulings", "Ports", "Rates", "Subscribe"),
        address="/bulletin/{slug}",
        validators="etag",
        limited=True,
    ),
    Outlet(
        "copper-hills-lantern",
        "Copper Hills Lantern",
        "en",
        "rss",
        trait="slow",
        tags=("local", "arizona"),
        address="/lantern/{number}",
        local="The Lantern is printed on Thursdays and can be had at the feed store.",
        limited=True,
    ),
    Outlet(
        "ambos-nogales-herald",
        "Ambos Nogales Herald",
        "en",
        "rss",
        trait="flaky",
        tags=("local", "arizona"),
        skin="modern",
        address="/herald/{slug}",
        validators="date",
        local="On Morley Avenue merchants were reading the report aloud to one another by the afternoon.",
    ),
    Outlet(
        "imperial-canal-gazette",
        "Imperial Canal Gazette",
        "en",
        "rss",
        trait="robots",
        tags=("local", "california"),
        address="/gazette/{slug}",
        local="The irrigation district in Imperial said that it had nothing to add and a board meeting on Tuesday.",
    ),
    Outlet(
        "semanario-frontera",
        "Semanario Frontera",
        "es",
        "rss",
        trait="reissue",
        skin="portal",
        tags=("weekly", "sonora"),
        sections=SECCIONES,
        address="/semanario/{slug}",
        local="En Agua Prieta el tema se comentó en la sesión abierta del cabildo, sin votación.",
    ),
    Outlet(
        "agencia-ocotillo",
        "Agencia Ocotillo",
        "es",
        "rdf",
        skin="plain",
        tags=("wire", "sonora"),
        sections=("Última hora", "Frontera", "Economía", "Suscripciones"),
        address="/cable/{slug}",
        validators="etag",
    ),
    Outlet(
        "kqmr-radio",
        "KQMR Mesa Public Radio",
        "en",
        "atom",
        trait="edits",
        skin="bare",
        tags=("radio", "arizona"),
        sections=("Listen live", "News", "Music", "Give"),
        address="/post/{slug}",
        local="KQMR's reporters in Bisbee and Willcox will follow this on the evening program.",
    ),
    Outlet(
        "gulf-gate-tribune",
        "Gulf Gate Tribune",
        "en",
        "rss_full",
        skin="classic",
        tags=("local", "texas"),
        address="/tribune/{slug}.html",
        gzip=True,
        local="The port commission in Brownsville takes up related business at its next open meeting.",
    ),
)

TOWNS = (
    "Ajo", "Amado", "Anthony", "Benson", "Brawley", "Candelaria", "Carrizo", "Columbus", "Dateland", "Deming",
    "Escobares", "Fabens", "Falcon", "Gadsden", "Granjeno", "Hachita", "Hidalgo", "Jacumba", "Kinney", "Lajitas",
    "Lochiel", "Marathon", "Niland", "Ocotillo", "Palominas", "Patagonia", "Presidio", "Quemado", "Redford", "Roma",
    "Rodeo", "Sasabe", "Sonoita", "Tacna", "Terlingua", "Tombstone", "Tubac", "Uvalde", "Wellton", "Zapata",
)  # fmt: skip
MASTHEADS = ("Echo", "Sentinel", "Post", "Star", "Messenger", "Sun")


def town_papers(count: int) -> tuple[Outlet, ...]:
    """More outlets for load, none with a vice: `Ajo Echo`, `Amado Sentinel`, ..."""
    skins = ("classic", "modern", "plain", "portal", "bare")
    made = []
    for index in range(min(count, len(TOWNS) * len(MASTHEADS))):
        town = TOWNS[index % len(TOWNS)]
        masthead = MASTHEADS[(index + index // len(TOWNS)) % len(MASTHEADS)]
        made.append(
            Outlet(
                f"{town.lower()}-{masthead.lower()}",
                f"{town} {masthead}",
                "en",
                ("rss", "atom", "json_feed")[index % 3],
                skin=skins[index % len(skins)],
                tags=("local", "town"),
                address="/news/{number}/{slug}",
                gzip=index % 2 == 0,
                local=f"People in {town} can read earlier reports on the matter in the {masthead}'s own archive.",
            )
        )
    return tuple(made)

"""Words that say little about which event a news text tells: left out, or taken as frequent before we have counted.

Lists of our own, English and Spanish, written folded. `COMMON` guards the first hundreds of articles of an empty
database, where every word would look equally rare; counted frequencies outweigh it soon.
"""

import snowballstemmer

from core.text import fold
from crawler.language import MARKS

_STEMMERS = {
    code: snowballstemmer.stemmer(name)
    for code, name in (
        ("en", "english"), ("es", "spanish"), ("fr", "french"),
        ("pt", "portuguese"), ("de", "german"), ("it", "italian"),
    )
}  # fmt: skip


def stem(word: str, language: str) -> str:
    """What the forms of a folded word share; the word itself in a language without stemmer.

    Snowball and not the rules' light key: a story gains by joining verb forms what it loses by joining too much
    (headlines: B-cubed F1 .768 against .757).
    """
    stemmer = _STEMMERS.get(language)
    return word if stemmer is None or not word.isalpha() else fold(stemmer.stemWord(word))


_STOP_EN = """
a about above after again against all also am an and another any are around as at away back be because been before
behind being below between both but by came can could did do does doing done down during each either else enough etc
even ever every few first for from further gave get gets getting go goes going gone got had has have having he her
here hers him his how however i if in instead into is it its itself just keep kept last least less let like made
make makes making many may me might more most much must my near need needs never next no none nor not nothing now of
off often on once one only onto or other others our out over own per perhaps put quite rather really same seem
seemed several shall she should since so some something soon still such take taken takes than that the their theirs
them then there these they thing things this those though through thus to together too took toward towards two under
until up upon us use used using very via was way we well went were what when where whether which while who whole
whose why will with within without would yes yet you your yours said say says saying told tell tells s t re ve ll d
m new
""".split()
_STOP_ES = """
a ademas ahora al algo algun alguna algunas alguno algunos alli ante antes aqui asi aun aunque bajo bien cada casi
como con contra cosa cosas cual cuales cuando cuanto cuya cuyo da dan dar de debe deben del desde despues dice dicen
dicho dijo dijeron donde dos durante e el ella ellas ellos en entonces entre era eran es esa esas ese eso esos esta
estaba estado estan estar estas este esto estos estuvo fin fue fueron ha haber habia habian hace hacen hacer hacia
han hasta hay hecho hizo hoy igual ir junto la las le les lo los luego mas me menos mi mientras misma mismo mismos
mucha muchas mucho muchos muy nada ni ningun ninguna no nos nosotros nuestra nuestro nueva nuevo nuevos o os otra
otras otro otros para parte pero poco por porque primer primera primero pues puede pueden que quien quienes se sea
sean segun ser si sido siempre sigue sin sino sobre solo son su sus tal tambien tan tanto te tener tenia tiene
tienen toda todas todo todos tras tres tu tuvo u un una unas uno unos va van vez veces y ya yo aseguro afirmo senalo
explico anadio agrego indico informo
""".split()
_STOP = frozenset(_STOP_EN) | frozenset(_STOP_ES)
STOP = {code: _STOP | marks for code, marks in MARKS.items()}  # by language: German `die` is no English word
STOP_ELSEWHERE = _STOP

# About one article in ten, and one in thirty, of general and border news (estimates; they only order the words).
_TENTH = {
    "en": """
    according american americans announced area asked authorities became began border called case change city come
    coming company congress control countries country county court day days decision deal department director early
    economic effort end expected face federal former found four free full general given good government governor
    group groups hand help high hold home hour hours house immediately important including increase international
    issue job large late law lawyer leader leaders left life likely line live local long looking main major man
    market meeting member members men mexican mexico million minister money month months morning move national
    nation news night north number office officer official officials old open order part party past people percent
    place plan plans point police policy political possible power present president press price prices problem
    program public question reached read report reported reporters reports responsible result right run school
    secretary security see senior service set seven show small south spokesman spokeswoman staff start state
    statement states support system talks team ten third thousand three time times today trade trump try turn united
    want wants war washington water week weeks white wednesday monday tuesday thursday friday saturday sunday woman
    women work worked workers working world year years yesterday young january february march april june july august
    september october november december bill five six eight hundred billion dollar dollars cost costs lot number top
    big best better review update video photos watch live
    """,
    "es": """
    acuerdo acuerdos agencia alto anos ano anterior anuncio aplicacion apoyo area asunto autoridad autoridades caso
    casos cerca ciudad ciudadanos comercio comunidad conferencia congreso control cuatro decision decisiones
    departamento derecho derechos dia dias director dolares economia economico ejemplo empresa empresas encuentro
    entrada equipo espera estadounidense estadounidenses estados estatal federal final forma frontera fronteriza
    fuente fuerza fuerzas general gente gobernador gobierno gran grande grupo grupos historia hombre hombres hora
    horas importante informacion informe internacional jefe juez ley leyes linea llegada llego local lugar mayor
    mayoria medida medidas medio medios mejor mesa meses mes mexicana mexicano mexicanos mexico miembros mil
    millones ministro momento mujer mujeres mundo nacional nacionales nivel norte noche numero objetivo oficial
    orden pais paises partido pasado paso persona personas plan poder policia politica politico presencia presenta
    presento presidencia presidenta presidente problema problemas proceso programa proximo publica publico puesto
    relacion reporte respuesta resultado reunion region secretaria secretario sector seguridad semana semanas senor
    servicio sistema situacion social sociedad sur tarde tema tiempo todavia trabajo trabajadores trata trump ultima
    ultimo ultimos unidos vida zona lunes martes miercoles jueves viernes sabado domingo enero febrero marzo abril
    mayo junio julio agosto septiembre octubre noviembre diciembre cinco seis siete ocho nueve diez ciento cien
    """,
}
_THIRTIETH = {
    "en": """
    action administration affairs agency agent agents agreement aid air america apply arrest arrested arrests arrive
    arrived army article attack attorney bank base biden block boss bring brought budget build building business buy
    calif california campaign canada capital car cartel cases central century chief child children church civil
    claim claims close closed coast comment commission committee community concern condition conference consumer
    contract court crime criminal crisis critics cross crossed crossing customs damage data date david dead death
    debate decided defense demand democratic democrats deported deportation deputy desert detention details district
    domestic door drive driver driver drug drugs economy education election emergency employees energy enforcement
    entry event evidence executive experts export exports extra factory fall families family farm fear february
    field fight figures file final financial fire firm food force forced forces foreign form friend fund future gang
    goods growth guard gun health hearing heard history hope hospital human ice idea illegal immigrant immigrants
    immigration impact import imports independent industry information inside interest investigation investigators
    investment issued james join joe john judge justice key killed labor land latin lead legal level list lives
    lower mail manager map mark matter mayor media met michael migrant migrants migration mile miles military moment
    mother name neighbor note offer offered operation opposition paid paso patrol pay peace period person photo
    picture pledged port position post prison private process production project promised property prosecutor
    prosecutors protect protection province provide quarter raise rate ready reason recent record region released
    relief remain republican republicans request research response rest returned review rio river road role rule
    rules sale sales san search season second senate senator send sent series sheinbaum sheriff side sign signed
    site size social soldiers source sources southern special spending spent stand standing station stay step stock
    stop stopped store story street strong student students study suspects target tariff tariffs tax term test texas
    threat threatened town train travel treaty trial troops truck trucks union university value vehicle victims
    violence visit vote wait wall week western win word words
    """,
    "es": """
    abogado accion acciones actividad aduana agente agentes agua america amenaza amenazo arancel aranceles arma
    armas asesor asociacion atencion ayuda banco base biden busca cabo calle camara cambio camino campana canada
    canciller candidato capital carcel cargo carretera carta cartel carteles casa centro central comision compromiso
    comun condiciones conflicto construccion consumo contrato cooperacion corte costo crecimiento crimen crisis
    cruce cruzar cuenta cuerpo datos debate defensa delegacion delito demanda democrata deportacion deportados
    desarrollo despliegue detencion detenido detenidos dialogo dinero diputado distrito documento droga drogas edad
    educacion efecto ejercito eleccion elecciones elemento elementos emergencia empleo energia entidad escuela
    espacio estrategia eu exportacion exportaciones familia familias federacion fentanilo figura fiscal fiscalia
    gasto gestion guardia guerra habitantes hijo hijos hospital humana humanos iglesia imagen importacion impuesto
    incremento industria ingreso instituto integrantes interior inversion investigacion joven jovenes juarez
    judicial justicia libertad lider lideres llamada lucha mandatario mandataria manera mano mar mercado mesa
    migracion migrante migrantes migratoria militar militares ministerio modelo muerte muertos municipal municipio
    muro negocio ninos nombre nota obras ofrecio operacion operativo organizacion origen padre pago palabra paro
    patrulla paz peligro periodista permiso peso pesos petroleo plazo poblacion policias posible precio precios
    prensa presion prision produccion producto productos propuesta proteccion proyecto puente puerto punto ruta
    razon recursos refuerzo regreso reforma republica republicano respeto responsable rio riesgo salud san sede
    senado senador servicios sheinbaum sitio soldados solicitud tasa terreno texas tierra trafico transporte
    traslado tratado tribunal tropas union universidad valor vehiculo vehiculos viaje victima victimas vigilancia
    violencia visita voto zona
    """,
}

# Names the beat is full of, whatever the language: about one article in ten.
_NAMES = """
america biden border california ciudad claudia congress congreso donald estados europe europa europea guardia guard
joe juarez marco mexico nacional national norte patrol patrulla paso presidente president republic republica san
santa secretary sheinbaum states texas tijuana trump unidos united washington york dhs cbp ice fbi dea onu eeuu usa
gop monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
september october november december
"""


def _rates() -> dict[str, float]:
    rates: dict[str, float] = {}
    for words, rate in ((_THIRTIETH, 1 / 30), (_TENTH, 1 / 10)):
        for language, text in words.items():
            rates |= {f"{language}:{stem(word, language)}": rate for word in text.split()}
            rates |= {f"@{word}": rate for word in text.split()}
    for name in _NAMES.split():
        rates |= {f"@{name}": 0.1} | {f"{language}:{stem(name, language)}": 0.1 for language in _TENTH}
    return rates


COMMON = _rates()  # "en:border" -> share of articles that hold it; "@texas" for a name in any language

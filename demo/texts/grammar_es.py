"""Words and sentences of the grammar's Spanish events. `{...}` facts and `[a|b]` choices: see grammar.py."""

from demo.texts import GUARD, TARIFFS, Topic, Words

FIRSTS = tuple(
    """Abril Adrián Agustina Amparo Anselmo Aurora Baltazar Beatriz Braulio Camila Cipriano Consuelo Damián Eloísa
Emiliano Estela Eusebio Fátima Fermín Genoveva Gonzalo Graciela Higinio Inés Isidro Jacinta Jacobo Julieta Leandro
Lorenza Macario Maricruz Matías Micaela Nicanor Noemí Octavio Olivia Pascual Pilar Remedios Rodrigo Rosaura Samuel
Silvia Teófilo Trinidad Valeria Vicente Zenaida""".split()
)
ENDS = ("bal", "barri", "ciaga", "co", "dábal", "garay", "guren", "jano", "lde", "lmo", "mendi", "nar", "ndieta", "ño",
        "quirre", "rrola", "rete", "sco", "stegui", "tea", "verde", "zábal", "zar", "zo")  # fmt: skip
PLACES = ("Ejido {}", "Puerto {}", "Cañada {}", "Rancho {}", "San Blas de {}", "Estación {}", "Pozo {}", "Villa {}",
          "Mesa {}", "Colonia {}", "Arroyo {}", "Cerro {}")  # fmt: skip
ROADS = ("la calle {}", "el bulevar {}", "el puente {}", "la brecha {}", "el callejón {}", "la avenida {}")
FIRMS = ("Hermanos {}", "Transportes {}", "la cooperativa {}", "Bodegas {}", "Grupo {}", "la familia {}")
OFFICES = (
    "regidora de obras", "agente aduanal", "jefe de bomberos", "cronista de la ciudad", "director de escuela",
    "presidente ejidal", "médica del centro de salud", "encargada del archivo", "ingeniero del distrito",
    "secretaria del sindicato", "dueño de una bodega", "perito en puentes",
)  # fmt: skip
COSAS = (
    "sillas de montar|macetas|veladoras|nueces|cunas|guitarras|tambores|ventiladores|azulejos|arneses|vitrales|hornos|"
    "botas|chiles secos|muletas|colchones|lavaderos|puertas|cobijas|faroles|campanas|bicicletas|moldes|jabones"
)

QUOTES = (
    '"[aquí|en esta calle|por acá] nadie de {firm} [avisó|preguntó|tocó]", [dijo|se quejó] {last2}, "y {days} días '
    '[no son nada|se van volando]".',
    '"[vengan|pasen] a {place} [de madrugada|un martes|sin cámaras]", [invitó|pidió] {who2}, "y [cuenten|miren] '
    '{thing}".',
    '{who2}, que [vive|trabaja|creció] sobre {road}, [se rió|suspiró|torció la boca]: "[antes|la otra vez] fue '
    '{place2}, [ahora|este año] {thing}".',
    '"[mi papá|mi abuela|mi padrino] [ya vio|conoció] esto en {place2}", [recordó|contó] {last}. "[guardó|dejó] '
    '[recibos|una lista]".',
    '"[dennos|denme] {k} semanas", [rogó|propuso] {who2}, de {firm}, "y [queda|verán|hablamos]".',
    '{who} [no quiso|prefirió no] adivinar: "[pregúntenme|vuelvan] en {days} días", [soltó|cerró] en {place}.',
)
GENERAL = (
    "{firm} [emplea|ocupa|mantiene] a {n} personas [cerca|alrededor] de {place}.",
    "[los registros|las libretas] de {place} [suman|anotan] {m} [casos|visitas|trámites] desde [enero|la sequía].",
    "{who}, {office}, [recorrió|caminó] {road} [junto a|detrás de] {last2} [el martes|el jueves].",
    "[al|antes del] mediodía {k} [vecinos|choferes|familias] de {place2} ya [habían firmado|estaban formados].",
    "[el último|otro] intento, [obra|idea] de {last2}, [costó|se tragó] {usd} millones de pesos.",
    "{last} [guarda|conserva] [un mapa|fotografías|una cuenta] de {road} [en|tras] la [cocina|oficina] de {place}.",
    "{place2}, [a una hora|a dos horas], [probó|copió] [lo mismo|algo parecido] con {k} [voluntarios|camiones].",
    "[los críticos|algunos], {who2} entre ellos, [exigen|piden] [cuentas|un estudio] a {firm} [por escrito|primero].",
    "[unos|casi] {m} pesos [pusieron|llegaron de] {firm}, [lo demás|el resto] [rifas|kermeses] de {place2}.",
    "{who2} [contó|apuntó] {n} [entre|desde] {road} y {place2} [a mano|dos veces].",
    "[medio|casi todo] {place} [acudió|se asomó], [según|a decir de] {last}.",
    "[nada|poco] [cambia|cambiará] en {place2} [antes de|hasta] que {last2} [firme|regrese].",
)
TOPICS = {
    "arancel": Topic(
        1.0,
        TARIFFS,
        COSAS,
        (
            "Arancel de {pct} por ciento a {thing} [inquieta|divide|sorprende] a {place}",
            "{firm} [encarece|guarda|desvía] {thing} por los aranceles",
        ),
        (
            "un arancel de {pct} por ciento a {thing} [tiene|trae] a {firm} [buscando|pidiendo] [bodegas|plazo] en "
            "{place}.",
            "{who}, {office}, [supo|se enteró] del arancel de {pct} por ciento a {thing} [por radio|de un chofer] "
            "en {place}.",
        ),
        (
            "{firm} [mueve|embarca] {m} cajas de {thing} [por|desde] {place} [cada año|por temporada].",
            "[cada|una] tarima de {thing} [costará|sale en] {n} pesos más [pasando|antes de] {road}.",
            "[compradores|rivales] de {place2} [prefieren|ya piden] otra marca, no {thing}.",
            "{last} [llenó|rentó] [un granero|una nave] en {road} con {thing}.",
        ),
    ),
    "guardia": Topic(
        0.8,
        GUARD,
        "un puente de pontones|una cocina de campaña|dos pipas|un vivero|una torre de radio|un dispensario|"
        "tres grúas|un corral|una lavandería|un helipuerto|un refugio|una bodega",
        (
            "Guardia Nacional [instala|entrega|retira] {thing} en {place}",
            "{place} [agradece|pide|comparte] {thing} a la Guardia Nacional",
        ),
        (
            "la Guardia Nacional [instaló|dejó|llevó] {thing} en {place}, donde {who}, {office}, "
            "[esperaba|insistía] desde hacía {days} días.",
        ),
        (
            "[su|la] comandante, {who2}, [midió|rentó] {k} hectáreas [junto a|tras] {road}.",
            "[los efectivos|ellos] duermen en [el gimnasio|la escuela] de {place2}, {n} por [nave|turno].",
            "[la cuenta|el gasto] de {thing}, {usd} millones, [toca|llega] a {place}.",
        ),
    ),
    "garita": Topic(
        3.0,
        (),
        "un carril para bicicletas|una caseta nocturna|un techo|una báscula|un andén|un torniquete|"
        "una sala de espera|un arco de cámaras|una fila preferente|un mostrador|una rampa|un reloj",
        (
            "Garita de {place} [abre|cierra|cambia] {thing} por {days} días",
            "[crece|baja] la fila en {place} con {thing}",
        ),
        (
            "la garita de {place} [abrirá|cerrará|cambiará] {thing} durante {days} días y {m} [peatones|choferes] "
            "por semana [madrugarán|darán vuelta].",
        ),
        (
            "[esperas|filas] de {n} minutos [hubo|se midieron] en {road} [el viernes|antes de clases].",
            "{who}, {office}, [dibujó|marcó] {thing} [en|sobre] [una servilleta|un plano] de {firm}.",
            "{thing} [cuesta|costó] {usd} millones y [un invierno|un mes] de [ruido|paciencia].",
        ),
    ),
    "agua": Topic(
        2.5,
        (),
        "el sifón|la compuerta|el dren|la noria|el vertedor|la pila|el acueducto|la presa chica|"
        "el canal tres|la galería|el tanque|el bordo",
        (
            "{place} [repara|vacía|discute] {thing} tras {days} días sin lluvia",
            "[agricultores|regantes] [pierden|cambian] {m} metros por {thing} en {place}",
        ),
        (
            "{thing} de {place} [pierde|tiró] {m} metros cúbicos [por ciclo|este año] y {who}, {office}, tiene "
            "{days} días para [arreglarlo|explicarlo].",
        ),
        (
            "[los de|quienes riegan] {road} [rifan|comparten] {k} horas de [agua|turno].",
            "[río abajo|arriba], {firm} [sembró|descansó] {n} hectáreas de [sorgo|alfalfa|melón].",
            "[la sal|el lodo] [llegó|bajó] a {pct} por ciento [junto a|en] {place2}, [midió|halló] {who2}.",
        ),
    ),
    "fiesta": Topic(
        2.0,
        (),
        "una carrera de burros|un concurso de tamales|una noche de violines|un torneo de trompos|"
        "una feria del dátil|un baile de sombreros|una subasta de pasteles|un desfile de carretas|"
        "una lectura de poemas|un certamen de salsas",
        (
            "{who} [gana|juzga|salva] {thing} en {place}",
            "{place} [celebra|sobrevive a] {thing} con {m} invitados",
        ),
        (
            "{place} [celebró|vivió] {thing} sobre {road} con {m} invitados, {k} [cocineras|bandas] y una "
            "[ganadora|sorpresa]: {who}, {office}.",
        ),
        (
            "[el segundo|otro] lugar, {who2}, [vino|llegó] de {place2} [con|tras] [una tía|una chiva].",
            "{firm} [puso|perdió] {n} [kilos|bolsas] de [harina|café|manteca].",
            "[el viento|la lluvia] [movió|tiró] la carpa {k} metros [hacia|rumbo a] {place2}.",
        ),
    ),
    "papeles": Topic(
        2.0,
        (),
        "un acta de nacimiento|un permiso de trabajo|un título de tierra|una credencial|un certificado|"
        "una cédula|una pensión|una licencia de pesca|un pasaporte|una visa vencida",
        (
            "Juez de {place} [ordena|niega|devuelve] {thing} tras {days} meses",
            "{who} [pelea|espera] {thing} [perdida|atorada] en {place}",
        ),
        (
            "un juez de {place} [ordenó|mandó] [entregar|reponer] {thing} que {who} [pedía|buscaba] desde hace "
            "{days} meses.",
        ),
        (
            "[el expediente|todo] [durmió|estuvo] en {k} [cajones|cajas] [entre|de] {place2} y {road}.",
            "{who2}, {office}, [halló|selló] {thing} [de casualidad|dos veces].",
            "[el rezago|la pila], de {m} [nombres|casos], [bajó|subió] {pct} por ciento.",
        ),
    ),
}
WORDS = Words(FIRSTS, ENDS, PLACES, ROADS, FIRMS, OFFICES, QUOTES, GENERAL, TOPICS)

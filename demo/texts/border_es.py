"""Border policy in Spanish."""

from demo.texts import GUARD, TARIFFS, draft

RETEN = draft(
    "reten-agencia",
    "es",
    "Guardia Nacional releva a soldados en el retén de Querobabi, con escáner y sin costales",
    """La Guardia Nacional se hará cargo del punto de revisión de Querobabi, en la carretera federal 15, con un
        escáner que promete bajar la espera de los camiones de cuatro horas a cuarenta minutos.""",
    """
QUEROBABI, Son. — Después de treinta y un años, los soldados dejaron el retén más conocido del noroeste. Desde el
lunes lo atiende la Guardia Nacional, con un escáner nuevo y sin los costales de arena que eran su postal.

El punto revisa todo lo que sube por la carretera federal 15 hacia Nogales: unos 4,200 vehículos al día, más en
temporada de uva. Los traileros perdían ahí hasta cuatro horas.

La comisaria Brenda Lizárraga, responsable del relevo, aseguró que con el arco de rayos gamma cada camión pasará en
noventa segundos y que solo se abrirán los que den sombra. La meta son cuarenta minutos de espera.

En la fila, don Evaristo Munguía, que lleva sandía a Tucson desde 1998, pidió hechos. "Sombra es lo que aquí no hay",
dijo, y señaló el único mezquite.

Las vendedoras de coyotas, que vivían de esas cuatro horas, ya pensaron en el día siguiente: quieren un paradero con
baños kilómetro y medio adelante. El ayuntamiento de Opodepe les pidió un croquis.
""",
    author="Rogelio Arvizu",
    rules=GUARD,
    other="Adiós a los costales: cambia de manos el retén de Querobabi",
    local="""Transportistas de esta ciudad dijeron que probarán el nuevo arco antes de cambiar sus horarios de
        salida.""",
)

MUEBLES = draft(
    "muebles-voz",
    "es",
    "Aranceles a muebles tapizados frenan a los talleres de Rosarito",
    """Los aranceles de 30 por ciento a los sillones armados en México dejaron sin pedidos a 26 talleres del bulevar
        Benito Juárez, en Rosarito, que vendían a hoteles de Las Vegas.""",
    """
En el taller de los hermanos Piceno hay cuarenta sillones color mostaza envueltos en plástico. Eran para un hotel de
Las Vegas que canceló cuando supo que los aranceles a los muebles tapizados subían a 30 por ciento.

Rosarito vive de la madera y del turismo, y los dos negocios se cruzan en el bulevar Benito Juárez, donde 26 talleres
fabrican salas, cabeceras y barras sobre pedido. Entre todos emplean a unas setecientas personas.

Fabián Piceno calcula que puede absorber la tercera parte del golpe si compra la espuma en Tecate y no en Los Ángeles.
"El resto me lo como con todo y tapiz", dijo.

La presidenta de la asociación de artesanos, Griselda Navarrete, pidió al estado un fondo para que los talleres
muestren su trabajo en Guadalajara y en Cancún, donde también hay hoteles y no hay aduana.

Un agente aduanal de Otay, Efrén Tostado, aclaró que la medida cubre asientos con relleno y no la madera sola. Desde
el jueves, tres talleres embarcan las estructuras desnudas y cosen del otro lado.
""",
    author="Ximena Robledo",
    rules=TARIFFS,
    other="Cuarenta sillones mostaza sin hotel: la crisis de los talleres de Rosarito",
    local="""En el valle, dos carpinterías que surten a Rosarito dijeron que ya recortaron un día de trabajo a la
        semana.""",
)

SENTRI = draft(
    "sentri-agencia",
    "es",
    "Mexicali estrena carril nocturno para trabajadores del campo en la garita nueva",
    """Entre las dos y las cinco de la mañana, un carril de la garita nueva de Mexicali será solo para los camiones
        que llevan jornaleros a Brawley y El Centro.""",
    """
MEXICALI, B.C. — A las dos de la mañana la fila de camiones blancos ya da vuelta al parque. Llevan a los jornaleros
que a las seis deben estar cortando lechuga en Brawley, y hasta la semana pasada hacían la misma cola que todo el
mundo.

Desde el martes tienen carril propio en la garita nueva, de las dos a las cinco. Caben 38 camiones por hora, según el
administrador del puerto, Walter Kincaid, que aceptó la propuesta después de cruzar una noche con ellos.

La idea fue de Hortensia Bañuelos, mayordoma de una cuadrilla, que contó durante un mes cuánto sueño perdía su gente:
dos horas y diez minutos por noche, casi once días al año.

El carril funciona con una lista. Cada camión manda por teléfono los nombres de sus pasajeros y un oficial los coteja
a bordo, con linterna, sin que nadie baje.

El primer día hubo un tropiezo: una familia con boletos para Disneylandia se formó por error y terminó en un campo de
brócoli. Los devolvieron con una caja de verdura.
""",
    author="Aurelio Camberos",
    other="Dos horas más de sueño: abren carril de madrugada para jornaleros en Mexicali",
    local="""Autoridades de esta ciudad dijeron que estudiarán un carril parecido para la temporada de dátil.""",
)

ALBERGUE = draft(
    "albergue-vado",
    "es",
    "Reabre el albergue Kiki Romero con guardería y taller de bicicletas",
    """El gimnasio que fue albergue de emergencia vuelve a recibir familias migrantes en Juárez, ahora con guardería,
        un taller de bicicletas y lugar para 210 personas.""",
    """
El gimnasio Kiki Romero, que en los años difíciles recibió a miles de personas sobre colchonetas, abrió otra vez como
albergue, ahora con paredes de tablarroca, guardería y lugar para 210 huéspedes.

La coordinadora, Miroslava Duarte, explicó que ya casi nadie llega para una noche. Las familias esperan cita durante
meses y necesitan escuela, trabajo y silencio para dormir.

Del taller de bicicletas se encarga Jean-Baptiste Célestin, mecánico de Cabo Haitiano, que lleva año y medio en la
ciudad. Las rescata del corralón, las repara y las presta a quienes encuentran empleo en las plantas del oriente.

"Una bicicleta son dos camiones menos al día", dijo. En la primera semana salieron diecisiete.

El municipio puso el edificio y una organización luterana los salarios por dos años. Después, advirtió Duarte, habrá
que volver a pasar el sombrero.
""",
    author="Perla Ontiveros",
)

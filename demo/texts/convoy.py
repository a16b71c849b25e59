"""The worked example of DESIGN, section 6: one event as a wire, local papers, an agency and Spanish outlets tell
it."""

from demo.texts import BOTH, draft

WIRE = draft(
    "convoy-wire",
    "en",
    "Mexican convoy reaches Juárez as tariff reprieve begins",
    """Trucks of the National Guard and the army patrol opposite El Paso, the first of 10,000 members Mexico is
        sending north after President Trump put his tariffs off for at least a month.""",
    """
CIUDAD JUÁREZ, Mexico — A convoy of Mexico's National Guard and army drove along the border fence between Ciudad
Juárez and El Paso, Texas, on Wednesday, the first visible piece of a deployment that bought the country a reprieve
from American tariffs.

Guard members in helmets climbed down where the concrete bed of the Rio Grande narrows, beat the dry reeds for hidden
ladders and tunnels, and got back aboard for the next gap in the fence. Families watched from the rooftops of Anapra;
children waved, and a few of the soldiers waved back.

President Claudia Sheinbaum promised 10,000 members after President Donald Trump threatened to put severe tariffs on
everything her country sells to the United States. He has since put the measure off for at least a month.

At least 1,650 of the troops are to be stationed in Ciudad Juárez, according to the plan, while Tijuana, at the other
end of the line, is to receive 1,949. Others are assigned to desert stretches of Sonora and Coahuila where the fence
thins out.

Sheinbaum agreed to strengthen security along the border and to act against fentanyl. In exchange the United States is
to do more about the firearms that go south, a complaint Mexican governments have carried to Washington for two
decades.

Secretary of State Marco Rubio, travelling in Latin America, thanked Mexico for the forces.

Ofelia Barraza, who sells burritos beside the Zaragoza bridge, counted the vehicles as they went by and stopped at
thirty. "They come, they take their pictures, and then one morning they are gone," she said. "If they stay until
summer, I will believe it."

Business groups on both sides said that a month was short. Trucks carry auto parts over the Juárez bridges several
times before a seat or a harness is finished, and buyers in Michigan have begun to ask for prices with and without the
duty.
""",
    author="Rebeca Lindqvist",
    rules=BOTH,
    other="National Guard trucks line the fence opposite El Paso after tariff deal",
    local="""The commander of the county's bridge officers told commissioners on Wednesday that lines at the Bridge of
        the Americas were no longer than usual, and that nobody had asked his staff for help.""",
)

COURIER = draft(
    "convoy-courier",
    "en",
    "Across the river, National Guard convoy rolls past El Paso while tariffs wait",
    """From Paisano Drive, El Pasoans watched Mexico's National Guard arrive: the start of 10,000 members promised by
        President Sheinbaum in exchange for a pause in President Trump's tariffs.""",
    """
Commuters on Paisano Drive slowed down on Wednesday morning to look at something they had not seen for years: a line
of pale trucks with mounted guns, the emblem of Mexico's National Guard on the doors, crawling along the far bank of
the Rio Grande.

The convoy, with army vehicles at its head and tail, went from the sand hills of Anapra to the bridges of central
Ciudad Juárez. Every few hundred yards the members stepped down in pairs, looked under bridges and into culverts, and
moved on.

They are the first of 10,000 that President Claudia Sheinbaum agreed to send to the border when President Donald Trump
threatened Mexico with severe tariffs. Trump put the tariffs off for at least a month. Of the 10,000, at least 1,650
should end up in Ciudad Juárez and 1,949 in Tijuana.

For El Paso, where the two cities share hospitals, cousins and a baseball rivalry, the question is what changes on
this side. City Councilwoman Irene Talamantes said the police department had been told to expect helicopters over the
river at night and nothing else.

"My phone has not stopped," Talamantes said. "Half of the callers ask whether the bridges are closed. They are not.
The other half ask what avocados will cost in March, and I wish I knew."

Secretary of State Marco Rubio, on the road in Latin America, thanked Mexico for the deployment. Sheinbaum also
undertook to fight the smuggling of fentanyl; Washington, for its part, is to act on the firearms that travel south.

At the Stanton Street crossing Beto Lerma, who fixes brakes for Juárez bus lines, said the soldiers would find little.
"Whoever had business in those reeds has read the news like everybody else," he said.
""",
    author="Danielle Orozco",
    rules=BOTH,
)

SIGNAL = draft(
    "convoy-signal",
    "en",
    "What 10,000 Mexican troops at the border can and cannot do",
    """Mexico's National Guard has begun to patrol between Ciudad Juárez and El Paso under the deal that put U.S.
        tariffs off for at least a month. A look at the numbers and at what was tried before.""",
    """
The first patrols of a new Mexican deployment appeared on Wednesday between Ciudad Juárez and El Paso, Texas.
President Claudia Sheinbaum has committed 10,000 members of the National Guard and the army; President Donald Trump
has put severe tariffs on Mexican goods off for at least a month.

Ten thousand is both a lot and not very much. The border is almost 2,000 miles long, and people need to sleep. With
three shifts, a day off and drivers, cooks and clerks, perhaps one in five stands at the line at any hour, about one
for each mile.

The plan gives at least 1,650 to Ciudad Juárez and 1,949 to Tijuana, the two big cities where most of the trade and
most of the smuggling run through official crossings. That is also where a Guard patrol in the reeds matters least:
fentanyl, small and light, mostly rides in ordinary cars through the lanes.

Researchers who followed an earlier surge, in 2019, found that arrests of migrants in northern Mexico rose for a
season and that the routes then moved. "Visible presence pushes traffic sideways," said Lucio Ferrand, who teaches
security policy at a college in Las Cruces. "It is honest to call it a signal. The convoy is a letter to Washington
written with trucks."

The letter seems to have been read. Secretary of State Marco Rubio, travelling in Latin America, thanked Mexico. The
United States also accepted a sentence Sheinbaum had wanted for long: it is to act on firearms going south.

What happens when the month is over, nobody we asked would say. The tariffs are put off, not withdrawn, and the next
conversation between the two presidents starts where this one stopped.
""",
    author="Hal Wetherby",
    rules=BOTH,
)

NOTICE = draft(
    "convoy-notice",
    "en",
    "Statement on the arrival of Mexican National Guard personnel opposite El Paso and the suspension of tariffs",
    """The Office notes the arrival between Ciudad Juárez and El Paso of the first Mexican National Guard and army
        personnel, of 10,000 announced, and the suspension of additional tariffs for at least one month.""",
    """
The Office of Border Notices informs carriers, brokers and travelers that personnel of Mexico's National Guard and
army began patrols on Wednesday, February 5, between Ciudad Juárez, Chihuahua, and El Paso, Texas.

The Government of Mexico, under President Claudia Sheinbaum, has announced that 10,000 members are to be sent to the
northern border. The Office understands that at least 1,650 are assigned to Ciudad Juárez and 1,949 to Tijuana. All
patrols take place on Mexican territory. Hours of service and the number of open lanes at ports of entry are not
affected.

The President has directed that the additional tariffs on products of Mexico be put off for at least one month.
Entries filed during this period are to be made at the rates in force before. Filers who transmitted entries with the
additional rate should correct them before payment; no protest is needed.

The Secretary of State, Marco Rubio, has thanked Mexico for its cooperation. As part of the understanding the two
governments are to strengthen action against fentanyl going north and against firearms going south. Outbound
inspections may therefore increase without notice, and drivers should carry the title of the vehicle.

Questions about entries may be put to the center that handles the importer's account. Convoy movements are not
announced by this Office.
""",
    author="Office of Border Notices",
    rules=BOTH,
)

BULLETIN = draft(
    "convoy-bulletin",
    "en",
    "Tariff pause holds while Mexico's National Guard moves to the border: what to file this month",
    """Mexico's first National Guard and army convoy drove between Ciudad Juárez and El Paso on Wednesday, part of the
        10,000 members President Sheinbaum promised; President Trump put the severe tariffs off for at least a month.
        With 1,650 going to Ciudad Juárez and 1,949 to Tijuana, and Secretary of State Rubio thanking Mexico, brokers
        should file at the old rate, expect outbound checks for firearms and hold fentanyl-screening paperwork
        ready.""",
    """
Mexico's first National Guard and army convoy drove between Ciudad Juárez and El Paso on Wednesday. The severe tariffs
threatened by President Trump are put off for at least a month, and the old rate applies to every entry filed before
the pause ends.

Keep the two statements apart in your files. The first is a promise by President Claudia Sheinbaum of 10,000 members,
1,650 of them for Ciudad Juárez and 1,949 for Tijuana. The second is a pause, and pauses end.
""",
    author="C. R. Houghton",
    rules=BOTH,
)

AGENCIA = draft(
    "convoy-agencia",
    "es",
    "Llega a Ciudad Juárez el primer convoy de la Guardia Nacional tras la pausa de los aranceles",
    """Elementos de la Guardia Nacional y del Ejército recorren el límite con El Paso, Texas; son los primeros de
        10,000 que México envía al norte luego de que Donald Trump aplazara al menos un mes los aranceles.""",
    """
CIUDAD JUÁREZ, Chih. — Un convoy de la Guardia Nacional y del Ejército mexicano recorrió este miércoles el borde entre
Ciudad Juárez y El Paso, Texas, primera señal visible del acuerdo con el que México ganó tiempo frente a los aranceles
de Estados Unidos.

Los uniformados bajaron de sus camionetas a la altura de Anapra, revisaron los carrizales secos del río Bravo en busca
de escaleras y túneles, y siguieron hacia los puentes del centro mientras los vecinos los grababan desde las azoteas.

Son los primeros de 10,000 elementos que la presidenta Claudia Sheinbaum aceptó mandar a la frontera después de que el
presidente Donald Trump amenazara con aranceles severos a todo lo que México vende a su vecino. Trump los aplazó al
menos un mes.

De acuerdo con el plan, al menos 1,650 quedarán en Ciudad Juárez y 1,949 en Tijuana. Sheinbaum se comprometió además a
reforzar la seguridad fronteriza y a actuar contra el fentanilo; Washington, a frenar las armas de fuego que viajan
hacia el sur.

El secretario de Estado, Marco Rubio, de gira por América Latina, agradeció a México el despliegue.

Junto al puente Zaragoza, Ofelia Barraza, vendedora de burritos, contó más de treinta vehículos. "Vienen, se toman la
foto y una mañana ya no están", dijo. "Si duran hasta el verano, les creo".
""",
    author="Rogelio Arvizu",
    rules=BOTH,
    other="Con los aranceles en pausa, la Guardia Nacional toma la línea en Juárez",
    local="""En esta ciudad la Secretaría de Seguridad informó que mantendrá sus turnos normales y pidió a la
        población circular con precaución por el bulevar fronterizo.""",
)

VADO = draft(
    "convoy-vado",
    "es",
    "Guardia Nacional patrulla el bordo de Juárez; aranceles de Trump quedan en espera",
    """Vecinos de Anapra y de la Bellavista vieron pasar a la Guardia Nacional. Son parte de los 10,000 elementos que
        Sheinbaum ofreció a cambio de que Trump pospusiera los aranceles al menos un mes.""",
    """
A las siete y cuarto de la mañana la señora Eulalia Ronquillo salió a barrer su banqueta en Anapra y se topó con la
Guardia Nacional. "Pensé que buscaban a alguien", contó. "Luego vi que eran muchísimos y que nada más iban pasando".

Lo que pasaba era el primer convoy de los 10,000 elementos que México mandará a la frontera norte. La presidenta
Claudia Sheinbaum los ofreció para convencer a Donald Trump de que no aplicara aranceles severos a las exportaciones
mexicanas; el presidente de Estados Unidos los pospuso al menos un mes.

A Ciudad Juárez le tocan por lo menos 1,650 y a Tijuana 1,949, según la distribución dada a conocer. Los vehículos,
con el Ejército adelante y atrás, avanzaron este miércoles pegados a la malla que separa a la ciudad de El Paso,
Texas.

En la Bellavista algunos comerciantes celebraron la vigilancia y otros recordaron despliegues anteriores. "Cada
sexenio nos mandan uno", dijo el relojero Saúl Armendáriz. "Lo que sí me preocupa son los aranceles: mi hija trabaja
en una planta de arneses y allá ya les hablaron de paros".

El compromiso incluye acciones contra el fentanilo, y del lado estadounidense contra el tráfico de armas de fuego
hacia el sur. El secretario de Estado Marco Rubio, que viaja por América Latina, dio las gracias a México.

La dirección de Tránsito cerrará por tramos un carril del bordo mientras duren los recorridos.
""",
    author="Perla Ontiveros",
    rules=BOTH,
)

VOZ = draft(
    "convoy-voz",
    "es",
    "Tijuana espera a 1,949 elementos de la Guardia Nacional por el acuerdo que frenó los aranceles",
    """Mientras el primer convoy recorre Ciudad Juárez, Tijuana se prepara para recibir a 1,949 de los 10,000
        elementos ofrecidos por Claudia Sheinbaum a Donald Trump a cambio de aplazar los aranceles.""",
    """
Tijuana recibirá a 1,949 elementos de la Guardia Nacional, la porción más conocida hasta ahora de los 10,000 que el
gobierno federal enviará a la frontera con Estados Unidos. Este miércoles el primer convoy ya recorría el tramo entre
Ciudad Juárez y El Paso, Texas, ciudad a la que van al menos 1,650.

El despliegue es la respuesta de la presidenta Claudia Sheinbaum a la amenaza de Donald Trump de imponer aranceles
severos a México. Tras el acuerdo, Trump los aplazó por lo menos un mes.

En la zona de Playas y en la colonia Libertad todavía no hay patrullas nuevas. El delegado Omar Beltrones dijo que los
efectivos dormirán en un gimnasio municipal y en dos cuarteles, y que no habrá retenes dentro de la ciudad.

Para la industria, el plazo es corto. "Un mes alcanza para llenar las bodegas de San Diego y nada más", comentó la
agente aduanal Marisela Quintanar, que desde el lunes trabaja turnos dobles para adelantar embarques de pantallas y
bocinas.

El acuerdo obliga a México a reforzar la vigilancia y a perseguir el fentanilo; Estados Unidos ofreció actuar contra
las armas de fuego que cruzan hacia el sur. Marco Rubio, secretario de Estado, agradeció a México desde su gira por
América Latina.
""",
    author="Ximena Robledo",
    rules=BOTH,
)

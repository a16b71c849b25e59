"""Everyday news of the outlets' towns, and traps: words close to a rule's that must not fire it."""

from demo.texts import draft

# --- traps: nothing here holds `tariff`, `arancel`, `National Guard` or `Guardia Nacional`

SHERIFF = draft(
    "trap-sheriff",
    "en",
    "Sheriff auctions thirty bicycles and one very calm mule",
    """The sheriff's yearly auction of unclaimed property has thirty bicycles, a tuba and a mule named Senator.""",
    """
The sheriff will sell thirty bicycles, eleven ladders, a tuba and a mule on Saturday at the county yard, and he would
like the mule to go to somebody with grass.

Sheriff Dale Ricketts said that the animal had walked into the parking lot in September and waited by the door like a
man with an appointment. Deputies named it Senator. Nobody has claimed it, although two people came to look.

The auction raised 6,200 dollars last year, most of it for the summer camp. Bidders should bring cash and, for the
mule, a trailer.

The tuba was found on the roof of a bank. The sheriff's office has a theory about it that involves the graduating
class, but no charges are planned. It plays, a sergeant said, if one does not mind a dent in the low notes.

Viewing begins at eight. Coffee will be sold by the posse's auxiliary, which is also looking for new members, with or
without a horse.
""",
    author="Nina Calloway",
)

PARK = draft(
    "trap-park",
    "en",
    "Crossing guards at the national park ask drivers to brake for tortoises",
    """Volunteer guards at the national park entrance have stopped traffic for 43 tortoises since the rains, and they
        have the tally on a board.""",
    """
Since the first summer rain, volunteer guards at the national park's west entrance have stopped cars for 43 tortoises,
two gila monsters and a wedding party that was lost.

They wear orange vests and carry paddles borrowed from an elementary school. When a tortoise appears they stand at
either side of it and wait, because touching one is against the law and hurrying one is against experience.

"The record is nineteen minutes," said Fern Oglesby, 71, who organizes the shifts. "He stopped in the middle to eat a
flower."

The park counted sixteen animals run over on the loop road last year. So far this season there has been one. The
superintendent calls the guards the best money the national park never spent.

Drivers have been patient for the most part. A motorcyclist from Saskatchewan turned off his engine, sat down on the
asphalt and said that it was the first time in a week that anything had gone slower than he did.

More volunteers are needed for the hours around sunset. Training lasts as long as a thermos.
""",
    author="Hal Wetherby",
)

POINT_GUARD = draft(
    "trap-point-guard",
    "en",
    "Point guard turns down national title team to stay with the Lady Mules",
    """Kayla Benavides, the best guard in the valley, had a letter from a national champion. She will play at home and
        study irrigation.""",
    """
The letter came from a college that won the national title last spring. Kayla Benavides read it twice, showed it to
her grandfather and put it in the drawer with the seed catalogs.

The point guard of the Lady Mules, who averaged 24 points and nine steals this season, will stay in the valley. She
wants to study irrigation at the state college, where the gym holds six hundred people and the coach also teaches
welding.

"My grandfather has forty acres and bad knees," she said. "Somebody has to know how the gates work."

Her coach, Marcy Duvall, learned of it from the cafeteria cook. She had been ready to lose her guard and had already
moved a forward into the position, with results that she describes as educational.

The Lady Mules open at home against Calexico. Benavides asked that no fuss be made. The band has learned a new song
anyway, and the seed company, which heard of the drawer, is sending a banner.
""",
    author="Cody Marroquín",
)

COLOR_GUARD = draft(
    "trap-color-guard",
    "en",
    "High school color guard retires a flag older than its school",
    """The color guard of Copper High folded a flag with 45 stars, found behind a boiler, while the band played the
        national anthem too fast.""",
    """
The color guard of Copper High folded a flag with 45 stars on Friday evening and handed it to a museum, while the
marching band played the national anthem a little faster than usual because of the wind.

The flag had lain behind the boiler since the building went up. Custodian Earl Pettibone found it in a coffee tin,
wrapped in a newspaper that reports the price of mules.

Forty-five stars make it older than the state. The museum's curator, Sunniva Lake, said that it may have flown over
the first assay office. There are moth holes in the blue, and a stain that she would like to be wine.

The guard practised for three weeks with a bed sheet. Its captain, a junior named Theo Marsh, said that the hardest
part was not to sneeze.

After the ceremony the team lost by a touchdown. The newspaper from the tin will be on display in the library with the
coffee tin, which is thought to be the rarest of the three.
""",
    author="Ada Brunner",
)

TARIFA = draft(
    "trampa-tarifa",
    "es",
    "Sube dos pesos la tarifa del camión y los estudiantes proponen pagar con composta",
    """La nueva tarifa del transporte urbano será de catorce pesos; la federación de estudiantes ofreció a cambio la
        composta de sus cafeterías.""",
    """
La tarifa del camión urbano subirá dos pesos el mes próximo y quedará en catorce, anunció la junta de transporte, que
no la movía desde hacía seis años.

Los estudiantes pagarán la mitad con credencial. Su federación pidió algo distinto: cubrir esa mitad con las cuatro
toneladas de composta que producen al mes las cafeterías de la universidad y que los camellones de la ciudad
necesitan.

La propuesta dio risa el lunes y el miércoles ya tenía comisión. "Hicimos la cuenta y sale a favor nuestro", reconoció
la regidora Leticia Urquidi, de parques y jardines.

Los concesionarios quieren pesos. Su representante, Heriberto Salcido, dijo que el diésel no se paga con hojas de
lechuga y que la guardia de noche en los talleres tampoco.

Mientras tanto, la ruta 3-B estrenó aire acondicionado y una lista de canciones que elige el chofer. La tarifa no
incluye derecho de veto.
""",
    author="Perla Ontiveros",
)

# --- plain local news

LIBRARY = draft(
    "town-library",
    "en",
    "Library lends telescopes and gets its first night owls",
    """Twelve telescopes in the Oracle library's catalog have a waiting list of ninety names and a rule about the
        moon.""",
    """
The library in Oracle has begun to lend telescopes, and on the first weekend all twelve were out before the story hour
was over.

They come in a padded bag with a star chart, a red lamp and a card that says never to look at the sun, in large
letters, in two languages. The loan is for a week. If the sky stays cloudy the librarian, Beatrix Holloway, adds two
days without being asked.

The money came from an astronomer who used to park his trailer behind the building and read all of the mysteries. His
will asked for darkness, Holloway said, and the town gave that too: half of the street lamps on Main now point down.

Returned bags often hold notes. One borrower drew Saturn. Another wrote that she had seen her neighbor's cat on the
ridge, eleven miles off, and that it looked well.

Ninety names are on the list. A second dozen is to be bought from the sale of old encyclopedias, which are going
faster than expected, mostly to people who have no internet and like it so.
""",
    author="Nina Calloway",
)

BAKERY = draft(
    "town-bakery",
    "en",
    "Century-old oven in Segundo Barrio moves forty feet on rollers",
    """The oven of the Bowie bakery weighs nineteen tons and had to be moved without going out. It took nine hours and
        a mariachi.""",
    """
Nineteen tons of brick, iron and habit moved forty feet to the east on Sunday when the oven of a Segundo Barrio bakery
was rolled into its new room without once going out.

The old wall had cracked, and the family who owns the place did not want to build a new oven. The crust comes from the
bricks, the baker, Amalia Zubia, explained, and the bricks need thirty years to learn.

House movers from Las Cruces raised it on steel beams at five in the morning. Zubia fed the fire through the door
while the whole thing crept along, an inch at a time. Neighbors had put chairs in the street. At noon there was a
mariachi.

At ten past two it came to rest. The first tray went in at three, and the conchas that came out of it were lopsided,
every one of them leaning to the west.

They were sold at full price. By Monday the oven was level, and several customers said that they missed it.
""",
    author="Danielle Orozco",
)

OWL = draft(
    "town-owl",
    "en",
    "Burrowing owls stop a ball field, and the league votes to keep them",
    """A pair of burrowing owls has moved in behind second base in Holtville; the Little League will play on a shorter
        diamond.""",
    """
There is a hole behind second base at the Holtville ball field, and two owls live in it. The Little League found out
when a grounder was returned by neither the shortstop nor the second baseman.

Burrowing owls are protected while they nest. The county offered to close the field until July. The parents met in the
dugout and voted, nineteen to two, to move the bases in by thirty feet and to play on with a softer ball.

Biologist Ramona Treadwell put up a ring of orange cones. The birds stand on them. They have learned to turn their
heads with the pitch, she said, and to duck.

The home runs are many. The Carrots beat the Sugar Beets 31 to 28 on opening day, a score which the league's treasurer
has asked people not to compare with anything.

Five eggs are expected. The league is selling caps with an owl on them, and the two parents who voted against have
each bought one.
""",
    author="Gwen Petrosian",
)

CHOIR = draft(
    "town-choir",
    "en",
    "Ferry captain's choir sings on both banks at once",
    """Eighty singers, half of them in Los Ebanos and half across the river, sang a mass for the hand-pulled ferry's
        seventy-fifth birthday.""",
    """
For the seventy-fifth birthday of the hand-pulled ferry at Los Ebanos, eighty people sang a mass with a river in the
middle. Forty stood under the ebony tree on one bank and forty under a canopy on the other.

The choir master, Captain Ed Villareal, conducted from the ferry itself. He had the crew stop at midstream and held a
flashlight in each hand, so that the altos could see the beat although they faced the sun.

There is a delay, he had found in rehearsal. Sound needs a fifth of a second to cross. The north bank therefore sings
a little early and the south bank a little late, and in the middle it is right.

Only those on the ferry heard it so: three cars, a priest, a dog and a boy with a bicycle. The boy said that it was
like standing inside a bell.

Afterward the crew pulled everyone over for cake, nine to a trip, free of charge for the day.
""",
    author="Cody Marroquín",
)

WELL = draft(
    "town-well",
    "en",
    "After four dry wells, a dowser and a geologist make a bet in Arivaca",
    """One used a peach fork, the other a resistivity meter. They marked spots eleven feet apart, and the drill found
        water between them.""",
    """
Arivaca's water company had drilled four dry holes when it asked for two opinions. A geologist from the university,
Priya Raman, walked the wash with a resistivity meter. A dowser from Three Points, Wendell Skaggs, walked it with a
fork of peach wood.

They had agreed not to look at each other. When both were done there were two flags in the gravel, eleven feet apart.

Neither would move. The driller, who is paid by the foot, put the rig between them, and at 310 feet the bailer came up
full.

Raman says that a clay layer bends there and that anybody who looks at the trees can guess it. Skaggs says that this
is what he does. They had bet a pie. It was baked by the water company's clerk and divided with a ruler.

The new well gives forty gallons a minute, enough for the 160 houses on the line. The town has named it Eleven Feet.
""",
    author="Leona Whitefeather",
)

COMETA = draft(
    "ciudad-papalotes",
    "es",
    "Mil papalotes sobre el Chamizal y un solo cable enredado",
    """El domingo volaron más de mil papalotes en el parque del Chamizal; los bomberos bajaron uno que apagó una
        cuadra.""",
    """
El viento de febrero, que en esta ciudad casi nadie extraña, tuvo el domingo más de mil amigos en el parque del
Chamizal. Vinieron con papalotes de papel de china, de bolsa de mandado y uno hecho con el vestido de novia de la tía
Chela.

El concurso tenía tres premios: al más alto, al más feo y al que regresara entero. El primero lo ganó Itzel Ronquillo,
de nueve años, con quinientos metros de hilo y la ayuda de un abuelo que fue pescador.

El más feo fue declarado empate. El tercero quedó desierto hasta las seis, cuando apareció un rombo morado que se
había ido solo hacia el oriente y que un ciclista devolvió con todo y cola.

Hubo un percance. Un dragón de doce metros se acostó sobre un transformador y dejó sin luz a una cuadra. Los bomberos
lo bajaron entre aplausos.

El año próximo habrá categoría nocturna, con focos, lejos de los cables.
""",
    author="Perla Ontiveros",
)

BALLENA = draft(
    "ciudad-ballena",
    "es",
    "Una ballena gris desayuna tres días frente a Playas y nadie va al trabajo",
    """La ballena llegó el lunes a doscientos metros del malecón de Playas de Tijuana y se quedó hasta el
        miércoles.""",
    """
Llegó el lunes con la marea y se quedó a doscientos metros del malecón, resoplando como camión de gas. El martes ya
había gradas. El miércoles el director de una secundaria dio la clase de biología en la banqueta.

La ballena gris, una hembra de unos doce metros, debía estar mucho más al sur. La oceanóloga Carmina Sepúlveda cree
que se detuvo a comer porque una corriente fría juntó ahí krill para una semana.

Los lancheros acordaron no acercarse. En cambio, don Chuy Monteón alquiló sus binoculares a cinco pesos el minuto y a
los niños gratis, y dice que vendió más que en Semana Santa.

A las cuatro de la tarde del miércoles levantó la cola, muy despacio, y se fue. En el malecón hubo quien lloró y quien
recordó que tenía junta.

Los restauranteros piden que se quede la corriente.
""",
    author="Ximena Robledo",
)

RELOJ = draft(
    "ciudad-reloj",
    "es",
    "El reloj de la catedral de Hermosillo vuelve a dar la hora con piezas de una lavadora",
    """Llevaba once años parado a las cuatro y veinte; un técnico en lavadoras lo echó a andar en tres fines de
        semana.""",
    """
HERMOSILLO, Son. — Durante once años fueron las cuatro y veinte en la torre norte de la catedral. Había parejas que se
citaban a esa hora para no llegar tarde nunca.

El sábado al mediodía el reloj dio doce campanadas, y luego una más por los nervios. Lo reparó Abelardo Cinco, técnico
en lavadoras, que subió a mirar por curiosidad y reconoció la falla: un embrague como los que cambia cada semana.

La relojería suiza había cotizado la pieza en lo que cuesta un coche. Cinco usó la de un modelo de carga frontal, un
resorte de puerta y la paciencia de tres fines de semana.

El párroco ofreció una misa. El técnico pidió permiso para escribir su teléfono por dentro de la carátula, donde solo
lo vean las palomas y el próximo que suba.

El reloj se adelanta dos minutos por día. Nadie se ha quejado.
""",
    author="Aurelio Camberos",
)

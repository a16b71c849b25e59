"""What the outlets printed before the news begins; several hold a rule's words and must alert nobody."""

from demo.texts import BOTH, GUARD, TARIFFS, draft

OLD = (
    draft(
        "old-avocado",
        "en",
        "Avocado buyers shrug at tariff rumor before the big game",
        "",
        """
Wholesale avocado prices at the Hunts Point market hardly moved last week although the talk there was of little else
than a tariff on fruit from Michoacán.

The reason is the calendar. Whatever is eaten during the big game was bought in November, said the buyer for a chain
of taquerías, Lorna Whitcomb, and is ripening in Laredo now.

Packers in Uruapan shipped 110 thousand tons in five weeks, a record. They have asked their own government not to
answer a tariff with one on apples, because the apple people are their neighbors in the trade show.

Whitcomb expects the price to rise in March with or without politics. Rain, she said, has never signed an agreement.
""",
        author="Iris Kallman",
        rules=TARIFFS,
        other="No guacamole panic: market ignores tariff talk",
    ),
    draft(
        "old-horses",
        "en",
        "National Guard veterinarians treat ranch horses after Animas grass fire",
        "",
        """
Four veterinarians of the National Guard spent last weekend in a sale barn at Animas with burn ointment, buckets and
about ninety frightened horses.

The grass fire that ran across the Bootheel took fences, two barns and 31,000 acres. Nobody was killed. Animals were
driven to the barn by anybody with a truck, and most of them had lost their tags.

Capt. Holly Brandt, who keeps a small practice in Socorro when she is not in uniform, numbered the hooves with a paint
pen. By Sunday all but six had owners.

One gray mare walked home by herself, eleven miles, and was found standing at what had been her gate.
""",
        author="Hal Wetherby",
        rules=GUARD,
        other="Guard vets number ninety horses by the hoof",
    ),
    draft(
        "old-carriers",
        "en",
        "Truck insurers ask who pays when a tariff changes at midnight",
        "",
        """
A load of door panels that left Saltillo under one tariff and reached Laredo under another has become a favorite
riddle of insurance lawyers.

The panels belonged to a seat maker when they were loaded and to a car plant when they arrived. In between, at
midnight, the rate changed by 25 points and changed back two days later. The carrier, Transportes Ibarreche, was sent
both invoices.

At a seminar in San Antonio forty underwriters could not agree. Most would look at the hour on the seal. A minority
would look at the hour on the bridge camera, and one proposed a coin.

The case, worth 61,000 dollars, is before an arbitrator.
""",
        author="Paul Desrosiers",
        rules=TARIFFS,
        other="One load, two rates: insurers puzzle over a midnight tariff",
    ),
    draft(
        "old-drone",
        "en",
        "Big Bend ranchers agree to let drones count strayed cattle across the river",
        "",
        """
Cattle do not read treaties. They wade over the Rio Grande near Boquillas when the grass is better on the other side,
and every spring somebody has to sort them.

Ranchers of both banks have agreed to fly a drone, four times a year, and to send the same pictures to a veterinarian
in Alpine and one in Múzquiz. Brands will be read from the air where the hair is short enough.

The first flight found 212 head on the wrong bank, and a burro that has been claimed by five people. A tick inspector,
Rusty Cavender, called it the best map that he had ever been handed.

Nobody shall be fined until the summer.
""",
        author="Rebeca Lindqvist",
        other="Five owners for one burro after drone count at Big Bend",
    ),
    draft(
        "old-whistle",
        "en",
        "Freight line to Topolobampo asks for a whistle-free crossing at Presidio",
        "",
        """
The rebuilt railroad bridge at Presidio carried its first freight cars to Ojinaga in the fall. Since then a horn has
sounded at three in the morning, long, long, short, long.

County Judge Hortencia Falk has asked for gates that would make the horn unnecessary. They cost 400,000 dollars, and
the railroad says that the road belongs to the county.

A survey of the 140 houses that are nearest found 122 against the horn, four in favor and fourteen which did not hear
the question.

One of the four is a retired brakeman. It keeps him company, he wrote.
""",
        author="Cody Marroquín",
        other="Presidio wants its new trains without the horn",
    ),
    draft(
        "old-ranch-road",
        "en",
        "Guard exercise borrows a ranch, leaves a road behind",
        "",
        """
A company of National Guard engineers that needed practice with graders has left eleven miles of good road on the
Diamond A ranch, which lent the land for two weeks.

The ranch had asked for three. The others, said the company's first sergeant, were needed to turn around.

For the families at the far end the drive to the school bus has gone from fifty minutes to twenty. Driver Jolene Park
measured it with the same egg timer that she uses for the eggs.

The county has been asked whether it wants to keep the road. It is thinking about the culverts.
""",
        author="Nina Calloway",
        rules=GUARD,
        other="Practice road becomes the real thing on Diamond A",
    ),
    draft(
        "old-washer",
        "en",
        "Used washing machines pile up at Eagle Pass as flea market learns about tariff codes",
        "",
        """
The Saturday flea market in Piedras Negras sells most of the washing machines that South Texas throws out. For a month
they have been piling up in a lot in Eagle Pass, 640 of them, because each now needs a tariff code and a declaration
that it is used.

There is no code for used, only one for household. Dealers who wrote household were asked for the box.

Broker Nati Esquivel has begun to photograph lint filters as evidence. She has had nineteen machines admitted with
lint and none without.

Customs promised a leaflet. In the lot a family of cats has moved into a top loader, which nobody will sell now.
""",
        author="Cody Marroquín",
        rules=TARIFFS,
        other="Lint as evidence: the tariff trouble of 640 old washers",
    ),
    draft(
        "old-facelane",
        "en",
        "Imperial County tests a lane where nobody shows a passport",
        "",
        """
At the east crossing of Calexico a camera now looks at drivers who have agreed to be looked at, and a green lamp lets
them pass without handing anything over.

In the first month 9,400 people signed up. The lamp was green for 96 in a hundred, yellow for most of the rest, and
red for a man whose twin had signed up the day before.

Port officers say that the lane moves twice as fast. A law clinic in El Centro asks how long the pictures are kept and
got three answers, of which the longest was fifteen years.

The twin has been issued a card that says which one he is.
""",
        author="Gwen Petrosian",
        other="Twin trips up Calexico's face lane",
    ),
    draft(
        "old-cheese",
        "en",
        "Mennonite cheese makers in Chihuahua split over how to answer a tariff",
        "",
        """
In Cuauhtémoc, where the cheese is made by people who speak Low German at home, a meeting about a possible tariff
lasted until the cows needed milking.

The older dairies want to wait. The younger ones have printed labels in English and rented a cold room in Anthony,
Texas, where the wheels could sit for six months as a kind of savings account.

About 2,900 tons go north in a year. A quarter of it, the cooperative's bookkeeper, Abram Wiebe, told them, is eaten
by relatives.

They broke up with a prayer and without a vote. The cold room has been filled in the meantime.
""",
        author="Danielle Orozco",
        rules=TARIFFS,
        other="Cheese in the bank: Chihuahua dairies hedge against a tariff",
    ),
    draft(
        "old-objects",
        "en",
        "A year of border politics in eleven objects",
        "",
        """
What would one keep? The museum in Bisbee asked its visitors to bring an object for the year that is over, and chose
eleven.

There is a National Guard ration heater that warmed a baby's bottle in Sasabe, and a pad of tariff worksheets on which
a broker's child has drawn a whale. There is a shoe with no partner, a padlock from a gate that was moved, and a jar
of water from the canal, which the curator has to top up.

Some of those who brought things also wrote a card. "It still works," says the one beside the heater.

The show is open until Mother's Day. Attendance has been 3,100, or half of the town.
""",
        author="Ada Brunner",
        rules=BOTH,
        other="Bisbee museum shows the border year in eleven things",
    ),
    draft(
        "viejo-limon",
        "es",
        "Limoneros de Colima piden que no les toquen el arancel",
        "",
        """
Los limoneros de Tecomán mandaron una carta de dos páginas y una reja de fruta a la Secretaría de Economía. En la
carta piden que México no responda con un arancel a las manzanas de Washington, porque en la misma negociación va su
limón.

La reja era para el jugo de la reunión, explicó el productor Everardo Cárdenas.

Colima vendió fuera 88 mil toneladas el año pasado. El precio en huerta subió hasta 27 pesos por kilo en enero y los
cortadores, que cobran por bote, comieron mejor que de costumbre.

La secretaría acusó recibo de la carta. De la reja no dijo nada, pero devolvió la madera.
""",
        author="Rogelio Arvizu",
        rules=TARIFFS,
        other="Una carta y una reja de limones contra el arancel",
    ),
    draft(
        "viejo-guardia-playa",
        "es",
        "La Guardia Nacional rescata a once surfistas y una guitarra en San Miguel",
        "",
        """
Elementos de la Guardia Nacional que patrullaban la playa de San Miguel, en Ensenada, sacaron del agua a once
surfistas a los que la resaca arrastró el domingo hacia las rocas.

Usaron la cuerda de una lancha y la camioneta. El último en salir fue un muchacho de Culiacán que no quería soltar su
guitarra, amarrada a la tabla en una bolsa.

El sargento Ulises Bojórquez, que creció en Topolobampo, entró dos veces. "Al mar no se le discute", dijo después,
envuelto en una cobija con dibujos de osos.

La guitarra se afinó esa misma noche. Hubo fogata.
""",
        author="Ximena Robledo",
        rules=GUARD,
        other="Sargento entra dos veces al mar por once surfistas",
    ),
    draft(
        "viejo-tren",
        "es",
        "Ferrocarrileros de Benjamín Hill quieren un museo con tren que sí camine",
        "",
        """
En Benjamín Hill, donde se juntan las vías de Nogales y de Mexicali, cien jubilados del ferrocarril quieren abrir un
museo y han puesto una condición: que la locomotora camine.

La tienen. Es una diésel de 1958 que durmió veinte años bajo un mezquite y a la que el mecánico Porfirio Valdovinos le
ha cambiado ya todo menos el silbato.

La empresa concesionaria les prestaría dos kilómetros de vía los domingos. Falta el seguro, que cuesta 300 mil pesos,
y quien lo firme.

Mientras tanto la encienden cada quince días, para que no se le olvide.
""",
        author="Aurelio Camberos",
        other="La locomotora que despertó bajo un mezquite",
    ),
    draft(
        "viejo-llantas",
        "es",
        "Los aranceles a la llanta usada vacían las vulcanizadoras de la avenida De los Aztecas",
        "",
        """
Sobre la avenida De los Aztecas hay una vulcanizadora por cuadra, y casi todas viven de la llanta que El Paso desecha.
Desde que los aranceles a la llanta usada subieron al doble, los montones se ven flacos.

Una medida quince que costaba 350 pesos anda en 520. "El cliente la mira, me mira y se va con la ponchada", resumió el
vulcanizador Lalo Mijares.

La autoridad quiere que entren menos porque al final arden o se llenan de mosquitos: en el municipio se calculan
cuatro millones tiradas.

Mijares no lo discute. Pide que a cambio le presten para una máquina de renovado, que existe en Torreón y huele igual.
""",
        author="Perla Ontiveros",
        rules=TARIFFS,
        other="Llantas flacas en Juárez por el alza de aranceles",
    ),
    draft(
        "viejo-biblioteca",
        "es",
        "Una biblioteca a caballo llega a las rancherías de Ímuris",
        "",
        """
Cada quincena la maestra Socorro Federico carga dos alforjas con cuarenta libros y sale de Ímuris con su yegua, la
Pinta, hacia ocho rancherías donde no entra el camión cuando el río trae agua.

Presta sin credencial. Apunta el nombre, el título y, si el lector quiere, una opinión. La más larga es de un vaquero
que leyó a Rulfo dos veces y preguntó si había otro igual.

En año y medio ha perdido tres libros: uno se mojó, uno se lo comió la Pinta y el tercero volvió de Phoenix por correo
con un billete de veinte dólares adentro.

Con el billete compró una lámpara.
""",
        author="Aurelio Camberos",
        other="La Pinta y sus alforjas: biblioteca rural en Ímuris",
    ),
    draft(
        "viejo-cuartel",
        "es",
        "El viejo hotel de Caborca será cuartel de la Guardia Nacional y conservará su cantina",
        "",
        """
El hotel San Carlos de Caborca, cerrado desde la inundación del 93, será cuartel de la Guardia Nacional. El convenio
obliga a conservar la fachada, los azulejos y, por insistencia del cronista, la barra de la cantina.

Habrá 140 camas. Donde estuvo el salón de baile se pondrá la cocina, y la alberca, que tiene higueras adentro, se
queda como jardín.

El cronista Plutarco Méndez recordó que ahí se firmó la paz entre dos beisbolistas que se odiaban. La barra conserva
la muesca.

Las obras duran hasta octubre. Quien tenga llaves del hotel, dice el ayuntamiento, puede devolverlas sin explicación.
""",
        author="Rogelio Arvizu",
        rules=GUARD,
        other="Cuartel con cantina: nueva vida del hotel San Carlos",
    ),
)

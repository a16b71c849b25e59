"""Border policy in English: events that one or two outlets write and others reprint."""

from demo.texts import TARIFFS, draft

TOMATO = draft(
    "tomato-wire",
    "en",
    "Tomato importers in Nogales get ninety days before an 18.4 percent tariff",
    """The long peace over Mexican tomatoes ends in ninety days with an 18.4 percent tariff, and the packing sheds of
        Rio Rico are recalculating what a salad costs.""",
    """
RIO RICO, Ariz. — The agreement that kept peace over Mexican tomatoes for most of three decades will lapse in ninety
days, and an 18.4 percent tariff will take its place, the Commerce Department said in a notice to importers.

In the warehouse district north of Nogales, where four of every ten winter tomatoes eaten in the country change
trucks, the news travelled by text message before the notice was an hour old.

"Eighteen point four is my whole margin and then my lunch," said Delia Armenta, who runs Armenta Hermanas with her
sister and ships grape tomatoes from Culiacán to grocers in eleven states.

Growers in Florida, who asked for the end of the pact, say that fruit has been sold below cost for years. Their
association called the decision overdue and said that prices in stores need not rise by more than a few cents.

An agricultural economist at the state university, Tobias Renner, is less sure. His estimate is that a pound of vine
tomatoes will cost about eleven percent more in the first winter, and that some Sinaloa growers will move to peppers
and cucumbers, which are not covered.

Importers have asked for a hearing. Until then the sheds will bring in what they can: three crossings a day instead of
two, and cold rooms booked as far away as Tucson.
""",
    author="Paul Desrosiers",
    rules=TARIFFS,
    other="Nogales sheds race the clock as tomato pact ends",
    local="""The county's produce terminal said that it would keep its gates open until midnight for as long as the
        extra loads keep coming.""",
)

TOMATO_LEDGER = draft(
    "tomato-ledger",
    "en",
    "Rio Rico's tomato sheds face an 18.4 percent tariff; Armenta sisters add a night shift",
    """Delia Armenta and her sister are hiring for nights. In ninety days every box of Culiacán tomatoes they bring
        through Nogales will carry an 18.4 percent tariff.""",
    """
The sign outside Armenta Hermanas in Rio Rico used to say that no help was wanted. On the day the Commerce Department
gave tomato importers ninety days' warning of an 18.4 percent tariff, Delia Armenta turned it around.

She needs twelve people for a night shift, she said, because the only answer to a tariff that starts in ninety days is
to bring the fruit in now. Her growers near Culiacán are picking greener than they like.

The pact that is ending fixed a floor price for Mexican tomatoes and was renewed again and again since the nineties.
Florida growers never loved it. They argued to the department that the floor was easy to crawl under, and this time
they were heard.

Around the sheds of Nogales and Rio Rico nearly everyone lives on the winter deal: forklift drivers, the women who
sort, the man who sells shrimp cocktails from a van. Santa Cruz County counts four thousand jobs in produce.

Tobias Renner, the university's agricultural economist, told the county board that the first winter would be the
worst. He expects shoppers to pay some eleven percent more and Sinaloa to plant more peppers.

Armenta has seen rain, blockades and a year when nobody wanted lettuce. "A tomato does not wait for lawyers," she
said, and went to look for a second forklift.
""",
    author="Nina Calloway",
    rules=TARIFFS,
)

STEEL = draft(
    "steel-wire",
    "en",
    "Monterrey pipe mill idles a line as steel tariff bites",
    """Aceros Lobera shuts one of three galvanizing lines in Apodaca and sends 340 people home on half pay, blaming
        the steel tariff.""",
    """
MONTERREY, Mexico — One of northern Mexico's larger makers of galvanized pipe has stopped a production line and sent
340 people home on half pay, the clearest sign so far of what the American steel tariff is doing on the factory floor.

Aceros Lobera said orders from its biggest customer, a fence and guardrail contractor in Houston, fell by more than
half after the tariff rose to a quarter of the value of each coil. Two of the three lines at its Apodaca plant go on
working.

"We are not closing, we are holding our breath," said the plant manager, Gerardo Villasana, over the sound of an empty
conveyor.

In Houston the contractor, Bayou Rail and Mesh, confirmed that it is buying domestic pipe where it can find any.
Delivery times have gone from five weeks to seventeen. "I pay more and I wait longer," its purchasing chief, Wanda
Prejean, said.

The union at Apodaca accepted half pay for eight weeks. Its secretary said members had voted with the memory of the
pandemic, when people who were dismissed did not come back.

Domestic mills in Arkansas and Ohio say that they are adding turns. Analysts at a bank in Dallas reckon that each
point of the tariff moves about nine thousand tons a month from one side of the border to the other.
""",
    author="Iris Kallman",
    rules=TARIFFS,
    other="Half pay for 340 as a Mexican pipe maker loses its Houston customer",
    local="""Two fence builders here said that they had already raised their estimates for ranch work, one of them for
        the second time since Christmas.""",
)

COURT = draft(
    "court-wire",
    "en",
    "Judge stops turn-backs of asylum seekers at San Ysidro footbridge",
    """Judge Miriam Castellano orders officers to receive people who wait on the PedWest ramp, and gives the
        government fourteen days to appeal.""",
    """
SAN DIEGO — Officers at the San Ysidro crossing may no longer turn back people who ask for asylum on the pedestrian
ramp, a federal judge ruled, calling the practice a queue without a door.

Judge Miriam Castellano found that 2,317 people had been sent away from the PedWest footbridge since October with
nothing but a date spoken aloud. Some came back on that date and were given another.

The government argued that the hall holds no more than 120 people at a time and that order on the ramp is a matter of
safety. The judge accepted the number and rejected the rest. Whoever cannot be received today, she wrote, must be
given a paper with a name, an hour and a signature.

The case was brought by a shelter in Tijuana, Casa Lirio, whose director kept a copybook of every person turned away.
It was admitted as evidence, coffee stains and all.

"I wrote because nobody else was writing," said the director, Sister Amparo Godínez.

The order takes effect in fourteen days unless an appeals court steps in. A spokesman for the port said that officers
would comply with whatever is in force that morning.
""",
    author="Joel Abernathy",
    other="A nun's copybook decides an asylum case at San Ysidro",
    local="""Lawyers who work with families here said that the ruling binds only the San Ysidro port, though other
        judges may read it.""",
)

COURT_SIGNAL = draft(
    "court-signal",
    "en",
    "The copybook of Casa Lirio: how 2,317 turn-backs became evidence",
    """Sister Amparo Godínez wrote down everyone the PedWest ramp sent away. Judge Miriam Castellano read it all and
        ordered San Ysidro to receive asylum seekers.""",
    """
It is an ordinary school copybook with a horse on the cover. Sister Amparo Godínez, who directs the Casa Lirio shelter
in Tijuana, began it in October because two brothers from Michoacán could not remember which date an officer on the
ramp had told them.

By the time it reached the desk of Judge Miriam Castellano it held 2,317 lines: name, age, hour, the words said. On
the strength of it she has ordered officers at the San Ysidro footbridge, known as PedWest, to stop turning asylum
seekers back by word of mouth.

Her ruling is narrow and dry. It does not say how many people must be received in a day, and it agrees that the hall
holds 120. It says that a person who must wait is owed a paper with a name, an hour and a signature.

Government lawyers have fourteen days to appeal. In court they called the copybook hearsay. The judge compared forty
of its lines with the port's own camera log and found thirty-nine in agreement; in the other one the nun had been
generous to the officer.

At Casa Lirio, where ninety people slept last night in space for sixty, the news was received with soup. The copybook
is not coming back soon. There is a new one, with a sailboat.
""",
    author="Maren Oyelaran",
)

BRIDGE = draft(
    "bridge-register",
    "en",
    "Broken scanner leaves Cuevitas bridge with one truck lane and a nine-mile line",
    """The only X-ray portal at the Cuevitas bridge failed before dawn, and by noon refrigerated trucks were parked as
        far as the cotton gin.""",
    """
The line of trucks for the Cuevitas bridge reached the old cotton gin by noon, nine miles from the river, after the
crossing's only X-ray portal stopped working before dawn.

Port director Lyle Hutchens said that a cooling pump had seized and that the part was on its way from Virginia. Until
it comes, officers are opening one trailer in six by hand in a single lane.

Drivers made the best of it. Hilario Sepúlveda, hauling broccoli from Guanajuato, played dominoes on the hood with two
colleagues and got up every half hour to check the temperature of his load. "Thirty-four degrees," he said. "So am I,
but Celsius."

The bridge handles about 1,150 trucks on a normal weekday. Shippers who could were sending theirs to the crossing
upriver, where the wait had grown to four hours.

The mayor, Rosalba Treviño, has asked for a second portal three years in a row. The request was approved last spring,
she said, and is now in a warehouse, waiting for a concrete pad that is waiting for a drawing.

The port hopes to have both lanes back on Friday. Water and portable toilets have been set out along the frontage
road.
""",
    author="Cody Marroquín",
)

BRIDGE_COURIER = draft(
    "bridge-courier",
    "en",
    "Nine miles of broccoli: trucks stuck at Cuevitas after scanner fails",
    """A seized cooling pump in the Cuevitas bridge's X-ray portal has produce spoiling on the frontage road, and the
        spare part is in Virginia.""",
    """
A pump the size of a shoebox has tied up nine miles of trucks at the Cuevitas bridge, where the X-ray portal that
looks into trailers gave out early in the morning and the replacement is coming from Virginia.

Lyle Hutchens, who directs the port, said that his officers were opening every sixth trailer by hand and that one lane
was all he could staff that way. On most weekdays 1,150 trucks use the bridge.

Those with frozen goods are being waved ahead. Those with vegetables watch their thermometers. A dispatcher in McAllen
said that six loads of broccoli and one of cut flowers had been refused by buyers on arrival.

For Mayor Rosalba Treviño it is a told-you-so she would rather not have. A second portal bought for Cuevitas has sat
in a warehouse since last spring because there is no concrete pad to stand it on.

Hilario Sepúlveda, one of the drivers, had been in the line for eleven hours. He had lost two games of dominoes and,
he said, all respect for pumps.
""",
    author="Danielle Orozco",
)

SEIZURE = draft(
    "seizure-wire",
    "en",
    "Drug load hidden in church organ pipes is the largest of the year at Lukeville",
    """Inspectors at Lukeville took 1.3 million pills out of the pipes of an organ bound for a chapel that does not
        exist.""",
    """
LUKEVILLE, Ariz. — The organ was listed as a gift for a chapel in Gila Bend. It had two keyboards, a walnut case and,
inside 88 of its pipes, 1.3 million blue pills.

Inspectors at the Lukeville crossing found them when a dog named Biscuit lay down in front of the trailer and would
not move. The tablets, which tested positive for fentanyl, are the largest single load taken at the port this year.

There is no such chapel, the supervisor of the shift, Aaron Petty, said. The address on the papers is a closed tire
shop.

The driver, a 41-year-old man from Caborca, told officers that he had been paid 900 dollars to deliver a musical
instrument, and that he plays a little himself. He was held for a hearing in Tucson.

Organ builders consulted by the port said that the pipes were real and rather good, taken perhaps from a church under
repair. A priest in Magdalena has since reported that the loft of his parish was emptied in January by men with a work
order.

The pipes are evidence for now. Petty hopes that they can go back in time for Easter.
""",
    author="Rebeca Lindqvist",
    other="Dog named Biscuit sniffs out 1.3 million pills in organ pipes",
    local="""Volunteers at the mission here have started to collect money for the repair of the Magdalena organ, which
        some of them have heard played.""",
)

VISA = draft(
    "visa-wire",
    "en",
    "Lettuce crews stuck in Hermosillo as farm visa printer runs out of foil",
    """About 5,600 seasonal workers have approved farm visas and no stickers to prove it, because the consulate in
        Hermosillo has run out of security foil.""",
    """
YUMA, Ariz. — The lettuce is ready, the crews are ready and the visas are approved. What is missing is foil.

The consulate in Hermosillo has used up the security film on which farm visas are printed, and about 5,600 workers
wait in boarding houses near its gate while the fields of the lower Colorado go past their best day.

A new shipment was delayed by weather in Louisville, the consulate said. It expects to print again on Monday and to
work through the weekend after.

"I have romaine that is two days from becoming a tree," said Kirby Amundsen, who farms 3,000 acres east of Yuma. He
has asked schools to let older students help on Saturday and has had eleven answers.

In Hermosillo the workers share rooms, six at a time, at prices that rise with the wait. Teodoro Cota, a foreman from
Navojoa on his nineteenth season, said that he had lent money to half of his crew.

Growers put the loss at 2 million dollars a day. The association that represents them asked for permission to let
workers enter with a letter, as was done once in 2015 when a computer failed.
""",
    author="Paul Desrosiers",
    other="No foil, no visa, no lettuce: 5,600 field hands wait in Hermosillo",
    local="""Packing houses on this side of the valley said that they could take on day labor but that nobody can
        learn to cut romaine in a weekend.""",
)

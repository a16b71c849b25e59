"""Border policy in English that one outlet alone has: the cases of the awkward outlets, each with its own rule."""

from demo.texts import BOTH, GUARD, TARIFFS, draft

GUARD_PORTS = draft(
    "ports-ledger",
    "en",
    "Governor sends 170 National Guard members to Douglas and San Luis ports",
    """Arizona's National Guard will run the mail room, the radios and the forklifts at two ports of entry so that
        officers can go back to the lanes.""",
    """
Arizona will send 170 members of its National Guard to the ports of entry at Douglas and San Luis, the governor's
office said, to do work that does not need a badge.

They will drive forklifts, answer radios, fix cameras and sort the mail, Col. Patricia Nguyen told county supervisors
in Bisbee. They will not stop anybody, she said, and they will not carry rifles.

The state is paying for six months. The ports have been short of staff since two classes of recruits were sent to
airports, and at Douglas the second truck lane has been closed on most afternoons.

Supervisor Anne Whitlock asked where everybody would sleep. The answer is the old dormitory at Cochise College, which
has 96 beds and a boiler with opinions.

In San Luis, where lettuce trucks queue past the water tower in winter, farm shippers welcomed the help. A trade
council in Agua Prieta said that it would judge by the clock at the gate.

The first group reports after a week's course on badges, dust and Spanish. Nguyen said that most had volunteered,
several of them because their grandmothers live across the line and cook.
""",
    author="Nina Calloway",
    rules=GUARD,
    other="Guard members to sort mail and fix cameras at two Arizona ports",
    local="""The Douglas mayor said that restaurants on G Avenue had been asked to stay open later.""",
)

ONION = draft(
    "onion-wire",
    "en",
    "National Guard clears onion trucks after tariff protest shuts Santa Teresa crossing",
    """New Mexico's National Guard towed 64 trucks from the Santa Teresa crossing, ending a two-day blockade by
        haulers who want a tariff deposit back.""",
    """
SANTA TERESA, N.M. — Tow trucks of the New Mexico National Guard pulled 64 onion rigs off the approach to the Santa
Teresa crossing, ending a blockade by haulers who say that they are owed the deposits they paid on a tariff that never
took effect.

Nobody was hurt and two people were cited. By evening cattle trailers, which had been turned to other ports, were
crossing again.

The quarrel is about money in an account. For nine days last year customs collected a deposit on Chihuahua onions; the
tariff was withdrawn, but 3.8 million dollars remain to be paid back, and small haulers had fronted much of it.

"My deposit is the engine of my other truck," said Filemón Gurrola of Villa Ahumada, the protesters' spokesman, before
he drove off behind a Guard wrecker. He has a claim number and a letter that asks him to wait.

Maj. Denise Archuleta said that the governor had called the Guard because the state police own three wreckers and the
road holds more trucks than that. Her crews brought back each rig with its onions.

A customs lawyer in Las Cruces, Ned Brandvold, said that refunds are paid in the order in which entries are closed,
and that entries are closed in the order of the alphabet of ports. Santa Teresa is near the end.
""",
    author="Iris Kallman",
    rules=BOTH,
    other="Blockade over: Guard wreckers haul 64 onion rigs away from Santa Teresa",
    local="""Feedlots in this county, which had sent their cattle by way of Presidio, expect two days of catching
        up.""",
)

ALFALFA = draft(
    "alfalfa-gazette",
    "en",
    "Hay exporters weigh a 15 percent Chinese tariff on Imperial alfalfa",
    """Imperial Valley hay pressers are looking at a retaliatory tariff of 15 percent on alfalfa cubes shipped to
        Tianjin, and at barns that are already full; Verl Stoddard of Holtville has parked 9,000 tons and calls it the
        longest winter of his life.""",
    """
Verl Stoddard measures the trade war in barns. He has three, and the third one is full to the rafters with alfalfa
cubes that were sold to a dairy near Tianjin before a retaliatory tariff of 15 percent made the buyer think again.

The Imperial Valley sends a third of its hay across the ocean. Pressers in Holtville and Brawley say that Saudi and
Korean buyers will take some of what China leaves, at a price.

Nine thousand tons do not spoil quickly. They do cost rent, and Stoddard has begun to write to the county about a
fourth barn.
""",
    author="Gwen Petrosian",
    rules=TARIFFS,
)

BICYCLE = draft(
    "bicycle-bulletin",
    "en",
    "Drawback desk swamped: 11,400 bicycle claims wait on one tariff ruling",
    """A single tariff ruling on children's bicycles assembled in Ensenada has piled 11,400 drawback claims on a desk
        of six people in Long Beach. Pedalmex and three rivals want the duty on re-exported frames returned before
        their credit lines are reviewed in June; the center's deputy, Yolanda Strickland, promises the first hundred
        by the end of the month.""",
    """
A desk of six people in Long Beach holds 11,400 claims that turn on one tariff ruling about children's bicycles
assembled in Ensenada.

Send the serial numbers in one file, says the center, and not one by one.
""",
    author="C. R. Houghton",
    rules=TARIFFS,
)

DRAIN = draft(
    "drain-herald",
    "en",
    "National Guard engineers crawl into Nogales Wash to shore up cracked tunnel",
    """Arizona National Guard engineers have started to prop the storm tunnel under downtown Nogales, where a crack
        runs for 60 yards beneath Morley Avenue.""",
    """
Forty engineers of the Arizona National Guard went into the storm tunnel under downtown Nogales with timber, lamps and
rubber boots to hold up a ceiling that has cracked for 60 yards beneath Morley Avenue.

The tunnel carries the Nogales Wash, which rises in Sonora and runs north through both cities. In the monsoon it fills
in minutes. City engineer Ruben Escalada found the crack when a shoe store reported that its floor hummed.

Lt. Corey Ballantine, who leads the detail, said that the props would last two rainy seasons. The real repair, a new
arch, is priced at 14 million dollars and belongs to a boundary commission that has not met since autumn.

Merchants have been told to keep stock off the cellar floors. At La Cinderella the owner, Estela Kory, has moved the
quinceañera dresses upstairs and put a level on the counter. The bubble, she said, has not moved.

Police on the Mexican side sealed two side galleries where smugglers used to break through, and the teams agreed on a
knock: three for stop, five for lunch.
""",
    author="Jesús Manuel Siqueiros",
    rules=GUARD,
)

COPPER = draft(
    "copper-lantern",
    "en",
    "Copper tariff talk reopens an old pit and an old argument in Sulphur Draw",
    """With a copper tariff in the air, a Tucson company wants to pump out the Lavender Queen pit above Sulphur
    Draw, and the town is divided along the same street as in 1975.""",
    """
Nobody has taken ore from the Lavender Queen since 1975. The hole fills with green water every winter, tourists drop
coins in it, and the high school swims there in June although it must not.

Now a Tucson company, Pinal Deep Metals, has asked the county for leave to pump it out. Its reason fits on a postcard:
if Washington puts a tariff on foreign copper, the low grades that were left behind in Sulphur Draw are worth digging.

The company's geologist, Marta Eklund, told a full meeting at the Grange hall that the pit holds 210 million pounds.
She expects 180 jobs for nine years, most of them for people who now drive to Safford.

On the north side of Quarry Street they clapped. On the south side, where the wells are, they asked where the green
water would go. Eklund said that it would be treated and sold to a golf course. That was the only laugh of the night.

Homer Delacruz, 83, worked the last shift. He remembers that the price had to fall by four cents for the whole thing
to end. "A tariff is also only somebody's four cents," he said.

The supervisors vote in May.
""",
    author="Ada Brunner",
    rules=TARIFFS,
)

CANS = draft(
    "cans-notices",
    "en",
    "Additional Tariff on Empty Aluminum Cans; Correction of Subheadings and Effective Date",
    """The Office corrects the list of tariff subheadings for empty aluminum beverage cans of Mexican origin and moves
        the effective date of the additional 10 percent from March 12 to April 4.""",
    """
The Office of Border Notices corrects its earlier document on empty aluminum beverage cans that are products of
Mexico. Two subheadings of the tariff schedule were printed in the wrong order, and one covered lids as well as cans.

The additional duty is 10 percent of the value of the can. It applies to cans entered, or withdrawn from a warehouse,
on or after April 4, and not on March 12 as first stated. Cans that were filled in Mexico are beverages and follow the
rate for what is in them.

Entries that were filed with the former date will be amended by the Office without a request. Importers who paid on
lids alone may ask for a refund with form 7514-B, one for each port.

The correction was prompted by letters from a canner in Mexicali and a brewery in Tecate, which are thanked for their
patience and for the samples.
""",
    author="Office of Border Notices",
    rules=TARIFFS,
)

NACO = draft(
    "naco-notices",
    "en",
    "Naco, Arizona: Temporary Change of Hours at the Pedestrian Gate",
    "",
    """
The pedestrian gate at Naco, Arizona, will open at 8 in the morning and close at 4 in the afternoon, instead of 6 to
10, while the canopy over the inspection hall is replaced.

The vehicle lanes keep their hours. Travelers with wheelchairs or strollers may ask for the gate beside lane 2, where
a bell has been mounted at a height of three feet.

Pupils who live in Naco, Sonora, and attend school in Bisbee may cross with their bus at 7:15. The driver carries the
list; names can be added at the cashier's window.

Work is expected to take seventeen weeks. Dust and noise are unavoidable, and swallows that nest under the old canopy
will be moved by a biologist before the first panel comes down.
""",
    author="Office of Border Notices",
)

SHELTER = draft(
    "shelter-radio",
    "en",
    "Flood drives sixty families from Whitewater Draw into a school gym in Elfrida",
    """Whitewater Draw left its bed in the night. Sixty families are in the gym of the Elfrida school, and the
    road to the border at Douglas is under water.""",
    """
Water from the Swisshelm Mountains filled Whitewater Draw after midnight and by first light stood in the kitchens of
the farm camps south of Elfrida. Sixty families spent the rest of the night in the gym of the elementary school.

Principal Joanne Teeter opened the doors in her slippers. There were mats for everyone, she said, because wrestling
season is over, and cereal for about half.

Most of the families pick chiles and pecans and have papers that tie them to one employer. Several asked a volunteer
lawyer whether a night in another place could cost them their permit. It cannot, the lawyer, Simon Achterberg, told
them over a megaphone, in two languages.

Highway 191 to Douglas is closed at three dips. The draw crosses into Sonora near there, and Agua Prieta has moved
people from two streets as well.

County workers counted nine dead cows and one live one on a roof. More rain is forecast for the evening.
""",
    author="Leona Whitefeather",
    edit="""Update: The governor has called out the National Guard. Two high-wheeled trucks with forty Guard members
        left Fort Huachuca in the afternoon to bring drinking water to Elfrida and to fetch eleven people who are
        still on the upper floor of a pecan shed.""",
    edit_rules=GUARD,
)

"""What English events of the grammar are about. `{...}` facts and `[a|b]` choices: see grammar.py."""

from demo.texts import BOTH, GUARD, TARIFFS, Topic

GOODS = (
    "walnuts|patio umbrellas|garage doors|chile seeds|ceiling fans|cut roses|church candles|truck radiators|"
    "floor tiles|bottled salsa|wheelchair frames|guitar strings|horse saddles|aluminum ladders|dental chairs|"
    "frozen shrimp|cotton yarn|baby cribs|bakery ovens|window glass|bean sprouts|charcoal|rubber boots|"
    "school desks|brass valves|pecan shellers|mesquite flour|sewing thread|tractor hitches|drum kits|marbles|"
    "hospital gowns|paper lanterns|leather belts"
)
TOPICS = {
    "duty": Topic(
        1.0,
        TARIFFS,
        GOODS,
        (
            "{thing} [importer|dealer|broker] {last} [faces|studies|dreads] {pct} percent tariff at {place}",
            "Tariff of {pct} percent on {thing} [unsettles|divides|surprises] {place}",
            "{firm} [reroutes|hoards|reprices] {thing} [before|as] a tariff [lands|looms]",
        ),
        (
            "a tariff of {pct} percent on {thing} has [turned|sent|set] {firm} [looking|searching] for "
            "[shelves|buyers|time] in {place}.",
            "{who}, {office}, [learned|heard] of the {pct} percent tariff on {thing} [from a driver|by fax|at "
            "lunch] in {place}.",
        ),
        (
            "{firm} [brings|hauls|ships] {m} boxes of {thing} [through|over|past] {place} [a season|a year|every "
            "winter].",
            "[each|every] pallet of {thing} [will cost|now costs|costs] {n} dollars more [at|beyond] {road}.",
            "[rivals|buyers] in {place2} [switched|are switching|may switch] to {thing} [from Ohio|from Asia|made "
            "at home].",
            "[a ruling|the rate|a waiver] for {thing} [expires|lapses|ends] in {days} days, [brokers|filers] at "
            "{place} [say|reckon].",
            "{last} [filled|rented|swept] a [barn|shed|cellar] off {road} with {thing}.",
        ),
    ),
    "plant": Topic(
        0.5,
        TARIFFS,
        GOODS,
        (
            "Plant at {place} [slows|stops|splits] its {thing} line, [citing|blaming] a tariff",
            "{n} [jobs|shifts] [hang|ride] on a tariff as {firm} [weighs|rethinks] {thing}",
        ),
        (
            "the [plant|factory|shop] of {firm} in {place} will [stop|halve|move] its {thing} line [because of|on "
            "account of] a tariff, [leaving|putting] {n} [workers|people] [idle|in doubt].",
        ),
        (
            "[one line|the night turn] of {thing} [ran|hummed] at {road} [for|through] {k} [years|seasons].",
            "[orders|contracts] from {place2} [shrank|fell|slid] by {pct} percent, {who} [told|assured] the "
            "[crew|line].",
            "{firm} [offers|promises|pays] {days} days' wages to [anyone|those] who [trains|moves] to {place2}.",
            "[the union|a lawyer], {who2}, [wants|asked for] the [books|ledgers] of {firm} [opened|read aloud].",
        ),
    ),
    "post": Topic(
        0.8,
        GUARD,
        "a radio mast|a fuel dump|a mess tent|night goggles|a bridge of pontoons|sandbag walls|a field clinic|"
        "generators|a tow yard|a water tanker|mule trails|a weather balloon|culvert gates|a rail siding|"
        "drone hangars|a laundry truck",
        (
            "National Guard [company|detail|platoon] [leaves|sets up|hands over] {thing} at {place}",
            "{place} [asks|thanks|bills] the National Guard [for|over] {thing}",
        ),
        (
            "a National Guard [company|detail|platoon] of {n} [has brought|brought|is leaving] {thing} to {place}, "
            "where {who}, {office}, [had asked|had waited] for {days} days.",
            "{thing} [belonging to|run by] the National Guard [appeared|went up|stood] beside {road} in {place} "
            "[this week|on Monday|at dawn].",
        ),
        (
            "[the Guard|its captain], {who2}, [rents|borrowed|measured] {k} acres off {road} for {thing}.",
            "[troops|members] [sleep|eat|train] in the [gym|armory|fairground] of {place2}, {n} to a [hall|floor].",
            "[most|many] [members|of them] [repair|grow|sell] [engines|cotton|insurance] near {place2} [in civil "
            "life|otherwise].",
            "the [bill|invoice] for {thing}, {usd} million dollars, [goes|went] to {place}.",
        ),
    ),
    "rescue": Topic(
        0.6,
        GUARD,
        "a hay barge|two school buses|a trailer court|a nursing home|the cemetery wall|a circus camp|"
        "four orchards|a bee yard|the seed bank|a goat dairy|the pump house|a summer camp",
        (
            "National Guard [pulls|saves|frees] {thing} from [flood|mud|smoke] near {place}",
            "[Flood|Fire|Mud] at {place}: National Guard [reaches|shields] {thing}",
        ),
        (
            "[crews|boats|trucks] of the National Guard [reached|dug out|cleared] {thing} near {place} "
            "[after|within] {k} hours of [rain|smoke|flood], {office} {who} [said|reported].",
        ),
        (
            "{n} [people|residents] [waited|sang|slept] on [roofs|tables|hay] along {road}.",
            "[the gauge|water] at {place2} [rose|climbed] to {k} feet, {last} [noted|wrote].",
            "{who2} [led|carried|counted] {days} [goats|children|neighbors] up {road} [in the dark|by rope|barefoot].",
            "[damage|repair] to {thing} is [put|guessed] at {usd} million dollars by {firm}.",
        ),
    ),
    "cargo": Topic(
        0.3,
        BOTH,
        GOODS,
        (
            "National Guard [moves|guards|sorts] {m} crates of {thing} [stranded|caught] by tariff at {place}",
            "Tariff [snarl|mix-up] at {place}: National Guard [clears|hauls] {thing}",
        ),
        (
            "the National Guard [has begun|began] to [move|sort|guard] {m} crates of {thing} that a tariff "
            "[stranded|left behind] at {place}.",
        ),
        (
            "{firm} [owns|claims|insures] {n} of the crates [on|along] {road}.",
            "[refunds|deposits] of {usd} million dollars [depend|hang] on {who}, {office}.",
            "{thing} [filled|blocked|crowded] {k} [lanes|sheds|yards] [as far as|up to] {place2}.",
            "{who2} [feeds|guides|scolds] the [troops|wreckers] at {road} [at noon|all night].",
        ),
    ),
    "lanes": Topic(
        4.0,
        (),
        "a bicycle lane|an overnight booth|a bus bay|a scale house|a canopy|a turnstile hall|a dog kennel|"
        "a customs counter|a shade wall|a mirror gate|a weigh bridge|a camera arch",
        (
            "{place} crossing [opens|closes|moves] {thing} for {days} days",
            "[Waits|Lines] at {place} [grow|shrink|double] as {thing} [opens|closes|fails]",
        ),
        (
            "the {place} crossing will [open|close|rebuild] {thing} for {days} days, [and|so] {m} [drivers|walkers] "
            "a week must [plan|rise] [anew|earlier].",
        ),
        (
            "[waits|lines] of {n} minutes were [clocked|measured] at {road} [on Friday|before school].",
            "{who}, {office}, [drew|sketched|taped] {thing} [on|across] a [napkin|map] for {firm}.",
            "[inspectors|officers] [borrowed|lent] {k} cones [from|to] {place2}.",
            "{thing} [costs|cost] {usd} million dollars [and|or] [one|a] winter of [noise|patience] at {place}.",
        ),
    ),
    "seizure": Topic(
        3.0,
        (),
        "parrot eggs|turtle skins|counterfeit stamps|stolen saddles|mislabeled honey|fake pearls|"
        "cactus cuttings|tequila barrels|church bells|dinosaur teeth|antique locks|copied keys",
        (
            "Inspectors at {place} [find|open|weigh] {n} {thing} [inside|under] a [hearse|piano|boat]",
            "{m} dollars in {thing} [taken|found] at {place}; {last} [charged|questioned]",
        ),
        (
            "inspectors at {place} [took|lifted|unpacked] {n} {thing} from a [false floor|spare tire|freezer] "
            "[on|off] {road}, and {who} [was held|went free on bond|asked for a lawyer].",
        ),
        (
            "[a dog|an X-ray|a squeak] [gave away|betrayed] {thing} [after|at] {k} [miles|minutes].",
            "{firm}, [named|listed] on the [papers|manifest], [denies|disputes] [owning|ordering] {thing}.",
            "{who2}, {office}, [values|priced] the lot at {m} dollars [on the street|at auction].",
            "[something|a parcel] like {thing} [surfaced|turned up] in {place2} [behind|near] {road}.",
        ),
    ),
    "water": Topic(
        3.0,
        (),
        "the siphon|canal seven|the brine pond|the headgate|the recharge basin|the carp screen|the weir|"
        "a treaty gauge|the flume|an old cistern|the sluice|the settling tank",
        (
            "{place} [patches|drains|argues over] {thing} [before|after] {days} dry days",
            "[Farmers|Growers] [lose|trade|count] {m} acre-feet as {thing} [leaks|silts up] near {place}",
        ),
        (
            "{thing} at {place} [leaks|lost|spilled] {m} acre-feet [a season|this year], and {who}, {office}, has "
            "{days} days to [fix|explain|replace] it.",
        ),
        (
            "[growers|melon farmers] along {road} [share|swap|flip coins for] {k} hours of [flow|water].",
            "[below|above] {thing}, {firm} [planted|fallowed] {n} acres of [sorghum|jojoba|melons].",
            "[salt|silt] [reached|fell to] {pct} percent [at|beside] {place2}, {who2} [measured|found].",
            "[a treaty|the compact] gives {place2} [a share|first call] [after|every] {days} days.",
        ),
    ),
    "school": Topic(
        2.5,
        (),
        "a robotics club|a folk ballet|a chess bus|a welding class|a kite lab|a mariachi course|a night school|"
        "a science barge|a spelling league|a seed library|a puppet theater|a debate camp",
        (
            "{n} pupils [cross|ride|walk] for {thing} shared by {place} and {place2}",
            "{thing} in {place} [wins|loses|needs] {m} dollars [and|plus] a [roof|van]",
        ),
        (
            "[every|each] [morning|afternoon] {n} pupils [cross|ride] from {place2} to {place} for {thing} that "
            "{who}, {office}, [began|started] with {k} [chairs|borrowed pens].",
        ),
        (
            "{firm} [lends|donated|painted] the [van|hall] on {road} [without|in exchange for] [rent|a poster].",
            "{last2}, [aged|now] {k}, [translates|grades|drives] [between|after] [bells|meals].",
            "[grades|attendance] [rose|climbed] {pct} percent [since|after] {thing} [began|moved in].",
            "[next|the coming] [term|spring] {thing} [visits|tours] {n} [schools|porches] around {place2}.",
        ),
    ),
    "wildlife": Topic(
        2.5,
        (),
        "jaguar tracks|a bat roost|bighorn lambs|an ocelot|monarch clusters|a lost pelican|bison calves|"
        "a condor|desert pupfish|a black bear|prairie dogs|a coral snake",
        (
            "{thing} [seen|filmed|counted] near {place} after {days} [years|nights] of [waiting|watching]",
            "Camera on {road} [catches|shows] {thing} [crossing|resting] at {place}",
        ),
        (
            "a camera [tied|screwed] to a [post|juniper] near {place} [recorded|caught] {thing} [on|along] {road}, "
            "and {who}, {office}, [watched|played] it {k} times.",
        ),
        (
            "[biologists|volunteers] from {place2} [set|checked] {n} [traps|cameras|feeders] [by|on] [mule|foot].",
            "{who2} [follows|has followed] {thing} [since|for] {days} [weeks|dawns] with [a pencil|no phone].",
            "[ranchers|owners] [like|including] {firm} [left|cut] {k} gaps in [wire|fence] [past|near] {place2}.",
            "[a warm|the wet] winter [moved|pushed] {thing} [north|uphill] by {n} miles.",
        ),
    ),
    "clinic": Topic(
        2.0,
        (),
        "eye surgeries|hearing aids|snakebite serum|dental vans|heart scans|flu shots|prosthetic hands|"
        "insulin coolers|midwife visits|allergy tests|knee braces|blood drives",
        (
            "Clinic in {place} [adds|runs out of|doubles] {thing}; {n} [wait|sign up]",
            "{last} [brings|offers|funds] {thing} [to|for] {place} [on Saturdays|by bus|for free]",
        ),
        (
            "[patients|people] from {place2} [drive|ride] {k} miles to a [clinic|tent] in {place} for {thing}, and "
            "{n} are on {who}'s [list|board].",
        ),
        (
            "[nurse|doctor] {who2} [works|sees patients] [behind|above] {firm} [until|past] midnight.",
            "[each|one] [visit|session] costs {n} pesos or {k} dollars, [whichever|what] [is at hand|one has].",
            "{thing} [waited|sat] {days} days at {road} for a [stamp|signature].",
            "[a grant|savings] of {m} dollars [keeps|kept] the [lights|fridge] on in {place2}.",
        ),
    ),
    "works": Topic(
        2.5,
        (),
        "a footbridge|street lamps|a levee|sidewalks|the bus depot|a clock tower|storm drains|a plaza|"
        "the water main|a rail underpass|the post office|a market hall",
        (
            "{place} [votes|digs|pays] for {thing} [after|despite] {days} years of [promises|mud]",
            "{firm} [wins|drops|delays] {thing} [job|contract] in {place}",
        ),
        (
            "after {days} [meetings|letters], {place} will [build|rebuild|finish] {thing} on {road} for {usd} "
            "million dollars, {who}, {office}, [announced|confirmed].",
        ),
        (
            "{firm} [bid|asked] {pct} percent [below|over] [a rival|the guess] from {place2}.",
            "[digging|drilling] [uncovered|turned up] {k} [bottles|coins|bones], [now|kept] [with|at] {who2}'s.",
            "[detours|dust] will [last|bother] {n} [houses|shops] for {days} days.",
            "{thing} of {place2} [fell|opened|burned] in {last2}'s [time|childhood].",
        ),
    ),
    "feast": Topic(
        2.0,
        (),
        "a tamale contest|a burro race|a chile roast|a poetry slam|a lowrider mass|a pie auction|"
        "a fiddle night|a piñata derby|a rope fair|a salsa judging|a stargazing supper|a saddle swap",
        (
            "{who} [wins|judges|rescues] {thing} in {place}",
            "{m} [guests|eaters] and {k} [cooks|fiddlers]: {place} [holds|survives] {thing}",
        ),
        (
            "{place} [held|enjoyed|survived] {thing} on {road} with {m} guests, {k} [cooks|bands] and one "
            "[verdict|winner], {who}, {office} [by day|otherwise].",
        ),
        (
            "[runner-up|second] {who2} [came|walked] from {place2} [with|behind] [an aunt|a goat|two pots].",
            "{firm} [gave|poured|lost] {n} [cups|bags|jars] of [flour|coffee|lard].",
            "[rain|wind] [took|moved] the tent {k} [yards|feet] toward {place2}.",
            "[proceeds|winnings] of {m} dollars [mend|buy] [a roof|uniforms] [off|near] {road}.",
        ),
    ),
    "papers": Topic(
        2.5,
        (),
        "a work permit|a birth record|a land title|a refugee travel book|a school transcript|a pension card|"
        "a boat license|a marriage paper|a nurse's diploma|a border card|a bus pass|an adoption file",
        (
            "Judge in {place} [returns|restores|questions] {thing} after {days} months",
            "{who} [fights|waits|sues] for {thing} [lost|stuck] in {place}",
        ),
        (
            "a judge in {place} [ordered|told] the [office|archive] to [issue|return|reprint] {thing} that {who} "
            "had [sought|awaited] for {days} months.",
        ),
        (
            "[the file|it] [lay|slept] in {k} [drawers|boxes] [between|under] {place2} and {road}.",
            "{who2}, {office}, [found|typed|stamped] {thing} [by chance|for a fee|twice].",
            "[the backlog|a pile] [of|with] {m} [such|similar] [cases|names] [grew|fell] {pct} percent.",
            "[lawyers|clerks] paid by {firm} [took|argued] {n} [others|more] [free|on Fridays].",
        ),
    ),
}

"""Words and sentences of the grammar's English events. `{...}` facts and `[a|b]` choices: see grammar.py."""

from demo.texts import Words
from demo.texts.topics_en import TOPICS

FIRSTS = tuple(
    """Adela Alvin Andrea Arturo Audrey Bernice Blanca Calvin Carmela Celeste Clifford Dolores Duane Edgar Elvira
Ernesto Faye Felicia Gilbert Gloria Harlan Hector Imelda Ivan Jerome Josefa Kendra Lamar Leticia Lionel Lucinda
Manuel Mavis Mercedes Milton Nadine Norberto Odessa Oscar Pauline Petra Quentin Ramiro Regina Roscoe Rufina Salvador
Selma Sherman Socorro Thelma Tomas Ursula Vernon Vivian Wanda Wilbur Yvette Zelma""".split()
)
ENDS = ("bray", "burn", "cott", "cruz", "dale", "der", "dez", "ford", "gan", "kin", "land", "lez", "man", "mond",
        "ner", "quist", "rell", "rick", "ros", "sey", "son", "stead", "ton", "vez", "wick", "worth",
        "zano")  # fmt: skip
PLACES = ("{} Wells", "{} Springs", "Fort {}", "{} Flats", "{} Crossing", "Port {}", "{} Draw", "Camp {}",
          "{} Junction", "{} Mesa", "Old {}", "{} Landing")  # fmt: skip
ROADS = ("{} Road", "the {} causeway", "{} Street", "the {} spur", "{} Avenue", "the old {} highway")
FIRMS = ("{} Brothers", "{} Freight", "{} and Daughters", "the {} cooperative", "{} Supply", "{} Holdings",
         "the {} estate", "{} Works")  # fmt: skip
OFFICES = (
    "a county supervisor", "the port's deputy director", "a retired customs inspector", "the town clerk",
    "a freight dispatcher", "the mayor pro tem", "a water master", "the union's treasurer", "a justice of the peace",
    "the chamber's secretary", "a ranch foreman", "the district's engineer", "a school principal",
    "the parish administrator", "a warehouse owner", "the fire marshal",
)  # fmt: skip

QUOTES = (
    '"[nobody|not a soul|no one] at {firm} [warned|told|asked] us," {last2} said, "and {days} days [is|are] '
    '[nothing|no time|little]."',
    '"[come|drive out] to {place} [at dawn|after supper|on a weekday]," said {who2}, "and [count|you count] {thing}."',
    '{who2}, who [lives|works|grew up] along {road}, [shrugged|laughed|frowned]: "[first|last time] it was '
    '{place2}. [now|this year] it is {thing}."',
    '"my [father|mother|uncle] [saw|lived through|remembers] this in {place2}," {last} [said|recalled|noted]. '
    '"[he|she] kept [a list|the receipts|quiet]."',
    '"[give|leave] us {k} weeks," [pleaded|asked|urged] {who2} of {firm}, "and [we manage|it is done|you will see]."',
    '"{n} is [a big|a stubborn|an awkward] number," {last2} [allowed|conceded|said], "[until|unless] you '
    '[stand|wait|sleep] on {road}."',
    '{who} [would not|declined to|refused to] guess. "[ask|try] me in {days} days," [she said|he said|was the '
    "answer] at {place}.",
    '"it is [cheaper|slower|safer] than {place2}," {last} [insisted|said|pointed out], "[and|but] [nobody|hardly '
    'anybody] from {firm} [believes|likes] it."',
)
GENERAL = (
    "{firm} [employs|keeps|pays] {n} people [near|around|outside] {place}.",
    "[records|ledgers|files] at {place} [show|list|mention] {m} [cases|entries|visits] since [January|spring|the "
    "drought].",
    "{who}, {office}, [drove|walked|rode] the length of {road} [with|beside] {last2} [on Tuesday|on Thursday|last "
    "week].",
    "[by|before] noon {k} [neighbors|drivers|families] from {place2} had [signed|come|called].",
    "[the last|a former] attempt, [made|begun] under {last2}, [cost|swallowed|came to] {usd} million dollars.",
    "{last} [keeps|has kept] [a map|a tally|photographs] of {road} [in|behind] the [office|truck|kitchen] at {place}.",
    "[a vote|the hearing|the meeting] in {place} is [set|called|planned] for [a Monday|the {days}th day|after the "
    "holiday], [{last} said|by {last2}'s count].",
    "{place2}, [an hour|two hours|forty miles] away, [tried|chose|copied] [the same|something like it] with {k} "
    "[volunteers|trucks|rooms].",
    "[critics|opponents|skeptics], {who2} among them, [want|demand|ask for] [a study|an audit|numbers] from {firm} "
    "[first|in writing].",
    "[about|some|nearly] {m} dollars [came|arrived] from {firm}, [the rest|another part] from [bake sales|a bond|a "
    "grant] in {place2}.",
    "[old maps|deeds|letters] [call|name] {road} [differently|after a horse|something ruder], {last} "
    "[found|discovered|says].",
    "[at|around] {place} the [wind|heat|silence] [does|did] [the rest|its part], [as|so] {last2} [puts|put] it.",
    "{who2} [counted|logged|noted] {n} of them [between|from] {road} and {place2} [in one night|by hand|twice].",
    "[lawyers|accountants|cousins] of {firm} [are|were] [reading|weighing] the {days}-page [paper|file|draft] in "
    "{place2}.",
    "[half|a third|most] of {place} [turned up|listened in|stayed home], [by|in] {last}'s [estimate|telling].",
    "[nothing|little|not much] [changes|will change] for {place2} [before|until] {last2}'s [report|return|signature].",
)
WORDS = Words(FIRSTS, ENDS, PLACES, ROADS, FIRMS, OFFICES, QUOTES, GENERAL, TOPICS)

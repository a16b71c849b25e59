"""The rule language on one screen of 80 columns and 40 lines; `docs/rules.md` shows the same text."""

SHEET = """\
WORDS    tariff               also tariffs; ciudad: ciudades; juarez: Juárez
         =tariff              this form only           cs:ICE    its capitals
         ~deport              deported, deportation    immigra*  3 letters or up
         "national guard"     side by side             cross-border the same
         ="national guard"    side by side, these forms
         @border_states       any entry of that list of the configuration

JOINING  a b    a AND b       both                     a OR b    at least one
         a NOT b    a -b      the first, not the second
         (a OR b) AND c       AND beside OR needs parentheses
         a NEAR/5 b           at most 5 words between, either order
         a ONEAR/5 b          the same, a first        a SENT b  in one sentence
         atleast/3:tariff     three times or more

FIELDS   title:tariff         in the headline
         lead:tariff          in the first 60 words of the text
         body:tariff          in the text; of several: title:(tariff OR duty)
         url:/border/         address contains it      site:example.org
         source:my-paper      came from this source    lang:es
         tag:official         its source has this tag  author:"Ana Ruiz"
         kind:new             kind:update: the article was changed

ALSO     Operators in capitals; "not" in quotes is the word. # begins a comment.
         Accents, case, 's and hyphens do not matter; words match whole.
         No regular expressions, no star inside a word, no rule of NOT alone.

TRY IT   borderwire rules test 'tariff NEAR/10 (steel OR aluminum)' --since 30d
         borderwire rules explain RULE URL        why it fired, or why not
         borderwire rules check --suggest         what could be wrong with rules
         borderwire rules convert --from meltwater 'title:tariff* and Mexico'

EXAMPLES tariff OR arancel
         "national guard" OR "guardia nacional"
         (cs:ICE OR "border patrol") AND (detain* OR arrest)
         title:(tariff OR duty) NOT calculator
         atleast/2:tariff lang:en site:example.org
"""

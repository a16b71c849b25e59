"""A day of one story in a database, made by the store's own functions: copied, edited, corrected, told, put right."""

from datetime import datetime, timedelta
from typing import Any

from core.clock import to_iso
from core.model import AlertKind, Article, EntryClass, Extent, Match, Receipt, Relation, Span, Standing
from store import Tx, alerts, articles, channels, decisions, edits, outbox, sources
from store.sources import Definition

EVIL = '<script>alert("x")</script> & <b onmouseover=alert(1)>bold</b>'
RAID = (
    "Federal agents entered a produce warehouse near Nogales before dawn on Tuesday.\n"
    "They left with eleven workers, the county said. No shots were fired.\n"
    "The owner, a family company, packs tomatoes from Sinaloa for stores in Phoenix.\n"
    "A hearing is set for Friday in Tucson."
)
RAID_2 = RAID.replace("eleven workers", "fourteen workers").replace(
    "A hearing is set for Friday in Tucson.",
    "A hearing is set for Friday in Tucson.\nThe National Guard kept the road closed until noon, a driver said.",
)
RAID_3 = RAID_2.replace("fourteen workers, the county said", "twelve workers, the county now says") + (
    "\nCorrection: an earlier text of this report gave a wrong number of workers."
)
LOCAL = (
    "In Rio Rico, two miles north, the school bus came forty minutes late because of the roadblock.\n"
    "Parents waited at the gas station, where the clerk handed out coffee and called the district office."
)
OTHER = (
    "Tomato buyers in Phoenix said on Tuesday that a raid at a Nogales packing house will be felt by the weekend.\n"
    "Three of them have asked growers in Sinaloa to send trucks through Texas instead."
)
ESPAÑOL = (
    "Agentes federales se llevaron a once trabajadores de una bodega de tomate en Nogales.\n"
    "El consulado de México pidió verlos antes de la audiencia del viernes."
)


class Newsroom:
    """Writes a day of one story into a database, as the service would."""

    def __init__(self, tx: Tx, start: datetime) -> None:
        self.tx, self.start, self.count = tx, start, 0

    def at(self, minutes: float) -> datetime:
        return self.start + timedelta(minutes=minutes)

    def print(
        self,
        outlet: str,
        title: str,
        text: str,
        minutes: float,
        story: int | None = None,
        *,
        of: int | None = None,
        extent: Extent | None = None,
        shares: tuple[float, float] | None = None,
        language: str = "en",
        entry_class: EntryClass = EntryClass.LIVE,
    ) -> tuple[int, int]:
        """A new article; its id and its story's."""
        self.count += 1
        url = f"https://{outlet.lower().replace(' ', '-')}.example.org/news/{self.count}"
        now = self.at(minutes)
        home = story or articles.found_story(self.tx, f"key{self.count}", title, language, now)
        relation = Relation.COPY if of else Relation.SAME_STORY if story else Relation.NEW
        article_id = articles.add(
            self.tx,
            Article(
                url=url, canonical_url=url, title=title, text=text, language=language, site=outlet,
                published=now - timedelta(minutes=6),
            ),
            source="wire", tags=(), entry_class=entry_class, story_id=home, relation=relation, copy_of=of,
            score=max(shares) if shares else 0.41 if story else 0.0, sketch_n=20, text_hash=f"h{self.count}",
            words=len(text.split()), now=now, extent=extent,
            of_new=shares[0] if shares else None, of_original=shares[1] if shares else None,
        )  # fmt: skip
        return article_id, home

    def edit(self, article_id: int, title: str, text: str, minutes: float) -> None:
        row = articles.get(self.tx, article_id)
        value = Article(url=row["url"], canonical_url=row["canonical_url"], title=title, text=text)
        words = len(text.split())
        articles.revise(
            self.tx, article_id, value, sketch_n=20, text_hash=f"e{minutes}", words=words, now=self.at(minutes)
        )

    def tell(self, key: str, rule: str, title: str, minutes: float, story: int, article_id: int, **more: Any) -> None:
        """An alert, sent to the desk's channel."""
        now = self.at(minutes)
        kind = AlertKind.UPDATE if more.get("parent_id") else AlertKind.STORY
        alerts.add(self.tx, key, kind, rule, title, now=now, story_id=story, article_id=article_id, **more)
        for channel, target in (("slack", ""), ("mail", "desk@example.org")):
            outbox.put(self.tx, key, channel, target, now=now, next_at=now, deadline=now + timedelta(hours=72))
        self.tx.run(
            "UPDATE deliveries SET state = 'sent', sent_at = :at, attempts = 1 WHERE alert_id = :id",
            at=to_iso(now), id=key,
        )  # fmt: skip

    def match(
        self, rule: str, article_id: int, story: int, word: str, minutes: float, alert: str, revision: int
    ) -> None:
        row = self.tx.one("SELECT text FROM revisions WHERE article_id = :a AND number = :n", a=article_id, n=revision)
        assert row is not None
        start = row["text"].index(word)
        alerts.add_match(
            self.tx, Match(rule, (Span("body", start, start + len(word)),)), article_id=article_id, revision=revision,
            story_id=story, snippet=word, outcome="alerted", alert_id=alert, now=self.at(minutes),
        )  # fmt: skip


def receipt(rule: str, query: str, before: str, word: str, after: str, at: datetime) -> Receipt:
    return Receipt(
        rule=rule, query=query, words=(word,), field="body", snippet=((before, False), (word, True), (after, False)),
        source="wire", published=at, seen=at, matched=at,
    )  # fmt: skip


def fill(tx: Tx, start: datetime) -> None:
    """Article 1 is first, 2 a full copy, 3 an excerpt, 4 adds to it, 6 has parts; 5 and 7 (story 2) are none."""
    room = Newsroom(tx, start)
    sources.sync(tx, [Definition("wire", "feed", "https://wire.example.org/feed", "d", "en", ())], start)
    channels.sync(tx, [("slack", "slack"), ("mail", "email")], start)
    first, story = room.print("Tucson Ledger", "Agents enter Nogales warehouse", RAID, 0)
    room.print("Border Herald", "Warehouse near Nogales raided", RAID, 4, story, of=first, extent=Extent.FULL,
               shares=(1.0, 1.0))  # fmt: skip
    room.print("Phoenix Minute", "Eleven taken from packing house", "\n".join(RAID.split("\n")[:2]), 9, story, of=first,
               extent=Extent.EXCERPT, shares=(0.98, 0.53))  # fmt: skip
    local, _ = room.print("Santa Cruz Courier", "Raid delays school buses in Rio Rico", f"{RAID}\n{LOCAL}", 14, story,
                          of=first, extent=Extent.CONTAINS, shares=(0.58, 1.0))  # fmt: skip
    report, _ = room.print("Market Wire", "Tomato buyers brace for a thin weekend", OTHER, 31, story)
    room.print("Valley Radio", "Raid and road", f"{RAID.split(chr(10))[0]}\n{LOCAL}", 44, story, of=first,
               extent=Extent.PARTIAL, shares=(0.34, 0.3))  # fmt: skip
    spanish, merged = room.print("La Frontera", "Se llevan a once de una bodega en Nogales", ESPAÑOL, 52, language="es")
    why = receipt("raids", "raid OR redada", "Federal agents entered a ", "produce warehouse", " near Nogales", start)
    room.tell("al_raid", "raids", "Agents enter Nogales warehouse", 0.2, story, first, receipt=why)
    room.match("raids", first, story, "warehouse", 0.2, "al_raid", 1)
    joined = [(first, Relation.NEW, "al_raid"), (report, Relation.SAME_STORY, "up_1")]
    for article_id, relation, told in (*joined, *((i, Relation.COPY, None) for i in (2, 3, local))):
        alerts.add_article(tx, "al_raid", article_id, relation, room.at(1), told_in=told)
    room.edit(first, "Agents enter Nogales warehouse, take fourteen", RAID_2, 35)
    edits.add(tx, "al_raid", first, 2, "edited", ["Before: They left with eleven workers, the county said.",
              "Now: They left with fourteen workers, the county said."], now=room.at(35))  # fmt: skip
    room.tell("al_guard", "national-guard", "Agents enter Nogales warehouse, take fourteen", 35.1, story, first,
              lines=("Now mentions National Guard, added 06:35 UTC", "Now: The National Guard kept the road closed."),
              receipt=receipt("national-guard", '"National Guard"', "", "National Guard", "", start))  # fmt: skip
    room.match("national-guard", first, story, "National Guard", 35.1, "al_guard", 2)
    alerts.add_article(tx, "al_guard", first, Relation.NEW, room.at(36), told_in="al_guard")
    room.tell("up_1", "raids", "Tomato buyers brace for a thin weekend", 61, story, report, parent_id="al_raid",
              lines=("1 more on a story you were told of", "Tucson Ledger, edited 06:35 UTC:"))  # fmt: skip
    alerts.add_article(tx, "up_1", report, Relation.SAME_STORY, room.at(61))
    tx.run("UPDATE edits SET told_in = 'up_1' WHERE revision = 2")
    room.edit(first, "Agents enter Nogales warehouse, take twelve", RAID_3, 95)
    note = "Correction: an earlier text of this report gave a wrong number of workers."
    articles.set_standing(tx, first, Standing.CORRECTED, note, room.at(95))
    edits.add(tx, "al_raid", first, 3, "corrected", [f"Tucson Ledger corrected its report: {note}"], now=room.at(95))
    edits.add(tx, "al_guard", first, 3, "corrected", [note], now=room.at(95), quiet="limit")
    room.edit(report, "Tomato buyers brace for a thin week-end", OTHER, 97)
    edits.add(tx, "al_raid", report, 2, "edited", ["Now: thin week-end"], now=room.at(97), quiet="spelling")
    articles.set_standing(tx, local, Standing.GONE, "answered 404", room.at(99))
    _decide(tx, room, story, merged, spanish)
    _hostile(tx, room)


def _decide(tx: Tx, room: Newsroom, story: int, merged: int, spanish: int) -> None:
    decisions.merge(tx, merged, story, room.at(110))
    decisions.settle(tx, story, room.at(110))
    decisions.record(tx, "merge", story, origin=merged, ids=[spanish], who="ana", why="same raid", now=room.at(110))
    decisions.pin(tx, [2], True)
    decisions.record(tx, "pin", story, origin=None, ids=[2], who="ana", why="", now=room.at(112))


def _hostile(tx: Tx, room: Newsroom) -> None:
    """Story 3, article 8: every text in it wants to be markup."""
    odd, story = room.print(EVIL, EVIL, f"Before {EVIL}\nstays", 120)
    longer = f"Before {EVIL}\nstays\n{EVIL} stands here and in no other text at all"
    room.print("Copycat", EVIL, longer, 121, story, of=odd, extent=Extent.CONTAINS, shares=(0.5, 1.0))
    room.edit(odd, f"{EVIL} again", f"After {EVIL}\nstays\n{EVIL} tariff", 130)
    articles.set_standing(tx, odd, Standing.RETRACTED, EVIL, room.at(131))
    room.tell("al_odd", "tariffs", EVIL, 131, story, odd, lines=(EVIL,))
    room.match("tariffs", odd, story, "tariff", 131, "al_odd", 2)
    edits.add(tx, "al_odd", odd, 2, "retracted", [EVIL], now=room.at(132))
    decisions.record(tx, "pin", story, origin=None, ids=[odd], who=EVIL, why=f"see story 1 {EVIL}", now=room.at(133))

"""Wishes, needs, forms of work and hours of a person that a list does not meet, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sqrec.base.arrays import BoolArray, IntArray
from sqrec.base.text import normal
from sqrec.codes.taxonomy import name_of
from sqrec.contract import AMENITY_TYPES, Kind
from sqrec.groups.worded import Words
from sqrec.profile.person import Person
from sqrec.rank import Ranking, Recommender
from sqrec.rank.clashes import clashes_of
from sqrec.rank.order import FIRST
from sqrec.rank.said.clock import clock
from sqrec.rank.said.occupation import ladder_of, official_name
from sqrec.rank.said.words import head_of, telling_run
from sqrec.rank.wish import NEAREST, wanted_trades

Said = tuple[str, Mapping[str, str]]
"""The code of a sentence, and the values of its placeholders."""
NAMED = 3
"""How many wishes or needs one sentence names."""
_TRADE = 2
"""The level of an occupation code's first three parts, as an index of `ladder_of`."""


@dataclass(frozen=True)
class Wanting:
    """Hold a list, of which the first `n` items are shown, and what is needed to say which wishes it does not meet.

    A list is made of some hundreds of candidates. So before something is said to be missing, `recommender` searches the whole
    catalogue for it within reach.
    """

    kind: Kind
    ranking: Ranking
    n: int
    words: Words
    recommender: Recommender

    @property
    def person(self) -> Person:
        """The person whose list it is."""
        return self.ranking.scene.profile.raw(0)

    @property
    def told(self) -> Mapping[str, str]:
        """Values of the placeholders that all sentences share: kind, circle in minutes, and what the list is sorted by."""
        by = self.words.say("said", "by_need" if self.kind == "amenity" else "by_occupation")
        return {"kind": self.words.say("kind", self.kind), "step": f"{self.ranking.turns.within:g}", "by": by}

    def wanted(self) -> str:
        """Return in words the wishes or needs that the list does not show; empty without any that has a code.

        A wish counts as shown where the title of an item within reach names it, whatever the item's code: readers go by titles.
        """
        if not self.ranking.turns.asked:
            return ""
        if self.kind == "amenity":
            return self._listed([self.words.value("needs", need) for need in self.person.needs])
        return self._listed([self._named(one) for one in self._unseen(self.person.desired)])

    def lacking(self) -> Iterator[Said]:
        """Yield which of several wanted trades no vacancy within reach answers, or which of several needs no amenity.

        Nothing where the law limits the list, and where nothing wanted is within reach.
        """
        if not self.ranking.turns.answered or self.ranking.scene.limited or self.kind == "course":
            return
        missing = self._listed(self._needs() if self.kind == "amenity" else self._trades())
        if missing:
            yield self._within("none_of_some"), {**self.told, "wanted": missing}

    def against(self) -> Iterator[Said]:
        """Yield that no vacancy is of an accepted form of work, and that all shown ones clash with the person's hours.

        Forms are judged on wanted trades within reach, else on the shown vacancies; unknown forms count as accepted.
        """
        scene, shown = self.ranking.scene, self.ranking.item[: self.n]
        if self.kind != "job" or not scene.personal or len(shown) == 0:
            return
        if self._formless():
            wishes = self.person.desired or self.person.occupations[:1]
            wanted = self._listed([self._named(one) for one in wishes if ladder_of(one)[_TRADE]])
            yield self._within("no_form"), {**self.told, "forms": self.words.value("forms", self.person.forms), "wanted": wanted}
        elif self.person.forms and not self._fits(shown).any():
            yield "other_forms", {"forms": self.words.value("forms", self.person.forms)}
        if self.person.hours and clashes_of(scene.profile, scene.items, shown).hours.all():
            yield "other_hours", {"own_hours": clock(self.person.hours, self.words.lang)}

    def _within(self, code: str) -> str:
        """Return the code of a sentence about reach; of a person without a known place, the one that names no circle."""
        return f"{code}_within" if self.ranking.scene.located else code

    @cached_property
    def _reached(self) -> IntArray:
        """Rows of `Items` in the list that are within reach or at unknown minutes."""
        pairs = self.ranking.scene.pairs
        return pairs.item[~(pairs.minutes > self.ranking.turns.within)]

    @property
    def _shown_near(self) -> IntArray:
        """Those of them among the first ten and all shown items."""
        shown = self.ranking.item[: max(self.n, FIRST)]
        return shown[np.isin(shown, self._reached)]

    def _titles(self, rows: IntArray) -> list[str]:
        return [normal(head_of(self.ranking.scene.items, row)) for row in rows.tolist()]

    def _unseen(self, wishes: Sequence[str]) -> list[str]:
        """Return the wishes with a code that no title of `_shown_near` names."""
        titles = self._titles(self._shown_near)
        coded = [one for one in wishes if ladder_of(one)[_TRADE]]
        return [one for one in coded if not any(telling_run(title, normal(name_of(one))) for title in titles)]

    def _trades(self) -> list[str]:
        found = set(self.ranking.scene.items.facts["occupation"][self._reached, _TRADE].tolist())
        missing = [one for one in self._unseen(self.person.desired) if ladder_of(one)[_TRADE] not in found]
        return [self._named(one) for one in missing if not self._anywhere(self._of_trade(ladder_of(one)[_TRADE]))]

    def _needs(self) -> list[str]:
        items = self.ranking.scene.items
        first = np.unique(items.groups["type"][self._reached], return_index=True)[1]
        types = {items.cell("type", row) or "other" for row in self._reached[first].tolist()}
        found = {f"type:{one}" for one in types} | {f"domain:{AMENITY_TYPES[one][0]}" for one in types}
        return [self.words.value("needs", need) for need in self.person.needs if need not in found]

    def _formless(self) -> bool:
        """Tell whether wanted work is within reach and none of it is of an accepted or unknown form."""
        turns, scene = self.ranking.turns, self.ranking.scene
        answers = scene.pairs.item[turns.turn < NEAREST]
        if not self.person.forms or not turns.answered or scene.limited or self._fits(answers).any():
            return False
        shown = self._shown_near
        wishes = [normal(name_of(one)) for one in self.person.desired]
        titles = self._titles(shown[self._fits(shown)])
        rows = np.concatenate([self._of_trade(key) for key in wanted_trades(scene.profile).tolist()])
        named = any(telling_run(title, wish) for title in titles for wish in wishes)
        return not named and not self._anywhere(rows[self._fits(rows)])

    def _fits(self, rows: IntArray) -> BoolArray:
        """Mark the vacancies whose form the person accepts or is unknown, shape (rows,)."""
        offered = self.ranking.scene.items.facts["forms"][rows]
        return (offered == 0) | ((offered & int(self.ranking.scene.profile.fact("forms")[0])) != 0)

    def _of_trade(self, key: int) -> IntArray:
        items = self.ranking.scene.items
        group = items.group_named("trade", key)
        return items.members["trade"].row(group) if group >= 0 else np.empty(0, np.int64)

    def _anywhere(self, rows: IntArray) -> bool:
        """Tell whether any of these rows of `Items` is live and within reach or at unknown minutes."""
        scene = self.ranking.scene
        rows = rows[scene.items.live(int(scene.profile.at[0]), rows)]
        minutes = self.recommender.pairs(scene.profile, scene.items, rows).minutes
        return bool((~(minutes > self.ranking.turns.within)).any())

    def _listed(self, parts: Sequence[str]) -> str:
        """Return the first `NAMED` words as one text, with "and others" where there are more."""
        named = self.words.joined([*dict.fromkeys(parts)][:NAMED])
        return self.words.say("said", "and_others", named=named) if len(dict.fromkeys(parts)) > NAMED else named

    def _named(self, wish: str) -> str:
        """Return the name of a wish, with the official name of its occupation where that differs."""
        name, official = name_of(wish), official_name(ladder_of(wish)[-1])
        if official is None or normal(official) == normal(name):
            return name
        return self.words.say("said", "classed", wish=name, official=official)

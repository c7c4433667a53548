"""What is said about the shown items of a list: only what is true, and what raised the score."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray, IntArray
from sqrec.profile.person import Person
from sqrec.rank.clashes import SAID, clashes_of
from sqrec.rank.columns import DaysToStart
from sqrec.rank.ranker import Boosted
from sqrec.rank.reasons import Family, Reason, Requirement, Rule, Verdict, by_rule, chosen, judged
from sqrec.rank.recommender import Ranking
from sqrec.rank.rowloops import same_values
from sqrec.rank.rows import Column, RowBuilder
from sqrec.rank.said.facts import listed
from sqrec.rank.said.pairwise import PairColumn, Pairwise
from sqrec.rank.shares import Shares
from sqrec.rank.view import View

BEGUN = "begun"
"""What is told of a shown course that has begun, as a code of `missing`."""
OTHERS = Family("", (), said="never")
"""What columns belong to that no family names, and what a request's candidates have in common."""


@dataclass(frozen=True)
class Speech:
    """Hold what may be said of one kind: families of the columns of its rows, reasons, requirements.

    `told` are further columns, which stand in no row: they are computed for the shown items alone, where a reason asks for them.
    `booster` is the model text of the trained ranker, None where there is none.
    """

    rows: RowBuilder
    told: RowBuilder
    families: tuple[Family, ...]
    reasons: tuple[Reason, ...]
    requirements: tuple[Requirement, ...]
    booster: str | None = None

    @cached_property
    def shares(self) -> Shares | None:
        """What every leaf owes to each family, the last one being `OTHERS`."""
        if self.booster is None:
            return None
        place = {column: number for number, family in enumerate(self.families) for column in family.columns}
        numbers = [place.get(name, len(self.families)) for name in self.rows.names]
        return Shares.of_text(self.booster, numbers, len(self.families) + 1)

    @cached_property
    def columns_of(self) -> Sequence[IntArray]:
        """Where the columns of each family stand in a row, for all families."""
        return [np.array([self.place[one] for one in family.columns if one in self.place], int) for family in self.families]

    @cached_property
    def rules(self) -> Sequence[Sequence[Rule]]:
        """The reasons of each family, in declared order; none of `OTHERS`, which stands last."""
        return [*([one.rule for one in self.reasons if one.family == family.name] for family in self.families), []]

    @cached_property
    def impersonal(self) -> Sequence[int]:
        """The places of the families that are told where personal lists are off."""
        return [place for place, family in enumerate(self.families) if family.impersonal]

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where each column stands in a row."""
        return {name: place for place, name in enumerate(self.rows.names)}

    @cached_property
    def pairwise(self) -> Mapping[str, PairColumn]:
        """The columns that are told pair by pair."""
        return {one.name: cast("PairColumn", one) for one in self.told.columns if isinstance(one, Pairwise)}

    @cached_property
    def column(self) -> Mapping[str, Column]:
        """Every column by its name."""
        return {one.name: one for one in (*self.rows.columns, *self.told.columns)}


def tell(speech: Speech, ranking: Ranking, shown: IntArray, view: View) -> list[Verdict]:
    """Return what is to be said about some pairs of a ranking; `view` holds these pairs, in this order.

    Lists of a trained ranker: by what each family added to the score. Others: by rule, in declared order. Where personal lists are
    off only what is no personal fact is said, and no fit.
    """
    found = _Values(speech, ranking.scene.rows[shown], view)
    values = [found.of(place) for place in range(len(shown))]
    if not ranking.scene.personal:
        return [Verdict(by_rule(speech.impersonal, speech.rules, value), (), "unknown", "off") for value in values]
    gains = gains_of(speech, ranking, shown)
    if gains is None:
        codes = [by_rule(range(len(speech.families)), speech.rules, value) for value in values]
    else:
        order = np.argsort(-gains, axis=1, kind="stable").tolist()
        told = zip(gains.tolist(), order, values, strict=True)
        codes = [chosen(mine, places, speech.rules, value) for mine, places, value in told]
    person, asked, against = view.profiles.raw(0), _asked(speech.requirements, view), _against(view)
    return [_verdict(speech.requirements, *one, person) for one in zip(codes, values, asked, against, strict=True)]


def gains_of(speech: Speech, ranking: Ranking, shown: IntArray) -> FloatArray | None:
    """Return what each family added to the scores of some pairs, beside the mean of all candidates; None where no trees scored.

    Shape (pairs, families and `OTHERS`); over the families the gains add up to what the trees gave, less the mean of that. A family
    in which all candidates are alike (nothing was told, say) sets none apart: what its splits add is of `OTHERS`.
    """
    if not isinstance(ranking.by, Boosted) or ranking.ranker != "model" or speech.shares is None:
        return None
    exits: AnyArray | None = ranking.exits
    if exits is None:
        exits = ranking.by.walk(ranking.scene.rows, np.zeros(len(ranking.scene.rows), np.uint64))[1]
    return settled(speech.shares.of_rows(exits, shown), unspoken(speech, ranking.scene.rows, shown))


def settled(gains: FloatArray, silent: BoolArray) -> FloatArray:
    """Return gains with those of families that say nothing of a pair given to the last one, `OTHERS`; both (pairs, families)."""
    found = np.where(silent, 0.0, gains)
    found[:, -1] += np.where(silent, gains, 0.0).sum(axis=1)
    return found


def unspoken(speech: Speech, rows: FloatArray, shown: IntArray) -> BoolArray:
    """Tell which families say nothing of which pairs: all candidates are alike in them, or the item is none of theirs (`where`)."""
    found = np.zeros((len(shown), len(speech.families) + 1), bool)
    found[:, idle_families(speech, rows)] = True
    for place, family in enumerate(speech.families):
        if family.where is not None and family.where in speech.place:
            found[:, place] |= ~(rows[shown, speech.place[family.where]] > 0)
    return found


def idle_families(speech: Speech, rows: FloatArray) -> list[int]:
    """Return the places of the families in whose columns all rows of a request have the same values, unknown ones among them."""
    same = np.empty(rows.shape[1], np.bool_)
    same_values(rows, same)
    return [place for place, columns in enumerate(speech.columns_of) if same[columns].all()]


class _Values:
    """Find the values of columns for shown pairs: those of the rows as they are, others when they are first asked for."""

    def __init__(self, speech: Speech, rows: FloatArray, view: View) -> None:
        self._speech, self._rows, self._view = speech, rows, view
        self._found: dict[str, list[float]] = {}

    def of(self, place: int) -> Callable[[str], float]:
        """Return the look-up of one pair."""
        found, pairwise, view = self._found, self._speech.pairwise, self._view
        query, row, own = int(view.pairs.query[place]), int(view.pairs.item[place]), dict[str, float]()

        def value(column: str) -> float:
            """Return a column's value."""
            if column in pairwise:
                if column not in own:
                    own[column] = pairwise[column].value(view, query, row)
                return own[column]
            if column not in found:
                found[column] = self._made(column).tolist()
            return found[column][place]

        return value

    def _made(self, column: str) -> FloatArray:
        place = self._speech.place.get(column)
        if place is not None and self._rows.shape[1]:
            return self._rows[:, place]
        return self._speech.column[column].compute(self._view)


def _asked(requirements: Sequence[Requirement], view: View) -> list[list[Requirement]]:
    """Return for each pair the requirements of which the item says what it asks for."""
    found: list[list[Requirement]] = [[] for _ in range(len(view.pairs))]
    for one in requirements:
        for fact in one.asks:
            for place in np.flatnonzero(is_asked(view, fact)).tolist():
                if one not in found[place]:
                    found[place].append(one)
    return found


def _against(view: View) -> list[tuple[str, ...]]:
    """Return for each pair what of a vacancy clashes with what the person told (its form, its hours), and that a course has begun."""
    if view.items.kind == "course":
        return [(BEGUN,) if days < 0 else () for days in DaysToStart().compute(view).tolist()]
    if view.items.kind != "job":
        return [()] * len(view.pairs)
    found = clashes_of(view.profiles, view.items, view.pairs.item)
    told = np.column_stack([getattr(found, code) for code in SAID]).tolist()
    return [tuple(code for code, clashes in zip(SAID, row, strict=True) if clashes) for row in told]


def is_asked(view: View, fact: str) -> BoolArray:
    """Tell of which pairs the item says what it asks for."""
    return listed(view) > 0 if fact == "skills" else ~np.isnan(view.item(fact))


def _verdict(
    requirements: Sequence[Requirement],
    reasons: tuple[str, ...],
    value: Callable[[str], float],
    asked: Sequence[Requirement],
    against: tuple[str, ...],
    person: Person,
) -> Verdict:
    missing, fit = judged(requirements, value, against)
    if fit != "unknown":
        return Verdict(reasons, missing, fit)
    if not asked:
        return Verdict(reasons, missing, fit, "no_requirements")
    silent = dict.fromkeys(fact for one in asked for fact in one.told if getattr(person, fact) in (None, ()))
    return Verdict(reasons, missing, fit, "nothing_told" if silent else "not_comparable", tuple(silent))

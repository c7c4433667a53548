"""Which items are one offer by several ids: records of a catalogue for `sqrec.same`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sqrec.base.arrays import FloatArray, IntArray, KeyArray, plain
from sqrec.base.text import normal
from sqrec.codes.titles import pay_in
from sqrec.codes.wages import units_a_month
from sqrec.contract import Kind
from sqrec.same import NONE, Records, Rules, firm, groups_of, rules_of
from sqrec.same.records import numbered

_MARKS = re.compile(r"[^\w#/-]+")
_OWNER: Mapping[Kind, Sequence[str]] = {"job": ("employer", "employer_id"), "course": ("provider",)}


@dataclass(frozen=True)
class Offers:
    """Hold what tells offers apart: rows of an item table, their titles, places (unit vectors, NaN unknown) and areas (keys, 0 unknown)."""

    kind: Kind
    table: pd.DataFrame
    titles: Sequence[str]
    direction: FloatArray
    area: KeyArray

    @cached_property
    def owners(self) -> Sequence[str]:
        """Who offers each item."""
        return owners_of(self.kind, self.table)

    def twins(self) -> IntArray:
        """Return for each item the row of the first one that is the same offer by another id; -1 where there is no other.

        Offers without an employer or provider are nobody's twins; of kinds without rules (places) none is.
        """
        rules = rules_of(self.kind)
        if rules is None or not len(self.table):
            return np.full(len(self.table), NONE)
        return groups_of(self._records(rules), rules)

    def twins_after(self, before: IntArray, stays: IntArray, went: Sequence[str]) -> IntArray:
        """Return the same at the cost of what changed: only offers of owners of what went or came are compared again.

        `before` are the twins of the items that were, `stays` which of them each item is (-1: it came), `went` the owners of what went.
        """
        old = np.flatnonzero(stays >= 0)
        now, found = np.full(len(before), NONE), np.full(len(stays), NONE)
        now[stays[old]] = old
        twin = before[stays[old]]
        found[old] = np.where(twin >= 0, now[twin], NONE)
        touched = {firm(name) for name in {*went, *(self.owners[row] for row in np.flatnonzero(stays < 0).tolist())} if name}
        names = {name for name in set(self.owners) if name and firm(name) in touched}
        again = np.flatnonzero([name in names for name in self.owners])
        part = self._take(again).twins()
        found[again] = np.where(part >= 0, again[part], NONE)
        return found

    def _take(self, rows: IntArray) -> "Offers":
        some: list[int] = rows.tolist()
        titles = [self.titles[row] for row in some]
        return Offers(self.kind, self.table.iloc[rows], titles, self.direction[:, rows], self.area[rows])

    def _records(self, rules: Rules) -> Records:
        texts = [text or "" for text in plain(self.table["description"])] if rules.text else ()
        return Records(
            titles=self.titles,
            owners=self.owners,
            direction=self.direction,
            area=self.area,
            address=numbered([_place(address) for address in plain(self.table["address"])]),
            span=_wages(self.table, self.titles) if rules.span else np.full((2, len(self.table)), np.nan),
            facts={name: numbered([_word(value) for value in plain(self.table[name])]) for name in rules.facts},
            texts=texts if any(texts) else (),
        )


def owners_of(kind: Kind, table: pd.DataFrame) -> list[str]:
    """Return who offers each item: the first known of a name and an id; empty where nobody is known, or nobody counts."""
    names = [plain(table[column]) for column in _OWNER.get(kind, ()) if column in table]
    return ["" if one is None else str(one) for one in (next((v for v in row if v), None) for row in zip(*names, strict=True))]


def _wages(table: pd.DataFrame, titles: Sequence[str]) -> FloatArray:
    """Return the ends of the wage in yuan a full month, shape (2, items), as the title tells it where the columns do not.

    0 (面议) and no unit are unknown.
    """
    units = units_a_month()
    times = np.array([units.get(unit, np.nan) for unit in plain(table["wage_unit"])], dtype=np.float64)
    ends = np.array([table[name].to_numpy(np.float64, na_value=np.nan) for name in ("wage_min", "wage_max")])
    wages = np.where(ends > 0, ends, np.nan) * times
    unsaid = np.flatnonzero(np.isnan(wages).all(axis=0))
    told = {title: pay_in(title) for title in {titles[row] for row in unsaid.tolist()}}
    wages[:, unsaid] = np.array([told[titles[row]] for row in unsaid.tolist()]).reshape(-1, 2).T
    return wages


def _place(address: str | None) -> str | None:
    """Fold an address: width, case, spaces and marks do not matter, but for those between numbers."""
    return None if address is None else _MARKS.sub("", normal(address))


def _word(value: Any) -> str | None:
    return None if value is None else str(value)

"""Checks across pieces: duplicate ids, and references to unknown ids. The state is keys, never rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sqrec.base.arrays import BoolArray, IntArray, KeyArray
from sqrec.base.keys import KeySet, keys_of_array
from sqrec.cities import City
from sqrec.contract import KINDS, TABLE_OF_KIND, TABLES, Kind, Table
from sqrec.tables.clock import clock_of, out_of_time
from sqrec.tables.folder import Source
from sqrec.tables.openings import Openings
from sqrec.tables.typed import text_array_of
from sqrec.tables.use import Use

_LINKED = ("events", "recommendations", "restricted")
"""Tables that name people, and items where they have a `kind`."""
_FLOAT = ".0"


@dataclass(frozen=True)
class Strange:
    """Hold the places of rows whose id in `column` names nothing or does not fit, the rule they break, and what each looks like."""

    column: str
    rule: str
    places: IntArray
    causes: Sequence[str]


@dataclass
class KnownIds:
    """Hold the ids of the accepted rows read so far, of the tables that are `asked`: one that is not there is not asked.

    `uses` counts by kind what events are of use for, by the clock of `city` and `as_of`; `firsts` are the first id of each table,
    to show; `told` counts the rows of `restricted` whose person is known.
    """

    asked: Collection[str]
    city: City
    as_of: str | None
    ids: dict[str, KeySet] = field(default_factory=dict[str, KeySet])
    openings: dict[str, Openings] = field(default_factory=dict[str, Openings])
    uses: dict[Kind, Use] = field(default_factory=dict[Kind, Use])
    firsts: dict[str, str] = field(default_factory=dict[str, str])
    told: int = 0

    @classmethod
    def none(cls, source: Source) -> Self:
        """Know nothing yet of an opened folder."""
        return cls(source.files, source.city, source.config.as_of)

    def begin(self, table: Table, *, all_rejected: bool) -> KeySet:
        """Return the set for a table's ids; nobody knows the ids of a table whose rows are all rejected."""
        own = KeySet()
        self.ids[table.name] = KeySet() if all_rejected else own
        return own

    def strange(self, table: Table, accepted: pd.DataFrame) -> Sequence[Strange]:
        """Return the rows that name nobody and nothing, question by question, always in the same order.

        Events before their item was published come last. Items of the tables that events name are noted.
        """
        if table.key and len(accepted) and table.name not in self.firsts:
            self.firsts[table.name] = str(accepted[table.key].iloc[0])
        if table.name in TABLE_OF_KIND.values():
            self.openings.setdefault(table.name, Openings()).add(_keys(accepted[str(table.key)]), accepted["published_at"])
        if table.name not in _LINKED:
            return ()
        found: list[Strange] = []
        person = np.full(len(accepted), -1, np.int64)
        if "people" in self.asked:
            person = self.ids["people"].places(_keys(accepted["person_id"]))
            found.append(self._nobody("person_id", "unknown-person", "people", accepted, np.flatnonzero(person < 0)))
        self.told += int((person >= 0).sum()) if table.name == "restricted" else 0
        early: list[Strange] = []
        out = out_of_time(accepted, clock_of(self.as_of, self.city), self.city) if table.name == "events" else None
        for kind in KINDS if "kind" in accepted else ():
            places = np.flatnonzero((accepted["kind"] == kind).to_numpy(bool))
            before = self._items(kind, accepted, places, found) if TABLE_OF_KIND[kind] in self.asked else None
            if out is not None:
                self._count(kind, accepted, places, person, before, out)
                if before is not None:
                    early.append(Strange("item_id", "before-published", places[before[1]], [""] * int(before[1].sum())))
        return [*found, *early]

    def _items(self, kind: Kind, accepted: pd.DataFrame, places: IntArray, found: list[Strange]) -> tuple[BoolArray, BoolArray]:
        """Tell of items that are none; return which of the rows name one, and which lie before it was published."""
        table = TABLE_OF_KIND[kind]
        slots = self.ids[table].places(_keys(accepted["item_id"].iloc[places]))
        found.append(self._nobody("item_id", "unknown-item", table, accepted, places[slots < 0]))
        if "at" not in accepted or table not in self.openings:
            return slots >= 0, np.zeros(len(places), dtype=np.bool_)
        return slots >= 0, self.openings[table].after(self.ids[table], slots, accepted["at"].iloc[places])

    def _nobody(self, column: str, rule: str, table: str, accepted: pd.DataFrame, places: IntArray) -> Strange:
        """Return the rows whose id names nothing, and how it would."""
        return Strange(column, rule, places, self._causes(table, accepted[column].iloc[places]) if len(places) else [])

    def _causes(self, table: str, ids: "pd.Series[str]") -> Sequence[str]:
        """Say of ids that name nothing which ones would with or without the `.0` that spreadsheets put behind numbers."""
        texts = text_array_of(ids).cast(pa.large_string())
        floats, bare = pc.ends_with(texts, _FLOAT), pc.utf8_slice_codeunits(texts, 0, -len(_FLOAT))
        longer = pc.binary_join_element_wise(texts, *(pa.scalar(part, pa.large_string()) for part in (_FLOAT, "")))
        other = pc.if_else(floats, bare, longer)
        there = self.ids[table].holds(keys_of_array(other))
        said = np.where(
            floats.to_numpy(zero_copy_only=False), "ends in .0: without it, it is known", "with .0 behind it, it is known"
        )
        return np.where(there, said, "").tolist()

    def _count(
        self,
        kind: Kind,
        accepted: pd.DataFrame,
        places: IntArray,
        person: IntArray,
        before: tuple[BoolArray, BoolArray] | None,
        out: BoolArray,
    ) -> None:
        """Count what the events of a kind are of use for; `person` are places among the known people, -1 for none.

        `out` marks the events whose moment counts for nothing.
        """
        if not len(places):
            return
        nothing = np.zeros(len(places), dtype=np.bool_)
        joins, early = before or (nothing, nothing)
        room = self.ids["people"].room if "people" in self.asked else 0
        if kind not in self.uses:
            named = (("person_id", "people"), ("item_id", TABLE_OF_KIND[kind]))
            shown = [
                f"{accepted[column].iloc[places].iloc[0]!r} here, {self.firsts.get(table)!r} there" for column, table in named
            ]
            self.uses[kind] = Use(np.zeros(room, dtype=np.bool_), shown)
        use = self.uses[kind]
        use.add(accepted["event"].iloc[places], person[places], joins, early, out[places])


def duplicates(key: str, frame: pd.DataFrame, wrong: BoolArray, taken: KeySet) -> IntArray:
    """Return the rows whose id was taken before, and take the ids of the others; `wrong` rows take no id."""
    places = np.flatnonzero(~wrong & frame[key].notna().to_numpy(bool))
    return places[taken.add(_keys(frame[key].iloc[places]))]


def reading_order(names: Collection[str]) -> list[str]:
    """Return tables in an order in which a table comes after those that it refers to."""
    return sorted((name for name in TABLES if name in names), key=lambda name: name in _LINKED)


def _keys(ids: "pd.Series[str]") -> KeyArray:
    return keys_of_array(text_array_of(ids))

"""Checks across pieces: duplicate ids, and references to unknown ids. The state is keys, never rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sqrec.base.arrays import BoolArray, IntArray, KeyArray
from sqrec.base.keys import KeySet, keys_of_array
from sqrec.contract import KINDS, TABLE_OF_KIND, TABLES, Table
from sqrec.tables.typed import text_array_of

_LINKED = ("events", "recommendations", "restricted")
"""Tables that name people, and items where they have a `kind`."""


@dataclass(frozen=True)
class Strange:
    """Hold the places of rows whose id in `column` is unknown, and the rule they break."""

    column: str
    rule: str
    places: IntArray


@dataclass
class KnownIds:
    """Hold the ids of the accepted rows read so far, of the tables that are `asked`: one that is not there is not asked."""

    asked: Collection[str]
    ids: dict[str, KeySet] = field(default_factory=dict[str, KeySet])

    def begin(self, table: Table, *, all_rejected: bool) -> KeySet:
        """Return the set for a table's ids; nobody knows the ids of a table whose rows are all rejected."""
        own = KeySet()
        self.ids[table.name] = KeySet() if all_rejected else own
        return own

    def strange(self, table: Table, accepted: pd.DataFrame) -> Sequence[Strange]:
        """Return the rows that refer to an unknown id, rule by rule, always in the same order."""
        if table.name not in _LINKED:
            return ()
        found: list[Strange] = []
        if "people" in self.asked:
            everywhere = np.ones(len(accepted), dtype=np.bool_)
            found.append(Strange("person_id", "unknown-person", self._missing("people", accepted["person_id"], everywhere)))
        for kind in KINDS if "kind" in accepted else ():
            if TABLE_OF_KIND[kind] in self.asked:
                of_kind = (accepted["kind"] == kind).to_numpy(bool)
                found.append(Strange("item_id", "unknown-item", self._missing(TABLE_OF_KIND[kind], accepted["item_id"], of_kind)))
        return found

    def _missing(self, table: str, ids: "pd.Series[str]", where: BoolArray) -> IntArray:
        places = np.flatnonzero(where)
        return places[~self.ids[table].holds(_keys(ids.iloc[places]))]


def duplicates(key: str, frame: pd.DataFrame, wrong: BoolArray, taken: KeySet) -> IntArray:
    """Return the rows whose id was taken before, and take the ids of the others; `wrong` rows take no id."""
    places = np.flatnonzero(~wrong & frame[key].notna().to_numpy(bool))
    return places[taken.add(_keys(frame[key].iloc[places]))]


def reading_order(names: Collection[str]) -> list[str]:
    """Return tables in an order in which a table comes after those that it refers to."""
    return sorted((name for name in TABLES if name in names), key=lambda name: name in _LINKED)


def _keys(ids: "pd.Series[str]") -> KeyArray:
    return keys_of_array(text_array_of(ids))

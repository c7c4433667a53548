"""Checks that look beyond a piece: ids that came before, ids that name nobody and nothing. State is keys, never rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sqrec.base.arrays import UNKNOWN_TIME, BoolArray, IntArray, KeyArray, lookup
from sqrec.base.keys import KeySet, keys_of_array
from sqrec.contract import KINDS, TABLE_OF_KIND, TABLES, Kind, Table
from sqrec.tables.typed import text_array_of

_LINKED = ("events", "recommendations", "restricted")
"""Tables that name people, and items where they have a `kind`."""


@dataclass(frozen=True)
class Strange:
    """Hold the places of rows whose id in `column` names nothing, and the rule they break."""

    column: str
    rule: str
    places: IntArray


@dataclass
class Openings:
    """Hold when items are published, by key: 16 bytes each; those that are open on that side are left out."""

    keys: KeyArray = field(default_factory=lambda: np.empty(0, np.uint64))
    at: IntArray = field(default_factory=lambda: np.empty(0, np.int64))

    def add(self, keys: KeyArray, at: "pd.Series[pd.Timestamp]") -> None:
        """Take more items."""
        known = at.notna().to_numpy(bool)
        keys, moments = np.concatenate([self.keys, keys[known]]), np.concatenate([self.at, _micros(at)[known]])
        order = np.argsort(keys, kind="stable")
        self.keys, self.at = keys[order], moments[order]

    def of(self, keys: KeyArray) -> IntArray:
        """Return when each item is published (microseconds UTC); the least number where that is not known."""
        place = lookup(self.keys, keys)
        return np.where(place >= 0, self.at[place], UNKNOWN_TIME) if len(self.at) else np.full(len(keys), UNKNOWN_TIME)


@dataclass
class KnownIds:
    """Hold the ids of the accepted rows read so far, of the tables that are `asked`: one that is not there is not asked."""

    asked: Collection[str]
    ids: dict[str, KeySet] = field(default_factory=dict[str, KeySet])
    openings: dict[str, Openings] = field(default_factory=dict[str, Openings])

    def begin(self, table: Table, *, all_rejected: bool) -> KeySet:
        """Return the set for a table's ids; nobody knows the ids of a table whose rows are all rejected."""
        own = KeySet()
        self.ids[table.name] = KeySet() if all_rejected else own
        return own

    def note(self, table: Table, accepted: pd.DataFrame) -> None:
        """Keep when the accepted items of a piece are published."""
        if table.name in TABLE_OF_KIND.values():
            self.openings.setdefault(table.name, Openings()).add(_keys(accepted[table.names[0]]), accepted["published_at"])

    def strange(self, table: Table, accepted: pd.DataFrame) -> Sequence[Strange]:
        """Return the rows that name nobody and nothing, question by question, always in the same order."""
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
        if table.name == "events":
            found += [Strange("at", "before-published", self._early(kind, accepted)) for kind in KINDS]
        return found

    def _early(self, kind: Kind, events: pd.DataFrame) -> IntArray:
        """Return the events of a kind that lie before their item was published."""
        openings = self.openings.get(TABLE_OF_KIND[kind])
        places = np.flatnonzero((events["kind"] == kind).to_numpy(bool)) if openings else np.empty(0, np.int64)
        if openings is None or not len(places):
            return places
        opened = openings.of(_keys(events["item_id"].iloc[places]))
        return places[_micros(events["at"].iloc[places]) < opened]

    def _missing(self, table: str, ids: "pd.Series[str]", where: BoolArray) -> IntArray:
        places = np.flatnonzero(where)
        return places[~self.ids[table].holds(_keys(ids.iloc[places]))]


def duplicates(key: str, frame: pd.DataFrame, wrong: BoolArray, taken: KeySet) -> IntArray:
    """Return the rows whose id is taken, and take the others'; rows that are `wrong` for another reason take no id."""
    places = np.flatnonzero(~wrong & frame[key].notna().to_numpy(bool))
    return places[taken.add(_keys(frame[key].iloc[places]))]


def reading_order(names: Collection[str]) -> list[str]:
    """Return tables so that those that are named come before those that name them."""
    return sorted((name for name in TABLES if name in names), key=lambda name: name in _LINKED)


def _micros(column: "pd.Series[pd.Timestamp]") -> IntArray:
    return column.to_numpy("datetime64[us]").astype(np.int64)


def _keys(ids: "pd.Series[str]") -> KeyArray:
    return keys_of_array(text_array_of(ids))

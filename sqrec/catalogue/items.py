"""The items of one kind as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import sparse

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray, IntArray, KeyArray, Ragged, keys_of, lookup, plain
from sqrec.base.text import TextRows, joined, normal
from sqrec.catalogue.groups import groups_of_facts, members_of
from sqrec.catalogue.kinds import KINDS_OF_ITEMS, workdays
from sqrec.catalogue.twins import Offers, owners_of
from sqrec.cities import City
from sqrec.contract import Kind
from sqrec.profile.encoders import Keys
from sqrec.profile.history import microseconds
from sqrec.profile.profiler import Profiler
from sqrec.reach.straight import directions

OFTEN, OFTEN_SHARE = 3, 0.1
"""How many of a trade's items, and which share of them, must name a skill that is said to be asked for there."""
LOOKED_THROUGH, COMMON, COMMON_SHARE = 2_000, 10, 0.1
"""How many titles are looked through for a word, and how many and which share of them must have a common one."""


@dataclass(frozen=True)
class Items:
    """Hold every item of a kind, live or not, one row each.

    `key` is the hash of the id: what events name, and what breaks ties. `facts` are encoded columns,
    `groups[family]` the dense number of the item's employer, place, title, … (-1 unknown), `opens`
    and `closes` the moments (microseconds UTC) between which it may be shown, `twins` the row of the first item that is the same offer
    by another id (`Offers.twins`; -1: there is no other).
    """

    kind: Kind
    ids: Sequence[str]
    titles: Sequence[str]
    key: KeyArray
    facts: Mapping[str, AnyArray]
    title_key: KeyArray
    skills: Ragged
    groups: Mapping[str, IntArray]
    group_keys: Mapping[str, KeyArray]
    text: TextRows
    lon: FloatArray
    lat: FloatArray
    opens: IntArray
    closes: IntArray
    ranked: BoolArray
    anywhere: BoolArray
    safe_for_minors: BoolArray
    twins: IntArray
    table: pd.DataFrame

    @classmethod
    def of(cls, kind: Kind, table: pd.DataFrame, profiler: Profiler, city: City) -> "Items":
        """Encode an item table as `read_folder` returns it."""
        differs = KINDS_OF_ITEMS[kind]
        values = {e.name: e.encoder.encode(_values(table, e.columns)) for e in profiler.items[kind]}
        ids = table[f"{kind}_id"].tolist()
        heads = profiler.heads(kind, table)
        title_key = Keys().encode(heads)
        groups = groups_of_facts(values | {"title": title_key})
        skills = plain(table[differs.skills]) if differs.skills else [None] * len(table)
        titles = table[profiler.titles[kind][0]].tolist()
        lon, lat = (table[name].to_numpy(np.float64) for name in ("lon", "lat"))
        return cls(
            kind=kind,
            ids=ids,
            titles=titles,
            key=keys_of(ids),
            facts=values,
            title_key=title_key,
            skills=profiler.skills.keys([text.split("|") if text else [] for text in skills]),
            groups={family: number for family, (_, number) in groups.items()},
            group_keys={family: distinct for family, (distinct, _) in groups.items()},
            text=profiler.text.encode(heads).light(),
            lon=lon,
            lat=lat,
            opens=microseconds(table["published_at"]),
            closes=differs.closes(table, city),
            ranked=differs.ranked(table),
            anywhere=differs.anywhere(table),
            safe_for_minors=differs.safe(table, city),
            twins=Offers(kind, table, titles, directions(lon, lat), values["area"]).twins(),
            table=table,
        )

    def changed(self, gone: Sequence[str], came: pd.DataFrame, profiler: Profiler, city: City) -> "Items":
        """Return the items without those of some ids and with those of a table, in the order of the ids.

        The same as encoding all of them again (they stand in the order of their ids), at the cost of those that came.
        """
        new = Items.of(self.kind, came, profiler, city)
        without = set(gone)
        kept = np.flatnonzero([one not in without for one in self.ids])
        ids = [*(self.ids[row] for row in kept.tolist()), *new.ids]
        order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
        return _joined(self, kept, new, order)

    def __len__(self) -> int:
        return len(self.ids)

    def live(self, at: int, rows: IntArray) -> BoolArray:
        """Tell which of some items may be shown in a ranked stream at a moment (microseconds UTC)."""
        return self.ranked[rows] & (self.opens[rows] <= at) & (at < self.closes[rows])

    def cell(self, column: str, row: int) -> Any:
        """Return a cell of the table; None where it is unknown. Far quicker than asking the table itself."""
        found = self._columns.get(column)
        if found is None:
            found = self._columns[column] = pa.array(self.table[column], from_pandas=True)
        return found[row].as_py()

    @cached_property
    def _columns(self) -> dict[str, Any]:
        return {}

    @cached_property
    def told(self) -> dict[int, Mapping[str, Any]]:
        """What was lately told of items by row (`itemfacts.facts_to_act`)."""
        return {}

    @cached_property
    def members(self) -> Mapping[str, Ragged]:
        """The rows of every group of every family."""
        return {family: members_of(groups) for family, groups in self.groups.items()}

    @cached_property
    def answers(self) -> IntArray:
        """The needs that each item answers, as bits (by its type or its domain); 0: none."""
        masks = [self.facts[name] for name in ("type_mask", "domain_mask") if name in self.facts]
        return np.bitwise_or.reduce([np.zeros(len(self), np.int64), *masks])

    @cached_property
    def offers(self) -> Ragged:
        """The rows of every offer that has several ids, by the row of its first one."""
        return members_of(self.twins)

    def by_every_id(self, rows: IntArray) -> IntArray:
        """Return some rows and those of the same offers by other ids."""
        twins = np.unique(self.twins[rows])
        return np.concatenate([rows, *(self.offers.row(twin) for twin in twins[twins >= 0].tolist())])

    @cached_property
    def openings(self) -> FloatArray:
        """The number of openings of each item, NaN unknown; of amenities relative to others of the type."""
        return KINDS_OF_ITEMS[self.kind].openings(self.table)

    @cached_property
    def workdays(self) -> IntArray:
        """On how many days a week each vacancy's work is done, 0 where the hours are one's own; jobs alone have such days."""
        return workdays(self.table)

    @cached_property
    def direction(self) -> FloatArray:
        """The places as unit vectors, shape (3, items)."""
        return directions(self.lon, self.lat)

    @cached_property
    def skill_rows(self) -> TextRows:
        """The skills of every item as a row of unit length, each weighted by idf = 1 + ln((1 + items) / (1 + items that name it))."""
        owner = np.repeat(np.arange(len(self)), self.skills.sizes)
        distinct, number = np.unique(self.skills.values[:, 0], return_inverse=True)
        width = max(len(distinct), 1)
        cell = np.unique(owner * width + number.ravel())
        owner, number = cell // width, cell % width
        weight = 1.0 + np.log((1.0 + len(self)) / (1.0 + np.bincount(number, minlength=width)))
        norm = np.sqrt(np.bincount(owner, weight[number] ** 2, minlength=len(self)))
        offsets = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(self)))))
        return TextRows(offsets, number.astype(np.int32), weight[number] / norm[owner], width)

    def often(self, trade: int) -> Mapping[int, int]:
        """Return the skills that a trade's items often name, live or not, and how many do: three at least, and a tenth of them."""
        found = self._often.get(trade)
        if found is None:
            rows = self.members["trade"].row(trade)
            skills, times = np.unique(self.skills.take(rows).values[:, 0], return_counts=True)
            kept = (times >= OFTEN) & (times >= OFTEN_SHARE * len(rows))
            found = self._often[trade] = dict(zip(skills[kept].tolist(), times[kept].tolist(), strict=True))
        return found

    @cached_property
    def _often(self) -> dict[int, Mapping[int, int]]:
        return {}

    def is_common(self, word: str) -> bool:
        """Tell whether a folded word stands in more than ten and more than a tenth of the titles, of which 2,000 are looked through."""
        found = self._common.get(word)
        if found is None:
            times = sum(word in title for title in self._some_titles)
            found = self._common[word] = times > max(COMMON, COMMON_SHARE * len(self._some_titles))
        return found

    @cached_property
    def _common(self) -> dict[str, bool]:
        return {}

    @cached_property
    def _some_titles(self) -> list[str]:
        return [normal(title) for title in self.titles[:: max(1, -(-len(self) // LOOKED_THROUGH))]]

    @cached_property
    def trade_kinship(self) -> FloatArray:
        """The cosines of the skills that the items of every two trades name, shape (trades, trades); 1 of a trade with itself.

        NaN with another one where either's items name no skill.
        """
        trade, rows = self.groups["trade"], self.skill_rows
        owner = np.repeat(trade, np.diff(rows.offsets))
        size = (len(self.group_keys["trade"]), rows.width)
        kept = owner >= 0
        sums = sparse.csr_array((rows.weights[kept], (owner[kept], rows.columns[kept])), shape=size)
        norm = np.sqrt(np.asarray(sums.multiply(sums).sum(axis=1)).ravel())
        norm[norm == 0] = np.nan
        found = np.minimum((sums @ sums.T).toarray() / np.outer(norm, norm), 1.0)
        np.fill_diagonal(found, 1.0)
        return found

    @cached_property
    def _by_key(self) -> IntArray:
        return np.argsort(self.key)

    @cached_property
    def _keys(self) -> KeyArray:
        return self.key[self._by_key]

    def group_named(self, family: str, key: int) -> int:
        """Return the number of the group with this key; -1 if no item is in it."""
        return int(lookup(self.group_keys[family], np.array([key], dtype=np.uint64))[0])

    def find(self, keys: KeyArray) -> IntArray:
        """Return the rows of items named by the hashes of their ids; -1 where there is none."""
        if not len(self):
            return np.full(len(keys), -1, dtype=np.int64)
        found = lookup(self._keys, keys)
        return np.where(found < 0, -1, self._by_key[found])


def _joined(old: Items, kept: IntArray, new: Items, order: IntArray) -> Items:
    """Put the kept rows of some items and all rows of others together, in an order of both."""

    def both(one: AnyArray, other: AnyArray) -> AnyArray:
        return np.concatenate([one[kept], other])[order]

    facts = {name: both(values, new.facts[name]) for name, values in old.facts.items()}
    mine: list[int] = kept.tolist()
    rows: list[int] = order.tolist()
    titles = [*(old.titles[row] for row in mine), *new.titles]
    title = both(old.title_key, new.title_key)
    groups = groups_of_facts(facts | {"title": title})
    table = pd.concat([old.table.iloc[kept], new.table], ignore_index=True).iloc[order].reset_index(drop=True)
    titles = [titles[row] for row in rows]
    lon, lat = both(old.lon, new.lon), both(old.lat, new.lat)
    gone = owners_of(old.kind, old.table.iloc[np.setdiff1d(np.arange(len(old)), kept)])
    stays = np.concatenate([kept, np.full(len(new), -1)])[order]
    offers = Offers(old.kind, table, titles, directions(lon, lat), facts["area"])
    return Items(
        kind=old.kind,
        ids=table[f"{old.kind}_id"].tolist(),
        titles=titles,
        key=both(old.key, new.key),
        facts=facts,
        title_key=title,
        skills=old.skills.take(kept).with_rows(new.skills).take(order),
        groups={family: number for family, (_, number) in groups.items()},
        group_keys={family: distinct for family, (distinct, _) in groups.items()},
        text=joined([old.text.take(kept), new.text]).take(order),
        lon=lon,
        lat=lat,
        opens=both(old.opens, new.opens),
        closes=both(old.closes, new.closes),
        ranked=both(old.ranked, new.ranked),
        anywhere=both(old.anywhere, new.anywhere),
        safe_for_minors=both(old.safe_for_minors, new.safe_for_minors),
        twins=offers.twins_after(old.twins, stays, gone),
        table=table,
    )


def _values(table: pd.DataFrame, columns: tuple[str, ...]) -> list[Any]:
    lists = [plain(table[column]) for column in columns]
    return lists[0] if len(lists) == 1 else list(zip(*lists, strict=True))

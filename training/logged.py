"""Impressions as rows to learn from: lists logged by a service, or impression events of a folder."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from sqrec.base.arrays import BoolArray, FloatArray, IntArray, KeyArray, keys_of, lookup, mixed
from sqrec.bundle.declared import to_json
from sqrec.bundle.files import read_json
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import GRADES, Kind
from sqrec.profile import Events
from sqrec.profile.history import microseconds
from sqrec.rank import Recommender, RowBuilder
from sqrec.source import is_store
from training.sample import Sample, within


@dataclass(frozen=True)
class ShownLists:
    """Hold the shown lists of one kind of which an item was used, one entry per row.

    `request` identifies the row's list (`_list_of`), `person` and `item` are hashes, `position` is the place in the list, `at`
    the moment (microseconds UTC); the rows of a list lie side by side. `rows` are the feature vectors logged when the list was
    served, None where they must be computed again, as known at the moment. `propensity` is the logged probability of each item
    to stand at its position; None: no list was randomised.
    """

    request: KeyArray
    person: KeyArray
    item: KeyArray
    rows: FloatArray | None
    position: IntArray
    at: IntArray
    propensity: FloatArray | None = None

    @classmethod
    def of(cls, frames: Iterable[pd.DataFrame], columns: int | None) -> Self:
        """Build from rows of the table `rankings`; `columns` is the length of their vectors, None: the vectors are not read."""
        parts = list(frames)
        request, person, item = (
            np.concatenate([np.empty(0, np.uint64), *(keys_of(frame[name]) for frame in parts)])
            for name in ("request_id", "person_id", "item_id")
        )
        request = _list_of(request, person)
        order = np.lexsort((item, request))  # an order that knows no label and no position
        position = np.concatenate([np.empty(0, np.int64), *(frame["position"].to_numpy(np.int64) for frame in parts)])
        at = np.concatenate([np.empty(0, np.int64), *(microseconds(frame["at"]) for frame in parts)])
        rows = None if columns is None else _vectors(parts, columns)[order]
        propensity = _propensities(parts)
        chance = None if propensity is None else propensity[order]
        return cls(request[order], person[order], item[order], rows, position[order], at[order], chance)

    @classmethod
    def of_impressions(cls, events: pd.DataFrame, kind: Kind) -> Self | None:
        """Build from the impressions of a folder's table `events`: those of one person with one `request_id` are a list.

        Lists count that an event of grade >= 1 names, with the impressions that have a position; None without any. A list has
        the moment of its first impression: uses before its last impression are not known yet.
        """
        of_kind = events[(events["kind"] == kind) & events["request_id"].notna()]
        shown = _list_of(keys_of(of_kind["request_id"]), keys_of(of_kind["person_id"]))
        named = np.isin(shown, shown[of_kind["event"].map(GRADES) > 0])
        seen = of_kind[named & (of_kind["event"] == "impression") & of_kind["position"].notna()]
        seen = seen.assign(at=seen.groupby(["request_id", "person_id"])["at"].transform("min"))
        seen = seen.drop_duplicates(["request_id", "person_id", "item_id"])
        return cls.of([seen], None) if len(seen) else None

    @classmethod
    def read(
        cls, data: Path | str, events: pd.DataFrame | None, kind: Kind, rows: RowBuilder, bundles_folder: Path
    ) -> Self | None:
        """Read a store's log, or the impressions among a folder's `events`; None without any list.

        Logged vectors are read where all of them were made by bundles that are present, with the columns of `rows`; otherwise
        all rows are computed again. Raises StoreError where the store cannot be read.
        """
        if not is_store(data):
            return None if events is None else cls.of_impressions(events, kind)
        from sqrec.store import Store  # the database library is loaded by those who name a store

        fitting = [name for name in _there(bundles_folder) if _made(bundles_folder / name, kind, rows)]
        with Store.open(str(data), create=False) as store:
            kept = cls.of(store.used_rankings(kind, fitting), len(rows.names))
            every = cls.of(store.used_rankings(kind, None), None)
        if not len(every.item):
            return None
        return kept if len(kept.item) == len(every.item) else every

    def learnt(
        self, events: Events, happened: Events, uses: tuple[IntArray, IntArray], *, repeats: bool = False
    ) -> tuple["Learnt", BoolArray]:
        """Return the lists of which a use came, with labels, and a mark for every use that came from a list.

        `uses` are indices in `events`, those that are learnt from, and their grades. An item that was shown and not used has
        label 0. Rows are left out of items that the person used some other time, by these `events` (not where the kind
        repeats), and of items that held-out events of the same list used, by all that `happened`: these are answers.
        """
        use, grade = uses
        row = self.find(events.request[use], events.person[use], events.item[use])
        came, shown = row >= 0, mixed(self.request) ^ self.item
        label = np.zeros(len(shown), np.int64)
        np.maximum.at(label, row[came], grade[came])
        kept = np.isin(self.request, self.request[row[came]])
        answers = (mixed(_list_of(happened.request, happened.person)) ^ happened.item)[happened.grade > 0]
        out = np.isin(shown, answers)
        if not repeats:
            out |= np.isin(mixed(self.person) ^ self.item, (mixed(events.person) ^ events.item)[events.grade > 0])
        kept &= (label > 0) | ~out
        return Learnt(self.where(kept), label[kept]), came

    def find(self, request: KeyArray, person: KeyArray, item: KeyArray) -> IntArray:
        """Return the index of the row of each item in the list of a request (0: none) and person; -1 where there is none."""
        shown = mixed(self.request) ^ self.item
        order = np.argsort(shown)
        found = lookup(shown[order], mixed(_list_of(request, person)) ^ item)
        return np.where((found >= 0) & (request > 0), order[found], -1) if len(order) else np.full(len(item), -1)

    def anew(self) -> Self:
        """Return the same lists without logged vectors, for a ranker with other columns."""
        return replace(self, rows=None)

    def where(self, mask: BoolArray) -> Self:
        """Return the rows of a mask."""
        rows, chance = (None if one is None else one[mask] for one in (self.rows, self.propensity))
        return type(self)(
            self.request[mask], self.person[mask], self.item[mask], rows, self.position[mask], self.at[mask], chance
        )


@dataclass(frozen=True)
class Learnt:
    """Hold shown lists with a label, the grade of the use (0: none), for every row."""

    lists: ShownLists
    label: IntArray

    def some(self, most: int, rng: np.random.Generator) -> Self:
        """Return at most `most` lists, drawn without replacement, in their order."""
        names, number = np.unique(self.lists.request, return_inverse=True)
        if len(names) <= most:
            return self
        drawn = np.isin(number, rng.choice(len(names), most, replace=False))
        return type(self)(self.lists.where(drawn), self.label[drawn])

    def sample(self, recommender: Recommender, known: Snapshot, kind: Kind) -> Sample:
        """Return the rows: logged vectors, or rows computed from what `known` contains at each list's moment.

        Items that are no longer in the catalogue have no row.
        """
        lists, items = self.lists, known.items[kind]
        _, first, query = np.unique(lists.request, return_index=True, return_inverse=True)
        kept = within(query, lists.item, "shown lists")
        if not kept.all():
            first = np.flatnonzero(kept)[np.unique(query[kept], return_index=True)[1]]
        if lists.rows is not None:
            rows = lists.rows if kept.all() else lists.rows[kept]
        else:
            item = items.find(lists.item)
            kept = kept & (item >= 0)
            profiles = known.ask(recommender.profiler, lists.person[first], lists.at[first])
            rows = recommender.build(profiles, known, kind, recommender.pairs(profiles, items, item[kept], query[kept]))
        sizes = np.bincount(query[kept], minlength=len(first))
        there = first[sizes > 0]
        return Sample(rows, self.label[kept], sizes[sizes > 0], lists.position[kept], lists.person[there], lists.at[there])


def _list_of(request: KeyArray, person: KeyArray) -> KeyArray:
    """Return hashes of lists: those of one request for two people are two."""
    return mixed(request) ^ person


def _propensities(parts: Sequence[pd.DataFrame]) -> FloatArray | None:
    """Return what was logged of the draws; an empty cell is a list that draws nothing. None where no table tells."""
    if not parts or not all("propensity" in part for part in parts):
        return None
    return np.concatenate([part["propensity"].to_numpy(np.float64, na_value=1.0) for part in parts])


def _vectors(parts: Sequence[pd.DataFrame], columns: int) -> FloatArray:
    told: list[bytes] = [vector for frame in parts for vector in frame["vector"].tolist()]
    return np.frombuffer(b"".join(told), dtype="<f8").reshape(-1, columns).astype(np.float64)


def _there(bundles_folder: Path) -> Iterator[str]:
    return (path.parent.name for path in sorted(bundles_folder.glob("*/manifest.json")))


def _made(folder: Path, kind: Kind, rows: RowBuilder) -> bool:
    """Tell whether a bundle makes the same rows, as far as its declarations say."""
    path = folder / kind / "rows.json"
    return path.is_file() and read_json(path) == to_json(rows)

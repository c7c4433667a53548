"""Lists that the service has shown, as rows to learn from: what it saw is what is learnt, to the bit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from sqrec.arrays import BoolArray, FloatArray, IntArray, KeyArray, keys_of, lookup, mixed
from sqrec.bundlefiles import read_json
from sqrec.catalogue.source import is_store
from sqrec.columns import Kind
from sqrec.declared import to_json
from sqrec.evaluate import first_uses
from sqrec.profile import Events
from sqrec.profile.history import microseconds
from sqrec.rank import RowBuilder
from training.sample import Sample


@dataclass(frozen=True)
class ShownLists:
    """Hold shown lists of one kind, those of which something was used.

    `rows` are the logged vectors, `request`, `person` and `item` hashes of each row's list, of whom it was for, of what was
    shown, `position` its place in the list, `at` (microseconds UTC) when; a list's rows lie side by side.
    """

    request: KeyArray
    person: KeyArray
    item: KeyArray
    rows: FloatArray
    position: IntArray
    at: IntArray

    @classmethod
    def of(cls, frames: Iterable[pd.DataFrame], columns: int) -> Self:
        """Take rows of the table `rankings`."""
        parts = list(frames)
        request, person, item = (
            np.concatenate([np.empty(0, np.uint64), *(keys_of(frame[name]) for frame in parts)])
            for name in ("request_id", "person_id", "item_id")
        )
        told: list[bytes] = [vector for frame in parts for vector in frame["vector"].tolist()]
        rows = np.frombuffer(b"".join(told), dtype="<f8").reshape(-1, columns)
        order = np.lexsort((item, request))  # an order that knows no label and no position
        position = np.concatenate([np.empty(0, np.int64), *(frame["position"].to_numpy(np.int64) for frame in parts)])
        at = np.concatenate([np.empty(0, np.int64), *(microseconds(frame["at"]) for frame in parts)])
        return cls(request[order], person[order], item[order], rows[order].astype(np.float64), position[order], at[order])

    @classmethod
    def read(cls, data: Path | str, kind: Kind, rows: RowBuilder, bundles_folder: Path) -> Self | None:
        """Read a store's log; None where a folder is learnt from.

        Only lists count whose bundle is there and made the rows that are to be learnt from now. Raises StoreError.
        """
        if not is_store(data):
            return None
        from sqrec.catalogue.store import Store  # the database library is loaded by those who name a store

        fitting = [name for name in _there(bundles_folder) if _made(bundles_folder / name, kind, rows)]
        with Store.open(str(data), create=False) as store:
            return cls.of(store.used_rankings(kind, fitting), len(rows.names))

    def learnt(self, events: Events, happened: Events) -> tuple[Sample, BoolArray]:
        """Return the rows of those lists of which an item's first use came, and a mark for every first use that came so.

        Labels and uses (in the order of `first_uses`) are those of `events`. What was shown and never used has label 0; what
        the person used some other time, by all that `happened`, has no row.
        """
        first, grade = first_uses(events, np.ones(len(events), dtype=bool))
        shown = mixed(self.request) ^ self.item
        order = np.argsort(shown)
        found = lookup(shown[order], mixed(events.request[first]) ^ events.item[first])
        came = (found >= 0) & (events.request[first] > 0)
        label = np.zeros(len(shown), np.int64)
        label[order[found[came]]] = grade[came]
        mine = mixed(happened.person) ^ happened.item
        elsewhere = (label == 0) & np.isin(mixed(self.person) ^ self.item, mine[happened.grade > 0])
        kept = np.isin(self.request, events.request[first[came]]) & ~elsewhere
        _, first, sizes = np.unique(self.request[kept], return_index=True, return_counts=True)
        asked = self.person[kept][first], self.at[kept][first]
        return Sample(self.rows[kept], label[kept], sizes, self.position[kept], *asked), came


def _there(bundles_folder: Path) -> Iterator[str]:
    return (path.parent.name for path in sorted(bundles_folder.glob("*/manifest.json")))


def _made(folder: Path, kind: Kind, rows: RowBuilder) -> bool:
    """Tell whether a bundle makes the same rows, as far as its declarations say."""
    path = folder / kind / "rows.json"
    return path.is_file() and read_json(path) == to_json(rows)

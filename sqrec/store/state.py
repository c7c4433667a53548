"""The data that a service answers from, given by two change numbers: of the catalogue, and of the counts."""

from dataclasses import dataclass, field, replace
from typing import Self

from sqrec.catalogue.items import Items
from sqrec.catalogue.snapshot import Snapshot
from sqrec.cities import City
from sqrec.contract import Kind
from sqrec.profile.profiler import Profiler
from sqrec.store import Store, read_store_at
from sqrec.tables import Folder


@dataclass(frozen=True)
class State:
    """Hold the snapshot of a store with items as of `change`, and people and events (the counts) as of `counted`.

    Equal numbers make equal snapshots, bit for bit, at any time: served and replayed lists are the same.
    """

    snapshot: Snapshot = field(repr=False)
    change: int
    counted: int
    city: City = field(repr=False)

    @classmethod
    def of(cls, folder: Folder, profiler: Profiler, change: int, counted: int) -> Self:
        """Encode what `read_store_at` read with these numbers."""
        return cls(Snapshot.of(folder, profiler, with_people=False), change, counted, folder.city)

    @classmethod
    def read(cls, store: Store, profiler: Profiler, change: int, counted: int, city: City | None = None) -> Self:
        """Read and encode a store as of two changes.

        `city` gives the rule for capacity; None: the store's own city. Raises StoreError before the first import.
        """
        return cls.of(read_store_at(store, change, counted, city or store.city()), profiler, change, counted)

    def moved(self, store: Store, profiler: Profiler, change: int) -> Self:
        """Return the state as of a later change of the catalogue: only the items that changed since are read and encoded."""
        items: dict[Kind, Items] = {}
        for kind, known in self.snapshot.items.items():
            gone, came = store.changed(kind, self.change, change)
            if gone or len(came):
                items[kind] = known.changed(gone, came, profiler, self.city)
        return replace(self, snapshot=self.snapshot.with_items(items), change=change)

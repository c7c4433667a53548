"""Lookup of people: in the loaded folder, or in the store for every request."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from sqrec.access import Within
from sqrec.catalogue.snapshot import Snapshot
from sqrec.groups.record import Record
from sqrec.groups.restricted import Restricted
from sqrec.profile.person import Person
from sqrec.store import Store


class Records(Protocol):
    """Look people up by id."""

    def of(self, person_id: str, within: Within | None = None) -> Record | None:
        """Return a person's record; None for an unknown person, and for one who is not known to live `within` an area (None: everywhere)."""
        ...

    async def found(self, person_id: str, within: Within | None = None) -> Record | None:
        """Return the same as `of`, without blocking the event loop."""
        ...

    def some(self, most: int) -> Iterator[Person]:
        """Return at most `most` people, the same ones each time."""
        ...


@dataclass(frozen=True)
class FolderRecords:
    """Look people up in a loaded folder."""

    snapshot: Snapshot
    restricted: Mapping[str, Restricted] = field(repr=False)

    def of(self, person_id: str, within: Within | None = None) -> Record | None:
        """Return a person's record; None for an unknown person, and for one of another area."""
        person = self.snapshot.people.get(person_id)
        if person is None or not (within is None or within.holds(person.area)):
            return None
        return Record(person, self.restricted.get(person_id), self.snapshot.events)

    async def found(self, person_id: str, within: Within | None = None) -> Record | None:
        """Return the same as `of`: it is in memory."""
        return self.of(person_id, within)

    def some(self, most: int) -> Iterator[Person]:
        """Return the folder's first people, at most `most`."""
        return islice(self.snapshot.people.values(), most)


@dataclass(frozen=True)
class StoreRecords:
    """Look people up in a store: every write before the request is visible."""

    store: Store

    def of(self, person_id: str, within: Within | None = None) -> Record | None:
        """Return a person's record; None for an unknown person, and for one of another area."""
        return self.store.record(person_id, within)

    async def found(self, person_id: str, within: Within | None = None) -> Record | None:
        """Return the same as `of`, read in a thread. Raises StoreError where the store cannot be read."""
        return await asyncio.to_thread(self.of, person_id, within)

    def some(self, most: int) -> Iterator[Person]:
        """Return the people with the first ids, at most `most`. Raises StoreError where the store cannot be read."""
        records = map(self.of, self.store.person_ids(most=most))
        return (record.person for record in records if record)

"""A person's record for a request, from a store or a folder."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqrec.base.arrays import key_of
from sqrec.contract import KINDS, Kind
from sqrec.groups.restricted import Restricted
from sqrec.profile.history import Events, History, history_before, known_at
from sqrec.profile.person import Person


@dataclass(frozen=True)
class Record:
    """Hold one person's facts, restricted facts (None: none are known) and events, as of a change of the store.

    `events` may hold those of others as well. `erasures` is the change by which anybody was erased last. A folder has no changes: 0.
    """

    person: Person
    restricted: Restricted | None
    events: Events
    change: int = 0
    erasures: int = 0

    @property
    def key(self) -> int:
        """The hash of the person's id."""
        return key_of(self.person.person_id or "")

    def known_at(self, at: int) -> Person:
        """Return what of the facts was known at a moment."""
        return known_at(self.person, self.events, self.key, at)

    def history(self, at: int) -> Mapping[Kind, History]:
        """Return the person's own history before a moment, by kind."""
        return {kind: history_before(self.events, self.key, kind, at) for kind in KINDS}

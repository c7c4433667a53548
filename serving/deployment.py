"""One bundle and one state of the data, ready to answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from serving.choices import Choices
from serving.models import Asked, FactsIn, PersonIn
from serving.settings import Settings
from sqrec import bundle as bundles
from sqrec.arrays import key_of, keys_of
from sqrec.bundle import Bundle
from sqrec.catalogue.restricted import restricted_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.catalogue.source import read_source
from sqrec.columns import GRADES, Kind
from sqrec.errors import BundleError
from sqrec.profile import History, Person, Profiles
from sqrec.profile.history import history_of
from sqrec.profile.restricted import Restricted
from sqrec.programmes import Offerings
from sqrec.rank import Recommender


@dataclass(frozen=True)
class Deployment:
    """Hold a loaded bundle, its recommender, the snapshot it answers from, and what the page offers to choose from.

    `offerings` are items for groups; `restricted` are facts that only the rules of groups read.
    """

    folder: Path
    bundle: Bundle
    recommender: Recommender
    snapshot: Snapshot
    offerings: Offerings
    restricted: Mapping[str, Restricted] = field(repr=False)
    choices: Choices = field(default=Choices(), repr=False)

    @classmethod
    def load(cls, settings: Settings) -> "Deployment":
        """Load the named or current bundle, and the data folder or store.

        Raises BundleError, TableError or StoreError in one sentence where either cannot be used.
        """
        folder = settings.bundle or bundles.current(settings.bundles)
        loaded = bundles.load(folder)
        data = read_source(settings.data)
        if data.city.name != loaded.city.name:
            raise BundleError(
                f"{folder} was trained for {loaded.city.name}, {data.path} is of {data.city.name}: "
                "train on this data, or name a folder of the same city."
            )
        snapshot = Snapshot.of(data, loaded.profiler)
        reads = frozenset[str]().union(*(parts.rows.reads for parts in loaded.kinds.values()))
        offerings = Offerings.of(snapshot.items, data.city)
        return cls(
            folder, loaded, loaded.recommender(), snapshot, offerings, restricted_of(data), Choices.of(data, snapshot, reads)
        )

    def profile(self, asked: Asked, at: int, *, personalised: bool = True) -> Profiles:
        """Return the profile that a request asks for, at a moment (microseconds UTC).

        Raises LookupError for a `person_id` that nobody has.
        """
        person, key, history = self._stored(asked, at) if asked.person_id else self._inline(asked.person or PersonIn(), at)
        person = self._tagged(person, asked.tags)
        if not personalised:
            person = _off(person)
        return self.recommender.profiler.profiles([person], np.array([at]), [history], np.array([key], dtype=np.uint64))

    def _stored(self, asked: Asked, at: int) -> tuple[Person, int, Mapping[Kind, History]]:
        if asked.person_id not in self.snapshot.people:
            raise LookupError("No person has this person_id. Send the facts as `person`, or load a folder that has the id.")
        key = key_of(asked.person_id or "")
        return self.snapshot.known_at(key, at), key, self.snapshot.history(key, at)

    def _inline(self, asked: PersonIn, at: int) -> tuple[Person, int, Mapping[Kind, History]]:
        facts = _values(asked, self.recommender) | {
            "person_id": asked.person_id,
            "personalised": asked.personalised,
            "updated_at": asked.updated_at,
        }
        history: Mapping[Kind, History] = {kind: _history(asked, kind, at) for kind in self.snapshot.items}
        return Person(**facts).known_at(at), key_of(asked.person_id) if asked.person_id else 0, history

    def _tagged(self, person: Person, tags: FactsIn) -> Person:
        """Replace or remove the facts that tags name, in every row: they are gone before anything is encoded."""
        named = tags.model_fields_set - {"location"} | ({"lon", "lat"} if "location" in tags.model_fields_set else set())
        values = _values(tags, self.recommender)
        kept = person.without(*named)
        return kept.having(**{name: values[name] for name in named if values[name] not in (None, ())})


def _values(facts: FactsIn, recommender: Recommender) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(facts, name) for name in FactsIn.model_fields if name != "location"}
    lists = {name: tuple(values[name] or ()) for name in ("skills", "occupations", "desired", "forms", "needs")}
    spot = facts.location
    lon, lat = recommender.city.stored(spot.lon, spot.lat, spot.crs) if spot else (None, None)
    return values | lists | {"lon": lon, "lat": lat}


def _history(asked: PersonIn, kind: Kind, at: int) -> History:
    """Return the history of one kind that a request tells, strictly before the moment."""
    told = [entry for entry in asked.history if entry.kind == kind and entry.at < at]
    return history_of(
        keys_of(entry.item_id for entry in told),
        np.array([entry.at for entry in told], dtype=np.int64),
        np.array([GRADES[entry.event] for entry in told], dtype=np.int64),
        np.array([entry.event == "dismiss" for entry in told], dtype=bool),
    )


def _off(person: Person) -> Person:
    return person.having(personalised=False)

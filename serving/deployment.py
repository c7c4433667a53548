"""One bundle with one state of the data: all that an answer reads."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from serving.allowed import unknown_person
from serving.overrides import Overrides, overrides_of
from serving.records import FolderRecords, Records, StoreRecords
from serving.schemas.requests import Asked, FactsIn, PersonIn
from serving.settings import Settings
from serving.site.choices import MOST_PEOPLE, Choices
from sqrec import bundle as bundles
from sqrec.base.arrays import key_of, keys_of
from sqrec.bundle import Bundle
from sqrec.catalogue.snapshot import Snapshot
from sqrec.cities.ages import is_minor
from sqrec.contract import GRADES, TAKES_AWAY, Kind
from sqrec.errors import BundleError
from sqrec.groups.record import Record
from sqrec.groups.restricted_table import restricted_of
from sqrec.profile import History, Person, Profiles
from sqrec.profile.history import history_of
from sqrec.profile.person import facts_of
from sqrec.programmes import Offerings
from sqrec.rank import Explore, Recommender
from sqrec.source import read_source
from sqrec.store import Store, read_store_at
from sqrec.store.state import State
from sqrec.tables import Folder


@dataclass(frozen=True)
class Deployment:
    """Hold a loaded bundle, its recommender, the snapshot it answers from, and the choices that the residents' page offers.

    `offerings` are the items of programmes, `records` looks people up. `state` is the state of the store and `midnight` the moment
    (microseconds UTC) up to which its counts go; both None where a folder is served. `explore` is how logged lists explore (None: not).
    `synthetic` tells whether the data say that they are invented. `erasures` is the change of the last erasure that is obeyed. `overrides`
    tell by kind what was shown up to the midnight, and how much of it advisers took away.
    """

    folder: Path
    bundle: Bundle
    recommender: Recommender
    snapshot: Snapshot
    offerings: Offerings
    records: Records = field(repr=False)
    choices: Choices = field(default=Choices(), repr=False)
    state: State | None = None
    midnight: int | None = None
    explore: Explore | None = None
    synthetic: bool = False
    erasures: int = 0
    overrides: Mapping[Kind, Overrides] = field(default_factory=dict[Kind, Overrides])

    @classmethod
    def load(cls, settings: Settings, store: Store | None = None) -> "Deployment":
        """Load the bundle that `settings` name (else the current one), and the data folder or the present state of `store`.

        Raises BundleError, TableError or StoreError where one of them cannot be used.
        """
        folder = settings.bundle or bundles.current(settings.bundles)
        loaded = bundles.load(folder)
        made = cls.of_folder(folder, loaded, settings.data) if store is None else cls.of_store(folder, loaded, store)
        return replace(made, explore=settings.explore)

    @classmethod
    def of_folder(cls, folder: Path, bundle: Bundle, path: Path | str) -> "Deployment":
        """Load a data folder for a bundle (read from `folder`). Raises BundleError where their cities differ, TableError."""
        data = read_source(path)
        _same_city(folder, bundle, data)
        snapshot = Snapshot.of(data, bundle.profiler)
        return cls._ready(folder, bundle, data, snapshot, FolderRecords(snapshot, restricted_of(data)))

    @classmethod
    def of_store(cls, folder: Path, bundle: Bundle, store: Store) -> "Deployment":
        """Read the present items of a store, with counts up to the last midnight, for a bundle (read from `folder`).

        Raises BundleError where their cities differ, StoreError.
        """
        midnight, erasures = bundle.city.midnight(time.time_ns() // 1000), store.erasures()
        change, counted = store.catalogue_change(), store.midnight(midnight)
        data = read_store_at(store, change, counted, bundle.city)
        _same_city(folder, bundle, data)
        state = State.of(data, bundle.profiler, change, counted)
        made = cls._ready(folder, bundle, data, state.snapshot, StoreRecords(store))
        return replace(made, state=state, midnight=midnight, erasures=erasures, overrides=overrides_of(data))

    @classmethod
    def _ready(cls, folder: Path, bundle: Bundle, data: Folder, snapshot: Snapshot, records: Records) -> "Deployment":
        reads = frozenset[str]().union(*(parts.rows.reads for parts in bundle.kinds.values()))
        choices = Choices.of(data, records.some(MOST_PEOPLE), reads)
        offerings = Offerings.of(snapshot.items, data.city)
        made = cls(folder, bundle, bundle.recommender(), snapshot, offerings, records, choices)
        return replace(made, synthetic=data.config.synthetic)

    def moved(self, store: Store, change: int) -> "Deployment":
        """Return the deployment as of a later change number of the store's items. Raises ValueError where a folder is served."""
        if self.state is None:
            raise ValueError("A folder does not move.")
        state = self.state.moved(store, self.bundle.profiler, change)
        offerings = Offerings.of(state.snapshot.items, self.recommender.city)
        return replace(self, snapshot=state.snapshot, offerings=offerings, state=state)

    def profile(self, asked: Asked, record: Record | None, at: int, *, personalised: bool = True) -> Profiles:
        """Return the profile of a request's person at a moment (microseconds UTC).

        `record` is that of the request's `person_id`; `personalised` False switches personal lists off. Raises NotFoundError where
        the request has a `person_id` and `record` is None.
        """
        if asked.person_id is None:
            person, key, history = self._inline(asked.person or PersonIn(), at)
        elif record is None:
            raise unknown_person()
        else:
            person, key, history = record.known_at(at), record.key, record.history(at)
        person = self._tagged(person, self._lawful(person, asked.tags) if record else asked.tags)
        if not personalised:
            person = _off(person)
        return self.recommender.profiler.profiles([person], np.array([at]), [history], np.array([key], dtype=np.uint64))

    def _inline(self, asked: PersonIn, at: int) -> tuple[Person, int, Mapping[Kind, History]]:
        facts = values_of(asked, self.recommender) | {
            "person_id": asked.person_id,
            "personalised": asked.personalised,
            "updated_at": asked.updated_at,
        }
        history: Mapping[Kind, History] = {kind: _history(asked, kind, at) for kind in self.snapshot.items}
        return Person(**facts).known_at(at), key_of(asked.person_id) if asked.person_id else 0, history

    def _lawful(self, person: Person, tags: FactsIn) -> FactsIn:
        """Return tags without a birth month that would open what the law closes of a stored minor (docs/laws.md, law 7)."""
        held, told = person.birth_month, tags.birth_month
        if "birth_month" not in tags.model_fields_set or not is_minor(held, time.time_ns() // 1000, self.recommender.city):
            return tags
        if told is not None and held is not None and told > held:
            return tags
        return tags.model_copy(update={"birth_month": held})

    def _tagged(self, person: Person, tags: FactsIn) -> Person:
        """Replace or remove the facts that tags name, before anything is encoded; what a stored person had deleted stays unknown."""
        named = tags.model_fields_set - {"location"} | ({"lon", "lat"} if "location" in tags.model_fields_set else set())
        values = values_of(tags, self.recommender)
        kept, gone = person.without(*named), facts_of(person.deleted)
        return kept.having(**{name: values[name] for name in named if values[name] not in (None, ()) and name not in gone})


def _same_city(folder: Path, bundle: Bundle, data: Folder) -> None:
    if data.city.name != bundle.city.name:
        raise BundleError(
            f"{folder} was trained for {bundle.city.name}, {data.path} is of {data.city.name}: "
            "train on this data, or name a folder of the same city."
        )


def values_of(facts: FactsIn, recommender: Recommender) -> dict[str, Any]:
    """Return the facts of a request as a person has them, in the city's frame; what was not told is unknown."""
    values: dict[str, Any] = {name: getattr(facts, name) for name in FactsIn.model_fields if name != "location"}
    lists = {name: tuple(values[name] or ()) for name in ("skills", "occupations", "desired", "forms", "needs")}
    spot = facts.location
    lon, lat = recommender.city.stored(spot.lon, spot.lat, spot.crs) if spot else (None, None)
    return values | lists | {"lon": lon, "lat": lat}


def _history(asked: PersonIn, kind: Kind, at: int) -> History:
    """Return the events of one kind in a request's history that lie strictly before the moment."""
    told = [entry for entry in asked.history if entry.kind == kind and entry.at < at]
    return history_of(
        keys_of(entry.item_id for entry in told),
        np.array([entry.at for entry in told], dtype=np.int64),
        np.array([GRADES[entry.event] for entry in told], dtype=np.int64),
        np.array([entry.event in TAKES_AWAY for entry in told], dtype=bool),
    )


def _off(person: Person) -> Person:
    return person.having(personalised=False)

"""The tables of events and of true utilities, from the simulation of every kind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from sqrec.base.arrays import AnyArray, IntArray
from sqrec.synth import events, oracle, write
from sqrec.synth.catalogue import Catalogue, Window
from sqrec.synth.city import Communities
from sqrec.synth.data import stream
from sqrec.synth.days import begin, days
from sqrec.synth.events import Log
from sqrec.synth.facts import known_facts, true_facts
from sqrec.synth.residents import Residents
from sqrec.synth.taste import taste
from sqrec.synth.utility import Model
from sqrec.synth.write import Table

_ROW_GROUP = 200_000
_SHOWN, _SHOWN_OF = 0.3, 20_000
"""The share of slates that are logged, and the number of people up to which it holds; of more people it is smaller."""


@dataclass
class EventsTable:
    """Write one kind's events in row groups; keep their moments, and the moment of each person's last event (`last`)."""

    table: Table
    items: Catalogue
    person_ids: Any
    window: Window
    rng: np.random.Generator
    last: IntArray
    rows: int = 0
    moments: list[AnyArray] = field(default_factory=list[AnyArray])
    _kept: list[Log] = field(default_factory=list[Log])

    def add(self, log: Log) -> None:
        """Add a day's events; write them once a row group is full."""
        self._kept.append(log)
        self.moments.append((log.at - self.window.start).astype(np.int32))
        np.maximum.at(self.last, log.person, log.at)
        if sum(map(len, self._kept)) >= _ROW_GROUP:
            self.flush()

    def flush(self) -> None:
        """Write the events that are not written yet."""
        if self._kept:
            log = Log.joined(self._kept)
            recorded = events.late(log, self.window.end, self.rng)
            item_ids = pa.array(self.items.ids)
            self.table.write(write.event_columns(log, recorded, self.rows, self.items.kind, self.person_ids, item_ids))
            self.rows, self._kept = self.rows + len(log), []

    def moment(self) -> int:
        """Return T of the events so far (`oracle.moment`), seconds UTC."""
        return self.window.start + oracle.moment(np.concatenate(self.moments))


@dataclass(frozen=True)
class Story:
    """Hold people and places; `tell` simulates one kind of items. `ids` are the people's ids, `world` names a taste."""

    people: Residents
    ids: Sequence[str]
    places: Communities
    window: Window
    world: str
    seed: int

    def tell(self, items: Catalogue, table: Table, truth: Table) -> tuple[int, int]:
        """Simulate the days of one kind, write its events and utilities, and return the number of rows of both."""
        people, person_ids = self.people, pa.array(self.ids)
        model, hidden = Model.of(items, self.places, self.world), taste(items, len(people), self.world, self.seed)
        true = true_facts(people, self.places)
        play = begin(model, hidden, true, len(people), self.world, self._shown(), stream(self.seed, f"days {items.kind}"))
        never = np.full(len(people), np.iinfo(np.int64).min)
        written = EventsTable(table, items, person_ids, self.window, stream(self.seed, f"late {items.kind}"), never)
        for log in days(play, people, self.window.start, self.window.end):
            written.add(log)
        written.flush()
        if not written.rows:
            return 0, 0
        at = written.moment()
        chosen = oracle.sample(written.last, at, int(items.live(at).sum()), self.seed)
        told = oracle.tell(model, hidden, people, true, known_facts(people, self.places, at), chosen, at)
        for part in write.pieces(len(told.person), _ROW_GROUP):
            truth.write(write.utility_columns(told, part, at, items, person_ids))
        return written.rows, len(told.person)

    def _shown(self) -> float:
        return min(_SHOWN, _SHOWN * (_SHOWN_OF / len(self.people)) ** 0.35)

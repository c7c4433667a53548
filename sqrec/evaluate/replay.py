"""Logged rankings made once more, from the versions they were made from, and compared to the bit."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sqrec import bundle as bundles
from sqrec.bundle import Bundle
from sqrec.catalogue.state import State
from sqrec.catalogue.store import Store
from sqrec.errors import SqrecError
from sqrec.rank import served_in
from sqrec.rank.shown import shown

Logged = Mapping[str, Any]
"""One row of `rankings` as plain values, `vector` as bytes, None unknown."""
MOST_TOLD = 20
_KEPT = 3
"""States kept: two services, and the one that both move on to."""
_COMPARED = ("item_id", "position", "score", "reach_method", "minutes", "vector")


@dataclass
class Replayed:
    """Count logged lists: all of them = equal + different + untraceable + failed.

    Untraceable are those whose person was not logged (off, or facts of the request's own); failed ones could not be made again,
    `reasons` says why. `differences` names the first lists that differ, and in what.
    """

    lists: int = 0
    equal: int = 0
    different: int = 0
    untraceable: int = 0
    failed: int = 0
    differences: list[str] = field(default_factory=list[str])
    reasons: dict[str, int] = field(default_factory=dict[str, int])


def replay(store: Store, bundles_folder: Path, since: int, until: int) -> Replayed:
    """Make every list that was shown from `since` to before `until` (microseconds UTC) again, and compare.

    A list is equal if items, order, scores, minutes and row vectors are, bit for bit. Raises StoreError where the store cannot be
    read; a bundle that is gone or corrupt is told in `reasons`.
    """
    found, stage = Replayed(), _Stage(store, bundles_folder)
    for rows in logged_lists(store.rankings(since, until)):
        found.lists += 1
        if rows[0]["person_id"] is None or rows[0]["person_version"] is None:
            found.untraceable += 1
            continue
        try:
            differing = differences(rows, stage.again(rows[0]))
        except SqrecError as problem:
            found.failed += 1
            found.reasons[str(problem)] = found.reasons.get(str(problem), 0) + 1
            continue
        found.equal += not differing
        found.different += bool(differing)
        if differing and len(found.differences) < MOST_TOLD:
            found.differences.append(f"{rows[0]['request_id']} {rows[0]['kind']}: {'; '.join(differing)}")
    return found


def logged_lists(frames: Iterable[pd.DataFrame]) -> Iterator[Sequence[Logged]]:
    """Yield the rows of one shown list after the other; frames have them side by side."""
    rows = (row for frame in frames for row in _plain_rows(frame))
    for _, one in groupby(rows, key=itemgetter("request_id", "kind")):
        yield sorted(one, key=itemgetter("position"))


def differences(logged: Sequence[Logged], again: Sequence[Logged]) -> list[str]:
    """Name what differs between a logged list and the one made again; nothing where they are equal to the bit."""
    if len(logged) != len(again):
        return [f"{len(logged)} items were shown, {len(again)} are found"]
    pairs = list(zip(logged, again, strict=True))
    return [f"{name} at {one['position']}" for name in _COMPARED for one, other in pairs if not _same(one[name], other[name])]


def _same(one: Any, other: Any) -> bool:
    return one.hex() == other.hex() if isinstance(one, float) and isinstance(other, float) else one == other


@dataclass
class _Stage:
    """Keep bundles and the last states of the store: the next list mostly needs one of them, or a state a little later.

    More than one, as several services swap at different moments and their lists alternate.
    """

    store: Store
    folder: Path
    _bundles: dict[str, Bundle] = field(default_factory=dict[str, Bundle])
    _states: dict[tuple[str, int, int], State] = field(default_factory=dict[tuple[str, int, int], State])

    def again(self, row: Logged) -> Sequence[Logged]:
        """Return the rows of the list that a logged row is of, made again."""
        asked, at, kind = json.loads(row["asked"]), int(row["at"]), row["kind"]
        bundle = self._bundle_named(row["bundle"])
        state = self._state_at(bundle, int(row["catalogue_version"]), int(asked["counted"]))
        known = self.store.records([row["person_id"]], int(row["person_version"]))
        if not known:
            return []
        record = known[0]
        moment, key = np.array([at]), np.array([record.key], dtype=np.uint64)
        profile = bundle.profiler.profiles([record.known_at(at)], moment, [record.history(at)], key)
        policy, n = replace(served_in(bundle.city), reach=float(asked["minutes"])), int(asked["n"])
        return shown(bundle.recommender().recommend(profile, kind, state.snapshot, policy, n, clock=at), n)

    def _bundle_named(self, name: str) -> Bundle:
        if name not in self._bundles:
            self._bundles[name] = bundles.load(self.folder / name)
        return self._bundles[name]

    def _state_at(self, bundle: Bundle, change: int, counted: int) -> State:
        """Return a state; one that lies a little later than a kept one is reached from there."""
        key = (bundle.name, counted, change)
        if key not in self._states:
            earlier = [one for (name, at, of), one in self._states.items() if (name, at) == key[:2] and of < change]
            if earlier:
                state = max(earlier, key=lambda one: one.change).moved(self.store, bundle.profiler, change)
            else:
                state = State.read(self.store, bundle.profiler, change, counted, bundle.city)
            while len(self._states) >= _KEPT:
                del self._states[next(iter(self._states))]
            self._states[key] = state
        return self._states[key]


def _plain_rows(frame: pd.DataFrame) -> Iterator[Logged]:
    frame = frame.assign(at=frame["at"].to_numpy("datetime64[us]").astype(np.int64))
    columns = {
        str(name): [None if unknown else cell for cell, unknown in zip(frame[name], frame[name].isna(), strict=True)]
        for name in frame
    }
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))

"""Replay: logged rankings computed again from the versions of their inputs, and compared bit by bit."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sqrec import bundle as bundles
from sqrec.base.arrays import FloatArray, KeyArray, keys_of
from sqrec.bundle import Bundle
from sqrec.catalogue.snapshot import Snapshot
from sqrec.errors import SqrecError
from sqrec.groups.record import Record
from sqrec.profile import Profiles
from sqrec.rank import Explore, Policy, Ranking, Recommender
from sqrec.rank.order import nearer
from sqrec.rank.shown import shown
from sqrec.store import Store
from sqrec.store.state import State

Logged = Mapping[str, Any]
"""One row of `rankings` as plain values, `vector` as bytes, None unknown."""
MOST_TOLD = 20
_KEPT = 3
"""States kept: two services, and the one that both move on to."""
_COMPARED = ("item_id", "position", "score", "propensity", "reach_method", "minutes", "vector")


@dataclass
class Replayed:
    """Count replayed lists: `lists` = equal + different + untraceable + failed.

    Untraceable lists have no logged person (personalisation off, or facts of the request's own); failed ones could not be
    computed, with the reason in `reasons`. `differences` names the first lists that differ, and their columns.
    """

    lists: int = 0
    equal: int = 0
    different: int = 0
    untraceable: int = 0
    failed: int = 0
    differences: list[str] = field(default_factory=list[str])
    reasons: dict[str, int] = field(default_factory=dict[str, int])


def replay(store: Store, bundles_folder: Path, since: int, until: int) -> Replayed:
    """Compute every list shown from `since` to before `until` (microseconds UTC) again, and compare.

    A list is equal if items, order, scores, minutes and vectors are, bit for bit. Raises StoreError where the store cannot be
    read; a missing or corrupt bundle is counted in `reasons`.
    """
    found, stage = Replayed(), Stage(store, bundles_folder)
    for rows in logged_lists(store.rankings(since, until)):
        found.lists += 1
        if rows[0]["person_id"] is None or rows[0]["person_version"] is None:
            found.untraceable += 1
            continue
        try:
            differing = differences(rows, _again(stage, rows[0]))
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
    """Yield the rows of one shown list after the other, by position; frames have them side by side."""
    rows = (row for frame in frames for row in plain_rows(frame))
    for _, one in groupby(rows, key=itemgetter("request_id", "kind")):
        yield sorted(one, key=itemgetter("position"))


def differences(logged: Sequence[Logged], again: Sequence[Logged]) -> list[str]:
    """Return the columns and positions at which two lists differ; none where they are equal bit by bit."""
    if len(logged) != len(again):
        return [f"{len(logged)} items were shown, {len(again)} are found"]
    pairs = list(zip(logged, again, strict=True))
    return [f"{name} at {one['position']}" for name in _COMPARED for one, other in pairs if not _same(one[name], other[name])]


def _same(one: Any, other: Any) -> bool:
    return one.hex() == other.hex() if isinstance(one, float) and isinstance(other, float) else one == other


def _again(stage: "Stage", row: Logged) -> Sequence[Logged]:
    """Return the rows of the list that a logged row is of, made again; none where the store does not know the person."""
    ranking = stage.ranking(row, row["bundle"])
    return shown(ranking, _asked(row)["n"]) if ranking else []


def policy_of(row: Logged, recommender: Recommender) -> Policy:
    """Return the policy by which the recommender made the list of a logged row."""
    asked = _asked(row)
    explore = Explore(**asked["explore"]) if "explore" in asked else None
    minutes = asked["minutes"]
    return recommender.served(row["kind"], None if minutes is None else float(minutes), explore)


def _asked(row: Logged) -> Mapping[str, Any]:
    return json.loads(row["asked"])


@dataclass
class Stage:
    """Cache bundles and the latest states of the store: the next list mostly needs one of them, or a slightly later state.

    Several states are kept, as services swap bundles at different moments and their lists alternate.
    """

    store: Store
    folder: Path
    bundles: dict[str, Bundle] = field(default_factory=dict[str, Bundle])
    kept: int = _KEPT
    _last: tuple[str, int, Record | None] | None = None
    _recommenders: dict[str, Recommender] = field(default_factory=dict[str, Recommender])
    _states: dict[tuple[str, int, int], State] = field(default_factory=dict[tuple[str, int, int], State])

    def ranking(self, row: Logged, name: str) -> Ranking | None:
        """Return the list that a bundle computes for the question of a logged row; None for a person unknown to the store.

        With the row's own bundle it is the list that was shown. Raises SqrecError where it cannot be computed.
        """
        question = self._question(row, name)
        if question is None:
            return None
        recommender, snapshot, profile = question
        policy = policy_of(row, recommender)
        return recommender.recommend(profile, row["kind"], snapshot, policy, int(_asked(row)["n"]), clock=int(row["at"]))

    def scores(self, row: Logged, name: str, items: Sequence[str]) -> tuple[FloatArray, KeyArray] | None:
        """Return a bundle's scores of some items for the question of a logged row, and the keys that order ties.

        None for a person unknown to the store, or an item that is not in its catalogue.
        """
        question = self._question(row, name)
        if question is None:
            return None
        recommender, snapshot, profile = question
        of_kind = snapshot.items[row["kind"]]
        found = of_kind.find(keys_of(items))
        if (found < 0).any():
            return None
        minutes = recommender.pairs(profile, of_kind, found).minutes
        return recommender.scores(profile, row["kind"], snapshot, found), nearer(minutes, of_kind.key[found])

    def _question(self, row: Logged, name: str) -> tuple[Recommender, Snapshot, Profiles] | None:
        asked, at = _asked(row), int(row["at"])
        bundle = self._bundle_named(name)
        state = self._state_at(bundle, int(row["catalogue_version"]), int(asked["counted"]))
        record = self._record_of(row["person_id"], int(row["person_version"]))
        if record is None:
            return None
        moment, key = np.array([at]), np.array([record.key], dtype=np.uint64)
        profile = bundle.profiler.profiles([record.known_at(at)], moment, [record.history(at)], key)
        if name not in self._recommenders:
            self._recommenders[name] = bundle.recommender()
        return self._recommenders[name], state.snapshot, profile

    def _record_of(self, person_id: str, version: int) -> Record | None:
        """Return what was known of somebody; kept for the next question, which may be the same to another bundle."""
        if self._last is None or self._last[:2] != (person_id, version):
            known = self.store.records([person_id], version)
            self._last = (person_id, version, known[0] if known else None)
        return self._last[2]

    def _bundle_named(self, name: str) -> Bundle:
        if name not in self.bundles:
            self.bundles[name] = bundles.load(self.folder / name)
        return self.bundles[name]

    def _state_at(self, bundle: Bundle, change: int, counted: int) -> State:
        """Return a state; one that lies a little later than a kept one is reached from there."""
        key = (bundle.name, counted, change)
        if key not in self._states:
            earlier = [one for (name, at, of), one in self._states.items() if (name, at) == key[:2] and of < change]
            if earlier:
                state = max(earlier, key=lambda one: one.change).moved(self.store, bundle.profiler, change)
            else:
                state = State.read(self.store, bundle.profiler, change, counted, bundle.city)
            while len(self._states) >= self.kept:
                del self._states[next(iter(self._states))]
            self._states[key] = state
        return self._states[key]


def plain_rows(frame: pd.DataFrame) -> Iterator[Logged]:
    """Yield the rows of a frame of `rankings` as plain values."""
    frame = frame.assign(at=frame["at"].to_numpy("datetime64[us]").astype(np.int64))
    columns = {
        str(name): [None if unknown else cell for cell, unknown in zip(frame[name], frame[name].isna(), strict=True)]
        for name in frame
    }
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))

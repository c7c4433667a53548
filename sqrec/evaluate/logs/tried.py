"""Off-policy evaluation of a bundle's ranker on the exploration places of a store's logged lists."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from sqrec.base.arrays import FloatArray, IntArray, KeyArray, keys_of, lookup, mixed
from sqrec.base.numbers import DAY
from sqrec.bundle import Bundle
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.errors import SqrecError
from sqrec.evaluate.logs.offpolicy import OffPolicy, Slots, off_policy
from sqrec.evaluate.logs.replay import Logged, Stage, plain_rows
from sqrec.evaluate.stats.notes import Note
from sqrec.evaluate.stats.published import FEWEST
from sqrec.profile import Events
from sqrec.profile.history import microseconds
from sqrec.rank import Draw
from sqrec.rank.order import by_score
from sqrec.store import Rights, Store

MOST = 20_000
"""The most lists that are replayed."""
WINDOW_DAYS = 14
"""Days after the list within which a use counts as its reward."""
_STATES = 4
_BUCKETS = 5


@dataclass(frozen=True)
class Place:
    """Hold one exploration place: its row, the items that could have been drawn, the target's scores of them."""

    row: Logged
    items: Sequence[str]
    draw: Draw
    scores: FloatArray
    best: int


def offpolicy_of(
    url: str,
    bundle: Bundle,
    kind: Kind,
    bundles_folder: Path,
    snapshot: Snapshot,
    learnt: KeyArray,
    rng: np.random.Generator,
    *,
    days: float = WINDOW_DAYS,
    watched: Callable[[Iterable[int]], Iterable[int]] = lambda rows: rows,
) -> OffPolicy | None:
    """Estimate from a store's log the reward of a bundle's ranker if it filled the exploration places.

    The target policy chooses, of all items that could have been drawn, the one it scores highest (for the bundle that made the
    list: the item of its own order). The reward is 1 if the person used the shown item (grade >= 1, an event that names the
    list) within `days`, else 0; windows still open count as known so far. Lists are replayed by their own bundles for the items
    that could have been drawn. Left out are lists shown up to the last event the bundle has learnt from (`learnt`, hashes), and
    those of people who have switched off or had a tag changed since. None without a logged personal list. With fewer than ten people there is no
    figure. Raises StoreError where the store cannot be read.
    """
    known = snapshot.events.known[lookup(np.sort(learnt), snapshot.events.event) >= 0]
    since = int(known.max()) + 1 if len(known) else 0
    notes = [Note("off_policy_learnt", {"since": datetime.fromtimestamp(since / 1e6, UTC).isoformat(timespec="minutes")})] * (
        since > 0
    )
    with Store.open(url, create=False) as store:
        lists, gone, rows = _explored(store, kind, since, snapshot)
        if gone:
            notes.append(Note("off_policy_switched", {"lists": gone}))
        if not rows:
            return OffPolicy.nothing("use", [Note("off_policy_off", {"lists": lists}), *notes]) if lists else None
        if len(rows) > MOST:
            notes.append(Note("off_policy_some", {"used": MOST, "lists": len(rows)}))
            rows = _some(rows)
        stage = Stage(store, bundles_folder, {bundle.name: bundle}, _STATES)
        places = [place for number in watched(range(len(rows))) if (place := _place(stage, rows[number], bundle.name))]
    if len(places) < len(rows):
        notes.append(Note("off_policy_differs", {"different": len(rows) - len(places), "lists": len(rows)}))
    if len({place.row["person_id"] for place in places}) < FEWEST:
        return OffPolicy.nothing("use", [Note("off_policy_people", {"least": FEWEST}), *notes])
    found = off_policy(
        slots_of(places, rewards(snapshot.events.where(snapshot.events.counted), [place.row for place in places], days)), rng
    )
    return replace(found, notes=(*found.notes, *notes))


def rewards(events: Events, rows: Sequence[Logged], days: float) -> FloatArray:
    """Return the reward of every logged row, shape (rows,): 1 for a use within the window by an event that names the list."""
    request, item, person = (keys_of(row[name] for row in rows) for name in ("request_id", "item_id", "person_id"))
    at = np.array([row["at"] for row in rows], dtype=np.int64)
    uses = events.where((events.grade > 0) & (events.request > 0))
    name, order = _shown(request, person, item), np.argsort(_shown(request, person, item), kind="stable")
    place = lookup(name[order], _shown(uses.request, uses.person, uses.item))
    uses, row = uses.where(place >= 0), order[place[place >= 0]]
    within = (uses.at >= at[row]) & (uses.at < at[row] + days * DAY)
    found = np.zeros(len(rows))
    found[row[within]] = 1.0
    return found


def slots_of(places: Sequence[Place], reward: FloatArray) -> Slots:
    """Return places with the target's choice.

    Cells of the reward model are the position, the quintile of the score, and whether the item is the order's own.
    """
    sizes = np.array([len(place.items) for place in places], dtype=np.int64)
    offsets: IntArray = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    best, taken = (np.array(told, dtype=np.int64) for told in zip(*((one.best, one.draw.taken) for one in places), strict=True))
    scores = np.concatenate([place.scores for place in places])
    target, own = np.zeros(len(scores)), np.zeros(len(scores), dtype=np.int64)
    target[offsets[:-1] + best] = 1.0
    own[offsets[:-1]] = 1
    _, position = np.unique([place.row["position"] for place in places], return_inverse=True)
    bucket = np.searchsorted(np.quantile(scores, np.linspace(0, 1, _BUCKETS + 1)[1:-1]), scores)
    return Slots(
        keys_of(place.row["person_id"] for place in places),
        reward,
        offsets[:-1] + taken,
        offsets,
        np.concatenate([place.draw.probability for place in places]),
        target,
        (np.repeat(position, sizes) * 2 + own) * _BUCKETS + bucket,
    )


def _explored(store: Store, kind: Kind, since: int, snapshot: Snapshot) -> tuple[int, int, list[Logged]]:
    """Return how many personal lists were logged, how many that explored may not be read any more, and the others' rows.

    Those are of people who are off now, or had a tag changed since: their lists know what was taken away.
    """
    changed = Rights(store.database).latest()
    lists, gone, rows, positions = 0, 0, list[Logged](), dict[str, int]()
    for frame in store.rankings(since, np.iinfo(np.int64).max):
        mine = frame[frame["kind"].eq(kind) & frame["person_version"].notna() & frame["asked"].notna()]
        lists += int(mine["position"].eq(1).sum())
        for asked in pd.unique(mine["asked"]):
            positions.setdefault(asked, json.loads(asked).get("explore", {}).get("position", 0))
        there = mine[mine["position"].eq(mine["asked"].map(positions)) & mine["propensity"].lt(1)]
        off = lookup(snapshot.off, keys_of(there["person_id"])) >= 0
        off |= microseconds(there["at"]) <= np.array([changed.get(who, -1) for who in there["person_id"]], dtype=np.int64)
        gone += int(off.sum())
        rows += plain_rows(there[~off].drop(columns="vector"))
    return lists, gone, rows


def _some(rows: Sequence[Logged]) -> list[Logged]:
    """Return `MOST` rows, in their order, chosen by the hash of the list's id."""
    chosen = np.sort(np.argsort(mixed(keys_of(row["request_id"] for row in rows)), kind="stable")[:MOST])
    return [rows[place] for place in chosen.tolist()]


def _place(stage: Stage, row: Logged, target: str) -> Place | None:
    """Return what could have stood in a logged place; None where the list made again is another one."""
    try:
        ranking = stage.ranking(row, row["bundle"])
        if ranking is None or ranking.draw is None:
            return None
        draw, scene = ranking.draw, ranking.scene
        items = [scene.items.ids[int(item)] for item in scene.pairs.item[draw.pairs]]
        if (items[draw.taken], float(draw.probability[draw.taken])) != (row["item_id"], row["propensity"]):
            return None
        scored = stage.scores(row, target, items)
    except SqrecError:
        return None
    if scored is None:
        return None
    scores, ties = scored
    return Place(row, items, draw, scores, 0 if target == row["bundle"] else int(by_score(scores, ties)[0]))


def _shown(request: KeyArray, person: KeyArray, item: KeyArray) -> KeyArray:
    return mixed(mixed(request) ^ item) ^ person

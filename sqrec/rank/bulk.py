"""Lists for everybody: the served recommender, person by person, written as they come."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sqrec.arrays import keys_of
from sqrec.columns import Kind
from sqrec.errors import RequestError
from sqrec.profile.profiler import Profiles
from sqrec.rank.attention import Loads
from sqrec.rank.capacity import lots
from sqrec.rank.recommender import Recommender
from sqrec.untyped import arrow, parquet

if TYPE_CHECKING:
    from sqrec.catalogue.snapshot import Snapshot

PEOPLE = 500
"""How many people are worked through at a time, so that memory stays flat."""
_SCHEMA = arrow.schema(
    [
        ("person_id", arrow.string()),
        ("kind", arrow.string()),
        ("item_id", arrow.string()),
        ("position", arrow.int64()),
        ("score", arrow.float64()),
        ("ranker", arrow.string()),
        ("at", arrow.timestamp("us", tz="UTC")),
    ]
)


def recommend_everybody(
    recommender: Recommender,
    snapshot: "Snapshot",
    kind: Kind,
    at: int,
    n: int,
    out: Path,
    watched: Callable[[Sequence[int]], Iterable[int]] = lambda rows: rows,
) -> tuple[int, int]:
    """Write the first `n` of everybody's served list to a Parquet file, in the shape of `recommendations`.

    People come `in_turn`, and what earlier lists show tempers later ones. Works through 500 people at a time, so that memory
    stays flat. Returns how many people got a list and how many the law refuses one; together they are all people of the snapshot.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    midnight = recommender.city.midnight(at)
    ids = in_turn(list(snapshot.people), midnight)
    given = loads_of_batch(recommender, snapshot, kind, midnight)
    refused = 0
    with parquet.ParquetWriter(out, _SCHEMA) as writer:
        for start in watched(range(0, len(ids), PEOPLE)):
            some = ids[start : start + PEOPLE]
            profiles = snapshot.ask(recommender.profiler, keys_of(some), np.full(len(some), at, dtype=np.int64))
            rows, unanswered = lists_of(recommender, snapshot, kind, profiles, some, n, given)
            writer.write_table(table_of(rows))
            refused += unanswered
    return len(ids) - refused, refused


def table_of(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return rows as an arrow table in the shape of `recommendations`."""
    return arrow.Table.from_pylist(rows, schema=_SCHEMA)


def lists_of(
    recommender: Recommender,
    snapshot: "Snapshot",
    kind: Kind,
    profiles: Profiles,
    ids: Sequence[str],
    n: int,
    given: Loads | None = None,
) -> tuple[list[dict[str, Any]], int]:
    """Return the rows of some people's served lists, one profile each, and how many of them the law refuses one.

    `given` are the loads of the batch, which every list adds to.
    """
    rows: list[dict[str, Any]] = []
    refused, policy = 0, recommender.served(kind)
    for place, person_id in enumerate(ids):
        try:
            ranking = recommender.recommend(profiles.row(place), kind, snapshot, policy, n, loads=given)
        except RequestError:
            refused += 1
            continue
        common = {"person_id": person_id, "kind": kind, "ranker": ranking.ranker, "at": int(profiles.at[place])}
        shown = zip(ranking.item[:n].tolist(), ranking.score[:n].tolist(), strict=True)
        rows += [
            common | {"item_id": snapshot.items[kind].ids[item], "position": rank, "score": score}
            for rank, (item, score) in enumerate(shown, start=1)
        ]
        if given:
            given.give(ranking.item[:n])
    return rows, refused


def in_turn(ids: Sequence[str], midnight: int) -> list[str]:
    """Return the ids of people in the order in which a batch serves them: by a hash of id and day.

    Whoever is served first finds the least crowded items; that is somebody else every day.
    """
    turns = lots(keys_of(ids), midnight)
    return [str(ids[place]) for place in np.lexsort((np.array(ids, dtype=np.str_), turns)).tolist()]


def loads_of_batch(recommender: Recommender, snapshot: "Snapshot", kind: Kind, midnight: int) -> Loads | None:
    """Return the loads that a batch begins with, those of the midnight; None in a city without a rule for capacity."""
    capacity = recommender.city.capacity
    return snapshot.loads(kind, midnight, capacity.days).copy() if capacity else None


def taken_up(given: Loads, snapshot: "Snapshot", kind: Kind, lists: Any) -> None:
    """Add lists that were written before (an arrow table of `table_of`, in its order), as `lists_of` has done."""
    position = lists["position"].to_numpy()
    items = snapshot.items[kind].find(keys_of(lists["item_id"].to_pylist()))
    for one in np.split(items, np.flatnonzero(position == 1)):
        given.give(one)

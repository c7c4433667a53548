"""Lists for everybody: the served recommender, person by person, written while they are computed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sqrec.base.arrays import keys_of
from sqrec.catalogue.attention import Loads
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.errors import DataError, RequestError
from sqrec.profile.profiler import Profiles
from sqrec.push.listfile import ending_of, list_file
from sqrec.rank.capacity import lots
from sqrec.rank.policy import Policy
from sqrec.rank.ranking import Ranking
from sqrec.rank.recommender import Recommender

PEOPLE = 500
"""How many people are worked through at a time, so that memory stays flat."""
_SCHEMA = pa.schema(
    [
        ("person_id", pa.string()),
        ("kind", pa.string()),
        ("item_id", pa.string()),
        ("position", pa.int64()),
        ("score", pa.float64()),
        ("ranker", pa.string()),
        ("at", pa.timestamp("us", tz="UTC")),
    ]
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Count people by outcome: a list, an empty list by law or for lack of items, a refusal by law, a list that must not leave."""

    served: int = 0
    barred: int = 0
    without_items: int = 0
    refused: int = 0
    withheld: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    @property
    def answered(self) -> int:
        """The number of people with an answer that may leave."""
        return self.served + self.barred + self.without_items

    @classmethod
    def of(cls, ranking: Ranking | None) -> "Tally":
        """Count one person's ranking; None was refused."""
        if ranking is None:
            return cls(refused=1)
        return cls(served=1) if len(ranking.order) else cls(barred=1) if ranking.scene.limited else cls(without_items=1)

    def __str__(self) -> str:
        whole = sum(astuple(self))
        held = f" + {self.withheld} withheld, switched off, changed or without consent" if self.withheld else ""
        return (
            f"{self.served} people served + {self.barred} empty by law + {self.without_items} empty for lack of items + "
            f"{self.refused} refused by law{held} = {whole}"
        )


def recommend_everybody(
    recommender: Recommender,
    snapshot: Snapshot,
    kind: Kind,
    at: int,
    n: int,
    out: Path,
    watched: Callable[[Sequence[int]], Iterable[int]] = lambda rows: rows,
) -> Tally:
    """Write the first `n` items of everybody's served list to a file with the columns of `recommendations`: Parquet or CSV, by its ending.

    People come `in_turn`, and what earlier lists show tempers later ones. Works through 500 people at a time, so that memory
    stays flat. Returns what came of all people of the snapshot. Raises DataError for a kind that is not
    there, and for another ending, before anything is ranked.
    """
    ending = ending_of(out)
    check_kind(recommender, snapshot, kind)
    out.parent.mkdir(parents=True, exist_ok=True)
    midnight = recommender.city.midnight(at)
    ids = in_turn(list(snapshot.people), midnight)
    given = loads_of_batch(recommender, snapshot, kind, midnight)
    tally = Tally()
    with list_file(out, _SCHEMA, ending) as writer:
        for start in watched(range(0, len(ids), PEOPLE)):
            some = ids[start : start + PEOPLE]
            profiles = snapshot.ask(recommender.profiler, keys_of(some), np.full(len(some), at, dtype=np.int64))
            rows, came_of = lists_of(recommender, snapshot, kind, profiles, some, n, given)
            writer.write_table(table_of(rows))
            tally += came_of
    return tally


def check_kind(recommender: Recommender, snapshot: Snapshot, kind: Kind) -> None:
    """Raise DataError where a kind is not both in the bundle and among the data's tables."""
    missing = [name for name, kinds in (("the bundle", recommender.rows), ("the data", snapshot.items)) if kind not in kinds]
    if missing:
        raise DataError(f"There are no {kind}s in {' and '.join(missing)}: train that kind, or name another kind or other data.")


def table_of(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return rows as an arrow table with the columns of `recommendations`."""
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def lists_of(
    recommender: Recommender,
    snapshot: Snapshot,
    kind: Kind,
    profiles: Profiles,
    ids: Sequence[str],
    n: int,
    given: Loads | None = None,
) -> tuple[list[dict[str, Any]], Tally]:
    """Return the rows of some people's served lists, one profile each, and what came of all of them.

    `given` are the loads of the batch, which every list adds to.
    """
    rows: list[dict[str, Any]] = []
    tally, policy = Tally(), recommender.served(kind)
    for place, person_id in enumerate(ids):
        ranking = _ranked(recommender, profiles.row(place), kind, snapshot, policy, n, given)
        tally += Tally.of(ranking)
        if ranking is None:
            continue
        common = {"person_id": person_id, "kind": kind, "ranker": ranking.ranker, "at": int(profiles.at[place])}
        shown = zip(ranking.item[:n].tolist(), ranking.score[:n].tolist(), strict=True)
        rows += [
            common | {"item_id": snapshot.items[kind].ids[item], "position": rank, "score": score}
            for rank, (item, score) in enumerate(shown, start=1)
        ]
        if given:
            given.give(ranking.item[:n])
    return rows, tally


def _ranked(
    recommender: Recommender, profile: Profiles, kind: Kind, snapshot: Snapshot, policy: Policy, n: int, given: Loads | None
) -> Ranking | None:
    try:
        return recommender.recommend(profile, kind, snapshot, policy, n, loads=given)
    except RequestError:
        return None


def in_turn(ids: Sequence[str], midnight: int) -> list[str]:
    """Return the ids of people in the order in which a batch serves them: by a hash of id and day.

    Whoever is served first finds the least crowded items; that is somebody else every day.
    """
    turns = lots(keys_of(ids), midnight)
    return [str(ids[place]) for place in np.lexsort((np.array(ids, dtype=np.str_), turns)).tolist()]


def loads_of_batch(recommender: Recommender, snapshot: Snapshot, kind: Kind, midnight: int) -> Loads | None:
    """Return the attention loads before a batch, those of the midnight; None in a city without a rule for capacity."""
    capacity = recommender.city.capacity
    return snapshot.loads(kind, midnight, capacity.days).copy() if capacity else None


def taken_up(given: Loads, snapshot: Snapshot, kind: Kind, lists: Any) -> None:
    """Add lists that were written before (an arrow table of `table_of`, in its order), as `lists_of` has done."""
    position = lists["position"].to_numpy()
    items = snapshot.items[kind].find(keys_of(lists["item_id"].to_pylist()))
    for one in np.split(items, np.flatnonzero(position == 1)):
        given.give(one)

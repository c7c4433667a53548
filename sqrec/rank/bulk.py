"""Lists for everybody: the served recommender, person by person, written as they come."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sqrec.arrays import keys_of
from sqrec.columns import Kind
from sqrec.errors import RequestError
from sqrec.profile.profiler import Profiles
from sqrec.rank.policy import SERVED
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

    Works through 500 people at a time, so that memory stays flat. Returns how many people got a list and how many the
    law refuses one; together they are all people of the snapshot.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    ids = list(snapshot.people)
    refused = 0
    with parquet.ParquetWriter(out, _SCHEMA) as writer:
        for start in watched(range(0, len(ids), PEOPLE)):
            some = ids[start : start + PEOPLE]
            profiles = snapshot.ask(recommender.profiler, keys_of(some), np.full(len(some), at, dtype=np.int64))
            rows, unanswered = lists_of(recommender, snapshot, kind, profiles, some, n)
            writer.write_table(table_of(rows))
            refused += unanswered
    return len(ids) - refused, refused


def table_of(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return rows as an arrow table in the shape of `recommendations`."""
    return arrow.Table.from_pylist(rows, schema=_SCHEMA)


def lists_of(
    recommender: Recommender, snapshot: "Snapshot", kind: Kind, profiles: Profiles, ids: Sequence[str], n: int
) -> tuple[list[dict[str, Any]], int]:
    """Return the rows of some people's served lists, one profile each, and how many of them the law refuses one."""
    rows: list[dict[str, Any]] = []
    refused = 0
    for place, person_id in enumerate(ids):
        try:
            ranking = recommender.recommend(profiles.row(place), kind, snapshot, SERVED, n)
        except RequestError:
            refused += 1
            continue
        common = {"person_id": person_id, "kind": kind, "ranker": ranking.ranker, "at": int(profiles.at[place])}
        shown = zip(ranking.item[:n].tolist(), ranking.score[:n].tolist(), strict=True)
        rows += [
            common | {"item_id": snapshot.items[kind].ids[item], "position": rank, "score": score}
            for rank, (item, score) in enumerate(shown, start=1)
        ]
    return rows, refused

"""Lists for everybody: the served recommender, person by person, written as they come."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sqrec.arrays import keys_of
from sqrec.columns import Kind
from sqrec.errors import RequestError
from sqrec.rank.policy import SERVED
from sqrec.rank.recommender import Recommender
from sqrec.untyped import arrow, parquet

if TYPE_CHECKING:
    from sqrec.catalogue.snapshot import Snapshot

_PEOPLE = 500
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
        for start in watched(range(0, len(ids), _PEOPLE)):
            rows, unanswered = _lists(recommender, snapshot, kind, at, n, ids[start : start + _PEOPLE])
            writer.write_table(arrow.Table.from_pylist(rows, schema=_SCHEMA))
            refused += unanswered
    return len(ids) - refused, refused


def _lists(
    recommender: Recommender, snapshot: "Snapshot", kind: Kind, at: int, n: int, ids: Sequence[str]
) -> tuple[list[dict[str, Any]], int]:
    profiles = snapshot.ask(recommender.profiler, keys_of(ids), np.full(len(ids), at, dtype=np.int64))
    rows: list[dict[str, Any]] = []
    refused = 0
    for place, person_id in enumerate(ids):
        try:
            ranking = recommender.recommend(profiles.row(place), kind, snapshot, SERVED, n)
        except RequestError:
            refused += 1
            continue
        common = {"person_id": person_id, "kind": kind, "ranker": ranking.ranker, "at": at}
        shown = zip(ranking.item[:n].tolist(), ranking.score[:n].tolist(), strict=True)
        rows += [
            common | {"item_id": snapshot.items[kind].ids[item], "position": rank, "score": score}
            for rank, (item, score) in enumerate(shown, start=1)
        ]
    return rows, refused

"""The worlds by name, and their tables as a data folder."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Protocol

import pandas as pd

from experiments.worlds import digest, lanes, nearest, quarters, satisficing, searching, shifts, slates, two_sided, word_of_mouth
from experiments.worlds.cells import AS_OF


class World(Protocol):
    """Makes the tables of a world."""

    def __call__(self, people: int, seed: int, *, impressions: bool = True) -> dict[str, pd.DataFrame]:
        """Return people, jobs, courses, amenities, events and utilities by name.

        `people` is the number of residents; the same numbers give the same tables. `impressions` False leaves out those rows alone.
        """
        ...


WORLDS: Mapping[str, World] = {
    "slates": slates.make,
    "satisficing": satisficing.make,
    "nearest": nearest.make,
    "two_sided": two_sided.make,
    "word_of_mouth": word_of_mouth.make,
    "searching": searching.make,
    "digest": digest.make,
    "shifts": shifts.make,
}
"""Worlds with which rankers were developed, or that were evaluated before the last change of a ranker."""

LAST: Mapping[str, World] = {"lanes": lanes.make, "quarters": quarters.make}
"""Worlds that are evaluated once, after the last change of a ranker."""


def write(tables: Mapping[str, pd.DataFrame], out: Path, as_of: date = AS_OF) -> Path:
    """Write tables into a folder that `sqrec check` accepts, and return the folder."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(out / f"{name}.parquet", index=False)
    told = {"city": "qingdao", "crs": "WGS84", "as_of": as_of.isoformat(), "synthetic": True}
    (out / "folder.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return out

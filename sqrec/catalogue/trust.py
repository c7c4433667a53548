"""What counts: the one rule by which serving, training and reports tell which events and lists feed counts, prices and learning.

An event says who wrote it (`writer`) and, where it lay above a cap when it came, above which (`uncounted`): `sqrec.store.taking` decides
that once, so that what counted at a midnight counts for ever. Without a writer it was imported by an operator, and is trusted.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sqrec.base.arrays import BoolArray
from sqrec.contract import Kind
from sqrec.profile.history import Events
from sqrec.tables import Folder

NOBODY = "nobody"
"""The writer of lists that nobody with a key for residents asked for: they feed nothing."""
DEMO = "demo"
"""The writer of whatever comes to the demo of an invented city: it counts there alone."""
CAPS: Mapping[str, str] = {
    "person": "more events of this person than count in a day",
    "person_item": "the same of this person and item more often than counts in a day",
    "item": "more events with this item than count in a day from one writer",
    "writer": "more events than count in a day from one writer",
}
"""Values of `uncounted`, each the name of its cap in the city file, in words."""
FLOODS = ("person", "person_item")
"""Caps on one person's own events: what lies above them is no part of the person's history either."""


def untrusted(*, synthetic: bool) -> tuple[str, ...]:
    """Return the writers whose events and lists feed nothing, in invented data or real ones."""
    return (NOBODY,) if synthetic else (NOBODY, DEMO)


def counted(table: pd.DataFrame, *, synthetic: bool) -> BoolArray:
    """Mark the rows of the table `events` that feed counts, training and reports."""
    return _trusted(table, synthetic=synthetic) & ~_known(table, "uncounted")


def listed(rankings: pd.DataFrame, *, synthetic: bool) -> pd.DataFrame:
    """Return the rows of the table `rankings` that feed prices and training."""
    trusted = _trusted(rankings, synthetic=synthetic)
    return rankings if trusted.all() else rankings[trusted].reset_index(drop=True)


def events_of(folder: Folder) -> Events:
    """Return the events of a folder's people, with marks of those that count; none ahead of the clock, none where it has no such table."""
    table = folder.events()
    if table is None:
        return Events.none()
    table = _without_floods(table)
    return Events.of(table, counted(table, synthetic=folder.config.synthetic))


def learnt_from(folder: Folder) -> pd.DataFrame | None:
    """Return the rows of a folder's table `events` that count; None without such a table."""
    table = folder.events()
    if table is None:
        return None
    marks = counted(table, synthetic=folder.config.synthetic)
    return table if marks.all() else table[marks].reset_index(drop=True)


def capped(kind: Sequence[Kind], item: Sequence[str], writer: Sequence[str], times: Sequence[int], most: int) -> list[int]:
    """Return how many of some lists count, at most `most` of a writer's for an item; rows of one writer and item come best place first."""
    frame = pd.DataFrame({"kind": kind, "item": item, "writer": writer, "times": times})
    so_far: Any = frame.groupby(["writer", "kind", "item"], sort=False)["times"].cumsum() - frame["times"]
    return np.clip(most - so_far.to_numpy(np.int64), 0, frame["times"].to_numpy(np.int64)).tolist()


def _without_floods(table: pd.DataFrame) -> pd.DataFrame:
    if not _known(table, "uncounted").any():
        return table
    return table[~table["uncounted"].isin(FLOODS)].reset_index(drop=True)


def _trusted(table: pd.DataFrame, *, synthetic: bool) -> BoolArray:
    if not _known(table, "writer").any():
        return np.ones(len(table), np.bool_)
    return ~table["writer"].isin(untrusted(synthetic=synthetic)).to_numpy(np.bool_)


def _known(table: pd.DataFrame, column: str) -> BoolArray:
    return table[column].notna().to_numpy(np.bool_) if column in table else np.zeros(len(table), np.bool_)

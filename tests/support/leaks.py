"""The small city with one event more, and the rows it gives: what must not change when something was not yet known."""

from pathlib import Path

import numpy as np

from features import JOB_ROWS, PROFILE
from sqrec.base.arrays import key_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.profile import Profiles
from sqrec.rank import Recommender
from sqrec.reach.walk import StraightLine
from sqrec.tables import read_folder
from tests.support import tiny

AT = tiny.micros("2026-07-20T12:00")
"""When the people of the small city are asked for."""


def world(folder: Path) -> tuple[Recommender, Snapshot]:
    """Read a folder of jobs, people and events."""
    read = read_folder(folder, write_rejected=False)
    assert not read.problems, read.problems[:3]
    profiler = PROFILE.fit({"job": read.tables["jobs"]})
    snapshot = Snapshot.of(read, profiler)
    return Recommender(profiler, read.city, StraightLine.of(read.city), {"job": JOB_ROWS}, {}, {}), snapshot


def ask(recommender: Recommender, snapshot: Snapshot, person: str, at: int = AT) -> Profiles:
    """Return what was known of one person at a moment."""
    return snapshot.ask(recommender.profiler, np.array([key_of(person)], np.uint64), np.array([at]))


def rows_of(recommender: Recommender, snapshot: Snapshot, person: str, at: int = AT) -> dict[str, np.ndarray]:
    """Return the row of every item, by the item's id."""
    profile, items = ask(recommender, snapshot, person, at), snapshot.items["job"]
    pairs = recommender.pairs(profile, items, np.arange(len(items)))
    return dict(zip(items.ids, recommender.build(profile, snapshot, "job", pairs), strict=True))


def same(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]) -> bool:
    """Tell whether all rows are equal to the bit."""
    return ours.keys() == theirs.keys() and all(np.array_equal(ours[i], theirs[i], equal_nan=True) for i in ours)


def with_event(folder: Path, **event: str) -> tuple[Recommender, Snapshot]:
    """Return the city with one event more: p05 applies for j01, unless said otherwise."""
    row = {"event_id": "extra", "person_id": "p05", "kind": "job", "item_id": "j01", "event": "apply"} | event
    return world(
        tiny.write(folder / event["at"][:13], {"jobs": tiny.jobs(), "people": tiny.people(), "events": [*tiny.events(), row]})
    )

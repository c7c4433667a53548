"""A small world of given tables, and one column's value for every item: what tests of columns by hand ask."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from features import PROFILE
from sqrec.base.arrays import key_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import TABLE_OF_KIND, Kind
from sqrec.profile import Person, Profiles
from sqrec.rank import Recommender, RowBuilder
from sqrec.rank.rows import Column
from sqrec.reach.walk import StraightLine
from sqrec.tables import read_folder
from tests.support import tiny

AT = tiny.micros("2026-07-20T12:00")
"""When everybody is asked for, unless said otherwise: 20:00 in Qingdao, whose day began at 16:00 UTC the day before."""

World = tuple[Recommender, Snapshot]


def world(folder: Path, **tables: Sequence[dict[str, Any]]) -> World:
    """Write and read tables of items, skills, people and events; rows are given with each question."""
    read = read_folder(tiny.write(folder, tables), write_rejected=False)
    assert not read.problems, read.problems[:3]
    kinds: list[Kind] = [kind for kind, table in TABLE_OF_KIND.items() if table in read.tables]
    profiler = PROFILE.fit({kind: read.tables[TABLE_OF_KIND[kind]] for kind in kinds}, read.tables.get("skills"))
    return Recommender(profiler, read.city, StraightLine.of(read.city), {}, {}, {}), Snapshot.of(read, profiler)


def event(person: str, item: str, at: str, event: str = "visit", kind: Kind = "amenity", **more: str) -> dict[str, str]:
    """Return an event at a moment UTC."""
    told = {"person_id": person, "kind": kind, "item_id": item, "event": event, "at": f"{at}:00Z"} | more
    return {"event_id": "|".join(told.values())} | told


def who(asked: World, person: str, at: int = AT) -> Profiles:
    """Return what was known of somebody at a moment."""
    recommender, snapshot = asked
    return snapshot.ask(recommender.profiler, np.array([key_of(person)], np.uint64), np.array([at]))


def nameless(asked: World, person: str | None = None, at: int = AT, **facts: Any) -> Profiles:
    """Return somebody without an id, with some facts, and the history of a person with one."""
    history: Any = who(asked, person, at).history[0] if person else {}
    return asked[0].profiler.profiles([Person(**facts)], np.array([at]), [history], np.array([0], np.uint64))


def rows(asked: World, kind: Kind, columns: Sequence[Column], profile: Profiles) -> np.ndarray:
    """Return the row of every item."""
    recommender, snapshot = asked
    items = snapshot.items[kind]
    pairs = recommender.pairs(profile, items, np.arange(len(items)))
    midnight = np.array([recommender.city.midnight(int(at)) for at in profile.at])
    jobs = snapshot.items.get("job")
    return RowBuilder(tuple(columns)).build(profile, items, pairs, snapshot.counts[kind], midnight, jobs)


def values(asked: World, kind: Kind, column: Column, profile: Profiles) -> dict[str, float]:
    """Return one column by the items' ids."""
    return dict(zip(asked[1].items[kind].ids, rows(asked, kind, [column], profile)[:, 0].tolist(), strict=True))


def close(found: dict[str, float], **expected: float) -> bool:
    """Tell whether these values were found, to nine digits."""
    return all(np.isclose(found[name], value, rtol=1e-9, atol=0.0, equal_nan=True) for name, value in expected.items())

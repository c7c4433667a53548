"""Where being out of work sends a person, and places for whom a need is told: hand-made places around one home."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features import AMENITY_ROWS, PROFILE
from sqrec.base.arrays import keys_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import TABLE_OF_KIND, Kind
from sqrec.profile import Person
from sqrec.profile.history import History
from sqrec.rank import Linear, Ranker, Recommender, RowBuilder
from sqrec.rank.ranking import Ranking
from sqrec.rank.wish import ANSWERS, OTHERS, RELATED, UNFIT
from sqrec.reach.walk import StraightLine
from sqrec.tables import read_folder
from tests.support import tiny

ROWS: dict[Kind, RowBuilder] = {"amenity": AMENITY_ROWS}
AT = tiny.micros("2026-07-20T12:00")
LON, LAT = 120.0, 36.0
MINUTE = 0.00055
"""About a minute on foot to the north, degrees."""
COOK = "4-03-02-02"
PLACES = [
    ("shop", "supermarket", 1),
    ("market", "market", 2),
    ("bank", "bank", 3),
    ("clinic", "clinic", 4),
    ("station", "employment_station", 9),
    ("other station", "employment_station", 12),
    ("nursery", "childcare", 1),
    ("other nursery", "childcare", 40),
]
World = tuple[Recommender, Snapshot]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    tables: dict[str, Any] = {
        "amenities": [
            {"amenity_id": name, "name": name, "type": kind, "lon": f"{LON}", "lat": f"{LAT + minutes * MINUTE}"}
            for name, kind, minutes in PLACES
        ],
        "people": [{"person_id": "p"}],
        "events": [],
    }
    home: Path = tmp_path_factory.mktemp("situations")
    folder = read_folder(tiny.write(home, tables), write_rejected=False)
    kinds: tuple[Kind, ...] = ("amenity",)
    profiler = PROFILE.fit({kind: folder.tables[TABLE_OF_KIND[kind]] for kind in kinds}, None)
    rankers: dict[Kind, Ranker] = {kind: Linear.of(one.names, {"minutes": -1.0}) for kind, one in ROWS.items()}
    made = Recommender(profiler, folder.city, StraightLine.of(folder.city), ROWS, {}, rankers, repeats=frozenset({"amenity"}))
    return made, Snapshot.of(folder, profiler)


def ranked(world: World, kind: Kind, history: Mapping[Kind, History] | None = None, **facts: Any) -> Ranking:
    recommender, snapshot = world
    person = Person(**{"lon": LON, "lat": LAT, **facts})
    profile = recommender.profiler.profiles([person], np.array([AT]), [history or {}], np.array([0], np.uint64))
    return recommender.recommend(profile, kind, snapshot, recommender.served(kind), 20)


def turns(world: World, kind: Kind, history: Mapping[Kind, History] | None = None, **facts: Any) -> dict[str, int]:
    found = ranked(world, kind, history, **facts)
    rows: list[int] = found.scene.pairs.item.tolist()
    return {found.scene.items.ids[row]: turn for row, turn in zip(rows, found.turns.turn.tolist(), strict=True)}


def order(world: World, **facts: Any) -> list[str]:
    found = ranked(world, "amenity", **facts)
    rows: list[int] = found.item.tolist()
    return [found.scene.items.ids[row] for row in rows]


def test_who_looks_for_work_is_sent_to_the_nearest_station_in_third_place(world: World) -> None:
    assert order(world, employment="unemployed")[:4] == ["shop", "market", "station", "bank"]
    assert order(world, employment="student", desired=(COOK,))[2] == "station"
    for told in ({"employment": "employed", "desired": (COOK,)}, {"employment": "student"}, {}):
        assert order(world, **told)[2] == "bank"
    needs = ("type:supermarket", "type:market", "type:bank", "type:clinic")
    assert order(world, employment="unemployed", needs=needs)[:5] == ["shop", "market", "bank", "clinic", "station"]


def test_childcare_is_for_a_told_need_or_for_who_used_it(world: World) -> None:
    assert turns(world, "amenity")["nursery"] == UNFIT
    assert turns(world, "amenity", needs=("domain:childcare",))["nursery"] == ANSWERS
    assert turns(world, "amenity", needs=("type:childcare",))["other nursery"] == OTHERS
    assert order(world)[-2:] == ["nursery", "other nursery"]
    one = np.array([1])
    used = replace(History.none(), item=keys_of(["other nursery"]), at=AT - one, grade=one, times=one)
    assert turns(world, "amenity", {"amenity": History.none()})["nursery"] == UNFIT
    assert turns(world, "amenity", {"amenity": used})["nursery"] == OTHERS


def test_the_station_has_a_turn_of_its_own(world: World) -> None:
    found = turns(world, "amenity", employment="unemployed")
    assert [name for name, turn in found.items() if turn == RELATED] == ["station"]

"""What is proposed of wanted trades: every trade's nearest before any trade's second, and what is bound to no place beside them."""

import numpy as np
import pytest

from features import PROFILE
from sqrec.base.arrays import FloatArray
from sqrec.catalogue.snapshot import Snapshot
from sqrec.profile import Person
from sqrec.reach.straight import directions
from sqrec.tables import read_folder
from tests.support import tiny

COOK, GUARD = "4-03-02-02", "4-07-05-01"
JOBS = [
    ("cook near", COOK, "36.001", "on_site"),
    ("cook farther", COOK, "36.002", "on_site"),
    ("cook farthest", COOK, "36.003", "on_site"),
    ("cook nowhere told", COOK, "", "on_site"),
    ("guard far", GUARD, "36.040", "on_site"),
    ("cook online, old", COOK, "36.9", "remote"),
    ("cook online, new", COOK, "", "remote"),
]
NOWHERE = directions(np.array([np.nan]), np.array([np.nan]))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    rows = [
        {
            "job_id": name,
            "title": name,
            "occupation": code,
            "lat": lat,
            "lon": "120.0" if lat else "",
            "mode": mode,
            "published_at": f"2026-0{number + 1}-01",
        }
        for number, (name, code, lat, mode) in enumerate(JOBS)
    ]
    folder = read_folder(tiny.write(tmp_path_factory.mktemp("index"), {"jobs": rows}), write_rejected=False)
    return Snapshot.of(folder, PROFILE.fit({"job": folder.tables["jobs"]}))


def proposed(snapshot: Snapshot, here: FloatArray, size: int = 10) -> list[str]:
    index = snapshot.index["job"]
    wanted = PROFILE.fit({"job": index.items.table}).profiles(
        [Person(desired=(COOK, GUARD))], np.array([0]), [{}], np.zeros(1, np.uint64)
    )
    return [index.items.ids[row] for row in index.of_trades(wanted.codes("desired", 0)[:, 2], here, size)]


def test_a_small_trade_and_online_work_are_not_crowded_out(snapshot: Snapshot) -> None:
    found = proposed(snapshot, directions(np.array([120.0]), np.array([36.0])))
    assert sorted(found[:3]) == ["cook near", "cook online, new", "guard far"]
    assert sorted(found[3:5]) == ["cook farther", "cook online, old"]
    assert found[5:] == ["cook farthest", "cook nowhere told"]


def test_without_a_point_every_trade_has_its_turn_too(snapshot: Snapshot) -> None:
    found = proposed(snapshot, NOWHERE, 3)
    assert len(found) == 3
    assert {"guard far", "cook online, new"} < set(found)

"""What share of the best list is got, by hand."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.questions.judge_worlds import RANKERS, WISHLESS, Judged, shares
from sqrec.rank import ItemFact, Linear, OnRows, Popularity, RowBuilder
from tests.support.asked import event, world

PLACES = [
    {"amenity_id": f"a{n:02d}", "name": f"{n}号", "type": ("canteen", "market", "gym", "pharmacy")[n % 4], "capacity": n + 1}
    for n in range(12)
]
"""Three of every type: nothing that is served spreads them."""
ROWS = RowBuilder((ItemFact("capacity"), Popularity("item")))
PLAIN = RowBuilder((ItemFact("capacity"),))


def discounted(gains: list[float]) -> float:
    return float(sum(gain / np.log2(place + 2) for place, gain in enumerate(gains[:10])))


def utilities(**gains: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"person_id": person, "kind": "amenity", "item_id": f"a{n:02d}", "at": pd.Timestamp("2026-07-20T12:00", tz="UTC")}
            | {"utility": gain, "observable": gain}
            for person, told in gains.items()
            for n, gain in enumerate(told)
        ]
    )


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    """Ask for three people: the ranker has the largest places first, plain the smallest; a05 is the popular one."""
    told = [event(f"z{n}", "a05", "2026-07-10T04:00") for n in range(5)]
    people = [{"person_id": name} for name in ("all", "one", "nothing", *(f"z{n}" for n in range(5)))]
    path: Path = tmp_path_factory.mktemp("places")
    recommender, snapshot = world(path, amenities=PLACES, people=people, events=told)
    made: Any = SimpleNamespace(
        recommender=lambda: type(recommender)(
            recommender.profiler,
            recommender.city,
            recommender.walk,
            {"amenity": ROWS},
            {"amenity": Linear.of(ROWS.names, {"item_capacity": 1.0})},
            {},
        ),
        references={"amenity": OnRows(PLAIN, Linear.of(PLAIN.names, {"item_capacity": -1.0}))},
    )
    folder: Any = SimpleNamespace(
        tables={
            "utilities": utilities(
                all=[float(n) for n in range(12)],
                one=[float(n == 5) for n in range(12)],
                nothing=[0.0] * 12,
            )
        }
    )
    return shares(made, snapshot, folder, "amenity")


def test_the_best_list_has_all_and_who_can_gain_nothing_is_left_out(found: dict[str, np.ndarray]) -> None:
    assert tuple(found) == (*RANKERS, WISHLESS)
    assert {len(values) for values in found.values()} == {2}
    assert 1.0 in found["score order"].round(12)
    np.testing.assert_array_equal(found["served"], found["score order"])


def test_shares_by_hand(found: dict[str, np.ndarray]) -> None:
    """The largest first: a05 stands at place 7; the smallest first: at place 6, and the gains are 0, 1, 2, …; popular is a05."""
    assert sorted(found["score order"]) == pytest.approx([1 / np.log2(8), 1.0])
    best = discounted([float(n) for n in range(11, 1, -1)])
    assert sorted(found["plain"]) == pytest.approx(sorted([1 / np.log2(7), discounted([float(n) for n in range(10)]) / best]))
    assert found["popularity"].max() == pytest.approx(1.0)


def test_a_row_of_the_table_has_means_and_paired_gaps() -> None:
    values = {name: np.full(40, share) for name, share in zip(RANKERS, (0.2, 0.5, 0.4, 0.6), strict=True)}
    cells = [cell.strip() for cell in Judged("somewhere", "job", values).line().strip("|").split("|")]
    assert cells[:3] == ["somewhere", "job", "40"]
    assert cells[3] == "0.200 (0.200–0.200)"
    gaps = ["**-0.100 (-0.100 to -0.100)**", "+0.100 (+0.100 to +0.100)", "+0.200 (+0.200 to +0.200)"]
    assert cells[7:] == [*gaps, ""]
    asked = values | {WISHLESS: np.full(40, 0.7)}
    assert Judged("somewhere", "job", asked).line().strip("|").split("|")[-1].strip() == "**-0.100 (-0.100 to -0.100)**"

"""One key cannot move an item in other people's lists: 1,000 events and 1,000 lists against 200 residents of a small city."""

from pathlib import Path

import numpy as np
import pytest

from experiments.questions.poisoning import Moved, moves
from sqrec import bundle as bundles
from sqrec.rank import Linear
from tests.support import crowd, tiny


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the small city with two hundred people, whose events made every job known before."""
    rng = np.random.default_rng(7)
    people = [
        row | {"person_id": f"p{number}-{row['person_id']}", "lon": 120.355 + 0.0245 * rng.random()}
        for number in range(4)
        for row in crowd.people()
    ][:200]
    events = [
        row | {"event_id": f"{number}-{row['event_id']}", "person_id": f"p{number}-{row['person_id']}"}
        for number in range(3)
        for row in crowd.events()
    ]
    return tiny.write(tmp_path_factory.mktemp("poisoned"), {"jobs": tiny.jobs(), "people": people, "events": events})


def moved(city: Path, small: Path, place: Path, *, capped: bool) -> tuple[int, Moved]:
    """Attack the job that stands in most lists, which go by distance and popularity."""
    bundle = bundles.load(bundles.current(small / "var" / "bundles"))
    weights = {"minutes": -0.05, "popularity_item": 1.0}
    recommender = bundle.recommender().with_ranker("job", Linear.of(bundle.kinds["job"].rows.names, weights))
    told = {"most": 200, "targets": 1, "count": 1000, "place": place, "ways": ("item",), "ruled": (capped,)}
    ((*_, counted, found),) = moves(city, recommender, "job", **told)
    return counted, found


def test_one_key_moves_an_item_by_one_place_at_most(city: Path, small: Path, tmp_path: Path) -> None:
    counted, found = moved(city, small, tmp_path, capped=True)
    assert (counted, len(found.before)) == (1, 200)
    assert found.within_one >= 0.95


def test_without_caps_the_item_moves(city: Path, small: Path, tmp_path: Path) -> None:
    """The test above can fail."""
    counted, found = moved(city, small, tmp_path, capped=False)
    assert counted == 1000
    assert found.within_one < 0.5


def test_places_and_moves_by_hand() -> None:
    """Beyond the first fifty every place is one: 2 → 3 is one place, 49 → 51 two, 60 → 70 none, absent → 1 fifty."""
    one = Moved(np.array([2, 49, 60, 0]), np.array([3, 51, 70, 1]))
    assert (one.seen, one.farthest) == (3, 50)
    assert one.within_one == pytest.approx(1 / 3)
    assert one.of_all == pytest.approx(2 / 4)

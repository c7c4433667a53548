"""Whether shown lists are personal: lists of what is near to each person, lists that are the same for all, and some of both."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features import PROFILE
from sqrec.base.arrays import keys_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.rank import Minutes, Recommender, RowBuilder
from sqrec.reach.walk import StraightLine
from sqrec.tables import read_folder
from tests.support import tiny
from tests.support.asked import event
from training.logged import ShownLists
from training.overlap import _neighbours, _used, overlap_before, overlap_of
from training.rows import FEWEST_LISTS

PEOPLE, PLACES, LENGTH = 160, 60, 6
WEST, EAST = 120.30, 120.40
Draw = Callable[[np.random.Generator, bool], np.ndarray]


def near(rng: np.random.Generator, west: bool) -> np.ndarray:
    """Show each person places of her side of the town."""
    return rng.choice(PLACES // 2, LENGTH, replace=False) + (0 if west else PLACES // 2)


def any_side(rng: np.random.Generator, west: bool) -> np.ndarray:
    """Show everybody the same twelve places."""
    return rng.choice(12, LENGTH, replace=False) * 5


def half(rng: np.random.Generator, west: bool) -> np.ndarray:
    """Show half of the lists as `near`, half as `any_side` does."""
    return near(rng, west) if rng.random() < 0.5 else any_side(rng, west)


class Town:
    """Hold a folder of shown lists, and what trains on it."""

    def __init__(self, folder: Path, draw: Draw, people: int = PEOPLE) -> None:
        rng, events = np.random.default_rng(3), []
        for number in range(people):
            day, request = f"2026-07-{1 + number % 27:02d}", f"r{number}"
            told = {"request_id": request}
            shown = draw(rng, number % 2 == 0)
            events += [
                event(f"p{number}", f"a{item}", f"{day}T12:00", "impression", **told) | {"position": place}
                for place, item in enumerate(shown, 1)
            ]
            events.append(event(f"p{number}", f"a{shown[0]}", f"{day}T13:00", **told))
        sides = [{"lat": 36.08 + 0.0001 * n, "lon": WEST if n < PLACES // 2 else EAST} for n in range(PLACES)]
        places = [{"amenity_id": f"a{n}", "name": f"{n}号", "type": "canteen", **side} for n, side in enumerate(sides)]
        persons = [{"person_id": f"p{n}", "lon": WEST if n % 2 == 0 else EAST, "lat": 36.08} for n in range(people)]
        read = read_folder(tiny.write(folder, {"amenities": places, "people": persons, "events": events}), write_rejected=False)
        assert not read.problems, read.problems[:3]
        profiler = PROFILE.fit({"amenity": read.tables["amenities"]})
        self.recommender = Recommender(
            profiler, read.city, StraightLine.of(read.city), {"amenity": RowBuilder((Minutes(),))}, {}, {}
        )
        self.snapshot = Snapshot.of(read, profiler)
        self.log = self.lists(read.tables["events"])

    @staticmethod
    def lists(events: pd.DataFrame) -> ShownLists:
        found = ShownLists.of_impressions(events, "amenity")
        assert found is not None
        return found

    def overlap(self) -> float:
        return overlap_of(self.recommender, self.snapshot, "amenity", self.log, np.random.default_rng(1))


def test_lists_of_what_is_near_do_not_overlap_and_the_same_for_all_do(tmp_path: Path) -> None:
    found = {draw.__name__: Town(tmp_path / draw.__name__, draw).overlap() for draw in (near, half, any_side)}
    # Half of the neighbours in time are of the other side: by those that are of one's own a list of near places is not told apart.
    assert found["near"] < 0.6 < found["half"] < 0.95
    assert found["any_side"] > 0.9


def test_as_if_later_events_had_not_happened_and_of_too_few_lists_nothing_is_said(tmp_path: Path) -> None:
    town = Town(tmp_path, near)
    at = town.snapshot.events.at
    ask = lambda kept: overlap_before(town.recommender, town.snapshot, "amenity", kept, town.log)  # noqa: E731
    assert ask(np.ones(len(at), bool)) == pytest.approx(ask(np.ones(len(at), bool)))
    assert ask(at < np.sort(at)[FEWEST_LISTS]) is None


def test_one_list_overlaps_with_none(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two people"):
        Town(tmp_path, near, people=1).overlap()


def test_the_next_in_time_of_somebody_else() -> None:
    person, at = np.array([1, 1, 2, 3], np.uint64), np.array([10, 20, 30, 5])
    np.testing.assert_array_equal(_neighbours(person, at), [2, 2, 3, 0])
    np.testing.assert_array_equal(_neighbours(np.ones(2, np.uint64), np.array([1, 2])), [0, 1])


def test_what_a_person_used_is_known_and_what_she_was_only_shown_is_not(tmp_path: Path) -> None:
    events = Town(tmp_path, near, people=2).snapshot.events
    used = [events.item[(events.person == person) & (events.grade > 0)][0] for person in keys_of(["p0", "p1"])]
    told = _used(events, keys_of(["p0", "p1", "p0", "p1"]), np.array([*used, *used[::-1]], np.uint64))
    np.testing.assert_array_equal(told, [True, True, False, False])

"""Which rows are learnt from and which compare settings: shown lists first, drawn items for all other uses; the baseline likewise."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features import PLAIN_ROWS, PROFILE
from sqrec.base.arrays import BoolArray, key_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.evaluate import Split, split
from sqrec.rank import ItemFact, Recommender, RowBuilder
from sqrec.reach.walk import StraightLine
from sqrec.tables import read_folder
from tests.support import tiny
from tests.support.asked import event
from training import plain
from training.logged import ShownLists
from training.rows import FEWEST_LISTS, compared, learning_rows
from training.sample import Sample

PLACES = [
    {"amenity_id": f"a{n:02d}", "name": f"{n}号", "type": ("canteen", "market", "gym")[n % 3], "capacity": n + 1}
    for n in range(12)
]
PEOPLE = [
    {"person_id": "off", "personalised": "false"},
    *({"person_id": name, "personalised": ""} for name in ("p", "q", *(f"x{n}" for n in range(FEWEST_LISTS)))),
]


def shown(request: str, person: str, day: int, items: str, used: str = "") -> list[dict[str, Any]]:
    """Return a list of places (hexadecimal digits) at noon of a day of July, and visits of some an hour later."""
    seen = [
        event(person, f"a{int(item, 16):02d}", f"2026-07-{day:02d}T12:00", "impression", request_id=request) | {"position": place}
        for place, item in enumerate(items, 1)
    ]
    return seen + [event(person, f"a{int(item, 16):02d}", f"2026-07-{day:02d}T13:00", request_id=request) for item in used]


EVENTS = [
    event("p", "a00", "2026-07-01T12:00"),
    *shown("r1", "p", 3, "1234", "2"),
    event("p", "a05", "2026-07-04T12:00"),
    *shown("r2", "q", 10, "67", "6"),
    *shown("r3", "off", 11, "89", "8"),
    *shown("r4", "p", 12, "0a9", "a"),
    *shown("r5", "q", 13, "123"),
]


@dataclass(frozen=True)
class City:
    recommender: Recommender
    snapshot: Snapshot
    events: pd.DataFrame

    @property
    def log(self) -> ShownLists | None:
        return ShownLists.of_impressions(self.events, "amenity")

    def before(self, day: int) -> BoolArray:
        return self.snapshot.events.at < tiny.micros(f"2026-07-{day:02d}T00:00")

    def learnt(self, day: int = 31, *, repeats: bool = False, most: int = 100, log: bool = True) -> Sample:
        found = self.log if log else None
        return learning_rows(self.recommender, self.snapshot, "amenity", self.before(day), 1, most, found, repeats=repeats)


def city_of(folder: Path, events: list[dict[str, Any]]) -> City:
    """Return a city whose rows have the number of a place as their only column."""
    read = read_folder(tiny.write(folder, {"amenities": PLACES, "people": PEOPLE, "events": events}), write_rejected=False)
    assert not read.problems, read.problems[:3]
    profiler = PROFILE.fit({"amenity": read.tables["amenities"]})
    rows = {"amenity": RowBuilder((ItemFact("capacity"),))}
    return City(
        Recommender(profiler, read.city, StraightLine.of(read.city), rows, {}, {}),
        Snapshot.of(read, profiler),
        read.tables["events"],
    )


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return city_of(tmp_path_factory.mktemp("city"), EVENTS)


def told(sample: Sample) -> list[tuple[int, dict[int, int], dict[int, int]]]:
    """Return question by question who asked, the label of every place, and where in a list it stood (0: drawn)."""
    assert sample.person is not None
    position = np.zeros(len(sample.rows), np.int64) if sample.position is None else sample.position
    ends, found = np.cumsum(sample.sizes).tolist(), []
    for person, size, end in zip(sample.person.tolist(), sample.sizes.tolist(), ends, strict=True):
        part = slice(end - size, end)
        number = (sample.rows[part, 0] - 1).astype(int).tolist()
        assert len(set(number)) == size
        found.append(
            (person, dict(zip(number, sample.label[part].tolist(), strict=True)), dict(zip(number, position[part].tolist(), strict=True)))
        )  # fmt: skip
    return found


def lists_of(sample: Sample) -> list[dict[int, int]]:
    """Return the labels of shown lists."""
    return [label for _, label, place in told(sample) if any(place.values())]


def sorted_items(label: dict[int, int]) -> list[tuple[int, int]]:
    return sorted(label.items())


def drawn_of(sample: Sample) -> list[int]:
    """Return the used places of questions with drawn items."""
    return sorted(max(label, key=label.__getitem__) for _, label, place in told(sample) if not any(place.values()))


def test_shown_lists_are_learnt_from_and_other_uses_with_drawn_items(city: City) -> None:
    """Uses that came from a list are not drawn again. a00 on the list of p had been used before: it has no row."""
    rows = city.learnt()
    assert sorted(map(sorted_items, lists_of(rows))) == [
        [(1, 0), (2, 3), (3, 0), (4, 0)],
        [(6, 3), (7, 0)],
        [(9, 0), (10, 3)],
    ]
    assert drawn_of(rows) == [0, 5]
    places = [place for who, label, place in told(rows) if 2 in label and who == key_of("p") and any(place.values())]
    assert places[0] == {1: 1, 2: 2, 3: 3, 4: 4}
    assert rows.rarity is not None
    assert not rows.rarity[: sum(len(one) for one in lists_of(rows))].any(), "what was shown was not drawn"


def test_where_a_kind_repeats_what_was_used_before_stays_on_its_list(city: City) -> None:
    rows = city.learnt(repeats=True)
    assert {0: 0, 10: 3, 9: 0} in lists_of(rows)
    assert drawn_of(rows) == [0, 5]


def test_without_a_log_every_use_is_drawn(city: City) -> None:
    rows = city.learnt(log=False)
    assert rows.position is None
    assert drawn_of(rows) == [0, 2, 5, 6, 10]


def test_only_kept_events_label_lists(city: City) -> None:
    """Before the fifth there is one list; before the second none, and what happened later is no negative of it either."""
    rows = city.learnt(5)
    assert lists_of(rows) == [{1: 0, 2: 3, 3: 0, 4: 0}]
    assert drawn_of(rows) == [0, 5]
    none = city.learnt(2)
    assert (lists_of(none), drawn_of(none)) == ([], [0])


def test_who_switched_off_teaches_nothing(city: City) -> None:
    for rows in (city.learnt(), city.learnt(log=False)):
        assert key_of("off") not in {who for who, _, _ in told(rows)}


@pytest.mark.parametrize("repeats", [False, True])
def test_what_is_held_out_changes_no_row(tmp_path: Path, repeats: bool) -> None:
    """The rows before the twelfth are those of a city in which nothing happened from then on: not that a07, refused, was used."""
    city = city_of(tmp_path, [*EVENTS, event("q", "a07", "2026-07-14T12:00")])
    known = city.before(12)
    before = replace(city, snapshot=city.snapshot.with_events(city.snapshot.events.where(known)))
    rows, alone = city.learnt(12, repeats=repeats), before.learnt(12, repeats=repeats)
    assert rows.rows.tobytes() == alone.rows.tobytes()
    assert rows.label.tolist() == alone.label.tolist()


def test_lists_and_drawn_questions_have_limits_of_their_own(city: City) -> None:
    """Two lists may stand for each question that is asked for; two uses came from no list."""
    assert (len(lists_of(city.learnt(most=4))), len(drawn_of(city.learnt(most=4)))) == (3, 2)
    assert (len(lists_of(city.learnt(most=1))), len(drawn_of(city.learnt(most=1)))) == (2, 1)


def test_joined_rows_ask_for_what_came_from_lists_as_well(city: City) -> None:
    """Five uses of who may be learnt from: three came from a list."""
    rows = learning_rows(city.recommender, city.snapshot, "amenity", city.before(31), 1, 100, city.log, joined=True)
    assert (len(lists_of(rows)), len(drawn_of(rows))) == (3, 5)


def test_the_baseline_learns_from_the_same_lists_on_its_own_rows(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever vectors were logged."""
    seen: list[Sample] = []
    monkeypatch.setattr(plain, "fit_plain", lambda sample, names, seed: seen.append(sample))
    monkeypatch.setattr(plain, "booster_text", lambda booster: "trees")
    log = city.log
    assert log is not None
    logged = replace(log, rows=np.full((len(log.item), 3), 9.0))
    for one in (log, logged, None):
        made = plain.plain_of(city.recommender, city.snapshot, "amenity", city.before(31), one, repeats=True)
        assert (made.rows, made.booster) == (PLAIN_ROWS["amenity"], "trees")
    ours, again, drawn = seen
    assert ours.rows.shape[1] == len(PLAIN_ROWS["amenity"].names)
    assert ours.position is not None
    own = city.learnt(repeats=True)
    assert own.position is not None
    assert ours.sizes[:3].tolist() == own.sizes[:3].tolist()
    shown_rows = int(ours.sizes[:3].sum())
    assert ours.position[:shown_rows].tolist() == own.position[:shown_rows].tolist()
    assert ours.label[:shown_rows].tolist() == own.label[:shown_rows].tolist()
    np.testing.assert_array_equal(ours.rows, again.rows)
    assert drawn.position is None


EARLY, LATE = 2, 20


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> City:
    """Return a city where everybody used something of an early and of a late list, and one thing without."""
    told: list[dict[str, Any]] = []
    for n in range(FEWEST_LISTS):
        told += shown(f"e{n}", f"x{n}", EARLY, "123", "1") + shown(f"l{n}", f"x{n}", LATE, "456", "5")
        told.append(event(f"x{n}", "a09", "2026-07-21T12:00"))
    told += [event("x0", "a02", "2026-07-22T12:00", "save", request_id="e0")]
    told += shown("late", "off", LATE, "123", "1")
    return city_of(tmp_path_factory.mktemp("crowded"), told)


def division(city: City, chosen: BoolArray) -> Split:
    """Divide events by hand: all are kept, some are those that compared rankers learn from."""
    return replace(split(city.snapshot.events, "amenity", "none"), kept=np.ones(len(chosen), bool), chosen=chosen)


@pytest.mark.parametrize("repeats", [False, True])
def test_settings_are_compared_on_lists_that_were_kept_back(crowded: City, repeats: bool) -> None:
    """The list e0 comes from before, with what was saved of it afterwards; what compared rankers learnt of it has no row."""
    by = division(crowded, crowded.before(10))
    rows = compared(crowded.recommender, crowded.snapshot, "amenity", by, crowded.log, repeats=repeats)
    labels = lists_of(rows)
    assert len(labels) == len(rows.sizes) == FEWEST_LISTS + 1
    assert labels.count({4: 0, 5: 3, 6: 0}) == FEWEST_LISTS
    assert labels.count({2: 2, 3: 0}) == 1
    assert key_of("off") not in {who for who, _, _ in told(rows)}


def test_with_fewer_lists_drawn_items_compare(crowded: City) -> None:
    """One list fewer was kept back; nor does anybody compare who switched off. Where the kind repeats both late uses do."""
    chosen = crowded.before(10)
    chosen |= np.isin(crowded.snapshot.events.person, np.array([key_of("x0"), key_of("x1")], np.uint64))
    by = division(crowded, chosen)
    rows = compared(crowded.recommender, crowded.snapshot, "amenity", by, crowded.log, repeats=True)
    assert rows.position is None
    assert drawn_of(rows) == [5] * (FEWEST_LISTS - 2) + [9] * (FEWEST_LISTS - 2)
    assert key_of("off") not in {who for who, _, _ in told(rows)}
    once = compared(crowded.recommender, crowded.snapshot, "amenity", by, crowded.log)
    assert once.position is None
    assert len(once.sizes) == FEWEST_LISTS
    assert set(drawn_of(once)) == {2, 9}
    assert compared(crowded.recommender, crowded.snapshot, "amenity", by).position is None

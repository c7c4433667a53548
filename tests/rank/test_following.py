"""What others used next, and at this time of day: counted by hand; the own, the late and what came after midnight left out."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sqrec.base.arrays import key_of
from sqrec.base.numbers import DAY
from sqrec.catalogue.counts import Counts
from sqrec.rank import HourHabit, NextAfter
from tests.support import tiny
from tests.support.asked import AT, World, close, event, nameless, rows, values, who, world

NAN = float("nan")
MIDNIGHT = tiny.micros("2026-07-19T16:00")
PLACES = [
    {"amenity_id": "a", "name": "一号", "type": "canteen", "area": "370203022"},
    {"amenity_id": "b", "name": "二号", "type": "market", "area": "370203022"},
    {"amenity_id": "c", "name": "三号", "type": "market", "area": "370213001"},
    {"amenity_id": "d", "name": "四号", "type": "gym"},
]
VISITS = [
    event("q1", "a", "2026-07-10T01:00"),
    event("q1", "b", "2026-07-11T10:00"),  # 18:00 in Qingdao
    event("q1", "c", "2026-07-12T01:00"),
    event("q2", "a", "2026-07-10T01:00"),
    event("q2", "b", "2026-07-11T12:59"),  # 20:59
    event("q3", "a", "2026-07-10T01:00"),
    event("q3", "a", "2026-07-11T01:00"),
    event("q3", "d", "2026-07-12T13:00"),  # 21:00
    event("p", "a", "2026-07-13T01:00"),
    event("p", "b", "2026-07-14T11:00"),  # 19:00
    event("p", "a", "2026-07-15T01:00"),
]
NOT_YET = [
    event("q4", "a", "2026-07-12T11:00", recorded_at="2026-07-19T16:00:00Z"),  # midnight in Qingdao
    event("q4", "b", "2026-07-13T11:00", recorded_at="2026-07-25T00:00:00Z"),
    event("q4", "d", "2026-07-19T16:00"),
    event("q4", "a", "2026-07-20T10:30"),
    event("q4", "b", "2026-07-20T11:00"),
    event("q4", "b", "2026-07-13T11:00", "impression"),
]
"""Nothing that was known of at the last midnight, or no use."""


@pytest.fixture(scope="module", params=["known", "with what was not known"])
def places(request: Any, tmp_path_factory: pytest.TempPathFactory) -> World:
    more = [] if request.param == "known" else NOT_YET
    return world(tmp_path_factory.mktemp("places"), amenities=PLACES, events=[*VISITS, *more])


def test_what_others_used_next(places: World) -> None:
    """After a others went to b twice, to a and to d once; p, whose last place is a, to b once."""
    share = NextAfter("item")
    assert close(values(places, "amenity", share, who(places, "p")), a=1 / 7, b=2 / 7, c=0, d=1 / 7)
    assert close(values(places, "amenity", share, nameless(places, "p")), a=1 / 8, b=3 / 8, c=0, d=1 / 8)
    bare = NextAfter("item", prior=0.0)
    assert close(values(places, "amenity", bare, who(places, "p")), a=1 / 4, b=2 / 4, c=0, d=1 / 4)


def test_what_others_used_next_against_how_common_it_is(places: World) -> None:
    """Of the eight uses of others four are of canteens, three of markets, one of gyms."""

    def lift(times: float, steps: int, common: float) -> float:
        return float(np.log((times + 3 * common) / ((steps + 3) * common)))

    column = NextAfter("type", form="lift")
    market = lift(2, 4, 3 / 8)
    assert close(
        values(places, "amenity", column, who(places, "p")), a=lift(1, 4, 4 / 8), b=market, c=market, d=lift(1, 4, 1 / 8)
    )
    everybody = values(places, "amenity", column, nameless(places, "p"))
    assert close(everybody, a=lift(1, 5, 6 / 11), b=lift(3, 5, 4 / 11), d=lift(1, 5, 1 / 11))
    item = values(places, "amenity", NextAfter("item", form="lift"), who(places, "q1"))
    assert close(item, a=lift(0, 0, 5 / 8), d=lift(0, 0, 1 / 8)), "nobody else went on from c"


def test_a_group_that_nobody_knows_is_unknown(places: World) -> None:
    """d has no area, so q3, who was there last, starts from nowhere; and no step leads there."""
    for form in ("share", "lift"):
        assert np.isnan(values(places, "amenity", NextAfter("place", form), who(places, "p"))["d"])
        told = values(places, "amenity", NextAfter("place", form), who(places, "q3"))
        assert np.isnan(list(told.values())).all()
    # from 370203022: q1 a-b and b-c, q2 a-b, q3 a-a (a-d leads nowhere)
    assert close(values(places, "amenity", NextAfter("place"), who(places, "p")), a=3 / 7, b=3 / 7, c=1 / 7, d=NAN)
    assert np.isnan(values(places, "amenity", HourHabit("place"), who(places, "p"))["d"])


def test_an_own_use_after_midnight_is_where_one_starts_from(tmp_path: Any) -> None:
    late = world(tmp_path, amenities=PLACES, events=[*VISITS, event("p", "b", "2026-07-20T11:00")])
    assert close(values(late, "amenity", NextAfter("item"), who(late, "p")), a=0, b=0, c=1 / 4, d=0)


def test_the_part_of_the_day(places: World) -> None:
    """From 18 to 21 others used markets twice and nothing else; with p's own visit it were three times."""

    def lift(times: int, size: int, share: float) -> float:
        return float(np.log((times + 20 * share) / ((size + 20) * share)))

    column = HourHabit("type")
    mine = values(places, "amenity", column, who(places, "p"))
    assert close(mine, a=lift(0, 2, 4 / 8), b=lift(2, 2, 3 / 8), c=lift(2, 2, 3 / 8), d=lift(0, 2, 1 / 8))
    everybody = values(places, "amenity", column, nameless(places))
    assert close(everybody, a=lift(0, 3, 6 / 11), b=lift(3, 3, 4 / 11), d=lift(0, 3, 1 / 11))
    at_ten = nameless(places, at=tiny.micros("2026-07-20T13:00"))
    assert close(values(places, "amenity", column, at_ten), b=lift(0, 1, 4 / 11), d=lift(1, 1, 1 / 11))
    at_night = nameless(places, at=tiny.micros("2026-07-19T18:00"))
    assert close(values(places, "amenity", column, at_night), a=0, b=0, c=0, d=0)


def test_parts_of_the_day_begin_at_midnight(places: World) -> None:
    counts = places[1].counts["amenity"]
    hours = np.array([0, 3, 21, 24, -3, -24, 25]) * (DAY // 24)
    assert counts.part_of_day(MIDNIGHT + hours, MIDNIGHT).tolist() == [0, 1, 7, 0, 7, 0, 0]
    assert counts.part_of_day(MIDNIGHT + hours - 1, MIDNIGHT).tolist() == [7, 0, 6, 7, 6, 7, 0]


def test_where_others_used_nothing(tmp_path: Any) -> None:
    alone = world(tmp_path / "alone", amenities=PLACES, events=VISITS[-3:])
    assert close(values(alone, "amenity", NextAfter("item"), who(alone, "p")), a=0, b=0, c=0, d=0)
    for column in (NextAfter("item", "lift"), HourHabit("type")):
        assert close(values(alone, "amenity", column, who(alone, "p")), a=NAN, b=NAN, c=NAN, d=NAN)
    empty = world(tmp_path / "empty", amenities=PLACES)
    for column in (NextAfter("item"), NextAfter("type", "lift"), HourHabit("type")):
        assert close(values(empty, "amenity", column, who(empty, "p")), a=NAN, b=NAN, c=NAN, d=NAN)


@pytest.mark.parametrize("person", ["nobody", None])
def test_who_used_nothing_has_no_next(places: World, person: str | None) -> None:
    profile = nameless(places) if person is None else who(places, person)
    for column in (NextAfter("item"), NextAfter("type", "lift")):
        assert close(values(places, "amenity", column, profile), a=NAN, b=NAN, c=NAN, d=NAN)


def test_own_steps_and_parts(places: World) -> None:
    counts = places[1].counts["amenity"]
    before, after = counts.own_steps(key_of("p"), MIDNIGHT)
    assert (before.tolist(), after.tolist()) == ([0, 1], [1, 0])
    assert [one.tolist() for one in counts.own_parts(key_of("p"), MIDNIGHT)] == [[0, 1, 0], [3, 6, 3]]
    for nobody in (0, key_of("nobody")):
        assert all(len(one) == 0 for one in (*counts.own_steps(nobody, MIDNIGHT), *counts.own_parts(nobody, MIDNIGHT)))


USE = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 95))
PEOPLE = ("p", "q1", "q2", "q3")
COLUMNS = (NextAfter("item"), NextAfter("type", "lift"), NextAfter("place"), HourHabit("item"), HourHabit("type"))


def by_hand(uses: list[tuple[int, int, int]], midnight: int) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """Count steps and uses by part of the day with loops."""
    known = sorted((hour, row, person, item) for row, (person, item, hour) in enumerate(uses) if hour < midnight)
    steps, parts = dict[tuple[int, int], int](), dict[tuple[int, int], int]()
    for one in range(len(PEOPLE)):
        for step in pairwise([item for _, _, person, item in known if person == one]):
            steps[step] = steps.get(step, 0) + 1
    for hour, _, _, item in known:
        cell = ((hour - midnight) % 24 // 3, item)
        parts[cell] = parts.get(cell, 0) + 1
    return steps, parts


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(uses=st.lists(USE, max_size=40), midnight=st.integers(0, 96), asked=st.integers(0, 3))
def test_counts_are_those_of_loops_and_hold_nothing_of_ones_own(
    places: World, uses: list[tuple[int, int, int]], midnight: int, asked: int
) -> None:
    recommender, snapshot = places
    told: dict[str, Any] = {
        "event_id": [f"{row:03d}" for row in range(len(uses))],
        "person_id": [PEOPLE[person] for person, _, _ in uses],
        "kind": ["amenity"] * len(uses),
        "item_id": ["abcd"[item] for _, item, _ in uses],
        "event": ["visit"] * len(uses),
        "at": np.array([AT - 3_600_000_000 * (96 - hour) for _, _, hour in uses], np.int64),
        "request_id": [None] * len(uses),
    }
    events = type(snapshot.events).of_columns(**told, recorded=told["at"])
    counts: Counts = snapshot.with_events(events).counts["amenity"]
    moment = AT - 3_600_000_000 * (96 - midnight)
    for cells, expected in zip(
        (counts.steps("item", moment), counts.by_part_of_day("item", moment)),
        by_hand(with_ties(uses, events), midnight),
        strict=True,
    ):
        found = {divmod(int(cell), 4): int(times) for cell, times in zip(cells.cell, cells.times, strict=True)}
        assert found == expected
    city = (recommender, snapshot.with_events(events))
    profile = who(city, PEOPLE[asked])
    without = (recommender, snapshot.with_events(events.where(events.person != key_of(PEOPLE[asked]))))
    assert rows(city, "amenity", COLUMNS, profile).tobytes() == rows(without, "amenity", COLUMNS, profile).tobytes()


def with_ties(uses: list[tuple[int, int, int]], events: Any) -> list[tuple[int, int, int]]:
    """Return the uses in the order of the events: those of one moment stand by the hashes of their ids."""
    place = {key_of(f"{row:03d}"): use for row, use in enumerate(uses)}
    return [place[int(one)] for one in events.event]


def test_names_and_facts_read() -> None:
    assert [column.name for column in COLUMNS[:4]] == ["next_item", "next_type_lift", "next_place", "habit_hour_item"]
    assert (NextAfter("item").reads, HourHabit("item").reads) == (("history",), ())

"""What is held out, against the definitions of the splits written down one event at a time."""

from collections import defaultdict
from collections.abc import Iterable
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqrec.base.arrays import mixed
from sqrec.contract import SplitName
from sqrec.errors import DataError
from sqrec.evaluate import Questions, split
from sqrec.profile import Events

NAMES: tuple[SplitName, ...] = ("time", "last", "none")
Asked = list[tuple[int, int, tuple[int, ...], tuple[int, ...]]]


def events_of(rows: list[tuple[int, int, int, int, int, int]]) -> Events:
    """Make events from (person, item, kind, grade, moment, moments until it was known), ids as they are."""
    person, item, kind, grade, at, late = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    event, known = mixed(np.arange(len(rows), dtype=np.uint64)), at + late
    columns = (event, person.astype(np.uint64), kind, item.astype(np.uint64), grade, at, known)
    order = np.argsort(known, kind="stable")
    return Events(*(column[order] for column in columns), np.zeros(len(rows), bool), np.zeros(len(rows), np.uint64))


def uses(events: Events, mask: Iterable[bool]) -> list[int]:
    """Return the events of a mask with grade 1 or more, in order of the moment and then of the id."""
    there = [place for place, kept in enumerate(mask) if kept and events.grade[place] >= 1]
    return sorted(there, key=lambda place: (events.at[place], events.event[place]))


def first_uses(events: Events, mask: Iterable[bool]) -> dict[tuple[int, int], tuple[int, int]]:
    """Return the first use of each item by each person, and the strongest grade of all of them."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for place in uses(events, mask):
        pair, grade = (int(events.person[place]), int(events.item[place])), int(events.grade[place])
        first, strongest = found.get(pair, (place, 0))
        found[pair] = first, max(strongest, grade)
    return found


def asked(questions: Questions) -> Asked:
    """Return questions as (person, moment, items, grades), and see to it that their arrays are of one length."""
    parts = questions.items, questions.grades
    assert {len(questions.person), len(questions.at), *map(len, parts)} == {len(questions)}
    assert all(part.offsets[-1] == len(part.values) for part in parts)
    listed = [tuple(tuple(part.row(row).tolist()) for part in parts) for row in range(len(questions))]
    return [(p, at, *told) for p, at, told in zip(questions.person.tolist(), questions.at.tolist(), listed, strict=True)]


def by_last(events: Events, of_kind: np.ndarray, name: SplitName, *, repeats: bool) -> tuple:
    """Hold out as `last` and `none` are defined: (kept, held, chosen, selection, any use)."""
    mine, every = defaultdict(list), defaultdict(list)
    for (person, item), (place, strongest) in first_uses(events, of_kind).items():
        mine[person].append((int(events.at[place]), item, strongest, place))
    for place in uses(events, of_kind):
        every[int(events.person[place])].append(place)
    last = {person: told[-1] for person, told in mine.items() if len(told) >= 2}
    before = {person: told[-2] for person, told in mine.items() if len(told) >= 3}
    again = {person: places[-1] for person, places in every.items() if len(places) >= 2}
    kept, chosen = of_kind.copy(), of_kind.copy()
    for place in range(len(events)):
        person, item = int(events.person[place]), int(events.item[place])
        if person in last and item == last[person][1]:
            kept[place] = chosen[place] = False
        if person in again and repeats and name == "last":
            one = again[person]
            if item == int(events.item[one]) and events.at[place] >= events.at[one]:
                kept[place] = chosen[place] = False
        if person in before and item == before[person][1] and name == "last":
            chosen[place] = False
    held = [(person, at, (item,), (grade,)) for person, (at, item, grade, _) in sorted(last.items())]
    if name == "none":
        return of_kind, [], chosen, held, None
    told = dict(first_uses(events, kept).values())
    selection = [(p, at, (item,), (told[place],)) for p, (at, item, _, place) in sorted(before.items()) if place in told]
    any_use = [(p, int(events.at[one]), (int(events.item[one]),), (int(events.grade[one]),)) for p, one in sorted(again.items())]
    return kept, held, chosen, selection, any_use if repeats else None


def at_rank(moments: np.ndarray, share: float) -> int:
    """Return the moment that a share of all moments lies below, one of theirs, the later one where it falls between two."""
    return int(np.sort(moments)[ceil(round(share * (len(moments) - 1), 9))])


def from_then_on(events: Events, mask: np.ndarray, moment: int) -> Asked:
    """Ask everybody at a moment for all that was first used from then on, in that order."""
    found = defaultdict(list)
    for (person, item), (place, strongest) in first_uses(events, mask).items():
        if events.at[place] >= moment:
            found[person].append((item, strongest))
    return [(person, moment, *zip(*told, strict=True)) for person, told in sorted(found.items())]


def by_time(events: Events, of_kind: np.ndarray, *, repeats: bool) -> tuple | None:
    """Hold out as `time` is defined: (kept, held, chosen, selection, any use); None where nothing is left to learn from."""
    moment = at_rank(events.at[of_kind], 0.8)
    kept = of_kind & (events.known < moment)
    if not uses(events, kept):
        return None
    earlier = at_rank(events.at[kept], 0.9)
    first: dict[int, int] = {}
    for place in uses(events, of_kind & (events.at >= moment)):
        first.setdefault(int(events.person[place]), place)
    any_use = [(p, int(events.at[one]), (int(events.item[one]),), (int(events.grade[one]),)) for p, one in sorted(first.items())]
    held, selection = from_then_on(events, of_kind, moment), from_then_on(events, kept, earlier)
    return kept, held, kept & (events.known < earlier), selection, any_use if repeats else None


def compare(events: Events, name: SplitName, *, repeats: bool) -> None:
    """Hold a split of jobs (kind 0) against the definitions."""
    of_kind = events.kind == 0
    nothing = not uses(events, of_kind)
    plain = None if nothing else by_time(events, of_kind, repeats=repeats) if name == "time" else by_last(events, of_kind, name, repeats=repeats)  # fmt: skip
    if plain is None:
        with pytest.raises(DataError, match="with a job: nothing to learn" if nothing else "before the time split"):
            split(events, "job", name, repeats=repeats)
        return
    ours = split(events, "job", name, repeats=repeats)
    kept, held, chosen, selection, any_use = plain
    assert ours.name == name
    np.testing.assert_array_equal(ours.kept, kept)
    np.testing.assert_array_equal(ours.chosen, chosen)
    assert asked(ours.held) == held
    assert asked(ours.selection) == selection
    assert (None if ours.any_use is None else asked(ours.any_use)) == any_use


ROWS = st.tuples(
    st.integers(1, 3), st.integers(1, 4), st.sampled_from([0, 0, 0, 1]), st.integers(0, 3), st.integers(0, 9), st.integers(0, 4)
)


@given(st.lists(ROWS, min_size=1, max_size=30), st.sampled_from(NAMES), st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_split_is_what_it_is_defined_to_be(
    rows: list[tuple[int, int, int, int, int, int]], name: SplitName, repeats: bool
) -> None:
    compare(events_of(rows), name, repeats=repeats)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("moments", [40, 4000])
def test_a_split_of_many_events_is_too(name: SplitName, moments: int) -> None:
    """Many more than a sort orders by the way, many at one moment, of many items each."""
    rng = np.random.default_rng(moments)
    columns = [rng.integers(low, high, 3000) for low, high in ((1, 9), (1, 60), (0, 2), (0, 4), (0, moments), (0, moments // 4))]
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    for repeats in (False, True):
        compare(events_of(rows), name, repeats=repeats)


def test_an_item_used_twice_more_at_the_moment_of_the_last_one_is_no_question_of_the_selection() -> None:
    """All that is known of it is an answer of any use: kept events tell no grade, so nobody is asked."""
    rows = [(1, 1, 0, 1, 1, 0), (1, 2, 0, 1, 5, 0), (1, 3, 0, 1, 5, 0), (1, 2, 0, 1, 5, 0), (2, 1, 0, 1, 2, 0)]
    keys = mixed(np.arange(5, dtype=np.uint64))
    first, second, third = sorted((1, 2, 3), key=lambda place: keys[place])
    placed = dict(zip((first, second, third), rows[1:4], strict=True))
    events = events_of([placed.get(place, row) for place, row in enumerate(rows)])
    compare(events, "last", repeats=True)
    assert len(split(events, "job", "last", repeats=True).selection) == 0
    assert len(split(events, "job", "last").selection) == 1


def test_some_questions_are_drawn_evenly_and_stay_in_order() -> None:
    rows = [(person, item, 0, 1, 10 * person + item, 0) for person in range(1, 21) for item in (1, 2)]
    held = split(events_of(rows), "job", "last").held
    every = asked(held)
    assert held.some(20, np.random.default_rng(1)) is held
    drawn = [asked(held.some(7, np.random.default_rng(seed))) for seed in range(200)]
    for told in drawn:
        assert len(told) == 7
        assert told == [one for one in every if one in told]
    times = [sum(one in told for told in drawn) for one in every]
    assert 40 <= min(times) <= max(times) <= 100  # 70 on average, standard deviation 6.7
    assert asked(held.take(np.array([3, 1]))) == [every[3], every[1]]

"""What a person wants comes first: which items answer it, in which turn they come, and what yields to it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqrec import SERVED, Person, Policy, Recommender, Snapshot, load, read_folder
from sqrec import bundle as bundles
from sqrec.base.arrays import IntArray
from sqrec.codes.occupations import built_in_coder
from sqrec.push.lists import Tally, lists_of
from sqrec.rank import Ranking, Spread
from sqrec.rank.order import Marks, arranged
from sqrec.rank.wish import ANSWERS, FAR, FARTHER, HELD, NEAREST, OTHERS, RELATED, UNFIT
from tests.support import tiny


def marks(
    turn: Sequence[int],
    group: Sequence[int] | None = None,
    minutes: Sequence[float] | None = None,
    yields: bool = True,
    twin: Sequence[int] | None = None,
) -> Marks:
    size = len(turn)
    far = np.array([0.0] * size if minutes is None else minutes)
    groups = np.array([-1] * size if group is None else group)
    twins = np.array([-1] * size if twin is None else twin)
    return Marks(np.array(turn), far > 60, np.isnan(far), groups, twins, yields)


def order_of(told: Marks, spread: Spread | None = None) -> list[int]:
    return arranged(np.arange(len(told.turn)), told, spread).tolist()


def test_turns_come_one_after_the_other_each_in_score_order() -> None:
    told = [OTHERS, ANSWERS, OTHERS, ANSWERS]
    assert order_of(marks(told)) == [1, 3, 0, 2]
    assert order_of(marks([OTHERS, RELATED, OTHERS, NEAREST])) == [3, 1, 0, 2]
    assert order_of(marks([FARTHER, OTHERS, ANSWERS, FARTHER])) == [2, 0, 3, 1]


def test_what_is_far_stands_behind_all_others_but_the_nearest_answer() -> None:
    assert order_of(marks([OTHERS, NEAREST, OTHERS], minutes=[90, 80, 5])) == [1, 2, 0]


def test_spreading_yields_to_the_wish_and_counts_what_answers_it() -> None:
    """Three vacancies of employer 0 answer; at most one of an employer stands first: the two others still come before all else."""
    told = marks([ANSWERS, ANSWERS, ANSWERS, OTHERS, OTHERS, OTHERS], group=[0, 0, 0, 0, 1, 2])
    assert order_of(told, Spread(1, 4)) == [0, 1, 2, 4, 3, 5]


def test_of_places_that_answer_a_need_a_few_of_each_type_come_first() -> None:
    told = marks([OTHERS, ANSWERS, ANSWERS, ANSWERS, OTHERS], group=[5, 0, 0, 0, 6], yields=False)
    assert order_of(told, Spread(2, 5)) == [1, 2, 0, 4, 3]


def test_a_single_need_has_half_of_the_first_places() -> None:
    told = marks([OTHERS, *[ANSWERS] * 7], group=[5, *[0] * 7], yields=False)
    assert order_of(told, Spread(2, 10))[:7] == [1, 2, 3, 4, 5, 0, 6]
    both = marks([OTHERS, *[ANSWERS] * 8], group=[5, *[0, 1] * 4], yields=False)
    assert order_of(both, Spread(2, 10))[:5] == [1, 2, 3, 4, 0]


def test_what_leads_no_further_than_what_is_held_comes_last() -> None:
    assert order_of(marks([HELD, OTHERS, ANSWERS, OTHERS], minutes=[1, 90, 5, 9])) == [2, 3, 1, 0]


def test_what_has_no_place_fills_half_of_the_first_places_while_something_in_reach_waits() -> None:
    nan = float("nan")
    told = marks([ANSWERS] * 5 + [OTHERS], minutes=[nan, nan, nan, 5, 6, 1])
    assert order_of(told, Spread(4, 4)) == [0, 1, 3, 4, 2, 5]
    assert order_of(marks([ANSWERS] * 3, minutes=[nan] * 3), Spread(4, 4)) == [0, 1, 2]


def test_an_offer_with_several_ids_stands_once() -> None:
    assert order_of(marks([OTHERS] * 5, twin=[-1, 4, 4, -1, 4])) == [0, 1, 3]
    assert order_of(marks([ANSWERS, OTHERS, ANSWERS, OTHERS], twin=[7, 2, 7, 2]), Spread(3, 10)) == [0, 1]


def test_of_several_ids_the_one_in_the_earlier_turn_stays() -> None:
    assert order_of(marks([FARTHER, OTHERS, ANSWERS, OTHERS], twin=[6, -1, 6, -1])) == [2, 1, 3]
    assert order_of(marks([OTHERS, OTHERS, ANSWERS, FARTHER], twin=[6, -1, 5, 6]), Spread(3, 10)) == [2, 3, 1]


def test_what_is_hours_away_stands_behind_all_that_spreading_moved_down() -> None:
    told = marks([OTHERS, UNFIT, OTHERS, OTHERS, HELD, OTHERS], group=[0, 1, 0, 0, 2, 0])
    assert order_of(told, Spread(2, 4)) == [0, 2, 3, 5, 1, 4]


def test_what_is_unfit_is_spread_too_and_counts_what_stands_before_it() -> None:
    """One of employer 0 stands among all others: one more of it may among the first four, then employer 1; what is held stays outside."""
    told = marks([OTHERS, UNFIT, UNFIT, UNFIT, UNFIT, HELD], group=[0, 0, 0, 0, 1, 2])
    assert order_of(told, Spread(2, 4)) == [0, 1, 4, 2, 3, 5]
    assert order_of(marks([UNFIT, UNFIT, UNFIT, UNFIT], group=[0, 0, 0, 1]), Spread(2, 4)) == [0, 1, 3, 2]


def test_what_is_far_stands_behind_its_own_turn_alone() -> None:
    """Far work that clashes stands behind near work that does; far work that does not, before both; what is held stays as it is."""
    told = marks([UNFIT, HELD, OTHERS, UNFIT, OTHERS, HELD], minutes=[90, 90, 90, 5, 5, 5])
    assert order_of(told) == [4, 2, 3, 0, 1, 5]


def test_without_a_wish_nothing_changes() -> None:
    assert order_of(marks([OTHERS] * 4)) == [0, 1, 2, 3]


@given(st.lists(st.tuples(st.integers(0, OTHERS), st.integers(-1, 2), st.booleans()), max_size=30), st.integers(1, 4))
def test_every_item_stands_once_and_no_turn_before_an_earlier_one(told: list[tuple[int, int, bool]], most: int) -> None:
    turn, group = [one[0] for one in told], [one[1] for one in told]
    found = marks(turn, group, [float("nan") if one[2] else 1.0 for one in told])  # no offer twice: the answers stand together
    order: IntArray = arranged(np.arange(len(told)), found, Spread(most, 10))
    assert sorted(order.tolist()) == list(range(len(told)))
    came = [turn[index] for index in order.tolist() if turn[index] < NEAREST]
    assert came == sorted(came)
    assert [turn[index] for index in order.tolist()][: len(came)] == came


@pytest.mark.parametrize("spread", [None, Spread(3, 10)])
def test_an_empty_list_stays_empty(spread: Spread | None) -> None:
    assert order_of(marks([]), spread) == []


AT = tiny.micros("2026-07-20T12:00")


@pytest.fixture(scope="module")
def served(small: Path) -> tuple[Recommender, Snapshot]:
    loaded = load(bundles.current(small / "var" / "bundles"))
    return loaded.recommender(), Snapshot.of(read_folder(small / "data", write_rejected=False), loaded.profiler)


def listed(served: tuple[Recommender, Snapshot], policy: Policy, **facts: Any) -> Ranking:
    recommender, snapshot = served
    profile = recommender.profiler.profiles([Person(**facts)], np.array([AT]), [{}], np.array([0], np.uint64))
    return recommender.recommend(profile, "job", snapshot, policy, 10)


def first_parts_of(title: str) -> str:
    """Return the first three parts of the code that the built-in coding finds in a title; empty where it is unsure."""
    found = built_in_coder().code([title], top=1)[0]
    return "-".join(found[0].code.split("-")[:3]) if found else ""


def first_parts(served: tuple[Recommender, Snapshot], ranking: Ranking) -> list[str]:
    return [first_parts_of(served[1].items["job"].titles[row]) for row in ranking.item.tolist()]


HOME = {"lon": 120.355, "lat": 36.083}


def test_every_vacancy_of_the_wanted_trade_comes_before_all_others(served: tuple[Recommender, Snapshot]) -> None:
    """And once: what stands before by another id is left out."""
    for title in tiny.TITLES:
        ranking = listed(served, replace(SERVED, wish=60.0), desired=(title,), **HOME)
        twins = ranking.scene.items.twins[ranking.item]
        again = [twin >= 0 and twin in twins[:place] for place, twin in enumerate(twins.tolist())]
        assert not any(again), title
        wanted = [trade == first_parts_of(title) for trade in first_parts(served, ranking)]
        assert any(wanted), title
        assert wanted == sorted(wanted, reverse=True), title


def test_who_names_no_work_wants_the_newest_past_one(served: tuple[Recommender, Snapshot]) -> None:
    wish = replace(SERVED, wish=60.0)
    past = listed(served, wish, occupations=(tiny.TITLES[1], tiny.TITLES[2]), **HOME)
    assert first_parts(served, past)[0] == first_parts_of(tiny.TITLES[1])
    both = listed(served, wish, occupations=(tiny.TITLES[1],), desired=(tiny.TITLES[2],), **HOME)
    assert first_parts(served, both)[0] == first_parts_of(tiny.TITLES[2])
    assert not listed(served, wish, **HOME).turns.asked


def test_where_nothing_is_within_reach_the_nearest_that_answers_comes_first(served: tuple[Recommender, Snapshot]) -> None:
    """With next to nothing within reach; what lies beyond twice the reach is only told of."""
    for facts in ({"desired": (tiny.TITLES[1],)}, {"desired": (tiny.TITLES[4],)}):
        ranking = listed(served, replace(SERVED, wish=0.01, widest=None), **facts, **HOME)
        minutes, found = ranking.scene.pairs.minutes, ranking.scene.items
        wanted = first_parts_of(facts["desired"][0])
        answers = np.flatnonzero([first_parts_of(found.titles[row]) == wanted for row in ranking.scene.pairs.item])
        nearest = answers[np.argmin(minutes[answers])]
        assert not ranking.turns.answered
        assert ranking.turns.nearest == nearest
        first = minutes[nearest] <= FAR * 0.01
        assert (ranking.turns.turn[nearest] == NEAREST) == first
        reach = float(minutes[nearest]) / FAR + 1e-9
        closer = listed(served, replace(SERVED, wish=reach, widest=None), **facts, **HOME)
        assert not closer.turns.answered
        assert closer.order[0] == nearest


def test_what_is_near_comes_before_what_is_farther(served: tuple[Recommender, Snapshot]) -> None:
    title = tiny.TITLES[1]
    ranking = listed(served, replace(SERVED, wish=20.0), desired=(title,), **HOME)
    minutes = ranking.scene.pairs.minutes[ranking.order]
    answers = ranking.turns.turn[ranking.order] < NEAREST
    near = minutes[answers] <= 10
    assert near.any()
    assert not near.all()
    assert near.tolist() == sorted(near.tolist(), reverse=True)


def test_a_circle_that_was_asked_for_bounds_the_wish_too(served: tuple[Recommender, Snapshot]) -> None:
    narrow = listed(served, replace(SERVED, wish=60.0, reach=3.0), desired=(tiny.TITLES[1],), **HOME)
    assert narrow.turns.within == narrow.scene.step


def test_a_list_that_is_not_personal_knows_no_wish(served: tuple[Recommender, Snapshot]) -> None:
    assert not listed(served, replace(SERVED, wish=60.0), desired=(tiny.TITLES[1],), personalised=False, **HOME).turns.asked


def test_a_batch_counts_by_cause(served: tuple[Recommender, Snapshot]) -> None:
    """One of twenty, one of fifteen (by law no jobs), one of thirteen (refused); and nothing to show to anybody once all is closed."""
    recommender, snapshot = served
    people = [Person(person_id=f"q{year}", birth_month=f"{year}-05") for year in (2006, 2011, 2013)]
    profiles = recommender.profiler.profiles(people, np.full(3, AT), [{}] * 3, np.arange(3, dtype=np.uint64))
    rows, tally = lists_of(recommender, snapshot, "job", profiles, [one.person_id or "" for one in people], 5)
    assert tally == Tally(served=1, barred=1, refused=1)
    assert {row["person_id"] for row in rows} == {"q2006"}
    long_ago = recommender.profiler.profiles([Person(birth_month="1940-01")], np.array([0]), [{}], np.array([9], np.uint64))
    assert lists_of(recommender, snapshot, "job", long_ago, ["q1940"], 5)[1] == Tally(without_items=1)
    assert str(tally + Tally(without_items=1)) == (
        "1 people served + 1 empty by law + 1 empty for lack of items + 1 refused by law = 4"
    )

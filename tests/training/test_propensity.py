"""Uses count by the inverse of the chance that they were looked at: by hand, and against a law that is known."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.worlds import slates
from sqrec.base.arrays import Ragged, key_of, keys_of
from sqrec.evaluate import Questions
from sqrec.evaluate.lists.costs import ScoredList, costs_of
from sqrec.evaluate.lists.weighing import CLIP, Weighing, effective, inverse
from sqrec.evaluate.report.asjson import plain
from sqrec.profile import Events
from sqrec.rank import Explore, Policy, Spread
from sqrec.rank.explore import chances, explored
from sqrec.texts import LANGUAGES
from tests.evaluate.test_costs import batch, listed
from tests.training.test_logged import START, events
from training.logged import ShownLists
from training.propensity import Exposure, looked_at


def shown(request: str, items: Sequence[str], propensity: Sequence[float] | None = None) -> pd.DataFrame:
    """Return a list that p was shown."""
    told = {"request_id": request, "person_id": "p", "item_id": list(items), "position": range(1, len(items) + 1), "at": START}
    return pd.DataFrame(told if propensity is None else told | {"propensity": propensity})


def asked(*items: str, at: int = START) -> Questions:
    """Return a question of p for each item, at one moment."""
    one = np.arange(len(items) + 1)
    return Questions(
        np.full(len(items), key_of("p"), np.uint64),
        np.full(len(items), at),
        Ragged(one, keys_of(items)),
        Ragged(one, np.ones(len(items), np.int64)),
    )


def chance_of(lists: ShownLists, fall: float) -> dict[str, float]:
    """Return the chance of every item whose name is a letter."""
    found = dict(zip(lists.item.tolist(), looked_at(lists, fall).tolist(), strict=True))
    return {letter: found[key_of(letter)] for letter in "abcdef" if key_of(letter) in found}


def test_uses_are_weighed_by_place() -> None:
    """With a fall of 1 places 1, 2 and 4 weigh 1, 2 and 4, over their mean 7/3; what came from no list weighs 1."""
    lists = ShownLists.of([shown("r1", "abcd")], None)
    happened = events(("p", "a", "view", "r1"), ("p", "b", "view", "r1"), ("p", "d", "view", "r1"), ("p", "z", "view", None))
    found, told = Exposure(lists, 1.0).weighed(asked("a", "b", "d", "z"), happened)
    assert found.weight is not None
    assert told is not None
    np.testing.assert_allclose(found.weight.values, [3 / 7, 6 / 7, 12 / 7, 1])
    assert (told.questions, told.share, told.drawn, told.fall, told.clipped) == (4, 0.75, 0.0, 1.0, 0.0)
    assert told.effective == pytest.approx(16 / ((9 + 36 + 144) / 49 + 1))
    assert Weighing.of_json(plain(told)) == told
    assert all(told.note.said(language) for language in LANGUAGES)


def test_the_use_that_answers_is_the_first_from_the_moment_of_the_question_on() -> None:
    """The item was used from the top before the question, from the last place after it, and from no list at last."""
    lists = ShownLists.of([shown("r1", "abc"), shown("r2", "bca")], None)
    happened = events(("p", "a", "view", "r1"), ("p", "a", "view", "r2"), ("p", "a", "view", None), ("p", "b", "view", "r2"))
    later = asked("a", "b", at=START + 1_500_000)
    found, _ = Exposure(lists, 1.0).weighed(later, happened)
    assert found.weight is not None
    np.testing.assert_allclose(found.weight.values, [1.5, 0.5])
    gone, told = Exposure(lists, 1.0).weighed(asked("a", at=START + 2_500_000), happened)
    assert (gone.weight, told) == (None, None)


@pytest.mark.parametrize("fall", [0.0, -0.8])
def test_where_all_places_are_looked_at_alike_nothing_is_weighed(fall: float) -> None:
    lists = ShownLists.of([shown("r1", "abcd")], None)
    questions = asked("a", "d")
    assert Exposure(lists, fall).weighed(questions, events(("p", "a", "view", "r1"), ("p", "d", "view", "r1"))) == (
        questions,
        None,
    )
    assert Exposure(None, 0.7).weighed(questions, events(("p", "a", "view", "r1"))) == (questions, None)
    assert Exposure(lists, 0.7).weighed(questions, Events.none()) == (questions, None)


def test_a_drawn_item_is_looked_at_in_both_of_its_places() -> None:
    """Place 2 of four explores with .2 over two items: first as the order has it, then with the fourth in the second place.

    c and d stand in their own place with .9, in the second with .1; b in the second with .8, else in the third or fourth.
    """
    calm = chance_of(ShownLists.of([shown("r1", "abcd", [1, 0.8, 0.9, 0.9])], None), 1.0)
    assert calm == pytest.approx(
        {"a": 1, "b": 0.8 / 2 + 0.2 * (1 / 3 + 1 / 4) / 2, "c": 0.9 / 3 + 0.1 / 2, "d": 0.9 / 4 + 0.1 / 2}
    )
    tried = chance_of(ShownLists.of([shown("r1", "adcb", [1, 0.1, 0.9, 0.1])], None), 1.0)
    assert {name: tried[name] for name in "acd"} == pytest.approx({name: calm[name] for name in "acd"})
    assert tried["b"] == pytest.approx(0.1 / 4 + 0.9 / 2)
    hidden = chance_of(ShownLists.of([shown("r1", "afcd", [1, 0.1, 0.9, 0.9])], None), 1.0)
    assert hidden["f"] == pytest.approx(0.1 / 2)


@given(st.integers(1, 5), st.floats(0.05, 0.45), st.integers(2, 6), st.floats(0, 2), st.integers(0, 200))
def test_the_chance_of_a_look_is_that_of_all_draws(position: int, epsilon: float, pool: int, fall: float, question: int) -> None:
    """Of items that stand in one of two places: the sum over all lists that could be drawn, whichever was."""
    explore, order, groups = Explore(position, epsilon, pool), np.arange(12), np.full(12, -1)
    places, probability = chances(order, groups, None, explore)
    expected = np.arange(1.0, 13.0) ** -fall
    for place, chance in zip(places[1:], probability[1:], strict=True):
        expected[place] += chance * ((position) ** -fall - (place + 1.0) ** -fall)
    got, draw = explored(order, groups, None, explore, question)
    assert draw is not None
    names = np.array(list("abcdefghijkl"))
    lists = ShownLists.of([shown("r", names[got].tolist(), draw.propensity(12).tolist())], None)
    where = {key_of(name): place for place, name in enumerate(names)}
    for key, chance in zip(lists.item.tolist(), looked_at(lists, fall).tolist(), strict=True):
        if where[key] != position - 1:
            assert chance == pytest.approx(expected[where[key]])


def test_weights_are_clipped_and_normalised_among_what_is_known() -> None:
    np.testing.assert_allclose(inverse(np.array([1.0, 0.001, np.nan])), [2 / 11, 20 / 11, 1])
    np.testing.assert_allclose(inverse(np.array([1.0, 0.25, np.nan]), clip=2), [2 / 3, 4 / 3, 1])
    assert effective(Ragged(np.array([0, 1, 2]), np.array([1.0, 3.0]))) == pytest.approx(1.6)
    assert effective(Ragged(np.array([0, 2, 3, 3]), np.array([1.0, 3.0, 2.0]))) == pytest.approx(2)
    assert effective(Ragged(np.array([0]), np.empty(0))) == 0


@given(st.floats(0.001, 1), st.integers(1, 30), st.integers(0, 5))
def test_equal_chances_change_nothing(chance: float, known: int, unknown: int) -> None:
    weight = inverse(np.concatenate([np.full(known, chance), np.full(unknown, np.nan)]))
    np.testing.assert_allclose(weight, 1)


def test_a_weight_counts_in_every_share() -> None:
    """The fourth of a group was used, and goes behind the first ten: with three times its weight it loses three times as much."""
    groups, fourth = [0, 0, 0, 0, *[-1] * 8], 1 / np.log2(5)
    lost, kept = listed(range(12, 0, -1), 3, groups), listed(range(12, 0, -1), 0, groups)
    heavy = replace(lost, gain=3 * lost.gain)
    costs = costs_of(batch([heavy, kept]), Policy(spread=Spread(3, 10)), "job")
    assert costs.diversity.mean == pytest.approx(3 * fourth / (1 + 3 * fourth))
    same = costs_of(batch([heavy, replace(kept, gain=3 * kept.gain)]), Policy(spread=Spread(3, 10)), "job")
    plainly = costs_of(batch([lost, kept]), Policy(spread=Spread(3, 10)), "job")
    assert same.total.mean == pytest.approx(plainly.total.mean)


def test_the_weighed_cost_is_nearer_to_the_true_one_where_looks_fall() -> None:
    """Lists in another's order, place k looked at with k^-.7, used if liked: what a spread costs, of all that is liked.

    That other order has the first of a group on top: unweighed, what the spread takes off the list was hardly ever seen.
    """
    rng, uses, true = np.random.default_rng(3), list[tuple[ScoredList, float]](), list[ScoredList]()
    for _ in range(2_500):
        scores, groups = np.sort(rng.normal(size=14))[::-1], [0, 0, 0, 0, *range(1, 11)]
        liked = 1 / (1 + np.exp(1.5 - scores))
        theirs = np.argsort(np.argsort(np.array(groups) == 0, kind="stable"), kind="stable") + 1
        look = theirs**-0.7
        for item in np.flatnonzero(rng.random(14) < look * liked).tolist():
            uses.append((listed(scores.tolist(), item, groups), float(look[item])))
        true.append(replace(listed(scores.tolist(), 0, groups), gain=liked))
    weight = inverse(np.array([look for _, look in uses]), CLIP)
    plainly = [one for one, _ in uses]
    weighed = [replace(one, gain=one.gain * by) for one, by in zip(plainly, weight, strict=True)]
    told, weighted, truth = (costs_of(batch(one), Policy(spread=Spread(1, 10)), "job").total for one in (plainly, weighed, true))
    assert weighted.low < truth.mean < weighted.high
    assert not told.low < truth.mean < told.high


def test_in_a_world_of_slates_the_weighed_cost_is_the_true_one() -> None:
    """Another platform's lists of courses, looked at with k^-.7: what one course a provider would cost them in order of what can be known.

    By what people used in these lists, as it is and weighed, and by the chances to use what they showed, that only the world knows.
    """
    tables = slates.make(600, 2, told=600)
    worth, events = (table[table["kind"] == "course"] for table in (tables["utilities"], tables["events"]))
    seen = events[events["event"] == "impression"].merge(worth, on=["person_id", "item_id"])
    named = events[(events["event"] != "impression") & events["request_id"].notna()]
    used = named[["request_id", "item_id"]].drop_duplicates().assign(used=1.0)
    seen = seen.merge(used, how="left", on=["request_id", "item_id"]).sort_values(
        ["request_id", "observable"], ascending=[True, False]
    )
    providers = tables["courses"].set_index("course_id")["provider"].astype("category").cat.codes
    happened = seen["used"].fillna(0.0).to_numpy()
    chance = np.where(happened > 0, seen["position"].to_numpy(np.float64) ** -0.7, np.nan)
    gains = [happened, happened * inverse(chance), 1 - np.exp(-seen["utility"].to_numpy())]
    ends = np.flatnonzero(np.diff(seen["request_id"].astype("category").cat.codes)) + 1
    score, group = seen["observable"].to_numpy(), seen["item_id"].map(providers).to_numpy()
    as_used, weighed, true = (
        costs_of(
            batch(
                [
                    replace(listed(score[rows].tolist(), 0, group[rows].tolist()), gain=gain[rows])
                    for rows in np.split(np.arange(len(seen)), ends)
                ]
            ),
            Policy(spread=Spread(1, 10)),
            "course",
        ).total
        for gain in gains
    )
    assert weighed.low < true.mean < weighed.high
    assert not as_used.low < true.mean < as_used.high

"""Estimates from lists that explored: by hand, by enumeration of all draws, and against the truth of simulated logs."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.questions.offpolicy import Run, World, covers, run, widths
from sqrec.errors import DataError
from sqrec.evaluate.logs.offpolicy import OffPolicy, Slots, _cell_means, off_policy
from sqrec.texts import report_texts

RUNS = 100


def slots(*places: tuple[int, float, int, list[float], list[float]], cells: list[int] | None = None) -> Slots:
    """Return places told as (person, reward, shown option, logged, target)."""
    sizes = [len(place[3]) for place in places]
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    return Slots(
        np.array([place[0] for place in places], dtype=np.uint64),
        np.array([place[1] for place in places]),
        offsets[:-1] + np.array([place[2] for place in places], dtype=np.int64),
        offsets,
        np.array([one for place in places for one in place[3]]),
        np.array([one for place in places for one in place[4]]),
        np.array(cells or [0] * sum(sizes), dtype=np.int64),
    )


def estimated(told: Slots, **more: object) -> OffPolicy:
    return off_policy(told, np.random.default_rng(1), **more)  # type: ignore[arg-type]


def codes(found: OffPolicy) -> list[str]:
    return [note.code for note in found.notes]


BY_HAND = slots(
    (1, 1.0, 0, [0.8, 0.2], [0.0, 1.0]),
    (1, 0.0, 1, [0.8, 0.2], [0.0, 1.0]),
    (2, 1.0, 1, [0.5, 0.5], [0.0, 1.0]),
    (3, 1.0, 0, [0.5, 0.3, 0.2], [1.0, 0.0, 0.0]),
)


def test_by_hand() -> None:
    """Weights 0, 5, 2, 2: IPS (0 + 0 + 2 + 2) / 4, SNIPS 4 / 9, Kish 81 / 33; DR with 1/2 everywhere: (2 + 0 - 5/2 + 1 + 1) / 4."""
    found = estimated(BY_HAND, expected=np.full(9, 0.5))
    assert {name: one.mean for name, one in found.estimates.items()} == pytest.approx({"ips": 1.0, "snips": 4 / 9, "dr": 0.375})
    assert found.shown.mean == pytest.approx(0.75)
    assert found.gains["ips"].mean == pytest.approx(0.25)
    assert found.weight.mean == pytest.approx(9 / 4)
    assert (found.places, found.people, found.covered, found.largest) == (4, 3, 1.0, 5.0)
    assert found.effective == pytest.approx(81 / 33)
    assert found.clipped == 0
    assert codes(found)[0] == "off_policy_few"


def test_clipped_by_hand() -> None:
    """Weights 0, 2, 2, 2."""
    found = estimated(BY_HAND, clip=2.0, expected=np.full(9, 0.5))
    assert {name: one.mean for name, one in found.estimates.items()} == pytest.approx({"ips": 1.0, "snips": 4 / 6, "dr": 0.75})
    assert (found.clipped, found.clip, found.largest) == (0.25, 2.0, 5.0)
    assert "off_policy_clipped" in codes(found)


def test_the_reward_model_by_hand() -> None:
    """Two people in different folds: each is guessed from the other's places, drawn towards their mean by ten."""
    places = [(person, float(person == 1), 0, [0.5, 0.5], [1.0, 0.0]) for person in (1, 2) for _ in range(4)]
    told = slots(*places, cells=[0, 1] * 8)
    guess = _cell_means(told)
    assert guess.tolist() == pytest.approx([0.0, 0.0] * 4 + [1.0, 1.0] * 4)
    mixed = _cell_means(replace(told, reward=np.array([1.0, 1, 0, 0, 0, 0, 0, 1]), cell=np.array([0, 1, 1, 0] * 4)))
    assert mixed[:2].tolist() == pytest.approx([(0 + 10 * 0.25) / 12, (1 + 10 * 0.25) / 12])


def test_nobody_is_guessed_from_their_own_rewards() -> None:
    drawn, _ = World(people=40).drawn(np.random.default_rng(3))
    mine = drawn.person == 7
    other = replace(drawn, reward=np.where(mine, 1 - drawn.reward, drawn.reward))
    before, after = _cell_means(drawn), _cell_means(other)
    assert np.array_equal(before[mine[drawn.place]], after[mine[drawn.place]])
    assert not np.array_equal(before, after)


@st.composite
def choices(draw: st.DrawFn) -> tuple[list[float], list[float], list[float], list[float]]:
    """Return logged and target probabilities, rewards and guesses of the options of a place."""
    n = draw(st.integers(2, 5))
    logged, target = (np.array(draw(st.lists(st.integers(low, 20), min_size=n, max_size=n)), float) for low in (1, 0))
    target[0] += 1
    rewards, guesses = (draw(st.lists(st.floats(-1, 2), min_size=n, max_size=n)) for _ in range(2))
    return (logged / logged.sum()).tolist(), (target / target.sum()).tolist(), rewards, guesses


@given(choices())
def test_over_all_draws_the_mean_is_the_truth(told: tuple[list[float], list[float], list[float], list[float]]) -> None:
    """IPS, and DR whatever its reward model says, are unbiased: summed over all that could have been drawn, exactly."""
    logged, target, rewards, guesses = told
    truth, mean = np.dot(target, rewards), {"ips": 0.0, "dr": 0.0}
    for shown, probability in enumerate(logged):
        found = estimated(slots((1, rewards[shown], shown, logged, target)), expected=np.array(guesses), resamples=2)
        for name in mean:
            mean[name] += probability * found.estimates[name].mean
    assert mean == pytest.approx({"ips": truth, "dr": truth}, abs=1e-9)


def test_the_same_policy_is_worth_what_was_shown() -> None:
    drawn, _ = World(people=50).drawn(np.random.default_rng(1))
    found = estimated(replace(drawn, target=drawn.logged))
    assert found.estimates["ips"] == found.estimates["snips"] == found.shown
    assert found.gains["ips"].low == found.gains["ips"].high == 0
    assert found.effective == pytest.approx(len(drawn))
    assert codes(found) == ["off_policy_assumes"]


def test_deterministic_logs_give_no_figure() -> None:
    """Only that the same would stand in two of three places can be said."""
    found = estimated(slots((1, 1.0, 0, [1.0], [1.0]), (2, 0.0, 0, [1.0], [0.0]), (3, 0.0, 0, [1.0], [1.0])))
    assert (found.estimates, found.gains, found.places) == ({}, {}, 0)
    assert np.isnan(found.shown.mean)
    assert codes(found) == ["off_policy_no_overlap"]
    assert "same in 67% of them" in found.notes[0].said("en")


def test_an_empty_log_gives_no_figure() -> None:
    assert codes(estimated(slots())) == ["off_policy_no_overlap"]


def test_only_places_where_the_target_could_be_seen_are_evaluated() -> None:
    half = (1, 1.0, 0, [0.5, 0.5], [1.0, 0.0])
    out_of_reach = (2, 1.0, 0, [0.9, 0.1], [0.4, 0.0])
    never = (3, 1.0, 0, [1.0, 0.0], [0.0, 1.0])
    found = estimated(slots(half, out_of_reach, never, half))
    assert (found.places, found.covered) == (2, 0.5)
    assert "off_policy_covered" in codes(found)
    assert codes(estimated(slots(out_of_reach, never))) == ["off_policy_uncovered"]


def test_wrong_propensities_are_noticed() -> None:
    drawn, _ = World(people=300).drawn(np.random.default_rng(1))
    assert "off_policy_weights" not in codes(estimated(drawn))
    wrong = np.full(len(drawn.logged), 1 / 6)
    assert "off_policy_weights" in codes(estimated(replace(drawn, logged=wrong)))


def test_one_person_has_no_interval() -> None:
    found = estimated(slots((1, 1.0, 0, [0.5, 0.5], [1.0, 0.0])))
    assert found.estimates["ips"].mean == 2
    assert np.isnan([found.estimates["ips"].low, found.estimates["dr"].high, found.weight.low]).all()


@pytest.mark.parametrize(
    ("shown", "logged", "target"),
    [
        (0, [0.5, 0.4], [1.0, 0.0]),
        (1, [1.0, 0.0], [1.0, 0.0]),
        (0, [0.5, 0.5], [1.0, 0.5]),
        (0, [1.5, -0.5], [1.0, 0.0]),
        (0, [0.5, 0.5], [1.5, -0.5]),
        (0, [0.5, np.nan], [1.0, 0.0]),
    ],
)
def test_what_is_no_probability(shown: int, logged: list[float], target: list[float]) -> None:
    with pytest.raises(DataError, match="probabilities of a place are none"):
        estimated(slots((1, 1.0, shown, logged, target)))


def test_it_is_told_in_both_languages() -> None:
    told = json.loads(json.dumps(estimated(BY_HAND).told()["notes"]))
    assert all(note["en"] and note["zh"] and note["en"] != note["zh"] for note in told)
    ours = {code: said for code, said in report_texts().items() if code.startswith("off_policy")}
    assert len(ours) >= 10
    for said in ours.values():
        assert set(said) == {"en", "zh-CN"}


@cache
def simulated() -> tuple[float, list[Run]]:
    world, rng = World(people=300), np.random.default_rng(20261127)
    return world.truth(rng), [run(world, rng, resamples=400) for _ in range(RUNS)]


@pytest.mark.parametrize("name", ["ips", "snips", "dr, cells", "dr, upside down", "dr, always 1"])
def test_intervals_hold_the_truth(name: str) -> None:
    truth, runs = simulated()
    assert covers(runs, truth, name) >= 90
    error = np.std([one.bounds[name][0] for one in runs]) / np.sqrt(RUNS)
    assert abs(np.mean([one.bounds[name][0] for one in runs]) - truth) < 3 * error + 0.01


def test_naive_means_miss_it() -> None:
    truth, runs = simulated()
    assert covers(runs, truth, "naive: what was shown") == 0
    assert covers(runs, truth, "naive: where both agree") < 75
    bias = np.mean([one.bounds["naive: where both agree"][0] for one in runs]) - truth
    assert bias > 0.02


def test_doubly_robust_intervals_are_narrower() -> None:
    """A reward model that knows something helps, one that is wrong costs width and no more."""
    _, runs = simulated()
    assert widths(runs, "dr, cells") < 0.75 * widths(runs, "ips")
    assert widths(runs, "dr, the truth itself") < widths(runs, "dr, cells") < widths(runs, "dr, upside down")


def test_the_same_seed_gives_the_same() -> None:
    drawn, _ = World(people=20).drawn(np.random.default_rng(1))
    assert estimated(drawn) == estimated(drawn)

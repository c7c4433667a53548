"""What families of columns add to a score, by the path through the trees."""

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqrec.rank import Boosted
from sqrec.rank.forest import Forest
from sqrec.rank.modeltext import children_of, leaves_of, trees_of
from sqrec.rank.shares import Shares
from training.boosters import booster_text, mean_of

FEATURES = 6
FAMILY, FAMILIES = [0, 1, 1, 2, 2, 0], 3

BY_HAND = """tree
max_feature_idx=1

Tree=0
num_leaves=3
split_feature=0 1
threshold=10 0.5
decision_type=2 2
left_child=1 -1
right_child=-2 -3
leaf_value=1 4 -2
leaf_count=10 20 10

Tree=1
num_leaves=2
split_feature=1
threshold=0.5
decision_type=2
left_child=-1
right_child=-2
leaf_value=0 8
leaf_count=30 10

Tree=2
num_leaves=1
leaf_value=0.25

end of trees
"""
"""Minutes (column 0) up to 10 and a wish (column 1) above 0.5; leaf 1 lies right of the root, leaves 0 and 2 below its left child."""


def trained(leaves: int, seed: int = 3, rounds: int = 12) -> lgb.Booster:
    """Train on rows of which some are unknown."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(2000, FEATURES)).round(1)
    label = (rows[:, 0] + rows[:, 1] * rows[:, 2] + rng.normal(size=2000) > 0).astype(np.int64)
    rows[:, :4][rng.random((2000, 4)) < 0.2] = np.nan
    told = {"objective": "lambdarank", "num_leaves": leaves, "verbosity": -1, "deterministic": True, "num_threads": 1}
    return lgb.train(told, lgb.Dataset(rows, label, group=[20] * 100), num_boost_round=rounds)


def plainly(text: str, row: np.ndarray) -> list[float]:
    """Credit every step of one row's path to the family of its column, in plain Python; for trees without categories."""
    found = [0.0] * FAMILIES
    for tree in trees_of(text):
        left, right = children_of(tree)
        node = 0
        while left and node >= 0:
            child = left[node] if goes_left(tree, node, row) else right[node]
            found[FAMILY[int(tree["split_feature"][node])]] += worth(tree, child) - worth(tree, node)
            node = child
    return found


def goes_left(tree: dict, node: int, row: np.ndarray) -> bool:
    value, decision = row[int(tree["split_feature"][node])], int(tree["decision_type"][node])
    if np.isnan(value):
        if decision >> 2 & 3 == 0:
            value = 0.0
        else:
            return bool(decision & 2)
    return value <= float(tree["threshold"][node])


def below(tree: dict, child: int) -> list[int]:
    if child < 0:
        return [~child]
    left, right = children_of(tree)
    return below(tree, left[child]) + below(tree, right[child])


def worth(tree: dict, child: int) -> float:
    leaves = below(tree, child)
    counts = [float(tree["leaf_count"][leaf]) for leaf in leaves]
    return sum(float(tree["leaf_value"][leaf]) * count for leaf, count in zip(leaves, counts, strict=True)) / sum(counts)


@pytest.fixture(scope="module", params=[2, 9, 31, 64])
def text(request: pytest.FixtureRequest) -> str:
    return booster_text(trained(request.param))


def table(rows: int, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    found = rng.normal(size=(rows, FEATURES)).round(1)
    found[rng.random(found.shape) < 0.2] = np.nan
    return found


def test_a_tree_by_hand() -> None:
    """Root: (10 * 1 + 20 * 4 + 10 * -2) / 40 = 1.75; left child: (10 * 1 + 10 * -2) / 20 = -0.5; second tree's root: 2."""
    shares = Shares.of_text(BY_HAND, [0, 1], 2)
    assert leaves_of(trees_of(BY_HAND)[0]) == [0, 2, 1]
    assert shares.table[0].tolist() == [[-2.25, 1.5], [-2.25, -1.5], [2.25, 0.0]]
    assert shares.table[1, :2].tolist() == [[0.0, -2.0], [0.0, 6.0]]
    assert not shares.table[2].any()
    forest = Forest.of_text(BY_HAND)
    assert forest
    scores, exits = forest.walk(np.array([[5.0, 0.0], [5.0, 1.0], [20.0, 1.0], [20.0, 0.0]]))
    assert exits.tolist() == [[0, 0, 0], [1, 1, 0], [2, 1, 0], [2, 0, 0]]
    assert scores.tolist() == [1.25, 6.25, 12.25, 4.25]
    gains = shares.of_rows(exits, np.array([2, 0]))
    # Over the four rows: reach 0, wish 1/4 (1.5 - 1.5) + 1/4 (-2 + 6 + 6 - 2) = 2.
    assert gains.tolist() == [[2.25, 4.0], [-2.25, -2.5]]
    assert gains.sum(axis=1).tolist() == [12.25 - scores.mean(), 1.25 - scores.mean()]


def test_the_places_of_leaves_are_those_of_lightgbm(text: str) -> None:
    forest, booster = Forest.of_text(text), lgb.Booster(model_str=text)
    assert forest
    rows = table(200)
    scores, exits = forest.walk(rows)
    assert scores.tobytes() == forest.score(rows).tobytes() == booster.predict(rows, raw_score=True).tobytes()
    numbers = np.column_stack([np.array(leaves_of(tree))[exits[:, place]] for place, tree in enumerate(trees_of(text))])
    assert (numbers == booster.predict(rows, pred_leaf=True)).all()
    slow = Boosted(booster, None).walk(rows, np.zeros(200, np.uint64))
    assert (slow[1] == exits).all()
    assert slow[0].tobytes() == scores.tobytes()


def test_every_step_is_credited_as_a_plain_walk_credits_it(text: str) -> None:
    shares, forest = Shares.of_text(text, FAMILY, FAMILIES), Forest.of_text(text)
    assert forest
    rows = table(40)
    gains = shares.of_rows(forest.walk(rows)[1], np.arange(40))
    plain = np.array([plainly(text, row) for row in rows])
    assert np.allclose(gains, plain - plain.mean(axis=0), rtol=0, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(1, 60), seed=st.integers(0, 10_000))
def test_over_the_families_it_is_the_score_less_the_mean_score(text: str, rows: int, seed: int) -> None:
    shares, forest = Shares.of_text(text, FAMILY, FAMILIES), Forest.of_text(text)
    assert forest
    scores, exits = forest.walk(table(rows, seed))
    gains = shares.of_rows(exits, np.arange(rows))
    assert np.allclose(gains.sum(axis=1), scores - scores.mean(), rtol=0, atol=1e-11)
    turned = np.random.default_rng(seed).permutation(rows)
    assert shares.of_rows(exits[turned], np.arange(rows)).tobytes() == gains[turned].tobytes()
    alone = [shares.of_rows(exits, np.array([row])) for row in range(rows)]
    assert np.concatenate(alone).tobytes() == gains.tobytes()


def test_the_mean_of_boosters_adds_the_mean() -> None:
    one, other = trained(9, 3), trained(15, 4)
    rows = table(30)
    found = []
    for booster in (one, other, mean_of([one, other])):
        text = booster_text(booster)
        forest = Forest.of_text(text)
        assert forest
        found.append(Shares.of_text(text, FAMILY, FAMILIES).of_rows(forest.walk(rows)[1], np.arange(30)))
    assert np.allclose((found[0] + found[1]) / 2, found[2], rtol=0, atol=1e-12)


def test_trees_too_large_for_the_fast_walk() -> None:
    booster = trained(90, rounds=4)
    text = booster_text(booster)
    ranker = Boosted.of_text(text)
    assert ranker.forest is None
    rows = table(50)
    scores, exits = ranker.walk(rows, np.zeros(50, np.uint64))
    gains = Shares.of_text(text, FAMILY, FAMILIES).of_rows(exits, np.arange(50))
    assert np.allclose(gains.sum(axis=1), scores - scores.mean(), rtol=0, atol=1e-11)
    plain = np.array([plainly(text, row) for row in rows])
    assert np.allclose(gains, plain - plain.mean(axis=0), rtol=0, atol=1e-12)
    assert ranker.walk(rows[:0], np.zeros(0, np.uint64))[1].shape == (0, 4)

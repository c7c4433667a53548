"""The mean of boosters as one booster."""

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqrec.rank.forest import Forest
from training.boosters import booster_text, mean_of, on_columns
from training.fitting import dataset
from training.sample import Sample


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(400, 4))
    rows[rng.random(rows.shape) < 0.2] = np.nan
    return rows, (np.nan_to_num(rows[:, 1]) + rng.normal(size=400) > 0).astype(int)


def grown(seed: int, trees: int, leaves: int) -> lgb.Booster:
    rows, label = drawn(seed)
    told = {"objective": "lambdarank", "num_leaves": leaves, "verbosity": -1, "num_threads": 1, "bagging_fraction": 0.5}
    data = lgb.Dataset(rows, label, group=[20] * 20, feature_name=["a", "b", "c", "d"])
    return lgb.train(told | {"bagging_freq": 1, "seed": seed, "deterministic": True}, data, num_boost_round=trees)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 12), st.integers(2, 31)), min_size=1, max_size=4))
def test_it_scores_and_explains_as_the_mean_of_all(shapes: list[tuple[int, int, int]]) -> None:
    boosters, rows = [grown(*shape) for shape in shapes], drawn(100)[0]
    one = mean_of(boosters)
    for said in ({"raw_score": True}, {"pred_contrib": True}):
        whole = np.mean([booster.predict(rows, **said) for booster in boosters], axis=0)
        np.testing.assert_allclose(one.predict(rows, **said), whole, rtol=1e-9, atol=1e-12)
    assert one.num_trees() == sum(booster.num_trees() for booster in boosters)
    assert one.feature_name() == ["a", "b", "c", "d"]
    gains = np.sum([booster.feature_importance("split") for booster in boosters], axis=0)
    np.testing.assert_array_equal(one.feature_importance("split"), gains)


def test_its_text_is_that_of_any_booster() -> None:
    one, rows = mean_of([grown(seed, 10, 15) for seed in (1, 2, 3)]), drawn(4)[0]
    again, forest = lgb.Booster(model_str=booster_text(one)), Forest.of_text(booster_text(one))
    assert booster_text(again) == booster_text(one)
    assert forest is not None
    np.testing.assert_array_equal(again.predict(rows, raw_score=True), one.predict(rows, raw_score=True))
    np.testing.assert_array_equal(forest.score(rows), one.predict(rows, raw_score=True))


def test_the_mean_of_one_is_itself() -> None:
    one = grown(1, 3, 4)
    assert mean_of([one]) is one


@pytest.mark.parametrize("scale", [1, 2])
def test_a_tree_without_a_split_counts_as_its_leaf(scale: int) -> None:
    """Where nothing can be split a booster's trees are one leaf each; the mean holds theirs, too."""
    told = {"objective": "regression", "num_leaves": 4, "min_data_in_leaf": 100, "verbosity": -1, "num_threads": 1}
    flat = lgb.train(told, lgb.Dataset(np.zeros((50, 2)), np.arange(50.0) * scale), 2)
    full = lgb.train(told | {"min_data_in_leaf": 5}, lgb.Dataset(np.eye(50)[:, :2], np.arange(50.0)), 2)
    rows = np.zeros((3, 2))
    np.testing.assert_allclose(mean_of([flat, full]).predict(rows), (flat.predict(rows) + full.predict(rows)) / 2)


def test_weights_scale_each_one() -> None:
    one, other, rows = grown(1, 5, 7), grown(2, 8, 15), drawn(3)[0]
    whole = 0.7 * one.predict(rows, raw_score=True) + 0.3 * other.predict(rows, raw_score=True)
    np.testing.assert_allclose(mean_of([one, other], (0.7, 0.3)).predict(rows, raw_score=True), whole, rtol=1e-9, atol=1e-12)


def test_more_columns_change_no_score() -> None:
    """The columns a to d stand as the last, the third, the first and the fourth of six; what is new says nothing."""
    one, rows = grown(1, 12, 15), drawn(3)[0]
    more = np.random.default_rng(5).normal(size=(len(rows), 6))
    more[:, [5, 2, 0, 3]] = rows
    moved = on_columns(one, ("c", "new", "b", "d", "other", "a"))
    assert moved.feature_name() == ["c", "new", "b", "d", "other", "a"]
    np.testing.assert_array_equal(moved.predict(more, raw_score=True), one.predict(rows, raw_score=True))
    shares = moved.predict(more, pred_contrib=True)
    np.testing.assert_allclose(shares[:, [5, 2, 0, 3, 6]], one.predict(rows, pred_contrib=True), rtol=1e-9, atol=1e-12)
    assert not shares[:, [1, 4]].any()
    np.testing.assert_array_equal(Forest.of_text(booster_text(moved)).score(more), one.predict(rows, raw_score=True))
    with pytest.raises(ValueError, match="'c'"):
        on_columns(one, ("a", "b", "d"))


def test_sizes_that_do_not_fill_the_rows_are_refused() -> None:
    rows, label = np.zeros((6, 1)), np.array([1, 0, 0, 1, 0, 0])
    for sizes in ([3, 2], [3, 4], [10_001]):
        with pytest.raises(ValueError, match="contiguous"):
            dataset(Sample(rows, label, np.array(sizes)), ("one",))

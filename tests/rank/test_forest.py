"""The fast walk through a booster's trees has the bits of LightGBM's own."""

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqrec.rank.forest import Forest
from training.train import booster_text

FEATURES = 6


def trained(leaves: int, holes: float, seed: int = 3) -> lgb.Booster:
    """Train on rows of which a share is unknown; the last feature is constant, the one before never unknown."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(2000, FEATURES)).round(1)
    label = (rows[:, 0] + rows[:, 1] * rows[:, 2] + rng.normal(size=2000) > 0).astype(np.int64)
    rows[:, :4][rng.random((2000, 4)) < holes] = np.nan
    rows[:, 5] = 1.0
    told = {"objective": "lambdarank", "num_leaves": leaves, "verbosity": -1, "deterministic": True, "num_threads": 1}
    return lgb.train(told, lgb.Dataset(rows, label, group=[20] * 100), num_boost_round=25)


@pytest.fixture(scope="module", params=[(2, 0.0), (7, 0.3), (31, 0.3), (64, 0.1)])
def booster(request: pytest.FixtureRequest) -> lgb.Booster:
    return trained(*request.param)


VALUE = st.one_of(
    st.just(np.nan), st.sampled_from([0.0, -0.0, 1e-36, -1e-36, np.inf, -np.inf]), st.floats(-3, 3).map(lambda x: round(x, 1))
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(VALUE, min_size=FEATURES, max_size=FEATURES), min_size=1, max_size=9))
def test_the_same_bits(booster: lgb.Booster, rows: list[list[float]]) -> None:
    forest = Forest.of_text(booster_text(booster))
    assert forest
    table = np.array(rows)
    assert forest.score(table).tobytes() == booster.predict(table, raw_score=True, num_threads=1).tobytes()


def test_at_the_thresholds_themselves(booster: lgb.Booster) -> None:
    forest = Forest.of_text(booster_text(booster))
    assert forest
    edges = np.concatenate([forest.threshold, np.nextafter(forest.threshold, np.inf), np.nextafter(forest.threshold, -np.inf)])
    table = np.repeat(edges[:, None], FEATURES, axis=1)
    assert forest.score(table).tobytes() == booster.predict(table, raw_score=True, num_threads=1).tobytes()


def test_a_row_alone_and_among_others(booster: lgb.Booster) -> None:
    forest = Forest.of_text(booster_text(booster))
    assert forest
    table = np.random.default_rng(1).normal(size=(301, FEATURES))
    whole = forest.score(table)
    assert whole.tobytes() == np.concatenate([forest.score(table[row : row + 1]) for row in range(301)]).tobytes()
    assert forest.score(np.asfortranarray(table)).tobytes() == whole.tobytes()


def test_what_is_not_plain_is_left_to_lightgbm() -> None:
    assert Forest.of_text(booster_text(trained(90, 0.0))) is None
    rows = np.random.default_rng(2).integers(4, size=(2000, 2)).astype(np.float64)
    data = lgb.Dataset(rows, (rows[:, 0] == 2).astype(np.int64), group=[20] * 100, categorical_feature=[0])
    categorical = lgb.train({"objective": "lambdarank", "verbosity": -1}, data, num_boost_round=3)
    assert Forest.of_text(booster_text(categorical)) is None

"""What questions weigh, what places in lists do to learning, what grades are worth."""

from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pytest

from sqrec.base.arrays import Ragged
from sqrec.contract import GRADES
from sqrec.evaluate.stats.metrics import Hits, per_person
from training.fitting import GAIN, dataset, fit, parameters, places, pull, weights
from training.sample import Sample
from training.settings import Settings
from training.train import booster_text

DAY = 86_400_000_000
FEW = Settings(num_leaves=4, min_data_in_leaf=20, rounds=20)


def asked(person: list[int], days: list[float]) -> Sample:
    """Return questions of two rows each."""
    size = len(person)
    label = np.tile([0, 1], size)
    at = np.array([day * DAY for day in days]).astype(np.int64)
    return Sample(np.zeros((2 * size, 1)), label, np.full(size, 2), None, np.array(person, np.uint64), at)


def test_by_default_all_questions_weigh_alike() -> None:
    assert weights(asked([1, 1, 2], [0, 1, 2]), Settings()) is None


def test_a_question_one_half_life_older_weighs_half() -> None:
    """1/4, 1/2, 1: divided by their mean of 7/12."""
    found = weights(asked([1, 2, 3], [0, 30, 60]), Settings(half_life_days=30))
    assert found is not None
    assert found == pytest.approx(np.repeat([3 / 7, 6 / 7, 12 / 7], 2))


def test_evened_questions_add_up_to_the_same_for_everybody() -> None:
    found = weights(asked([1, 1, 1, 2], [0, 0, 0, 0]), Settings(evened=1.0))
    assert found == pytest.approx(np.repeat([2 / 3, 2 / 3, 2 / 3, 2], 2))
    half = weights(asked([1, 1, 1, 1, 2], [0] * 5), Settings(evened=0.5))
    assert half == pytest.approx(np.repeat([1 / 2, 1 / 2, 1 / 2, 1 / 2, 1], 2) / (3 / 5))


@pytest.mark.parametrize("settings", [Settings(half_life_days=1), Settings(evened=1.0)])
def test_weights_of_questions_that_nobody_knows_are_refused(settings: Settings) -> None:
    alone = Sample(np.zeros((2, 1)), np.array([0, 1]), np.array([2]))
    with pytest.raises(ValueError, match="does not tell"):
        weights(alone, settings)


def test_samples_put_together_keep_what_both_know() -> None:
    shown = replace(asked([1], [0]), position=np.array([2, 1]))
    both = shown.with_rows(asked([2], [5]))
    assert both.position is not None
    assert both.position.tolist() == [2, 1, 0, 0]
    assert both.person is not None
    assert both.person.tolist() == [1, 2]
    assert both.at is not None
    assert both.at.tolist() == [0, 5 * DAY]
    unknown = shown.with_rows(Sample(np.zeros((2, 1)), np.array([0, 1]), np.array([2])))
    assert unknown.person is unknown.at is None


def test_places_are_capped_and_told_only_where_asked_for() -> None:
    shown = replace(asked([1, 2], [0, 0]), position=np.array([1, 9, 0, 3]))
    assert places(shown, Settings()) is None
    assert places(asked([1], [0]), Settings(positions=3)) is None
    found = places(shown, Settings(positions=3))
    assert found is not None
    assert found.tolist() == [1, 4, 0, 3]


def clicks(lists: int = 4000, length: int = 8, eta: float = 1.0) -> tuple[Sample, np.ndarray]:
    """Return lists ordered by the second column, clicked by the first where the place was looked at (place to the power -eta)."""
    rng = np.random.default_rng(6)
    rows = rng.random((lists, length, 2))
    rows[:, :, 1] = -np.sort(-rows[:, :, 1], axis=1)
    place = np.arange(1, length + 1)
    looked = rng.random((lists, length)) < place**-eta
    label = (looked & (rng.random((lists, length)) < rows[:, :, 0] ** 2)).astype(np.int64)
    sizes, position = np.full(lists, length), np.tile(place, lists)
    return Sample(rows.reshape(-1, 2), label.ravel(), sizes, position), rows[:, :, 0].ravel()


def test_places_told_the_trees_leave_the_platforms_order_alone() -> None:
    """Without them the column that ordered the lists is believed to be liked."""
    shown, true = clicks()
    boosters = [fit(shown, ("true", "order"), (0, 0), replace(FEW, positions=cap), 1) for cap in (0, 8)]
    plain, told = (booster.feature_importance("gain") for booster in boosters)
    assert told[1] / told.sum() < 0.5 * plain[1] / plain.sum()
    near = [np.corrcoef(booster.predict(shown.rows), true)[0, 1] for booster in boosters]
    assert near[1] > near[0] + 0.02


def test_a_known_pull_of_places_does_the_same_and_needs_no_learning() -> None:
    shown, true = clicks()
    plain, told = (
        fit(shown, ("true", "order"), (0, 0), replace(FEW, examined_fall=fall), 1).predict(shown.rows) for fall in (0.0, 1.0)
    )
    assert np.corrcoef(told, true)[0, 1] > np.corrcoef(plain, true)[0, 1] + 0.02


def test_the_pull_of_a_place_is_the_logarithm_of_its_looks() -> None:
    shown = replace(asked([1, 2], [0, 0]), position=np.array([1, 4, 0, 2]))
    assert pull(shown, Settings(examined_fall=0.5)) == pytest.approx(np.log([1, 4**-0.5, 1, 2**-0.5]))
    assert not pull(shown, Settings()).any()
    assert not pull(asked([1], [0]), Settings(examined_fall=0.5)).any()


def test_a_booster_knows_nothing_of_places() -> None:
    """Same columns, same trees' format: nothing but the trees' numbers differs, and rows alone are asked for."""
    shown, _ = clicks(400)
    plain, told = (booster_text(fit(shown, ("true", "order"), (0, 0), replace(FEW, positions=cap), 1)) for cap in (0, 8))
    assert plain != told
    assert "position" not in told
    assert [line.partition("=")[0] for line in plain.split("\n\n", 1)[0].splitlines()] == [
        line.partition("=")[0] for line in told.split("\n\n", 1)[0].splitlines()
    ]
    reread = lgb.Booster(model_str=told)
    assert reread.feature_name() == ["true", "order"]
    assert np.ptp(reread.predict(shown.rows)) > 0


def test_the_same_places_teach_the_same() -> None:
    shown, _ = clicks(3000)
    told = replace(FEW, positions=4)
    assert len({booster_text(fit(shown, ("true", "order"), (0, 0), told, 1)) for _ in range(3)}) == 1


def test_every_grade_has_its_gain_and_it_is_that_of_our_ndcg() -> None:
    assert len(GAIN) == max(GRADES.values()) + 1
    assert parameters(Settings(), (0,), 1)["label_gain"] == [0, 1, 3, 7, 15, 31]
    hits = Hits.of(Ragged.of([np.array([2, 1])], np.int64), Ragged.of([np.array([5, 1])], np.int64), np.array([9]))
    second, ideal = 1 + GAIN[5] / np.log2(3), GAIN[5] + GAIN[1] / np.log2(3)
    assert per_person(hits, ("ndcg@10",))["ndcg@10"][0] == pytest.approx(second / ideal)


def test_the_stronger_event_counts_more() -> None:
    """Two kinds of items, one applied for and one viewed, in one list: the trees put the first on top."""
    rng = np.random.default_rng(3)
    rows = np.concatenate([np.eye(3)] * 300) + 0.01 * rng.random((900, 3))
    label = np.tile([5, 1, 0], 300)
    ranker = fit(Sample(rows, label, np.full(300, 3)), ("a", "b", "c"), (0, 0, 0), FEW, 1)
    applied, viewed, neither = ranker.predict(np.eye(3))
    assert applied > viewed > neither


def test_weights_reach_the_trees() -> None:
    """Old questions say one thing, the newest another; with a short half-life the newest win."""
    rng = np.random.default_rng(4)
    rows = rng.random((3000, 2))
    first = rows[:, 0].reshape(-1, 2)
    label = (first == first.max(axis=1)[:, None]).astype(np.int64)
    label[1000:] = 1 - label[1000:]
    days = np.where(np.arange(1500) < 1000, 0, 100) * DAY
    both = Sample(rows, label.ravel(), np.full(1500, 2), None, np.zeros(1500, np.uint64), days)
    high, low = np.array([[0.9, 0.5]]), np.array([[0.1, 0.5]])
    even, fresh = (fit(both, ("a", "b"), (0, 0), replace(FEW, half_life_days=half), 1) for half in (None, 10.0))
    assert even.predict(high) > even.predict(low)
    assert fresh.predict(high) < fresh.predict(low)
    assert dataset(both, ("a", "b")).weight is None

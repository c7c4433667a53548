"""What places in lists do to learning, and what grades are worth."""

from dataclasses import replace

import numpy as np
import pytest

from sqrec.base.arrays import Ragged
from sqrec.base.numbers import DAY
from sqrec.contract import GRADES
from sqrec.evaluate.stats.metrics import Hits, per_person
from training.fitting import GAIN, fit, parameters, pull
from training.sample import Sample
from training.settings import Settings

FEW = Settings(num_leaves=4, min_data_in_leaf=20, rounds=20)


def asked(person: list[int], days: list[float]) -> Sample:
    """Return questions of two rows each."""
    size = len(person)
    label = np.tile([0, 1], size)
    at = np.array([day * DAY for day in days]).astype(np.int64)
    return Sample(np.zeros((2 * size, 1)), label, np.full(size, 2), None, np.array(person, np.uint64), at)


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

"""How fast fewer look further down shown lists, and the conditional logit of what was used within its question that says so."""

from dataclasses import replace

import numpy as np
import pytest

from training.places import LIFTED, STEEPEST, fall_beside, spread_values
from training.sample import Sample
from training.words import logit

QUESTIONS = 4000


def chosen(values: np.ndarray, scores: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return labels of one choice per question, by the logit of the scores."""
    drawn = scores + rng.gumbel(size=scores.shape)
    return (drawn == drawn.max(axis=1, keepdims=True)).astype(np.int64)


def test_what_is_drawn_seldom_is_not_thereby_rare() -> None:
    """Nine in ten near items are not drawn: their weight is found where their rarity is told, and too large where it is not."""
    rng = np.random.default_rng(2)
    near = rng.random((QUESTIONS, 60)) < 0.5
    label = chosen(near, 1.5 * near, rng)
    stays = (label > 0) | ~near | (rng.random(near.shape) < 0.1)
    rows, sizes = near[stays][:, None].astype(float), stays.sum(axis=1)
    rare = np.where(near[stays], -np.log(0.1), 0.0)
    sample = Sample(rows, label[stays], sizes)
    # A used item stands in its question whatever it is, so with one use among few the rarity mends all but that much.
    told, untold = logit(rows, replace(sample, rarity=rare))[0], logit(rows, sample)[0]
    assert told == pytest.approx(1.5, abs=0.25)
    assert untold > told + 1.0


def test_spread_values_by_hand() -> None:
    values = spread_values(np.array([[1.0, 5.0, np.nan], [np.nan, 5.0, np.nan], [3.0, 5.0, np.nan]]))
    assert values == pytest.approx(np.array([[-np.sqrt(1.5), 0, 0], [0, 0, 0], [np.sqrt(1.5), 0, 0]]))


def test_logit_by_hand() -> None:
    """Of two items the one that has it is used three times in four: the odds are 3, the weight their logarithm, less the ridge."""
    value, label = np.tile([1.0, 0.0], 400)[:, None], np.concatenate([np.tile([1, 0], 300), np.tile([0, 1], 100)])
    sample = Sample(value, label, np.full(400, 2))
    assert logit(value, sample)[0] == pytest.approx(np.log(3), abs=0.02)
    assert logit(value, replace(sample, rarity=np.tile([0.5, 0.0], 400)))[0] == pytest.approx(np.log(3) - 0.5, abs=0.02)
    assert logit(value, sample, [(None, 0.5)])[0] == 0.5


def listed(fall: float, order_tells: float = 2.0, lists: int = 4000, length: int = 10, seed: int = 3) -> Sample:
    """Return shown lists of a platform that orders by the first column, which is liked, as the second is; places pull besides."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(lists, length, 2))
    order = np.argsort(-rows[..., 0], axis=1)
    rows = np.take_along_axis(rows, order[..., None], axis=1)
    place = np.arange(1, length + 1)
    label = chosen(rows, order_tells * rows[..., 0] + rows[..., 1] - fall * np.log(place), rng)
    return Sample(rows.reshape(-1, 2), label.ravel(), np.full(lists, length), np.tile(place, lists))


@pytest.mark.parametrize("fall", [0.0, 0.7, 1.5])
def test_the_fall_is_found_beside_what_the_platform_ordered_by(fall: float) -> None:
    assert fall_beside(listed(fall)) == pytest.approx(fall, abs=0.12)


def test_without_the_column_that_ordered_the_lists_its_merit_passes_for_the_fall() -> None:
    shown = listed(0.7)
    assert fall_beside(shown.with_columns(np.array([1]))) > 1.2


def test_rows_that_were_drawn_tell_nothing_of_places() -> None:
    shown = listed(0.7)
    drawn = replace(listed(0.0, seed=4), position=None)
    assert fall_beside(shown.with_rows(drawn)) == pytest.approx(0.7, abs=0.15)
    assert fall_beside(drawn) == 0.0
    assert fall_beside(replace(shown, position=np.zeros_like(shown.label))) == 0.0
    assert fall_beside(replace(shown, label=np.zeros_like(shown.label))) == 0.0
    assert fall_beside(Sample(np.empty((0, 2)), np.empty(0, np.int64), np.empty(0, np.int64))) == 0.0


def test_the_fall_is_believed_from_minus_one_to_two() -> None:
    """Everybody takes the first place, or the last one."""
    place = np.tile(np.arange(1, 11), 200)
    rows = np.random.default_rng(5).random((2000, 1))
    first, last = (Sample(rows, (place == at).astype(np.int64), np.full(200, 10), place) for at in (1, 10))
    assert fall_beside(first) == STEEPEST == 2.0
    assert fall_beside(last) == LIFTED == -1.0

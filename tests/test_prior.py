"""What boosters may start from, and how fast fewer look further down: both of one logit of what was used within its question."""

from dataclasses import replace

import numpy as np
import pytest

from sqrec.rank import Linear
from training.places import LIFTED, STEEPEST, fall_beside
from training.sample import Sample
from training.words import fit_prior, logit, spread_values

NAMES = ("near", "wage", "noise", "same", "never")
FREE = (0,) * 5
QUESTIONS, SIZE = 4000, 10


def chosen(values: np.ndarray, scores: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return labels of one choice per question, by the logit of the scores."""
    drawn = scores + rng.gumbel(size=scores.shape)
    return (drawn == drawn.max(axis=1, keepdims=True)).astype(np.int64)


def answers(weights: tuple[float, float] = (1.0, -0.5), unknown: float = 0.0, seed: int = 1) -> Sample:
    """Return questions of which one item was used: by `near` and `wage` of very different scales, nothing else counts.

    A share of the wages is unknown; those items were chosen as if they had the mean wage of 3,000.
    """
    rng = np.random.default_rng(seed)
    rows = np.stack([rng.normal(5, 2, (QUESTIONS, SIZE)), rng.normal(3000, 400, (QUESTIONS, SIZE))], axis=-1)
    hidden = rng.random((QUESTIONS, SIZE)) < unknown
    rows[hidden, 1] = 3000
    label = chosen(rows, weights[0] * rows[..., 0] / 2 + weights[1] * (rows[..., 1] - 3000) / 400, rng)
    rows[hidden, 1] = np.nan
    more = [rng.random((QUESTIONS, SIZE)), np.full((QUESTIONS, SIZE), 7.0), np.full((QUESTIONS, SIZE), np.nan)]
    rows = np.concatenate([rows, np.stack(more, axis=-1)], axis=-1)
    return Sample(rows.reshape(-1, 5), label.ravel(), np.full(QUESTIONS, SIZE))


def weight(prior: Linear, name: str) -> float:
    return dict(zip(prior.places, prior.weights, strict=True)).get(NAMES.index(name), 0.0)


def unknown(prior: Linear, name: str) -> float:
    return dict(zip(prior.places, prior.unknown, strict=True))[NAMES.index(name)]


def test_weights_are_found_in_the_units_of_their_columns() -> None:
    prior = fit_prior(NAMES, answers(), NAMES, FREE)
    assert weight(prior, "near") == pytest.approx(1.0 / 2, rel=0.08)
    assert weight(prior, "wage") == pytest.approx(-0.5 / 400, rel=0.08)
    assert weight(prior, "noise") == pytest.approx(0.0, abs=0.15)


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
    told = fit_prior(("near",), replace(sample, rarity=rare), ("near",), (0,))
    untold = fit_prior(("near",), sample, ("near",), (0,))
    assert told.weights[0] == pytest.approx(1.5, abs=0.25)
    assert untold.weights[0] > told.weights[0] + 1.0


def test_an_unknown_value_counts_as_the_mean_of_the_known() -> None:
    sample = answers(unknown=0.4)
    prior = fit_prior(NAMES, sample, NAMES, FREE)
    assert unknown(prior, "wage") == pytest.approx(np.nanmean(sample.rows[:, 1]))
    assert weight(prior, "wage") == pytest.approx(-0.5 / 400, rel=0.1)
    known = sample.rows[:1].copy()
    known[0, 1] = unknown(prior, "wage")
    hidden = known.copy()
    hidden[0, 1] = np.nan
    keys = np.zeros(1, np.uint64)
    assert prior.score(hidden, keys) == pytest.approx(prior.score(known, keys))


def test_promised_signs_are_kept() -> None:
    """`near` helps and `wage` harms; who promised the opposite has no weight."""
    kept = fit_prior(NAMES, answers(), NAMES, (1, -1, 0, 0, 0))
    assert weight(kept, "near") > 0 > weight(kept, "wage")
    broken = fit_prior(NAMES, answers(), NAMES, (-1, 1, 0, 0, 0))
    assert weight(broken, "near") == weight(broken, "wage") == 0


def test_columns_that_never_vary_or_are_never_known_weigh_nothing() -> None:
    prior = fit_prior(NAMES, answers(), NAMES, FREE)
    assert {NAMES[place] for place in prior.places} <= {"near", "wage", "noise"}
    assert np.isfinite(prior.weights).all()
    assert fit_prior(("same", "never"), answers(), NAMES, FREE) == Linear.nothing()


def test_nothing_to_learn_from_weighs_nothing() -> None:
    none = Sample(np.empty((0, 5)), np.empty(0, np.int64), np.empty(0, np.int64))
    unused = Sample(np.random.default_rng(1).random((4, 5)), np.zeros(4, np.int64), np.array([4]))
    assert fit_prior(NAMES, none, NAMES, FREE) == fit_prior(NAMES, unused, NAMES, FREE) == Linear.nothing()


def test_spread_values_by_hand() -> None:
    values, middle, spread = spread_values(np.array([[1.0, 5.0, np.nan], [np.nan, 5.0, np.nan], [3.0, 5.0, np.nan]]))
    assert middle.tolist() == [2.0, 5.0, 0.0]
    assert spread == pytest.approx([np.sqrt(2 / 3), 0.0, 0.0])
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

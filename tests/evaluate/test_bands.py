"""What the fit bands are worth, counted by hand."""

import numpy as np
import pytest

from sqrec.evaluate.lists.bands import BandWatch
from sqrec.rank.reasons import FITS, Requirement, fit_of, fits_of

REQUIREMENTS = (Requirement("education", "education_gap", 0.0), Requirement("skills", "coverage", 1.0))
NAMES = ("education_gap", "coverage", "minutes")
NAN = np.nan
ROWS = np.array([[0.0, 1.0, 5.0], [-1.0, 1.0, 5.0], [-1.0, 0.5, 5.0], [NAN, NAN, 5.0], [NAN, 1.0, 5.0], [0.0, 0.5, NAN]])


def test_bands_of_rows_by_hand() -> None:
    assert [FITS[place] for place in fits_of(ROWS, NAMES, REQUIREMENTS)] == ["high", "medium", "low", "unknown", "high", "medium"]


def test_the_rule_is_that_of_the_answer() -> None:
    rng = np.random.default_rng(1)
    rows = rng.choice([NAN, -1.0, 0.0, 1.0], (300, 3))
    for row, place in zip(rows, fits_of(rows, NAMES, REQUIREMENTS), strict=True):
        asked = [(rule, row[NAMES.index(rule.column)]) for rule in REQUIREMENTS]
        checked = [(rule, value) for rule, value in asked if not np.isnan(value)]
        assert FITS[place] == fit_of(len(checked), sum(value < rule.met_from for rule, value in checked))


def test_rates_are_used_pairs_of_all_pairs() -> None:
    watch = BandWatch(NAMES, REQUIREMENTS)
    used = np.array([True, False, False, False, False, False])
    first = np.array([True, True, False, False, True, False])
    watch.look(ROWS, used, first)
    watch.look(ROWS[:2], np.array([False, True]), np.array([True, True]))
    high, medium, low, unknown = watch.bands(1)
    assert (high.candidates, high.used, high.shown, high.shown_used) == (3, 1, 3, 1)
    assert (medium.candidates, medium.used, medium.shown, medium.shown_used) == (3, 1, 2, 1)
    assert (low.candidates, low.shown, unknown.candidates) == (1, 0, 1)
    assert high.rate.mean == pytest.approx(1 / 3)
    assert medium.shown_rate.mean == pytest.approx(1 / 2)
    assert low.shown_rate.n == 0
    assert np.isnan(low.shown_rate.mean)


def test_without_requirements_nothing_is_said() -> None:
    watch = BandWatch(NAMES, ())
    watch.look(ROWS, np.zeros(6, bool), np.zeros(6, bool))
    assert watch.bands(1) == ()

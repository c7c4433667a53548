"""How well mean rows guess a fact that no ranker may know."""

import numpy as np
import pandas as pd

from sqrec.base.arrays import keys_of
from sqrec.evaluate.fairness.proxies import sex_proxy

PEOPLE = 200


def guessed(tells: float, known: np.ndarray | None = None) -> float:
    """Return the AUC for rows of which the first column tells sex by so much; `known` people alone have the second."""
    rng = np.random.default_rng(2)
    ids = [f"p{number}" for number in range(PEOPLE)]
    female = rng.random(PEOPLE) < 0.5
    rows = np.column_stack([tells * female + rng.random(PEOPLE), np.full(PEOPLE, np.nan)])
    if known is not None:
        rows[known, 1] = 1.0
    restricted = pd.DataFrame({"person_id": ids, "sex": np.where(female, "female", "male")})
    found = sex_proxy(restricted, keys_of(ids), rows, 1)
    assert found is not None
    assert found.auc.n == PEOPLE
    return found.auc.mean


def test_columns_that_tell_and_columns_that_do_not() -> None:
    assert guessed(2.0) > 0.95
    assert 0.35 < guessed(0.0) < 0.65


def test_a_column_that_is_unknown_of_everybody_or_nearly_is_no_obstacle() -> None:
    for known in (None, np.array([7])):
        assert guessed(2.0, known) > 0.95

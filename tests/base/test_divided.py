"""Quotients that are unknown where there is nothing to divide by."""

import numpy as np

from sqrec.base.arrays import divided


def test_a_quotient_over_nothing_is_unknown_or_what_is_said() -> None:
    part, whole = np.array([1, 2, 0, 3]), np.array([2, 0, 4, -1])
    np.testing.assert_array_equal(divided(part, whole), [0.5, np.nan, 0.0, np.nan])
    np.testing.assert_array_equal(divided(part, whole, 0.0), [0.5, 0.0, 0.0, 0.0])


def test_shapes_are_broadcast_as_numpy_does() -> None:
    found = divided(np.ones((2, 3)), np.array([[2.0], [0.0]]))
    np.testing.assert_array_equal(found, [[0.5] * 3, [np.nan] * 3])

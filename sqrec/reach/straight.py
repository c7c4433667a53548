"""Walking minutes by straight line: metres × the city's detour factor ÷ the walker's pace."""

import numpy as np

from sqrec.base.arrays import FloatArray

_EARTH_METRES = 6_371_008.8


def directions(lon: FloatArray, lat: FloatArray) -> FloatArray:
    """Return points in degrees as unit vectors from the earth's middle, shape (3, points); unknown is NaN."""
    phi, turn = np.radians(lat), np.radians(lon)
    return np.array([np.cos(phi) * np.cos(turn), np.cos(phi) * np.sin(turn), np.sin(phi)])


def metres(here: FloatArray, there: FloatArray) -> FloatArray:
    """Return great-circle metres between unit vectors, shape (points,); unknown is NaN.

    From the chord, on the mean earth radius of the IUGG (6,371,008.8 m): exact to a micrometre at a metre.
    """
    x, y, z = here - there
    return 2 * _EARTH_METRES * np.arcsin(np.sqrt(x * x + y * y + z * z) / 2)


def apart(cosine: FloatArray) -> FloatArray:
    """Return great-circle metres from the cosine of the angle between two directions; within a metre above ten metres."""
    return 2 * _EARTH_METRES * np.arcsin(np.sqrt(np.clip((1 - cosine) / 2, 0.0, 1.0)))

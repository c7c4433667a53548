"""Walking minutes by straight line: metres × the city's detour factor ÷ the walker's pace."""

import numpy as np

from sqrec.arrays import FloatArray

_EARTH_METRES = 6_371_008.8


def metres(lon: FloatArray, lat: FloatArray, to_lon: FloatArray, to_lat: FloatArray) -> FloatArray:
    """Return great-circle metres between points in degrees of one frame; unknown is NaN.

    The haversine formula on the mean earth radius of the IUGG (6,371,008.8 m).
    """
    phi, to_phi = np.radians(lat), np.radians(to_lat)
    half = np.sin((to_phi - phi) / 2) ** 2
    half += np.cos(phi) * np.cos(to_phi) * np.sin(np.radians(to_lon - lon) / 2) ** 2
    return 2 * _EARTH_METRES * np.arcsin(np.sqrt(half))


def step_of(minutes: FloatArray, steps: tuple[float, ...]) -> FloatArray:
    """Return the smallest circle step (minutes) that holds each walk; beyond the last, or unknown: NaN."""
    edges = np.array([*steps, np.nan])
    place = np.searchsorted(np.array(steps), np.where(np.isnan(minutes), np.inf, minutes), side="left")
    return edges[place]

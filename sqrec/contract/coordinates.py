"""One frame for all points: WGS84, GCJ02 and BD09 into each other.

GCJ02 and BD09 are offset frames of Chinese maps. The formulas are the public, community-made ones; the
way back is found by iteration. Inside one frame distances differ by less than 0.5 %; a point of
another frame is off by 430 to 1,300 metres around Qingdao, so frames must never be mixed.
"""

from typing import Literal

import numpy as np

from sqrec.base.arrays import FloatArray

Frame = Literal["WGS84", "GCJ02", "BD09"]
_AXIS = 6_378_245.0
_ECCENTRICITY = 0.00669342162296594323
_BD_TURN = np.pi * 3000.0 / 180.0
_ROUNDS = 8


def convert(lon: FloatArray, lat: FloatArray, source: Frame, target: Frame) -> tuple[FloatArray, FloatArray]:
    """Return points of one frame in another, degrees; unknown stays NaN."""
    if source == target:
        return lon, lat
    wide = _to_wgs84(lon, lat, source)
    if target == "WGS84":
        return wide
    gcj = _forward(*wide)
    return gcj if target == "GCJ02" else _to_bd09(*gcj)


def _to_wgs84(lon: FloatArray, lat: FloatArray, source: Frame) -> tuple[FloatArray, FloatArray]:
    if source == "BD09":
        lon, lat = _from_bd09(lon, lat)
    return (lon, lat) if source == "WGS84" else _inverse(lon, lat)


def _forward(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Turn WGS84 into GCJ02."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves * 2.0 / 3.0
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves * 2.0 / 3.0
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY * np.sin(phi) ** 2
    metres_north = _AXIS * (1.0 - _ECCENTRICITY) / (magic * np.sqrt(magic))
    metres_east = _AXIS / np.sqrt(magic) * np.cos(phi)
    return lon + np.degrees(east / metres_east), lat + np.degrees(north / metres_north)


def _inverse(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Turn GCJ02 into WGS84 by fixed-point iteration: the offset changes slowly, eight rounds leave under a millimetre."""
    guess_lon, guess_lat = lon, lat
    for _ in range(_ROUNDS):
        there_lon, there_lat = _forward(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - there_lon, guess_lat + lat - there_lat
    return guess_lon, guess_lat


def _to_bd09(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _from_bd09(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    guess_lon, guess_lat = lon - 0.0065, lat - 0.006
    for _ in range(_ROUNDS):
        there_lon, there_lat = _to_bd09(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - there_lon, guess_lat + lat - there_lat
    return guess_lon, guess_lat

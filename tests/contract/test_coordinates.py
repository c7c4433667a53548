"""Frames: published values, distances known for the city, and the way back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqrec.base.arrays import FloatArray
from sqrec.cities import load_city
from sqrec.contract.coordinates import Frame, convert
from sqrec.reach.straight import directions
from sqrec.reach.straight import metres as between

POINT = (116.404, 39.915)
"""The point in the centre of Beijing that published converters use as their example."""


def metres(lon: FloatArray, lat: FloatArray, to_lon: FloatArray, to_lat: FloatArray) -> FloatArray:
    return between(directions(lon, lat), directions(to_lon, to_lat))


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("WGS84", "GCJ02", (116.41024449916938, 39.91640428150164)),
        ("GCJ02", "BD09", (116.41036949371029, 39.92133699351021)),
        ("BD09", "GCJ02", (116.39762729119315, 39.90865673957631)),
    ],
)
def test_published_values(source: Frame, target: Frame, expected: tuple[float, float]) -> None:
    lon, lat = convert(np.array([POINT[0]]), np.array([POINT[1]]), source, target)
    assert metres(lon, lat, np.array([expected[0]]), np.array([expected[1]]))[0] < 1


def test_offsets_around_qingdao() -> None:
    areas = load_city("qingdao").areas.values()
    lon, lat = np.array([area.lon for area in areas]), np.array([area.lat for area in areas])
    there = convert(lon, lat, "WGS84", "GCJ02")
    off = metres(lon, lat, *there)
    assert 430 < off.min() <= off.max() < 475
    further = metres(lon, lat, *convert(lon, lat, "GCJ02", "BD09"))
    assert further.mean() == pytest.approx(886, abs=5)


@given(
    st.floats(119.5, 121.0),
    st.floats(35.5, 37.2),
    st.sampled_from(["WGS84", "GCJ02", "BD09"]),
    st.sampled_from(["WGS84", "GCJ02", "BD09"]),
)
def test_there_and_back_again(lon: float, lat: float, source: Frame, target: Frame) -> None:
    here = np.array([lon]), np.array([lat])
    back = convert(*convert(*here, source, target), target, source)
    assert metres(*here, *back)[0] < 0.01


def test_unknown_stays_unknown_and_many_are_as_one() -> None:
    lon, lat = np.array([120.4, np.nan, 120.1]), np.array([36.1, np.nan, 36.3])
    many = np.column_stack(convert(lon, lat, "BD09", "WGS84"))
    assert np.isnan(many[1]).all()
    for row in (0, 2):
        one = np.column_stack(convert(lon[row : row + 1], lat[row : row + 1], "BD09", "WGS84"))
        np.testing.assert_array_equal(one[0], many[row])


@given(lon=st.floats(119.5, 121), lat=st.floats(35.5, 37.2), east=st.floats(-0.2, 0.2), north=st.floats(-0.2, 0.2))
def test_metres_are_those_of_the_haversine(lon: float, lat: float, east: float, north: float) -> None:
    phi, to_phi = np.radians(lat), np.radians(lat + north)
    half = np.sin((to_phi - phi) / 2) ** 2 + np.cos(phi) * np.cos(to_phi) * np.sin(np.radians(east) / 2) ** 2
    found = metres(np.array([lon]), np.array([lat]), np.array([lon + east]), np.array([lat + north]))[0]
    assert found == pytest.approx(2 * 6_371_008.8 * np.arcsin(np.sqrt(half)), rel=1e-6, abs=1e-4)

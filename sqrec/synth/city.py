"""Districts, streets, communities and circles of the invented city."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray, IntArray
from sqrec.cities import City, load_city
from sqrec.contract.coordinates import convert
from sqrec.synth.data import draw, ints, read, stream

METRES_A_DEGREE = 111_194.9
_OUTLETS = 30
BUILT = ("new", "old", "village", "other")


@dataclass(frozen=True)
class Communities:
    """Hold the communities, one entry each.

    `code` has 12 digits; `lon` and `lat` are the middle in WGS84 degrees; `circle`, `district` and `street` are indices; `built`
    is the index of the type in BUILT; `weight` is the share of the population.
    """

    code: Sequence[str]
    name: Sequence[str]
    lon: FloatArray
    lat: FloatArray
    circle: IntArray
    circle_name: Sequence[str]
    district: IntArray
    street: IntArray
    built: IntArray
    weight: FloatArray

    def __len__(self) -> int:
        return len(self.lon)


def city_file() -> City:
    """Return the city file of Qingdao, which the invented city resembles."""
    return load_city("qingdao")


def district_codes() -> tuple[str, ...]:
    """Return the codes of the districts, six digits, in the order of `Communities.district`."""
    return tuple(city_file().areas)


def offset(lon: FloatArray, lat: FloatArray, east: FloatArray, north: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return points moved by metres east and north, in degrees rounded to 0.00001 (about a metre)."""
    moved = lon + east / (METRES_A_DEGREE * np.cos(np.radians(lat)))
    return np.round(moved, 5), np.round(lat + north / METRES_A_DEGREE, 5)


def communities(shape: str, amenities: int, seed: int) -> Communities:
    """Invent communities, about one per thirty amenities, in circles of three to six; `shape` names a plan of worlds.json."""
    plan, rng = read("worlds")["shapes"][shape], stream(seed, "communities")
    people = np.array([plan["districts"][code]["people"] for code in district_codes()], dtype=np.float64)
    wanted: FloatArray = amenities / _OUTLETS * people / people.sum()
    per_district = np.maximum(2, np.round(wanted)).astype(np.int64)
    parts = [_district(plan, place, int(size), rng) for place, size in enumerate(per_district)]
    frame = pd.concat(parts, ignore_index=True)
    frame["circle"] = pd.factorize(frame["district"] * 10_000 + frame["circle"])[0]
    weight = rng.lognormal(0, 0.35, len(frame)) * (people / per_district)[frame["district"].to_numpy()]
    names = _names(frame["village"].to_numpy(bool), rng)
    return Communities(
        code=_codes(frame),
        name=names,
        lon=frame["lon"].to_numpy(),
        lat=frame["lat"].to_numpy(),
        circle=frame["circle"].to_numpy(),
        circle_name=[names[row].removesuffix("社区").removesuffix("村") + "便民就业圈" for row in ints(_firsts(frame["circle"]))],
        district=frame["district"].to_numpy(),
        street=frame["district"].to_numpy() * 1000 + frame["street"].to_numpy(),
        built=_built(frame["village"].to_numpy(bool), plan["built"], rng),
        weight=weight / weight.sum(),
    )


def _district(plan: dict[str, Any], place: int, size: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the communities of one district: circles around its middle or along the bay, communities around each circle."""
    code, own = district_codes()[place], plan["districts"][district_codes()[place]]
    circle = np.repeat(np.arange(size), rng.integers(3, 7, size))[:size]
    count = int(circle[-1]) + 1
    centre = city_file().areas[code]
    lon, lat = convert(np.array([centre.lon]), np.array([centre.lat]), centre.frame, "WGS84")
    east, north = (rng.normal(0, own["spread_metres"][axis], count) for axis in (0, 1))
    if plan["layout"] == "bay":
        along = np.linspace(-1, 1, count) if count > 1 else np.zeros(1)
        east += 1.6 * own["spread_metres"][0] * along
        north += own["spread_metres"][1] * np.sin(2.5 * along) * 1.5
    rural = rng.random(count) < own["rural"]
    spacing = plan["spacing_metres"] * np.where(rural, 1.7, 1.0)[circle] * rng.uniform(0.5, 1.2, size)
    angle = rng.uniform(0, 2 * np.pi, size)
    lons, lats = offset(lon, lat, east[circle] + spacing * np.cos(angle), north[circle] + spacing * np.sin(angle))
    street = circle * own["streets"] // count + 1
    return pd.DataFrame(
        {"lon": lons, "lat": lats, "circle": circle, "district": place, "street": street, "village": rural[circle]}
    )


def _codes(frame: pd.DataFrame) -> list[str]:
    """Return codes of 12 digits: district, street, and a number within the street."""
    number = frame.groupby(["district", "street"]).cumcount() + 1
    rows = zip(frame["district"], frame["street"], number, strict=True)
    return [f"{district_codes()[district]}{street:03d}{place:03d}" for district, street, place in rows]


def _names(village: BoolArray, rng: np.random.Generator) -> list[str]:
    """Invent a name for every community; a repeated name gets a number."""
    words = read("words")
    found: dict[str, int] = {}
    names: list[str] = []
    for row in range(len(village)):
        ends = words["village_second" if village[row] else "community_second"]
        name = words["community_first"][rng.integers(len(words["community_first"]))] + ends[rng.integers(len(ends))]
        found[name] = found.get(name, 0) + 1
        number = f"第{found[name]}" if found[name] > 1 else ""
        names.append(f"{name}{number}{'村' if village[row] else '社区'}")
    return names


def _built(village: BoolArray, shares: dict[str, float], rng: np.random.Generator) -> IntArray:
    kinds = draw(rng, [shares[name] for name in BUILT], len(village))
    return np.where(village, BUILT.index("village"), kinds)


def _firsts(groups: "pd.Series[int]") -> AnyArray:
    return np.flatnonzero(~groups.duplicated())


def communities_table(places: Communities, seed: int) -> pd.DataFrame:
    """Return the table `communities`. Its populations are those of whole communities, more than the people in the folder."""
    rng, size = stream(seed, "communities table"), len(places)
    population = np.round(rng.lognormal(8.6, 0.35, size)).astype(np.int64)
    floor = population * rng.uniform(32, 42, size)
    counted = {name: np.round(population * rng.uniform(low, high, size)) for name, low, high in _SHARES}
    return pd.DataFrame(
        {
            "area": list(places.code),
            "name": list(places.name),
            "parent": [code[:9] for code in places.code],
            "lon": places.lon,
            "lat": places.lat,
            "boundary": [_octagon(lon, lat) for lon, lat in zip(places.lon, places.lat, strict=True)],
            "circle_id": [f"circle-{number + 1:03d}" for number in places.circle],
            "circle_name": [places.circle_name[number] for number in places.circle],
            "model_circle": places.circle % 3 == 0,
            "built": [BUILT[kind] for kind in places.built],
            "population": population,
            "households": np.round(population / rng.uniform(2.3, 2.9, size)),
            **counted,
            "area_total": np.round(floor),
            "area_commercial": np.round(floor * rng.uniform(0.03, 0.1, size)),
            "area_service": np.round(floor * rng.uniform(0.01, 0.05, size)),
        }
    )


_SHARES = (("age_0_2", 0.015, 0.035), ("age_3_6", 0.03, 0.055), ("age_60_plus", 0.12, 0.32), ("seekers", 0.02, 0.06))


def _octagon(lon: float, lat: float) -> str:
    turn = np.linspace(0, 2 * np.pi, 9)
    lons, lats = offset(np.full(9, lon), np.full(9, lat), 350 * np.cos(turn), 350 * np.sin(turn))
    return "POLYGON ((" + ", ".join(f"{x:.5f} {y:.5f}" for x, y in zip(lons, lats, strict=True)) + "))"

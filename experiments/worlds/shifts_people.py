"""Residents of the city of shifts: true facts, their table, and the facts that the table suggests."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds.cells import Array, drawn, listed, metres, numbered, unless
from experiments.worlds.shifts_town import (
    BIKE,
    CAR,
    CODE,
    KIN_NAMES,
    LEAST,
    LIVED,
    NEXT,
    NONE,
    ON_SHIFT,
    PAY,
    SKILLS,
    SPEED,
    TITLE,
    TRADES,
    Quarters,
    apart,
    minutes,
)  # fmt: skip
from sqrec.contract import AMENITY_TYPES, FORMS

TYPES = np.array(list(AMENITY_TYPES), object)
LEVELS = np.array(["71", "61", "31", "21", "14"], object)
EMPLOYMENT = np.array(["employed", "unemployed", "flexible", "student", "retired"], object)
_HOURS = np.array(["07:00-19:00", "05:30-15:00", "12:00-23:30", "20:00-08:00", "08:00-21:00"], object)
_LICENCES = np.array([None, "电动车驾驶", None, "C1驾驶证"], object)
_BANDS = [26, 35, 45, 55]
_WORK_STATE = np.array([[50, 24, 15, 11, 0], [62, 19, 18, 1, 0], [66, 18, 16, 0, 0], [60, 20, 18, 0, 2], [30, 12, 12, 0, 46]])
_HOUSE = np.array([[8, 0, 1, 0, 1], [4, 2, 4, 0, 2], [2, 5, 2, 1, 2], [4, 2, 0, 3, 2], [7, 0, 0, 3, 1]])
_WAYS = np.array([[3, 4, 4, 1], [2, 4, 3, 3], [2, 4, 2, 4], [3, 4, 3, 3], [5, 2, 5, 1]])
_SCHOOLED = np.array([[1, 4, 5, 4, 0.5], [2, 4, 4, 3, 0.5], [4, 4, 3, 2, 0.3], [6, 4, 2, 1, 0.1], [8, 3, 1, 0.5, 0]])
_FORMS = np.array([[9, 2, 2, 1, 0], [9, 4, 4, 5, 0], [5, 5, 8, 6, 0], [1, 8, 4, 4, 6], [2, 8, 6, 3, 0]]) / 10
"""Odds by age band: work status, family, means of travel, education; and by work status: accepted forms."""
_MISSING = {
    "birth_month": 0.1, "education": 0.17, "skills": 0.24, "occupations": 0.22, "desired": 0.27, "experience_years": 0.3,
    "employment": 0.14, "wage_min": 0.3, "forms": 0.28, "hours": 0.3, "needs": 0.2, "home": 0.16, "area": 0.11, "pace": 0.3,
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """Hold the facts of people, true ones or those that the tables suggest.

    `rhythm`, `way`, `family` and `able` are probabilities of each value, `pace` metres a minute, `near` the nearness of trades, `reserve` the
    least hourly pay, `taste` a factor for each group of trades, `doubt` the distrust of repeated postings, 0 to 1.
    """

    lon: Array
    lat: Array
    pace: Array
    rhythm: Array
    way: Array
    family: Array
    able: Array
    near: Array
    reserve: Array
    taste: Array
    doubt: Array

    def minutes(self, way: int, who: Array, lon: Array, lat: Array) -> Array:
        """Return the minutes from home to each point by a means of travel, people by points."""
        return minutes(metres(self.lon[who], self.lat[who], lon, lat), np.full(len(who), way), self.pace[who])


@dataclass(frozen=True)
class Folk:
    """Hold people: their table, facts (true and as the tables suggest), and the facts that decide their errands."""

    table: pd.DataFrame
    true: Seen
    told: Seen
    band: Array
    rhythm: Array
    way: Array
    family: Array
    employment: Array
    trade: Array
    wanted: Array
    work_lon: Array
    work_lat: Array
    needs: Array
    needs_told: Array
    skilled: Array

    @property
    def ids(self) -> Array:
        """The ids of the people."""
        return self.table["person_id"].to_numpy(object)


def averaged(values: Array, group: Array) -> Array:
    """Return for every row the mean of the rows of its group, shape of `values`."""
    place = np.unique(group, return_inverse=True)[1]
    sums = np.zeros((place.max() + 1, values.shape[1]))
    np.add.at(sums, place, values)
    return (sums / np.bincount(place)[:, None])[place]


def residents(count: int, town: Quarters, rng: np.random.Generator) -> Folk:
    """Draw people, their table with cells left empty, and their facts, true and as the table suggests."""
    facts = _working(count, rng) | _living(count, town, rng)
    facts |= _house(facts, rng)
    said = {name: rng.random(count) >= share for name, share in _MISSING.items()}
    true = Seen(
        facts["lon"],
        facts["lat"],
        facts["pace"],
        np.eye(5)[facts["rhythm"]],
        np.eye(4)[facts["way"]],
        np.eye(5)[facts["family"]],
        facts["level"][:, None] >= np.arange(5),
        np.maximum.reduce([NEXT[facts["trade"]], 0.8 * NEXT[facts["before"]], 0.95 * NEXT[facts["wanted"]]]),
        facts["reserve"],
        rng.lognormal(-0.04, 0.28, (count, len(KIN_NAMES))),
        rng.beta(4, 2, count),
    )
    chosen = ("band", "rhythm", "way", "family", "employment", "trade", "wanted", "work_lon", "work_lat", "needs")
    return Folk(
        _table(facts, said, town, rng),
        true,
        _told(facts, said, true, town),
        **{name: facts[name] for name in chosen},
        needs_told=facts["asks"] & said["needs"][:, None],
        skilled=said["skills"],
    )


def _working(count: int, rng: np.random.Generator) -> dict[str, Array]:
    age = np.where(rng.random(count) < 0.12, rng.uniform(57, 76, count), rng.triangular(18.5, 27, 60, count))
    band = np.digitize(age, _BANDS)
    trade = rng.choice(len(TRADES), count, p=rng.dirichlet(np.full(len(TRADES), 3.0)))
    wanted = np.where(rng.random(count) < 0.42, trade, drawn(NEXT[trade], rng))
    employment = drawn(_WORK_STATE[band], rng)
    lives = rng.random(count) < np.array([0.95, 0.3, 0.7, 0.3, 0.1])[employment]
    return {
        "age": age,
        "band": band,
        "trade": trade,
        "before": np.where(rng.random(count) < 0.45, drawn(NEXT[trade] ** 2, rng), trade),
        "wanted": wanted,
        "employment": employment,
        "rhythm": np.where(lives, LIVED[drawn(ON_SHIFT[trade], rng)], NONE),
        "level": np.maximum(LEAST[trade], drawn(_SCHOOLED[band], rng)),
        "reserve": (PAY[wanted] ** 0.6 * PAY[trade] ** 0.4) * rng.lognormal(-0.2, 0.16, count),
    }


def _living(count: int, town: Quarters, rng: np.random.Generator) -> dict[str, Array]:
    home = rng.choice(len(town.lon), count, p=town.homes / town.homes.sum())
    work = rng.choice(len(town.lon), count, p=town.works / town.works.sum())
    (lon, lat), (work_lon, work_lat) = town.around(home, rng), town.around(work, rng)
    return {"home": home, "lon": lon, "lat": lat, "work_lon": work_lon, "work_lat": work_lat}


def _house(facts: dict[str, Array], rng: np.random.Generator) -> dict[str, Array]:
    """Draw family, means of travel, pace and needs of people."""
    band, count = facts["band"], len(facts["band"])
    family = drawn(_HOUSE[band], rng)
    far = apart(facts["lon"], facts["lat"], facts["work_lon"], facts["work_lat"]) > 5000
    way = drawn(_WAYS[band] * np.where(far[:, None], [0.4, 0.8, 1.2, 1.6], 1), rng)
    needs = _needs(band, family, way) * rng.gamma(1.6, 1 / 1.6, (count, len(TYPES)))
    asks = rng.random(needs.shape) < 0.5 * needs / (needs + 1.2)
    pace = np.clip(82 - 0.35 * (facts["age"] - 20) + rng.normal(0, 5, count), 45, 100)
    return {"family": family, "way": way, "needs": needs, "asks": asks, "pace": pace}


def _needs(band: Array, family: Array, way: Array) -> Array:
    """Return the weight of errands of each type by age, family and means of travel, people by types."""
    usual = {
        "convenience_store": 1.2, "breakfast": 1.3, "market": 1.0, "supermarket": 1.0, "fresh_store": 0.8, "pharmacy": 0.5,
        "parcel_locker": 0.8, "post_express": 0.6, "restaurant": 0.9, "bakery": 0.5, "cafe": 0.35, "canteen": 0.7,
        "hairdresser": 0.4, "laundry": 0.25, "repair": 0.2, "print_shop": 0.15, "recycling": 0.15, "bank": 0.25,
        "clinic": 0.3, "gym": 0.35, "bookshop": 0.15, "wellness": 0.2, "culture": 0.15, "pet_service": 0.1, "florist": 0.08,
        "employment_station": 0.2, "community_centre": 0.2, "childcare": 0.02, "elder_care": 0.02, "car_wash": 0.01,
    }  # fmt: skip
    more = {
        "market": band > 2, "clinic": band > 3, "culture": band > 3, "canteen": band > 3, "cafe": band < 2, "gym": band < 3,
        "restaurant": band < 2, "car_wash": way == CAR, "childcare": family == 2, "bookshop": family == 1,
        "bakery": (family == 1) | (family == 2), "elder_care": family == 3, "pharmacy": (family == 3) | (band > 3),
    }  # fmt: skip
    needs = np.tile([usual.get(name, 0.0) for name in TYPES], (len(band), 1))
    for name, mask in more.items():
        needs[:, np.flatnonzero(name == TYPES)[0]] += np.where(mask, 0.6, 0)
    return needs


def _told(facts: dict[str, Array], said: dict[str, Array], true: Seen, town: Quarters) -> Seen:
    """Return the facts that the table suggests: known ones, else the mean of people with the same known facts."""
    age = np.where(said["birth_month"], facts["band"], 9)
    hours = np.where(said["hours"], facts["rhythm"], 10 + np.where(said["employment"], facts["employment"], 9))
    drives = np.where(said["skills"], np.isin(facts["way"], (BIKE, CAR)) * facts["way"], 9)
    asks = [np.flatnonzero(name == TYPES)[0] for name in ("childcare", "elder_care")]
    needs = np.where(said["needs"], facts["asks"][:, asks] @ [1, 2], 9)
    near = np.maximum(
        NEXT[facts["trade"]] * said["occupations"][:, None], 0.95 * NEXT[facts["wanted"]] * said["desired"][:, None]
    )
    silent = ~said["occupations"] & ~said["desired"]
    near[silent] = true.near.mean(axis=0)
    level = np.where(said["education"], facts["level"], 10 + age)
    usual = averaged(facts["reserve"][:, None], np.where(said["occupations"], facts["trade"], 99))[:, 0]
    lon, lat = (
        np.where(said["home"], facts[name], np.where(said["area"], middles[facts["home"]], middles.mean()))
        for name, middles in (("lon", town.lon), ("lat", town.lat))
    )
    return Seen(
        lon,
        lat,
        np.where(said["pace"], facts["pace"], SPEED[0]),
        averaged(true.rhythm, hours),
        averaged(true.way, drives * 10 + age),
        averaged(true.family, needs * 10 + age),
        averaged(true.able.astype(float), level),
        near,
        np.where(said["wage_min"], facts["reserve"], usual),
        np.ones_like(true.taste),
        np.full_like(true.doubt, 0.67),
    )


def _table(facts: dict[str, Array], said: dict[str, Array], town: Quarters, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `people`, with cells left empty."""
    count, trade, before = len(facts["age"]), facts["trade"], facts["before"]
    born = (2026 * 12 + 10 - np.ceil(facts["age"] * 12)).astype(int)
    forms = rng.random((count, len(FORMS))) < _FORMS[facts["employment"]]
    work = [CODE[one] if CODE[one] and coded else TITLE[one] for one, coded in zip(trade, rng.random(count) < 0.4, strict=True)]
    past = [one if old == new else f"{one}|{TITLE[old]}" for one, old, new in zip(work, before, trade, strict=True)]
    cells = {
        "birth_month": [f"{month // 12}-{month % 12 + 1:02d}" for month in born],
        "education": LEVELS[facts["level"]],
        "skills": [_skills(*one) for one in zip(trade, rng.integers(1, 3, count), _LICENCES[facts["way"]], strict=True)],
        "occupations": past,
        "desired": TITLE[facts["wanted"]],
        "experience_years": np.floor((facts["age"] - 18) * rng.beta(3, 3, count)),
        "employment": EMPLOYMENT[facts["employment"]],
        "wage_min": (facts["reserve"] * 1.74).round() * 100,
        "forms": listed(np.array(FORMS, object), forms),
        "hours": _HOURS[facts["rhythm"]],
        "needs": listed(np.array([f"type:{name}" for name in TYPES], object), facts["asks"]),
        "lon": facts["lon"],
        "lat": facts["lat"],
        "area": town.area[facts["home"]],
        "pace": facts["pace"].round(),
    }
    hidden = {name: ~said["home" if name in ("lon", "lat") else name] for name in cells}
    told = {name: unless(hidden[name], np.array(column, object)) for name, column in cells.items()}
    for name in ("experience_years", "wage_min", "lon", "lat", "pace"):
        told[name] = told[name].astype(float)
    return pd.DataFrame({"person_id": numbered("u", count)} | told)


def _skills(trade: int, count: int, licence: str | None) -> str:
    """Return a cell with one or two skills of a trade, and the driving licence, if any."""
    return "|".join(dict.fromkeys([*SKILLS[trade][:count], *([licence] if licence else [])]))

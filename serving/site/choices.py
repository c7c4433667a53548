"""Choices on the residents' page: invented residents, and places to live."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic_core import from_json

from sqrec.cities import City
from sqrec.cities.ages import age_of
from sqrec.codes.taxonomy import name_of
from sqrec.contract import EMPLOYMENT, FORMS, GROUPS, NEEDS
from sqrec.contract.coordinates import Frame
from sqrec.contract.vocabulary import WALKS
from sqrec.groups.worded import Words
from sqrec.profile.person import FACTS, Person
from sqrec.tables import Folder
from sqrec.texts import built_in_texts

PARTS = Path(__file__).parent / "parts"
STATIC = Path(__file__).parent / "static"
MOST_PEOPLE = 60
FEWEST_RESIDENTS = 10
"""Counts of fewer people than this are not published (docs/laws.md, law 13)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Name a place to live: the code of its division, its district, and its middle in degrees of the frame `crs`; None: unknown."""

    name: str
    area: str
    district: str
    lon: float | None
    lat: float | None
    crs: Frame | None


@dataclass(frozen=True)
class Choices:
    """Hold the people who can be picked on the page (residents of an invented city, nobody else) and the places to live.

    `reads` are the facts that the served rankers read; only these are shown of a resident.
    """

    people: Sequence[Person] = ()
    places: Sequence[Place] = ()
    reads: frozenset[str] = frozenset()
    city: City | None = field(default=None, repr=False)

    @classmethod
    def of(cls, folder: Folder, people: Iterable[Person], reads: Iterable[str]) -> "Choices":
        """Return the choices of a folder: the first `MOST_PEOPLE` of `people` where the folder is marked as synthetic, else nobody."""
        shown = tuple(islice(people, MOST_PEOPLE)) if folder.config.synthetic else ()
        return cls(shown, _communities(folder) or _homes(folder), frozenset(reads), folder.city)

    def residents(self, now: int) -> list[dict[str, Any]]:
        """Return id, label and facts in words of the people to pick, as JSON values; ages as of `now`, microseconds UTC."""
        return [_resident(person, self.city, self.places, self.reads, now) for person in self.people if self.city]

    def homes(self) -> list[dict[str, Any]]:
        """Return the places to live, as JSON values."""
        return [asdict(place) for place in self.places]


@cache
def page_words() -> Mapping[str, Any]:
    """Return the texts of the page in Simplified Chinese: its own, and those of facts and vocabularies from `sqrec.texts`."""
    own, texts = from_json((PARTS / "words.json").read_bytes()), built_in_texts()
    return own | {
        "facts": {key.removeprefix("fact."): text["zh-CN"] for key, text in texts.items() if key.startswith("fact.")},
        "employment": _chinese("value.employment", EMPLOYMENT),
        "forms": _chinese("value.forms", FORMS),
        "walk": _chinese("value.walk", WALKS),
        "needs": _chinese("value.needs", NEEDS),
        "groups": _chinese("group", GROUPS),
    }


def _chinese(family: str, codes: Iterable[str]) -> dict[str, str]:
    return {code: built_in_texts()[f"{family}.{code}"]["zh-CN"] for code in codes}


def _resident(person: Person, city: City, places: Sequence[Place], reads: frozenset[str], now: int) -> dict[str, Any]:
    words = Words(built_in_texts(), "zh-CN", city)
    homes = {place.area: place.name for place in places}
    known = {name: getattr(person, name) for name in FACTS if name in reads and name not in {"lon", "lat"}}
    told = [_fact(words, name, value, homes) for name, value in known.items() if value not in (None, ())]
    if person.lon is not None and "lon" in reads:
        told.append({"code": "location", "text": page_words()["located"], "value": None})
    return {"person_id": person.person_id, "label": _label(person, city, now), "facts": told}


def _fact(words: Words, fact: str, value: Any, homes: Mapping[str, str]) -> dict[str, Any]:
    """Return one fact in words and as a request takes it; of a list each member in words, so that it can be corrected."""
    if isinstance(value, tuple):
        members = [_told(words, fact, one, homes) for one in value]
        return {"code": fact, "text": words.joined(members), "value": value, "members": members}
    return {"code": fact, "text": _told(words, fact, value, homes), "value": value}


def _label(person: Person, city: City, now: int) -> str:
    age = age_of(person.birth_month, now, city)
    parts = (
        None if age is None else f"{age}岁",
        page_words()["education"].get((person.education or "")[:1]),
        f"想做{name_of(person.desired[0])}" if person.desired else None,
        _district(person.area, city) if person.area else None,
    )
    return " · ".join(part for part in parts if part) or "信息很少的居民"


def _told(words: Words, fact: str, value: Any, homes: Mapping[str, str]) -> str:
    if fact == "area":
        return homes.get(value) or words.value(fact, value)
    if fact == "birth_month":
        year, month = value.split("-")
        return f"{year}年{int(month)}月"
    if fact == "hours":
        return _hours(value)
    return name_of(value) if fact in {"desired", "occupations"} else words.value(fact, value)


def _hours(ranges: str) -> str:
    """Return clock ranges with the days in Chinese, a form that the page parses back."""
    for day, name in page_words()["days"].items():
        ranges = ranges.replace(day, name)
    return ranges


def _communities(folder: Folder) -> tuple[Place, ...]:
    table = folder.tables.get("communities")
    if table is None:
        return ()
    rows = zip(table["name"], table["area"], table["lon"], table["lat"], strict=True)
    return tuple(_place(str(name), str(area), lon, lat, folder.city) for name, area, lon, lat in rows)


def _homes(folder: Folder) -> tuple[Place, ...]:
    """Return the areas in which people live, without a point; of real people only areas of `FEWEST_RESIDENTS` or more."""
    table = folder.tables.get("people")
    if table is None:
        return ()
    areas = table["area"].dropna().value_counts()
    least = 1 if folder.config.synthetic else FEWEST_RESIDENTS
    kept = sorted(str(area) for area in areas[areas >= least].index)
    return tuple(_place(_known_area(area, folder.city) or area, area, None, None, folder.city) for area in kept)


def _place(name: str, area: str, lon: Any, lat: Any, city: City) -> Place:
    district = _known_area(area[:6], city) or area.rpartition("/")[0]
    if pd.isna(lon) or pd.isna(lat):
        return Place(name, area, district, None, None, None)
    return Place(name, area, district, round(float(lon), 6), round(float(lat), 6), city.frame or "WGS84")


def _known_area(area: str, city: City) -> str | None:
    return city.areas[area].name if area in city.areas else None


def _district(area: str, city: City) -> str | None:
    return _known_area(area[:6], city) or (area if "/" in area else None)

"""What the page offers to choose from: invented residents and places to live."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic_core import from_json

from sqrec.catalogue.snapshot import Snapshot
from sqrec.cities import City
from sqrec.coordinates import Frame
from sqrec.profile.person import FACTS, Person
from sqrec.rank.gates import age_of
from sqrec.tables import Folder

PAGES = Path(__file__).parent / "pages"
MOST_PEOPLE = 60
FEWEST_RESIDENTS = 10
"""Fewer persons than these are not published (design, law 13)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Name a community to live in: its division, the district around it, its middle (degrees in `crs`) where that is known."""

    name: str
    area: str
    district: str
    lon: float | None
    lat: float | None
    crs: Frame | None


@dataclass(frozen=True)
class Choices:
    """Hold who may be picked on the page (residents of an invented city, nobody else) and where one may live."""

    people: Sequence[Person] = ()
    places: Sequence[Place] = ()
    city: City | None = field(default=None, repr=False)

    @classmethod
    def of(cls, folder: Folder, snapshot: Snapshot) -> "Choices":
        """Return the choices of a folder; no residents unless it says that they are invented."""
        people = tuple(snapshot.people.values())[:MOST_PEOPLE] if folder.config.synthetic else ()
        return cls(people, _communities(folder) or _homes(folder, snapshot), folder.city)

    def residents(self, now: int) -> list[dict[str, Any]]:
        """Return id, label and facts in words of everybody who may be picked; ages are those of now, microseconds UTC."""
        names = {place.area: place.name for place in self.places}
        return [
            {
                "person_id": person.person_id,
                "label": self._label(person, now),
                "facts": [{"code": code, "text": text} for code, text in _told(person, names)],
            }
            for person in self.people
        ]

    def homes(self) -> list[dict[str, Any]]:
        """Return the places to live in."""
        return [asdict(place) for place in self.places]

    def _label(self, person: Person, now: int) -> str:
        age = age_of(person.birth_month, now, self.city) if self.city else None
        parts = (
            None if age is None else f"{age}岁",
            _word("education", person.education),
            f"想做{person.desired[0]}" if person.desired else None,
            _district(person.area, self.city) if person.area and self.city else None,
        )
        return " · ".join(part for part in parts if part) or "信息很少的居民"


@cache
def words() -> Mapping[str, Any]:
    """Return the page's words in Simplified Chinese."""
    return from_json((PAGES / "words.json").read_bytes())


def _communities(folder: Folder) -> tuple[Place, ...]:
    table = folder.tables.get("communities")
    if table is None:
        return ()
    rows = zip(table["name"], table["area"], table["lon"], table["lat"], strict=True)
    return tuple(_place(str(name), str(area), lon, lat, folder.city) for name, area, lon, lat in rows)


def _homes(folder: Folder, snapshot: Snapshot) -> tuple[Place, ...]:
    """Return the areas that people live in, without a point; of real people only areas of ten and more."""
    areas = pd.Series([person.area for person in snapshot.people.values() if person.area], dtype="str").value_counts()
    least = 1 if folder.config.synthetic else FEWEST_RESIDENTS
    kept = sorted(str(area) for area in areas[areas >= least].index)
    return tuple(_place(_known_area(area, folder.city) or area, area, None, None, folder.city) for area in kept)


def _place(name: str, area: str, lon: Any, lat: Any, city: City) -> Place:
    district = _district(area, city) or ""
    if pd.isna(lon) or pd.isna(lat):
        return Place(name, area, district, None, None, None)
    return Place(name, area, district, round(float(lon), 6), round(float(lat), 6), city.frame or "WGS84")


def _known_area(area: str, city: City) -> str | None:
    return city.areas[area].name if area in city.areas else None


def _district(area: str, city: City) -> str | None:
    return _known_area(area[:6], city) or (area if "/" in area else None)


def _told(person: Person, places: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the facts that are known, in the words of the page; a point as one fact, `location`, without its numbers."""
    known = [(name, getattr(person, name)) for name in FACTS if name not in {"lon", "lat"}]
    told = [(name, _text(name, value, places)) for name, value in known if value not in (None, ())]
    return told if person.lon is None else [*told, ("location", "按住处计算步行时间")]


def _text(column: str, value: Any, places: Mapping[str, str]) -> str:
    if isinstance(value, tuple):
        return "、".join(_word(column, str(one)) for one in value)
    if column == "area":
        return places.get(value, value)
    if column == "birth_month":
        year, month = value.split("-")
        return f"{year}年{int(month)}月"
    if isinstance(value, float):
        unit = {"wage_min": "元", "experience_years": "年", "pace": "米/分钟"}.get(column, "")
        return f"{value:g}{unit}"
    return _word(column, str(value))


def _word(column: str, value: str | None) -> str:
    """Return the word for a cell's value; a value without one speaks for itself."""
    if value is None:
        return ""
    if column == "education":
        return words()["education"].get(value[:1], value)
    if column == "needs":
        family, _, name = value.partition(":")
        return words()["types" if family == "type" else "domains"].get(name, name)
    if column in {"employment", "forms"}:
        return words()[column].get(value, value)
    return {"no": "未登记"}.get(value, value)

"""City files: what differs from place to place, as dated and sourced data."""

import json
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import BeforeValidator, Field, ValidationError, field_validator

from sqrec.base.arrays import IntArray
from sqrec.cities.counting import Counting, usual
from sqrec.cities.hazards import HazardRule
from sqrec.cities.parts import Part, Source
from sqrec.cities.plausible import Bound
from sqrec.cities.rules import GroupRules, Welfare
from sqrec.codes.wages import days_a_month
from sqrec.contract import Kind
from sqrec.contract.coordinates import Frame, convert
from sqrec.contract.parse import micros
from sqrec.errors import TableError


class Pace(Part):
    """Give the walking pace, metres a minute, up to an age (years, inclusive)."""

    up_to_age: int
    metres_a_minute: float


class Paces(Source):
    """Give paces by age, youngest first, and the one for an unknown age."""

    by_age: tuple[Pace, ...]
    unknown_age: float


class Detour(Source):
    """Give the factor from a straight line to a path on foot."""

    factor: float


class Steps(Source):
    """Give the circles, minutes on foot, in which a list widens."""

    minutes: tuple[float, ...]


class Gates(Source):
    """Give the ages of the law: nobody under the first, no jobs under the second, only harmless ones under the third.

    A job with any hazard is not harmless. Under the third age only `minors_amenities` (types) are offered.
    """

    refused_under: int
    jobs_from: int
    adult_from: int
    minors_amenities: tuple[str, ...] = ()


class Capacity(Source):
    """Give how attention and openings temper an order (docs/spread.md).

    An item is worth its share of a choice from the list, the softmax of scores divided by `temperature`. `strength`, by kind, is
    the price of e times as much attention per opening, in shares of a choice; a kind without one stays in the order of its
    scores. The first `kept` places stay as they are; attention counts for `days`.
    """

    strength: dict[Kind, Annotated[float, Field(ge=0, le=1)]]
    kept: Annotated[int, Field(ge=0)]
    temperature: Annotated[float, Field(gt=0)]
    days: Annotated[int, Field(ge=1)]


class Budget(Source):
    """Give the share of the expected gain that what is done to lists beside the ranker's order may cost together, by kind."""

    share: dict[Kind, Annotated[float, Field(ge=0, le=1)]]


class Owed(Source):
    """Give the days of what residents are owed: until a complaint is answered, and for which exports and backups may be kept."""

    complaint_days: Annotated[int, Field(ge=1)]
    export_days: Annotated[int, Field(ge=1)]
    backup_days: Annotated[int, Field(ge=1)]


class Box(Source):
    """Give the bounding box of the city in its storage frame, degrees."""

    west: float
    south: float
    east: float
    north: float


class Wages(Source):
    """Give the lowest lawful wages, yuan."""

    month: float
    hour: float


class Area(Part):
    """Describe a district: name, middle (degrees, see `frame`) and lowest wages, oldest first."""

    name: str
    lon: float
    lat: float
    frame: Frame
    lowest_wages: tuple[Wages, ...]

    @field_validator("lowest_wages")
    @classmethod
    def _by_date(cls, value: tuple[Wages, ...]) -> tuple[Wages, ...]:
        """Refuse wages that are not in the order of their dates."""
        days = [wages.since for wages in value]
        if days != sorted(set(days)):
            raise ValueError(f"lowest wages are given oldest first, each since another day, not {', '.join(days)}")
        return value


def _areas(value: Any) -> Any:
    return value or {}


class City(Part):
    """Hold one city's file. Every number in it carries its date, source and trust mark."""

    name: str
    timezone: str
    frame: Frame | None
    box: Box | None
    detour_factor: Detour
    paces: Paces
    steps: Steps
    gates: Gates
    capacity: Capacity | None = None
    budget: Budget | None = None
    owed: Owed | None = None
    areas: Annotated[dict[str, Area], BeforeValidator(_areas)] = Field(default_factory=dict[str, Area])
    former_areas: dict[str, str] = Field(default_factory=dict[str, str])
    hazards: tuple[HazardRule, ...] = ()
    welfare: Welfare | None = None
    plausible: tuple[Bound, ...] = ()
    counting: Counting = Field(default_factory=usual)
    groups: GroupRules = GroupRules()

    @cached_property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def detour(self) -> float:
        """The factor from a straight line to a path on foot."""
        return self.detour_factor.factor

    @property
    def circle_steps(self) -> tuple[float, ...]:
        """The circles in which a list widens, minutes."""
        return self.steps.minutes

    def local(self, at: int) -> datetime:
        """Return a moment (microseconds UTC) in city time."""
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(self.zone)

    def day(self, at: str | None) -> date:
        """Return the local day of a date or an instant (ISO 8601, without a zone in city time); None: today."""
        moment = datetime.now(self.zone) if at is None else datetime.fromisoformat(at)
        return (moment.astimezone(self.zone) if moment.tzinfo else moment).date()

    def midnight(self, at: int) -> int:
        """Return the last local midnight at or before a moment, both microseconds UTC."""
        return micros(self.local(at).replace(hour=0, minute=0, second=0, microsecond=0, fold=0))

    def start_of(self, day: str, days_later: int = 0) -> datetime:
        """Return the local midnight with which a day (ISO date), or one so many days later, begins."""
        found = date.fromisoformat(day) + timedelta(days=days_later)
        return datetime(found.year, found.month, found.day, tzinfo=self.zone)

    def midnights(self, at: IntArray) -> IntArray:
        """Return the last local midnight at or before each moment, microseconds UTC."""
        return np.array([self.midnight(int(moment)) for moment in at], dtype=np.int64)

    def stored(self, lon: float, lat: float, crs: Frame) -> tuple[float, float]:
        """Return a point of any frame in the city's storage frame."""
        there = convert(np.array([lon]), np.array([lat]), crs, self.frame or crs)
        return float(there[0][0]), float(there[1][0])

    def holds(self, lon: float, lat: float, crs: Frame) -> bool:
        """Tell whether a point lies in the city's box; without a box everything does."""
        x, y = self.stored(lon, lat, crs)
        return self.box is None or (self.box.west <= x <= self.box.east and self.box.south <= y <= self.box.north)

    def pace_for(self, age: int | None) -> float:
        """Return the walking pace for an age, metres a minute; None is an unknown age."""
        if age is None:
            return self.paces.unknown_age
        return next((p.metres_a_minute for p in self.paces.by_age if age <= p.up_to_age), self.paces.unknown_age)

    def present_area(self, area: str | None) -> str | None:
        """Return a division's present code; None for an unknown one, and for a path, which no code can be compared with."""
        if area is None or not area.isdigit():
            return None
        return self.former_areas.get(area[:6], area[:6]) + area[6:]

    def lowest_wage(self, area: str | None, day: date, unit: str) -> float:
        """Return the lowest lawful wage, yuan per `unit`, of a division (6, 9 or 12 digits) on a day; NaN where it is unknown.

        The law has one a month and one an hour; a day's is the month's over the paid days of a month (wages.json).
        """
        place = self.areas.get((self.present_area(area) or "")[:6])
        past = [wages for wages in place.lowest_wages if wages.since <= day.isoformat()] if place else []
        if not past:
            return np.nan
        return {"month": past[-1].month, "hour": past[-1].hour, "day": past[-1].month / days_a_month()}.get(unit, np.nan)


def load_city(name: str | None) -> City:
    """Read a city file by name (`qingdao`), by path, or the neutral one for None.

    Raises TableError, naming the file, where there is none or it does not fit.
    """
    try:
        file, groups = _files(name or "nowhere")
        told = json.loads(file.read_text(encoding="utf-8"))
        return City.model_validate({**told, "groups": _groups(groups)} if isinstance(told, dict) else told)
    except (OSError, ValueError, ValidationError) as problem:
        raise TableError(
            f"City file {name!r} cannot be used: {problem}. Name a city of sqrec ({', '.join(cities())}) or a file."
        ) from problem


def owed_of(city: City) -> Owed:
    """Return the days of what residents are owed in a city; of one that says nothing, those of the neutral city."""
    found = city.owed or load_city(None).owed
    assert found is not None  # noqa: S101 (the neutral city has them; a test reads it)
    return found


def cities() -> list[str]:
    """Return the names of the built-in cities."""
    return sorted(entry.name for entry in resources.files("sqrec.cities").iterdir() if entry.joinpath("city.json").is_file())


def _files(name: str) -> tuple[Traversable, Traversable]:
    """Return a city's file and its folder of rule sets, which may be missing."""
    path = Path(name)
    file = path / "city.json" if path.is_dir() else path
    if path.suffix == ".json" or path.is_dir():
        return file, file.parent / "groups"
    folder = resources.files("sqrec.cities").joinpath(name)
    return folder.joinpath("city.json"), folder.joinpath("groups")


def _groups(folder: Traversable) -> dict[str, Any]:
    """Return what a folder says: every file is a rule set, but in_force.json says which of them holds for which group."""
    files = sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else []
    told = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in files if file.name.endswith(".json")}
    return {"in_force": told.pop("in_force.json", []), "rulesets": list(told.values())}

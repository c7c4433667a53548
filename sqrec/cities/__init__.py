"""City files: what differs from place to place, as dated and sourced data."""

import json
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from sqrec.arrays import IntArray
from sqrec.coordinates import Frame, convert
from sqrec.errors import TableError
from sqrec.parse import micros


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Source(_Part):
    """Say since when a value holds, where it stands, and how far it is to be trusted (V, S, K or V-law)."""

    since: str
    source: str
    trust: Literal["V", "S", "K", "V-law"]


class Pace(_Part):
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


class Area(_Part):
    """Describe a district: name, middle (degrees, see `frame`) and lowest wages."""

    name: str
    lon: float
    lat: float
    frame: Frame
    lowest_wage: Wages


def _areas(value: Any) -> Any:
    return value or {}


class City(_Part):
    """Hold one city's file. Every number in it carries its date, source and trust mark."""

    name: str
    timezone: str
    frame: Frame | None
    box: Box | None
    detour_factor: Detour
    paces: Paces
    steps: Steps
    gates: Gates
    areas: Annotated[dict[str, Area], BeforeValidator(_areas)] = {}
    former_areas: dict[str, str] = {}

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


def load_city(name: str | None) -> City:
    """Read a city file by name (`qingdao`), by path, or the neutral one for None.

    Raises TableError, naming the file, where there is none or it does not fit.
    """
    try:
        text = _text(name or "nowhere")
        return City.model_validate(json.loads(text))
    except (OSError, ValueError, ValidationError) as problem:
        raise TableError(
            f"City file {name!r} cannot be used: {problem}. Name a city of sqrec ({', '.join(cities())}) or a file."
        ) from problem


def cities() -> list[str]:
    """Return the names of the built-in cities."""
    return sorted(entry.name for entry in resources.files("sqrec.cities").iterdir() if entry.joinpath("city.json").is_file())


def _text(name: str) -> str:
    path = Path(name)
    if path.suffix == ".json" or path.is_dir():
        return (path / "city.json" if path.is_dir() else path).read_text(encoding="utf-8")
    return resources.files("sqrec.cities").joinpath(name, "city.json").read_text(encoding="utf-8")

"""The raw facts that reasons are checked against, in plain Python: rows of tables, not columns of rows."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Any

from sqrec.base.text import normal
from sqrec.cities import City
from sqrec.cities.ages import age_of
from sqrec.codes.occupations import built_in_coder
from sqrec.contract import GRADES, ONLINE_MODES, TABLE_OF_KIND, Kind
from sqrec.profile import Person
from sqrec.profile.occupations import SURE
from sqrec.tables import Folder

DAYS_A_MONTH, HOURS_A_MONTH, HOURS_A_WEEK = 21.75, 174.0, 40.0
_EARTH = 6_371_008.8


@dataclass(frozen=True)
class World:
    """Hold a folder's rows at a moment (microseconds UTC): items by kind and id, events by person, names of skills."""

    city: City
    at: int
    items: Mapping[Kind, Mapping[str, Mapping[str, Any]]]
    events: Mapping[str, Sequence[Mapping[str, Any]]]
    skills: Mapping[str, str]
    off: frozenset[str]

    @classmethod
    def of(cls, folder: Folder, at: int) -> "World":
        """Read a folder's tables."""
        items: dict[Kind, Mapping[str, Mapping[str, Any]]] = {
            kind: {row[f"{kind}_id"]: row for row in rows_of(folder, table)} for kind, table in TABLE_OF_KIND.items()
        }
        events = defaultdict[str, list[Mapping[str, Any]]](list)
        for row in rows_of(folder, "events"):
            if GRADES[row["event"]] > 0 and moment(row["at"]) < at and moment(row["recorded_at"] or row["at"]) < at:
                events[row["person_id"]].append(row)
        names: dict[str, str] = {}
        for row in rows_of(folder, "skills"):
            for name in (row["skill_id"], row["name"], *(row.get("aliases") or "").split("|")):
                names.setdefault(normal(name), row["skill_id"])
        off = frozenset(row["person_id"] for row in rows_of(folder, "people") if row["personalised"] == 0)
        return cls(folder.city, at, items, events, names, off)

    @cached_property
    def midnight(self) -> int:
        """The last local midnight."""
        return self.city.midnight(self.at)

    def live(self, item: Mapping[str, Any], kind: Kind, at: int) -> bool:
        """Tell whether an item stands in ranked lists at a moment."""
        opens = item["published_at"] is None or moment(item["published_at"]) <= at
        closes = item["valid_to"] is None or at < moment(item["valid_to"])
        if kind == "job":
            return opens and closes and item["kind"] != "public_welfare"
        if kind == "course":
            over = item["end_on"] and at >= _micros(self.city.start_of(item["end_on"], days_later=1))
            return opens and closes and not over and item["audience"] is None
        return opens and closes and item["audience"] is None and item["status"] in {None, "open"}

    def levels(self, text: str | None) -> dict[str, list[int | None]]:
        """Return the skills of a list by their ids, each with its levels."""
        found = defaultdict[str, list[int | None]](list)
        for part in (text or "").split("|"):
            name, mark, level = part.rpartition("@")
            named, number = (name, int(level)) if mark and level.isdigit() else (part, None)
            if part:
                found[self.skills.get(normal(named), normal(named))].append(number)
        return found

    def uses(self, person: Person, kind: Kind) -> list[tuple[Mapping[str, Any], int]]:
        """Return the items of a kind that a person used, with the grade of each event."""
        told = [row for row in self.events.get(person.person_id or "", ()) if row["kind"] == kind]
        return [(self.items[kind][row["item_id"]], GRADES[row["event"]]) for row in told if row["item_id"] in self.items[kind]]

    def metres(self, person: Person, item: Mapping[str, Any]) -> float:
        """Return how far an item is from the person's home; NaN where either is unknown."""
        if person.lon is None or person.lat is None or item["lon"] is None:
            return math.nan
        return apart(person.lon, person.lat, item["lon"], item["lat"])

    def minutes(self, person: Person, item: Mapping[str, Any]) -> float:
        """Return the minutes on foot."""
        if person.personalised is False:
            pace = self.city.pace_for(None)
        else:
            pace = person.pace or self.city.pace_for(age_of(person.birth_month, self.at, self.city))
        return self.metres(person, item) * self.city.detour / pace

    @cached_property
    def people_of(self) -> Mapping[tuple[str, str], int]:
        """How many people used each item in the 30 days before the midnight, people who switched off left out."""
        return self._people_since(self.midnight - 30 * 86_400_000_000)

    @cached_property
    def people_ever(self) -> Mapping[tuple[str, str], int]:
        """How many people used each item before the midnight, people who switched off left out."""
        return self._people_since(0)

    def _people_since(self, first: int) -> Mapping[tuple[str, str], int]:
        found = defaultdict[tuple[str, str], set[str]](set)
        for person_id, rows in self.events.items():
            for row in rows if person_id not in self.off else ():
                known = max(moment(row["at"]), moment(row["recorded_at"] or row["at"]))
                if first <= known < self.midnight:
                    found[row["kind"], row["item_id"]].add(person_id)
        return {key: len(people) for key, people in found.items()}

    @cached_property
    def ever_of_all(self) -> Mapping[Kind, Sequence[int]]:
        """How many people ever used each item of a kind that was live at the midnight."""
        return {
            kind: [self.people_ever.get((kind, key), 0) for key, one in items.items() if self.live(one, kind, self.midnight)]
            for kind, items in self.items.items()
        }

    def share_with(self, kind: Kind, word: str) -> float:
        """Return the share of a kind's titles in which a folded word stands; ten titles are no share."""
        titles = self.titles[kind]
        times = sum(word in title for title in titles)
        return times / len(titles) if times > 10 else 0.0

    @cached_property
    def titles(self) -> Mapping[str, Sequence[str]]:
        """The folded titles of every kind."""
        return {
            kind: [normal(item["name" if kind == "amenity" else "title"]) for item in items.values()]
            for kind, items in self.items.items()
        }

    @cached_property
    def alike(self) -> Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]:
        """The items of every kind and small class, occupation or type."""
        found = defaultdict[tuple[str, str], list[Mapping[str, Any]]](list)
        for kind, items in self.items.items():
            for item in items.values():
                for name in {item["type"]} if kind == "amenity" else {stem(code_of(item), size) for size in (3, 4)} - {""}:
                    found[kind, name].append(item)
        return found


def rows_of(folder: Folder, table: str) -> list[dict[str, Any]]:
    """Return a table's rows, unknown cells as None; none of a table that is not there."""
    if table not in folder.tables:
        return []
    frame = folder.tables[table].astype(object)
    return [{str(name): value for name, value in row.items()} for row in frame.where(frame.notna(), None).to_dict("records")]


def moment(value: Any) -> int:
    """Return an instant as microseconds UTC."""
    return _micros(value.to_pydatetime())


def _micros(value: datetime) -> int:
    return (value - datetime.fromisoformat("1970-01-01T00:00+00:00")) // timedelta(microseconds=1)


def apart(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return metres by the haversine formula."""
    one, other, turn = math.radians(lat), math.radians(other_lat), math.radians(other_lon - lon)
    half = math.sin((other - one) / 2) ** 2 + math.cos(one) * math.cos(other) * math.sin(turn / 2) ** 2
    return 2 * _EARTH * math.asin(math.sqrt(half))


def code_of(item: Mapping[str, Any]) -> str:
    """Return an item's occupation code: its own, else the title's; empty where it cannot be told."""
    return item["occupation"] or coded(item["title"])


@cache
def coded(text: str) -> str:
    """Return the code that a title, or a code itself, stands for; empty where it cannot be told."""
    if text[:1].isdigit() and "-" in text:
        return text.strip()
    found = built_in_coder().code([text], top=1, least=SURE)[0]
    return found[0].code if found else ""


@cache
def official() -> Mapping[str, str]:
    """Return the official name of every occupation of the built-in table."""
    taxonomy = built_in_coder().taxonomy
    return dict(zip(taxonomy.codes, taxonomy.names, strict=True))


def named(text: str) -> str:
    """Return the official name of a code; a title stays as it is."""
    return official().get(text.strip(), text)


def stem(code: str, size: int) -> str:
    """Return the first rungs of a code; empty where it has fewer."""
    parts = code.split("-")
    return "-".join(parts[:size]) if len(parts) >= size else ""


def shared_rungs(one: str, other: str) -> int:
    """Return how many rungs two codes share."""
    return sum(stem(one, size) == stem(other, size) != "" for size in (1, 2, 3, 4))


def monthly(item: Mapping[str, Any], wage: float | None) -> float:
    """Return one of an item's wages by the month, NaN where it cannot be told."""
    if wage is None or item["wage_unit"] is None:
        return math.nan
    if item["wage_unit"] == "month":
        return wage
    full = wage * (DAYS_A_MONTH if item["wage_unit"] == "day" else HOURS_A_MONTH)
    return full if item["form"] != "part_time" else full * week_hours(item) / HOURS_A_WEEK


def week_hours(item: Mapping[str, Any]) -> float:
    """Return the hours of a week; NaN where they are unknown."""
    slots = week(item["hours"])
    return len(slots) / 2 / 7 * (item["days_per_week"] or 7) if slots else math.nan


@cache
def week(text: str | None) -> frozenset[int]:
    """Return the half hours of a week, Monday 00:00 being 0, that clock ranges touch."""
    found: set[int] = set()
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    for part in (text or "").split(";"):
        words, days = part.split(), list(range(7))
        if words and words[0][:3] in names:
            first, _, last = words.pop(0).partition("-")
            start, size = names.index(first), (names.index(last or first) - names.index(first)) % 7 + 1
            days = [(start + step) % 7 for step in range(size)]
        for one in (clock for word in words for clock in word.split(",") if "-" in clock):
            begin, end = (int(clock[:-3]) * 60 + int(clock[-2:]) for clock in one.split("-"))
            end += 1440 if end <= begin else 0
            found |= {(48 * day + slot) % 336 for day in days for slot in range(begin // 30, -(-end // 30))}
    return frozenset(found)


def day_of(world: World, instant: Any) -> str:
    """Return the local day of an instant."""
    return world.city.local(moment(instant)).date().isoformat()


def days_until(world: World, day: str) -> int:
    """Return how many days a day lies ahead, by the calendar of Greenwich as rows count them."""
    return (date.fromisoformat(day) - date(1970, 1, 1)).days - world.at // 86_400_000_000


@dataclass(frozen=True)
class Said:
    """Hold one sentence about one item, said to one person."""

    world: World
    person: Person
    kind: Kind
    item: Mapping[str, Any]
    text: str

    @property
    def code(self) -> str:
        """The item's occupation."""
        return code_of(self.item)

    @property
    def skills(self) -> Mapping[str, list[int | None]]:
        """The skills of the item."""
        return self.world.levels(self.item["teaches" if self.kind == "course" else "skills"])

    @property
    def own(self) -> Mapping[str, list[int | None]]:
        """The skills of the person."""
        return self.world.levels("|".join(self.person.skills))

    @property
    def minutes(self) -> float:
        """How far it is on foot."""
        online = self.kind == "job" and self.item["mode"] in ONLINE_MODES
        return (
            math.nan
            if online or (self.kind == "course" and self.item["online"] == 1)
            else self.world.minutes(self.person, self.item)
        )

    def names(self, *parts: Any) -> bool:
        """Tell whether the sentence names all of these."""
        return all(str(part) in self.text for part in parts)

    def others(self) -> list[tuple[Mapping[str, Any], int]]:
        """Return the person's other items of the kind, with grades."""
        key = f"{self.kind}_id"
        return [(item, grade) for item, grade in self.world.uses(self.person, self.kind) if item[key] != self.item[key]]

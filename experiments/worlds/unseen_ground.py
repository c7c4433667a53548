"""What the worlds `searching` and `word_of_mouth` share: communities, days and moments, and their tables.

Days and seconds count from as_of, which is 0; the past is negative.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sqrec.contract import KINDS, Kind

Array = npt.NDArray[Any]
DAY = 86_400
EDUCATION = np.array(["81", "71", "61", "41", "31", "21", "11"])
"""GB/T 4658 codes from primary school to postgraduate, lowest first."""
JUDGED = 250
"""The number of people in the table `utilities`."""
_AS_OF = np.datetime64("2026-11-01T00:00:00")
_ZONE = "+08:00"
_WEST, _EAST, _SOUTH, _NORTH = 120.3, 120.45, 36.05, 36.2
_EDGE = 0.008
_LON_METRES, _LAT_METRES = 90_000, 111_000


@dataclass(frozen=True)
class Places:
    """Hold communities: middles, area codes, index of the district."""

    lon: Array
    lat: Array
    code: Array
    district: Array

    def around(self, place: Array, metres: float, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw a point near the middle of each given community, degrees; `metres` is the standard deviation."""
        lon = self.lon[place] + rng.normal(0, metres / _LON_METRES, len(place))
        lat = self.lat[place] + rng.normal(0, metres / _LAT_METRES, len(place))
        return lon.clip(_WEST, _EAST).round(6), lat.clip(_SOUTH, _NORTH).round(6)


@dataclass(frozen=True)
class Items:
    """Hold one kind of items: the table, all true facts by name, and the first and last day (`opens`, `closes`)."""

    table: pd.DataFrame
    facts: Mapping[str, Array]
    lon: Array
    lat: Array
    opens: Array
    closes: Array

    @property
    def ids(self) -> Array:
        """The items' ids: the first column of the table."""
        return self.table.iloc[:, 0].to_numpy(object)

    def live(self, first: int, last: int) -> Array:
        """Return the items (indices) that exist from day `first` to day `last`."""
        return np.flatnonzero((self.opens <= first) & (self.closes >= last))


def scaled(number: int, people: int, power: float = 0.3) -> int:
    """Return the number of things for so many people, if 2,000 people have `number` and it grows with this power."""
    return round(number * (people / 2000) ** power)


def communities(number: int, rng: np.random.Generator) -> Places:
    """Draw communities in the box of the world."""
    lon, lat = rng.uniform(_WEST + _EDGE, _EAST - _EDGE, number), rng.uniform(_SOUTH + _EDGE, _NORTH - _EDGE, number)
    district = np.select([lat > 36.145, lon > 120.41, lat < 36.09], [2, 3, 0], 1)
    heads = np.array(["370202", "370203", "370213", "370212"])[district]
    codes = [f"{head}{1 + place % 9:03d}{1 + place // 9:03d}" for place, head in enumerate(heads)]
    return Places(lon, lat, np.array(codes), district)


def metres(lon: Array, lat: Array, to_lon: Array, to_lat: Array) -> Array:
    """Return the distance on streets, metres: 1.3 times the straight line."""
    return 1.3 * np.hypot((lon - to_lon) * _LON_METRES, (lat - to_lat) * _LAT_METRES)


def numbered(letter: str, number: int) -> list[str]:
    """Return `number` ids of a letter and five digits."""
    return [f"{letter}{place:05d}" for place in range(number)]


def dates(days: Array) -> list[str]:
    """Return days as YYYY-MM-DD."""
    return np.datetime_as_string(_AS_OF.astype("M8[D]") + days.astype("m8[D]")).tolist()


def months(ages: Array) -> list[str]:
    """Return the months of birth of people of these ages, YYYY-MM."""
    return np.datetime_as_string(_AS_OF.astype("M8[M]") - np.floor(ages * 12).astype("m8[M]")).tolist()


def moments(seconds: Array) -> pd.Series:
    """Return seconds as instants of the city's zone."""
    return pd.Series(np.datetime_as_string(_AS_OF + seconds.astype("m8[s]")), dtype="str") + _ZONE


def drawn(number: int, shares: Sequence[float] | Array, rng: np.random.Generator) -> Array:
    """Draw `number` indices of `shares`, each in proportion to its share."""
    return rng.choice(len(shares), number, p=np.asarray(shares) / np.sum(shares))


def joined(rows: Array, words: Sequence[str]) -> list[str | None]:
    """Return the marked words of each row as a cell of a list (`|`); None without any."""
    return ["|".join(word for word, marked in zip(words, row, strict=True) if marked) or None for row in rows.tolist()]


def blanked(table: pd.DataFrame, missing: Mapping[str, float], rng: np.random.Generator) -> pd.DataFrame:
    """Return the table with random cells emptied in place: `missing` is the share of each column, `home` that of lon and lat."""
    for name, share in missing.items():
        names = ["lon", "lat"] if name == "home" else [name]
        table.loc[rng.random(len(table)) < share, names] = None
    return table


def part(kind: Kind, event: str, who: Array, what: Array, at: Array, request: Array, position: Array) -> pd.DataFrame:
    """Return events of one name, one per entry; `at` is seconds, a negative `request` none."""
    columns = {"person": who, "item": what, "at": at.astype(np.int64), "request": request, "position": position}
    return pd.DataFrame(columns).assign(kind=KINDS.index(kind), event=event).astype({"event": "category"})


def logged(parts: Sequence[pd.DataFrame], people: Array, items: Mapping[Kind, Items], *, impressions: bool) -> pd.DataFrame:
    """Return the table `events` in order of time, with or without impressions."""
    names = list(dict.fromkeys(str(part["event"].iloc[0]) for part in parts if len(part)))
    whole = pd.concat([part.assign(event=part["event"].cat.set_categories(names)) for part in parts], ignore_index=True)
    whole = whole.sort_values("at", kind="stable", ignore_index=True)
    if not impressions:
        whole = whole[whole["event"] != "impression"]
    asked = whole["request"] >= 0
    item = np.empty(len(whole), object)
    for place, kind in enumerate(KINDS):
        mine = (whole["kind"] == place).to_numpy()
        item[mine] = items[kind].ids[whole["item"].to_numpy()[mine]]
    table = pd.DataFrame({
        "event_id": "e" + pd.Series(whole.index).astype("str"),
        "person_id": people[whole["person"].to_numpy()],
        "kind": np.array(KINDS, object)[whole["kind"].to_numpy()],
        "item_id": item,
        "event": whole["event"].astype("str").to_numpy(object),
        "at": moments(whole["at"].to_numpy()),
        "request_id": ("r" + whole["request"].astype("str")).where(asked, None).to_numpy(object),
        "position": whole["position"].astype("Int64").where(asked).array,
    })  # fmt: skip
    return table.astype(dict.fromkeys(["person_id", "kind", "item_id", "event", "request_id"], "str"))


def told(kind: Kind, people: Array, items: Array, utility: Array, observable: Array) -> pd.DataFrame:
    """Return rows of the table `utilities` from two matrices, people by items."""
    return pd.DataFrame({
        "person_id": np.repeat(people, len(items)),
        "kind": kind,
        "item_id": np.tile(items, len(people)),
        "at": moments(np.zeros(1)).iloc[0],
        "utility": utility.ravel().round(5),
        "observable": observable.ravel().round(5),
    })  # fmt: skip

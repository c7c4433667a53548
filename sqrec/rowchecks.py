"""Checks that need more than one cell: points, orders, ages, wages, links between tables."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import TypeAlias

import numpy as np
import pandas as pd

from sqrec.arrays import BoolArray
from sqrec.cities import City
from sqrec.columns import KINDS, RULES, TABLE_OF_KIND, TABLES, Table
from sqrec.coordinates import Frame, convert
from sqrec.profile.person import age_at

Finding: TypeAlias = tuple[int, str, str]
"""A row's place, the column and the rule it breaks."""


def check_rows(table: Table, frame: pd.DataFrame, crs: Frame, as_of: str | None, city: City) -> list[Finding]:
    """Return (place, column, rule) of every row that breaks a rule over several cells.

    Cells of warnings become unknown in `frame`; points are turned into the city's storage frame.
    """
    found: list[Finding] = []
    if "lon" in frame and "lat" in frame:
        found += _points(frame, crs, city)
    for column, wrong, rule, blank in _findings(table, frame, as_of, city):
        found += [(int(place), column, rule) for place in np.flatnonzero(wrong)]
        if RULES[rule].severity == "warning" and blank:
            frame.loc[wrong, list(blank)] = pd.NaT if "recorded_at" in blank else np.nan
    if table.key:
        found += _duplicates(table.key, frame)
    return found


def _findings(
    table: Table, frame: pd.DataFrame, as_of: str | None, city: City
) -> Iterable[tuple[str, BoolArray, str, tuple[str, ...]]]:
    """Yield column, mask, rule, and the columns that a warning blanks."""
    if table.name == "people":
        yield "birth_month", _too_young(frame["birth_month"], as_of, city), "too-young", ()
    if "wage_unit" in frame:
        paid = frame["wage_min"].notna() | frame["wage_max"].notna()
        yield "wage_unit", (paid & frame["wage_unit"].isna()).to_numpy(bool), "wage-unit", ("wage_min", "wage_max")
        yield "wage_min", _above(frame, "wage_min", "wage_max"), "wage-order", ("wage_min", "wage_max")
    if "age_min" in frame:
        yield "age_min", _above(frame, "age_min", "age_max"), "age-order", ("age_min", "age_max")
    start = "published_at" if "published_at" in frame else "valid_from"
    if start in frame:
        ends_first = (frame["valid_to"] <= frame[start]).to_numpy(bool)
        yield "valid_to", ends_first, "valid-order", ()
    if "recorded_at" in frame:
        yield "recorded_at", (frame["recorded_at"] < frame["at"]).to_numpy(bool), "recorded-order", ("recorded_at",)


def _above(frame: pd.DataFrame, low: str, high: str) -> BoolArray:
    return (frame[low] > frame[high]).to_numpy(bool)


def _too_young(months: "pd.Series[str]", as_of: str | None, city: City) -> BoolArray:
    day = date.fromisoformat(as_of[:10]) if as_of else datetime.now(UTC).astimezone(city.zone).date()
    ages = {month: age_at(month, day.year, day.month) or 0 for month in months.dropna().unique()}
    return np.array([ages.get(month, city.gates.adult_from) < city.gates.refused_under for month in months], dtype=bool)


def _duplicates(key: str, frame: pd.DataFrame) -> list[Finding]:
    again = frame[key].duplicated() & frame[key].notna()
    return [(int(place), key, "duplicate-id") for place in np.flatnonzero(again)]


def _points(frame: pd.DataFrame, crs: Frame, city: City) -> list[Finding]:
    """Check points, blank the wrong ones and turn the others into the storage frame."""
    lon, lat = frame["lon"].to_numpy(np.float64, copy=True), frame["lat"].to_numpy(np.float64, copy=True)
    half = np.isnan(lon) != np.isnan(lat)
    there_lon, there_lat = convert(lon, lat, crs, city.frame or crs)
    back_lon, back_lat = convert(lat, lon, crs, city.frame or crs)
    known = ~np.isnan(lon) & ~np.isnan(lat)
    outside = known & ~_inside(there_lon, there_lat, city)
    swapped = outside & _inside(back_lon, back_lat, city)
    has_area = frame["area"].notna().to_numpy(bool) if "area" in frame else np.zeros(len(frame), dtype=bool)
    masks = {
        "coordinate": half,
        "swapped": swapped & ~has_area,
        "swapped-area": swapped & has_area,
        "outside": outside & ~swapped & ~has_area,
        "outside-area": outside & ~swapped & has_area,
    }
    wrong = half | outside
    frame["lon"], frame["lat"] = np.where(wrong, np.nan, there_lon), np.where(wrong, np.nan, there_lat)
    return [(int(place), "lon", rule) for rule, mask in masks.items() for place in np.flatnonzero(mask)]


def _inside(lon: np.ndarray, lat: np.ndarray, city: City) -> BoolArray:
    if city.box is None:
        return np.ones(len(lon), dtype=bool)
    box = city.box
    return (lon >= box.west) & (lon <= box.east) & (lat >= box.south) & (lat <= box.north)


def links_of(tables: Mapping[str, pd.DataFrame]) -> dict[str, list[Finding]]:
    """Return (place, column, rule) of accepted rows whose ids name nobody and nothing in the folder.

    A table that is not there is not asked.
    """
    found: dict[str, list[Finding]] = {}
    for name in ("events", "recommendations", "restricted"):
        if (frame := tables.get(name)) is None:
            continue
        found[name] = []
        if "people" in tables:
            strange = ~frame["person_id"].isin(tables["people"]["person_id"])
            found[name] += [(int(place), "person_id", "unknown-person") for place in np.flatnonzero(strange)]
        for kind in KINDS if "kind" in frame else ():
            if (items := tables.get(TABLE_OF_KIND[kind])) is not None:
                key = TABLES[TABLE_OF_KIND[kind]].key
                strange = (frame["kind"] == kind) & ~frame["item_id"].isin(items[key])
                found[name] += [(int(place), "item_id", "unknown-item") for place in np.flatnonzero(strange)]
    return found

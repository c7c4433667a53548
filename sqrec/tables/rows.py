"""Rules over several cells of a row: points, orders of dates, ages, wages."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeAlias

import numpy as np
import pandas as pd

from sqrec.base.arrays import BoolArray, FloatArray, IntArray
from sqrec.cities import City
from sqrec.cities.ages import age_at
from sqrec.contract import KINDS, KINDS_OF_EVENT, RULES, Table
from sqrec.contract.coordinates import Frame, convert
from sqrec.tables.plausible import implausible

Finding: TypeAlias = tuple[IntArray, str, str]
"""The places of rows, the column and the rule they break."""


def check_rows(table: Table, frame: pd.DataFrame, crs: Frame, as_of: str | None, city: City) -> list[Finding]:
    """Return (places, column, rule) of the rows that violate a rule over several cells.

    Cells of warnings become unknown in `frame`; points are turned into the city's storage frame.
    """
    found: list[Finding] = []
    if "lon" in frame and "lat" in frame:
        found += _points(frame, crs, city)
    if "boundary" in frame and crs != (city.frame or crs):
        moved = frame["boundary"].map(lambda text: _moved(text, crs, city.frame or crs), na_action="ignore")
        frame["boundary"] = moved.astype("str")
    for column in table.columns:
        if column.type == "area":
            found += _former(frame, column.name, city)
    for column, wrong, rule, blank in _findings(table, frame, as_of, city):
        if not wrong.any():
            continue
        found.append((np.flatnonzero(wrong), column, rule))
        if RULES[rule].severity == "warning" and blank:
            for name in blank:
                frame.loc[wrong, name] = pd.NaT if isinstance(frame[name].dtype, pd.DatetimeTZDtype) else np.nan
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
    if table.name == "courses":
        backwards = frame["start_on"].notna() & frame["end_on"].notna() & (frame["end_on"] < frame["start_on"])
        yield "end_on", backwards.to_numpy(bool), "course-order", ("start_on", "end_on")
    if table.name == "events":
        yield "event", _misfit(frame), "event-kind", ()
    if "recorded_at" in frame:
        yield "recorded_at", (frame["recorded_at"] < frame["at"]).to_numpy(bool), "recorded-order", ("recorded_at",)
    yield from implausible(table, frame, as_of, city)


def _above(frame: pd.DataFrame, low: str, high: str) -> BoolArray:
    return (frame[low] > frame[high]).to_numpy(bool)


def _too_young(months: "pd.Series[str]", as_of: str | None, city: City) -> BoolArray:
    day = _day(as_of, city)
    young = {month for month in months.dropna().unique() if too_young(month, day, city)}
    return months.isin(young).to_numpy(bool)


def too_young(birth_month: str, day: date, city: City) -> bool:
    """Tell whether somebody is too young on a day (city time) to be served."""
    age = age_at(birth_month, day.year, day.month)
    return age is not None and age < city.gates.refused_under


def _day(as_of: str | None, city: City) -> date:
    """Return the day the data is of, in city time; today where the folder does not say."""
    if as_of is None:
        return datetime.now(city.zone).date()
    moment = datetime.fromisoformat(as_of)
    return moment.astimezone(city.zone).date() if moment.tzinfo else moment.date()


def _misfit(frame: pd.DataFrame) -> BoolArray:
    """Tell which events do not go with the kind of their item."""
    odd = {f"{kind} {event}" for event, kinds in KINDS_OF_EVENT.items() for kind in KINDS if kind not in kinds}
    return (frame["kind"] + " " + frame["event"]).isin(odd).to_numpy(bool)


def _former(frame: pd.DataFrame, name: str, city: City) -> list[Finding]:
    """Put the present code of a division in the place of a former one, also inside a longer code."""
    code = frame[name].str.fullmatch(r"\d+").fillna(value=False).to_numpy(bool)
    former = code & frame[name].str[:6].isin(city.former_areas).to_numpy(bool)
    if not former.any():
        return []
    codes = frame.loc[former, name]
    frame.loc[former, name] = codes.str[:6].map(city.former_areas) + codes.str[6:]
    return [(np.flatnonzero(former), name, "former-area")]


def _moved(wkt: str, crs: Frame, frame: Frame) -> str:
    """Turn every point of a boundary into another frame, rounded to centimetres."""
    places = np.array(re.findall(r"([-\d.eE+]+)\s+([-\d.eE+]+)", wkt), dtype=np.float64)
    moved = iter(zip(*convert(places[:, 0], places[:, 1], crs, frame), strict=True))

    def text(_: "re.Match[str]") -> str:
        lon, lat = next(moved)
        return f"{lon:.7f} {lat:.7f}"

    return re.sub(r"[-\d.eE+]+\s+[-\d.eE+]+", text, wkt)


def _points(frame: pd.DataFrame, crs: Frame, city: City) -> list[Finding]:
    """Check points, blank the wrong ones and turn the others into the storage frame."""
    has_area = frame["area"].notna().to_numpy(bool) if "area" in frame else np.zeros(len(frame), dtype=bool)
    lon, lat, wrong = place(frame["lon"].to_numpy(np.float64), frame["lat"].to_numpy(np.float64), has_area, crs, city)
    frame["lon"], frame["lat"] = lon, lat
    return [(np.flatnonzero(mask), "lon", rule) for rule, mask in wrong.items() if mask.any()]


def place(
    lon: FloatArray, lat: FloatArray, has_area: BoolArray, crs: Frame, city: City
) -> tuple[FloatArray, FloatArray, dict[str, BoolArray]]:
    """Return points in the city's storage frame, and the rows that violate each rule.

    A wrong point is unknown (NaN). With an `area` that stands for it, it is a warning alone. 0, 0 is `no-place`, with a box or
    without: nobody wrote it as a place, so its row stays.
    """
    half = np.isnan(lon) != np.isnan(lat)
    there_lon, there_lat = convert(lon, lat, crs, city.frame or crs)
    back_lon, back_lat = convert(lat, lon, crs, city.frame or crs)
    known = ~np.isnan(lon) & ~np.isnan(lat)
    lost = known & (lon == 0) & (lat == 0)
    outside = known & ~lost & ~_inside(there_lon, there_lat, city)
    swapped = outside & _inside(back_lon, back_lat, city)
    masks = {
        "coordinate": half,
        "no-place": lost,
        "swapped": swapped & ~has_area,
        "swapped-area": swapped & has_area,
        "outside": outside & ~swapped & ~has_area,
        "outside-area": outside & ~swapped & has_area,
    }
    wrong = half | outside | lost
    return np.where(wrong, np.nan, there_lon), np.where(wrong, np.nan, there_lat), masks


def _inside(lon: FloatArray, lat: FloatArray, city: City) -> BoolArray:
    if city.box is None:
        return (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    box = city.box
    return (lon >= box.west) & (lon <= box.east) & (lat >= box.south) & (lat <= box.north)

"""Moments in city time, ages, points and boundaries in the city's frame, divisions, the city's own file."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sqrec.cities import load_city
from sqrec.contract.coordinates import convert
from sqrec.tables import read_folder
from tests.support.rows import GOOD, configure, folder_of, told, write


def test_dates_open_and_close_in_city_time(tmp_path: Path) -> None:
    job = {**GOOD["jobs"], "published_at": "2026-02-01", "valid_to": "2026-02-01"}
    table = folder_of(tmp_path, "jobs", job).tables["jobs"]
    assert table["published_at"].tolist() == [pd.Timestamp("2026-01-31T16:00Z")]
    assert table["valid_to"].tolist() == [pd.Timestamp("2026-02-01T16:00Z")]


def test_the_end_of_the_calendar_is_an_end(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "jobs", {**GOOD["jobs"], "valid_to": "9999-12-31"})
    assert told(folder) == []
    assert folder.tables["jobs"]["valid_to"].dt.year.tolist() == [9999]


def test_an_instant_without_zone_is_kept_in_city_time(tmp_path: Path) -> None:
    job = {**GOOD["jobs"], "published_at": "2026-02-01T08:00:00"}
    folder = folder_of(tmp_path, "jobs", job)
    assert told(folder) == [(2, "published_at", "zone")]
    assert folder.tables["jobs"]["published_at"].tolist() == [pd.Timestamp("2026-02-01T00:00Z")]


@pytest.mark.parametrize(("month", "accepted"), [("2012-09", 1), ("2012-10", 1), ("2012-11", 0), ("2027-01", 0)])
def test_fourteen_is_reached_on_the_first_of_the_next_month(tmp_path: Path, month: str, accepted: int) -> None:
    folder = folder_of(tmp_path, "people", {"person_id": "a", "birth_month": month}, as_of="2026-11-01")
    assert folder.reports["people"].accepted == accepted


@pytest.mark.parametrize("crs", ["WGS84", "GCJ02", "BD09"])
def test_points_are_stored_in_the_city_frame(tmp_path: Path, crs: Any) -> None:
    there = convert(np.array([120.40]), np.array([36.07]), "WGS84", crs)
    cells = {"lon": repr(float(there[0][0])), "lat": repr(float(there[1][0]))}
    table = folder_of(tmp_path, "people", {**GOOD["people"], **cells}, crs=crs).tables["people"]
    assert table["lon"][0] == pytest.approx(120.40, abs=1e-7)
    assert table["lat"][0] == pytest.approx(36.07, abs=1e-7)


def test_boundaries_are_stored_in_the_city_frame(tmp_path: Path) -> None:
    table = folder_of(tmp_path, "communities", GOOD["communities"], crs="GCJ02").tables["communities"]
    lon, lat = convert(np.array([120.0]), np.array([36.0]), "GCJ02", "WGS84")
    first = f"{lon[0]:.7f} {lat[0]:.7f}"
    assert table["boundary"][0].startswith(f"POLYGON(({first}, ")
    assert table["boundary"][0].endswith(f", {first}))")


def test_without_a_city_points_stay_in_the_folder_frame(tmp_path: Path) -> None:
    point = {"person_id": "a", "lon": "24.94", "lat": "60.17"}
    folder = folder_of(tmp_path, "people", point, city=None, crs="GCJ02")
    assert told(folder) == []
    assert folder.city.frame == "GCJ02"
    assert folder.tables["people"][["lon", "lat"]].to_numpy().tolist() == [[24.94, 60.17]]


def test_a_former_division_gets_its_present_code(tmp_path: Path) -> None:
    table = folder_of(tmp_path, "people", {**GOOD["people"], "area": "370282001"}).tables["people"]
    assert table["area"].tolist() == ["370215001"]


def test_a_city_file_beside_the_tables(tmp_path: Path) -> None:
    configure(tmp_path, city="mine.json")
    (tmp_path / "mine.json").write_text(
        json.dumps(load_city("qingdao").model_dump(mode="json") | {"name": "mine"}), encoding="utf-8"
    )
    write(tmp_path, "jobs", [GOOD["jobs"]])
    assert read_folder(tmp_path).city.name == "mine"


@pytest.mark.parametrize("city", ["qingdao", None])
@pytest.mark.parametrize("area", ["370203", ""])
def test_nought_nought_is_no_place_and_costs_no_row(tmp_path: Path, city: str | None, area: str) -> None:
    lost = {"amenity_id": "a", "name": "食堂", "type": "canteen", "lon": "0", "lat": "0.0", "area": area}
    folder = folder_of(tmp_path, "amenities", lost, city=city)
    assert told(folder) == [(2, "lon", "no-place")]
    assert folder.tables["amenities"][["lon", "lat"]].isna().to_numpy().tolist() == [[True, True]]

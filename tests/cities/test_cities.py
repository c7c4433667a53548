"""City files: what they say, and midnight."""

import json
import shutil
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqrec.cities import City, cities, load_city
from sqrec.contract.parse import micros
from sqrec.errors import TableError


def in_zone(zone: str) -> City:
    return load_city(None).model_copy(update={"timezone": zone})


def moment(text: str) -> int:
    return micros(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("Asia/Shanghai", "2026-11-01T15:59:59Z", "2026-10-31T16:00:00Z"),
        ("Asia/Shanghai", "2026-11-01T16:00:00Z", "2026-11-01T16:00:00Z"),
        ("UTC", "2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z"),
        # clocks forward at 02:00 and back at 03:00: the day has 23 and 25 hours
        ("Europe/Berlin", "2026-03-29T20:00:00Z", "2026-03-28T23:00:00Z"),
        ("Europe/Berlin", "2026-10-25T22:30:00Z", "2026-10-24T22:00:00Z"),
        # no midnight at all: clocks went from 24:00 to 01:00
        ("America/Sao_Paulo", "2018-11-04T15:00:00Z", "2018-11-04T03:00:00Z"),
    ],
)
def test_midnight(zone: str, at: str, expected: str) -> None:
    assert in_zone(zone).midnight(moment(at)) == moment(expected)


@given(st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York"]), st.integers(946_684_800, 2_051_222_400))
def test_midnight_is_the_same_local_day_not_later(zone: str, second: int) -> None:
    at, city = second * 1_000_000, in_zone(zone)
    midnight = city.midnight(at)
    assert midnight <= at
    assert city.local(midnight).date() == city.local(at).date()
    assert city.local(midnight - 1).date() < city.local(at).date()


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-01", "2026-11-01"),
        ("2026-11-01T23:59", "2026-11-01"),
        ("2026-11-01T15:59:59Z", "2026-11-01"),
        ("2026-11-01T16:00:00Z", "2026-11-02"),
        ("2026-11-01T00:30:00+09:00", "2026-10-31"),
    ],
)
def test_a_day_is_the_citys(at: str, expected: str) -> None:
    assert in_zone("Asia/Shanghai").day(at).isoformat() == expected


def test_without_a_moment_the_day_is_todays() -> None:
    city = in_zone("Asia/Shanghai")
    before, day, after = datetime.now(city.zone).date(), city.day(None), datetime.now(city.zone).date()
    assert before <= day <= after


def test_midnights_of_many_are_those_of_each() -> None:
    city = in_zone("Europe/Berlin")
    at = np.array([moment("2026-10-25T22:30:00Z"), moment("2026-03-29T20:00:00Z"), moment("2026-10-25T22:30:00Z")])
    assert city.midnights(at).tolist() == [city.midnight(int(each)) for each in at]


def test_qingdao() -> None:
    city = load_city("qingdao")
    assert (city.timezone, city.frame, city.zone) == ("Asia/Shanghai", "WGS84", ZoneInfo("Asia/Shanghai"))
    assert city.box is not None
    assert (city.box.west, city.box.east, city.box.south, city.box.north) == (119.5, 121.0, 35.5, 37.2)
    assert list(city.areas) == [
        "370202",
        "370203",
        "370211",
        "370212",
        "370213",
        "370214",
        "370215",
        "370281",
        "370283",
        "370285",
    ]
    assert city.former_areas == {"370282": "370215"}
    assert city.circle_steps == (15, 20, 30, 45, 60)
    assert isinstance(city.detour, float)
    assert (city.gates.refused_under, city.gates.jobs_from, city.gates.adult_from) == (14, 16, 18)
    now = {code: area.lowest_wages[-1] for code, area in city.areas.items()}
    wages = {code: (wage.month, wage.hour, wage.trust) for code, wage in now.items()}
    assert wages["370202"] == (2400, 24, "V")
    assert wages["370285"] == (2210, 22, "K")


def test_an_unknown_age_walks_at_the_default_pace() -> None:
    city = load_city("qingdao")
    assert city.pace_for(None) == city.paces.unknown_age
    assert city.pace_for(17) != city.pace_for(18)
    assert [city.pace_for(age) for age in (59, 60, 74, 75)] == [75, 62, 62, 50]


def test_nowhere_has_no_box_and_no_areas() -> None:
    city = load_city(None)
    assert (city.timezone, city.box, city.areas) == ("UTC", None, {})


@pytest.mark.parametrize("name", cities())
def test_every_number_is_dated_sourced_and_marked(name: str) -> None:
    text = resources.files("sqrec.cities").joinpath(name, "city.json").read_text(encoding="utf-8")

    def check(part: Any, path: str, sourced: bool) -> None:
        if isinstance(part, dict):
            sourced = sourced or {"since", "source", "trust"} <= set(part)
            for key, value in part.items():
                check(value, f"{path}.{key}", sourced)
        elif isinstance(part, list):
            for value in part:
                check(value, path, sourced)
        elif isinstance(part, int | float):
            assert sourced or path.endswith((".lon", ".lat")), path

    check(json.loads(text), "", sourced=False)


@pytest.mark.parametrize("name", [None, "qingdao"])
def test_round_trip(name: str | None) -> None:
    city = load_city(name)
    assert City.model_validate(json.loads(json.dumps(city.model_dump(mode="json")))) == city


def test_a_city_by_path(tmp_path: Path) -> None:
    text = resources.files("sqrec.cities").joinpath("qingdao", "city.json").read_text(encoding="utf-8")
    (tmp_path / "city.json").write_text(text.replace('"qingdao"', '"elsewhere"'), encoding="utf-8")
    assert load_city(str(tmp_path)).name == load_city(str(tmp_path / "city.json")).name == "elsewhere"


def test_rule_sets_lie_beside_the_city_file(tmp_path: Path) -> None:
    shutil.copytree(str(resources.files("sqrec.cities").joinpath("qingdao")), tmp_path / "own")
    assert load_city(str(tmp_path / "own")) == load_city("qingdao")
    (tmp_path / "own" / "groups" / "youth.json").unlink()
    with pytest.raises(TableError, match="no rules for youth_unemployed in youth"):
        load_city(str(tmp_path / "own" / "city.json"))


@pytest.mark.parametrize("text", ["{", "[]", '{"name": "x"}'])
def test_a_city_that_does_not_fit_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "city.json").write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=r"city\.json"):
        load_city(str(tmp_path / "city.json"))


def test_an_unknown_city_names_the_known_ones() -> None:
    with pytest.raises(TableError, match="qingdao"):
        load_city("atlantis")


def test_local_time() -> None:
    at = micros(datetime(2026, 11, 1, 18, 30, tzinfo=UTC))
    assert load_city("qingdao").local(at).isoformat() == "2026-11-02T02:30:00+08:00"

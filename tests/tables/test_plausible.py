"""What cannot be meant is unknown and told: wages, ages, hours, dates, places, moments ahead of the clock."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sqrec.catalogue.snapshot import events_of
from sqrec.cities import load_city
from sqrec.cities.plausible import Bound
from sqrec.contract import TABLES
from sqrec.tables import read_folder
from sqrec.tables.clock import clock_of, end_of
from sqrec.tables.plausible import implausible
from sqrec.tables.typed import unknown_column
from tests.support import tiny
from tests.support.rows import GOOD, folder_of, told

BOUND = {"since": "2026-11-01", "source": "ours", "trust": "K"}


@pytest.mark.parametrize(
    ("low", "high", "unit", "kept"),
    [
        ("0", "0", "month", ("", "")),  # 面议
        ("0", "5000", "month", ("", "5000")),
        ("1.4", "1.8", "month", ("", "")),  # in 万
        ("4", "6", "month", ("", "")),  # in thousands
        ("48000", "60000", "month", ("", "")),  # a year's
        ("3500", "99999999", "month", ("3500", "")),
        ("3500", "4500", "month", ("3500", "4500")),
        ("300", "45000", "month", ("300", "45000")),  # the bounds are inside
        ("299.99", "45000.01", "month", ("", "")),
        ("150", "180", "day", ("150", "180")),
        ("150", "3000", "day", ("150", "")),
        ("25", "30", "hour", ("25", "30")),
        ("25", "4500", "hour", ("25", "")),
    ],
)
def test_wages_out_of_bounds_are_unknown(low: str, high: str, unit: str, kept: tuple[str, str], tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "jobs", {**GOOD["jobs"], "wage_min": low, "wage_max": high, "wage_unit": unit})
    found = folder.tables["jobs"][["wage_min", "wage_max"]].to_numpy(np.float64)[0]
    assert [("" if np.isnan(value) else f"{value:g}") for value in found] == list(kept)
    wrong = [("wage_min", "wage_max")[place] for place in range(2) if not kept[place]]
    assert told(folder) == [(2, name, "implausible-wage") for name in wrong]


def test_a_wage_above_its_own_end_stays_both_unknown(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "jobs", {**GOOD["jobs"], "wage_min": "29166", "wage_max": "25000", "wage_unit": "month"})
    assert folder.tables["jobs"][["wage_min", "wage_max"]].isna().all(axis=None)
    assert told(folder) == [(2, "wage_min", "wage-order")]


@pytest.mark.parametrize(
    ("table", "column", "value", "rule"),
    [
        ("people", "birth_month", "1901-01", "far-date"),
        ("people", "birth_month", "1930-01", ""),
        ("people", "experience_years", "70", "implausible"),
        ("people", "wage_min", "99999999", "implausible-wage"),
        ("people", "registered_unemployed_on", "no", ""),
        ("people", "registered_unemployed_on", "2090-01-01", "far-date"),
        ("courses", "age_max", "120", "implausible"),
        ("courses", "start_on", "1970-01-01", "far-date"),
        ("jobs", "headcount", "999999", "implausible"),
        ("jobs", "published_at", "1970-01-01", "far-date"),
        ("jobs", "valid_to", "2099-12-31", "far-date"),
        ("jobs", "valid_to", "9999-12-31", ""),
        ("restricted", "local_insured_months", "1200", "implausible"),
    ],
)
def test_bounds_of_other_columns(table: str, column: str, value: str, rule: str, tmp_path: Path) -> None:
    good = {name: cell for name, cell in GOOD[table].items() if name not in {"age_min", "age_max", "start_on", "end_on"}}
    folder = folder_of(tmp_path, table, {**good, column: value})
    assert told(folder) == ([(2, column, rule)] if rule else [])
    assert bool(folder.tables[table][column].isna()[0]) == bool(rule)


def test_what_opens_far_ahead_stays_hidden(tmp_path: Path) -> None:
    """An item without a moment is shown at once: a wrong one must not make it so."""
    folder = folder_of(tmp_path, "jobs", {**GOOD["jobs"], "published_at": "2090-01-01"})
    assert told(folder) == [(2, "published_at", "far-opening")]
    assert folder.tables["jobs"]["published_at"].dt.year.tolist() == [2089]  # UTC


def test_without_a_box_the_lost_point_is_unknown(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path, "people", {"person_id": "p", "lon": "0", "lat": "0"}, {"person_id": "q", "lon": "0", "lat": "51.5"}, city=None
    )
    assert told(folder) == [(2, "lon", "no-place")]
    assert folder.tables["people"]["lon"].isna().tolist() == [True, False]


def events(moments: Sequence[str], recorded: Mapping[int, str] | None = None) -> list[dict[str, str]]:
    """Return one event a moment, with a place for when it became known."""
    return [
        {**GOOD["events"], "event_id": f"e{place}", "at": at, "recorded_at": (recorded or {}).get(place, "")}
        for place, at in enumerate(moments)
    ]


def test_the_clock_is_now_or_the_day_of_the_folder_where_that_is_later() -> None:
    city = load_city("qingdao")
    now = time.time_ns() // 1000
    assert abs(clock_of(None, city) - now) < 60_000_000
    assert abs(clock_of("2020-01-01", city) - now) < 60_000_000
    assert clock_of("2090-01-01", city) == tiny.micros("2090-01-01T15:59:59.999999")  # its 24:00 in Qingdao
    assert end_of("2020-01-01T00:00:00Z", city) == tiny.micros("2020-01-01T00:00:00.999999")
    assert end_of("2020-01-01T08:00", city) == tiny.micros("2020-01-01T00:00:00.999999")


def test_what_is_ahead_or_long_ago_counts_for_nothing(tmp_path: Path) -> None:
    """Row 2 is fine; 3 happens, and 4 becomes known, in 2099; 5 is of 1970."""
    rows = events(
        ["2026-01-05T09:00:00Z", "2099-01-05T09:00:00Z", "2026-01-06T09:00:00Z", "1970-01-01T00:00:00Z"],
        {2: "2099-01-01T00:00:00Z"},
    )
    folder = folder_of(tmp_path, "events", *rows)
    assert told(folder) == [(3, "at", "ahead"), (4, "at", "ahead"), (5, "at", "long-ago")]
    assert len(folder.tables["events"]) == 4  # the rows are kept
    assert events_of(folder).at.tolist() == [tiny.micros("2026-01-05T09:00:00")]


def test_facts_of_a_day_to_come_are_told_and_kept(tmp_path: Path) -> None:
    """The clock is the end of 2090-06-30 in Qingdao, which is 16:00 of that day in UTC. Rows 2 to 4: in time, ahead, and too far ahead."""
    people = [
        {**GOOD["people"], "person_id": "a", "updated_at": "2090-06-30T15:59:59Z", "registered_unemployed_on": "2090-06-30"},
        {**GOOD["people"], "person_id": "b", "updated_at": "2090-06-30T16:00:00Z", "registered_unemployed_on": "2090-07-01"},
        {**GOOD["people"], "person_id": "c", "registered_unemployed_on": "2095-01-01"},
    ]
    for one in people:
        one["birth_month"] = "2050-01"
    folder = folder_of(tmp_path / "p", "people", *people, as_of="2090-06-30")
    assert told(folder) == [
        (3, "registered_unemployed_on", "not-yet"),
        (3, "updated_at", "not-yet"),
        (4, "registered_unemployed_on", "far-date"),
    ]
    assert folder.tables["people"]["updated_at"].notna().tolist() == [True, True, False]
    assert "until updated_at of a person, what may change of them is unknown" in str(folder.problems[1])
    facts = [
        {"person_id": "a", "resident_since": "2090-06-30", "recognised": "graduate@2090-06-30"},
        {"person_id": "b", "resident_since": "2090-07-01", "recognised": "graduate@2026-06-30|hard_to_employ@2090-07-01"},
    ]
    kept = folder_of(tmp_path / "r", "restricted", *facts, as_of="2090-06-30")
    assert told(kept) == [(3, "resident_since", "not-yet"), (3, "recognised", "not-yet")]
    assert kept.tables["restricted"]["recognised"].tolist()[1] == facts[1]["recognised"]


def test_a_day_of_the_folder_that_is_older_than_its_events_is_told(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "events", *events(["2020-01-01T15:59:00Z", "2020-01-01T16:00:00Z"]), as_of="2020-01-01")
    assert told(folder) == [(3, "at", "after-as-of")]
    assert len(events_of(folder)) == 2


@pytest.mark.parametrize(
    "told_of",
    [
        {"columns": ["jobs.wages"], "low": 1},
        {"columns": ["jobs.title"], "low": 1},
        {"columns": ["jobs.wage_min"], "years_back": 1},
        {"columns": ["jobs.valid_to"], "low": 1},
        {"columns": ["jobs.wage_min"]},
        {"columns": ["jobs.wage_min"], "unit": "year", "low": 1},
    ],
)
def test_a_bound_that_fits_no_column_is_refused(told_of: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Bound.model_validate({**BOUND, **told_of})


@given(st.lists(st.floats(allow_nan=True, allow_infinity=False), max_size=20))
def test_a_value_is_told_where_it_lies_outside_and_nowhere_else(values: list[float]) -> None:
    city = load_city("qingdao")
    told_of = {"lesson_hours": np.array(values, dtype=np.float64)}
    unknown = {column.name: unknown_column(column, len(values)) for column in TABLES["courses"].columns}
    frame = pd.DataFrame({**unknown, **told_of}, index=range(len(values)))
    masks = {column: mask for column, mask, _, _ in implausible(TABLES["courses"], frame, "2026-11-01", city)}
    assert masks["lesson_hours"].tolist() == [value < 0.5 or value > 5000 for value in values]


def test_cases_of_public_files(shared: Path) -> None:
    """c02: every wage that cannot be meant is unknown; c07: one event of 2072 and nothing else is left out."""
    cases = shared.parent / "cases"
    if not cases.is_dir():
        pytest.skip("The cases are not beside this checkout.")
    wages = read_folder(cases / "c02_wages", write_rejected=False).tables["jobs"].set_index("job_id")[["wage_min", "wage_max"]]
    assert wages.dropna(how="all").index.tolist() == ["w06", "w08", "w09"]
    assert wages["wage_max"].isna().tolist() == [True] * 5 + [False, True, True, False]
    future = read_folder(cases / "c07_future", write_rejected=False)
    assert [(problem.row, problem.rule) for problem in future.problems] == [(162, "ahead")]
    assert len(events_of(future)) == len(future.tables["events"]) - 1

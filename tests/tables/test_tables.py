"""Reading folders: every rule once, no row lost, types, encodings, points, links."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sqrec.cities import load_city
from sqrec.contract import RULES, TABLES
from sqrec.contract.coordinates import convert
from sqrec.contract.parse import parse
from sqrec.errors import TableError
from sqrec.tables import Folder, read_folder

GOOD: Mapping[str, Mapping[str, str]] = {
    "people": {"person_id": "good", "birth_month": "1985-03", "lon": "120.40", "lat": "36.07", "wage_min": "3500"},
    "restricted": {"person_id": "good"},
    "jobs": {"job_id": "good", "title": "面点师", "wage_min": "20", "wage_max": "30", "wage_unit": "hour", "occupation": "4-10"},
    "courses": {
        "course_id": "good",
        "title": "育婴",
        "start_on": "2026-03-01",
        "end_on": "2026-03-01",
        "age_min": "18",
        "age_max": "18",
    },
    "amenities": {"amenity_id": "good", "name": "食堂", "type": "canteen", "hours": "mon-fri 08:30-17:30; sat 22:00-06:00"},
    "occupations": {"code": "4-10-01-05", "name": "cook"},
    "policies": {"policy_id": "good", "title": "补贴", "conditions": "{}"},
    "communities": {"area": "370202", "name": "湛山", "boundary": "POLYGON((120 36, 120.1 36, 120.1 36.1, 120 36))"},
    "events": {
        "event_id": "good",
        "person_id": "good",
        "kind": "job",
        "item_id": "good",
        "event": "view",
        "at": "2026-01-05T09:00:00Z",
    },
    "rankings": {"request_id": "good", "at": "2026-01-05T09:00:00Z", "vector": "AAAAAAAA8D8="},
}
"""A row of each table that breaks nothing."""

LATER: Mapping[str, Sequence[Mapping[str, str]]] = {"jobs": [{"job_id": "late", "title": "cook", "published_at": "2026-02-01"}]}
"""Items that are shown after the good event."""


@dataclass(frozen=True)
class Case:
    """Hold the cells of one bad row, and the other tables that must be there to see it."""

    table: str
    cells: Mapping[str, str]
    beside: Sequence[str] = field(default=())


CASES: Mapping[str, Case] = {
    "required": Case("jobs", {"title": ""}),
    "id": Case("people", {"person_id": "x" * 129}),
    "text": Case("jobs", {"title": "a", "employer": "x" * 20_001}),
    "text-required": Case("jobs", {"title": "x" * 20_001}),
    "other-id": Case("jobs", {"employer_id": "x" * 129}),
    "control": Case("jobs", {"title": "收银员\x0b早班"}),
    "list-separator": Case("people", {"desired": "保洁员、保安"}),
    "choice": Case("people", {"education": "72"}),
    "choice-required": Case("amenities", {"type": "canteens"}),
    "choices": Case("people", {"forms": "full_time|sometimes"}),
    "job-kind": Case("jobs", {"kind": "public welfare"}),
    "hazard": Case("jobs", {"hazards": "night|hight"}),
    "audience": Case("courses", {"audience": "graduates"}),
    "status": Case("amenities", {"status": "close"}),
    "recognised": Case("restricted", {"recognised": "graduate@2026-02-30"}),
    "need": Case("people", {"needs": "type:childcare|domain:sleep"}),
    "skill-level": Case("people", {"skills": "中式面点师@6"}),
    "number": Case("people", {"wage_min": "3,500"}),
    "number-required": Case("walk_edges", {"from": "a", "to": "b", "metres": "far"}),
    "range": Case("people", {"pace": "500"}),
    "integer": Case("jobs", {"headcount": "1.5"}),
    "boolean": Case("jobs", {"hazards_checked": "maybe"}),
    "switch": Case("people", {"personalised": "off"}),
    "birth-month": Case("people", {"birth_month": "1985-13"}),
    "date": Case("people", {"graduated_on": "2026-02-30"}),
    "instant": Case("people", {"updated_at": "2026-01-05"}),
    "instant-required": Case("events", {"at": "yesterday"}),
    "validity": Case("jobs", {"valid_to": "soon"}),
    "zone": Case("events", {"at": "2026-01-05T09:00:00"}),
    "hours": Case("amenities", {"hours": "9 to 5"}),
    "occupation": Case("jobs", {"occupation": "cook"}),
    "occupation-required": Case("occupations", {"code": "5230", "name": "cashiers"}),
    "area-required": Case("communities", {"area": "3702"}),
    "wkt": Case("communities", {"area": "370203", "boundary": "POLYGON((1 2"}),
    "former-area": Case("people", {"area": "370282001"}),
    "area": Case("people", {"area": "37020"}),
    "json": Case("policies", {"conditions": "{age: 16}"}),
    "vector": Case("rankings", {"vector": "AAAA"}),
    "coordinate": Case("people", {"lat": ""}),
    "swapped": Case("people", {"lon": "36.07", "lat": "120.40"}),
    "swapped-area": Case("people", {"lon": "36.07", "lat": "120.40", "area": "370202"}),
    "outside": Case("people", {"lon": "116.40", "lat": "39.91"}),
    "outside-area": Case("people", {"lon": "0", "lat": "0", "area": "370202"}),
    "too-young": Case("people", {"birth_month": "2012-11"}),
    "wage-unit": Case("jobs", {"wage_unit": ""}),
    "wage-order": Case("jobs", {"wage_min": "31"}),
    "valid-order": Case("jobs", {"published_at": "2026-02-02", "valid_to": "2026-02-01"}),
    "course-order": Case("courses", {"end_on": "2026-02-28"}),
    "age-order": Case("courses", {"age_max": "17"}),
    "recorded-order": Case("events", {"recorded_at": "2026-01-05T08:59:59Z"}),
    "event-kind": Case("events", {"event": "enrol"}),
    "unknown-person": Case("events", {"person_id": "stranger"}, beside=("people",)),
    "before-published": Case("events", {"item_id": "late"}, beside=("jobs",)),
    "unknown-item": Case("events", {"item_id": "nothing"}, beside=("jobs",)),
    "duplicate-id": Case("people", {"person_id": "good"}),
    "implausible-wage": Case("jobs", {"wage_max": "99999999"}),
    "implausible": Case("courses", {"lesson_hours": "99999"}),
    "far-date": Case("people", {"graduated_on": "2090-07-01"}),
    "far-opening": Case("jobs", {"published_at": "2090-07-01"}),
    "ahead": Case("events", {"at": "2099-01-05T09:00:00Z"}),
    "long-ago": Case("events", {"at": "1970-01-01T00:00:00Z"}),
}
"""A row that breaks each rule, and no other."""

ELSEWHERE = {"missing-column", "extra-column", "double-column", "quotes", "cell-count", "unknown-file"} | {
    "rejected-unwritten",
    "unknown-field",
    "column-name",
    "encoding",
    "other-encoding",
    "other-sheet",
    "nothing-joins",
    "json-type",
    "no-place",
    "after-as-of",
}
"""Rules of headers, files and requests: each has a test of its own below."""


def write(folder: Path, name: str, rows: Sequence[Mapping[str, str]], encoding: str = "utf-8") -> None:
    header = list(dict.fromkeys(column for row in rows for column in row))
    with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, header, restval="")
        writer.writeheader()
        writer.writerows(rows)


def configure(folder: Path, **values: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    config = {"city": "qingdao", "crs": "WGS84", "as_of": "2026-11-01", "synthetic": True} | values
    (folder / "folder.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def folder_of(folder: Path, table: str, *rows: Mapping[str, str], **config: Any) -> Folder:
    write(configure(folder, **config), table, rows)
    return read_folder(folder, write_rejected=False)


def told(folder: Folder) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.rule) for problem in folder.problems]


def test_every_rule_has_a_case() -> None:
    assert set(CASES) | ELSEWHERE == set(RULES)
    assert not set(CASES) & ELSEWHERE


@pytest.mark.parametrize("rule", CASES)
def test_rules(rule: str, tmp_path: Path) -> None:
    """A bad row tells its rule and nothing else, and the good row beside it stays."""
    case = CASES[rule]
    good = GOOD.get(case.table, {"from": "a", "to": "b", "metres": "5"})
    key = TABLES[case.table].key
    bad = {**good, **({key: "bad"} if key else {}), **case.cells}
    configure(tmp_path)
    write(tmp_path, case.table, [good, bad])
    for name in case.beside:
        write(tmp_path, name, [GOOD[name], *LATER.get(name, [])])
    folder = read_folder(tmp_path)
    report = folder.reports[case.table]
    assert [(problem.row, problem.rule) for problem in folder.problems] == [(3, rule)]
    rejected = int(RULES[rule].severity == "error")
    assert (report.rows_in, report.accepted, report.rejected) == (2, 2 - rejected, rejected)
    assert len(folder.tables[case.table]) == report.accepted
    assert (tmp_path / "rejected" / f"{case.table}.csv").exists() == bool(rejected)
    assert (tmp_path / "rejected").exists() == bool(rejected)
    assert rule in str(folder.problems[0])
    assert RULES[rule].right in str(folder.problems[0])


def test_missing_required_column_rejects_every_row(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "jobs", {"job_id": "a"}, {"job_id": "b"})
    assert told(folder) == [(0, "title", "missing-column")]
    assert (folder.reports["jobs"].rows_in, folder.reports["jobs"].accepted, folder.reports["jobs"].rejected) == (2, 0, 2)


def test_missing_optional_columns_are_unknown(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "jobs", {"job_id": "a", "title": "cook"})
    assert list(folder.tables["jobs"]) == list(TABLES["jobs"].names)
    assert folder.reports["jobs"].unknown["wage_min"] == 1.0
    assert folder.reports["jobs"].unknown["title"] == 0.0


def test_extra_and_double_columns_are_told_and_ignored(tmp_path: Path) -> None:
    configure(tmp_path)
    (tmp_path / "jobs.csv").write_text("job_id,title,title,salary\na,cook,baker,9\n", encoding="utf-8")
    folder = read_folder(tmp_path)
    assert told(folder) == [(0, "salary", "extra-column"), (0, "title", "double-column")]
    assert folder.tables["jobs"]["title"].tolist() == ["cook"]


def test_rows_of_another_width_are_rejected_alone(tmp_path: Path) -> None:
    configure(tmp_path)
    (tmp_path / "jobs.csv").write_text("job_id,title\na,cook\nb\nc,baker,9\n\nd,driver\n", encoding="utf-8")
    folder = read_folder(tmp_path)
    assert told(folder) == [(3, "", "cell-count"), (4, "", "cell-count")]
    assert folder.tables["jobs"]["job_id"].tolist() == ["a", "d"]
    rejected = (tmp_path / "rejected" / "jobs.csv").read_text(encoding="utf-8").splitlines()
    assert rejected == ["job_id,title,problems", "b,,cell-count", 'c,"baker,9",cell-count']


@pytest.mark.parametrize("line", ['b,"never closed', '"b"x,stray'])
def test_an_open_quotation_mark_swallows_no_rows(tmp_path: Path, line: str) -> None:
    configure(tmp_path)
    text = f'job_id,title\na,cook\n{line}\nc,"two\nlines"\nd,baker\n'
    (tmp_path / "jobs.csv").write_text(text, encoding="utf-8")
    folder = read_folder(tmp_path)
    assert told(folder) == [(3, "", "quotes")]
    assert folder.tables["jobs"]["title"].tolist() == ["cook", "two\nlines", "baker"]
    assert (folder.reports["jobs"].rows_in, folder.reports["jobs"].rejected) == (4, 1)


def test_the_row_of_a_problem_is_the_line_where_it_starts(tmp_path: Path) -> None:
    configure(tmp_path)
    (tmp_path / "jobs.csv").write_text('job_id,title,headcount\na,"two\nlines",x\nb,cook,y\n', encoding="utf-8")
    assert [row for row, _, _ in told(read_folder(tmp_path))] == [2, 4]


def test_files_of_no_table_are_told(tmp_path: Path) -> None:
    configure(tmp_path)
    write(tmp_path, "jobs", [GOOD["jobs"]])
    write(tmp_path, "job", [GOOD["jobs"]])
    assert [(p.table, p.rule) for p in read_folder(tmp_path).problems] == [("job.csv", "unknown-file")]


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    configure(tmp_path)
    write(tmp_path, "jobs", [{"job_id": "a", "title": ""}])
    (tmp_path / "rejected").write_text("in the way", encoding="utf-8")
    folder = read_folder(tmp_path)
    assert sorted(rule for _, _, rule in told(folder)) == ["rejected-unwritten", "required"]
    elsewhere = read_folder(tmp_path, rejected_to=tmp_path / "out")
    assert [rule for _, _, rule in told(elsewhere)] == ["required"]
    assert (tmp_path / "out" / "rejected" / "jobs.csv").exists()


def test_rejected_rows_of_an_earlier_reading_go(tmp_path: Path) -> None:
    configure(tmp_path)
    write(tmp_path, "jobs", [{"job_id": "a", "title": ""}])
    read_folder(tmp_path)
    write(tmp_path, "jobs", [{"job_id": "a", "title": "cook"}])
    read_folder(tmp_path, write_rejected=False)
    assert (tmp_path / "rejected" / "jobs.csv").exists()
    read_folder(tmp_path)
    assert not (tmp_path / "rejected" / "jobs.csv").exists()


def test_an_id_of_a_rejected_row_is_free(tmp_path: Path) -> None:
    rows = [{"job_id": "a", "title": ""}, {"job_id": "a", "title": "cook"}, {"job_id": "a", "title": "baker"}]
    folder = folder_of(tmp_path, "jobs", *rows)
    assert told(folder) == [(2, "title", "required"), (4, "job_id", "duplicate-id")]
    assert folder.tables["jobs"]["title"].tolist() == ["cook"]


def test_all_problems_of_a_row_are_told_together(tmp_path: Path) -> None:
    bad = {"person_id": "", "birth_month": "1985-13", "pace": "fast", "education": "72", "personalised": "?"}
    rules = sorted(rule for _, _, rule in told(folder_of(tmp_path, "people", bad)))
    assert rules == ["birth-month", "choice", "number", "required", "switch"]


def test_strict_raises_with_everything_and_writes_nothing(tmp_path: Path) -> None:
    configure(tmp_path)
    write(tmp_path, "jobs", [{"job_id": "a", "title": "", "headcount": "x"}, {"job_id": "b", "title": "", "headcount": ""}])
    with pytest.raises(TableError) as raised:
        read_folder(tmp_path, strict=True)
    assert len(str(raised.value).splitlines()) == 3
    assert not (tmp_path / "rejected").exists()


def test_strict_lets_warnings_pass(tmp_path: Path) -> None:
    configure(tmp_path)
    write(tmp_path, "jobs", [{"job_id": "a", "title": "cook", "headcount": "x"}])
    assert read_folder(tmp_path, strict=True).reports["jobs"].accepted == 1


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("gb18030", "GB18030"), ("gbk", "GB18030")]
)
def test_encodings(tmp_path: Path, encoding: str, named: str) -> None:
    write(configure(tmp_path), "jobs", [GOOD["jobs"]], encoding)
    folder = read_folder(tmp_path)
    assert folder.reports["jobs"].encoding == named
    assert folder.tables["jobs"]["title"].tolist() == ["面点师"]


def test_types(tmp_path: Path) -> None:
    cells = {
        "skills": " 面点师@4 | |cook ",
        "personalised": "NO",
        "updated_at": "2026-01-05T09:00:00.123456+08:00",
        "registered_unemployed_on": "no",
        "experience_years": "2.5",
    }
    table = folder_of(tmp_path, "people", {**GOOD["people"], **cells}).tables["people"]
    assert table["skills"].tolist() == ["面点师@4|cook"]
    assert table["personalised"].tolist() == [0.0]
    assert table["registered_unemployed_on"].tolist() == ["no"]
    assert table["experience_years"].tolist() == [2.5]
    assert table["updated_at"].tolist() == [pd.Timestamp("2026-01-05T01:00:00.123456Z")]
    kinds = {c.name: str(table[c.name].dtype) for c in TABLES["people"].columns}
    assert kinds["updated_at"] == "datetime64[us, UTC]"
    assert {kinds[name] for name in ("lon", "lat", "pace", "personalised", "wage_min")} == {"float64"}
    assert {kinds[name] for name in ("person_id", "education", "hours", "needs", "graduated_on")} == {"str"}


def test_unknown_is_never_no(tmp_path: Path) -> None:
    table = folder_of(tmp_path, "people", {"person_id": "a"}).tables["people"]
    assert table.drop(columns="person_id").isna().all(axis=None)


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


def test_warnings_make_cells_unknown(tmp_path: Path) -> None:
    jobs = folder_of(tmp_path, "jobs", {**GOOD["jobs"], "wage_unit": ""}).tables["jobs"]
    assert jobs[["wage_min", "wage_max"]].isna().all(axis=None)
    event = {**GOOD["events"], "recorded_at": "2026-01-01T00:00:00Z"}
    events = folder_of(tmp_path / "b", "events", event).tables["events"]
    assert events["recorded_at"].isna().all()


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


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"crs": "wgs"}', '{"city": "atlantis"}', '{"as_of": "2026-11"}', '{"as_of": "today"}', '{"town": "x"}']
)
def test_a_folder_file_that_does_not_fit_is_one_sentence(tmp_path: Path, text: str) -> None:
    write(tmp_path, "jobs", [GOOD["jobs"]])
    (tmp_path / "folder.json").write_text(text, encoding="utf-8")
    with pytest.raises(TableError) as raised:
        read_folder(tmp_path)
    assert "\n" not in str(raised.value)


def test_files_that_cannot_be_read_at_all(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="is not a folder"):
        read_folder(tmp_path / "nothing")
    with pytest.raises(TableError, match="holds no table"):
        read_folder(tmp_path)
    with pytest.raises(TableError, match="No table is called job;"):
        read_folder(tmp_path, ["job"])
    (tmp_path / "jobs.csv").write_bytes(b"")
    with pytest.raises(TableError, match="is empty"):
        read_folder(tmp_path)
    (tmp_path / "jobs.parquet").write_bytes(b"PAR1")
    with pytest.raises(TableError, match=r"both jobs\.csv and jobs\.parquet"):
        read_folder(tmp_path)
    (tmp_path / "jobs.csv").unlink()
    with pytest.raises(TableError, match="no Parquet file"):
        read_folder(tmp_path)


def test_only_the_tables_named(tmp_path: Path) -> None:
    configure(tmp_path)
    write(tmp_path, "jobs", [GOOD["jobs"]])
    write(tmp_path, "people", [GOOD["people"]])
    assert list(read_folder(tmp_path, ["jobs"]).tables) == ["jobs"]


def test_parquet_with_its_own_types(tmp_path: Path) -> None:
    configure(tmp_path)
    columns = {
        "job_id": pd.array([7, None], dtype="Int64"),
        "title": ["cook", "baker"],
        "headcount": [2.0, np.nan],
        "hazards_checked": [True, None],
        "published_at": pd.to_datetime(["2026-02-01T08:00:00Z", None]),
        "hazards": [["night", "cold"], None],
    }
    pd.DataFrame(columns).to_parquet(tmp_path / "jobs.parquet")
    folder = read_folder(tmp_path)
    assert told(folder) == [(2, "job_id", "required")]
    row = folder.tables["jobs"].iloc[0]
    assert (row["job_id"], row["headcount"], row["hazards_checked"], row["hazards"]) == ("7", 2.0, 1.0, "night|cold")
    assert row["published_at"] == pd.Timestamp("2026-02-01T08:00Z")


@pytest.mark.parametrize("name", list(GOOD))
def test_what_was_read_reads_the_same_again(tmp_path: Path, name: str) -> None:
    first = folder_of(tmp_path / "a", name, GOOD[name])
    first.tables[name].to_parquet(configure(tmp_path / "b") / f"{name}.parquet")
    again = read_folder(tmp_path / "b")
    assert told(again) == []
    pd.testing.assert_frame_equal(again.tables[name], first.tables[name])


CELLS = st.text(st.sampled_from('ab1-.:|@,"\n\r ;é面TZ'), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[CELLS] * 6), max_size=6))
def test_no_row_is_lost_whatever_it_holds(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    header = ("person_id", "birth_month", "skills", "hours", "lon", "updated_at")
    write(configure(tmp_path), "people", [dict(zip(header, row, strict=True)) for row in [("x",) * 6, *rows]])
    report = read_folder(tmp_path).reports["people"]
    assert report.rows_in == len(rows) + 1
    assert report.rows_in == report.accepted + report.rejected
    assert (tmp_path / "rejected" / "people.csv").exists()
    with (tmp_path / "rejected" / "people.csv").open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.reader(stream))) == report.rejected + 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(st.sampled_from('a,"\n面'), max_size=40))
def test_no_text_stops_the_reader(tmp_path: Path, text: str) -> None:
    (configure(tmp_path) / "jobs.csv").write_text("job_id,title\n" + text, encoding="utf-8")
    report = read_folder(tmp_path, write_rejected=False).reports["jobs"]
    assert report.rows_in == report.accepted + report.rejected


@pytest.mark.parametrize(
    ("name", "text", "value", "rule"),
    [
        ("birth_month", "1985-03", "1985-03", None),
        ("birth_month", "1985-13", None, "birth-month"),
        ("birth_month", " ", None, None),
        ("hours", "22:00-06:00", "22:00-06:00", None),
        ("hours", "mon-fri 08:30-17:30; sat 09:00-12:00", "mon-fri 08:30-17:30; sat 09:00-12:00", None),
        ("hours", "25:00-26:00", None, "hours"),
        ("skills", "Cook @ Harbour", "Cook @ Harbour", None),
        ("area", "New Jersey/Newark", "New Jersey/Newark", None),
        ("area", "New Jersey//Newark", None, "area"),
        ("wage_min", "-1", None, "range"),
        ("wage_min", "nan", None, "number"),
        ("wage_min", "inf", None, "number"),
        ("wage_min", "1_000", None, "number"),
        ("wage_min", "3.5e3", 3500.0, None),
        ("pace", "10", 10.0, None),
        ("updated_at", "1970-01-01T00:00:01Z", 1_000_000, None),
    ],
)
def test_cells(name: str, text: str, value: object, rule: str | None) -> None:
    assert parse(TABLES["people"].column(name), text, load_city("qingdao").zone) == (value, rule)
